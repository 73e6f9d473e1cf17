"""The stay: a person's time in one hostel, and its bed-nights, from which everything is counted."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from eligibility.models import Assessment
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights


class Party(models.Model):
    """Up to four people who travel together: each has a stay and an allowance of their own, all or none get a bed.

    One code at the desk finds them all. ``together`` asks for one room; ``alone`` for a room with nobody else in it,
    where guests of both genders may stay.
    """

    MOST = 4

    code = models.CharField(max_length=6, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="parties")
    made_at = models.DateTimeField()
    together = models.BooleanField(default=False)
    alone = models.BooleanField(default=False)

    def __str__(self):
        return self.code


class BatchQuerySet(models.QuerySet):
    def standing(self, day):
        """Batches whose beds are kept on the business day ``day``: neither cancelled nor past their release."""
        return self.filter(cancelled_at=None, release_on__gt=day)


class Batch(models.Model):
    """Beds that a school or an organisation has been allotted; the names are given later.

    From ``release_on`` on the beds that nobody was named for are everybody's. ``free_nights`` is the batch's own
    quota: the bed-nights of its guests are counted against it, and not against the hostel's.
    """

    class Applicant(models.TextChoices):
        SCHOOL = "school", _("a school")
        ORGANISATION = "organisation", _("an organisation")

    code = models.CharField(max_length=6, unique=True)
    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="batches")
    applicant = models.CharField(max_length=12, choices=Applicant)
    organisation = models.CharField(max_length=80)
    contact = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="batches")
    purpose = models.CharField(max_length=20)
    arrival = models.DateField()
    departure = models.DateField()
    release_on = models.DateField()
    free_nights = models.PositiveIntegerField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="batches_made")
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(departure__gt=F("arrival")), name="a_batch_has_a_night"),
            models.CheckConstraint(
                condition=Q(release_on__lte=F("arrival")), name="a_batch_is_released_before_it_comes"
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def nights(self) -> Nights:
        return Nights(self.arrival, self.departure)

    def state(self, day) -> str:
        """On the business day ``day``: open, released (what nobody was named for is everybody's), or cancelled."""
        if self.cancelled_at:
            return "cancelled"
        return "released" if self.release_on <= day else "open"

    @property
    def names_until(self) -> date:
        """The last day on which a bed of the batch is kept for a name."""
        return self.release_on - timedelta(days=1)


class BatchBedQuerySet(models.QuerySet):
    def keeping(self, nights, day):
        """Beds kept from everybody but their batch on some of ``nights``, as seen on the business day ``day``."""
        return self.filter(
            batch__cancelled_at=None,
            batch__release_on__gt=day,
            batch__arrival__lt=nights.departure,
            batch__departure__gt=nights.arrival,
        )


class BatchBed(models.Model):
    """A bed kept for the guests of a batch on all of its nights, until the batch is released."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="beds")
    bed = models.ForeignKey(Bed, models.PROTECT, related_name="batches")
    # The moment at which it came instead of another that closed; the others are kept since the batch was made.
    kept_since = models.DateTimeField(null=True, blank=True)

    # Those who were named for it, where they were read together with it (`bookings.batches.with_guests`).
    stays: list["Stay"]

    objects = BatchBedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "bed"], name="a_bed_is_once_in_a_batch")]


class WaitingQuerySet(models.QuerySet):
    def standing(self, now):
        """Wishes that wait at ``now``, in the order of the line: not filled, not withdrawn, not past their cut-off."""
        return self.filter(filled_at=None, withdrawn_at=None, until__gt=now).order_by("-moved_up", "made_at", "pk")


class Waiting(models.Model):
    """A wish that could not be met, and waits: for up to four people, in one of several hostels.

    Its place in line goes by the moment it was made; whoever moves it up says why. ``automatic`` books as soon as there
    is a bed; else it is offered, and theirs alone for a time. ``split`` takes fewer of the nights rather than none.
    """

    code = models.CharField(max_length=6, unique=True)
    guest = models.ForeignKey(Person, models.PROTECT, related_name="waitings")  # who asked
    hostels = models.ManyToManyField(Hostel, related_name="waitings")
    arrival = models.DateField()
    departure = models.DateField()
    purpose = models.CharField(max_length=20)
    split = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    accept_price = models.BooleanField(default=False)
    together = models.BooleanField(default=False)
    alone = models.BooleanField(default=False)
    needs = models.JSONField(default=list)
    until = models.DateTimeField()  # after this moment it no longer waits
    made_at = models.DateTimeField()
    moved_up = models.PositiveSmallIntegerField(default=0)
    moved_because = models.CharField(max_length=200, blank=True)
    filled_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(departure__gt=F("arrival")), name="a_wish_has_a_night"),
            models.CheckConstraint(
                condition=Q(moved_up=0) | ~Q(moved_because=""), name="nobody_moves_up_without_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["filled_at", "withdrawn_at", "until"])]

    def __str__(self):
        return self.code

    @property
    def nights(self) -> Nights:
        return Nights(self.arrival, self.departure)


class WaitingGuest(models.Model):
    """Somebody the wish is for; the one who asked is among them."""

    waiting = models.ForeignKey(Waiting, models.CASCADE, related_name="guests")
    guest = models.ForeignKey(Person, models.PROTECT, related_name="waiting_with")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["waiting", "guest"], name="once_in_a_wish")]


class Offer(models.Model):
    """Beds offered to a wish that waits: the stays held for it are theirs alone until ``until``."""

    waiting = models.ForeignKey(Waiting, models.PROTECT, related_name="offers")
    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="offers")
    arrival = models.DateField()
    departure = models.DateField()
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["waiting"],
                condition=Q(accepted_at=None, declined_at=None),
                name="one_open_offer_per_wish",
            )
        ]

    @property
    def nights(self) -> Nights:
        return Nights(self.arrival, self.departure)


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
        HOUSE = "house", _("the house is being asked")
        OFFER = "offer", _("offered to you")
        PARTY = "party", _("your friends' beds are not certain yet")

    class Cause(models.TextChoices):
        GUEST = "GUEST", _("cancelled by the guest")
        HOUSE = "HOUSE", _("cancelled by the house")
        HOLD_ENDED = "HOLD_ENDED", _("the hold's time was over")

    code = models.CharField(max_length=6, unique=True)
    guest = models.ForeignKey(Person, models.PROTECT, related_name="stays", db_index=False)  # see Meta.indexes
    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="stays", db_index=False)
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="stays")
    arrival = models.DateField()
    departure = models.DateField()
    purpose = models.CharField(max_length=20)
    kept_until = models.DateTimeField()  # after this moment the guest has not come
    needs = models.JSONField(default=list)  # of `hostel.models.Need`: what the bed, or its room, must have
    alone = models.BooleanField(default=False)  # the room is theirs, or their party's, alone
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="stays", db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="stays", db_index=False)
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, blank=True, related_name="stays", db_index=False)
    # The stay that this one goes on with in another house; caps count both as one.
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by", db_index=False
    )
    bed_told_at = models.DateTimeField(null=True, blank=True)  # the guest knows the bed's number: moved, they are told

    booked_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True, blank=True)
    hold_extended = models.BooleanField(default=False)
    # The guest holds it while they say the rest: one at a time. Not what waits for others, or was put back to them.
    own_hold = models.BooleanField(default=False, db_default=False)
    awaits = models.CharField(max_length=6, choices=Awaits, blank=True)  # what a held bed waits for, if not the guest
    confirmed_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_out_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_cause = models.CharField(max_length=10, choices=Cause, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)  # the guest's own words, if they gave any
    coming_at = models.DateTimeField(null=True, blank=True)  # the guest said on the day that they come
    late_at = models.DateTimeField(null=True, blank=True)  # and, then or later, that they come late
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
            # Who asks for another bed lets go of the one they hold; of two at one moment the one that came second sees
            # by this that there is one (`locking.guest_locked` was answered with what was there before it waited).
            models.UniqueConstraint(
                fields=["guest"],
                condition=Q(own_hold=True, status="held", awaits=""),
                name="one_hold_of_one_s_own_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["hostel", "arrival"]),
            models.Index(fields=["status", "held_until"]),
            models.Index(fields=["guest", "arrival"]),
            # Few stays have one, and each index is one more to be written at every booking.
            models.Index(fields=["party"], condition=Q(party__isnull=False), name="stays_of_a_party"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="stays_of_a_batch"),
            models.Index(fields=["offer"], condition=Q(offer__isnull=False), name="stays_of_an_offer"),
            models.Index(fields=["continues"], condition=Q(continues__isnull=False), name="stays_that_go_on"),
        ]

    def __str__(self):
        return self.code

    @property
    def nights(self) -> Nights:
        return Nights(self.arrival, self.departure)

    @property
    def applicant(self) -> str:
        """Who asked for the guest: as rules name it."""
        return "self" if self.batch is None else self.batch.applicant

    def state(self, now) -> str:
        """The status at ``now``: a hold whose time is over reads cancelled, also when no task has closed it. Not where
        it is over because a house was silent: its guest is looked a bed for, and told what was found."""
        if self.status == self.Status.HELD and self.held_until <= now and not self.is_looked_for(now):
            return self.Status.CANCELLED
        return self.status

    def is_looked_for(self, now) -> bool:
        """Whether the house that was asked has not answered in time, so that another bed is looked for: until the hour
        of arrival up to which any bed would be kept."""
        is_over = self.status == self.Status.HELD and self.held_until <= now
        return is_over and self.awaits == self.Awaits.HOUSE and now < self.kept_until


class BedNightQuerySet(models.QuerySet):
    def live(self):
        """Bed-nights that were not given back."""
        return self.filter(released_at=None)

    def taken(self, now):
        """Bed-nights nobody else can have at ``now``: live, and not kept by a hold whose time is over."""
        # Of these holds there are few at any moment: to look among them is quicker than to look up each night's stay.
        return self.live().exclude(stay__in=Stay.objects.lapsed(now))

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
    # Three more indexes would be written for each night, and read by nobody: house and night, the promises of one guest
    # a bed and one company a room have theirs.
    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="bed_nights", db_index=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="bed_nights", db_index=False)
    bed = models.ForeignKey(Bed, models.PROTECT, related_name="bed_nights", db_index=False)
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
        indexes = [models.Index(fields=["hostel", "night"])]


class NoShow(models.Model):
    """A missed stay. The guest may appeal once; an officer lifts it with a reason, or answers why it stays."""

    stay = models.OneToOneField(Stay, models.PROTECT, related_name="missed")
    guest = models.ForeignKey(Person, models.PROTECT, related_name="no_shows")
    at = models.DateTimeField()
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="no_shows_answered")
    answer = models.CharField(max_length=200, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None) | ~Q(lifted_because=""), name="a_no_show_is_lifted_with_a_reason"
            )
        ]


class TurnAway(models.Model):
    """A night wanted and not had for want of a bed: once per person and night, whatever they tried."""

    guest = models.ForeignKey(Person, models.CASCADE, related_name="turned_away")
    hostel = models.ForeignKey(Hostel, models.CASCADE, related_name="turned_away")  # the first one they asked for
    night = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guest", "night"], name="turned_away_once_per_night")]
        indexes = [models.Index(fields=["night", "hostel"])]


class BedEventQuerySet(models.QuerySet):
    def standing(self):
        """What was not taken back."""
        return self.filter(undone_at=None)


class BedEvent(models.Model):
    """What happened to a bed between its guests. Whether it is clean follows from the last of these and from who is in
    it (`desk/housekeeping.py`): nothing says so for itself. No line goes; one that was taken back says when."""

    class Kind(models.TextChoices):
        LEFT = "left", _("its guest left")
        BEGAN = "began", _("cleaning began")
        CLEANED = "cleaned", _("cleaned")
        SOILED = "soiled", _("to clean after all")

    bed = models.ForeignKey(Bed, models.PROTECT, related_name="events", db_index=False)  # the constraint has one
    kind = models.CharField(max_length=7, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = BedEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bed", "at", "kind"], condition=Q(undone_at=None), name="a_bed_s_event_is_written_once"
            ),
        ]
