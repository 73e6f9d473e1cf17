"""Facts: all that a rule may see. Plain values, no row, no clock: the same facts always give the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hostel.nights import Nights, business_day

DECLARED, VERIFIED, RECORD = "declared", "verified", "record"


@dataclass(frozen=True)
class KeptNight:
    """A night the person has already: kept or slept, not given back."""

    night: date
    price_class: str  # "free" or "priced"
    network: str  # slug of the district's network it is in
    hostel_zh: str = ""
    hostel_en: str = ""
    stay: str = ""  # the code of its stay
    entitlement: str = ""  # the key of what it was given by
    arrival: date | None = None  # of its stay
    counted: bool = True  # False where the house was at fault: it is a night, but uses no allowance


@dataclass(frozen=True)
class Extra:
    """Free nights that an officer granted beside the policy: on top of its caps, for nights in ``[first, until)``."""

    nights: int
    first: date
    until: date

    def covers(self, night: date) -> bool:
        return self.first <= night < self.until


@dataclass(frozen=True)
class History:
    """What the house knows of the person. A visitor without a login has an empty one."""

    nights: tuple[KeptNight, ...] = ()
    no_shows: tuple[datetime, ...] = ()  # moments of those that were not lifted
    extras: tuple[Extra, ...] = ()
    false_proofs: tuple[datetime, ...] = ()  # moments at which a reviewer found a proof to be false


@dataclass(frozen=True)
class Proof:
    """A proof of the person: ``state`` is sent (nobody has looked yet) or accepted (a reviewer or a desk has).

    ``first`` and ``last`` are the days it speaks of (of the interview, of the internship), where it does.
    """

    kind: str  # the key of one of the policy's accepted proofs
    state: str  # "sent" or "accepted"
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Clearance:
    """A person looked at what ``rule`` (its id) objected to, and agreed: for arrivals up to the day ``until``."""

    rule: str
    until: date


@dataclass(frozen=True)
class Wish:
    """What is asked for. Dates may be open in the checker; ``access`` is the hostel's, where one is named.

    ``applicant`` is who asks: self, school or organisation. ``extends`` says that the stay stands already and is to
    become longer; its own nights are then not part of the history.
    """

    purpose: str | None = None
    arrival: date | None = None
    departure: date | None = None
    accept_price: bool = False
    access: str = "individual"
    network: str = ""  # slug of the district's network
    applicant: str = "self"
    extends: bool = False

    @property
    def nights(self) -> Nights | None:
        """The nights wished for, or None while the dates are open."""
        return Nights(self.arrival, self.departure) if self.arrival and self.departure else None


@dataclass(frozen=True)
class Facts:
    """About the person, the wish and the history, at ``now``. ``None`` means: not said.

    ``answers`` are what the person answered to the questions that rules ask of their own (`Rule.questions`), by key.
    ``later`` names facts that this door does not ask for yet: they are judged when one books, and stop no yes.
    ``sources`` says of a fact where it came from: declared (the default), verified, record.
    """

    now: datetime
    today: date  # the business day of ``now``
    wish: Wish = field(default_factory=Wish)
    history: History = field(default_factory=History)
    gender: str | None = None
    birth_date: date | None = None
    education: str | None = None
    graduation: str | None = None  # "2025-06-25", "2025-06", or "2025"
    school: str | None = None
    school_city: str | None = None
    home_in_district: bool | None = None
    city_cap: int | None = None  # free nights a calendar year that the network above grants
    answers: Mapping[str, str] = field(default_factory=dict)
    proofs: tuple[Proof, ...] = ()
    cleared: tuple[Clearance, ...] = ()
    # Days on which work is the other way round than their weekday says, from a week ago to a year ahead.
    shifted_days: frozenset[date] = frozenset()
    later: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day that a person is judged on: that of arrival, or today while the dates are open."""
        return self.wish.arrival or self.today

    def source(self, fact: str) -> str:
        return self.sources.get(fact, DECLARED)

    def is_cleared(self, rule_id: str) -> bool:
        """Whether a person has agreed to what this rule objects to."""
        return any(cleared.rule == rule_id and self.day <= cleared.until for cleared in self.cleared)

    def as_data(self) -> dict:
        """The facts as JSON values, to be kept with a decision and read back by `from_data`."""
        return {
            "now": self.now.isoformat(),
            "today": self.today.isoformat(),
            "wish": {
                "purpose": self.wish.purpose,
                "arrival": _text(self.wish.arrival),
                "departure": _text(self.wish.departure),
                "accept_price": self.wish.accept_price,
                "access": self.wish.access,
                "network": self.wish.network,
                "applicant": self.wish.applicant,
                "extends": self.wish.extends,
            },
            "history": {
                "nights": [
                    [
                        _text(n.night),
                        n.price_class,
                        n.network,
                        n.hostel_zh,
                        n.hostel_en,
                        n.stay,
                        n.entitlement,
                        _text(n.arrival),
                        n.counted,
                    ]
                    for n in self.history.nights
                ],
                "no_shows": [moment.isoformat() for moment in self.history.no_shows],
                "extras": [[extra.nights, _text(extra.first), _text(extra.until)] for extra in self.history.extras],
                "false_proofs": [moment.isoformat() for moment in self.history.false_proofs],
            },
            "gender": self.gender,
            "birth_date": _text(self.birth_date),
            "education": self.education,
            "graduation": self.graduation,
            "school": self.school,
            "school_city": self.school_city,
            "home_in_district": self.home_in_district,
            "city_cap": self.city_cap,
            "answers": dict(self.answers),
            "proofs": [[proof.kind, proof.state, _text(proof.first), _text(proof.last)] for proof in self.proofs],
            "cleared": [[cleared.rule, _text(cleared.until)] for cleared in self.cleared],
            "shifted_days": [day.isoformat() for day in sorted(self.shifted_days)],
            "later": sorted(self.later),
            "sources": dict(self.sources),
        }

    @classmethod
    def from_data(cls, data: Mapping) -> "Facts":
        """Read what `as_data` wrote; what an older version did not know yet is as if it had not been said."""
        wish, history = data["wish"], data["history"]
        return cls(
            now=datetime.fromisoformat(data["now"]),
            today=date.fromisoformat(data["today"]),
            wish=Wish(
                wish["purpose"],
                _date(wish["arrival"]),
                _date(wish["departure"]),
                wish["accept_price"],
                wish["access"],
                wish["network"],
                wish.get("applicant", "self"),
                wish.get("extends", False),
            ),
            history=History(
                tuple(_kept_night(*row) for row in history["nights"]),
                tuple(datetime.fromisoformat(moment) for moment in history["no_shows"]),
                tuple(
                    Extra(nights, date.fromisoformat(first), date.fromisoformat(until))
                    for nights, first, until in history.get("extras", ())
                ),
                tuple(datetime.fromisoformat(moment) for moment in history.get("false_proofs", ())),
            ),
            gender=data["gender"],
            birth_date=_date(data["birth_date"]),
            education=data["education"],
            graduation=data["graduation"],
            school=data["school"],
            school_city=data["school_city"],
            home_in_district=data["home_in_district"],
            city_cap=data["city_cap"],
            answers=data.get("answers", {}),
            proofs=tuple(
                Proof(kind, state, _date(first), _date(last)) for kind, state, first, last in data.get("proofs", ())
            ),
            cleared=tuple(Clearance(rule, date.fromisoformat(until)) for rule, until in data.get("cleared", ())),
            shifted_days=frozenset(map(date.fromisoformat, data.get("shifted_days", ()))),
            later=frozenset(data["later"]),
            sources=data["sources"],
        )


