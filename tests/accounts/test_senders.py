import json
import stat
from pathlib import Path

import pytest

from accounts import senders


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
