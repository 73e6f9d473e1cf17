"""Lists come in pages: `results`, and `next` where there is more. Nothing is counted, so a page costs one statement."""

from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api.refusals import unknown_field

LAST_PAGE = 10_000


class Pages(BasePagination):
    """Pages of `size`, asked for by ``?page=``; one row more is read, to know whether there is a next page."""

    size = 20

    def paginate_queryset(self, queryset, request, view=None):
        said = request.query_params.get("page", "1")
        if not (said.isascii() and said.isdigit() and len(said) <= 5 and 1 <= int(said) <= LAST_PAGE):
            raise unknown_field("page", _("A page is a number from 1 on."))
        self.request, self.page = request, int(said)
        first = (self.page - 1) * self.size
        rows = list(queryset[first : first + self.size + 1])
        self.more = len(rows) > self.size
        return rows[: self.size]

    def get_paginated_response(self, data):
        return Response({"next": self.next_page(), "results": data})

    def next_page(self) -> str | None:
        """The address of the next page, or None on the last."""
        if not self.more:
            return None
        return replace_query_param(self.request.build_absolute_uri(), "page", self.page + 1)

    def get_paginated_response_schema(self, schema):
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "The address of the next page; null on the last.",
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view):
        return [
            {
                "name": "page",
                "in": "query",
                "required": False,
                "description": f"The page, from 1 on; a page has {self.size} rows.",
                "schema": {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
            }
        ]
