from datetime import timedelta

import pytest

from accounts import letters
from accounts.models import Deed, Letter, Role, User
from bookings import reviewing
from bookings.awaiting import look_again
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.changing import change_dates
from bookings.desk import check_in
from bookings.facts import history_of
from bookings.locking import locked
from bookings.models import Stay
from eligibility import reviews
from eligibility.models import Assessment, Evidence, Policy, Review
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment
from tests.eligibility.reviewed import proof_for, rules_with_people

pytestmark = pytest.mark.django_db
WEEKEND = Nights(FRIDAY, SUNDAY)
FIRST_HALF, SECOND_HALF = Nights(FRIDAY, SATURDAY), Nights(SATURDAY, SUNDAY)
LATER = NOW + timedelta(minutes=2)
TOO_LATE = NOW + timedelta(minutes=5)


def refused(call, *args, **values):
    """The one reason with which ``call`` is refused."""
    with pytest.raises(Refused) as no:
        call(*args, **values)
    [reason] = no.value.reasons
    return reason


@pytest.fixture
def hostel(hostel):
    """The house of the stays, under rules by which people look."""
    rules_with_people(hostel.network, NOW)
    return Hostel.objects.get(pk=hostel.pk)


@pytest.fixture
def second_officer(wuzhong):
    user = User.objects.create_user("+8613800000021", phone_verified=True)
    Role.objects.create(user=user, kind="officer", network=wuzhong, valid_from=FRIDAY)
    return user


@pytest.fixture
def at_home(people, hostel):
    """A person with a home in the district, and an accepted proof: the rules ask a person about the home alone."""
    person = people("周小雨", "female", home_in_district=True)
    facts = Assessment.objects.create(
        person=person, policy=Policy.objects.get(version=2), made_at=NOW, outcome="yes", facts={}, verdicts=[]
    )
    proof_for(facts, NOW, accepted_at=NOW)
    return person


@pytest.fixture
def waiting(at_home, hostel):
    """A stay that waits for a person's answer about the home."""
    return book(guest=at_home, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW)


@pytest.fixture
def asked(waiting):
    return reviews.with_all().get(assessment__about=waiting.code)


@pytest.fixture
def sent(lin, hostel):
    """A stay whose proof was sent and waits to be looked at."""
    stay = book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW)
    proof_for(stay.assessment, NOW)
    return look_again(locked(stay), now=NOW)


@pytest.fixture
def proof(sent):
    return reviews.with_all().get(assessment__about=sent.code)


def again(stay):
    return Stay.objects.get(pk=stay.pk)


def letter(kind):
    """The one letter of this kind, in English."""
    return letters.say(Letter.objects.get(kind=kind), "en")


def standing(stay):
    """All that a decision may change of a stay, its nights and its proofs."""
    nights = list(stay.bed_nights.order_by("night").values("bed", "night", "released_at", "price_class"))
    proofs = list(
        Evidence.objects.filter(assessment__person=stay.guest)
        .order_by("pk")
        .values("accepted_at", "sent_back_at", "decided_by")
    )
    fields = ("status", "awaits", "held_until", "kept_until", "confirmed_at", "refused_at")
    return [getattr(again(stay), field) for field in fields], nights, proofs


# --- the stays that wait --------------------------------------------------------------------------------------------
def test_a_stay_that_asks_for_a_person_is_held_as_long_as_any_bed(waiting, asked):
    assert (waiting.status, waiting.awaits, waiting.held_until) == ("held", "review", moment(FRIDAY, 23))
    assert (asked.kind, asked.rules) == ("rule", ["home"])
    assert reviewing.stays_about([asked]) == {asked.pk: waiting}


