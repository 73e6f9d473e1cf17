"""Reviews over REST: the office's queue and answers, and what a person asks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Deed, Letter, Role, User
from accounts.people import complete_person
from bookings.awaiting import look_again
from bookings.booking import book
from bookings.locking import locked
from bookings.models import Stay
from eligibility import reviews
from eligibility.models import Assessment, Evidence, EvidencePage, Review
from hostel.models import Network
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, caller, problem
from tests.api.counting import statements
from tests.conftest import resident_number
from tests.eligibility.reviewed import proof_for, rules_with_people

pytestmark = pytest.mark.django_db
REVIEWS = "/api/v1/reviews/"
MINE = "/api/v1/me/reviews/"
ONE_NIGHT = Nights(TOMORROW, TOMORROW + timedelta(days=1))


@pytest.fixture
def hostel(hostel):
    """A house under rules by which people look."""
    rules_with_people(hostel.network, timezone.now())
    return hostel


@pytest.fixture
def wait_for_proof(hostel):
    """Books a night for a person, sends a proof, and returns what the office is asked."""

    def wait(person):
        now = timezone.now()
        stay = book(guest=person, hostel=hostel, nights=ONE_NIGHT, purpose="interview", now=now)
        proof = proof_for(stay.assessment, now, first=TOMORROW, last=TOMORROW)
        EvidencePage.objects.create(evidence=proof, number=1, name="a", width=800, height=600)
        look_again(locked(stay), now=now)
        return reviews.with_all().get(assessment__about=stay.code)

    return wait


@pytest.fixture
def review(wait_for_proof, lin):
    """Lin's proof, which waits to be looked at."""
    return wait_for_proof(lin)


@pytest.fixture
def stay(review):
    return Stay.objects.get(code=review.assessment.about)


@pytest.fixture
def more(wait_for_proof, people):
    """Makes two more of the same."""

    def make():
        born = TODAY.replace(year=TODAY.year - 24, month=1, day=2)
        for name in ("吴小雨", "郑小雪"):
            wait_for_proof(people(name, "female", birth_date=born, graduation=f"{TODAY.year - 1}-06"))

    return make


@pytest.fixture
def second_officer(wuzhong):
    user = User.objects.create_user("+8613800000021", phone_verified=True)
    Role.objects.create(user=user, kind="officer", network=wuzhong, valid_from=TODAY)
    return user


@pytest.fixture
def as_second(second_officer):
    return caller(second_officer)


@pytest.fixture
def foreign_officer(wuzhong):
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏区", name_en="Gusu", parent=wuzhong.parent)
    user = User.objects.create_user("+8613800000022", phone_verified=True)
    Role.objects.create(user=user, kind="officer", network=gusu, valid_from=TODAY)
    return user


def at(review, what=""):
    return f"{REVIEWS}{review.pk}/{what}"


# --- the queue ------------------------------------------------------------------------------------------------------
def test_the_queue_is_by_deadline_and_says_no_name(as_officer, review, stay, more):
    more()
    Review.objects.exclude(pk=review.pk).update(due_at=timezone.now() - timedelta(hours=1))

    rows = as_officer.get(REVIEWS).json()["results"]

    assert [row["overdue"] for row in rows] == [True, True, False]
    last = rows[-1]
    assert last["id"] == review.pk
    assert (last["kind"], last["guest"], last["network"]) == ("proof", "林**", "wuzhong")
    assert last["rules"] == ["evidence"]
    assert last["stay"]["code"] == stay.code
    assert last["stay"]["status"] == "held"
    assert (last["looked_at"], last["decision"], last["because"]) == (None, "", [])
    assert {name: action["ok"] for name, action in last["actions"].items()} == {"decide": True, "undo": False}
    assert not Deed.objects.filter(what="see_review").exists()


def test_a_longer_queue_asks_the_database_no_more(as_officer, officer, review, more):
    reviews.look(review, user=officer, now=timezone.now())
    one = statements(lambda: as_officer.get(REVIEWS))
    more()

    assert statements(lambda: as_officer.get(REVIEWS)) == one
    assert len(as_officer.get(REVIEWS).json()["results"]) == 3


