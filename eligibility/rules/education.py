"""The education that counts: by its level or by name, whether it is full-time, and of what class the school is."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from eligibility.reasons import MET, NOT_MET, Fix, Sentence
from eligibility.rule import YES_OR_NO, Question, Rule, joined

LADDER = ("secondary_vocational", "junior_college", "bachelor", "master", "doctor")
OFF_THE_LADDER = ("pre_technician", "technician")
CLASSES = {
    "double_first_class": _("Double First-Class university"),
    "double_first_class_subject": _("Double First-Class subject"),
    "project_985": _("Project 985 university"),
    "project_211": _("Project 211 university"),
    "overseas_ranked": _("ranked university abroad"),
}
LABELS = dict(Person.Education.choices)
FULL_TIME = Question("full_time", Sentence(_("Is or was your study full-time?")), YES_OR_NO)


@dataclass(frozen=True, kw_only=True)
class Education(Rule):
    """At least ``min``, or one of ``accepted``; what stands in ``also`` counts too, whatever ``min`` is.

    With ``full_time`` the study must be or have been full-time; ``school_class`` names classes of school, of which
    the school must be one.
    """

    kind = "education"
    name = _("Education")
    says = _(
        "At least {min}, and {also} as well; or one of {accepted}; full-time only: {full_time}; "
        "at a school that is one of {school_class}"
    )
    code = "EDUCATION"
    rank = 20
    values = {
        "min": {"enum": list(LADDER)},
        "also": {"type": "array", "items": {"enum": [*LADDER, *OFF_THE_LADDER]}, "uniqueItems": True},
        "accepted": {
            "type": "array",
            "items": {"enum": [*LADDER, *OFF_THE_LADDER]},
            "minItems": 1,
            "uniqueItems": True,
        },
        "full_time": {"type": "boolean"},
        "school_class": {"type": "array", "items": {"enum": list(CLASSES)}, "minItems": 1, "uniqueItems": True},
    }

    min: str = ""
    also: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    full_time: bool = False
    school_class: tuple[str, ...] = ()

    @classmethod
    def wrong(cls, data):
        if "min" in data and "accepted" in data:
            yield "accepted", "either this or min"
        elif not (data.keys() & {"min", "accepted", "school_class"} or data.get("full_time")):
            yield "min", "must be said, or accepted, full_time or school_class"

    def questions(self):
        if self.full_time:
            yield FULL_TIME
        if self.school_class:
            yield self._school_question()

    def judge(self, facts):
        if self.min or self.accepted:
            yield self._level(facts)
        if self.full_time:
            yield self._full_time(facts)
        if self.school_class:
            yield self._school(facts)

    def _level(self, facts):
        said = facts.education
        needed = {"accepted": list(self.accepted)} if self.accepted else {"min": self.min, "also": list(self.also)}
        if said is None:
            return self.unknown(facts, "education", _("Tell us what you study or studied"), needed=needed)
        met = said in self.also or said in self.accepted or self._is_on_the_ladder(said)
        if met:
            text, values = _("Your education counts: %(said)s"), {}
        elif self.accepted:
            text = (
                _("Needed: one of %(accepted)s; you said: %(said)s")
                if len(self.accepted) > 1
                else _("Needed: %(accepted)s; you said: %(said)s")
            )
            values = {"accepted": joined([Sentence(label_of(one)) for one in self.accepted], "、", ", ")}
        else:
            text, values = _("Needed: %(least)s or above; you said: %(said)s"), {"least": label_of(self.min)}
        return self.reason(
            MET if met else NOT_MET,
            text,
            values | {"said": label_of(said)},
            used=said,
            source=facts.source("education"),
            needed=needed,
            fix=None if met else Fix("change_answer", _("Change the answer"), "/check/#education"),
        )

    def _is_on_the_ladder(self, said):
        return bool(self.min) and said in LADDER and LADDER.index(said) >= LADDER.index(self.min)

    def _full_time(self, facts):
        said = self.answer(facts, FULL_TIME)
        if said is None:
            return replace(self.unanswered(facts, FULL_TIME, "yes"), code="FULL_TIME")
        met = said == "yes"
        return self.reason(
            MET if met else NOT_MET,
            _("You said that you study or studied full-time")
            if met
            else _("Only full-time study counts here; you said that yours is not"),
            code="FULL_TIME",
            used=said,
            source=facts.source(FULL_TIME.key),
            needed="yes",
            fix=None if met else Fix("change_answer", _("Change the answer"), f"/check/#{FULL_TIME.key}"),
        )

    def _school(self, facts):
        question = self._school_question()
        said = self.answer(facts, question)
        if said is None:
            return replace(self.unanswered(facts, question, list(self.school_class)), code="SCHOOL_CLASS")
        met = said == "yes"
        return self.reason(
            MET if met else NOT_MET,
            _("You said that your school is a %(classes)s")
            if met
            else _("Your school must be a %(classes)s; you said that it is none"),
            question.text.values,
            code="SCHOOL_CLASS",
            used=said,
            source=facts.source(question.key),
            needed=list(self.school_class),
            fix=None if met else Fix("change_answer", _("Change the answer"), f"/check/#{question.key}"),
        )

    def _school_question(self):
        classes = joined([Sentence(CLASSES[one]) for one in self.school_class], "、", " / ")
        text = Sentence(_("Is or was your school a %(classes)s?"), {"classes": classes})
        return Question("-".join(["school_class", *sorted(self.school_class)]), text, YES_OR_NO)


def label_of(education: str):
    """What people call it, lazily; what is no education we know is called as it was written."""
    return LABELS.get(education, education)
