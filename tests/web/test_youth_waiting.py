"""The waiting list on the youth's pages (Y11)."""

import re
from datetime import date, timedelta

import pytest

from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Stay, Waiting
from bookings.offers import open_offer
from bookings.wishing import wait
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, undone
from tests.web.conftest import hidden, text_of

TOMORROW = Nights(SATURDAY, SUNDAY)
NEW = f"/waitlist/new/?hostel=baodaiqiao&in={SATURDAY}&out={SUNDAY}"


@pytest.fixture
def taken(hostel, people, clock):
    """The one bed of the house is somebody's tomorrow night."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number=1).update(valid_until=date(2026, 1, 1))
    return book(guest=people("周梅", "female"), hostel=hostel, nights=TOMORROW, purpose="interview", now=NOW)


@pytest.fixture
def waits(taken, hostel, lin):
    """Lin waits for that bed."""
    return wait(guest=lin, hostels=[hostel], nights=TOMORROW, purpose="interview", now=NOW)


@pytest.fixture
def page(enter, lin, waits):
    browser = enter(lin.user)
    return lambda act=None, **said: (
        browser.get(f"/waitlist/{waits.code}/")
        if act is None
        else browser.post(f"/waitlist/{waits.code}/", {"act": act} | said, follow=True)
    )


def test_a_full_house_leads_to_the_line_and_the_line_to_a_place(enter, lin, taken):
    Bed.objects.filter(room__hostel__slug="shihu").update(valid_until=date(2026, 1, 1))
    browser = enter(lin.user)
    full = browser.post(f"/book/baodaiqiao/?in={SATURDAY}&out={SUNDAY}", {"purpose": "interview"})
    assert full.status_code == 409
    assert f"{NEW.replace('&', '&amp;')}&amp;purpose=interview" in full.content.decode()

    form = browser.get(f"{NEW}&purpose=interview")
    said = {"hostel": "baodaiqiao", "in": SATURDAY, "out": SUNDAY, "purpose": "interview", "key": hidden(form, "key")}
    joined = browser.post("/waitlist/new/", said | {"also": ["shihu"], "automatic": "1"}, follow=True)
    browser.post("/waitlist/new/", said | {"also": ["shihu"], "automatic": "1"})

    waiting = Waiting.objects.get()
    assert joined.redirect_chain == [(f"/waitlist/{waiting.code}/", 302)]
    assert {hostel.slug for hostel in waiting.hostels.all()} == {"baodaiqiao", "shihu"}
    assert waiting.automatic


def test_nothing_is_ticked_before_somebody_ticks_it(enter, lin, taken):
    form = enter(lin.user).get(NEW).content.decode()

    assert "checked" not in form


def test_without_a_reason_to_come_the_form_says_what_is_missing(enter, lin, taken):
    said = {"hostel": "baodaiqiao", "in": SATURDAY, "out": SUNDAY, "automatic": "1"}

    again = enter(lin.user).post("/en/waitlist/new/", said)

    assert again.status_code == 422
    assert "Choose what you come for" in text_of(again)
    assert "checked" in again.content.decode()


def test_where_a_bed_is_free_the_form_leads_to_it(enter, lin, hostel, clock):
    said = {"hostel": "baodaiqiao", "in": SATURDAY, "out": SUNDAY, "purpose": "interview"}

    no = enter(lin.user).post("/en/waitlist/new/", said)

    assert no.status_code == 409
    assert f'href="/en/book/baodaiqiao/?in={SATURDAY}&amp;out={SUNDAY}"' in no.content.decode()


def test_the_page_says_the_place_and_until_when(page, people, taken, hostel, waits):
    earlier = wait(guest=people("何静", "female"), hostels=[hostel], nights=TOMORROW, purpose="interview", now=NOW)
    Waiting.objects.filter(pk=earlier.pk).update(made_at=NOW - timedelta(hours=1))

    said = page().content.decode()

    assert 'data-before="1"' in said
    assert "3月7日" in said
    assert "21:00" in said


def test_an_offer_is_taken_with_one_tap(page, taken, lin, waits):
    cancel(taken, now=NOW)
    assert "y11-take" in page().content.decode()

    page("accept")

    assert Stay.objects.get(guest=lin).status == "confirmed"
    assert "y11-take" not in page().content.decode()


def test_an_offer_that_is_over_says_so_keeps_the_place_and_shows_what_is_free(page, taken, clock, waits):
    cancel(taken, now=NOW)
    offer = open_offer(waits, NOW)
    clock.now = offer.until

    late = page("accept")

    assert late.status_code == 409
    said = late.content.decode()
    assert 'data-testid="y11-over"' in said
    assert 'data-before="0"' in said
    assert 'data-testid="y11-free"' in said


def test_an_offer_is_left_to_the_next_and_a_wish_withdrawn(page, taken, waits):
    cancel(taken, now=NOW)

    assert 'data-state="waiting"' in page("decline").content.decode()
    assert 'data-state="withdrawn"' in page("withdraw").content.decode()


def test_the_switch_is_changed_without_losing_the_place(page, waits):
    page("switch", automatic="1")
    assert Waiting.objects.get(pk=waits.pk).automatic
    page("switch")
    assert not Waiting.objects.get(pk=waits.pk).automatic


def test_other_houses_are_chosen_after_joining_and_one_at_least(page, waits, taken):
    Bed.objects.filter(room__hostel__slug="shihu").update(valid_until=date(2026, 1, 1))

    assert page("houses", also=["baodaiqiao", "shihu"]).redirect_chain
    assert {hostel.slug for hostel in waits.hostels.all()} == {"baodaiqiao", "shihu"}
    html = page().content.decode()
    assert html.count("checked") == 2
    none = page("houses")
    assert none.status_code == 422
    assert "至少选一家驿站" in text_of(none)
    assert waits.hostels.count() == 2


def test_the_reason_of_the_last_stay_is_chosen_so_that_joining_is_one_more_tap(enter, lin, taken, clock):
    book(guest=lin, hostel=Hostel.objects.get(slug="shihu"), nights=Nights(MONDAY, TUESDAY), purpose="exam", now=NOW)

    form = enter(lin.user).get(NEW)

    assert re.search(r'name="purpose" value="exam" checked', form.content.decode())
    assert form.content.decode().count("checked") == 1
    again = enter(lin.user).post("/waitlist/new/", {"hostel": "baodaiqiao", "in": SATURDAY, "out": SUNDAY})
    assert again.status_code == 422


def test_an_offered_stay_leads_to_the_offer(enter, lin, taken, waits):
    cancel(taken, now=NOW)
    browser = enter(lin.user)

    assert f"/waitlist/{waits.code}/" in browser.get(f"/stays/{Stay.objects.get(guest=lin).code}/").content.decode()
    assert f"/waitlist/{waits.code}/" in browser.get("/me/").content.decode()


def test_what_one_waits_for_is_listed_and_nobody_else_s(enter, lin, chen, waits):
    assert waits.code in enter(lin.user).get("/waitlist/").content.decode()
    others = enter(chen.user)
    assert waits.code not in others.get("/waitlist/").content.decode()
    assert others.get(f"/waitlist/{waits.code}/").status_code == 404


def test_every_alternative_of_the_page_is_had_by_its_own_button(enter, lin, hostel, clock):
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number__lte=2).update(
        valid_until=date(2026, 1, 1)
    )
    one, other = Bed.objects.filter(room__hostel=hostel, valid_until=None).order_by("number")
    other.closures.create(first_night=SATURDAY, until=SUNDAY, reason="repair", written_at=NOW)
    one.closures.create(first_night=SUNDAY, until=TUESDAY, reason="repair", written_at=NOW)
    browser = enter(lin.user)
    full = browser.post(f"/book/baodaiqiao/?in={SATURDAY}&out={TUESDAY}", {"purpose": "interview"})

    offered = full.context["alternatives"]
    kinds = [each["to"].kind for each in offered]
    # The near houses first: they keep the nights as they are.
    assert kinds == ["nearby", "nearby", "nearby", "change_of_bed", "shorter", "shifted", "waitlist"]
    for each in offered[:-1]:
        with undone():
            booked = browser.post(each["action"], {"purpose": "interview", "key": each["key"]})
            stay = Stay.objects.get()
            assert booked["Location"] == f"/stays/{stay.code}/"
            assert (stay.hostel, stay.nights) == (each["to"].hostel, each["nights"])
            beds = "201-1" in browser.get(f"/stays/{stay.code}/").content.decode()
            assert beds == (each["to"].kind == "change_of_bed")
    form = browser.get(offered[-1]["action"])
    said = {"hostel": "baodaiqiao", "in": SATURDAY, "out": TUESDAY, "purpose": "interview", "key": hidden(form, "key")}
    assert browser.post("/waitlist/new/", said)["Location"] == f"/waitlist/{Waiting.objects.get().code}/"


def test_who_changes_beds_reads_it_before_and_after(enter, lin, hostel, clock):
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number__lte=2).update(
        valid_until=date(2026, 1, 1)
    )
    one, other = Bed.objects.filter(room__hostel=hostel, valid_until=None).order_by("number")
    other.closures.create(first_night=SATURDAY, until=SUNDAY, reason="repair", written_at=NOW)
    one.closures.create(first_night=SUNDAY, until=MONDAY, reason="repair", written_at=NOW)
    browser = enter(lin.user)
    address = f"/en/book/baodaiqiao/?in={SATURDAY}&out={MONDAY}&change=1"

    assert "You change beds once during these nights." in text_of(browser.get(address))
    stay = browser.post(address, {"purpose": "interview"}, follow=True)

    assert "first bed 201-1, from 8 Mar bed 201-2" in text_of(stay)


def test_a_house_that_is_not_there_has_no_line(enter, lin, wuzhong, clock):
    browser = enter(lin.user)

    assert browser.get(f"/waitlist/new/?hostel=nowhere&in={SATURDAY}&out={SUNDAY}").status_code == 404
    assert browser.get("/waitlist/new/").status_code == 404
    assert Hostel.objects.on(FRIDAY).exists()
