"""The questions that decide, and the chips that answer them: those that the policy in force asks, and no other."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Person
from accounts.reasons import Sentence
from eligibility.models import Policy
from eligibility.policies import terms_of
from eligibility.questions import EDUCATION, GRADUATION, HOME
from eligibility.rule import Question
from web.templatetags.house import graduated
from web.youth.asked import OWN

RECENT, LONG_AGO = 4, 17  # years since graduation: shown at once, and at all


def groups(questions: Iterable[Question], said: Mapping[str, str], today: date, wrong: Mapping[str, str]) -> list[dict]:
    """The questions as groups of chips: ``id, name, legend, options, chosen, error``.

    ``said`` are the answers as an address carries them, ``wrong`` what is to mend, both by the name of the field.
    """
    return [
        {
            "id": question.key,
            "name": name_of(question),
            "legend": str(question.text),
            "options": _options(question, today),
            "chosen": said.get(name_of(question), ""),
            "error": wrong.get(question.key, ""),
        }
        for question in questions
    ]


def name_of(question: Question) -> str:
    """How the answer to ``question`` is called in a form and in an address."""
    return question.key if is_of_everybody(question) else f"{OWN}{question.key}"


def is_of_everybody(question: Question) -> bool:
    """Whether it asks for a fact that has its own field, not for one that only some rule knows."""
    return question.key in (EDUCATION.key, GRADUATION.key, HOME)


def _options(question, today):
    if question.key == GRADUATION.key:
        return graduation_years(today)
    return [{"value": value, "label": str(label)} for value, label in question.options]


def graduation_years(today: date) -> list[dict]:
    """The years one may name, the coming ones first; those long ago are ``earlier`` and shown when asked for."""
    return [
        {"value": str(year), "label": str(year), "earlier": year < today.year - RECENT}
        for year in range(today.year + 2, today.year - LONG_AGO - 1, -1)
    ]


def months() -> list[dict]:
    """The months, ``value`` as the field `graduation` writes them."""
    return [
        {"value": f"{number:02d}", "label": dateformat.format(date(2000, number, 1), pgettext("month", "M"))}
        for number in range(1, 13)
    ]


def purposes_of(policy: Policy) -> list[dict]:
    """What the policy lets one come for, in the order of its file."""
    return [
        {"value": key, "label": str(Sentence("%(name)s", {"name": names}))}
        for key, names in terms_of(policy).purposes.items()
    ]


def given(person: Person | None, questions: Iterable[Question]) -> list[dict]:
    """What ``person`` answered to ``questions``: ``key, asked`` (words for the question) and ``answer``, "" where
    there is none."""
    return [
        {"key": question.key, "asked": _asked(question), "answer": _answer(person or Person(), question)}
        for question in questions
    ]


def knows(person: Person | None, question: Question) -> bool:
    """Whether ``person`` has answered ``question`` before."""
    if person is None:
        return False
    if is_of_everybody(question):
        return getattr(person, question.key) not in ("", None)
    return any(person.answers.get(question.key) == value for value, _label in question.options)


def _asked(question):
    short = {EDUCATION.key: _("Education"), GRADUATION.key: _("Graduation")}
    return short.get(question.key) or str(question.text)


def _answer(person, question):
    if question.key == EDUCATION.key:
        return person.get_education_display()
    if question.key == GRADUATION.key:
        return graduated(person.graduation)
    labels = {value: str(label) for value, label in question.options}
    if question.key == HOME:
        return {None: "", True: labels["yes"], False: labels["no"]}[person.home_in_district]
    return labels.get(person.answers.get(question.key, ""), "")
