import pytest

from eligibility.rules.origin import Origin, is_within, place_parts
from tests.eligibility.cases import answer, facts

XIAMEN = {"zh": "厦门", "en": "Xiamen"}
SHANGHAI = {"zh": "上海", "en": "Shanghai"}
PINGTAN = {"zh": "福州/平潭县", "en": "Fuzhou/Pingtan"}
SCHOOL = Origin(id="origin", by=("school",), places=(SHANGHAI,))
HUKOU = Origin(id="origin", by=("hukou",), places=(XIAMEN,))
BOTH = Origin(id="origin", by=("hukou", "student_origin"), places=(XIAMEN,), collective_counts_as_outside=True)


@pytest.mark.parametrize(
    "text, parts",
    [
        ("上海", ("上海",)),
        ("上海市", ("上海",)),
        ("上海市闵行区", ("上海", "闵行")),
        ("福州/平潭县", ("福州", "平潭")),
        ("江苏省苏州市吴中区", ("江苏省", "苏州", "吴中")),
        ("上海浦东新区", ("上海浦东",)),
        ("赵县", ("赵县",)),  # of one character nothing is taken away
        ("Suzhou city", ("suzhou",)),
        ("  ", ()),
    ],
)
def test_a_place_is_read_part_by_part(text, parts):
    assert place_parts(text) == parts


@pytest.mark.parametrize(
    "said, place, inside",
    [
        ("上海", "上海", True),
        ("上海市闵行区", "上海", True),
        ("江苏苏州", "苏州", True),
        ("吉林省长春市", "吉林", False),  # the province is not its city
        ("安徽合肥", "上海", False),
        ("福州/平潭", "福州/平潭县", True),
        ("平潭", "福州/平潭县", True),
        ("福州市闽侯县", "福州/平潭县", False),
        ("福建省福州市平潭县", "福州/平潭县", True),
        ("福州平潭", "福州/平潭县", True),
        ("辽宁省朝阳市", "辽宁/朝阳", True),
        ("辽宁朝阳", "辽宁/朝阳", True),
        ("北京市朝阳区", "辽宁/朝阳", False),
        ("北京/朝阳", "辽宁/朝阳", False),
        ("上海", " ", False),
    ],
)
def test_a_place_lies_in_another(said, place, inside):
    assert is_within(place_parts(said), place_parts(place)) == inside


@pytest.mark.parametrize(
    "city, verdict",
    [("合肥", "met"), ("上海市", "not_met"), ("上海/闵行", "not_met"), ("Shanghai", "not_met"), ("伦敦", "met")],
)
def test_the_city_of_the_school_decides(city, verdict):
    assert answer(SCHOOL, facts(school_city=city)).verdict == verdict


@pytest.mark.parametrize("counts, verdict", [(True, "met"), (False, "not_met")])
@pytest.mark.parametrize(
    "about", [{"school_city": "境外"}, {"school_city": "", "answers": {"school-shanghai": "overseas"}}]
)
def test_a_school_abroad_counts_as_the_policy_says(about, counts, verdict):
    rule = Origin(id="origin", by=("school",), places=(SHANGHAI,), overseas_counts_as_outside=counts)

    assert answer(rule, facts(**about)).verdict == verdict


@pytest.mark.parametrize(
    "city, verdict", [("福州/平潭", "not_met"), ("福州市闽侯县", "met"), ("福州", "missing"), ("厦门", "met")]
)
def test_the_scope_may_be_a_county_and_who_says_only_its_city_is_asked_on(city, verdict):
    rule = Origin(id="origin", by=("school",), places=(PINGTAN,))

    assert answer(rule, facts(school_city=city)).verdict == verdict


@pytest.mark.parametrize("said, verdict", [("there", "not_met"), ("elsewhere", "met"), (None, "missing")])
def test_where_no_city_is_known_one_tap_says_it(said, verdict):
    about = facts(school_city=None, answers={"school-shanghai": said} if said else {})

    assert answer(SCHOOL, about).verdict == verdict


@pytest.mark.parametrize(
    "said, counts_as_outside, verdict",
    [
        ("there", True, "not_met"),
        ("there", False, "not_met"),
        ("collective", True, "met"),
        ("collective", False, "not_met"),
        ("elsewhere", False, "met"),
        (None, False, "missing"),
    ],
)
def test_a_collective_household_counts_as_the_policy_says(said, counts_as_outside, verdict):
    rule = Origin(id="o", by=("hukou",), places=(XIAMEN,), collective_counts_as_outside=counts_as_outside)

    assert answer(rule, facts(answers={"hukou-xiamen": said} if said else {})).verdict == verdict


def verdicts(rule, **answers):
    about = facts(answers={f"{name}-xiamen": value for name, value in answers.items()})
    return [reason.verdict for reason in rule.judge(about)]


def test_from_outside_by_every_way_that_counts_and_each_that_does_not_is_said():
    assert verdicts(BOTH, hukou="elsewhere", student_origin="elsewhere") == ["met", "met"]
    assert verdicts(BOTH, hukou="there", student_origin="there") == ["not_met", "not_met"]
    assert verdicts(BOTH, hukou="elsewhere", student_origin="there") == ["met", "not_met"]
    assert verdicts(BOTH, hukou="there") == ["not_met", "missing"]


def test_or_from_outside_by_any_of_them():
    either = Origin(id="origin", by=("hukou", "student_origin"), places=(XIAMEN,), match="any")

    assert verdicts(either, hukou="there", student_origin="elsewhere") == ["met"]
    assert verdicts(either, hukou="elsewhere") == ["met"]
    assert verdicts(either, hukou="there") == ["missing"]
    assert verdicts(either, hukou="there", student_origin="there") == ["not_met", "not_met"]


def test_two_networks_ask_the_same_only_about_the_same_places():
    keys = [question.key for question in HUKOU.questions()]
    elsewhere = Origin(id="origin", by=("hukou",), places=(SHANGHAI,))

    assert keys == ["hukou-xiamen"]
    assert [question.key for question in elsewhere.questions()] == ["hukou-shanghai"]
    assert [value for value, _label in next(iter(HUKOU.questions())).options] == ["there", "collective", "elsewhere"]


def test_the_answer_is_said_back_in_both_languages():
    reason = answer(HUKOU, facts(answers={"hukou-xiamen": "there"}))

    assert reason.sentence.say("zh-hans") == "只限户籍在厦门以外，你填了户籍在当地"
    assert reason.sentence.say("en") == (
        "For people whose household is registered outside Xiamen; you said that yours is there"
    )
    assert (reason.code, reason.value_used, reason.fix.href) == ("ORIGIN", "there", "/check/#hukou-xiamen")
