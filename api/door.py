"""The view that every address of this door is."""

from django.utils.cache import patch_vary_headers
from rest_framework.generics import GenericAPIView


class Door(GenericAPIView):
    """A view of this door.

    For its description (`api/schema.py`) a view says which of its methods the house may refuse with reasons
    (``refuses``), whether a login alone is not enough (``rights``), whether its writes take an Idempotency-Key
    (``repeatable``), and whether a GET is asked with parameters that can be wrong (``asks``).
    """

    refuses: tuple[str, ...] = ()
    rights = False
    repeatable = True
    asks = False

    def finalize_response(self, request, response, *args, **kwargs):
        """An answer speaks one language, and what is somebody's own stays in nobody's cache on the way."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Accept-Language"])
        if "Authorization" in request.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
