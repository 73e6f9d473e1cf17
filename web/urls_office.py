"""The office's addresses, under /office/. Its language is the person's own."""

from django.urls import path

from web.office.calendar import calendar, withdrawal
from web.office.language import speak
from web.office.night import night
from web.office.overview import overview
from web.office.people import excuses, extra, extra_back, people, person

urlpatterns = [
    path("", overview, name="office"),
    path("hostels/<slug:slug>/nights/<str:day>/", night, name="office_night"),
    path("calendar/", calendar, name="office_calendar"),
    path("calendar/<str:day>/withdrawal/", withdrawal, name="office_calendar_withdrawal"),
    path("people/", people, name="office_people"),
    path("people/<int:number>/", person, name="office_person"),
    path("people/<int:number>/extra-nights/", extra, name="office_person_extra"),
    path("people/<int:number>/extra-nights/<int:extra>/withdrawal/", extra_back, name="office_person_extra_back"),
    path("people/<int:number>/stays/<str:code>/excuses/", excuses, name="office_person_excuses"),
    path("language/", speak, name="office_language"),
]
