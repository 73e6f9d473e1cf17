"""Book (Y4): one page says who, why and what for; one tap promises the bed."""

import secrets
from dataclasses import replace
from datetime import date
from functools import cached_property
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.documents import read_document, read_name
from accounts.idempotency import Answer, Write, once, well_formed
from accounts.models import Person
from accounts.reasons import MET, NOT_MET, Refused
from bookings.actions import actions
from bookings.allowance import allowance_of
from bookings.alternatives import CHANGE_OF_BED, WAITLIST, Alternative
from bookings.availability import Grid
from bookings.booking import book_for, confirm
from bookings.decisions import Decided
from bookings.facts import facts_about, facts_of_stranger
from bookings.guests import change_profile, say_who
from bookings.holding import extend_hold
from bookings.locking import what_there_is
from bookings.lodging import PLAIN, Lodging, lodging_of
from bookings.models import Stay
from bookings.reviewing import why_not_ask
from eligibility.caps import NOTHING
from eligibility.evaluation import evaluate
from eligibility.models import Assessment
from eligibility.policies import kept_until, policy_in_force, terms_of
from eligibility.questions import GRADUATION, every_question, question_of, questions_about
from hostel.models import Hostel, Need
from hostel.nights import Nights, business_day
from web.templatetags.house import proof_comes_first
from web.youth import asked
from web.youth.check import in_words
from web.youth.questions import given, groups, is_of_everybody, knows, months, name_of, purposes_of

# Documents whose number may say neither gender nor birth date: for these the page shows where to choose them.
SILENT = (
    Person.Document.HK_MACAO_PERMIT,
    Person.Document.TAIWAN_PERMIT,
    Person.Document.PASSPORT,
    Person.Document.FOREIGN_RESIDENT,
)
# What this page asks for beside the questions of the policy: until it is answered, nothing is said against it.
ASKED_HERE = frozenset({"birth_date", "gender", "purpose"})


def _read(reader, *said):
    """What ``reader`` makes of what was typed; its refusal becomes the field's error."""
    try:
        return reader(*said)
    except Refused as no:
        raise forms.ValidationError([str(reason.sentence) for reason in no.reasons]) from no


# Codes of what the guest has to bring, to pay or to keep to: said before they book.
TO_KNOW = ("EVIDENCE", "DEPOSIT", "ARRIVAL", "CONDUCT")
# Codes of a refusal that another house, or another look, may mend.
WANTING_A_BED = ("FULL", "ALONE", "HOLD_ENDED", "QUOTA")


# What the forms say that are shown where a bed is free.
SHOWN_FREE = "shown_free"


class NotIdentified(Exception):
    """The house does not take the document, or the name: `refused` says why. Not the wish is wrong, but who wishes."""

    def __init__(self, refused: Refused):
        super().__init__(str(refused))
        self.refused = refused


class WhoForm(forms.Form):
    """Who comes: asked once, of a person whom the house does not know yet."""

    name = forms.CharField(
        label=_("Name, as on the document"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Type your name as on the document")},
    )
    document_kind = forms.ChoiceField(
        label=_("Document"),
        choices=Person.Document.choices,
        initial=Person.Document.RESIDENT,
        error_messages={"required": _("Say which document you have")},
    )
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the document number")},
    )
    gender = forms.ChoiceField(label=_("Gender"), choices=Person.Gender.choices, required=False)
    birth_year = forms.IntegerField(label=_("Year of birth"), required=False)
    birth_month = forms.IntegerField(label=_("Month of birth"), required=False)
    birth_day = forms.IntegerField(label=_("Day of birth"), required=False)

    def clean_name(self):
        return _read(read_name, self.cleaned_data["name"])

    def clean(self):
        sent = self.cleaned_data
        sent["birth_date"] = self._birth_date()
        if "document_kind" in sent and "document_number" in sent:
            try:
                document = _read(read_document, sent["document_kind"], sent["document_number"])
            except forms.ValidationError as wrong:
                self.add_error("document_number", wrong)
            else:
                self._ask_what_it_does_not_say(document)
        return sent

    def _birth_date(self):
        parts = [self.cleaned_data.get(f"birth_{part}") for part in ("year", "month", "day")]
        if not all(parts):
            return None
        try:
            return date(*parts)
        except (ValueError, OverflowError):
            self.add_error("birth_year", gettext("This day does not exist: choose year, month and day again"))
            return None

    def _ask_what_it_does_not_say(self, document):
        if not document.gender and not self.cleaned_data.get("gender"):
            self.add_error("gender", gettext("This document does not say your gender: choose it"))
        if not document.birth_date and not self.cleaned_data["birth_date"] and "birth_year" not in self.errors:
            self.add_error("birth_year", gettext("This document does not say your birth date: choose it"))

    def identity(self):
        """The cleaned answers as `complete_person` takes them."""
        names = ("name", "document_kind", "document_number", "gender", "birth_date")
        return {name: self.cleaned_data[name] for name in names}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book_page(request, slug):
    """Show what the booking says and asks; a POST books, keeps a hold longer, or answers what stands against it."""
    now = timezone.now()
    nights = asked.nights(request.GET, business_day(now), longest=60)
    if not request.user.is_authenticated:
        return redirect_to_login(_address_after_login(request, slug, nights))
    hostel = Hostel.objects.on(nights.arrival).valid_throughout(nights).filter(slug=slug).first()
    if hostel is None:
        raise Http404
    page = BookPage(request, hostel, nights, now)
    if request.method == "POST" and asked.are_over(request.GET, business_day(now)):
        return choose_again(request, page.path)
    if request.method != "POST":
        return page.show()
    return page.keep_longer() if "longer" in request.POST else page.book()


