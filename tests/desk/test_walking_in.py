"""A guest without a booking, as an act of the desk: from a page, a program, or a tablet's queue."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed, Person
from bookings.availability import free_beds
from bookings.models import BedNight, Stay
from desk.acts import Asked, perform
from desk.models import Act
from desk.walking_in import clean_bed, person_said
from eligibility.reasons import Refused
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, moment, resident_number

NUMBER = resident_number(date(2002, 2, 2), "male", 77)
SAID = {
    "name": "何来",
    "document_kind": "resident",
    "document_number": NUMBER,
    "education": "bachelor",
    "graduation": "2025-06",
    "home_in_district": False,
    "departure": SUNDAY.isoformat(),
    "purpose": "interview",
    "compared": True,
}


@pytest.fixture
def comes(hostel, manager):
    def comes(act_id="w-1", at=NOW, now=None, **said):
        asked = Asked(hostel, act_id, "walk_in", manager, at, said=SAID | said)
        return perform(asked, now=now or at)

    return comes


def bed_of(stay):
    [label] = {str(night.bed) for night in stay.bed_nights.live().select_related("bed__room")}
    return label


@pytest.fixture
def all_soiled_but(hostel, manager):
    """Every bed that a man could have is to be cleaned, but these."""

    def soil(*labels):
        free = [str(bed) for bed in free_beds(hostel, Nights(FRIDAY, SUNDAY), "male", NOW)]
        beds = [label for label in free if label not in labels]
        perform(Asked(hostel, "s-1", "soiled", manager, NOW, said={"beds": beds}), now=NOW)
        return free

    return soil


def test_a_stranger_is_in_by_one_act_and_the_act_holds_no_number_to_read(comes, manager):
    act = comes()

    stay = act.stay
    assert (stay.status, stay.arrival, stay.departure) == (Stay.Status.IN_HOUSE, FRIDAY, SUNDAY)
    assert (act.before, list(act.after)) == ({}, [stay.code])
    assert [deed.what for deed in Deed.objects.filter(about=stay.code).order_by("pk")] == ["walk_in", "check_in"]
    assert comes().pk == act.pk
    assert Stay.objects.count() == Person.objects.count() == 1


def test_it_happened_when_it_happened(comes):
    stay = comes(at=moment(SATURDAY, 1, 30), now=moment(SATURDAY, 9)).stay

    assert (stay.arrival, stay.checked_in_at) == (FRIDAY, moment(SATURDAY, 1, 30))


def test_the_bed_is_one_that_is_clean_where_there_is_one(comes, all_soiled_but, hostel):
    free = all_soiled_but("304-2")
    assert free[0] != "304-2"

    assert bed_of(comes().stay) == "304-2"


def test_where_no_bed_is_clean_the_guest_has_one_all_the_same(comes, all_soiled_but, hostel):
    all_soiled_but()

    assert clean_bed(hostel, Nights(FRIDAY, SUNDAY), "male", NOW) is None
    assert comes().stay.status == Stay.Status.IN_HOUSE


def test_the_bed_that_was_chosen_is_the_one(comes):
    assert bed_of(comes(bed="204-2", wished="204-1").stay) == "204-2"


def test_the_bed_that_was_tapped_on_the_chart_is_the_one_where_no_other_was_chosen(comes):
    assert bed_of(comes(wished="204-1").stay) == "204-1"


def test_a_form_says_the_same_in_its_own_words(comes):
    form = SAID | {"home_in_district": "no", "compared": "on", "accept_price": "", "graduation": "2025", "month": "06"}

    assert person_said(form) == person_said(SAID)
    assert comes(**form).stay.status == Stay.Status.IN_HOUSE


def test_answers_to_questions_of_a_policy_come_by_either_name():
    by_form = person_said(SAID | {"a-work": "none", "a-empty": ""})

    assert by_form["answers"] == person_said(SAID | {"answers": {"work": "none"}})["answers"] == {"work": "none"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"home_in_district": True}, "LOCAL"),
        ({"compared": False}, "COMPARE"),
        ({"departure": FRIDAY.isoformat()}, "DATES"),
        ({"departure": "soon"}, "DATES"),
        ({"departure": (FRIDAY + timedelta(days=40)).isoformat()}, "DATES"),
        ({"bed": "999-1"}, "BED"),
        ({"document_number": "34010220010506001X0"}, "IDENTITY"),
        ({"name": ""}, "IDENTITY"),
        ({"name": 7}, "FIELD"),
        ({"name": "何" * 41}, "FIELD"),
        ({"document_kind": ["resident"]}, "FIELD"),
        ({"gender": "none"}, "FIELD"),
        ({"birth_date": "2002-02-31"}, "FIELD"),
        ({"education": "kindergarten"}, "FIELD"),
        ({"graduation": "2025-13"}, "FIELD"),
        ({"home_in_district": "perhaps"}, "FIELD"),
        ({"home_in_district": []}, "FIELD"),
        ({"answers": "none"}, "FIELD"),
        ({"answers": {"work": 7}}, "FIELD"),
    ],
)
def test_what_does_not_do_is_refused_with_its_reason_and_nobody_is_kept(comes, said, code):
    with pytest.raises(Refused) as no:
        comes(**said)

    assert no.value.code == code
    assert all(reason.sentence.say("zh-hans") and reason.sentence.say("en") for reason in no.value.reasons)
    assert not any(model.objects.exists() for model in (Act, Stay, BedNight, Person))
