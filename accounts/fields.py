"""Fields that are unreadable in the database."""

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


class EncryptedField(models.TextField):
    """Text kept as AES-256-GCM; the column's name is bound in, so that a value moved to another does not open.

    Stored as ``KEY_NAME:BASE64(nonce + ciphertext)``. A value that does not open raises InvalidTag: it is never
    quietly read as empty.
    """

    def _bound_to(self):
        return f"{self.model._meta.db_table}.{self.column}".encode()

    def get_prep_value(self, value):
        if value is None or value == "":
            return value
        name, key = settings.FIELD_KEYS.writing
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(key).encrypt(nonce, str(value).encode(), self._bound_to())
        return f"{name}:{base64.b64encode(nonce + sealed).decode()}"

    def from_db_value(self, value, expression, connection):
        if value is None or value == "":
            return value
        name, _, encoded = value.partition(":")
        raw = base64.b64decode(encoded)
        return AESGCM(settings.FIELD_KEYS.by_name[name]).decrypt(raw[:12], raw[12:], self._bound_to()).decode()


def keyed_hash(text: str, purpose: str) -> str:
    """Return the hex HMAC-SHA256 by which an encrypted ``text`` is found again; ``purpose`` keeps columns apart."""
    return hmac.new(settings.FIELD_KEYS.indexing, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
