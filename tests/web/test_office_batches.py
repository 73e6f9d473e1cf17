"""Batches in the office and on the page of their contact."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Deed, User
from bookings.allotting import allot
from bookings.models import Batch, Stay
from hostel.nights import Nights
from tests.conftest import NOW, SATURDAY, SUNDAY, TUESDAY, resident_number
from tests.web.conftest import text_of
from tests.web.forms import Form

BATCHES = "/office/batches/"
CONTACT = "+8613812345678"


@pytest.fixture
def as_officer(enter, officer):
    officer.language = "en"
    officer.save()
    return enter(officer)


@pytest.fixture
def wanted():
    return {
        "organisation": "安徽大学",
        "applicant": "school",
        "hostel": "baodaiqiao",
        "arrival": f"{SATURDAY}",
        "departure": f"{TUESDAY}",
        "beds": "4",
        "purpose": "job_fair",
        "release_on": f"{SATURDAY}",
        "contact": "13812345678",
    }


@pytest.fixture
def batch(hostel, officer):
    contact = User.objects.create_user(CONTACT, phone_verified=True, language="en")
    about = {"applicant": "school", "organisation": "安徽大学", "purpose": "job_fair", "release_on": SATURDAY}
    return allot(
        hostel=hostel, nights=Nights(SATURDAY, TUESDAY), beds=4, contact=contact, now=NOW, actor=officer, **about
    )


@pytest.fixture
def as_contact(batch, enter):
    return enter(batch.contact)


def number(sequence=300):
    return resident_number(date(2002, 2, 2), "male", sequence)


def table(*rows):
    lines = ["姓名,证件号码,学历,毕业时间,本区有住房", *(",".join(row) for row in rows)]
    return "\n".join(lines)


GOOD = ("何来", number(), "本科", "2025-06", "否")
AT_HOME = ("吴家", number(301), "本科", "2025年6月", "是")


def test_an_officer_keeps_beds_for_a_school(as_officer, wanted):
    sent = Form(as_officer.get(BATCHES).content.decode()).sent
    sent.update({})
    for name, value in wanted.items():
        sent[name] = value

    answer = as_officer.post(BATCHES, sent)

    batch = Batch.objects.get()
    assert answer["Location"].startswith(f"/office/batches/{batch.code}/")
    page = text_of(as_officer.get(answer["Location"]))
    assert "The beds are kept" in page
    assert f"/batches/{batch.code}/" in page
    assert "安徽大学" in text_of(as_officer.get(BATCHES))


def test_a_form_that_is_sent_twice_keeps_the_beds_once(as_officer, wanted):
    sent = Form(as_officer.get(BATCHES).content.decode()).sent
    sent.update(wanted)

    first, again = [as_officer.post(BATCHES, sent)["Location"] for _ in range(2)]

    assert first == again
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("slug", ["linhu", "yuexi"])
def test_beds_are_kept_in_any_house_of_the_list(as_officer, wanted, slug):
    as_officer.post(BATCHES, wanted | {"hostel": slug})

    assert Batch.objects.get().hostel.slug == slug


def test_who_goes_back_and_writes_another_school_keeps_beds_for_that_one_too(as_officer, wanted):
    wanted = wanted | {"key": "the-key-of-the-form"}
    first = as_officer.post(BATCHES, wanted)["Location"]
    other = as_officer.post(BATCHES, wanted | {"organisation": "合肥工业大学"})["Location"]

    assert first != other
    assert [each.organisation for each in Batch.objects.order_by("pk")] == ["安徽大学", "合肥工业大学"]


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"arrival": "9999-12-30", "departure": "9999-12-31"}, 422, "Choose the first day"),
        ({"beds": "100"}, 409, "are asked for"),
        ({"release_on": f"{SUNDAY}"}, 409, "at the latest on the day of arrival"),
        ({"departure": f"{SATURDAY}"}, 422, "after the first one"),
        ({"contact": "12"}, 422, "no phone number"),
        ({"organisation": ""}, 422, "Say which school"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_kept(as_officer, wanted, changes, status, words):
    answer = as_officer.post(BATCHES, wanted | changes)

    assert answer.status_code == status
    assert words in text_of(answer)
    assert not Batch.objects.exists()


def test_the_list_says_the_last_day_on_which_names_are_taken(as_officer, batch):
    html = as_officer.get(BATCHES).content.decode()

    assert re.search(r'data-label="Names until">([^<]+)<', html)[1] == "Fri 6 Mar"


def test_an_auditor_reads_which_right_is_missing(enter, auditor):
    assert enter(auditor).get(BATCHES).status_code == 403


def test_a_list_is_checked_first_and_then_sent(as_officer, batch):
    address = f"{BATCHES}{batch.code}/names/"
    said = {"list": "1", "text": table(GOOD, AT_HOME)}

    checked = as_officer.post(address, said | {"check": "1"})
    assert "1 of 2 would get a bed" in text_of(checked)
    assert not Stay.objects.exists()

    done = text_of(as_officer.post(address, said))
    assert Stay.objects.get().code in done
    assert "row 3 吴*" in done


def test_a_file_is_read_as_it_comes_from_a_spreadsheet(as_contact, batch):
    file = SimpleUploadedFile("names.csv", table(GOOD).encode("gb18030"))

    as_contact.post(f"/batches/{batch.code}/", {"list": "1", "file": file})

    assert Stay.objects.get().guest.name == "何来"


def test_a_list_that_cannot_be_read_is_said(as_contact, batch):
    answer = as_contact.post(f"/en/batches/{batch.code}/", {"list": "1", "text": "姓名,学历\n何来,本科"})

    assert answer.status_code == 422
    assert "are needed" in text_of(answer)
    assert not Stay.objects.exists()


def test_the_contact_names_one_guest_and_sees_the_bed(as_contact, batch):
    said = {"name": "何来", "document_kind": "resident", "document_number": number(), "education": "bachelor"}

    wrong = as_contact.post(f"/en/batches/{batch.code}/", said | {"graduation": "soon"})
    page = as_contact.post(f"/en/batches/{batch.code}/", said | {"graduation": "2025-06", "home": "no"})

    assert wrong.status_code == 422
    assert Stay.objects.get().code in text_of(page)
    assert "1 of 4 named" in text_of(page)
    assert Deed.objects.filter(what="see_batch", actor=batch.contact).count() == 2


def test_the_contact_finds_the_batch_on_their_own_page(as_contact, batch):
    assert f"/batches/{batch.code}/" in as_contact.get("/me/").content.decode()


def test_who_may_not_is_said_beside_the_form(as_contact, batch):
    said = {"name": "何来", "document_kind": "resident", "document_number": number(), "education": "bachelor"}

    answer = as_contact.post(f"/en/batches/{batch.code}/", said | {"graduation": "2025-06", "home": "yes"})

    assert answer.status_code == 409
    assert "No bed was given" in text_of(answer)


def test_nobody_else_comes_to_the_contact_s_page(batch, enter, lin, officer):
    for user in (lin.user, officer):
        assert enter(user).get(f"/batches/{batch.code}/").status_code == 404


def test_it_is_given_back_early_and_cancelled(as_officer, as_contact, batch):
    here = f"{BATCHES}{batch.code}/"

    assert "done=released" in as_officer.post(f"{here}release/")["Location"]
    assert as_officer.post(f"{here}release/").status_code == 409
    assert "The time for names is over" in text_of(as_contact.get(f"/en/batches/{batch.code}/"))
    assert as_contact.post(f"/batches/{batch.code}/", {"list": "1", "text": table(GOOD)}).status_code == 409
    assert "done=cancelled" in as_officer.post(f"{here}cancellation/", {"end_stays": "1"})["Location"]
    assert Batch.objects.get().cancelled_at


@pytest.mark.parametrize("act", ["names", "release", "cancellation"])
def test_who_comes_back_to_an_act_finds_the_batch(as_officer, batch, act):
    assert as_officer.get(f"{BATCHES}{batch.code}/{act}/")["Location"] == f"{BATCHES}{batch.code}/"
    assert as_officer.get(f"{BATCHES}NOSUCH/{act}/").status_code == 404
    assert not Batch.objects.exclude(cancelled_at=None).exists()