def choose_again(request, path):
    """A form sent when its nights were over: other nights than those it showed are nobody's choice, so they are shown
    at ``path`` first."""
    messages.warning(request, gettext("The nights that this page showed are over. Look at the dates and confirm again"))
    return redirect(path)


def _address_after_login(request, slug, nights):
    """Where a visitor comes back to: all that was answered is in the address, but nothing of a document."""
    said = asked.answers(request.POST) if request.method == "POST" else asked.answers(request.GET)
    lodging = asked.lodging(request.POST if request.method == "POST" else request.GET)
    lodging = replace(lodging, change_of_bed=request.GET.get("change") == "1")
    return asked.address(reverse("book", args=[slug]), asked.span(nights), asked.lodging_query(lodging), said)


class BookPage:
    """One look at the booking page: what is known of the person, the hold if there is one, and what was answered."""

    def __init__(self, request, hostel, nights, now):
        self.request, self.hostel, self.nights, self.now = request, hostel, nights, now
        self.person = Person.objects.filter(user=request.user).annotate(**what_there_is("pk")).first()
        self.known = bool(self.person and self.person.gender and self.person.document_hash)
        self.policy = policy_in_force(hostel.network_id, business_day(now))
        self.held = self._held()
        self.said = asked.answers(request.POST if request.method == "POST" else request.GET)
        self.accept_price = "accept_price" in request.POST
        self.lodging = self._lodging()
        self.shown_free = SHOWN_FREE in request.POST if request.method == "POST" else self._is_free()

    def _lodging(self):
        """What the bed must be like: as it was ticked here, or in the address; else as the hold has it, or as the guest
        has said of themselves. Two beds, one after the other, where they came by an alternative that said so."""
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        if "need" in sent or "needs" in sent or "alone" in sent or "asks_needs" in sent:
            lodging = asked.lodging(sent)
        elif self.held:
            lodging = lodging_of(self.held)
        else:
            lodging = Lodging(needs=frozenset(self.person.needs if self.person else ()))
        return replace(lodging, change_of_bed=self.request.GET.get("change") == "1")

    def _is_free(self):
        """Whether there is a bed that could be theirs while they read: only of such a one it is said that it went."""
        if self.held or self.lodging.change_of_bed:
            return True
        wish = self.hostel, self.nights, self.person.gender if self.person else ""
        grid = Grid([self.hostel], self.nights, self.now, self.lodging)
        return bool(grid.free(*wish) or grid.free_on_call(*wish))

    def _held(self):
        if not self.person:
            return None
        return (
            Stay.objects.standing(self.now)
            .filter(status=Stay.Status.HELD, guest=self.person, hostel=self.hostel)
            .filter(arrival=self.nights.arrival, departure=self.nights.departure)
            .first()
        )

    @property
    def path(self):
        return asked.address(self.request.path, asked.span(self.nights), self._change)

    @property
    def _change(self):
        return {"change": "1"} if self.lodging.change_of_bed else {}

    @cached_property
    def known_facts(self):
        """The facts of the wish by what is known of the person, before anything was answered here."""
        purpose = self.said.get("purpose") or (self.held.purpose if self.held else "")
        if self.person is not None:
            except_stay = self.held.pk if self.held else None
            return facts_about(
                self.person, self.hostel, self.nights, purpose, self.now, self.policy, except_stay=except_stay
            )
        return facts_of_stranger(
            self.hostel,
            self.policy,
            self.now,
            purpose=purpose or None,
            arrival=self.nights.arrival,
            departure=self.nights.departure,
            access=self.hostel.access,
        )

    @cached_property
    def every_question(self):
        """What the policy asks of anybody who wishes for this."""
        return every_question(self.policy, self.known_facts)

    @cached_property
    def asked(self):
        """The questions that this page asks: what is not known, or does not decide yet, or is to be changed."""
        still = {question.key for question in questions_about(self.policy, self.known_facts)}
        return [each for each in self.every_question if each.key in still or self._is_to_change(each)]

    def _is_to_change(self, question):
        return "edit" in self.request.GET or f"ask_{question.key}" in self.request.POST

    def _answered(self):
        """The answers given here that count, as fields of a person: those to what is asked, and to what is unknown."""
        said = asked.profile(self.said)
        own = said.pop("answers", {})
        counting = {each.key for each in self.asked}
        counting |= {each.key for each in self.every_question if not knows(self.person, each)}
        about = {field: value for field, value in said.items() if field in counting}
        if own := {key: value for key, value in own.items() if key in counting}:
            about["answers"] = own
        return about

    def _facts(self):
        """The facts of the wish with what was answered here, the price not accepted; what is still to be answered is
        judged later."""
        about = self._answered()
        answers = {**self.known_facts.answers, **about.pop("answers", {})}
        facts = replace(self.known_facts, answers=answers, **about)
        return replace(facts, later=ASKED_HERE | {question.key for question in self.asked})

    def show(self, form=None, status=HTTPStatus.OK, no=None, key=""):
        """The page; with a ``form`` in error, or with ``no``, what the house answered to the wish."""
        shown = self._shown_answers()
        facts = self._facts()
        as_is = evaluate(self.policy, facts)
        # A bare year that does not decide is asked for its month, also of somebody who said the year long ago.
        month_decides = any(question_of(reason) == GRADUATION.key for reason in as_is.reasons)
        accepted = evaluate(self.policy, replace(facts, wish=replace(facts.wish, accept_price=True)))
        against = [reason for reason in as_is.reasons if reason.verdict == NOT_MET]
        dear = [reason for reason in against if reason.fix and reason.fix.kind == "accept_price"]
        # What the price would settle is no refusal: the page asks to accept it.
        against = [reason for reason in against if reason not in dear]
        priced = [price for price in accepted.prices if price != NOTHING]
        errors = _listed(form) if form is not None and form.errors else []
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            errors += self._missing_answers()
        wrong = {each["field"]: each["words"] for each in errors}
        return render(
            self.request,
            "web/youth/book.html",
            {
                "section": "stay",
                "now": self.now,
                "hostel": self.hostel,
                "nights": self.nights,
                "path": self.path,
                "edit_path": asked.address(self.request.path, asked.span(self.nights), self._change, {"edit": "1"}),
                "held": self.held,
                "change_of_bed": self.lodging.change_of_bed,
                "needs": [(need.value, need.label, need in self.lodging.needs) for need in Need],
                "alone": self.lodging.alone,
                "keeps_needs": "keep_needs" in self.request.POST,
                "longer": bool(self.held and actions(self.held, self.now)["extend_hold"].ok),
                "known": self.known,
                "person": self.person,
                "form": form if form is not None else WhoForm(),
                "errors": errors,
                "asks": [question.key for question in self.asked],
                "questions": groups(self.asked, shown, business_day(self.now), wrong),
                "given": given(self.person, [] if self.asked else self.every_question),
                "said": shown,
                "months": months() if shown.get("month") or month_decides else [],
                "purposes": purposes_of(self.policy),
                "purpose": self.said.get("purpose") or (self.held.purpose if self.held else ""),
                "no": no,
                "review_href": _review_address(no, self.now) if no else "",
                "proof_first": bool(no) and proof_comes_first(no.reasons),
                "against": [] if no else against,
                "price": self._price(priced) if dear or priced else None,
                "accept_price": self.accept_price,
                "caps": self._caps(accepted),
                "rules": terms_of(self.policy).no_show,
                "bring": [reason for reason in as_is.reasons if reason.code in TO_KNOW and reason.verdict == MET],
                "kept_until": kept_until(self.policy, self.nights.arrival, self.now),
                "waits": self._waits(facts, accepted) if not no and not against else {},
                "wrong": wrong,
                "key": key or secrets.token_urlsafe(16),
                "shown_free": self.shown_free,
                "silent": ",".join(SILENT),
                "birth_years": range(business_day(self.now).year - 15, business_day(self.now).year - 71, -1),
                "one_to_12": range(1, 13),
                "one_to_31": range(1, 32),
                "status": status,
            },
            status=status,
        )

    def _shown_answers(self):
        """What the chips show as chosen: what was answered here, else what is known."""
        shown = dict(self.said)
        if self.person:
            year, month = [*self.person.graduation.split("-"), ""][:2]
            shown.setdefault("education", self.person.education)
            shown.setdefault("graduation", year)
            shown.setdefault("month", month)
            if self.person.home_in_district is not None:
                shown.setdefault("home_in_district", "yes" if self.person.home_in_district else "no")
            for question in self.every_question:
                if not is_of_everybody(question):
                    shown.setdefault(name_of(question), self.person.answers.get(question.key, ""))
        return shown

    def _missing_answers(self):
        """What has to be answered before the rules can decide, and was not: for the summary and beside its field."""
        facts = replace(self._facts(), later=ASKED_HERE)
        needed = {question_of(reason) for reason in evaluate(self.policy, facts).reasons}
        missing = [
            {"field": question.key, "words": self._words_for(question)}
            for question in self.asked
            if not self.said.get(name_of(question))
            and (self._is_to_change(question) if knows(self.person, question) else question.key in needed)
        ]
        if not self.said.get("purpose"):
            missing.append({"field": "purpose", "words": gettext("Choose what you come for")})
        return missing

    def _words_for(self, question):
        words = {
            "education": gettext("Choose what you study or studied"),
            "graduation": gettext("Choose the year you graduate or graduated"),
        }
        if question.key in words:
            return words[question.key]
        return gettext("Not answered yet: {question}").format(question=question.text)

    def _waits(self, facts, decision):
        """What the page says where the bed will wait for a proof or a person; empty where it will not."""
        words = in_words(Decided(self.person or Person(), self.policy, facts, decision))
        return words if words["proofs"] or words["person"] else {}

    def _price(self, priced):
        """How many nights cost something, what each costs and all together, in fen; None where nothing does."""
        if not priced:
            return None
        each = [price.cost(self.hostel.rate_fen) for price in priced]
        return {"nights": len(each), "each": each[0], "all": sum(each), "free": len(self.nights) - len(each)}

    def _caps(self, decision):
        """What is left of the cap that people mean by "nights left", as it is now and as it will be after this booking;
        of what is given here, where there are several."""
        free = decision.prices.count(NOTHING)
        caps = allowance_of(self.person, self.hostel.network, self.now)
        given = str(decision.label)
        mine = [cap for cap in caps if not cap.per_stay and (not cap.given or given in map(str, cap.given))]
        found = []
        for cap in mine[:1]:
            takes = 1 if cap.of_stays else free
            # What the held bed keeps is counted as used already.
            left = min(cap.left + takes, cap.granted) if self.held else cap.left
            found.append({"cap": cap, "left": left, "after": max(left - takes, 0)})
        return found

    def keep_longer(self):
        """Keep the held bed ten minutes more, once."""
        if self.held:
            try:
                extend_hold(self.held, now=self.now, actor=self.request.user)
                messages.success(self.request, gettext("The bed is kept for you 10 minutes longer"))
            except Refused as no:
                messages.warning(self.request, str(no.reasons[0].sentence))
        return redirect(self.path)

    def book(self):
        """Write down who comes, where that is new, and promise the bed."""
        form = WhoForm(self.request.POST) if not self.known else None
        if (form is not None and not form.is_valid()) or self._missing_answers():
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY, key=self._key())
        try:
            code = self._promise(form)
        except NotIdentified as no:
            return self._not_identified(form, no.refused)
        except Refused as no:
            if no.code in WANTING_A_BED:
                # They may stay, only not here: nobody types a document twice for want of a bed.
                self._write_down(form)
            return refused(self.request, self.hostel, self.nights, no, self.now, page=self, form=form)
        except ValidationError as wrong:
            messages.error(self.request, " ".join(wrong.messages))
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY, key=self._key())
        if Stay.objects.filter(code=code, status=Stay.Status.CONFIRMED).exists():
            messages.success(self.request, gettext("Booked. See you soon"))
        return redirect("stay", code=code)

    def _key(self):
        key = self.request.POST.get("key", "")
        return key if well_formed(key) else ""

    def _write_down(self, form):
        about = self._answered()
        if "keep_needs" in self.request.POST:
            about["needs"] = sorted(self.lodging.needs)
        try:
            if form is not None:
                say_who(self.request.user, now=self.now, **form.identity(), **about)
            elif about:
                change_profile(self.person, now=self.now, actor=self.request.user, **about)
        except Refused as no:
            raise NotIdentified(no) from no

    def _not_identified(self, form, no):
        """The document was not taken: its reason stands beside the field."""
        if form is None:
            return refused(self.request, self.hostel, self.nights, no, self.now, page=self)
        for reason in no.reasons:
            form.add_error("document_number", str(reason.sentence))
        return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY, key=self._key())

    def _promise(self, form):
        """Write down who comes and book, or confirm the hold: both or neither, so that who may not stay leaves nothing.

        Sent twice with the same key it books once. Returns the stay's code.
        """
        wish = {"purpose": self.said.get("purpose", ""), "accept_price": self.accept_price, "now": self.now}

        def do():
            self._write_down(form)
            if self.held and self._holds_what_is_asked():
                stay = confirm(self.held, actor=self.request.user, **wish)
            else:
                # What is held goes back with it, and only where another bed is found.
                stay = book_for(
                    user=self.request.user, slug=self.hostel.slug, nights=self.nights, lodging=self.lodging, **wish
                )
            return Answer(HTTPStatus.FOUND, {"code": stay.code})

        key = self._key()
        path = f"/book/{self.hostel.slug}/{self.nights.arrival}/{self.nights.departure}/"
        write = Write.of(self.request.user, "POST", path, key, {}) if key else None
        return once(write, do, self.now).body["code"]

    def _holds_what_is_asked(self):
        held = lodging_of(self.held)
        return self.held.awaits or (held.needs, held.alone) == (self.lodging.needs, self.lodging.alone)


