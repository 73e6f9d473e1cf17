"""Book (Y4): one page says who, why and what for; one tap promises the bed."""

import secrets
from dataclasses import replace
from functools import cached_property
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.acts import act
from accounts.idempotency import Answer, Write, once, well_formed
from accounts.models import Person
from accounts.people import agree_to_identity
from accounts.reasons import MET, NOT_MET, Refused
from bookings.actions import actions
from bookings.allowance import allowance_of
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
from hostel.nights import Nights, at, business_day
from web.templatetags.house import proof_comes_first
from web.youth import asked
from web.youth.check import in_words
from web.youth.full import SHOWN_FREE, no_bed
from web.youth.questions import given, groups, is_of_everybody, knows, months, name_of, purposes_of
from web.youth.visitor import hold_of, keep_typed, typed_before
from web.youth.who import SILENT, WhoForm

# What this page asks for beside the questions of the policy: until it is answered, nothing is said against it.
ASKED_HERE = frozenset({"birth_date", "gender", "purpose"})


# Codes of what the guest has to pay, to bring or to keep to, the weightiest first: said before they book.
TO_KNOW = ("DEPOSIT", "EVIDENCE", "ARRIVAL", "CONDUCT")
# So many of them stand there beside the house's own two lines; the others are a tap away.
RULES_SHOWN = 1
# Codes of a refusal that another house, or another look, may mend.
WANTING_A_BED = ("FULL", "ALONE", "HOLD_ENDED", "QUOTA")


