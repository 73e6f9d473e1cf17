"""Beds that wait: for a proof, or for a person's answer."""

from copy import deepcopy
from datetime import date, timedelta

import pytest
import yaml

from accounts.models import Letter, Person
from bookings.actions import actions
from bookings.awaiting import look_again
from bookings.booking import book, confirm
from bookings.holding import end_holds
from bookings.locking import locked
from bookings.models import Stay
from eligibility.evaluation import replay
from eligibility.models import Assessment, Evidence, Review
from eligibility.policy_file import load_policy
from eligibility.reasons import Refused
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SUNDAY, TUESDAY, moment
from tests.eligibility.cases import SAMPLE_RULES

TWO = Nights(SUNDAY, TUESDAY)


@pytest.fixture
def rules(wuzhong, tmp_path):
    """Puts the sample policy in force with changes to its rules, by their ids; None takes one out."""

    def put(**changes):
        data = deepcopy(SAMPLE_RULES) | {"in_force_from": "2026-03-06"}
        for rule in data["rules"]:
            rule.update(changes.pop(rule["id"], {}))
        data["rules"] += list(changes.values())
        file = tmp_path / "policy.yaml"
        file.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
        return load_policy(file, now=NOW)

    return put


@pytest.fixture
def proof_first(rules):
    return rules(evidence={"may_be_shown_at_desk": False})


@pytest.fixture
def person_decides(rules):
    return rules(home={"otherwise": "ask"})


def wish(guest, hostel, nights=TWO, **how):
    return book(guest=guest, hostel=hostel, nights=nights, purpose="interview", now=NOW, **how)


def verdicts(assessment):
    return {verdict["rule_id"]: verdict["verdict"] for verdict in assessment.verdicts}


# --- waiting for a proof ----------------------------------------------------------------------------------------------
def test_where_only_the_proof_is_missing_the_bed_waits_for_it(proof_first, hostel, lin):
    stay = wish(lin, hostel)

    assert (stay.status, stay.awaits, stay.held_until) == ("held", "proof", NOW + timedelta(hours=24))
    assert stay.assessment.outcome == "tell_us_more"
    assert stay.bed_nights.live().count() == 2
    assert [letter.kind for letter in Letter.objects.all()] == ["held_for_proof"]


def test_for_tonight_the_bed_waits_no_longer_than_for_anybody(proof_first, hostel, lin):
    stay = wish(lin, hostel, Nights(FRIDAY, SUNDAY))

    assert stay.held_until == stay.kept_until == moment(FRIDAY, 23)


def test_a_bed_that_waited_in_vain_goes_back(proof_first, hostel, lin):
    stay = wish(lin, hostel)

    assert stay.state(NOW + timedelta(hours=24)) == "cancelled"
    assert end_holds(NOW + timedelta(hours=24)) == 1
    assert not stay.bed_nights.live().exists()


def test_an_accepted_proof_makes_it_a_promise(proof_first, hostel, lin):
    stay = wish(lin, hostel)
    show(stay, accepted_at=NOW)

    settled = look_again(locked(stay), now=NOW + timedelta(hours=1))

    assert (settled.status, settled.awaits, settled.assessment.act) == ("confirmed", "", "review")
    assert settled.assessment.about == stay.code
    assert verdicts(settled.assessment)["evidence"] == "met"
    assert Letter.objects.filter(kind="booked").count() == 1


def test_a_proof_that_was_sent_makes_the_bed_wait_for_a_person_until_the_day_of_arrival(proof_first, hostel, lin):
    stay = wish(lin, hostel)
    show(stay)

    waiting = look_again(locked(stay), now=NOW + timedelta(hours=1))

    assert (waiting.status, waiting.awaits, waiting.held_until) == ("held", "review", waiting.kept_until)
    review = Review.objects.get()
    assert (review.kind, review.rules, review.assessment.about) == ("proof", ["evidence"], stay.code)
    # Friday 11:00, one working day: Monday, when the office closes.
    assert review.due_at == moment(MONDAY, 18)


def test_looking_twice_asks_once(proof_first, hostel, lin):
    stay = wish(lin, hostel)
    show(stay)

    for hours in (1, 2):
        look_again(locked(stay), now=NOW + timedelta(hours=hours))

    assert Review.objects.count() == 1


def test_a_proof_that_was_accepted_before_is_not_asked_for_again(proof_first, hostel, lin):
    show(wish(lin, hostel), accepted_at=NOW)
    later = Nights(date(2026, 3, 20), date(2026, 3, 21))

    assert wish(lin, hostel, later).status == "confirmed"


def test_a_bed_that_waits_is_kept_beside_another_booking(proof_first, hostel, lin):
    first = wish(lin, hostel)

    second = wish(lin, hostel, Nights(date(2026, 3, 20), date(2026, 3, 21)))

    first.refresh_from_db()
    assert (first.status, second.status) == ("held", "held")


