"""Who reads the office's pages, and of which network."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import cast

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.roles import networks_reviewed_by, networks_seen_by
from eligibility.models import Review
from hostel.models import Hostel, Network
from hostel.nights import business_day
from web.staff import no_right


@dataclass(frozen=True)
class Office:
    """One look from the office: the network it is about, those this person may read, the moment, the business day."""

    user: User
    network: Network
    networks: tuple[Network, ...]
    now: datetime
    day: date

    @property
    def home(self) -> str:
        return self.url("office")

    @property
    def calendar(self) -> str:
        return self.url("office_calendar")

    @property
    def quota(self) -> str:
        return self.url("office_quota")

    @property
    def policies(self) -> str:
        return self.url("office_policies")

    @property
    def reviews(self) -> str:
        return self.url("office_reviews")

    @property
    def no_shows(self) -> str:
        return self.url("office_no_shows")

    @property
    def waiting(self) -> str:
        return self.url("office_waiting")

    @property
    def batches(self) -> str:
        return self.url("office_batches")

    @property
    def people(self) -> str:
        return self.url("office_people")

    def hostels(self) -> QuerySet[Hostel]:
        """The houses of the network, those of the districts below it included."""
        here = Q(network=self.network) | Q(network__parent=self.network)
        return Hostel.objects.select_related("network").filter(here)

    def reviewed_networks(self) -> QuerySet[Network]:
        """Of the network that is looked at and the districts below it those whose questions this person may answer."""
        here = Q(pk=self.network.pk) | Q(parent=self.network.pk)
        return networks_reviewed_by(self.user, self.day).filter(here)

    @cached_property
    def may_review(self) -> bool:
        return self.reviewed_networks().exists()

    @cached_property
    def reviews_waiting(self) -> int:
        """How many questions wait for an answer; none for who may not give one."""
        return Review.objects.open().filter(assessment__policy__network__in=self.reviewed_networks()).count()

    def url(self, name: str, *args, **query) -> str:
        """The address of an office page for this network; it stands in it only where one could mean another."""
        network = {"network": self.network.slug} if len(self.networks) > 1 else {}
        asked = urlencode({**network, **{key: value for key, value in query.items() if value}})
        return reverse(name, args=args) + (f"?{asked}" if asked else "")


def in_the_office(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let officers and auditors in: ``view(request, office, …)``. Strangers log in first, others read which right is
    missing."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        now = timezone.now()
        day = business_day(now)
        # The city before its districts: who has both starts with the whole.
        networks = tuple(
            sorted(networks_seen_by(request.user, day), key=lambda each: (bool(each.parent_id), each.slug))
        )
        asked = request.GET.get("network", "")
        network = next((network for network in networks if not asked or network.slug == asked), None)
        if network is None:
            return no_right(
                request,
                _("You are neither an officer nor an auditor of this network: its office is only for them.")
                if networks
                else _("The office is for officers and auditors of a network, and this login is neither."),
                _("The committee gives this right. Ask it to add you as an officer or an auditor of your network."),
            )
        return view(request, Office(cast(User, request.user), network, networks, now, day), *args, **kwargs)

    return guarded
