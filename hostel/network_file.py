"""The network file: a YAML that says what a network has, compared with what the house knows, and made true."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import phonenumbers
import yaml
from django.db import transaction
from django.utils import translation
from django.utils.text import capfirst
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from hostel.models import Bed, Hostel, Need, Network, NetworkCap, Photo, Quota, Rate, Room, Space
from hostel.nights import TURN_OF_THE_DAY, business_day
from hostel.photos import PhotoRefused, digest_of, keep_files, size_of
from hostel.plain_text import type_of_plain_text, unreadable

SCHEMA = json.loads((Path(__file__).parent / "network.schema.json").read_text(encoding="utf-8"))
# From when a network's first file holds, unless it says so itself: before the first year whose nights are counted.
FIRST_DAY = date(2023, 1, 1)


class NetworkFileWrong(Exception):
    """The file cannot be loaded; ``errors`` are all of its faults, each with its place."""

    def __init__(self, errors: list[str]):
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass
class Summary:
    """What a load came to. Counts of hostels, rooms and beds are of those open today."""

    network: str = ""
    hostels: int = 0
    rooms: int = 0
    beds: int = 0
    added: Counter[str] = field(default_factory=Counter)
    changed: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)  # what the office has set otherwise since
    unchanged: int = 0

    @property
    def nothing_new(self) -> bool:
        return not (self.added or self.changed or self.closed)


@dataclass(frozen=True)
class Closing:
    """A bed that a file no longer names, and the day it closes; ``place`` says which it is."""

    bed: Bed
    from_day: date
    place: str


Check = Callable[[Sequence[Closing], datetime], Iterable[str]]
_checks: list[Check] = []


def before_closing(check: Check) -> Check:
    """Have ``check`` look at the beds that a file would close, in the transaction that closes them: what it yields,
    each with its place, is a fault of the file. For the floors above, which know who sleeps there."""
    _checks.append(check)
    return check


@dataclass(frozen=True)
class Granted:
    """A quota that a file grants where none stood; ``place`` says where in the file."""

    row: Quota
    place: str


GrantCheck = Callable[[Sequence[Granted], datetime], Iterable[str]]
_grant_checks: list[GrantCheck] = []


def after_granting(check: GrantCheck) -> GrantCheck:
    """Have ``check`` look at the quotas that a file has granted, in the transaction that grants them: what it yields,
    each with its place, is a fault of the file. For the floors above, which know what is kept of them."""
    _grant_checks.append(check)
    return check


def load_network(path: str | Path, *, now: datetime, check: bool = False) -> Summary:
    """Make the house's network what the file at ``path`` says, wholly or not at all; ``check`` only looks.

    What the file no longer names is closed from today (the business day of ``now``), never deleted; a new rate or cap
    holds from today. ``valid_from`` is read when a thing is first added; without it the first file's things hold from
    2023-01-01, later ones from today. A room's ``valid_until`` is the day on which it closes, today at the earliest.
    The second load of a file changes nothing.
    Raises NetworkFileWrong with every fault of the file, also where a bed would close that is given to somebody.
    """
    path = Path(path)
    told = _read(path)
    errors = [*_faults_of_form(told), *_faults_between(told)]
    pictures, faults = _pictures(told, path.parent)
    errors += faults
    if errors:
        raise NetworkFileWrong(errors)
    with transaction.atomic():
        summary = _Loading(now, pictures, keep_pictures=not check).load(told)
        transaction.set_rollback(check)
    return summary


# --- reading ----------------------------------------------------------------------------------------------------------
class _Loader(yaml.SafeLoader):
    """YAML without its two traps: a key written twice is an error, and dates stay text until we have looked at them."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key in (key for key, _value in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} is written twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _read(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise NetworkFileWrong([f"{path}: is not text in UTF-8"]) from wrong
    except OSError as wrong:
        raise NetworkFileWrong([f"{path}: cannot be read ({wrong.strerror})"]) from wrong
    try:
        return yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
        raise NetworkFileWrong([f"{place}: {wrong.problem}"]) from wrong
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise NetworkFileWrong([unreadable(text, wrong) or f"{path}: {wrong}"]) from wrong


