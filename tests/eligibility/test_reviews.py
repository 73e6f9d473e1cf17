from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import Deed, Role, User
from accounts.people import complete_person
from eligibility import reviews
from eligibility.evaluation import assess, evaluate
from eligibility.facts import facts_of_visitor
from eligibility.models import Review
from eligibility.reasons import Refused
from hostel.working_days import reach
from tests.conftest import FRIDAY, MONDAY, NOW, SUNDAY, TUESDAY, moment, resident_number
from tests.eligibility.reviewed import proof_for, rules_with_people

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=2)


def refused(call, *args, **values):
    """The one reason with which ``call`` is refused."""
    with pytest.raises(Refused) as no:
        call(*args, **values)
    [reason] = no.value.reasons
    return reason


@pytest.fixture
def policy(wuzhong):
    return rules_with_people(wuzhong, NOW)


@pytest.fixture
def assessment(lin, policy):
    facts = facts_of_visitor(NOW, network="wuzhong", purpose="interview", arrival=FRIDAY, departure=SUNDAY)
    return assess(lin, policy, facts, evaluate(policy, facts))


@pytest.fixture
def review(assessment):
    return reviews.ask(assessment, "rule", rules=["home"], due_at=moment(TUESDAY, 18), now=NOW, note="我爷爷的房子")


@pytest.fixture
def second_officer(wuzhong):
    user = User.objects.create_user("+8613800000021", phone_verified=True)
    Role.objects.create(user=user, kind="officer", network=wuzhong, valid_from=FRIDAY)
    return user


# --- asking ---------------------------------------------------------------------------------------------------------
def test_a_question_is_answered_within_the_working_days_of_the_policy(policy):
    # Two working days after a Friday.
    assert reviews.due(policy, NOW, "rule") == moment(TUESDAY, 18)
    assert reviews.due(policy, NOW, "proof") == moment(TUESDAY, 18)
    assert reviews.due(policy, NOW, "appeal") == moment(TUESDAY + timedelta(days=1), 18)


def test_a_policy_that_says_nothing_of_it_gives_one_working_day_for_all(wuzhong):
    sample = wuzhong.policies.get()

    assert {reviews.due(sample, NOW, kind) for kind in Review.Kind} == {moment(MONDAY, 18)}


def test_facts_bring_their_shifted_days_and_ask_the_database_nothing(policy, django_assert_num_queries):
    facts = facts_of_visitor(NOW, shifted_days=frozenset({MONDAY}))

    with django_assert_num_queries(0):
        assert reviews.due(policy, facts, "rule") == moment(TUESDAY + timedelta(days=1), 18)


def test_days_off_for_a_holiday_do_not_count(policy):
    before_the_holiday = moment(FRIDAY.replace(month=9, day=30), 10)  # the first to the seventh of October are off

    assert reviews.due(policy, before_the_holiday, "rule").date() == FRIDAY.replace(month=10, day=9)
    assert FRIDAY.replace(month=10, day=8) not in reach(before_the_holiday)


def test_a_question_is_asked_once_about_a_decision(assessment, review):
    again = reviews.ask(assessment, "proof", rules=["evidence"], due_at=NOW, now=LATER)

    assert again == review
    assert Review.objects.count() == 1
    deed = Deed.objects.get(what="ask_review")
    assert (deed.about, deed.person, deed.values) == (
        assessment.code, assessment.person, {"kind": "rule", "rules": ["home"]},
    )  # fmt: skip


def test_what_the_person_says_is_sealed_in_the_database(review):
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM eligibility_review")
        [[kept]] = cursor.fetchall()

    assert "爷爷" not in kept
    assert Review.objects.get().note == "我爷爷的房子"


# --- looking --------------------------------------------------------------------------------------------------------
def test_who_looks_has_it_for_five_minutes_and_the_others_read_who(review, officer, second_officer):
    looked = reviews.look(review, user=officer, now=NOW)

    assert (looked.looked_at_by, looked.looked_at_until) == (officer, NOW + timedelta(minutes=5))
    no = refused(reviews.look, review, user=second_officer, now=LATER)
    assert no.code == "LOOKED_AT"
    assert no.sentence.say("en") == "+86 138******13 is looking at this until 6 Mar 10:05"
    assert no.value_used == NOW + timedelta(minutes=5)


def test_a_reviewer_with_a_name_is_called_by_it(review, officer, second_officer):
    complete_person(
        officer, name="张三", document_kind="resident", now=NOW,
        document_number=resident_number(FRIDAY.replace(year=1990), "male", 7),
    )  # fmt: skip
    reviews.look(review, user=officer, now=NOW)

    no = refused(reviews.look, review, user=second_officer, now=LATER)

    assert no.sentence.say("zh-hans").startswith("张三")


def test_looking_again_keeps_it_open_longer(review, officer, second_officer):
    reviews.look(review, user=officer, now=NOW)
    reviews.look(review, user=officer, now=NOW + timedelta(minutes=4))

    assert refused(reviews.look, review, user=second_officer, now=NOW + timedelta(minutes=6)).code == "LOOKED_AT"


def test_after_five_minutes_or_when_let_go_another_may_have_it(review, officer, second_officer):
    reviews.look(review, user=officer, now=NOW)
    assert reviews.look(review, user=second_officer, now=NOW + timedelta(minutes=5)).looked_at_by == second_officer

    reviews.let_go(review, user=second_officer)
    assert reviews.look(review, user=officer, now=NOW + timedelta(minutes=6)).looked_at_by == officer


