"""The house whose clock stands still, as nginx shows it: what can be packed is packed. With one page more, `/broken/`,
that fails: the only way to see our apology."""

import gzip
from contextlib import closing, nullcontext

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from config import urls
from tests.clock import application as house

# As in deploy/nginx.conf: pages at the lightest, files packed beforehand at the tightest.
PACKED = {"text/html": 1, "text/css": 9, "text/javascript": 9, "application/javascript": 9, "image/svg+xml": 9}


def broken(request):
    """Fail as nothing of ours should."""
    raise RuntimeError("this page is broken so that a test can look at it")


urls.urlpatterns += i18n_patterns(path("broken/", broken), prefix_default_language=False)


def application(environ, start_response):
    """Answer as the house does, packed for who takes that."""
    begun = []
    answer = house(environ, lambda *said: begun.append(said))
    with closing(answer) if hasattr(answer, "close") else nullcontext():
        body = b"".join(answer)
    status, headers, *rest = begun[0]
    said = {name.lower(): value for name, value in headers}
    level = PACKED.get(said.get("content-type", "").partition(";")[0])
    if level and body and "content-encoding" not in said and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        body = gzip.compress(body, level)
        headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        headers += [("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]
    start_response(status, headers, *rest)
    return [body]


__all__ = ["application"]