def test_stays_of_many_reviews_are_one_statement(asked, proof, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = reviewing.stays_about([asked, proof])

    assert {stay.assessment.person_id for stay in found.values()} == {
        asked.assessment.person_id, proof.assessment.person_id,
    }  # fmt: skip


# --- passing --------------------------------------------------------------------------------------------------------
def test_what_a_person_agrees_to_confirms_the_stay(waiting, asked, officer):
    passed = reviewing.pass_review(asked, actor=officer, now=LATER)

    stay = again(waiting)
    assert (stay.status, stay.awaits, stay.confirmed_at) == ("confirmed", "", LATER)
    assert stay.assessment.outcome == "yes"
    assert (passed.decision, passed.decided_by, passed.decided_at) == ("passed", officer, LATER)


def test_the_rule_is_set_aside_for_as_long_as_the_policy_says(waiting, asked, officer, at_home, hostel):
    passed = reviewing.pass_review(asked, actor=officer, now=NOW)

    assert passed.clears_until == FRIDAY + timedelta(days=20)
    cancel(again(waiting), now=NOW)
    in_time = Nights(FRIDAY + timedelta(days=20), FRIDAY + timedelta(days=21))
    too_late = Nights(FRIDAY + timedelta(days=21), FRIDAY + timedelta(days=22))
    assert book(guest=at_home, hostel=hostel, nights=in_time, purpose="interview", now=LATER).status == "confirmed"
    assert book(guest=at_home, hostel=hostel, nights=too_late, purpose="interview", now=LATER).status == "held"


def test_a_reviewer_may_say_for_how_long(waiting, asked, officer):
    assert reviewing.pass_review(asked, actor=officer, now=NOW, clears_until=SUNDAY).clears_until == SUNDAY


def test_an_accepted_proof_confirms_the_stay_and_sets_aside_nothing(sent, proof, officer):
    passed = reviewing.pass_review(proof, actor=officer, now=LATER)

    evidence = Evidence.objects.get()
    assert (evidence.state, evidence.accepted_at, evidence.decided_by) == ("accepted", LATER, officer)
    assert passed.clears_until is None
    assert again(sent).status == "confirmed"


def test_a_proof_of_another_stay_is_left_alone(sent, proof, officer, lin, hostel):
    elsewhere = Assessment.objects.create(
        person=lin, policy=sent.assessment.policy, made_at=NOW, outcome="yes", facts={}, verdicts=[]
    )
    other = proof_for(elsewhere, NOW, kind="contract")

    reviewing.pass_review(proof, actor=officer, now=LATER)

    assert Evidence.objects.get(pk=other.pk).state == "sent"


def test_one_letter_says_it_all_once_it_can_no_longer_be_undone(waiting, asked, officer):
    reviewing.pass_review(asked, actor=officer, now=NOW, words="欢迎")

    assert not Letter.objects.filter(kind="booked").exists()
    assert Letter.objects.get(kind="review_passed").written_at == TOO_LATE
    assert letter("review_passed") == (
        "Looked at and agreed. Your bed at Baodaiqiao hostel from 6 Mar 2026 to 8 Mar 2026 is yours: show code "
        f"{waiting.code} at the desk; it is kept until 6 Mar 23:00. {waiting.hostel.address} 欢迎"
    )
    assert not letters.due(NOW + timedelta(minutes=4)).filter(kind="review_passed").exists()
    assert letters.due(TOO_LATE).filter(kind="review_passed").exists()


def test_where_more_is_in_question_the_bed_stays_held(people, hostel, officer):
    person = people("周小雨", "female", home_in_district=True)
    stay = book(guest=person, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW, hold=True)
    proof_for(stay.assessment, NOW)
    look_again(locked(stay), now=NOW)
    review = reviews.with_all().get(decided_at=None)
    assert sorted(review.rules) == ["evidence", "home"]

    Review.objects.filter(pk=review.pk).update(kind="proof", rules=["evidence"])
    reviewing.pass_review(reviews.with_all().get(pk=review.pk), actor=officer, now=LATER)

    # The home is still for a person to decide: the next question is open, and the guest reads so.
    assert (again(stay).status, again(stay).awaits) == ("held", "review")
    assert Review.objects.get(decided_at=None).rules == ["home"]
    assert letter("review_passed").startswith("Looked at and agreed. Your bed at Baodaiqiao hostel is held until")


def test_a_stay_given_up_meanwhile_is_not_brought_back_and_nobody_is_asked_about_it(waiting, asked, officer):
    cancel(waiting, now=NOW)

    with pytest.raises(Refused) as no:
        reviewing.pass_review(asked, actor=officer, now=LATER)

    assert no.value.code == "DECIDED"
    assert "no longer asked" in no.value.reasons[0].sentence.say("en")
    assert again(waiting).status == "cancelled"
    assert not Letter.objects.filter(kind="review_passed").exists()


def test_a_hold_whose_time_is_over_is_not_brought_back(waiting, asked, officer):
    reviewing.pass_review(asked, actor=officer, now=moment(FRIDAY, 23))

    assert again(waiting).state(moment(FRIDAY, 23)) == "cancelled"


@pytest.mark.parametrize("answer", ["pass", "send back", "refuse"])
def test_a_proof_that_came_since_it_was_read_is_not_answered_unseen(answer, sent, proof, officer):
    proof_for(sent.assessment, LATER, kind="employer")

    no = refused(ANSWERS[answer], proof, actor=officer, now=LATER, read_at=NOW)

    assert no.sentence.say("en") == "Another proof was sent on 6 Mar 10:02: look at it first"
    assert [evidence.state for evidence in Evidence.objects.all()] == ["sent", "sent"]
    ANSWERS[answer](proof, actor=officer, now=LATER, read_at=LATER)
    assert "sent" not in [evidence.state for evidence in Evidence.objects.all()]


# --- sending back ---------------------------------------------------------------------------------------------------
def test_what_is_sent_back_can_be_sent_again_until_the_proof_is_due(sent, proof, officer):
    back = reviewing.send_back(proof, actor=officer, now=LATER, because=["BLURRED", "OTHER"], words="第二页看不清")

    stay = again(sent)
    assert (stay.status, stay.awaits, stay.held_until) == ("held", "proof", LATER + timedelta(hours=6))
    evidence = Evidence.objects.get()
    assert (evidence.state, evidence.decided_by) == ("sent_back", officer)
    assert back.because == ["BLURRED", "OTHER"]
    assert letter("review_sent_back") == (
        "Your bed at Baodaiqiao hostel is held until 6 Mar 16:02; we need something better by then: it cannot be "
        "read: too dark, blurred or cut off; another reason (第二页看不清). Open stay "
        f"{stay.code} to add it"
    )


def test_what_is_sent_back_is_read_beforehand_too(sent, proof, officer):
    before = reviewing.text_if(proof, "sent_back", sent, because=["BLURRED"], words="", now=LATER)

    reviewing.send_back(proof, actor=officer, now=LATER, because=["BLURRED"])

    assert letter("review_sent_back") == before.say("en")


def test_no_bed_waits_longer_for_a_proof_than_for_its_guest(sent, proof, officer):
    reviewing.send_back(proof, actor=officer, now=moment(FRIDAY, 20), because=["BLURRED"])

    assert again(sent).held_until == moment(FRIDAY, 23)


def test_a_better_proof_is_looked_at_again(sent, proof, officer):
    reviewing.send_back(proof, actor=officer, now=NOW, because=["BLURRED"])
    proof_for(sent.assessment, LATER)
    look_again(locked(sent), now=LATER)

    second = reviews.with_all().get(decided_at=None)
    assert second.pk != proof.pk
    reviewing.pass_review(second, actor=officer, now=LATER)
    assert again(sent).status == "confirmed"
    assert [evidence.state for evidence in Evidence.objects.order_by("pk")] == ["sent_back", "accepted"]


# --- refusing -------------------------------------------------------------------------------------------------------
def test_what_is_refused_gives_bed_and_nights_back(waiting, asked, officer, hostel, chen):
    reviewing.refuse(asked, actor=officer, now=LATER, because=["NOT_VERIFIED"])

    stay = again(waiting)
    assert (stay.status, stay.refused_at) == ("refused", LATER)
    assert not stay.bed_nights.live().exists()
    assert letter("review_refused") == (
        f"We can't give you the bed at Baodaiqiao hostel from 6 Mar 2026 to 8 Mar 2026 ({stay.code}): it could "
        "not be verified. If that is wrong, appeal there: somebody else answers within 3 working days"
    )


@pytest.fixture
def kept(lin, wuzhong):
    """What is asked about a stay whose proof was sent, under rules that keep the bed after a no."""
    rules_with_people(wuzhong, NOW, order={"on_refusal": "keep"})
    house = Hostel.objects.get(slug="baodaiqiao")
    stay = book(guest=lin, hostel=house, nights=WEEKEND, purpose="interview", now=NOW)
    proof_for(stay.assessment, NOW)
    look_again(locked(stay), now=NOW)
    return reviews.with_all().get()


def test_where_the_policy_keeps_the_bed_after_a_no_something_better_may_come(kept, officer, second_officer, lin):
    because = ["WRONG_NAME"]
    before = reviewing.text_if(
        kept, "refused", reviewing.stays_about([kept])[kept.pk], because=because, words="", now=NOW
    )
    reviewing.refuse(kept, actor=officer, now=NOW, because=because)

    stay = Stay.objects.get()
    assert (stay.status, stay.awaits, stay.held_until) == ("held", "proof", NOW + timedelta(hours=6))
    assert letter("review_refused") == before.say("en")
    assert letter("review_refused") == (
        "It was not passed: it is not in your name. Your bed at Baodaiqiao hostel is still held until 6 Mar 16:00: "
        f"open stay {stay.code} to send something better, or to appeal"
    )
    # The office's delay costs the guest no bed, nor does an appeal.
    appeal = reviewing.appeal(kept, person=lin, note="", now=LATER)
    assert (again(stay).awaits, again(stay).held_until) == ("review", moment(FRIDAY, 23))
    reviewing.pass_review(appeal, actor=second_officer, now=LATER)
    assert again(stay).status == "confirmed"
    assert letter("appeal_passed").startswith(
        "A second person looked at it and agreed with you. Your bed at Baodaiqiao"
    )


def test_neither_a_false_proof_nor_a_second_no_keeps_the_bed(kept, officer, second_officer, lin):
    stay = Stay.objects.get()
    reviewing.refuse(kept, actor=officer, now=NOW, because=["FALSE_PROOF"])
    assert again(stay).status == "refused"

    reviewing.undo(kept, actor=officer, now=LATER)
    reviewing.refuse(kept, actor=officer, now=LATER, because=["WRONG_NAME"])
    assert again(stay).status == "held"
    appeal = reviewing.appeal(kept, person=lin, note="", now=LATER)
    reviewing.refuse(appeal, actor=second_officer, now=LATER, because=["WRONG_NAME"])
    assert again(stay).status == "refused"


def test_a_stay_that_is_confirmed_stands_although_its_proof_is_not_passed(lin, wuzhong, officer):
    rules_with_people(wuzhong, NOW, evidence={"may_be_shown_at_desk": True})
    house = Hostel.objects.get(slug="baodaiqiao")
    stay = book(guest=lin, hostel=house, nights=WEEKEND, purpose="interview", now=NOW)
    proof_for(stay.assessment, NOW)
    review = reviews.ask(stay.assessment, "proof", rules=["evidence"], due_at=LATER, now=NOW)

    reviewing.refuse(review, actor=officer, now=LATER, because=["WRONG_NAME"])

    assert again(stay).status == "confirmed"
    assert letter("review_refused").endswith("The bed stays yours: bring the original to the desk")


def test_the_reviewer_reads_beforehand_what_the_person_will(waiting, asked, officer):
    because, words = ["NOT_VERIFIED", "OTHER"], "学信网上查不到"
    before = reviewing.text_if(asked, "refused", waiting, because=because, words=words, now=NOW)

    reviewing.refuse(asked, actor=officer, now=LATER, because=because, words=words)

    written = Letter.objects.get(kind="review_refused")
    assert [before.say(each) for each in ("zh-hans", "en")] == [
        letters.say(written, each) for each in ("zh-hans", "en")
    ]


def test_a_false_proof_is_remembered_by_the_rules(sent, proof, officer, lin, hostel):
    reviewing.refuse(proof, actor=officer, now=LATER, because=["FALSE_PROOF"])

    with pytest.raises(Refused) as no:
        book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=TOO_LATE)
    assert no.value.code == "BARRED"


