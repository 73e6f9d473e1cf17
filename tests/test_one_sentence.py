"""One sentence everywhere: the same facts get the same words at every door, in both languages."""

import html
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Person
from accounts.people import change_profile
from bookings.booking import book
from bookings.models import Stay
from bookings.preview import preview
from eligibility.drafting import change, draft
from eligibility.evaluation import replay
from eligibility.models import Assessment, Policy
from eligibility.policy_file import unsigned
from hostel.nights import Nights
from tests.api.conftest import caller
from tests.conftest import FRIDAY, NOW, ROOT, SATURDAY, SUNDAY
from tests.web.conftest import Clock, clock  # noqa: F401
from web.youth.asked import OWN

XIAMEN = ROOT / "eligibility/published/xiamen_2024.yaml"
SETTLED = {"education": "junior_college", "graduation": "2025-06", "home_in_district": False}
ELIGIBILITY = "/api/v1/eligibility/"

# What each case is called: the rules, what the person said, whom they are against it, and what is not met.
NOES = {
    "what everybody is asked": (
        "sample",
        {"education": "secondary_vocational", "graduation": "2019", "home_in_district": True},
        "interview",
        ["EDUCATION", "GRAD", "LOCAL"],
    ),
    "the age on the document": ("sample", SETTLED | {"birth_date": date(1980, 2, 29)}, "interview", ["AGE"]),
    "a purpose that is none": ("sample", SETTLED, "sightseeing", ["PURPOSE"]),
    "what only these rules ask": ("work", SETTLED | {"answers": {"work-either-wuzhong": "yes"}}, "interview", ["WORK"]),
    "the rules of another city": (
        "xiamen",
        SETTLED
        | {
            "home_in_district": True,
            "answers": {
                "full_time": "no",
                "hukou-xiamen": "there",
                "student_origin-xiamen": "there",
                "work-either-xiamen": "yes",
                "xiamen-2024-class": "no",
            },
        },
        "job_seeking",
        ["FULL_TIME", "ORIGIN", "ORIGIN", "LOCAL", "WORK"],
    ),
}
YES = {
    "what everybody is asked": ("sample", SETTLED, "interview"),
    "what only these rules ask": ("work", {"answers": {"work-either-wuzhong": "no"}}, "interview"),
    "the rules of another city": (
        "xiamen",
        SETTLED
        | {
            "answers": {
                "full_time": "yes",
                "hukou-xiamen": "elsewhere",
                "student_origin-xiamen": "elsewhere",
                "work-either-xiamen": "no",
                "xiamen-2024-class": "no",
            },
        },
        "job_seeking",
    ),
}
# Of an extension this rule looks at another fact: the stay stands already.
WINDOW = {"WINDOW"}
# What the check without a login can not know: it has neither dates nor a document.
OPEN = {"AGE", "WINDOW", "OVERLAP", "NIGHTS", "STAY_NIGHTS", "CITY_CAP", "STAYS"}


@pytest.fixture
def rules(in_force):
    """Puts the rules of a case in force."""

    def put(which):
        if which == "work":
            place = {"zh": "吴中", "en": "Wuzhong"}
            work = {"id": "work", "kind": "work", "place": place, "wanted": "none"}
            in_force(change=lambda rules: rules | {"rules": [*rules["rules"], work]})
        elif which == "xiamen":
            in_force(XIAMEN)

    return put


def in_words(reasons):
    """Code, verdict and both sentences of each reason as the API writes it."""
    return [(each["code"], each["verdict"], each["sentence_zh"], each["sentence_en"]) for each in reasons]


def without(codes, words):
    return [each for each in words if each[0] not in codes]


def unmet(words):
    return [each for each in words if each[1] != "met"]


def of_decision(assessment):
    return in_words(reason.as_data() for reason in replay(assessment).reasons)


def on_page(page):
    """Code, verdict and sentence of each reason of a page, in its language; also of those that are folded away."""
    items = re.findall(
        r'<li class="is-(\w+)" data-code="(\w+)">.*?<span class="sentence">(.*?)</span>', page.content.decode(), re.S
    )
    return [(code, verdict, html.unescape(sentence)) for verdict, code, sentence in items]


