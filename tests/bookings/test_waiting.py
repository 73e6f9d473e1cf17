"""The waiting list: what comes free goes to the first whom it fits."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed, Letter
from bookings import waiting as line
from bookings.booking import book, confirm
from bookings.cancelling import cancel
from bookings.changing import shorten
from bookings.holding import end_holds
from bookings.models import BedNight, NoShow, Offer, Party, Stay, TurnAway, Waiting
from bookings.night_audit import close_no_shows
from bookings.waiting import accept, decline, end_wishes, move_up, open_offer, place_in_line, serve, state_of, withdraw
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

TONIGHT, TOMORROW, WEEKEND = Nights(FRIDAY, SATURDAY), Nights(SATURDAY, SUNDAY), Nights(SATURDAY, MONDAY)
LATER = NOW + timedelta(minutes=1)


def wish(guest, hostel, nights=TOMORROW, now=NOW, **said):
    return book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=now, **said)


def wait(guest, *hostels, nights=TOMORROW, now=NOW, **said):
    return line.wait(guest=guest, hostels=hostels, nights=nights, purpose="exam", now=now, **said)


def only(hostel, *beds):
    """Close every bed of the house but these, as "201-1"."""
    for bed in Bed.objects.filter(room__hostel=hostel).select_related("room"):
        if str(bed) not in beds:
            bed.valid_until = date(2026, 1, 1)
            bed.save()


@pytest.fixture
def taken(hostel, people):
    """The one bed of the house, for women, is taken for two nights from tomorrow."""
    only(hostel, "201-1")
    return wish(people("周梅", "female"), hostel, WEEKEND)


@pytest.fixture
def mei(people, wuzhong):
    return people("李梅", "female")


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


def test_who_holds_a_bed_elsewhere_for_some_minutes_may_wait_for_this_one_and_keeps_it(taken, hostel, lin):
    """A full house says that one can wait: then one can."""
    held = wish(lin, Hostel.objects.get(slug="shihu"), hold=True)
    with pytest.raises(Refused) as no:
        wish(lin, hostel, now=LATER)
    assert "waitlist" in [each.kind for each in no.value.alternatives]

    waiting = wait(lin, hostel, now=LATER)

    assert state_of(waiting, LATER) == "waiting"
    assert confirm(held, now=LATER).status == "confirmed"


def test_what_is_offered_is_taken_or_left_as_it_is_and_not_shortened(taken, hostel, lin):
    waiting = wait(lin, hostel, nights=WEEKEND)
    cancel(taken, now=NOW)

    with pytest.raises(Refused) as no:
        shorten(Stay.objects.get(guest=lin), departure=SUNDAY, now=LATER)

    assert no.value.code == "AWAITS"
    assert open_offer(waiting, LATER).nights == Stay.objects.get(guest=lin).nights == WEEKEND


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


def test_an_offer_is_taken_with_one_tap_and_a_second_changes_nothing(taken, hostel, lin):
    waiting = wait(lin, hostel)
    cancel(taken, now=NOW)
    offer = open_offer(waiting, NOW)

    accept(offer, now=LATER, actor=lin.user)
    accept(offer, now=LATER, actor=lin.user)

    waiting.refresh_from_db()
    assert state_of(waiting, LATER) == "filled"
    assert Stay.objects.get(guest=lin).status == "confirmed"
    assert Letter.objects.filter(person=lin, kind="booked").count() == 1
    assert Deed.objects.filter(what="accept_offer").count() == 1


def test_an_offer_not_taken_is_over_keeps_the_place_and_goes_to_the_next(taken, hostel, lin, mei):
    first, second = wait(lin, hostel), wait(mei, hostel, now=LATER)
    cancel(taken, now=NOW)
    offer = open_offer(first, NOW)

    over = offer.until
    with pytest.raises(Refused) as no:
        accept(offer, now=over)
    assert no.value.code == "OFFER_ENDED"
    end_holds(over)
    serve(over)

    assert state_of(first, over) == "waiting"
    assert place_in_line(first, over) == 0
    assert open_offer(second, over).hostel == hostel
    assert open_offer(first, over) is None


def test_a_declined_offer_goes_to_the_next_at_once_and_not_back(taken, hostel, lin, mei):
    first, second = wait(lin, hostel), wait(mei, hostel, now=LATER)
    cancel(taken, now=NOW)

    decline(open_offer(first, NOW), now=LATER)
    decline(open_offer(second, LATER), now=LATER)

    assert Offer.objects.count() == 2
    assert not BedNight.objects.live().filter(hostel=hostel, guest__in=[lin, mei]).exists()
    assert [state_of(each, LATER) for each in (first, second)] == ["waiting", "waiting"]


def test_what_is_given_back_anew_is_offered_anew(taken, hostel, lin, mei):
    waiting = wait(lin, hostel)
    cancel(taken, now=NOW)
    decline(open_offer(waiting, NOW), now=LATER)
    again = wish(mei, hostel, now=moment(FRIDAY, 13))

    cancel(again, now=moment(FRIDAY, 14))

    assert open_offer(waiting, moment(FRIDAY, 14)) is not None


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


def test_friends_take_an_offer_together(hostel, lin, mei, people):
    only(hostel, "201-1", "201-2")
    stays = [wish(people(name, "female"), hostel) for name in ("周梅", "何静")]
    waiting = wait(lin, hostel, members=[mei])
    for stay in stays:
        cancel(stay, now=NOW)

    accept(open_offer(waiting, NOW), now=LATER)

    assert [stay.status for stay in Stay.objects.filter(guest__in=[lin, mei])] == ["confirmed", "confirmed"]


def test_who_missed_a_stay_leaves_its_nights_to_the_line(taken, hostel, lin):
    stay = Stay.objects.get(pk=taken.pk)
    wait(lin, hostel, nights=Nights(SUNDAY, MONDAY), automatic=True)

    close_no_shows(stay.kept_until)

    assert NoShow.objects.exists()
    assert Stay.objects.get(guest=lin).nights == Nights(SUNDAY, MONDAY)


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


def test_who_may_not_stay_any_more_is_passed_by_and_the_next_gets_it(taken, hostel, lin, mei):
    passed = wait(lin, hostel, automatic=True)
    wait(mei, hostel, automatic=True, now=LATER)
    wish(lin, Hostel.objects.get(slug="mudu"), now=LATER)

    cancel(taken, now=LATER)

    assert Stay.objects.filter(guest=mei, hostel=hostel).exists()
    assert Waiting.objects.get(pk=passed.pk).filled_at is None


def test_a_bed_held_for_an_offer_is_nobody_else_s_and_not_confirmed_past_the_line(taken, hostel, lin, mei):
    waiting = wait(lin, hostel)
    cancel(taken, now=NOW)
    stay = open_offer(waiting, NOW).stays.get()

    with pytest.raises(Refused) as no:
        confirm(stay, now=LATER)
    assert no.value.code == "AWAITS"
    with pytest.raises(Refused) as no:
        wish(mei, hostel, now=LATER)
    assert no.value.code == "FULL"


def test_cancelling_an_offered_stay_is_declining_it(taken, hostel, lin, mei):
    first, second = wait(lin, hostel), wait(mei, hostel, now=LATER)
    cancel(taken, now=NOW)

    cancel(open_offer(first, NOW).stays.get(), now=LATER)

    assert open_offer(first, LATER) is None
    assert open_offer(second, LATER) is not None


def test_serving_twice_gives_nothing_twice(taken, hostel, lin):
    wait(lin, hostel)
    cancel(taken, now=NOW)

    assert [serve(LATER), serve(LATER)] == [0, 0]
    assert Offer.objects.count() == 1
    assert Letter.objects.filter(person=lin).count() == 1


def test_where_nobody_waits_serving_is_one_statement(taken, hostel, django_assert_num_queries):
    with django_assert_num_queries(1):
        serve(NOW)


def test_a_wish_that_waits_counts_as_turned_away_once(taken, hostel, lin):
    with pytest.raises(Refused):
        wish(lin, hostel, WEEKEND)
    wait(lin, hostel, nights=WEEKEND)

    assert sorted(TurnAway.objects.values_list("night", flat=True)) == [SATURDAY, SUNDAY]
