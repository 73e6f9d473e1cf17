"""How the house writes things on a page: icons, nights, states, reasons, distances."""

import re
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.reasons import ASK, MET, MISSING, NOT_MET
from eligibility.rules.graduation import read_graduation, say_graduation
from hostel.nights import Nights, at, business_day, end_of_night
from hostel.places import place_called

register = template.Library()

WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)

# What a reader may set for the page, beside what the device says; kept in a cookie of the same name.
SETTINGS = {"theme": ("light", "dark"), "size": ("large", "largest")}

# One word, one icon and one colour per state, everywhere (`ux.md` §2.3).
STATES = {
    "held": (pgettext_lazy("stay", "held"), "clock", "warn"),
    "held_proof": (pgettext_lazy("stay", "held, proof needed"), "clock", "warn"),
    "held_review": (pgettext_lazy("stay", "held, being reviewed"), "clock", "warn"),
    "confirmed": (pgettext_lazy("stay", "confirmed"), "check", "ok"),
    "in_house": (pgettext_lazy("stay", "in house"), "bed", "ok"),
    "left": (pgettext_lazy("stay", "left"), "out", "plain"),
    "cancelled": (pgettext_lazy("stay", "cancelled"), "cross", "plain"),
    "no_show": (pgettext_lazy("stay", "no-show"), "block", "danger"),
    "refused": (pgettext_lazy("stay", "not passed"), "cross", "danger"),
    "due_in": (pgettext_lazy("stay", "due in"), "moon", "info"),
    "arriving_late": (pgettext_lazy("stay", "arriving late"), "clock", "info"),
    "due_out": (pgettext_lazy("stay", "due out"), "out", "warn"),
    "overdue": (pgettext_lazy("stay", "overdue"), "alert", "danger"),
    "ready": (pgettext_lazy("bed", "ready"), "check", "ok"),
    "to_clean": (pgettext_lazy("bed", "to clean"), "broom", "warn"),
    "cleaning": (pgettext_lazy("bed", "cleaning"), "broom", "info"),
    "occupied": (pgettext_lazy("bed", "occupied"), "bed", "plain"),
    "blocked": (pgettext_lazy("bed", "blocked"), "block", "danger"),
    "waiting": (pgettext_lazy("waitlist", "waiting"), "clock", "info"),
    "offered": (pgettext_lazy("waitlist", "offered"), "bed", "warn"),
    "filled": (pgettext_lazy("waitlist", "filled"), "check", "ok"),
    "expired": (pgettext_lazy("waitlist", "expired"), "cross", "plain"),
    "withdrawn": (pgettext_lazy("waitlist", "withdrawn"), "cross", "plain"),
    "done": (pgettext_lazy("task", "done"), "check", "ok"),
    "trouble": (pgettext_lazy("task", "trouble"), "alert", "danger"),
}

ROOM_KINDS = {
    "single": pgettext_lazy("room", "Single room"),
    "twin": pgettext_lazy("room", "Twin room"),
    "triple": pgettext_lazy("room", "Room for three"),
    "quad": pgettext_lazy("room", "Room for four"),
}


