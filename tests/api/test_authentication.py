from datetime import timedelta

import pytest
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory

from accounts.models import User
from api.authentication import BearerToken


@pytest.fixture
def user(db):
    return User.objects.create_user("+8613812345678", phone_verified=True)


def come(header):
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=header)
    return BearerToken().authenticate(request)


def test_a_token_is_its_user_in_one_query_that_touches_nothing(user, django_assert_num_queries):
    for _ in range(3):
        AuthToken.objects.create(user, expiry=timedelta(seconds=-1))
    _, token = AuthToken.objects.create(user)

    with django_assert_num_queries(1):
        found, auth = come(f"Bearer {token}")

    assert found == user
    assert AuthToken.objects.count() == 4


def test_without_a_token_nobody_is_claimed(db):
    assert come("") is None
    assert come("Basic bWU6bWU=") is None


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer a b",
        "Bearer short",
        "Bearer " + "0" * 64,
        "Bearer " + "z" * 64,
        "Bearer " + "0" * 5000,
        "Bearer " + "\x00" * 64,
        "Bearer " + "é" * 64,
        "Bearer 令牌",
    ],
)
def test_what_is_no_token_is_refused(user, header):
    AuthToken.objects.create(user)

    with pytest.raises(AuthenticationFailed):
        come(header.encode())


def test_a_token_with_one_wrong_character_is_refused(user):
    _, token = AuthToken.objects.create(user)
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")

    with pytest.raises(AuthenticationFailed):
        come(f"Bearer {wrong}")


def test_an_expired_token_is_refused_and_stays(user):
    kept, token = AuthToken.objects.create(user)
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    with pytest.raises(AuthenticationFailed):
        come(f"Bearer {token}")
    assert AuthToken.objects.filter(pk=kept.pk).exists()


def test_a_revoked_token_is_refused(user):
    _, token = AuthToken.objects.create(user)
    AuthToken.objects.all().delete()

    with pytest.raises(AuthenticationFailed):
        come(f"Bearer {token}")


def test_the_token_of_a_closed_login_is_refused(user):
    _, token = AuthToken.objects.create(user)
    User.objects.update(is_active=False)

    with pytest.raises(AuthenticationFailed):
        come(f"Bearer {token}")


def test_a_refused_caller_is_told_how_to_come():
    assert BearerToken().authenticate_header(APIRequestFactory().get("/")) == "Bearer"
