"""Proofs (Y7): pictures or a code, sent from the phone, for a stay or before there is one; and one's own again."""

import hashlib
import secrets
from datetime import date
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.idempotency import Answer, Write, once, well_formed
from accounts.reasons import CHINESE, Refused, Sentence
from bookings.models import Stay
from bookings.proving import (
    evidence_about,
    evidence_for,
    may_be_shown_at_desk,
    proofs_for,
    prove,
    qualify,
    rules_wanting,
    wanted_for,
    why_not_prove,
    why_not_qualify,
)
from eligibility.evidence import kept_files, see_page
from eligibility.models import Assessment, EvidencePage
from eligibility.policies import terms_of
from eligibility.proof_files import MAX_BYTES, MAX_PAGES, MEGABYTE
from hostel.nights import Nights
from hostel.spans import Span
from web.youth.stays import own_stay

TYPES = "image/jpeg,image/png,image/webp,application/pdf"
SHOWN_STATES = ("held", "confirmed")


class Proof(forms.Form):
    """What the guest says of the proof; the files stand beside it."""

    kind = forms.ChoiceField(error_messages={"required": _("Say which proof it is")})
    code = forms.CharField(required=False, max_length=100)
    first = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    last = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    agreed = forms.BooleanField(required=False)

    def __init__(self, *args, accepted, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(key, key) for key in accepted]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_page(request, code):
    """What will do as a proof, what was sent, and the form that sends one."""
    return _page(request, _OfStay(own_stay(request, code)))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decision_evidence_page(request, code):
    """The same for a decision that led to no stay: what it lacks is handed in first, and booked is afterwards."""
    return _page(request, _OfDecision(_own_decision(request, code)))


def _own_decision(request, code):
    known = Assessment.objects.select_related("person__user", "policy__network")
    return get_object_or_404(known, code=code.upper(), person__user=request.user)


def _page(request, matter):
    page = _Page(request, matter, timezone.now())
    return page.hand_in() if request.method == "POST" else page.show()


class _OfStay:
    """What the page is about: a stay. ``accepted`` are the proofs that will do, of which those are ``offered`` that the
    ``rules`` still lack, where they lack any; ``shown`` are those that have come."""

    sent = _("Sent. A person looks at it; you need not do anything until then")

    def __init__(self, stay):
        self.stay, self.shown, self.accepted = stay, evidence_for(stay), proofs_for(stay)
        # A bed that waits for a proof waits for one that is missing: what is only shown at the desk would not keep it.
        waits = stay.awaits == Stay.Awaits.PROOF
        self.rules = rules_wanting(stay.assessment) if waits else set()
        self.offered = wanted_for(stay.assessment) if self.rules else self.accepted
        self.path = reverse("stay_evidence", args=[stay.code])
        self.then = reverse("stay", args=[stay.code])

    def why_not(self, now):
        return why_not_prove(self.stay, now)

    def prove(self, **said):
        return prove(self.stay, **said)

    def words(self, now):
        at_desk = may_be_shown_at_desk(self.stay)
        return {"stay": self.stay, "state": self.stay.state(now), "at_desk": at_desk}


class _OfDecision:
    """What the page is about: a decision that waits for a proof; there is no bed yet."""

    sent = _("Sent. A person looks at it; you can book once it has been accepted")

    def __init__(self, assessment):
        self.assessment, self.shown, self.accepted = assessment, evidence_about(assessment), wanted_for(assessment)
        self.offered, self.rules = self.accepted, rules_wanting(assessment)
        self.path = reverse("decision_evidence", args=[assessment.code])
        self.then = self.path

    def why_not(self, now):
        return why_not_qualify(self.assessment, now)

    def prove(self, **said):
        return qualify(self.assessment, **said)

    def words(self, now):
        wish = {day: date.fromisoformat(said) for day, said in self.assessment.facts["wish"].items()
                if day in ("arrival", "departure") and said}  # fmt: skip
        review = terms_of(self.assessment.policy).review
        return {
            "assessment": self.assessment,
            "nights": Nights(**wish) if len(wish) == 2 else None,
            "whom": review.whom,
            "within": Sentence("%(within)s", {"within": Span.read(review.within).said}),
        }


