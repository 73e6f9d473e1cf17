"""May they: the dated rules of a network, and the decisions made by them."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from hostel.models import Network


class PolicyQuerySet(models.QuerySet):
    def in_force(self, day):
        """Approved versions whose day has come, the newest first."""
        return self.filter(in_force_from__lte=day).order_by("-in_force_from", "-version")


class Policy(models.Model):
    """One version of a network's rules. `rules` is the policy file as data (`eligibility/policy.py` reads it)."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    rules = models.JSONField()
    drafted_by = models.CharField(max_length=80)
    approved_by = models.CharField(max_length=80, blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField()

    objects = PolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "version"], name="one_policy_per_version"),
            models.CheckConstraint(
                condition=Q(in_force_from=None) | ~Q(approved_by=""), name="in_force_only_when_approved"
            ),
            models.CheckConstraint(condition=~Q(approved_by=F("drafted_by")), name="approved_by_a_second_person"),
        ]

    def __str__(self):
        return f"{self.rules.get('name', 'policy')}/{self.version}"


class Assessment(models.Model):
    """A decision, replayable: the policy version, the facts it used, and each rule's verdict."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="assessments")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="assessments")
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=14)
    entitlement = models.CharField(max_length=40, blank=True)
    facts = models.JSONField()
    verdicts = models.JSONField()
