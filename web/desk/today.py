"""Today at the desk (D1): who comes, who is here, who goes, who did not come; each row with its one next act."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bookings.availability import night_table
from bookings.models import BedNight, Stay
from bookings.on_call import to_answer
from figures.today import today as count_today
from hostel.models import Bed
from hostel.nights import Nights
from web.desk.access import Desk, at_the_desk
from web.desk.acts import new_act_id

CHECK_IN, CHECK_OUT, NO_SHOW = "check_in", "check_out", "no_show"
WORDS = {CHECK_IN: _("Check in"), CHECK_OUT: _("Check out"), NO_SHOW: _("Did not come")}


@dataclass(frozen=True)
class Row:
    """A stay of a list: its bed, its state in one word, and what the desk does next to it, if anything."""

    stay: Stay
    bed: Bed | None
    state: str  # a key of the states in `web.templatetags.house`
    act: str = ""
    href: str = ""
    late: bool = False  # the bed was kept until now, and the guest has not come
    card: str = ""  # who comes after all is let in from here

    @property
    def word(self) -> Promise | str:
        return WORDS.get(self.act, "")


@at_the_desk
@require_safe
def today(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Four counts, and the list behind the one that is chosen."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in LISTS else "due_in"
    rows = [_row(stay, tab, desk) for stay in stays_of(tab, desk)]
    return render(
        request,
        "web/desk/today.html",
        {
            "desk": desk,
            "section": "today",
            "tab": tab,
            "tabs": {name: desk.url("desk", tab=name) for name in LISTS},
            "counts": count_today([desk.hostel], desk.day)[desk.hostel.pk],
            "rows": rows,
            "to_answer": _to_answer(desk),
            "done": _just_done(request, desk),
            "late": sum(row.late for row in rows),
            "overdue": sum(row.state == "overdue" for row in rows),
            "free_tonight": None if rows else _free_tonight(desk),
        },
    )


def stays_of(tab: str, desk: Desk) -> QuerySet[Stay]:
    """The stays of one list, with guest and bed, in two statements. The document stays closed."""
    kept = BedNight.objects.live().select_related("bed__room").order_by("night")
    return (
        LISTS[tab](Stay.objects.filter(hostel=desk.hostel), desk.day)
        .select_related("guest")
        .defer("guest__document")
        .prefetch_related(Prefetch("bed_nights", kept, to_attr="kept_nights"))
    )


LISTS = {
    "due_in": lambda stays, day: stays.filter(status="confirmed", arrival__lte=day).order_by("kept_until", "code"),
    "in_house": lambda stays, day: stays.filter(status="in_house").order_by("departure", "code"),
    "due_out": lambda stays, day: stays.filter(status="in_house", departure__lte=day).order_by("departure", "code"),
    "no_show": lambda stays, day: stays.filter(status="no_show", arrival=day).order_by("code"),
}


def _to_answer(desk):
    """What the house is asked: each stay in an on-call bed with its bed, and the name of the act that answers."""
    kept = BedNight.objects.live().select_related("bed__room").order_by("night")
    asked = to_answer(desk.hostel, desk.now).prefetch_related(Prefetch("bed_nights", kept, to_attr="kept_nights"))
    return [(stay, stay.kept_nights[0].bed, new_act_id()) for stay in asked.defer("guest__document")]


def _just_done(request, desk):
    """The stay that the page before this one dealt with, named in the address: nothing is done by it."""
    code = request.GET.get(CHECK_OUT) or request.GET.get(NO_SHOW)
    over = [Stay.Status.LEFT, Stay.Status.NO_SHOW]
    return code and Stay.objects.filter(code=code, hostel=desk.hostel, status__in=over).select_related("guest").first()


def _row(stay, tab, desk):
    bed = stay.kept_nights[0].bed if stay.kept_nights else None
    if tab == "no_show":
        return Row(stay, bed, "no_show")
    if tab == "due_in":
        late = stay.kept_until <= desk.now
        card = desk.url("desk_checkin", stay=stay.code)
        act, href = (NO_SHOW, desk.url("desk_no_show", stay.code)) if late else (CHECK_IN, card)
        return Row(stay, bed, "arriving_late" if stay.late_at else "due_in", act, href, late, card)
    state = "overdue" if stay.departure < desk.day else "due_out" if stay.departure == desk.day else "in_house"
    return Row(stay, bed, state, CHECK_OUT, desk.url("desk_check_out", stay.code))


def _free_tonight(desk):
    tonight = Nights(desk.day, desk.day + timedelta(days=1))
    return night_table([desk.hostel], tonight, desk.now)[desk.hostel.pk][0].free
