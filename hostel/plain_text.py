"""What the files that people write may hold beside sense: no character that cannot be seen, no endless nesting."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

# Deeper than any file of ours by far, and far from where reading it would end the program.
DEEPEST = 50
# Controls, halves of characters, and the line ends that only some programs see.
NEVER = {"Cc", "Cs", "Zl", "Zp"}
_type = Draft202012Validator.VALIDATORS["type"]


def control_character(text: str, lines: bool = False) -> str | None:
    """Return the first character of ``text`` that has no business there; with ``lines`` it may have several lines."""
    return next((c for c in text if unicodedata.category(c) in NEVER and not (lines and c == "\n")), None)


def type_of_plain_text(validator: Any, types: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """JSON Schema's "type", for which text is plain text; a schema with ``"lines": true`` takes several lines of it."""
    yield from _type(validator, types, instance, schema)
    if isinstance(instance, str) and (found := control_character(instance, schema.get("lines", False))) is not None:
        yield ValidationError(_said(found), validator="control_character")


def unreadable(text: str, wrong: Exception) -> str | None:
    """Say with its place why YAML could not read ``text``, where its own words for ``wrong`` would not help."""
    if isinstance(wrong, yaml.reader.ReaderError):
        before, found = text[: wrong.position], text[wrong.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return f"line {line}, column {column}: {_said(found)}"
    if isinstance(wrong, RecursionError):
        return f"{_too_deep(text)}: is nested too deep"
    return None


def _too_deep(text):
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                return f"line {event.start_mark.line + 1}, column {event.start_mark.column + 1}"
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return "the file"


def _said(character):
    return f"has a control character (U+{ord(character):04X})"
