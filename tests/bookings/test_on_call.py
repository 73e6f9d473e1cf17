"""On-call beds: given last, held until the house has answered, and never at the guest's cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.forgetting import hinders
from accounts.letters import say
from accounts.models import Letter
from bookings import tasks
from bookings.actions import actions
from bookings.availability import free_beds, night_table
from bookings.booking import book, confirm
from bookings.cancelling import cancel
from bookings.changing import extend
from bookings.holding import end_holds
from bookings.models import BedNight, Stay, Waiting
from bookings.on_call import answer, to_answer, unanswered
from bookings.walking_in import walk_in
from bookings.wishing import state_of, wait
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Network, OutOfService, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment

WEEKEND, LATER_ON = Nights(FRIDAY, SUNDAY), Nights(SUNDAY, MONDAY)
SOON, LATE = NOW + timedelta(minutes=30), NOW + timedelta(minutes=121)


@pytest.fixture
def on_call(hostel):
    """Of the house only room 203 is left, with its two beds, and room 401, which is on call."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number__in=["203", "401"]).update(valid_until=FRIDAY)
    Room.objects.filter(hostel=hostel, number="401").update(supply="on_call")
    return hostel


@pytest.fixture
def full(on_call, people):
    """The beds that are always there are taken."""
    return [wish(people("某某", "female"), on_call) for _ in range(2)]


def wish(guest, hostel, **how):
    return book(guest=guest, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW, **how)


def beds_of(stay):
    return {str(night.bed) for night in stay.bed_nights.live().select_related("bed__room")}


def told(person, kind):
    return say(Letter.objects.get(person=person, kind=kind), "en")


def nobody_else(hostel):
    Bed.objects.exclude(room__hostel=hostel).update(valid_until=FRIDAY)


def test_a_bed_on_call_is_given_only_where_nothing_else_is_free(on_call, lin, full, chen):
    assert all(beds_of(stay) <= {"203-1", "203-2"} for stay in full)

    stay = wish(chen, on_call)

    assert beds_of(stay) == {"401-1"}
    assert (stay.status, stay.awaits) == ("held", "house")
    assert stay.held_until == NOW + timedelta(minutes=120)
    assert "the house is asked" in told(chen, "held_for_house")
    assert list(to_answer(on_call, NOW)) == [stay]


def test_beds_on_call_are_counted_apart(on_call, full):
    [tonight] = night_table([on_call], Nights(FRIDAY, SATURDAY), NOW)[on_call.pk]

    assert (tonight.beds, tonight.free, tonight.on_call) == (2, 0, 1)
    assert not free_beds(on_call, WEEKEND, "male", NOW)
    assert free_beds(on_call, WEEKEND, "male", NOW, on_call=True)


def test_the_house_says_yes_and_the_bed_is_promised(on_call, full, chen, manager):
    stay = wish(chen, on_call)

    answered = answer(stay, True, now=SOON, actor=manager)

    assert (answered.status, answered.confirmed_at, answered.awaits) == ("confirmed", SOON, "")
    assert beds_of(stay) == {"401-1"}
    assert stay.code in told(chen, "booked")
    with pytest.raises(Refused) as no:
        answer(stay, False, now=SOON)
    assert no.value.code == "STATE"


def test_the_house_says_no_and_the_guest_gets_a_bed_of_the_house_that_came_free(on_call, full, chen):
    stay = wish(chen, on_call)
    for other in full:
        Stay.objects.filter(pk=other.pk).update(confirmed_at=None, held_until=NOW + timedelta(minutes=1))

    answered = answer(stay, False, now=SOON)

    assert answered.status == "confirmed"
    assert beds_of(answered) <= {"203-1", "203-2"}
    assert Letter.objects.filter(person=chen, kind="booked").exists()


def test_the_house_says_no_and_the_nearest_house_takes_the_guest(on_call, full, chen):
    stay = wish(chen, on_call)
    prices = sorted(stay.bed_nights.values_list("night", "price_fen"))

    answered = answer(stay, False, now=SOON)

    assert (answered.pk, answered.status) == (stay.pk, "confirmed")
    assert answered.hostel != on_call
    assert {night.bed.room.hostel for night in answered.bed_nights.live()} == {answered.hostel}
    assert sorted(answered.bed_nights.live().values_list("night", "price_fen")) == prices
    assert answered.hostel.name_en in told(chen, "moved_house")


def test_a_bed_that_was_denied_is_offered_to_nobody_else(on_call, full, chen):
    answer(wish(chen, on_call), False, now=SOON)

    [closed] = OutOfService.objects.standing()
    assert (str(closed.bed), closed.first_night, closed.until) == ("401-1", FRIDAY, SUNDAY)
    assert not free_beds(on_call, WEEKEND, "male", SOON, on_call=True)


def test_where_no_house_has_a_bed_the_stay_is_cancelled_as_the_houses_doing(on_call, full, chen):
    nobody_else(on_call)
    stay = wish(chen, on_call)

    answered = answer(stay, False, now=SOON)

    assert (answered.status, answered.cancel_cause) == ("cancelled", "HOUSE")
    assert not stay.bed_nights.live().exists()
    words = told(chen, "house_said_no")
    assert "2 nights returned" in words
    assert "/waitlist/" in words