def test_a_longer_list_of_answers_asks_the_database_no_more(as_officer, officer, review, more):
    address = f"{REVIEWS}?state=answered"

    def answer_all():
        for each in reviews.with_all().filter(decided_at=None):
            as_officer.post(at(each, "decision/"), {"decision": "passed"})

    answer_all()
    one = statements(lambda: as_officer.get(address))
    more()
    answer_all()

    assert statements(lambda: as_officer.get(address)) == one
    assert len(as_officer.get(address).json()["results"]) == 3


def test_the_queue_is_asked_by_kind_by_deadline_and_for_one_s_own(as_officer, officer, review, more):
    more()
    others = Review.objects.exclude(pk=review.pk).order_by("pk")
    Review.objects.filter(pk=others[0].pk).update(kind="rule")
    Review.objects.filter(pk=others[1].pk).update(due_at=timezone.now() - timedelta(hours=1))
    reviews.look(review, user=officer, now=timezone.now())

    def found(query):
        return {row["id"] for row in as_officer.get(f"{REVIEWS}?{query}").json()["results"]}

    assert found("kind=rule") == {others[0].pk}
    assert found("overdue=true") == {others[1].pk}
    assert found("overdue=false") == {review.pk, others[0].pk}
    assert found("mine=true") == {review.pk}
    assert found("mine=false") == {others[0].pk, others[1].pk}
    assert found("state=answered") == set()


@pytest.mark.parametrize("query", ["kind=nice", "overdue=maybe", "mine=1", "state=all", "page=0"])
def test_a_question_that_cannot_be_is_a_field_error(as_officer, review, query):
    problem(as_officer.get(f"{REVIEWS}?{query}"), 422, "FIELDS")


def test_answers_are_listed_the_latest_first(as_officer, officer, review, more):
    more()
    for each in reviews.with_all().order_by("pk"):
        as_officer.post(at(each, "decision/"), {"decision": "passed"})

    rows = as_officer.get(f"{REVIEWS}?state=answered&mine=true").json()["results"]

    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
    assert as_officer.get(f"{REVIEWS}?state=answered&mine=false").json()["results"] == []
    assert {row["decided_by"] for row in rows} == {"+86 138******13"}


def test_only_officers_have_a_queue_and_each_of_their_own_network(
    as_manager, as_auditor, as_lin, foreign_officer, review
):
    for who in (as_manager, as_auditor, as_lin):
        problem(who.get(REVIEWS), 403, "NO_RIGHT")
    assert caller(foreign_officer).get(REVIEWS).json()["results"] == []
    problem(caller(foreign_officer).get(at(review)), 404, "NOT_FOUND")
    problem(caller(foreign_officer).post(at(review, "decision/"), {"decision": "passed"}), 404, "NOT_FOUND")
    assert Review.objects.get().decided_at is None


# --- one question ---------------------------------------------------------------------------------------------------
def test_one_question_says_all_that_is_known_and_the_look_is_recorded(as_officer, officer, review, stay, lin):
    seen = as_officer.get(at(review)).json()

    assert (seen["name"], seen["purpose"], seen["outcome"]) == ("林小满", "interview", stay.assessment.outcome)
    declared = {each["fact"]: (each["value"], each["value_source"]) for each in seen["declared"]}
    assert declared["school_city"] == ("合肥", "declared")
    assert declared["birth_date"] == (lin.birth_date.isoformat(), "declared")
    [proof] = seen["evidence"]
    assert (proof["kind"], proof["label_zh"], proof["way"], proof["state"]) == (
        "interview_notice", "面试或考试通知", "code", "sent",
    )  # fmt: skip
    assert (proof["code"], proof["first"], proof["pages"]) == ("ABCD-EFGH-JKLM", f"{TOMORROW}", [1])
    codes = {reason["rule_id"]: reason["verdict"] for reason in seen["reasons"]}
    assert codes["evidence"] in ("ask", "missing")
    assert codes["age"] == "met"
    assert seen["history"] == []
    deed = Deed.objects.get(what="see_review")
    assert (deed.actor, deed.person, deed.about) == (officer, lin, review.assessment.code)