def test_nobody_lets_go_of_what_another_has(review, officer, second_officer):
    reviews.look(review, user=officer, now=NOW)

    assert reviews.let_go(review, user=second_officer).looked_at_by == officer


def test_what_is_answered_is_not_opened_again(review, officer, second_officer):
    reviews.decide(review, "passed", actor=officer, now=NOW)

    no = refused(reviews.look, review, user=second_officer, now=LATER)

    assert no.code == "DECIDED"
    assert no.sentence.say("en") == "+86 138******13 has answered this already on 6 Mar 10:00: passed"


# --- answering ------------------------------------------------------------------------------------------------------
def test_the_second_to_answer_is_refused_and_told_who_was_first(review, officer, second_officer):
    reviews.decide(review, "passed", actor=officer, now=NOW)

    # Both had it open: the second one's page still shows a question.
    no = refused(reviews.decide, review, "refused", actor=second_officer, now=LATER, because=["BLURRED"])

    assert no.code == "DECIDED"
    review.refresh_from_db()
    assert (review.decision, review.decided_by) == ("passed", officer)


def test_nobody_answers_what_another_has_open(review, officer, second_officer):
    reviews.look(review, user=officer, now=NOW)

    assert refused(reviews.decide, review, "passed", actor=second_officer, now=LATER).code == "LOOKED_AT"
    assert reviews.decide(review, "passed", actor=officer, now=LATER).decided_by == officer


def test_nobody_answers_about_themselves(assessment, review, lin):
    assert refused(reviews.decide, review, "passed", actor=lin.user, now=NOW).code == "SECOND_PERSON"


def test_an_appeal_goes_to_somebody_else(assessment, review, officer, second_officer):
    no = reviews.decide(review, "refused", actor=officer, now=NOW, because=["NOT_VERIFIED"])
    appeal = reviews.ask(assessment, "appeal", rules=["home"], due_at=NOW, now=LATER, appeal_of=no)

    assert refused(reviews.decide, appeal, "passed", actor=officer, now=LATER).code == "SECOND_PERSON"
    assert reviews.decide(appeal, "passed", actor=second_officer, now=LATER).decision == "passed"


@pytest.mark.parametrize(
    ("decision", "values", "field"),
    [
        ("maybe", {}, "decision"),
        ("passed", {"because": ["BLURRED"]}, "because"),
        ("refused", {}, "because"),
        ("sent_back", {}, "because"),
        ("refused", {"because": ["UGLY"]}, "because"),
        ("sent_back", {"because": ["FALSE_PROOF"]}, "because"),
        ("refused", {"because": ["OTHER"]}, "words"),
        ("refused", {"because": ["OTHER"], "words": " "}, "words"),
        ("refused", {"because": ["BLURRED"], "words": "x" * 501}, "words"),
        ("passed", {"clears_until": FRIDAY - timedelta(days=1)}, "clears_until"),
        ("passed", {"clears_until": FRIDAY + timedelta(days=3661)}, "clears_until"),
    ],
)
def test_an_answer_that_says_too_little_or_too_much_names_its_field(review, officer, decision, values, field):
    assert refused(reviews.decide, review, decision, actor=officer, now=NOW, **values).field == field
    review.refresh_from_db()
    assert review.decided_at is None


def test_an_appeal_is_not_sent_back(assessment, review, officer, second_officer):
    no = reviews.decide(review, "refused", actor=officer, now=NOW, because=["NOT_VERIFIED"])
    appeal = reviews.ask(assessment, "appeal", rules=["home"], due_at=NOW, now=LATER, appeal_of=no)

    reason = refused(reviews.decide, appeal, "sent_back", actor=second_officer, now=LATER, because=["BLURRED"])

    assert reason.field == "decision"


def test_the_reasons_have_the_keys_one_to_nine_and_words_in_both_languages():
    assert [each.number for each in reviews.BECAUSE.values()] == list(range(1, 10))
    zh, en = reviews.because_said(["BLURRED", "PAGES_MISSING"])
    assert en == "it cannot be read: too dark, blurred or cut off; pages are missing"
    assert zh != en


# --- reading --------------------------------------------------------------------------------------------------------
def test_a_look_at_it_is_on_the_record(review, officer):
    reviews.see(review, viewer=officer, now=NOW)

    deed = Deed.objects.get(what="see_review")
    assert (deed.actor, deed.person, deed.about) == (officer, review.assessment.person, review.assessment.code)


def test_the_history_is_the_person_s_other_reviews_here(review, policy, lin, chen):
    facts = facts_of_visitor(NOW, network="wuzhong")
    decision = evaluate(policy, facts)
    earlier, of_another = (assess(person, policy, facts, decision) for person in (lin, chen))
    before = reviews.ask(earlier, "rule", rules=["home"], due_at=NOW, now=NOW - timedelta(days=9))
    reviews.ask(of_another, "rule", rules=["home"], due_at=NOW, now=NOW)

    assert reviews.history(review) == [before]


def test_the_proofs_of_a_review_are_those_of_its_decision(review, assessment, policy, lin):
    facts = facts_of_visitor(NOW, network="wuzhong")
    another = assess(lin, policy, facts, evaluate(policy, facts))
    proof_for(another, NOW)
    mine = proof_for(assessment, NOW)

    assert list(reviews.evidence_of(review)) == [mine]
