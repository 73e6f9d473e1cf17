"""Booking together (the pages): friends are named by name and document, all or nobody gets a bed."""

import pytest

from bookings.changing import shorten
from bookings.models import Party, Stay, Waiting
from bookings.parties import Member, book_party
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY
from tests.web.conftest import hidden, text_of
from tests.web.forms import Form
from tests.web.test_youth_home import close

HERE = f"/en/book/baodaiqiao/together/?in={SATURDAY}&out={SUNDAY}"


@pytest.fixture
def as_lin(enter, lin):
    return enter(lin.user)


@pytest.fixture
def with_chen(chen):
    return {
        "friend1-name": chen.name,
        "friend1-document_kind": "resident",
        "friend1-document_number": chen.document,
        "purpose": "interview",
        "room": "any",
        "friends_know": "1",
    }


def sent(browser, said, **changes):
    form = Form(browser.get(HERE).content.decode(), "together").sent
    form.update({})
    for name, value in {**said, **changes}.items():
        form[name] = value
    return browser.post(HERE, form)


@pytest.fixture
def party(lin, chen, hostel):
    members = [Member(lin, "interview"), Member(chen, "interview")]
    return book_party(made_by=lin, members=members, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), now=NOW)


def test_two_friends_are_booked_with_four_fields(as_lin, with_chen):
    answer = sent(as_lin, with_chen)

    party = Party.objects.get()
    assert answer["Location"] == f"/en/parties/{party.code}/"
    page = text_of(as_lin.get(answer["Location"]))
    assert "Everyone has a bed" in page
    assert party.code in page
    assert all(stay.code in page for stay in party.stays.all())


def test_that_the_friends_know_is_asked_and_not_ticked_beforehand(as_lin, with_chen):
    assert "friends_know" not in Form(as_lin.get(HERE).content.decode(), "together").sent

    answer = sent(as_lin, {name: value for name, value in with_chen.items() if name != "friends_know"})

    assert answer.status_code == 422
    assert "Ask your friends first" in text_of(answer)
    assert not Stay.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"friend1-name": "陈一帆"}, "be booked along"),
        ({"friend1-document_number": "123"}, "does not fit"),
        ({"friend1-document_number": ""}, "Type the document number"),
        ({"friend1-name": "", "friend1-document_number": ""}, "Name at least one friend"),
    ],
)
def test_what_is_wrong_with_a_friend_stands_beside_the_field(as_lin, with_chen, wrong, words):
    answer = sent(as_lin, with_chen, **wrong)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Stay.objects.exists()


def test_nobody_is_booked_where_one_may_not_and_it_is_said_who(as_lin, with_chen, people):
    at_home = people("周梅", "female", home_in_district=True)
    changes = {"friend1-name": at_home.name, "friend1-document_number": at_home.document}

    answer = sent(as_lin, with_chen, **changes)

    assert answer.status_code == 409
    assert "周*" in text_of(answer)
    assert "nobody was booked" in text_of(answer)


def test_sent_twice_it_books_once(as_lin, with_chen):
    key = hidden(as_lin.get(HERE), "key")
    one, two = (as_lin.post(HERE, with_chen | {"key": key}) for _ in range(2))

    assert one["Location"] == two["Location"]
    assert Party.objects.count() == 1
    assert text_of(as_lin.get(one["Location"])).count("Everyone has a bed") == 1


def test_when_it_is_full_what_is_near_is_for_all_of_them(as_lin, with_chen, hostel):
    hostel.rooms.exclude(number="401").update(valid_until=FRIDAY)

    answer = sent(as_lin, with_chen)

    assert answer.status_code == 409
    assert "/together/" in answer.content.decode().split("together-others")[1]


