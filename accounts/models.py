"""Who: logins, persons, roles, consents, letters, and the record of what was done and seen."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import EncryptedField, EncryptedJSONField
from accounts.names import mask_name
from hostel.models import Dated, Hostel, Network


class UserManager(BaseUserManager):
    def create_user(self, phone, **fields):
        """Make a login for ``phone`` (E.164). It has no password: people come in by a code."""
        user = self.model(phone=phone, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A login: a phone number that has answered a code."""

    phone = models.CharField(_("phone"), max_length=16, unique=True)
    phone_verified = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    # How colleagues call them; "" for who works nowhere here, or has not said.
    called = models.CharField(max_length=20, blank=True)
    # By what name the messenger's service knows them; "" where only the phone is known.
    messenger_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "phone"

    def __str__(self):
        return f"user {self.pk}"


class Person(models.Model):
    """A human being, with or without a login. One person per identity document."""

    class Gender(models.TextChoices):
        FEMALE = "female", _("woman")
        MALE = "male", _("man")

    class Document(models.TextChoices):
        RESIDENT = "resident", _("Resident identity card")
        HK_MACAO_PERMIT = "hk_macao_permit", _("Travel permit for Hong Kong and Macao residents")
        TAIWAN_PERMIT = "taiwan_permit", _("Travel permit for Taiwan residents")
        RESIDENCE_PERMIT = "residence_permit", _("Residence permit for Hong Kong, Macao and Taiwan residents")
        PASSPORT = "passport", _("Passport")
        FOREIGN_RESIDENT = "foreign_resident", _("Foreigner's permanent residence card")

    class Education(models.TextChoices):
        SECONDARY_VOCATIONAL = "secondary_vocational", _("Secondary vocational school")
        JUNIOR_COLLEGE = "junior_college", _("Junior college")
        PRE_TECHNICIAN = "pre_technician", _("Pre-technician")
        TECHNICIAN = "technician", _("Technician")
        BACHELOR = "bachelor", _("Bachelor")
        MASTER = "master", _("Master")
        DOCTOR = "doctor", _("Doctor")

    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="person")
    name = models.CharField(max_length=40, blank=True)
    gender = models.CharField(max_length=6, choices=Gender, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    document_kind = models.CharField(max_length=16, choices=Document, blank=True)
    document = EncryptedField(blank=True)
    document_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    # The last four of document and phone, as keyed hashes: what the desk may search by.
    document_digits = models.CharField(max_length=64, blank=True)
    phone_digits = models.CharField(max_length=64, blank=True)
    document_seen_at = models.DateTimeField(null=True, blank=True)
    education = models.CharField(max_length=20, choices=Education, blank=True)
    graduation = models.CharField(max_length=10, blank=True)  # "2025-06-25", "2025-06", or "2025"
    school = models.CharField(max_length=80, blank=True)
    major = models.CharField(max_length=80, blank=True)
    school_city = models.CharField(max_length=40, blank=True)
    home_in_district = models.BooleanField(null=True, blank=True)
    # What rules ask of their own (`eligibility.rule.Question`), by key: {"works_here": "no"}.
    answers = EncryptedJSONField(default=dict, blank=True)
    # What they need of a bed, as `hostel.models.Need` names it: it may say something of their health.
    needs = EncryptedJSONField(default=list, blank=True)
    # They had themselves forgotten: nothing is known of them but the nights, and the document's keyed hash as long as
    # some cap counts these nights.
    forgotten_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"person {self.pk}"

    @property
    def masked_name(self) -> str:
        """The name as strangers at the desk may read it: the first character, then stars; none of who was forgotten."""
        return mask_name(self.name) if self.forgotten_at is None else str(_("erased guest"))


class Role(Dated):
    """Who may do what where, from a day, until a day."""

    class Kind(models.TextChoices):
        MANAGER = "manager", _("hostel manager")
        OFFICER = "officer", _("committee officer")
        OPERATOR = "operator", _("apartment operator")
        AUDITOR = "auditor", _("auditor")

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=10, choices=Kind)
    hostel = models.ForeignKey(Hostel, models.PROTECT, null=True, blank=True, related_name="roles")
    network = models.ForeignKey(Network, models.PROTECT, null=True, blank=True, related_name="roles")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="manager", hostel__isnull=False, network=None)
                | Q(~Q(kind="manager"), hostel=None, network__isnull=False),
                name="a_manager_has_a_hostel_the_others_a_network",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "hostel"], condition=Q(valid_until=None), name="one_open_role_per_hostel"
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "network"], condition=Q(valid_until=None), name="one_open_role_per_network"
            ),
        ]


class DeskPin(models.Model):
    """By what a colleague says at a shared tablet that it is they: a key drawn from a few digits, kept sealed.

    The key itself, not a digest: a tablet without a line gets what says who they are sealed with it
    (`accounts/pins.py`), and opens that with the digits alone.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="desk_pin")
    salt = models.CharField(max_length=32)
    key = EncryptedField()
    set_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0)  # tries in a row
    locked_until = models.DateTimeField(null=True, blank=True)


class Consent(models.Model):
    """A purpose somebody agreed to, and when they took it back."""

    class Purpose(models.TextChoices):
        SERVICE = "service", _("service agreement")
        PRIVACY = "privacy", _("privacy policy")
        EVIDENCE = "evidence", _("proofs kept to verify a reason")
        IDENTITY = "identity", _("name and document kept for stays")
        MESSENGER = "messenger", _("letters in the messenger")

    user = models.ForeignKey(User, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=Q(withdrawn_at=None), name="one_standing_consent_per_purpose"
            )
        ]


class Letter(models.Model):
    """A message to send (outbox): one event, one letter. It names its person and the code of what it is about."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="letters", db_index=False)  # the constraint has one
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    written_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.CharField(max_length=20, blank=True)  # the way it went: "sms", "messenger", …
    read_at = models.DateTimeField(null=True, blank=True)  # seen by its person in their own pages
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "about"], name="one_letter_per_event")]
        indexes = [models.Index(fields=["written_at"], condition=Q(posted_at=None), name="letters_waiting")]


class Deed(models.Model):
    """A line of the record: what was done or seen, by whom, about what, why. The database only lets lines be added.

    It names things by code, never by a personal value, so that the record can stay when a person is forgotten.
    """

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="deeds")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="deeds")
    hostel = models.ForeignKey(Hostel, models.PROTECT, null=True, blank=True, related_name="deeds")
    what = models.CharField(max_length=30)
    about = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["about"])]


class IdempotencyKey(models.Model):
    """An answer already given: the same key with the same body gets it again, for 24 hours."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)  # the constraint has one
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    written_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "method", "path", "key"], name="one_answer_per_idempotency_key")
        ]


class TaskRun(models.Model):
    """When a task of the schedule last ran and how it ended: the office looks here before it trusts a figure."""

    name = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)  # "done" or "trouble"
    detail = models.CharField(max_length=200, blank=True)
