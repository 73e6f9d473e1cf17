"""The network: networks, hostels, rooms, beds, what they cost, and what is out of service."""

from datetime import time

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hostel import places


class Named(models.Model):
    """A thing with a name in both languages; `name` is the one of the reader."""

    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class DatedQuerySet(models.QuerySet):
    def valid_on(self, day):
        """Rows in force on ``day``; ``valid_until`` is the first day on which they no longer are."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)

    def valid_throughout(self, nights):
        """Rows in force on every one of ``nights``."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=nights.departure), valid_from__lte=nights.arrival)


class Dated(models.Model):
    """A thing that exists from a day, until a day that it no longer does."""

    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


class Network(Named):
    """A district's network of hostels, or the city above it."""

    slug = models.SlugField(unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="districts")
    # Who is on duty in the office, for desks and guests to ring; "" where nobody is.
    phone = models.CharField(max_length=20, blank=True)
    # Nights from tomorrow on that somebody gave back are open to everybody from this hour on: until then they are the
    # waiting list's, so that nobody gains by watching for them or by passing a bed on to a friend.
    freed_public_at = models.TimeField(default=time(12))
    # How long an offer to somebody on the waiting list is theirs alone: for nights to come, and for tonight's.
    offer_minutes = models.PositiveSmallIntegerField(default=120)
    offer_minutes_tonight = models.PositiveSmallIntegerField(default=20)
    # How long a house has to say whether an on-call bed can be had.
    on_call_minutes = models.PositiveSmallIntegerField(default=120)


class NetworkCap(Dated):
    """How many free nights a calendar year a network grants one person, whatever the policies below it say."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="caps")
    free_nights_per_year = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "valid_from"], name="one_cap_per_network_and_day")]


class HostelQuerySet(DatedQuerySet):
    def with_quotas(self):
        """Know in the same statement whether there are quotas anywhere: ``may_have_quotas``."""
        return self.annotate(may_have_quotas=Exists(Quota.objects.all()))

    def on(self, day):
        """Hostels with all that a booking asks of them, in one statement: network, the network above, rate and cap.

        Adds ``rate_fen``, what the house is paid for a night slept on ``day``, and ``city_cap``, the free nights a
        calendar year that the network above grants one person on ``day``; each is None where none is in force.
        ``has_quotas`` says whether free bed-nights are limited here at all, in whatever month.
        """
        rates = Rate.objects.filter(hostel=OuterRef("pk"), valid_from__lte=day).order_by("-valid_from")
        caps = NetworkCap.objects.filter(network=OuterRef("network__parent")).valid_on(day).order_by("-valid_from")
        networks = Q(network=OuterRef("network")) | Q(network=OuterRef("network__parent"))
        quotas = Quota.objects.filter(Q(hostel=OuterRef("pk")) | Q(networks, hostel=None))
        return (
            self.select_related("network__parent")
            .with_quotas()
            .annotate(
                rate_fen=Subquery(rates.values("fen")[:1]),
                city_cap=Subquery(caps.values("free_nights_per_year")[:1]),
                has_quotas=Exists(quotas),
            )
        )


class Hostel(Named, Dated):
    """One house."""

    # Whether it is worth asking for quotas; rows of `Hostel.objects.with_quotas` know.
    may_have_quotas = True

    class Access(models.TextChoices):
        INDIVIDUAL = "individual", _("everyone")
        GROUP = "group", _("schools and organisations only")

    class Facility(models.TextChoices):
        WIFI = "wifi", _("Wi-Fi")
        AIR_CONDITIONING = "air_conditioning", _("air conditioning")
        WASHING_MACHINE = "washing_machine", _("washing machine")
        DOOR_LOCK = "door_lock", _("electronic door lock")
        LIFT = "lift", _("lift")
        PRIVATE_BATHROOM = "private_bathroom", _("private bathroom")
        WOMENS_FLOOR = "womens_floor", _("women's floor")
        KITCHEN = "kitchen", _("kitchen")
        LUGGAGE_ROOM = "luggage_room", _("luggage room")
        STEP_FREE = "step_free", _("step-free")

    network = models.ForeignKey(Network, models.PROTECT, related_name="hostels")
    slug = models.SlugField(unique=True)
    town = models.CharField(max_length=40)
    address = models.CharField(max_length=120)
    # GCJ-02, as the maps in China draw it.
    lat = models.FloatField()
    lng = models.FloatField()
    metro_station = models.CharField(max_length=40, blank=True)
    metro_metres = models.PositiveIntegerField(null=True, blank=True)
    phone = models.CharField(max_length=20)
    check_in_from = models.TimeField()
    check_in_until = models.TimeField()
    check_out_by = models.TimeField()
    access = models.CharField(max_length=10, choices=Access)
    facilities = models.JSONField(default=list)

    # Only on rows of `Hostel.objects.on`: what its annotations say.
    rate_fen: int | None
    city_cap: int | None
    has_quotas: bool

    objects = HostelQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["slug"]

    @property
    def position(self) -> tuple[float, float]:
        """Latitude and longitude, GCJ-02."""
        return self.lat, self.lng

    @property
    def metro_name(self) -> str:
        """The metro station in the reader's language; its own name where we know no other; empty where none is near."""
        station = places.place_called(self.metro_station)
        return station.name if station else self.metro_station

    @property
    def facility_names(self) -> list[str]:
        """What the house has, in the reader's words."""
        return [str(self.Facility(facility).label) for facility in self.facilities]


