"""What is always true of the tables, whatever was done: asked in plain Python of plain rows, past every verb."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import Letter, Person
from bookings.models import Batch, BatchBed, BedNight, NoShow, Offer, Stay, Waiting
from hostel.models import OutOfService, Quota

NIGHTS = (
    "stay_id", "guest_id", "night", "bed_id", "room_id", "hostel_id", "sharing", "price_class", "slept_at",
    "excused_at", "room__guests", "bed__valid_from", "bed__valid_until", "room__valid_until", "bed__room_id",
    "room__hostel_id", "hostel__network_id", "hostel__network__parent_id", "stay__code", "stay__status", "stay__alone",
    "stay__arrival", "stay__departure", "stay__guest_id", "stay__hostel_id", "stay__held_until", "stay__awaits",
    "stay__batch_id", "stay__continues_id", "stay__party__code", "stay__checked_in_at", "stay__checked_out_at",
    "stay__assessment__entitlement", "guest__gender",
)  # fmt: skip
STAYS = ("pk", "code", "status", "arrival", "departure", "held_until", "guest_id")
# Of the sample's rules, outside the season.
FREE_NIGHTS_A_YEAR, FREE_NIGHTS_A_STAY, FREE_NIGHTS_IN_THE_CITY = 7, 3, 14
MORNING = time(6)


def today(now: datetime) -> date:
    """The business day, reckoned once more."""
    return (timezone.localtime(now) - timedelta(hours=6)).date()


def all_of_it(now: datetime, may_change: Collection[int] | None = None) -> None:
    """All that is said below; AssertionError with the first thing that is not true."""
    live = live_nights()
    every_promise_stands(live)
    nobody_is_in_a_closed_bed(live)
    what_is_kept_for_a_batch_is_its_own(live, now)
    every_stay_has_its_nights(live, now, may_change)
    who_slept_was_there(live)
    nobody_has_too_many_free_nights(live, now)
    no_quota_is_overrun(live, now)
    an_offer_is_one_wishs_alone(live, now)
    every_letter_is_written_once()


def live_nights() -> list[dict]:
    """The bed-nights that were not given back, with what their bed, stay and guest say."""
    return list(BedNight.objects.filter(released_at=None).values(*NIGHTS))


def _counts(night, now):
    """Whether it is kept at ``now``: by no hold whose time is over."""
    return night["stay__status"] != "held" or night["stay__held_until"] > now


def every_promise_stands(live):
    """One bed, one night, one guest, in the whole network; one company in a room; each night is what its stay says."""
    assert not _twice(live, "bed_id", "night"), "a bed has two guests in a night"
    assert not _twice(live, "guest_id", "night"), "a guest has two beds in a night"
    company = defaultdict(set)
    for night in live:
        alone = night["stay__alone"] or night["room__guests"] == "any"
        own = (night["stay__alone"] and night["stay__party__code"]) or night["stay__code"]
        company[night["room_id"], night["night"]].add(own if alone else night["guest__gender"])
        assert night["sharing"] == (own if alone else night["guest__gender"]), night
        assert night["room__guests"] in ("any", "flexible", night["guest__gender"]), night
        assert night["stay__arrival"] <= night["night"] < night["stay__departure"], night
        assert night["stay__status"] in ("held", "confirmed", "in_house", "left"), night
        assert (night["guest_id"], night["hostel_id"]) == (night["stay__guest_id"], night["stay__hostel_id"]), night
        assert (night["room_id"], night["hostel_id"]) == (night["bed__room_id"], night["room__hostel_id"]), night
    mixed = [where for where, who in company.items() if len(who) > 1]
    assert not mixed, f"two companies in a room: {mixed}"


def _twice(rows, *names):
    counted = Counter(tuple(row[name] for name in names) for row in rows)
    return [what for what, times in counted.items() if times > 1]


def nobody_is_in_a_closed_bed(live):
    """Neither in one that is out of service, nor in one that is not there."""
    revised = set(OutOfService.objects.exclude(revises=None).values_list("revises", flat=True))
    closed = defaultdict(list)
    for row in OutOfService.objects.filter(lifted=False).values("pk", "bed_id", "first_night", "until"):
        if row["pk"] not in revised:
            closed[row["bed_id"]].append((row["first_night"], row["until"]))
    for night in live:
        assert not any(first <= night["night"] < until for first, until in closed[night["bed_id"]]), night
        for until in (night["bed__valid_until"], night["room__valid_until"]):
            assert until is None or night["night"] < until, night


def what_is_kept_for_a_batch_is_its_own(live, now):
    """Its beds are nobody else's, and it has no more free nights than it was granted."""
    standing = {each.pk: each for each in Batch.objects.filter(cancelled_at=None, release_on__gt=today(now))}
    kept = {(bed, batch) for bed, batch in BatchBed.objects.values_list("bed_id", "batch_id") if batch in standing}
    for night in live:
        for bed, batch in kept:
            inside = standing[batch].arrival <= night["night"] < standing[batch].departure
            if night["bed_id"] == bed and inside and _counts(night, now):
                assert night["stay__batch_id"] == batch, f"a bed of batch {batch} is another's: {night}"
    used = Counter(night["stay__batch_id"] for night in live if night["price_class"] == "free" and _counts(night, now))
    for batch in Batch.objects.all():
        assert used[batch.pk] <= batch.free_nights, f"batch {batch} has {used[batch.pk]} free nights"


