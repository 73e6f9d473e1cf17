"""Where the proof comes before the bed: from the refused booking to the page that takes it, and back to booking."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from bookings.models import Stay
from bookings.reviewing import pass_review, refuse, send_back
from eligibility.models import Assessment, Evidence, Review
from tests.conftest import NOW
from tests.eligibility.pictures import photo
from tests.eligibility.reviewed import rules_with_people
from tests.web.conftest import hidden, text_of

BOOK = "/book/baodaiqiao/?in=2026-03-08&out=2026-03-10"


@pytest.fixture
def browser(wuzhong, hostel, lin, enter):
    """Lin's, under rules by which the proof comes first."""
    rules_with_people(wuzhong, NOW, order={"first": "qualify"})
    return enter(lin.user)


def wish(browser, language=""):
    return browser.post(f"{language}{BOOK}", {"purpose": "interview"})


@pytest.fixture
def at(browser) -> str:
    """The page to which the refused booking leads."""
    return re.search(r'href="(/decisions/\w{8}/evidence/)"', wish(browser).content.decode())[1]


def send(browser, at, content=None, **said):
    fields = {"kind": "interview_notice", "agreed": "1", "key": hidden(browser.get(at), "key")}
    return browser.post(at, fields | {"files": [SimpleUploadedFile("notice.jpg", content or photo())]} | said)


def answered(verb, officer, **how):
    return verb(Review.objects.open().get(), actor=officer, now=NOW, **how)


# --- from the booking -------------------------------------------------------------------------------------------------
def test_before_it_is_sent_the_booking_says_that_the_proof_comes_first(browser):
    words = text_of(browser.get(BOOK))

    assert "先交材料，通过后再订房" in words
    assert "去交材料" in words


def test_the_refused_booking_leads_to_the_page_of_its_decision(browser):
    page = wish(browser)
    html, address = page.content.decode(), f"/decisions/{Assessment.objects.get().code}/evidence/"

    assert page.status_code == 409
    assert re.search(rf'<a class="btn btn-primary" href="{address}" data-testid="y4-way-on">', html)
    assert "y4-form" not in html  # to send it again would be refused again
    assert "条件都符合，还差一份材料" in text_of(page)
    assert browser.get(address).status_code == 200
    assert 'class="btn btn-primary" href="/en/decisions/' in wish(browser, "/en").content.decode()


def test_the_page_says_what_will_do_who_looks_at_it_and_that_no_bed_is_kept(browser, at):
    words = text_of(browser.get(f"/en{at}"))

    assert "interview or exam notice" in words
    assert "No bed is kept until then" in words
    assert "Answered within 2 working days by the office" in words
    assert "Sun 8 Mar" in words
    assert "show it at the desk" not in words.lower()


def test_it_is_its_person_s_alone(browser, at, chen, officer, enter):
    assert Client().get(at).status_code == 302
    for other in (chen.user, officer):
        assert enter(other).get(at).status_code == 404
        assert enter(other).post(at, {"kind": "interview_notice", "code": "ABCD1234"}).status_code == 404
    assert not Evidence.objects.exists()


# --- the whole way ----------------------------------------------------------------------------------------------------
def test_handed_in_and_passed_the_same_wish_is_booked(browser, at, officer):
    answer = send(browser, at)
    assert (answer.status_code, answer["Location"]) == (302, at)
    assert "面试或考试通知" in text_of(browser.get(at))

    answered(pass_review, officer)

    assert 'data-code="PROVED"' in browser.get(at).content.decode()
    assert wish(browser).status_code == 302
    assert Stay.objects.get().status == "confirmed"


def test_the_same_form_sent_twice_is_one_proof(browser, at):
    key = hidden(browser.get(at), "key")

    for _time in range(2):
        assert send(browser, at, key=key).status_code == 302

    assert (Evidence.objects.count(), Review.objects.count()) == (1, 1)


def test_sent_back_the_question_leads_to_the_page_again(browser, at, officer):
    send(browser, at)
    review = answered(send_back, officer, because=["BLURRED"])

    page = browser.get(f"/reviews/{review.pk}/").content.decode()

    assert re.search(rf'href="{at}" data-testid="review-add"', page)
    assert send(browser, at, photo(colour="#0000FF")).status_code == 302
    assert Review.objects.open().count() == 1


def test_refused_the_page_says_so_and_takes_nothing(browser, at, officer):
    send(browser, at)
    review = answered(refuse, officer, because=["NOT_THE_PURPOSE"])

    page = browser.get(at).content.decode()
    assert 'data-code="ANSWERED"' in page
    assert f'href="/reviews/{review.pk}/"' in page
    assert "y7-send" not in page
    answer = browser.post(at, {"kind": "interview_notice", "code": "ABCD1234"})
    assert answer.status_code == 409
    assert Evidence.objects.count() == 1


def test_a_file_that_cannot_be_taken_is_answered_on_the_page(browser, at):
    page = send(browser, at, b"<html>")

    assert page.status_code == 422
    assert "这个文件不是照片" in text_of(page)
    assert not Evidence.objects.exists()


# --- found again ------------------------------------------------------------------------------------------------------
def test_who_left_finds_it_on_their_own_page_until_it_is_handed_in(browser, at):
    assert re.search(rf'y12-wanted.*?href="{at}"', browser.get("/me/").content.decode(), re.DOTALL)

    send(browser, at)

    page = browser.get("/me/").content.decode()
    assert "y12-wanted" not in page
    assert f'href="/reviews/{Review.objects.get().pk}/"' in page


def test_one_sees_one_s_own_picture_and_nobody_else_does(browser, at, chen, enter):
    send(browser, at)
    address = f"{at}{Evidence.objects.get().pk}/1/"
    assert f'href="{address}"' in browser.get(at).content.decode()

    assert Image.open(io.BytesIO(browser.get(address).content)).size == (600, 800)
    assert enter(chen.user).get(address).status_code == 404
    assert browser.get(f"{at}999/1/").status_code == 404


def test_who_only_asks_what_fits_reads_how_it_is_handed_in(browser):
    page = Client().get("/en/check/?purpose=interview&education=bachelor&graduation=2025&home_in_district=no")

    assert 'href="/en/help/#proof"' in page.content.decode()
    assert 'id="proof"' in browser.get("/en/help/").content.decode()
