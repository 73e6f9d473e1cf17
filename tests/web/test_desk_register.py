import pytest

from accounts.models import Deed
from bookings.desk import check_in
from tests.conftest import FRIDAY, moment
from tests.hostel.test_sheets import read_csv
from tests.web.conftest import text_of

REGISTER = "/desk/register/"
ASKED = {"span": "night", "night": "2026-03-06", "form": "inn", "why": "police", "file_type": "csv"}


@pytest.fixture
def desk(enter, manager, clock):
    clock.now = moment(FRIDAY, 20)
    return enter(manager)


@pytest.fixture
def in_house(lin, hostel, friday_stay):
    return check_in(friday_stay(lin, hostel), compared=True, now=moment(FRIDAY, 15))


def test_nothing_is_opened_by_looking_and_no_reason_is_chosen_beforehand(desk, in_house):
    page = desk.get(REGISTER)

    assert "旅客登记簿" in text_of(page)
    assert "林" not in text_of(page)
    assert 'name="why" value="police" checked' not in page.content.decode()
    assert not Deed.objects.filter(what__contains="register").exists()


@pytest.mark.parametrize("said", [{}, {"span": "month", "month": "2026-03"}])
def test_a_file_comes_and_the_page_says_afterwards_who_took_it_out(desk, in_house, lin, said):
    answer = desk.post(REGISTER, ASKED | said)

    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in answer["Cache-Control"]
    assert read_csv(answer.content)[1][4] == lin.document
    assert "公安查验" in text_of(desk.get(REGISTER))


@pytest.mark.parametrize(
    "said, status, words",
    [
        ({"why": ""}, 422, "选一下拿去做什么"),
        ({"night": ""}, 422, "选哪一晚，或哪个月"),
        ({"night": "yesterday"}, 422, "日期写成 2026-03-06"),
        ({"night": "9999-12-31"}, 422, "日期写成 2026-03-06"),
        ({"span": "month", "month": "9999-12"}, 422, "日期写成 2026-03-06"),
        ({"span": "month", "month": ""}, 422, "选哪一晚，或哪个月"),
        ({"night": "2026-03-07"}, 409, "最晚到今晚"),
    ],
)
def test_what_does_not_read_is_said_beside_the_field(desk, in_house, said, status, words):
    answer = desk.post(REGISTER, ASKED | said)

    assert answer.status_code == status
    assert words in text_of(answer)
    assert not Deed.objects.filter(what="export_register").exists()


def test_a_foreign_manager_gets_the_register_of_their_own_house_only(enter, foreign_manager, hostel, in_house, clock):
    clock.now = moment(FRIDAY, 20)
    desk = enter(foreign_manager)

    assert desk.post(f"{REGISTER}?hostel={hostel.slug}", ASKED).status_code == 403
    assert len(read_csv(desk.post(REGISTER, ASKED).content)) == 1
