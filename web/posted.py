"""Addresses that only take what a form sends: whoever opens one by hand, or comes back to it, is led to its page."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

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