def test_found_genuine_by_a_second_person_it_is_forgotten(sent, proof, officer, second_officer, lin, hostel):
    reviewing.refuse(proof, actor=officer, now=NOW, because=["FALSE_PROOF"])
    appeal = reviewing.appeal(proof, person=lin, note="是真的", now=LATER)
    reviewing.pass_review(appeal, actor=second_officer, now=TOO_LATE)

    assert Evidence.objects.get().state == "accepted"
    assert history_of(lin, None, TOO_LATE, hostel.network_id)[0].false_proofs == ()
    assert book(guest=lin, hostel=hostel, nights=WEEKEND, purpose="interview", now=TOO_LATE).status == "confirmed"


def test_every_answer_is_on_the_record(waiting, asked, officer):
    reviewing.refuse(asked, actor=officer, now=LATER, because=["NOT_VERIFIED"], words="打电话没人接")

    deed = Deed.objects.get(what="review_refused")
    assert (deed.actor, deed.person, deed.hostel, deed.about) == (
        officer, waiting.guest, waiting.hostel, asked.assessment.code,
    )  # fmt: skip
    assert deed.values == {"review": asked.pk, "stay": waiting.code, "because": ["NOT_VERIFIED"]}


def test_a_second_answer_changes_nothing_of_the_stay(waiting, asked, officer, second_officer):
    reviewing.pass_review(asked, actor=officer, now=NOW)
    before = standing(waiting)

    assert refused(reviewing.refuse, asked, actor=second_officer, now=LATER, because=["BLURRED"]).code == "DECIDED"

    assert standing(waiting) == before
    assert Letter.objects.filter(kind__startswith="review_").count() == 1


