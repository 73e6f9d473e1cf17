"""The day of arrival: the reminder in the morning, and the question in the evening whether one still comes."""

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from accounts import letters
from accounts.models import Letter
from bookings.arriving import say_coming
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.changing import shift
from bookings.desk import check_in
from bookings.models import Stay
from bookings.reminding import remind
from hostel.nights import Nights
from tests.conftest import MONDAY, NOW, SATURDAY, SUNDAY, moment

MORNING, EVENING = moment(SATURDAY, 10), moment(SATURDAY, 20)


@pytest.fixture
def sent(settings, tmp_path):
    """What has gone out, as texts."""
    settings.SMS_FILE = str(tmp_path / "sms.txt")

    def read():
        path = Path(settings.SMS_FILE)
        return [json.loads(line)["text"] for line in path.read_text().splitlines()] if path.exists() else []

    return read


@pytest.fixture
def stay(lin, hostel):
    """Booked on Friday morning for Saturday night."""
    return book(guest=lin, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="interview", now=NOW)


def of(kind):
    return list(Letter.objects.filter(kind=kind).order_by("pk"))


def test_the_reminder_has_the_code_the_address_and_the_way_to_the_pass(stay, hostel):
    assert remind(moment(SATURDAY, 9, 59)) == 0
    assert remind(MORNING) == 1

    [letter] = of("reminder")
    assert (letter.person, letter.written_at) == (stay.guest, MORNING)
    said = letters.say(letter, "zh-hans")
    assert stay.code in said
    assert hostel.address in said
    assert said.endswith(f" https://hostel.example.org/stays/{stay.code}/pass/")
    assert letters.say(letter, "en").endswith(f" https://hostel.example.org/en/stays/{stay.code}/pass/")


def test_the_question_leads_to_the_page_with_the_three_answers(stay):
    remind(MORNING)

    assert remind(moment(SATURDAY, 19, 59)) == 0
    assert remind(EVENING) == 1
    [letter] = of("still_coming")
    assert letters.say(letter, "en").endswith(f"/en/stays/{stay.code}/coming/")
    assert "7 Mar 23:00" in letters.say(letter, "en")


def test_each_is_written_once_however_often_the_task_runs(stay, sent):
    for now in (MORNING, MORNING, moment(SATURDAY, 15), EVENING, EVENING, moment(SATURDAY, 22, 30)):
        remind(now)
        letters.post_due(now)

    assert (len(of("reminder")), len(of("still_coming"))) == (1, 1)
    assert len(sent()) == 3  # with the one that said: booked


@pytest.mark.django_db(transaction=True)
def test_each_is_written_once_though_the_task_runs_in_parallel(stay, sent):
    start = threading.Barrier(3)

    def run():
        start.wait()
        try:
            remind(MORNING)
            letters.post_due(MORNING)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(of("reminder")) == 1
    assert len([text for text in sent() if f"/stays/{stay.code}/pass/" in text]) == 1


def test_who_has_cancelled_hears_nothing(stay):
    cancel(stay, now=NOW)

    assert remind(MORNING) + remind(EVENING) == 0


def test_who_is_in_house_is_not_asked(stay):
    check_in(stay, now=moment(SATURDAY, 15), compared=True)

    assert remind(EVENING) == 0


@pytest.mark.parametrize("said", ["coming_at", "late_at"])
def test_who_has_answered_is_not_asked(stay, said):
    Stay.objects.filter(pk=stay.pk).update(**{said: moment(SATURDAY, 18)})

    assert remind(EVENING) == 0


def test_who_booked_for_tonight_has_just_been_told(lin, chen, hostel):
    for guest, now in ((lin, moment(SATURDAY, 11)), (chen, moment(SATURDAY, 19, 30))):
        book(guest=guest, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="interview", now=now)

    assert remind(moment(SATURDAY, 12)) == 0
    remind(EVENING)
    remind(moment(SATURDAY, 21))

    assert [letter.person for letter in of("still_coming")] == [lin]


def test_who_moves_to_other_days_is_reminded_on_the_new_one(stay):
    remind(MORNING)
    shift(stay, nights=Nights(SUNDAY, MONDAY), now=moment(SATURDAY, 11))

    assert remind(EVENING) == 0
    assert remind(moment(SUNDAY, 10)) == 1
    assert remind(moment(SUNDAY, 20)) == 1
    assert [letter.about for letter in of("reminder")] == [f"{stay.code}-0307", f"{stay.code}-0308"]


def test_what_was_written_before_the_stay_became_another_is_not_sent(stay, chen, hostel, sent):
    other = book(guest=chen, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="interview", now=NOW)
    letters.post_due(NOW)
    remind(MORNING)
    cancel(stay, now=MORNING)
    shift(other, nights=Nights(SUNDAY, MONDAY), now=MORNING)

    letters.post_due(MORNING + timedelta(minutes=10))

    assert not any("/pass/" in text for text in sent())
    assert {letter.trouble for letter in of("reminder")} == {letters.NOT_TRUE}


def test_who_answers_before_the_question_went_out_is_not_asked_any_more(stay, sent):
    remind(EVENING)
    say_coming(stay, now=moment(SATURDAY, 20, 1))

    letters.post_due(moment(SATURDAY, 20, 2))

    assert not any("/coming/" in text for text in sent())


def test_a_reminder_that_did_not_go_out_by_the_evening_never_does(stay, sent):
    remind(MORNING)

    letters.post_due(EVENING)
    letters.post_due(moment(SUNDAY, 9))

    assert not any("/pass/" in text for text in sent())
    assert [(letter.posted_at, letter.trouble) for letter in of("reminder")] == [(None, letters.TOO_LATE)]


def test_tonight_is_not_asked_about_tomorrow(stay, sent):
    remind(EVENING)

    letters.post_due(moment(SATURDAY, 23))
    letters.post_due(moment(SUNDAY, 9))

    assert not any("/coming/" in text for text in sent())


def test_the_question_is_sent_at_night_too(stay, sent):
    remind(EVENING)

    letters.post_due(moment(SATURDAY, 22, 30))

    assert any("/coming/" in text for text in sent())


def test_where_beds_are_given_away_early_one_is_asked_early(stay):
    Stay.objects.filter(pk=stay.pk).update(kept_until=moment(SATURDAY, 19))

    assert remind(moment(SATURDAY, 15, 59)) == 1  # the reminder, late
    assert remind(moment(SATURDAY, 16)) == 1
    assert len(of("still_coming")) == 1


def test_who_was_only_named_by_a_school_and_has_no_login_is_not_written_to(stay):
    guest = stay.guest
    guest.user = None
    guest.save()

    assert remind(MORNING) + remind(EVENING) == 0


@pytest.mark.parametrize("guests", [1, 3])
def test_it_costs_the_same_however_many_are_due(people, hostel, asks, guests):
    for number in range(guests):
        book(
            guest=people("周一二三"[: 2 + number], "female"),
            hostel=hostel,
            nights=Nights(SATURDAY, SUNDAY),
            purpose="interview",
            now=NOW,
        )

    with asks(5):  # BEGIN, who is due, whom to ask, the letters, COMMIT
        assert remind(MORNING) == guests
    with asks(4):
        assert remind(MORNING) == 0