def _review_address(no: Refused, now) -> str:
    """Where a person can be asked to look at the refusal; "" where the rules leave nothing to look at."""
    kept = Assessment.objects.select_related("policy").filter(code=no.assessment).first() if no.assessment else None
    if kept is None or why_not_ask(kept, now):
        return ""
    return asked.address("/reviews/new/", {"about": kept.code})


def _listed(form):
    """The form's errors in the order of its fields, for the summary."""
    return [{"field": name, "words": words} for name in form.fields for words in form.errors.get(name, ())]


def alternative_address(alternative: Alternative, lodging: Lodging = PLAIN) -> str:
    """Where ``alternative`` is booked, or waited for, in the reader's language, with what is asked of the bed."""
    nights = asked.span(Nights(alternative.arrival, alternative.departure))
    if alternative.kind == WAITLIST:
        return asked.address(reverse("wish_new"), {"hostel": alternative.hostel.slug}, nights)
    wanted = asked.lodging_query(replace(lodging, change_of_bed=alternative.kind == CHANGE_OF_BED))
    return asked.address(reverse("book", args=[alternative.hostel.slug]), nights, wanted)


def refused(
    request, hostel, nights: Nights, no: Refused, now, page: BookPage | None = None, form=None, lodging: Lodging = PLAIN
):
    """The house said no (409): what could be booked instead where beds are wanting, else every reason with its fix."""
    lodging = page.lodging if page else lodging
    if no.code in WANTING_A_BED:
        return render(
            request,
            "web/youth/full.html",
            {
                "needs": sorted(lodging.needs),
                "alone": lodging.alone,
                "section": "stay",
                "now": now,
                "hostel": hostel,
                "nights": nights,
                "no": no,
                "was_free": SHOWN_FREE in request.POST,
                "alternatives": [
                    {
                        "to": alternative,
                        "nights": Nights(alternative.arrival, alternative.departure),
                        "action": alternative_address(alternative, lodging),
                        "key": secrets.token_urlsafe(16),
                    }
                    for alternative in no.alternatives
                ],
                "purpose": page.said.get("purpose", "") if page else "",
                "accept_price": page.accept_price if page else False,
                "search_href": asked.address(
                    reverse("home"), {"in": nights.arrival.isoformat(), "nights": str(min(len(nights), asked.LONGEST))}
                ),
            },
            status=HTTPStatus.CONFLICT,
        )
    if page is None:
        page = BookPage(request, Hostel.objects.on(nights.arrival).get(pk=hostel.pk), nights, now)
    return page.show(form, status=HTTPStatus.CONFLICT, no=no)
