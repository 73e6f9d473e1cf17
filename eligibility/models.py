"""May they: the dated rules of a network, the decisions made by them, the proofs shown and the questions asked."""

import secrets

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.fields import EncryptedField
from accounts.models import Person, User
from hostel.models import Network

# Read out on the telephone: no letter or digit that is heard or seen as another.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code() -> str:
    """Eight characters by which a person can name a decision."""
    return "".join(secrets.choice(CODE_ALPHABET) for _each in range(8))


class PolicyQuerySet(models.QuerySet):
    def in_force(self, day):
        """Approved versions whose day has come, the newest first."""
        return self.filter(in_force_from__lte=day).order_by("-in_force_from", "-version")

    def drafts(self):
        """Versions that nobody has approved yet."""
        return self.filter(approved_by="")


class Policy(models.Model):
    """One version of a network's rules. `rules` is the policy file as data (`eligibility/terms.py` reads it).

    A draft may change; once it is approved, the database lets nobody edit or delete it.
    """

    network = models.ForeignKey(Network, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    rules = models.JSONField()
    # As they are called; the logins too where the office's editor was used and not a file.
    drafted_by = models.CharField(max_length=80)
    approved_by = models.CharField(max_length=80, blank=True)
    drafter = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approver = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    in_force_from = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    # What the preview found, and the fingerprint of the rules and the day that it was made for.
    preview = models.JSONField(null=True, blank=True)
    previewed_at = models.DateTimeField(null=True, blank=True)
    previewed = models.CharField(max_length=80, blank=True)
    wanted_from = models.DateField(null=True, blank=True)  # the day a draft asks to be in force from
    clause_file = models.FileField(upload_to="clauses/", blank=True)  # the published text

    objects = PolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "version"], name="one_policy_per_version"),
            models.CheckConstraint(
                condition=Q(in_force_from=None) | ~Q(approved_by=""), name="in_force_only_when_approved"
            ),
            models.CheckConstraint(condition=~Q(approved_by=F("drafted_by")), name="approved_by_a_second_person"),
            models.CheckConstraint(
                condition=Q(approver=None) | Q(drafter=None) | ~Q(approver=F("drafter")),
                name="approved_by_a_second_login",
            ),
        ]

    def __str__(self):
        return f"{self.rules.get('name', 'policy')}/{self.version}"

    @property
    def is_draft(self) -> bool:
        return not self.approved_by


class Assessment(models.Model):
    """A decision, replayable: the policy version, the facts it used, and each rule's verdict.

    A refusal is kept as well, by a transaction of its own: only so can a person later be told why.
    """

    class Act(models.TextChoices):
        BOOK = "book", _("booking")
        CONFIRM = "confirm", _("confirming a held bed")
        EXTEND = "extend", _("extending a stay")
        WALK_IN = "walk_in", _("walking in")
        REVIEW = "review", _("after a review")
        SHIFT = "shift", _("moving a stay to other days")
        OVERSTAY = "overstay", _("staying on without having asked")

    code = models.CharField(max_length=8, unique=True, default=new_code)
    person = models.ForeignKey(Person, models.PROTECT, related_name="assessments", db_index=False)  # see Meta.indexes
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="assessments", db_index=False)
    made_at = models.DateTimeField()
    act = models.CharField(max_length=8, choices=Act, default=Act.BOOK)
    outcome = models.CharField(max_length=14)
    entitlement = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=6, blank=True)  # the code of the stay it led to, if any
    facts = models.JSONField()
    verdicts = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["policy", "made_at"]),
            models.Index(fields=["person", "made_at"]),
            models.Index(fields=["about"]),
        ]

    def __str__(self):
        return self.code


class EvidenceQuerySet(models.QuerySet):
    def of(self, person):
        """Proofs that ``person`` (or its id) has shown or sent."""
        return self.filter(assessment__person=person)

    def counting(self):
        """Proofs that nobody has sent back: a rule may count them."""
        return self.filter(sent_back_at=None)

    def to_purge(self, day):
        """Proofs whose pictures are still there although their time is over on ``day``."""
        return self.filter(purged_at=None, purge_on__lte=day)


