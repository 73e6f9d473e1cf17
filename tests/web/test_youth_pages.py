"""What every page has: language, settings, help, pictures, and errors that say what to do."""

import re

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from hostel.models import Photo
from web import errors

PAGES = ("/", "/check/", "/events/", "/services/", "/apartments/", "/help/", "/privacy/", "/settings/", "/login/")


@pytest.fixture
def visitor(wuzhong, clock) -> Client:
    return Client()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_heading_a_skip_link_and_the_four_sections(visitor, path):
    for language, address in (("zh-Hans", path), ("en", f"/en{path}")):
        html = visitor.get(address).content.decode()
        assert f'<html lang="{language}"' in html
        assert len(re.findall(r"<h1[ >]", html)) == 1
        assert 'href="#main"' in html
        assert html.count('aria-label="栏目"' if language == "zh-Hans" else 'aria-label="Sections"') == 2
        assert "/privacy/" in html
        assert not re.search(r' style="|<script(?![^>]* src=)| on\w+="', html)


def test_text_size_and_colours_are_kept_in_the_browser_and_taken_back(visitor):
    visitor.post("/settings/", {"size": "large", "theme": "dark", "back": "/check/"})
    html = visitor.get("/").content.decode()
    visitor.post("/settings/", {"size": "", "theme": ""})
    plain = visitor.get("/").content.decode()

    assert 'data-theme="dark" data-size="large"' in html
    assert "data-theme" not in plain
    assert "data-size" not in plain


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_settings_lead_nowhere_else(visitor, back):
    assert visitor.post("/settings/", {"back": back}).url == "/settings/"


def test_a_setting_nobody_knows_is_not_kept(visitor):
    visitor.post("/settings/", {"size": '"><script>', "theme": "pink"})

    assert not visitor.cookies["size"].value
    assert "pink" not in visitor.get("/").content.decode()


def test_the_letters_are_chosen_at_the_foot_of_a_page_that_puts_nothing_on_anybody(visitor):
    strict = Client(enforce_csrf_checks=True)
    there = strict.post("/settings/size/", {"size": "largest", "theme": "dark", "back": "/help/?q=1"})

    assert there.url == "/help/?q=1"
    assert strict.cookies["size"].value == "largest"
    assert "theme" not in strict.cookies  # nothing else can be chosen without a page of ours
    assert strict.post("/settings/size/", {"size": "", "back": "https://elsewhere.example/"}).url == "/settings/"
    assert strict.get("/settings/size/").status_code == 405


def test_the_language_of_messages_is_the_persons(enter, lin):
    enter(lin.user).post("/settings/", {"language": "en"})
    lin.user.refresh_from_db()

    assert lin.user.language == "en"


def test_an_address_that_is_not_there_offers_ways_on(visitor):
    chinese, english = visitor.get("/nothing/"), visitor.get("/en/nothing/")

    assert chinese.status_code == english.status_code == 404
    assert "没有这一页" in chinese.content.decode()
    assert "There is no such page" in english.content.decode()
    assert 'href="/en/help/"' in english.content.decode()


def test_our_own_mistake_apologises_with_a_code_that_the_log_knows(caplog, db):
    answer = errors.server_error(RequestFactory().get("/"))
    code = re.search(r'data-testid="error-code">([0-9A-F]{8})<', answer.content.decode())[1]

    assert answer.status_code == 500
    assert code in caplog.text
    assert "Traceback" not in answer.content.decode()


def test_a_form_without_its_token_is_asked_for_again(wuzhong, clock):
    answer = Client(enforce_csrf_checks=True).post("/settings/", {"size": "large"})

    assert answer.status_code == 403
    assert "请再提交一次" in answer.content.decode()


def test_the_pictures_of_houses_are_public_and_kept_for_ever(visitor):
    photo = Photo.objects.first()
    answer = visitor.get(photo.src)
    webp = visitor.get(f"/media/{photo.file_name(360, 'webp')}")

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    assert webp.headers["Content-Type"] == "image/webp"


@pytest.mark.parametrize(
    "name",
    ["hostel.sqlite3", "../hostel.sqlite3", "hostels/../../secret_key", "hostels/x/abc.jpg", "hostels/x/abc-1.png"],
)
def test_no_other_file_comes_out(visitor, name):
    assert visitor.get(f"/media/{name}").status_code == 404


def test_addresses_have_the_language_in_front():
    assert reverse("home") == "/"
    assert reverse("stay", args=["ABC234"]) == "/stays/ABC234/"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", 'Hello, <span lang="zh-Hans">陈一舟</span> &amp; <span lang="zh-Hans">示例路20号</span>'),
        ("zh-hans", "Hello, 陈一舟 &amp; 示例路20号"),
    ],
)
def test_chinese_in_an_english_page_says_that_it_is_chinese(language, said):
    with translation.override(language):
        assert (
            Template("{% load house %}{{ text|chinese }}").render(Context({"text": "Hello, 陈一舟 & 示例路20号"}))
            == said
        )