def test_when_it_is_full_all_of_them_wait_together(as_lin, with_chen, hostel, lin, chen):
    assert "together-wait" not in as_lin.get(HERE).content.decode()
    close(hostel, SATURDAY, SUNDAY)
    full = sent(as_lin, with_chen, room="alone")
    assert "together-wait" in full.content.decode()
    assert "/waitlist/new/" not in full.content.decode()

    answer = sent(as_lin, with_chen, room="alone", wait="1")

    waiting = Waiting.objects.get()
    assert answer["Location"] == f"/en/waitlist/{waiting.code}/"
    assert (waiting.guest, {each.guest for each in waiting.guests.all()}, waiting.alone) == (lin, {lin, chen}, True)
    assert not Stay.objects.exists()
    assert "All of you are in line" in text_of(as_lin.get(answer["Location"]))


def test_where_there_are_beds_nobody_waits_for_them(as_lin, with_chen):
    answer = sent(as_lin, with_chen, wait="1")

    assert (answer.status_code, Waiting.objects.count(), Stay.objects.count()) == (409, 0, 0)


def test_who_is_nobody_yet_says_first_who_they_are(enter, django_user_model, hostel):
    browser = enter(django_user_model.objects.create_user("+8613900007777", phone_verified=True))

    page = browser.get(HERE)

    assert "First say who you are" in text_of(page)
    assert browser.post(HERE, {}).status_code == 200


def test_the_book_page_leads_there(as_lin):
    assert "/book/baodaiqiao/together/" in as_lin.get(f"/book/baodaiqiao/?in={SATURDAY}&out={SUNDAY}").content.decode()


def test_a_friend_sees_the_party_and_opens_their_own_stay_alone(party, enter, chen, lin):
    browser = enter(chen.user)
    mine = party.stays.get(guest=chen)

    page = browser.get(f"/en/parties/{party.code}/").content.decode()

    assert f"/stays/{mine.code}/" in page
    assert f"/stays/{party.stays.get(guest=lin).code}/" not in page
    assert "party-cancel" not in page
    assert browser.get(f"/parties/{party.code}/cancel/").status_code == 404
    assert f"/parties/{party.code}/" in browser.get(f"/stays/{mine.code}/").content.decode()


def test_whose_nights_have_become_others_stands_there_with_them(party, as_lin, chen):
    page = as_lin.get(f"/en/parties/{party.code}/")
    assert text_of(page).count("Fri 6 Mar → Sun 8 Mar") == 1
    shorten(party.stays.get(guest=chen), departure=SATURDAY, now=NOW)

    for page in (f"/en/parties/{party.code}/", f"/en/parties/{party.code}/cancel/"):
        said = text_of(as_lin.get(page))
        assert said.count("Fri 6 Mar → Sun 8 Mar, 2 nights") == 1
        assert said.count("Fri 6 Mar → Sat 7 Mar, 1 night") == 1


def test_a_stranger_sees_no_party(party, enter, people):
    assert enter(people("周梅", "female").user).get(f"/parties/{party.code}/").status_code == 404


def test_who_made_it_cancels_for_everyone(party, as_lin):
    address = f"/en/parties/{party.code}/cancel/"

    assert "2 beds go to others" in text_of(as_lin.get(address))
    assert as_lin.post(address)["Location"] == f"/en/parties/{party.code}/"
    assert {stay.status for stay in party.stays.all()} == {"cancelled"}
    assert as_lin.post(address).status_code == 409


def test_after_a_login_that_ended_the_friends_are_named_again_but_for_their_numbers(
    client, lin, chen, with_chen, clock
):
    answer = client.post(HERE, with_chen | {"room": "together"})
    client.force_login(lin.user)
    page = client.get(HERE)
    form = Form(page.content.decode(), "together").sent

    assert answer.status_code == 302
    assert chen.name not in answer["Location"]
    assert (form["friend1-name"], form["friend1-document_number"]) == (chen.name, "")
    assert (form["purpose"], form["room"]) == ("interview", "together")
    assert "friends_know" not in form
    assert chen.document not in page.content.decode() + str(dict(client.session))
    assert chen.name not in client.get(HERE).content.decode()
