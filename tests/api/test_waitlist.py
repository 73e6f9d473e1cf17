"""The waiting list over REST."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Deed, Person
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Stay, Waiting
from hostel.models import Bed, Hostel
from hostel.nights import Nights, business_day

PURPOSE = "interview"


@pytest.fixture
def nights():
    arrival = business_day(timezone.now()) + timedelta(days=2)
    return Nights(arrival, arrival + timedelta(days=2))


@pytest.fixture
def taken(hostel, people, nights):
    """Every bed of the house is closed but one, which somebody has."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number=1).update(valid_until=nights.arrival)
    guest = people("周梅", "female")
    return book(guest=guest, hostel=hostel, nights=nights, purpose=PURPOSE, now=timezone.now())


@pytest.fixture
def wish(nights):
    def wish(**said):
        return {
            "hostels": ["baodaiqiao"],
            "arrival": nights.arrival.isoformat(),
            "departure": nights.departure.isoformat(),
            "purpose": PURPOSE,
        } | said

    return wish


def test_who_finds_a_house_full_waits_and_takes_what_is_offered(taken, as_lin, wish):
    made = as_lin.post("/api/v1/waitlist/", wish())
    assert made.status_code == 201
    code = made.json()["code"]
    assert (made.json()["status"], made.json()["before"], made.json()["offer"]) == ("waiting", 0, None)

    cancel(taken, now=timezone.now())
    offered = as_lin.get(f"/api/v1/waitlist/{code}/").json()
    assert (offered["status"], offered["offer"]["hostel"]["slug"]) == ("offered", "baodaiqiao")
    answer = as_lin.post(f"/api/v1/waitlist/{code}/acceptance/", {})

    assert answer.status_code == 200
    assert answer.json()["status"] == "filled"
    assert as_lin.get(f"/api/v1/stays/{offered['offer']['stays'][0]}/").json()["status"] == "confirmed"
    assert [each["code"] for each in as_lin.get("/api/v1/waitlist/").json()["results"]] == [code]


def test_an_offer_is_left_and_a_wish_withdrawn(taken, as_lin, wish):
    code = as_lin.post("/api/v1/waitlist/", wish()).json()["code"]
    cancel(taken, now=timezone.now())

    left = as_lin.post(f"/api/v1/waitlist/{code}/refusal/", {})
    assert (left.status_code, left.json()["status"]) == (200, "waiting")
    again = as_lin.post(f"/api/v1/waitlist/{code}/acceptance/", {})
    assert (again.status_code, again.json()["code"]) == (409, "OFFER_ENDED")
    gone = as_lin.delete(f"/api/v1/waitlist/{code}/")
    assert (gone.status_code, gone.json()["status"]) == (200, "withdrawn")
    assert as_lin.delete(f"/api/v1/waitlist/{code}/").json()["code"] == "WAITED"


def test_a_full_house_leads_to_its_waiting_list(taken, as_lin, wish, nights):
    no = as_lin.post("/api/v1/stays/", {"hostel": "baodaiqiao", **{k: wish()[k] for k in ("arrival", "departure")},
                                        "purpose": PURPOSE})  # fmt: skip

    [waits] = [each for each in no.json()["alternatives"] if each["kind"] == "waitlist"]
    assert waits["href"] == f"/waitlist/new/?hostel=baodaiqiao&in={nights.arrival}&out={nights.departure}"
    made = as_lin.post("/api/v1/waitlist/", wish(hostels=[waits["hostel"]]))
    assert made.status_code == 201


def test_what_is_free_is_booked_and_not_waited_for(hostel, as_lin, wish):
    no = as_lin.post("/api/v1/waitlist/", wish())

    assert (no.status_code, no.json()["code"]) == (409, "BED_FREE")
    assert no.json()["alternatives"][0]["href"].startswith("/book/baodaiqiao/")
    assert not Waiting.objects.exists()


