"""How speed is judged: what counts, what is thrown away, and what is said of it."""

import hashlib
import json

import pytest

from bench.callers import Calls, request, token_of
from bench.speed import MAY_DIFFER, ROWS, TRIES, Measured, Row, Table, between_limits


def limits(*said):
    """A limit that says these values, one after the other, and then the last for ever."""
    left = list(said)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_two_limits_alike_take_what_was_measured_between_them():
    found = between_limits(limits(1000, 1100), lambda: ("measured", 0.0))

    assert found.answer == "measured"
    assert found.fits
    assert found.limit == 1050


def test_what_stood_between_two_limits_too_far_apart_is_measured_again():
    answers = iter("abcdef")

    found = between_limits(limits(1000, 500, 510), lambda: (next(answers), 0.0))

    assert found.answer == "b"
    assert found.spread < MAY_DIFFER


def test_after_five_tries_it_is_printed_as_not_measured(capsys):
    answers = iter("abcdefgh")
    table = Table(set())

    found = between_limits(limits(1000, 500, 1000, 500, 1000, 500, 1000), lambda: (next(answers), 0.0))
    table.add("share", 9.0, "of that", found)

    assert found.answer == "abcdefgh"[TRIES - 1]
    assert "not measured" in capsys.readouterr().out
    assert not table.missed


@pytest.mark.parametrize("measured, verdict", [(12, "goal"), (11.9, "must"), (8, "must"), (7.9, "MISSED")])
def test_more_is_better_for_a_share(measured, verdict):
    assert ROWS["share"].verdict(measured) == verdict


@pytest.mark.parametrize("measured, verdict", [(10, "goal"), (11, "must"), (16, "must"), (17, "MISSED")])
def test_less_is_better_for_statements(measured, verdict):
    assert ROWS["statements"].verdict(measured) == verdict


def test_one_figure_that_is_not_what_it_must_be_is_enough(capsys):
    table = Table(set())
    table.add("heat", 3)
    assert not table.missed
    table.add("statements", 17)
    assert table.missed


def test_a_line_says_what_it_must_be_and_what_it_is():
    said = Table.text(Measured("web", 4.2, "an empty view 0.5 ms"))

    assert [word in said for word in ("5ms", "3ms", "4.2ms", "must", "an empty view 0.5 ms")] == [True] * 5


def test_every_row_asks_more_of_the_goal_than_of_the_must():
    def harder(row: Row):
        return row.goal >= row.must if row.more_is_better else row.goal <= row.must

    assert all(harder(row) for row in ROWS.values())


def test_the_share_of_the_calls_that_were_answered_within():
    calls = Calls(seconds=2.0, times=[0.001 * n for n in range(1, 101)])

    assert calls.per_second == 50
    assert calls.milliseconds(0.95) == pytest.approx(96)


def test_a_request_is_whole():
    sent = request("POST", "/api/v1/stays/", {"hostel": "h1"}, guest=7, key="k-7")
    head, _empty, body = sent.partition(b"\r\n\r\n")

    assert json.loads(body) == {"hostel": "h1"}
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"Idempotency-Key: k-7" in head
    assert token_of(7).encode() in head
    assert token_of(7).startswith(hashlib.md5(b"bench-7").hexdigest())
