"""Who may come to which address: a walk over every address of the project, REST and pages.

A new address fails `test_every_address_has_an_owner` until it stands in OWNERS with those who may come. Everybody else
is then refused there by `test_who_may_not_is_refused_and_changes_nothing`, with every method.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone

from accounts.models import Role, User
from bookings.models import Batch, BedNight, Party, Stay, Waiting
from eligibility.models import Review
from eligibility.reviews import ask as ask_a_person
from hostel.models import Hostel, Network
from tests.api.conftest import TODAY, caller
from tests.conftest import resident_number

# Those who come. `guest` has the stay that the addresses name, `manager` and `officer` have its house and network.
NOBODY, GUEST, OTHER_GUEST = "nobody", "guest", "other_guest"
MANAGER, FOREIGN_MANAGER = "manager", "foreign_manager"
OFFICER, FOREIGN_OFFICER = "officer", "foreign_officer"
AUDITOR, OPERATOR = "auditor", "operator"
EVERYBODY = frozenset(
    {NOBODY, GUEST, OTHER_GUEST, MANAGER, FOREIGN_MANAGER, OFFICER, FOREIGN_OFFICER, AUDITOR, OPERATOR}
)
LOGGED_IN = EVERYBODY - {NOBODY}  # each sees what is their own


@dataclass(frozen=True)
class Owner:
    """Those who may come to an address; how it is then asked for; ``then`` are the answers besides those below 400."""

    who: frozenset
    method: str = "GET"
    body: dict = field(default_factory=dict)
    query: str = ""
    then: tuple[int, ...] = ()


def only(*who, **how) -> Owner:
    return Owner(frozenset(who), **how)


PUBLIC = Owner(EVERYBODY)
ONE_S_OWN = Owner(LOGGED_IN)
SECOND_FACTOR = Owner(LOGGED_IN, then=(404,))  # of one who has none there is nothing to see
HOUSE = "hostel=baodaiqiao"
PARTY, BATCH, WISH = "PARTY2", "BATCH2", "WAWAWA"

OWNERS = {
    # --- REST
    "api/v1/hostels/": PUBLIC,
    "api/v1/hostels/<slug:slug>/": PUBLIC,
    "api/v1/hostels/<slug:slug>/nights/": PUBLIC,
    "api/v1/eligibility/": Owner(EVERYBODY, "POST"),
    "api/v1/me/": ONE_S_OWN,
    "api/v1/me/allowance/": ONE_S_OWN,
    "api/v1/me/letters/": ONE_S_OWN,
    "api/v1/me/data/": ONE_S_OWN,
    "api/v1/stays/": ONE_S_OWN,
    "api/v1/stays/<stay:code>/": only(GUEST, MANAGER, OFFICER),
    "api/v1/stays/<stay:code>/cancellation/": only(GUEST, method="POST"),
    "api/v1/stays/<stay:code>/cancellation/undo/": only(GUEST, method="POST", then=(409,)),
    "api/v1/stays/<stay:code>/coming/": only(GUEST, method="POST", body={"answer": "on_time"}),
    "api/v1/stays/<stay:code>/confirmation/": only(GUEST, method="POST", then=(409,)),
    "api/v1/stays/<stay:code>/hold/": only(GUEST, method="POST", then=(409,)),
    "api/v1/stays/<stay:code>/dates/": only(
        GUEST, MANAGER, method="PUT", body={"arrival": f"{TODAY}", "departure": f"{TODAY + timedelta(days=2)}"}
    ),
    "api/v1/stays/<stay:code>/pass/": only(GUEST),
    "api/v1/stays/<stay:code>/evidence/": only(GUEST, MANAGER, OFFICER),
    "api/v1/evidence/<int:evidence>/pages/<int:page>/": only(GUEST, MANAGER, OFFICER, then=(404,)),  # none was sent
    "api/v1/stays/<stay:code>/appeal/": only(GUEST, method="POST", body={"text": "病了"}, then=(409,)),
    "api/v1/no-shows/": only(OFFICER, FOREIGN_OFFICER),  # each those of their own network
    "api/v1/no-shows/<stay:code>/": only(OFFICER, then=(404,)),  # none was missed
    "api/v1/no-shows/<stay:code>/decision/": only(
        OFFICER, method="POST", body={"lift": True, "because": "…"}, then=(404,)
    ),
    "api/v1/waitlist/": ONE_S_OWN,
    "api/v1/waitlist/<stay:code>/": only(GUEST, OFFICER),
    "api/v1/waitlist/<stay:code>/acceptance/": only(GUEST, method="POST", then=(404,)),  # nothing was offered
    "api/v1/waitlist/<stay:code>/refusal/": only(GUEST, method="POST", then=(404,)),
    "api/v1/waitlist/<stay:code>/place/": only(OFFICER, method="POST", body={"because": "…"}),
    "api/v1/parties/": Owner(LOGGED_IN, "POST", then=(422,)),
    "api/v1/parties/<stay:code>/": only(GUEST, MANAGER, OFFICER),
    "api/v1/parties/<stay:code>/cancellation/": only(GUEST, method="POST"),
    "api/v1/batches/": ONE_S_OWN,
    "api/v1/batches/<stay:code>/": only(OTHER_GUEST, OFFICER),
    "api/v1/batches/<stay:code>/names/": only(OTHER_GUEST, OFFICER, method="POST", then=(422,)),
    "api/v1/batches/<stay:code>/release/": only(OFFICER, method="POST"),
    "api/v1/batches/<stay:code>/cancellation/": only(OFFICER, method="POST"),
    "api/v1/desk/<slug:hostel>/today/": only(MANAGER, OFFICER),
    "api/v1/desk/<slug:hostel>/acts/": only(MANAGER, method="POST", body={"acts": []}),
    "api/v1/desk/<slug:hostel>/clashes/": only(MANAGER),
    "api/v1/desk/<slug:hostel>/clashes/<int:clash>/choice/": only(
        MANAGER, method="POST", body={"choice": "local"}, then=(404,)
    ),
    "api/v1/desk/<slug:hostel>/log/": only(MANAGER),
    "api/v1/desk/<slug:hostel>/log/<int:note>/done/": only(
        MANAGER, method="POST", body={"act_id": "a-1"}, then=(404,)
    ),  # nothing was written
    "api/v1/desk/<slug:hostel>/out-of-service/": only(
        MANAGER,
        OFFICER,
        method="POST",
        body={"beds": ["402-1"], "from": f"{TODAY}", "until": f"{TODAY + timedelta(days=1)}", "reason": "repair"},
    ),
    "api/v1/desk/<slug:hostel>/out-of-service/hits/": only(
        MANAGER, OFFICER, query=f"bed=402-1&from={TODAY}&until={TODAY + timedelta(days=1)}"
    ),
    "api/v1/desk/<slug:hostel>/out-of-service/<int:closure>/": only(
        MANAGER, OFFICER, method="DELETE", then=(404,)
    ),  # none is closed
    "api/v1/desk/<slug:hostel>/housekeeping/": only(MANAGER, OFFICER),
    "api/v1/desk/<slug:hostel>/rooms/": only(MANAGER, OFFICER),
    "api/v1/desk/<slug:hostel>/rooms/<str:room>/closing/": only(OFFICER, method="POST", body={"from": f"{TODAY}"}),
    "api/v1/desk/<slug:hostel>/rooms/<str:room>/reopening/": only(
        OFFICER, method="POST", body={"from": f"{TODAY}"}, then=(409,)
    ),  # it is open
    "api/v1/desk/<slug:hostel>/rooms/<str:room>/beds/<int:bed>/closing/": only(
        OFFICER, method="POST", body={"from": f"{TODAY}"}
    ),
    "api/v1/desk/<slug:hostel>/rooms/<str:room>/beds/<int:bed>/reopening/": only(
        OFFICER, method="POST", body={"from": f"{TODAY}"}, then=(409,)
    ),
    "api/v1/desk/<slug:hostel>/walk-ins/": only(
        MANAGER,
        method="POST",
        body={
            "act_id": "a-1",
            "name": "何来",
            "document_kind": "resident",
            "document_number": resident_number(date(TODAY.year - 24, 2, 2), "male", 77),
            "education": "bachelor",
            "graduation": f"{TODAY.year - 1}-06",
            "home_in_district": False,
            "departure": f"{TODAY + timedelta(days=1)}",
            "purpose": "interview",
            "compared": True,
        },
    ),
    "api/v1/desk/stays/<stay:code>/check-in/": only(MANAGER, method="POST", body={"act_id": "a-1", "compared": True}),
    "api/v1/desk/stays/<stay:code>/check-out/": only(MANAGER, method="POST", body={"act_id": "a-1"}, then=(409,)),
    "api/v1/desk/stays/<stay:code>/house-answer/": only(
        MANAGER, method="POST", body={"act_id": "a-1", "can_be_had": True}, then=(409,)
    ),  # nothing is asked
    "api/v1/desk/stays/<stay:code>/no-show/": only(MANAGER, method="POST", body={"act_id": "a-1"}, then=(409,)),
    "api/v1/desk/stays/<stay:code>/bed/": only(MANAGER, method="POST", body={"act_id": "a-1", "bed": "203-1"}),
    "api/v1/desk/stays/<stay:code>/swap/": only(
        MANAGER, method="POST", body={"act_id": "a-1", "with": "AAAAAA"}, then=(422,)
    ),  # nobody is there to change with
    "api/v1/desk/stays/<stay:code>/hostel/": only(
        MANAGER, OFFICER, method="POST", body={"act_id": "a-1", "hostel": "guoxiang"}
    ),
    "api/v1/desk/stays/<stay:code>/overstay/": only(
        MANAGER, method="POST", body={"act_id": "a-1", "departure": f"{TODAY + timedelta(days=1)}"}, then=(409,)
    ),
    "api/v1/desk/stays/<stay:code>/<slug:done>/undo/": only(
        MANAGER, method="POST", body={"act_id": "a-2"}, then=(409,)
    ),  # nothing was done
    "api/v1/desk/<slug:hostel>/undo/": only(MANAGER, method="POST", body={"act_id": "a-2", "of": "a-1"}, then=(404,)),
    "api/v1/stays/<stay:code>/excuses/": only(OFFICER, method="POST", body={"because": "空调坏了"}, then=(409,)),
    "api/v1/people/<int:person>/allowance/": only(OFFICER),
    "api/v1/people/<int:person>/extra-nights/": only(
        OFFICER,
        method="POST",
        body={
            "network": "wuzhong",
            "nights": 1,
            "valid_from": f"{TODAY}",
            "valid_until": f"{TODAY + timedelta(days=1)}",
            "because": "面试改期",
        },
    ),
    "api/v1/extra-nights/<int:extra>/": only(OFFICER, FOREIGN_OFFICER, method="DELETE", then=(404,)),
    "api/v1/figures/": only(OFFICER, FOREIGN_OFFICER, AUDITOR),  # each of their own network
    "api/v1/quotas/": only(OFFICER, FOREIGN_OFFICER, AUDITOR),  # each those of their own network
    "api/v1/working-days/": only(OFFICER, FOREIGN_OFFICER, AUDITOR),  # the calendar is the whole country's
    "api/v1/working-days/<str:day>/": only(OFFICER, FOREIGN_OFFICER, method="DELETE", then=(404,)),
    "api/v1/policies/": only(OFFICER, FOREIGN_OFFICER, AUDITOR),  # each those of their own network
    "api/v1/policies/<int:policy>/": only(OFFICER, AUDITOR),
    "api/v1/policies/<int:policy>/preview/": only(OFFICER, AUDITOR, then=(404,)),  # none was made
    "api/v1/policies/<int:policy>/approval/": only(OFFICER, method="POST", then=(409,)),  # it is in force
    "api/v1/reviews/": only(OFFICER, FOREIGN_OFFICER),  # each those of their own network
    "api/v1/reviews/<int:review>/": only(OFFICER),
    "api/v1/reviews/<int:review>/look/": only(OFFICER, method="POST"),
    "api/v1/reviews/<int:review>/decision/": only(OFFICER, method="POST", body={"decision": "passed"}),
    "api/v1/reviews/<int:review>/undo/": only(OFFICER, method="POST", then=(409,)),
    "api/v1/reviews/<int:review>/appeal/": only(GUEST, method="POST", then=(409,)),
    "api/v1/me/reviews/": ONE_S_OWN,
    "api/v1/assessments/<decision:code>/evidence/": only(GUEST),
    "api/v1/assessments/<decision:code>/review/": only(GUEST, method="POST", then=(409,)),
    "api/v1/schema/": PUBLIC,
    "api/docs/": PUBLIC,
    "api/problems/<slug:name>/": PUBLIC,
    r"api/^[\s\S]*\Z": Owner(EVERYBODY, then=(404,)),
    # --- coming in
    "login/": PUBLIC,
    "login/code/": PUBLIC,
    "login/closed/": PUBLIC,
    "logout/": PUBLIC,
    "agreement/": PUBLIC,
    "login/second-factor/": ONE_S_OWN,
    "login/second-factor/code/": PUBLIC,  # between the code by phone and the second factor one is nobody yet
    "login/second-factor/again/": Owner(LOGGED_IN, then=(403,)),  # of one who has none there is nothing to repeat
    "login/second-factor/set-up/": ONE_S_OWN,
    "login/second-factor/remove/": SECOND_FACTOR,
    "login/second-factor/recovery/": SECOND_FACTOR,
    "login/second-factor/recovery/new/": SECOND_FACTOR,
    "login/second-factor/recovery/codes.txt": SECOND_FACTOR,
    # --- youth
    "": PUBLIC,
    "check/": PUBLIC,
    "hostels/<slug:slug>/": PUBLIC,
    "book/<slug:slug>/": ONE_S_OWN,
    "book/<slug:slug>/together/": ONE_S_OWN,
    "parties/<str:code>/": only(GUEST),
    "parties/<str:code>/cancel/": only(GUEST),
    "batches/<str:code>/": only(OTHER_GUEST),
    "stays/<str:code>/": only(GUEST),
    "stays/<str:code>/change/": only(GUEST),
    "stays/<str:code>/cancel/": only(GUEST),
    "stays/<str:code>/coming/": only(GUEST),
    "stays/<str:code>/appeal/": only(GUEST, method="POST", then=(409, 422)),
    "stays/<str:code>/pass/": only(GUEST),
    "stays/<str:code>/evidence/": only(GUEST),
    "stays/<str:code>/evidence/<int:evidence>/<int:page>/": only(GUEST, then=(404,)),  # none was sent
    "decisions/<str:code>/evidence/": only(GUEST),
    "decisions/<str:code>/evidence/<int:evidence>/<int:page>/": only(GUEST, then=(404,)),  # none was sent
    "stays/<str:code>/evidence/parts/<str:key>/": only(GUEST),
    "stays/<str:code>/evidence/parts/<str:key>/<int:number>/": only(GUEST, method="PUT", query="of=1&agreed=1"),
    "decisions/<str:code>/evidence/parts/<str:key>/": only(GUEST),
    # This decision led to a stay: the proof is handed in there.
    "decisions/<str:code>/evidence/parts/<str:key>/<int:number>/": only(
        GUEST, method="PUT", query="of=1&agreed=1", then=(409,)
    ),
    "stays/<str:code>/pass.png": only(GUEST),
    "waitlist/": ONE_S_OWN,
    "waitlist/new/": Owner(LOGGED_IN, then=(404,)),  # for which house, the query says
    "waitlist/<str:code>/": only(GUEST),
    "reviews/new/": only(GUEST, then=(404,)),  # about which decision, the query says
    "reviews/<int:number>/": only(GUEST),
    "reviews/<int:number>/appeal/": only(GUEST, method="POST", then=(409,)),
    "me/": ONE_S_OWN,
    "me/letters/": ONE_S_OWN,
    "me/data/": ONE_S_OWN,
    "me/data/export.zip": ONE_S_OWN,
    "me/data/erase/": ONE_S_OWN,
    "settings/": PUBLIC,
    "settings/size/": Owner(EVERYBODY, method="POST"),
    "apartments/": PUBLIC,
    "events/": PUBLIC,
    "services/": PUBLIC,
    "map/": PUBLIC,
    "help/": PUBLIC,
    "privacy/": PUBLIC,
    "accessibility/": PUBLIC,
    # --- desk
    "desk/": only(MANAGER, query=HOUSE),
    "desk/acts/": only(MANAGER, query=HOUSE),
    "desk/sync/": only(MANAGER, query=HOUSE),
    "desk/sync/<int:clash>/": only(
        MANAGER, FOREIGN_MANAGER, method="POST", body={"choice": "local"}, then=(404,)
    ),  # everything fits
    "desk/acts/<int:act>/undo/": only(MANAGER, FOREIGN_MANAGER, method="POST", then=(404,)),  # nothing was done
    "desk/beat/": PUBLIC,
    "desk/offline/": PUBLIC,
    "desk/sheet/": only(MANAGER, query=HOUSE),
    "desk/sw.js": PUBLIC,
    "desk/chart/": only(MANAGER, query=HOUSE),
    "desk/chart/place/": only(MANAGER, method="POST", query=HOUSE, then=(404,)),  # no stay is named
    "desk/checkin/": only(MANAGER, query=HOUSE),
    "desk/rooms/": only(MANAGER, query=HOUSE),
    "desk/rooms/block/": only(MANAGER, query=HOUSE),
    "desk/walkin/": only(MANAGER, query=HOUSE),
    "desk/evidence/<int:evidence>/<int:page>/": only(MANAGER, FOREIGN_MANAGER, then=(404,)),  # none was sent
    "desk/stays/<str:code>/evidence/": only(MANAGER, method="POST", body={"act_id": "a-1"}),
    "desk/stays/<str:code>/check-out/": only(MANAGER),
    "desk/stays/<str:code>/no-show/": only(MANAGER),
    "desk/stays/<str:code>/house-answer/": only(MANAGER, method="POST", body={"act_id": "a-1", "answer": "yes"}),
    "desk/stays/<str:code>/": only(MANAGER),
    "desk/stays/<str:code>/<slug:act>/": only(MANAGER),
    "desk/log/": only(MANAGER, query=HOUSE),
    "desk/shift/": only(MANAGER, query=HOUSE),
    "desk/register/": only(MANAGER, query=HOUSE),
    "desk/language/": only(MANAGER, method="POST", query=HOUSE),
    # --- office
    "office/": only(OFFICER, AUDITOR, query="network=wuzhong"),
    "office/hostels/<slug:slug>/nights/<str:day>/": only(OFFICER, AUDITOR),
    "office/hostels/<slug:slug>/rooms/": only(OFFICER, AUDITOR),
    "office/waiting/": only(OFFICER, AUDITOR, query="network=wuzhong"),
    "office/no-shows/": only(OFFICER, FOREIGN_OFFICER),  # each those of their own network
    "office/no-shows/<str:code>/": only(OFFICER, then=(404,)),
    "office/quota/": only(OFFICER, FOREIGN_OFFICER, AUDITOR),  # each that of their own network
    "office/calendar/": only(OFFICER, FOREIGN_OFFICER, AUDITOR),
    "office/calendar/<str:day>/withdrawal/": only(OFFICER, FOREIGN_OFFICER, method="POST", then=(409,)),
    "office/people/": only(OFFICER, query="network=wuzhong"),
    "office/policies/": only(OFFICER, FOREIGN_OFFICER, AUDITOR),  # each those of their own network
    "office/policies/<int:number>/": only(OFFICER, AUDITOR),
    "office/policies/<int:number>/file.yaml": only(OFFICER, AUDITOR),
    "office/policies/<int:number>/text/": only(OFFICER, then=(404,)),  # only a draft is edited
    "office/policies/<int:number>/preview/": only(OFFICER, AUDITOR),
    "office/policies/<int:number>/handover/": only(OFFICER, method="POST", then=(409,)),  # it is in force
    "office/policies/<int:number>/approval/": only(OFFICER, method="POST", then=(409,)),
    "office/policies/<int:number>/discard/": only(OFFICER, method="POST", then=(409,)),
    "office/people/<int:number>/": only(OFFICER),
    "office/people/<int:number>/extra-nights/": only(OFFICER, method="POST", body={"network": "wuzhong"}, then=(422,)),
    "office/people/<int:number>/extra-nights/<int:extra>/withdrawal/": only(OFFICER, method="POST", then=(404,)),
    "office/people/<int:number>/stays/<str:code>/excuses/": only(OFFICER, method="POST", then=(422,)),
    "office/reviews/": only(OFFICER, query="network=wuzhong"),
    "office/reviews/keys/": only(OFFICER, method="POST", query="network=wuzhong"),
    "office/reviews/<int:number>/": only(OFFICER),
    "office/reviews/<int:number>/decision/": only(OFFICER, method="POST", body={"decision": "passed"}),
    "office/reviews/<int:number>/text/": only(OFFICER, method="POST"),
    "office/reviews/<int:number>/undo/": only(OFFICER, method="POST", then=(409,)),
    "office/reviews/<int:number>/look/": only(OFFICER, method="POST"),
    "office/evidence/<int:number>/pages/<int:page>/": only(OFFICER, then=(404,)),  # none was sent
    "office/batches/": only(OFFICER, query="network=wuzhong"),
    "office/batches/<str:code>/": only(OFFICER),
    "office/batches/<str:code>/names/": only(OFFICER, method="POST", then=(422,)),
    "office/batches/<str:code>/release/": only(OFFICER, method="POST"),
    "office/batches/<str:code>/cancellation/": only(OFFICER, method="POST"),
    "office/language/": only(OFFICER, AUDITOR, method="POST", query="network=wuzhong"),
    # --- the house itself
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "media/<path:name>": Owner(EVERYBODY, then=(404,)),
}


def addresses():
    """Every address of the project as its pattern is written, with the prefixes it is served under."""

    def walk(resolver, prefix, languages):
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern):
                yield prefix + str(pattern.pattern), languages
            elif isinstance(pattern.pattern, LocalePrefixPattern):
                yield from walk(pattern, prefix, ("", "en/"))
            else:
                yield from walk(pattern, prefix + str(pattern.pattern), languages)

    return dict(walk(get_resolver(), "", ("",)))


DOORS = ("api/", "desk/", "office/", "en/", "")


def behind(door):
    """The addresses that begin with ``door`` (the last one: with no other), each with its owner."""
    for address, prefixes in addresses().items():
        for walked in (prefix + address for prefix in prefixes):
            if next(other for other in DOORS if walked.startswith(other)) == door:
                yield walked, OWNERS[address]


def test_every_address_has_an_owner():
    assert set(addresses()) == set(OWNERS)


@pytest.fixture
def callers(wuzhong, hostel, lin, chen, manager, foreign_manager, officer, auditor):
    """A REST client and a browser of each of those who come."""
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏区", name_en="Gusu", parent=wuzhong.parent)

    def of(kind, phone, network):
        user = User.objects.create_user(phone, phone_verified=True)
        Role.objects.create(user=user, kind=kind, network=network, valid_from=date(2023, 1, 1))
        return user

    users = {
        GUEST: lin.user,
        OTHER_GUEST: chen.user,
        MANAGER: manager,
        FOREIGN_MANAGER: foreign_manager,
        OFFICER: officer,
        FOREIGN_OFFICER: of("officer", "+8613800000098", gusu),
        AUDITOR: auditor,
        OPERATOR: of("operator", "+8613800000097", wuzhong),
    }
    made = {NOBODY: (caller(), Client())}
    for name, user in users.items():
        browser = Client()
        browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        made[name] = (caller(user), browser)
    return made


@pytest.fixture
def stay(stay, chen):
    """Lin's stay, about which a person is asked. Lin made a party of it, and Chen is the contact of a batch."""
    ask_a_person(stay.assessment, "rule", rules=["home"], due_at=stay.kept_until, now=stay.booked_at)
    stay.party = Party.objects.create(code=PARTY, made_by=stay.guest, made_at=stay.booked_at)
    stay.save(update_fields=["party"])
    about = {"hostel": stay.hostel, "applicant": "school", "purpose": "exam", "organisation": "…", "free_nights": 1}
    days = {"arrival": TODAY + timedelta(1), "departure": TODAY + timedelta(2), "release_on": TODAY + timedelta(1)}
    made = {"made_by": chen.user, "made_at": stay.booked_at, "contact": chen.user, "code": BATCH}
    Batch.objects.create(**about, **days, **made)
    days = {"arrival": TODAY + timedelta(5), "departure": TODAY + timedelta(6), "purpose": "exam"}
    wish = Waiting.objects.create(
        code=WISH, guest=stay.guest, **days, until=stay.booked_at + timedelta(5), made_at=stay.booked_at
    )
    wish.hostels.add(stay.hostel)
    return stay


