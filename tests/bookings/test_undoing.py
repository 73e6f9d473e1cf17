"""A cancellation is taken back: for five minutes, in the same bed or another, with all that hung on the stay."""

from datetime import timedelta

import pytest

from accounts import letters
from accounts.models import Deed, Letter
from bookings import cancelling, freed
from bookings.actions import actions
from bookings.booking import book
from bookings.cancelling import Ending, cancel, hangs
from bookings.changing import extend
from bookings.desk import check_in
from bookings.models import BedNight, Party, Stay
from bookings.moving import move, move_to_hostel
from bookings.quotas import Cell, Change, Grant, set_quotas
from bookings.serving import serve
from bookings.undoing import undo
from bookings.wishing import wait
from eligibility.models import Evidence, Review
from eligibility.reasons import Refused, Sentence
from eligibility.reviews import ask
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

SOON = NOW + timedelta(minutes=4)


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


@pytest.fixture
def one_bed(hostel):
    """The house has a single bed."""
    kept = Bed.objects.filter(room__hostel=hostel, room__number="201").order_by("number").first()
    Bed.objects.filter(room__hostel=hostel).exclude(pk=kept.pk).update(valid_until=FRIDAY)
    return kept


def as_it_stands(stay):
    return list(
        BedNight.objects.filter(stay=stay).order_by("night").values_list(
            "pk", "bed", "night", "sharing", "price_class", "percent", "rate_fen", "price_fen", "released_at"
        )
    )  # fmt: skip


def refusal(stay, now=SOON):
    """The refusal to take back; nothing is changed by it."""
    before = list(Stay.objects.order_by("pk").values()), list(BedNight.objects.order_by("pk").values())
    letters_before = Letter.objects.count()
    with pytest.raises(Refused) as no:
        undo(stay, now=now)
    assert (list(Stay.objects.order_by("pk").values()), list(BedNight.objects.order_by("pk").values())) == before
    assert Letter.objects.count() == letters_before
    return no.value


def test_within_five_minutes_the_stay_stands_as_it_stood(stay, lin):
    before = as_it_stands(stay)
    cancel(stay, now=NOW, actor=lin.user, reason="面试改期")
    stay.refresh_from_db()
    assert (stay.status, stay.cancel_reason) == ("cancelled", "面试改期")

    undo(stay, now=SOON, actor=lin.user)

    stay.refresh_from_db()
    assert (stay.status, stay.cancelled_at, stay.cancel_cause, stay.cancel_reason) == ("confirmed", None, "", "")
    assert as_it_stands(stay) == before
    assert list(Deed.objects.filter(about=stay.code).order_by("pk").values_list("what", flat=True))[-2:] == [
        "cancel",
        "undo_cancel",
    ]


def test_it_can_be_cancelled_again_and_taken_back_again(stay):
    before = as_it_stands(stay)
    for minute in (0, 1):
        cancel(stay, now=NOW + timedelta(minutes=minute))
        undo(stay, now=NOW + timedelta(minutes=minute, seconds=30))

    assert as_it_stands(stay) == before


def test_after_five_minutes_it_is_too_late(stay):
    cancel(stay, now=NOW)
    over = NOW + timedelta(minutes=5)

    no = refusal(stay, over)

    assert no.code == "UNDO_OVER"
    assert no.reasons[0].fix.href == "/book/baodaiqiao/?in=2026-03-06&out=2026-03-09"
    stay.refresh_from_db()
    assert actions(stay, SOON)["undo_cancel"].ok
    assert actions(stay, over)["undo_cancel"].reason.code == "UNDO_OVER"


def test_what_was_not_cancelled_is_not_taken_back(stay):
    assert refusal(stay).code == "STATE"


@pytest.mark.parametrize("cause", ["HOUSE", "HOLD_ENDED"])
def test_what_the_house_gave_up_is_not_taken_back(stay, cause):
    cancel(stay, now=NOW, cause=cause)

    assert refusal(stay).code == "STATE"
    assert Letter.objects.get(kind="cancelled").written_at == NOW


def test_a_mere_hold_is_asked_for_anew(hostel, lin):
    held = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="", now=NOW, hold=True)
    cancel(held, now=NOW)

    assert refusal(held).code == "STATE"


