import pytest

from bookings.booking import book
from bookings.people import find_people, known_in
from hostel.models import Hostel, Network
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY


@pytest.fixture
def networks(wuzhong):
    return Network.objects.filter(pk=wuzhong.pk)


@pytest.fixture
def elsewhere(wuzhong):
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu", parent=wuzhong.parent)
    return Network.objects.filter(pk=gusu.pk)


@pytest.fixture
def stay(lin, hostel):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="exam", now=NOW)


def test_only_those_with_a_stay_or_a_decision_are_known(lin, chen, stay, networks):
    assert list(known_in(networks)) == [lin]


def test_another_network_knows_nothing_of_them(stay, elsewhere):
    assert not known_in(elsewhere).exists()


def test_two_stays_make_one_person(lin, stay, networks):
    book(
        guest=lin,
        hostel=Hostel.objects.get(slug="mudu"),
        nights=Nights(SATURDAY, SATURDAY.replace(day=8)),
        purpose="exam",
        now=NOW,
    )

    assert list(known_in(networks)) == [lin]


def test_found_by_the_code_of_a_stay_or_of_its_decision(lin, stay, networks):
    for text in (stay.code, stay.code.lower(), f" {stay.code} ", stay.assessment.code):
        assert find_people(text, networks) == ("code", [lin])


def test_found_by_the_whole_phone_however_it_is_written(lin, stay, networks):
    bare = lin.user.phone.removeprefix("+86")

    for text in (lin.user.phone, bare, f"{bare[:3]} {bare[3:7]} {bare[7:]}"):
        assert find_people(text, networks) == ("phone", [lin])


def test_found_by_name_or_a_part_of_it(lin, stay, networks):
    assert find_people("林小满", networks) == ("name", [lin])
    assert find_people("小满", networks) == ("name", [lin])


@pytest.mark.parametrize("text", ["林", "", "  ", "王大明", "%%", "ABC234", "13900000000"])
def test_too_little_and_what_fits_nobody_find_nobody(stay, networks, text):
    assert find_people(text, networks)[1] == []


def test_nobody_is_found_who_is_of_another_network(lin, stay, elsewhere):
    for text in (stay.code, lin.user.phone, lin.name):
        assert find_people(text, elsewhere)[1] == []
