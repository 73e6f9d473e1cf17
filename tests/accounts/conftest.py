"""Logins that have said nothing of themselves yet."""

import pytest

from accounts.models import User


@pytest.fixture
def newcomer(db) -> User:
    return User.objects.create_user("+8613812345678", phone_verified=True)


@pytest.fixture
def stranger(db) -> User:
    return User.objects.create_user("+8613900005678", phone_verified=True)
