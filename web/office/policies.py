"""The office's page of the rules (O4): versions, a draft as sentences, what it changes, whom it would hit, approval."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import is_officer
from bookings import preview as previewing
from eligibility import clause_file, drafting, handover
from eligibility.models import Policy
from eligibility.policy_file import WrongFile, errors_in, read_text, unsigned, written
from eligibility.reasons import Refused
from eligibility.wording import new_sentences
from web.office.access import Office, in_the_office
from web.office.policy_differences import changes_between
from web.office.policy_editing import add, remove
from web.office.policy_form import PolicyForm, parted_error, said_error
from web.office.policy_typed import read_form
from web.office.policy_words import name_of
from web.posted import posted
from web.staff import no_right

MOST_TEXT = 200_000  # characters of a policy file
GROUPS = (
    (previewing.REFUSED, "danger"),
    (previewing.ASKED, "warn"),
    (previewing.PAYS_MORE, "warn"),
    (previewing.ALLOWED, "ok"),
    (previewing.SPARED, "ok"),
    (previewing.PAYS_LESS, "ok"),
)


@dataclass(frozen=True)
class Row:
    """One version in the list of versions."""

    policy: Policy
    state: str  # draft, waiting, coming, in_force, past
    href: str


@in_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def policies(request: HttpRequest, office: Office) -> HttpResponse:
    """The versions of the network's rules, the newest first; a POST drafts the next one."""
    versions = list(office.network.policies.order_by("-version"))
    if request.method == "POST":
        if not is_officer(office.user, office.network, office.day):
            return _officers_only(request)
        based_on = next((each for each in versions if str(each.pk) == request.POST.get("based_on")), None)
        if based_on is None:
            raise Http404
        policy = drafting.draft(office.network, based_on=based_on, now=office.now, actor=office.user)
        return redirect(office.url("office_policy", policy.pk))
    in_force = _in_force(office.network, office.day)
    return render(
        request,
        "web/office/policies/list.html",
        {
            "office": office,
            "section": "policies",
            "rows": [
                Row(each, _state(each, in_force, office.day), office.url("office_policy", each.pk)) for each in versions
            ],
            "in_force": in_force,
            "here": office.url("office_policies"),
            "is_officer": is_officer(office.user, office.network, office.day),
            "discarded": "discarded" in request.GET,
        },
    )


@in_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """One version. A POST of the draft's form does what the button ``do`` says: save, preview, hand over, or, in the
    page alone, ``add:PLACE`` and ``remove:PLACE``."""
    office, policy = _found(office, number)
    page = _Page(request, office, policy)
    if request.method != "POST":
        return page.answer()
    if not page.is_officer:
        return _officers_only(request)
    if not policy.is_draft:
        return page.answer(status=409, reasons=[drafting.not_a_draft(policy)])
    do, _colon, place = request.POST.get("do", "save").partition(":")
    data = read_form(request.POST, unsigned(policy.rules))
    if do == "add":
        place = add(data, place, request.POST.get(f"new:{place}", ""))
        return page.answer(data=data, is_unsaved=True, added=place)
    if do == "remove":
        remove(data, place)
        return page.answer(data=data, is_unsaved=True)
    return _save(request, page, data, do)


def _save(request, page, data, do):
    office, policy = page.office, page.policy
    if request.POST.get("seen") != mark(policy):
        return page.answer(data=data, is_unsaved=True, is_overtaken=True, status=409)
    wanted, errors = _wanted_from(request.POST.get("wanted_from", ""), office.now)
    upload = request.FILES.get("clause_file")
    try:
        if upload:
            page.policy = policy = clause_file.keep(policy, upload, now=office.now, actor=office.user)
    except clause_file.WrongClause as wrong:
        errors.append(("clause_file", str(wrong)))
    try:
        if errors:
            return page.answer(data=data, is_unsaved=True, status=422, errors=errors_in(data), others=errors)
        policy = drafting.change(policy, data, now=office.now, actor=office.user, wanted_from=wanted)
        if do == "preview":
            previewing.preview(policy, now=office.now, actor=office.user)
            return redirect(office.url("office_policy_preview", policy.pk))
        if do == "hand_over":
            handover.hand_over(policy, now=office.now, actor=office.user)
            return redirect(office.url("office_policy", policy.pk, done="handed_over"))
    except WrongFile as wrong:
        return page.answer(data=data, is_unsaved=True, status=422, errors=wrong.errors)
    except Refused as no:
        policy.refresh_from_db()
        return _Page(request, office, policy).answer(status=409, reasons=no.reasons)
    return redirect(office.url("office_policy", policy.pk, done="saved"))


