import pytest

from eligibility.rules.deposit import Deposit
from tests.eligibility.cases import answer, facts


@pytest.mark.parametrize(
    "yuan, zh, en",
    [
        (0, "不收押金", "There is no deposit"),
        ("0.00", "不收押金", "There is no deposit"),
        (200, "到店时在前台交押金 200 元", "On arrival you leave a deposit of ¥200 at the desk"),
        ("200.00", "到店时在前台交押金 200 元", "On arrival you leave a deposit of ¥200 at the desk"),
        ("99.5", "到店时在前台交押金 99.50 元", "On arrival you leave a deposit of ¥99.50 at the desk"),
    ],
)
def test_a_deposit_is_said_before_one_books(yuan, zh, en):
    reason = answer(Deposit(id="deposit", yuan=yuan), facts())

    assert (reason.verdict, reason.sentence.say("zh-hans"), reason.sentence.say("en")) == ("met", zh, en)
