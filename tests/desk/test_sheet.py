from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Deed
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in, check_out, no_show
from desk.sheet import sheet_of
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment


@pytest.fixture
def stays(hostel):
    """Book nights for a guest, from Friday to Saturday unless told otherwise."""

    def stays(guest, arrival=FRIDAY, departure=SATURDAY, hostel=hostel):
        return book(guest=guest, hostel=hostel, nights=Nights(arrival, departure), purpose="interview", now=NOW)

    return stays


def line_of(sheet, stay):
    [line] = [line for line in sheet["stays"] if line["code"] == stay.code]
    return line


def test_a_guest_who_is_due_is_on_it_masked_and_findable_by_the_last_four(hostel, manager, lin, stays):
    stay = stays(lin)

    line = line_of(sheet_of(hostel, now=NOW, by=manager), stay)

    assert line == {
        "code": stay.code,
        "name": "林**",
        "gender": "female",
        "phone4": lin.user.phone[-4:],
        "document4": lin.document[-4:],
        "arrival": "2026-03-06",
        "departure": "2026-03-07",
        "bed": str(stay.bed_nights.get().bed),
        "status": "confirmed",
        "kept_until": "2026-03-06T23:00:00+08:00",
        "late": False,
        "checked_in_at": None,
        "let_in_by": "",
        "foreign": False,
    }


def test_nothing_on_it_tells_a_name_a_phone_or_a_document(hostel, manager, lin, chen, stays):
    check_in(stays(lin), compared=True, now=NOW, actor=manager)
    stays(chen)

    written = str(sheet_of(hostel, now=NOW, by=manager))

    for guest in (lin, chen):
        assert guest.name not in written
        assert guest.document not in written
        assert guest.user.phone[-8:] not in written
        assert str(guest.birth_date) not in written
        assert guest.school not in written


def test_it_holds_the_days_beside_today_and_no_other(hostel, manager, people, stays):
    tomorrow = stays(people("明天来"), SATURDAY, SUNDAY)
    later = stays(people("后天来"), SUNDAY, MONDAY)

    codes = {line["code"] for line in sheet_of(hostel, now=NOW, by=manager)["stays"]}

    assert codes == {tomorrow.code}
    assert later.code not in codes


def test_who_left_is_known_for_a_day_by_the_code_alone(hostel, manager, lin, stays):
    stay = check_in(stays(lin, FRIDAY, MONDAY), compared=True, now=NOW, actor=manager)
    check_out(stay, now=NOW + timedelta(hours=1), actor=manager)
    stay.refresh_from_db()

    line = line_of(sheet_of(hostel, now=moment(TUESDAY, 12), by=manager), stay)

    assert (line["status"], line["name"], line["phone4"], line["document4"]) == ("left", "", "", "")
    assert sheet_of(hostel, now=moment(TUESDAY + timedelta(days=1), 12), by=manager)["stays"] == []


def test_what_was_given_back_is_known_by_the_code_alone(hostel, manager, lin, stays):
    stay = cancel(stays(lin), now=NOW)

    line = line_of(sheet_of(hostel, now=NOW, by=manager), stay)

    assert (line["status"], line["name"], line["bed"], line["gender"]) == ("cancelled", "", "", "")


def test_who_did_not_come_is_named_for_they_may_come_after_all(hostel, manager, lin, stays):
    late = moment(SATURDAY, 1)
    stay = no_show(stays(lin), now=late, actor=manager)

    line = line_of(sheet_of(hostel, now=late, by=manager), stay)

    assert (line["status"], line["name"], line["phone4"]) == ("no_show", "林**", lin.user.phone[-4:])


def test_who_is_in_house_is_on_it_with_the_hour_and_who_let_them_in(hostel, manager, lin, stays):
    stay = check_in(stays(lin), compared=True, now=NOW, actor=manager)

    line = line_of(sheet_of(hostel, now=NOW, by=manager), stay)

    assert (line["status"], line["checked_in_at"]) == ("in_house", NOW.isoformat())
    assert line["let_in_by"] == "+86 138******11"


