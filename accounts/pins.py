"""The six digits by which a colleague says at a shared desk that it is they."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.acts import act
from accounts.models import DeskPin, User
from accounts.reasons import Fix, Refused, not_met
from accounts.record import record

DIGITS = 6
TRIES = 5
LOCKED = timedelta(minutes=10)
# What a tablet can draw in half a second. No number of rounds makes six digits hold against who has the tablet and a
# week of time: what is sealed with them says no more than who somebody is, and lasts for a day.
ITERATIONS = 300_000
FIX = Fix("desk_shift", _("Who is on shift"), "/desk/shift/")


def drawn_from(pin: str, salt: str) -> bytes:
    """The key that ``pin`` and ``salt`` (hexadecimal) make: PBKDF2 with SHA-256, 256 bits, as WebCrypto draws it."""
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), bytes.fromhex(salt), ITERATIONS, 32)


def set_pin(user: User, pin: str, *, now: datetime) -> DeskPin:
    """Let ``user`` be known by ``pin`` from now on; raises Refused with PIN_FORM for other than six digits, and for
    digits that anybody would try first."""
    if not (len(pin) == DIGITS and pin.isascii() and pin.isdigit()):
        raise Refused(not_met("PIN_FORM", _("A PIN has six digits: choose six."), field="pin", fix=FIX))
    if len(set(pin)) == 1 or pin in "01234567890" or pin in "09876543210":
        raise Refused(
            not_met(
                "PIN_FORM", _("This PIN is one that anybody would try first: choose another."), field="pin", fix=FIX
            )
        )
    salt = secrets.token_hex(16)
    key = base64.b64encode(drawn_from(pin, salt)).decode()

    def do():
        made, _new = DeskPin.objects.update_or_create(
            user=user, defaults={"salt": salt, "key": key, "set_at": now, "wrong": 0, "locked_until": None}
        )
        record("set_pin", now=now, actor=user, about=f"user {user.pk}")
        return made

    return act(do)


def check_pin(user: User, pin: str, *, now: datetime) -> None:
    """Make sure that ``pin`` is that of ``user``.

    Raises Refused with NO_PIN where they have none, PIN_WRONG with the tries that are left, PIN_LOCKED for ten minutes
    after five wrong ones in a row.
    """
    if (kept := DeskPin.objects.filter(user=user).first()) is None:
        raise Refused(not_met("NO_PIN", _("There is no PIN yet: log in with the phone and set one."), fix=FIX))
    # It takes its time, and nobody waits for a lock meanwhile.
    key = base64.b64encode(drawn_from(pin, kept.salt)).decode()

    def do():
        row = DeskPin.objects.select_for_update().get(user=user)
        if row.locked_until and row.locked_until > now:
            return _locked(row.locked_until)
        if hmac.compare_digest(row.key, key):
            if row.wrong or row.locked_until:
                DeskPin.objects.filter(pk=row.pk).update(wrong=0, locked_until=None)
            return None
        wrong = row.wrong + 1
        until = now + LOCKED if wrong >= TRIES else None
        DeskPin.objects.filter(pk=row.pk).update(wrong=0 if until else wrong, locked_until=until)
        if until is None:
            return _wrong(TRIES - wrong)
        record("lock_pin", now=now, about=f"user {user.pk}")
        return _locked(until)

    # The tries are counted although it is refused.
    if (reason := act(do)) is not None:
        raise Refused(reason)


def _wrong(left):
    words = ngettext_lazy("The PIN does not fit: %(left)s more try", "The PIN does not fit: %(left)s more tries", left)
    return not_met("PIN_WRONG", words, {"left": left}, value_used=left, field="pin", fix=FIX)


def _locked(until):
    return not_met(
        "PIN_LOCKED",
        _("The PIN was wrong five times: it is locked until %(until)s. A colleague may come on, or log in by phone."),
        {"until": until},
        by=until,
        field="pin",
        fix=FIX,
    )


def sealed_for(kept: DeskPin, text: str) -> str:
    """``text`` sealed so that only the digits open it: base64 of twelve bytes and what AES-256-GCM makes of it.

    The browser opens it as `web/static/web/desk/pin.js` does: PBKDF2 with `ITERATIONS` rounds of SHA-256, then AES-GCM.
    """
    nonce = secrets.token_bytes(12)
    return base64.b64encode(nonce + AESGCM(base64.b64decode(kept.key)).encrypt(nonce, text.encode(), None)).decode()


def unsealed(kept: DeskPin, sealed: str) -> str:
    """What `sealed_for` was given; raises ValueError where it does not open."""
    try:
        content = base64.b64decode(sealed, validate=True)
        return AESGCM(base64.b64decode(kept.key)).decrypt(content[:12], content[12:], None).decode()
    except (binascii.Error, ValueError) as wrong:
        raise ValueError("it is no sealed text") from wrong