@pytest.fixture
def world(stay, callers):
    """What must not change when somebody is refused: every row of every table but the sessions."""

    def rows():
        counted = {
            model.__name__: model._base_manager.count() for model in apps.get_models() if model.__name__ != "Session"
        }
        return counted, list(Stay.objects.values()), list(BedNight.objects.values()), list(User.objects.values())

    return rows


def asked_about(stay) -> int:
    """The id of what a person is asked about the stay."""
    return Review.objects.get(assessment=stay.assessment_id).pk


def ask(callers, who, walked, owner, method, stay):
    """What ``who`` is answered at an address, by the door it belongs to."""
    walked = re.sub("parties/<[a-z]+:code>", f"parties/{PARTY}", walked)
    walked = re.sub("waitlist/<[a-z]+:code>", f"waitlist/{WISH}", walked)
    walked = re.sub("batches/<[a-z]+:code>", f"batches/{BATCH}", walked)
    path = walked.replace("decisions/<str:code>", f"decisions/{stay.assessment.code}")
    path = path.replace("<stay:code>", stay.code).replace("<str:code>", stay.code)
    path = path.replace("<slug:slug>", "baodaiqiao").replace("<slug:hostel>", "baodaiqiao")
    path = path.replace("<slug:name>", "refused").replace("<str:day>", f"{TODAY}").replace("<path:name>", "none.webp")
    path = path.replace("<int:person>", str(stay.guest_id)).replace("<int:extra>", "0")
    path = path.replace("<int:note>", "0").replace("<slug:act>", "extend")
    path = path.replace("<int:closure>", "0").replace("<str:room>", "402").replace("<int:bed>", "1")
    path = path.replace("people/<int:number>", f"people/{stay.guest_id}")
    path = path.replace("policies/<int:number>", f"policies/{stay.assessment.policy_id}")
    path = path.replace("reviews/<int:number>", f"reviews/{asked_about(stay)}").replace("<int:number>", "0")
    path = path.replace("<str:key>", "picture-1").replace("<int:act>", "0").replace("<slug:done>", "check-in")
    path = path.replace("<int:clash>", "0")
    path = path.replace("<int:evidence>", "0").replace("<int:page>", "1")
    path = path.replace("<decision:code>", stay.assessment.code).replace("<int:review>", f"{asked_about(stay)}")
    path = path.replace(r"^[\s\S]*\Z", "nowhere/").replace("<int:policy>", f"{stay.assessment.policy_id}")
    rest, browser = callers[who]
    address = f"/{path}{'?' + owner.query if owner.query else ''}"
    if path.startswith("api/"):
        body = owner.body | ({"happened_at": timezone.now().isoformat()} if "act_id" in owner.body else {})
        return getattr(rest, method.lower())(address, None if method == "GET" else body)
    return getattr(browser, method.lower())(address, None if method == "GET" else owner.body)