def test_a_house_that_does_not_answer_in_time_has_said_no(on_call, full, chen):
    stay = wish(chen, on_call)

    assert unanswered(NOW + timedelta(minutes=119)) == 0
    assert unanswered(LATE) == 1
    assert unanswered(LATE) == 0

    stay.refresh_from_db()
    assert (stay.status, stay.awaits) == ("confirmed", "")
    assert stay.hostel != on_call
    assert not OutOfService.objects.exists()


def test_a_bed_whose_house_was_silent_is_anybodys_and_its_guest_is_not_forgotten(on_call, full, chen, people):
    stay = wish(chen, on_call)
    other = book(guest=people("石磊", "male"), hostel=on_call, nights=WEEKEND, purpose="exam", now=LATE)
    assert beds_of(other) == {"401-1"}
    assert not stay.bed_nights.live().exists()

    assert unanswered(LATE + timedelta(minutes=1)) == 1

    stay.refresh_from_db()
    assert stay.status == "confirmed"
    assert stay.hostel != on_call
    assert stay.bed_nights.live().count() == 2


def test_the_task_that_ends_holds_leaves_the_guests_of_silent_houses_alone(on_call, full, chen):
    stay = wish(chen, on_call)

    assert end_holds(LATE) == 0

    stay.refresh_from_db()
    assert stay.state(LATE) == "held"  # another bed is looked for
    assert not BedNight.objects.taken(LATE).filter(stay=stay)  # and this one is nobody's, by the query
    assert stay.bed_nights.live().exists()


def test_the_schedule_finds_the_beds_once_in_every_minute(on_call, full, chen, monkeypatch):
    stay = wish(chen, on_call)
    monkeypatch.setattr(timezone, "now", lambda: LATE)

    tasks.end_holds()
    tasks.end_holds()

    stay.refresh_from_db()
    assert stay.status == "confirmed"
    assert Letter.objects.filter(person=chen, kind="moved_house").count() == 1


def test_who_found_another_bed_meanwhile_is_not_moved(on_call, full, chen):
    stay = wish(chen, on_call)
    elsewhere = book(guest=chen, hostel=Hostel.objects.get(slug="mudu"), nights=WEEKEND, purpose="interview", now=LATE)

    assert unanswered(LATE) == 1

    stay.refresh_from_db()
    assert (stay.status, stay.cancel_cause) == ("cancelled", "HOUSE")
    assert elsewhere.bed_nights.live().count() == 2


def test_a_hold_of_a_bed_on_call_asks_the_house_when_it_is_confirmed(on_call, full, chen):
    stay = wish(chen, on_call, hold=True)
    assert stay.awaits == ""

    confirmed = confirm(stay, now=NOW + timedelta(minutes=5))

    assert (confirmed.status, confirmed.awaits) == ("held", "house")
    assert confirmed.held_until == NOW + timedelta(minutes=125)
    no = actions(confirmed, SOON)["confirm"].reason
    assert no.code == "ON_CALL"
    assert actions(confirmed, SOON)["house_answer"].ok


def test_the_guest_may_cancel_while_the_house_is_asked(on_call, full, chen):
    stay = cancel(wish(chen, on_call), now=SOON)

    assert (stay.status, stay.cancel_cause) == ("cancelled", "GUEST")
    with pytest.raises(Refused):
        answer(stay, True, now=SOON)


def test_the_house_has_no_longer_than_the_bed_would_be_kept(on_call, full, people):
    evening = moment(FRIDAY, 22)
    Network.objects.update(on_call_minutes=600)

    late = book(guest=people("石磊", "male"), hostel=on_call, nights=WEEKEND, purpose="exam", now=evening)

    assert late.held_until == late.kept_until < evening + timedelta(minutes=600)


def test_at_the_desk_the_house_itself_gives_the_bed(on_call, full, chen, manager):
    stay = walk_in(
        hostel=on_call, guest=chen, nights=WEEKEND, purpose="interview", compared=True, now=NOW, actor=manager
    )

    assert stay.status == "in_house"
    assert beds_of(stay) == {"401-1"}


def test_a_plain_booking_asks_no_house(on_call, lin):
    assert wish(lin, on_call).status == "confirmed"
    assert BedNight.objects.filter(bed__room__supply="on_call").count() == 0


def test_who_has_a_bed_on_call_gets_more_nights_in_another_or_the_house_gives_them(on_call, lin, full):
    stay = answer(wish(lin, on_call), True, now=SOON)
    assert beds_of(stay) == {"401-1"}
    with pytest.raises(Refused) as no:
        extend(stay, departure=MONDAY, now=SOON, actor=lin.user)
    # The two beds that are always there are free from Sunday on: one of them is offered, and taken where that is said.
    assert no.value.code == "ON_CALL"
    assert "change_of_bed" in {each.kind for each in no.value.alternatives}
    stay.refresh_from_db()
    assert stay.departure == SUNDAY

    longer = extend(stay, departure=MONDAY, now=SOON, actor=lin.user, change_of_bed=True)
    assert beds_of(longer) in ({"401-1", "203-1"}, {"401-1", "203-2"})


