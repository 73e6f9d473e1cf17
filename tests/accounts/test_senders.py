import json
import stat
from pathlib import Path

import pytest

from accounts import senders
from tests.accounts.gateway import gateway


def test_the_console_shows_phone_and_text(settings, capsys):
    settings.SENDERS = ["accounts.senders.ConsoleSender"]

    senders.send("+8613812345678", "校验码 123456")

    assert "+8613812345678" in capsys.readouterr().out


def test_a_file_gets_one_line_for_each_message(settings, tmp_path):
    settings.SMS_FILE = str(tmp_path / "sms.txt")

    senders.send("+8613812345678", "校验码\n123456")
    senders.send("+8613900000000", "hello")

    lines = [json.loads(line) for line in Path(settings.SMS_FILE).read_text().splitlines()]
    assert lines == [
        {"phone": "+8613812345678", "text": "校验码\n123456"},
        {"phone": "+8613900000000", "text": "hello"},
    ]
    assert stat.S_IMODE(Path(settings.SMS_FILE).stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_trouble_that_can_be_tried_again(settings, tmp_path):
    settings.SMS_FILE = str(tmp_path / "nowhere" / "sms.txt")

    with pytest.raises(OSError):
        senders.send("+8613812345678", "hello")


# The gateways, each played by a real server


@pytest.fixture
def sms(settings):
    with gateway() as server:
        settings.SMS_URL, settings.SMS_KEY, settings.SMS_SIGN = server.url, "s3cret", "苏青驿"
        settings.SENDERS = ["accounts.senders.SmsSender"]
        yield server


@pytest.fixture
def messenger(settings, sms):
    with gateway() as server:
        settings.MESSENGER_URL, settings.MESSENGER_KEY, settings.MESSENGER_TEMPLATE = server.url, "m3ssage", "T1"
        settings.SENDERS = ["accounts.senders.MessengerSender", "accounts.senders.SmsSender"]
        yield server


LIN = senders.Address("+8613812345678", "lin-7", "en")
CHEN = senders.Address("+8613900000000")


def test_a_short_message_goes_to_the_gateway_with_its_sign_and_its_key(sms):
    assert senders.deliver(CHEN, "订好了", "booked", "letter-7") == "sms"

    assert sms.asked == [
        {
            "phone": "+8613900000000",
            "text": "订好了",
            "sign": "苏青驿",
            "kind": "booked",
            "authorization": "Bearer s3cret",
            "key": "letter-7",
        }
    ]


def test_a_code_goes_to_the_phone_alone(messenger, sms):
    senders.send("+8613812345678", "校验码 123456")

    assert (messenger.asked, len(sms.sent)) == ([], 1)
    assert sms.asked[0]["key"] is None


def test_who_has_the_messenger_gets_a_template_there_and_no_short_message(messenger, sms):
    assert senders.deliver(LIN, "Booked", "booked", "letter-7") == "messenger"

    assert (len(messenger.asked), sms.asked) == (1, [])
    body = messenger.asked[0]
    assert (body["to"], body["template"], body["language"], body["text"]) == ("lin-7", "T1", "en", "Booked")
    assert (body["authorization"], body["key"]) == ("Bearer m3ssage", "letter-7")
    assert "phone" not in body


def test_who_has_no_messenger_gets_a_short_message(messenger, sms):
    assert senders.deliver(CHEN, "订好了", "booked") == "sms"
    assert (messenger.asked, len(sms.sent)) == ([], 1)


@pytest.mark.parametrize("no", [500, 403, 429, 302, {"code": 40001}, {"ok": False}])
def test_what_the_gateway_does_not_take_has_not_gone_out(sms, no):
    sms.answers = [no]

    with pytest.raises(senders.NotTaken):
        senders.deliver(CHEN, "订好了", "booked")
    assert (sms.sent, len(sms.asked)) == ([], 1)


@pytest.mark.parametrize("yes", [200, 202, {"code": 0}, {"code": "OK"}, {"ok": True}, ["fine"]])
def test_what_the_gateway_takes_has(sms, yes):
    sms.answers = [yes]

    assert senders.deliver(CHEN, "订好了", "booked") == "sms"


@pytest.mark.parametrize("no", [500, {"code": 47003}])
def test_what_the_messenger_does_not_take_goes_as_a_short_message_at_once(messenger, sms, no):
    messenger.answers = [no]

    assert senders.deliver(LIN, "Booked", "booked", patient=True) == "sms"
    assert (messenger.sent, len(sms.sent)) == ([], 1)


def test_a_gateway_that_is_not_there_leaves_it_to_the_next(messenger, sms, settings):
    settings.MESSENGER_URL = "http://127.0.0.1:9/"

    assert senders.deliver(LIN, "Booked", "booked", patient=True) == "sms"


def test_a_gateway_that_lets_one_wait_too_long_may_have_sent_it(sms, monkeypatch):
    monkeypatch.setattr(senders, "PATIENCE", 0.3)
    sms.answers = ["silent"]

    with pytest.raises(senders.NoAnswer):
        senders.deliver(CHEN, "订好了", "booked")


def test_a_gateway_that_hangs_up_may_have_sent_it_and_is_waited_for_before_the_next_is_asked(messenger, sms):
    messenger.answers = ["gone", "gone"]

    with pytest.raises(senders.NoAnswer):
        senders.deliver(LIN, "Booked", "booked", patient=True)
    assert sms.asked == []
    assert senders.deliver(LIN, "Booked", "booked") == "sms"


def test_where_nothing_is_set_up_nothing_goes_out(settings):
    settings.SENDERS = ["accounts.senders.MessengerSender"]

    with pytest.raises(senders.NotTaken):
        senders.deliver(CHEN, "订好了", "booked")


def test_a_letter_is_read_on_the_pages_and_a_code_is_not(settings):
    settings.SENDERS = ["accounts.senders.InAppSender"]

    assert senders.deliver(CHEN, "订好了", "booked") == "in_app"
    with pytest.raises(senders.NotTaken):
        senders.send("+8613900000000", "校验码 123456")


class Pigeon(senders.Sender):
    """An operator's own way, without a name."""

    flown: list[str] = []

    def send(self, user, text, kind, key=""):
        self.flown.append(text)


def test_an_operators_own_way_is_one_method(settings):
    settings.SENDERS = ["tests.accounts.test_senders.Pigeon"]

    assert senders.deliver(CHEN, "订好了", "booked") == "pigeon"
    assert Pigeon.flown == ["订好了"]
