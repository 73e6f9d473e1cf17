"""What comes first, the bed or the proof; and how long a bed is held meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, Sentence
from eligibility.rule import Statement, joined
from hostel.spans import Span

AFTER_A_NO = {
    "rebook": _("after a no, one books anew"),
    "keep": _("after a no, what was wanted can be handed in while the bed is still held"),
}


@dataclass(frozen=True, kw_only=True)
class Order(Statement):
    """``first``: book (a bed is held while proof and answer are awaited) or qualify (no bed before that).

    ``hold_minutes`` is how long a bed is held while the guest fills in the rest, ``proof_within`` how long it waits for
    a proof where the rule of that proof says nothing else. ``on_refusal`` says what is to be done after a no: book
    anew, or hand in what was wanted and keep the bed until its time is over.
    """

    kind = "order"
    name = _("Order of steps")
    says = _(
        "First {first}; a bed is held for {hold_minutes} minutes while details are filled in, and for proof "
        "{proof_within}; after a no: {on_refusal}"
    )
    code = "ORDER"
    rank = 130
    once = True
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
    on_refusal: str = ""

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

    def statement(self):
        if self.books_first:
            text = _("Book first: the bed is held while you fill in the rest (%(minutes)s minutes)")
            parts = [Sentence(text, {"minutes": self.hold_minutes})]
        else:
            parts = [Sentence(_("Qualify first: a bed can be booked once your proof has been accepted"))]
        if self.on_refusal:
            parts.append(Sentence(AFTER_A_NO[self.on_refusal]))
        return self.reason(MET, "%(said)s", {"said": joined(parts)}, needed=self.first)