class _Page:
    """The page of one version, as it is kept or as it was typed."""

    def __init__(self, request, office, policy):
        self.request, self.office, self.policy = request, office, policy
        self.is_officer = is_officer(office.user, policy.network, office.day)
        self.basis = drafting.basis_of(policy, office.now) if policy.is_draft else _before(policy)

    def answer(
        self,
        *,
        data: Mapping[str, Any] | None = None,
        errors=(),
        others=(),
        reasons=(),
        is_unsaved=False,
        is_overtaken=False,
        added="",
        status=200,
    ) -> HttpResponse:
        office, policy, request = self.office, self.policy, self.request
        shown = unsigned(policy.rules) if data is None else data
        form = PolicyForm(shown, errors)
        typed = request.POST if is_unsaved else None
        wanted = policy.wanted_from or policy.in_force_from
        against = _against(self) if policy.is_draft else []
        return render(
            request,
            "web/office/policies/policy.html",
            {
                "office": office,
                "section": "policies",
                "policy": policy,
                "form": form,
                "state": _state(policy, _in_force(policy.network, office.day), office.day),
                "may_edit": policy.is_draft and self.is_officer,
                "is_officer": self.is_officer,
                "has_written": drafting.has_written_on(policy, office.user),
                "seen": mark(policy),
                "is_unsaved": is_unsaved,
                "is_overtaken": is_overtaken,
                "added": added,
                "problems": [
                    *form.problems,
                    *((f"#{name}", _other_name(name), sentence) for name, sentence in others),
                ],
                "other_errors": dict(others),
                "reasons": reasons,
                "wanted_from": typed.get("wanted_from", "") if typed else wanted.isoformat() if wanted else "",
                "earliest": drafting.earliest(office.now),
                "basis": self.basis,
                "changes": changes_between(unsigned(self.basis.rules), shown) if self.basis else None,
                "found": _found_by(policy),
                "is_current": policy.is_draft and _is_current(policy, office.now),
                "against": against,
                "why_not_hand_over": [each for each in against if each.code != "SAME_PERSON"],
                "handed_over": handover.last(policy) if policy.is_draft else None,
                "changed_by": _changed_by(policy) if is_overtaken else "",
                "done": "" if request.method == "POST" else request.GET.get("done", ""),
                "urls": _urls(office, policy),
            },
            status=status,
        )


