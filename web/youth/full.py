"""No bed (409): what is near, on the same nights where it can be, each one tap away."""

import secrets
from dataclasses import replace
from http import HTTPStatus

from django.shortcuts import render
from django.urls import reverse

from accounts.reasons import Refused
from bookings.alternatives import CHANGE_OF_BED, NEARBY, WAITLIST, Alternative
from bookings.lodging import PLAIN, Lodging
from hostel.nights import Nights
from web.youth import asked

# What the forms say that are shown where a bed is free.
SHOWN_FREE = "shown_free"


def no_bed(request, hostel, nights: Nights, no: Refused, now, lodging: Lodging, purpose="", *, accept_price=False):
    """The page that answers a wish for which no bed was found, with what could be booked instead."""
    return render(
        request,
        "web/youth/full.html",
        {
            "needs": sorted(lodging.needs),
            "alone": lodging.alone,
            "section": "stay",
            "now": now,
            "hostel": hostel,
            "nights": nights,
            "no": no,
            "was_free": SHOWN_FREE in request.POST,
            "alternatives": [
                {
                    "to": alternative,
                    "nights": Nights(alternative.arrival, alternative.departure),
                    "action": alternative_address(alternative, lodging),
                    "key": secrets.token_urlsafe(16),
                }
                for alternative in sorted(no.alternatives, key=_keeps_the_nights)
            ],
            "purpose": purpose,
            "accept_price": accept_price,
            "search_href": asked.address(
                reverse("home"), {"in": nights.arrival.isoformat(), "nights": str(min(len(nights), asked.LONGEST))}
            ),
        },
        status=HTTPStatus.CONFLICT,
    )


def _keeps_the_nights(alternative):
    """First what keeps the nights, the nearest house before a change of bed; then other nights; then the line."""
    return {NEARBY: 0, CHANGE_OF_BED: 1, WAITLIST: 3}.get(alternative.kind, 2)


def alternative_address(alternative: Alternative, lodging: Lodging = PLAIN) -> str:
    """Where ``alternative`` is booked, or waited for, in the reader's language, with what is asked of the bed."""
    nights = asked.span(Nights(alternative.arrival, alternative.departure))
    if alternative.kind == WAITLIST:
        return asked.address(reverse("wish_new"), {"hostel": alternative.hostel.slug}, nights)
    wanted = asked.lodging_query(replace(lodging, change_of_bed=alternative.kind == CHANGE_OF_BED))
    return asked.address(reverse("book", args=[alternative.hostel.slug]), nights, wanted)