def test_a_stay_that_would_be_kept_no_longer_is_not_taken_back(hostel, lin):
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW)
    cancel(stay, now=moment(FRIDAY, 22, 58))

    assert refusal(stay, moment(FRIDAY, 23)).code == "CUT_OFF"
    undo(stay, now=moment(FRIDAY, 22, 59))


def test_nobody_is_told_of_what_was_taken_back(stay):
    cancel(stay, now=NOW)
    told = Letter.objects.get(kind="cancelled")
    assert told.written_at == NOW + timedelta(minutes=5)
    assert told not in letters.due(SOON)

    undo(stay, now=SOON)

    assert not Letter.objects.filter(kind="cancelled").exists()


def test_the_letter_of_what_was_not_taken_back_goes_out_after_five_minutes(stay):
    cancel(stay, now=NOW)

    assert Letter.objects.get(kind="cancelled") in letters.due(NOW + timedelta(minutes=5))


# --- the bed ----------------------------------------------------------------------------------------------------------
def test_where_somebody_else_has_the_bed_another_of_the_house_is_given(stay, hostel, people):
    [bed] = {night.bed for night in stay.bed_nights.select_related("bed")}
    cancel(stay, now=NOW)
    other = book(
        guest=people("周可", "female"), hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="exam", now=NOW
    )
    move(other, bed, from_night=FRIDAY, now=NOW)
    check_in(other, compared=True, now=NOW)

    undo(stay, now=SOON)

    assert stay.bed_nights.live().count() == 3
    [new] = set(stay.bed_nights.live().values_list("bed", flat=True))
    assert new != bed.pk


def test_where_the_house_is_full_by_then_it_is_refused_with_what_else_there_is(stay, hostel, people, one_bed):
    cancel(stay, now=NOW)
    book(guest=people("周可", "female"), hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="exam", now=NOW)

    no = refusal(stay)

    assert no.code == "UNDO"
    assert {"nearby", "waitlist"} <= {each.kind for each in no.alternatives}


def test_the_line_is_served_at_once_and_what_was_offered_is_gone(stay, hostel, people, one_bed):
    wait(guest=people("周可", "female"), hostels=[hostel], nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)
    cancel(stay, now=NOW)
    assert Stay.objects.filter(awaits="offer").exists() or serve(NOW)

    assert refusal(stay).code == "UNDO"


def test_what_is_kept_for_the_line_is_free_for_who_gave_it_back(stay, hostel, people, one_bed):
    """Nights to come wait for the line until noon; nobody in it can have this bed."""
    cancel(stay, now=NOW)
    with pytest.raises(Refused):
        book(guest=people("周可", "female"), hostel=hostel, nights=Nights(SATURDAY, MONDAY), purpose="exam", now=NOW)

    undo(stay, now=SOON)

    assert set(stay.bed_nights.live().values_list("bed", flat=True)) == {one_bed.pk}


def test_what_others_gave_back_is_the_lines_and_no_way_out(hostel, lin, people, one_bed):
    zhou = book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="exam", now=NOW)
    second = Bed.objects.filter(room__hostel=hostel, room__number="201").exclude(pk=one_bed.pk).first()
    cancel(zhou, now=NOW)
    Bed.objects.filter(pk=second.pk).update(valid_until=None)
    other = book(
        guest=people("周可", "female"), hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="exam", now=NOW
    )
    assert other.bed_nights.get().bed_id == second.pk
    cancel(other, now=NOW)
    Bed.objects.filter(pk=second.pk).update(valid_until=SATURDAY)

    assert refusal(other).code == "UNDO"


def test_who_changes_beds_has_both_again(stay, hostel):
    beds = [night.bed_id for night in stay.bed_nights.order_by("night")]
    room = stay.bed_nights.first().bed.room_id
    second = (
        Bed.objects.filter(room__hostel=hostel, room__guests="female").exclude(pk=beds[0]).exclude(room=room).first()
    )
    move(stay, second, from_night=SUNDAY, now=NOW)
    before = as_it_stands(stay)
    cancel(stay, now=NOW)

    undo(stay, now=SOON)

    assert as_it_stands(stay) == before
    assert len({bed for _pk, bed, *_rest in before}) == 2


