"""Lists of names as schools send them: a table as CSV, or copied from a spreadsheet, read row by row."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.names import mask_name
from accounts.people import is_graduation
from accounts.reasons import Sentence
from bookings.naming import MOST_NAMES, Named

LONGEST_FILE = 1_000_000  # bytes
LONGEST_CELL = 80

# What a column may be called. A table without a line of names is read in the order of the first three.
COLUMNS = {
    "name": ("name", "姓名"),
    "document_number": ("document_number", "document", "证件号码", "证件号", "身份证号", "身份证号码"),
    "document_kind": ("document_kind", "证件类型", "证件"),
    "gender": ("gender", "性别"),
    "birth_date": ("birth_date", "出生日期", "生日"),
    "education": ("education", "学历"),
    "graduation": ("graduation", "毕业时间", "毕业年月"),
    "school": ("school", "学校", "毕业学校"),
    "school_city": ("school_city", "学校城市", "学校所在城市"),
    "home_in_district": ("home_in_district", "本区有住房", "在本区有住房"),
    "arrival": ("arrival", "入住", "入住日期"),
    "departure": ("departure", "离开", "离店", "离开日期"),
}
YES_NO = {"yes": True, "true": True, "1": True, "是": True, "有": True,
          "no": False, "false": False, "0": False, "否": False, "无": False, "没有": False}  # fmt: skip
GENDERS = {"女": "female", "男": "male", "f": "female", "m": "male"}
EDUCATION = {
    "中专": "secondary_vocational", "职高": "secondary_vocational", "大专": "junior_college", "专科": "junior_college",
    "预备技师": "pre_technician", "技师": "technician", "本科": "bachelor", "学士": "bachelor", "硕士": "master",
    "研究生": "master", "博士": "doctor",
}  # fmt: skip
DOCUMENTS = {
    "": "resident", "身份证": "resident", "居民身份证": "resident", "护照": "passport",
    "港澳居民来往内地通行证": "hk_macao_permit", "台湾居民来往大陆通行证": "taiwan_permit",
    "港澳台居民居住证": "residence_permit", "外国人永久居留身份证": "foreign_resident",
}  # fmt: skip
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


@dataclass(frozen=True)
class Row:
    """A row of the table: who it names, or what in it does not read."""

    number: int  # as the sheet counts, the line of column names included
    name: str  # masked
    named: Named | None = None
    wrong: Sentence | None = None


class Unreadable(Exception):
    """The table as a whole can't be read; `sentence` says why."""

    def __init__(self, text, **values):
        self.sentence = Sentence(text, values)
        super().__init__(str(self.sentence))


def read_names(content: bytes | str) -> list[Row]:
    """Read a table: CSV (UTF-8 or GB 18030), or text with tabs. Raises Unreadable."""
    if len(content) > LONGEST_FILE:
        raise Unreadable(_("The list is larger than 1 MB: send it in parts"))
    table = _table(_text(content) if isinstance(content, bytes) else content)
    if not table:
        raise Unreadable(_("The list is empty"))
    first, columns = table[0], _columns(table[0][1])
    rows = table[1:] if columns else table
    columns = columns or dict(enumerate(list(COLUMNS)[:2]))
    if "name" not in columns.values() or "document_number" not in columns.values():
        raise Unreadable(_("The columns 姓名 and 证件号码 (name, document_number) are needed; found: %(found)s"),
                         found=", ".join(first[1])[:200])  # fmt: skip
    if len(rows) > MOST_NAMES:
        raise Unreadable(_("At most %(most)s names at once: send the list in parts"), most=MOST_NAMES)
    return [_row(number, cells, columns) for number, cells in rows]


def _text(content):
    if content.startswith(b"PK"):
        raise Unreadable(_("This is an Excel file: save it as CSV, or copy the cells and paste them below"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The list can't be read as text: save it as CSV"))


def _table(text):
    """The rows that hold anything, with their numbers."""
    text = text.replace("\0", "")
    tabs = "\t" in text.split("\n", 1)[0]
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter="\t" if tabs else ","))
    except csv.Error as wrong:
        raise Unreadable(_("The list can't be read as text: save it as CSV")) from wrong
    cleaned = [(number, [cell.strip() for cell in cells]) for number, cells in enumerate(rows, start=1)]
    return [(number, cells) for number, cells in cleaned if any(cells)]


def _columns(cells):
    """Which field stands in which column, where the cells are names of columns."""
    by_name = {called: field for field, names in COLUMNS.items() for called in names}
    found = {place: by_name[cell.lower()] for place, cell in enumerate(cells) if cell.lower() in by_name}
    return found if "name" in found.values() or "document_number" in found.values() else {}


def _row(number, cells, columns):
    said = {field: cells[place] for place, field in columns.items() if place < len(cells) and cells[place]}
    name = said.get("name", "")
    masked = mask_name(name)
    if long := next((field for field, text in said.items() if len(text) > LONGEST_CELL), None):
        return _wrong(number, masked, _("%(column)s is too long"), long)
    for field in ("name", "document_number"):
        if field not in said:
            return _wrong(number, masked, _("%(column)s is missing"), field)
    about: dict[str, object] = {}
    for field, read in READ.items():
        if field not in said:
            continue
        value = read(said[field])
        if value is None:
            return _wrong(number, masked, _("%(column)s: “%(said)s” can't be read"), field, said[field])
        about[field] = value
    about |= {field: said[field] for field in ("school", "school_city") if field in said}
    kind = about.pop("document_kind", "resident")
    stay = {field: about.pop(field) for field in ("arrival", "departure") if field in about}
    return Row(number, masked, Named(name, str(kind), said["document_number"], about, **stay))


def _wrong(number, masked, text, column, said=""):
    english, chinese = COLUMNS[column][0], next(name for name in COLUMNS[column] if not name.isascii())
    return Row(number, masked, wrong=Sentence(text, {"column": (chinese, english), "said": said[:20]}))


def _one_of(known, choices):
    return lambda text: text.lower() if text.lower() in choices else known.get(text.lower())


def _day(text):
    found = DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _graduation(text):
    parts = re.findall(r"\d+", text)
    joined = "-".join(part.zfill(2) for part in parts)
    return joined if is_graduation(joined) else None


READ = {
    "document_kind": _one_of(DOCUMENTS, Person.Document.values),
    "gender": _one_of(GENDERS, Person.Gender.values),
    "birth_date": _day,
    "education": _one_of(EDUCATION, Person.Education.values),
    "graduation": _graduation,
    "home_in_district": lambda text: YES_NO.get(text.lower()),
    "arrival": _day,
    "departure": _day,
}
