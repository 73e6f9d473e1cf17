"""Caps: what is granted never exceeds what any of them grants in any window, whatever happened before."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eligibility.caps import (
    FREE,
    NOTHING,
    PRICED,
    CityCap,
    Lifetime,
    PerStay,
    PerYear,
    Price,
    Rolling,
    StaysInAll,
    StaysPerYear,
    StaysRolling,
    Tier,
    grant,
    later_by_months,
)
from eligibility.facts import Extra, KeptNight

DISTRICT, SISTER = "wuzhong", "gusu"
# Around the turn of a year and the 29 February of a leap year, close enough together for windows to overlap.
FIRST = date(2027, 12, 20)
DAYS = 100


def day(number):
    return FIRST + timedelta(days=number)


# --- histories, caps and extras out of thin air -----------------------------------------------------------------------
numbers = st.integers(0, DAYS - 1)
stay_spans = st.lists(st.tuples(numbers, st.integers(1, 6), st.sampled_from([DISTRICT, SISTER])), max_size=12)
night_caps = st.one_of(
    st.builds(PerYear, st.integers(0, 10), st.sampled_from([DISTRICT, ""])),
    st.builds(Lifetime, st.integers(0, 15), st.sampled_from([DISTRICT, ""])),
    st.builds(Rolling, st.integers(0, 8), st.just(DISTRICT), st.just(""), st.integers(1, 40)),
    st.builds(CityCap, st.integers(0, 14)),
    st.builds(PerStay, st.integers(0, 5), st.just(DISTRICT)),
)
stay_caps = st.one_of(
    st.builds(StaysPerYear, st.integers(1, 4), st.just(DISTRICT)),
    st.builds(StaysInAll, st.integers(1, 6), st.just(DISTRICT)),
    st.builds(StaysRolling, st.integers(1, 3), st.just(DISTRICT), st.just(""), st.integers(1, 40)),
)
caps_of_all_kinds = st.lists(st.one_of(night_caps, stay_caps), min_size=1, max_size=4, unique=True)
extras_of_all_kinds = st.lists(
    st.builds(
        lambda nights, first, length: Extra(nights, day(first), day(first + length)),
        st.integers(1, 4),
        numbers,
        st.integers(1, 60),
    ),
    max_size=3,
)
TIERS = (Tier(Price("priced", 50), nights=2),)


def book_one_after_the_other(spans, caps, extras=(), tiers=TIERS):
    """Ask for each span in its turn, as bookings do; keep what is granted, and leave out what is refused."""
    kept = []
    for number, (first, length, network) in enumerate(spans):
        nights = [day(first + n) for n in range(length)]
        if {night.night for night in kept} & set(nights):
            continue
        of_network = [cap for cap in caps if cap.network in ("", network)]
        granted = grant(nights, of_network, tiers, kept, extras if network == DISTRICT else ())
        if granted.refused:
            continue
        for night, price in zip(nights, granted.prices, strict=True):
            kept.append(KeptNight(night, price.cls, network, stay=f"stay-{number}", arrival=nights[0]))
    return kept


def windows_of(cap):
    """Every window of ``cap`` by brute force: the days of each, as (first day, first day after)."""
    if isinstance(cap, PerYear | CityCap | StaysPerYear):
        return [(date(year, 1, 1), date(year + 1, 1, 1)) for year in (2027, 2028)]
    if isinstance(cap, Rolling | StaysRolling):
        return [(day(n), day(n + cap.window)) for n in range(-cap.window, DAYS + 10)]
    return [(date(2000, 1, 1), date(2100, 1, 1))]


def most_in(cap, window, extras):
    """What ``cap`` grants within a window at the very most: on its best day, every extra that holds on it on top."""
    if not cap.extendable:
        return cap.most
    first, end = window
    length = min((end - first).days, 400)
    start = max(first, FIRST)
    on_top = [
        sum(extra.nights for extra in extras if extra.covers(start + timedelta(days=n)))
        for n in range(length)
        if start + timedelta(days=n) < end
    ]
    return cap.most + max(on_top, default=0)


def in_window(cap, window, kept):
    """What was given within a window: free nights, or stays by their arrival; counted without the caps' own code."""
    first, end = window
    here = [night for night in kept if cap.network in ("", night.network)]
    if cap.of_stays:
        return len({night.stay for night in here if first <= night.arrival < end})
    return sum(first <= night.night < end for night in here if night.price_class == FREE)


