from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Deed, Role
from accounts.roles import (
    WHO_MAY,
    Right,
    end_role,
    grant_role,
    has_a_role,
    hostels_managed_by,
    hostels_of_officer,
    is_manager,
    is_officer,
    may,
    networks_of_officer,
    networks_seen_by,
)
from hostel.models import Hostel, Network
from tests.conftest import FRIDAY, MONDAY, NOW, SUNDAY, staff


@pytest.fixture
def city(wuzhong):
    return wuzhong.parent


@pytest.fixture
def sister(city):
    return Network.objects.create(slug="sister", name_zh="邻区", name_en="Sister", parent=city)


def test_every_right_is_in_the_table():
    assert set(WHO_MAY) == set(Right)


def test_a_manager_works_at_one_desk_and_no_other(manager, hostel):
    other = Hostel.objects.get(slug="mudu")

    assert is_manager(manager, hostel, FRIDAY)
    assert not is_manager(manager, other, FRIDAY)
    assert list(hostels_managed_by(manager, FRIDAY)) == [hostel]
    assert may(manager, Right.SEE_HOUSE_STAYS, hostel, FRIDAY)
    assert not may(manager, Right.SEE_HOUSE_STAYS, other, FRIDAY)
    assert not may(manager, Right.SEE_FIGURES, hostel.network, FRIDAY)


def test_an_officer_sees_the_houses_and_does_not_work_at_their_desks(officer, hostel, wuzhong):
    assert is_officer(officer, wuzhong, FRIDAY)
    assert may(officer, Right.ALLOT_BATCHES, hostel, FRIDAY)
    assert not is_manager(officer, hostel, FRIDAY)
    assert may(officer, Right.SEE_HOUSE_STAYS, hostel, FRIDAY)
    assert list(networks_of_officer(officer, FRIDAY)) == [wuzhong]
    assert hostels_of_officer(officer, FRIDAY).count() == 10


def test_an_officer_of_the_city_counts_in_its_districts(city, wuzhong, sister, hostel):
    officer = staff("+8613800000021", "officer", network=city)

    assert is_officer(officer, wuzhong, FRIDAY)
    assert may(officer, Right.SEE_HOUSE_STAYS, hostel, FRIDAY)
    assert set(networks_of_officer(officer, FRIDAY)) == {city, wuzhong, sister}


def test_an_officer_of_a_district_counts_neither_in_the_city_nor_next_door(officer, city, sister):
    assert not is_officer(officer, city, FRIDAY)
    assert not is_officer(officer, sister, FRIDAY)


def test_an_auditor_reads_and_changes_nothing(auditor, wuzhong, hostel):
    assert may(auditor, Right.SEE_FIGURES, wuzhong, FRIDAY)
    assert may(auditor, Right.SEE_RECORD, wuzhong, FRIDAY)
    assert not is_officer(auditor, wuzhong, FRIDAY)
    assert not may(auditor, Right.ALLOT_BATCHES, hostel, FRIDAY)
    assert not may(auditor, Right.SEE_HOUSE_STAYS, hostel, FRIDAY)
    assert list(networks_seen_by(auditor, FRIDAY)) == [wuzhong]


def test_a_guest_books_and_nothing_else(lin, hostel, wuzhong):
    assert may(lin.user, Right.BOOK, None, FRIDAY)
    rights = [right for right in Right if right is not Right.BOOK]
    assert not any(may(lin.user, right, where, FRIDAY) for right in rights for where in (hostel, wuzhong, None))
    assert not hostels_managed_by(lin.user, FRIDAY)
    assert not networks_of_officer(lin.user, FRIDAY)
    assert not has_a_role(lin.user, FRIDAY)


def test_a_visitor_has_no_right(hostel, wuzhong):
    visitor = AnonymousUser()

    assert not any(may(visitor, right, where, FRIDAY) for right in Right for where in (hostel, wuzhong, None))
    assert not has_a_role(visitor, FRIDAY)
    assert not hostels_managed_by(visitor, FRIDAY)
    assert not networks_seen_by(visitor, FRIDAY)


def test_a_role_holds_from_its_day_until_its_day(lin, hostel):
    grant_role(lin.user, "manager", hostel=hostel, valid_from=FRIDAY, valid_until=SUNDAY, now=NOW)

    held = [is_manager(lin.user, hostel, FRIDAY + timedelta(days=n)) for n in (-1, 0, 1, 2)]
    assert held == [False, True, True, False]
    assert has_a_role(lin.user, FRIDAY)
    assert not has_a_role(lin.user, SUNDAY)


def test_an_ended_role_is_over_and_can_be_given_again(officer, lin, hostel):
    role = grant_role(lin.user, "manager", hostel=hostel, valid_from=FRIDAY, now=NOW, actor=officer)
    end_role(role, until=SUNDAY, now=NOW, actor=officer)

    assert not is_manager(lin.user, hostel, SUNDAY)
    again = grant_role(lin.user, "manager", hostel=hostel, valid_from=MONDAY, now=NOW, actor=officer)
    assert again != role
    assert list(Deed.objects.filter(actor=officer).values_list("what", flat=True)) == [
        "grant_role",
        "end_role",
        "grant_role",
    ]


def test_a_role_given_twice_stands_once(lin, hostel):
    first = grant_role(lin.user, "manager", hostel=hostel, valid_from=FRIDAY, now=NOW)
    second = grant_role(lin.user, "manager", hostel=hostel, valid_from=SUNDAY, now=NOW)

    assert first == second
    assert Role.objects.filter(user=lin.user).count() == 1


def test_a_role_needs_the_place_that_fits_it(lin, hostel, wuzhong):
    for kind, where in [("manager", {"network": wuzhong}), ("officer", {"hostel": hostel}), ("auditor", {})]:
        with pytest.raises(ValueError):
            grant_role(lin.user, kind, **where, valid_from=FRIDAY, now=NOW)
    with pytest.raises(ValueError):
        grant_role(lin.user, "manager", hostel=hostel, valid_from=FRIDAY, valid_until=FRIDAY, now=NOW)


def test_each_question_is_one_query(manager, officer, hostel, wuzhong, django_assert_num_queries):
    hostel = Hostel.objects.get(pk=hostel.pk)
    with django_assert_num_queries(1):
        is_manager(manager, hostel, FRIDAY)
    with django_assert_num_queries(1):
        is_officer(officer, wuzhong, FRIDAY)
    with django_assert_num_queries(1):
        list(networks_of_officer(officer, FRIDAY))
    with django_assert_num_queries(1):
        list(hostels_of_officer(officer, FRIDAY))
