"""What one comes for: an entitlement names the purposes it is given for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, MISSING, NOT_MET, Fix
from eligibility.rule import Rule

EXAMPLES = 3  # so many purposes are named in the sentence


@dataclass(frozen=True, kw_only=True)
class Purpose(Rule):
    """One of ``purposes``; ``names`` are those of all purposes of the policy, as (Chinese, English)."""

    kind = "purpose"
    code = "PURPOSE"
    rank = 50
    of_entitlement = True

    purposes: tuple[str, ...]
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def judge(self, facts):
        said = facts.wish.purpose
        about = {"used": said, "source": facts.source("purpose"), "needed": list(self.purposes)}
        if said in self.purposes:
            yield self.reason(MET, _("Your reason counts: %(said)s"), {"said": self._name(said)}, **about)
            return
        examples = [self._name(purpose) for purpose in self.purposes[:EXAMPLES]]
        named = {"such_as": ("、".join(zh for zh, _en in examples), ", ".join(en for _zh, en in examples))}
        fix = Fix("change_answer", _("Choose a reason"), "/check/#purpose")
        if said is None and "purpose" in facts.later:
            yield self.unknown(facts, "purpose", "", needed=list(self.purposes))
        elif said is None:
            text = _("A job-seeking reason is needed, such as %(such_as)s")
            yield self.reason(MISSING, text, named, fix=fix, **about)
        else:
            text = _("A job-seeking reason is needed, such as %(such_as)s; you said %(said)s")
            yield self.reason(NOT_MET, text, named | {"said": self._name(said)}, fix=fix, **about)

    def _name(self, purpose):
        return self.names.get(purpose, (purpose, purpose))
