"""Where one comes from: the city of the school, the hukou, the home before studying. Some house outsiders only."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.utils.translation import gettext_lazy as _

from eligibility.reasons import MET, MISSING, NOT_MET, Fix, Sentence
from eligibility.rule import Question, Rule, key_of, named

THERE, COLLECTIVE, ELSEWHERE, OVERSEAS = "there", "collective", "elsewhere", "overseas"
ABROAD = frozenset({"海外", "境外", "国外", "overseas", "abroad"})
CHANGE = _("Change the answer")
# 上海市闵行区 and 江苏省/苏州市 alike: a name of at least two characters, and what kind of place it is.
PART = re.compile(r".{2,}?(?:特别行政区|自治[区州县旗]|地区|新区|[省市区县盟旗])|.+$")
ENDING = re.compile(r"(?<=..)(?:市|地区|新区|区|自治县|县)$|(?<=\w) (?:city|district|county|prefecture)$")


@dataclass(frozen=True, kw_only=True)
class Origin(Rule):
    """From outside of ``places``, cities or counties: by each way of ``by``, or by one where ``match`` is any.

    A county may be written with its city, ``福州/平潭``. Who has a collective household (集体户) there counts as from
    outside where ``collective_counts_as_outside``; a school abroad does unless ``overseas_counts_as_outside`` is false.
    """

    kind = "origin"
    name = _("Origin")
    says = _(
        "From outside {places}, by {by}, counting {match} of them; a collective household there counts as outside: "
        "{collective_counts_as_outside}; a school abroad counts as outside: {overseas_counts_as_outside}"
    )
    code = "ORIGIN"
    rank = 35
    values = {
        "by": {
            "type": "array",
            "items": {"enum": ["school", "hukou", "student_origin"]},
            "minItems": 1,
            "uniqueItems": True,
        },
        "places": {"type": "array", "items": {"$ref": "#/$defs/words"}, "minItems": 1, "uniqueItems": True},
        "match": {"enum": ["all", "any"]},
        "collective_counts_as_outside": {"type": "boolean"},
        "overseas_counts_as_outside": {"type": "boolean"},
    }
    required = ("by", "places")

    by: tuple[str, ...]
    places: tuple[dict[str, str], ...]
    match: str = "all"
    collective_counts_as_outside: bool = False
    overseas_counts_as_outside: bool = True

    def questions(self):
        if "school" in self.by:
            yield self._school_question
        if "hukou" in self.by:
            yield self._hukou_question
        if "student_origin" in self.by:
            yield self._student_origin_question

    def judge(self, facts):
        ways = {"school": self._school, "hukou": self._hukou, "student_origin": self._student_origin}
        reasons = [ways[by](facts) for by in self.by]
        if self.match == "any":
            # One way is enough; what is not known of the others is not asked, and what is against it is not said.
            best = min(reasons, key=lambda reason: (MET, MISSING, NOT_MET).index(reason.verdict))
            if best.verdict == MET:
                return [best]
            return [reason for reason in reasons if reason.verdict == best.verdict]
        return reasons

    def _school(self, facts):
        said = facts.school_city
        parts = place_parts(said or "")
        is_there = self._is_there(parts) if said else None
        if is_there is None:
            return self._school_by_tap(facts, said)
        about = {"needed": list(self._named), "source": facts.source("school_city"), "used": said}
        values = self._values | {"said": said}
        if is_there:
            text = _("For people whose school is outside %(places)s; you said %(said)s")
            return self.reason(NOT_MET, text, values, fix=Fix("explain", _("Explain it"), "/help/"), **about)
        return self.reason(MET, _("Your school is outside %(places)s: %(said)s"), values, **about)

    def _is_there(self, parts):
        """Whether the school in the place ``parts`` counts as there; None where only its city is said, and not which
        county."""
        if ABROAD & set(parts):
            return not self.overseas_counts_as_outside
        if any(is_within(parts, place) for places in self._parts for place in places):
            return True
        return None if any(is_city_of(parts, place) for places in self._parts for place in places) else False

    def _school_by_tap(self, facts, city):
        question = self._school_question
        said = self.answer(facts, question)
        if said is None and city:
            text = _("You said %(said)s: which county your school is in decides")
            values = {"said": city}
            return self.unknown(facts, question.key, text, values, needed=list(self._named))
        if said is None:
            text = _("Tell us the city of your school: it must be outside %(places)s")
            return self.unknown(facts, question.key, text, self._values, needed=list(self._named))
        is_outside = said == ELSEWHERE or (said == OVERSEAS and self.overseas_counts_as_outside)
        if is_outside:
            text = _("You said that your school is outside %(places)s")
        elif said == OVERSEAS:
            text = _("For people whose school is in China, outside %(places)s; you said that yours is not")
        else:
            text = _("For people whose school is outside %(places)s; you said that yours is there")
        return self._by_answer(facts, question, said, is_outside, text)

    def _hukou(self, facts):
        question = self._hukou_question
        said = self.answer(facts, question)
        if said is None:
            return self.unanswered(facts, question, ELSEWHERE)
        is_outside = said == ELSEWHERE or (said == COLLECTIVE and self.collective_counts_as_outside)
        if not is_outside:
            text = _("For people whose household is registered outside %(places)s; you said that yours is there")
        elif said == COLLECTIVE:
            text = _("A collective household in %(places)s counts as outside")
        else:
            text = _("You said that your household is registered outside %(places)s")
        return self._by_answer(facts, question, said, is_outside, text)

    def _student_origin(self, facts):
        question = self._student_origin_question
        said = self.answer(facts, question)
        if said is None:
            return self.unanswered(facts, question, ELSEWHERE)
        text = (
            _("You said that you went to university from outside %(places)s")
            if said == ELSEWHERE
            else _("For people who went to university from outside %(places)s; you said from there")
        )
        return self._by_answer(facts, question, said, said == ELSEWHERE, text)

    def _by_answer(self, facts, question, said, is_outside, text):
        return self.reason(
            MET if is_outside else NOT_MET,
            text,
            self._values,
            used=said,
            source=facts.source(question.key),
            needed=ELSEWHERE,
            fix=None if is_outside else Fix("change_answer", CHANGE, f"/check/#{question.key}"),
        )

    @cached_property
    def _named(self):
        return tuple(place["zh"] for place in self.places)

    @cached_property
    def _values(self):
        return {"places": named(*self.places)}

    @cached_property
    def _parts(self):
        return tuple((place_parts(place["zh"]), place_parts(place["en"])) for place in self.places)

    @cached_property
    def _school_question(self):
        options = (
            (THERE, Sentence(_("In %(places)s"), self._values)),
            (ELSEWHERE, Sentence(_("Elsewhere"))),
            (OVERSEAS, Sentence(_("Outside China"))),
        )
        text = Sentence(_("Is or was your school in %(places)s?"), self._values)
        return Question(key_of("school", *self.places), text, options)

    @cached_property
    def _hukou_question(self):
        options = (
            (THERE, Sentence(_("In %(places)s"), self._values)),
            (COLLECTIVE, Sentence(_("In a collective household there"))),
            (ELSEWHERE, Sentence(_("Elsewhere"))),
        )
        text = Sentence(_("Is your household (hukou) registered in %(places)s?"), self._values)
        return Question(key_of("hukou", *self.places), text, options)

    @cached_property
    def _student_origin_question(self):
        options = ((THERE, Sentence(_("In %(places)s"), self._values)), (ELSEWHERE, Sentence(_("Elsewhere"))))
        text = Sentence(_("Where did you live when you went to university: in %(places)s?"), self._values)
        return Question(key_of("student_origin", *self.places), text, options)


@lru_cache(maxsize=4096)
def place_parts(text: str) -> tuple[str, ...]:
    """Return the parts of a place, the widest first, without what kind of place each is: 上海市闵行区 → 上海, 闵行."""
    pieces = re.split(r"[/／,，·|]+", text.strip().casefold())
    parts = [part for piece in pieces for part in PART.findall(piece.strip())]
    return tuple(filter(None, (ENDING.sub("", part.strip()) for part in parts)))


def is_within(parts: tuple[str, ...], place: tuple[str, ...]) -> bool:
    """Whether a place said as ``parts`` lies in ``place``; 苏州吴中 and 江苏苏州 lie in 苏州 as well."""
    if len(place) == 1:
        return any(part == place[0] or _holds(part, place[0]) for part in parts)
    # 辽宁省/朝阳市, 辽宁朝阳 and 朝阳 alone are 辽宁/朝阳; 北京/朝阳 is not.
    return bool(place) and (
        parts == place[-1:] or re.search(".*".join(map(re.escape, place)), "/".join(parts)) is not None
    )


def is_city_of(parts: tuple[str, ...], place: tuple[str, ...]) -> bool:
    """Whether ``parts`` name the city of the county ``place`` and no more."""
    return bool(parts) and len(place) > 1 and parts[-1].removesuffix("省") in place[:-1]


def _holds(part, name):
    whole = not part.endswith("省") and not part.isascii() and len(name) > 1
    return whole and (part.startswith(name) or part.endswith(name))