def chinese(words):
    return [(code, verdict, zh) for code, verdict, zh, _en in words]


def english(words):
    return [(code, verdict, en) for code, verdict, _zh, en in words]


def told(person, purpose):
    """What ``person`` says of themselves, as the check without a login takes it."""
    return {
        "gender": person.gender,
        "birth_date": person.birth_date.isoformat(),
        "education": person.education,
        "graduation": person.graduation,
        "home_in_district": person.home_in_district,
        "answers": person.answers,
        "purpose": purpose,
    }


def checked(hostel, person, purpose, **changes):
    wish = {"hostel": hostel.slug, "arrival": f"{FRIDAY}", "departure": f"{SUNDAY}"}
    answer = caller().post(ELIGIBILITY, told(person, purpose) | wish | changes)
    assert answer.status_code == 200, answer.content
    return answer.json()


def check_pages(person, purpose):
    """The check in both languages."""
    said = {
        "education": person.education,
        "graduation": person.graduation,
        "home_in_district": "yes" if person.home_in_district else "no",
        "purpose": purpose,
    } | {f"{OWN}{key}": value for key, value in person.answers.items()}
    return Client().get("/check/", said), Client().get("/en/check/", said)


@pytest.mark.parametrize("case", YES)
def test_a_yes_is_said_in_the_same_words_by_the_check_the_booking_the_extension_and_the_desk(
    case,
    rules,
    people,
    hostel,
    manager,
    clock,  # noqa: F811
):
    which, about, purpose = YES[case]
    rules(which)
    guest, walking_in = people("林小满", "female", **about), people("陈一舟", "female", **about)
    expected = checked(hostel, guest, purpose)
    dateless = caller().post(ELIGIBILITY, told(guest, purpose) | {"birth_date": None, "gender": None}).json()

    made = caller(guest.user).post(
        "/api/v1/stays/", {"hostel": hostel.slug, "arrival": f"{FRIDAY}", "departure": f"{SUNDAY}", "purpose": purpose}
    )
    booked = Stay.objects.get(code=made.json()["code"])
    caller(guest.user).post(f"/api/v1/stays/{booked.code}/cancellation/", {})
    short = book(guest=guest, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose=purpose, now=NOW)
    caller(guest.user).put(f"/api/v1/stays/{short.code}/dates/", {"arrival": f"{FRIDAY}", "departure": f"{SUNDAY}"})
    longer = Assessment.objects.get(act=Assessment.Act.EXTEND)
    let_in = caller(manager).post(f"/api/v1/desk/{hostel.slug}/walk-ins/", at_the_desk(walking_in, purpose))
    assert let_in.status_code == 201, let_in.content
    zh, en = check_pages(guest, purpose)

    words = in_words(expected["reasons"])
    assert expected["outcome"] == "yes"
    assert of_decision(booked.assessment) == words
    assert without(WINDOW, of_decision(longer)) == without(WINDOW, words)
    assert of_decision(Assessment.objects.get(act=Assessment.Act.WALK_IN)) == words
    assert on_page(zh) == chinese(in_words(dateless["reasons"]))
    assert on_page(en) == english(in_words(dateless["reasons"]))


def at_the_desk(person, purpose):
    return {
        "act_id": f"walk-in-{person.pk}",
        "happened_at": NOW.isoformat(),
        "name": person.name,
        "document_kind": person.document_kind,
        "document_number": person.document,
        "departure": f"{SUNDAY}",
        "purpose": purpose,
        "compared": True,
    }


