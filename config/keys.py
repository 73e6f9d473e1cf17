"""Keys for personal data: read from the environment, or drawn once for a demo."""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class FieldKeys:
    """Named 32-byte keys: the first one writes, all of them read; so a key can be changed while the house runs."""

    by_name: dict[str, bytes]

    @classmethod
    def read(cls, text: str) -> "FieldKeys":
        """Read ``NAME:BASE64[,NAME:BASE64…]``; raise ImproperlyConfigured where a key is not 32 bytes."""
        keys = {}
        for entry in text.split(","):
            name, _, encoded = entry.strip().partition(":")
            try:
                key = base64.urlsafe_b64decode(encoded)
            except ValueError:
                key = b""
            if not name or len(key) != 32:
                raise ImproperlyConfigured(
                    f"HOSTEL_FIELD_KEYS: the key named {name or '(none)'!r} is not 32 bytes in URL-safe base64."
                )
            keys[name] = key
        return cls(keys)

    @property
    def writing(self) -> tuple[str, bytes]:
        return next(iter(self.by_name.items()))

    @property
    def indexing(self) -> bytes:
        """The key of the keyed hashes: the last one named, because a found hash must stay found when a key is added."""
        return list(self.by_name.values())[-1]


def kept_secret(path: Path, prefix: str = "") -> str:
    """Return the secret in the file ``path``; draw and write it, readable by its owner alone, if there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn = prefix + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        unready = path.with_name(f"{path.name}.{os.getpid()}")
        unready.touch(mode=0o600)
        unready.write_text(drawn)
        try:
            os.link(unready, path)  # of two first starts at once one wins, and both read the same
        except FileExistsError:
            pass
        finally:
            unready.unlink()
    return path.read_text().strip()
