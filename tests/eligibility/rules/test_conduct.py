from eligibility.rules.conduct import Conduct
from tests.eligibility.cases import answer, facts

QUIET = {"zh": "22:00 后保持安静", "en": "it is quiet after 22:00"}
VISITORS = {"zh": "不带访客", "en": "no visitors"}


def test_points_and_ends_of_a_stay_are_said_each_alone_or_together():
    points = Conduct(id="c", points=(QUIET, VISITORS))
    ends = Conduct(id="c", ends_stay=("employed", "breach"))
    both = Conduct(id="c", points=(QUIET,), ends_stay=("cumulative_reached",))

    assert answer(points, facts()).sentence.say("en") == "In the house: it is quiet after 22:00; no visitors"
    assert answer(ends, facts()).sentence.say("zh-hans") == "有下列情形即退住：找到工作、违反驿站守则"
    assert answer(both, facts()).sentence.say("zh-hans") == ("守则：22:00 后保持安静。有下列情形即退住：可住的晚数用完")
    assert {answer(rule, facts()).verdict for rule in (points, ends, both)} == {"met"}


def test_a_rule_that_says_nothing_is_wrong():
    assert list(Conduct.wrong({})) == [("points", "must be said, or ends_stay")]
