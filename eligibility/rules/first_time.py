"""Some cities house those who come to look for work for the first time."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import Sentence
from eligibility.rule import YES_OR_NO, Question, YesOrNo, key_of, named


@dataclass(frozen=True, kw_only=True)
class FirstTime(YesOrNo):
    """The first time that one comes to ``place`` to look for work."""

    kind = "first_time"
    name = _("First time here")
    says = _("For the first time in {place} to look for work")
    code = "FIRST_TIME"
    rank = 44
    values = {"place": {"$ref": "#/$defs/words"}}
    required = ("place",)

    place: dict[str, str]

    @cached_property
    def asked(self):
        text = Sentence(_("Is it your first time in %(place)s to look for work?"), {"place": named(self.place)})
        return Question(key_of("first_time", self.place), text, YES_OR_NO)

    def words(self, said, met):
        if met:
            return _("You said that it is your first time in %(place)s to look for work")
        return _("For those who look for work in %(place)s for the first time; you said that you did before")