@given(stay_spans, caps_of_all_kinds, extras_of_all_kinds)
def test_in_no_window_is_more_given_than_its_cap_and_the_extras_of_one_day(spans, caps, extras):
    kept = book_one_after_the_other(spans, caps, extras)

    for cap in caps:
        if isinstance(cap, PerStay):
            continue
        for window in windows_of(cap):
            assert in_window(cap, window, kept) <= most_in(cap, window, extras), (cap, window)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 2), st.just(DISTRICT)), min_size=4, max_size=15),
    st.sampled_from([Rolling, StaysRolling]),
    st.integers(1, 4),
    st.integers(2, 20),
)
def test_a_rolling_window_is_never_overrun_in_whatever_order_its_nights_are_booked(spans, kind, most, days):
    cap = kind(most, DISTRICT, window=days)
    kept = book_one_after_the_other(spans, [cap])

    assert max(in_window(cap, window, kept) for window in windows_of(cap)) <= most


@given(stay_spans, caps_of_all_kinds)
def test_no_stay_has_more_free_nights_than_a_stay_may(spans, caps):
    kept = book_one_after_the_other(spans, caps)

    for cap in caps:
        if isinstance(cap, PerStay):
            for stay in {night.stay for night in kept if night.network == DISTRICT}:
                assert sum(night.stay == stay and night.price_class == FREE for night in kept) <= cap.most


@given(stay_spans, st.one_of(night_caps, stay_caps), numbers)
def test_more_nights_used_never_leave_more(spans, cap, today):
    kept = book_one_after_the_other(spans, [])
    left = [cap.most - cap.used(day(today), cap.days(kept[:count])) for count in range(len(kept) + 1)]

    assert left == sorted(left, reverse=True)


@given(stay_spans, caps_of_all_kinds, extras_of_all_kinds, numbers, st.integers(1, 6))
def test_more_nights_used_never_make_a_further_stay_cheaper(spans, caps, extras, first, length):
    kept = book_one_after_the_other(spans, [])
    nights = [day(first + n) for n in range(length)]

    free = [grant(nights, caps, TIERS, kept[:count], extras).free for count in range(len(kept) + 1)]
    assert free == sorted(free, reverse=True)


@given(stay_spans, caps_of_all_kinds, extras_of_all_kinds, numbers, st.integers(1, 6))
def test_a_wider_cap_and_more_extras_never_give_less(spans, caps, extras, first, length):
    kept = book_one_after_the_other(spans, caps)
    nights = [day(first + n) for n in range(length)]

    free = grant(nights, caps, TIERS, kept).free
    assert grant(nights, caps, TIERS, kept, extras).free >= free
    assert grant(nights, caps[1:], TIERS, kept).free >= free


@given(stay_spans, caps_of_all_kinds, extras_of_all_kinds, st.integers(0, 11), numbers)
def test_a_stay_given_back_gives_back_exactly_what_it_took(spans, caps, extras, which, today):
    kept = book_one_after_the_other(spans, caps, extras)
    assume(kept)
    gone = sorted({night.stay for night in kept})[which % len({night.stay for night in kept})]
    of_it, without = ([n for n in kept if (n.stay == gone) is its] for its in (True, False))

    for cap in caps:
        taken = cap.used(day(today), cap.days(kept)) - cap.used(day(today), cap.days(without))
        if isinstance(cap, Rolling | StaysRolling):  # of its nights only those in the fullest window count
            assert 0 <= taken <= cap.used(day(today), cap.days(of_it))
        else:
            assert taken == cap.used(day(today), cap.days(of_it))


@given(stay_spans, caps_of_all_kinds, extras_of_all_kinds, st.permutations(range(12)))
def test_the_order_in_which_history_is_read_changes_nothing(spans, caps, extras, order):
    kept = book_one_after_the_other(spans, caps, extras)
    shuffled = [kept[n] for n in order if n < len(kept)] + kept[12:]
    nights = [day(n) for n in range(40, 46)]

    assert grant(nights, caps, TIERS, shuffled, extras) == grant(nights, caps, TIERS, kept, extras)


@given(stay_spans, st.permutations(range(4)), st.lists(st.one_of(night_caps, stay_caps), min_size=4, max_size=4))
def test_the_order_of_the_caps_changes_nothing(spans, order, caps):
    kept = book_one_after_the_other(spans, [])
    nights = [day(n) for n in range(30, 36)]

    assert grant(nights, caps, TIERS, kept).prices == grant(nights, [caps[n] for n in order], TIERS, kept).prices


