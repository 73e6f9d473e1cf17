"""Every page in every state, in both languages: it answers what the list says, and is valid HTML."""

import pytest
from django.urls import get_resolver, resolve

from tests.html import check
from tests.web.every_page import LANGUAGES

pytestmark = [pytest.mark.look, pytest.mark.timeout(600)]

# Addresses of the young that are no page of theirs.
NO_PAGE = {
    *("stay_pass_png", "stay_evidence_picture", "decision_evidence_picture", "own_export"),  # files
    *("review_appeal", "letters_by_messenger", "text_size"),  # what a form sends; then one is on another page
    "account_login",  # another name of the same address
}
OF_STAFF = "mfa_"


@pytest.fixture(scope="module")
def answers(every):
    """What the house answers for each page in each language, and for each of the desk in that of who is on shift."""
    said = {(page, language): every.ask(page, language) for page in every.pages for language in LANGUAGES}
    return said | {(page, ""): every.ask(page) for page in every.desk}


def test_every_page_is_in_the_state_that_the_list_says(answers):
    other = {
        (page.name, language): answer.status
        for (page, language), answer in answers.items()
        if answer.status != page.status
    }
    assert other == {}


def test_no_two_pages_of_the_list_have_one_name(every):
    pages = (*every.pages, *every.desk)
    assert len({page.name for page in pages}) == len(pages)


def test_no_page_is_forgotten(every):
    names = {name for name in get_resolver("web.urls").reverse_dict if isinstance(name, str)}

    there = [page.path.partition("?")[0] for page in every.pages if page.status not in (404, 500)]
    listed = {resolve(path).url_name for path in there}

    assert {name for name in names - listed - NO_PAGE if not name.startswith(OF_STAFF)} == set()


@pytest.mark.java
def test_every_page_is_valid_html(answers, tmp_path):
    for (page, language), answer in answers.items():
        (tmp_path / f"{page.name}{language.replace('/', '-')}.html").write_bytes(answer.body)

    found = check(sorted(tmp_path.iterdir()))

    for advice in [each for each in found if not each.is_error]:
        print(advice)  # seen with `pytest -rP`: a page may have its reasons
    assert [str(each) for each in found if each.is_error] == []


@pytest.mark.java
def test_the_checker_sees_what_is_wrong(tmp_path):
    page = tmp_path / "wrong.html"
    page.write_text("<!doctype html><html lang=en><title>Wrong</title><ul><p>Not here</p></ul><img src=a.png></html>")

    said = [found.message for found in check([page]) if found.is_error]

    assert len(said) == 2
    assert "not allowed as child" in said[0]
    assert "alt" in said[1]
