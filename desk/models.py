"""The front desk: what was done there, what does not fit, who was on, what they wrote down."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import EncryptedField, EncryptedJSONField
from accounts.models import User
from bookings.models import Stay
from hostel.models import Hostel


class Act(models.Model):
    """Something done at the desk of a hostel, once for its ``act_id``, whichever way and however often it was sent.

    ``said`` is what the desk said, as the kind of act reads it (`desk/acts.py`). ``before`` and ``after`` are the stays
    it touched as they were and as they became (`desk/images.py`): by them it is taken back.
    """

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        CLASH = "clash", _("does not fit")  # it waits for somebody's choice, or has got it

    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="acts", db_index=False)  # the constraint has one
    act_id = models.CharField(max_length=80)
    what = models.CharField(max_length=20)
    stay = models.ForeignKey(Stay, models.PROTECT, null=True, blank=True, related_name="acts")
    by = models.ForeignKey(User, models.PROTECT, related_name="acts")  # who was on shift
    device = models.CharField(max_length=40, blank=True)  # the tablet that sent it later; "" where it had a line
    happened_at = models.DateTimeField()
    written_at = models.DateTimeField()
    said = EncryptedJSONField(default=dict, blank=True)
    outcome = models.CharField(max_length=5, choices=Outcome, default=Outcome.DONE)
    # The stays it touched, by code, as `images.images_of` says them.
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    # The stays it touched, behind the locks of their guests, while it is being taken back (`desk/undoing.py`).
    touched: list[Stay]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hostel", "act_id"], name="an_act_is_done_once"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="an_act_is_undone_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["hostel", "written_at"])]


class Clash(models.Model):
    """An act made without a line that the books contradict: both versions, what is proposed, and what was chosen.

    ``local`` is what the tablet said and ``online`` what the books said when it came, as sentences and values;
    ``reasons`` say why they do not fit; ``proposals`` what each choice would do.
    """

    class Choice(models.TextChoices):
        LOCAL = "local", _("keep what the tablet said")
        ONLINE = "online", _("take what the books said")

    act = models.OneToOneField(Act, models.PROTECT, related_name="clash")
    reasons = models.JSONField(default=list)
    local = models.JSONField(default=dict)
    online = models.JSONField(default=dict)
    proposals = models.JSONField(default=dict)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    choice = models.CharField(max_length=6, choices=Choice, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, choice="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(choice="")),
                name="a_clash_is_settled_by_somebody_who_chose",
            )
        ]


class Note(models.Model):
    """A line of the shift log: a note, a thing to do, keys, something lost or found. What is to do carries over until
    somebody has done it."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        TODO = "todo", _("to do")
        KEYS = "keys", _("keys")
        LOST = "lost", _("lost and found")
        REPORT = "report", _("to report within 24 hours")  # a foreign guest, to the police

    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="notes", db_index=False)  # the index has one
    kind = models.CharField(max_length=6, choices=Kind)
    text = EncryptedField(blank=True)
    stay = models.ForeignKey(Stay, models.PROTECT, null=True, blank=True, related_name="notes")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="what_is_done_was_done_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["hostel", "at"])]


class Handover(models.Model):
    """One shift ends and the next begins: who gave the desk to whom, and what was open. Lines are only added."""

    hostel = models.ForeignKey(Hostel, models.PROTECT, related_name="handovers", db_index=False)  # the index has one
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)  # what the shift did: {"check_in": 3, "no_show": 1, …, "open": 2}

    class Meta:
        indexes = [models.Index(fields=["hostel", "at"])]
