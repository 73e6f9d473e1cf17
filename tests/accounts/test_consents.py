"""What was agreed to is taken back line by line, but for what the account itself rests on."""

import pytest

from accounts.consents import consents_of, withdraw
from accounts.models import Consent, Deed
from accounts.people import agree, agree_to_identity, agree_to_proofs
from accounts.reasons import Refused
from tests.conftest import MONDAY, NOW, moment

LATER = moment(MONDAY, 9)


def test_each_line_is_there_with_its_date_the_standing_ones_first(newcomer):
    agree_to_proofs(newcomer, NOW)
    withdraw(newcomer, "evidence", now=LATER)
    agree(newcomer, NOW)

    said = consents_of(newcomer)

    assert [(each.consent.purpose, each.stands) for each in said] == [
        ("service", True),
        ("privacy", True),
        ("evidence", False),
    ]
    assert [bool(each.follows) for each in said] == [False, False, True]


def test_what_is_taken_back_is_written_down_and_may_be_given_again(newcomer):
    agree_to_proofs(newcomer, NOW)
    withdraw(newcomer, Consent.Purpose.EVIDENCE, now=LATER)
    agree_to_proofs(newcomer, LATER)

    assert Deed.objects.get(what="withdraw_consent").values == {"purpose": "evidence"}
    assert list(Consent.objects.order_by("pk").values_list("withdrawn_at", flat=True)) == [LATER, None]


@pytest.mark.parametrize("purpose", ["service", "privacy", "identity"])
def test_what_the_account_rests_on_goes_with_the_account_alone(newcomer, purpose):
    agree(newcomer, NOW)
    agree_to_identity(newcomer, NOW)

    with pytest.raises(Refused) as no:
        withdraw(newcomer, purpose, now=LATER)

    assert (no.value.code, no.value.reasons[0].fix.href) == ("CONSENT", "/me/data/erase/")
    assert not Consent.objects.exclude(withdrawn_at=None).exists()


@pytest.mark.parametrize("purpose", ["evidence", "", "nothing"])
def test_what_was_not_given_is_not_taken_back(newcomer, purpose):
    with pytest.raises(Refused) as no:
        withdraw(newcomer, purpose, now=LATER)

    assert no.value.code == "CONSENT"
