"""The language of the office is that of the person who reads it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from web import staff
from web.office.access import Office, in_the_office


@in_the_office
@require_POST
def speak(request: HttpRequest, office: Office) -> HttpResponse:
    """Keep the chosen language and go back."""
    return staff.speak(request, office.user, reverse("office"))
