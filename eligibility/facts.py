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
    price_class: str  # "free" or "half"
    network: str  # slug of the district's network it is in
    hostel_zh: str = ""
    hostel_en: str = ""
    stay: str = ""  # the code of its stay


@dataclass(frozen=True)
class History:
    """What the house knows of the person. A visitor without a login has an empty one."""

    nights: tuple[KeptNight, ...] = ()
    no_shows: tuple[datetime, ...] = ()  # moments of those that were not lifted


@dataclass(frozen=True)
class Wish:
    """What is asked for. Dates may be open in the checker; ``access`` is the hostel's, where one is named."""

    purpose: str | None = None
    arrival: date | None = None
    departure: date | None = None
    accept_price: bool = False
    access: str = "individual"
    network: str = ""  # slug of the district's network

    @property
    def nights(self) -> Nights | None:
        """The nights wished for, or None while the dates are open."""
        return Nights(self.arrival, self.departure) if self.arrival and self.departure else None


@dataclass(frozen=True)
class Facts:
    """About the person, the wish and the history, at ``now``. ``None`` means: not said.

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
    graduation: str | None = None  # "2025-06", or "2025"
    school: str | None = None
    school_city: str | None = None
    home_in_district: bool | None = None
    city_cap: int | None = None  # free nights a calendar year that the network above grants
    later: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day that a person is judged on: that of arrival, or today while the dates are open."""
        return self.wish.arrival or self.today

    def source(self, fact: str) -> str:
        return self.sources.get(fact, DECLARED)

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
            },
            "history": {
                "nights": [
                    [_text(n.night), n.price_class, n.network, n.hostel_zh, n.hostel_en, n.stay]
                    for n in self.history.nights
                ],
                "no_shows": [moment.isoformat() for moment in self.history.no_shows],
            },
            "gender": self.gender,
            "birth_date": _text(self.birth_date),
            "education": self.education,
            "graduation": self.graduation,
            "school": self.school,
            "school_city": self.school_city,
            "home_in_district": self.home_in_district,
            "city_cap": self.city_cap,
            "later": sorted(self.later),
            "sources": dict(self.sources),
        }

    @classmethod
    def from_data(cls, data: Mapping) -> "Facts":
        wish, history = data["wish"], data["history"]
        return cls(
            **{
                **data,
                "now": datetime.fromisoformat(data["now"]),
                "today": date.fromisoformat(data["today"]),
                "birth_date": _date(data["birth_date"]),
                "wish": Wish(**{**wish, "arrival": _date(wish["arrival"]), "departure": _date(wish["departure"])}),
                "history": History(
                    tuple(KeptNight(date.fromisoformat(night), *rest) for night, *rest in history["nights"]),
                    tuple(datetime.fromisoformat(moment) for moment in history["no_shows"]),
                ),
                "later": frozenset(data["later"]),
            }
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
    **about: Any,
) -> Facts:
    """Return the facts of somebody we do not know, from what they answered; nothing is looked up.

    ``about`` are fields of `Facts` (``education, graduation, home_in_district, birth_date, city_cap …``). What the
    identity document says (birth date, gender) is judged later unless it is among them.
    """
    return Facts(
        now=now,
        today=business_day(now),
        wish=Wish(purpose, arrival, departure, accept_price, access, network),
        later=frozenset(fact for fact in OF_THE_DOCUMENT if about.get(fact) is None),
        **about,
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
