"""A wish that could not be met waits in line."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed, Letter
from bookings.booking import confirm
from bookings.cancelling import cancel
from bookings.models import Stay, TurnAway, Waiting
from bookings.offers import open_offer
from bookings.wishing import end_wishes, include, move_up, place_in_line, state_of, withdraw
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.bookings.in_line import LATER, TOMORROW, WEEKEND, only, wait, wish
from tests.conftest import MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment


def test_who_holds_a_bed_elsewhere_for_some_minutes_may_wait_for_this_one_and_keeps_it(taken, hostel, lin):
    """A full house says that one can wait: then one can."""
    held = wish(lin, Hostel.objects.get(slug="shihu"), hold=True)
    with pytest.raises(Refused) as no:
        wish(lin, hostel, now=LATER)
    assert "waitlist" in [each.kind for each in no.value.alternatives]

    waiting = wait(lin, hostel, now=LATER)

    assert state_of(waiting, LATER) == "waiting"
    assert confirm(held, now=LATER).status == "confirmed"


def test_the_rules_decide_first_and_all_reasons_are_said(taken, hostel, people):
    old = people("高龄", "female", birth_date=date(1980, 1, 1))

    with pytest.raises(Refused) as no:
        wait(old, hostel)

    assert no.value.code == "AGE"
    assert not Waiting.objects.exists()


def test_nobody_waits_for_what_is_free(hostel, lin):
    with pytest.raises(Refused) as no:
        wait(lin, hostel)

    assert no.value.code == "BED_FREE"
    [instead] = no.value.alternatives
    assert wish(lin, instead.hostel, Nights(instead.arrival, instead.departure)).status == "confirmed"


def test_one_waits_once_for_the_same_and_for_five_things_at_most(hostel, lin, wuzhong, people):
    Bed.objects.all().update(valid_until=date(2026, 1, 1))
    for number in range(5):
        night = SATURDAY + timedelta(days=number)
        wait(lin, hostel, nights=Nights(night, night + timedelta(days=1)))

    for nights, code in ((TOMORROW, "WAITING"), (Nights(date(2026, 3, 14), date(2026, 3, 15)), "WISHES")):
        with pytest.raises(Refused) as no:
            wait(lin, hostel, nights=nights)
        assert no.value.code == code


@pytest.mark.parametrize("until", [NOW, moment(SATURDAY, 23, 1)])
def test_one_waits_until_a_moment_to_come_and_not_into_the_night(until, taken, hostel, lin):
    with pytest.raises(Refused) as no:
        wait(lin, hostel, until=until)

    assert no.value.code == "UNTIL"


def test_a_wish_ends_at_nine_in_the_evening_of_its_arrival_and_is_told_once(taken, hostel, lin):
    waiting = wait(lin, hostel)
    assert waiting.until == moment(SATURDAY, 21)

    for now in (moment(SATURDAY, 20, 59), moment(SATURDAY, 21), moment(SATURDAY, 21, 1)):
        end_wishes(now)

    assert state_of(waiting, moment(SATURDAY, 21)) == "expired"
    assert Letter.objects.filter(person=lin, kind="wait_ended").count() == 1
    cancel(taken, now=moment(SATURDAY, 21, 1))
    assert not Stay.objects.filter(guest=lin).exists()


def test_who_withdraws_waits_no_more_and_leaves_the_offer_to_the_next(taken, hostel, lin, mei):
    first, second = wait(lin, hostel), wait(mei, hostel, now=LATER)
    cancel(taken, now=NOW)

    withdraw(first, now=LATER)

    first.refresh_from_db()
    assert state_of(first, LATER) == "withdrawn"
    assert open_offer(second, LATER) is not None
    with pytest.raises(Refused) as no:
        withdraw(first, now=LATER)
    assert no.value.code == "WAITED"


def test_the_place_in_line_counts_those_before_for_the_same_houses_and_nights(taken, hostel, lin, mei, people):
    other = Hostel.objects.get(slug="shihu")
    only(other)
    Bed.objects.filter(room__hostel=hostel, room__number="201", number=1).update(valid_until=MONDAY)
    wait(people("何静", "female"), other)
    wait(people("方圆", "female"), hostel, nights=Nights(SUNDAY, MONDAY))
    wait(mei, hostel, nights=WEEKEND)

    assert place_in_line(wait(lin, hostel, now=LATER), LATER) == 1
    assert place_in_line(wait(lin, hostel, other, nights=Nights(MONDAY, TUESDAY), now=LATER), LATER) == 0


def test_an_officer_moves_somebody_up_with_a_reason_that_stays_on_record(taken, hostel, lin, mei, officer):
    wait(lin, hostel, automatic=True)
    second = wait(mei, hostel, automatic=True, now=LATER)

    with pytest.raises(ValueError, match="reason"):
        move_up(second, because=" ", now=LATER, actor=officer)
    moved = move_up(second, because="明早面试，身边没有亲友", now=LATER, actor=officer)
    cancel(taken, now=LATER)

    assert place_in_line(moved, NOW) == 0
    assert Stay.objects.filter(guest=mei).exists()
    assert not Stay.objects.filter(guest=lin).exists()
    deed = Deed.objects.get(what="move_up")
    assert (deed.actor, deed.reason) == (officer, "明早面试，身边没有亲友")


def test_a_wish_that_waits_counts_as_turned_away_once(taken, hostel, lin):
    with pytest.raises(Refused):
        wish(lin, hostel, WEEKEND)
    wait(lin, hostel, nights=WEEKEND)

    assert sorted(TurnAway.objects.values_list("night", flat=True)) == [SATURDAY, SUNDAY]


# Other houses, after joining


@pytest.fixture
def shihu(taken):
    """Another house that is full: every bed of it is closed."""
    other = Hostel.objects.get(slug="shihu")
    Bed.objects.filter(room__hostel=other).update(valid_until=date(2026, 1, 1))
    return other


def test_a_wish_waits_for_other_houses_and_keeps_its_place(taken, hostel, shihu, lin, people):
    waiting = wait(lin, hostel)
    behind = wait(people("何静", "female"), shihu, now=LATER)
    assert place_in_line(behind, LATER) == 0

    include(waiting, hostels=[hostel, shihu], now=LATER)

    assert (place_in_line(waiting, LATER), place_in_line(behind, LATER)) == (0, 1)
    assert set(waiting.hostels.all()) == {hostel, shihu}
    assert Deed.objects.get(what="change_wish").values == {"hostels": ["baodaiqiao", "shihu"]}


def test_what_is_free_in_a_house_that_is_new_to_it_is_offered_at_once(taken, hostel, lin):
    waiting = wait(lin, hostel)
    other = Hostel.objects.get(slug="shihu")

    include(waiting, hostels=[other], now=LATER)

    assert open_offer(waiting, LATER).hostel == other


def test_what_is_offered_stays_offered_when_other_houses_are_chosen(taken, hostel, shihu, lin):
    waiting = wait(lin, hostel)
    cancel(taken, now=LATER)

    include(waiting, hostels=[shihu], now=LATER)

    assert open_offer(waiting, LATER).hostel == hostel


def test_two_wishes_of_one_person_do_not_wait_for_the_same(taken, hostel, shihu, lin):
    waiting = wait(lin, hostel)
    other = wait(lin, shihu)

    with pytest.raises(Refused) as no:
        include(waiting, hostels=[hostel, shihu], now=LATER)

    assert (no.value.code, no.value.reasons[0].value_used) == ("WAITING", other.code)
    assert set(waiting.hostels.all()) == {hostel}


def test_a_wish_that_is_over_takes_no_other_houses(taken, hostel, shihu, lin):
    waiting = wait(lin, hostel)
    withdraw(waiting, now=LATER)

    with pytest.raises(Refused) as no:
        include(waiting, hostels=[shihu], now=LATER)

    assert no.value.code == "WAITED"
    with pytest.raises(ValueError):
        include(waiting, hostels=[], now=LATER)
