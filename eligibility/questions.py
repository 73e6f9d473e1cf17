"""What a policy asks of a person: of the facts that everybody can be asked for, and the questions of its own rules.

Nothing names the facts that a kind of rule looks at: what is asked is what some rule answers `missing` for.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Person
from eligibility.evaluation import judged
from eligibility.facts import Facts
from eligibility.models import Policy
from eligibility.policies import terms_of
from eligibility.reasons import MISSING, Reason, Sentence
from eligibility.rule import Question, Rule
from eligibility.rules.home import Home
from eligibility.rules.purpose import Purpose

EDUCATION = Question(
    "education",
    Sentence(_("What do you study, or did you study?")),
    tuple((value, Sentence(label)) for value, label in Person.Education.choices),
)
# Answered by a year, and by the month where it decides.
GRADUATION = Question("graduation", Sentence(_("When do you graduate, or did you?")), ())
HOME = "home_in_district"
HAVE_OR_NOT = (("no", Sentence(pgettext_lazy("a home", "No"))), ("yes", Sentence(pgettext_lazy("a home", "Yes"))))
FACTS = (EDUCATION.key, GRADUATION.key, HOME)  # of a person, that they say themselves


def questions_about(policy: Policy, facts: Facts) -> tuple[Question, ...]:
    """What is to be asked of the person of ``facts``, each question once: what the rules of everything that is given
    for their purpose cannot do without. While the purpose is not said, that is every purpose."""
    return _asked(policy, facts)


def every_question(policy: Policy, facts: Facts) -> tuple[Question, ...]:
    """What was or is to be asked of the person of ``facts``: as if nothing had been answered, and what their answers
    bring up."""
    return _asked(policy, facts, unsaid(facts))


def unsaid(facts: Facts) -> Facts:
    """The facts of the same person before they answered anything."""
    return replace(facts, answers={}, education=None, graduation=None, home_in_district=None)


def question_of(reason: Reason) -> str:
    """The key of the question that a missing answer is about: the place on the check to which its fix leads; or ""."""
    if reason.verdict != MISSING or reason.fix is None:
        return ""
    page, _mark, key = reason.fix.href.partition("#")
    return key if page == "/check/" else ""


def _asked(policy, facts, *others):
    rules = _rules_for(policy, facts)
    terms = terms_of(policy)
    missing = {question_of(reason) for each in (facts, *others) for _place, reason in judged(rules, each, terms)}
    return tuple(question for question in _questions_of(rules) if question.key in missing)


def _rules_for(policy: Policy, facts: Facts) -> list[Rule]:
    today = terms_of(policy).on(facts.day)
    serving = [
        given
        for given in today.entitlements
        if any(facts.wish.purpose in rule.purposes for rule in given.rules if isinstance(rule, Purpose))
    ]
    return [*today.rules, *(rule for given in serving or today.entitlements for rule in given.rules)]


def _questions_of(rules: Iterable[Rule]) -> Iterable[Question]:
    rules = tuple(rules)
    yield EDUCATION
    yield GRADUATION
    for home in [rule for rule in rules if isinstance(rule, Home)][:1]:
        yield Question(HOME, home.question_text, HAVE_OR_NOT)
    own: dict[str, Question] = {}
    for question in (question for rule in rules for question in rule.questions()):
        own.setdefault(question.key, question)
    yield from own.values()
