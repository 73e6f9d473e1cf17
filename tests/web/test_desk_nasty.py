"""What nobody should send to a page of the desk is answered, never with an error of ours."""

import pytest

from bookings.booking import book
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW


@pytest.fixture
def desk(enter, manager):
    return enter(manager)


@pytest.fixture
def code(lin, hostel, clock):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW).code


FAR = "9999-12-31"
WALK_IN = {"ask": "", "document_kind": "passport", "document_number": "E1234567", "gender": "female"}


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("log/", {"kind": "todo", "text": "…", "due": f"{FAR}T23:59:59+23:59"}, 302),
        ("log/", {"note": "9" * 5000}, 302),
        ("rooms/block/", {"beds": "302-1", "from": FAR, "reason": "repair"}, 422),
        ("stays/{code}/move/", {"bed": "302-1", "from_night": FAR}, 409),
        ("chart/place/", {"stay": "{code}", "bed": "302-1", "arrival": FAR}, 400),
        ("walkin/", WALK_IN | {"home_in_district": "perhaps"}, 200),
        ("walkin/", WALK_IN | {"graduation": "9" * 30}, 200),
        ("language/", {"language": "en", "next": "-1"}, 302),
        ("acts/", {}, 400),
    ],
)
def test_what_no_page_sends_is_answered(desk, code, path, said, status):
    said = {name: text.format(code=code) for name, text in said.items()}

    answer = desk.post(f"/desk/{path.format(code=code)}", said | {"act_id": "n-1"})

    assert answer.status_code == status


def test_a_night_without_a_next_day_is_asked_for_again(desk):
    assert desk.get("/desk/rooms/block/", {"from": FAR}).status_code == 200


def test_a_queue_nested_without_end_is_turned_away_whole(desk):
    body = '{"acts": ' + "[" * 100_000 + "]" * 100_000 + "}"
    assert desk.post("/desk/acts/", body, content_type="application/json").status_code == 400
