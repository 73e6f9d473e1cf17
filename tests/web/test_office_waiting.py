"""The waiting list in the office: the line, and moving somebody up with a reason."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed
from bookings.models import TurnAway, Waiting
from bookings.wishing import wait
from hostel.models import Bed
from hostel.nights import Nights
from tests.conftest import NOW, SATURDAY, SUNDAY
from tests.web.conftest import text_of


@pytest.fixture
def line(hostel, lin, chen, clock):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=date(2026, 1, 1))
    tomorrow = Nights(SATURDAY, SUNDAY)
    return [
        wait(guest=guest, hostels=[hostel], nights=tomorrow, purpose="exam", now=NOW - timedelta(hours=hours))
        for guest, hours in ((lin, 2), (chen, 1))
    ]


def test_the_overview_says_how_many_wait_and_since_when(enter, officer, line):
    page = enter(officer).get("/office/")

    assert "08:00" in page.context["line"]["oldest"].astimezone(NOW.tzinfo).strftime("%H:%M")
    assert 'href="/office/waiting/"' in page.content.decode()


def test_the_overview_counts_what_was_wished_for_and_not_had(enter, officer, line, hostel):
    page = enter(officer).get("/office/")

    assert TurnAway.objects.count() == 2
    assert (page.context["unmet"].nights, page.context["unmet"].people) == (2, 2)
    assert 'data-testid="o1-unmet"' in page.content.decode()


def test_an_officer_moves_the_second_to_the_head_and_says_why(enter, officer, line):
    browser, (first, second) = enter(officer), line

    silent = browser.post("/office/waiting/", {"code": second.code, "because": ""})
    assert silent.status_code == 422
    browser.post("/office/waiting/", {"code": second.code, "because": "明早面试"})

    assert list(Waiting.objects.standing(NOW)) == [second, first]
    assert Deed.objects.get(what="move_up").reason == "明早面试"
    assert "明早面试" in text_of(browser.get("/office/waiting/"))


def test_an_auditor_reads_the_line_and_moves_nobody(enter, auditor, line):
    browser = enter(auditor)

    assert "office/waiting" in browser.get("/office/waiting/").request["PATH_INFO"]
    assert browser.get("/office/waiting/").status_code == 200
    assert browser.post("/office/waiting/", {"code": line[1].code, "because": "…"}).status_code == 403
    assert not Waiting.objects.filter(moved_up__gt=0).exists()


def test_no_names_stand_in_the_line(enter, officer, line):
    assert "林小满" not in enter(officer).get("/office/waiting/").content.decode()


def test_where_nobody_waits_the_page_says_so(enter, officer, wuzhong, clock):
    assert enter(officer).get("/office/waiting/").status_code == 200
