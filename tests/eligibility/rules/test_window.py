from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.evaluation import evaluate
from eligibility.facts import Clearance
from eligibility.rules.window import Window
from hostel.nights import business_day
from tests.eligibility.cases import SHANGHAI, TODAY, answer, facts, policy, stay

SAMPLE = Window(id="window", ahead={"value": 30, "unit": "day"})
THREE_DAYS_NOTICE = Window(id="window", notice={"value": 3, "unit": "day"})
TWO_DAYS_IN_HOURS = Window(id="window", notice={"value": 48, "unit": "hour"})
THREE_WORKING_DAYS = Window(id="window", notice={"value": 3, "unit": "working_day"})

# 国庆、中秋 2025: off 1 to 8 October; worked on Sunday 28 September and Saturday 11 October.
NATIONAL_DAY = frozenset({date(2025, 9, 28), date(2025, 10, 11)} | {date(2025, 10, d) for d in (1, 2, 3, 6, 7, 8)})
# 春节 2026: off 15 to 23 February; worked on Saturday 14 and Saturday 28 February.
SPRING_FESTIVAL = frozenset({date(2026, 2, d) for d in (14, 16, 17, 18, 19, 20, 23, 28)})
FESTIVALS = NATIONAL_DAY | SPRING_FESTIVAL


def at(year, month, day, hour=10, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def window(rule, now, shifted=FESTIVALS):
    """The first and the last day of arrival as the rule says them at ``now``."""
    needed = answer(rule, facts(now=now, shifted_days=shifted, arrival=None, departure=None)).needed
    return tuple(day and date.fromisoformat(day) for day in (needed["first"], needed["last"]))


def verdict(rule, now, arrival, shifted=FESTIVALS):
    return answer(rule, facts(now=now, shifted_days=shifted, **stay(arrival, 1))).verdict


# --- days -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "rule, in_days, verdict",
    [
        (SAMPLE, -1, "not_met"),
        (SAMPLE, 0, "met"),
        (SAMPLE, 30, "met"),
        (SAMPLE, 31, "not_met"),
        (THREE_DAYS_NOTICE, 2, "not_met"),
        (THREE_DAYS_NOTICE, 3, "met"),
        (THREE_DAYS_NOTICE, 300, "met"),
    ],
)
def test_first_and_last_day_of_arrival(rule, in_days, verdict):
    assert answer(rule, facts(**stay(TODAY + timedelta(in_days), 2))).verdict == verdict


@pytest.mark.parametrize(
    "now, verdict",
    [
        (datetime(2026, 3, 6, 23, 59, tzinfo=SHANGHAI), "met"),
        (datetime(2026, 3, 7, 0, 0, tzinfo=SHANGHAI), "met"),
        (datetime(2026, 3, 7, 1, 30, tzinfo=SHANGHAI), "met"),
        (datetime(2026, 3, 7, 5, 59, tzinfo=SHANGHAI), "met"),
        (datetime(2026, 3, 7, 6, 0, tzinfo=SHANGHAI), "not_met"),
    ],
)
def test_until_six_in_the_morning_tonight_is_the_evening_before(now, verdict):
    assert answer(SAMPLE, facts(now=now, **stay(date(2026, 3, 6), 1))).verdict == verdict


@pytest.mark.parametrize(
    "now, first, last",
    [
        (at(2026, 1, 31), date(2026, 2, 3), date(2026, 2, 14)),
        (at(2026, 2, 28), date(2026, 3, 3), date(2026, 3, 14)),
        (at(2028, 2, 28), date(2028, 3, 2), date(2028, 3, 13)),  # there is a 29 February
        (at(2025, 12, 31), date(2026, 1, 3), date(2026, 1, 14)),
        (at(2025, 9, 30), date(2025, 10, 3), date(2025, 10, 14)),  # holidays are days like others
    ],
)
def test_days_over_the_ends_of_months(now, first, last):
    rule = Window(id="window", notice={"value": 3, "unit": "day"}, ahead={"value": 14, "unit": "day"})

    assert window(rule, now) == (first, last)