class Room(Dated):
    """A room; who may sleep in it is `guests`, whether the house must be asked first is `supply`."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("single room")
        DOUBLE = "double", _("double room")
        TWIN = "twin", _("twin room")
        TRIPLE = "triple", _("three-bed room")
        QUAD = "quad", _("four-bed room")
        DORMITORY = "dormitory", _("dormitory")

    class Guests(models.TextChoices):
        FEMALE = "female", _("women")
        MALE = "male", _("men")
        ANY = "any", _("one guest alone")
        FLEXIBLE = "flexible", _("women or men, as the first guest of the night")

    class Supply(models.TextChoices):
        FIXED = "fixed", _("always there")
        ON_CALL = "on_call", _("the house confirms each use")

    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="rooms")
    number = models.CharField(max_length=10)
    floor = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    guests = models.CharField(max_length=10, choices=Guests)
    supply = models.CharField(max_length=10, choices=Supply)
    features = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        # A room that was closed and comes back is a new row: the days between stay closed in every figure.
        constraints = [
            models.UniqueConstraint(
                fields=["hostel", "number"], condition=Q(valid_until=None), name="one_open_room_per_number"
            )
        ]

    def __str__(self):
        return self.number


class Bed(Dated):
    """One bed: what a guest is promised for a night."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="beds")
    number = models.PositiveSmallIntegerField()
    features = models.JSONField(default=list)

    class Meta:
        ordering = ["room__number", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "number"], condition=Q(valid_until=None), name="one_open_bed_per_number"
            )
        ]

    def __str__(self):
        return f"{self.room.number}-{self.number}"


class Need(models.TextChoices):
    """What a guest may need of a bed or its room, and what `features` of either may say that it has."""

    LOWER_BUNK = "lower_bunk", _("a lower bunk")
    ACCESSIBLE = "accessible", _("step-free and wide enough for a wheelchair")
    QUIET = "quiet", _("quiet")


