from datetime import timedelta

import pytest

from accounts.models import Deed
from bookings.booking import book
from desk.acts import Asked, perform
from desk.log import hand_over, open_notes, shift_now
from desk.models import Act, Handover, Note
from desk.undoing import undo
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SUNDAY, moment, staff


@pytest.fixture
def li(hostel):
    return staff("+8613800000022", "manager", hostel=hostel)


@pytest.fixture
def did(hostel, manager):
    """Have something done at the desk."""

    def did(what, *, at=NOW, by=manager, house=hostel, stay=None, act_id="", **said):
        name = act_id or f"{what}-{Act.objects.count()}"
        return perform(Asked(house, name, what, by, at, stay, said), now=at)

    return did


@pytest.fixture
def friday_stay():
    """Book tonight for a guest."""
    return lambda guest, hostel: book(
        guest=guest, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW
    )


def refused(do):
    with pytest.raises(Refused) as no:
        do()
    return no.value.code


def test_a_note_is_what_was_said_by_whom_and_when_it_happened(did, hostel, manager, lin, friday_stay):
    stay = friday_stay(lin, hostel)

    done = did("note", stay=stay, kind="keys", text=" 203 的钥匙在锁匠那里 ", at=NOW + timedelta(hours=1))

    note = Note.objects.get()
    assert (note.kind, note.text, note.by, note.at) == (
        "keys",
        "203 的钥匙在锁匠那里",
        manager,
        NOW + timedelta(hours=1),
    )
    assert (note.stay, done.stay, note.due_at) == (stay, stay, None)
    deed = Deed.objects.get(what="note")
    assert (deed.actor, deed.person, deed.about) == (manager, lin, stay.code)
    assert "203" not in f"{deed.reason} {deed.values}"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"kind": "todo"}, "todo"),
        ({"due": "2026-03-06T22:00:00+08:00"}, "todo"),
        ({"kind": "gossip"}, "note"),
        ({}, "note"),
    ],
)
def test_what_a_tablet_queued_is_never_turned_away(did, said, kind):
    did("note", text="给 201 送一床被子", **said)

    assert Note.objects.get().kind == kind


@pytest.mark.parametrize("due", ["morgen", "2026-03-06T22:00:00", "", None, 7, "2026-13-40T00:00:00+08:00"])
def test_a_time_that_cannot_be_read_is_none(did, due):
    did("note", kind="todo", text="…", due=due)

    assert Note.objects.get().due_at is None


def test_sent_twice_a_note_is_written_once(did):
    for _ in range(2):
        did("note", text="…", act_id="tablet-1")

    assert Note.objects.count() == 1


def test_what_is_to_do_carries_over_until_somebody_has_done_it_and_stays_with_who_was_first(did, hostel, manager, li):
    did("note", kind="todo", text="later", due=moment(FRIDAY, 22).isoformat())
    did("note", kind="todo", text="first", due=moment(FRIDAY, 12).isoformat())
    did("note", kind="todo", text="any time")
    did("note", text="no task")
    hand_over(hostel, given_by=manager, taken_by=li, now=NOW)
    assert [note.text for note in open_notes(hostel)][:2] == ["first", "later"]
    first = open_notes(hostel)[0]

    did("note_done", note=first.pk, by=li)
    did("note_done", note=str(first.pk), at=NOW + timedelta(hours=1))

    first.refresh_from_db()
    assert (first.done_by, first.done_at) == (li, NOW)
    assert [deed.actor for deed in Deed.objects.filter(what="note_done")] == [li]
    assert {note.text for note in open_notes(hostel)} == {"later", "any time"}


def test_done_by_mistake_is_taken_back(did, hostel, manager):
    did("note", kind="todo", text="…")
    done = did("note_done", note=Note.objects.get().pk)

    undo(done, now=NOW + timedelta(minutes=1), by=manager)

    assert len(open_notes(hostel)) == 1


