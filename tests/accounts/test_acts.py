import pytest
from django.db import IntegrityError, connection, transaction

from accounts.acts import TRIES, act, after_refusal, afterwards
from accounts.models import User
from tests.conftest import NOW


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


def test_what_is_to_be_kept_is_written_once_after_the_last_try_was_rolled_back(db):
    User.objects.create_user("+8613900000001")
    kept = []

    def do():
        after_refusal(lambda: kept.append(User.objects.count()))
        User.objects.create_user("+8613900000002")
        User.objects.create_user("+8613900000001")

    with pytest.raises(IntegrityError):
        act(do)

    assert kept == [1]


def test_what_an_inner_act_wants_kept_is_kept_by_the_outer_one(db):
    def inner():
        after_refusal(lambda: User.objects.create_user("+8613900000001"))
        User.objects.create_user("+8613900000002")

    def outer():
        act(inner)
        raise RuntimeError("refused")

    with pytest.raises(RuntimeError):
        act(outer)

    assert [user.phone for user in User.objects.all()] == ["+8613900000001"]


def test_what_went_well_keeps_nothing(db):
    act(lambda: after_refusal(lambda: User.objects.create_user("+8613900000001")))

    assert not User.objects.exists()


def test_what_cannot_be_kept_hides_neither_the_refusal_nor_what_else_is_kept(db, caplog):
    def broken():
        raise LookupError("cannot be written")

    def do():
        after_refusal(broken)
        after_refusal(lambda: User.objects.create_user("+8613900000001"))
        raise RuntimeError("refused")

    with pytest.raises(RuntimeError, match="refused"):
        act(do)

    assert User.objects.exists()
    assert "cannot be written" in caplog.text


def test_only_an_act_keeps_anything():
    with pytest.raises(RuntimeError, match="no act is running"):
        after_refusal(lambda: None)


def test_what_follows_an_act_is_done_once_when_the_outermost_one_is_in_the_books(db):
    seen = []

    def follow(now):
        seen.append((now, User.objects.count()))

    def inner():
        afterwards(follow, NOW)
        return User.objects.create_user("+8613900000001")

    def outer():
        act(inner)
        afterwards(follow, NOW)
        assert seen == []
        return User.objects.create_user("+8613900000002")

    act(outer)

    assert seen == [(NOW, 2)]


def test_nothing_follows_an_act_that_ended_by_an_error(db):
    seen = []

    def do():
        afterwards(seen.append, NOW)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        act(do)

    assert seen == []


def test_trouble_with_what_follows_is_not_the_actor_s(db, caplog):
    def follow(now):
        raise RuntimeError("the line could not be served")

    def do():
        afterwards(follow, NOW)
        return User.objects.create_user("+8613900000001")

    assert act(do).phone == "+8613900000001"
    assert User.objects.exists()
    assert "the line could not be served" in caplog.text


def test_only_an_act_has_something_follow_it():
    with pytest.raises(RuntimeError, match="no act"):
        afterwards(print, NOW)
