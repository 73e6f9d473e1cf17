"""Whether one works in the place already: some house those who do not, some those who do."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import Sentence
from eligibility.rule import YES_OR_NO, Question, YesOrNo, key_of, named

COUNTS = {
    "job": _("a job"),
    "social_insurance": _("social insurance"),
    "either": _("a job or social insurance"),
}


@dataclass(frozen=True, kw_only=True)
class Work(YesOrNo):
    """``wanted``: none or some of what ``counts`` (a job, social insurance, either) in ``place``."""

    kind = "work"
    name = _("Work in the place")
    says = _("Wanted: {wanted} in {place}; what counts: {counts}")
    code = "WORK"
    rank = 42
    values = {
        "place": {"$ref": "#/$defs/words"},
        "wanted": {"enum": ["none", "some"]},
        "counts": {"enum": list(COUNTS)},
    }
    required = ("place",)

    place: dict[str, str]
    wanted: str = "none"
    counts: str = "either"

    @cached_property
    def asked(self):
        values = {"what": COUNTS[self.counts], "place": named(self.place)}
        text = Sentence(_("Do you have %(what)s in %(place)s?"), values)
        return Question(key_of(f"work-{self.counts}", self.place), text, YES_OR_NO)

    @property
    def wanted_answer(self):
        return "no" if self.wanted == "none" else "yes"

    def words(self, said, met):
        if met and said == "yes":
            return _("You said that you have %(what)s in %(place)s")
        if met:
            return _("You said that you do not have %(what)s in %(place)s")
        if said == "yes":
            return _("For people who do not have %(what)s in %(place)s yet; you said that you do")
        return _("For people who have %(what)s in %(place)s; you said that you do not")
