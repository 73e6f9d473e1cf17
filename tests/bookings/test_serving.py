"""What comes free goes to the first in line whom it fits."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from bookings.cancelling import cancel
from bookings.models import BedNight, NoShow, Offer, Party, Stay, Waiting
from bookings.night_audit import close_no_shows
from bookings.offers import open_offer
from bookings.serving import serve
from bookings.wishing import state_of
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.bookings.in_line import LATER, TOMORROW, TONIGHT, WEEKEND, only, wait, wish
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment


def test_a_freed_night_goes_to_the_first_in_line_at_once(taken, hostel, lin, mei):
    first, second = wait(lin, hostel, automatic=True), wait(mei, hostel, automatic=True, now=LATER)

    cancel(taken, now=LATER)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (state_of(first, LATER), state_of(second, LATER)) == ("filled", "waiting")
    stay = Stay.objects.get(guest=lin)
    assert (stay.status, stay.nights, stay.offer.waiting) == ("confirmed", TOMORROW, first)
    assert Letter.objects.get(person=lin, kind="booked").about == stay.code


def test_who_let_a_hold_elsewhere_run_out_is_served_also_where_no_job_runs(taken, hostel, lin, mei):
    first, second = wait(lin, hostel, automatic=True), wait(mei, hostel, nights=TOMORROW, now=LATER)
    held = wish(lin, Hostel.objects.get(slug="shihu"), now=LATER, hold=True)

    cancel(taken, now=held.held_until)

    first.refresh_from_db()
    assert (state_of(first, held.held_until), state_of(second, held.held_until)) == ("filled", "waiting")


def test_a_bed_that_a_hold_kept_whose_time_is_over_is_the_line_s_before_a_task_has_said_so(hostel, lin, mei):
    only(hostel, "201-1")
    held = wish(mei, hostel, hold=True)
    waiting = wait(lin, hostel, automatic=True)

    assert serve(held.held_until) == 1

    assert Stay.objects.get(guest=lin).offer.waiting == waiting
    held.refresh_from_db()
    assert (held.status, held.cancel_cause) == ("cancelled", "HOLD_ENDED")


def test_who_did_not_ask_to_be_booked_is_offered_the_bed_for_a_time(taken, hostel, lin):
    waiting = wait(lin, hostel)

    cancel(taken, now=NOW)

    offer = open_offer(waiting, NOW)
    assert state_of(waiting, NOW) == "offered"
    assert (offer.arrival, offer.departure, offer.until) == (SATURDAY, SUNDAY, NOW + timedelta(minutes=120))
    stay = offer.stays.get()
    assert (stay.status, stay.awaits, stay.held_until) == ("held", "offer", offer.until)
    letter = Letter.objects.get(person=lin)
    assert (letter.kind, letter.about) == ("offer", f"{waiting.code}-{offer.pk}")


def test_tonight_s_offer_is_shorter_and_told_at_night_too(hostel, lin, people):
    only(hostel, "201-1")
    taken = wish(people("周梅", "female"), hostel, TONIGHT)
    waiting = wait(lin, hostel, nights=TONIGHT)

    cancel(taken, now=NOW)

    assert open_offer(waiting, NOW).until == NOW + timedelta(minutes=20)
    assert Letter.objects.get(person=lin).kind == "offer_tonight"


def test_nobody_s_offer_runs_out_while_they_sleep(taken, hostel, lin):
    waiting = wait(lin, hostel, nights=Nights(SUNDAY, MONDAY))

    cancel(taken, now=moment(FRIDAY, 23))

    assert open_offer(waiting, moment(FRIDAY, 23)).until == moment(SATURDAY, 10)


def test_the_one_who_gives_the_bed_back_cannot_pass_it_on(taken, hostel, lin, mei):
    wait(lin, hostel, automatic=True)
    cancel(taken, now=NOW)

    with pytest.raises(Refused) as no:
        wish(mei, hostel)

    assert no.value.code == "FULL"


def test_a_wish_fits_whole_or_is_passed_by(taken, hostel, lin, mei):
    """Lin wants a night more than there is: the bed goes to Mei, who is behind her."""
    whole = wait(lin, hostel, nights=Nights(SATURDAY, TUESDAY), automatic=True)
    Bed.objects.filter(room__hostel=hostel, room__number="201", number=1).update(valid_until=MONDAY)
    fits = wait(mei, hostel, nights=WEEKEND, automatic=True, now=LATER)

    cancel(taken, now=LATER)

    whole.refresh_from_db()
    fits.refresh_from_db()
    assert (whole.filled_at, fits.filled_at) == (None, LATER)


def test_who_takes_fewer_nights_gets_the_longest_run(taken, hostel, lin):
    Bed.objects.filter(room__hostel=hostel, room__number="201", number=1).update(valid_until=MONDAY)
    wait(lin, hostel, nights=Nights(SATURDAY, TUESDAY), automatic=True, split=True)

    cancel(taken, now=LATER)

    assert Stay.objects.get(guest=lin).nights == WEEKEND


def test_any_of_several_houses_will_do(taken, hostel, lin, people):
    other = Hostel.objects.get(slug="shihu")
    only(other, "201-1")
    there = wish(people("何静", "female"), other, TOMORROW)
    wait(lin, hostel, other, automatic=True)

    cancel(there, now=LATER)

    assert Stay.objects.get(guest=lin).hostel == other


def test_a_bed_that_can_be_had_by_moving_others_is_found(hostel, lin, people):
    """Nobody need wait who could be housed by an arrangement: the line is served as soon as the wish is in it."""
    only(hostel, "201-1", "201-2")
    wish(people("周梅", "female"), hostel, TOMORROW)
    wish(people("何静", "female"), hostel, Nights(SUNDAY, MONDAY))
    beds = {night.night: night.bed_id for night in BedNight.objects.live()}
    if beds[SATURDAY] == beds[SUNDAY]:
        stay = Stay.objects.get(arrival=SUNDAY)
        stay.bed_nights.update(bed=Bed.objects.exclude(pk=beds[SUNDAY]).get(room__hostel=hostel, room__number="201",
                                                                           number__lte=2))  # fmt: skip

    wait(lin, hostel, nights=WEEKEND, automatic=True)

    assert Stay.objects.get(guest=lin).nights == WEEKEND


def test_two_friends_get_both_beds_or_none(hostel, lin, mei, people):
    only(hostel, "201-1", "201-2")
    stays = [wish(people(name, "female"), hostel) for name in ("周梅", "何静")]
    waiting = wait(lin, hostel, members=[mei], automatic=True)

    cancel(stays[0], now=LATER)
    assert not Stay.objects.filter(guest__in=[lin, mei]).exists()
    cancel(stays[1], now=LATER)

    booked = Stay.objects.filter(guest__in=[lin, mei])
    assert {stay.status for stay in booked} == {"confirmed"}
    assert {stay.party for stay in booked} == {Party.objects.get(made_by=lin)}
    assert Waiting.objects.get(pk=waiting.pk).filled_at == LATER


def test_who_missed_a_stay_leaves_its_nights_to_the_line(taken, hostel, lin):
    stay = Stay.objects.get(pk=taken.pk)
    wait(lin, hostel, nights=Nights(SUNDAY, MONDAY), automatic=True)

    close_no_shows(stay.kept_until)

    assert NoShow.objects.exists()
    assert Stay.objects.get(guest=lin).nights == Nights(SUNDAY, MONDAY)


def test_who_may_not_stay_any_more_is_passed_by_and_the_next_gets_it(taken, hostel, lin, mei):
    passed = wait(lin, hostel, automatic=True)
    wait(mei, hostel, automatic=True, now=LATER)
    wish(lin, Hostel.objects.get(slug="mudu"), now=LATER)

    cancel(taken, now=LATER)

    assert Stay.objects.filter(guest=mei, hostel=hostel).exists()
    assert Waiting.objects.get(pk=passed.pk).filled_at is None


def test_serving_twice_gives_nothing_twice(taken, hostel, lin):
    wait(lin, hostel)
    cancel(taken, now=NOW)

    assert [serve(LATER), serve(LATER)] == [0, 0]
    assert Offer.objects.count() == 1
    assert Letter.objects.filter(person=lin).count() == 1


def test_where_nobody_waits_serving_is_one_statement(taken, hostel, django_assert_num_queries):
    with django_assert_num_queries(1):
        serve(NOW)
