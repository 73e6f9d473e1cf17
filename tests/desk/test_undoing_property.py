"""Whatever a desk does in a few minutes, and in whatever order: taken back from the last to the first, each act leaves
what was there before it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Deed
from bookings.booking import book
from bookings.models import BedNight, NoShow, Stay
from desk import undoing
from desk.models import Act
from eligibility.reasons import Refused
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment, undone
from tests.desk.test_undoing import Desk, image, walked_in

DAYS = ("2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10")
BEDS = ("201-1", "201-2", "204-1", "301-1")
STEP = timedelta(seconds=15)
KINDS = ("check_in", "check_out", "no_show", "extend", "shorten", "shift", "move", "swap", "place", "overstay",
         "move_to_hostel", "walk_in")  # fmt: skip
one_act = st.fixed_dictionaries(
    {
        "what": st.sampled_from(KINDS),
        "who": st.integers(0, 2),
        "day": st.sampled_from(DAYS),
        "then": st.sampled_from(DAYS),
        "bed": st.sampled_from(BEDS),
    }
)


def said(drawn, stays):
    """What the desk says with the act that was drawn: sensible or not, the verb answers."""
    day, then, bed = drawn["day"], drawn["then"], drawn["bed"]
    return {
        "check_in": {"compared": True, "bed": bed, "before_clean": True},
        "extend": {"departure": then, "accept_price": True, "change_of_bed": True},
        "shorten": {"departure": then},
        "shift": {"arrival": day, "departure": then, "accept_price": True},
        "move": {"bed": bed, "from_night": day},
        "swap": {"with": stays[(drawn["who"] + 1) % 3].code},
        "place": {"bed": bed, "arrival": day, "accept_price": True},
        "overstay": {"departure": then},
        "move_to_hostel": {"hostel": "guoxiang", "from_night": day},
    }.get(drawn["what"], {})


def do(desk, drawn, stays, now):
    """The act, or None where the house refused it."""
    try:
        if drawn["what"] == "walk_in":
            return walked_in(desk, now, departure=drawn["then"])
        stay = Stay.objects.select_related("guest", "hostel").get(pk=stays[drawn["who"]].pk)
        return desk.do(drawn["what"], stay, now, **said(drawn, stays))
    except Refused:
        return None


@pytest.fixture
def guests(people, wuzhong):
    """Three guests, and the nights they are to have."""
    nights = [Nights(FRIDAY, SUNDAY), Nights(FRIDAY, MONDAY), Nights(SATURDAY, TUESDAY)]
    return [(people(f"周{name}", "female"), each) for name, each in zip("一二三", nights, strict=True)]


@given(
    acts=st.lists(one_act, min_size=2, max_size=5), begin=st.sampled_from([moment(FRIDAY, 18), moment(FRIDAY, 23, 20)])
)
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@pytest.mark.django_db
def test_taken_back_from_the_last_to_the_first_all_is_as_it_was(hostel, guests, manager, acts, begin):
    with undone():
        desk, done, now = Desk(hostel, manager), [], begin
        stays = [book(guest=guest, hostel=hostel, nights=each, purpose="interview", now=NOW) for guest, each in guests]
        for drawn in acts:
            now += STEP
            before = image(*Stay.objects.all())
            if (act := do(desk, drawn, stays, now)) is not None:
                done.append((act, before))
        for act, before in reversed(done):
            now += STEP
            if moved_by_house(act):
                return  # so that somebody else has a bed too: that came between
            undoing.undo(act, now=now, by=manager)
            after = image(*Stay.objects.all())
            codes = before.keys() & act.before.keys()
            assert {code: after[code] for code in codes} == {code: before[code] for code in codes}
            for code in after.keys() - before.keys():  # what it made is cancelled, and has no nights
                assert (after[code]["stay"]["cancel_cause"], after[code]["nights"]) == ("HOUSE", [])
        assert not NoShow.objects.exists()
        assert not Act.objects.filter(undone_at=None).exists()
        assert BedNight.objects.live().count() == 8


def moved_by_house(act):
    codes = {*act.before, *act.after}
    return Deed.objects.filter(what="move_by_house", about__in=codes, at__gte=act.written_at).exists()
