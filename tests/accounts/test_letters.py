import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import connections, transaction
from django.utils.translation import gettext_lazy

from accounts import letters, senders
from accounts.models import Consent, Letter, Person
from accounts.reasons import Sentence
from tests.accounts.gateway import gateway
from tests.conftest import FRIDAY, NOW, SUNDAY, moment


class DeafSender(senders.Sender):
    """The operator does not answer."""

    def send(self, user, text, kind, key=""):
        raise ConnectionRefusedError(f"no line to {user.phone}")


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setattr(letters, "KINDS", {})
    letters.letter_kind("moved", gettext_lazy("Stay %(code)s is in %(hostel)s from %(arrival)s"))
    letters.letter_kind("freed", lambda values: Sentence(f"Freed: {values['code']}"), urgent=True)


@pytest.fixture
def sent(settings, tmp_path):
    """What has gone out, as (phone, text)."""
    settings.SMS_FILE = str(tmp_path / "sms.txt")

    def read():
        path = Path(settings.SMS_FILE)
        lines = path.read_text().splitlines() if path.exists() else []
        return [(each["phone"], each["text"]) for each in map(json.loads, lines)]

    return read


def write(person, about="ABC234", now=NOW, kind="moved", **values):
    letters.write(
        person, kind, about, now, **{"code": about, "hostel": ["宝带桥站", "Baodaiqiao"], "arrival": FRIDAY} | values
    )
    return Letter.objects.get(person=person, kind=kind, about=about)


def test_a_letter_is_written_now_and_sent_later(lin, sent):
    letter = write(lin)
    assert (letter.person, letter.written_at, letter.posted_at) == (lin, NOW, None)
    assert sent() == []

    assert letters.post_due(NOW) == 1

    letter.refresh_from_db()
    assert letter.posted_at == NOW
    assert [phone for phone, _ in sent()] == [lin.user.phone]


def test_a_letter_speaks_the_language_of_its_reader(lin, chen, sent):
    lin.user.language = "en"
    lin.user.save()
    write(lin)
    write(chen)

    letters.post_due(NOW)

    assert sent() == [
        (lin.user.phone, "Stay ABC234 is in Baodaiqiao from 6 Mar 2026"),
        (chen.user.phone, "Stay ABC234 is in 宝带桥站 from 2026年3月6日"),
    ]


def test_moments_are_said_in_the_house_s_own_time(lin):
    letters.letter_kind("until", gettext_lazy("until %(until)s"))
    letter = write(lin, kind="until", until=moment(SUNDAY, 23))

    assert letters.say(letter, "zh-hans") == "until 3月8日 23:00"


def test_one_event_is_one_letter(lin, sent):
    write(lin)
    write(lin)
    write(lin, about="XYZ789")

    assert letters.post_due(NOW) == 2


def test_a_second_run_sends_nothing_again(lin, sent):
    write(lin)
    letters.post_due(NOW)

    assert letters.post_due(NOW + timedelta(hours=1)) == 0
    assert len(sent()) == 1


def test_the_oldest_go_first_and_a_run_has_an_end(lin, sent):
    for n in range(5):
        write(lin, about=f"AAA22{n}", now=NOW - timedelta(minutes=n))

    assert letters.post_due(NOW, limit=2) == 2
    assert ["AAA224" in sent()[0][1], "AAA223" in sent()[1][1]] == [True, True]
    assert letters.post_due(NOW, limit=200) == 3


@pytest.mark.django_db(transaction=True)
def test_many_posting_at_once_send_each_letter_once(lin, sent):
    for n in range(12):
        write(lin, about=f"AAA2{n:02}")
    start, posted = threading.Barrier(4), []

    def post():
        start.wait()
        try:
            posted.append(letters.post_due(NOW))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(posted) == 12
    assert len(sent()) == len(set(sent())) == 12


def test_a_letter_that_did_not_go_out_waits_longer_each_time(lin, sent, settings):
    letter = write(lin)
    settings.SENDERS = ["tests.accounts.test_letters.DeafSender"]

    assert letters.post_due(NOW) == 0
    letter.refresh_from_db()
    assert (letter.posted_at, letter.tries, letter.tried_at) == (None, 1, NOW)
    assert letter.trouble == "ConnectionRefusedError"  # and not the phone that was in the message
    letters.post_due(NOW + timedelta(seconds=59))
    letter.refresh_from_db()
    assert letter.tries == 1
    letters.post_due(NOW + timedelta(minutes=1))
    letter.refresh_from_db()
    assert letter.tries == 2

    settings.SENDERS = ["accounts.senders.FileSender"]
    assert letters.post_due(NOW + timedelta(minutes=3)) == 1
    letter.refresh_from_db()
    assert letter.trouble == ""