@register.simple_tag
def icon(name):
    """Draw one icon of the sprite. It stands beside a word, so readers aloud pass over it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("web/sprite.svg"),
        name,
    )


@register.filter
def day(value):
    """Write a date without its weekday: 3月2日, 2 Mar."""
    return dateformat.format(value, pgettext("day and month", "j M"))


@register.filter
def year_day(value):
    """Write a date with its year: 2027年1月1日, 1 Jan 2027."""
    return dateformat.format(value, pgettext("day, month and year", "j M Y"))


@register.filter
def graduated(value):
    """Write a graduation, "2025-06-25", "2025-06" or "2025": 2025 年 6 月, Jun 2025; "" where none was said."""
    said = read_graduation(value)
    if said is None:
        return ""
    chinese, english = say_graduation(said)
    return english if (get_language() or "").startswith("en") else chinese


# A run of Chinese, with the figures and marks inside it: 示例路20号, 陈**.
CHINESE = re.compile(r"[\u3400-\u9fff](?:[\u3000-\u303f\u3400-\u9fff\uff00-\uffef0-9*·-]*[\u3400-\u9fff*。，！？）])?")


@register.filter(is_safe=True)
def chinese(text):
    """Mark the Chinese in an English page as Chinese, so that it is read aloud and set as such: names, addresses."""
    escaped = conditional_escape("" if text is None else text)
    if not (get_language() or "").startswith("en"):
        return escaped
    return mark_safe(CHINESE.sub(r'<span lang="zh-Hans">\g<0></span>', escaped))


@register.filter
def tel(number):
    """A number that is rung by a tap, and never broken over two lines."""
    return format_html('<a class="nowrap" href="tel:{0}">{0}</a>', number)


@register.filter
def weekday(value):
    """Write the weekday of a date: 周一, Mon."""
    return WEEKDAYS[value.weekday()]


@register.filter
def full_day(value):
    """Write a date with its weekday: 3月2日 周一, Mon 2 Mar."""
    return pgettext("date with weekday", "{weekday} {day}").format(weekday=weekday(value), day=day(value))


@register.filter
def hour(value):
    """Write the time of day of a moment or a time: 23:00."""
    return f"{timezone.localtime(value) if hasattr(value, 'tzinfo') and value.tzinfo else value:%H:%M}"


@register.filter
def moment(value):
    """Write a moment: 3月2日 周一 23:00, Mon 2 Mar 23:00."""
    local = timezone.localtime(value)
    return f"{full_day(local.date())} {local:%H:%M}"


@register.simple_tag
def arrival_hours(hostel, arrival, kept_until, booked_at):
    """Write from when until when somebody comes in: until the desk closes, or until their bed is kept, where they come
    late or booked late."""
    closes = at(arrival, hostel.check_in_until)
    if kept_until and kept_until > closes and (kept_until < end_of_night(arrival) or booked_at >= closes):
        closes = kept_until
    return f"{hour(hostel.check_in_from)}–{hour(closes)}"


@register.simple_tag
def span(nights, now=None):
    """Write a range with both ends and its length; with ``now`` the first night may be called tonight."""
    words = {
        "arrival": full_day(nights.arrival),
        "departure": full_day(nights.departure),
        "nights": count_nights(len(nights)),
    }
    if now is not None and nights.arrival == business_day(now):
        return _("Tonight {arrival} → {departure}, {nights}").format(**words)
    return _("{arrival} → {departure}, {nights}").format(**words)


def count_nights(number):
    """Write a number of nights: 1 晚, 1 night."""
    return ngettext("{number} night", "{number} nights", number).format(number=number)


register.filter("count_nights", count_nights)


@register.filter
def metres(value):
    """Write a distance: 600 米 below a kilometre, then 2.1 公里; no line ends between the number and its unit."""
    if value < 1000:
        words = _("{number} m").format(number=round(value))
    else:
        words = _("{number} km").format(number=f"{value / 1000:.1f}")
    return words.replace(" ", "\N{NO-BREAK SPACE}")


@register.inclusion_tag("web/parts/tag.html")
def status_tag(state):
    """Show a state by word, icon and colour. ``state`` is a key of STATES."""
    word, mark, colour = STATES[state]
    return {"word": word, "icon": mark, "colour": colour}


@register.inclusion_tag("web/parts/reasons.html")
def reason_list(reasons, answers="", fold=False):
    """List reasons in the order given; with ``fold`` those that are met stand behind one line.

    ``answers`` is the page's own form of the questions: a fix that leads to the check's leads there instead, so that
    what was answered is kept.
    """
    rows = [{"reason": each, "clause": str(each.clause), "href": fix_href(each.fix, answers)} for each in reasons]
    folded = [row for row in rows if fold and row["reason"].verdict == MET]
    return {"rows": [row for row in rows if row not in folded], "folded": folded}


@register.simple_tag
def earlier_of(options):
    """Of the answers to a question those that stand folded away behind the usual ones."""
    return [option for option in options if option.get("earlier")]


@register.filter
def policy_name(reason):
    """Name the policy behind a reason in the reader's language: its title and its version."""
    version = reason.policy_version.rpartition("/")[2]
    return _("{title}, version {version}").format(title=reason.policy_title, version=version)


# Answers that the booking page asks for: what stands against one of them is mended there while it is being asked.
ANSWERS = {"EDUCATION", "GRAD", "LOCAL", "IDENTITY"}


@register.simple_tag
def unmendable(reasons, answers_open, known):
    """Of ``reasons`` those that no answer and no tick on the booking page could change.

    ``answers_open``: whether the page asks for the answers, so that they can be given differently right there.
    ``known``: whether it no longer asks who comes.
    """
    asked = ANSWERS if known else ANSWERS | {"AGE"}
    if proof_comes_first(reasons):
        return [reason for reason in reasons if reason.verdict == MISSING]
    refused = any(reason.verdict == NOT_MET for reason in reasons)
    return [
        reason
        for reason in reasons
        if reason.verdict == (NOT_MET if refused else ASK)
        and (reason.fix is None or reason.fix.kind != "accept_price")
        and not (reason.code == "PURPOSE" or (answers_open and (reason.code in asked or _is_of_answer(reason))))
    ]


def proof_comes_first(reasons):
    """Whether nothing but a proof is missing, and it is handed in before there is a bed."""
    wanting = [reason for reason in reasons if reason.verdict != MET]
    return bool(wanting) and all(
        reason.verdict == MISSING and reason.fix and reason.fix.href.startswith("/decisions/") for reason in wanting
    )


def _is_of_answer(reason):
    """Whether another answer on the page would be another answer of the rule."""
    return reason.fix is not None and reason.fix.href.startswith("/check/#")


