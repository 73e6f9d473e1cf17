from datetime import datetime, timedelta

from eligibility.rules.order import Order
from tests.eligibility.cases import NOW, SHANGHAI, answer, facts


def test_one_books_first_or_qualifies_first():
    wuhan = Order(id="order", first="book", hold_minutes=30, on_refusal="rebook")
    fuzhou = Order(id="order", first="qualify")

    assert (wuhan.books_first, wuhan.hold) == (True, timedelta(minutes=30))
    assert not fuzhou.books_first
    assert answer(wuhan, facts()).sentence.say("zh-hans").endswith("给你留床 30 分钟；没有通过的要重新预订")
    assert answer(fuzhou, facts()).sentence.say("en") == (
        "Qualify first: a bed can be booked once your proof has been accepted"
    )


def test_a_proof_is_due_a_day_later_or_as_the_policy_says():
    assert Order(id="order").proof_due(NOW, frozenset()) == NOW + timedelta(1)
    slower = Order(id="order", proof_within={"value": 2, "unit": "working_day"})
    assert slower.proof_due(NOW, frozenset()) == datetime(2026, 3, 10, 18, tzinfo=SHANGHAI)
