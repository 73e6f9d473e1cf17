"""Deciding about a wish: the facts are read, the rules of the day are asked, and what was decided is kept."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from accounts.acts import after_refusal
from accounts.models import Person
from bookings.facts import facts_about
from eligibility.evaluation import TELL_US_MORE, Decision, assess, assessment_of, evaluate
from eligibility.facts import Facts
from eligibility.models import Assessment, Policy, new_code
from eligibility.policies import policy_called
from eligibility.reasons import Refused
from eligibility.rules.evidence import leading_to
from hostel.models import Hostel
from hostel.nights import Nights, business_day


@dataclass(frozen=True)
class Decided:
    """A decision, with the policy that made it and the facts it was made from."""

    guest: Person
    policy: Policy
    facts: Facts
    decision: Decision

    def keep(self, act: str, about: str = "", code: str = "") -> Assessment:
        """Write it down: one statement."""
        return assess(self.guest, self.policy, self.facts, self.decision, act, about, code)

    def to_keep(self, act: str, about: str) -> Assessment:
        """The row that `keep` writes, for who writes it together with what it led to."""
        return assessment_of(self.guest, self.policy, self.facts, self.decision, act, about)

    def refuse(self, act: str) -> Refused:
        """The refusal to raise. It is kept once the act was rolled back, and `Refused.assessment` names it."""
        code = new_code()
        refusal = Refused(*self._with_way_on(code, act), assessment=code)
        after_refusal(partial(self._keep_refusal, refusal, code, act))
        return refusal

    def _with_way_on(self, code, act):
        """The reasons, where a missing proof is handed in for this very decision: by who has a login and asks."""
        reasons, own = self.decision.reasons, self.guest.user_id is not None and act != Assessment.Act.WALK_IN
        if own and self.decision.outcome == TELL_US_MORE:
            return leading_to(f"/decisions/{code}/evidence/", reasons)
        return reasons

    def _keep_refusal(self, refusal, code, act):
        """Who may not stay leaves no identity behind: of somebody who said it in the very act that was rolled back only
        the login can be told why, and a walk-in without one was told at the desk."""
        refusal.assessment = ""  # what cannot be kept is not named
        # With the document: SQLite may have given the number of a row that was rolled back to somebody else.
        # And not somebody forgotten, who came back in that act: rolled back, they are forgotten still.
        known = Person.objects.filter(pk=self.guest.pk, document_hash=self.guest.document_hash, forgotten_at=None)
        guest = known.first()
        if guest is None and self.guest.user_id is not None:
            guest, _new = Person.objects.get_or_create(user_id=self.guest.user_id)
        if guest is not None:
            assess(guest, self.policy, self.facts, self.decision, act, code=code)
            refusal.assessment = code


def decide(
    guest: Person,
    hostel: Hostel,
    nights: Nights,
    purpose: str,
    now: datetime,
    *,
    accept_price: bool = False,
    except_stay: int | None = None,
    extends: bool = False,
    applicant: str = "self",
) -> Decided:
    """Decide about the wish of ``guest`` for ``nights`` in ``hostel`` (a row of `Hostel.objects.on`) by the policy in
    force now; raises Refused with NO_POLICY. Inside an act, behind the lock of the guest's row."""
    policy = policy_called(getattr(hostel, "policy_now", None), hostel.network_id, business_day(now))
    facts = facts_about(
        guest,
        hostel,
        nights,
        purpose,
        now,
        policy,
        accept_price=accept_price,
        except_stay=except_stay,
        extends=extends,
        applicant=applicant,
    )
    return Decided(guest, policy, facts, evaluate(policy, facts))