def test_one_letter_in_trouble_does_not_stop_the_next(lin, chen, sent):
    letter = write(lin, kind="unheard_of")
    write(chen)

    assert letters.post_due(NOW) == 1

    letter.refresh_from_db()
    assert (letter.posted_at, letter.trouble) == (None, letters.NO_TEXT)


def test_after_enough_tries_a_letter_is_given_up(lin, settings):
    letter = write(lin)
    settings.SENDERS = ["tests.accounts.test_letters.DeafSender"]

    for n in range(20):
        letters.post_due(NOW + timedelta(days=n))

    letter.refresh_from_db()
    assert letter.tries == letters.MAX_TRIES


def test_who_has_no_phone_gets_no_letter_and_it_says_so(wuzhong, sent):
    letter = write(Person.objects.create(name="王一"))

    assert letters.post_due(NOW) == 0
    assert letters.post_due(NOW + timedelta(days=1)) == 0

    letter.refresh_from_db()
    assert (letter.posted_at, letter.trouble) == (None, letters.NO_PHONE)
    assert sent() == []


@pytest.mark.parametrize(
    ("hour", "minute", "goes"), [(21, 59, 2), (22, 0, 1), (23, 59, 1), (3, 0, 1), (7, 59, 1), (8, 0, 2)]
)
def test_at_night_only_what_cannot_wait_is_sent(lin, sent, hour, minute, goes):
    write(lin)
    write(lin, kind="freed")

    assert letters.post_due(moment(SUNDAY, hour, minute)) == goes


@pytest.mark.parametrize(
    ("now", "awake"),
    [
        (moment(FRIDAY, 8), moment(FRIDAY, 8)),
        (moment(FRIDAY, 21, 59), moment(FRIDAY, 21, 59)),
        (moment(FRIDAY, 22), moment(FRIDAY + timedelta(days=1), 8)),
        (moment(FRIDAY, 3), moment(FRIDAY, 8)),
    ],
)
def test_nobody_is_awake_at_night(now, awake):
    assert letters.awake(now) == awake


def test_what_was_kept_overnight_goes_out_in_the_morning(lin, sent):
    write(lin, now=moment(FRIDAY, 23))

    assert letters.post_due(moment(FRIDAY, 23, 30)) == 0
    assert letters.post_due(moment(SUNDAY, 8)) == 1


def test_a_letter_rolled_back_with_its_act_was_never_written(lin):
    with pytest.raises(RuntimeError), transaction.atomic():
        write(lin)
        raise RuntimeError

    assert not letters.due(NOW).exists()


@pytest.mark.parametrize("names", [["lin"], ["lin", "chen", "wang"]])
def test_looking_for_letters_costs_one_statement_however_many_there_are(
    people, wuzhong, names, django_assert_num_queries
):
    for name in names:
        write(people(name))

    with django_assert_num_queries(1):
        assert len({letter.person.user.phone for letter in letters.due(NOW)}) == len(names)


def test_the_tests_themselves_send_into_a_file():
    assert configured.SENDERS == ["accounts.senders.FileSender"]


# By a gateway


@pytest.fixture
def sms(settings):
    with gateway() as server:
        settings.SMS_URL, settings.SENDERS = server.url, ["accounts.senders.SmsSender"]
        yield server


@pytest.fixture
def messenger(settings, sms):
    with gateway() as server:
        settings.MESSENGER_URL = server.url
        settings.SENDERS = ["accounts.senders.MessengerSender", "accounts.senders.SmsSender"]
        yield server


def wants_messenger(person):
    person.user.messenger_id = "lin-7"
    person.user.save()
    Consent.objects.create(user=person.user, purpose=Consent.Purpose.MESSENGER, given_at=NOW)


def test_which_way_a_letter_went_is_kept(lin, chen, messenger, sms):
    wants_messenger(lin)
    first, second = write(lin), write(chen)

    assert letters.post_due(NOW) == 2

    assert [Letter.objects.get(pk=each.pk).posted_by for each in (first, second)] == ["messenger", "sms"]
    assert (len(messenger.sent), len(sms.sent)) == (1, 1)


def test_who_took_back_that_they_want_the_messenger_gets_short_messages(lin, messenger, sms):
    wants_messenger(lin)
    lin.user.consents.update(withdrawn_at=NOW)
    write(lin)

    letters.post_due(NOW)

    assert (len(messenger.asked), len(sms.sent)) == (0, 1)


