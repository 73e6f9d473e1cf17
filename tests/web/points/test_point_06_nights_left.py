"""Acceptance point 6: the nights left drop on booking and return on cancelling, and are the same on the phone, over
REST and in the office; every range of nights is printed with both its ends, on every page that shows one."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from hostel.nights import business_day
from tests.browser import chromium, follow, phone, tablet
from tests.house import RunningHouse
from tests.races.conftest import MAKE_GUESTS
from tests.web.test_first_night import OFFICER, STAFF, Clock, by_id, log_in

LIN = "+8613700000000"  # the first whom MAKE_GUESTS makes
BOTH_ENDS = re.compile(r"\d+月\d+日 周. → \d+月\d+日 周.，共 \d+ 晚")


@pytest.fixture
def clock(tmp_path):
    """A clock that stands at six in the evening: nobody is there before the house opens."""
    clock = Clock(tmp_path / "clock")
    evening = timezone.localtime().replace(hour=18, minute=0, second=0)
    clock.set_to(evening if evening > timezone.now() else evening + timedelta(days=1))
    return clock


@pytest.fixture
def house(ground, clock):
    with RunningHouse(ground, wsgi="tests.clock", HOSTEL_TEST_CLOCK=str(clock.path)) as house:
        house.django(STAFF)
        house.django("import accounts.models\n" + MAKE_GUESTS.format(count=1, gender="female"))
        yield house


class Left:
    """The nights left of the year's free ones, as three doors say them: the phone, the API, the officer's page."""

    def __init__(self, house, page, office):
        self.page, self.office = page, office
        self.person = house.rows("SELECT id FROM accounts_person")[0][0]
        self.token = house.manage("token", LIN).split()[-1]

    def everywhere(self) -> int:
        """The number that all three say."""
        said = {self.on_the_phone(), self.over_rest(), self.in_the_office()}
        assert len(said) == 1, said
        return said.pop()

    def on_the_phone(self):
        self.page.goto("/me/")
        cap = self.page.locator("[data-cap='NIGHTS']")
        left = int(cap.get_attribute("data-left"))
        assert f"还可免费住 {left} 晚（共 7 晚，已用 {7 - left} 晚）" in cap.inner_text()
        return left

    def over_rest(self):
        answer = self.page.request.get("/api/v1/me/allowance/", headers={"Authorization": f"Bearer {self.token}"})
        return next(row["left"] for row in answer.json()["results"] if row["code"] == "NIGHTS")

    def in_the_office(self):
        self.office.goto(f"/office/people/{self.person}/")
        row = by_id(self.office, "o12-allowance").locator("[data-code='NIGHTS'] [data-left]")
        return int(row.inner_text())


def ranges(page):
    """Every range of nights that the page prints: each line in which something goes on to something."""
    lines = page.locator("body").inner_text().splitlines()
    return [line.replace("今晚 ", "") for line in lines if "→" in line]


def with_both_ends(page, paths):
    """Look at each of ``paths``: it prints a range, and each of its ranges with both ends."""
    for path in paths:
        page.goto(path)
        assert ranges(page), path
        assert all(BOTH_ENDS.search(said) for said in ranges(page)), (path, ranges(page))


@pytest.mark.browser
@pytest.mark.look
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_nights_left_drop_on_booking_and_return_on_cancelling_everywhere(house, clock, scripts):
    arrival = business_day(clock.now)
    departure = arrival + timedelta(days=2)
    of_this_year = sum((arrival + timedelta(days=n)).year == arrival.year for n in range(2))
    with chromium() as browser:
        page = phone(browser, house.url, java_script_enabled=scripts)
        page.goto("/me/")
        log_in(page, house, LIN)
        office = tablet(browser, house.url, java_script_enabled=scripts)
        office.goto("/office/")
        log_in(office, house, OFFICER)

        # Nothing has ever happened to her: no officer's page knows her, and she has all that is granted.
        left = Left(house, page, office)
        assert (left.on_the_phone(), left.over_rest()) == (7, 7)

        # She books two nights.
        page.goto(f"/book/baodaiqiao/?in={arrival}&out={departure}")
        page.locator("label:has(input[name=purpose][value=interview])").click()
        follow(by_id(page, "y4-confirm"))
        page.wait_for_url(re.compile(r"/stays/[0-9A-Z]{6}/"))
        address = re.search(r"/stays/[0-9A-Z]{6}/", page.url)[0]
        assert left.everywhere() == 7 - of_this_year

        # Both ends of every range stand on each page that names nights.
        nights = f"in={arrival}&out={departure}"
        with_both_ends(
            page,
            [
                f"/?{nights}",
                f"/hostels/shihu/?{nights}",
                f"/book/shihu/?{nights}",
                f"/waitlist/new/?hostel=shihu&{nights}",
                *(f"{address}{part}" for part in ("", "pass/", "change/", "cancel/")),
                "/me/",
            ],
        )
        with_both_ends(office, [f"/office/people/{left.person}/"])

        # She cancels, and has them again at once.
        page.goto(address)
        follow(by_id(page, "y6-cancel"))
        follow(by_id(page, "y10-confirm"))
        page.wait_for_url(re.compile(r"/(stays/[0-9A-Z]{6}|me)/(\?.*)?$"))
        assert left.everywhere() == 7
