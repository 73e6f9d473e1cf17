"""A guest without a booking at the desk (D3): chips and four fields, the answer at once."""

import re
from datetime import date

import pytest

from accounts.models import Deed, Person
from bookings.booking import book
from bookings.models import Stay
from desk.models import Act
from eligibility.models import Assessment
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, resident_number
from tests.web.conftest import hidden, text_of

WALKIN = "/desk/walkin/"
NUMBER = resident_number(date(2002, 2, 2), "male", 77)


@pytest.fixture
def desk(enter, manager):
    return enter(manager)


def form(**said):
    return {
        "act_id": "w-1",
        "name": "何来",
        "document_kind": "resident",
        "document_number": NUMBER,
        "education": "bachelor",
        "graduation": "2025",
        "home_in_district": "no",
        "departure": SATURDAY.isoformat(),
        "purpose": "interview",
        "compared": "on",
    } | said


def ask(desk, **said):
    return desk.post(WALKIN, form(ask="1", **said))


def answer(page):
    """What is answered, as the page names it, and the part of the page that says it."""
    part = re.search(r'<section [^>]*id="answer".*?</section>', page.content.decode(), re.DOTALL)[0]
    return re.search(r'data-outcome="(\w*)"', part)[1], part


def beds(page):
    return re.findall(r'name="bed" value="([^"]+)"', page.content.decode())


def nothing_is_kept():
    return not any(model.objects.exists() for model in (Person, Stay, Act, Assessment))


def test_the_page_asks_what_the_policy_asks_and_presets_no_answer_and_no_tick(desk):
    page = desk.get(WALKIN)

    html = page.content.decode()
    assert {"education", "graduation", "home_in_district", "purpose", "name", "document_number"} <= set(
        re.findall(r'name="(\w+)"', html)
    )
    assert re.findall(r'name="(\w+)" value="[^"]*" checked', html) == ["departure"]
    assert not re.search(r'id="compared"[^>]*checked', html)
    assert answer(page)[0] == ""


def test_the_answer_is_yes_with_the_free_beds_and_nothing_is_kept(desk):
    page = ask(desk)

    outcome, part = answer(page)
    assert (page.status_code, outcome) == (200, "yes")
    assert len(beds(page)) == 8
    assert re.search(r'name="bed" value="[^"]+" checked', part)
    assert nothing_is_kept()
    assert 'value="何来"' in page.content.decode()


def test_beds_that_are_ready_come_first_and_the_others_say_when(desk, hostel):
    first, *others = beds(ask(desk))
    desk.post("/desk/rooms/", {"what": "soiled", "beds": [first], "act_id": "s-1"})

    page = ask(desk)
    assert beds(page)[: len(others)] == others
    assert first not in beds(page)[: len(others)]


def test_the_bed_that_was_tapped_on_the_chart_is_the_one(desk):
    assert hidden(desk.get(WALKIN, {"bed": "304-2"}), "wished") == "304-2"

    page = ask(desk, wished="304-2")
    assert beds(page)[0] == "304-2"
    assert 'value="304-2" checked' in page.content.decode()
    assert 'value="304-1" checked' in ask(desk, wished="304-2", bed="304-1").content.decode()

    desk.post(WALKIN, form(wished="304-2"))
    assert str(Stay.objects.get().bed_nights.get().bed) == "304-2"


def test_the_guest_is_in_by_one_form_and_the_next_page_says_which_bed(desk, manager):
    done = desk.post(WALKIN, form(bed="304-2"))

    stay = Stay.objects.get()
    assert (done.status_code, done["Location"]) == (302, f"/desk/checkin/?done={stay.code}")
    assert (stay.status, str(stay.bed_nights.get().bed)) == ("in_house", "304-2")
    assert "304-2" in text_of(desk.get(done["Location"]))
    assert desk.post(WALKIN, form(bed="304-2"))["Location"] == done["Location"]
    assert Stay.objects.count() == 1