# --- nights -----------------------------------------------------------------------------------------------------------
def test_the_nights_that_came_back_are_not_used_twice(stay, lin, hostel):
    next_week = FRIDAY + timedelta(days=7)
    book(guest=lin, hostel=hostel, nights=Nights(next_week, next_week + timedelta(days=3)), purpose="exam", now=NOW)
    cancel(stay, now=NOW)
    other = Nights(next_week + timedelta(days=7), next_week + timedelta(days=10))
    book(guest=lin, hostel=hostel, nights=other, purpose="exam", now=NOW + timedelta(minutes=1))

    assert refusal(stay).code == "UNDO_NIGHTS"  # nine of seven


def test_another_stay_in_the_same_nights_is_given_back_first(stay, lin, hostel):
    cancel(stay, now=NOW)
    other = book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="exam", now=NOW)

    assert refusal(stay).code == "UNDO_NIGHTS"

    cancel(other, now=NOW + timedelta(minutes=1))
    undo(stay, now=SOON)


def test_a_stay_beside_it_that_fits_is_no_hindrance(stay, lin, hostel):
    next_week = FRIDAY + timedelta(days=7)
    cancel(stay, now=NOW)
    book(guest=lin, hostel=hostel, nights=Nights(next_week, next_week + timedelta(days=2)), purpose="exam", now=NOW)

    undo(stay, now=SOON)

    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_priced_nights_come_back_at_their_price(lin, hostel):
    stay = book(
        guest=lin, hostel=hostel, nights=Nights(FRIDAY, TUESDAY), purpose="interview", now=NOW, accept_price=True
    )
    before = as_it_stands(stay)
    cancel(stay, now=NOW)
    later = FRIDAY + timedelta(days=9)
    book(guest=lin, hostel=hostel, nights=Nights(later, later + timedelta(days=2)), purpose="exam", now=NOW)

    undo(stay, now=SOON)

    assert as_it_stands(stay) == before
    assert "priced" in {row[4] for row in before}


def test_a_quota_that_was_spent_meanwhile_refuses(stay, hostel, people, officer):
    cell = Cell(hostel.network, hostel, "", FRIDAY.replace(day=1))
    set_quotas([Change(cell, Grant(3))], now=NOW, actor=officer)
    cancel(stay, now=NOW)
    nights = Nights(FRIDAY, SATURDAY)
    other = book(guest=people("周可", "female"), hostel=hostel, nights=nights, purpose="exam", now=NOW)

    assert refusal(stay).code == "QUOTA"

    cancel(other, now=NOW + timedelta(minutes=1))
    undo(stay, now=SOON)


# --- what hung on it --------------------------------------------------------------------------------------------------
def test_the_nights_in_another_house_come_back_with_it(stay):
    there = move_to_hostel(stay, Hostel.objects.get(slug="guoxiang"), from_night=SUNDAY, now=NOW)
    stay.refresh_from_db()
    before = as_it_stands(stay), as_it_stands(there)
    cancel(stay, now=NOW)
    assert Letter.objects.filter(kind="cancelled").count() == 2

    undo(stay, now=SOON)

    there.refresh_from_db()
    assert there.status == "confirmed"
    assert (as_it_stands(stay), as_it_stands(there)) == before
    assert not Letter.objects.filter(kind="cancelled").exists()


def test_where_a_night_in_the_other_house_is_gone_nothing_comes_back(stay, people):
    guoxiang = Hostel.objects.get(slug="guoxiang")
    there = move_to_hostel(stay, guoxiang, from_night=SUNDAY, now=NOW)
    kept = there.bed_nights.live().get().bed_id
    Bed.objects.filter(room__hostel=guoxiang).exclude(pk=kept).update(valid_until=FRIDAY)
    cancel(stay, now=NOW)
    Bed.objects.filter(pk=kept).update(valid_until=FRIDAY)

    assert refusal(stay).code == "UNDO"


def test_what_a_person_was_asked_is_asked_again(stay):
    asked = ask(stay.assessment, Review.Kind.RULE, rules=["home"], due_at=NOW, now=NOW)
    answered = ask(stay.assessment, Review.Kind.RULE, rules=["home"], due_at=NOW, now=NOW)
    assert answered == asked
    cancel(stay, now=NOW)

    undo(stay, now=SOON)

    asked.refresh_from_db()
    assert (asked.decision, asked.decided_at) == ("", None)


