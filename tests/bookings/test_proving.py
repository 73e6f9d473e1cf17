"""Proofs for a stay: what they do to the bed, who looks at them, and what the desk has seen."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages

from accounts.acts import act
from accounts.models import Letter
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in
from bookings.models import Stay
from bookings.proving import (
    evidence_for,
    may_be_shown_at_desk,
    may_see_pictures,
    needs_original,
    proofs_for,
    prove,
    show_at_desk,
)
from bookings.reviewing import pass_review, send_back
from eligibility.evidence import kept_files
from eligibility.models import Evidence, Review
from eligibility.reasons import Refused
from eligibility.reviews import look
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment, staff
from tests.eligibility.pictures import photo
from tests.eligibility.reviewed import rules_with_people

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def proof_first(wuzhong):
    """Rules under which the bed waits for a proof, and the proof for a person."""
    return rules_with_people(wuzhong, NOW)


def wish(guest, hostel, nights=None, **how):
    nights = nights or Nights(SUNDAY, TUESDAY)
    return book(guest=guest, hostel=hostel, nights=nights, purpose="interview", now=NOW, **how)


def send(stay, now=LATER, **said):
    with kept_files([io.BytesIO(photo())]) as pages:
        said = {"kind": "interview_notice", "pages": pages, "agreed": True} | said
        return prove(stay, now=now, actor=stay.guest.user, **said)


def code_for(stay, now=LATER, code="ABCD1234"):
    return prove(stay, kind="interview_notice", code=code, now=now, actor=stay.guest.user)


def fresh(stay):
    return Stay.objects.get(pk=stay.pk)


def refused(of):
    with pytest.raises(Refused) as no:
        of()
    return no.value.code


# --- sending ----------------------------------------------------------------------------------------------------------
def test_a_bed_that_waited_for_the_proof_waits_for_who_looks_at_it(proof_first, hostel, lin):
    stay = wish(lin, hostel)
    assert stay.awaits == "proof"

    evidence = send(stay)

    waiting = fresh(stay)
    assert (waiting.status, waiting.awaits, waiting.held_until) == ("held", "review", waiting.kept_until)
    review = Review.objects.get()
    assert (review.kind, review.rules, review.assessment.about) == ("proof", ["evidence"], stay.code)
    assert list(evidence_for(waiting)) == [evidence]


def test_passed_the_proof_makes_the_bed_a_promise(proof_first, hostel, lin, officer):
    stay = wish(lin, hostel)
    send(stay)

    pass_review(Review.objects.get(), actor=officer, now=LATER + timedelta(minutes=5))

    assert fresh(stay).status == "confirmed"
    assert Evidence.objects.get().state == "accepted"
    assert needs_original(fresh(stay)) == {}


def test_sent_back_a_better_one_is_asked_for_and_looked_at_again(proof_first, hostel, lin, officer):
    stay = wish(lin, hostel)
    send(stay)
    send_back(Review.objects.get(), actor=officer, now=LATER, because=["BLURRED"])
    assert fresh(stay).awaits == "proof"

    send(stay, now=LATER + timedelta(hours=1))

    assert fresh(stay).awaits == "review"
    assert Review.objects.open().count() == 1
    assert sorted(Evidence.objects.values_list("state", flat=True)) == ["sent", "sent_back"]


def test_two_proofs_are_one_question(proof_first, hostel, lin):
    stay = wish(lin, hostel)

    send(stay)
    code_for(stay)

    assert Review.objects.count() == 1
    assert evidence_for(stay).count() == 2


def test_a_confirmed_stay_stays_confirmed_and_somebody_looks(hostel, lin):
    stay = wish(lin, hostel)
    assert stay.status == "confirmed"

    send(stay)

    assert fresh(stay).status == "confirmed"
    review = Review.objects.get()
    assert (review.kind, review.rules) == ("proof", ["evidence"])
    assert not Letter.objects.exclude(kind="booked").exists()


def test_a_bed_kept_for_ten_minutes_is_not_confirmed_by_a_proof(hostel, lin):
    stay = wish(lin, hostel, hold=True)

    send(stay, now=NOW + timedelta(minutes=5))

    assert fresh(stay).status == "held"


def test_after_its_time_a_held_bed_takes_no_proof(proof_first, hostel, lin):
    stay = wish(lin, hostel)

    assert refused(lambda: code_for(stay, now=stay.held_until)) == "HOLD_ENDED"
    assert not Evidence.objects.exists()


def test_a_stay_that_is_over_or_running_takes_no_proof(hostel, lin, manager):
    cancelled = wish(lin, hostel)
    cancel(cancelled, now=LATER)
    assert refused(lambda: code_for(cancelled)) == "STATE"

    here = wish(lin, hostel, Nights(FRIDAY, SATURDAY))
    check_in(here, compared=True, now=LATER, actor=manager)
    assert refused(lambda: code_for(here)) == "STATE"


def test_a_proof_that_is_refused_leaves_neither_row_nor_file(hostel, lin):
    stay = wish(lin, hostel)
    kept = []

    def send_another_kind():
        with kept_files([io.BytesIO(photo())]) as pages:
            kept.extend(pages)
            prove(stay, kind="contract", pages=pages, agreed=True, now=LATER, actor=lin.user)

    assert refused(send_another_kind) == "KIND"
    assert not Evidence.objects.exists()
    assert not Review.objects.exists()
    assert not storages["proofs"].exists(kept[0].name)


def test_a_proof_whose_act_is_undone_around_it_leaves_no_file(hostel, lin):
    stay = wish(lin, hostel)
    kept = []

    def do(pages):
        prove(stay, kind="interview_notice", pages=pages, agreed=True, now=LATER, actor=lin.user)
        raise RuntimeError("the answer could not be kept")

    with pytest.raises(RuntimeError), kept_files([io.BytesIO(photo())]) as pages:
        kept.extend(pages)
        act(lambda: do(pages))

    assert not Evidence.objects.exists()
    assert not storages["proofs"].exists(kept[0].name)


def test_dates_of_a_proof_go_with_it(hostel, lin):
    sent = send(wish(lin, hostel), first=MONDAY, last=MONDAY)

    assert (sent.first, sent.last) == (MONDAY, MONDAY)


# --- at the desk ------------------------------------------------------------------------------------------------------
def test_the_desk_asks_for_the_original_until_one_is_accepted(hostel, lin, manager):
    stay = wish(lin, hostel)
    assert list(needs_original(stay)) == ["interview_notice", "employer"]

    show_at_desk(stay, kind="interview_notice", now=LATER, actor=manager)

    assert needs_original(fresh(stay)) == {}


def test_what_was_sent_but_not_looked_at_is_still_asked_for(hostel, lin):
    stay = wish(lin, hostel)

    send(stay)

    assert list(needs_original(fresh(stay))) == ["interview_notice", "employer"]


def test_the_original_ends_the_wait_and_answers_the_question(proof_first, hostel, lin, manager):
    stay = wish(lin, hostel)
    send(stay)

    show_at_desk(stay, kind="interview_notice", now=LATER + timedelta(hours=1), actor=manager)

    assert fresh(stay).status == "confirmed"
    review = Review.objects.get()
    assert (review.decision, review.decided_by) == ("passed", manager)
    assert set(Evidence.objects.values_list("way", "state")) == {("file", "accepted"), ("desk", "accepted")}
    # Who stands at the desk is not written to about it.
    assert not Letter.objects.filter(kind="review_passed").exists()


def test_the_original_alone_ends_the_wait_too(proof_first, hostel, lin, manager):
    stay = wish(lin, hostel)

    show_at_desk(stay, kind="interview_notice", now=LATER, actor=manager)

    assert fresh(stay).status == "confirmed"
    assert not Review.objects.exists()


def test_the_desk_does_not_wait_for_an_officer_who_has_it_open(hostel, lin, manager, officer):
    stay = wish(lin, hostel)
    send(stay)
    look(Review.objects.get(), user=officer, now=LATER)

    show_at_desk(stay, kind="interview_notice", now=LATER, actor=manager)

    assert Review.objects.open().count() == 1
    assert needs_original(fresh(stay)) == {}


def test_the_desk_says_so_while_it_lets_the_guest_in(hostel, lin, manager):
    stay = wish(lin, hostel, Nights(FRIDAY, SATURDAY))

    here = check_in(stay, compared=True, evidence_seen="interview_notice", now=LATER, actor=manager)

    assert here.status == "in_house"
    assert Evidence.objects.get().way == "desk"


def test_without_the_original_the_guest_is_let_in_all_the_same(hostel, lin, manager):
    stay = wish(lin, hostel, Nights(FRIDAY, SATURDAY))

    assert check_in(stay, compared=True, now=LATER, actor=manager).status == "in_house"
    assert not Evidence.objects.exists()
    # What was forgotten can be said afterwards.
    show_at_desk(stay, kind="employer", now=LATER, actor=manager)
    assert Evidence.objects.get().state == "accepted"


def test_a_kind_that_is_not_accepted_lets_nobody_in(hostel, lin, manager):
    stay = wish(lin, hostel, Nights(FRIDAY, SATURDAY))

    assert refused(lambda: check_in(stay, compared=True, evidence_seen="xyz", now=LATER, actor=manager)) == "KIND"
    assert fresh(stay).status == "confirmed"
    assert not Evidence.objects.exists()


def test_whether_the_original_will_do_is_the_policys_to_say(wuzhong, hostel, lin):
    assert may_be_shown_at_desk(wish(lin, hostel))

    rules_with_people(wuzhong, NOW)

    other = wish(lin, hostel, Nights(TUESDAY, TUESDAY + timedelta(days=1)))
    assert not may_be_shown_at_desk(other)
    assert list(proofs_for(other)) == ["interview_notice", "employer"]


# --- who may see ------------------------------------------------------------------------------------------------------
def test_pictures_are_for_the_guest_the_office_and_the_house_when_it_needs_them(
    hostel, lin, chen, officer, auditor, manager, foreign_manager
):
    stay = wish(lin, hostel)
    evidence = send(stay)

    assert may_see_pictures(lin.user, evidence, LATER) == "own"
    assert may_see_pictures(officer, evidence, LATER) == "review"
    for stranger in (chen.user, auditor, foreign_manager):
        assert may_see_pictures(stranger, evidence, LATER) == ""
    assert may_see_pictures(manager, evidence, LATER) == "desk"
    assert may_see_pictures(manager, evidence, moment(TUESDAY, 23)) == "desk"
    assert may_see_pictures(manager, evidence, moment(TUESDAY + timedelta(days=1), 7)) == ""


def test_the_house_sees_nothing_before_three_days_ahead_nor_of_a_stay_that_was_cancelled(hostel, lin, manager):
    stay = wish(lin, hostel, Nights(TUESDAY, TUESDAY + timedelta(days=1)))  # four days ahead
    evidence = send(stay)

    assert may_see_pictures(manager, evidence, LATER) == ""
    assert may_see_pictures(manager, evidence, moment(SATURDAY, 7)) == "desk"
    cancel(stay, now=moment(SATURDAY, 8))
    assert may_see_pictures(manager, evidence, moment(SATURDAY, 9)) == ""


def test_an_officer_of_another_district_sees_nothing(hostel, lin):
    evidence = send(wish(lin, hostel))
    from_elsewhere = staff("+8613800000077", "officer", network=_another_network())

    assert may_see_pictures(from_elsewhere, evidence, LATER) == ""


def _another_network():
    network = Stay.objects.get().hostel.network
    return type(network).objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu", parent=network.parent)