# --- undoing --------------------------------------------------------------------------------------------------------
ANSWERS = {
    "pass": reviewing.pass_review,
    "send back": lambda review, **said: reviewing.send_back(review, because=["BLURRED"], **said),
    "refuse": lambda review, **said: reviewing.refuse(review, because=["NOT_VERIFIED"], **said),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("which", ["asked", "proof"])
def test_undone_everything_is_as_it_was_and_nothing_is_told(answer, which, request, officer):
    review = request.getfixturevalue(which)
    stay = reviewing.stays_about([review])[review.pk]
    before, told = standing(stay), Letter.objects.count()
    ANSWERS[answer](review, actor=officer, now=NOW + timedelta(minutes=1))
    assert standing(stay) != before

    undone = reviewing.undo(review, actor=officer, now=LATER)

    assert standing(stay) == before
    assert (undone.decided_at, undone.decision, undone.because, undone.clears_until) == (None, "", [], None)
    assert Letter.objects.count() == told
    assert Deed.objects.filter(what="undo_review", actor=officer).count() == 1


@pytest.mark.parametrize("answer", ANSWERS)
def test_undone_it_can_be_answered_anew(answer, waiting, asked, officer):
    ANSWERS[answer](asked, actor=officer, now=NOW)
    reviewing.undo(asked, actor=officer, now=LATER)

    reviewing.pass_review(asked, actor=officer, now=TOO_LATE)

    assert again(waiting).status == "confirmed"
    assert Letter.objects.get(kind__startswith="review_").written_at == TOO_LATE + timedelta(minutes=5)


def test_after_five_minutes_an_answer_stands(waiting, asked, officer):
    reviewing.pass_review(asked, actor=officer, now=NOW)

    assert refused(reviewing.undo, asked, actor=officer, now=TOO_LATE).code == "UNDO"
    assert again(waiting).status == "confirmed"


def test_only_who_gave_the_answer_takes_it_back(waiting, asked, officer, second_officer):
    reviewing.pass_review(asked, actor=officer, now=NOW)

    assert refused(reviewing.undo, asked, actor=second_officer, now=LATER).code == "UNDO"


def test_what_nobody_answered_is_not_undone(asked, officer):
    assert refused(reviewing.undo, asked, actor=officer, now=LATER).code == "UNDO"


def test_a_guest_in_the_house_is_not_undone(waiting, asked, officer, manager):
    reviewing.pass_review(asked, actor=officer, now=NOW)
    check_in(again(waiting), compared=True, now=LATER, actor=manager)

    no = refused(reviewing.undo, asked, actor=officer, now=LATER)

    assert no.sentence.say("en") == f"Stay {waiting.code} has gone on: in house"
    assert again(waiting).status == "in_house"


@pytest.mark.parametrize("nights", [-1, 1])
def test_a_stay_whose_days_the_guest_changed_meanwhile_is_not_undone(waiting, asked, officer, nights):
    reviewing.pass_review(asked, actor=officer, now=NOW)
    changed = again(waiting)
    departure = changed.departure + timedelta(days=nights)
    change_dates(changed, arrival=changed.arrival, departure=departure, now=NOW + timedelta(minutes=1))
    before = standing(waiting)

    answered = reviews.with_all().get(pk=asked.pk)
    seen = reviewing.why_not_undo(answered, again(waiting), officer, LATER)
    assert refused(reviewing.undo, asked, actor=officer, now=LATER) == seen
    assert seen.sentence.say("en") == f"The guest has changed the days of stay {waiting.code} since"
    assert standing(waiting) == before
    assert letter("review_passed")


def test_a_bed_that_somebody_else_has_is_not_taken_again(waiting, asked, officer, people, hostel):
    reviewing.refuse(asked, actor=officer, now=NOW, because=["NOT_VERIFIED"])
    bed = waiting.bed_nights.first().bed
    Bed.objects.filter(room__hostel=hostel).exclude(pk=bed.pk).update(valid_until=FRIDAY)
    other = people("吴小雨", "female")
    another = Assessment.objects.create(
        person=other, policy=waiting.assessment.policy, made_at=NOW, outcome="yes", facts={}, verdicts=[]
    )
    proof_for(another, NOW, accepted_at=NOW)
    taken = book(guest=other, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="exam", now=NOW)
    assert taken.bed_nights.get().bed == bed

    no = refused(reviewing.undo, asked, actor=officer, now=LATER)

    assert no.sentence.say("en") == "Somebody else has the bed already"
    assert again(waiting).status == "refused"
    assert Review.objects.get(pk=asked.pk).decision == "refused"


def test_undone_the_guest_has_another_bed_where_theirs_is_taken_and_others_are_moved_for_it(
    waiting, asked, officer, hostel, people, in_bed
):
    """One bed is free on Friday and another on Saturday: nobody but who has not come yet is in the way."""
    reviewing.refuse(asked, actor=officer, now=NOW, because=["NOT_VERIFIED"])
    bed = waiting.bed_nights.first().bed
    room = Bed.objects.filter(room=bed.room_id)
    Bed.objects.filter(room__hostel=hostel).exclude(pk__in=[each.pk for each in room[:2]]).update(valid_until=FRIDAY)
    one, two = room[:2]
    for nights, where in [(FIRST_HALF, one), (SECOND_HALF, two)]:
        guest = people("某某", waiting.guest.gender)
        another = Assessment.objects.create(
            person=guest, policy=waiting.assessment.policy, made_at=NOW, outcome="yes", facts={}, verdicts=[]
        )
        proof_for(another, NOW, accepted_at=NOW)
        taken = book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=NOW)
        in_bed(taken, str(where))

    reviewing.undo(asked, actor=officer, now=LATER)

    assert again(waiting).status == "held"
    assert waiting.bed_nights.live().count() == len(waiting.nights)


