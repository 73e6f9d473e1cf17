"""Terms: a policy's data, read into rules once. The data has been checked by `eligibility/policy_file.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from eligibility.caps import Cap, PerStay, PerYear, Tier
from eligibility.reasons import Sentence
from eligibility.rule import Rule, two_languages
from eligibility.rules import KINDS
from eligibility.rules.nights import Nights
from eligibility.rules.no_show import NoShow
from eligibility.rules.purpose import Purpose


@dataclass(frozen=True)
class Season:
    """Days of arrival, every year ("06-10") or once ("2026-02-10"), both ends included."""

    first: str
    last: str

    def covers(self, day: date) -> bool:
        said = day.isoformat()[-len(self.first) :]
        if self.first <= self.last:
            return self.first <= said <= self.last
        return said >= self.first or said <= self.last  # over the turn of the year


@dataclass(frozen=True)
class Entitlement:
    """What is given: to whom comes for one of its purposes, meets its rules, and stays within its nights."""

    key: str
    label: Sentence
    rules: tuple[Rule, ...]
    nights: Nights
    in_season: tuple[tuple[Season, Nights], ...]

    def nights_on(self, day: date) -> Nights:
        """The caps and prices of an arrival on ``day``; of two seasons that cover it, the one named last."""
        for season, nights in reversed(self.in_season):
            if season.covers(day):
                return nights
        return self.nights


@dataclass(frozen=True)
class Terms:
    """One version of a network's rules."""

    version: str  # "name/version"
    title: Sentence
    purposes: Mapping[str, tuple[str, str]]  # by key: (Chinese, English)
    rules: tuple[Rule, ...]  # of every entitlement
    entitlements: tuple[Entitlement, ...]

    @property
    def no_show(self) -> NoShow | None:
        return next((rule for rule in self.rules if isinstance(rule, NoShow)), None)

    def caps_on(self, day: date) -> tuple[Cap, ...]:
        """The caps of all entitlements for an arrival on ``day``, each once."""
        return tuple(dict.fromkeys(cap for given in self.entitlements for cap in given.nights_on(day).caps))


def read_terms(data: Mapping, version: str) -> Terms:
    """Read the terms of a checked policy file; ``version`` is said with every reason."""
    purposes = {key: (words["zh"], words["en"]) for key, words in data["purposes"].items()}
    title = two_languages(data["title"])
    return Terms(
        version=version,
        title=title,
        purposes=purposes,
        rules=_read_rules(data["rules"], version, title) + _always(data["rules"], version, title),
        entitlements=tuple(_entitlement(given, data, purposes, version, title) for given in data["entitlements"]),
    )


def _read_rules(rules, version, title):
    return tuple(KINDS[rule["kind"]].read(rule, version, title) for rule in rules)


def _always(rules, version, title):
    """The rules that no policy can leave out, where this one does not name them."""
    named = {rule["kind"] for rule in rules}
    return tuple(
        kind(id=name, policy=version, policy_title=title)
        for name, kind in KINDS.items()
        if kind.always and name not in named
    )


def _entitlement(given, data, purposes, version, title):
    common = {"policy": version, "policy_title": title, "clause": two_languages(given.get("clause"))}
    purpose = Purpose(id=f"{given['key']}.purposes", purposes=tuple(given["purposes"]), names=purposes, **common)
    seasons = [
        season for season in data.get("seasons", []) if given["key"] in season.get("entitlements", [given["key"]])
    ]
    return Entitlement(
        key=given["key"],
        label=two_languages(given["label"]),
        rules=(purpose, *_read_rules(given.get("rules", []), version, title)),
        nights=_nights(given, data["network"], common),
        in_season=tuple(
            (
                Season(season["from"], season["until"]),
                _nights(_changed(given, season["set"]), data["network"], common),
            )
            for season in seasons
        ),
    )


def _nights(given, network, common):
    caps, kinds = given["caps"], {"per_stay": PerStay, "per_year": PerYear}
    return Nights(
        id=f"{given['key']}.caps",
        caps=tuple(kind(caps[name], network) for name, kind in kinds.items() if caps.get(name) is not None),
        tiers=tuple(Tier(tier["percent"], tier["per_stay"]) for tier in given.get("after", [])),
        **common,
    )


def _changed(given, changes):
    """An entitlement as a season changes it: caps one by one, prices as a whole."""
    return {**given, **changes, "caps": {**given["caps"], **changes.get("caps", {})}}
