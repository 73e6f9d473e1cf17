"""A manager of one house at every address of the desk, pages and REST, with all that they could know of another house:
its name, the codes of its stays, the numbers of its rows. Nothing of it is seen, and nothing changes.

A new address of the desk with a part in it that is not here fails: say in PARTS what stands there.
"""

import json
import re

import pytest
from django.apps import apps
from django.urls import URLPattern

from api.urls import v1
from bookings.booking import book
from bookings.models import BedEvent
from desk.acts import Asked, perform
from desk.models import Act, Clash, Handover, Note
from hostel.models import OutOfService
from hostel.nights import Nights
from tests.api.conftest import caller
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, moment
from web.urls_desk import urlpatterns

CAME = moment(FRIDAY, 15)
PART = re.compile(r"<(?:\w+:)?(\w+)>")
# These make or leave nothing of a house: what a browser keeps for itself, and what language somebody reads.
OWN = {"desk_language"}


@pytest.fixture
def other_house(hostel, manager, lin, chen, people):
    """The house of somebody else with a guest in it, one due in, one who left, a note, a clash, a closed bed."""

    def stay(guest):
        return book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)

    def act(number, what, stay, at=CAME, **said):
        return perform(Asked(hostel, f"act-{number}", what, manager, at, stay, said), now=at)

    here, due, gone = stay(lin), stay(chen), stay(people("周走远"))
    came = act(1, "check_in", here, compared=True)
    act(2, "check_in", gone, compared=True)
    left = act(3, "check_out", gone, moment(FRIDAY, 16, 58))  # it could still be taken back
    clash = Clash.objects.create(act=came, local={"guest": "周走远"}, online={"guest": "周走远"})
    note = Note.objects.create(hostel=hostel, kind="todo", text="三楼的灯泡坏了", by=manager, at=CAME, stay=here)
    Handover.objects.create(hostel=hostel, given_by=manager, taken_by=manager, at=CAME, counts={"check_in": 2})
    bed = hostel.rooms.filter(guests="female").last().beds.last()
    BedEvent.objects.create(bed=bed, kind="soiled", at=CAME)
    closure = OutOfService.objects.create(
        bed=bed, first_night=SATURDAY, until=MONDAY, reason="repair", reference="水管坏了", written_at=NOW
    )
    return {
        "hostel": hostel.slug,
        "code": here.code,
        "stay": due.code,
        "act": left.pk,
        "act_id": left.act_id,
        "clash": clash.pk,
        "note": note.pk,
        "closure": closure.pk,
        "room": bed.room.number,
        "bed": bed.number,
        "evidence": 1,
        "page": 1,
        "done": "check-in",
        "secrets": [
            gone.code,  # the other two they say themselves
            *(name for each in (lin, chen, gone.guest) for name in (each.name, each.masked_name)),
            lin.document,
            lin.user.phone,
            "灯泡",
            "水管",
        ],
    }


def of_the_desk():
    """Every address of the desk: (name, path with its parts in brackets, REST or not)."""
    pages = [(each.name, f"/desk/{each.pattern}", False) for each in urlpatterns if isinstance(each, URLPattern)]
    doors = [(each.name, f"/api/v1/{each.pattern}", True) for each in v1 if str(each.pattern).startswith("desk/")]
    return [*pages, *doors]


def rows(own):
    """Every row of the house's floors as text, table by table, but those that the house ``own`` itself wrote."""
    return {
        model.__name__: sorted(map(str, model.objects.exclude(**written_by(own, model)).order_by("pk").values_list()))
        for app in ("hostel", "eligibility", "bookings", "desk")
        for model in apps.get_app_config(app).get_models()
    }


def written_by(own, model):
    return {
        Act: {"hostel": own},
        Note: {"hostel": own},
        Clash: {"act__hostel": own},
        BedEvent: {"bed__room__hostel": own},
        OutOfService: {"bed__room__hostel": own},
    }.get(model, {"pk": None})


def all_that_could_be_said(known):
    return {
        "act_id": "of-another-1",
        "happened_at": CAME.isoformat(),
        "compared": True,
        "stay": known["code"],
        "code": known["code"],
        "with": known["stay"],
        "text": known["code"],
        "bed": f"{known['room']}-{known['bed']}",
        "beds": [f"{known['room']}-{known['bed']}"],
        "hostel": known["hostel"],
        "arrival": "2026-03-07",
        "departure": "2026-03-10",
        "from": "2026-03-07",
        "until": "2026-03-10",
        "from_night": "2026-03-07",
        "reason": "repair",
        "choice": "local",
        "note": known["note"],
        "closure": known["closure"],
        "answer": "yes",
        "can_be_had": True,
        "kind": "note",
        "acts": [
            {
                "act_id": "of-another-2",
                "what": "check_in",
                "stay": known["stay"],
                "happened_at": CAME.isoformat(),
                "by": {},
                "said": {"compared": True},
                "knew": {},
            }
        ],
        "device": "tablet",
    }


@pytest.mark.parametrize(
    "name, path, is_rest", of_the_desk(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_manager_of_another_house_sees_nothing_and_changes_nothing(
    name, path, is_rest, other_house, enter, foreign_manager, clock
):
    clock.now = moment(FRIDAY, 17)
    address = PART.sub(lambda part: str(other_house[part[1]]), path)
    browser = caller(foreign_manager) if is_rest else enter(foreign_manager)
    own = foreign_manager.roles.get().hostel
    said, before = all_that_could_be_said(other_house), rows(own)

    as_json = {"content_type": "application/json", "HTTP_ACCEPT": "application/json"}
    answers = [browser.get(address), browser.get(address, {"hostel": other_house["hostel"]})]
    if is_rest:
        answers += [getattr(browser, how)(address, said) for how in ("post", "put", "patch", "delete")]
    elif name not in OWN:
        for where in (address, f"{address}?hostel={other_house['hostel']}"):
            answers += [browser.post(where, said), browser.post(where, json.dumps(said), **as_json)]

    for answer in answers:
        assert answer.status_code < 500, answer
        body = answer.content.decode(errors="replace")
        assert [secret for secret in other_house["secrets"] if secret in body] == [], answer
    assert rows(own) == before
    # What they wrote at their own desk is about their own stays.
    for act in Act.objects.filter(hostel=own).select_related("stay"):
        assert act.stay is None or act.stay.hostel == own
    assert not Note.objects.filter(hostel=own).exclude(stay=None).exclude(stay__hostel=own).exists()