# --- by hand, at the ends ---------------------------------------------------------------------------------------------
def free(*nights, **how):
    return [
        KeptNight(night, FREE, DISTRICT, stay=how.get("stay", f"{night}"), arrival=how.get("arrival", night))
        for night in nights
    ]


@pytest.mark.parametrize(
    ("days_later", "used"),
    [(0, 3), (1, 3), (29, 3), (30, 2), (31, 1), (32, 0)],
)
def test_a_night_leaves_a_rolling_window_after_its_days(days_later, used):
    """Three nights from 28 February of a leap year; a window of thirty days."""
    cap = Rolling(3, DISTRICT, window=30)
    nights = [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]

    assert cap.used(date(2028, 2, 28) + timedelta(days=days_later), nights) == used


def test_a_rolling_window_counts_the_nights_kept_for_later_too():
    cap = Rolling(3, DISTRICT, window=30)
    kept = free(day(20), day(21), day(22))

    assert grant([day(10)], [cap], (), kept).refused == 1
    assert grant([day(22 - 30)], [cap], (), kept).free == 1


def test_a_rolling_window_is_there_again_when_its_last_night_has_left_it():
    cap = Rolling(3, DISTRICT, window=30)

    assert cap.returns_on(day(5), [day(1), day(2)]) == day(32)
    assert cap.used(day(31), [day(1), day(2)]) == 1
    assert cap.used(day(32), [day(1), day(2)]) == 0


def test_a_stay_over_the_turn_of_the_year_uses_both_years_and_is_a_stay_of_the_first():
    kept = free(*[date(2027, 12, 30) + timedelta(days=n) for n in range(4)], stay="one", arrival=date(2027, 12, 30))
    nights, stays = PerYear(7, DISTRICT), StaysPerYear(3, DISTRICT)

    assert [nights.used(date(year, 6, 1), nights.days(kept)) for year in (2027, 2028)] == [2, 2]
    assert [stays.used(date(year, 6, 1), stays.days(kept)) for year in (2027, 2028)] == [1, 0]


def test_a_sister_district_s_nights_count_against_the_city_alone():
    kept = [KeptNight(day(n), FREE, SISTER) for n in range(3)]

    assert len(CityCap(14).days(kept)) == 3
    assert PerYear(7, DISTRICT).days(kept) == []


def test_a_night_that_does_not_count_uses_nothing_and_its_stay_counts_by_the_others():
    whole = [KeptNight(day(n), FREE, DISTRICT, stay="one", arrival=day(0), counted=n == 0) for n in range(3)]
    none = [KeptNight(day(n), FREE, DISTRICT, stay="two", arrival=day(0), counted=False) for n in range(3)]

    assert PerYear(7, DISTRICT).days(whole + none) == [day(0)]
    assert StaysInAll(3, DISTRICT).days(whole + none) == [day(0)]


def test_a_priced_night_uses_no_free_night_but_its_stay_counts():
    kept = [KeptNight(day(n), PRICED, DISTRICT, stay="one", arrival=day(0)) for n in range(3)]

    assert PerYear(7, DISTRICT).days(kept) == []
    assert StaysInAll(3, DISTRICT).days(kept) == [day(0)]


def test_an_extra_holds_from_its_first_night_to_the_eve_of_its_end():
    cap, extra = PerYear(0, DISTRICT), Extra(1, date(2028, 2, 28), date(2028, 3, 1))

    assert [
        grant([night], [cap], (), (), [extra]).free
        for night in (date(2028, 2, 27), date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1))
    ] == [0, 1, 1, 0]


def test_too_many_stays_refuse_every_night_also_at_a_price():
    kept = free(day(0), stay="one")

    granted = grant([day(10), day(11)], [StaysInAll(1, DISTRICT)], TIERS, kept)
    assert granted.prices == (None, None)


def test_what_a_stay_may_have_free_is_given_first_and_then_priced():
    granted = grant([day(n) for n in range(5)], [PerStay(2, DISTRICT)], TIERS, ())

    assert [price and price.percent for price in granted.prices] == [0, 0, 50, 50, None]
    assert granted.prices[0] == NOTHING


@pytest.mark.parametrize(
    ("begins", "months", "end"),
    [
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 12, 15), 1, date(2029, 1, 15)),
        (date(2028, 3, 31), -1, date(2028, 2, 29)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(begins, months, end):
    assert later_by_months(begins, months) == end
