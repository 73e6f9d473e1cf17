"""Terms: a policy's data, read into rules once. The data has been checked by `eligibility/policy_file.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from eligibility.caps import (
    PRICED,
    Cap,
    Lifetime,
    PerMonth,
    PerQuarter,
    PerStay,
    PerYear,
    Price,
    Rolling,
    StaysInAll,
    StaysPerMonth,
    StaysPerQuarter,
    StaysPerYear,
    StaysRolling,
    Tier,
)
from eligibility.reasons import Sentence
from eligibility.rule import Question, Rule, two_languages
from eligibility.rules import KINDS
from eligibility.rules.appeal import Appeal
from eligibility.rules.arrival import Arrival
from eligibility.rules.during import During
from eligibility.rules.evidence import Evidence
from eligibility.rules.nights import ByProof, Nights
from eligibility.rules.no_show import NoShow
from eligibility.rules.order import Order
from eligibility.rules.purpose import Purpose
from eligibility.rules.review import Review
from eligibility.seasons import Season

Kind = TypeVar("Kind", bound=Rule)


@dataclass(frozen=True)
class Entitlement:
    """What is given: to whom comes for one of its purposes, meets its rules, and stays within its nights."""

    key: str
    label: Sentence
    rules: tuple[Rule, ...]
    nights: Nights


@dataclass(frozen=True)
class TermsOfDay:
    """What holds for an arrival on one day: the rules of everything that is given, and what is given."""

    rules: tuple[Rule, ...]
    entitlements: tuple[Entitlement, ...]

    def every_rule(self) -> Iterable[Rule]:
        yield from self.rules
        for given in self.entitlements:
            yield from given.rules

    @cached_property
    def counts_working_days(self) -> bool:
        """Whether one of its rules may count working days, or a person may have to answer in them."""
        return any(rule.otherwise == "ask" or rule.counts_working_days for rule in self.every_rule())

    def one(self, kind: type[Kind]) -> Kind | None:
        """The rule of this kind, where there is one."""
        return next((rule for rule in self.rules if isinstance(rule, kind)), None)


@dataclass(frozen=True)
class Terms:
    """One version of a network's rules."""

    version: str  # "name/version"
    title: Sentence
    purposes: Mapping[str, tuple[str, str]]  # by key: (Chinese, English)
    data: Mapping[str, Any]
    seasons: tuple[Season, ...]
    _read: dict[tuple[bool, ...], TermsOfDay] = field(default_factory=dict, compare=False)

    def on(self, day: date) -> TermsOfDay:
        """The terms of an arrival on ``day``: each season that covers it changes them, the one named last has the
        last word."""
        covering = tuple(season.covers(day) for season in self.seasons)
        if covering not in self._read:
            self._read[covering] = _read_day(self, covering)
        return self._read[covering]

    @property
    def always(self) -> TermsOfDay:
        """The terms outside of every season."""
        covering = (False,) * len(self.seasons)
        if covering not in self._read:
            self._read[covering] = _read_day(self, covering)
        return self._read[covering]

    def one(self, kind: type[Kind]) -> Kind | None:
        """The rule of this kind, where there is one."""
        return self.always.one(kind)

    @property
    def no_show(self) -> NoShow | None:
        return self.one(NoShow)

    @property
    def arrival(self) -> Arrival | None:
        return self.one(Arrival)

    @property
    def review(self) -> Review:
        """How long a person may take to answer; where the policy does not say, one working day."""
        return self.one(Review) or Review(id="review", policy=self.version, policy_title=self.title, clause=self.title)

    @property
    def appeal(self) -> Appeal | None:
        return self.one(Appeal)

    @property
    def order(self) -> Order:
        """Whether one books first and proves later; where the policy does not say, so it is."""
        return self.one(Order) or Order(id="order", policy=self.version, policy_title=self.title, clause=self.title)

    def questions_on(self, day: date) -> tuple[Question, ...]:
        """What the rules of an arrival on ``day`` ask beside the facts that everybody is asked for, each once."""
        found: dict[str, Question] = {}
        for rule in self.on(day).every_rule():
            for question in rule.questions():
                found.setdefault(question.key, question)
        return tuple(found.values())

    def caps_on(self, day: date) -> tuple[Cap, ...]:
        """The caps of all entitlements for an arrival on ``day``, each once."""
        return tuple(dict.fromkeys(cap for given in self.on(day).entitlements for cap in given.nights.caps))

    def counts_working_days(self, day: date) -> bool:
        """Whether a rule of an arrival on ``day`` may count working days, or a person may have to answer in them."""
        return self.on(day).counts_working_days

    def history_from(self, day: date) -> date | None:
        """The first night that a cap may count for nights from ``day`` on; None where all of them may."""
        caps = self.caps_on(day)
        if any(isinstance(cap, Lifetime | StaysInAll) for cap in caps):
            return None
        rolling = [cap.window for cap in caps if isinstance(cap, Rolling | StaysRolling)]
        # A stay that began in one year reaches into the next: its nights there count, and so does its arrival.
        return min(date(day.year, 1, 1), day - timedelta(days=max(rolling, default=0)))


