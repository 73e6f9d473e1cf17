"""A proof before there is a bed: the wish is refused for want of it, it is handed in and passed, the wish is booked."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages

from accounts import letters
from accounts.models import Deed, Letter
from bookings.booking import book
from bookings.models import Stay
from bookings.proving import evidence_about, may_see_pictures, prove, qualify, still_wanted, wanted_for, why_not_qualify
from bookings.reviewing import appeal, pass_review, refuse, send_back, undo
from eligibility.evidence import MOST_PROOFS, kept_files
from eligibility.models import Assessment, Evidence, Review
from eligibility.reasons import Refused
from hostel.nights import Nights
from tests.conftest import MONDAY, NOW, ROOT, SUNDAY, TUESDAY, staff
from tests.eligibility.pictures import photo
from tests.eligibility.reviewed import rules_with_people

LATER = NOW + timedelta(hours=1)
NEXT_DAY = NOW + timedelta(days=1)


@pytest.fixture
def qualify_first(wuzhong):
    """The sample's rules, but the proof comes before the bed."""
    return rules_with_people(wuzhong, NOW, order={"first": "qualify"})


def wish(guest, hostel, now=NOW, nights=None):
    return book(guest=guest, hostel=hostel, nights=nights or Nights(SUNDAY, TUESDAY), purpose="interview", now=now)


def refusal(of) -> Refused:
    with pytest.raises(Refused) as no:
        of()
    return no.value


def refused(of) -> str:
    return refusal(of).code


@pytest.fixture
def decision(qualify_first, lin, hostel) -> Assessment:
    """Lin's wish, refused for want of a proof."""
    return Assessment.objects.get(code=refusal(lambda: wish(lin, hostel)).assessment)


def send(decision, now=LATER, **said):
    with kept_files([io.BytesIO(photo())]) as pages:
        said = {"kind": "interview_notice", "pages": pages, "agreed": True} | said
        return qualify(decision, now=now, actor=decision.person.user, **said)


def code_for(decision, now=LATER, kind="interview_notice"):
    return qualify(decision, kind=kind, code="ABCD1234", now=now, actor=decision.person.user)


# --- the whole way ----------------------------------------------------------------------------------------------------
def test_refused_for_want_of_a_proof_the_refusal_leads_to_where_it_is_handed_in(qualify_first, lin, hostel):
    no = refusal(lambda: wish(lin, hostel))

    assert no.code == "EVIDENCE"
    assert no.reasons[0].fix.href == f"/decisions/{no.assessment}/evidence/"
    assert no.reasons[0].by is None  # no bed waits for it
    assert not Stay.objects.exists()


def test_handed_in_and_passed_the_person_is_told_and_the_same_wish_is_booked(decision, lin, hostel, officer):
    evidence = send(decision)

    review = Review.objects.get()
    assert (review.kind, review.rules, review.assessment) == ("proof", ["evidence"], decision)
    assert list(evidence_about(decision)) == [evidence]
    assert refused(lambda: wish(lin, hostel, LATER)) == "EVIDENCE"  # a person looks at it
    pass_review(review, actor=officer, now=LATER)

    letter = Letter.objects.get(kind="review_passed")
    assert letter.person == lin
    assert "you can book now" in letters.KINDS["review_passed"].text(letter.values).say("en")
    assert wish(lin, hostel, NEXT_DAY).status == "confirmed"


def test_an_answer_with_which_a_bed_was_booked_is_not_taken_back(decision, lin, hostel, officer):
    send(decision)
    review = pass_review(Review.objects.get(), actor=officer, now=LATER)
    undo(review, actor=officer, now=LATER + timedelta(minutes=1))
    assert Evidence.objects.get().state == "sent"

    review = pass_review(Review.objects.get(), actor=officer, now=LATER + timedelta(minutes=2))
    wish(lin, hostel, LATER + timedelta(minutes=3))

    assert refused(lambda: undo(review, actor=officer, now=LATER + timedelta(minutes=4))) == "UNDO"
    assert Evidence.objects.get().state == "accepted"


def test_passed_it_counts_for_whoever_handed_it_in_alone(decision, chen, hostel, officer):
    send(decision)
    pass_review(Review.objects.get(), actor=officer, now=LATER)

    assert refused(lambda: wish(chen, hostel, NEXT_DAY)) == "EVIDENCE"


def test_sent_back_a_better_one_is_handed_in_and_looked_at_again(decision, lin, hostel, officer):
    send(decision)
    send_back(Review.objects.get(), actor=officer, now=LATER, because=["BLURRED"])
    assert refused(lambda: wish(lin, hostel, LATER)) == "EVIDENCE"

    send(decision, now=NEXT_DAY)
    pass_review(Review.objects.open().get(), actor=officer, now=NEXT_DAY)

    assert sorted(Evidence.objects.values_list("state", flat=True)) == ["accepted", "sent_back"]
    assert wish(lin, hostel, NEXT_DAY).status == "confirmed"


def test_refused_it_stays_a_no_and_a_second_person_may_be_asked(decision, lin, hostel, officer, wuzhong):
    send(decision)
    refuse(Review.objects.get(), actor=officer, now=LATER, because=["NOT_THE_PURPOSE"])

    assert refused(lambda: wish(lin, hostel, LATER)) == "EVIDENCE"
    no = refusal(lambda: send(decision, now=NEXT_DAY))
    assert (no.code, no.reasons[0].fix.href) == ("ANSWERED", f"/reviews/{Review.objects.get().pk}/")
    asked = appeal(Review.objects.get(), person=lin, note="那是同一家公司", now=NEXT_DAY)
    send(decision, now=NEXT_DAY)  # to the second person
    pass_review(asked, actor=staff("+8613800000088", "officer", network=wuzhong), now=NEXT_DAY)
    assert set(Evidence.objects.values_list("state", flat=True)) == {"accepted"}
    assert wish(lin, hostel, NEXT_DAY).status == "confirmed"


