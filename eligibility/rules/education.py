"""The least education that counts, with the vocational ranks that count as well."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule

LADDER = ("secondary_vocational", "junior_college", "bachelor", "master", "doctor")
OFF_THE_LADDER = ("pre_technician", "technician")


@dataclass(frozen=True, kw_only=True)
class Education(Rule):
    """At least ``min``; the vocational ranks in ``also`` count too, whatever ``min`` is."""

    kind = "education"
    code = "EDUCATION"
    rank = 20
    values = {
        "min": {"enum": list(LADDER)},
        "also": {"type": "array", "items": {"enum": [*LADDER, *OFF_THE_LADDER]}, "uniqueItems": True},
    }
    required = ("min",)

    min: str
    also: tuple[str, ...] = ()

    def judge(self, facts):
        needed = {"min": self.min, "also": list(self.also)}
        least = Person.Education(self.min).label
        if facts.education is None:
            yield self.unknown(facts, "education", _("Tell us what you study or studied"), needed=needed)
            return
        counts = facts.education in LADDER and LADDER.index(facts.education) >= LADDER.index(self.min)
        met = counts or facts.education in self.also
        yield self.reason(
            MET if met else NOT_MET,
            _("Your education counts: %(said)s") if met else _("Needed: %(least)s or above; you said: %(said)s"),
            {"least": least, "said": Person.Education(facts.education).label},
            used=facts.education,
            source=facts.source("education"),
            needed=needed,
            fix=None if met else Fix("change_answer", _("Change the answer"), "/check/#education"),
        )
