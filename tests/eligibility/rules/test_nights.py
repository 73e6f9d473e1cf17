from datetime import date, timedelta

import pytest

from eligibility.caps import PerMonth, PerQuarter, PerStay, PerYear, Price, StaysPerMonth, StaysPerQuarter, Tier
from eligibility.rules.nights import Nights
from tests.eligibility.cases import TODAY, days, facts, kept, stay

HALF = Price("priced", 50)
SAMPLE = Nights(id="free_stay.caps", caps=(PerStay(3, "wuzhong"), PerYear(7, "wuzhong")), tiers=(Tier(HALF, 4),))
NO_PRICE = Nights(id="free_stay.caps", caps=SAMPLE.caps)
JANUARY, TOMORROW = date(2026, 1, 1), TODAY + timedelta(1)
NEW_YEARS_EVE = date(2026, 12, 31)


def said(about, rule=SAMPLE):
    """What is granted ("fp-": free, priced, none), and the codes that are not met."""
    letters = "".join("-" if price is None else price.cls[0] for price in rule.grant(about).prices)
    return letters, [reason.code for reason in rule.judge(about) if reason.verdict == "not_met"]


@pytest.mark.parametrize(
    "wanted, used, accept, granted, not_met",
    [
        (1, 0, False, "f", []),
        (3, 0, False, "fff", []),
        (3, 4, False, "fff", []),
        (3, 5, False, "ffp", ["NIGHTS"]),
        (3, 5, True, "ffp", []),
        (3, 7, False, "ppp", ["NIGHTS"]),
        (3, 7, True, "ppp", []),  # also when the year's free nights are gone
        (4, 0, False, "fffp", ["NIGHTS"]),
        (4, 0, True, "fffp", []),
        (7, 0, True, "fffpppp", []),
        (8, 0, True, "fffpppp-", ["STAY_NIGHTS"]),
        (8, 0, False, "fffpppp-", ["NIGHTS", "STAY_NIGHTS"]),
        (4, 7, True, "pppp", []),
        (5, 7, True, "pppp-", ["NIGHTS"]),  # at most four priced nights a stay, whatever is free
        (6, 6, True, "fpppp-", ["NIGHTS"]),
    ],
)
def test_free_first_then_half_price(wanted, used, accept, granted, not_met):
    about = facts(nights=kept(*days(JANUARY, used)), accept_price=accept, **stay(TOMORROW, wanted))

    assert said(about) == (granted, not_met)


@pytest.mark.parametrize(
    "wanted, used, granted, not_met",
    [
        (3, 0, "fff", []),
        (4, 0, "fff-", ["STAY_NIGHTS"]),
        (3, 6, "f--", ["NIGHTS"]),
        (1, 7, "-", ["NIGHTS"]),
    ],
)
def test_where_the_policy_has_no_price_what_is_not_free_is_refused(wanted, used, granted, not_met):
    about = facts(nights=kept(*days(JANUARY, used)), accept_price=True, **stay(TOMORROW, wanted))

    assert said(about, NO_PRICE) == (granted, not_met)


def test_each_night_counts_in_its_own_calendar_year():
    used_up = kept(*days(JANUARY, 7))

    assert said(facts(nights=used_up, accept_price=True, **stay(NEW_YEARS_EVE, 4)))[0] == "pfff"
    assert said(facts(nights=used_up, **stay(NEW_YEARS_EVE + timedelta(1), 3)))[0] == "fff"
    assert said(facts(nights=kept(*days(date(2025, 12, 20), 7)), **stay(TOMORROW, 3)))[0] == "fff"


def test_half_price_nights_and_nights_in_sister_districts_do_not_count_in_the_district():
    others = kept(*days(JANUARY, 7), price_class="priced") + kept(*days(date(2026, 2, 1), 7), network="gusu")

    assert said(facts(nights=others, **stay(TOMORROW, 3))) == ("fff", [])


@pytest.mark.parametrize(
    "in_gusu, accept, granted, not_met",
    [
        (11, False, "fff", []),
        (12, False, "ffp", ["NIGHTS", "CITY_CAP"]),
        (12, True, "ffp", []),
        (14, False, "ppp", ["NIGHTS", "CITY_CAP"]),
        (14, True, "ppp", []),
    ],
)
def test_the_city_counts_the_nights_of_all_its_districts(in_gusu, accept, granted, not_met):
    elsewhere = kept(*days(JANUARY, in_gusu), network="gusu")

    about = facts(nights=elsewhere, city_cap=14, accept_price=accept, **stay(TOMORROW, 3))

    assert said(about) == (granted, not_met)


def test_the_city_is_not_blamed_where_the_stay_has_its_nights_already():
    elsewhere = kept(*days(JANUARY, 11), network="gusu")

    assert said(facts(nights=elsewhere, city_cap=14, **stay(TOMORROW, 4))) == ("fffp", ["NIGHTS"])


def test_a_city_that_names_no_cap_gives_no_reason():
    assert [reason.code for reason in SAMPLE.judge(facts())] == ["NIGHTS", "STAY_NIGHTS"]


def test_priced_nights_are_offered():
    reason = next(SAMPLE.judge(facts(**stay(TOMORROW, 5))))

    assert (reason.verdict, reason.fix.kind) == ("not_met", "accept_price")


