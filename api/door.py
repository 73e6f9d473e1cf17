"""The view that every address of this door is."""

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
