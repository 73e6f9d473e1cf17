"""Two tablets send the same queue at the same moment: every act is done once."""

import json

import pytest
from django.utils import timezone

from tests.house import RunningHouse
from tests.races.conftest import all_at_once, post
from tests.races.test_last_bed import wish
from tests.races.test_swap import MANAGER

ACTS = "SELECT count(*), count(DISTINCT act_id) FROM desk_act"
CAME = "SELECT count(*), count(DISTINCT about) FROM accounts_deed WHERE what = 'check_in'"
NOTES = "SELECT count(*) FROM desk_note"
CHOSEN = "SELECT count(*), count(DISTINCT about) FROM accounts_deed WHERE what = 'settle_clash'"
CLASHES = "SELECT count(*) FROM desk_clash"


def queue_of(codes, name):
    """Guests came, and something was written down about each."""
    at = timezone.now().isoformat()
    came = [
        {"act_id": f"{name}-{code}", "what": "check_in", "stay": code, "happened_at": at, "said": {"compared": True}}
        for code in codes
    ]
    note = {"kind": "note", "text": "钥匙给了"}
    notes = [
        {"act_id": f"{name}-{code}-note", "what": "note", "stay": code, "happened_at": at, "said": note}
        for code in codes
    ]
    return {"device": name, "acts": came + notes}


def sent_at_once(house, manager, codes, name):
    """What each of four sendings of one queue was answered: the outcomes, in order."""
    queue = queue_of(codes, name)
    send = [lambda: post(f"{house.url}/api/v1/desk/baodaiqiao/acts/", manager, queue)] * 4
    answers = all_at_once(*send)
    assert {answer.status for answer in answers} == {200}
    return [[act["outcome"] for act in answer.body["acts"]] for answer in answers]


def chosen_at_once(house, manager, code):
    """A guest came and was not compared; two say that they were, and two that nothing happened: what each is told."""
    url = f"{house.url}/api/v1/desk/baodaiqiao"
    [came] = queue_of([code], "t2")["acts"][:1]
    sent = post(f"{url}/acts/", manager, {"acts": [came | {"said": {}}]})
    choice = f"{url}/clashes/{sent.body['acts'][0]['clash']}/choice/"
    choose = [lambda version=version: post(choice, manager, {"choice": version}) for version in ("local", "online") * 2]
    return all_at_once(*choose)


def stays_of(house, tokens):
    return [post(f"{house.url}/api/v1/stays/", token, wish(1)).body["code"] for token in tokens]


def test_a_queue_that_two_tablets_send_at_once_is_done_once(house, guests_of):
    manager, codes = json.loads(house.django(MANAGER)), stays_of(house, guests_of(house, 6))
    codes, others = codes[:3], codes[3:]

    outcomes = sent_at_once(house, manager, codes, "t1")

    for each in zip(*outcomes, strict=True):
        assert sorted(each) == ["done", "known", "known", "known"]
    assert house.rows(ACTS) == [(6, 6)]
    assert house.rows(CAME) == [(3, 3)]
    assert house.rows(NOTES) == [(3,)]
    assert house.rows(CLASHES) == [(0,)]

    for code in others:
        answers = chosen_at_once(house, manager, code)
        held = {answer.body["choice"] for answer in answers if answer.status == 200}
        assert len(held) == 1
        assert {answer.body["code"] for answer in answers if answer.status != 200} == {"SETTLED"}
    assert house.rows(CHOSEN) == [(3, 3)]


@pytest.mark.postgres
def test_without_the_locks_and_the_promise_an_act_is_done_twice(ground, guests_of):
    """The control: nobody waits, and the database does not say that an act is done once."""
    with RunningHouse(ground, wsgi="tests.races.unlocked", WEB_CONCURRENCY="6") as house:
        manager, codes = json.loads(house.django(MANAGER)), stays_of(house, guests_of(house, 3))
        house.rows("ALTER TABLE desk_act DROP CONSTRAINT an_act_is_done_once")
        for number in range(6):
            sent_at_once(house, manager, codes, f"t{number}")
            if twice := house.rows(ACTS)[0][0] > house.rows(ACTS)[0][1]:
                break

    assert twice