def show(stay, **said):
    return Evidence.objects.create(
        assessment=stay.assessment,
        kind="interview_notice",
        way="file",
        handed_in_at=NOW,
        purge_on=date(2026, 4, 6),
        **said,
    )


def test_a_price_that_was_accepted_stands_while_the_bed_waits(proof_first, hostel, lin):
    stay = wish(lin, hostel, Nights(SUNDAY, SUNDAY + timedelta(days=5)), accept_price=True)
    prices = [("free", 0)] * 3 + [("priced", 4900)] * 2
    assert list(stay.bed_nights.order_by("night").values_list("price_class", "price_fen")) == prices
    show(stay, accepted_at=NOW)

    settled = look_again(locked(stay), now=NOW + timedelta(hours=1))

    assert settled.status == "confirmed"
    assert list(settled.bed_nights.order_by("night").values_list("price_class", "price_fen")) == prices


def test_where_the_rules_say_no_by_now_the_guest_has_a_day_to_put_it_right(proof_first, hostel, lin):
    stay = wish(lin, hostel)
    Person.objects.update(education="secondary_vocational")
    show(stay, accepted_at=NOW)

    left = look_again(locked(stay), now=NOW + timedelta(hours=1))

    assert (left.status, left.awaits, left.held_until) == ("held", "", NOW + timedelta(hours=25))
    Person.objects.update(education="bachelor")
    assert confirm(left, now=NOW + timedelta(hours=2)).status == "confirmed"


# --- waiting for a person ---------------------------------------------------------------------------------------------
def test_where_a_person_decides_the_bed_waits_and_somebody_is_asked(person_decides, hostel, people):
    at_home = people("近邻", home_in_district=True)

    stay = wish(at_home, hostel)

    assert (stay.status, stay.awaits, stay.held_until) == ("held", "review", stay.kept_until)
    review = Review.objects.get()
    assert (review.kind, review.rules, review.assessment) == ("rule", ["home"], stay.assessment)
    (asked,) = [reason for reason in wish_reasons(stay) if reason.verdict == "ask"]
    assert asked.by == review.due_at == moment(MONDAY, 18)
    assert asked.whom.say("en") == "the office of the hostel network"
    assert Letter.objects.get().kind == "held_for_review"


def wish_reasons(stay):
    return replay(stay.assessment).reasons


def test_what_a_person_agreed_to_holds_for_this_and_the_next_booking(person_decides, hostel, people, officer):
    at_home = people("近邻", home_in_district=True)
    stay = wish(at_home, hostel)
    Review.objects.update(decided_at=NOW, decided_by=officer, decision="passed", clears_until=date(2026, 4, 5))

    assert look_again(locked(stay), now=NOW + timedelta(hours=1)).status == "confirmed"
    assert wish(at_home, hostel, Nights(date(2026, 4, 5), date(2026, 4, 6))).status == "confirmed"


@pytest.mark.parametrize("day", [date(2026, 3, 5), date(2026, 3, 7)])
def test_what_a_person_agreed_to_ends_on_its_day(person_decides, hostel, people, officer, day):
    at_home = people("近邻", home_in_district=True)
    stay = wish(at_home, hostel)
    Review.objects.update(decided_at=NOW, decided_by=officer, decision="passed", clears_until=day)

    assert look_again(locked(stay), now=NOW + timedelta(hours=1)).status == "held"


def test_who_qualifies_first_holds_no_bed_but_is_told_and_kept(rules, hostel, lin):
    rules(evidence={"may_be_shown_at_desk": False}, order={"id": "order", "kind": "order", "first": "qualify"})

    with pytest.raises(Refused) as no:
        wish(lin, hostel)

    assert no.value.code == "EVIDENCE"
    assert Assessment.objects.get(code=no.value.assessment).outcome == "tell_us_more"
    assert not Stay.objects.exists()


def test_a_hold_that_is_confirmed_waits_for_its_proof(proof_first, hostel, lin):
    held = wish(lin, hostel, hold=True)
    assert held.awaits == ""

    waiting = confirm(held, now=NOW + timedelta(minutes=5))

    assert (waiting.status, waiting.awaits) == ("held", "proof")
    assert waiting.held_until == NOW + timedelta(hours=24, minutes=5)


def test_the_hold_of_the_policy_is_as_long_as_it_says(rules, hostel, lin):
    rules(order={"id": "order", "kind": "order", "first": "book", "hold_minutes": 30})

    assert wish(lin, hostel, hold=True).held_until == NOW + timedelta(minutes=30)


def test_a_bed_that_waits_needs_no_extending(proof_first, hostel, lin):
    reason = actions(wish(lin, hostel), NOW)["extend_hold"].reason

    assert reason.code == "AWAITS"
    assert "proof still needed" in reason.sentence.say("en")