def every_stay_has_its_nights(live, now, may_change=None):
    """All of those to come, in one bed; in two only who was moved, or agreed (``may_change``, None: not looked at)."""
    nights = defaultdict(dict)
    for night in live:
        nights[night["stay_id"]][night["night"]] = night["bed_id"]
    for stay in Stay.objects.values(*STAYS):
        has = nights[stay["pk"]]
        days = range((stay["departure"] - stay["arrival"]).days)
        promised = {stay["arrival"] + timedelta(days=day) for day in days}
        stands = stay["status"] == "confirmed" or (stay["status"] == "held" and stay["held_until"] > now)
        if stands:
            assert set(has) == promised, f"{stay} has {sorted(has)}"
        elif stay["status"] == "in_house":
            assert {night for night in promised if night >= today(now)} <= set(has), f"{stay} has {sorted(has)}"
        elif stay["status"] in ("cancelled", "refused", "no_show"):
            assert not has, f"{stay} has {sorted(has)}"
        if may_change is not None and stands and stay["pk"] not in may_change:
            assert len(set(has.values())) == 1, f"{stay} has two beds: {has}"


def who_slept_was_there(live):
    """A night is slept by who was in house when it ended; a missed stay is remembered once."""
    for night in live:
        if night["slept_at"] is not None:
            ended = timezone.make_aware(datetime.combine(night["night"] + timedelta(days=1), MORNING))
            assert night["stay__checked_in_at"] < ended, night
            assert night["stay__checked_out_at"] is None or night["stay__checked_out_at"] >= ended, night
    missed = set(Stay.objects.filter(status="no_show").values_list("pk", flat=True))
    assert missed == set(NoShow.objects.values_list("stay_id", flat=True))


def nobody_has_too_many_free_nights(live, now):
    """Not in a stay, not in a year, not in the city; what a lapsed hold kept is not counted."""
    by_stay, by_year = Counter(), Counter()
    for night in live:
        if night["price_class"] == "free" and night["excused_at"] is None and _counts(night, now):
            by_stay[night["stay__continues_id"] or night["stay_id"]] += 1
            by_year[night["guest_id"], night["night"].year] += 1
    assert max(by_stay.values(), default=0) <= FREE_NIGHTS_A_STAY, by_stay
    assert max(by_year.values(), default=0) <= min(FREE_NIGHTS_A_YEAR, FREE_NIGHTS_IN_THE_CITY), by_year


def no_quota_is_overrun(live, now):
    """Free nights taken never exceed what was granted; a batch has its own."""
    granted = Counter()
    for row in Quota.objects.values("hostel_id", "network_id", "first_day", "nights"):
        granted[row["hostel_id"], None if row["hostel_id"] else row["network_id"], row["first_day"]] += row["nights"]
    used = Counter()
    for night in live:
        if night["price_class"] == "free" and night["stay__batch_id"] is None and _counts(night, now):
            month = night["night"].replace(day=1)
            used[night["hostel_id"], None, month] += 1
            used[None, night["hostel__network_id"], month.replace(month=1)] += 1
            used[None, night["hostel__network__parent_id"], month.replace(month=1)] += 1
    for scope, nights in granted.items():
        assert used[scope] <= nights, f"quota {scope}: {used[scope]} of {nights}"


def an_offer_is_one_wishs_alone(live, now):
    """An open one holds its beds; a wish is met by one offer at most; what hangs on nothing is no offer."""
    held = defaultdict(set)
    for night in live:
        if night["stay__status"] == "held" and night["stay__awaits"] == "offer":
            held[night["stay_id"]].add(night["night"])
    people = Counter(Waiting.objects.values_list("guests__waiting", flat=True))
    accepted = Counter(Offer.objects.exclude(accepted_at=None).values_list("waiting_id", flat=True))
    assert max(accepted.values(), default=1) == 1, f"a wish met twice: {accepted}"
    filled = set(Waiting.objects.exclude(filled_at=None).values_list("pk", flat=True))
    assert filled == set(accepted), "a wish is met exactly where an offer was taken"
    for offer in Offer.objects.filter(accepted_at=None, declined_at=None, until__gt=now):
        stays = Stay.objects.filter(offer=offer, status="held", awaits="offer").values_list("pk", flat=True)
        assert len(stays) == people[offer.waiting_id], f"offer {offer.pk} holds {len(stays)} beds"
        assert all(len(held[stay]) == (offer.departure - offer.arrival).days for stay in stays), offer.pk


def every_letter_is_written_once():
    """One event, one letter; and no letter to nobody."""
    written = Counter(Letter.objects.values_list("person_id", "kind", "about"))
    assert max(written.values(), default=1) == 1
    assert set(Letter.objects.values_list("person_id", flat=True)) <= set(Person.objects.values_list("pk", flat=True))
