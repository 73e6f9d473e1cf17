"""What a tablet did without a line, sent when it had one again."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from accounts.models import Deed
from bookings.availability import free_beds
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in, no_show
from bookings.models import NoShow
from bookings.moving import move
from desk.log import shift_now
from desk.models import Act, Clash, Note
from desk.queue import receive
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, moment

EVENING = moment(FRIDAY, 20)


@pytest.fixture
def stay(lin, hostel):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


def entry(what, stay, at, act_id="t1-0001", knew=None, **said):
    return {
        "act_id": act_id,
        "what": what,
        "stay": stay.code if stay else None,
        "happened_at": at.isoformat(),
        "said": said,
        "knew": knew or {},
    }


@pytest.fixture
def send(hostel, manager):
    def send(*entries, now=EVENING, device="t1"):
        return receive(hostel, entries, device=device, login=manager, now=now)

    return send


def test_who_came_and_left_without_a_line_did_so_when_it_happened(send, stay, manager):
    came = entry("check_in", stay, moment(FRIDAY, 15), compared=True)
    left = entry("check_out", stay, moment(FRIDAY, 17), "t1-0002")

    answers = send(came, left)

    assert [(each.outcome, each.clash, each.stay) for each in answers] == [("done", None, stay.code)] * 2
    stay.refresh_from_db()
    assert (stay.checked_in_at, stay.checked_out_at) == (moment(FRIDAY, 15), moment(FRIDAY, 17))
    assert list(Act.objects.order_by("pk").values_list("act_id", "device", "by", "happened_at", "written_at")) == [
        ("t1-0001", "t1", manager.pk, moment(FRIDAY, 15), moment(FRIDAY, 20)),
        ("t1-0002", "t1", manager.pk, moment(FRIDAY, 17), moment(FRIDAY, 20)),
    ]


def test_a_queue_that_is_sent_again_is_known_and_changes_nothing(send, stay):
    came = entry("check_in", stay, moment(FRIDAY, 15), compared=True)

    answers = [send(came, now=moment(FRIDAY, hour))[0] for hour in (20, 21, 22)]

    assert [each.outcome for each in answers] == ["done", "known", "known"]
    assert Act.objects.count() == Deed.objects.filter(what="check_in").count() == 1
    assert not Clash.objects.exists()


# --- came, although the books say otherwise ---------------------------------------------------------------------------
def bed_of(stay):
    return str(stay.bed_nights.live().order_by("night").first().bed)


def test_who_came_although_they_were_a_no_show_is_in_house_and_both_versions_stand_side_by_side(send, stay, manager):
    bed = bed_of(stay)
    no_show(stay, now=moment(FRIDAY, 23, 30), actor=manager)
    came = entry("check_in", stay, moment(FRIDAY, 22, 50), compared=True, knew={"bed": bed})

    [answer] = send(came, now=moment(SATURDAY, 0, 10))

    assert answer.outcome == "clash"
    stay.refresh_from_db()
    assert (stay.status, stay.checked_in_at, bed_of(stay)) == ("in_house", moment(FRIDAY, 22, 50), bed)
    assert stay.bed_nights.live().count() == 3
    assert not NoShow.objects.exists()
    clash = Clash.objects.get(pk=answer.clash)
    assert "no-show" in clash.online["lines"][0]["en"]
    assert [(each["do"], each["can"]) for each in clash.proposals.values()] == [("stands", True), ("take_back", True)]
    assert list(Deed.objects.filter(about=stay.code).order_by("pk").values_list("what", flat=True))[-3:] == [
        "no_show",
        "came_anyway",
        "check_in",
    ]


def test_who_came_although_they_had_cancelled_has_a_bed_again(send, stay):
    cancel(stay, now=moment(FRIDAY, 14))

    [answer] = send(entry("check_in", stay, moment(FRIDAY, 15), compared=True))

    assert answer.outcome == "clash"
    stay.refresh_from_db()
    assert (stay.status, stay.cancelled_at, stay.cancel_cause) == ("in_house", None, "")
    assert stay.bed_nights.live().count() == 3


def test_who_had_cancelled_and_came_is_in_the_bed_that_the_tablet_gave_them(send, stay, hostel):
    given = next(str(bed) for bed in free_beds(hostel, stay.nights, "female", NOW) if str(bed) != bed_of(stay))
    cancel(stay, now=moment(FRIDAY, 14))

    send(entry("check_in", stay, moment(FRIDAY, 15), compared=True, bed=given))

    assert bed_of(stay) == given
    assert f"bed {given}" in Clash.objects.get().proposals["local"]["text"]["en"]


def test_who_had_cancelled_and_was_given_a_bed_that_can_be_had_by_no_one_has_another(send, stay):
    cancel(stay, now=moment(FRIDAY, 14))

    [answer] = send(entry("check_in", stay, moment(FRIDAY, 15), compared=True, bed="999-1"))

    stay.refresh_from_db()
    assert (answer.outcome, stay.status, stay.bed_nights.live().count()) == ("clash", "in_house", 3)
    assert Clash.objects.get().proposals["local"]["do"] == "stands"


def test_who_came_to_a_bed_that_was_sold_meanwhile_has_another_one_and_somebody_chooses(send, stay, people, hostel):
    had = bed_of(stay)
    other = next(bed for bed in free_beds(hostel, stay.nights, "female", NOW) if str(bed) != had)
    move(stay, other, from_night=FRIDAY, now=moment(FRIDAY, 12))
    taken = Bed.objects.get(room__hostel=hostel, room__number=had.rpartition("-")[0], number=had.rpartition("-")[2])
    walked_in = book(guest=people("某人", "female"), hostel=hostel, nights=stay.nights, purpose="interview", now=NOW)
    if bed_of(walked_in) != had:
        move(walked_in, taken, from_night=FRIDAY, now=moment(FRIDAY, 12, 30))
    check_in(walked_in, compared=True, now=moment(FRIDAY, 13))

    [answer] = send(entry("check_in", stay, moment(FRIDAY, 15), compared=True, bed=had))

    stay.refresh_from_db()
    assert (answer.outcome, stay.status, bed_of(stay)) == ("clash", "in_house", str(other))
    clash = Clash.objects.get()
    assert [line["en"] for line in clash.local["lines"]] == [f"Bed {had}"]
    assert clash.online["lines"][1]["en"] == f"Bed {had}: 某* ({walked_in.code}) is in it"
    assert (clash.proposals["local"]["do"], clash.proposals["local"]["can"]) == ("into_bed", False)
    assert clash.proposals["online"]["do"] == "stands"


def test_who_came_on_another_day_waits_for_a_choice_and_the_stay_stands(send, stay):
    [answer] = send(
        entry("check_in", stay, moment(FRIDAY - timedelta(days=1), 20), compared=True),
        now=moment(FRIDAY - timedelta(days=1), 21),
    )

    stay.refresh_from_db()
    assert (answer.outcome, stay.status) == ("clash", "confirmed")


def test_the_same_guest_let_in_by_two_tablets_came_once(send, stay, hostel):
    first = entry("check_in", stay, moment(FRIDAY, 15), compared=True)
    second = entry("check_in", stay, moment(FRIDAY, 15, 5), "t2-0001", compared=True)

    assert [send(each, device=each["act_id"][:2])[0].outcome for each in (first, second)] == ["done", "known"]

    assert Deed.objects.filter(what="check_in").count() == 1
    assert Act.objects.count() == 2
    again = Act.objects.get(act_id="t2-0001")
    assert (again.stay, again.before, again.after) == (stay, {}, {})
    assert shift_now(hostel, EVENING).counts == {"check_in": 1}


def test_who_left_before_the_tablet_that_let_them_in_had_a_line_came_and_left(send, stay):
    left = entry("check_out", stay, moment(FRIDAY, 17), "t2-0001")
    came = entry("check_in", stay, moment(FRIDAY, 15), compared=True)

    [gone] = send(left, device="t2")
    assert gone.outcome == "clash"
    [here] = send(came)

    assert here.outcome == "done"
    stay.refresh_from_db()
    assert (stay.status, stay.checked_in_at, stay.checked_out_at) == (
        "left",
        moment(FRIDAY, 15),
        moment(FRIDAY, 17),
    )
    assert Clash.objects.get().choice == "local"


def test_what_happened_more_than_a_day_ago_is_taken_and_flagged(send, stay):
    [answer] = send(entry("check_in", stay, moment(FRIDAY, 15), compared=True), now=moment(SATURDAY, 16))

    stay.refresh_from_db()
    assert (answer.outcome, stay.status) == ("clash", "in_house")
    assert [reason["code"] for reason in Clash.objects.get().reasons] == ["OLD"]


def test_what_happened_more_than_a_week_ago_stays_on_the_tablet(send, stay):
    [answer] = send(entry("check_in", stay, moment(FRIDAY, 15), compared=True), now=moment(FRIDAY, 16) + timedelta(7))

    assert answer.outcome == "turned_away"
    assert not Act.objects.exists()


def test_what_was_taken_is_known_however_late_it_is_sent_again(send, stay):
    came = entry("check_in", stay, moment(FRIDAY, 15), compared=True)
    send(came)

    assert send(came, now=moment(FRIDAY, 16) + timedelta(30))[0].outcome == "known"


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        [],
        {},
        {"act_id": "x"},
        {"act_id": "x" * 81, "what": "check_in"},
        {"act_id": "x", "what": "house_answer"},
        {"act_id": "x", "what": "check_in", "happened_at": "yesterday"},
        {"act_id": "x", "what": "check_in", "happened_at": "2026-03-06T15:00:00+08:00", "stay": "ZZZZZZ"},
        {"act_id": "x", "what": "check_in", "happened_at": "2026-03-06T15:00:00+08:00"},
        {"act_id": "x", "what": ["check_in"], "happened_at": "2026-03-06T15:00:00+08:00"},
        {"act_id": "x", "what": "extend", "happened_at": "2026-03-06T15:00:00+08:00", "said": [1]},
        {"act_id": "x", "what": "note", "happened_at": "2026-03-06T15:00:00+08:00", "stay": "\0", "said": {}},
    ],
)
def test_what_cannot_be_read_stays_on_the_tablet_and_the_next_act_is_taken(send, stay, odd):
    came = entry("check_in", stay, moment(FRIDAY, 15), compared=True)

    assert [each.outcome for each in send(odd, came)] == ["turned_away", "done"]


def test_what_fails_by_our_own_fault_is_not_answered_and_taken_when_it_comes_again(send, stay, chen, hostel):
    other = book(guest=chen, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)
    came = entry("check_in", stay, moment(FRIDAY, 15), compared=True)
    left = entry("check_out", stay, moment(FRIDAY, 16), "t1-0002")
    also = entry("check_in", other, moment(FRIDAY, 15), "t1-0003", compared=True)

    def line_to_the_database_breaks(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "desk_act" in sql and came["act_id"] in params:
            raise OperationalError("the server closed the connection")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(line_to_the_database_breaks):
        [answer] = send(came, left, also)
    assert (answer.act_id, answer.outcome) == (also["act_id"], "done")
    assert not Act.objects.filter(stay=stay).exists()

    assert [each.outcome for each in send(came, left, also)] == ["done", "done", "known"]


def test_a_stay_of_another_house_is_none_that_a_tablet_may_speak_of(send, people, wuzhong):
    elsewhere = book(
        guest=people("某人"),
        hostel=Hostel.objects.get(slug="mudu"),
        nights=Nights(FRIDAY, MONDAY),
        purpose="interview",
        now=NOW,
    )

    [answer] = send(entry("check_in", elsewhere, moment(FRIDAY, 15), compared=True))

    assert answer.outcome == "turned_away"
    elsewhere.refresh_from_db()
    assert elsewhere.status == "confirmed"


def test_the_same_guest_let_go_by_two_tablets_left_once(send, stay):
    send(entry("check_in", stay, moment(FRIDAY, 15), compared=True))
    first = entry("check_out", stay, moment(FRIDAY, 17), "t1-0002")
    second = entry("check_out", stay, moment(FRIDAY, 17, 5), "t2-0001")

    assert [send(each)[0].outcome for each in (first, second, second)] == ["done", "known", "known"]

    stay.refresh_from_db()
    assert stay.checked_out_at == moment(FRIDAY, 17)
    assert Deed.objects.filter(what="check_out").count() == 1


def test_a_note_that_is_sent_again_stands_in_the_log_once(send, stay):
    noted = entry("note", stay, moment(FRIDAY, 15), kind="note", text="钥匙给了")

    assert [send(noted, now=moment(FRIDAY, hour))[0].outcome for hour in (20, 21)] == ["done", "known"]

    assert Note.objects.count() == 1


DEEP: list = []
for _level in range(60):
    DEEP = [DEEP]
ODD = (
    "\0",
    "302\0-1",
    "\ud83d",
    {"\0": "\ud83d"},
    float("nan"),
    DEEP,
    10**400,
    "9" * 5000,
    "9999-12-31T23:59:59+23:59",
)


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("note", "text"),
        ("note", "due"),
        ("note_done", "note"),
        ("cleaned", "beds"),
        ("check_in", "bed"),
        ("move", "from_night"),
        ("walk_in", "name"),
        ("walk_in", "graduation"),
        ("walk_in", "departure"),
    ],
)
def test_whatever_stands_in_an_act_it_is_answered(send, stay, what, name):
    """What is not answered stays on the tablet and is sent again for ever."""
    person = {"name": "何来", "document_kind": "passport", "document_number": "E1234567", "departure": "2026-03-07"}
    about = stay if what in ("check_in", "move") else None
    sent = [
        entry(what, about, EVENING, f"t1-{number:04d}", **person | {"compared": True, name: odd})
        for number, odd in enumerate(ODD)
    ]

    answers = send(*sent)

    assert [each.act_id for each in answers] == [each["act_id"] for each in sent]
    assert {each.outcome for each in answers} <= {"done", "known", "clash"}


@pytest.mark.parametrize("at", ["2026-13-40T10:00:00+08:00", "0001-01-01T00:00:00+23:59", "2026-03-06T10:00:00"])
def test_what_happened_at_no_moment_is_turned_away(send, stay, at):
    assert [each.outcome for each in send(entry("check_in", stay, NOW) | {"happened_at": at})] == ["turned_away"]


def test_half_a_sign_costs_nobody_the_rest_of_what_they_wrote(send):
    """A text that is cut off after so many letters may end in the middle of one."""
    assert [each.outcome for each in send(entry("note", None, NOW, text="钥匙给了\ud83d"))] == ["done"]
    assert Note.objects.get().text == "钥匙给了\ufffd"
