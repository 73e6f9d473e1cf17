"""Today at the desk (D1): who comes, who is here, who goes, who did not come; each row with its one next act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from bookings.availability import night_table
from bookings.models import BedNight, Stay
from bookings.on_call import to_answer
from desk.housekeeping import CLEANING, TO_CLEAN, BedState, bed_states
from desk.models import Act, Clash, Note
from desk.undoing import last_act
from eligibility.models import Review
from figures.today import today as count_today
from hostel.models import Bed
from hostel.nights import Nights, end_of_night
from web.desk.access import Desk, at_the_desk
from web.desk.acts import new_act_id
from web.desk.finding import bed_tonight
from web.templatetags.desk import soon, state_today

CHECK_IN, CHECK_OUT, NO_SHOW = "check_in", "check_out", "no_show"
WORDS = {
    CHECK_IN: gettext_lazy("Check in"),
    CHECK_OUT: gettext_lazy("Check out"),
    NO_SHOW: gettext_lazy("Did not come"),
}


@dataclass(frozen=True)
class Row:
    """A stay of a list: its bed and whether that is ready, its state in one word, and what the desk does next to it, if
    anything."""

    stay: Stay
    bed: Bed | None
    state: str  # a key of the states in `web.templatetags.house`
    act: str = ""
    href: str = ""
    late: bool = False  # the bed was kept until now, and the guest has not come
    page: str = ""  # where the name leads: the card of who comes, else all about the stay
    unready: BedState | None = None  # the bed as it is, where somebody waits for it

    @property
    def word(self) -> Promise | str:
        return WORDS.get(self.act, "")


@dataclass(frozen=True)
class Alert:
    """Something that the desk should look at before anything else: in words, and where to go for each part of it."""

    kind: str
    icon: str
    words: str
    links: tuple[tuple[str, str], ...]


@at_the_desk
@require_safe
def today(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Four counts, the list behind the one that is chosen, and what waits whichever it is."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in LISTS else "due_in"
    beds = bed_states(desk.hostel, desk.now)
    lists = {name: [_row(stay, name, desk, beds) for stay in stays] for name, stays in lists_of(desk).items()}
    done = _just_done(request, desk)
    return render(
        request,
        "web/desk/today.html",
        {
            "desk": desk,
            "section": "today",
            "tab": tab,
            "tabs": {name: desk.url("desk", tab=name) for name in LISTS},
            "counts": count_today([desk.hostel], desk.day)[desk.hostel.pk],
            "rows": lists[tab],
            "to_answer": _to_answer(desk),
            "done": done,
            "act": last_act(done, desk.now) if done else _act_of(request, desk),
            "alerts": _alerts(desk, lists),
            "ready_tonight": None if lists[tab] else _ready_tonight(desk, beds),
        },
    )


def _stays_today(desk):
    """The stays of the four lists, with guest and kept nights, in two statements. The document stays closed."""
    kept = BedNight.objects.live().select_related("bed__room").order_by("night")
    return (
        Stay.objects.filter(
            Q(status=Stay.Status.CONFIRMED, arrival__lte=desk.day)
            | Q(status=Stay.Status.IN_HOUSE)
            | Q(status=Stay.Status.NO_SHOW, arrival=desk.day),
            hostel=desk.hostel,
        )
        .select_related("guest")
        .defer("guest__document")
        .prefetch_related(Prefetch("bed_nights", kept, to_attr="kept_nights"))
    )


LISTS = ("due_in", "in_house", "due_out", "no_show")


def lists_of(desk: Desk) -> dict[str, list[Stay]]:
    """The stays of each list, in its order: who is to be dealt with first stands first."""
    stays = list(_stays_today(desk))
    here = sorted((each for each in stays if each.status == Stay.Status.IN_HOUSE), key=lambda x: (x.departure, x.code))
    expected = [each for each in stays if each.status == Stay.Status.CONFIRMED]
    missed = [each for each in stays if each.status == Stay.Status.NO_SHOW]
    return {
        "due_in": sorted(expected, key=lambda stay: (stay.kept_until, stay.code)),
        "in_house": here,
        "due_out": [stay for stay in here if stay.departure <= desk.day],
        "no_show": sorted(missed, key=lambda stay: stay.code),
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


def _act_of(request, desk):
    """An act of this house about a stay that it does not have any more: here alone it can still be taken back."""
    number = request.GET.get("act", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return Act.objects.filter(pk=number, hostel=desk.hostel).select_related("stay").first()


def _row(stay, tab, desk, beds):
    bed = bed_tonight(stay, desk.day)
    if tab == "no_show":
        return Row(stay, bed, "no_show", page=desk.url("desk_stay", stay.code))
    if tab == "due_in":
        late = stay.kept_until <= desk.now
        card = desk.url("desk_checkin", stay=stay.code)
        act, href = (NO_SHOW, desk.url("desk_no_show", stay.code)) if late else (CHECK_IN, card)
        state = beds.get(bed.pk) if bed else None
        unready = state if state and not state.is_ready else None
        return Row(stay, bed, state_today(stay, desk.day), act, href, late, card, unready)
    waits = beds.get(bed.pk) if bed else None
    # Let in before the bed was clean: the key is still with the desk.
    unready = waits if waits and waits.state in (TO_CLEAN, CLEANING) else None
    page = desk.url("desk_stay", stay.code)
    href = desk.url("desk_check_out", stay.code)
    return Row(stay, bed, state_today(stay, desk.day), CHECK_OUT, href, page=page, unready=unready)


# --- what waits -------------------------------------------------------------------------------------------------------
def _alerts(desk: Desk, lists: Mapping[str, list[Row]]) -> list[Alert]:
    """What waits, the guests before the papers; nothing where nothing does."""
    late = [row for row in lists["due_in"] if row.late]
    unready = [row for row in (*lists["due_in"], *lists["in_house"]) if row.unready]
    overdue = [row for row in lists["due_out"] if row.state == "overdue"]
    found = [
        _of_rows("late", "clock", late, _late(len(late))),
        _of_rows("overdue", "alert", overdue, _overdue(len(overdue))),
        _of_beds(unready, desk),
        _of_proofs(desk),
        _of_clashes(desk),
        _of_notes(desk),
    ]
    return [alert for alert in found if alert]


def _late(number):
    return ngettext(
        "%(number)s guest has not come, and the time the bed was kept is over",
        "%(number)s guests have not come, and the time their beds were kept is over",
        number,
    ) % {"number": number}


def _overdue(number):
    return ngettext(
        "%(number)s guest should have left before today: extend the stay or check out",
        "%(number)s guests should have left before today: extend the stays or check them out",
        number,
    ) % {"number": number}


def _of_rows(kind, icon, rows, words):
    return Alert(kind, icon, words, tuple((_who(row.stay), row.page) for row in rows)) if rows else None


def _who(stay):
    return f"{stay.guest.masked_name} {stay.code}"


def _of_beds(rows, desk):
    """Beds that somebody who comes today is to have, and that are not ready."""
    words = {row.bed: _ready_about(row, desk) for row in sorted(rows, key=lambda row: str(row.bed))}
    if not words:
        return None
    said = ngettext(
        "%(number)s bed for today is not ready yet", "%(number)s beds for today are not ready yet", len(words)
    )
    rooms = desk.url("desk_rooms")
    return Alert("not_ready", "broom", said % {"number": len(words)}, tuple((each, rooms) for each in words.values()))


def _ready_about(row, desk):
    if row.unready.ready_at is None:
        return str(row.bed)
    return _("%(bed)s, ready about %(moment)s") % {"bed": row.bed, "moment": soon(row.unready.ready_at, desk.now)}


def _of_proofs(desk):
    """Guests of today whose proof nobody has passed yet: the original, looked at here, is as good."""
    asked = Review.objects.open().filter(kind=Review.Kind.PROOF, assessment__about=OuterRef("code"))
    waits = Q(awaits__in=[Stay.Awaits.PROOF, Stay.Awaits.REVIEW], held_until__gt=desk.now, status=Stay.Status.HELD)
    stays = (
        Stay.objects.filter(waits | Q(Exists(asked), status=Stay.Status.CONFIRMED), hostel=desk.hostel)
        .filter(arrival__lte=desk.day, departure__gt=desk.day)
        .select_related("guest")
        .defer("guest__document")
        .order_by("kept_until", "code")
    )
    links = tuple((_who(stay), desk.url("desk_checkin", stay=stay.code)) for stay in stays)
    words = ngettext(
        "%(number)s guest of today has a proof to look at: the original will do",
        "%(number)s guests of today have proofs to look at: the originals will do",
        len(links),
    )
    return Alert("evidence", "picture", words % {"number": len(links)}, links) if links else None


def _of_clashes(desk):
    number = Clash.objects.filter(act__hostel=desk.hostel, settled_at=None).count()
    words = ngettext(
        "%(number)s act from offline does not fit: choose what holds",
        "%(number)s acts from offline do not fit: choose what holds",
        number,
    )
    links = ((_("Open what does not fit"), desk.url("desk_sync")),)
    return Alert("clashes", "sync", words % {"number": number}, links) if number else None


def _of_notes(desk):
    """What is to do by the end of the day, and what has to be reported."""
    due = Q(due_at__lte=end_of_night(desk.day)) | Q(kind=Note.Kind.REPORT)
    open_now = Note.objects.filter(due, hostel=desk.hostel, done_at=None)
    number = open_now.filter(kind__in=[Note.Kind.TODO, Note.Kind.REPORT]).count()
    words = ngettext("%(number)s thing to do today", "%(number)s things to do today", number)
    links = ((_("Open the shift log"), desk.url("desk_log")),)
    return Alert("to_do", "chat", words % {"number": number}, links) if number else None


def _ready_tonight(desk, beds):
    """How many beds somebody could be given now: nobody has them tonight, and they are clean."""
    tonight = Nights(desk.day, desk.day + timedelta(days=1))
    free = night_table([desk.hostel], tonight, desk.now)[desk.hostel.pk][0].free
    unclean = {bed for bed, each in beds.items() if each.state in (TO_CLEAN, CLEANING)}
    if unclean:
        taken = BedNight.objects.taken(desk.now).filter(night=desk.day, bed__in=unclean)
        unclean -= set(taken.values_list("bed", flat=True))
    return max(0, free - len(unclean))
