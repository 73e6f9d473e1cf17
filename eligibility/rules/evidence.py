"""A proof that is needed: which ones are accepted, by when, and whether the original may be shown at the desk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from eligibility.facts import Facts, Proof
from eligibility.reasons import ASK, MET, MISSING, Fix, Reason
from eligibility.rule import Rule
from hostel.nights import end_of_night
from hostel.spans import Span

ACCEPTED = "accepted"
# A rule knows neither stay nor decision: the step is how it goes, until `leading_to` says where.
HAND_IN = Fix("evidence", _("How to hand it in"), "/help/#proof")
SEE = Fix("me", _("See how it stands"), "/me/")


def leading_to(href: str, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """``reasons``, where the step that hands in a proof leads to ``href``: the page of the stay or of the decision."""
    there = Fix(HAND_IN.kind, _("Add it"), href)
    return tuple(replace(reason, fix=there) if reason.fix == HAND_IN else reason for reason in reasons)


@dataclass(frozen=True, kw_only=True)
class Evidence(Rule):
    """One of ``accepted``, each with its words and, where it does not serve them all, the purposes it serves.

    Several such rules may stand in one policy: a proof for each of them is needed. With ``purposes`` the rule asks
    only those who come for one of these. A proof is handed in ``within`` a span after booking, at the latest before
    the first night is over; what is left out there says the order of steps. A ``dated`` proof must speak of a day
    within ``days_around`` of the nights, where that is said. Its pictures are kept for ``keep_days`` after the nights.
    """

    kind = "evidence"
    name = _("Proof")
    says = _(
        "One of {accepted}, from who comes for {purposes}; may be shown at the desk: {may_be_shown_at_desk}; handed in "
        "within {within}; its dates within {days_around} days of the nights; pictures kept for {keep_days} days"
    )
    code = "EVIDENCE"
    rank = 100
    values = {
        "accepted": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "key": {"$ref": "#/$defs/key"},
                    "label": {"$ref": "#/$defs/words"},
                    "purposes": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                    "dated": {"type": "boolean"},
                    "sample": {"$ref": "#/$defs/words"},
                },
                "required": ["key", "label"],
                "additionalProperties": False,
            },
        },
        "purposes": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
        "may_be_shown_at_desk": {"type": "boolean"},
        "within": {"$ref": "#/$defs/span"},
        "days_around": {"type": "integer", "minimum": 0, "maximum": 366},
        "keep_days": {"type": "integer", "minimum": 1, "maximum": 730},
    }
    required = ("accepted", "may_be_shown_at_desk")

    accepted: tuple[Mapping, ...]
    purposes: tuple[str, ...] = ()
    may_be_shown_at_desk: bool
    within: Mapping = field(default_factory=lambda: {"value": 24, "unit": "hour"})
    days_around: int | None = None
    keep_days: int = 30

    @classmethod
    def wrong(cls, data):
        keys = [proof["key"] for proof in data["accepted"]]
        for n, key in enumerate(keys):
            if key in keys[:n]:
                yield f"accepted[{n}].key", f"{key!r} stands twice"
        if "days_around" in data and not any(proof.get("dated") for proof in data["accepted"]):
            yield "days_around", "needs a proof that is dated"

    @classmethod
    def purposes_in(cls, data):
        yield "purposes", data.get("purposes", [])
        for n, proof in enumerate(data["accepted"]):
            yield f"accepted[{n}].purposes", proof.get("purposes", [])

    @property
    def counts_working_days(self):
        """As others do; and where a person looks at the proof, who may take working days to do so."""
        return not self.may_be_shown_at_desk or super().counts_working_days

    def serving(self, purpose: str | None) -> tuple[Mapping, ...]:
        """The accepted proofs that serve ``purpose``; where none does, all of them."""
        return tuple(one for one in self.accepted if purpose in one.get("purposes", (purpose,))) or self.accepted

    def judge(self, facts):
        purpose = facts.wish.purpose
        if self.purposes and purpose is not None and purpose not in self.purposes:
            yield self.reason(MET, _("For what you come for this proof is not needed"), used=purpose)
            return
        serving = self.serving(purpose)
        proofs = {
            "proofs": (
                " / ".join(proof["label"]["zh"] for proof in serving),
                " / ".join(proof["label"]["en"] for proof in serving),
            )
        }
        by_key = {proof["key"]: proof for proof in serving}
        mine = [proof for proof in facts.proofs if proof.kind in by_key]
        fitting = [proof for proof in mine if self._fits(proof, by_key[proof.kind], facts)]
        about = {"used": sorted({proof.kind for proof in fitting or mine}) or None, "needed": list(by_key)}
        if any(proof.state == ACCEPTED for proof in fitting):
            yield self.reason(MET, _("Your proof has been accepted"), **about)
        elif fitting and self.may_be_shown_at_desk:
            text = _("Your proof is being looked at; the original may be shown at the desk: %(proofs)s")
            yield self.reason(MET, text, proofs, **about)
        elif fitting:
            text = _("A person looks at the proof that you sent: %(proofs)s")
            yield self.reason(ASK, text, proofs, fix=SEE, **about)
        elif self.may_be_shown_at_desk:
            text = (
                _("Bring one of these; the original may be shown at the desk: %(proofs)s")
                if len(serving) > 1
                else _("Bring this; the original may be shown at the desk: %(proofs)s")
            )
            yield self.reason(MET, text, proofs, **about)
        else:
            text, values = _("Still needed: %(proofs)s"), proofs
            if mine:
                text = _("Your proof speaks of other days (%(said)s); still needed, for your days: %(proofs)s")
                values = proofs | {"said": mine[0].first or mine[0].last}
            yield self.reason(MISSING, text, values, fix=HAND_IN, by=self._due(facts), **about)

    def _fits(self, proof: Proof, accepted: Mapping, facts: Facts) -> bool:
        """Whether the days of a dated proof are near the nights; those it does not say are for a person to see."""
        said = [day for day in (proof.first, proof.last) if day]
        if self.days_around is None or not accepted.get("dated") or not said:
            return True
        around = timedelta(days=self.days_around)
        last_night = facts.wish.departure or facts.day
        return min(said) - last_night <= around and facts.day - max(said) <= around

    def _due(self, facts: Facts) -> datetime:
        due = Span.read(self.within).after(facts.now, facts.shifted_days)
        # A proof that comes when the first night is over serves no stay.
        return min(due, end_of_night(facts.wish.arrival)) if facts.wish.arrival else due