# --- hours ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "now, verdict_is",
    [
        (at(2026, 3, 6, 13, 59), "met"),
        (at(2026, 3, 6, 14, 0), "met"),  # 48 hours to the minute
        (at(2026, 3, 6, 14, 1), "not_met"),
    ],
)
def test_hours_are_counted_to_the_minute_until_the_afternoon_of_the_day_of_arrival(now, verdict_is):
    assert verdict(TWO_DAYS_IN_HOURS, now, date(2026, 3, 8)) == verdict_is
    assert verdict(TWO_DAYS_IN_HOURS, now, date(2026, 3, 9)) == "met"


@pytest.mark.parametrize(
    "until, now, verdict_is",
    [
        ("00:00", at(2026, 3, 6, 0, 0), "met"),
        ("00:00", at(2026, 3, 6, 0, 1), "not_met"),
        ("23:59", at(2026, 3, 6, 23, 59), "met"),
        ("23:59", at(2026, 3, 7, 0, 0), "not_met"),
    ],
)
def test_a_policy_may_count_hours_until_another_time_of_the_day(until, now, verdict_is):
    rule = Window(id="window", notice={"value": 48, "unit": "hour"}, hours_until=until)

    assert verdict(rule, now, date(2026, 3, 8)) == verdict_is


def test_hours_do_not_turn_at_six_as_days_do():
    for now in (at(2026, 3, 7, 5, 59), at(2026, 3, 7, 6, 0)):
        assert window(TWO_DAYS_IN_HOURS, now)[0] == date(2026, 3, 9)


@pytest.mark.parametrize(
    "now, first",
    [
        (at(2026, 2, 26, 14, 0), date(2026, 2, 28)),
        (at(2026, 2, 26, 14, 1), date(2026, 3, 1)),
        (at(2028, 2, 27, 14, 0), date(2028, 2, 29)),
        (at(2028, 2, 27, 14, 1), date(2028, 3, 1)),
    ],
)
def test_hours_over_the_end_of_february(now, first):
    assert window(TWO_DAYS_IN_HOURS, now)[0] == first


@pytest.mark.parametrize(
    "now, last",
    [
        (at(2026, 3, 6, 13, 59), date(2026, 3, 7)),
        (at(2026, 3, 6, 14, 0), date(2026, 3, 8)),
    ],
)
def test_a_horizon_may_be_in_hours(now, last):
    assert window(Window(id="window", ahead={"value": 48, "unit": "hour"}), now)[1] == last


def test_the_moment_of_another_zone_is_the_same_moment():
    now = at(2026, 3, 6, 14, 1)

    assert window(TWO_DAYS_IN_HOURS, now.astimezone(None)) == window(TWO_DAYS_IN_HOURS, now)


# --- working days -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "now, first",
    [
        (at(2025, 9, 24), date(2025, 9, 28)),  # Wednesday: Thursday, Friday and the Sunday that is worked
        (at(2025, 9, 30), date(2025, 10, 11)),  # 9, 10 and the Saturday 11 October are worked
        (at(2025, 10, 1), date(2025, 10, 11)),
        (at(2025, 10, 9), date(2025, 10, 13)),
        (at(2026, 2, 13), date(2026, 2, 25)),  # Saturday 14, then 24 and 25 February
        (at(2026, 2, 26), date(2026, 3, 2)),  # Friday 27, Saturday 28 February, Monday 2 March
    ],
)
def test_working_days_of_notice_over_holidays_and_worked_weekends(now, first):
    assert window(THREE_WORKING_DAYS, now)[0] == first
    assert verdict(THREE_WORKING_DAYS, now, first - timedelta(1)) == "not_met"
    assert verdict(THREE_WORKING_DAYS, now, first) == "met"


@pytest.mark.parametrize(
    "now, first",
    [
        (at(2025, 9, 30, 23, 59), date(2025, 10, 11)),
        (at(2025, 10, 9, 0, 0), date(2025, 10, 11)),  # still the holiday's last evening
        (at(2025, 10, 9, 5, 59), date(2025, 10, 11)),
        (at(2025, 10, 9, 6, 0), date(2025, 10, 13)),
    ],
)
def test_working_days_are_counted_from_the_business_day(now, first):
    assert window(THREE_WORKING_DAYS, now)[0] == first


def test_one_may_arrive_on_a_day_off_once_the_working_days_are_over():
    assert verdict(THREE_WORKING_DAYS, at(2026, 3, 2), date(2026, 3, 7)) == "met"