def test_what_was_withdrawn_at_another_time_stays_so(stay):
    asked = ask(stay.assessment, Review.Kind.RULE, rules=["home"], due_at=NOW, now=NOW)
    Review.objects.update(decision="withdrawn", decided_at=NOW - timedelta(minutes=1))
    cancel(stay, now=NOW)

    undo(stay, now=SOON)

    asked.refresh_from_db()
    assert asked.decision == "withdrawn"


def test_a_proof_is_kept_as_long_as_was_said_when_it_was_sent(stay):
    sent = Evidence.objects.create(
        kind="interview_notice", way="code", code="ABC", handed_in_at=NOW, assessment=stay.assessment,
        purge_on=FRIDAY + timedelta(days=30),
    )  # fmt: skip
    said = cancelling.purge_day(sent)
    Evidence.objects.update(purge_on=said)
    cancel(stay, now=NOW)
    sent.refresh_from_db()
    assert sent.purge_on == SATURDAY

    undo(stay, now=SOON)

    sent.refresh_from_db()
    assert sent.purge_on == said > SATURDAY


def test_the_friends_are_not_told_what_is_not_so_any_more(stay, hostel, people):
    zhou = book(guest=people("周可", "female"), hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)
    Stay.objects.update(party=Party.objects.create(code="PQRSTU", made_by=stay.guest, made_at=NOW))
    stay.refresh_from_db()
    cancel(stay, now=NOW)
    assert Letter.objects.get(kind="party_smaller").written_at == NOW + timedelta(minutes=5)

    undo(stay, now=SOON)

    assert not Letter.objects.filter(kind="party_smaller").exists()
    zhou.refresh_from_db()
    assert zhou.status == "confirmed"


def test_a_bed_that_waits_for_a_proof_waits_again(hostel, lin, in_force):
    def change(rules):
        rest = [
            rule | {"may_be_shown_at_desk": False} if rule["kind"] == "evidence" else rule for rule in rules["rules"]
        ]
        return rules | {"rules": rest}

    in_force(change=change)
    held = book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, MONDAY), purpose="interview", now=NOW)
    assert held.awaits == "proof"
    cancel(held, now=NOW)

    undo(held, now=SOON)

    held.refresh_from_db()
    assert (held.status, held.awaits) == ("held", "proof")
    assert held.bed_nights.live().count() == 2


def test_floors_above_have_it_as_it_was(stay, monkeypatch):
    monkeypatch.setattr(cancelling, "_HANGS", dict(cancelling._HANGS))
    restored = []
    hangs(
        "seminar",
        lambda stay, now: [Ending("seminar", "S-1", Sentence("Your place in the seminar"))],
        lambda stay, now, cause: None,
        lambda stay, ended_at, now: restored.append((stay.code, ended_at, now)),
    )
    cancel(stay, now=NOW)

    undo(stay, now=SOON)

    assert restored == [(stay.code, NOW, SOON)]


def test_what_a_floor_above_cannot_have_again_refuses_the_whole(stay, monkeypatch):
    monkeypatch.setattr(cancelling, "_HANGS", dict(cancelling._HANGS))

    def no_place(_stay, _ended_at, _now):
        raise Refused(cancelling.reasons.not_taken_back(stay))

    hangs("seminar", lambda stay, now: [], lambda stay, now, cause: None, no_place)
    cancel(stay, now=NOW)

    assert refusal(stay).code == "STATE"


def test_a_stay_that_had_been_extended_stands_as_long_again(stay):
    longer = extend(stay, departure=TUESDAY, now=NOW, accept_price=True)
    cancel(longer, now=NOW)

    undo(longer, now=SOON)

    assert longer.bed_nights.live().count() == 4


def test_the_line_is_served_only_where_something_was_given_back(stay, monkeypatch):
    served = []
    monkeypatch.setattr(freed, "_line", [*freed._line, served.append])
    cancel(stay, now=NOW)
    undo(stay, now=SOON)

    assert served == [NOW]