# --- faults -----------------------------------------------------------------------------------------------------------
FORMATS = FormatChecker(formats=())


@FORMATS.checks("clock", raises=ValueError)
def _is_clock(value: Any) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch("[0-9]{2}:[0-9]{2}", value) and time.fromisoformat(value))


@FORMATS.checks("day", raises=ValueError)
def _is_day(value: Any) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch("[0-9-]{10}", value) and date.fromisoformat(value))


@FORMATS.checks("phone", raises=phonenumbers.NumberParseException)
def _is_phone(value: Any) -> bool:
    return not isinstance(value, str) or (
        # The column holds twenty.
        bool(re.fullmatch(r"[0-9+ ()-]{1,20}", value))
        and phonenumbers.is_possible_number(phonenumbers.parse(value, "CN"))
    )


# JSON Schema takes 4.0 for a whole number, and YAML has a number that is none (.nan): neither is a count or a place.
_Validator = extend(
    Draft202012Validator,
    {"type": type_of_plain_text},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda checker, value: isinstance(value, int) and not isinstance(value, bool),
            "number": lambda checker, value: (
                isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
            ),
        }
    ),
)
TYPES = {
    "object": "must have keys and values",
    "array": "must be a list",
    "string": "must be text",
    "integer": "must be a whole number",
    "number": "must be a number",
    "null": "may be left empty",
}


# How many beds a kind of room has. A double room has one wide bed, for one or for two; a dormitory any number.
BEDS = {"single": 1, "twin": 2, "triple": 3, "quad": 4}
COUNTS = range(1, SCHEMA["$defs"]["room"]["properties"]["beds"]["maximum"] + 1)


def _faults_of_form(told: Any) -> list[str]:
    """Return what is wrong with each value for itself, by place."""
    validator = _Validator(SCHEMA, format_checker=FORMATS)
    faults = sorted(validator.iter_errors(told), key=lambda error: [str(part).zfill(6) for part in error.absolute_path])
    return list(dict.fromkeys(sentence for fault in faults for sentence in _sentences(fault)))


def _sentences(fault: ValidationError) -> Iterator[str]:
    """Say ``fault`` in plain words; one of jsonschema's faults may be several of ours."""
    place = list(fault.absolute_path)
    wanted: Any = fault.validator_value
    found: Any = fault.instance
    schema: Any = fault.schema
    match fault.validator:
        case "required":
            yield from (f"{_place([*place, key])}: is missing" for key in wanted if key not in found)
        case "additionalProperties":
            known = list(schema["properties"])
            for key in found:
                if key not in known:
                    near = difflib.get_close_matches(str(key), known, 1)
                    yield f"{_place([*place, key])}: is not a known key" + (
                        f"; did you mean {near[0]}?" if near else ""
                    )
        case "control_character":
            yield f"{_place(place)}: {fault.message}"
        case _ if "say" in schema:
            yield f"{_place(place)}: {schema['say']}"
        case "type":
            yield f"{_place(place)}: {TYPES[wanted if isinstance(wanted, str) else wanted[0]]}"
        case "minimum":
            yield f"{_place(place)}: must be {wanted} or more"
        case "maximum":
            yield f"{_place(place)}: must be {wanted} or less"
        case "minItems":
            yield f"{_place(place)}: must have {wanted} or more"
        case "maxLength":
            yield f"{_place(place)}: must have {wanted} characters or fewer"
        case "uniqueItems":
            yield f"{_place(place)}: must not name the same thing twice"
        case "enum":
            yield f"{_place(place)}: must be one of {', '.join(wanted)}"
        case "const":
            yield f"{_place(place)}: must be {wanted}"
        case _:
            yield f"{_place(place)}: {fault.message}"


def _place(path: list) -> str:
    """Write a path as one would in Python: hostels[3].rooms[2].beds."""
    written = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return written.lstrip(".") or "the file"


