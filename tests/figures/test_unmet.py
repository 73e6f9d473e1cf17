from datetime import date

import pytest

from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import TurnAway
from eligibility.reasons import Refused
from figures.unmet import unmet
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY


def wish(guest, hostel, nights):
    return book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=NOW)


@pytest.fixture
def no_bed(hostel):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=date(2026, 1, 1))


def turned_away(guest, hostel, nights):
    with pytest.raises(Refused) as no:
        wish(guest, hostel, nights)
    assert no.value.code == "FULL"


def test_a_night_wished_for_twice_is_missed_once(no_bed, hostel, lin, chen):
    turned_away(lin, hostel, Nights(FRIDAY, SUNDAY))
    turned_away(lin, hostel, Nights(SATURDAY, MONDAY))
    turned_away(chen, hostel, Nights(FRIDAY, SATURDAY))

    year = unmet([hostel], 2026)

    assert (year.nights, year.people) == (4, 2)
    [house] = year.hostels
    assert (house.hostel, house.nights, house.people) == (hostel, 4, 2)
    assert [month and month.nights for month in house.months] == [None, None, 4, *[None] * 9]


def test_the_night_belongs_to_the_house_that_was_asked_first(no_bed, hostel, lin):
    other = Hostel.objects.get(slug="shihu")
    Bed.objects.filter(room__hostel=other).update(valid_until=date(2026, 1, 1))
    turned_away(lin, hostel, Nights(FRIDAY, SATURDAY))
    turned_away(lin, other, Nights(FRIDAY, SATURDAY))

    assert [house.hostel for house in unmet([hostel, other], 2026).hostels] == [hostel]


def test_who_found_a_bed_in_another_house_did_not_miss_the_night(no_bed, hostel, lin):
    turned_away(lin, hostel, Nights(FRIDAY, SUNDAY))
    stay = wish(lin, Hostel.objects.get(slug="shihu"), Nights(FRIDAY, SATURDAY))

    assert unmet([hostel], 2026).nights == 1
    cancel(stay, now=NOW)
    assert unmet([hostel], 2026).nights == 2


def test_who_may_not_stay_was_not_turned_away_for_want_of_a_bed(no_bed, hostel, people):
    with pytest.raises(Refused) as no:
        wish(people("高龄", "male", birth_date=date(1980, 1, 1)), hostel, Nights(FRIDAY, SATURDAY))

    assert no.value.code == "AGE"
    assert not TurnAway.objects.exists()


@pytest.mark.parametrize("houses", [1, 10])
def test_a_year_is_counted_in_three_statements(houses, wuzhong, django_assert_num_queries):
    hostels = list(Hostel.objects.all()[:houses])

    with django_assert_num_queries(3):
        unmet(hostels, 2026)
