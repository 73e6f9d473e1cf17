"""The description of the door (OpenAPI 3.1): what every operation has in common is said here once."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.permissions import AllowAny

from accounts.idempotency import LONGEST_KEY
from api import problems
from api.door import Door
from api.once import HEADER

KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER,
    description=(
        "1 to 80 printable characters. The same key with the same body gets the same answer again for 24 hours "
        "(the header `Idempotency-Replayed: true` says so); with another body 422 `IDEMPOTENCY_KEY_REUSED`."
    ),
)
LANGUAGE = OpenApiParameter(
    "Accept-Language",
    str,
    OpenApiParameter.HEADER,
    description="Chooses the language of `name`, `title` and `detail`; reasons always come in both.",
    examples=[OpenApiExample("English", "en"), OpenApiExample("Chinese", "zh-hans")],
)


class DoorSchema(AutoSchema):
    """Every operation says its errors as `application/problem+json`.

    Which ones there are follows from the view: a login, rights (``view.rights``), a body, parameters, and
    ``view.refuses``, the methods that the house may refuse with its reasons.
    """

    def get_override_parameters(self):
        repeatable = self.method in ("POST", "PATCH", "PUT", "DELETE") and self.view_says("repeatable")
        return [LANGUAGE, *([KEY] if repeatable else [])]

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        if direction != "response":
            return bodies
        for status in self.problem_statuses():
            problem = problems.BY_STATUS[status]
            serializer = problems.SERIALIZERS.get(status, problems.ProblemSerializer)
            said = OpenApiResponse(serializer, description=f"`{problem.code}`" if status != 409 else "Refused.")
            bodies[str(status)] = self._get_response_for_code(said, str(status), [problems.CONTENT_TYPE])
        return dict(sorted(bodies.items()))

    def view_says(self, name: str):
        """What the view says of itself (`api/door.py`); the description's own view says nothing."""
        return getattr(self.view, name, getattr(Door, name))

    def problem_statuses(self) -> list[int]:
        """The error statuses of this operation."""
        view, statuses = self.view, {500}
        writes = self.method in ("POST", "PATCH", "PUT")
        public = any(isinstance(permission, AllowAny) for permission in view.get_permissions())
        # A token that is sent must be a good one, also where none is needed.
        if view.authentication_classes:
            statuses |= {401}
        if not public and self.view_says("rights"):
            statuses |= {403}
        if "{" in self.path:
            statuses |= {404}
        if writes:
            statuses |= {400, 413, 415, 422}
        if self.method == "GET" and (self._get_filter_parameters() or self.view_says("asks") or self._is_list_view()):
            statuses |= {422}
        if self.method in self.view_says("refuses"):
            statuses |= {409}
        if self.method in self.view_says("counted"):
            statuses |= {429}
        return sorted(statuses)


class BearerTokenScheme(OpenApiAuthenticationExtension):
    """How one says who one is."""

    target_class = "api.authentication.BearerToken"
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of a program, made by `manage.py token PHONE`: `Authorization: Bearer …`.",
        }


class YuanField(OpenApiSerializerFieldExtension):
    """Money is text, so that no reader makes a float of it."""

    target_class = "api.fields.Yuan"

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "string", "pattern": r"^\d+\.\d\d$", "examples": ["49.00"], "readOnly": True}
