"""What one leaves at the desk on arrival and gets back."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET
from eligibility.rule import Statement


@dataclass(frozen=True, kw_only=True)
class Deposit(Statement):
    """``yuan``: a whole number, or text with fen ("99.50"); 0 says that there is none."""

    kind = "deposit"
    name = _("Deposit")
    says = _("A deposit of {yuan} yuan")
    code = "DEPOSIT"
    rank = 140
    values = {
        "yuan": {
            "type": ["integer", "string"],
            "minimum": 0,
            "maximum": 100_000,
            "pattern": r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,2})?$",
        }
    }
    required = ("yuan",)

    yuan: int | str

    def statement(self):
        yuan = Decimal(self.yuan)
        text = _("On arrival you leave a deposit of ¥%(yuan)s at the desk") if yuan else _("There is no deposit")
        values = {"yuan": int(yuan) if yuan == int(yuan) else f"{yuan:.2f}"} if yuan else {}
        return self.reason(MET, text, values, needed=str(self.yuan))
