"""Proofs over REST: as a form with pictures or as a code, once for each key; pictures only for those concerned."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Consent, Deed, Role
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import Stay
from eligibility.evidence import purge_due
from eligibility.models import Evidence, EvidencePage, Review
from hostel.nights import Nights
from tests.api.conftest import TODAY, TOMORROW, problem
from tests.api.counting import statements
from tests.eligibility.pictures import letter, photo
from tests.eligibility.reviewed import rules_with_people

CODE = {"kind": "interview_notice", "code": "ABCD1234"}


@pytest.fixture
def address(stay):
    return f"/api/v1/stays/{stay.code}/evidence/"


def form(*contents, name="notice.jpg", **said):
    files = [SimpleUploadedFile(name, content) for content in contents or (photo(),)]
    return {"kind": "interview_notice", "agreed": "true", "files": files} | said


def send(client, address, *contents, headers=None, **said):
    return client.post(address, form(*contents, **said), format="multipart", headers=headers)


# --- handing in -------------------------------------------------------------------------------------------------------
def test_pictures_come_as_a_form(as_lin, address, stay, lin):
    answer = send(as_lin, address, photo(), photo(colour="#0000FF"))

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["kind"], body["way"], body["state"]) == ("interview_notice", "file", "sent")
    assert body["pages"] == [f"/api/v1/evidence/{body['id']}/pages/{number}/" for number in (1, 2)]
    assert body["purge_on"] == f"{TODAY + timedelta(days=30)}"
    assert Consent.objects.filter(user=lin.user, purpose="evidence").exists()
    assert Review.objects.get().assessment.about == stay.code


def test_a_code_comes_as_json_and_is_not_said_back(as_lin, address):
    answer = as_lin.post(address, CODE | {"first": f"{TOMORROW}", "last": f"{TOMORROW}"})

    assert answer.status_code == 201
    body = answer.json()
    assert (body["way"], body["first"], body["pages"]) == ("code", f"{TOMORROW}", [])
    assert "ABCD1234" not in answer.content.decode()
    assert "ABCD1234" not in as_lin.get(address).content.decode()


def test_a_code_may_come_as_a_form_too(as_lin, address):
    assert as_lin.post(address, CODE, format="multipart").status_code == 201


def test_the_list_says_what_will_do_and_what_was_shown(as_lin, as_manager, as_officer, address):
    send(as_lin, address)
    for client in (as_lin, as_manager, as_officer):
        body = client.get(address).json()

        assert [proof["key"] for proof in body["accepted"]] == ["interview_notice", "employer"]
        assert body["accepted"][0]["label_en"] == "interview or exam notice"
        assert body["accepted"][0]["at_desk"] is True
        assert [shown["kind"] for shown in body["shown"]] == ["interview_notice"]


def test_the_list_costs_the_same_for_one_proof_as_for_three(as_lin, address):
    send(as_lin, address)
    one = statements(lambda: as_lin.get(address))
    send(as_lin, address, letter(2))
    as_lin.post(address, CODE)

    assert statements(lambda: as_lin.get(address)) == one
    assert len(as_lin.get(address).json()["shown"]) == 3


# --- once -------------------------------------------------------------------------------------------------------------
def test_the_same_key_and_pictures_happen_once(as_lin, address):
    key = {"Idempotency-Key": "proof-1"}

    first = send(as_lin, address, headers=key)
    again = send(as_lin, address, headers=key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert Evidence.objects.count() == 1
    assert EvidencePage.objects.count() == 1


def test_the_same_key_for_another_picture_of_the_same_name_is_422(as_lin, address):
    key = {"Idempotency-Key": "proof-1"}
    send(as_lin, address, headers=key)

    answer = send(as_lin, address, photo(colour="#0000FF"), headers=key)

    problem(answer, 422, "IDEMPOTENCY_KEY_REUSED")
    assert Evidence.objects.count() == 1


# --- refused ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><script>alert(1)</script>", "FILE_TYPE"),
        (photo()[:-200], "FILE_BROKEN"),
        (letter(9), "FILE_PAGES"),
        (b"", "FILE_MISSING"),
        (photo() + bytes(8 * 1024 * 1024), "FILE_SIZE"),
    ],
    ids=["html", "damaged", "nine pages", "empty", "too heavy"],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_next_step(as_lin, address, content, code, stay):
    body = problem(send(as_lin, address, content), 409, code)

    fix = body["reasons"][0]["fix"]
    assert fix["kind"] == "evidence"
    assert fix["href"] == f"/stays/{stay.code}/evidence/"
    assert not Evidence.objects.exists()
    assert Stay.objects.get(pk=stay.pk).status == "confirmed"


def test_a_request_of_more_than_may_come_together_is_refused_though_no_file_was_read(as_lin, address):
    heavy = photo() + bytes(7 * 1024 * 1024 + 512 * 1024)

    body = problem(send(as_lin, address, heavy, heavy, heavy), 409, "FILE_SIZE")

    assert "20 MB" in body["detail"]


def test_pictures_need_their_own_consent(as_lin, address, lin):
    body = problem(send(as_lin, address, agreed="false"), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == ["agreed"]
    assert not EvidencePage.objects.exists()
    assert not Consent.objects.filter(user=lin.user, purpose="evidence").exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "contract", "code": "ABCD1234"}, "kind"),
        ({"code": "ABCD1234"}, "kind"),
        ({"kind": "interview_notice", "code": "a"}, "code"),
        ({"kind": "interview_notice", "code": "ABCD1234", "first": "soon"}, "first"),
        (CODE | {"first": f"{TOMORROW}", "last": f"{TODAY}"}, "last"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(as_lin, address, body, field):
    answer = problem(as_lin.post(address, body), 422, "FIELDS")

    assert [error["field"] for error in answer["errors"]] == [field]


def test_neither_pictures_nor_a_code_is_no_proof(as_lin, address):
    problem(as_lin.post(address, {"kind": "interview_notice"}), 409, "PROOF")
    problem(as_lin.post(address, {"kind": "interview_notice"}, format="multipart"), 409, "FILE_MISSING")


def test_files_named_in_json_are_none(as_lin, address):
    problem(as_lin.post(address, {"kind": "interview_notice", "files": ["/etc/passwd"]}), 409, "PROOF")


def test_a_stay_that_is_over_takes_none(as_lin, address, stay):
    cancel(stay, now=timezone.now())

    problem(send(as_lin, address), 409, "STATE")


def test_another_s_stay_has_no_proofs(as_chen, as_foreign_manager, as_auditor, anybody, address):
    for client in (as_chen, as_foreign_manager, as_auditor):
        problem(client.get(address), 404, "NOT_FOUND")
        problem(client.post(address, CODE), 404, "NOT_FOUND")
    problem(anybody.get(address), 401, "NOT_AUTHENTICATED")


def test_who_works_in_the_house_hands_in_nothing_for_the_guest(as_manager, as_officer, address):
    for client in (as_manager, as_officer):
        problem(client.post(address, CODE), 403, "NO_RIGHT")


# --- pictures ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def picture(as_lin, address):
    return send(as_lin, address).json()["pages"][0]


def test_a_picture_is_shown_to_those_concerned_and_each_look_is_on_record(
    as_lin, as_manager, as_officer, picture, lin, stay
):
    for client, why in ((as_lin, "own"), (as_manager, "desk"), (as_officer, "review")):
        answer = client.get(picture)

        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"] == "inline"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(answer.content)).size == (600, 800)
        deed = Deed.objects.filter(what="see_evidence").latest("pk")
        assert (deed.reason, deed.person, deed.about) == (why, lin, stay.assessment.code)


def test_to_everybody_else_there_is_no_picture(as_chen, as_foreign_manager, as_auditor, as_stranger, anybody, picture):
    for client in (as_chen, as_foreign_manager, as_auditor, as_stranger):
        problem(client.get(picture), 404, "NOT_FOUND")
    problem(anybody.get(picture), 401, "NOT_AUTHENTICATED")
    assert not Deed.objects.filter(what="see_evidence").exists()


def test_a_role_that_ended_shows_nothing(as_manager, as_officer, picture):
    Role.objects.update(valid_until=TODAY)

    for client in (as_manager, as_officer):
        problem(client.get(picture), 404, "NOT_FOUND")


def test_the_house_sees_nothing_of_a_stay_that_is_weeks_away(as_lin, as_manager, as_officer, lin, hostel):
    nights = Nights(TODAY + timedelta(days=14), TODAY + timedelta(days=15))
    stay = book(guest=lin, hostel=hostel, nights=nights, purpose="interview", now=timezone.now())
    picture = send(as_lin, f"/api/v1/stays/{stay.code}/evidence/").json()["pages"][0]

    problem(as_manager.get(picture), 404, "NOT_FOUND")
    assert as_officer.get(picture).status_code == 200


def test_a_picture_whose_time_is_over_is_answered_by_a_sentence(as_lin, as_officer, picture, address):
    purge_due(timezone.now() + timedelta(days=40))

    body = problem(as_officer.get(picture), 409, "PURGED")

    assert "as promised" in body["detail"]
    assert as_lin.get(address).json()["shown"][0]["pages"] == []


def test_a_picture_that_never_was_is_not_there(as_officer, picture):
    for nowhere in (picture.replace("/pages/1/", "/pages/2/"), "/api/v1/evidence/999999/pages/1/"):
        problem(as_officer.get(nowhere), 404, "NOT_FOUND")


# --- at the desk ------------------------------------------------------------------------------------------------------
def test_the_desk_says_which_original_it_saw(as_manager, stay):
    body = {"act_id": "a-1", "happened_at": timezone.now().isoformat(), "compared": True}

    wrong = as_manager.post(f"/api/v1/desk/stays/{stay.code}/check-in/", body | {"evidence_seen": "xyz"})
    assert [error["field"] for error in problem(wrong, 422, "FIELDS")["errors"]] == ["kind"]
    answer = as_manager.post(
        f"/api/v1/desk/stays/{stay.code}/check-in/", body | {"evidence_seen": "interview_notice", "act_id": "a-2"}
    )

    assert answer.json()["status"] == "in_house"
    assert Evidence.objects.get().way == "desk"


# --- before there is a bed --------------------------------------------------------------------------------------------
@pytest.fixture
def wanted(as_lin, wuzhong, wish):
    """Where the proof is handed in for want of which Lin's wish was refused."""
    rules_with_people(wuzhong, timezone.now() - timedelta(minutes=1), order={"first": "qualify"})
    no = problem(as_lin.post("/api/v1/stays/", wish), 409, "EVIDENCE")
    assert no["reasons"][0]["fix"]["href"] == f"/decisions/{no['assessment']}/evidence/"
    return f"/api/v1/assessments/{no['assessment']}/evidence/"