def _faults_between(told: Any) -> Iterator[str]:
    """Yield what is wrong between values that may each be right. The file may be of any form here."""
    parent = _of(_of(told, "network"), "parent")
    if _text(parent, "slug") and _text(parent, "slug") == _text(_of(told, "network"), "slug"):
        yield "network.parent.slug: is the network's own"
    yield from _twice(_list(told, "hostels"), "hostels", "slug")
    for n, hostel in enumerate(_list(told, "hostels")):
        yield from _twice(_list(hostel, "rooms"), f"hostels[{n}].rooms", "number")
        for m, room in enumerate(_list(hostel, "rooms")):
            kind, beds = _text(room, "kind"), _of(room, "beds")
            # A count that no room has was told already.
            if kind in BEDS and type(beds) is int and beds in COUNTS and beds != BEDS[kind]:
                yield f"hostels[{n}].rooms[{m}].beds: a {kind} room has {BEDS[kind]}"
            first, until = _text(room, "valid_from"), _text(room, "valid_until")
            if first and until and until <= first and _both("day", first, until):
                yield f"hostels[{n}].rooms[{m}].valid_until: must be later than {first}"
            for i, number in enumerate(_list(room, "lower_bunks")):
                if type(number) is int and type(beds) is int and beds in COUNTS and beds < number:
                    yield f"hostels[{n}].rooms[{m}].lower_bunks[{i}]: the room has {beds} beds"
        yield from _twice(_list(hostel, "spaces"), f"hostels[{n}].spaces", "kind", ("name", "zh"))
        opens, closes = (_text(_of(hostel, "check_in"), end) for end in ("from", "until"))
        if opens and closes and _both("clock", opens, closes) and _evening(closes) <= _evening(opens):
            yield f"hostels[{n}].check_in.until: must be later than {opens}"

    yield from _faults_of_quotas(told)


def _faults_of_quotas(told):
    """A quota is of a hostel of the file for a month, or of the network for a year; and each stands once."""
    known, seen = {_text(hostel, "slug") for hostel in _list(told, "hostels")}, {}
    for n, quota in enumerate(_list(told, "quotas")):
        if not isinstance(quota, dict):
            continue
        hostel, month, year = (quota.get(key) for key in ("hostel", "month", "year"))
        if (month is None) == (year is None) or (hostel is None) != (month is None):
            yield f"quotas[{n}]: must say a hostel and a month, or only a year of the whole network"
            continue
        if isinstance(hostel, str) and hostel not in known:
            yield f"quotas[{n}].hostel: is not a hostel of this file"
        name = f"{hostel or 'the network'} {month or year} {quota.get('group') or 'everybody'}"
        if name in seen:
            yield f"quotas[{n}]: {name} is that of quotas[{seen[name]}] already"
        seen.setdefault(name, n)


def _both(form: str, *texts: str) -> bool:
    return all(FORMATS.conforms(text, form) for text in texts)


def _evening(clock: str) -> tuple[bool, str]:
    """Order times as a night does: 01:00 comes after 23:00, for it belongs to the same evening."""
    return clock < TURN_OF_THE_DAY.isoformat("minutes"), clock


def _twice(things: list, place: str, *keys: str | tuple[str, str]) -> Iterator[str]:
    """Yield a fault for each thing whose ``keys`` hold the same words as those of one before it."""
    seen: dict[str, int] = {}
    for n, thing in enumerate(things):
        found = [_text(_of(thing, key[0]), key[1]) if isinstance(key, tuple) else _text(thing, key) for key in keys]
        words = [word for word in found if word]
        if len(words) < len(keys):
            continue
        name = " ".join(words)
        if name in seen:
            at = f".{keys[0]}" if len(keys) == 1 else ""
            yield f"{place}[{n}]{at}: {name} is that of {place}[{seen[name]}] already"
        seen.setdefault(name, n)


def _of(thing: Any, key: str) -> Any:
    return thing.get(key) if isinstance(thing, dict) else None


