"""Whatever is sent, the door never breaks: every field of every operation is given what nobody should send."""

import json

import pytest
from django.core.cache import cache
from django.utils import timezone

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


@pytest.fixture
def places(stay, lin, manager, officer):
    """How each operation is asked for well: who asks, and with what."""
    code, now = stay.code, timezone.now().isoformat()
    guest, desk, office, nobody = caller(lin.user), caller(manager), caller(officer), caller()
    wish = {"hostel": "baodaiqiao", "arrival": f"{TOMORROW}", "departure": "2099-12-31", "purpose": "exam"}
    act = {"act_id": "a-1", "happened_at": now}
    return {
        "search_hostels": (nobody, {"arrival": f"{TODAY}"}),
        "get_hostel": (nobody, {}),
        "get_hostel_nights": (nobody, {"from": f"{TODAY}"}),
        "check_eligibility": (nobody, {"purpose": "exam"}),
        "get_me": (guest, {}),
        "change_me": (guest, {}),
        "get_allowance": (guest, {}),
        "list_stays": (guest, {}),
        "book_stay": (guest, wish),
        "get_stay": (guest, {}),
        "get_pass": (guest, {}),
        "cancel_stay": (guest, {}),
        "confirm_stay": (guest, {}),
        "extend_hold": (guest, {}),
        "list_evidence": (guest, {}),
        "hand_in_evidence": (guest, {"kind": "employer", "code": "ABCD1234"}),
        "get_evidence_page": (guest, {}),
        "get_desk_today": (desk, {}),
        "check_in": (desk, act | {"compared": False}),
        "check_out": (desk, act),
        "no_show": (desk, act),
        "get_figures": (office, {}),
        "explain_problem": (nobody, {}),
    }, {"code": code, "slug": "baodaiqiao", "hostel": "baodaiqiao", "name": "refused", "evidence": 1, "page": 1}


def test_whatever_is_sent_it_never_breaks(places):
    schema = caller().get("/api/v1/schema/").json()
    asked, names = places
    broken, tried = [], 0
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            client, well = asked.pop(operation["operationId"])
            fields = [each["name"] for each in operation["parameters"] if each["in"] == "query"]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                fields += schema["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"]
            for field in fields:
                for nasty in NASTY:
                    cache.clear()
                    tried += 1
                    address, sent = path.format(**names), well | {field: nasty}
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
    assert asked == {}
    assert tried > 1_000


@pytest.mark.parametrize("key", ["'", '"', "%00", "\\", "k" * 80, "😀"])
def test_a_strange_key_never_breaks_it(as_lin, wish, key):
    answer = as_lin.post("/api/v1/stays/", wish, HTTP_IDEMPOTENCY_KEY=key)

    assert answer.status_code in (201, 422)
