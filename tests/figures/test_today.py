from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in, check_out, no_show
from figures.today import Today, today
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, moment


def book_friday(guest, hostel, until=SATURDAY):
    return book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, until), purpose="interview", now=NOW)


def test_who_is_due_in_is_counted_as_left_until_they_come(hostel, lin, chen):
    stay = book_friday(lin, hostel)
    book_friday(chen, hostel)
    assert today([hostel], FRIDAY)[hostel.pk] == Today(due_in=2, due_in_left=2)

    check_in(stay, compared=True, now=moment(FRIDAY, 15))

    assert today([hostel], FRIDAY)[hostel.pk] == Today(due_in=2, due_in_left=1, in_house=1)


def test_who_cancelled_was_not_due_in(hostel, lin):
    cancel(book_friday(lin, hostel), now=NOW)

    assert today([hostel], FRIDAY)[hostel.pk] == Today()


def test_who_leaves_today_is_due_out_until_gone(hostel, lin):
    stay = book_friday(lin, hostel)
    check_in(stay, compared=True, now=moment(FRIDAY, 15))
    assert today([hostel], SATURDAY)[hostel.pk] == Today(in_house=1, due_out=1, due_out_left=1)

    check_out(stay, now=moment(SATURDAY, 9))

    assert today([hostel], SATURDAY)[hostel.pk] == Today(due_out=1)


def test_who_should_have_left_before_is_still_due_out(hostel, lin):
    check_in(book_friday(lin, hostel), compared=True, now=moment(FRIDAY, 15))

    assert today([hostel], SUNDAY)[hostel.pk] == Today(in_house=1, due_out=1, due_out_left=1)


def test_a_no_show_was_due_in_and_is_left_no_more(hostel, lin):
    no_show(book_friday(lin, hostel), now=moment(FRIDAY, 23, 30))

    assert today([hostel], FRIDAY)[hostel.pk] == Today(due_in=1, no_shows=1)


def test_houses_are_counted_apart_and_can_be_summed(hostel, lin, chen):
    other = Hostel.objects.get(slug="mudu")
    book_friday(lin, hostel)
    book_friday(chen, other)

    counted = today([hostel, other], FRIDAY)

    assert counted == {hostel.pk: Today(1, 1), other.pk: Today(1, 1)}
    assert sum(counted.values(), Today()) == Today(due_in=2, due_in_left=2)


def test_the_whole_network_costs_one_statement(wuzhong, hostel, django_assert_num_queries):
    everyone = list(Hostel.objects.all())

    with django_assert_num_queries(1):
        today([hostel], FRIDAY)
    with django_assert_num_queries(1):
        today(everyone, FRIDAY)