def read_terms(data: Mapping, version: str) -> Terms:
    """Read the terms of a checked policy file; ``version`` is said with every reason."""
    return Terms(
        version=version,
        title=two_languages(data["title"]),
        purposes={key: (data["purposes"][key]["zh"], data["purposes"][key]["en"]) for key in _in_order(data)},
        data=data,
        seasons=tuple(Season(season["from"], season["until"]) for season in data.get("seasons", [])),
    )


def _in_order(data):
    """The purposes as the entitlements name them, then the others: a database may keep no order of keys."""
    named = [purpose for given in data["entitlements"] for purpose in given["purposes"]]
    return dict.fromkeys([*named, *data["purposes"]])


def _read_day(terms, covering):
    data, seasons = terms.data, terms.data.get("seasons", [])
    changing = [season for season, covers in zip(seasons, covering, strict=True) if covers]
    rules = _proofs_due([_rule_in_season(rule, changing) for rule in data["rules"]], data)
    return TermsOfDay(
        rules=_read_rules(rules, terms) + _always(rules, terms),
        entitlements=tuple(_entitlement(given, changing, terms) for given in data["entitlements"]),
    )


def _rule_in_season(rule, changing):
    for season in changing:
        rule = {**rule, **season["set"].get("rules", {}).get(rule["id"], {})}
    return rule


def _proofs_due(rules, data):
    """The rules, where a proof whose own rule names no deadline has that of the order of steps."""
    within = next((rule["proof_within"] for rule in data["rules"] if "proof_within" in rule), None)
    if within is None:
        return rules
    return [{"within": within, **rule} if rule["kind"] == Evidence.kind else rule for rule in rules]


def _read_rules(rules, terms):
    return tuple(KINDS[rule["kind"]].read(rule, terms.version, terms.title) for rule in rules)


def _always(rules, terms):
    """The rules that no policy can leave out, where this one does not name them."""
    named = {rule["kind"] for rule in rules}
    return tuple(
        kind(id=name, policy=terms.version, policy_title=terms.title, clause=terms.title)
        for name, kind in KINDS.items()
        if kind.always and name not in named
    )


def _entitlement(given, changing, terms):
    for season in changing:
        if given["key"] in season.get("entitlements", [given["key"]]):
            given = _changed(given, season["set"])
    clause = two_languages(given["clause"]) if "clause" in given else terms.title
    common = {"policy": terms.version, "policy_title": terms.title, "clause": clause}
    purpose = Purpose(id=f"{given['key']}.purposes", purposes=tuple(given["purposes"]), names=terms.purposes, **common)
    spans = tuple(Season(span["from"], span["until"]) for span in given.get("during", []))
    during = (During(id=f"{given['key']}.during", spans=spans, **common),) if spans else ()
    rules = _proofs_due([_rule_in_season(rule, changing) for rule in given.get("rules", [])], terms.data)
    return Entitlement(
        key=given["key"],
        label=two_languages(given["label"]),
        rules=(purpose, *during, *_read_rules(rules, terms)),
        nights=_nights(given, terms.data, common),
    )


def _changed(given, changes):
    """An entitlement as a season changes it: caps one by one, prices as a whole."""
    caps = {**given["caps"], **changes.get("caps", {})}
    return {**given, "caps": caps, **({"after": changes["after"]} if "after" in changes else {})}


def _nights(given, data, common):
    caps, network = given["caps"], data["network"]
    by_proof = caps.get("per_stay_by_proof")
    per_stay = caps.get("per_stay") if by_proof is None else by_proof["max"]
    return Nights(
        id=f"{given['key']}.caps",
        caps=(
            *([PerStay(per_stay, network)] if per_stay is not None else []),
            *_windows(caps, network, given["key"]),
            *_windows(data.get("caps", {}), network),
        ),
        tiers=tuple(_tier(tier) for tier in given.get("after", [])),
        by_proof=ByProof(by_proof["min"], by_proof["max"]) if by_proof else None,
        extended_to=caps.get("extended_to"),
        **common,
    )


def _windows(caps, network, entitlement=""):
    """The caps that count over several stays: of one entitlement, or of everything that is given."""
    simple = {
        "per_month": PerMonth,
        "per_quarter": PerQuarter,
        "per_year": PerYear,
        "lifetime": Lifetime,
        "stays_per_month": StaysPerMonth,
        "stays_per_quarter": StaysPerQuarter,
        "stays_per_year": StaysPerYear,
        "stays_lifetime": StaysInAll,
    }
    for name, kind in simple.items():
        if caps.get(name) is not None:
            yield kind(caps[name], network, entitlement)
    if rolling := caps.get("rolling"):
        yield Rolling(rolling["nights"], network, entitlement, rolling["days"])
    if rolling := caps.get("stays_rolling"):
        yield StaysRolling(rolling["stays"], network, entitlement, rolling["days"])


def _tier(tier):
    price = Price(PRICED, tier.get("percent", 0), int(Decimal(tier.get("yuan", 0)) * 100))
    return Tier(price, tier.get("per_stay", 0), tier.get("months", 0) + 12 * tier.get("years", 0))
