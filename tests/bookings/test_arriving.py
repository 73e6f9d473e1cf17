"""The day of arrival: who comes, who comes late, and until when their bed is kept."""

from datetime import timedelta

import pytest

from accounts.models import Deed, Letter
from bookings.actions import actions
from bookings.arriving import come_late, say_coming
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.changing import shift
from bookings.desk import check_in
from bookings.models import Stay
from bookings.moving import move_to_hostel
from bookings.night_audit import audit, close_no_shows
from eligibility.policies import late_until, terms_of
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, moment

EVENING = moment(FRIDAY, 20, 30)
ONE = moment(SATURDAY, 1)


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW)


def refusal(do, *args, **how):
    with pytest.raises(Refused) as no:
        do(*args, **how)
    return no.value.code


def test_who_comes_late_finds_the_bed_kept_until_the_hour_of_the_rules(stay, lin):
    assert stay.kept_until == moment(FRIDAY, 23)

    come_late(stay, now=EVENING, actor=lin.user)

    stay.refresh_from_db()
    assert (stay.kept_until, stay.late_at, stay.coming_at) == (ONE, EVENING, EVENING)
    assert Letter.objects.get(kind="kept_late").values["kept_until"] == {"moment": ONE.isoformat()}
    assert Deed.objects.get(what="come_late").values == {"until": ONE.isoformat()}


def test_the_night_audit_waits_for_who_comes_late_and_no_longer(stay):
    come_late(stay, now=EVENING)

    assert close_no_shows(ONE - timedelta(minutes=1)) == 0
    assert audit(moment(SATURDAY, 6)).no_shows == 1

    stay.refresh_from_db()
    assert (stay.status, stay.no_show_at) == ("no_show", ONE)


def test_who_came_late_is_let_in_after_midnight(stay):
    come_late(stay, now=EVENING)
    at = moment(SATURDAY, 0, 40)

    check_in(stay, compared=True, now=at)

    stay.refresh_from_db()
    assert stay.status == "in_house"
    assert audit(moment(SATURDAY, 6)).slept == 1


def test_it_is_said_once(stay):
    come_late(stay, now=EVENING)

    assert refusal(come_late, stay, now=EVENING) == "SAID"
    assert Deed.objects.filter(what="come_late").count() == 1


def test_it_is_said_on_the_day_of_arrival_until_the_bed_is_given_away(stay, hostel, people):
    later = book(guest=people("周可"), hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="interview", now=NOW)

    for say in (come_late, say_coming):
        assert refusal(say, later, now=EVENING) == "NOT_TODAY"
        assert refusal(say, stay, now=moment(FRIDAY, 23)) == "CUT_OFF"
    cancel(stay, now=NOW)
    for say in (come_late, say_coming):
        assert refusal(say, stay, now=EVENING) == "STATE"


def test_who_booked_so_late_that_the_bed_is_kept_longer_anyway_needs_not_say_so(lin, hostel):
    midnight = moment(FRIDAY, 23, 30)
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=midnight)
    assert stay.kept_until == moment(SATURDAY, 1, 30)

    assert refusal(come_late, stay, now=midnight) == "KEPT"


def test_a_policy_that_has_no_hour_for_it_offers_nothing(lin, hostel, in_force):
    def change(rules):
        [no_show] = [rule for rule in rules["rules"] if rule["kind"] == "no_show"]
        others = [rule for rule in rules["rules"] if rule["kind"] != "no_show"]
        return rules | {"rules": [*others, {name: value for name, value in no_show.items() if name != "late_until"}]}

    policy = in_force(change=change)
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW)

    assert late_until(terms_of(policy), FRIDAY) is None
    assert actions(stay, EVENING)["come_late"].reason.code == "KEPT"
    assert refusal(come_late, stay, now=EVENING) == "KEPT"


@pytest.mark.parametrize(("hour", "until"), [("23:59", (FRIDAY, 23, 59)), ("05:00", (SATURDAY, 5, 0)),
                                             ("22:00", (SATURDAY, 6, 0))])  # fmt: skip
def test_an_hour_before_that_of_all_is_one_of_the_night_that_follows(in_force, hour, until):
    def change(rules):
        changed = [rule | {"late_until": hour} if rule["kind"] == "no_show" else rule for rule in rules["rules"]]
        return rules | {"rules": changed}

    assert late_until(terms_of(in_force(change=change)), FRIDAY) == moment(*until)


def test_who_says_that_they_come_has_said_so_once(stay, lin):
    say_coming(stay, now=EVENING, actor=lin.user)
    say_coming(stay, now=EVENING + timedelta(minutes=5), actor=lin.user)

    stay.refresh_from_db()
    assert (stay.coming_at, stay.late_at, stay.kept_until) == (EVENING, None, moment(FRIDAY, 23))
    assert Deed.objects.filter(what="say_coming").count() == 1

    come_late(stay, now=EVENING + timedelta(minutes=10))
    stay.refresh_from_db()
    assert (stay.coming_at, stay.kept_until) == (EVENING, ONE)


def test_what_was_said_of_one_day_is_not_said_of_another(stay):
    come_late(stay, now=EVENING)

    shift(stay, nights=Nights(SATURDAY, SUNDAY), now=EVENING)

    stay.refresh_from_db()
    assert (stay.coming_at, stay.late_at, stay.kept_until) == (None, None, moment(SATURDAY, 23))


def test_who_comes_late_comes_late_to_another_house_too(stay):
    come_late(stay, now=EVENING)

    move_to_hostel(stay, Hostel.objects.get(slug="guoxiang"), from_night=FRIDAY, now=EVENING)

    stay.refresh_from_db()
    assert (stay.hostel.slug, stay.kept_until) == ("guoxiang", ONE)


def test_it_stands_among_what_can_be_done(stay):
    can = {name: action.ok for name, action in actions(stay, EVENING, ("say_coming", "come_late")).items()}
    assert can == {"say_coming": True, "come_late": True}

    come_late(stay, now=EVENING)

    stay = Stay.objects.get(pk=stay.pk)
    assert actions(stay, EVENING)["come_late"].reason.code == "SAID"
