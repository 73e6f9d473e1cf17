"""Tables as files."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hostel.sheets import as_csv, as_xlsx

COLUMNS = ("姓名", "证件号码")


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content):
    return [[cell.value or "" for cell in row] for row in load_workbook(io.BytesIO(content)).active.iter_rows()]


def test_a_csv_begins_with_its_mark_so_that_a_spreadsheet_reads_chinese():
    assert as_csv(COLUMNS, [("林小满", "1")]).startswith(b"\xef\xbb\xbf")


def test_eighteen_digits_stay_text_in_a_spreadsheet():
    sheet = load_workbook(io.BytesIO(as_xlsx(COLUMNS, [("林小满", "340102200105060011")], "x"))).active

    assert sheet["B2"].value == "340102200105060011"
    assert sheet["B2"].data_type == "s"
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
@pytest.mark.parametrize("write, read", [(as_csv, read_csv), (lambda *of: as_xlsx(*of, "x"), read_xlsx)])
def test_what_would_be_a_formula_is_text(begins, write, read):
    cell = f"{begins}HYPERLINK(1)"

    assert read(write(COLUMNS, [(cell, "1")]))[1][0].lstrip("'").strip() == cell.strip()
    assert read(write(COLUMNS, [(cell, "1")]))[1][0].startswith("'")


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.none() | st.integers())))
def test_every_text_comes_back_from_a_csv(rows):
    read = read_csv(as_csv(COLUMNS, rows))

    assert len(read) == len(rows) + 1
    for (text, number), (first, second) in zip(rows, read[1:], strict=True):
        assert first.removeprefix("'") == text.removeprefix("'")
        assert second.removeprefix("'") == ("" if number is None else str(number))


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=5))
def test_no_text_keeps_a_spreadsheet_from_being_written(rows):
    assert len(read_xlsx(as_xlsx(COLUMNS, rows, "x"))) == len(rows) + 1
