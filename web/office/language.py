"""The language of the office is that of the person who reads it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from web import staff
from web.office.access import Office, in_the_office
from web.posted import posted


@in_the_office
@posted()
def speak(request: HttpRequest, office: Office) -> HttpResponse:
    """Keep the chosen language and go back."""
    return staff.speak(request, office.user, reverse("office"))
