"""The office's addresses, under /office/. Its language is the person's own."""

from django.urls import path

from web.office.calendar import calendar, withdrawal
from web.office.language import speak
from web.office.night import night
from web.office.overview import overview

urlpatterns = [
    path("", overview, name="office"),
    path("hostels/<slug:slug>/nights/<str:day>/", night, name="office_night"),
    path("calendar/", calendar, name="office_calendar"),
    path("calendar/<str:day>/withdrawal/", withdrawal, name="office_calendar_withdrawal"),
    path("language/", speak, name="office_language"),
]