@pytest.mark.parametrize(
    "now, last",
    [
        (at(2025, 9, 26), date(2025, 9, 30)),
        (at(2025, 9, 28), date(2025, 10, 9)),
        (at(2026, 2, 13), date(2026, 2, 25)),
    ],
)
def test_a_horizon_may_be_in_working_days(now, last):
    rule = Window(id="window", ahead={"value": 3, "unit": "working_day"})

    assert window(rule, now)[1] == last
    assert verdict(rule, now, last) == "met"
    assert verdict(rule, now, last + timedelta(1)) == "not_met"


def test_without_a_calendar_every_weekday_is_worked():
    assert window(THREE_WORKING_DAYS, at(2025, 9, 30), frozenset())[0] == date(2025, 10, 3)


# --- whatever the unit ------------------------------------------------------------------------------------------------
UNITS = st.sampled_from(["hour", "day", "working_day"])
SPANS = st.fixed_dictionaries({"value": st.integers(0, 200), "unit": UNITS})
MOMENTS = st.integers(0, 200 * 24 * 60).map(lambda minutes: at(2025, 9, 1) + timedelta(minutes=minutes))


@pytest.mark.parametrize("unit", ["hour", "day", "working_day"])
@pytest.mark.parametrize("now", [at(2025, 10, 4, 10), at(2025, 10, 4, 23, 59), at(2025, 10, 5, 5, 59)])
def test_nothing_of_any_unit_is_no_notice_and_a_horizon_of_tonight(unit, now):
    nothing = {"value": 0, "unit": unit}

    assert window(Window(id="window", notice=nothing, ahead=nothing), now) == (business_day(now), business_day(now))


@given(MOMENTS, SPANS)
def test_more_notice_never_lets_one_come_sooner_and_a_longer_horizon_never_ends_sooner(now, span):
    more = span | {"value": span["value"] + 1}

    assert window(Window(id="w", notice=span), now)[0] <= window(Window(id="w", notice=more), now)[0]
    assert window(Window(id="w", ahead=span), now)[1] <= window(Window(id="w", ahead=more), now)[1]


@given(MOMENTS, SPANS, st.integers(1, 60))
def test_what_is_said_to_open_later_opens_then_and_not_before(now, ahead, later):
    """Of a day of arrival beyond the horizon the sentence says from when it is bookable: tried at that very time."""
    rule = Window(id="window", ahead=ahead)
    arrival = window(rule, now)[1] + timedelta(later)
    opens = answer(rule, facts(now=now, shifted_days=FESTIVALS, **stay(arrival, 1))).sentence.values["opens"]

    if not isinstance(opens, datetime):
        month, day = (int(number) for number in opens[0].removesuffix("日").split("月"))
        opens = max(at(year, month, day, 6) for year in (2025, 2026, 2027) if date(year, month, day) <= arrival)
    assert verdict(rule, opens, arrival) == "met"
    assert verdict(rule, opens - timedelta(minutes=1), arrival) == "not_met"


@pytest.mark.parametrize("unit", ["hour", "day", "working_day"])
def test_a_notice_longer_than_the_horizon_is_a_slip_that_loading_finds(unit):
    notice, ahead = {"value": 5, "unit": unit}, {"value": 4, "unit": unit}

    assert [name for name, _what in Window.wrong({"notice": notice, "ahead": ahead})] == ["notice"]
    assert list(Window.wrong({"notice": ahead, "ahead": notice})) == []
    assert list(Window.wrong({"notice": notice})) == []


def test_where_a_person_is_asked_about_short_notice_yesterday_is_still_refused():
    rule = Window(id="window", notice={"value": 3, "unit": "day"}, otherwise="ask")

    assert verdict(rule, at(2026, 3, 6), date(2026, 3, 8)) == "ask"
    assert verdict(rule, at(2026, 3, 6), date(2026, 3, 5)) == "not_met"


