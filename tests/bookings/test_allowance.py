from datetime import date, timedelta

import pytest

from bookings.allowance import allowance_of
from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.night_audit import audit
from eligibility.models import Policy
from hostel.models import Hostel, Network, NetworkCap
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SUNDAY, moment


def of(person, network, now=NOW):
    return {cap.code: (cap.granted, cap.kept, cap.used, cap.left) for cap in allowance_of(person, network, now)}


def test_a_new_person_has_all_that_the_policy_and_the_city_grant(lin, wuzhong):
    assert of(lin, wuzhong) == {"NIGHTS": (7, 0, 0, 7), "CITY_CAP": (14, 0, 0, 14), "STAY_NIGHTS": (3, 0, 0, 3)}


def test_nights_are_kept_when_booked_and_used_when_slept(hostel, lin, wuzhong):
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)
    assert of(lin, wuzhong)["NIGHTS"] == (7, 3, 0, 4)

    check_in(stay, compared=True, now=moment(FRIDAY, 18))
    audit(moment(SUNDAY, 6))
    assert of(lin, wuzhong, moment(SUNDAY, 7))["NIGHTS"] == (7, 1, 2, 4)

    check_out(stay, now=moment(SUNDAY, 9))
    assert of(lin, wuzhong, moment(SUNDAY, 9))["NIGHTS"] == (7, 0, 2, 5)


def test_the_year_begins_anew_on_the_first_of_january(hostel, lin, wuzhong):
    december = date(2026, 12, 30)
    book(
        guest=lin,
        hostel=hostel,
        nights=Nights(december, december + timedelta(days=3)),
        purpose="exam",
        now=moment(december, 9),
    )

    assert of(lin, wuzhong, moment(december, 9))["NIGHTS"] == (7, 2, 0, 5)
    assert of(lin, wuzhong, moment(date(2027, 1, 1), 9))["NIGHTS"] == (7, 1, 0, 6)
    assert allowance_of(lin, wuzhong, NOW)[0].returns_on == date(2027, 1, 1)


def test_a_hold_counts_until_its_time_is_over(hostel, lin, wuzhong):
    book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW, hold=True)

    assert of(lin, wuzhong)["NIGHTS"][3] == 5
    assert of(lin, wuzhong, NOW + timedelta(minutes=10))["NIGHTS"][3] == 7


def test_who_has_no_person_yet_is_shown_what_is_granted(wuzhong):
    assert of(None, wuzhong)["NIGHTS"] == (7, 0, 0, 7)


@pytest.mark.parametrize("stays", [0, 1, 3])
def test_the_allowance_costs_four_statements_whatever_was_slept(stays, lin, wuzhong, django_assert_num_queries):
    hostels = list(Hostel.objects.filter(access="individual")[:stays])
    for number, hostel in enumerate(hostels):
        arrival = FRIDAY + timedelta(days=number)
        book(guest=lin, hostel=hostel, nights=Nights(arrival, arrival + timedelta(days=1)), purpose="exam", now=NOW)

    with django_assert_num_queries(4):
        allowance_of(lin, wuzhong, NOW)


# --- every kind of cap ------------------------------------------------------------------------------------------------
@pytest.fixture
def rules(wuzhong):
    """Put the sample's rules in force with other caps: of the whole, and of each of two entitlements."""

    def change(shared=None, **of_each):
        old = Policy.objects.get(network=wuzhong)
        given = [
            {
                **old.rules["entitlements"][0],
                "key": key,
                "label": {"zh": f"{key} 档", "en": f"tier {key}"},
                "caps": caps,
            }
            for key, caps in of_each.items()
        ]
        data = {**old.rules, "entitlements": given, "seasons": [], "caps": shared or {}}
        data.pop("fingerprint", None)
        return Policy.objects.create(
            network=wuzhong,
            version=old.version + 1,
            rules=data,
            drafted_by="甲",
            approved_by="乙",
            in_force_from=date(2023, 1, 1),
            written_at=NOW,
        )

    return change


def stays(guest, hostel, *arrivals):
    for arrival in arrivals:
        nights = Nights(arrival, arrival + timedelta(days=1))
        book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=NOW)


def lines(person, network, now=NOW):
    return [
        (cap.label.say("en"), [label.say("en") for label in cap.given], cap.granted, cap.left, cap.returns_on)
        for cap in allowance_of(person, network, now)
    ]


