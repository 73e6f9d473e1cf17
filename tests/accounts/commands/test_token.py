from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from knox.models import AuthToken

from accounts.models import User


def token(*arguments):
    said = StringIO()
    call_command("token", *arguments, stdout=said)
    return said.getvalue().strip()


def test_a_login_gets_a_token_that_is_kept_as_a_hash_only(newcomer):
    printed = token("138 1234 5678")

    kept = AuthToken.objects.get()
    assert kept.user == newcomer
    assert printed not in kept.digest
    assert len(printed) == 64
    assert "\n" not in printed


def test_each_call_makes_another_token(newcomer):
    assert token("+8613812345678") != token("+8613812345678")


@pytest.mark.parametrize("phone", ["+8613899999999", "not a phone"])
def test_who_is_unknown_gets_a_sentence_and_exit_code_two_and_no_login(db, phone):
    with pytest.raises(CommandError) as no:
        token(phone)

    assert no.value.returncode == 2
    assert phone in str(no.value)
    assert not User.objects.exists()


def test_a_closed_login_gets_none(newcomer):
    User.objects.update(is_active=False)

    with pytest.raises(CommandError):
        token(newcomer.phone)


def test_all_tokens_of_a_login_can_be_ended(newcomer, stranger):
    for phone in (newcomer.phone, newcomer.phone, stranger.phone):
        token(phone)

    assert token(newcomer.phone, "--revoke") == "2 tokens ended."
    assert AuthToken.objects.get().user == stranger
