"""Write down what the REST door says of itself: `docs/openapi.yaml` for programs, `docs/api.md` for people."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from api import problems

METHODS = ("get", "post", "put", "patch", "delete")
INTRODUCTION = """# The REST door

Written by `manage.py describe_api` from the code; do not edit. For programs: `openapi.yaml` beside this file, or
`GET /api/v1/schema/`. To read and try: `/api/docs/`.

- **JSON** in UTF-8, snake_case. Days are `YYYY-MM-DD`, moments RFC 3339, money is decimal yuan as text. A night is
  named by its evening; the day of leaving is none.
- **Who you are:** `Authorization: Bearer …`, a token made by `manage.py token PHONE`; needed unless it says “No login”.
- **Language:** `Accept-Language` chooses that of `name`, `title` and `detail`; reasons always come in both.
- **Lists** come in pages: `results`, and in `next` the address of the next page or null.
- **Writes** may be repeated: the same `Idempotency-Key` (1 to 80 printable characters) with the same body gets the same
  answer for 24 hours, a refusal (409) too; the header `Idempotency-Replayed: true` says so. Another body gets 422
  `IDEMPOTENCY_KEY_REUSED`. Field errors, wants of right and errors of ours are looked at again. At the desk, `act_id`
  is the key; a new try after a refusal needs a new one.
- **Caches:** what is asked with a token is `private, no-store`; what anybody may ask is `no-cache`: keep it, ask anew.

## Problems

Every error is `application/problem+json` (RFC 9457): `type, title, status, detail, code`. With 422 come `errors`
(`field, code, detail`); with 409 come `reasons` (every rule's answer, those not met first) and `alternatives` (what
could be booked instead where a house is full, else empty), and `code` is that of the first reason; with 500 comes
`incident`, a code to ask about it by.

| status | code | means |
| --- | --- | --- |
"""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only say whether they are up to date")

    def handle(self, *args, check=False, **options):
        with translation.override("en"):
            schema = SchemaGenerator().get_schema(request=None, public=True)
            validate_schema(schema)
            written = {"openapi.yaml": OpenApiYamlRenderer().render(schema).decode(), "api.md": in_words(schema)}
        docs = Path(settings.ROOT) / "docs"
        for name, text in written.items():
            path = docs / name
            if not check:
                path.write_text(text, encoding="utf-8")
            elif not path.exists() or path.read_text(encoding="utf-8") != text:
                raise CommandError(f"docs/{name} is not what the code says: run manage.py describe_api")


def in_words(schema: dict) -> str:
    """The description as Markdown: the problems, then every address with what it takes and what it answers."""
    rows = [f"| {kind.status} | {_code(kind)} | {_sentence(kind.title)} {kind.detail} |" for kind in problems.ALL]
    parts = [INTRODUCTION + "\n".join(rows) + "\n"]
    tag = None
    for path, method, operation in sorted(_operations(schema), key=lambda found: (found[2]["tags"], found[0])):
        if operation["tags"] != tag:
            tag = operation["tags"]
            parts.append(f"## {tag[0].capitalize()}\n")
        parts.append(_operation(schema, path, method, operation))
    return "\n".join(parts)


def _code(kind):
    return "the first reason's" if kind.status == problems.REFUSED.status else f"`{kind.code}`"


def _sentence(words):
    return f"{words}" if str(words)[-1] in "?!" else f"{words}."


def _operations(schema):
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _operation(schema, path, method, operation):
    open_to_all = {} in operation.get("security", [{}])
    lines = [
        f"### `{method.upper()} {path}`\n",
        f"{_sentence(operation['summary'])}{' No login.' if open_to_all else ''}\n",
    ]
    asked = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
    lines += [_field(schema, parameter["name"], parameter["schema"], parameter) for parameter in asked]
    if "requestBody" in operation:
        # A form says more than the JSON beside it: it also takes files.
        content = next(iter(operation["requestBody"]["content"].values()))
        lines += _fields(schema, content["schema"])
    for status, response in operation["responses"].items():
        if status < "300":
            content = next(iter(response.get("content", {}).values()), {"schema": {}})
            names = ", ".join(f"`{name}`" for name in _answered(schema, content["schema"]))
            lines.append(f"\nAnswers {status}{': ' + names if names else ''}.")
    refused = [status for status in operation["responses"] if status >= "400"]
    lines.append(f"Problems: {', '.join(refused)}.\n")
    return "\n".join(lines)


def _fields(schema, body):
    described = _resolved(schema, body)
    needed = described.get("required", [])
    return [
        _field(schema, name, field, {"required": name in needed, "description": field.get("description", "")})
        for name, field in described.get("properties", {}).items()
    ]


def _field(schema, name, field, about):
    words = " ".join(about.get("description", "").split())
    choices = ", ".join(f"`{choice}`" for choice in _resolved(schema, field).get("enum", []) if choice)
    said = "; ".join(part for part in ("needed" if about.get("required") else "", choices) if part)
    return f"- `{name}`{f' ({said})' if said else ''}{': ' + words if words else ''}"


def _answered(schema, body):
    described = _resolved(schema, body)
    names = described.get("properties", {})
    if set(names) == {"next", "results"}:
        return [f"results[].{name}" for name in _resolved(schema, names["results"]["items"])["properties"]]
    return names


def _resolved(schema, part):
    """The part itself, whatever it refers to."""
    for several in ("oneOf", "allOf", "anyOf"):
        if several in part:
            return _resolved(schema, part[several][0])
    if "$ref" in part:
        return schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return part
