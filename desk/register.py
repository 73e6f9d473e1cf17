"""The guest register that the law has every guest house keep: who was in house on a night, or in a month, as a file.

What a line holds is read once, in plain values (`Guest`); how it is written is a `RegisterFormat`, of which another
police system is another small class. Each export is on record, and so is each guest whose number was in it.
"""

import hashlib
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import Person, User
from accounts.reasons import CHINESE, Refused, not_met
from accounts.record import record
from bookings.models import BedNight, Stay
from desk.models import Act
from desk.shift import name_of
from hostel.models import Hostel
from hostel.nights import TURN_OF_THE_DAY, Nights, at, business_day, end_of_night
from hostel.sheets import as_csv, as_xlsx

LONGEST = 31  # nights


class Why(models.TextChoices):
    """What a register is taken out for."""

    POLICE = "police", _("the police asked for it")
    FILED = "filed", _("to be filed")
    CHECKED = "checked", _("to be compared with the police system")


@dataclass(frozen=True)
class Guest:
    """One guest of the house: who, by which document, in which beds, from when until when (None: still there)."""

    stay: Stay
    name: str
    gender: str
    birth_date: date | None
    document_kind: str
    document: str
    beds: tuple[str, ...]
    came_at: datetime
    left_at: datetime | None
    let_in_by: str


# --- how it is written ------------------------------------------------------------------------------------------------
class RegisterFormat(ABC):
    """How a register is written: its columns, and what of a guest stands in them. Another one says another ``key``."""

    key = ""
    words: Promise | str = ""
    columns: Sequence[str] = ()

    @abstractmethod
    def row(self, guest: Guest) -> Sequence[object]:
        """The cells of one guest, as many as there are columns."""


class InnRegister(RegisterFormat):
    """The columns of the registration form for guests of inns, in the order of the paper one. Chinese, whoever asks."""

    key = "inn"
    words = _("registration form for guests of inns")
    columns = ("姓名", "性别", "出生日期", "证件类型", "证件号码", "房间床位", "入住时间", "离店时间", "登记人", "单号")

    def row(self, guest):
        return (
            guest.name,
            Person.Gender(guest.gender).label if guest.gender else "",
            f"{guest.birth_date:%Y-%m-%d}" if guest.birth_date else "",
            Person.Document(guest.document_kind).label if guest.document_kind else "",
            guest.document,
            "、".join(guest.beds),
            _moment(guest.came_at),
            _moment(guest.left_at),
            guest.let_in_by,
            guest.stay.code,
        )


def _moment(moment):
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


FORMATS: dict[str, RegisterFormat] = {each.key: each for each in (InnRegister(),)}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class RegisterFile:
    """A register as a file: its bytes, its type for a browser, its name, and how many guests are in it."""

    content: bytes
    content_type: str
    name: str
    guests: int


def export(
    hostel: Hostel,
    nights: Nights,
    *,
    why: str,
    now: datetime,
    actor: User,
    form: str = InnRegister.key,
    file_type: str = "xlsx",
) -> RegisterFile:
    """Write the register of ``hostel`` for ``nights`` (31 at most, none to come), and have it on record.

    ``why`` is one of `Why`, ``form`` of `FORMATS`, ``file_type`` of `TYPES`. Raises Refused with DATES, REASON, FORMAT.
    """
    _see_the_days(nights, now)
    if why not in Why.values:
        raise Refused(not_met("REASON", _("Say what the register is for"), value_used=why, field="why"))
    if form not in FORMATS or file_type not in TYPES:
        text = _("There is no such form of the register: choose one of the list")
        raise Refused(not_met("FORMAT", text, value_used=f"{form}.{file_type}", field="form"))

    def do():
        chosen, guests = FORMATS[form], guests_of(hostel, nights)
        span = f"{nights.arrival:%Y-%m-%d}" if len(nights) == 1 else f"{nights.arrival:%Y-%m}"
        with translation.override(CHINESE):
            rows = [chosen.row(guest) for guest in guests]
        columns = chosen.columns
        content = as_csv(columns, rows) if file_type == "csv" else as_xlsx(columns, rows, f"{hostel.slug} {span}")
        record(
            "export_register",
            now=now,
            actor=actor,
            hostel=hostel,
            about=span,
            reason=why,
            form=f"{form}.{file_type}",
            first=nights.arrival.isoformat(),
            until=nights.departure.isoformat(),
            guests=len(guests),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        for guest in guests:
            record("see_register", now=now, actor=actor, person=guest.stay.guest, hostel=hostel, about=guest.stay.code)
        return RegisterFile(content, TYPES[file_type], f"register-{hostel.slug}-{span}.{file_type}", len(guests))

    return act(do)


def month_of(day: date) -> Nights:
    """The nights of the month of ``day``."""
    first = day.replace(day=1)
    return Nights(first, (first + timedelta(days=31)).replace(day=1))


def _see_the_days(nights, now):
    today = business_day(now)
    if nights.arrival > today or len(nights) > LONGEST:
        text = _("A register is of one night or one month, up to tonight: %(first)s to %(until)s is none")
        said = {"first": nights.arrival, "until": nights.departure}
        raise Refused(not_met("DATES", text, said, value_used=nights.arrival, needed=today, field="night"))


# --- what is in it ----------------------------------------------------------------------------------------------------
def guests_of(hostel: Hostel, nights: Nights) -> list[Guest]:
    """Everybody who was let in and was in house at some moment of ``nights``, also who left the same day: in the order
    in which they came; three statements, however many."""
    begin, end = at(nights.arrival, TURN_OF_THE_DAY), end_of_night(nights.departure - timedelta(days=1))
    here = Q(checked_in_at__lt=end) & (Q(checked_out_at=None) | Q(checked_out_at__gt=begin))
    stays = list(
        Stay.objects.filter(here, hostel=hostel, cancelled_at=None, no_show_at=None)
        .select_related("guest")
        .order_by("checked_in_at", "pk")
    )
    beds, by = _beds_of(stays, nights), _let_in_by(stays)
    return [
        Guest(
            stay,
            stay.guest.name if stay.guest.forgotten_at is None else stay.guest.masked_name,
            stay.guest.gender,
            stay.guest.birth_date,
            stay.guest.document_kind,
            stay.guest.document,
            tuple(beds[stay.pk]),
            stay.checked_in_at,
            stay.checked_out_at,
            by.get(stay.pk, ""),
        )
        for stay in stays
        if stay.checked_in_at is not None
    ]


def _beds_of(stays, nights):
    """The beds each had on ``nights``, in their order; of who left before the night ended, the one given back then."""
    slept = Q(released_at=None) | Q(released_at=F("stay__checked_out_at"))
    rows = BedNight.objects.filter(slept, stay__in=stays).select_related("bed__room").order_by("night", "pk")
    within, otherwise = defaultdict(dict), defaultdict(dict)
    for row in rows:
        (within if row.night in nights else otherwise)[row.stay_id][str(row.bed)] = None
    return {stay.pk: within.get(stay.pk) or otherwise.get(stay.pk, {}) for stay in stays}


def _let_in_by(stays):
    """Who let each in, by the stay's number, as the desk's acts say it."""
    acts = Act.objects.filter(stay__in=stays, what__in=("check_in", "walk_in"), undone_at=None)
    return {each.stay_id: name_of(each.by) for each in acts.select_related("by__person").order_by("written_at")}
