"""Which proofs are accepted, and whether the original may be shown at the desk on arrival."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, MISSING, Fix
from eligibility.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Evidence(Rule):
    """One of ``accepted``, each with its words and, where it does not serve them all, the purposes it serves."""

    kind = "evidence"
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
                },
                "required": ["key", "label"],
                "additionalProperties": False,
            },
        },
        "may_be_shown_at_desk": {"type": "boolean"},
    }
    required = ("accepted", "may_be_shown_at_desk")

    accepted: tuple[Mapping, ...]
    may_be_shown_at_desk: bool

    @classmethod
    def purposes_in(cls, data):
        for n, proof in enumerate(data["accepted"]):
            yield f"accepted[{n}].purposes", proof.get("purposes", [])

    def judge(self, facts):
        purpose = facts.wish.purpose
        serving = [proof for proof in self.accepted if purpose in proof.get("purposes", (purpose,))] or self.accepted
        proofs = {
            "proofs": (
                " / ".join(proof["label"]["zh"] for proof in serving),
                " / ".join(proof["label"]["en"] for proof in serving),
            )
        }
        needed = [proof["key"] for proof in serving]
        if self.may_be_shown_at_desk:
            text = _("Bring one of these; the original may be shown at the desk: %(proofs)s")
            yield self.reason(MET, text, proofs, needed=needed)
        else:
            fix = Fix("evidence", _("Add it"), "/me/")
            yield self.reason(MISSING, _("Still needed: %(proofs)s"), proofs, needed=needed, fix=fix)