def test_what_else_is_handed_in_joins_the_question(decision, officer):
    send(decision)
    code_for(decision, kind="employer")

    pass_review(Review.objects.get(), actor=officer, now=LATER)

    assert set(Evidence.objects.values_list("kind", "state")) == {
        ("interview_notice", "accepted"),
        ("employer", "accepted"),
    }


def test_by_the_rules_of_fuzhou_the_proof_comes_first_too(in_force, hostel, people, officer):
    def without_places(rules):
        return rules | {"rules": [rule for rule in rules["rules"] if rule["kind"] != "origin"]}

    in_force(ROOT / "eligibility/published/fuzhou.yaml", without_places)
    lin = people("林小满", "female", graduation="2025-06")
    how = {"guest": lin, "hostel": hostel, "nights": Nights(SUNDAY, TUESDAY), "purpose": "job_seeking"}
    no = refusal(lambda: book(now=NOW, **how))
    decision = Assessment.objects.get(code=no.assessment)
    assert (no.code, list(wanted_for(decision))) == ("EVIDENCE", ["education_proof"])

    code_for(decision, kind="education_proof")
    pass_review(Review.objects.get(), actor=officer, now=LATER)

    assert book(now=LATER, **how).status == "confirmed"


# --- where it cannot be handed in -------------------------------------------------------------------------------------
def test_accepted_there_is_nothing_more_to_hand_in(decision, officer):
    send(decision)
    pass_review(Review.objects.get(), actor=officer, now=LATER)

    assert refused(lambda: send(decision, now=NEXT_DAY)) == "PROVED"


def test_after_thirty_days_a_new_wish_is_made(decision):
    assert why_not_qualify(decision, NOW + timedelta(days=30, seconds=-1)) is None
    no = refusal(lambda: code_for(decision, now=NOW + timedelta(days=30)))

    assert (no.code, no.reasons[0].fix.href) == ("TOO_OLD", "/")
    assert not Evidence.objects.exists()


def test_for_a_stay_the_proof_is_handed_in_there(wuzhong, lin, hostel):
    rules_with_people(wuzhong, NOW)
    stay = wish(lin, hostel)

    no = refusal(lambda: code_for(stay.assessment))

    assert (no.code, no.reasons[0].fix.href) == ("HAS_STAY", f"/stays/{stay.code}/evidence/")
    assert prove(stay, kind="interview_notice", code="ABCD1234", now=LATER, actor=lin.user).state == "sent"


def test_where_the_rules_say_no_no_proof_is_asked_for(qualify_first, people, hostel):
    old = people("吴已毕业", "female", graduation="2011-06")
    no = refusal(lambda: wish(old, hostel))
    decision = Assessment.objects.get(code=no.assessment)

    assert decision.outcome == "no"
    assert not [each for each in no.reasons if each.fix and each.fix.href.startswith("/decisions/")]
    assert refused(lambda: code_for(decision)) == "NOT_WANTED"


def test_while_somebody_looks_at_it_the_next_refusal_takes_none(decision, lin, hostel):
    send(decision)
    no = refusal(lambda: wish(lin, hostel, LATER))

    assert no.reasons[0].fix.href == "/me/"
    assert refused(lambda: code_for(Assessment.objects.get(code=no.assessment))) == "NOT_WANTED"


def test_a_proof_that_is_refused_leaves_neither_row_nor_file(decision):
    kept = []

    def send_another_kind():
        with kept_files([io.BytesIO(photo())]) as pages:
            kept.extend(pages)
            qualify(decision, kind="contract", pages=pages, agreed=True, now=LATER, actor=decision.person.user)

    assert refused(send_another_kind) == "KIND"
    assert not Evidence.objects.exists()
    assert not Review.objects.exists()
    assert not storages["proofs"].exists(kept[0].name)


def test_the_proofs_of_one_decision_are_counted_and_those_of_another_are_not(decision, lin, hostel):
    other = Assessment.objects.get(code=refusal(lambda: wish(lin, hostel)).assessment)
    for _nth in range(MOST_PROOFS):
        code_for(decision)

    assert refused(lambda: code_for(decision)) == "PROOFS"
    assert code_for(other).state == "sent"


# --- who sees, and where it stands ------------------------------------------------------------------------------------
def test_its_pictures_are_for_the_person_and_the_office(decision, lin, chen, officer, auditor, manager):
    evidence = send(decision)

    assert may_see_pictures(lin.user, evidence, LATER) == "own"
    assert may_see_pictures(officer, evidence, LATER) == "review"
    for stranger in (chen.user, auditor, manager):
        assert may_see_pictures(stranger, evidence, LATER) == ""
    assert Deed.objects.get(what="hand_in_evidence").about == decision.code


def test_it_is_still_wanted_until_something_is_handed_in_or_booked(decision, lin, chen):
    assert still_wanted(lin.user, LATER) == decision
    assert still_wanted(chen.user, LATER) is None
    assert still_wanted(lin.user, NOW + timedelta(days=30)) is None

    code_for(decision)

    assert still_wanted(lin.user, LATER) is None


def test_what_was_wished_for_later_counts(decision, lin, hostel, wuzhong):
    rules_with_people(wuzhong, NOW, 3, evidence={"may_be_shown_at_desk": True})
    wish(lin, hostel, LATER, Nights(MONDAY, TUESDAY))

    assert still_wanted(lin.user, LATER) is None
