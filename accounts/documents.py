"""Identity documents: is this a number that such a document can bear, and what does it say of its holder?"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from stdnum.cn.ric import calc_check_digit

from accounts.fields import keyed_hash
from accounts.models import Person
from accounts.reasons import Fix, Refused, not_met

Kind = Person.Document
OLDEST_YEARS = 120
LONGEST = 40  # of what is typed no more is read: enough to see that it does not fit

# Whose prefix is not in here is a resident card: the place of birth is never a reason to refuse.
PREFIXES = {Kind.RESIDENCE_PERMIT: ("81", "82", "83"), Kind.FOREIGN_RESIDENT: ("9",)}
EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
# A permit's last two characters of eleven (Taiwan: ten) count its renewals: who holds it is in those before them.
HK_MACAO = re.compile(r"([HM][0-9]{8})([0-9]{2})?")
TAIWAN = re.compile(r"([0-9]{8})([0-9]{2})?")
PASSPORT = re.compile(r"[A-Z0-9]{6,9}")
FOREIGN_RESIDENT_2004 = re.compile(r"[A-Z]{3}[0-9]{12}")
SEPARATORS = re.compile(r"[\s\-()]+")

SEVERAL_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・", "·"))
NAME = re.compile(r"[^\W\d_]+(?:(?:[ ·'’-]|\. ?)[^\W\d_]+)*\.?")
NAME_LENGTH = range(2, 41)


@dataclass(frozen=True)
class Document:
    """A number that reads well. ``gender`` is "" and ``birth_date`` None where this kind does not carry them."""

    kind: str
    number: str
    gender: str = ""
    birth_date: date | None = None

    @property
    def hash(self) -> str:
        """By this it is found again. The kind is in it: two kinds may bear the same digits."""
        return keyed_hash(f"{self.kind}:{self.number}", "document")

    @property
    def digits(self) -> str:
        """The keyed hash of the last four, as the desk searches by."""
        return digits_hash(self.number)


def digits_hash(text: str) -> str:
    """Return the keyed hash of the last four characters of a document number or phone; "" of nothing."""
    return keyed_hash(text[-4:].upper(), "digits") if text else ""


def read_document(kind: str, number: str, today: date | None = None) -> Document:
    """Read ``number`` as typed or scanned (any width, spaces, small letters) from a document of ``kind``.

    Of the cards with eighteen characters the number itself says which it is, so one given as a resident card may come
    back as another kind. ``today`` refuses birth dates to come; raises Refused with IDENTITY and what is wrong.
    """
    text = SEPARATORS.sub("", unicodedata.normalize("NFKC", number)).upper()[:LONGEST]
    if not text:
        raise _refused(_("The document number is still needed"), "")
    match kind:
        case Kind.RESIDENT | Kind.RESIDENCE_PERMIT:
            return _read_eighteen(kind, text, today)
        case Kind.FOREIGN_RESIDENT if not text[0].isalpha():
            return _read_eighteen(kind, text, today)
        case Kind.FOREIGN_RESIDENT:
            wrong = _("A permanent residence card bears 3 letters and 12 digits, or 18 digits; %(number)s does not fit")
            return Document(kind, _matched(FOREIGN_RESIDENT_2004, text, wrong))
        case Kind.HK_MACAO_PERMIT:
            wrong = _("This permit's number is H or M and 8 or 10 digits; %(number)s does not fit")
            return Document(kind, _matched(HK_MACAO, text, wrong))
        case Kind.TAIWAN_PERMIT:
            wrong = _("This permit's number is 8 or 10 digits; %(number)s does not fit")
            return Document(kind, _matched(TAIWAN, text, wrong))
        case Kind.PASSPORT:
            wrong = _("A passport number is 6 to 9 letters and digits; %(number)s does not fit")
            return Document(kind, _matched(PASSPORT, text, wrong))
    raise _refused(_("Say first which document it is"), "")


def _matched(pattern, text, wrong):
    found = pattern.fullmatch(text)
    if not found:
        raise _refused(wrong, text)
    return found[1] if pattern.groups else found[0]


def _read_eighteen(kind, text, today):
    if not EIGHTEEN.fullmatch(text):
        raise _refused(_("This number has 17 digits and then a digit or X; %(number)s does not fit"), text)
    if calc_check_digit(text) != text[-1]:
        raise _refused(_("A digit of %(number)s is wrong or two are swapped: read it from the card again"), text)
    said = next((named for named, prefixes in PREFIXES.items() if text.startswith(prefixes)), Kind.RESIDENT)
    if kind not in (said, Kind.RESIDENT):
        raise _refused(_("%(number)s is the number of another card: choose which one you have"), text)
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise _refused(_("The birth date in %(number)s does not exist: read it from the card again"), text) from None
    if today and not (born <= today and born.year >= today.year - OLDEST_YEARS):
        raise _refused(_("The birth date in %(number)s cannot be right: read it from the card again"), text)
    return Document(said, text, Person.Gender.MALE if int(text[16]) % 2 else Person.Gender.FEMALE, born)


def _refused(wrong, text):
    return Refused(
        not_met(
            "IDENTITY",
            wrong,
            {"number": mask(text)} if text else {},
            value_used=mask(text) or None,
            value_source="declared",
            fix=Fix("correct", _("Check the document number"), "/me/"),
            field="document_number",
        )
    )


def hash_of_number(number: str) -> list[str]:
    """Return the hashes of every document that the bare ``number`` may be of; none where it can be of none."""
    hashes = []
    for kind in Kind.values:
        try:
            hashes.append(read_document(kind, number).hash)
        except Refused:
            continue
    return list(dict.fromkeys(hashes))


def read_name(name: str) -> str:
    """Return ``name`` as we keep it: one kind of middle dot, single spaces; raises Refused with IDENTITY."""
    text = " ".join(unicodedata.normalize("NFKC", name).translate(SEVERAL_DOTS).split())
    if len(text) not in NAME_LENGTH or not NAME.fullmatch(text):
        raise Refused(
            not_met(
                "IDENTITY",
                _("Write your name as on the document: 2 to 40 letters or characters, · included"),
                value_source="declared",
                fix=Fix("correct", _("Check the name"), "/me/"),
                field="name",
            )
        )
    return text


def mask(number: str) -> str:
    """Return ``number`` as it may be shown: 3205************1X, E1*****78, and of very short ones only stars."""
    shown_first, shown_last = (4, 2) if len(number) > 11 else (2, 2) if len(number) > 6 else (0, 0)
    stars = len(number) - shown_first - shown_last
    return number[:shown_first] + "*" * stars + (number[-shown_last:] if shown_last else "")


def with_check_digit(first_seventeen: str) -> str:
    """Return the eighteen characters whose first seventeen are given: for invented people, of tests and replays."""
    return first_seventeen + calc_check_digit(first_seventeen + "0")
