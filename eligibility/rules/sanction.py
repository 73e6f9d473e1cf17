"""What follows a false proof, or missed stays, beside a pause: booking is closed for a time or for ever."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, NOT_MET, Fix
from eligibility.rule import Rule, named
from hostel.nights import business_day


@dataclass(frozen=True, kw_only=True)
class Sanction(Rule):
    """After ``count`` cases of what stands in ``of``, booking is closed for ``pause_days``; null is for ever.

    False proofs are those that a reviewer found, no-shows those that were not lifted. ``words`` are what the policy
    says of it, said to everybody.
    """

    kind = "sanction"
    name = _("Sanction")
    says = _("After {count} of {of}, booking is closed for {pause_days} days (nothing: for ever); said as: {words}")
    code = "BARRED"
    rank = 95
    clearable = False
    values = {
        "of": {
            "type": "array",
            "items": {"enum": ["false_proof", "no_show"]},
            "minItems": 1,
            "uniqueItems": True,
        },
        "count": {"type": "integer", "minimum": 1, "maximum": 99},
        "pause_days": {"type": ["integer", "null"], "minimum": 1, "maximum": 3660},
        "words": {"$ref": "#/$defs/words"},
    }
    required = ("of", "pause_days")

    of: tuple[str, ...]
    count: int = 1
    pause_days: int | None
    words: dict[str, str] | None = None

    def judge(self, facts):
        days = sorted(business_day(moment) for moment in self._cases(facts))
        needed = {"count": self.count, "pause_days": self.pause_days}
        about = {"used": len(days), "needed": needed}
        if len(days) >= self.count:
            until = None if self.pause_days is None else days[-1] + timedelta(days=self.pause_days)
            if until is None or facts.today < until:
                fix = Fix("explain", _("Tell us why"), "/me/")
                values = {"day": days[-1], "until": until}
                yield self.reason(NOT_MET, self._refusal(until), values, fix=fix, **about)
                return
        if self.words:
            yield self.reason(MET, "%(words)s", {"words": named(self.words)}, **about)
        else:
            yield self.reason(MET, _("Nothing on record that closes booking to you"), **about)

    def _cases(self, facts):
        if "false_proof" in self.of:
            yield from facts.history.false_proofs
        if "no_show" in self.of:
            yield from facts.history.no_shows

    def _refusal(self, until):
        if self.of == ("false_proof",):
            if until is None:
                return _("Booking is closed to you: on %(day)s a proof was found to be false")
            return _("Booking is closed to you until %(until)s: on %(day)s a proof was found to be false")
        if until is None:
            return _("Booking is closed to you after what happened on %(day)s")
        return _("Booking is closed to you until %(until)s after what happened on %(day)s")