def test_who_may_not_stay_sees_each_reason_and_whom_to_ring(desk):
    page = ask(desk, home_in_district="yes", document_number=resident_number(date(1980, 2, 2), "male", 77))

    outcome, part = answer(page)
    assert outcome == "no"
    assert {"AGE", "LOCAL"} <= set(re.findall(r'data-code="(\w+)"', part))
    assert 'data-testid="d3-office"' in part
    assert beds(page) == []


def test_who_is_let_in_against_the_rules_is_refused_by_the_same_reasons(desk):
    page = desk.post(WALKIN, form(home_in_district="yes"))

    outcome, part = answer(page)
    assert (page.status_code, outcome) == (409, "refused")
    assert 'data-code="LOCAL"' in part
    assert not Stay.objects.exists()
    assert hidden(page, "act_id") == "w-1"


def test_without_the_tick_nobody_is_let_in(desk):
    page = desk.post(WALKIN, form(compared=""))

    assert page.status_code == 409
    assert 'data-code="COMPARE"' in page.content.decode()
    assert not Stay.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"document_number": "123"},
        {"name": "7", "document_number": NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")},
        {"document_kind": "library card"},
        {"gender": "x"},
        {"birth_date": "2002-02-31"},
    ],
)
def test_a_number_that_does_not_read_is_said_and_nothing_is_asked_of_the_rules(desk, said):
    outcome, part = answer(ask(desk, **said))

    assert outcome == "wrong"
    assert "data-code" in part
    assert nothing_is_kept()


def test_a_passport_says_neither_gender_nor_age_so_the_beds_wait_for_both(desk):
    page = ask(desk, document_kind="passport", document_number="G12345678")
    assert beds(page) == []
    assert re.search(r"<details open>", page.content.decode())

    page = ask(desk, document_kind="passport", document_number="G12345678", gender="female", birth_date="2001-02-03")
    assert answer(page)[0] == "yes"
    assert beds(page)


def test_who_is_known_here_is_not_asked_twice_and_their_nights_count(desk, lin, hostel, manager):
    book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW)
    known = {
        "name": lin.name,
        "document_number": lin.document,
        "education": "",
        "graduation": "",
        "home_in_district": "",
    }

    page = ask(desk, **known)

    outcome, part = answer(page)
    assert outcome == "no"
    assert 'data-code="OVERLAP"' in part
    assert 'data-testid="d3-known"' in part
    assert re.search(r'name="education" value="bachelor" checked', page.content.decode())
    ask(desk, **known)
    assert Deed.objects.filter(what="ask_walk_in", person=lin, actor=manager, hostel=hostel).count() == 1


def test_a_document_that_is_known_under_another_name_stops_the_desk(desk, lin):
    outcome, part = answer(ask(desk, document_number=lin.document))

    assert outcome == "wrong"
    assert 'data-code="IDENTITY"' in part
    assert lin.name not in part


def test_where_the_house_is_full_the_nearest_with_room_is_named_with_its_phone(desk, hostel):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=FRIDAY)

    page = ask(desk)

    _outcome, part = answer(page)
    assert 'data-testid="d3-nearby"' in part
    assert 'href="tel:' in part
    assert beds(page) == []
    assert desk.post(WALKIN, form()).status_code == 409


def test_what_is_typed_never_stands_in_an_address(desk):
    for page in (ask(desk), desk.post(WALKIN, form())):
        assert NUMBER not in page.get("Location", "")


def test_a_form_without_an_act_is_none_of_ours(desk):
    assert desk.post(WALKIN, form(act_id="")).status_code == 400
    assert not Stay.objects.exists()


def test_a_desk_lets_in_only_at_a_house_of_its_own(enter, foreign_manager):
    desk = enter(foreign_manager)

    assert desk.post(f"{WALKIN}?hostel=baodaiqiao", form()).status_code == 403
    assert nothing_is_kept()
