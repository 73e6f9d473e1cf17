import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from accounts.fields import keyed_hash, seal, unseal
from accounts.models import Person
from config.keys import FieldKeys

FIRST = "k1:" + "A" * 43 + "="
SECOND = "k2:" + "B" * 42 + "A="


def test_what_was_sealed_opens_again():
    assert unseal(seal("林小满 34010220010506002X", "a.b"), "a.b") == "林小满 34010220010506002X"


def test_the_same_text_is_sealed_differently_each_time():
    assert seal("same", "a.b") != seal("same", "a.b")


def test_a_value_moved_to_another_column_does_not_open():
    with pytest.raises(InvalidTag):
        unseal(seal("mine", "accounts_person.document"), "accounts_person.name")


def test_a_value_somebody_changed_does_not_open():
    sealed = seal("mine", "a.b")
    with pytest.raises(InvalidTag):
        unseal(sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:], "a.b")


def test_a_key_can_be_changed_while_the_house_runs(settings):
    settings.FIELD_KEYS = FieldKeys.read(FIRST)
    old, found_by = seal("mine", "a.b"), keyed_hash("mine", "document")

    settings.FIELD_KEYS = FieldKeys.read(f"{SECOND},{FIRST}")

    assert unseal(old, "a.b") == "mine"
    assert seal("mine", "a.b").startswith("k2:")
    assert keyed_hash("mine", "document") == found_by


def test_a_lost_key_is_an_error_and_never_an_empty_field(db, settings):
    settings.FIELD_KEYS = FieldKeys.read(FIRST)
    Person.objects.create(document="E12345678")

    settings.FIELD_KEYS = FieldKeys.read(SECOND)

    with pytest.raises(KeyError):
        Person.objects.get()


def test_nothing_stays_nothing(db):
    Person.objects.create(document="")

    assert Person.objects.get().document == ""


def test_the_table_holds_no_readable_document(db):
    Person.objects.create(document="E12345678")

    with connection.cursor() as cursor:
        cursor.execute("SELECT document FROM accounts_person")
        assert "E12345678" not in cursor.fetchone()[0]
    assert Person.objects.get().document == "E12345678"


def test_hashes_of_one_text_for_two_purposes_differ():
    assert keyed_hash("1234", "digits") != keyed_hash("1234", "document")
