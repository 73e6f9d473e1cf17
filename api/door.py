"""The view that every address of this door is."""

from django.utils.cache import patch_vary_headers
from rest_framework.generics import GenericAPIView

from api import problems


class Door(GenericAPIView):
    """A view of this door.

    For its description (`api/schema.py`) a view says which of its methods the house may refuse with reasons
    (``refuses``), whether a login alone is not enough (``rights``), whether its writes take an Idempotency-Key
    (``repeatable``), whether a GET is asked with parameters that can be wrong (``asks``), and which methods
    its throttles count (``counted``). ``refusal`` is the problem that says a refusal: bookings have their own.
    """

    refuses: tuple[str, ...] = ()
    rights = False
    repeatable = True
    asks = False
    counted: tuple[str, ...] = ()
    refusal = problems.NOT_NOW

    def finalize_response(self, request, response, *args, **kwargs):
        """An answer speaks one language to one caller: what is somebody's own stays in nobody's cache on the way, and
        what is everybody's may be kept but is asked for anew, for beds come and go."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Accept-Language", "Authorization"])
        public = "Authorization" not in request.headers and request.method in ("GET", "HEAD", "OPTIONS")
        response.headers["Cache-Control"] = "no-cache" if public else "private, no-store"
        return response