def test_a_guest_who_booked_another_bed_meanwhile_keeps_that(waiting, asked, officer, at_home, hostel):
    reviewing.refuse(asked, actor=officer, now=NOW, because=["NOT_VERIFIED"])
    Review.objects.filter(pk=asked.pk).update(rules=[])
    second = book(guest=at_home, hostel=Hostel.objects.get(slug="shihu"), nights=WEEKEND, purpose="exam", now=NOW)

    no = refused(reviewing.undo, asked, actor=officer, now=LATER)

    assert no.code == "UNDO"
    assert (again(waiting).status, again(second).status) == ("refused", "held")


def test_an_answer_the_person_appealed_against_stands(waiting, asked, officer, at_home):
    refusal = reviewing.refuse(asked, actor=officer, now=NOW, because=["NOT_VERIFIED"])
    reviewing.appeal(refusal, person=at_home, note="", now=LATER)

    assert refused(reviewing.undo, asked, actor=officer, now=LATER).code == "UNDO"


def test_a_letter_that_is_out_is_not_called_back(waiting, asked, officer):
    reviewing.pass_review(asked, actor=officer, now=NOW)
    Letter.objects.filter(kind="review_passed").update(posted_at=LATER)

    assert refused(reviewing.undo, asked, actor=officer, now=LATER).code == "UNDO"