def test_guests_of_another_house_are_not_on_it(hostel, foreign_manager, manager, lin, stays):
    stays(lin)
    other = foreign_manager.roles.get().hostel

    assert sheet_of(other, now=NOW, by=foreign_manager)["stays"] == []


def test_it_counts_what_the_day_s_page_counts(hostel, manager, people, stays):
    here, to_come = stays(people("张甲")), stays(people("张乙"))
    check_in(here, compared=True, now=NOW, actor=manager)

    counts = sheet_of(hostel, now=NOW, by=manager)["counts"]

    assert counts == {
        "due_in": 2, "due_in_left": 1, "in_house": 1, "due_out": 0, "due_out_left": 0, "no_shows": 0
    }  # fmt: skip
    assert to_come.status == "confirmed"


def test_a_bed_is_said_to_be_free_until_somebody_has_it(hostel, manager, lin, stays):
    stay = stays(lin, MONDAY, TUESDAY)
    taken = str(stay.bed_nights.get().bed)

    beds = {bed["bed"]: bed for bed in sheet_of(hostel, now=NOW, by=manager)["beds"]}

    assert beds[taken]["free_nights"] == 3
    assert max(bed["free_nights"] for bed in beds.values()) == 14
    assert set(beds[taken]) == {"bed", "room", "floor", "state", "ready_at", "free_nights", "guests"}


def test_it_is_good_for_a_day(hostel, manager):
    sheet = sheet_of(hostel, now=NOW, by=manager)

    assert (sheet["day"], sheet["made_at"]) == ("2026-03-06", "2026-03-06T10:00:00+08:00")
    assert sheet["until"] == "2026-03-07T10:00:00+08:00"


def test_each_guest_first_shown_to_somebody_on_a_day_is_written_down_once(hostel, manager, lin, chen, stays):
    stay = stays(lin)
    sheet_of(hostel, now=NOW, by=manager)
    sheet_of(hostel, now=NOW + timedelta(minutes=1), by=manager)
    stays(chen)
    sheet_of(hostel, now=NOW + timedelta(minutes=2), by=manager)

    seen = Deed.objects.filter(what="see_sheet").order_by("pk")

    assert [(deed.person, deed.actor, deed.hostel) for deed in seen] == [
        (lin, manager, hostel), (chen, manager, hostel)
    ]  # fmt: skip
    assert seen[0].about == stay.code


def test_the_next_day_and_for_the_next_reader_it_is_written_down_again(hostel, manager, lin, stays, people):
    check_in(stays(lin, FRIDAY, SUNDAY), compared=True, now=NOW, actor=manager)
    colleague = people("同事").user
    sheet_of(hostel, now=NOW, by=manager)
    sheet_of(hostel, now=NOW, by=colleague)
    sheet_of(hostel, now=moment(SATURDAY, 5, 59), by=manager)  # still the same business day
    sheet_of(hostel, now=moment(SATURDAY, 6), by=manager)

    seen = Deed.objects.filter(what="see_sheet").order_by("pk").values_list("actor", flat=True)

    assert list(seen) == [manager.pk, colleague.pk, manager.pk]


def test_whose_name_is_not_shown_is_not_written_down(hostel, manager, lin, stays):
    cancel(stays(lin), now=NOW)

    sheet_of(hostel, now=NOW, by=manager)

    assert not Deed.objects.filter(what="see_sheet").exists()


@pytest.mark.parametrize("guests", [1, 3, 12])
def test_it_takes_as_many_statements_for_one_guest_as_for_many(hostel, manager, people, stays, guests):
    for number in range(guests):
        stay = stays(people("客" + "甲乙丙丁戊己庚辛壬癸子丑"[number]))
        if number % 2 == 0:
            check_in(stay, compared=True, now=NOW, actor=manager)
    with CaptureQueriesContext(connection) as first:
        sheet_of(hostel, now=NOW, by=manager)
    with CaptureQueriesContext(connection) as again:
        sheet_of(hostel, now=NOW, by=manager)

    statements = [asked["sql"] for asked in again.captured_queries]
    assert len(statements) == 13, statements
    assert sum(asked["sql"].startswith("INSERT") for asked in first.captured_queries) == 1
