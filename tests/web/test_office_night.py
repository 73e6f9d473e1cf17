import re

import pytest

from accounts.models import Deed
from bookings.cancelling import cancel
from bookings.desk import check_in
from hostel.models import Bed, Hostel, Network, OutOfService
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY
from tests.web.conftest import text_of

NIGHT = f"/office/hostels/baodaiqiao/nights/{FRIDAY}/"


@pytest.fixture
def office(enter, officer):
    return enter(officer)


def counts(page):
    return {name: int(number) for name, number in re.findall(r'data-count="(\w+)">(\d+)<', page.content.decode())}


def test_a_stranger_logs_in_first(client, clock, db):
    assert client.get(NIGHT)["Location"] == f"/login/?next={NIGHT}"


@pytest.mark.parametrize("who", ["lin", "manager"])
def test_who_is_not_of_the_office_is_refused(request, enter, who):
    somebody = request.getfixturevalue(who)

    assert enter(getattr(somebody, "user", somebody)).get(NIGHT).status_code == 403


def test_who_sleeps_here_stands_by_bed_masked_with_state(office, hostel, lin, chen, friday_stay):
    first = friday_stay(lin, hostel, until=SUNDAY)
    friday_stay(chen, hostel)
    check_in(first, compared=True, now=NOW)

    page = office.get(NIGHT)

    said = text_of(page)
    assert "林**" in said
    assert "陈**" in said
    assert str(first.bed_nights.first().bed) in said
    assert first.code in said
    assert "共 2 晚" in said
    for secret in (lin.name, chen.name, lin.document[-4:], lin.user.phone[-4:]):
        assert secret not in page.content.decode()


def test_the_counts_say_where_every_bed_went(office, hostel, lin, chen, people, friday_stay):
    closed = Bed.objects.filter(room__hostel=hostel).last()
    OutOfService.objects.create(bed=closed, first_night=FRIDAY, until=SATURDAY, reason="repair", written_at=NOW)
    friday_stay(lin, hostel)
    friday_stay(chen, hostel, hold=True)
    cancel(friday_stay(people("王芳", "female"), hostel), now=NOW)

    page = office.get(NIGHT)

    assert counts(page) == {"beds": 22, "out_of_service": 1, "held": 1, "taken": 1, "free": 19}
    assert "王" not in text_of(page)
    assert f"{closed} 维修" in text_of(page)


def test_who_looked_is_on_record(office, officer, hostel):
    office.get(NIGHT)

    deed = Deed.objects.get(what="see_night")
    assert (deed.actor, deed.hostel, deed.about) == (officer, hostel, str(FRIDAY))


def test_an_auditor_reads_the_counts_and_no_guest(enter, auditor, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)

    page = enter(auditor).get(NIGHT)

    assert counts(page)["taken"] == 1
    assert "住客名单给团委干部看，审计人员看数字" in text_of(page)
    assert "林" not in text_of(page)
    assert stay.code not in page.content.decode()
    assert not Deed.objects.filter(what="see_night").exists()


def test_an_empty_night_says_so(office, hostel):
    assert "这一晚没有人住这里" in text_of(office.get(NIGHT))


@pytest.mark.parametrize("day", ["2026-02-31", "tonight", "9999-12-31", "0000-00-00"])
def test_a_night_that_is_none_is_not_there(office, wuzhong, day):
    assert office.get(f"/office/hostels/baodaiqiao/nights/{day}/").status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-30"])
def test_a_night_at_the_end_of_time_does_no_harm(office, wuzhong, day):
    assert office.get(f"/office/hostels/baodaiqiao/nights/{day}/").status_code in (200, 404)


def test_a_house_of_another_network_is_not_there(office, wuzhong, hostel):
    Hostel.objects.filter(pk=hostel.pk).update(
        network=Network.objects.create(slug="elsewhere", name_zh="别处", name_en="Elsewhere")
    )

    answer = office.get(NIGHT)

    assert answer.status_code == 404
    assert "这个网络里没有这家驿站" in text_of(answer)
    assert not Deed.objects.filter(what="see_night").exists()


def test_a_longer_list_costs_no_more_statements(office, hostel, lin, people, friday_stay, django_assert_num_queries):
    friday_stay(lin, hostel)

    def statements():
        # Session, login, networks, house, right, record, 3 for the counts, guests, closures.
        with django_assert_num_queries(13):
            office.get(NIGHT)

    statements()
    for name in ("陈一舟", "王芳"):
        friday_stay(people(name), hostel)
    statements()
