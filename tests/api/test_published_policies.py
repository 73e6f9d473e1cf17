"""Other cities' rules through the doors: what they ask is asked, what was answered is enough, and nothing breaks."""

from datetime import timedelta

import pytest
import yaml
from django.utils import timezone

from eligibility.policy_file import load_policy, read_policy
from tests.api.conftest import TODAY
from tests.eligibility.published import FILES

ELIGIBILITY = "/api/v1/eligibility/"
# The answers that fit each of these rules, the likelier first; questions about what must be so are answered by yes.
FITTING = ("bachelor", False, "elsewhere", "no", "yes")
MUST_BE_SO = ("full_time", "employer", "first_time", "school_class", "xiamen-2024-on_placement")

ARRIVAL = TODAY + timedelta(days=14)
# Where one qualifies first, or a group books; and where a bed waits for the proof.
NO_BED = {"fuzhou": ["EVIDENCE"], "shanghai_dormitories": ["APPLICANT", "GROUP_ONLY"]}
FOR_PROOF = ("chengdu", "shanghai_minhang_2025", "wuhan_wuchang_2022_2024", "zhengzhou_2023")


def answered(questions):
    """The fitting answer to each question: facts by their names, the rest by key."""
    facts, answers = {}, {}
    for question in questions:
        key, values = question["key"], [option["value"] for option in question["options"]]
        fitting = "yes" if key.startswith(MUST_BE_SO) else next((value for value in FITTING if value in values), None)
        if key == "graduation":
            facts[key] = ARRIVAL.isoformat()  # the day of graduation counts for all of them
        elif question["fact"]:
            facts[key] = fitting
        else:
            answers[key] = fitting
    return facts | {"answers": answers}


@pytest.mark.parametrize("name", FILES)
def test_the_rules_of_another_city_ask_answer_and_give_beds_without_a_change_of_code(
    name, wuzhong, tmp_path, lin, as_lin, client
):
    rules = read_policy(FILES[name])
    signed = {"network": "wuzhong", "drafted_by": "甲", "approved_by": "乙", "in_force_from": TODAY.isoformat()}
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(rules | signed, allow_unicode=True, sort_keys=False), "utf-8")
    load_policy(file, now=timezone.now())

    # Whoever answers what is asked is asked for no more than proofs.
    for purpose in rules["purposes"]:
        asked = as_lin.get(ELIGIBILITY, {"purpose": purpose}).json()
        said = {"purpose": purpose, "accept_price": True, **answered(asked["questions"])}
        reasons = as_lin.post(ELIGIBILITY, said).json()["reasons"]
        assert {reason["code"] for reason in reasons if reason["verdict"] == "missing"} <= {"EVIDENCE"}

    # The page asks the same.
    page = client.get("/check/").content.decode()
    for question in client.get(ELIGIBILITY).json()["questions"]:
        assert question["text_zh"] in page

    # Somebody who wishes for a bed gets it, or every reason why not.
    everything = answered(as_lin.get(ELIGIBILITY).json()["questions"])
    assert as_lin.patch("/api/v1/me/", everything).json()["answers"] == everything["answers"]
    wish = {"hostel": "baodaiqiao", "arrival": f"{ARRIVAL}", "departure": f"{ARRIVAL + timedelta(days=2)}"}
    response = as_lin.post("/api/v1/stays/", wish | {"purpose": next(iter(rules["purposes"])), "accept_price": True})
    body = response.json()
    if name in NO_BED:
        against = [reason["code"] for reason in body["reasons"] if reason["verdict"] != "met"]
        assert (response.status_code, against) == (409, NO_BED[name])
    else:
        assert (response.status_code, body["status"]) == (201, "held" if name in FOR_PROOF else "confirmed")
    assert as_lin.get("/api/v1/me/allowance/").status_code == 200