@pytest.mark.parametrize("in_days, outcome", [(-1, "no"), (0, "yes"), (2, "yes"), (3, "yes")])
def test_a_person_who_agreed_to_short_notice_has_not_agreed_to_yesterday(in_days, outcome):
    def three_days_notice(rules):
        next(rule for rule in rules["rules"] if rule["kind"] == "window")["notice"] = {"value": 3, "unit": "day"}

    cleared = (Clearance("window", date(2026, 12, 31)),)
    wish = stay(TODAY + timedelta(in_days), 1)

    assert evaluate(policy(three_days_notice), facts(cleared=cleared, **wish)).outcome == outcome
    assert evaluate(policy(three_days_notice), facts(**wish)).outcome == ("yes" if in_days == 3 else "no")


# --- what is said -----------------------------------------------------------------------------------------------------
def test_open_dates_stop_nobody_and_say_until_when_one_may_book():
    reason = answer(SAMPLE, facts(arrival=None, departure=None))

    assert reason.verdict == "met"
    assert reason.needed == {"first": "2026-03-06", "last": "2026-04-05"}


@pytest.mark.parametrize(
    "rule, zh, en",
    [
        (
            THREE_DAYS_NOTICE,
            "至少提前 3 天订，现在订最早3月9日到店",
            "Book at least 3 days before arrival: now from 9 Mar on",
        ),
        (
            Window(id="window", notice={"value": 3, "unit": "working_day"}, ahead={"value": 20, "unit": "day"}),
            "至少提前 3 个工作日订，现在可订 3月11日 至 2026年3月26日 到店",
            "Book at least 3 working days before arrival: now from 11 Mar until 26 Mar 2026",
        ),
    ],
)
def test_open_dates_say_how_long_before_one_has_to_book(rule, zh, en):
    reason = answer(rule, facts(arrival=None, departure=None))

    assert (reason.sentence.say("zh-hans"), reason.sentence.say("en")) == (zh, en)


@pytest.mark.parametrize(
    "notice, zh, en, first",
    [
        (
            {"value": 48, "unit": "hour"},
            "至少提前 48 小时订（算到入住当天 14:00），现在订最早3月8日到店",
            "Book at least 48 hours before 14:00 on the day of arrival; the earliest is 8 Mar",
            "2026-03-08",
        ),
        (
            {"value": 3, "unit": "working_day"},
            "至少提前 3 个工作日订，现在订最早3月11日到店",
            "Book at least 3 working days before arrival; the earliest arrival is 11 Mar",
            "2026-03-11",
        ),
        (
            {"value": 2, "unit": "day"},
            "至少提前 2 天订，现在订最早3月8日到店",
            "Book at least 2 days before arrival; the earliest arrival is 8 Mar",
            "2026-03-08",
        ),
    ],
)
def test_too_soon_says_the_notice_in_its_unit_and_offers_the_first_day_there_is(notice, zh, en, first):
    reason = answer(Window(id="window", notice=notice), facts(**stay(TODAY + timedelta(1), 1)))

    assert reason.verdict == "not_met"
    assert (reason.sentence.say("zh-hans"), reason.sentence.say("en")) == (zh, en)
    assert reason.needed == {"first": first, "last": None}
    assert reason.fix.href == f"/?in={first}"


def test_too_early_says_from_when_and_offers_the_last_day_there_is():
    reason = answer(SAMPLE, facts(**stay(date(2026, 4, 19), 1)))

    assert reason.sentence.say("zh-hans") == "最早提前 30 天订，3月20日 起可订"
    assert reason.fix.href == "/?in=2026-04-05"


@pytest.mark.parametrize(
    "ahead, zh, en",
    [
        (
            {"value": 72, "unit": "hour"},
            "最早提前 72 小时订，4月16日 14:00 起可订",
            "Bookable from 16 Apr 14:00, 72 hours before arrival",
        ),
        (
            {"value": 1, "unit": "working_day"},
            "最早提前 1 个工作日订，4月17日 起可订",
            "Bookable from 17 Apr, 1 working day before arrival",
        ),
        ({"value": 1, "unit": "day"}, "最早提前 1 天订，4月18日 起可订", "Bookable from 18 Apr, 1 day before arrival"),
    ],
)
def test_too_early_says_the_horizon_in_its_unit(ahead, zh, en):
    reason = answer(Window(id="window", ahead=ahead), facts(**stay(date(2026, 4, 19), 1)))

    assert (reason.sentence.say("zh-hans"), reason.sentence.say("en")) == (zh, en)
