from datetime import timedelta

import pytest

from accounts.models import DeskPin, Person, Role, User
from accounts.pins import set_pin, unsealed
from desk.shift import colleagues, sealed_tokens, token_for, who
from hostel.models import Hostel
from tests.conftest import FRIDAY, NOW, SATURDAY, staff

PIN = "482915"


@pytest.fixture
def mudu(wuzhong):
    return Hostel.objects.get(slug="mudu")


def test_a_token_says_who_was_on_at_the_desk_of_a_house(hostel, manager):
    assert who(token_for(manager, hostel, NOW), hostel, NOW) == manager


def test_at_another_house_a_token_says_nothing_also_for_who_manages_both(hostel, mudu, manager):
    Role.objects.create(user=manager, kind="manager", hostel=mudu, valid_from=FRIDAY)

    assert who(token_for(manager, hostel, NOW), mudu, NOW) is None


def test_whose_role_has_ended_is_nobody_at_the_desk_but_was_until_then(hostel, manager):
    token = token_for(manager, hostel, NOW)
    Role.objects.filter(user=manager).update(valid_until=SATURDAY)

    assert who(token, hostel, NOW + timedelta(days=1)) is None
    assert who(token, hostel, NOW) == manager


def test_a_token_lasts_a_week(hostel, manager):
    token = token_for(manager, hostel, NOW)

    assert who(token, hostel, NOW + timedelta(days=7)) == manager
    assert who(token, hostel, NOW + timedelta(days=7, seconds=1)) is None


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: "x" + t, lambda _t: "", lambda _t: "[1,2,3]", lambda _t: None]
)
def test_what_we_have_not_signed_says_nothing(hostel, manager, spoil):
    assert who(spoil(token_for(manager, hostel, NOW)), hostel, NOW) is None


def test_a_login_that_is_closed_says_nothing(hostel, manager):
    token = token_for(manager, hostel, NOW)
    User.objects.filter(pk=manager.pk).update(is_active=False)

    assert who(token, hostel, NOW) is None


def test_a_tablet_gets_for_each_colleague_with_a_pin_what_their_digits_open(
    hostel, manager, foreign_manager, officer, django_assert_num_queries
):
    Person.objects.create(user=manager, name="王秀兰")
    for user in (manager, foreign_manager, officer):
        set_pin(user, PIN, now=NOW)
    staff("+8613800000031", "manager", hostel=hostel)

    with django_assert_num_queries(1):
        [sealed] = sealed_tokens(hostel, NOW)

    assert (sealed["id"], sealed["name"]) == (manager.pk, "王秀兰")
    assert who(unsealed(DeskPin.objects.get(user=manager), sealed["sealed"]), hostel, NOW) == manager
    assert len(colleagues(hostel, NOW)) == 2


def test_colleagues_are_one_statement_however_many(hostel, manager, django_assert_num_queries):
    for number in range(3):
        staff(f"+861380000004{number}", "manager", hostel=hostel)

    with django_assert_num_queries(1):
        assert len(colleagues(hostel, NOW)) == 4
