"""The desk without a line: what its browser keeps, and how it finds out that the line is there."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Person
from desk.acts import kinds
from desk.sheet import sheet_of
from hostel.models import OutOfService
from web.desk.access import Desk, beside_the_desk
from web.templatetags.house import count_nights

SHELL = "web/desk/offline.html"
# What the shell is made of; the worker has it before it is wanted.
FILES = (
    "web/house.css",
    "web/desk.css",
    "web/house.js",
    "web/icon.svg",
    "web/sprite.svg",
    "web/desk/device.js",
    "web/desk/line.js",
    "web/desk/pin.js",
    "web/desk/queue.js",
    "web/desk/scan.js",
    "web/desk/shell.js",
    "web/desk/store.js",
)
# What a list may say of a stay or a bed, and what stands beside what was found (`web.templatetags.house`).
STAY_STATES = ("due_in", "arriving_late", "in_house", "due_out", "overdue", "no_show", "left", "cancelled", "held")
SHOWN_STATES = (*STAY_STATES, "ready", "to_clean", "cleaning", "occupied", "blocked")
SHOWN_ICONS = ("check", "people", "clock", "calendar", "question", "block", "out")


@never_cache
@require_safe
def beat(request: HttpRequest) -> HttpResponse:
    """204: there is a line. Asked every other second by every tablet, so it asks nobody else, and no database."""
    return HttpResponse(status=204)


@beside_the_desk
@require_safe
def sheet(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What this desk keeps on its device for when the line is gone (`desk/sheet.py`); whose it is, is written down."""
    return JsonResponse(sheet_of(desk.hostel, now=desk.now, by=desk.user, locked=desk.locked))


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page that a browser shows at every address of the desk while there is no line. It names nobody and no house:
    what it shows it finds in the browser's store."""
    response = render(request, SHELL, _words())
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script by which a browser answers in our place; asked anew each time, so that it is never an old one."""
    about = {
        "version": _version(),
        "files": [static(name) for name in FILES],
        "shell": reverse("desk_offline"),
        "statics": settings.STATIC_URL,
    }
    script = f"self.desk = {json.dumps(about)};\nimportScripts({json.dumps(static('web/desk/worker.js'))});\n"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = reverse("desk")
    return response


def _words():
    return {
        "shell": True,
        "documents": Person.Document.choices,
        "genders": Person.Gender.choices,
        "educations": Person.Education.choices,
        "reasons": OutOfService.Reason.choices,
        "acts": [(kind.name, kind.words) for kind in kinds().values()],
        "states": SHOWN_STATES,
        "icons": SHOWN_ICONS,
        "one_night": count_nights(1),
        "two_nights": count_nights(2),
    }


@cache
def _version() -> str:
    """A name for what the shell is made of, in every language: another where any of it changes."""
    made = hashlib.sha256()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            made.update(render_to_string(SHELL, _words()).encode())
    for name in (*FILES, "web/desk/worker.js"):
        made.update(static(name).encode())
        # Where names do not change with what is in a file, it is the file itself that is looked at.
        if not settings.PRODUCTION and (found := finders.find(name)):
            made.update(Path(found).read_bytes())
    return made.hexdigest()[:12]