def test_the_next_question_that_an_answer_opened_closes_with_it(people, hostel, officer):
    person = people("周小雨", "female", home_in_district=True)
    stay = book(guest=person, hostel=hostel, nights=WEEKEND, purpose="interview", now=NOW, hold=True)
    proof_for(stay.assessment, NOW)
    look_again(locked(stay), now=NOW)
    Review.objects.update(kind="proof", rules=["evidence"])
    review = reviews.with_all().get()
    reviewing.pass_review(review, actor=officer, now=LATER)
    assert Review.objects.count() == 2

    reviewing.undo(review, actor=officer, now=LATER)

    assert Review.objects.get() == review
    assert again(stay).awaits == "review"


# --- asking for a person --------------------------------------------------------------------------------------------
@pytest.fixture
def no_home(people, wuzhong):
    """A refusal because of a home in the district, as it was kept: by the sample policy, which asks nobody."""
    person = people("周小雨", "female", home_in_district=True)
    with pytest.raises(Refused) as no:
        book(guest=person, hostel=Hostel.objects.get(slug="baodaiqiao"), nights=WEEKEND, purpose="exam", now=NOW)
    return Assessment.objects.get(code=no.value.assessment)


def test_a_refusal_by_a_rule_that_can_be_set_aside_is_looked_at_by_a_person(no_home, officer):
    review = reviewing.ask_for_review(no_home, person=no_home.person, note="房子已经卖了", now=LATER)

    assert (review.kind, review.rules, review.note) == ("rule", ["home"], "房子已经卖了")
    assert review.due_at == moment(MONDAY, 18)
    passed = reviewing.pass_review(review, actor=officer, now=LATER)
    assert letter("review_passed") == f"Looked at and agreed: you can book now. It is about decision {no_home.code}"
    assert passed.clears_until == FRIDAY + timedelta(days=30)
    house = Hostel.objects.get(slug="baodaiqiao")
    assert book(guest=no_home.person, hostel=house, nights=WEEKEND, purpose="exam", now=LATER).status == "confirmed"