@pytest.mark.parametrize("note", ["", None, "x", 0, "²", 99999999])
def test_of_a_note_there_is_not_nothing_is_done(did, note):
    assert refused(lambda: did("note_done", note=note)) == "NOTE"


def test_a_note_of_another_house_is_none_of_ours(did, foreign_manager):
    did("note", kind="todo", text="…", house=Hostel.objects.get(slug="mudu"), by=foreign_manager)

    assert refused(lambda: did("note_done", note=Note.objects.get().pk)) == "NOTE"


def test_the_shift_counts_what_was_done_since_the_last_handover_and_what_was_not_taken_back(
    did, hostel, manager, li, lin, chen, friday_stay
):
    one, other = friday_stay(lin, hostel), friday_stay(chen, hostel)
    did("check_in", stay=one, compared=True, before_clean=True, at=moment(FRIDAY, 15))
    taken_back = did("check_in", stay=other, compared=True, before_clean=True, at=moment(FRIDAY, 16))
    undo(taken_back, now=moment(FRIDAY, 16, 1), by=manager)
    assert shift_now(hostel, moment(FRIDAY, 17)).counts == {"check_in": 1}

    made = hand_over(hostel, given_by=manager, taken_by=li, now=moment(FRIDAY, 17))
    did("check_out", stay=one, at=moment(FRIDAY, 18), by=li)

    assert made.counts == {"check_in": 1, "open": 0}
    now = shift_now(hostel, moment(FRIDAY, 19))
    assert (now.since, now.last, now.counts) == (moment(FRIDAY, 17), made, {"check_out": 1})


def test_who_did_not_come_is_counted_also_where_nobody_said_so(hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)
    stay.no_show_at = moment(FRIDAY, 23)
    stay.save(update_fields=["no_show_at"])

    assert shift_now(hostel, moment(FRIDAY, 23, 1)).counts == {"no_show": 1}


def test_a_shift_of_another_house_is_another_shift(did, foreign_manager, hostel):
    did("note", kind="todo", text="…", house=Hostel.objects.get(slug="mudu"), by=foreign_manager)

    shift = shift_now(hostel, NOW)
    assert (shift.counts, shift.open) == ({}, ())


def test_a_handover_says_who_gave_the_desk_to_whom_and_what_was_open(did, hostel, manager, li):
    did("note", kind="todo", text="…")

    made = hand_over(hostel, given_by=manager, taken_by=li, now=NOW)

    assert (made.given_by, made.taken_by, made.counts["open"]) == (manager, li, 1)
    assert Deed.objects.get(what="hand_over").values["open"] == 1


def test_nobody_hands_over_to_themselves_or_to_a_stranger(hostel, manager, foreign_manager, officer):
    for taken_by in (manager, foreign_manager, officer):
        assert refused(lambda by=taken_by: hand_over(hostel, given_by=manager, taken_by=by, now=NOW)) == "HANDOVER"

    assert not Handover.objects.exists()


def test_a_shift_costs_the_same_for_one_task_as_for_many(did, hostel, django_assert_num_queries):
    for number in range(3):
        did("note", kind="todo", text=f"{number}")
        with django_assert_num_queries(4):
            shift_now(hostel, NOW)


def test_the_button_tapped_twice_is_one_handover(hostel, manager, li):
    first = hand_over(hostel, given_by=manager, taken_by=li, now=NOW)
    again = hand_over(hostel, given_by=manager, taken_by=li, now=NOW + timedelta(seconds=5))
    back = hand_over(hostel, given_by=li, taken_by=manager, now=NOW + timedelta(seconds=50))
    assert (again, Handover.objects.count()) == (first, 2)

    anew = hand_over(hostel, given_by=manager, taken_by=li, now=NOW + timedelta(seconds=55))
    assert len({first.pk, back.pk, anew.pk}) == 3
    assert Deed.objects.filter(what="hand_over").count() == 3