def test_without_houses_any_of_the_network_will_do(hostel, as_lin, wish, nights):
    Bed.objects.update(valid_until=nights.arrival)

    made = as_lin.post("/api/v1/waitlist/", {name: value for name, value in wish().items() if name != "hostels"})

    assert made.status_code == 201
    groups = Hostel.objects.filter(access="group").values_list("slug", flat=True)
    assert {each["slug"] for each in made.json()["hostels"]}.isdisjoint(groups)
    assert len(made.json()["hostels"]) > 5


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"hostels": ["nowhere"]}, "hostels"),
        ({"hostels": []}, "hostels"),
        ({"departure": "2026-01-01"}, "departure"),
        ({"needs": ["a view"]}, "needs.0"),
        ({"until": "soon"}, "until"),
        ({"friends": [{"name": "何静", "document_kind": "resident", "document_number": "1"}]}, "friends_know"),
    ],
)
def test_what_does_not_read_is_said_field_by_field(said, field, taken, as_lin, wish):
    no = as_lin.post("/api/v1/waitlist/", wish(**said))

    assert no.status_code == 422
    assert field in {error["field"] for error in no.json()["errors"]}


def test_friends_wait_together_and_who_fits_nobody_is_refused(taken, as_lin, chen, wish):
    friend = {"name": chen.name, "document_kind": chen.document_kind, "document_number": chen.document}

    made = as_lin.post("/api/v1/waitlist/", wish(friends=[friend], friends_know=True))
    no = as_lin.post("/api/v1/waitlist/", wish(friends=[friend | {"name": "何静"}], friends_know=True))

    assert (made.status_code, made.json().get("people")) == (201, 2)
    assert (no.status_code, no.json()["code"]) == (409, "FRIEND")
    assert Deed.objects.get(what="look_for_friend").actor == Person.objects.get(name="林小满").user


def test_an_officer_moves_somebody_up_with_a_reason(taken, as_lin, as_officer, wish):
    code = as_lin.post("/api/v1/waitlist/", wish()).json()["code"]

    assert as_lin.post(f"/api/v1/waitlist/{code}/place/", {"because": "我着急"}).status_code == 403
    assert as_officer.post(f"/api/v1/waitlist/{code}/place/", {"because": ""}).status_code == 422
    moved = as_officer.post(f"/api/v1/waitlist/{code}/place/", {"because": "明早面试，身边没有亲友"})

    assert (moved.status_code, moved.json()["moved_up"]) == (200, True)
    assert as_lin.get(f"/api/v1/waitlist/{code}/").json()["moved_up"] is True


def test_others_do_not_know_of_a_wish(taken, as_lin, as_chen, wish):
    code = as_lin.post("/api/v1/waitlist/", wish()).json()["code"]

    assert as_chen.get(f"/api/v1/waitlist/{code}/").status_code == 404
    assert as_chen.delete(f"/api/v1/waitlist/{code}/").status_code == 404
    assert as_chen.get("/api/v1/waitlist/").json()["results"] == []


def test_the_same_wish_sent_twice_under_one_key_waits_once(taken, as_lin, wish):
    first = as_lin.post("/api/v1/waitlist/", wish(), headers={"Idempotency-Key": "k"})
    second = as_lin.post("/api/v1/waitlist/", wish(), headers={"Idempotency-Key": "k"})

    assert first.json() == second.json()
    assert Waiting.objects.count() == 1
    assert not Stay.objects.filter(guest__user=None).exists()


def test_houses_and_the_switch_are_changed_without_losing_the_place(taken, as_lin, as_chen, wish, nights):
    Bed.objects.filter(room__hostel__slug="shihu").update(valid_until=nights.arrival)
    address = f"/api/v1/waitlist/{as_lin.post('/api/v1/waitlist/', wish()).json()['code']}/"

    changed = as_lin.patch(address, {"hostels": ["baodaiqiao", "shihu"], "automatic": True})

    assert changed.status_code == 200
    body = changed.json()
    assert ({each["slug"] for each in body["hostels"]}, body["automatic"]) == ({"baodaiqiao", "shihu"}, True)
    assert body["before"] == 0
    assert as_lin.patch(address, {"automatic": False}).json()["automatic"] is False
    assert len(as_lin.get(address).json()["hostels"]) == 2
    for wrong in ({"hostels": []}, {"hostels": ["nowhere"]}, {"automatic": "perhaps"}):
        assert as_lin.patch(address, wrong).status_code == 422
    assert as_chen.patch(address, {"automatic": True}).status_code == 404
    as_lin.delete(address)
    assert as_lin.patch(address, {"hostels": ["shihu"]}).json()["code"] == "WAITED"