@pytest.mark.parametrize("no", [500, 403])
def test_what_the_gateway_refuses_is_kept_and_sent_once_when_it_is_well_again(lin, sms, no):
    letter = write(lin)
    sms.answers = [no]

    assert letters.post_due(NOW) == 0
    letter.refresh_from_db()
    assert (letter.posted_at, letter.posted_by, letter.tries, letter.trouble) == (None, "", 1, "NotTaken")
    assert letters.post_due(NOW + timedelta(seconds=30)) == 0
    assert letters.post_due(NOW + timedelta(minutes=2)) == 1
    assert letters.post_due(NOW + timedelta(minutes=9)) == 0

    letter.refresh_from_db()
    assert (letter.posted_by, letter.trouble) == ("sms", "")
    assert len(sms.sent) == 1


def test_what_a_gateway_took_without_an_answer_is_not_sent_twice(lin, messenger, sms):
    wants_messenger(lin)
    write(lin)
    messenger.answers = ["gone"]

    assert letters.post_due(NOW) == 0
    assert letters.post_due(NOW + timedelta(minutes=2)) == 1

    assert [asked["key"] for asked in messenger.asked] == [f"letter-{Letter.objects.get().pk}"] * 2
    assert (len(messenger.sent), sms.sent) == (1, [])


def test_a_gateway_that_is_down_ends_the_run_and_the_other_letters_keep_their_tries(lin, sms, settings):
    settings.SMS_URL = "http://127.0.0.1:9/"
    for n in range(5):
        write(lin, about=f"AAA22{n}", now=NOW - timedelta(minutes=9 - n))

    assert letters.post_due(NOW) == 0
    assert list(Letter.objects.order_by("pk").values_list("tries", flat=True)) == [1, 1, 1, 0, 0]


def test_a_number_that_the_gateway_does_not_take_does_not_stop_the_others(lin, chen, sms):
    for n in range(4):
        write(lin, about=f"AAA22{n}", now=NOW - timedelta(minutes=9 - n))
    write(chen)
    sms.answers = [403] * 4

    assert letters.post_due(NOW) == 1


def test_many_posting_at_once_ask_the_gateway_once_for_each(lin, transactional_db, sms):
    for n in range(6):
        write(lin, about=f"AAA22{n}")
    start = threading.Barrier(3)

    def post():
        start.wait()
        try:
            letters.post_due(NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(sms.asked) == 6


# What a kind says of itself


def test_a_letter_ends_with_the_whole_address_in_its_readers_language(lin):
    letters.letter_kind("led", gettext_lazy("It is %(code)s"), link="/stays/%(code)s/")
    letter = write(lin, kind="led")

    assert letters.say(letter, "zh-hans") == "It is ABC234 https://hostel.example.org/stays/ABC234/"
    assert letters.say(letter, "en") == "It is ABC234 https://hostel.example.org/en/stays/ABC234/"
    assert letters.words(letter, "en") == ("It is ABC234", "/stays/ABC234/")


def test_what_did_not_go_out_in_its_time_never_does(lin, sent):
    letters.letter_kind("tonight", gettext_lazy("Until %(until)s"), urgent=True, until="until")
    on_time = write(lin, kind="tonight", until=moment(FRIDAY, 23))
    late = write(lin, kind="tonight", about="XYZ789", until=moment(FRIDAY, 9))

    assert letters.post_due(NOW) == 1
    assert letters.post_due(NOW + timedelta(days=1)) == 0

    assert [Letter.objects.get(pk=each.pk).trouble for each in (on_time, late)] == ["", letters.TOO_LATE]


def test_what_is_no_longer_so_is_neither_sent_nor_shown(lin, sent):
    letters.letter_kind("still", gettext_lazy("Still"), still=lambda values, now: values["code"] != "ABC234")
    write(lin, kind="still")
    write(lin, kind="still", about="XYZ789")

    assert letters.post_due(NOW) == 1
    assert [letter.about for letter in letters.inbox(lin.user, NOW)] == ["XYZ789"]


def test_everything_written_is_read_on_ones_own_pages_whichever_way_it_went(lin, chen, settings):
    settings.SENDERS = ["tests.accounts.test_letters.DeafSender"]
    first, later = write(lin, now=NOW - timedelta(hours=1)), write(lin, about="XYZ789")
    write(lin, about="SOON22", now=NOW + timedelta(minutes=5))
    write(lin, kind="unheard_of")
    write(chen)
    letters.post_due(NOW)

    found = list(letters.inbox(lin.user, NOW))

    assert found == [later, first]
    letters.shown(found, NOW)
    letters.shown(found, NOW + timedelta(hours=1))
    assert set(Letter.objects.exclude(read_at=None)) == {first, later}
    assert Letter.objects.get(pk=first.pk).read_at == NOW
