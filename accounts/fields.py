"""Fields that are unreadable in the database."""

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


def seal(text: str, place: str) -> str:
    """Return ``text`` under AES-256-GCM as ``KEY_NAME:BASE64(nonce + ciphertext)``.

    ``place`` ("table.column") is bound in: a value that is moved to another place does not open there.
    """
    name, key = settings.FIELD_KEYS.writing
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, place: str) -> str:
    """Return what `seal` was given; raises InvalidTag or KeyError where it does not open: never quietly nothing."""
    name, _, encoded = sealed.partition(":")
    raw = base64.b64decode(encoded)
    return AESGCM(settings.FIELD_KEYS.by_name[name]).decrypt(raw[:12], raw[12:], place.encode()).decode()


class EncryptedField(models.TextField):
    """Text kept sealed, bound to its column; the empty text stays empty. It cannot be searched: see `keyed_hash`."""

    def _place(self):
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value):
        return seal(str(value), self._place()) if value else value

    def from_db_value(self, value, expression, connection):
        return unseal(value, self._place()) if value else value


def keyed_hash(text: str, purpose: str) -> str:
    """Return the hex HMAC-SHA256 by which an encrypted ``text`` is found again; ``purpose`` keeps columns apart."""
    return hmac.new(settings.FIELD_KEYS.indexing, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