class Quota(models.Model):
    """Free bed-nights granted: to a hostel for a month, or to a whole network for a year; in all, or to one group.

    ``group`` is the key of an entitlement of the policy, "" is for everybody. What is used, kept and left is counted
    from bed-nights, never kept as a number. What a group has not taken ``release_days`` before a night is everybody's.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="quotas")
    hostel = models.ForeignKey("Hostel", models.CASCADE, null=True, blank=True, related_name="quotas")
    group = models.CharField(max_length=40, blank=True)
    first_day = models.DateField()  # of the month; of the year where there is no hostel
    nights = models.PositiveIntegerField()
    release_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["first_day", "hostel", "group"]
        constraints = [
            models.UniqueConstraint(
                fields=["hostel", "group", "first_day"],
                condition=Q(hostel__isnull=False),
                name="one_quota_per_hostel_group_and_month",
            ),
            models.UniqueConstraint(
                fields=["network", "group", "first_day"],
                condition=Q(hostel=None),
                name="one_quota_per_network_group_and_year",
            ),
            models.CheckConstraint(
                condition=Q(first_day__day=1) & (Q(hostel__isnull=False) | Q(first_day__month=1)),
                name="a_quota_begins_with_its_month_or_year",
            ),
        ]

    def __str__(self):
        when = f"{self.first_day:%Y-%m}" if self.hostel_id else f"{self.first_day:%Y}"
        return f"{(self.hostel or self.network).slug} {when} {self.group or 'everybody'}: {self.nights}"


class OutOfServiceQuerySet(models.QuerySet):
    def standing(self):
        """The last word on each closure: rows that no later row revises, and that do not lift it."""
        return self.filter(revision=None, lifted=False)

    def touching(self, nights):
        return self.filter(first_night__lt=nights.departure, until__gt=nights.arrival)


class OutOfService(models.Model):
    """Nights on which a bed can be given to nobody. A change is a new row that `revises` the old one."""

    class Reason(models.TextChoices):
        REPAIR = "repair", _("repair")
        OWN_USE = "own_use", _("own use")
        INSPECTION = "inspection", _("inspection")

    bed = models.ForeignKey(Bed, models.PROTECT, related_name="closures")
    first_night = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=12, choices=Reason)
    reference = models.CharField(max_length=80, blank=True)
    lifted = models.BooleanField(default=False)
    revises = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="revision")
    written_at = models.DateTimeField()

    objects = OutOfServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("first_night")), name="out_of_service_for_a_night_at_least")
        ]


class Rate(models.Model):
    """What a hostel is paid for a slept bed-night, in fen, from a day on."""

    hostel = models.ForeignKey(Hostel, models.CASCADE, related_name="rates")
    fen = models.PositiveIntegerField()
    valid_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hostel", "valid_from"], name="one_rate_per_hostel_and_day")]


class WorkdayCorrectionQuerySet(models.QuerySet):
    def standing(self):
        """Corrections that were not taken back."""
        return self.filter(withdrawn_at=None)


class WorkdayCorrection(models.Model):
    """A day that is worked, or off, whatever the library of holidays says; for the whole country's calendar."""

    day = models.DateField()
    is_working = models.BooleanField()
    because = models.CharField(max_length=120)
    written_by = models.CharField(max_length=80)  # as the record names a login: "user 12"
    written_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = WorkdayCorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day"], condition=Q(withdrawn_at=None), name="one_standing_correction_per_day"
            )
        ]

    def __str__(self):
        return f"{self.day}: {'working' if self.is_working else 'off'}"


class Space(Named):
    """A room of the Youth Home."""

    class Kind(models.TextChoices):
        INTEGRATED = "integrated", _("integrated services")
        EXCHANGE = "exchange", _("community exchange")
        LEISURE = "leisure", _("leisure")
        CHARGING = "charging", _("charging")

    hostel = models.ForeignKey(Hostel, models.CASCADE, related_name="spaces")
    kind = models.CharField(max_length=12, choices=Kind)
    seats = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hostel", "kind", "name_zh"], name="one_space_per_name_and_kind")
        ]


class Photo(models.Model):
    """A picture of a hostel, kept in three widths as WebP and JPEG (`hostel/photos.py`).

    A file's name holds the digest of what it was made from, so that a browser may keep it for ever.
    """

    WIDTHS = (360, 720, 1280)
    TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}

    hostel = models.ForeignKey(Hostel, models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["hostel", "position"], name="one_photo_per_place")]

    @property
    def widths(self) -> list[int]:
        """The widths it is kept in, in pixels; a small picture is never blown up."""
        return sorted({min(width, self.width) for width in self.WIDTHS})

    def file_name(self, width: int, ending: str) -> str:
        """The name in the storage of the file ``width`` pixels wide; ``ending`` is webp or jpg."""
        return f"hostels/{self.hostel.slug}/{self.digest}-{width}.{ending}"

    def sources(self) -> list[dict[str, str]]:
        """For `<source>`: WebP first, then JPEG, each with ``type`` and ``srcset``."""
        return [
            {
                "type": mime,
                "srcset": ", ".join(
                    f"{default_storage.url(self.file_name(width, ending))} {width}w" for width in self.widths
                ),
            }
            for ending, mime in self.TYPES.items()
        ]

    @property
    def src(self) -> str:
        """For `<img src>`, which only browsers without `<picture>` take: the smallest JPEG."""
        return default_storage.url(self.file_name(self.widths[0], "jpg"))
