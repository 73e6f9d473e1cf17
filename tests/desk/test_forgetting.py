from datetime import timedelta

import pytest

from accounts.exporting import as_data
from accounts.forgetting import erase, holds
from accounts.models import DeskPin
from bookings.booking import book
from desk.acts import Asked, perform
from desk.forgetting import NOTES_KEPT, SAID_KEPT, forget
from desk.models import Act, Clash, Note
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, moment

CAME, LEFT = moment(FRIDAY, 15), moment(FRIDAY, 20)


@pytest.fixture
def stay(lin, hostel):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="interview", now=NOW)


@pytest.fixture
def came(stay, hostel, manager):
    return perform(Asked(hostel, "a1", "check_in", manager, CAME, stay, {"compared": True}), now=CAME)


def note(hostel, manager, text="", kind=Note.Kind.NOTE, **more):
    return Note.objects.create(hostel=hostel, kind=kind, text=text, by=manager, at=CAME, **more)


def clash(act, **more):
    return Clash.objects.create(
        act=act, local={"guest": "林"}, online={"guest": "林"}, reasons=[{"code": "BED"}], **more
    )


def test_old_notes_lose_their_words_and_what_is_to_do_keeps_them(hostel, manager):
    old, todo = note(hostel, manager, "钥匙少一把"), note(hostel, manager, "换灯泡", Note.Kind.TODO)

    assert forget(CAME + NOTES_KEPT - timedelta(seconds=1)) == 0
    assert forget(CAME + NOTES_KEPT) == 1
    assert forget(CAME + NOTES_KEPT) == 0

    assert [each.text for each in Note.objects.order_by("pk")] == ["", "换灯泡"]
    assert (old.kind, todo.kind) == ("note", "todo")


def test_what_was_said_with_an_act_goes_after_a_week_and_the_act_stays(came):
    assert forget(CAME + SAID_KEPT) == 1

    act = Act.objects.get()
    assert (act.what, act.said) == ("check_in", {})
    assert act.after


def test_an_open_clash_keeps_both_versions_until_somebody_chose(came, manager):
    open_one = clash(came)
    assert forget(CAME + SAID_KEPT) == 0

    Clash.objects.filter(pk=open_one.pk).update(settled_at=CAME, settled_by=manager, choice="local")
    forget(CAME + SAID_KEPT)

    settled = Clash.objects.get()
    assert (settled.local, settled.online, settled.reasons, settled.choice) == ({}, {}, [], "local")


def test_who_is_erased_is_in_no_note_act_or_clash(lin, stay, came, hostel, manager):
    note(hostel, manager, "林小满的伞", stay=stay)
    note(hostel, manager, "林小满问过洗衣机")
    clash(came)
    perform(Asked(hostel, "a2", "check_out", manager, LEFT, stay), now=LEFT)

    erase(lin.user, now=moment(SATURDAY, 12))

    assert all("林小满" not in each.text for each in Note.objects.all())
    assert Note.objects.filter(stay=stay).get().text == ""
    assert all(each.said == {} for each in Act.objects.all())
    assert Clash.objects.get().local == {}


def test_a_pin_goes_with_the_login(lin, chen):
    for each in (lin, chen):
        DeskPin.objects.create(user=each.user, salt="s", key="k", set_at=NOW)

    erase(lin.user, now=NOW)

    assert DeskPin.objects.get().user == chen.user


def test_what_a_desk_wrote_is_said_and_given_to_whom_it_is_about(lin, stay, hostel, manager):
    note(hostel, manager, "留了一把伞", stay=stay)

    assert "desk" in [each.key for each in holds(lin.user, NOW)]
    assert "留了一把伞" in str(as_data(lin.user, now=NOW, language="zh-hans"))
