"""A bed is given to somebody: who that is does not change while it is kept, by no door and not around them."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Person
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.guests import change_profile, say_who
from eligibility.reasons import Refused
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SUNDAY, resident_number

PASSPORT = {"name": "Lin Xiaoman", "document_kind": "passport", "document_number": "E12345678"}
BORN = {"gender": "male", "birth_date": date(1990, 1, 1)}


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW)


def as_he_is(person):
    return Person.objects.values_list("document_hash", "gender", "birth_date", "education").get(pk=person.pk)


def test_another_document_is_refused_while_a_stay_stands_on_the_first(stay, lin):
    before = as_he_is(lin)

    with pytest.raises(Refused) as no:
        say_who(lin.user, now=NOW, **PASSPORT, **BORN)

    assert no.value.code == "IDENTITY"
    assert stay.code in str(no.value.reasons[0].sentence)
    assert as_he_is(lin) == before


def test_the_document_of_a_stay_cannot_go_to_another_login(stay, lin, chen):
    with pytest.raises(Refused):
        say_who(lin.user, now=NOW, **PASSPORT, **BORN)
    with pytest.raises(Refused) as no:
        say_who(chen.user, now=NOW, name="林小满", document_kind="resident", document_number=lin.document)

    assert no.value.code == "IDENTITY"


@pytest.mark.parametrize("change", [{"gender": "male"}, {"birth_date": date(1960, 1, 1)}])
def test_who_came_with_a_passport_keeps_gender_and_birth_date(change, hostel, people):
    guest = people("安娜", "female")
    say_who(guest.user, now=NOW, **PASSPORT, gender="female", birth_date=date(1998, 1, 1))
    guest.refresh_from_db()
    book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW)

    with pytest.raises(Refused) as no:
        change_profile(guest, now=NOW, **change)

    assert no.value.code == "IDENTITY"


def test_the_rest_of_the_profile_and_the_same_document_again_are_fine(stay, lin):
    change_profile(lin, now=NOW, education="master")
    say_who(lin.user, now=NOW, name="林小曼", document_kind="resident", document_number=lin.document)

    assert as_he_is(lin)[3] == "master"


def test_who_cancelled_may_say_it_anew(stay, lin):
    cancel(stay, now=NOW)

    say_who(
        lin.user,
        now=NOW,
        name="林大满",
        document_kind="resident",
        document_number=resident_number(date(2000, 2, 2), "male", 9),
    )

    assert as_he_is(lin)[1] == "male"


@pytest.mark.parametrize("change", [{"gender": "male"}, {"document_hash": "another"}])
def test_the_database_refuses_it_also_around_the_verbs(change, stay, lin):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=lin.pk).update(**change)

    cancel(stay, now=NOW)
    Person.objects.filter(pk=lin.pk).update(**change)
