"""Tables that leave the house as files: CSV that a spreadsheet opens in Chinese, and XLSX."""

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "\ufeff"  # without it the common spreadsheet reads UTF-8 as something else
WIDEST = 40  # characters


def harmless(cell: object) -> str:
    """The cell as text that no spreadsheet reckons with: an apostrophe stands before what would be a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(columns: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV in UTF-8 with its mark, lines ended as the standard says (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([harmless(cell) for cell in row] for row in (columns, *rows))
    return (MARK + out.getvalue()).encode()


def as_xlsx(columns: Sequence[object], rows: Iterable[Sequence[object]], title: str) -> bytes:
    """A table as XLSX: every cell is text, so that eighteen digits stay eighteen; the line of names stands still."""
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    table = [[ILLEGAL_CHARACTERS_RE.sub("", harmless(cell)) for cell in row] for row in (columns, *rows)]
    for row in table:
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.number_format = "@"
            cell.data_type = "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, column in enumerate(zip(*table, strict=True), 1):
        width = max(sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) for text in column)
        sheet.column_dimensions[get_column_letter(number)].width = min(width + 2, WIDEST)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
