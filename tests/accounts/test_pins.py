from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Deed, DeskPin, User
from accounts.pins import ITERATIONS, check_pin, drawn_from, sealed_for, set_pin, unsealed
from eligibility.reasons import Refused
from tests.conftest import NOW

PIN, OTHER = "482915", "731846"


@pytest.fixture
def wang(db) -> User:
    return User.objects.create_user("+8613800000021")


def refused(user, pin, now=NOW):
    with pytest.raises(Refused) as no:
        check_pin(user, pin, now=now)
    return no.value.reasons[0]


def test_who_types_their_digits_is_known(wang):
    set_pin(wang, PIN, now=NOW)

    check_pin(wang, PIN, now=NOW)

    assert [deed.what for deed in Deed.objects.all()] == ["set_pin"]


@pytest.mark.parametrize(
    "pin", ["", "48291", "4829155", "48291a", "４８２９１５", " 82915", "111111", "123456", "098765"]
)
def test_other_than_six_digits_and_what_anybody_tries_first_is_no_pin(wang, pin):
    with pytest.raises(Refused) as no:
        set_pin(wang, pin, now=NOW)

    assert no.value.code == "PIN_FORM"
    assert not DeskPin.objects.exists()


def test_without_a_pin_nothing_fits(wang):
    assert refused(wang, PIN).code == "NO_PIN"


def test_five_wrong_in_a_row_lock_it_for_ten_minutes_and_the_right_one_does_not_help(wang):
    set_pin(wang, PIN, now=NOW)

    assert [refused(wang, OTHER).value_used for _ in range(4)] == [4, 3, 2, 1]
    assert refused(wang, OTHER).code == "PIN_LOCKED"
    assert refused(wang, PIN, NOW + timedelta(minutes=9, seconds=59)).code == "PIN_LOCKED"
    check_pin(wang, PIN, now=NOW + timedelta(minutes=10))

    assert Deed.objects.filter(what="lock_pin", about=f"user {wang.pk}").count() == 1


def test_after_the_lock_there_are_five_tries_again(wang):
    set_pin(wang, PIN, now=NOW)
    for _ in range(5):
        refused(wang, OTHER)

    assert refused(wang, OTHER, NOW + timedelta(minutes=11)).value_used == 4


def test_the_right_digits_between_begin_the_count_anew(wang):
    set_pin(wang, PIN, now=NOW)
    for _ in range(4):
        refused(wang, OTHER)
    check_pin(wang, PIN, now=NOW)

    assert refused(wang, OTHER).value_used == 4


def test_a_new_pin_takes_the_place_of_the_old_one_and_its_lock(wang):
    set_pin(wang, PIN, now=NOW)
    for _ in range(5):
        refused(wang, OTHER)

    set_pin(wang, OTHER, now=NOW)

    check_pin(wang, OTHER, now=NOW)
    assert refused(wang, PIN).code == "PIN_WRONG"


def test_what_is_sealed_opens_with_the_key_of_the_digits_and_no_other(wang):
    kept = set_pin(wang, PIN, now=NOW)
    sealed = sealed_for(kept, "王秀兰")

    assert unsealed(kept, sealed) == "王秀兰"
    assert sealed_for(kept, "王秀兰") != sealed
    assert drawn_from(PIN, kept.salt) != drawn_from(OTHER, kept.salt) != drawn_from(OTHER, "00" * 16)
    assert ITERATIONS >= 300_000


def test_the_key_is_unreadable_in_the_database(wang):
    kept = set_pin(wang, PIN, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM accounts_deskpin")
        [[raw]] = cursor.fetchall()

    assert kept.key not in raw
    assert DeskPin.objects.get().key == kept.key


@pytest.mark.django_db(transaction=True)
def test_tries_sent_at_the_same_moment_are_counted_one_by_one():
    user = User.objects.create_user("+8613800000021")
    set_pin(user, PIN, now=NOW)

    def tried(_number):
        try:
            return refused(user, OTHER).code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as guessers:
        answers = Counter(guessers.map(tried, range(12)))

    assert answers == {"PIN_WRONG": 4, "PIN_LOCKED": 8}
    assert Deed.objects.filter(what="lock_pin").count() == 1
