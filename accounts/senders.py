"""Senders: the ways by which a text reaches a person. `settings.SENDERS` names those in use, the preferred one first.

A way that says no, or is not there, leaves the text to the next one. A way that was asked and stays silent may have
sent it all the same: it is asked again later, with the key by which it knows the text, before another one is.
"""

import json
import os
import sys
from http.client import HTTPException
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.conf import settings
from django.utils.module_loading import import_string

# Seconds that a gateway has for an answer: a letter is sent while its row is locked.
PATIENCE = 5
LONGEST_ANSWER = 100_000
# What gateways of this country write into an answer of 200 where all went well.
WELL = ("0", "200", "ok", "success", "true")
CODE = "code"  # the kind of a text that is no letter: a login's code


class NotTaken(OSError):
    """The way was asked and did not take the text: it has not gone out."""


class NotThere(NotTaken):
    """Nobody could be asked: the way is down, for every text."""


class NoAnswer(OSError):
    """The way was asked and did not say in time whether it took the text: it may have gone out."""


class Reader(Protocol):
    """Who a text is for: a login, or what is known of somebody who has none yet."""

    @property
    def phone(self) -> str: ...

    @property
    def messenger_id(self) -> str: ...

    @property
    def language(self) -> str: ...


class Address:
    """A reader of whom no more is known than this."""

    def __init__(self, phone: str, messenger_id: str = "", language: str = "zh-hans"):
        self.phone, self.messenger_id, self.language = phone, messenger_id, language


class Sender:
    """A way to send a text. An operator's own is a subclass: one method, and `reaches` where not everybody is."""

    name = ""  # what a letter remembers of the way it went, 20 characters at most

    def send(self, user: Reader, text: str, kind: str, key: str = "") -> None:
        """Send ``text``, a letter of this ``kind``, to ``user``; raises OSError where it did not go out.

        ``key`` is the same whenever the same letter is tried again, "" where it is not.
        """
        raise NotImplementedError

    def reaches(self, user: Reader) -> bool:
        """Whether there is a way to ``user`` at all."""
        return bool(user.phone)


class ConsoleSender(Sender):
    """For the demo: prints, in the window in which the server runs."""

    name = "console"

    def send(self, user, text, kind, key=""):
        sys.stdout.write(f"\nSMS -> {user.phone}\n{text}\n\n")
        sys.stdout.flush()


class FileSender(Sender):
    """For tests: adds one line of JSON (``phone``, ``text``) to the file `settings.SMS_FILE`."""

    name = "file"

    def send(self, user, text, kind, key=""):
        line = json.dumps({"phone": user.phone, "text": text}, ensure_ascii=False) + "\n"
        opened = os.open(settings.SMS_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(opened, line.encode())  # one write, so that two processes do not mix their lines
        finally:
            os.close(opened)


class InAppSender(Sender):
    """The letter itself, which its person reads on their own pages: no more is sent. A login's code cannot go so."""

    name = "in_app"

    def send(self, user, text, kind, key=""):
        if kind == CODE:
            raise NotTaken("a code is not read before the login")


class SmsSender(Sender):
    """A short message by an operator's gateway: one POST of JSON to `settings.SMS_URL`.

    The body has ``phone`` (E.164), ``text``, ``sign`` (the name that stands before it, `settings.SMS_SIGN`) and
    ``kind``; the key goes with it as a bearer's token, and `Idempotency-Key` names the letter.
    """

    name = "sms"

    def send(self, user, text, kind, key=""):
        body = {"phone": user.phone, "text": text, "sign": settings.SMS_SIGN, "kind": kind}
        _post(settings.SMS_URL, settings.SMS_KEY, body, key)


class MessengerSender(Sender):
    """A template message in the messenger: one POST of JSON to `settings.MESSENGER_URL`, to those who asked for it.

    The body has ``to`` (`User.messenger_id`), ``template``, ``language``, ``kind`` and ``text``.
    """

    name = "messenger"

    def send(self, user, text, kind, key=""):
        body = {
            "to": user.messenger_id,
            "template": settings.MESSENGER_TEMPLATE,
            "language": user.language,
            "kind": kind,
            "text": text,
        }
        _post(settings.MESSENGER_URL, settings.MESSENGER_KEY, body, key)

    def reaches(self, user):
        return bool(user.messenger_id)


def deliver(user: Reader, text: str, kind: str, key: str = "", patient: bool = False) -> str:
    """Send ``text`` to ``user`` by the first way that takes it, and return the name of that way.

    ``patient`` waits for a way that did not answer; else the next one is asked. Raises OSError where it did not go out:
    NoAnswer where it may have.
    """
    trouble: OSError = NotTaken("no way leads to this person")
    for sender in _senders():
        if not sender.reaches(user):
            continue
        try:
            sender.send(user, text, kind, key)
        except NoAnswer as silent:
            if patient:
                raise
            trouble = silent
        except OSError as no:
            trouble = no
        else:
            return sender.name or type(sender).__name__.lower()[:20]
    raise trouble


def send(phone: str, text: str) -> None:
    """Send ``text``, which is no letter, to ``phone`` (E.164); raises OSError where it did not go out."""
    deliver(Address(phone), text, CODE)


def _senders() -> list[Sender]:
    return [import_string(path)() for path in settings.SENDERS]


class _NoDetour(HTTPRedirectHandler):
    """What is sent on to elsewhere is not sent: the way there would lose the body, and say that all is well."""

    def redirect_request(self, *_):
        return None


# A proxy would be read from the environment, which only the settings do.
_opener = build_opener(ProxyHandler({}), _NoDetour)


def _post(url, key, body, reference):
    headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if reference:
        headers["Idempotency-Key"] = reference
    request = Request(url, json.dumps(body, ensure_ascii=False).encode(), headers, method="POST")
    if urlsplit(url).scheme not in ("http", "https"):
        raise NotTaken("the gateway has no address")
    try:
        with _opener.open(request, timeout=PATIENCE) as answer:
            said = answer.read(LONGEST_ANSWER)
    except HTTPError as no:
        no.close()
        raise NotTaken(f"answered {no.code}") from None
    except URLError as no:
        raise NotThere("not there") from no
    except (OSError, HTTPException) as silence:
        raise NoAnswer("no answer") from silence
    if not _is_well(said):
        raise NotTaken("said no")


def _is_well(said):
    """Whether an answer of 200 means it: where it is an object with a ``code``, or says ``ok``, by that."""
    try:
        answer = json.loads(said)
    except ValueError:
        return True
    if not isinstance(answer, dict):
        return True
    return all(str(answer[word]).lower() in WELL for word in ("code", "ok") if word in answer)