@in_the_office
@require_safe
def policy_file(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """The version as a YAML file, as `manage.py load_policy` reads it."""
    office, policy = _found(office, number)
    answer = HttpResponse(written(policy.rules), content_type="application/yaml; charset=utf-8")
    name = f"{policy.network.slug}-{policy.version}.yaml"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@in_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def policy_text(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """The draft as text, for who would rather write the file."""
    office, policy = _found(office, number)
    if not is_officer(office.user, policy.network, office.day):
        return _officers_only(request)
    if not policy.is_draft:
        raise Http404
    text, errors, overtaken = written(unsigned(policy.rules)), [], False
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        overtaken = request.POST.get("seen") != mark(policy)
        try:
            if len(text) > MOST_TEXT:
                raise WrongFile(
                    [_("This is longer than any policy: %(most)s characters at most") % {"most": MOST_TEXT}]
                )
            data = read_text(text, _("the text"))
            if found := errors_in(data):
                raise WrongFile(found)
            if not overtaken:
                drafting.change(policy, data, now=office.now, actor=office.user)
                return redirect(office.url("office_policy", policy.pk, done="saved"))
        except WrongFile as wrong:
            errors = [_said_with_place(error) for error in wrong.errors]
    return render(
        request,
        "web/office/policies/text.html",
        {
            "office": office,
            "section": "policies",
            "policy": policy,
            "text": text,
            "errors": errors,
            "is_overtaken": overtaken,
            "changed_by": _changed_by(policy) if overtaken else "",
            "seen": mark(policy),
            "urls": _urls(office, policy),
        },
        status=409 if overtaken else 422 if errors else 200,
    )


@in_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def policy_preview(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Whom the draft would hit; a POST looks anew."""
    office, policy = _found(office, number)
    if request.method == "POST":
        if not is_officer(office.user, policy.network, office.day):
            return _officers_only(request)
        try:
            previewing.preview(policy, now=office.now, actor=office.user)
        except Refused as no:
            return _preview_page(request, office, policy, reasons=no.reasons)
        return redirect(office.url("office_policy_preview", policy.pk))
    return _preview_page(request, office, policy)


@in_the_office
@posted()
def policy_approval(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Approve the draft, and end those of the touched stays that were ticked."""
    office, policy = _found(office, number)
    if not is_officer(office.user, policy.network, office.day):
        return _officers_only(request)
    chosen = request.POST.getlist("end_stays")
    if request.POST.get("seen") != mark(policy):
        return _preview_page(request, office, policy, chosen=chosen, is_overtaken=True)
    try:
        previewing.approve(policy, now=office.now, actor=office.user, end_stays=chosen)
    except Refused as no:
        policy.refresh_from_db()
        return _preview_page(request, office, policy, reasons=no.reasons, chosen=chosen)
    return redirect(office.url("office_policy", policy.pk, done="approved"))


@in_the_office
@posted()
def policy_handover(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Hand the draft over to a second person."""
    office, policy = _found(office, number)
    if not is_officer(office.user, policy.network, office.day):
        return _officers_only(request)
    if request.POST.get("seen") != mark(policy):
        return _preview_page(request, office, policy, is_overtaken=True)
    try:
        handover.hand_over(policy, now=office.now, actor=office.user)
    except Refused as no:
        return _preview_page(request, office, policy, reasons=no.reasons)
    return redirect(office.url("office_policy", policy.pk, done="handed_over"))


@in_the_office
@posted()
def policy_discard(request: HttpRequest, office: Office, number: int) -> HttpResponse:
    """Throw a draft away."""
    office, policy = _found(office, number)
    page = _Page(request, office, policy)
    if not page.is_officer:
        return _officers_only(request)
    try:
        drafting.discard(policy, now=office.now, actor=office.user)
    except Refused as no:
        return page.answer(status=409, reasons=no.reasons)
    return redirect(office.url("office_policies", discarded="1"))


def mark(policy: Policy) -> str:
    """What a draft says now, its published text too: a page that was made from it sends it along, so that nobody
    overwrites another's work or approves what they have not read."""
    wanted = policy.wanted_from.isoformat() if policy.wanted_from else ""
    return f"{policy.rules.get('fingerprint', '')[:16]}.{wanted}.{policy.clause_file.name}"


def _preview_page(request, office, policy, *, reasons=(), chosen=(), is_overtaken=False):
    found = _found_by(policy)
    page = _Page(request, office, policy)
    against = _against(page) if policy.is_draft else []
    return render(
        request,
        "web/office/policies/preview.html",
        {
            "office": office,
            "section": "policies",
            "policy": policy,
            "found": found,
            "is_current": policy.is_draft and _is_current(policy, office.now),
            "is_officer": page.is_officer,
            "has_written": drafting.has_written_on(policy, office.user),
            "against": against,
            "why_not_hand_over": [each for each in against if each.code != "SAME_PERSON"],
            "handed_over": handover.last(policy) if policy.is_draft else None,
            "seen": mark(policy),
            "reasons": reasons,
            "chosen": set(chosen),
            "is_overtaken": is_overtaken,
            "changed_by": _changed_by(policy) if is_overtaken else "",
            "basis": page.basis,
            "changes": changes_between(unsigned(page.basis.rules), unsigned(policy.rules)) if page.basis else None,
            "sentences": _sentences(office, page.basis, policy) if policy.is_draft and page.basis else [],
            "urls": _urls(office, policy),
        },
        status=409 if reasons or is_overtaken else 200,
    )


def _sentences(office, basis, policy):
    """The sentences that only the draft says, each with what its rule is called."""
    names = _rule_names(policy)
    day = policy.wanted_from or drafting.earliest(office.now)
    return [
        (names.get(said.rule) or names.get(said.rule.partition(".")[0]) or said.rule, said)
        for said in new_sentences(basis, policy, now=office.now, day=day)
    ]


def _found(office: Office, number: int) -> tuple[Office, Policy]:
    """The version, and the office of its network."""
    policy = Policy.objects.select_related("network").filter(pk=number, network__in=office.networks).first()
    if policy is None:
        raise Http404
    return replace(office, network=policy.network), policy


def _against(page):
    """What stands against this person approving the draft."""
    return drafting.why_not_approve(page.policy, now=page.office.now, actor=page.office.user)


def _in_force(network, day):
    """The version in force in ``network`` itself, where it has one."""
    return network.policies.in_force(day).first()


def _state(policy, in_force, day):
    if policy.is_draft:
        return "waiting" if handover.last(policy) else "draft"
    if in_force is not None and policy.pk == in_force.pk:
        return "in_force"
    return "coming" if policy.in_force_from and policy.in_force_from > day else "past"


def _before(policy):
    """The version that was in force until ``policy`` was."""
    if policy.in_force_from is None:
        return None
    earlier = policy.network.policies.filter(version__lt=policy.version)
    return earlier.in_force(policy.in_force_from - timedelta(days=1)).first()


def _is_current(policy: Policy, now: datetime) -> bool:
    return policy.preview is not None and policy.previewed == drafting.mark_of(policy, now)


@dataclass(frozen=True)
class Found:
    """What the preview found, ready to be read."""

    at: datetime | None
    first: date | None
    last: date | None
    seen: int
    same: int
    groups: list[dict[str, Any]]
    stays: dict[str, Any]


def _found_by(policy):
    kept = policy.preview
    if not kept:
        return None
    names = _rule_names(policy)
    english = (get_language() or "").startswith("en")
    groups = [
        {
            "name": name,
            "colour": colour,
            "count": kept[name]["count"],
            "rules": [_by_rule(by_rule, names) for by_rule in kept[name]["rules"]],
        }
        for name, colour in GROUPS
    ]
    stays = dict(kept["stays"])
    stays["listed"] = [
        stay
        | {
            "house": stay["hostel_en" if english else "hostel_zh"],
            "arrival": parse_date(stay["arrival"]),
            "departure": parse_date(stay["departure"]),
        }
        for stay in stays.get("listed", [])
    ]
    return Found(
        parse_datetime(kept["at"]),
        parse_date(kept["first"]),
        parse_date(kept["last"]),
        kept["seen"],
        kept["same"],
        groups,
        stays,
    )


def _by_rule(by_rule, names):
    cases = [case | {"day": parse_date(case["day"])} for case in by_rule.get("cases", [])]
    rule = by_rule["rule"]
    name = names.get(rule) or names.get(rule.partition(".")[0]) or name_of(by_rule["kind"] or rule)
    return by_rule | {"name": name, "cases": cases}


def _rule_names(policy):
    """What the rules of ``policy`` are called, by their id; those of an entitlement's nights are called as it is."""
    form = PolicyForm(unsigned(policy.rules))
    names = {rule.fixed["id"]: rule.title for rule in form.every_rule()}
    return names | {given.fixed["key"]: given.title for given in form.entitlements}


def _wanted_from(text, now):
    """The day from which a draft is to be in force, and what is wrong with it."""
    if not text.strip():
        return None, []
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None:
        return None, [("wanted_from", _("Choose the day."))]
    if day < drafting.earliest(now):
        return None, [("wanted_from", _("Rules change from tomorrow on at the earliest"))]
    return day, []


def _other_name(name):
    return _("In force from") if name == "wanted_from" else _("The published text (PDF)")


def _changed_by(policy):
    deed = handover.last_change(policy)
    return drafting.called(deed.actor) if deed and deed.actor else ""


def _said_with_place(error):
    path, said = parted_error(error)
    return f"{path}: {said_error(said)}" if path else said_error(said)


def _urls(office, policy):
    """The addresses of a version."""
    names = ("", "_file", "_text", "_preview", "_handover", "_approval", "_discard")
    urls = {name.removeprefix("_") or "page": office.url(f"office_policy{name}", policy.pk) for name in names}
    return urls | {"list": office.url("office_policies")}


def _officers_only(request):
    return no_right(
        request,
        _("An auditor reads the rules; changing them is for officers."),
        _("Tell an officer of your network what should be otherwise, and why."),
    )