def _text(thing: Any, key: str) -> str | None:
    return value if isinstance(value := _of(thing, key), str) else None


def _list(thing: Any, key: str) -> list:
    return value if isinstance(value := _of(thing, key), list) else []


# --- pictures ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Picture:
    content: bytes
    digest: str
    width: int
    height: int


def _pictures(told: Any, folder: Path) -> tuple[dict[str, _Picture], list[str]]:
    """Read every photo the file names, beside it; return them by their name in the file, and what is wrong."""
    pictures: dict[str, _Picture] = {}
    faults = []
    for n, hostel in enumerate(_list(told, "hostels")):
        digests: dict[str, int] = {}
        for m, name in enumerate(_list(hostel, "photos")):
            if not isinstance(name, str):
                continue
            place = f"hostels[{n}].photos[{m}]"
            try:
                picture = pictures.get(name) or _picture(folder, name)
            except PhotoRefused as no:
                faults.append(f"{place}: {name} {no}")
                continue
            pictures[name] = picture
            if picture.digest in digests:
                faults.append(f"{place}: {name} is the same picture as photos[{digests[picture.digest]}]")
            digests.setdefault(picture.digest, m)
    return pictures, faults


def _picture(folder: Path, name: str) -> _Picture:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PhotoRefused("must lie beside the file, or in a folder there")
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise PhotoRefused(f"cannot be read ({wrong.strerror})") from wrong
    except ValueError as wrong:
        raise PhotoRefused("cannot be the name of a file") from wrong
    width, height = size_of(content)
    return _Picture(content, digest_of(content), width, height)


