"""How long a person may take to answer, who that is, and how long what they agreed to holds."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, Sentence
from eligibility.rule import Statement, joined, two_languages
from hostel.spans import Span

CHANNELS = {"sms": _("a text message"), "wechat": _("WeChat"), "in_app": _("these pages")}
OFFICE = _("the office of the hostel network")


@dataclass(frozen=True, kw_only=True)
class Review(Statement):
    """What a person must decide is decided ``within`` a span, by whom ``by`` names; the answer comes by ``notify``.

    What a person agreed to holds for arrivals until ``holds_days`` after their answer.
    """

    kind = "review"
    name = _("Answer by a person")
    says = _(
        "What a person must decide is answered within {within}, by {by}, and told by {notify}; "
        "what was agreed to holds for {holds_days} days"
    )
    code = "REVIEW"
    rank = 120
    once = True
    values = {
        "within": {"$ref": "#/$defs/span"},
        "by": {"$ref": "#/$defs/words"},
        "notify": {"type": "array", "items": {"enum": list(CHANNELS)}, "uniqueItems": True},
        "holds_days": {"type": "integer", "minimum": 1, "maximum": 3660},
    }
    required = ("within",)

    within: dict[str, int | str] = field(default_factory=lambda: {"value": 1, "unit": "working_day"})
    by: dict[str, str] | None = None
    notify: tuple[str, ...] = ("sms",)
    holds_days: int = 30  # for arrivals so many days after the answer

    @property
    def whom(self) -> Sentence:
        """Who answers."""
        return two_languages(self.by) if self.by else Sentence(OFFICE)

    def due(self, now: datetime, shifted_days: Collection[date]) -> datetime:
        """The moment by which a question asked at ``now`` is answered."""
        return Span.read(self.within).after(now, shifted_days)

    def statement(self):
        said = {"within": Span.read(self.within).said, "whom": joined([self.whom])}
        if self.notify:
            text = _("What a person must decide is answered within %(within)s by %(whom)s; you are told by %(notify)s")
            said["notify"] = joined([Sentence(CHANNELS[channel]) for channel in self.notify], "、", ", ")
        else:
            text = _("What a person must decide is answered within %(within)s by %(whom)s")
        return self.reason(MET, text, said, needed=self.within)
