"""Other days for a stay, chosen on the strip of nights around it."""

import html
from datetime import timedelta

import pytest
from django.test import Client

from bookings.booking import book
from bookings.desk import check_in
from bookings.models import Stay
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment
from tests.web.conftest import text_of


@pytest.fixture
def stay(friday_stay, lin, hostel) -> Stay:
    return friday_stay(lin, hostel, SUNDAY)


@pytest.fixture
def browser(stay, enter):
    return enter(stay.guest.user)


def address(stay, **query):
    return f"/stays/{stay.code}/change/" + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def days(arrival, departure, **more):
    return {"in": f"{arrival}", "out": f"{departure}", **more}


def test_the_page_is_its_guests_alone(stay, chen, manager, enter):
    assert Client().get(address(stay)).status_code == 302
    for other in (chen.user, manager):
        assert enter(other).get(address(stay)).status_code == 404
        assert enter(other).post(address(stay), days(FRIDAY, MONDAY)).status_code == 404
    stay.refresh_from_db()
    assert stay.departure == SUNDAY


def test_two_taps_choose_other_nights_and_a_third_does_it(stay, browser):
    first = browser.get(address(stay))
    assert "y9-confirm" not in first.content.decode()
    second = browser.get(address(stay, **days(SATURDAY, SUNDAY, pick="last")))
    assert f"in={SATURDAY}&amp;out={TUESDAY}" in second.content.decode()

    third = browser.get(address(stay, **days(SATURDAY, TUESDAY)))
    assert 'data-kind="other"' in third.content.decode()
    done = browser.post(address(stay), days(SATURDAY, TUESDAY))

    assert (done.status_code, done.url) == (302, f"/stays/{stay.code}/")
    stay.refresh_from_db()
    assert stay.nights == Nights(SATURDAY, TUESDAY)


@pytest.mark.parametrize(("departure", "kind"), [(MONDAY, "longer"), (SATURDAY, "shorter")])
def test_the_page_says_what_it_becomes_before_it_does_it(stay, browser, departure, kind):
    page = browser.get(address(stay, **days(FRIDAY, departure))).content.decode()

    assert f'data-kind="{kind}"' in page
    assert browser.post(address(stay), days(FRIDAY, departure)).status_code == 302
    stay.refresh_from_db()
    assert stay.departure == departure


def test_what_the_other_days_cost_is_said_in_yuan_before_they_are_taken(stay, browser):
    longer = browser.get(address(stay, **days(FRIDAY, TUESDAY)))
    assert "免费 1 晚；1 晚每晚 49 元，共 49 元，到店付" in text_of(longer)
    assert "其中 1 晚自己付：到店付 49 元" in text_of(longer)
    assert 'data-testid="y9-price"' in longer.content.decode()

    free = browser.get(address(stay, **days(SATURDAY, MONDAY)))
    assert "免费 确认改期" in text_of(free)
    assert 'data-testid="y9-price"' not in free.content.decode()

    shorter = browser.get(address(stay, **days(FRIDAY, SATURDAY)))
    assert "y9-cost" not in shorter.content.decode()


def test_nights_beyond_the_free_ones_are_had_by_a_tick(stay, browser):
    refused = browser.post(address(stay), days(FRIDAY, TUESDAY))
    assert refused.status_code == 409
    assert "y9-price" in refused.content.decode()

    assert browser.post(address(stay), days(FRIDAY, TUESDAY, accept_price="1")).status_code == 302


def test_where_the_bed_is_taken_another_is_offered_and_had_by_a_tap(stay, browser, clock):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    bed = stay.bed_nights.first().bed
    bed.closures.create(first_night=SUNDAY, until=MONDAY, reason="repair", written_at=NOW)
    clock.now = moment(SATURDAY, 9)

    refused = browser.post(address(stay), days(FRIDAY, MONDAY))
    assert refused.status_code == 409
    assert "y9-other-bed" in refused.content.decode()

    assert browser.post(address(stay), days(FRIDAY, MONDAY, change_of_bed="1")).status_code == 302
    assert stay.bed_nights.live().get(night=SUNDAY).bed != bed


def test_a_full_house_names_the_nearest_and_the_line(stay, browser, hostel):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=SUNDAY)

    page = browser.post(address(stay), days(FRIDAY, MONDAY)).content.decode()

    assert 'data-kind="nearby"' in page
    assert 'data-kind="waitlist"' in page


def test_other_days_of_the_house_are_chosen_for_the_stay_itself_and_its_own_are_no_alternative(stay, browser, hostel):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=MONDAY)

    page = browser.post(address(stay), days(MONDAY, MONDAY + timedelta(days=2))).content.decode()
    links = html.unescape(page.split("y9-alternatives")[1].split("</ul>")[0])

    assert f'href="/stays/{stay.code}/change/?in={SATURDAY}&out={MONDAY}#nights"' in links
    assert f"in={FRIDAY}&out={SUNDAY}" not in links
    assert "/book/baodaiqiao/" not in links
    assert 'data-kind="nearby"' in links


def test_what_is_offered_beside_the_stay_is_not_on_its_own_nights(stay, browser, hostel):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=SUNDAY)

    page = browser.post(address(stay), days(SATURDAY, MONDAY))

    assert page.status_code == 409
    assert 'data-kind="nearby"' not in page.content.decode()
    assert 'data-kind="waitlist"' not in page.content.decode()


def test_who_is_here_changes_the_last_night_alone(stay, browser, clock):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    clock.now = moment(SATURDAY, 9)

    page = browser.get(address(stay, **days(MONDAY, TUESDAY)))

    assert f'name="in" value="{FRIDAY}"' in page.content.decode()
    assert 'data-kind="longer"' in page.content.decode()


def test_what_is_over_says_so(stay, browser, clock):
    clock.now = moment(FRIDAY, 23, 30)

    page = browser.get(address(stay))

    assert "y9-not-now" in page.content.decode()
    assert browser.post(address(stay), days(FRIDAY, MONDAY)).status_code == 409
    assert "3月6日" in text_of(page)


@pytest.mark.parametrize("query", ["in=x&out=y", "out=2026-13-01", "in=9999-12-31", "in=2026-03-09&out=2026-03-01"])
def test_days_that_do_not_read_change_nothing(stay, browser, query):
    assert browser.get(f"/stays/{stay.code}/change/?{query}").status_code == 200
    stay.refresh_from_db()
    assert stay.nights == Nights(FRIDAY, SUNDAY)


def test_a_form_whose_nights_are_over_moves_the_stay_to_no_others(browser, lin, hostel, stay):
    later = book(guest=lin, hostel=hostel, nights=Nights(MONDAY, TUESDAY), purpose="interview", now=NOW)
    answer = browser.post(address(later), days(FRIDAY - timedelta(days=3), FRIDAY - timedelta(days=1)))

    assert answer.url == address(later)
    assert "页面上的那几晚已经过去了" in text_of(browser.get(answer.url))
    later.refresh_from_db()
    assert later.nights == Nights(MONDAY, TUESDAY)