def test_every_cap_is_shown_the_one_people_mean_first_and_that_of_a_stay_last(rules, lin, hostel, wuzhong):
    rules(
        free={
            "per_stay": 2,
            "per_year": 6,
            "lifetime": 9,
            "rolling": {"nights": 4, "days": 30},
            "stays_per_year": 5,
            "stays_lifetime": 8,
            "stays_rolling": {"stays": 3, "days": 60},
        }
    )
    stays(lin, hostel, FRIDAY, SUNDAY)

    assert lines(lin, wuzhong) == [
        ("Free nights a calendar year", [], 6, 4, date(2027, 1, 1)),
        ("Free nights in all", [], 9, 7, None),
        ("Free nights in any 30 days", [], 4, 2, SUNDAY + timedelta(days=30)),
        ("Stays a calendar year", [], 5, 3, date(2027, 1, 1)),
        ("Stays in all", [], 8, 6, None),
        ("Stays in any 60 days", [], 3, 1, SUNDAY + timedelta(days=60)),
        ("Free nights a calendar year in the whole city", [], 14, 12, date(2027, 1, 1)),
        ("Free nights a stay", [], 2, 2, None),
    ]
    assert [cap.of_stays for cap in allowance_of(lin, wuzhong, NOW)] == [False] * 3 + [True] * 3 + [False] * 2


def test_a_cap_says_for_what_it_holds_where_that_is_not_everything(rules, lin, wuzhong):
    rules(shared={"per_year": 10}, A={"lifetime": 3}, B={"lifetime": 5})

    assert lines(lin, wuzhong)[:3] == [
        ("Free nights a calendar year", [], 10, 10, date(2027, 1, 1)),
        ("Free nights in all", ["tier A"], 3, 3, None),
        ("Free nights in all", ["tier B"], 5, 5, None),
    ]


def test_what_was_given_by_one_entitlement_counts_against_its_own_cap_and_the_shared_one(rules, lin, hostel, wuzhong):
    rules(shared={"per_year": 10}, A={"lifetime": 3}, B={"lifetime": 5})
    stays(lin, hostel, FRIDAY)

    left = [line[3] for line in lines(lin, wuzhong)[:3]]
    assert left[0] == 9
    assert sorted(left[1:]) in ([2, 5], [3, 4])


def test_a_rolling_cap_that_is_unused_has_nothing_to_come_back(rules, lin, wuzhong):
    rules(free={"rolling": {"nights": 4, "days": 30}})

    assert lines(lin, wuzhong)[0] == ("Free nights in any 30 days", [], 4, 4, None)


def test_a_lifetime_remembers_what_a_year_forgets(rules, lin, hostel, wuzhong):
    rules(free={"per_year": 6, "lifetime": 9})
    stays(lin, hostel, FRIDAY, SUNDAY)

    in_two_years = moment(date(2028, 3, 1), 9)
    assert [line[3] for line in lines(lin, wuzhong, in_two_years)[:2]] == [6, 7]


def test_what_is_slept_is_used_and_what_is_to_come_is_kept_in_every_cap(rules, lin, hostel, wuzhong):
    rules(free={"lifetime": 9, "rolling": {"nights": 6, "days": 30}, "stays_lifetime": 8})
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW)
    check_in(stay, compared=True, now=moment(FRIDAY, 18))
    audit(moment(SUNDAY, 6))
    stays(lin, hostel, MONDAY)

    kept_and_used = [(cap.kept, cap.used) for cap in allowance_of(lin, wuzhong, moment(SUNDAY, 7))[:3]]
    assert kept_and_used == [(1, 2), (1, 2), (1, 1)]


def test_a_sister_district_s_nights_use_the_city_s_cap_and_no_other(lin, hostel, wuzhong):
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu", parent=wuzhong.parent)
    stays(lin, hostel, FRIDAY)
    Hostel.objects.filter(pk=hostel.pk).update(network=gusu)

    assert {code: left for code, (*_rest, left) in of(lin, wuzhong).items()} == {
        "NIGHTS": 7, "CITY_CAP": 13, "STAY_NIGHTS": 3,
    }  # fmt: skip


def test_without_a_cap_of_the_city_none_is_shown(lin, wuzhong):
    NetworkCap.objects.all().delete()

    assert "CITY_CAP" not in of(lin, wuzhong)


@pytest.mark.parametrize("kinds", [1, 4])
def test_it_costs_the_same_whatever_the_caps(kinds, rules, lin, wuzhong, django_assert_num_queries):
    caps = {"lifetime": 9, "per_year": 6, "stays_lifetime": 3, "rolling": {"nights": 4, "days": 30}}
    rules(free=dict(list(caps.items())[:kinds]))

    with django_assert_num_queries(4):
        allowance_of(lin, wuzhong, NOW)
