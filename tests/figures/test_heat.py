from datetime import timedelta

from bookings.availability import NightCount, night_table
from bookings.booking import book
from figures.heat import HeatCell, heat_table
from hostel.models import Bed, Hostel, OutOfService
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY


def test_a_cell_says_how_many_beds_are_free_of_how_many(hostel, lin):
    before = heat_table([hostel], FRIDAY, NOW).rows[0].cells[0]
    book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="interview", now=NOW)

    friday, saturday = heat_table([hostel], FRIDAY, NOW).rows[0].cells[:2]

    assert (friday.night, friday.beds, friday.free) == (FRIDAY, before.beds, before.free - 1)
    assert saturday.free == before.free


def test_every_number_is_the_one_that_the_search_prints(wuzhong, lin):
    hostels = list(Hostel.objects.all())
    book(guest=lin, hostel=hostels[0], nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)
    nights = Nights(FRIDAY, FRIDAY + timedelta(days=14))

    table = heat_table(hostels, FRIDAY, NOW)

    printed = night_table(hostels, nights, NOW)
    assert [[cell.count for cell in row.cells] for row in table.rows] == [printed[hostel.pk] for hostel in hostels]
    assert table.free == tuple(sum(printed[hostel.pk][place].free for hostel in hostels) for place in range(14))
    assert table.beds == tuple(sum(printed[hostel.pk][place].beds for hostel in hostels) for place in range(14))


def test_the_change_is_against_the_same_weekday_of_the_week_before(hostel, lin):
    book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW)

    cells = heat_table([hostel], FRIDAY, NOW).rows[0].cells

    assert [cell.change for cell in cells[:3]] == [-1, -1, 0]
    assert [cell.change for cell in cells[7:10]] == [1, 1, 0]


def test_the_fuller_the_deeper_and_closed_is_not_full(hostel):
    def cell(beds, free, out_of_service=0):
        return HeatCell(NightCount(FRIDAY, beds, out_of_service, 0, 0, free), 0)

    assert [cell(8, free).level for free in range(8, -1, -1)] == [1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert cell(8, 0, out_of_service=7).level == 5
    assert cell(8, 0, out_of_service=8).level == 0
    assert cell(0, 0).level == 0


def test_a_house_whose_beds_are_all_out_of_service_is_closed(hostel):
    for bed in Bed.objects.filter(room__hostel=hostel):
        OutOfService.objects.create(bed=bed, first_night=FRIDAY, until=SATURDAY, reason="repair", written_at=NOW)

    friday, saturday = heat_table([hostel], FRIDAY, NOW).rows[0].cells[:2]

    assert (friday.closed, friday.free) == (True, 0)
    assert not saturday.closed


def test_a_house_before_its_first_day_has_no_beds_and_no_room(hostel):
    cell = heat_table([hostel], FRIDAY - timedelta(days=3000), NOW, nights=1).rows[0].cells[0]

    assert (cell.beds, cell.free, cell.level, cell.change) == (0, 0, 0, 0)


def test_no_house_makes_an_empty_table(db):
    table = heat_table([], FRIDAY, NOW)

    assert (table.rows, table.free) == ((), (0,) * 14)


def test_the_whole_network_costs_as_many_statements_as_one_house(wuzhong, hostel, django_assert_num_queries):
    """Of houses read with their network, as the office's page reads them."""
    everyone = list(Hostel.objects.select_related("network"))

    with django_assert_num_queries(3):
        heat_table(everyone[:1], FRIDAY, NOW)
    with django_assert_num_queries(3):
        heat_table(everyone, FRIDAY, NOW)