def test_what_is_counted_is_set_aside_by_nobody(lin, wuzhong):
    with pytest.raises(Refused) as no:
        house = Hostel.objects.get(slug="baodaiqiao")
        book(guest=lin, hostel=house, nights=Nights(FRIDAY, FRIDAY + timedelta(days=9)), purpose="exam", now=NOW,
             accept_price=True)  # fmt: skip
    kept = Assessment.objects.get(code=no.value.assessment)

    reason = refused(reviewing.ask_for_review, kept, person=lin, note="", now=LATER)

    assert reason.code == "NOT_REVIEWABLE"
    assert not Review.objects.exists()


def test_a_yes_is_nothing_to_look_at(lin, wuzhong):
    stay = book(guest=lin, hostel=Hostel.objects.get(slug="baodaiqiao"), nights=WEEKEND, purpose="exam", now=NOW)

    reason = refused(reviewing.ask_for_review, stay.assessment, person=lin, note="", now=LATER)

    assert reason.code == "NOT_REVIEWABLE"


def test_days_that_are_over_are_nothing_to_look_at(no_home):
    reason = refused(reviewing.ask_for_review, no_home, person=no_home.person, note="", now=moment(SATURDAY, 9))

    assert reason.code == "NOT_REVIEWABLE"


def test_the_same_is_asked_once_also_after_another_refusal(no_home):
    reviewing.ask_for_review(no_home, person=no_home.person, note="", now=NOW)
    with pytest.raises(Refused) as no:
        book(guest=no_home.person, hostel=Hostel.objects.get(slug="shihu"), nights=WEEKEND, purpose="exam", now=LATER)
    another = Assessment.objects.get(code=no.value.assessment)

    for decision in (no_home, another):
        assert refused(reviewing.ask_for_review, decision, person=no_home.person, note="", now=LATER).code == "ASKED"
    assert Review.objects.count() == 1


def test_after_an_answer_one_appeals_and_does_not_ask_again(no_home, officer):
    review = reviewing.ask_for_review(no_home, person=no_home.person, note="", now=NOW)
    reviewing.refuse(review, actor=officer, now=NOW, because=["NOT_VERIFIED"])

    assert refused(reviewing.ask_for_review, no_home, person=no_home.person, note="", now=LATER).code == "ASKED"


def test_a_note_has_an_end(no_home):
    reason = refused(reviewing.ask_for_review, no_home, person=no_home.person, note="x" * 1001, now=LATER)

    assert reason.field == "note"


def test_asked_for_more_one_may_explain_and_the_bed_waits_on(waiting, asked, officer, at_home):
    reviewing.send_back(asked, actor=officer, now=NOW, because=["NOT_VERIFIED"])
    assert again(waiting).awaits == "proof"

    second = reviewing.ask_for_review(again(waiting).assessment, person=at_home, note="这是我姑姑家", now=LATER)

    assert (again(waiting).awaits, again(waiting).held_until) == ("review", moment(FRIDAY, 23))
    reviewing.pass_review(second, actor=officer, now=LATER)
    assert again(waiting).status == "confirmed"