def test_a_refused_wish_says_what_it_lacks_takes_it_and_is_granted_once_that_is_accepted(
    as_lin, as_officer, wanted, wish
):
    body = as_lin.get(wanted).json()
    assert ([proof["key"] for proof in body["accepted"]], body["shown"]) == (["interview_notice", "employer"], [])

    sent = send(as_lin, wanted, headers={"Idempotency-Key": "proof-1"})
    again = send(as_lin, wanted, headers={"Idempotency-Key": "proof-1"})
    assert (sent.status_code, again.json(), Evidence.objects.count()) == (201, sent.json(), 1)
    assert as_officer.get(sent.json()["pages"][0]).status_code == 200
    as_officer.post(f"/api/v1/reviews/{Review.objects.get().pk}/decision/", {"decision": "passed"})

    assert [shown["state"] for shown in as_lin.get(wanted).json()["shown"]] == ["accepted"]
    assert as_lin.post("/api/v1/stays/", wish).json()["status"] == "confirmed"
    problem(as_lin.post(wanted, CODE), 409, "PROVED")


def test_a_decision_is_for_its_person_alone(as_chen, as_officer, as_manager, anybody, wanted):
    for client in (as_chen, as_officer, as_manager):
        problem(client.get(wanted), 404, "NOT_FOUND")
        problem(client.post(wanted, CODE), 404, "NOT_FOUND")
    problem(anybody.post(wanted, CODE), 401, "NOT_AUTHENTICATED")
    assert not Evidence.objects.exists()


def test_of_a_decision_that_led_to_a_stay_it_is_handed_in_there(as_lin, stay):
    no = problem(as_lin.post(f"/api/v1/assessments/{stay.assessment.code}/evidence/", CODE), 409, "HAS_STAY")

    assert no["reasons"][0]["fix"]["href"] == f"/stays/{stay.code}/evidence/"
