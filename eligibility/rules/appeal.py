"""Whoever is not passed by a person may have a second one look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, Sentence
from eligibility.rule import Statement, joined, two_languages
from eligibility.rules.review import OFFICE
from hostel.spans import Span


@dataclass(frozen=True, kw_only=True)
class Appeal(Statement):
    """A second person answers ``within`` a span; ``by`` names who that is."""

    kind = "appeal"
    name = _("Appeal")
    says = _("Who was not passed may appeal; a second person answers within {within}: {by}")
    code = "APPEAL"
    rank = 125
    once = True
    values = {"within": {"$ref": "#/$defs/span"}, "by": {"$ref": "#/$defs/words"}}
    required = ("within",)

    within: dict[str, int | str]
    by: dict[str, str] | None = None

    @property
    def whom(self) -> Sentence:
        """Who answers."""
        return two_languages(self.by) if self.by else Sentence(OFFICE)

    def due(self, now: datetime, shifted_days: Collection[date]) -> datetime:
        """The moment by which an appeal made at ``now`` is answered."""
        return Span.read(self.within).after(now, shifted_days)

    def statement(self):
        text = _("If a person says no, you may appeal: somebody else answers within %(within)s (%(whom)s)")
        said = {"within": Span.read(self.within).said, "whom": joined([self.whom])}
        return self.reason(MET, text, said, needed=self.within)
