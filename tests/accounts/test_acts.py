import pytest
from django.db import IntegrityError, connection, transaction

from accounts.acts import TRIES, act
from accounts.models import User


def test_all_of_an_act_happens_or_nothing(db):
    def do():
        User.objects.create_user("+8613900000001")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        act(do)

    assert not User.objects.exists()


def test_who_was_overtaken_looks_again(db):
    phones = ["+8613900000001", "+8613900000001", "+8613900000002"]
    User.objects.create_user(phones[0])

    made = act(lambda: User.objects.create_user(phones.pop(0)))

    assert made.phone == "+8613900000002"
    assert User.objects.count() == 2


def test_an_act_that_is_always_overtaken_ends_with_its_error(db):
    User.objects.create_user("+8613900000001")
    tries = []

    def do():
        tries.append(1)
        return User.objects.create_user("+8613900000001")

    with pytest.raises(IntegrityError):
        act(do)

    assert len(tries) == TRIES


def test_an_act_inside_another_joins_it(db):
    def do():
        act(lambda: User.objects.create_user("+8613900000001"))
        raise RuntimeError("after the inner one")

    with pytest.raises(RuntimeError):
        act(do)

    assert not User.objects.exists()


def test_an_act_is_one_transaction_without_savepoints(db, django_assert_num_queries):
    with django_assert_num_queries(3):  # BEGIN (here a savepoint of the test), the row, COMMIT
        act(lambda: act(lambda: User.objects.create_user("+8613900000001")))


def test_after_an_act_the_connection_is_as_it_was(db):
    with transaction.atomic():
        before = len(connection.savepoint_ids)
        act(lambda: None)
        assert len(connection.savepoint_ids) == before