# --- appealing ------------------------------------------------------------------------------------------------------
def test_an_appeal_is_answered_by_a_second_person_within_its_own_time(no_home, officer, second_officer):
    review = reviewing.ask_for_review(no_home, person=no_home.person, note="", now=NOW)
    reviewing.refuse(review, actor=officer, now=NOW, because=["NOT_VERIFIED"])

    appeal = reviewing.appeal(review, person=no_home.person, note="请再看看", now=LATER)

    assert (appeal.kind, appeal.rules, appeal.not_by, appeal.appeal_of) == ("appeal", ["home"], officer, review)
    assert refused(reviewing.pass_review, appeal, actor=officer, now=LATER).code == "SECOND_PERSON"
    reviewing.pass_review(appeal, actor=second_officer, now=LATER)
    assert letter("appeal_passed").startswith("A second person looked at it and agreed with you")
    house = Hostel.objects.get(slug="baodaiqiao")
    assert book(guest=no_home.person, hostel=house, nights=WEEKEND, purpose="exam", now=LATER).status == "confirmed"


def test_two_no_s_stand(no_home, officer, second_officer):
    review = reviewing.ask_for_review(no_home, person=no_home.person, note="", now=NOW)
    reviewing.refuse(review, actor=officer, now=NOW, because=["NOT_VERIFIED"])
    appeal = reviewing.appeal(review, person=no_home.person, note="", now=LATER)
    reviewing.refuse(appeal, actor=second_officer, now=LATER, because=["OTHER"], words="房产仍在名下")

    assert refused(reviewing.appeal, appeal, person=no_home.person, note="", now=LATER).code == "NOT_APPEALABLE"
    assert refused(reviewing.appeal, review, person=no_home.person, note="", now=LATER).code == "NOT_APPEALABLE"
    assert "房产仍在名下" in letter("appeal_refused")


def test_an_appeal_is_made_once(no_home, officer):
    review = reviewing.ask_for_review(no_home, person=no_home.person, note="", now=NOW)
    reviewing.refuse(review, actor=officer, now=NOW, because=["NOT_VERIFIED"])
    reviewing.appeal(review, person=no_home.person, note="", now=LATER)

    assert refused(reviewing.appeal, review, person=no_home.person, note="", now=LATER).code == "NOT_APPEALABLE"
    assert Review.objects.count() == 2


@pytest.mark.parametrize("answer", ["pass", "send back"])
def test_only_a_no_is_appealed(answer, waiting, asked, officer, at_home):
    ANSWERS[answer](asked, actor=officer, now=NOW)

    assert refused(reviewing.appeal, asked, person=at_home, note="", now=LATER).code == "NOT_APPEALABLE"


def test_an_undone_appeal_leaves_the_first_answer_as_it_was(sent, proof, officer, second_officer, lin):
    reviewing.refuse(proof, actor=officer, now=NOW, because=["WRONG_NAME"])
    before = standing(sent)
    appeal = reviewing.appeal(proof, person=lin, note="", now=LATER)
    reviewing.pass_review(appeal, actor=second_officer, now=TOO_LATE)
    assert Evidence.objects.get().state == "accepted"

    reviewing.undo(appeal, actor=second_officer, now=TOO_LATE)

    assert standing(sent) == before


# --- what may be done -----------------------------------------------------------------------------------------------
def test_the_office_reads_what_it_may_do(waiting, asked, officer, second_officer):
    def may(user, now=LATER):
        review = reviews.with_all().get(pk=asked.pk)
        doable = reviewing.office_actions(review, again(waiting), user, now)
        return {name: action.ok for name, action in doable.items()}

    assert may(officer) == {"decide": True, "undo": False}
    reviews.look(asked, user=officer, now=NOW)
    assert (may(officer)["decide"], may(second_officer)["decide"]) == (True, False)
    reviewing.pass_review(asked, actor=officer, now=NOW)
    assert (may(officer), may(second_officer)) == ({"decide": False, "undo": True}, {"decide": False, "undo": False})
    assert may(officer, TOO_LATE) == {"decide": False, "undo": False}
