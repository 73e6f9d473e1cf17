"""Figures over REST: what a year of the network was."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from bookings.booking import book
from bookings.models import BedNight
from hostel.models import Hostel, Network
from hostel.nights import Nights
from tests.api.conftest import TODAY, caller, problem
from tests.api.counting import statements

FIGURES = "/api/v1/figures/"


@pytest.fixture
def slept(lin, chen, hostel):
    """Three nights slept by two people, in the year of the days they were on."""
    for guest, nights in ((lin, 2), (chen, 1)):
        wish = Nights(TODAY, TODAY + timedelta(days=nights))
        book(guest=guest, hostel=hostel, nights=wish, purpose="exam", now=timezone.now())
    BedNight.objects.update(slept_at=timezone.now())
    return BedNight.objects.filter(night__year=TODAY.year).count()


def test_an_officer_sees_the_nights_of_the_year(as_officer, hostel, slept):
    body = as_officer.get(FIGURES).json()

    assert set(body) == {"year", "free", "priced", "nights", "people", "hostels", "unmet"}
    assert (body["year"], body["free"], body["priced"], body["nights"], body["people"]) == (
        TODAY.year,
        slept,
        0,
        slept,
        2,
    )
    house = next(row for row in body["hostels"] if row["hostel"]["slug"] == hostel.slug)
    assert len(body["hostels"]) == 10
    assert house["months"][0]["month"] == TODAY.month
    assert sum(month["free"] for month in house["months"]) == slept


def test_free_and_priced_stand_apart(as_auditor, slept):
    BedNight.objects.filter(guest__name="陈一舟").update(price_class="priced", percent=50)

    body = as_auditor.get(f"{FIGURES}?year={TODAY.year}").json()

    assert (body["free"], body["priced"]) == (slept - 1, 1)


@pytest.mark.parametrize("year", ["２０２６", "٢٠٢٦", "2_026", "+2026", " 2026", "2026.0", "02026", "1999", "2100"])
def test_a_year_is_four_plain_digits(as_officer, slept, year):
    body = problem(as_officer.get(FIGURES, {"year": year}), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == ["year"]


def test_another_year_has_its_own_figures(as_officer, slept):
    assert as_officer.get(f"{FIGURES}?year={TODAY.year - 2}").json()["nights"] == 0


def test_the_city_s_officer_sees_the_districts_below(slept, wuzhong):
    user = caller_of_role("officer", wuzhong.parent)

    assert user.get(FIGURES).json()["nights"] == slept


def test_another_district_s_officer_does_not(slept, wuzhong):
    other = Network.objects.create(slug="gusu", name_zh="姑苏区", name_en="Gusu", parent=wuzhong.parent)

    body = caller_of_role("officer", other).get(FIGURES).json()

    assert (body["nights"], body["hostels"]) == (0, [])


def caller_of_role(kind, network):
    from_ = date(2023, 1, 1)
    role = Role(kind=kind, network=network, valid_from=from_)
    role.user = Role.user.field.related_model.objects.create_user("+8613800000099")
    role.save()
    return caller(role.user)


@pytest.mark.parametrize("year", ["x", "1999", "2100", "99999999999999999999", "-1", "2024.5", "%00"])
def test_a_year_that_cannot_be_is_a_field_error(as_officer, year):
    problem(as_officer.get(f"{FIGURES}?year={year}"), 422, "FIELDS")


def test_figures_are_for_officers_and_auditors(as_lin, as_stranger, as_manager, officer, wuzhong):
    operator = caller_of_role("operator", wuzhong)
    for who in (as_lin, as_stranger, as_manager, operator):
        problem(who.get(FIGURES), 403, "NO_RIGHT")


def test_a_role_that_has_ended_gives_no_figures(as_officer, officer):
    officer.roles.update(valid_until=TODAY)

    problem(as_officer.get(FIGURES), 403, "NO_RIGHT")


def test_the_figures_cost_the_same_whatever_the_network(as_officer, slept):
    ten = statements(lambda: as_officer.get(FIGURES))
    Hostel.objects.exclude(slug="baodaiqiao").update(network=Network.objects.exclude(slug="wuzhong").first())

    assert ten == statements(lambda: as_officer.get(FIGURES)) == 9
