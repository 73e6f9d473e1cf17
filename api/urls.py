"""The addresses of the REST door."""

from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter

from api import (
    about,
    acts,
    batches,
    desk,
    eligibility,
    evidence,
    figures,
    hostels,
    housekeeping,
    letters,
    log,
    me,
    moving,
    no_shows,
    out_of_service,
    own,
    parties,
    people,
    policies,
    quotas,
    reviews,
    rooms,
    stays,
    undoing,
    waitlist,
    working_days,
)


class StayCode(StringConverter):
    """Six letters or digits, as they are read out at a desk."""

    regex = "[0-9A-Za-z]{6}"


class DecisionCode(StringConverter):
    """Eight letters or digits, as they are read out on the telephone."""

    regex = "[0-9A-Za-z]{8}"


register_converter(StayCode, "stay")
register_converter(DecisionCode, "decision")

v1 = [
    path("hostels/", hostels.Hostels.as_view(), name="hostels"),
    path("hostels/<slug:slug>/", hostels.HostelDetail.as_view(), name="hostel"),
    path("hostels/<slug:slug>/nights/", hostels.HostelNights.as_view(), name="hostel_nights"),
    path("eligibility/", eligibility.Eligibility.as_view(), name="eligibility"),
    path("me/", me.Me.as_view(), name="me"),
    path("me/data/", own.Own.as_view(), name="own_data"),
    path("me/letters/", letters.Letters.as_view(), name="letters"),
    path("me/allowance/", me.Allowance.as_view(), name="allowance"),
    path("stays/", stays.Stays.as_view(), name="stays"),
    path("stays/<stay:code>/", stays.StayDetail.as_view(), name="stay"),
    path("stays/<stay:code>/cancellation/", stays.Cancellation.as_view(), name="cancellation"),
    path("stays/<stay:code>/cancellation/undo/", stays.CancellationUndo.as_view(), name="cancellation_undo"),
    path("stays/<stay:code>/coming/", stays.Coming.as_view(), name="coming"),
    path("stays/<stay:code>/confirmation/", stays.Confirmation.as_view(), name="confirmation"),
    path("stays/<stay:code>/hold/", stays.Hold.as_view(), name="hold"),
    path("stays/<stay:code>/dates/", stays.Dates.as_view(), name="dates"),
    path("stays/<stay:code>/pass/", stays.Pass.as_view(), name="pass"),
    path("stays/<stay:code>/appeal/", no_shows.StayAppeal.as_view(), name="stay_appeal"),
    path("no-shows/", no_shows.NoShows.as_view(), name="no_shows"),
    path("no-shows/<stay:code>/", no_shows.NoShowDetail.as_view(), name="no_show_detail"),
    path("no-shows/<stay:code>/decision/", no_shows.NoShowDecision.as_view(), name="no_show_decision"),
    path("stays/<stay:code>/evidence/", evidence.StayEvidence.as_view(), name="stay_evidence"),
    path("evidence/<int:evidence>/pages/<int:page>/", evidence.EvidencePicture.as_view(), name="evidence_page"),
    path("me/reviews/", reviews.OwnReviews.as_view(), name="own_reviews"),
    path("assessments/<decision:code>/review/", reviews.AssessmentReview.as_view(), name="assessment_review"),
    path("assessments/<decision:code>/evidence/", evidence.AssessmentEvidence.as_view(), name="assessment_evidence"),
    path("reviews/", reviews.Reviews.as_view(), name="reviews"),
    path("reviews/<int:review>/", reviews.ReviewDetail.as_view(), name="review"),
    path("reviews/<int:review>/look/", reviews.Look.as_view(), name="review_look"),
    path("reviews/<int:review>/decision/", reviews.ReviewDecision.as_view(), name="review_decision"),
    path("reviews/<int:review>/undo/", reviews.ReviewUndo.as_view(), name="review_undo"),
    path("reviews/<int:review>/appeal/", reviews.Appeal.as_view(), name="review_appeal"),
    path("waitlist/", waitlist.Waitlist.as_view(), name="waitlist"),
    path("waitlist/<stay:code>/", waitlist.WaitlistDetail.as_view(), name="wish"),
    path("waitlist/<stay:code>/acceptance/", waitlist.Acceptance.as_view(), name="offer_acceptance"),
    path("waitlist/<stay:code>/refusal/", waitlist.Declining.as_view(), name="offer_refusal"),
    path("waitlist/<stay:code>/place/", waitlist.PlaceInLine.as_view(), name="place_in_line"),
    path("parties/", parties.Parties.as_view(), name="parties"),
    path("parties/<stay:code>/", parties.PartyDetail.as_view(), name="party"),
    path("parties/<stay:code>/cancellation/", parties.PartyCancellation.as_view(), name="party_cancellation"),
    path("batches/", batches.Batches.as_view(), name="batches"),
    path("batches/<stay:code>/", batches.BatchDetail.as_view(), name="batch"),
    path("batches/<stay:code>/names/", batches.BatchNames.as_view(), name="batch_names"),
    path("batches/<stay:code>/release/", batches.BatchRelease.as_view(), name="batch_release"),
    path("batches/<stay:code>/cancellation/", batches.BatchCancellation.as_view(), name="batch_cancellation"),
    path("desk/<slug:hostel>/today/", desk.Today.as_view(), name="desk_today"),
    path("desk/<slug:hostel>/acts/", acts.Acts.as_view(), name="desk_queue"),
    path("desk/<slug:hostel>/clashes/", acts.Clashes.as_view(), name="clashes"),
    path("desk/<slug:hostel>/clashes/<int:clash>/choice/", acts.ClashChoice.as_view(), name="clash_choice"),
    path("desk/<slug:hostel>/log/", log.Log.as_view(), name="log"),
    path("desk/<slug:hostel>/log/<int:note>/done/", log.NoteDone.as_view(), name="note_done"),
    path("desk/<slug:hostel>/out-of-service/", out_of_service.OutOfServiceList.as_view(), name="out_of_service"),
    path(
        "desk/<slug:hostel>/out-of-service/hits/",
        out_of_service.OutOfServiceHits.as_view(),
        name="out_of_service_hits",
    ),
    path(
        "desk/<slug:hostel>/out-of-service/<int:closure>/",
        out_of_service.OutOfServiceDetail.as_view(),
        name="out_of_service_closure",
    ),
    path("desk/<slug:hostel>/rooms/", rooms.Rooms.as_view(), name="rooms"),
    path("desk/<slug:hostel>/rooms/<str:room>/closing/", rooms.RoomClosing.as_view(), name="room_closing"),
    path("desk/<slug:hostel>/rooms/<str:room>/reopening/", rooms.RoomReopening.as_view(), name="room_reopening"),
    path("desk/<slug:hostel>/rooms/<str:room>/beds/<int:bed>/closing/", rooms.BedClosing.as_view(), name="bed_closing"),
    path(
        "desk/<slug:hostel>/rooms/<str:room>/beds/<int:bed>/reopening/",
        rooms.BedReopening.as_view(),
        name="bed_reopening",
    ),
    path("desk/<slug:hostel>/housekeeping/", housekeeping.Housekeeping.as_view(), name="housekeeping"),
    path("desk/<slug:hostel>/walk-ins/", desk.WalkIns.as_view(), name="walk_ins"),
    path("desk/stays/<stay:code>/check-in/", desk.CheckIn.as_view(), name="check_in"),
    path("desk/stays/<stay:code>/check-out/", desk.CheckOut.as_view(), name="check_out"),
    path("desk/stays/<stay:code>/house-answer/", desk.HouseAnswer.as_view(), name="house_answer"),
    path("desk/stays/<stay:code>/no-show/", desk.NoShow.as_view(), name="no_show"),
    path("desk/stays/<stay:code>/bed/", moving.OtherBed.as_view(), name="other_bed"),
    path("desk/stays/<stay:code>/swap/", moving.Swap.as_view(), name="swap"),
    path("desk/stays/<stay:code>/hostel/", moving.OtherHostel.as_view(), name="other_hostel"),
    path("desk/stays/<stay:code>/overstay/", moving.Overstay.as_view(), name="overstay"),
    path("desk/stays/<stay:code>/<slug:done>/undo/", undoing.StayUndo.as_view(), name="undo_at_desk"),
    path("desk/<slug:hostel>/undo/", undoing.ActUndo.as_view(), name="undo_act"),
    path("stays/<stay:code>/excuses/", people.Excuses.as_view(), name="excuses"),
    path("people/<int:person>/allowance/", people.PersonAllowance.as_view(), name="person_allowance"),
    path("people/<int:person>/extra-nights/", people.PersonExtraNights.as_view(), name="person_extra_nights"),
    path("extra-nights/<int:extra>/", people.ExtraNightsDetail.as_view(), name="extra_nights"),
    path("figures/", figures.Figures.as_view(), name="figures"),
    path("quotas/", quotas.Quotas.as_view(), name="quotas"),
    path("working-days/", working_days.WorkingDays.as_view(), name="working_days"),
    path("working-days/<str:day>/", working_days.WorkingDay.as_view(), name="working_day"),
    path("policies/", policies.Policies.as_view(), name="policies"),
    path("policies/<int:policy>/", policies.PolicyDetail.as_view(), name="policy"),
    path("policies/<int:policy>/preview/", policies.PolicyPreview.as_view(), name="policy_preview"),
    path("policies/<int:policy>/approval/", policies.PolicyApproval.as_view(), name="policy_approval"),
    path("schema/", about.Schema.as_view(), name="schema"),
]
app_name = "api"
urlpatterns = [
    path("v1/", include(v1)),
    path("docs/", about.Docs.as_view(), name="docs"),
    path("problems/<slug:name>/", about.ProblemPage.as_view(), name="problem"),
    re_path(r"^[\s\S]*\Z", about.Nowhere.as_view(), name="nowhere"),
]