@pytest.mark.parametrize("case", NOES)
def test_a_no_is_said_in_the_same_words_at_every_door(
    case,
    rules,
    people,
    hostel,
    wuzhong,
    manager,
    officer,
    clock,  # noqa: F811
):
    which, about, purpose, against = NOES[case]
    rules(which)
    guest, walking_in = people("林小满", "female", **about), people("陈一舟", "female", **about)
    expected = in_words(checked(hostel, guest, purpose)["reasons"])
    assert [code for code, verdict, *_sentences in expected if verdict == "not_met"] == against

    # Booking, over REST and on the page.
    wish = {"hostel": hostel.slug, "arrival": f"{FRIDAY}", "departure": f"{SUNDAY}", "purpose": purpose}
    refused = caller(guest.user).post("/api/v1/stays/", wish)
    assert refused.status_code == 409, refused.content
    assert in_words(refused.json()["reasons"]) == expected
    browser = Client()
    browser.force_login(guest.user)
    for language, said in (("", chinese(expected)), ("/en", english(expected))):
        page = browser.post(f"{language}/book/{hostel.slug}/?in={FRIDAY}&out={SUNDAY}", {"purpose": purpose})
        assert page.status_code == 409
        assert on_page(page) == said

    # The check without a login, as far as it can know.
    for page, said in zip(check_pages(guest, purpose), (chinese(expected), english(expected)), strict=True):
        assert without(OPEN, on_page(page)) == without(OPEN, said)

    # Extending a stay that was right when it was booked, and walking in.
    allowed = next(iter(each for each in YES.values() if each[0] == which))
    stayer = people("周小满", "female", **allowed[1])
    stay = book(guest=stayer, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose=allowed[2], now=NOW)
    become(stayer, guest, stay, purpose)
    dates = {"arrival": f"{FRIDAY}", "departure": f"{SUNDAY}"}
    longer = caller(stayer.user).put(f"/api/v1/stays/{stay.code}/dates/", dates).json()
    assert without(WINDOW, in_words(longer["reasons"])) == without(WINDOW, expected)
    desk = caller(manager).post(f"/api/v1/desk/{hostel.slug}/walk-ins/", at_the_desk(walking_in, purpose))
    assert in_words(desk.json()["reasons"]) == expected

    # Who reviews reads what the person read: over REST and on the page.
    code = refused.json()["assessment"]
    asked = caller(guest.user).post(f"/api/v1/assessments/{code}/review/", {"note": "请看一下"})
    assert asked.status_code == 201, asked.content
    pane = caller(officer).get(f"/api/v1/reviews/{asked.json()['id']}/").json()
    assert in_words(pane["reasons"]) == expected
    office = Client()
    office.force_login(officer)
    office_page = html.unescape(office.get(f"/office/reviews/{asked.json()['id']}/").content.decode())
    assert all(zh in office_page for _code, _verdict, zh, _en in unmet(expected))

    # A preview of rules without those that refused shows the case in the same words, and so does `explain`.
    case_before = previewed(wuzhong, officer, code)
    assert unmet(in_words(case_before["reasons_before"])) == unmet(expected)
    for language, place in (("zh-hans", 2), ("en", 3)):
        printed = StringIO()
        call_command("explain", code, language=language, stdout=printed)
        assert all(each[place] in printed.getvalue() for each in expected)


def become(person, other, stay, purpose):
    """Let ``person`` have said what ``other`` said, and the stay be for ``purpose``."""
    profile = {name: getattr(other, name) for name in ("education", "graduation", "home_in_district", "answers")}
    change_profile(person, now=NOW, **profile)
    Person.objects.filter(pk=person.pk).update(birth_date=other.birth_date)
    Stay.objects.filter(pk=stay.pk).update(purpose=purpose)


def previewed(network, officer, code):
    """The case of the decision ``code`` in the preview of a draft without the rules that said no."""
    basis = Policy.objects.filter(network=network).in_force(FRIDAY).first()
    against = {
        verdict["rule_id"] for verdict in Assessment.objects.get(code=code).verdicts if verdict["verdict"] != "met"
    }
    rules = unsigned(basis.rules)
    rules["rules"] = [rule for rule in rules["rules"] if rule["id"] not in against]
    purpose = Assessment.objects.get(code=code).facts["wish"]["purpose"]
    rules["purposes"] = {purpose: {"zh": "来意", "en": "a reason"}} | rules["purposes"]
    rules["entitlements"][0]["purposes"] = [*{purpose: 0, **dict.fromkeys(rules["entitlements"][0]["purposes"])}]
    lenient = draft(network, based_on=basis, now=NOW, actor=officer)
    lenient = change(lenient, rules, now=NOW, actor=officer, wanted_from=FRIDAY + timedelta(days=7))
    found = preview(lenient, now=NOW, actor=officer)
    cases = [case for by_rule in found["newly_allowed"]["rules"] for case in by_rule["cases"]]
    return next(case for case in cases if case["assessment"] == code)
