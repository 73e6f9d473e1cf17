"""Where the employer is that one comes for."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import Sentence
from eligibility.rule import YES_OR_NO, Question, YesOrNo, key_of, named


@dataclass(frozen=True, kw_only=True)
class Employer(YesOrNo):
    """The employer one comes for (an interview, an internship, a job) is in ``zone``."""

    kind = "employer"
    name = _("Employer in the zone")
    says = _("The employer is in {zone}")
    code = "EMPLOYER"
    rank = 46
    values = {"zone": {"$ref": "#/$defs/words"}}
    required = ("zone",)

    zone: dict[str, str]

    @cached_property
    def asked(self):
        text = Sentence(_("Is the employer you come for in %(zone)s?"), {"zone": named(self.zone)})
        return Question(key_of("employer", self.zone), text, YES_OR_NO)

    def words(self, said, met):
        if met:
            return _("You said that the employer is in %(zone)s")
        return _("The employer you come for must be in %(zone)s; you said that it is elsewhere")
