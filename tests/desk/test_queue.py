"""What a tablet did without a line, sent when it had one again."""

import pytest

from accounts.models import Deed
from bookings.booking import book
from desk.models import Act, Clash
from desk.queue import receive
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, moment

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
