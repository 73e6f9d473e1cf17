"""The language of the desk is that of the person who stands at it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from web import staff
from web.desk.access import Desk, beside_the_desk
from web.posted import posted


@beside_the_desk
@posted()
def speak(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the chosen language and go back."""
    return staff.speak(request, desk.login, reverse("desk"))
