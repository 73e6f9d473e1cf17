"""Senders: how a text reaches a phone. `settings.SMS_SENDER` names the one in use."""

import json
import os
import sys

from django.conf import settings
from django.utils.module_loading import import_string


class Sender:
    """A way to send a text. An operator's own is a subclass: one method."""

    def send(self, phone: str, text: str) -> None:
        """Send ``text`` to ``phone`` (E.164); raises OSError where it did not go out, and may be tried again."""
        raise NotImplementedError


class ConsoleSender(Sender):
    """For the demo: prints, in the window in which the server runs."""

    def send(self, phone: str, text: str) -> None:
        sys.stdout.write(f"\nSMS -> {phone}\n{text}\n\n")
        sys.stdout.flush()


class FileSender(Sender):
    """For tests: adds one line of JSON (``phone``, ``text``) to the file `settings.SMS_FILE`."""

    def send(self, phone: str, text: str) -> None:
        line = json.dumps({"phone": phone, "text": text}, ensure_ascii=False) + "\n"
        opened = os.open(settings.SMS_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(opened, line.encode())  # one write, so that two processes do not mix their lines
        finally:
            os.close(opened)


def send(phone: str, text: str) -> None:
    """Send ``text`` to ``phone`` (E.164) by the sender in use; raises OSError where it did not go out."""
    import_string(settings.SMS_SENDER)().send(phone, text)
