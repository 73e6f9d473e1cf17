import pytest

from accounts.models import Deed
from bookings.desk import check_in, check_out
from bookings.models import NoShow
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment
from tests.web.conftest import hidden, text_of


@pytest.fixture
def desk(enter, manager):
    return enter(manager)


@pytest.fixture
def in_house(lin, hostel, friday_stay):
    return check_in(friday_stay(lin, hostel, until=MONDAY), compared=True, now=moment(FRIDAY, 15))


def test_leaving_early_says_how_many_nights_go_back_before_it_does_it(desk, manager, in_house, clock):
    clock.now = moment(SATURDAY, 9)
    address = f"/desk/stays/{in_house.code}/check-out/"

    page = desk.get(address)
    assert "提前离店：2 晚退回客人额度，床从今晚起放出" in text_of(page)
    in_house.refresh_from_db()
    assert in_house.status == "in_house"
    done = desk.post(address, {"act_id": hidden(page, "act_id")})

    assert (done.status_code, done["Location"]) == (302, f"/desk/?tab=in_house&check_out={in_house.code}")
    in_house.refresh_from_db()
    assert in_house.status == "left"
    assert list(in_house.bed_nights.live().values_list("night", flat=True)) == [FRIDAY]
    deed = Deed.objects.get(what="check_out")
    assert (deed.actor, deed.about) == (manager, in_house.code)


def test_leaving_on_the_day_says_that_nothing_goes_back(desk, in_house, clock):
    clock.now = moment(MONDAY, 9)

    assert "订的晚数都住完了" in text_of(desk.get(f"/desk/stays/{in_house.code}/check-out/"))


def test_the_running_night_goes_back_too_when_a_guest_leaves_in_it(desk, in_house, clock):
    clock.now = moment(SUNDAY, 5, 30)

    assert "提前离店：2 晚退回" in text_of(desk.get(f"/desk/stays/{in_house.code}/check-out/"))


def test_a_double_tap_checks_out_once(desk, in_house, clock):
    clock.now = moment(SATURDAY, 9)
    address = f"/desk/stays/{in_house.code}/check-out/"
    act_id = hidden(desk.get(address), "act_id")

    first, second = (desk.post(address, {"act_id": act_id}) for _ in range(2))

    assert first.status_code == second.status_code == 302
    assert Deed.objects.filter(what="check_out").count() == 1


def test_who_has_left_already_cannot_leave_again(desk, in_house, clock):
    clock.now = moment(SATURDAY, 9)
    address = f"/desk/stays/{in_house.code}/check-out/"
    act_id = hidden(desk.get(address), "act_id")
    check_out(in_house, now=clock.now)

    page = desk.post(address, {"act_id": act_id})

    assert page.status_code == 409
    assert "没有改动" in text_of(page)
    assert 'data-code="STATE"' in page.content.decode()
    assert "d1-confirm" not in page.content.decode()
    assert Deed.objects.filter(what="check_out").count() == 1


def test_who_has_not_come_cannot_leave(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)

    page = desk.get(f"/desk/stays/{stay.code}/check-out/")

    assert page.status_code == 200
    assert "d1-confirm" not in page.content.decode()


def test_a_no_show_says_what_it_does_before_it_does_it(desk, manager, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel, until=SUNDAY)
    address = f"/desk/stays/{stay.code}/no-show/"
    clock.now = moment(FRIDAY, 23, 5)

    page = desk.get(address)
    assert "2 晚退回额度，床马上放出。会记一次未到" in text_of(page)
    assert not NoShow.objects.exists()
    done = desk.post(address, {"act_id": hidden(page, "act_id")})

    assert done["Location"] == f"/desk/?tab=due_in&no_show={stay.code}"
    assert NoShow.objects.get().stay == stay
    assert Deed.objects.get(what="no_show").actor == manager
    assert f"林**（{stay.code}）已记未到，床已放出" in text_of(desk.get(done["Location"]))


def test_before_the_cut_off_nobody_is_a_no_show(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)
    address = f"/desk/stays/{stay.code}/no-show/"

    assert "d1-confirm" not in desk.get(address).content.decode()
    page = desk.post(address, {"act_id": "a1"})

    assert page.status_code == 409
    assert 'data-code="KEPT"' in page.content.decode()
    assert not NoShow.objects.exists()


def test_a_double_tap_writes_one_no_show(desk, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    clock.now = moment(FRIDAY, 23, 5)
    address = f"/desk/stays/{stay.code}/no-show/"
    act_id = hidden(desk.get(address), "act_id")

    first, second = (desk.post(address, {"act_id": act_id}) for _ in range(2))

    assert first.status_code == second.status_code == 302
    assert NoShow.objects.count() == 1


@pytest.mark.parametrize("act", ["check-out", "no-show"])
@pytest.mark.parametrize("act_id", ["", "x" * 81])
def test_a_form_without_an_act_is_not_one_of_ours(desk, in_house, clock, act, act_id):
    clock.now = NOW

    assert desk.post(f"/desk/stays/{in_house.code}/{act}/", {"act_id": act_id}).status_code == 400
    in_house.refresh_from_db()
    assert in_house.status == "in_house"
