import pytest

from accounts.phones import mask_phone, read_phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13812345678", "+8613812345678"),
        ("138 1234 5678", "+8613812345678"),
        ("138-1234-5678", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("+86 13812345678", "+8613812345678"),
        ("008613812345678", "+8613812345678"),
        ("+852 6123 4567", "+85261234567"),
    ],
)
def test_a_phone_is_read_as_people_write_it(typed, kept):
    assert read_phone(typed) == kept


@pytest.mark.parametrize("typed", ["", "1381234567", "23812345678", "call me", "+86", "+1 555", "13812345678 ext 3"])
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(ValueError):
        read_phone(typed)


@pytest.mark.parametrize(("phone", "shown"), [("+8613812345678", "+86 138******78"), ("+85261234567", "+852 ******67")])
def test_a_phone_is_shown_masked(phone, shown):
    assert mask_phone(phone) == shown


def test_the_login_of_somebody_forgotten_has_no_phone_to_be_shown():
    assert mask_phone("gone-12") == "—"
