"""The office's addresses, under /office/. Its language is the person's own."""

from django.urls import path

from web.office.batches import batch, batches, cancellation, names, release_page
from web.office.calendar import calendar, withdrawal
from web.office.language import speak
from web.office.night import night
from web.office.no_shows import no_show, no_shows
from web.office.overview import overview
from web.office.people import excuses, extra, extra_back, people, person
from web.office.policies import (
    policies,
    policy,
    policy_approval,
    policy_discard,
    policy_file,
    policy_handover,
    policy_preview,
    policy_text,
)
from web.office.quota import quota
from web.office.reviews import decision, keys, look, picture, question, queue, text, undo
from web.office.rooms import rooms
from web.office.waiting import waiting

urlpatterns = [
    path("", overview, name="office"),
    path("hostels/<slug:slug>/nights/<str:day>/", night, name="office_night"),
    path("hostels/<slug:slug>/rooms/", rooms, name="office_rooms"),
    path("quota/", quota, name="office_quota"),
    path("calendar/", calendar, name="office_calendar"),
    path("calendar/<str:day>/withdrawal/", withdrawal, name="office_calendar_withdrawal"),
    path("waiting/", waiting, name="office_waiting"),
    path("no-shows/", no_shows, name="office_no_shows"),
    path("no-shows/<str:code>/", no_show, name="office_no_show"),
    path("reviews/", queue, name="office_reviews"),
    path("reviews/keys/", keys, name="office_review_keys"),
    path("reviews/<int:number>/", question, name="office_review"),
    path("reviews/<int:number>/decision/", decision, name="office_review_decision"),
    path("reviews/<int:number>/text/", text, name="office_review_text"),
    path("reviews/<int:number>/undo/", undo, name="office_review_undo"),
    path("reviews/<int:number>/look/", look, name="office_review_look"),
    path("evidence/<int:number>/pages/<int:page>/", picture, name="office_evidence_page"),
    path("policies/", policies, name="office_policies"),
    path("policies/<int:number>/", policy, name="office_policy"),
    path("policies/<int:number>/file.yaml", policy_file, name="office_policy_file"),
    path("policies/<int:number>/text/", policy_text, name="office_policy_text"),
    path("policies/<int:number>/preview/", policy_preview, name="office_policy_preview"),
    path("policies/<int:number>/approval/", policy_approval, name="office_policy_approval"),
    path("policies/<int:number>/handover/", policy_handover, name="office_policy_handover"),
    path("policies/<int:number>/discard/", policy_discard, name="office_policy_discard"),
    path("batches/", batches, name="office_batches"),
    path("batches/<str:code>/", batch, name="office_batch"),
    path("batches/<str:code>/names/", names, name="office_batch_names"),
    path("batches/<str:code>/release/", release_page, name="office_batch_release"),
    path("batches/<str:code>/cancellation/", cancellation, name="office_batch_cancellation"),
    path("people/", people, name="office_people"),
    path("people/<int:number>/", person, name="office_person"),
    path("people/<int:number>/extra-nights/", extra, name="office_person_extra"),
    path("people/<int:number>/extra-nights/<int:extra>/withdrawal/", extra_back, name="office_person_extra_back"),
    path("people/<int:number>/stays/<str:code>/excuses/", excuses, name="office_person_excuses"),
    path("language/", speak, name="office_language"),
]