class NotIdentified(Exception):
    """The house does not take the document, or the name: `refused` says why. Not the wish is wrong, but who wishes."""

    def __init__(self, refused: Refused):
        super().__init__(str(refused))
        self.refused = refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book_page(request, slug):
    """Show what the booking says and asks; a POST books, keeps a hold longer, or answers what stands against it."""
    now = timezone.now()
    nights = asked.nights(request.GET, business_day(now), longest=60)
    if not request.user.is_authenticated:
        if request.method == "POST":
            keep_typed(request, ["name", "document_kind"])
        return redirect_to_login(_address_after_login(request, slug, nights))
    hostel = Hostel.objects.on(nights.arrival).valid_throughout(nights).filter(slug=slug).first()
    if hostel is None:
        raise Http404
    page = BookPage(request, hostel, nights, now)
    if request.method == "POST" and asked.are_over(request.GET, business_day(now)):
        return choose_again(request, page.path)
    if request.method != "POST":
        return page.show()
    if "longer" in request.POST:
        return page.keep_longer()
    return page.keep() if "keep" in request.POST else page.book()


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
        about = what_there_is("pk") | {"last_purpose": _last_purpose("pk")}
        self.person = Person.objects.filter(user=request.user).annotate(**about).first()
        self.known = bool(self.person and self.person.gender and self.person.document_hash)
        # A bed may have been kept while this form was open: what it says of who comes may have been mended since.
        self.says_who = not self.known or ("document_number" in request.POST and not self.person.document_seen_at)
        self.policy = policy_in_force(hostel.network_id, business_day(now))
        self.held = self._held() if self.person else None
        # Another bed that is kept for them goes back when this one is asked for, so that it does not stand against it.
        self.other_hold = self._other_hold()
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
        return (
            Stay.objects.standing(self.now)
            .filter(status=Stay.Status.HELD, guest__user=self.request.user, hostel=self.hostel)
            .filter(arrival=self.nights.arrival, departure=self.nights.departure)
            .first()
        )

    def _other_hold(self):
        """The bed that is kept for them elsewhere or for other nights, if there is one."""
        if self.held or not self.person or not self.person.has_hold:
            return None
        return hold_of(self.person, self.now)

    @cached_property
    def purpose(self):
        """What they come for, as far as it is said: here, with the hold, or else the last time, which is only shown."""
        if said := self.said.get("purpose") or (self.held.purpose if self.held else ""):
            return said
        last = (self.person.last_purpose if self.person else "") or ""
        return last if self.request.method != "POST" and last in terms_of(self.policy).purposes else ""

    @property
    def path(self):
        return asked.address(self.request.path, asked.span(self.nights), self._change)

    @property
    def _path_with_answers(self):
        return asked.address(self.request.path, asked.span(self.nights), self._change, self.said)

    @property
    def _change(self):
        return {"change": "1"} if self.lodging.change_of_bed else {}

    @cached_property
    def known_facts(self):
        """The facts of the wish by what is known of the person, before anything was answered here."""
        if self.person is not None:
            kept = self.held or self.other_hold
            except_stay = kept.pk if kept else None
            return facts_about(
                self.person, self.hostel, self.nights, self.purpose, self.now, self.policy, except_stay=except_stay
            )
        return facts_of_stranger(
            self.hostel,
            self.policy,
            self.now,
            purpose=self.purpose or None,
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
        if form is None and not self.known:
            form = WhoForm(initial=typed_before(self.request))
        bring = [reason for reason in as_is.reasons if reason.code in TO_KNOW and reason.verdict == MET]
        bring.sort(key=lambda reason: TO_KNOW.index(reason.code))
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
                "other_hold": self.other_hold,
                "may_keep": not no and not against and self.shown_free,
                "change_of_bed": self.lodging.change_of_bed,
                "needs": [(need.value, need.label, need in self.lodging.needs) for need in Need],
                "alone": self.lodging.alone,
                "needs_something": bool(self.lodging.needs or self.lodging.alone),
                "keeps_needs": "keep_needs" in self.request.POST,
                "longer": self._may_be_longer(self.held),
                "known": self.known,
                "person": self.person,
                "asks_who": not self.known or (form is not None and bool(form.errors)),
                "form": form,
                "errors": errors,
                "asks": [question.key for question in self.asked],
                "questions": groups(self.asked, shown, business_day(self.now), wrong),
                "given": given(self.person, [] if self.asked else self.every_question),
                "said": shown,
                "months": months() if shown.get("month") or month_decides else [],
                "purposes": purposes_of(self.policy),
                "purpose": self.purpose,
                "no": no,
                "review_href": _review_address(no, self.now) if no else "",
                "proof_first": bool(no) and proof_comes_first(no.reasons),
                "against": [] if no else against,
                "price": self._price(priced) if dear or priced else None,
                "accept_price": self.accept_price,
                "caps": self._caps(accepted),
                "rules": terms_of(self.policy).no_show,
                "bring": bring[:RULES_SHOWN],
                "bring_too": bring[RULES_SHOWN:],
                "kept_until": kept_until(self.policy, self.nights.arrival, self.now),
                "desk_closed": self.now >= at(self.nights.arrival, self.hostel.check_in_until),
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

    def keep(self):
        """Keep the bed while the rest is said: for whom the house did not know, as soon as name and document read.

        Answers a script, which asks by itself, with the words alone.
        """
        form = WhoForm(self.request.POST) if self.says_who else None
        if form is not None and not form.is_valid():
            if self._is_script:
                return self._words(_listed(form)[0]["words"], HTTPStatus.UNPROCESSABLE_ENTITY)
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY, key=self._key())
        if no := self._hold(form):
            return no
        if not self._is_script:
            return redirect(self._path_with_answers)
        held = self._held()
        return render(self.request, "web/youth/_kept.html", {"held": held, "longer": self._may_be_longer(held)})

    @property
    def _is_script(self):
        return self.request.headers.get("X-Requested-With") == "fetch"

    def _words(self, words, status):
        return render(self.request, "web/youth/_kept.html", {"words": words}, status=status)

    def _may_be_longer(self, held):
        return bool(held and actions(held, self.now, ["extend_hold"])["extend_hold"].ok)

    def _hold(self, form):
        """Write down who comes and keep a bed for ten minutes, both or neither; the answer where that cannot be.

        The price is asked for when the bed is promised, so that nothing is held back for it here.
        """

        def do():
            self._write_down(form)
            held = self._held()
            if not held or not self._is_as_wished(held):
                wish = {"purpose": self.said.get("purpose", ""), "accept_price": True, "lodging": self.lodging}
                slug, user = self.hostel.slug, self.request.user
                book_for(user=user, slug=slug, nights=self.nights, now=self.now, hold=True, **wish)

        try:
            act(do)
        except (NotIdentified, Refused) as no:
            refusal = no.refused if isinstance(no, NotIdentified) else no
            if self._is_script:
                return self._words(str(refusal.reasons[0].sentence), HTTPStatus.CONFLICT)
            return self._no(form, no)
        except ValidationError as wrong:
            return self._not_valid(form, wrong)
        return None

    def keep_longer(self):
        """Keep the held bed ten minutes more, once."""
        if self.held:
            try:
                extend_hold(self.held, now=self.now, actor=self.request.user)
                messages.success(self.request, gettext("The bed is kept for you 10 minutes longer"))
            except Refused as no:
                messages.warning(self.request, str(no.reasons[0].sentence))
        return redirect(self._path_with_answers)

    def book(self):
        """Write down who comes, where that is new, and promise the bed; what is still to be said keeps it meanwhile."""
        form = WhoForm(self.request.POST) if self.says_who else None
        if form is not None and not form.is_valid():
            return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY, key=self._key())
        if self._missing_answers():
            if form is None:
                return self.show(None, HTTPStatus.UNPROCESSABLE_ENTITY, key=self._key())
            no = self._hold(form)
            kept = BookPage(self.request, self.hostel, self.nights, self.now)
            return no or kept.show(None, HTTPStatus.UNPROCESSABLE_ENTITY, key=self._key())
        try:
            code = self._promise(form)
        except (NotIdentified, Refused) as no:
            return self._no(form, no)
        except ValidationError as wrong:
            return self._not_valid(form, wrong)
        if Stay.objects.filter(code=code, status=Stay.Status.CONFIRMED).exists():
            messages.success(self.request, gettext("Booked. See you soon"))
        return redirect("stay", code=code)

    def _no(self, form, no):
        """The page that says why not: the document was not taken, no bed is free, or a rule stands against it."""
        if isinstance(no, NotIdentified):
            return self._not_identified(form, no.refused)
        if no.code in WANTING_A_BED:
            # They may stay, only not here: nobody types a document twice for want of a bed.
            self._write_down(form)
        return refused(self.request, self.hostel, self.nights, no, self.now, page=self, form=form)

    def _not_valid(self, form, wrong):
        messages.error(self.request, " ".join(wrong.messages))
        return self.show(form, HTTPStatus.UNPROCESSABLE_ENTITY, key=self._key())

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
                agree_to_identity(self.request.user, self.now)
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
            # Kept by the script while this was sent; or let go of, where they are somebody else than who it was for.
            held = self.held if form is None else self._held()
            if held and self._is_as_wished(held):
                stay = confirm(held, actor=self.request.user, **wish)
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

    def _is_as_wished(self, held):
        kept = lodging_of(held)
        return held.awaits or (kept.needs, kept.alone) == (self.lodging.needs, self.lodging.alone)


