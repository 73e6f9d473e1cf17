"""The stay: a person's time in one hostel, and its bed-nights, from which everything is counted."""

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from eligibility.models import Assessment
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights


class StayQuerySet(models.QuerySet):
    def standing(self, now):
        """Stays that keep beds at ``now``: confirmed, in house, or held by a hold whose time is not over."""
        return self.filter(Q(status__in=["confirmed", "in_house"]) | Q(status="held", held_until__gt=now))

    def lapsed(self, now):
        """Holds whose time is over, whether or not a task has said so yet."""
        return self.filter(status="held", held_until__lte=now)

    def due_in(self, day):
        """Confirmed stays whose guest is expected on ``day``."""
        return self.filter(status="confirmed", arrival=day)

    def in_house_on(self, night):
        """Stays whose guest sleeps here on ``night``; the departure day is not a night."""
        return self.filter(status="in_house", arrival__lte=night, departure__gt=night)

    def due_out(self, day):
        return self.filter(status="in_house", departure=day)

    def overdue(self, day):
        """Guests in house whose departure day is past on the business day ``day``."""
        return self.filter(status="in_house", departure__lt=day)

    def of(self, user):
        """The user's own stays."""
        return self.filter(guest__user=user)


class Stay(models.Model):
    """A person's time in one hostel. Its status is computed by the database from the moments that happened."""

    class Status(models.TextChoices):
        HELD = "held", _("held")
        CONFIRMED = "confirmed", _("confirmed")
        IN_HOUSE = "in_house", _("in house")
        LEFT = "left", _("left")
        CANCELLED = "cancelled", _("cancelled")
        NO_SHOW = "no_show", _("no-show")
        REFUSED = "refused", _("not passed")

    class Awaits(models.TextChoices):
        PROOF = "proof", _("proof still needed")
        REVIEW = "review", _("being reviewed")

    class Cause(models.TextChoices):
        GUEST = "GUEST", _("cancelled by the guest")
        HOUSE = "HOUSE", _("cancelled by the house")
        HOLD_ENDED = "HOLD_ENDED", _("the hold's time was over")

    code = models.CharField(max_length=6, unique=True)
    guest = models.ForeignKey(Person, models.PROTECT, related_name="stays")
    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="stays")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="stays")
    arrival = models.DateField()
    departure = models.DateField()
    purpose = models.CharField(max_length=20)
    kept_until = models.DateTimeField()  # after this moment the guest has not come

    booked_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True, blank=True)
    hold_extended = models.BooleanField(default=False)
    awaits = models.CharField(max_length=6, choices=Awaits, blank=True)  # what a held bed waits for, if not the guest
    confirmed_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_out_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_cause = models.CharField(max_length=10, choices=Cause, blank=True)
    no_show_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)  # by a person who looked at it

    status = models.GeneratedField(
        expression=Case(
            When(refused_at__isnull=False, then=Value("refused")),
            When(cancelled_at__isnull=False, then=Value("cancelled")),
            When(no_show_at__isnull=False, then=Value("no_show")),
            When(checked_out_at__isnull=False, then=Value("left")),
            When(checked_in_at__isnull=False, then=Value("in_house")),
            When(confirmed_at__isnull=False, then=Value("confirmed")),
            default=Value("held"),
        ),
        output_field=models.CharField(max_length=10, choices=Status),
        db_persist=True,
    )

    objects = StayQuerySet.as_manager()

    # The bed-nights not given back, in their order, where they were read or made together with the stay.
    kept_nights: list["BedNight"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(departure__gt=F("arrival")), name="departure_after_arrival"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(held_until__isnull=False), name="held_until_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at=None) | Q(checked_out_at__gte=F("checked_in_at")), name="in_before_out"
            ),
        ]
        indexes = [
            models.Index(fields=["hostel", "arrival"]),
            models.Index(fields=["status", "held_until"]),
            models.Index(fields=["guest", "arrival"]),
        ]

    def __str__(self):
        return self.code

    @property
    def nights(self) -> Nights:
        return Nights(self.arrival, self.departure)

    def state(self, now) -> str:
        """The status at ``now``: a hold whose time is over reads cancelled, also when no task has closed it."""
        if self.status == self.Status.HELD and self.held_until <= now:
            return self.Status.CANCELLED
        return self.status


class BedNightQuerySet(models.QuerySet):
    def live(self):
        """Bed-nights that were not given back."""
        return self.filter(released_at=None)

    def taken(self, now):
        """Bed-nights nobody else can have at ``now``: live, and not kept by a hold whose time is over."""
        return self.live().exclude(stay__status="held", stay__held_until__lte=now)

    def between(self, nights):
        return self.filter(night__gte=nights.arrival, night__lt=nights.departure)

    def free_of_charge(self):
        return self.filter(price_class=BedNight.PriceClass.FREE)

    def slept(self):
        return self.exclude(slept_at=None)


class BedNight(models.Model):
    """One bed, one guest, one night. Allowance, occupancy, figures and settlement are all counted from these rows.

    `sharing` says with whom the room can be shared on this night: the guest's gender, or the code of the stay that
    has the room alone. One room, one night, one `sharing`: the database refuses the rest. `room` and `hostel` repeat
    what the bed says, because a constraint sees one row; a trigger holds them to it.
    """

    class PriceClass(models.TextChoices):
        FREE = "free", _("free")
        PRICED = "priced", _("at a price")

    stay = models.ForeignKey(Stay, models.PROTECT, related_name="bed_nights")
    guest = models.ForeignKey(Person, models.PROTECT, related_name="bed_nights")
    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="bed_nights")
    room = models.ForeignKey(Room, models.PROTECT, related_name="bed_nights")
    bed = models.ForeignKey(Bed, models.PROTECT, related_name="bed_nights")
    night = models.DateField()
    sharing = models.CharField(max_length=6)
    price_class = models.CharField(max_length=6, choices=PriceClass)
    percent = models.PositiveSmallIntegerField(default=0)  # of the house's rate that the guest pays
    rate_fen = models.PositiveIntegerField()  # what the house is paid
    price_fen = models.PositiveIntegerField()  # what the guest pays of it, at the desk
    slept_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    # The house was at fault: the night was slept and is paid for, but uses none of the guest's allowance.
    excused_at = models.DateTimeField(null=True, blank=True)
    excused_because = models.CharField(max_length=200, blank=True)

    objects = BedNightQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bed", "night"], condition=Q(released_at=None), name="one_guest_per_bed_per_night"
            ),
            models.UniqueConstraint(
                fields=["guest", "night"], condition=Q(released_at=None), name="one_bed_per_guest_per_night"
            ),
            models.CheckConstraint(
                condition=Q(slept_at=None) | Q(released_at=None), name="a_slept_night_is_not_given_back"
            ),
            models.CheckConstraint(
                condition=Q(excused_at=None) | ~Q(excused_because=""), name="a_night_is_excused_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(price_class="free", percent=0, price_fen=0)
                | Q(price_class="priced", percent__gte=1)
                | Q(price_class="priced", price_fen__gte=1),
                name="a_priced_night_has_a_price",
            ),
        ]
        indexes = [models.Index(fields=["hostel", "night"]), models.Index(fields=["stay"])]


class NoShow(models.Model):
    """A missed stay; `lifted_at` takes it back, with a reason."""

    stay = models.OneToOneField(Stay, models.PROTECT, related_name="missed")
    guest = models.ForeignKey(Person, models.PROTECT, related_name="no_shows")
    at = models.DateTimeField()
    appeal = models.TextField(blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.CharField(max_length=200, blank=True)