class Evidence(models.Model):
    """A proof shown. It belongs to a decision; its pictures go when their time is over, that it was shown stays."""

    class Way(models.TextChoices):
        FILE = "file", _("pictures")
        CODE = "code", _("verification code")
        DESK = "desk", _("original shown at the desk")

    class State(models.TextChoices):
        SENT = "sent", _("sent, to be looked at")
        ACCEPTED = "accepted", _("accepted")
        SENT_BACK = "sent_back", _("sent back")

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=40)  # the key of one of the policy's accepted proofs
    way = models.CharField(max_length=4, choices=Way)
    code = EncryptedField(blank=True)  # what anybody can verify online, as 学信网's
    # The days that the proof speaks of, where it does.
    first = models.DateField(null=True, blank=True)
    last = models.DateField(null=True, blank=True)
    handed_in_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    sent_back_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    purge_on = models.DateField(db_index=True)  # from this day the pictures and the code are no longer kept
    purged_at = models.DateTimeField(null=True, blank=True)

    state = models.GeneratedField(
        expression=Case(
            When(sent_back_at__isnull=False, then=Value("sent_back")),
            When(accepted_at__isnull=False, then=Value("accepted")),
            default=Value("sent"),
        ),
        output_field=models.CharField(max_length=10, choices=State),
        db_persist=True,
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last=None) | Q(first__isnull=False, last__gte=F("first")), name="proof_last_after_first"
            ),
            models.CheckConstraint(
                condition=~Q(way="code") | ~Q(code="") | Q(purged_at__isnull=False), name="a_code_until_it_is_purged"
            ),
        ]


class EvidencePage(models.Model):
    """One picture of a proof: a sealed file (`eligibility/proof_files.py`), named here."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["evidence", "number"], name="one_picture_per_page")]


class EvidencePart(models.Model):
    """A piece of a file that is on its way from a phone, sealed (`eligibility/proof_parts.py`): gone once the proof was
    handed in, or after a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)  # the constraint's index serves
    about = models.CharField(max_length=8)  # the code of the stay, or of the decision that led to none
    key = models.CharField(max_length=40)  # of the file, drawn by the page
    number = models.PositiveSmallIntegerField()  # from 0
    count = models.PositiveSmallIntegerField()  # how many pieces the file has
    size = models.PositiveIntegerField()  # bytes, before they were sealed
    sealed = models.BinaryField()
    sent_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "about", "key", "number"], name="each_piece_of_a_file_once"),
            models.CheckConstraint(condition=Q(number__lt=F("count")), name="a_piece_is_one_of_its_file"),
        ]


class ReviewQuerySet(models.QuerySet):
    def open(self):
        """Questions nobody has answered, the soonest due first."""
        return self.filter(decided_at=None).order_by("due_at", "pk")

    def overdue(self, now):
        return self.open().filter(due_at__lt=now)


class Review(models.Model):
    """A question to a person about a decision: is this proof good, may this rule be set aside, was the refusal right.

    Answered once. Sent back for more, refused or appealed, the next question is a row of its own.
    """

    class Kind(models.TextChoices):
        PROOF = "proof", _("proof to look at")
        RULE = "rule", _("to be decided by a person")
        APPEAL = "appeal", _("appeal")

    class Decision(models.TextChoices):
        PASSED = "passed", _("passed")
        SENT_BACK = "sent_back", _("sent back for more")
        REFUSED = "refused", _("not passed")
        WITHDRAWN = "withdrawn", _("no longer needed")  # nobody answered: what it was about was cancelled

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=6, choices=Kind)
    rules = models.JSONField(default=list)  # the ids of the rules that it is about
    note = EncryptedField(blank=True)  # what the person said about it
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    appeal_of = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="appealed")
    # Who decided what is appealed against: an appeal goes to somebody else.
    not_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # Who has it open: the others see so, and leave it.
    looked_at_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    looked_at_until = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=9, choices=Decision, blank=True)
    because = models.JSONField(default=list)  # keys of the reasons that the reviewer named
    words = models.TextField(blank=True)  # what the reviewer adds for the person
    clears_until = models.DateField(null=True, blank=True)  # passed: the rules are set aside for arrivals until then

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"], condition=Q(decided_at=None), name="one_open_review_per_decision"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decision="")
                | Q(decided_at__isnull=False, decided_by=None, decision="withdrawn")
                | Q(
                    decided_at__isnull=False, decided_by__isnull=False, decision__in=["passed", "sent_back", "refused"]
                ),
                name="decided_by_somebody_somehow",
            ),
            models.CheckConstraint(
                condition=Q(not_by=None) | Q(decided_by=None) | ~Q(decided_by=F("not_by")),
                name="an_appeal_goes_to_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(kind="appeal", appeal_of__isnull=False) | Q(~Q(kind="appeal"), appeal_of=None),
                name="an_appeal_says_of_what",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(decided_at=None), name="reviews_waiting")]


class ExtraNights(models.Model):
    """Free nights an officer granted to a person on top of the policy's caps, with the reason."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="extra_nights")
    network = models.ForeignKey(Network, models.PROTECT, related_name="extra_nights")
    nights = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField()  # the first night for which they no longer hold
    because = models.CharField(max_length=200)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(nights__gte=1), name="an_extra_is_a_night_or_more"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="an_extra_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(because=""), name="an_extra_has_a_reason"),
        ]
