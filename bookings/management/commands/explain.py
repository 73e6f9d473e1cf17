"""manage.py explain CODE: why a decision was made, as a person would read it."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.reasons import ASK, CHINESE, ENGLISH, MET, MISSING, NOT_MET
from bookings.models import Stay
from eligibility.evaluation import replay
from eligibility.facts import DECLARED, RECORD, VERIFIED
from eligibility.models import Assessment

OUTCOMES = {
    CHINESE: {"yes": "可以住", "no": "不能住", "tell_us_more": "还差一些信息或材料", "ask_a_person": "要人工审核"},
    ENGLISH: {"yes": "yes", "no": "no", "tell_us_more": "tell us more", "ask_a_person": "a person must look"},
}
MARKS = {MET: "✓", NOT_MET: "✗", MISSING: "…", ASK: "?"}
LABELS = {
    CHINESE: ("决定", "作出于", "按", "结果", "凭", "条款", "用到的值", "要求", "下一步", "截止", "由"),
    ENGLISH: ("Decision", "made", "by", "outcome", "by the entitlement", "clause", "value used", "needed", "next step",
              "by", "who"),
}  # fmt: skip
SOURCES = {
    CHINESE: {DECLARED: "本人填写", VERIFIED: "已核对证件", RECORD: "系统记录"},
    ENGLISH: {DECLARED: "declared", VERIFIED: "verified", RECORD: "record"},
}
AGAIN = {
    CHINESE: ("重新判断：结果相同", "重新判断：和当时的结果不同"),
    ENGLISH: ("re-evaluated: the same answer", "re-evaluated: NOT the same answer as then"),
}


class Command(BaseCommand):
    help = "Prints a decision again, from the facts and the rules it was made by: of a stay, or by its own code."

    def add_arguments(self, parser):
        parser.add_argument("code", help="of a stay (six characters) or of a decision (eight)")
        parser.add_argument("--language", choices=[CHINESE, ENGLISH], default=CHINESE)

    def handle(self, *, code, language, **options):
        code = code.strip().upper()
        found = Assessment.objects.select_related("policy").filter(code=code).first()
        if found is None and (stay := Stay.objects.select_related("assessment__policy").filter(code=code).first()):
            found = stay.assessment
        if found is None:
            raise CommandError(f"there is no stay and no decision with the code {code}")
        for line in told(found, language):
            self.stdout.write(line)


def told(assessment: Assessment, language: str) -> list[str]:
    """The decision as lines of text: what, when, by which rules, and each rule's answer with what it was made from."""
    decision = replay(assessment)
    what, made, by, outcome, given, clause, used, needed, step, until, whom = LABELS[language]
    moment = timezone.localtime(assessment.made_at)
    about = f" ({assessment.about})" if assessment.about else ""
    lines = [
        f"{what} {assessment.code}{about}, {made} {moment:%Y-%m-%d %H:%M}, {by} {decision.policy}",
        f"{outcome}: {OUTCOMES[language][decision.outcome]}",
    ]
    if decision.outcome == "yes":
        lines.append(f"{given}: {decision.label.say(language)}")
    for reason in decision.reasons:
        said = reason.as_data()
        short = "zh" if language == CHINESE else "en"
        lines += ["", f"{MARKS[reason.verdict]} {said[f'sentence_{short}']}  [{reason.code} · {reason.rule_id}]"]
        if words := reason.clause.say(language) if not isinstance(reason.clause, str) else reason.clause:
            lines.append(f"    {clause}: {words}")
        if said["value_used"] is not None:
            source = SOURCES[language].get(reason.value_source, reason.value_source)
            lines.append(f"    {used}: {plainly(said['value_used'], language)} ({source})")
        if words := plainly(said["needed"], language):
            lines.append(f"    {needed}: {words}")
        if said["by"]:
            lines.append(f"    {until}: {timezone.localtime(reason.by):%Y-%m-%d %H:%M}")
        if said[f"whom_{short}"]:
            lines.append(f"    {whom}: {said[f'whom_{short}']}")
        if said["fix"]:
            lines.append(f"    {step}: {said['fix'][f'label_{short}']} → {said['fix']['href']}")
    kept = [verdict["verdict"] for verdict in assessment.verdicts]
    now = [reason.verdict for reason in decision.reasons]
    same = (decision.outcome, sorted(now)) == (assessment.outcome, sorted(kept))
    lines += ["", "= " + AGAIN[language][0 if same else 1]]
    return lines


def plainly(value: Any, language: str) -> str:
    """A value of a reason without the signs of a program: ``min 18, max 35``; what is not said is left out."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {said}" for name in value if (said := plainly(value[name], language)))
    if isinstance(value, list):
        return ", ".join(filter(None, (plainly(each, language) for each in value)))
    if isinstance(value, bool):
        return ({True: "是", False: "否"} if language == CHINESE else {True: "yes", False: "no"})[value]
    return "" if value is None else str(value)