def refused(answer) -> bool:
    login = resolve_url(settings.LOGIN_URL)
    to_login = answer.status_code == 302 and answer["Location"].startswith((f"{login}?", f"/en{login}?"))
    return to_login or answer.status_code in (401, 403, 404)


def led_to_its_page(answer) -> bool:
    """Where a page only takes what a form sends: led to one higher in the same address, which is asked for itself."""
    there = answer.get("Location", "").partition("?")[0]
    path = answer.wsgi_request.path
    return answer.status_code == 302 and there != path and there.count("/") > 1 and path.startswith(there)


@pytest.mark.parametrize("door", DOORS)
def test_who_may_not_is_refused_and_changes_nothing(callers, world, stay, door):
    wrong, before = [], world()
    for walked, owner in behind(door):
        for who in sorted(EVERYBODY - owner.who):
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                answer = ask(callers, who, walked, owner, method, stay)
                is_no = answer.status_code == 405 or (method == "GET" and led_to_its_page(answer))
                if not refused(answer) and (method == owner.method or not is_no):
                    wrong.append((walked, who, method, answer.status_code))
        if world() != before:
            wrong.append((walked, "changed something"))
    assert wrong == []


@pytest.mark.parametrize("door", DOORS)
def test_who_may_is_let_in(callers, stay, door):
    wrong = []
    for walked, owner in behind(door):
        for who in sorted(owner.who):
            with transaction.atomic():  # so that each comes to the same stay
                answer = ask(callers, who, walked, owner, owner.method, stay)
                transaction.set_rollback(True)
            if answer.status_code not in owner.then and (refused(answer) or answer.status_code >= 400):
                wrong.append((walked, who, answer.status_code))
    assert wrong == []


def test_a_house_s_staff_of_yesterday_are_refused_today(callers, stay):
    Role.objects.update(valid_until=TODAY)

    for who in (MANAGER, OFFICER, AUDITOR):
        for address, owner in OWNERS.items():
            if who in owner.who and not owner.who >= LOGGED_IN:
                assert refused(ask(callers, who, address, owner, owner.method, stay)), (who, address)


def test_every_house_s_manager_sees_their_own_alone(callers, stay):
    """The same question about another house has another answer: a manager's right is in one place."""
    for hostel in Hostel.objects.exclude(slug__in=["baodaiqiao"]):
        rest, browser = callers[MANAGER]
        assert rest.get(f"/api/v1/desk/{hostel.slug}/today/").status_code == 403
        assert browser.get(f"/desk/?hostel={hostel.slug}").status_code == 403
