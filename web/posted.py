"""Addresses that only take what a form sends: whoever opens one by hand, or comes back to it, is led to its page."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from accounts.idempotency import well_formed

View = Callable[..., HttpResponse]


def posted(up: int = 1) -> Callable[[View], View]:
    """Let only POST in. Who asks to read is sent on to the page it belongs to: ``up`` parts of the address higher, with
    the same query. That page says itself who may read it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["POST"])
            page = "/".join(request.path.rstrip("/").split("/")[:-up]) + "/"
            query = request.META.get("QUERY_STRING", "")
            return redirect(f"{page}?{query}" if query else page)

        return guarded

    return decorate


def key_of(request: HttpRequest) -> str:
    """The key of what was sent: of the form's ``key`` and all that stands in it; "" for a form without one.

    Sent twice it is the same. Who goes back in the browser, changes something and sends it again asks for something
    else: the key in the form alone would answer that with what was done before.
    """
    key = request.POST.get("key", "")
    if not well_formed(key):
        return ""
    said = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()
