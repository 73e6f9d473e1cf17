import pytest

from eligibility.rules.rooms import Rooms
from tests.eligibility.cases import answer, facts

TWIN = {"zh": "双人间", "en": "Twin"}


@pytest.mark.parametrize(
    "rule, zh, en",
    [
        (Rooms(id="r", unit="room"), "单独一间房", "You get a room of your own"),
        (
            Rooms(id="r", unit="bed", per_room=2, per_room_max=3, gender="building", guest_picks=False, swap=False),
            "合住房间里的一个床位，每间 2 人，最多 3 人，男女分楼，由驿站安排，不能调换",
            "You get a bed in a shared room, 2 to a room, at most 3, women and men have buildings of their own, "
            "the house assigns it, no swapping",
        ),
        (
            Rooms(id="r", unit="bed", per_room=2, per_room_max=2, guest_picks=True, label=TWIN),
            "双人间：合住房间里的一个床位，每间 2 人，自己选",
            "Twin: You get a bed in a shared room, 2 to a room, you choose it yourself",
        ),
        (
            Rooms(id="r", unit="bedroom", square_metres=5, swap=True),
            "合租套房里的单独卧室，人均 5 平方米，可以调换",
            "You get a bedroom of your own in a shared flat, 5 m² for each, swapping is possible",
        ),
    ],
)
def test_what_one_gets_is_said(rule, zh, en):
    reason = answer(rule, facts())

    assert (reason.verdict, reason.sentence.say("zh-hans"), reason.sentence.say("en")) == ("met", zh, en)


def test_more_to_a_room_than_at_most_is_wrong():
    assert list(Rooms.wrong({"per_room": 4, "per_room_max": 3})) == [("per_room", "must not be above per_room_max")]
    assert not list(Rooms.wrong({"per_room": 4}))
