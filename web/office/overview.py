"""The overview (O1): where is room, what happens today, what was given this year, what the schedule did."""

from datetime import date, timedelta

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from figures.heat import heat_table
from figures.nights import nights_given
from figures.today import Today
from figures.today import today as count_today
from figures.unmet import unmet
from hostel.models import Bed, Room
from web.office.access import Office, in_the_office
from web.office.schedule import jobs
from web.office.waiting import waiting_in

SHOWN = 14  # nights in the heat table
FAR = timedelta(days=3650)  # a date further off than this is a slip of the hand


@in_the_office
@require_safe
def overview(request: HttpRequest, office: Office) -> HttpResponse:
    """The heat table of the network from ``?from=`` (tonight), and the nights given in ``?year=`` (this year)."""
    first = _day(request.GET.get("from", ""), office.day)
    year = _year(request.GET.get("year", ""), office.day)
    houses = list(office.hostels())
    last = first + timedelta(days=SHOWN - 1)
    hostels = [house for house in houses if house.valid_from <= last and (house.valid_until or last) >= first]
    heat = heat_table(hostels, first, office.now, nights=SHOWN)
    tasks = jobs(office.now)
    return render(
        request,
        "web/office/overview.html",
        {
            "office": office,
            "section": "overview",
            "heat": heat,
            "heat_rows": [
                (row.hostel, [(cell, _night_url(office, row.hostel, cell.night)) for cell in row.cells])
                for row in heat.rows
            ],
            "heat_sums": list(zip(heat.nights, heat.free, heat.beds, strict=True)),
            "earlier": office.url("office", **{"from": first - timedelta(days=SHOWN), "year": request.GET.get("year")}),
            "later": office.url("office", **{"from": first + timedelta(days=SHOWN), "year": request.GET.get("year")}),
            "tonight": office.url("office") if first != office.day else "",
            "on_call": _on_call(hostels, first),
            "today": sum(count_today(hostels, office.day).values(), Today()),
            "line": waiting_in(office).order_by().aggregate(wishes=Count("pk"), oldest=Min("made_at")),
            "given": nights_given(houses, year),
            "unmet": unmet(houses, year),
            "months": [date(year, month, 1) for month in range(1, 13)],
            "years": range(office.day.year, min([house.valid_from.year for house in houses] + [year]) - 1, -1),
            "jobs": tasks,
            "doubtful": [job for job in tasks if job.stale or job.trouble],
            "audit": next(job for job in tasks if job.name == "night_audit"),
        },
    )


def _on_call(hostels, night):
    """How many beds of ``hostels`` there are that a house gives only after it was asked: no total counts them."""
    beds = Bed.objects.valid_on(night).filter(room__in=Room.objects.valid_on(night))
    return beds.filter(room__hostel__in=hostels, room__supply=Room.Supply.ON_CALL).count()


def _night_url(office, hostel, night):
    return office.url("office_night", hostel.slug, night.isoformat())


def _day(text, today):
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    return day if day and abs(day - today) <= FAR else today


def _year(text, today):
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text) <= today.year else today.year