@register.simple_tag
def way_on(reasons, hostel, nights, answers):
    """The one step that can succeed where ``reasons`` refuse a booking of ``nights``: ``label`` and ``href``.

    ``answers`` is the address at which the answers can be changed.
    """
    reason = reasons[0]
    house = reverse("hostel", args=[hostel.slug])
    wish = urlencode({"in": nights.arrival, "out": nights.departure})
    if reason.code == "GROUP_ONLY":
        return {"label": _("See the other hostels"), "href": f"{reverse('home')}?{wish}"}
    if reason.code in ANSWERS or _is_of_answer(reason):
        return {"label": _("Change the answer"), "href": answers}
    if reason.fix and reason.fix.kind == "change_dates":
        return {"label": _("Other nights"), "href": f"{house}?{reason.fix.href.partition('?')[2]}"}
    if reason.code in ("NIGHTS", "CITY_CAP") and reason.sentence.values.get("possible"):
        return {"label": _("Fewer nights"), "href": f"{house}?{wish}"}
    if reason.fix:
        return {"label": reason.fix.label, "href": fix_href(reason.fix)}
    return {"label": _("Other nights"), "href": f"{house}?{wish}"}


@register.simple_tag(name="fix_address")
def fix_href(fix, answers=""):
    """The address of a fix in the reader's language; see `reason_list` for ``answers``."""
    if fix is None:
        return ""
    path, _mark, part = fix.href.partition("#")
    if answers and part and path in ("", "/check/"):
        return f"{answers}#{part}"
    english = (get_language() or "").startswith("en")
    return f"/en{fix.href}" if english and path.startswith("/") else fix.href


MOST_CELLS = 31  # more than a month's nights are said, and not drawn


@register.inclusion_tag("web/parts/meter.html")
def nights_meter(cap):
    """Draw one cap of the allowance: a cell per night, and the sentence that says the same."""
    cells = ["used"] * cap.used + ["kept"] * cap.kept + ["free"] * cap.left
    drawn = [] if cap.per_stay or cap.granted > MOST_CELLS else cells[: cap.granted]
    return {"cap": cap, "cells": drawn, "taken": cap.used + cap.kept}


@register.simple_tag
def beds_left(free, nights, now):
    """Say how many beds are free throughout ``nights``: 今晚还剩 2 张床."""
    if len(nights) > 1:
        text = ngettext("{free} bed left for these {nights} nights", "{free} beds left for these {nights} nights", free)
    elif nights.arrival == business_day(now):
        text = ngettext("{free} bed left tonight", "{free} beds left tonight", free)
    else:
        text = ngettext("{free} bed left that night", "{free} beds left that night", free)
    return text.format(free=free, nights=len(nights))


@register.filter
def station(name_zh):
    """Name a metro station in the reader's language, where we know it in both."""
    place = place_called(name_zh)
    return place.name if place else name_zh


@register.filter
def short_day(value):
    """Write a date for a narrow place: 3/2, in English 2 Mar."""
    return day(value) if (get_language() or "").startswith("en") else f"{value.month}/{value.day}"


@register.filter
def room_kind(key):
    """Name a kind of room in words."""
    return ROOM_KINDS.get(key, key)


@register.filter
def yuan(fen):
    """Write an amount of fen as yuan: 49, 49.50."""
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:.2f}"


PHOTOS_AT_ONCE = 4  # as many as a first screen shows, with one to spare


@register.inclusion_tag("web/parts/photo.html")
def photo(picture, sizes, place=0, house=""):
    """Show a hostel's photo in the width the screen needs, or a scene drawn for the slug ``house`` where there is none.

    The first on a page (``place`` 0) is fetched at once, some more when the browser finds them near enough, and those
    from PHOTOS_AT_ONCE on only when they are nearly in view: a browser's own idea of near is a long page.
    """
    return {
        "photo": picture,
        "sizes": sizes,
        "lazy": bool(place),
        "later": place >= PHOTOS_AT_ONCE,
        "alt": "",
        "house": house,
    }


@register.filter
def nights_of(stay):
    """The nights of a stay, for `span`."""
    return Nights(stay.arrival, stay.departure)


@register.simple_tag(takes_context=True)
def other_language(context):
    """The same page in the other language, query kept: ``{"code", "name", "href"}``; empty where there is none."""
    request = context.get("request")
    path = request.get_full_path() if request else "/"
    if (get_language() or "").startswith("en"):
        return {"code": "zh-Hans", "name": "中文", "href": path.removeprefix("/en") or "/"}
    return {"code": "en", "name": "English", "href": f"/en{path}"}


@register.simple_tag
def lang_code():
    """What the lang attribute of this page says."""
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"


@register.simple_tag(takes_context=True)
def page_setting(context, name):
    """A reader's own setting of the page, kept in a cookie: ``theme`` light, dark; ``size`` large, largest."""
    request = context.get("request")
    value = request.COOKIES.get(name, "") if request else ""
    return value if value in SETTINGS[name] else ""


@register.simple_tag(takes_context=True)
def with_query(context, **changes):
    """This page's address with some of its query changed; an empty value takes a key out."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key.rstrip("_"), None)
        if value not in ("", None):
            query[key.rstrip("_")] = str(value)
    return f"{context['request'].path}?{urlencode(query)}" if query else context["request"].path
