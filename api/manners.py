"""How this door answers whatever the address: always JSON, and OPTIONS by its header alone."""

from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.utils.mediatypes import media_type_matches


class OnlyMethods(BaseMetadata):
    """OPTIONS is answered by the header Allow; the rest is in the description."""

    def determine_metadata(self, request, view):
        return {}


class AlwaysJSON(BaseContentNegotiation):
    """Answer JSON whatever the caller accepts: a browser that asks for HTML gets something to read, too."""

    def select_parser(self, request, parsers):
        for parser in parsers:
            if media_type_matches(parser.media_type, request.content_type):
                return parser
        return None

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type
