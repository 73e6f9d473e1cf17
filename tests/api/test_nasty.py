"""Whatever is sent, the door never breaks: every field of every operation is given what nobody should send."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from bookings.models import Waiting
from bookings.out_of_service import block
from desk.acts import Asked, perform
from desk.models import Clash, Note
from eligibility import drafting, reviews
from eligibility.models import Policy, Review
from hostel.models import Bed
from hostel.nights import Nights
from tests.api.conftest import PROBLEM, TODAY, TOMORROW, caller

NASTY = [
    None,
    True,
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\u202e%(x)s{0}%s",
    "x" * 5_000,
    "-1",
    "9" * 400,
    "1e999",
    "NaN",
    "9999-12-31",
    "0000-00-00",
    "2026-02-30T25:61:61Z",
    "9999-12-31T23:59:59.999999+23:59",
    "../../etc/passwd",
    "' OR 1=1 --",
    0,
    -1,
    10**400,
    1.5,
    [],
    [[]],
    {},
    {"a": {"b": None}},
    ["female"],
]

# All of it at once would take longer than one test may.
SHARES = 6


@pytest.fixture
def places(stay, lin, manager, officer):
    """How each operation is asked for well: who asks, and with what."""
    code, now = stay.code, timezone.now().isoformat()
    guest, desk, office, nobody = caller(lin.user), caller(manager), caller(officer), caller()
    wish = {"hostel": "baodaiqiao", "arrival": f"{TOMORROW}", "departure": "2099-12-31", "purpose": "exam"}
    act = {"act_id": "a-1", "happened_at": now}
    someone = {"name": "何来", "document_kind": "resident", "document_number": "340102200202020154", "compared": False}
    student = {name: value for name, value in someone.items() if name != "compared"}
    allotted = {"hostel": "baodaiqiao", "arrival": f"{TOMORROW}", "departure": f"{TOMORROW + timedelta(days=1)}"}
    allotted |= {"beds": 2, "applicant": "school", "organisation": "…", "purpose": "exam", "release_on": f"{TOMORROW}"}
    batch = office.post("/api/v1/batches/", allotted).json()["code"]
    policy = Policy.objects.get()
    draft = drafting.draft(policy.network, based_on=policy, now=timezone.now(), actor=officer)
    review = reviews.ask(
        stay.assessment, Review.Kind.RULE, rules=["home"], due_at=timezone.now(), now=timezone.now(), note="…"
    )
    year = TODAY.year + 1
    closing = {"from": f"{TOMORROW}", "until": f"{TOMORROW + timedelta(days=3)}"}
    bed = Bed.objects.get(room__hostel__slug="baodaiqiao", room__number="401")
    [closure] = block([bed], Nights(TOMORROW, TOMORROW + timedelta(days=9)), reason="repair", now=timezone.now())
    quota = {"hostel": "baodaiqiao", "first_day": f"{year}-03-01", "group": ""}
    extra = {"network": "wuzhong", "nights": 1, "valid_from": f"{year}-01-01", "valid_until": f"{year}-02-01"}
    days = {"arrival": TOMORROW, "departure": TOMORROW + timedelta(days=1), "purpose": "exam"}
    until = timezone.now() + timedelta(days=1)
    waiting = Waiting.objects.create(code="WAWAWA", guest=lin, **days, until=until, made_at=timezone.now())
    waiting.hostels.add(stay.hostel)
    queued = {"act_id": "q-1", "what": "note", "happened_at": now, "said": {"kind": "note", "text": "…"}}
    note = Note.objects.create(hostel=stay.hostel, kind="todo", text="…", by=manager, at=timezone.now())
    done = perform(Asked(stay.hostel, "a-0", "note", manager, timezone.now(), said=queued["said"]), now=timezone.now())
    clash = Clash.objects.create(act=done, local={}, online={})
    return {
        "search_hostels": (nobody, {"arrival": f"{TODAY}"}),
        "get_hostel": (nobody, {}),
        "get_hostel_nights": (nobody, {"from": f"{TODAY}"}),
        "check_eligibility": (nobody, {"purpose": "exam"}),
        "get_me": (guest, {}),
        "change_me": (guest, {}),
        "get_allowance": (guest, {}),
        "get_own": (guest, {}),
        "erase_me": (guest, {}),
        "list_letters": (guest, {}),
        "list_stays": (guest, {}),
        "book_stay": (guest, wish),
        "get_stay": (guest, {}),
        "get_pass": (guest, {}),
        "cancel_stay": (guest, {}),
        "undo_cancellation": (guest, {}),
        "answer_coming": (guest, {"answer": "on_time"}),
        "confirm_stay": (guest, {}),
        "extend_hold": (guest, {}),
        "list_evidence": (guest, {}),
        "hand_in_evidence": (guest, {"kind": "employer", "code": "ABCD1234"}),
        "get_evidence_page": (guest, {}),
        "get_desk_today": (desk, {}),
        "list_out_of_service": (desk, {}),
        "block_beds": (desk, closing | {"beds": ["402-1"], "reason": "repair", "choices": {code: "cancel"}}),
        "get_out_of_service_hits": (desk, closing | {"bed": "203-1"}),
        "revise_out_of_service": (desk, closing | {"choices": {code: "anywhere"}}),
        "lift_out_of_service": (desk, {}),
        "list_rooms": (desk, {}),
        "close_room": (office, {"from": f"{TOMORROW}", "choices": {code: "cancel"}}),
        "reopen_room": (office, {"from": f"{TOMORROW}"}),
        "close_bed": (office, {"from": f"{TOMORROW}", "choices": {code: "anywhere"}}),
        "reopen_bed": (office, {"from": f"{TOMORROW}"}),
        "walk_in": (desk, act | someone | {"departure": f"{TOMORROW}", "purpose": "exam"}),
        "change_dates": (guest, {"arrival": f"{TODAY}", "departure": f"{TOMORROW}"}),
        "get_questions": (nobody, {}),
        "list_assessment_evidence": (guest, {}),
        "hand_in_assessment_evidence": (guest, {"kind": "employer", "code": "ABCD1234"}),
        "ask_for_review": (guest, {"note": "…"}),
        "list_own_reviews": (guest, {}),
        "appeal_review": (guest, {"note": "…"}),
        "appeal_no_show": (guest, {"text": "病了"}),
        "list_no_shows": (office, {}),
        "get_no_show": (office, {}),
        "decide_no_show": (office, {"lift": True, "because": "…"}),
        "list_reviews": (office, {}),
        "get_review": (office, {}),
        "look_at_review": (office, {}),
        "let_go_of_review": (office, {}),
        "decide_review": (office, {"decision": "refused", "because": ["OTHER"]}),
        "undo_review": (office, {}),
        "get_person_allowance": (office, {}),
        "grant_extra_nights": (office, extra | {"because": "面试改期"}),
        "withdraw_extra_nights": (office, {}),
        "excuse_nights": (office, {"because": "空调坏了"}),
        "count_nights_again": (office, {}),
        "list_policies": (office, {}),
        "draft_policy": (office, {}),
        "get_policy": (office, {}),
        "change_policy": (office, {"rules": draft.rules}),
        "discard_policy": (office, {}),
        "approve_policy": (office, {}),
        "get_policy_preview": (office, {}),
        "preview_policy": (office, {}),
        "list_quotas": (office, {}),
        "set_quotas": (office, {"cells": [quota | {"grant": {"nights": 9, "release_days": 3}}]}),
        "get_working_days": (office, {}),
        "correct_working_day": (office, {"day": f"{year}-03-03", "is_working": False, "because": "通知"}),
        "withdraw_working_day": (office, {}),
        "book_party": (guest, wish | {"members": [{"me": True}, student], "friends_know": True}),
        "get_party": (guest, {}),
        "cancel_party": (guest, {}),
        "list_waitlist": (guest, {}),
        "join_waitlist": (guest, wish | {"hostels": ["baodaiqiao"]}),
        "get_wish": (guest, {}),
        "leave_waitlist": (guest, {}),
        "change_wish": (guest, {"hostels": ["baodaiqiao"]}),
        "accept_offer": (guest, {}),
        "decline_offer": (guest, {}),
        "move_up": (office, {"because": "…"}),
        "list_batches": (office, {}),
        "allot_batch": (office, allotted),
        "get_batch": (office, {}),
        "name_guests": (office, {"names": [student]}),
        "release_batch": (office, {}),
        "cancel_batch": (office, {}),
        "check_in": (desk, act | {"compared": False}),
        "check_out": (desk, act),
        "no_show": (desk, act),
        "answer_for_house": (desk, act | {"can_be_had": True}),
        "get_cancellation": (guest, {}),
        "move_to_bed": (desk, act | {"bed": "203-1", "from_night": f"{TODAY}"}),
        "swap_beds": (desk, act | {"with": code, "from_night": f"{TODAY}"}),
        "move_to_hostel": (desk, act | {"hostel": "linhu", "from_night": f"{TODAY}"}),
        "overstay": (desk, act | {"departure": f"{TOMORROW}"}),
        "undo_at_desk": (desk, {"act_id": "a-1"}),
        "undo_act": (desk, {"act_id": "a-2", "of": "a-1"}),
        "send_acts": (desk, {"device": "tablet", "acts": [queued]}),
        "list_clashes": (desk, {}),
        "settle_clash": (desk, {"choice": "online"}),
        "get_housekeeping": (desk, {}),
        "write_housekeeping": (desk, act | {"what": "cleaned", "beds": ["203-1"]}),
        "list_log": (desk, {}),
        "write_log": (desk, act | {"kind": "todo", "text": "…"}),
        "finish_note": (desk, act),
        "get_figures": (office, {}),
        "explain_problem": (nobody, {}),
    }, {
        "code": code,
        "slug": "baodaiqiao",
        "hostel": "baodaiqiao",
        "name": "refused",
        "evidence": 1,
        "page": 1,
        "extra": 1,
        "person": lin.pk,
        "policy": draft.pk,
        "review": review.pk,
        "day": f"{year}-03-03",
        "closure": closure.pk,
        "assessment": stay.assessment.code,
        "batch": batch,
        "waiting": "WAWAWA",
        "room": "402",
        "bed": 1,
        "clash": clash.pk,
        "note": note.pk,
        "done": "check-in",
    }


def operations():
    """What can be asked of this door, as its description says: path, method, operation."""
    schema = caller().get("/api/v1/schema/").json()
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation, schema["components"]["schemas"]


def test_every_operation_is_among_them(places):
    asked, _names = places

    assert {operation["operationId"] for _path, _method, operation, _schemas in operations()} == set(asked)


@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_is_sent_it_never_breaks(share, places):
    asked, names = places
    broken, tried = [], 0
    for path, method, operation, schemas in list(operations())[share::SHARES]:
        client, well = asked[operation["operationId"]]
        fields = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            fields += schemas[content["schema"]["$ref"].rpartition("/")[2]]["properties"]
        for field in fields:
            for nasty in NASTY:
                cache.clear()
                tried += 1
                of_its_kind = {"assessments": "assessment", "batches": "batch", "waitlist": "waiting"}
                kind = of_its_kind.get(path.split("/")[3], "code")
                named = names | {"code": names[kind]}
                address, sent = path.format(**named), well | {field: nasty}
                if method == "get":
                    texts = {name: str(value).encode("utf-8", "surrogatepass") for name, value in sent.items()}
                    answer = client.get(address, texts)
                else:
                    body = json.dumps(sent)
                    answer = client.generic(method.upper(), address, body, content_type="application/json")
                kind = "application/json" if answer.status_code < 400 else PROBLEM
                if answer.status_code >= 500 or answer["Content-Type"] != kind:
                    broken.append((operation["operationId"], field, nasty, answer.status_code))
    assert broken == []
    assert tried > 100


@pytest.mark.parametrize("key", ["'", '"', "%00", "\\", "k" * 80, "😀"])
def test_a_strange_key_never_breaks_it(as_lin, wish, key):
    answer = as_lin.post("/api/v1/stays/", wish, HTTP_IDEMPOTENCY_KEY=key)

    assert answer.status_code in (201, 422)
