"""Lists of names as schools send them."""

from datetime import date

import pytest

from bookings.name_lists import Unreadable, read_names


def test_a_table_is_read_by_the_names_of_its_columns_in_either_language():
    [chinese] = read_names("证件号码,姓名,性别,学历,毕业时间,本区有住房,入住\n123,何来,女,本科,2025年6月,否,2026/3/8\n")
    [english] = read_names("name\tdocument_number\tdocument_kind\tbirth_date\nLi Na\tE1234567\tpassport\t2001-05-06\n")

    assert (chinese.named.name, chinese.named.document_number) == ("何来", "123")
    assert chinese.named.about == {
        "gender": "female",
        "education": "bachelor",
        "graduation": "2025-06",
        "home_in_district": False,
    }
    assert chinese.named.arrival == date(2026, 3, 8)
    assert (english.named.document_kind, english.named.about) == ("passport", {"birth_date": date(2001, 5, 6)})


def test_two_columns_without_names_are_name_and_document():
    rows = read_names("何来,123\n\n何往,456")

    assert [(row.number, row.named.name, row.named.document_number) for row in rows] == [
        (1, "何来", "123"),
        (3, "何往", "456"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_whatever_saved_it(encoding):
    [row] = read_names("姓名,证件号码\n何来,123\n".encode(encoding))

    assert row.named.name == "何来"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("何来,,,", "证件号码"),
        (",123,,", "姓名"),
        ("何来,123,幼儿园,", "学历"),
        ("何来,123,,明年", "毕业时间"),
        (f"何来,{'1' * 99},,", "证件号码"),
    ],
)
def test_what_does_not_read_is_said_of_its_row_and_column(row, column):
    good, wrong = read_names(f"姓名,证件号码,学历,毕业时间\n何往,456,,\n{row}")

    assert good.named
    assert (wrong.number, wrong.named) == (3, None)
    assert column in wrong.wrong.say("zh-hans")


@pytest.mark.parametrize(
    "content",
    [
        "",
        " \n,,\n",
        "姓名,学历\n何来,本科",
        b"PK\x03\x04 a workbook",
        b"\xff\xfe\x00\x81\x20",
        "x" * 1_000_001,
        "a,b\n" * 201,
    ],
)
def test_what_is_no_list_is_said(content):
    with pytest.raises(Unreadable):
        read_names(content)


@pytest.mark.parametrize("content", ["\0\0,\0", '"', '姓名,证件号码\n"a\nb",1', "\u202e,\ud7ff\n" * 3, "," * 10_000])
def test_strange_text_never_breaks_it(content):
    try:
        read_names(content)
    except Unreadable:
        return
