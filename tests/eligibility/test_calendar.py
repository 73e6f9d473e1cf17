"""Officers correct the working calendar, and every change is on the record."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed
from eligibility.calendar import correct_day, withdraw_correction
from eligibility.reasons import Refused
from hostel.models import WorkdayCorrection
from hostel.working_days import shifted_days
from tests.conftest import FRIDAY, NOW, SATURDAY, moment

NOTICE = "国务院办公厅通知"


def correct(day, is_working, actor, because=NOTICE, now=NOW):
    return correct_day(day, is_working=is_working, because=because, now=now, actor=actor)


def refusal(do):
    with pytest.raises(Refused) as no:
        do()
    (reason,) = no.value.reasons
    assert reason.fix.href.startswith("/office/calendar/?year=")
    return reason


def test_a_correction_counts_at_once_and_is_on_the_record(officer):
    correction = correct(SATURDAY, True, officer)

    assert shifted_days(SATURDAY, SATURDAY) == {SATURDAY}
    assert (correction.written_by, correction.written_at) == (f"user {officer.pk}", NOW)
    deed = Deed.objects.get(what="correct_workday")
    assert (deed.actor, deed.about, deed.reason, deed.values) == (officer, "2026-03-07", NOTICE, {"is_working": True})


def test_the_same_said_twice_is_said_once(officer):
    assert correct(SATURDAY, True, officer) == correct(SATURDAY, True, officer)

    assert Deed.objects.filter(what="correct_workday").count() == 1


def test_a_corrected_day_is_not_corrected_over_it(officer):
    correct(SATURDAY, True, officer)

    for is_working, because in ((False, NOTICE), (True, "另一份通知")):
        reason = refusal(lambda said=(is_working, because): correct(SATURDAY, said[0], officer, said[1]))
        assert reason.code == "CORRECTED"
        assert reason.sentence.say("en") == f"7 Mar 2026 is corrected already: {NOTICE}"
        assert reason.sentence.say("zh-hans") == f"2026年3月7日已经更正过：{NOTICE}。要改，先撤回那一条"
    assert WorkdayCorrection.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "is_working", "zh", "en"),
    [
        (FRIDAY, True, "2026年3月6日本来就是工作日", "6 Mar 2026 is a working day already"),
        (SATURDAY, False, "2026年3月7日本来就休息", "7 Mar 2026 is a day off already"),
        (date(2026, 10, 1), False, "2026年10月1日本来就休息", "1 Oct 2026 is a day off already"),
        (date(2026, 10, 10), True, "2026年10月10日本来就是工作日", "10 Oct 2026 is a working day already"),
    ],
)
def test_what_the_calendar_says_already_needs_no_correction(officer, day, is_working, zh, en):
    reason = refusal(lambda: correct(day, is_working, officer))

    assert reason.code == "AS_IT_IS"
    assert (reason.sentence.say("zh-hans"), reason.sentence.say("en")) == (zh, en)


def test_a_day_that_no_decision_looks_back_to_is_over(officer):
    reason = refusal(lambda: correct(FRIDAY - timedelta(8), False, officer))

    assert reason.code == "PAST"
    assert reason.sentence.say("en") == "26 Feb 2026 is over; what was decided with it stays as it was"
    correct(FRIDAY - timedelta(7), False, officer, now=moment(SATURDAY, 5, 59))


def test_a_withdrawn_correction_counts_no_more_and_another_may_follow(officer):
    correct(SATURDAY, True, officer)
    withdraw_correction(SATURDAY, now=NOW, actor=officer)

    assert shifted_days(SATURDAY, SATURDAY) == frozenset()
    assert Deed.objects.get(what="withdraw_workday").about == "2026-03-07"
    correct(SATURDAY, True, officer, "另一份通知")
    assert WorkdayCorrection.objects.count() == 2


def test_nothing_is_withdrawn_twice(officer):
    correct(SATURDAY, True, officer)
    withdraw_correction(SATURDAY, now=NOW, actor=officer)

    reason = refusal(lambda: withdraw_correction(SATURDAY, now=NOW, actor=officer))
    assert reason.code == "NOT_CORRECTED"
    assert reason.sentence.say("en") == "No correction of 7 Mar 2026 stands"
    assert Deed.objects.filter(what="withdraw_workday").count() == 1
