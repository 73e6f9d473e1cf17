"""Quotas (O3): free bed-nights by house, group and month, with what is used, held and free; typed and saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import networks_granted_by
from bookings.quota_counts import EVERYBODY
from bookings.quotas import MOST_NIGHTS, Cell, Change, Grant, Line, Standing, grant_of, groups_of, lines, set_quotas
from eligibility.reasons import Refused, Sentence
from hostel.models import Quota
from web.office.access import Office, in_the_office
from web.staff import no_right

FIRST, LAST = 2000, 2099
MOST_DAYS = 366
HOUSES = 50  # on a page
MIXED = "mixed"


@dataclass
class Field:
    """One cell of the page: its names in the form, what stands there, what was typed, and what is wrong with that."""

    standing: Standing
    label: Sentence
    name: str
    typed: str
    seen: str  # what stood there when it was shown: nights/days, or nothing
    error: str = ""
    meanwhile: bool = False  # somebody else wrote here since it was shown

    @property
    def stood(self) -> str:
        """The number that stood there when it was shown."""
        return self.seen.partition("/")[0]

    @property
    def taken(self) -> int:
        return self.standing.used + self.standing.kept


@dataclass
class Row:
    """A line of the page with its cells."""

    line: Line
    fields: list[Field]
    may_set: bool


@dataclass
class Release:
    """Of one column: so many days before a night what its group has not taken is everybody's."""

    label: Sentence
    name: str
    typed: str
    seen: str
    error: str = ""

    @property
    def stood(self) -> str:
        """The days that stood there when it was shown."""
        return "" if self.is_mixed else self.seen

    @property
    def is_mixed(self) -> bool:
        return self.seen == MIXED


@in_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def quota(request: HttpRequest, office: Office) -> HttpResponse:
    """The quotas of ``?month=`` (this one), and of its year; a POST saves what was typed, all of it or nothing."""
    month = _month(request.GET.get("month", ""), office.day)
    page = _Page(office, month, request.GET.get("page", "1"))
    if request.method != "POST":
        page.show(_before(page, month) if request.GET.get("fill") else {})
        return _answer(request, page, filled=bool(request.GET.get("fill")), saved=request.GET.get("saved", ""))
    if not page.may_set:
        return no_right(
            request,
            _("An auditor reads the quotas; setting them is for officers."),
            _("Tell an officer of your network what is to be granted, and why."),
        )
    changes = page.read(request.POST)
    if page.has_errors:
        return _answer(request, page, status=422)
    try:
        done = set_quotas(changes, now=office.now, actor=office.user)
    except Refused as no:
        if no.code == "QUOTA_CHANGED":
            page.take_over(request.POST)
        return _answer(request, page, refusal=no, status=409)
    return redirect(office.url("office_quota", month=f"{month:%Y-%m}", page=page.number, saved=str(done)))


class _Page:
    """What stands on the page, what was typed there, and what that comes to."""

    def __init__(self, office: Office, month: date, number: str):
        self.office, self.month = office, month
        networks = [office.network, *office.network.districts.order_by("slug")]
        self.groups = groups_of(networks, office.day)
        open_then = office.hostels().exclude(valid_until__lte=month).select_related("network").order_by("slug")
        self.shown = Paginator(open_then, HOUSES).get_page(number)
        self.number = "" if self.shown.number == 1 else self.shown.number
        found = lines(
            self.shown.object_list, networks if self.shown.number == 1 else [], month, self.groups, office.now
        )
        mine = set(networks_granted_by(office.user, office.day).values_list("pk", flat=True))
        self.rows = [
            Row(
                line,
                [_field(each, self.groups[each.cell.group]) for each in line.cells],
                may_set=line.network.pk in mine,
            )
            for line in found
        ]
        self.may_set = any(row.may_set for row in self.rows)
        self.houses = [row for row in self.rows if row.line.hostel is not None]
        self.years = [row for row in self.rows if row.line.hostel is None]
        self.releases = {"month": self._releases(self.houses, "month"), "year": self._releases(self.years, "year")}

    def _releases(self, rows, span):
        found = []
        for number, group in enumerate(self.groups):
            if group != EVERYBODY:
                grants = [row.fields[number].standing.grant for row in rows]
                said = {_text(grant.release_days) for grant in grants if grant is not None}
                seen = MIXED if len(said) > 1 else next(iter(said), "")
                name, typed = f"r:{span}:{group}", "" if seen == MIXED else seen
                found.append(Release(self.groups[group], name, typed, seen))
        return found

    @property
    def has_errors(self) -> bool:
        fields = [field for row in self.rows for field in row.fields]
        return any(each.error for each in [*fields, *self.releases["month"], *self.releases["year"]])

    def show(self, fill: Mapping[tuple, Grant]) -> None:
        """Show what stands, and where nothing does what ``fill`` says."""
        for row in self.houses:
            for field in row.fields:
                if not field.typed and (grant := fill.get(_key(field.standing.cell))):
                    field.typed = str(grant.nights)
        for release in self.releases["month"]:
            group = release.name.rsplit(":", 1)[1]
            days = {_text(grant.release_days) for (_place, other), grant in fill.items() if other == group}
            if not release.seen and len(days) == 1:
                [release.typed] = days

    def read(self, sent: Mapping[str, str]) -> list[Change]:
        """What was typed and differs from what its writer saw; what can't be read is said at its place."""
        changes = []
        for span, rows in (("month", self.houses), ("year", self.years)):
            days = {each.name.rsplit(":", 1)[1]: self._read_release(each, sent) for each in self.releases[span]}
            for row in rows:
                for field in row.fields:
                    if row.may_set and field.name in sent and (change := self._read(field, days, sent)):
                        changes.append(change)
        return changes

    def _read_release(self, release, sent):
        """The days of a column: None for never, `MIXED` where every cell keeps its own."""
        release.seen = sent.get(f"w{release.name}", release.seen)
        release.typed = sent.get(release.name, release.typed).strip()
        if release.typed == "" and release.is_mixed:
            return MIXED
        days, right = _number(release.typed, MOST_DAYS)
        if not right:
            release.error = _("Write a number of days up to %(most)s, or nothing for never.") % {"most": MOST_DAYS}
        return days if release.typed != release.seen else MIXED

    def _read(self, field, days, sent):
        cell = field.standing.cell
        field.seen, field.typed = sent.get(f"w{field.name}", ""), sent[field.name].strip()
        nights, right = _number(field.typed, MOST_NIGHTS)
        if not right:
            field.error = _("Write a whole number of nights, or leave it empty.")
            return None
        seen = _grant(field.seen)
        own = days.get(cell.group, MIXED)
        if own == MIXED:
            own = seen.release_days if seen else self._said(cell)
        grant = None if nights is None else Grant(nights, own)
        return None if grant == seen else Change(cell, grant, seen, look=True)

    def _said(self, cell):
        """The days that stand over the column of ``cell``; none over everybody's."""
        span = "month" if cell.hostel is not None else "year"
        over = (each.typed for each in self.releases[span] if each.name == f"r:{span}:{cell.group}")
        return _number(next(over, ""), MOST_DAYS)[0]

    def take_over(self, sent: Mapping[str, str]) -> None:
        """Show what somebody else wrote meanwhile, and keep what was typed where that is another number."""
        for row in self.rows:
            for field in row.fields:
                there = _seen(field.standing.grant)
                if field.name not in sent or field.seen == there:
                    continue
                untouched, field.seen = field.typed == field.stood, there
                if untouched:
                    field.typed = field.stood
                else:
                    field.meanwhile = True
        for span, rows in (("month", self.houses), ("year", self.years)):
            for release, now in zip(self.releases[span], self._releases(rows, span), strict=True):
                if release.typed == release.seen:
                    release.typed = now.typed
                release.seen = now.seen