# --- making it so -----------------------------------------------------------------------------------------------------
class _Loading:
    """One load: compares each thing of the file with its row, and counts what it did."""

    def __init__(self, now: datetime, pictures: dict[str, _Picture], keep_pictures: bool):
        self.now = now
        self.today = today = business_day(now)
        self.pictures = pictures
        self.keep_pictures = keep_pictures
        self.summary = Summary()
        self.first_day = today
        self.closing: list[Closing] = []

    def load(self, told: dict) -> Summary:
        network = self._network(told)
        foreign = {
            hostel.slug: hostel.network.slug
            for hostel in Hostel.objects.exclude(network=network)
            .filter(slug__in=[hostel["slug"] for hostel in told["hostels"]])
            .select_related("network")
        }
        if foreign:
            raise NetworkFileWrong(
                [
                    f"hostels[{n}].slug: {hostel['slug']} is a hostel of {foreign[hostel['slug']]} already"
                    for n, hostel in enumerate(told["hostels"])
                    if hostel["slug"] in foreign
                ]
            )
        known = {
            hostel.slug: hostel
            for hostel in network.hostels.prefetch_related("rooms__beds", "spaces", "rates", "photos")
        }
        for hostel in told["hostels"]:
            self._hostel(network, known.pop(hostel["slug"], None), hostel)
        for hostel in known.values():
            self._close(hostel, hostel.slug)
            for room in hostel.rooms.all():
                self._close_room(room, hostel)
        if self.closing and (against := [fault for check in _checks for fault in check(self.closing, self.now)]):
            raise NetworkFileWrong(against)
        self._quotas(network, told.get("quotas", []))
        self._count(network)
        return self.summary

    def _network(self, told: dict) -> Network:
        said = told["network"]
        above = said.get("parent")
        parent = self._one_network(above, _names(above)) if above else None
        new = not Network.objects.filter(slug=said["slug"]).exists()
        self.first_day = _day(told) or (FIRST_DAY if new else self.today)
        if parent:
            self._cap(parent, above.get("cap"))
        return self._one_network(said, _names(said) | {"parent": parent} | _of_the_office(said))

    def _one_network(self, said: dict, values: dict) -> Network:
        # Locked: two loads at once would each find what the other adds missing.
        row = Network.objects.select_for_update().filter(slug=said["slug"]).first()
        return self._put(row, Network(slug=said["slug"]), values, "network", said["slug"])

    def _cap(self, network: Network, said: dict | None) -> None:
        standing = network.caps.filter(valid_until=None).order_by("valid_from").last()
        if standing and said and standing.free_nights_per_year == said["free_nights_per_year"]:
            self.summary.unchanged += 1
            return
        if standing and said and standing.valid_from >= self.today:
            self._put(standing, None, said, "cap", f"{network.slug}: cap")
            return
        if standing:
            self._close(standing, f"{network.slug}: cap of {standing.free_nights_per_year} nights")
        if said:
            starts = self.today if network.caps.exists() else self.first_day
            NetworkCap.objects.create(network=network, valid_from=starts, **said)
            self.summary.added["cap"] += 1

    def _quotas(self, network: Network, told: list[dict]) -> None:
        """Grant what nobody has granted yet. What stands is the office's, which sees what is kept of it: it is left."""
        hostels = {hostel.slug: hostel for hostel in network.hostels.all()}
        standing = {(row.hostel_id, row.group, row.first_day): row for row in network.quotas.all()}
        granted = []
        for n, said in enumerate(told):
            hostel = hostels[said["hostel"]] if "hostel" in said else None
            first_day = date.fromisoformat(f"{said['month']}-01") if "month" in said else date(said["year"], 1, 1)
            group, values = said.get("group", ""), {"nights": said["nights"], "release_days": said.get("release_days")}
            row = standing.get((hostel.pk if hostel else None, group, first_day))
            if row is None:
                row = Quota.objects.create(network=network, hostel=hostel, group=group, first_day=first_day, **values)
                granted.append(Granted(row, f"quotas[{n}]"))
                self.summary.added["quota"] += 1
            elif (row.nights, row.release_days) == (values["nights"], values["release_days"]):
                self.summary.unchanged += 1
            else:
                self.summary.left.append(f"{row}, not {values['nights']}")
        if granted and (against := [fault for check in _grant_checks for fault in check(granted, self.now)]):
            raise NetworkFileWrong(against)

    def _hostel(self, network: Network, row: Hostel | None, said: dict) -> None:
        values = _names(said) | {
            "town": said["town"],
            "address": said["address"],
            "lat": float(said["position"]["lat"]),
            "lng": float(said["position"]["lng"]),
            "metro_station": said["metro"]["station"] if said.get("metro") else "",
            "metro_metres": said["metro"]["metres"] if said.get("metro") else None,
            "phone": said["phone"],
            "check_in_from": time.fromisoformat(said["check_in"]["from"]),
            "check_in_until": time.fromisoformat(said["check_in"]["until"]),
            "check_out_by": time.fromisoformat(said["check_out_by"]),
            "access": said["access"],
            "facilities": said.get("facilities", []),
            "valid_until": None,
        }
        starts = _day(said) or self.first_day
        new = row is None
        hostel = self._put(
            row, Hostel(network=network, slug=said["slug"], valid_from=starts), values, "hostel", said["slug"]
        )
        self._rate(hostel, said, starts, [] if new else list(hostel.rates.all()))
        self._spaces(hostel, said.get("spaces", []), [] if new else list(hostel.spaces.all()))
        self._rooms(hostel, said["rooms"], starts if new else self.first_day, [] if new else list(hostel.rooms.all()))
        self._photos(hostel, said.get("photos", []), [] if new else list(hostel.photos.all()))

    def _rate(self, hostel: Hostel, said: dict, starts: date, rows: list[Rate]) -> None:
        # Digits only: a float would make 98.10 yuan 9809 fen one day.
        fen = int(said["rate_per_night_yuan"].replace(".", ""))
        last = max(rows, key=lambda rate: rate.valid_from, default=None)
        about = f"{hostel.slug}: rate per night"
        if last is None:
            Rate.objects.create(hostel=hostel, fen=fen, valid_from=starts)
            self.summary.added["rate"] += 1
        elif last.fen == fen:
            self.summary.unchanged += 1
        elif last.valid_from >= self.today:
            self._put(last, None, {"fen": fen}, "rate", about)
        else:
            Rate.objects.create(hostel=hostel, fen=fen, valid_from=self.today)
            self.summary.changed.append(f"{about}: {_yuan(last.fen)} to {_yuan(fen)} yuan from {self.today}")

    def _spaces(self, hostel: Hostel, said: list[dict], rows: list[Space]) -> None:
        known = {(space.kind, space.name_zh): space for space in rows}
        for told in said:
            kind, name = Space.Kind(told["kind"]), told["name"]
            with translation.override("en"):
                name_en = name.get("en") or capfirst(str(kind.label))
            blank = Space(hostel=hostel, kind=kind, name_zh=name["zh"])
            values = {"name_en": name_en, "seats": told["seats"]}
            self._put(known.pop((kind, name["zh"]), None), blank, values, "space", f"{hostel.slug}: {name['zh']}")
        for space in known.values():
            space.delete()
            self.summary.closed.append(f"{hostel.slug}: {space.name_zh}")

    def _rooms(self, hostel: Hostel, said: list[dict], first_day: date, rows: list[Room]) -> None:
        # The last row of a number is the one that may be open; closed ones before it are history.
        known = {room.number: room for room in sorted(rows, key=lambda room: room.valid_from)}
        new: list[tuple[Room, dict]] = []
        for told in said:
            values = {key: told[key] for key in ("floor", "kind", "guests", "supply")}
            values["features"] = told.get("features", [])
            row, until = known.pop(told["number"], None), _day(told, "valid_until")
            about = f"{hostel.slug}: room {told['number']}"
            if row is not None and until is not None and max(row.valid_until or date.max, until) <= self.today:
                self.summary.unchanged += 1  # it has closed, as the file says
            elif row is not None and _open_or_closed_on(row, self.today):
                self._put(row, None, values | ({} if until else self._open_again(row)), "room", about)
                self._beds(row, told, about)
                if until is not None:
                    self._ends(row, max(until, self.today), about)
            else:
                # One that comes back does so today: the days since it closed are in the books as they were.
                starts = self.today if row is not None else _day(told) or first_day
                blank = Room(
                    hostel=hostel,
                    number=told["number"],
                    valid_from=starts,
                    valid_until=until and max(until, starts),
                    **values,
                )
                new.append((blank, told))
        Room.objects.bulk_create([room for room, _told in new])
        Bed.objects.bulk_create(
            Bed(
                room=room,
                number=number,
                valid_from=room.valid_from,
                valid_until=room.valid_until,
                features=_of_bed(told, number),
            )
            for room, told in new
            for number in range(1, told["beds"] + 1)
        )
        self.summary.added.update({"room": len(new), "bed": sum(told["beds"] for _room, told in new)} if new else {})
        for room in known.values():
            self._close_room(room, hostel)

    def _beds(self, room: Room, told: dict, about: str) -> None:
        known = {bed.number: bed for bed in sorted(room.beds.all(), key=lambda bed: bed.valid_from)}
        new = []
        for number in range(1, told["beds"] + 1):
            row, has = known.pop(number, None), {"features": _of_bed(told, number)}
            if row is not None and _open_or_closed_on(row, self.today):
                again = {} if "valid_until" in told else self._open_again(row)
                self._put(row, None, has | again, "bed", f"{about}, bed {number}")
            else:
                new.append(Bed(room=room, number=number, valid_from=max(self.today, room.valid_from), **has))
        Bed.objects.bulk_create(new)
        self.summary.added.update({"bed": len(new)} if new else {})
        for bed in known.values():
            self._close(bed, f"{about}, bed {bed.number}")

    def _photos(self, hostel: Hostel, said: list[str], rows: list[Photo]) -> None:
        known = {photo.position: photo for photo in rows}
        for position, name in enumerate(said):
            picture = self.pictures[name]
            values = {"digest": picture.digest, "width": picture.width, "height": picture.height}
            blank = Photo(hostel=hostel, position=position)
            photo = self._put(known.pop(position, None), blank, values, "photo", f"{hostel.slug}: photo {name}")
            if self.keep_pictures:
                keep_files(photo, picture.content)
        for photo in known.values():
            photo.delete()
            self.summary.closed.append(f"{hostel.slug}: photo {photo.position + 1}")

    # --- one row ---
    def _put(self, row, blank, values: dict, kind: str, about: str):
        """Give ``row`` (or ``blank``, where there is none yet) these values; return it saved, and count what it was."""
        found = row if row is not None else blank
        different = [key for key, value in values.items() if getattr(found, key) != value]
        for key in different:
            setattr(found, key, values[key])
        if row is None:
            found.save(force_insert=True)
            self.summary.added[kind] += 1
        elif different:
            found.save(update_fields=different)
            self.summary.changed.append(f"{about}: {', '.join(different)}")
        else:
            self.summary.unchanged += 1
        return found

    def _open_again(self, row) -> dict:
        """What closed only today goes on; what the house has closed from a day to come closes then."""
        return {} if row.valid_until and row.valid_until > self.today else {"valid_until": None}

    def _close_room(self, room: Room, hostel: Hostel) -> None:
        for bed in room.beds.all():
            self._close(bed, f"{hostel.slug}: room {room.number}, bed {bed.number}")
        self._close(room, f"{hostel.slug}: room {room.number}")

    def _ends(self, room: Room, until: date, about: str) -> None:
        """Have ``room`` and its beds close on the day ``until``, as the file says; a bed that closes before is left."""
        before = room.valid_until
        for bed in Bed.objects.filter(room=room):
            if bed.valid_until in (None, before) or bed.valid_until > until:
                self._end(bed, until, f"{about}, bed {bed.number}")
        self._end(room, until, about)

    def _end(self, row, until: date, about: str) -> None:
        if row.valid_until == until:
            return
        row.valid_until = until
        row.save(update_fields=["valid_until"])
        self.summary.changed.append(f"{about}: until {until}")
        if isinstance(row, Bed):
            self.closing.append(Closing(row, until, about))

    def _close(self, row, about: str) -> None:
        """Close ``row`` from today; tonight is the first night that it no longer gives."""
        if row.valid_until is None:
            row.valid_until = max(self.today, row.valid_from)
            row.save(update_fields=["valid_until"])
            self.summary.closed.append(about)
            if isinstance(row, Bed):
                self.closing.append(Closing(row, row.valid_until, about))

    def _count(self, network: Network) -> None:
        self.summary.network = network.slug
        self.summary.hostels = network.hostels.valid_on(self.today).count()
        self.summary.rooms = Room.objects.filter(hostel__network=network).valid_on(self.today).count()
        self.summary.beds = Bed.objects.filter(room__hostel__network=network).valid_on(self.today).count()


def _open_or_closed_on(row, today: date) -> bool:
    """Whether ``row`` is open, or was closed only today, so that it may go on as if nothing had been."""
    return row.valid_until is None or row.valid_until >= today


def _of_bed(room: dict, number: int) -> list[str]:
    """What the bed of this number has; what its whole room has stands with the room."""
    return [Need.LOWER_BUNK.value] if number in room.get("lower_bunks", []) else []


def _of_the_office(said: dict) -> dict:
    """The office's phone, when nights given back are everybody's, and how long offers and questions to houses stand;
    what a file does not say stays as it is."""
    names = ("phone", "offer_minutes", "offer_minutes_tonight", "on_call_minutes")
    values = {name: said[name] for name in names if name in said}
    if "freed_nights_public_at" in said:
        values["freed_public_at"] = time.fromisoformat(said["freed_nights_public_at"])
    return values


def _names(said: dict) -> dict[str, str]:
    return {"name_zh": said["name"]["zh"], "name_en": said["name"]["en"]}


def _day(said: dict, key: str = "valid_from") -> date | None:
    return date.fromisoformat(said[key]) if key in said else None


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
