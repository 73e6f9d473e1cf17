"""May I: four taps, and every rule answers (Y2). The answers live in the address; nothing is stored."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.reasons import MISSING, NOT_MET, Refused
from eligibility.evaluation import evaluate
from eligibility.facts import facts_of_visitor
from eligibility.policies import policy_in_force
from hostel.models import Hostel
from hostel.nights import business_day
from web.youth import asked
from web.youth.questions import educations, graduation_years, homes, months, purposes_of


@require_safe
def check(request):
    """Ask the four questions; once anything is answered, list every rule with its verdict."""
    now = timezone.now()
    today = business_day(now)
    said = asked.answers(request.GET)
    house = Hostel.objects.on(today).order_by("pk").first()
    try:
        policy = policy_in_force(house.network_id if house else 0, today)
    except Refused as no:
        return render(request, "web/youth/check.html", {"section": "stay", "no": no})
    decision = None
    if said:
        facts = facts_of_visitor(
            now,
            network=house.network.slug,
            purpose=said.get("purpose"),
            city_cap=house.city_cap,
            **asked.profile(said),
        )
        decision = evaluate(policy, facts)
    verdicts = [reason.verdict for reason in decision.reasons] if decision else []
    return render(
        request,
        "web/youth/check.html",
        {
            "section": "stay",
            "said": said,
            "educations": educations(),
            "years": graduation_years(today),
            "months": months(),
            "homes": homes(),
            "purposes": purposes_of(policy),
            "asks_month": "month" in said or (decision is not None and _month_decides(decision, said)),
            "decision": decision,
            "not_met": verdicts.count(NOT_MET),
            "missing": verdicts.count(MISSING),
            "here": asked.address(request.path, said),
            "book_href": asked.address(reverse("home"), said),
        },
    )


def _month_decides(decision, said):
    """Whether the rule of graduation could not answer by the year alone."""
    return "graduation" in said and any(
        reason.code == "GRAD" and reason.verdict == MISSING for reason in decision.reasons
    )