def _last_purpose(person):
    """What the person in the column ``person`` came for the last time that they said it, as a column; or None."""
    said = Stay.objects.filter(guest=OuterRef(person)).exclude(purpose="").order_by("-booked_at", "-pk")
    return Subquery(said.values("purpose")[:1])


def _review_address(no: Refused, now) -> str:
    """Where a person can be asked to look at the refusal; "" where the rules leave nothing to look at."""
    kept = Assessment.objects.select_related("policy").filter(code=no.assessment).first() if no.assessment else None
    if kept is None or why_not_ask(kept, now):
        return ""
    return asked.address(reverse("review_new"), {"about": kept.code})


def _listed(form):
    """The form's errors in the order of its fields, for the summary."""
    return [{"field": name, "words": words} for name in form.fields for words in form.errors.get(name, ())]


def refused(
    request, hostel, nights: Nights, no: Refused, now, page: BookPage | None = None, form=None, lodging: Lodging = PLAIN
):
    """The house said no (409): what could be booked instead where beds are wanting, else every reason with its fix."""
    lodging = page.lodging if page else lodging
    if no.code in WANTING_A_BED:
        purpose, price = (page.said.get("purpose", ""), page.accept_price) if page else ("", False)
        return no_bed(request, hostel, nights, no, now, lodging, purpose, accept_price=price)
    if page is None:
        page = BookPage(request, Hostel.objects.on(nights.arrival).get(pk=hostel.pk), nights, now)
    return page.show(form, status=HTTPStatus.CONFLICT, no=no)
