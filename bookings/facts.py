"""The facts of a person's wish, read from the house's own rows."""

from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models.functions import Coalesce

from accounts.models import Person
from bookings.models import BedNight, NoShow
from bookings.statements import nights_kept
from eligibility.facts import (
    DECLARED,
    VERIFIED,
    Clearance,
    Extra,
    Facts,
    History,
    KeptNight,
    Proof,
    Wish,
    facts_of_visitor,
)
from eligibility.models import Evidence, ExtraNights, Review
from eligibility.policies import terms_of
from eligibility.reviews import FALSE_PROOF
from hostel.models import Hostel
from hostel.nights import Nights, business_day
from hostel.prepared import Prepared
from hostel.working_days import reach

# No rule looks further back for stays that were missed.
NO_SHOWS_REMEMBERED = timedelta(days=730)


def kept_nights(person: Person, first: date | None, now: datetime, except_stay: int | None = None) -> list[KeptNight]:
    """The nights that ``person`` keeps or slept, from ``first`` on (None: all), as rules see them: one statement.

    A hold whose time is over keeps nothing. A stay that goes on in another house counts as one with it. ``except_stay``
    leaves out a stay that is being changed, with what it goes on from.
    """
    ask = nights_kept if connection.vendor == "postgresql" else kept_since
    rows = ask(guest=person.pk, first=first or date.min, now=now)
    own = [night for stay, _first, night, *_rest in rows if stay == except_stay]
    begun_by = next((begun for stay, begun, *_rest in rows if stay == except_stay), None)

    def is_changed(stay, begun, night):
        of_the_same = begun_by is not None and begun_by in (stay, begun)
        return stay == except_stay or (of_the_same and night < own[0])

    return [_kept(*row[2:]) for row in rows if not is_changed(*row[:3])]


kept_since = Prepared(
    lambda guest, first, now: (
        BedNight.objects.taken(now)
        .filter(guest=guest, night__gte=first)
        .order_by("night")
        .values_list(
            "stay_id",
            "stay__continues_id",
            "night",
            "price_class",
            "hostel__network__slug",
            "hostel__name_zh",
            "hostel__name_en",
            Coalesce("stay__continues__code", "stay__code"),
            "stay__assessment__entitlement",
            Coalesce("stay__continues__arrival", "stay__arrival"),
            "excused_at",
        )
    ),
    guest="number",
    first="day",
    now="moment",
)


def _kept(*row):
    *told, excused_at = row
    return KeptNight(*told, counted=excused_at is None)


def history_of(
    person: Person, first: date | None, now: datetime, network: int, except_stay: int | None = None
) -> tuple[History, tuple[Clearance, ...]]:
    """What the house knows of ``person``, nights from ``first`` on; and what a person of ``network`` agreed to.

    One statement for who has only slept here, one more for each of: stays missed, reviews, extra nights.
    """
    missed = _missed(person, now) if getattr(person, "has_missed", True) else []
    reviews = _answered_reviews(person) if getattr(person, "has_reviews", True) else []
    extras = _extras(person, network) if getattr(person, "has_extras", True) else []
    overturned = {review.appeal_of_id for review in reviews if review.decision == Review.Decision.PASSED}
    history = History(
        tuple(kept_nights(person, first, now, except_stay)),
        tuple(missed),
        tuple(extras),
        tuple(review.decided_at for review in reviews if FALSE_PROOF in review.because and review.pk not in overturned),
    )
    cleared = tuple(
        Clearance(rule, review.clears_until)
        for review in reviews
        if review.decision == Review.Decision.PASSED
        and review.clears_until
        and review.assessment.policy.network_id == network
        for rule in review.rules
    )
    return history, cleared


def _missed(person, now):
    missed = NoShow.objects.filter(guest=person, lifted_at=None, at__gte=now - NO_SHOWS_REMEMBERED)
    return missed.order_by("at").values_list("at", flat=True)


def _answered_reviews(person):
    answered = Review.objects.filter(assessment__person=person, decided_at__isnull=False)
    return list(answered.select_related("assessment__policy").defer("assessment__facts", "assessment__verdicts",
                                                                    "assessment__policy__rules"))  # fmt: skip


def _extras(person, network):
    granted = ExtraNights.objects.filter(person=person, network=network, withdrawn_at=None).order_by("pk")
    return [Extra(*row) for row in granted.values_list("nights", "valid_from", "valid_until")]


def proofs_of(person: Person, network: int, day: date) -> tuple[Proof, ...]:
    """The proofs of ``person`` that count on ``day``: shown in this network, not sent back, still kept."""
    if not getattr(person, "has_proofs", True):
        return ()
    counting = Evidence.objects.of(person).counting().filter(assessment__policy__network=network, purge_on__gt=day)
    return tuple(Proof(*row) for row in counting.order_by("pk").values_list("kind", "state", "first", "last"))


def facts_about(
    person: Person,
    hostel: Hostel,
    nights: Nights,
    purpose: str,
    now: datetime,
    policy,
    *,
    accept_price: bool = False,
    except_stay: int | None = None,
    extends: bool = False,
    applicant: str = "self",
) -> Facts:
    """All that the rules may know when ``person`` wishes for ``nights`` in ``hostel``, a row of `Hostel.objects.on`.

    ``policy`` is the one that will decide: it says how far back the history must go, and whether working days count.
    """
    terms = terms_of(policy)
    today = business_day(now)
    history, cleared = history_of(person, terms.history_from(nights.arrival), now, hostel.network_id, except_stay)
    # What the document says is the person's own word until somebody at a desk has seen it.
    carried = DECLARED if person.document_seen_at is None else VERIFIED
    return Facts(
        now=now,
        today=today,
        wish=Wish(
            purpose or None,
            nights.arrival,
            nights.departure,
            accept_price,
            hostel.access,
            hostel.network.slug,
            applicant,
            extends,
        ),
        history=history,
        gender=person.gender or None,
        birth_date=person.birth_date,
        education=person.education or None,
        graduation=person.graduation or None,
        school=person.school or None,
        school_city=person.school_city or None,
        home_in_district=person.home_in_district,
        city_cap=hostel.city_cap,
        answers=person.answers,
        proofs=proofs_of(person, hostel.network_id, today),
        cleared=cleared,
        shifted_days=reach(now) if terms.counts_working_days(nights.arrival) else frozenset(),
        sources={"birth_date": carried, "gender": carried},
    )


def facts_of_stranger(house: Hostel, policy, now: datetime, **said) -> Facts:
    """The facts of somebody whom nobody knows, who asks about ``house`` (a row of `Hostel.objects.on`) or its network.

    ``said`` is what `facts_of_visitor` takes of the wish and of the person. Only the working calendar is looked up, and
    only where ``policy`` counts by it.
    """
    counts = terms_of(policy).counts_working_days(said.get("arrival") or business_day(now))
    return facts_of_visitor(
        now,
        network=house.network.slug,
        city_cap=house.city_cap,
        shifted_days=reach(now) if counts else frozenset(),
        **said,
    )