def test_the_reasons_are_word_for_word_those_of_the_decision(as_officer, people, hostel):
    born = TODAY.replace(year=TODAY.year - 24, month=1, day=2)
    person = people("周小雨", "female", birth_date=born, graduation=f"{TODAY.year - 1}-06", home_in_district=True)
    client = caller(person.user)
    rules_with_people(hostel.network, timezone.now(), version=3, home={"otherwise": "no"})
    body = {"hostel": hostel.slug, "arrival": f"{TOMORROW}", "departure": f"{ONE_NIGHT.departure}", "purpose": "exam"}
    no = problem(client.post("/api/v1/stays/", body), 409, "LOCAL")
    asked = client.post(f"/api/v1/assessments/{no['assessment']}/review/", {"note": "房子卖了"})
    assert asked.status_code == 201, asked.json()

    seen = as_officer.get(f"{REVIEWS}{asked.json()['id']}/").json()

    assert seen["reasons"] == no["reasons"]
    assert seen["note"] == "房子卖了"
    assert seen["assessment"] == no["assessment"]


def test_what_came_before_is_told(as_officer, review, stay):
    as_officer.post(at(review, "decision/"), {"decision": "sent_back", "because": ["BLURRED"], "words": "太暗"})
    proof_for(stay.assessment, timezone.now())
    look_again(locked(stay), now=timezone.now())
    second = reviews.with_all().get(decided_at=None)

    seen = as_officer.get(at(second)).json()

    [before] = seen["history"]
    assert (before["id"], before["decision"], before["words"]) == (review.pk, "sent_back", "太暗")
    assert [each["key"] for each in before["because"]] == ["BLURRED"]
    assert [each["state"] for each in seen["evidence"]] == ["sent", "sent_back"]


def test_more_proofs_and_more_history_ask_the_database_no_more(as_officer, review, stay):
    def send_another():
        now = timezone.now()
        proof = proof_for(stay.assessment, now)
        EvidencePage.objects.create(evidence=proof, number=1, name=f"a{proof.pk}", width=800, height=600)
        look_again(locked(Stay.objects.get(pk=stay.pk)), now=now)

    def back(each):
        as_officer.post(at(each, "decision/"), {"decision": "sent_back", "because": ["BLURRED"]})

    back(review)
    send_another()
    second = reviews.with_all().get(decided_at=None)
    one = statements(lambda: as_officer.get(at(second)))
    for _time in range(2):
        back(reviews.with_all().get(decided_at=None))
        send_another()

    last = reviews.with_all().get(decided_at=None)
    assert statements(lambda: as_officer.get(at(last))) == one
    assert len(as_officer.get(at(last)).json()["history"]) == 3


# --- looking --------------------------------------------------------------------------------------------------------
def test_who_looks_is_named_to_the_second(as_officer, officer, as_second, review):
    complete_person(
        officer, name="张三", document_kind="resident", now=timezone.now(),
        document_number=resident_number(TODAY.replace(year=1990, month=2, day=3), "male", 7),
    )  # fmt: skip
    looked = as_officer.post(at(review, "look/")).json()
    assert looked["looked_at"]["by"] == "张三"

    no = problem(as_second.post(at(review, "look/")), 409, "LOOKED_AT")
    assert no["reasons"][0]["sentence_en"].startswith("张三 is looking at this until")
    [row] = as_second.get(REVIEWS).json()["results"]
    assert row["actions"]["decide"]["reason"]["code"] == "LOOKED_AT"
    problem(as_second.post(at(review, "decision/"), {"decision": "passed"}), 409, "LOOKED_AT")

    assert as_officer.delete(at(review, "look/")).json()["looked_at"] is None
    assert as_second.post(at(review, "look/")).status_code == 200


