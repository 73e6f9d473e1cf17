"""A missed stay on its guest's page and in the office."""

import re
from datetime import timedelta

import pytest

from accounts.models import Deed
from bookings.cancelling import cancel
from bookings.models import NoShow
from bookings.night_audit import close_no_shows
from tests.api.counting import statements
from tests.conftest import FRIDAY, moment
from tests.web.conftest import text_of

MISSED_AT = moment(FRIDAY, 23)


@pytest.fixture
def missed(friday_stay, lin, hostel, clock):
    stay = friday_stay(lin, hostel)
    close_no_shows(MISSED_AT)
    clock.now = MISSED_AT + timedelta(hours=9)
    return stay


def test_the_guest_writes_and_reads_what_became_of_it(missed, lin, officer, enter):
    guest, office = enter(lin.user), enter(officer)
    page, appeal = f"/stays/{missed.code}/", f"/stays/{missed.code}/appeal/"
    assert "为什么没能来" in text_of(guest.get(page))

    said = guest.post(appeal, {"text": "高铁晚点五小时"}, follow=True)
    assert "高铁晚点五小时" in text_of(said)
    assert 'data-testid="y6-appeal"' not in said.content.decode()

    queue = text_of(office.get("/office/no-shows/"))
    assert missed.code in queue
    assert "高铁晚点五小时" not in queue
    assert "高铁晚点五小时" in text_of(office.get(f"/office/no-shows/{missed.code}/"))
    assert Deed.objects.filter(what="see_no_show", person=lin, actor=officer).count() == 1
    answer = {"lift": "yes", "because": "高铁晚点，有凭证"}
    done = office.post(f"/office/no-shows/{missed.code}/", answer, follow=True)
    assert 'data-testid="no-show-done"' in done.content.decode()

    assert "高铁晚点，有凭证" in text_of(guest.get(page))
    assert missed.code not in text_of(office.get("/office/no-shows/"))
    assert missed.code in text_of(office.get("/office/no-shows/?all=1"))


def test_the_office_reads_what_was_said_when_it_was_given_up_too_late(friday_stay, lin, hostel, officer, enter, clock):
    stay = friday_stay(lin, hostel)
    clock.now = MISSED_AT + timedelta(minutes=5)
    cancel(stay, now=clock.now, actor=lin.user, late=True, reason="没赶上车")
    clock.now = MISSED_AT + timedelta(hours=9)

    assert "没赶上车" not in text_of(enter(officer).get("/office/no-shows/?all=1"))
    assert "没赶上车" in text_of(enter(officer).get(f"/office/no-shows/{stay.code}/"))


def test_in_english_too(missed, lin, enter):
    page = enter(lin.user).get(f"/en/stays/{missed.code}/")

    assert "Why could you not come?" in text_of(page)


def test_an_empty_word_is_asked_for_again_and_a_second_one_refused(missed, lin, enter):
    guest, appeal = enter(lin.user), f"/stays/{missed.code}/appeal/"

    assert guest.post(appeal, {"text": "  "}).status_code == 422
    assert guest.post(appeal, {"text": "病了"}).status_code == 302
    again = guest.post(appeal, {"text": "还有"})

    assert again.status_code == 409
    assert NoShow.objects.get().appeal == "病了"


@pytest.mark.parametrize("answer", [{}, {"lift": "yes"}, {"because": "有凭证"}, {"lift": "maybe", "because": "有凭证"}])
def test_half_an_answer_is_asked_for_again_and_kept(answer, missed, officer, enter):
    page = enter(officer).post(f"/office/no-shows/{missed.code}/", answer)

    assert page.status_code == 422
    assert NoShow.objects.get().answered_at is None
    assert answer.get("because", "") in page.content.decode()


def test_that_it_stays_needs_the_guest_s_word(missed, officer, enter):
    page = enter(officer).post(f"/office/no-shows/{missed.code}/", {"lift": "no", "because": "没有凭证"})

    assert page.status_code == 409
    assert 'data-code="NO_APPEAL"' in page.content.decode()


def test_others_have_none(missed, chen, auditor, enter):
    assert enter(chen.user).post(f"/stays/{missed.code}/appeal/", {"text": "病了"}).status_code == 404
    assert enter(auditor).get("/office/no-shows/").status_code == 403


def test_the_list_costs_as_much_for_many_as_for_one(missed, friday_stay, people, hostel, officer, enter, clock):
    office = enter(officer)
    of_one = statements(lambda: office.get("/office/no-shows/?all=1"))
    clock.now = moment(FRIDAY, 9)
    for _ in range(3):
        friday_stay(people(), hostel)
    close_no_shows(MISSED_AT)

    of_many = statements(lambda: office.get("/office/no-shows/?all=1"))

    assert of_many == of_one


def test_who_comes_back_from_logging_in_finds_the_form(missed, lin, chen, enter):
    appeal = f"/stays/{missed.code}/appeal/"

    assert enter(lin.user).get(appeal)["Location"] == f"/stays/{missed.code}/"
    assert enter(chen.user).get(appeal).status_code == 404


def test_an_officer_sees_what_they_chose(missed, lin, officer, enter):
    enter(lin.user).post(f"/stays/{missed.code}/appeal/", {"text": "病了"})

    html = enter(officer).get(f"/office/no-shows/{missed.code}/").content.decode()

    # What is drawn of a chip, and filled where it is chosen, is the span behind its input.
    assert re.findall(r'<label class="chip"><input [^>]*value="(\w+)"[^>]*>(<span>)?', html) == [
        ("yes", "<span>"),
        ("no", "<span>"),
    ]
