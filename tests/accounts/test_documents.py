from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.documents import (
    digits_hash,
    hash_of_number,
    mask,
    read_document,
    read_name,
    with_check_digit,
)
from accounts.reasons import NOT_MET, Refused

TODAY = date(2026, 3, 6)
LIN = "34010220010506002X"
KINDS = ["resident", "residence_permit", "foreign_resident"]

births = st.dates(date(1907, 1, 1), TODAY)
areas = st.integers(100000, 799999).map(str)


@st.composite
def resident_numbers(draw, area=areas):
    return with_check_digit(f"{draw(area)}{draw(births):%Y%m%d}{draw(st.integers(0, 999)):03d}")


def refusal(kind, number, today=TODAY):
    with pytest.raises(Refused) as refused:
        read_document(kind, number, today)
    (reason,) = refused.value.reasons
    assert (reason.code, reason.verdict) == ("IDENTITY", NOT_MET)
    assert reason.fix.label
    return reason


def test_a_resident_card_says_whose_it_is():
    document = read_document("resident", LIN, TODAY)

    assert (document.kind, document.number) == ("resident", LIN)
    assert (document.gender, document.birth_date) == ("female", date(2001, 5, 6))


@pytest.mark.parametrize(
    "typed", [" 340102 20010506 002x", "３４０１０２２００１０５０６００２Ｘ", "340102-20010506-002X"]
)
def test_a_number_is_read_however_it_was_typed(typed):
    assert read_document("resident", typed, TODAY).number == LIN


@given(resident_numbers())
def test_a_valid_number_always_reads_back(number):
    document = read_document("resident", number, TODAY)

    assert document.number == number
    assert f"{document.birth_date:%Y%m%d}" == number[6:14]
    assert document.gender == ("male" if int(number[16]) % 2 else "female")


@given(resident_numbers(), st.data())
def test_any_single_wrong_character_is_refused(number, data):
    place = data.draw(st.integers(0, 17))
    others = "0123456789X" if place == 17 else "0123456789"
    wrong = data.draw(st.sampled_from([c for c in others if c != number[place]]))

    refusal("resident", number[:place] + wrong + number[place + 1 :])


