import pytest

from accounts.models import Person
from accounts.names import mask_name, without


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", ""),
        ("林", "林"),
        ("林小", "林*"),
        ("林小满", "林**"),
        ("欧阳小满", "欧***"),
        ("阿卜杜拉·买买提", "阿***"),
        ("J" + "o" * 39, "J***"),
    ],
)
def test_a_masked_name_is_its_first_character_and_at_most_three_stars(name, shown):
    assert mask_name(name) == shown
    assert Person(name=name).masked_name == shown


def test_words_are_left_out_the_longest_first_and_empty_ones_passed_over():
    assert without("林小满来电，小满说的", ("小满", "林小满", "")) == "…来电，…说的"
