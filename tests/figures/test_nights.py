from datetime import date

from bookings.booking import book
from bookings.desk import check_in
from bookings.models import BedNight
from figures.nights import nights_given
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SUNDAY, moment


def test_a_slept_night_counts_in_the_month_of_its_evening(hostel, lin, slept):
    slept(lin, hostel, date(2026, 3, 30), nights=3)

    given = nights_given([hostel], 2026)

    assert [(row.month, row.free, row.priced, row.people) for row in given.rows] == [(3, 2, 0, 1), (4, 1, 0, 1)]
    assert (given.free, given.priced, given.nights, given.people) == (3, 0, 3, 1)
    assert given.months == (0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0)


def test_the_last_evening_of_december_belongs_to_its_own_year(hostel, lin, slept):
    slept(lin, hostel, date(2025, 12, 31), nights=2)

    assert nights_given([hostel], 2025).nights == 1
    assert nights_given([hostel], 2026).nights == 1


def test_a_night_promised_or_only_begun_is_not_given_yet(hostel, lin):
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW)
    assert nights_given([hostel], 2026).nights == 0

    check_in(stay, compared=True, now=moment(FRIDAY, 15))

    assert nights_given([hostel], 2026).nights == 0


def test_priced_nights_stand_apart_from_free_ones(hostel, lin, slept):
    stay = slept(lin, hostel, FRIDAY, nights=3)
    BedNight.objects.filter(stay=stay, night=SUNDAY).update(price_class="priced", percent=50)

    given = nights_given([hostel], 2026)

    assert (given.free, given.priced, given.nights) == (2, 1, 3)
    assert [(row.free, row.priced, row.nights) for row in given.rows] == [(2, 1, 3)]


def test_people_are_different_people_in_the_month_in_the_house_and_in_all(wuzhong, lin, chen, slept):
    first, second = Hostel.objects.filter(slug__in=["baodaiqiao", "mudu"]).order_by("slug")
    slept(lin, first, FRIDAY)
    slept(lin, first, MONDAY)
    slept(lin, second, date(2026, 4, 10))
    slept(chen, first, date(2026, 4, 10))

    given = nights_given([first, second], 2026)

    assert [(row.hostel.slug, row.month, row.people) for row in given.rows] == [
        ("baodaiqiao", 3, 1),
        ("baodaiqiao", 4, 1),
        ("mudu", 4, 1),
    ]
    assert [house.people for house in given.hostels] == [2, 1]
    assert given.people == 2


def test_a_house_where_nobody_slept_is_there_with_nothing(hostel):
    given = nights_given([hostel], 2026)

    assert (given.nights, given.people, given.rows) == (0, 0, ())
    assert [(house.hostel, house.nights, house.people) for house in given.hostels] == [(hostel, 0, 0)]


def test_other_houses_do_not_count(hostel, lin, slept):
    slept(lin, Hostel.objects.get(slug="mudu"), FRIDAY)

    assert nights_given([hostel], 2026).nights == 0


def test_the_whole_network_costs_as_many_statements_as_one_house(
    wuzhong, hostel, lin, slept, django_assert_num_queries
):
    slept(lin, hostel, FRIDAY, nights=2)
    everyone = list(Hostel.objects.all())

    with django_assert_num_queries(3):
        nights_given([hostel], 2026)
    with django_assert_num_queries(3):
        nights_given(everyone, 2026)
