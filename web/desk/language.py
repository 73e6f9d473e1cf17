"""The language of the desk is that of the person who stands at it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from web import staff
from web.desk.access import Desk, at_the_desk


@at_the_desk
@require_POST
def speak(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the chosen language and go back."""
    return staff.speak(request, desk.user, reverse("desk"))
