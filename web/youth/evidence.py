"""Proofs (Y7): pictures or a code, sent from the phone, for a stay or before there is one; and one's own again.

With scripts the page shrinks a photo and sends it ahead in pieces (`static/web/evidence.js`); the form then names the
pieces' keys in ``sent``, and is otherwise the form that is posted without scripts.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import date
from functools import partial, wraps
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.idempotency import Answer, Write, once, well_formed
from accounts.reasons import CHINESE, MISSING, Reason, Refused, Sentence
from bookings.guests import change_profile
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
from eligibility.evidence import kept_files, see_page, to_send
from eligibility.models import Assessment, EvidencePage
from eligibility.policies import terms_of
from eligibility.proof_files import MAX_BYTES, MAX_PAGES, MEGABYTE, SHRUNK_TO
from eligibility.proof_parts import PART_BYTES, forget_parts, keep_part, parts_there, whole_files
from hostel.nights import Nights
from hostel.spans import Span
from web.youth.stays import own_stay

TYPES = "image/jpeg,image/png,image/webp,application/pdf"
SCHOOL = ("school", "major")
A_KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")  # of a file that comes in pieces
AGREE_FIRST = _("Tick that the pictures may be kept to verify your reason, or bring the original")


class Proof(forms.Form):
    """What the guest says of the proof; the files stand beside it."""

    kind = forms.ChoiceField(error_messages={"required": _("Say which proof it is")})
    code = forms.CharField(required=False, max_length=100)
    first = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    last = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    school = forms.CharField(required=False, max_length=80)
    major = forms.CharField(required=False, max_length=80)
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
        self.code, self.person = stay.code, stay.guest
        self.stay, self.shown, self.accepted = stay, evidence_for(stay), proofs_for(stay)
        # A bed that waits for a proof waits for one that is missing: what is only shown at the desk would not keep it.
        waits = stay.awaits == Stay.Awaits.PROOF
        self.rules = rules_wanting(stay.assessment) if waits else set()
        self.offered = to_send(wanted_for(stay.assessment) if self.rules else self.accepted)
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
        self.code, self.person = assessment.code, assessment.person
        self.assessment, self.shown, self.accepted = assessment, evidence_about(assessment), wanted_for(assessment)
        self.offered, self.rules = to_send(self.accepted), rules_wanting(assessment)
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
        known = {name: getattr(matter.person, name) for name in SCHOOL}
        self.form = Proof(request.POST if request.method == "POST" else None, accepted=self.offered, initial=known)
        self.files_wrong = None  # the reason why the files cannot be taken

    def hand_in(self):
        if reason := self.matter.why_not(self.now):
            return self.show(refused=reason, status=HTTPStatus.CONFLICT)
        files, keys = self.request.FILES.getlist("files"), self._keys()
        typed = self.form.data.get("code", "").strip()
        valid = self.form.is_valid()
        if not (files or keys or typed) and self._school_alone():
            messages.success(self.request, _("Your school is written down. The proof can follow whenever you have it"))
            return self._gone_on(self.matter.path)
        if (files or keys) and not self.form.cleaned_data.get("agreed"):
            self.form.add_error("agreed", AGREE_FIRST)
            valid = False
        if not valid:
            return self.show(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            self._hand_in(files, keys, typed)
        except Refused as no:
            return self._refused(no.reasons[0])
        more = len(self.matter.rules) > 1
        messages.success(self.request, str(_("Received. Go on with the next proof") if more else self.matter.sent))
        return self._gone_on(self.matter.then)

    def _keys(self):
        """The files that came ahead in pieces, by their keys."""
        return [key for key in dict.fromkeys(self.request.POST.getlist("sent")) if A_KEY.fullmatch(key)]

    def _school_alone(self):
        """Whether nothing but school and major was given and is written down: for that no proof is needed."""
        wrong = set(self.form.errors) - {"kind"}
        if wrong or not (changes := self._school()):
            return False
        change_profile(self.matter.person, now=self.now, actor=self.request.user, **changes)
        return True

    def _school(self):
        said = self.form.cleaned_data
        return {
            name: said[name]
            for name in SCHOOL
            if name in self.request.POST and said[name] != getattr(self.matter.person, name)
        }

    def _gone_on(self, address):
        """Lead on; the page's script is told where to, because what a redirect says is shown once."""
        if self.request.headers.get("Accept") == "application/json":
            return JsonResponse({"then": address})
        return redirect(address)

    def _hand_in(self, files, keys, typed):
        write = self._write(files, keys)
        if typed and not files and not keys:
            self._send(write, (), keys)
            return
        path, length = self.matter.path, int(self.request.META.get("CONTENT_LENGTH") or 0)
        try:
            ahead = whole_files(self.request.user, self.matter.code, keys, path)
        except Refused as cut:
            # Sent again because the answer was lost: what was taken then is no longer on its way.
            once(write, partial(_refuse, cut), self.now)
            return
        with kept_files([*ahead, *files], href=path, sent=length) as pages:
            self._send(write, pages, keys)

    def _write(self, files, keys):
        """Once for each form and content: sent again, on a bad network, it is the same proof."""
        content = [hashlib.sha256(_content(file)).hexdigest() for file in files] + keys
        told = {name: str(value) for name, value in self.form.cleaned_data.items()} | {"files": content}
        key = self.request.POST.get("key", "")
        if not (well_formed(key) and len(key) <= 40):
            return None
        digest = hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:32]
        return Write.of(self.request.user, "POST", self.request.path, f"{key}-{digest}", told)

    def _send(self, write, pages, keys):
        fields = self.form.cleaned_data

        def do():
            if changes := self._school():
                change_profile(self.matter.person, now=self.now, actor=self.request.user, **changes)
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
            forget_parts(self.request.user, self.matter.code, keys)
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
            "first_offered": next((each["label"] for each in options), ""),
            "types": TYPES,
            "piece": PART_BYTES,
            "shrunk_to": SHRUNK_TO,
            "code": self.matter.code,
            "most_bytes": MAX_BYTES,
            "most_pages": MAX_PAGES,
            "most_mb": MAX_BYTES // MEGABYTE,
            "key": secrets.token_urlsafe(12),
        } | self.matter.words(self.now)
        if status == HTTPStatus.UNPROCESSABLE_ENTITY and well_formed(self.request.POST.get("key", "")):
            shown["key"] = self.request.POST["key"]
        return render(self.request, "web/youth/evidence.html", shown, status=status)


