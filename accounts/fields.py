"""Fields that are unreadable in the database, and files that are unreadable on the disk."""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


def seal(text: str, place: str) -> str:
    """Return ``text`` under AES-256-GCM as ``KEY_NAME:BASE64(nonce + ciphertext)``.

    ``place`` ("table.column") is bound in: a value that is moved to another place does not open there.
    """
    name, sealed = _sealed(text.encode(), place)
    return f"{name}:{base64.b64encode(sealed).decode()}"


def unseal(sealed: str, place: str) -> str:
    """Return what `seal` was given; raises InvalidTag or KeyError where it does not open: never quietly nothing."""
    name, _, encoded = sealed.partition(":")
    return _opened(name, base64.b64decode(encoded), place).decode()


def seal_bytes(content: bytes, place: str) -> bytes:
    """Return ``content``, a file, under AES-256-GCM as ``KEY_NAME:`` + nonce + ciphertext, bound to ``place``."""
    name, sealed = _sealed(content, place)
    return name.encode() + b":" + sealed


def unseal_bytes(sealed: bytes, place: str) -> bytes:
    """Return what `seal_bytes` was given; raises InvalidTag or KeyError where it does not open."""
    name, _, rest = sealed.partition(b":")
    return _opened(name.decode(errors="replace"), rest, place)


def _sealed(content: bytes, place: str) -> tuple[str, bytes]:
    name, key = settings.FIELD_KEYS.writing
    nonce = secrets.token_bytes(12)
    return name, nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def _opened(name: str, sealed: bytes, place: str) -> bytes:
    return AESGCM(settings.FIELD_KEYS.by_name[name]).decrypt(sealed[:12], sealed[12:], place.encode())


class EncryptedField(models.TextField):
    """Text kept sealed, bound to its column; the empty text stays empty. It cannot be searched: see `keyed_hash`."""

    def _place(self):
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value):
        return seal(str(value), self._place()) if value else value

    def from_db_value(self, value, expression, connection):
        return unseal(value, self._place()) if value else value


class EncryptedJSONField(EncryptedField):
    """A JSON value kept sealed as `EncryptedField` does; an empty one, its default, is kept as the empty text."""

    # What type checkers take for the column's value: not the text that it is kept as.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value):
        return super().get_prep_value(json.dumps(value, sort_keys=True, ensure_ascii=False) if value else "")

    def from_db_value(self, value, expression, connection):
        opened = super().from_db_value(value, expression, connection)
        return json.loads(opened) if opened else self.get_default()

    def to_python(self, value):
        # Cleaning a text field would make a text of it.
        return value


def keyed_hash(text: str, purpose: str) -> str:
    """Return the hex HMAC-SHA256 by which an encrypted ``text`` is found again; ``purpose`` keeps columns apart."""
    return hmac.new(settings.FIELD_KEYS.indexing, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