# What a visitor without a login is not asked: it stands in the identity document.
OF_THE_DOCUMENT = frozenset({"birth_date", "gender"})


def facts_of_visitor(
    now: datetime,
    *,
    network: str = "",
    purpose: str | None = None,
    arrival: date | None = None,
    departure: date | None = None,
    accept_price: bool = False,
    access: str = "individual",
    applicant: str = "self",
    **about: Any,
) -> Facts:
    """Return the facts of somebody we do not know, from what they answered; nothing is looked up.

    ``about`` are fields of `Facts` (``education, graduation, home_in_district, answers, city_cap …``). What the
    identity document says (birth date, gender) is judged later unless it is among them.
    """
    return Facts(
        now=now,
        today=business_day(now),
        wish=Wish(purpose, arrival, departure, accept_price, access, network, applicant),
        later=frozenset(fact for fact in OF_THE_DOCUMENT if about.get(fact) is None),
        **about,
    )


def _kept_night(
    night, price_class, network, hostel_zh="", hostel_en="", stay="", entitlement="", arrival=None, counted=True
):
    return KeptNight(
        date.fromisoformat(night),
        # Until the second version of the house every night that was not free was at half price.
        "priced" if price_class == "half" else price_class,
        network,
        hostel_zh,
        hostel_en,
        stay,
        entitlement,
        _date(arrival),
        counted,
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
