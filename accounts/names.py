"""Names as others may read them."""

from collections.abc import Iterable

MOST_STARS = 3  # a star for each letter would tell how long the name is, and a long one would fill the line


def mask_name(name: str) -> str:
    """Return ``name`` as strangers may read it: the first character, then at most three stars."""
    return name[:1] + "*" * min(max(len(name) - 1, 0), MOST_STARS)


def without(text: str, words: Iterable[str]) -> str:
    """``text`` with "…" instead of each of ``words``, the longest first; empty ones are passed over."""
    for word in sorted(filter(None, words), key=len, reverse=True):
        text = text.replace(word, "…")
    return text