def _field(standing, label):
    grant = standing.grant
    name = f"n:{_key(standing.cell)[0]}:{standing.cell.group}"
    return Field(standing, label, name, "" if grant is None else str(grant.nights), _seen(grant))


def _key(cell: Cell) -> tuple[str, str]:
    return cell.hostel.slug if cell.hostel is not None else f"{cell.network.slug}:year", cell.group


def _seen(grant):
    return "" if grant is None else f"{grant.nights}/{_text(grant.release_days)}"


def _text(number):
    return "" if number is None else str(number)


def _grant(seen):
    """What a hidden field says that was seen; what nobody could have seen reads as nothing."""
    nights, _slash, days = seen.partition("/")
    number, right = _number(nights, MOST_NIGHTS)
    release, also_right = _number(days, MOST_DAYS)
    return Grant(number, release) if right and also_right and number is not None else None


def _number(text, most) -> tuple[int | None, bool]:
    """A whole number in plain digits up to ``most`` (None where nothing is said), and whether it is one."""
    if not text:
        return None, True
    right = text.isascii() and text.isdigit() and len(text) <= 7 and int(text) <= most
    return (int(text), True) if right else (None, False)


def _before(page: _Page, month: date) -> dict[tuple[str, str], Grant]:
    """What stood a month before in the houses of the page."""
    slugs = {row.line.hostel.pk: row.line.hostel.slug for row in page.houses if row.line.hostel is not None}
    rows = Quota.objects.filter(hostel__in=slugs, first_day=_moved(month, -1))
    return {(slugs[row.hostel_id], row.group): grant for row in rows if row.hostel_id and (grant := grant_of(row))}


def _answer(request, page, *, refusal=None, filled=False, saved="", status=200):
    office, month = page.office, page.month

    def url(to, **query):
        return office.url("office_quota", month=f"{to:%Y-%m}", **query)

    return render(
        request,
        "web/office/quota.html",
        {
            "office": office,
            "section": "quota",
            "page": page,
            "month": month,
            "groups": list(page.groups.items()),
            "tables": [
                ("month", page.houses, page.releases["month"]),
                ("year", page.years, page.releases["year"]),
            ],
            "before": url(_moved(month, -1)) if month > date(FIRST, 1, 1) else "",
            "after": url(_moved(month, 1)) if month < date(LAST, 12, 1) else "",
            "here": url(month, page=page.number),
            "fill": url(month, page=page.number, fill="1"),
            "this_month": url(office.day) if office.day.replace(day=1) != month else "",
            "pages": [(number, url(month, page=number)) for number in page.shown.paginator.page_range],
            "refusal": refusal,
            "filled": filled,
            "saved": int(saved) if saved.isascii() and saved.isdigit() and len(saved) < 5 else None,
            "most_days": MOST_DAYS,
        },
        status=status,
    )


def _month(text, today):
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return month if FIRST <= month.year <= LAST else today.replace(day=1)


def _moved(month, months):
    years, number = divmod(month.month - 1 + months, 12)
    return date(month.year + years, number + 1, 1)
