"""The house whose clock stands still, with one page more, `/broken/`, that fails: the only way to see our apology."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from config import urls
from tests.clock import application


def broken(request):
    """Fail as nothing of ours should."""
    raise RuntimeError("this page is broken so that a test can look at it")


urls.urlpatterns += i18n_patterns(path("broken/", broken), prefix_default_language=False)

__all__ = ["application"]
