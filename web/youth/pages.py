"""Plain pages: help, privacy, and the sections that are still to come."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.retention import PURPOSES
from hostel.models import Hostel, Network
from hostel.nights import business_day


@require_safe
def help_page(request):
    """How it works, and whom to ring."""
    hostels = Hostel.objects.valid_on(business_day(timezone.now()))
    offices = Network.objects.exclude(phone="").order_by("slug")
    return render(request, "web/youth/help.html", {"hostels": hostels, "offices": offices})


@require_safe
def privacy(request):
    """What is asked, why, who sees it, how long it is kept."""
    return render(request, "web/youth/privacy.html", {"purposes": PURPOSES})


@require_safe
def accessibility(request):
    """What works for whom, what does not yet, and how to get help."""
    return render(request, "web/youth/accessibility.html")


@require_safe
def events(request):
    """What the hostels' Youth Homes will show here."""
    return render(request, "web/youth/events.html", {"section": "events"})


@require_safe
def apartments(request):
    """What comes after the free nights: what will stand here, and whom to ask until then."""
    return render(request, "web/youth/apartments.html", {"section": "services"})


@require_safe
def services(request):
    """Jobs, policies, training: what will stand here."""
    return render(request, "web/youth/services.html", {"section": "services"})