def test_where_nothing_can_be_offered_the_apartments_are_next():
    about = facts(nights=kept(*days(JANUARY, 7)), **stay(TOMORROW, 1))

    reason = next(NO_PRICE.judge(about))

    assert reason.sentence.say("zh-hans") == "免费晚数已用完（7 晚），2027年1月1日 恢复"
    assert reason.fix.href == "/apartments/"


@pytest.mark.parametrize("used, accept, verdict", [(0, False, "met"), (7, False, "not_met"), (7, True, "met")])
def test_while_the_dates_are_open_tonight_stands_for_them(used, accept, verdict):
    about = facts(nights=kept(*days(JANUARY, used)), accept_price=accept, arrival=None, departure=None)

    assert [reason.verdict for reason in SAMPLE.judge(about)] == [verdict]


@pytest.mark.parametrize("used, free", [(0, 3), (4, 3), (5, 2), (7, 0), (9, 0)])
def test_free_nights_are_those_of_the_longest_stay(used, free):
    assert SAMPLE.free_nights(facts(nights=kept(*days(JANUARY, used)))) == free


def test_a_stay_without_a_cap_of_its_own_is_bounded_by_the_year():
    rule = Nights(id="x.caps", caps=(PerYear(7, "wuzhong"),))

    assert rule.free_nights(facts()) == 7 + 7  # from tomorrow for a year: seven in each of two years
    assert [reason.code for reason in rule.judge(facts())] == ["NIGHTS"]


def test_with_no_cap_at_all_every_night_is_free():
    about = facts(nights=kept(*days(JANUARY, 40)), **stay(TOMORROW, 20))

    assert said(about, Nights(id="x.caps", caps=())) == ("f" * 20, [])


def test_a_price_may_be_in_yuan_and_last_for_months_or_years():
    tiers = (
        Tier(Price("priced", 0, 3000), 1),
        Tier(Price("priced", 20), months=1),
        Tier(Price("priced", 100), months=12),
    )
    rule = Nights(id="caps", caps=(PerStay(1, "wuzhong"),), tiers=tiers)
    arrival = date(2026, 1, 30)

    prices = rule.grant(facts(**stay(arrival, 400))).prices

    # One night free, one for thirty yuan, then a month from 1 February and a year from 1 March.
    assert [(price.percent, price.fen) for price in prices[:3]] == [(0, 0), (0, 3000), (20, 0)]
    assert [price and price.percent for price in prices].count(20) == 28
    assert prices[29].percent == 20
    assert prices[30].percent == 100
    assert [price and price.percent for price in prices].count(100) == 365
    assert prices[30 + 365] is None
    assert (prices[1].cost(9800), prices[2].cost(9800), prices[2].said[1]) == (3000, 1960, "20 % of the house's rate")
    assert prices[1].said == ("每晚 ¥30", "¥30 a night")


def test_caps_of_a_calendar_month_count_each_month_alone():
    rule = Nights(id="caps", caps=(PerMonth(2, "wuzhong"), StaysPerMonth(2, "wuzhong")))
    used = kept(*days(date(2026, 3, 1), 2))

    assert said(facts(nights=used, **stay(date(2026, 3, 31), 2)), rule) == ("-f", ["NIGHTS"])
    assert said(facts(nights=used, **stay(date(2026, 4, 1), 2)), rule) == ("ff", [])
    back = next(reason for reason in rule.judge(facts(nights=used, **stay(date(2026, 3, 31), 1)))).sentence
    assert back.say("en") == "Free nights used up (2); back on 1 Apr 2026"


@pytest.mark.parametrize(
    "arrival, granted, back",
    [
        (date(2026, 3, 31), "--", "1 Apr 2026"),
        (date(2026, 4, 1), "ff", None),
        (date(2025, 12, 31), "ff", None),  # the last night of the quarter before, the first of one not used up
        (date(2026, 1, 1), "--", "1 Apr 2026"),
    ],
)
def test_caps_of_a_calendar_quarter_count_each_quarter_alone(arrival, granted, back):
    rule = Nights(id="caps", caps=(PerQuarter(3, "wuzhong"), StaysPerQuarter(1, "wuzhong")))
    used = kept(*days(date(2026, 2, 1), 2))

    assert said(facts(nights=used, **stay(arrival, 2)), rule)[0] == granted
    reason = next(reason for reason in rule.judge(facts(nights=used, **stay(arrival, 2))) if reason.code == "STAYS")
    assert reason.sentence.say("en") == (
        f"A person may have 1 such stays a calendar quarter; possible again on {back}"
        if back
        else "Stays this calendar quarter: 0 of at most 1"
    )


def test_free_nights_of_a_quarter_that_are_used_up_come_back_with_the_next():
    rule = Nights(id="caps", caps=(PerQuarter(2, "wuzhong"),))
    used = kept(*days(date(2026, 11, 1), 2))
    about = facts(nights=used, **stay(date(2026, 12, 31), 2))

    assert said(about, rule) == ("-f", ["NIGHTS"])
    alone = facts(nights=used, **stay(date(2026, 12, 31), 1))
    assert next(rule.judge(alone)).sentence.say("en") == "Free nights used up (2); back on 1 Jan 2027"