class _Page:
    """One look at the page: what it is about, what is accepted for that, and what was typed."""

    def __init__(self, request, matter, now):
        self.request, self.matter, self.now = request, matter, now
        self.offered = matter.offered
        self.form = Proof(request.POST if request.method == "POST" else None, accepted=self.offered)
        self.files_wrong = None  # the reason why the files cannot be taken

    def hand_in(self):
        if reason := self.matter.why_not(self.now):
            return self.show(refused=reason, status=HTTPStatus.CONFLICT)
        files = self.request.FILES.getlist("files")
        typed = self.form.data.get("code", "").strip()
        valid = self.form.is_valid()
        if files and not self.form.cleaned_data.get("agreed"):
            self.form.add_error(
                "agreed", _("Tick that the pictures may be kept to verify your reason, or bring the original")
            )
            valid = False
        if not valid:
            return self.show(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            if typed and not files:
                self._send((), files)
            else:
                length = int(self.request.META.get("CONTENT_LENGTH") or 0)
                with kept_files(files, href=self.matter.path, sent=length) as pages:
                    self._send(pages, files)
        except Refused as no:
            return self._refused(no.reasons[0])
        more = len(self.matter.rules) > 1
        messages.success(self.request, str(_("Received. Go on with the next proof") if more else self.matter.sent))
        return redirect(self.matter.then)

    def _send(self, pages, files):
        """Once for each form and content: sent again, on a bad network, it is the same proof."""
        fields = self.form.cleaned_data
        content = [hashlib.sha256(_content(file)).hexdigest() for file in files]
        told = {name: str(value) for name, value in fields.items()} | {"files": content}
        key = self.request.POST.get("key", "")
        write = None
        if well_formed(key) and len(key) <= 40:
            digest = hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:32]
            write = Write.of(self.request.user, "POST", self.request.path, f"{key}-{digest}", told)

        def do():
            evidence = self.matter.prove(
                kind=fields["kind"],
                pages=pages,
                code=fields["code"],
                first=fields["first"],
                last=fields["last"],
                agreed=fields["agreed"],
                now=self.now,
                actor=self.request.user,
            )
            return Answer(HTTPStatus.SEE_OTHER, {"evidence": evidence.pk})

        once(write, do, self.now)

    def _refused(self, reason):
        if reason.field in self.form.fields:
            self.form.add_error(reason.field, str(reason.sentence))
        elif reason.code.startswith("FILE_"):
            self.files_wrong = reason
        else:
            return self.show(refused=reason, status=HTTPStatus.CONFLICT)
        return self.show(status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def show(self, refused=None, status=HTTPStatus.OK):
        language = "zh" if get_language() == CHINESE else "en"
        options = [
            {"value": key, "label": proof["label"][language], "sample": proof.get("sample", {}).get(language, "")}
            for key, proof in self.offered.items()
        ]
        closed = refused or self.matter.why_not(self.now)
        shown = {
            "section": "me",
            "now": self.now,
            "path": self.matter.path,
            "options": options,
            "dated": any(proof.get("dated") for proof in self.offered.values()),
            "days": max((proof["keep_days"] for proof in self.offered.values()), default=0),
            "lacking": len(self.matter.rules),
            "form": self.form,
            "files_wrong": self.files_wrong,
            "errors": _errors(self.form, self.files_wrong),
            "closed": closed,
            "shown": _shown(self.matter, language),
            "types": TYPES,
            "most_pages": MAX_PAGES,
            "most_mb": MAX_BYTES // MEGABYTE,
            "key": secrets.token_urlsafe(12),
        } | self.matter.words(self.now)
        if status == HTTPStatus.UNPROCESSABLE_ENTITY and well_formed(self.request.POST.get("key", "")):
            shown["key"] = self.request.POST["key"]
        return render(self.request, "web/youth/evidence.html", shown, status=status)


def _content(file):
    file.seek(0)
    return file.read()


def _errors(form, files_wrong):
    if not form.is_bound:
        return []
    found = [{"field": name, "words": words[0]} for name, words in form.errors.items()]
    return found + ([{"field": "files", "words": files_wrong.sentence}] if files_wrong else [])


def _shown(matter, language):
    """The proofs that have come, the latest first, each with its name in the policy's words."""
    accepted = matter.accepted
    return [
        {
            "proof": proof,
            "label": accepted[proof.kind]["label"][language] if proof.kind in accepted else proof.kind,
            "pages": [] if proof.purged_at else list(proof.pages.all()),
        }
        for proof in matter.shown.prefetch_related("pages")
    ]


@login_required
@never_cache
@require_safe
def evidence_picture(request, code, evidence, page):
    """One's own picture again, with one's own name on it: that look is on record like every other."""
    return _picture(request, _OfStay(own_stay(request, code)), evidence, page)


@login_required
@never_cache
@require_safe
def decision_evidence_picture(request, code, evidence, page):
    """The same of a proof for a decision that led to no stay."""
    return _picture(request, _OfDecision(_own_decision(request, code)), evidence, page)


def _picture(request, matter, evidence, page):
    found = EvidencePage.objects.select_related("evidence__assessment__person")
    picture = found.filter(evidence__in=matter.shown, evidence=evidence, number=page).first()
    if picture is None:
        raise Http404
    try:
        jpeg = see_page(picture, viewer=request.user, now=timezone.now(), why="own")
    except Refused as no:
        messages.info(request, str(no.reasons[0].sentence))
        return redirect(matter.path)
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    return response