def test_the_house_itself_extends_in_its_bed_on_call(on_call, lin, full, manager):
    stay = answer(wish(lin, on_call), True, now=SOON)

    assert beds_of(extend(stay, departure=MONDAY, now=SOON, actor=manager)) == {"401-1"}


def test_where_somebody_has_the_bed_on_call_by_then_it_is_simply_full(on_call, lin, full, people):
    stay = answer(wish(lin, on_call), True, now=SOON)
    for _ in range(2):
        book(guest=people("某某", "female"), hostel=on_call, nights=LATER_ON, purpose="interview", now=NOW)
    other = book(guest=people("某某", "female"), hostel=on_call, nights=LATER_ON, purpose="interview", now=NOW)
    assert beds_of(other) == {"401-1"}

    with pytest.raises(Refused) as no:
        extend(stay, departure=MONDAY, now=SOON, actor=lin.user)

    assert no.value.code == "FULL"


# --- a house that is silent, before the job runs ----------------------------------------------------------------------
def test_while_another_bed_is_looked_for_the_stay_says_so(on_call, full, chen):
    stay = wish(chen, on_call)

    assert (stay.is_looked_for(SOON), stay.is_looked_for(LATE), stay.is_looked_for(stay.kept_until)) == (
        False,
        True,
        False,
    )
    assert (stay.state(LATE), stay.state(stay.kept_until)) == ("held", "cancelled")
    may = actions(stay, LATE)
    assert "we look for another bed" in may["confirm"].reason.sentence.say("en")
    assert may["cancel"].ok
    assert may["house_answer"].reason.code == "HOLD_ENDED"


def test_who_is_looked_a_bed_for_may_give_the_wish_up(on_call, full, chen):
    stay = cancel(wish(chen, on_call), now=LATE)

    assert (stay.status, stay.cancel_cause) == ("cancelled", "GUEST")
    assert unanswered(LATE) == 0


def test_who_is_looked_a_bed_for_and_books_another_has_that_one(on_call, full, chen, people):
    stay = wish(chen, on_call)

    second = book(guest=chen, hostel=Hostel.objects.get(slug="mudu"), nights=WEEKEND, purpose="exam", now=LATE)

    assert second.bed_nights.live().count() == 2
    assert not stay.bed_nights.live().exists()


# --- what the waiting list gave ---------------------------------------------------------------------------------------
@pytest.fixture
def from_the_line(on_call, full, chen):
    """A man who waits, and gets the bed on call from the line: beside a woman, what came free is not for him."""
    Room.objects.filter(hostel=on_call, number="401").update(valid_until=FRIDAY)
    waiting = waiting_for(chen, on_call, automatic=True)
    Room.objects.filter(hostel=on_call, number="401").update(valid_until=None)
    cancel(full[1], now=NOW)
    return waiting


def waiting_for(guest, hostel, **how):
    return wait(guest=guest, hostels=[hostel], nights=WEEKEND, purpose="interview", now=NOW, **how)


def given(waiting):
    return Stay.objects.get(offer__waiting=waiting, status="held", awaits="house")


def test_a_wish_whose_bed_the_house_denies_waits_again_in_its_old_place(on_call, full, from_the_line, people, chen):
    nobody_else(on_call)
    behind = waiting_for(people("石磊", "male"), on_call, automatic=True)
    stay = given(from_the_line)
    assert state_of(fresh(from_the_line), SOON) == "filled"

    answer(stay, False, now=SOON)

    assert state_of(fresh(from_the_line), SOON) == "waiting"
    assert list(Waiting.objects.standing(SOON)) == [from_the_line, behind]
    assert f"/waitlist/{from_the_line.code}/" in told(chen, "house_said_no_waits")
    cancel(full[0], now=SOON + timedelta(minutes=5))
    assert state_of(fresh(from_the_line), SOON) == "filled"


def test_a_wish_waits_again_too_where_the_house_is_silent(on_call, full, from_the_line):
    nobody_else(on_call)

    assert unanswered(LATE) == 1

    assert state_of(fresh(from_the_line), LATE) == "waiting"


def test_who_found_another_bed_meanwhile_does_not_wait_again(on_call, full, from_the_line, chen):
    book(guest=chen, hostel=Hostel.objects.get(slug="mudu"), nights=WEEKEND, purpose="interview", now=LATE)

    unanswered(LATE)

    assert state_of(fresh(from_the_line), LATE) == "filled"


def test_a_wish_that_is_given_another_bed_stays_filled(on_call, full, from_the_line):
    answer(given(from_the_line), False, now=SOON)

    assert state_of(fresh(from_the_line), SOON) == "filled"


def fresh(waiting):
    return Waiting.objects.get(pk=waiting.pk)


def test_who_is_looked_a_bed_for_cannot_be_forgotten_meanwhile(on_call, full, chen):
    stay = wish(chen, on_call)

    for now in (SOON, LATE):
        assert [reason.fix.href for reason in hinders(chen.user, now)] == [f"/stays/{stay.code}/cancel/"]
    assert hinders(chen.user, stay.kept_until) == []
