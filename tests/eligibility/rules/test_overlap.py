from datetime import timedelta

import pytest

from eligibility.rules.overlap import Overlap
from tests.eligibility.cases import TODAY, answer, facts, kept, stay

OVERLAP = Overlap(id="overlap")
FROM = TODAY + timedelta(5)


@pytest.mark.parametrize(
    "in_days, verdict",
    [(4, "met"), (5, "not_met"), (6, "not_met"), (7, "met")],  # two nights from the fifth day on
)
def test_a_night_is_booked_once(in_days, verdict):
    one = kept(TODAY + timedelta(in_days))

    assert answer(OVERLAP, facts(nights=one, **stay(FROM, 2))).verdict == verdict


def test_a_half_price_night_in_a_sister_district_overlaps_as_well():
    one = kept(FROM, price_class="priced", network="gusu")

    reason = answer(OVERLAP, facts(nights=one, **stay(FROM, 2)))

    assert (reason.verdict, reason.value_used, reason.fix.href) == ("not_met", "ABC234", "/stays/ABC234/")


def test_open_dates_overlap_with_nothing():
    assert answer(OVERLAP, facts(nights=kept(TODAY), arrival=None, departure=None)).verdict == "met"
