import pytest

from accounts.models import Deed
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in, check_out
from bookings.moving import move
from desk.register import FORMATS, InnRegister, export, guests_of, month_of
from eligibility.reasons import Refused
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment
from tests.hostel.test_sheets import read_csv, read_xlsx

FRIDAY_NIGHT, SATURDAY_NIGHT = Nights(FRIDAY, SATURDAY), Nights(SATURDAY, SUNDAY)


def in_house(guest, hostel, came=None, until=MONDAY):
    stay = book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, until), purpose="interview", now=NOW)
    return check_in(stay, compared=True, now=came or moment(FRIDAY, 15))


def names(hostel, nights):
    return [guest.name for guest in guests_of(hostel, nights)]


def exported(hostel, manager, nights=FRIDAY_NIGHT, now=None, **how):
    return export(hostel, nights, why="police", now=now or moment(SATURDAY, 9), actor=manager, **how)


def test_whoever_was_let_in_is_in_the_register_of_each_night_in_house(lin, chen, hostel):
    in_house(lin, hostel)
    check_out(in_house(chen, hostel), now=moment(SATURDAY, 9))

    assert names(hostel, FRIDAY_NIGHT) == ["林小满", "陈一舟"]
    assert names(hostel, SATURDAY_NIGHT) == ["林小满", "陈一舟"]  # he was there until nine in the morning
    assert names(hostel, Nights(SUNDAY, MONDAY)) == ["林小满"]
    assert names(hostel, month_of(FRIDAY)) == ["林小满", "陈一舟"]


def test_who_left_before_the_night_was_over_was_a_guest_all_the_same(lin, hostel):
    stay = check_out(in_house(lin, hostel), now=moment(FRIDAY, 20))

    [guest] = guests_of(hostel, FRIDAY_NIGHT)

    assert guest.beds == (str(stay.bed_nights.first().bed),)
    assert guest.left_at == moment(FRIDAY, 20)


def test_who_only_booked_cancelled_or_sleeps_elsewhere_is_not_in_it(lin, chen, people, hostel, wuzhong):
    book(guest=lin, hostel=hostel, nights=FRIDAY_NIGHT, purpose="interview", now=NOW)
    cancel(book(guest=chen, hostel=hostel, nights=FRIDAY_NIGHT, purpose="interview", now=NOW), now=NOW)
    in_house(people("周在别家"), wuzhong.hostels.get(slug="mudu"))

    assert guests_of(hostel, FRIDAY_NIGHT) == []


def test_a_change_of_bed_shows_both(lin, hostel):
    stay = in_house(lin, hostel)
    first = stay.bed_nights.first().bed
    free = Bed.objects.filter(room__hostel=hostel, room__guests=first.room.guests).exclude(pk=first.pk)
    other = next(bed for bed in free if bed.room.kind == first.room.kind)
    move(stay, other, from_night=SATURDAY, now=moment(SATURDAY, 9))

    [guest] = guests_of(hostel, month_of(FRIDAY))

    assert guest.beds == (str(first), str(other))


@pytest.mark.parametrize("file_type, read", [("xlsx", read_xlsx), ("csv", read_csv)])
def test_a_file_has_the_whole_number_and_the_columns_of_the_form(lin, hostel, manager, file_type, read):
    stay = in_house(lin, hostel)

    made = exported(hostel, manager, file_type=file_type)

    columns, row = read(made.content)
    said = dict(zip(columns, row, strict=True))
    assert tuple(columns) == InnRegister.columns
    assert said["姓名"] == "林小满"
    assert said["性别"] == "女"
    assert said["证件类型"] == "居民身份证"
    assert said["证件号码"] == lin.document
    assert said["入住时间"] == "2026-03-06 15:00"
    assert said["离店时间"] == ""
    assert said["单号"] == stay.code
    assert made.name == f"register-baodaiqiao-2026-03-06.{file_type}"


def test_each_export_is_on_record_and_each_guest_can_read_who_looked(lin, hostel, manager):
    stay = in_house(lin, hostel)

    exported(hostel, manager)

    deed = Deed.objects.get(what="export_register")
    assert (deed.actor, deed.hostel, deed.reason, deed.about) == (manager, hostel, "police", "2026-03-06")
    assert deed.values["guests"] == 1
    assert len(deed.values["sha256"]) == 64
    look = Deed.objects.get(what="see_register")
    assert (look.actor, look.person, look.about) == (manager, lin, stay.code)


@pytest.mark.parametrize(
    "nights, how, code",
    [
        (Nights(SUNDAY, MONDAY), {}, "DATES"),  # to come
        (Nights(FRIDAY.replace(month=1), FRIDAY), {}, "DATES"),  # 64 nights
        (FRIDAY_NIGHT, {"form": "unknown"}, "FORMAT"),
        (FRIDAY_NIGHT, {"file_type": "pdf"}, "FORMAT"),
    ],
)
def test_what_is_no_register_is_refused_and_nothing_is_on_record(hostel, manager, nights, how, code):
    with pytest.raises(Refused) as no:
        exported(hostel, manager, nights, **how)

    assert no.value.code == code
    assert not Deed.objects.filter(what="export_register").exists()


def test_without_a_reason_there_is_none(hostel, manager):
    with pytest.raises(Refused) as no:
        export(hostel, FRIDAY_NIGHT, why="", now=moment(SATURDAY, 9), actor=manager)

    assert no.value.code == "REASON"


def test_another_form_is_a_small_class(lin, hostel, manager, monkeypatch):
    class TwoColumns(InnRegister):
        key = "two"
        columns = ("证件号码", "房间")

        def row(self, guest):
            return guest.document, guest.beds[0].partition("-")[0]

    monkeypatch.setitem(FORMATS, "two", TwoColumns())
    stay = in_house(lin, hostel)

    made = exported(hostel, manager, form="two", file_type="csv")

    assert read_csv(made.content) == [["证件号码", "房间"], [lin.document, stay.bed_nights.first().room.number]]


def test_a_long_register_costs_as_many_statements_as_a_short_one(people, hostel, django_assert_num_queries):
    for letter in "甲乙丙":
        in_house(people(f"客人{letter}"), hostel)
        with django_assert_num_queries(3):
            guests_of(hostel, FRIDAY_NIGHT)
