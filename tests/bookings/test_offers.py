"""What is offered is taken, or left to the next."""

import pytest

from accounts.models import Deed, Letter
from bookings.awaiting import look_again
from bookings.booking import confirm
from bookings.cancelling import cancel
from bookings.changing import shorten
from bookings.holding import end_holds
from bookings.locking import locked
from bookings.models import BedNight, Offer, Stay
from bookings.offers import accept, decline, open_offer
from bookings.serving import serve
from bookings.wishing import place_in_line, state_of
from eligibility.reasons import Refused
from tests.bookings.in_line import LATER, WEEKEND, only, wait, wish
from tests.conftest import FRIDAY, NOW, SUNDAY, moment


def test_what_is_offered_is_taken_or_left_as_it_is_and_not_shortened(taken, hostel, lin):
    waiting = wait(lin, hostel, nights=WEEKEND)
    cancel(taken, now=NOW)

    with pytest.raises(Refused) as no:
        shorten(Stay.objects.get(guest=lin), departure=SUNDAY, now=LATER)

    assert no.value.code == "AWAITS"
    assert open_offer(waiting, LATER).nights == Stay.objects.get(guest=lin).nights == WEEKEND


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


def refusal(answer, offer, now):
    with pytest.raises(Refused) as no:
        answer(offer, now=now)
    assert no.value.code == "OFFER_ENDED"
    return no.value.reasons[0].sentence.say("en")


def test_an_offer_that_is_over_says_how_it_ended(taken, hostel, lin):
    waiting = wait(lin, hostel)
    cancel(taken, now=NOW)
    offer = open_offer(waiting, NOW)
    assert "that time is over" in refusal(accept, offer, offer.until)

    decline(offer, now=LATER)
    assert refusal(accept, offer, LATER).startswith("You left it to the next")
    assert refusal(decline, offer, offer.until).startswith("You left it to the next")

    Stay.objects.filter(offer=offer).update(cancel_cause="HOUSE")
    assert refusal(accept, offer, LATER).startswith("The house took it back")


def test_an_offer_that_was_taken_is_not_left_to_the_next(taken, hostel, lin):
    waiting = wait(lin, hostel)
    cancel(taken, now=NOW)
    offer = open_offer(waiting, NOW)
    accept(offer, now=LATER)

    assert refusal(decline, offer, LATER).startswith("You took it on")


def test_what_is_given_back_anew_is_offered_anew(taken, hostel, lin, mei):
    waiting = wait(lin, hostel)
    cancel(taken, now=NOW)
    decline(open_offer(waiting, NOW), now=LATER)
    again = wish(mei, hostel, now=moment(FRIDAY, 13))

    cancel(again, now=moment(FRIDAY, 14))

    assert open_offer(waiting, moment(FRIDAY, 14)) is not None


def test_friends_take_an_offer_together(hostel, lin, mei, people):
    only(hostel, "201-1", "201-2")
    stays = [wish(people(name, "female"), hostel) for name in ("周梅", "何静")]
    waiting = wait(lin, hostel, members=[mei])
    for stay in stays:
        cancel(stay, now=NOW)

    accept(open_offer(waiting, NOW), now=LATER)

    assert [stay.status for stay in Stay.objects.filter(guest__in=[lin, mei])] == ["confirmed", "confirmed"]


def test_friends_of_whom_one_still_owes_something_take_an_offer_together_or_not_at_all(
    hostel, lin, mei, people, in_force
):
    only(hostel, "201-1", "201-2")
    stays = [wish(people(name, "female"), hostel) for name in ("周梅", "何静")]
    waiting = wait(lin, hostel, members=[mei])
    for stay in stays:
        cancel(stay, now=NOW)
    in_force(change=asks_about_home)
    mei.home_in_district = True
    mei.save()

    accept(open_offer(waiting, NOW), now=LATER)

    mine, theirs = Stay.objects.get(guest=lin), Stay.objects.get(guest=mei)
    assert [(stay.status, stay.awaits) for stay in (mine, theirs)] == [("held", "party"), ("held", "review")]
    assert mine.held_until == theirs.held_until
    assert Letter.objects.filter(person=lin, kind="held_for_party").count() == 1
    assert not Letter.objects.filter(kind="booked", about__in=[mine.code, theirs.code]).exists()
    mei.home_in_district = False
    mei.save()
    look_again(locked(theirs), now=LATER)
    assert [stay.status for stay in Stay.objects.filter(guest__in=[lin, mei])] == ["confirmed", "confirmed"]


def asks_about_home(rules):
    """Who lives in the district is looked at by a person."""
    for rule in rules["rules"]:
        if rule["kind"] == "home":
            rule["otherwise"] = "ask"
    return rules


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
