"""What a desk did is taken back: for five minutes, as long as nothing came between, and all is as it was before."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import letters
from accounts.models import Deed, Letter, Person
from bookings.allowance import allowance_of
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in
from bookings.models import BedEvent, BedNight, NoShow, Stay
from bookings.moving import move, move_to_hostel
from bookings.night_audit import audit
from bookings.no_shows import appeal
from bookings.quotas import Cell, Change, Grant, set_quotas
from bookings.wishing import wait
from desk import undoing
from desk.acts import Asked, perform
from desk.images import images_of
from desk.models import Act, Note
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Network
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment, resident_number

EVENING = moment(FRIDAY, 18)
SOON = timedelta(minutes=4)
LATE = moment(FRIDAY, 23, 30)


class Desk:
    """The desk of a house: does an act, and takes it back."""

    def __init__(self, hostel, by):
        self.hostel, self.by, self.number = hostel, by, 0

    def do(self, what, stay=None, now=EVENING, **said):
        self.number += 1
        asked = Asked(self.hostel, f"a-{self.number}", what, self.by, now, stay, said)
        return perform(asked, now=now)

    def undo(self, act, now=None):
        return undoing.undo(act, now=now or act.written_at + SOON, by=self.by)


@pytest.fixture
def desk(hostel, manager):
    return Desk(hostel, manager)


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


@pytest.fixture
def other(hostel, people):
    guest = people("孙悦", "female")
    return book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


def image(*stays):
    """The stays as they stand: their own words, and the nights they have."""
    found = images_of(Stay.objects.filter(pk__in=[stay.pk for stay in stays]).select_related("guest"))
    for each in found.values():
        each["nights"] = [night for night in each["nights"] if night[2] is None]
    return found


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Stay, BedNight, NoShow, Act, Letter, Deed)]


def refusal(desk, act, now=None):
    """The refusal to take ``act`` back; nothing is changed by it."""
    before = everything()
    with pytest.raises(Refused) as no:
        desk.undo(act, now)
    assert everything() == before
    return no.value


def label(stay):
    return str(stay.bed_nights.live().select_related("bed__room").order_by("night").first().bed)


def free_label(stay):
    """Another bed of the house that the guest could have."""
    own = stay.bed_nights.live().first().bed_id
    return str(Bed.objects.filter(room__hostel=stay.hostel, room__guests="female").exclude(pk=own).first())


def last_deeds(stay, number):
    return list(Deed.objects.filter(about=stay.code).order_by("pk").values_list("what", flat=True))[-number:]


# --- each kind of act -------------------------------------------------------------------------------------------------
ACTS = {
    "check_in": lambda stay: {"compared": True},
    "extend": lambda stay: {"departure": "2026-03-10", "accept_price": True},
    "shorten": lambda stay: {"departure": "2026-03-08"},
    "move": lambda stay: {"bed": free_label(stay)},
    "place": lambda stay: {"bed": free_label(stay), "arrival": "2026-03-07"},
    "move_to_hostel": lambda stay: {"hostel": "guoxiang", "from_night": "2026-03-07"},
}


@pytest.mark.parametrize("what", ACTS)
def test_what_was_done_to_a_stay_that_is_due_in_is_taken_back(desk, stay, what):
    before = image(stay)
    act = desk.do(what, stay, **ACTS[what](stay))
    assert image(stay) != before

    undone = desk.undo(act)

    assert image(stay) == before
    assert (undone.undone_at, undone.undone_by) == (act.written_at + SOON, desk.by)
    assert last_deeds(stay, 1) == [f"undo_{what}"]


@pytest.mark.parametrize("what", ["extend", "shorten", "move", "move_to_hostel"])
def test_what_was_done_to_a_guest_in_house_is_taken_back(desk, stay, what):
    desk.do("check_in", stay, compared=True)
    before = image(stay)
    act = desk.do(what, stay, EVENING + SOON, **ACTS[what](stay))

    desk.undo(act)

    assert image(stay) == before


def test_who_left_is_in_house_again_in_the_same_bed(desk, stay):
    desk.do("check_in", stay, compared=True)
    before = image(stay)
    act = desk.do("check_out", stay, EVENING + SOON)
    assert BedEvent.objects.filter(undone_at=None).count() == 1

    desk.undo(act)

    assert image(stay) == before
    assert not BedEvent.objects.filter(undone_at=None).exists()  # nobody left that bed


def test_a_night_that_was_counted_before_its_guest_was_said_to_have_left_is_slept_again(desk, stay):
    desk.do("check_in", stay, compared=True)
    audit(now=moment(SATURDAY, 6, 1))
    before = image(stay)
    asked = Asked(desk.hostel, "late", "check_out", desk.by, moment(SATURDAY, 5, 50), stay)
    act = perform(asked, now=moment(SATURDAY, 6, 10))

    desk.undo(act)

    assert image(stay) == before
    assert stay.bed_nights.get(night=FRIDAY).slept_at is not None


def test_who_left_on_the_last_day_is_due_out_again(desk, stay):
    desk.do("check_in", stay, compared=True)
    audit(now=moment(SATURDAY, 6, 1)), audit(now=moment(SUNDAY, 6, 1)), audit(now=moment(MONDAY, 6, 1))
    before = image(stay)
    act = desk.do("check_out", stay, moment(MONDAY, 9))

    desk.undo(act)

    assert image(stay) == before
    assert list(Stay.objects.due_out(MONDAY)) == [stay]


def test_who_was_written_down_as_missed_is_expected_again(desk, stay):
    before = image(stay)
    act = desk.do("no_show", stay, LATE)
    assert NoShow.objects.count() == 1

    desk.undo(act)

    assert image(stay) == before
    assert not NoShow.objects.exists()
    assert last_deeds(stay, 2) == ["no_show", "undo_no_show"]


def test_the_nights_in_another_house_come_back_with_who_was_missed(desk, stay):
    there = move_to_hostel(stay, Hostel.objects.get(slug="guoxiang"), from_night=SUNDAY, now=NOW)
    before = image(stay, there)
    act = desk.do("no_show", stay, LATE)
    assert image(stay, there)[there.code]["nights"] == []

    desk.undo(act)

    assert image(stay, there) == before
    assert not Letter.objects.filter(kind__in=["cancelled", "no_show"]).exists()


def test_two_guests_who_changed_beds_change_back(desk, stay, other):
    before = image(stay, other)
    act = desk.do("swap", stay, **{"with": other.code})
    assert image(stay, other) != before

    desk.undo(act)

    assert image(stay, other) == before
    assert last_deeds(stay, 1) == last_deeds(other, 1) == ["undo_swap"]


def test_guests_in_house_who_changed_beds_left_none_when_they_change_back(desk, stay, other):
    desk.do("check_in", stay, compared=True), desk.do("check_in", other, compared=True)
    before = image(stay, other)
    act = desk.do("swap", stay, EVENING + SOON, **{"with": other.code})
    assert BedEvent.objects.filter(undone_at=None).count() == 2

    desk.undo(act)

    assert image(stay, other) == before
    assert not BedEvent.objects.filter(undone_at=None).exists()


def test_who_was_in_two_beds_is_in_both_again(desk, stay):
    desk.do("move", stay, bed=free_label(stay), from_night="2026-03-08")
    before = image(stay)
    act = desk.do("move", stay, EVENING + SOON, bed="204-1")

    desk.undo(act)

    assert image(stay) == before
    assert len(set(stay.bed_nights.live().values_list("bed", flat=True))) == 2


def test_who_was_taken_to_be_there_still_has_left_again(desk, stay):
    desk.do("check_in", stay, compared=True)
    for day in (SATURDAY, SUNDAY, MONDAY, TUESDAY):
        audit(now=moment(day, 6, 1))
    before = image(stay)
    assert before[stay.code]["stay"]["checked_out_at"]
    act = desk.do("overstay", stay, moment(TUESDAY, 8), departure="2026-03-11")
    assert image(stay) != before

    desk.undo(act)

    assert image(stay) == before
    stay.refresh_from_db()
    assert stay.status == "left"


def test_a_walk_in_taken_back_is_cancelled_by_the_house_and_all_nights_go_back(desk, hostel):
    act = walked_in(desk)
    assert act.stay.status == "in_house"

    desk.undo(act)

    stay = Stay.objects.get(pk=act.stay_id)
    assert (stay.status, stay.cancel_cause, stay.checked_in_at) == ("cancelled", "HOUSE", None)
    assert not stay.bed_nights.live().exists()
    assert allowance_of(stay.guest, hostel.network, EVENING)[0].kept == 0
    assert last_deeds(stay, 1) == ["undo_walk_in"]


def walked_in(desk, now=EVENING, **said):
    return desk.do(
        "walk_in",
        now=now,
        **{
            "name": "何来",
            "document_kind": "resident",
            "document_number": resident_number(date(2002, 2, 2), "male", 77),
            "education": "bachelor",
            "graduation": "2025-06",
            "home_in_district": False,
            "departure": "2026-03-08",
            "purpose": "interview",
            "compared": True,
        }
        | said,
    )


def test_what_can_not_be_taken_back_says_so(desk, stay):
    act = desk.do("original_seen", stay, evidence_seen="interview_notice")

    no = refusal(desk, act)

    assert (no.code, no.reasons[0].value_used) == ("STATE", "original_seen")
    assert no.reasons[0].fix.href == f"/desk/stays/{stay.code}/"


# --- until when -------------------------------------------------------------------------------------------------------
def test_after_five_minutes_it_is_too_late(desk, stay):
    act = desk.do("check_in", stay, compared=True)
    over = EVENING + timedelta(minutes=5)

    no = refusal(desk, act, over)

    assert (no.code, no.reasons[0].value_used, no.reasons[0].needed) == ("UNDO_OVER", EVENING, over)
    assert no.reasons[0].fix.href == f"/desk/stays/{stay.code}/"
    desk.undo(act, over - timedelta(seconds=1))


def test_what_a_tablet_sends_late_can_be_taken_back_from_when_it_was_written_down(desk, stay):
    asked = Asked(desk.hostel, "queued", "check_in", desk.by, EVENING, stay, {"compared": True}, "t1")
    act = perform(asked, now=LATE)

    desk.undo(act, LATE + SOON)

    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_taken_back_twice_it_is_taken_back_once(desk, stay):
    act = desk.do("check_in", stay, compared=True)
    desk.undo(act)
    desk.do("check_in", stay, EVENING + SOON, compared=True)

    again = desk.undo(act, EVENING + SOON)

    assert again.undone_at == EVENING + SOON
    stay.refresh_from_db()
    assert stay.status == "in_house"
    assert Deed.objects.filter(what="undo_check_in").count() == 1
    assert undoing.why_not(again, EVENING + SOON).code == "UNDONE"


def test_what_does_not_fit_is_settled_where_both_versions_stand(desk, stay):
    act = desk.do("check_in", stay, compared=True)
    Act.objects.update(outcome="clash")

    no = refusal(desk, act)

    assert (no.code, no.reasons[0].fix.href) == ("CLASH", "/desk/sync/")


# --- what came between ------------------------------------------------------------------------------------------------
def test_what_was_done_later_is_taken_back_first(desk, stay):
    first = desk.do("check_in", stay, compared=True)
    second = desk.do("move", stay, EVENING, bed=free_label(stay))

    no = refusal(desk, first)

    assert (no.code, no.reasons[0].value_used) == ("CHANGED", "move")
    desk.undo(second)
    desk.undo(first)


def test_there_and_back_is_something_that_came_between(desk, stay):
    here, there = label(stay), free_label(stay)
    first = desk.do("move", stay, bed=there)
    desk.do("move", stay, EVENING, bed=here)
    desk.do("move", stay, EVENING, bed=there)

    assert refusal(desk, first).code == "CHANGED"


def test_what_was_done_to_who_changed_beds_with_them_came_between(desk, stay, other):
    act = desk.do("swap", stay, **{"with": other.code})
    desk.do("check_in", other, EVENING, compared=True)

    assert refusal(desk, act).reasons[0].value_used == "check_in"


def test_what_changes_no_stay_came_not_between(desk, stay):
    act = desk.do("check_in", stay, compared=True)
    desk.do("note", stay, EVENING, kind="note", text="钥匙给了")
    assert undoing.last_act(stay, EVENING) == act

    desk.undo(act)

    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_what_the_guest_did_meanwhile_came_between(desk, stay, lin):
    act = desk.do("extend", stay, departure="2026-03-10", accept_price=True)
    cancel(stay, now=EVENING, actor=lin.user)

    no = refusal(desk, act)

    assert (no.code, no.reasons[0].value_used) == ("CHANGED", "extend")


def test_a_no_show_that_its_guest_wrote_about_is_answered_by_an_officer(desk, stay):
    act = desk.do("no_show", stay, LATE)
    appeal(stay, text="火车晚点", now=LATE)

    assert refusal(desk, act).code == "CHANGED"
    assert NoShow.objects.count() == 1


def test_nothing_comes_back_to_who_was_forgotten(desk, stay, lin):
    act = desk.do("shorten", stay, departure="2026-03-08")
    Person.objects.filter(pk=lin.pk).update(forgotten_at=EVENING)

    assert refusal(desk, act).code == "GONE"


# --- beds -------------------------------------------------------------------------------------------------------------
def only(hostel, *labels):
    """The house has no other beds than these."""
    kept = [
        Bed.objects.get(room__hostel=hostel, room__number=room, number=number)
        for room, number in (each.split("-") for each in labels)
    ]
    Bed.objects.filter(room__hostel=hostel).exclude(pk__in=[bed.pk for bed in kept]).update(valid_until=FRIDAY)


def taker(people, hostel, now, nights=None):
    guest = people("周可", "female")
    return book(guest=guest, hostel=hostel, nights=nights or Nights(FRIDAY, SATURDAY), purpose="exam", now=now)


def into(stay, bed, now):
    """The guest of ``stay`` is let into ``bed``."""
    room, number = bed.split("-")
    there = Bed.objects.get(room__hostel=stay.hostel, room__number=room, number=number)
    check_in(move(stay, there, from_night=FRIDAY, now=now), compared=True, now=now)


@pytest.mark.parametrize("what", ["check_out", "no_show"])
def test_where_somebody_else_has_the_bed_by_now_another_of_the_house_is_given(desk, stay, hostel, people, what):
    if what == "check_out":
        desk.do("check_in", stay, compared=True)
    had = label(stay)
    act = desk.do(what, stay, LATE)
    other = taker(people, hostel, LATE)
    into(other, had, LATE)

    desk.undo(act)

    stay.refresh_from_db()
    assert stay.status == ("in_house" if what == "check_out" else "confirmed")
    assert stay.bed_nights.live().count() == 3
    assert label(stay) != had == label(other)


@pytest.mark.parametrize("what", ["check_out", "no_show"])
def test_where_the_house_is_full_by_then_it_is_refused_with_what_else_there_is(desk, stay, hostel, people, what):
    only(hostel, label(stay))
    if what == "check_out":
        desk.do("check_in", stay, compared=True)
    act = desk.do(what, stay, LATE)
    taker(people, hostel, LATE)

    no = refusal(desk, act)

    assert no.code == "UNDO"
    assert "nearby" in {each.kind for each in no.alternatives}


@pytest.mark.parametrize("what", ["move", "place"])
def test_who_was_moved_comes_back_to_their_own_bed_or_learns_of_the_nearest(desk, stay, hostel, people, what):
    had = label(stay)
    act = desk.do(what, stay, bed=free_label(stay), arrival="2026-03-06")
    other = taker(people, hostel, EVENING)
    into(other, had, EVENING)

    no = refusal(desk, act)

    assert (no.code, no.reasons[0].value_used) == ("BED", had)
    assert [each.kind for each in no.alternatives] == ["bed", "bed"]
    assert had not in {str(each.bed) for each in no.alternatives}


def test_nights_given_back_are_not_had_again_where_somebody_else_has_them(desk, stay, hostel, people):
    had = label(stay)
    only(hostel, had)
    desk.do("check_in", stay, compared=True)
    act = desk.do("shorten", stay, moment(SATURDAY, 13), departure="2026-03-08")
    Network.objects.update(freed_public_at="12:00")
    taken = Nights(SUNDAY, MONDAY)
    with pytest.raises(Refused):
        taker(people, hostel, moment(SATURDAY, 13), taken)  # until the hour it is the waiting list's
    desk.undo(act)
    assert stay.bed_nights.live().count() == 3


def test_who_was_let_into_another_bed_keeps_it_where_the_first_one_is_gone(desk, stay, hostel, people):
    had, given = label(stay), free_label(stay)
    act = desk.do("check_in", stay, compared=True, bed=given)
    other = taker(people, hostel, EVENING)
    into(other, had, EVENING)

    desk.undo(act)

    stay.refresh_from_db()
    assert (stay.status, label(stay)) == ("confirmed", given)


def test_who_was_let_into_another_bed_is_due_in_the_first_one_again(desk, stay):
    before = image(stay)
    act = desk.do("check_in", stay, compared=True, bed=free_label(stay))

    desk.undo(act)

    assert image(stay) == before


def test_nights_that_came_free_by_it_are_offered_to_the_line(desk, stay, hostel, people):
    only(hostel, label(stay))
    act = desk.do("extend", stay, departure="2026-03-10", accept_price=True)
    wait(guest=people("周可", "female"), hostels=[hostel], nights=Nights(MONDAY, TUESDAY), purpose="exam", now=EVENING)

    desk.undo(act)

    assert Stay.objects.filter(awaits="offer", arrival=MONDAY).exists()


# --- nights -----------------------------------------------------------------------------------------------------------
def test_nights_that_came_back_are_not_used_twice(desk, stay, lin, hostel):
    next_week = FRIDAY + timedelta(days=7)
    book(guest=lin, hostel=hostel, nights=Nights(next_week, next_week + timedelta(days=3)), purpose="exam", now=NOW)
    act = desk.do("shorten", stay, departure="2026-03-07")
    later = next_week + timedelta(days=7)
    book(guest=lin, hostel=hostel, nights=Nights(later, later + timedelta(days=3)), purpose="exam", now=EVENING)

    assert refusal(desk, act).code == "UNDO_NIGHTS"  # nine of seven


def test_another_bed_for_the_same_night_stands_in_the_way(desk, stay, lin):
    act = desk.do("shorten", stay, departure="2026-03-07")
    guoxiang = Hostel.objects.get(slug="guoxiang")
    book(guest=lin, hostel=guoxiang, nights=Nights(SATURDAY, SUNDAY), purpose="exam", now=EVENING)

    assert refusal(desk, act).code == "UNDO_NIGHTS"


def test_a_quota_that_was_spent_meanwhile_refuses(desk, stay, hostel, people, officer):
    cell = Cell(hostel.network, hostel, "", FRIDAY.replace(day=1))
    set_quotas([Change(cell, Grant(3))], now=NOW, actor=officer)
    act = desk.do("no_show", stay, LATE)
    other = taker(people, hostel, LATE)

    assert refusal(desk, act).code == "QUOTA"

    desk.do("no_show", other, LATE + timedelta(minutes=1)) if other.kept_until <= LATE else cancel(other, now=LATE)
    desk.undo(act)


# --- letters ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["extend", "shorten", "move", "place", "move_to_hostel"])
def test_what_was_written_and_not_sent_is_not_sent(desk, stay, what):
    Stay.objects.update(bed_told_at=NOW)
    before = set(Letter.objects.values_list("pk", flat=True))
    act = desk.do(what, stay, **ACTS[what](stay))
    assert set(Letter.objects.values_list("pk", flat=True)) - before

    desk.undo(act)

    assert set(Letter.objects.values_list("pk", flat=True)) == before


def test_what_was_sent_already_is_followed_by_a_letter_that_takes_it_back(desk, stay):
    Stay.objects.update(bed_told_at=NOW)
    had = label(stay)
    act = desk.do("move", stay, bed=free_label(stay))
    Letter.objects.filter(kind="moved").update(posted_at=EVENING)

    desk.undo(act)

    letter = Letter.objects.get(kind="taken_back")
    assert letters.say(letter, "en").startswith(
        f"What we wrote a moment ago no longer holds: your stay at Baodaiqiao Station ({stay.code}) is from Fri, 6 Mar "
    ) or had in letters.say(letter, "en")
    assert had in letters.say(letter, "zh-hans")


def test_of_a_second_no_show_its_guest_is_told_again(desk, stay):
    act = desk.do("no_show", stay, LATE)
    Letter.objects.filter(kind="no_show").update(posted_at=LATE)
    desk.undo(act)
    assert Letter.objects.filter(kind="taken_back").count() == 1

    desk.do("no_show", stay, LATE + SOON)

    assert Letter.objects.filter(kind="no_show", posted_at=None).count() == 1


# --- the last act of a stay -------------------------------------------------------------------------------------------
def test_the_last_act_of_a_stay_is_offered_to_be_taken_back(desk, stay, other):
    assert undoing.last_act(stay, EVENING) is None
    first = desk.do("check_in", stay, compared=True)
    swap = desk.do("swap", stay, EVENING, **{"with": other.code})
    with CaptureQueriesContext(connection) as asked:
        assert undoing.last_act(stay, EVENING + SOON) == undoing.last_act(other, EVENING + SOON) == swap
    assert len(asked) == 2

    desk.undo(swap)

    assert undoing.last_act(stay, EVENING + SOON) == first
    assert undoing.last_act(stay, EVENING + timedelta(minutes=5)) is None


# --- a guest from abroad ----------------------------------------------------------------------------------------------
def test_who_was_not_let_in_after_all_is_not_reported(desk, stay, lin):
    Person.objects.filter(pk=lin.pk).update(document_kind="passport")
    act = desk.do("check_in", stay, compared=True)
    assert Note.objects.filter(kind="report", stay=stay).exists()

    desk.undo(act)

    assert not Note.objects.filter(kind="report").exists()


def test_whose_document_was_not_compared_after_all_may_still_correct_who_they_are(desk, stay, lin):
    act = desk.do("check_in", stay, compared=True)
    lin.refresh_from_db()
    assert lin.document_seen_at == EVENING

    desk.undo(act)

    lin.refresh_from_db()
    assert lin.document_seen_at is None