def _refuse(no):
    raise no


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


# --- pieces ahead of the form -----------------------------------------------------------------------------------------
def _told(door: Callable[..., JsonResponse]) -> Callable[..., HttpResponse]:
    """Answer the page's script: 401 where the login is over, and a refusal as its sentence and next step."""

    @never_cache
    @wraps(door)
    def guarded(request, code, *args, **kwargs):
        if not request.user.is_authenticated:
            return JsonResponse({}, status=HTTPStatus.UNAUTHORIZED)
        matter = (
            _OfDecision(_own_decision(request, code)) if kwargs.pop("decision") else _OfStay(own_stay(request, code))
        )
        if not A_KEY.fullmatch(kwargs["key"]):
            raise Http404
        try:
            return door(request, matter, *args, **kwargs)
        except Refused as no:
            reason = no.reasons[0]
            following = str(reason.fix.label) if reason.fix else ""
            said = {"code": reason.code, "sentence": str(reason.sentence), "next": following}
            agreed = reason.code != "AGREED"
            return JsonResponse(said, status=HTTPStatus.CONFLICT if agreed else HTTPStatus.UNPROCESSABLE_ENTITY)

    return guarded


@require_http_methods(["GET", "HEAD", "DELETE"])
@_told
def evidence_file(request, matter, key):
    """Which pieces of a file have come; or have it forgotten, because it was taken out of the form."""
    if request.method == "DELETE":
        forget_parts(request.user, matter.code, [key])
    return JsonResponse({"have": parts_there(request.user, matter.code, key)})


@require_http_methods(["PUT"])
@_told
def evidence_part(request, matter, key, number):
    """Take a piece of a file: number ``number`` of ``of``. Nothing is taken before the consent box is ticked."""
    now = timezone.now()
    if reason := matter.why_not(now):
        raise Refused(reason)
    if request.GET.get("agreed") != "1":
        raise Refused(Reason("AGREED", MISSING, Sentence(AGREE_FIRST), field="agreed"))
    content = request.body
    # Of a line that was cut the beginning may arrive: that is no piece.
    if not request.GET.get("of", "").isdecimal() or len(content) != int(request.META.get("CONTENT_LENGTH") or 0):
        return JsonResponse({}, status=HTTPStatus.BAD_REQUEST)
    count = min(int(request.GET["of"][:6]), 10_000)
    try:
        have = keep_part(
            request.user, matter.code, key, number=number, count=count, content=content, now=now, href=matter.path
        )
    except ValueError:
        return JsonResponse({}, status=HTTPStatus.BAD_REQUEST)
    return JsonResponse({"have": have})