@given(resident_numbers(), st.integers(0, 16))
def test_two_swapped_neighbours_are_refused(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        refusal("resident", swapped)


@given(st.sampled_from([*KINDS, "hk_macao_permit", "taiwan_permit", "passport"]), st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(kind, text):
    with suppress(Refused):
        assert read_document(kind, text, TODAY).number


@pytest.mark.parametrize(
    "number",
    [
        "34010220010506002",  # one short
        "34010220010506002X0",
        "340102200105O6002X",  # a letter O
        with_check_digit("34010220010231002"),  # 31 February
        with_check_digit("34010220260307002"),  # tomorrow
        with_check_digit("34010219050506002"),  # 121 years ago
        "",
        "X",
    ],
)
def test_a_number_that_cannot_be_is_refused(number):
    refusal("resident", number)


def test_a_child_born_today_has_a_card_that_reads():
    assert read_document("resident", with_check_digit("34010220260306002"), TODAY).birth_date == TODAY


@pytest.mark.parametrize("area", ["320506", "340102", "999999"[:1] + "00000", "110000", "659004"])
def test_the_place_of_birth_is_no_reason_to_refuse(area):
    number = with_check_digit(f"{area}20010506002")

    assert read_document("resident", number, TODAY).number == number


@pytest.mark.parametrize("prefix", ["81", "82", "83"])
def test_a_residence_permit_reads_like_a_resident_card(prefix):
    number = with_check_digit(f"{prefix}000020010506003")

    document = read_document("residence_permit", number, TODAY)

    assert (document.gender, document.birth_date) == ("male", date(2001, 5, 6))
    assert read_document("resident", number, TODAY) == document  # the number says which card it is


def test_a_resident_card_is_no_residence_permit():
    refusal("residence_permit", LIN)
    refusal("foreign_resident", LIN)


def test_a_new_permanent_residence_card_begins_with_nine_and_carries_a_birth_date():
    number = with_check_digit("93215619900228001")

    document = read_document("foreign_resident", number, TODAY)

    assert document.birth_date == date(1990, 2, 28)
    assert read_document("resident", number, TODAY).hash == document.hash


def test_an_old_permanent_residence_card_carries_nothing_we_can_check():
    document = read_document("foreign_resident", "fra 310175010215", TODAY)

    assert (document.number, document.gender, document.birth_date) == ("FRA310175010215", "", None)


@pytest.mark.parametrize("number", ["FRA31017501021", "FR3310175010215", "93215619900228001X", "FRA3101750102155"])
def test_a_permanent_residence_card_of_another_shape_is_refused(number):
    refusal("foreign_resident", number)


@pytest.mark.parametrize("number", ["H12345678", "h1234567801", "M12345678", "H 1234 5678"])
def test_a_permit_for_hong_kong_or_macao_is_read(number):
    assert read_document("hk_macao_permit", number).number[1:] == "12345678"


def test_a_renewed_permit_is_still_the_same_persons():
    assert read_document("hk_macao_permit", "H1234567801").hash == read_document("hk_macao_permit", "H12345678").hash
    assert read_document("taiwan_permit", "1234567803").hash == read_document("taiwan_permit", "12345678").hash


@pytest.mark.parametrize("number", ["K12345678", "H1234567", "H123456789", "H12345678012", "12345678"])
def test_another_shape_is_no_permit_for_hong_kong_or_macao(number):
    refusal("hk_macao_permit", number)


@pytest.mark.parametrize("number", ["1234567", "123456789", "12345678901", "H1234567"])
def test_another_shape_is_no_permit_for_taiwan(number):
    refusal("taiwan_permit", number)


@pytest.mark.parametrize("number", ["E12345678", "123456", "AB1234567"])
def test_a_passport_is_six_to_nine_letters_and_digits(number):
    assert read_document("passport", number.lower()).number == number


@pytest.mark.parametrize("number", ["12345", "E123456789", "护照12345", "E1234_678"])
def test_another_shape_is_no_passport(number):
    refusal("passport", number)


def test_a_document_of_no_kind_is_refused():
    refusal("", LIN)
    refusal("library_card", LIN)


def test_a_refusal_never_shows_the_whole_number():
    wrong = LIN[:-1] + "0"

    reason = refusal("resident", wrong)

    for words in (str(reason.as_data()), reason.sentence.say("en"), reason.sentence.say("zh-hans")):
        assert wrong not in words
    assert reason.value_used == "3401************20"


def test_a_refusal_speaks_both_languages():
    data = refusal("hk_macao_permit", "K12345678").as_data()

    assert data["sentence_en"] == "This permit's number is H or M and 8 or 10 digits; K1*****78 does not fit"
    assert data["sentence_zh"] == "通行证号是 H 或 M 加 8 位或 10 位数字，K1*****78 对不上"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(LIN, "3401************2X"), ("E12345678", "E1*****78"), ("12345678", "12****78"), ("123456", "******"), ("", "")],
)
def test_a_number_is_shown_masked(number, shown):
    assert mask(number) == shown


@given(st.text(max_size=50))
def test_a_mask_keeps_the_length_and_hides_a_third_at_least(number):
    shown = mask(number)

    assert len(shown) == len(number)
    assert shown.count("*") >= len(number) / 3


def test_a_bare_number_is_found_whatever_document_it_is_of():
    assert read_document("resident", LIN).hash in hash_of_number(f" {LIN.lower()} ")
    assert read_document("taiwan_permit", "12345678").hash in hash_of_number("12345678")
    assert read_document("passport", "12345678").hash in hash_of_number("12345678")
    assert hash_of_number("no such number") == []


def test_the_same_digits_of_another_kind_are_another_document():
    assert read_document("taiwan_permit", "12345678").hash != read_document("passport", "12345678").hash


def test_the_last_four_are_found_without_regard_to_capitals():
    assert read_document("resident", LIN).digits == digits_hash("002x") == digits_hash("002X")
    assert digits_hash("") == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("林小满", "林小满"),
        ("  阿卜杜拉•买买提 ", "阿卜杜拉·买买提"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("Anne-Marie  O'Neill", "Anne-Marie O'Neill"),
        ("José García Jr.", "José García Jr."),
        ("J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_a_name_is_kept_as_on_the_document(typed, kept):
    assert read_name(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "林", "林1", "林 · ", "·林小满", "<b>Lin</b>", "名" * 41, "Lin\x00Li", "-- drop"]
)
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(Refused) as refused:
        read_name(typed)
    assert refused.value.code == "IDENTITY"
