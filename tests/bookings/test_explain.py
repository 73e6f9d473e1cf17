"""`manage.py explain CODE`: why, years later."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from bookings.booking import book
from eligibility.policy_file import load_policy
from eligibility.reasons import Refused
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SUNDAY
from tests.eligibility.cases import SAMPLE

TWO = Nights(FRIDAY, SUNDAY)


def explained(code, capsys, *options):
    call_command("explain", code, *options)
    return capsys.readouterr().out


def test_a_stay_is_explained_rule_by_rule(hostel, lin, capsys):
    stay = book(guest=lin, hostel=hostel, nights=TWO, purpose="interview", now=NOW)

    said = explained(stay.code.lower(), capsys)

    assert f"决定 {stay.assessment.code} ({stay.code}), 作出于 2026-03-06 10:00, 按 wuzhong-sample/1" in said
    assert "结果: 可以住\n凭: 4天3晚" in said
    assert (
        "✓ 年龄 24 岁，符合  [AGE · age]\n    条款: 第二条 年满 18 周岁、不超过 35 周岁。\n    用到的值: 24 (" in said
    )
    assert "用到的值: 24 (本人填写)\n    要求: min 18, max 35\n" in said
    assert "用到的值: 否 (本人填写)\n    要求: 否\n" in said
    assert said.endswith("= 重新判断：结果相同\n")
    assert lin.name not in said


def test_a_refusal_is_explained_by_its_own_code_also_after_the_rules_have_changed(hostel, people, capsys, tmp_path):
    old = people("高龄", birth_date=date(1980, 1, 1))
    with pytest.raises(Refused) as no:
        book(guest=old, hostel=hostel, nights=TWO, purpose="interview", now=NOW)
    before = explained(no.value.assessment, capsys, "--language", "en")
    kinder = tmp_path / "kinder.yaml"
    kinder.write_text(
        SAMPLE.read_text("utf-8").replace("max: 35", "max: 60").replace("2023-01-01", "2026-03-06"), "utf-8"
    )
    assert load_policy(kinder, now=NOW).version == 2

    after = explained(no.value.assessment, capsys, "--language", "en")

    assert after == before
    assert "outcome: no" in after
    assert "value used: bachelor (declared)\n    needed: min junior_college, also pre_technician, technician\n" in after
    assert after.endswith("= re-evaluated: the same answer\n")
    assert "✗ Age must be 18–35; your ID says 46  [AGE · age]" in after
    assert "next step: Events are open to you all the same → /events/" in after


def test_an_unknown_code_is_said(wuzhong):
    with pytest.raises(CommandError, match="no stay and no decision with the code ABC234"):
        call_command("explain", "ABC234")
