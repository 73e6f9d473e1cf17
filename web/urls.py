"""The youth's addresses: Chinese at the root, English under /en/."""

from django.urls import include, path

from web.youth import (
    batches,
    booking,
    change,
    check,
    evidence,
    home,
    me,
    pages,
    parties,
    passes,
    reviews,
    stays,
    waiting,
)

urlpatterns = [
    path("", include("web.urls_login")),
    path("", home.home, name="home"),
    path("check/", check.check, name="check"),
    path("hostels/<slug:slug>/", home.house, name="hostel"),
    path("book/<slug:slug>/", booking.book_page, name="book"),
    path("book/<slug:slug>/together/", parties.together_page, name="together"),
    path("parties/<str:code>/", parties.party_page, name="party"),
    path("parties/<str:code>/cancel/", parties.cancel_page, name="party_cancel"),
    path("batches/<str:code>/", batches.batch_page, name="batch"),
    path("stays/<str:code>/", stays.stay_page, name="stay"),
    path("stays/<str:code>/change/", change.change_page, name="stay_change"),
    path("stays/<str:code>/cancel/", stays.cancel_page, name="stay_cancel"),
    path("stays/<str:code>/appeal/", stays.appeal_page, name="stay_appeal"),
    path("stays/<str:code>/evidence/", evidence.evidence_page, name="stay_evidence"),
    path(
        "stays/<str:code>/evidence/<int:evidence>/<int:page>/", evidence.evidence_picture, name="stay_evidence_picture"
    ),
    path("decisions/<str:code>/evidence/", evidence.decision_evidence_page, name="decision_evidence"),
    path(
        "decisions/<str:code>/evidence/<int:evidence>/<int:page>/",
        evidence.decision_evidence_picture,
        name="decision_evidence_picture",
    ),
    path("stays/<str:code>/evidence/parts/<str:key>/", evidence.evidence_file, {"decision": False}),
    path("stays/<str:code>/evidence/parts/<str:key>/<int:number>/", evidence.evidence_part, {"decision": False}),
    path("decisions/<str:code>/evidence/parts/<str:key>/", evidence.evidence_file, {"decision": True}),
    path("decisions/<str:code>/evidence/parts/<str:key>/<int:number>/", evidence.evidence_part, {"decision": True}),
    path("stays/<str:code>/pass/", passes.pass_page, name="stay_pass"),
    path("stays/<str:code>/pass.png", passes.pass_picture, name="stay_pass_png"),
    path("waitlist/", waiting.waitlist, name="waitlist"),
    path("waitlist/new/", waiting.new_page, name="wish_new"),
    path("waitlist/<str:code>/", waiting.wish_page, name="wish"),
    path("reviews/new/", reviews.ask_page, name="review_new"),
    path("reviews/<int:number>/", reviews.review_page, name="review"),
    path("reviews/<int:number>/appeal/", reviews.appeal_page, name="review_appeal"),
    path("me/", me.me, name="me"),
    path("settings/", me.page_settings, name="page_settings"),
    path("events/", pages.events, name="events"),
    path("apartments/", pages.apartments, name="apartments"),
    path("services/", pages.services, name="services"),
    path("help/", pages.help_page, name="help"),
    path("privacy/", pages.privacy, name="privacy"),
]