# --- answering ------------------------------------------------------------------------------------------------------
def test_a_proof_is_passed_and_the_stay_is_the_guest_s(as_officer, as_lin, review, stay):
    done = as_officer.post(at(review, "decision/"), {"decision": "passed"}).json()

    assert (done["decision"], done["stay"]["status"]) == ("passed", "confirmed")
    assert {name: action["ok"] for name, action in done["actions"].items()} == {"decide": False, "undo": True}
    assert as_lin.get(f"/api/v1/stays/{stay.code}/").json()["status"] == "confirmed"
    [mine] = as_lin.get(MINE).json()["results"]
    assert (mine["decision"], mine["stay"]["code"]) == ("passed", stay.code)


def test_a_proof_that_came_since_it_was_read_is_looked_at_first(as_officer, review, stay):
    read_at = as_officer.get(at(review)).json()["read_at"]
    proof_for(stay.assessment, timezone.now(), kind="employer")

    body = {"decision": "passed", "read_at": read_at}
    problem(as_officer.post(at(review, "decision/"), body), 409, "CHANGED")

    read_at = as_officer.get(at(review)).json()["read_at"]
    assert as_officer.post(at(review, "decision/"), body | {"read_at": read_at}).status_code == 200
    assert {evidence.state for evidence in Evidence.objects.all()} == {"accepted"}


def test_what_is_sent_back_says_why(as_officer, as_lin, review, stay):
    body = {"decision": "sent_back", "because": ["PAGES_MISSING", "OTHER"], "words": "缺第二页"}
    done = as_officer.post(at(review, "decision/"), body).json()

    assert done["stay"]["status"] == "held"
    [mine] = as_lin.get(MINE).json()["results"]
    assert [each["sentence_en"] for each in mine["because"]] == ["pages are missing", "another reason"]
    assert mine["words"] == "缺第二页"
    assert mine["actions"]["appeal"]["reason"]["code"] == "NOT_APPEALABLE"
    assert Stay.objects.get(pk=stay.pk).awaits == "proof"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "decision"),
        ({"decision": "perhaps"}, "decision"),
        ({"decision": "refused"}, "because"),
        ({"decision": "passed", "because": ["BLURRED"]}, "because"),
        ({"decision": "refused", "because": ["NO_LUCK"]}, "because"),
        ({"decision": "refused", "because": "BLURRED"}, "because"),
        ({"decision": "sent_back", "because": ["FALSE_PROOF"]}, "because"),
        ({"decision": "refused", "because": ["OTHER"]}, "words"),
        ({"decision": "refused", "because": ["BLURRED"], "words": "x" * 501}, "words"),
        ({"decision": "passed", "clears_until": "tomorrow"}, "clears_until"),
        ({"decision": "passed", "clears_until": "2024-01-01"}, "clears_until"),
        ({"decision": "passed", "read_at": "just now"}, "read_at"),
    ],
)
def test_an_answer_that_says_too_little_or_too_much_is_a_field_error(as_officer, review, body, field):
    errors = problem(as_officer.post(at(review, "decision/"), body), 422, "FIELDS")["errors"]

    assert errors[0]["field"].startswith(field)
    assert Review.objects.get().decided_at is None


def test_the_second_to_answer_learns_who_was_first(as_officer, as_second, review):
    as_officer.post(at(review, "decision/"), {"decision": "passed"})

    no = problem(as_second.post(at(review, "decision/"), {"decision": "passed"}), 409, "DECIDED")

    assert "+86 138******13 has answered this already" in no["detail"]


def test_the_same_answer_sent_twice_under_one_key_is_one_answer(as_officer, review):
    address, body = at(review, "decision/"), {"decision": "passed"}
    first = as_officer.post(address, body, HTTP_IDEMPOTENCY_KEY="once")
    second = as_officer.post(address, body, HTTP_IDEMPOTENCY_KEY="once")

    assert first.status_code == second.status_code == 200
    assert second["Idempotency-Replayed"] == "true"
    assert second.json() == first.json()
    assert Deed.objects.filter(what="review_passed").count() == 1


