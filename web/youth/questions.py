"""The four questions that decide, and the chips that answer them."""

from datetime import date

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Person
from accounts.reasons import Sentence
from eligibility.models import Policy
from eligibility.policies import terms_of

RECENT, LONG_AGO = 4, 17  # years since graduation: shown at once, and at all


def educations() -> list[dict]:
    """What one studies or studied: ``value`` and ``label``."""
    return [{"value": value, "label": label} for value, label in Person.Education.choices]


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


def homes() -> list[dict]:
    """Whether one has a home in the district."""
    return [{"value": "no", "label": _("No home there")}, {"value": "yes", "label": _("I have one, or my parents")}]


def purposes_of(policy: Policy) -> list[dict]:
    """What the policy lets one come for, in the order of its file."""
    return [
        {"value": key, "label": str(Sentence("%(name)s", {"name": names}))}
        for key, names in terms_of(policy).purposes.items()
    ]
