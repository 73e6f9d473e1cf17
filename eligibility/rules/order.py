"""What comes first, the bed or the proof; and how long a bed is held meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET
from eligibility.rule import Rule
from hostel.spans import Span


@dataclass(frozen=True, kw_only=True)
class Order(Rule):
    """``first``: book (a bed is held while proof and answer are awaited) or qualify (no bed before that)."""

    kind = "order"
    name = _("Order of steps")
    says = _(
        "First {first}; a bed is held for {hold_minutes} minutes while details are filled in, for proof {proof_within}"
    )
    code = "ORDER"
    rank = 130
    clearable = False
    values = {
        "first": {"enum": ["book", "qualify"]},
        "hold_minutes": {"type": "integer", "minimum": 1, "maximum": 1440},
        "proof_within": {"$ref": "#/$defs/span"},
        "on_refusal": {"enum": ["rebook", "keep"]},
    }
    required = ("first",)

    first: str = "book"
    hold_minutes: int = 10
    proof_within: dict[str, int | str] = field(default_factory=lambda: {"value": 24, "unit": "hour"})
    on_refusal: str = "rebook"

    @property
    def books_first(self) -> bool:
        return self.first == "book"

    @property
    def hold(self) -> timedelta:
        """How long a bed is held while the guest fills in the rest."""
        return timedelta(minutes=self.hold_minutes)

    def proof_due(self, now: datetime, shifted_days: Collection[date]) -> datetime:
        """The moment until which a bed booked at ``now`` waits for its proof."""
        return Span.read(self.proof_within).after(now, shifted_days)

    def judge(self, facts):
        if self.books_first:
            text = _("Book first: the bed is held while you fill in the rest (%(minutes)s minutes)")
        else:
            text = _("Qualify first: a bed can be booked once your proof has been accepted")
        yield self.reason(MET, text, {"minutes": self.hold_minutes}, needed=self.first)