def test_an_answer_is_undone(as_officer, as_second, review, stay):
    as_officer.post(at(review, "decision/"), {"decision": "refused", "because": ["WRONG_NAME"]})
    assert Stay.objects.get(pk=stay.pk).status == "refused"
    problem(as_second.post(at(review, "undo/")), 409, "UNDO")

    undone = as_officer.post(at(review, "undo/")).json()

    assert (undone["decision"], undone["stay"]["status"]) == ("", "held")
    assert not Letter.objects.filter(kind="review_refused").exists()
    assert Evidence.objects.get().state == "sent"
    problem(as_officer.post(at(review, "undo/")), 409, "UNDO")


# --- the person -----------------------------------------------------------------------------------------------------
@pytest.fixture
def refused(as_officer, review):
    """Lin's proof, which was not passed."""
    as_officer.post(at(review, "decision/"), {"decision": "refused", "because": ["WRONG_NAME"]})
    return review


def test_a_refusal_is_appealed_once_and_answered_by_a_second(as_lin, as_officer, as_second, refused):
    [mine] = as_lin.get(MINE).json()["results"]
    assert mine["actions"]["appeal"]["ok"]

    asked = as_lin.post(at(refused, "appeal/"), {"note": "这是我的曾用名"})
    assert asked.status_code == 201
    appeal = asked.json()
    assert (appeal["kind"], appeal["appeal_of"], appeal["note"]) == ("appeal", refused.pk, "这是我的曾用名")
    assert appeal["whom_en"] == "the office of the hostel network"
    problem(as_lin.post(at(refused, "appeal/")), 409, "NOT_APPEALABLE")

    address = f"{REVIEWS}{appeal['id']}/decision/"
    no = problem(as_officer.post(address, {"decision": "passed"}), 409, "SECOND_PERSON")
    assert no["reasons"][0]["sentence_en"] == "You decided what this appeal is about: somebody else answers it"
    assert as_second.post(address, {"decision": "passed"}).status_code == 200
    assert Evidence.objects.get().state == "accepted"


def test_another_s_refusal_is_nobody_else_s_to_appeal(as_chen, as_officer, as_stranger, refused):
    for who in (as_chen, as_officer, as_stranger):
        problem(who.post(at(refused, "appeal/")), 404, "NOT_FOUND")


def test_another_s_decision_is_nobody_else_s_to_question(as_chen, as_officer, review):
    address = f"/api/v1/assessments/{review.assessment.code}/review/"
    for who in (as_chen, as_officer):
        problem(who.post(address), 404, "NOT_FOUND")


def test_what_is_looked_at_already_or_needs_nobody_is_not_asked(as_lin, review):
    no = problem(as_lin.post(f"/api/v1/assessments/{review.assessment.code}/review/"), 409, "ASKED")
    assert no["reasons"][0]["fix"]["href"] == "/me/"

    Assessment.objects.filter(pk=review.assessment.pk).update(outcome="yes")
    problem(as_lin.post(f"/api/v1/assessments/{review.assessment.code}/review/"), 409, "NOT_REVIEWABLE")


def test_a_note_that_is_too_long_is_a_field_error(as_lin, refused):
    errors = problem(as_lin.post(at(refused, "appeal/"), {"note": "x" * 1001}), 422, "FIELDS")["errors"]
    assert errors[0]["field"] == "note"


def test_more_questions_of_one_s_own_ask_the_database_no_more(as_lin, as_officer, refused, lin):
    one = statements(lambda: as_lin.get(MINE))
    about = Review.objects.get().assessment
    for number in range(2):
        copy = Assessment.objects.create(
            person=lin, policy=about.policy, made_at=about.made_at, outcome="no", facts=about.facts, verdicts=[]
        )
        Review.objects.create(
            assessment=copy, kind="rule", rules=["home"], asked_at=about.made_at, due_at=about.made_at, note=f"{number}"
        )

    assert statements(lambda: as_lin.get(MINE)) == one
    assert len(as_lin.get(MINE).json()["results"]) == 3


def test_one_sees_one_s_own_questions_alone(as_chen, as_stranger, review):
    for who in (as_chen, as_stranger):
        assert who.get(MINE).json()["results"] == []
