"""Quotas: free bed-nights granted to houses and networks, and what is used, kept and free of them."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, PermissionDenied

from accounts.roles import networks_granted_by, networks_seen_by
from api.door import Door
from api.fields import Day, Year
from api.once import write_once
from api.pages import Pages
from api.refusals import unknown_field
from bookings.quotas import MOST_NIGHTS, Cell, Change, Grant, groups_of, set_quotas, standing
from hostel.models import Hostel, Quota
from hostel.nights import business_day

MOST_CELLS = 500


class GrantSerializer(serializers.Serializer):
    """What stands in a cell, or is to stand there."""

    nights = serializers.IntegerField(min_value=0, max_value=MOST_NIGHTS, help_text="Free bed-nights granted.")
    release_days = serializers.IntegerField(
        min_value=0,
        max_value=366,
        allow_null=True,
        default=None,
        help_text="So many days before a night what a group has not taken of it is everybody's; null: never.",
    )


class CellSerializer(serializers.Serializer):
    """A quota with its numbers: a house's month, or a network's year (then `hostel` is null)."""

    network = serializers.SlugField(source="cell.network.slug")
    hostel = serializers.SerializerMethodField(allow_null=True)
    group = serializers.CharField(source="cell.group", help_text="The key of an entitlement; empty: everybody.")
    first_day = serializers.DateField(source="cell.first_day", help_text="Of the month, or of the year.")
    grant = GrantSerializer(
        allow_null=True, help_text="Null: nothing of its own, and yet nights are used or kept of what others left."
    )
    used = serializers.IntegerField(help_text="Bed-nights slept.")
    kept = serializers.IntegerField(help_text="Bed-nights held or booked for what is to come.")
    free = serializers.IntegerField(help_text="Bed-nights that can still be given.")

    def get_hostel(self, standing) -> str | None:
        return standing.cell.hostel.slug if standing.cell.hostel else None


class AskedSerializer(serializers.Serializer):
    year = Year(min_value=2000, max_value=2099, required=False, help_text="Without it: the one that is running.")
    hostel = serializers.SlugField(required=False, help_text="One house; then its networks' years are left out.")


class WantedCellSerializer(serializers.Serializer):
    """What one cell is to say."""

    hostel = serializers.SlugField(allow_null=True, default=None, help_text="Null: the network's year.")
    network = serializers.SlugField(required=False, help_text="Needed where there is no hostel.")
    group = serializers.CharField(allow_blank=True, max_length=40, default="")
    first_day = Day(help_text="The first of a month; of a year where there is no hostel.")
    grant = GrantSerializer(
        allow_null=True, help_text="Null takes it away; a month, or a year, in which nothing stands has no limit."
    )
    seen = GrantSerializer(
        allow_null=True,
        required=False,
        help_text="What stood there when you looked. Where it says otherwise by now, nothing is changed (409).",
    )

    def validate(self, said):
        if said["first_day"].day != 1 or (said["hostel"] is None and said["first_day"].month != 1):
            raise _error("first_day", _("A quota begins with its month, or its year."))
        if said["hostel"] is None and "network" not in said:
            raise _error("network", _("Name the hostel, or the network."))
        return said


class WantedSerializer(serializers.Serializer):
    """Cells to be changed: all of them, or none."""

    cells: serializers.ListSerializer = serializers.ListSerializer(
        child=WantedCellSerializer(), min_length=1, max_length=MOST_CELLS
    )


def _error(field, text):
    return serializers.ValidationError({field: ErrorDetail(str(text), code="invalid")})


class Quotas(Door):
    """The quotas of the networks that one may see; officers set them."""

    queryset = Quota.objects.none()
    serializer_class = CellSerializer
    pagination_class = Pages
    rights = True
    asks = True
    refuses = ("PUT",)

    @extend_schema(
        operation_id="list_quotas",
        tags=["quotas"],
        summary="Free bed-nights granted, used, kept and free, by month, house and group",
        parameters=[AskedSerializer],
        responses=CellSerializer(many=True),
    )
    def get(self, request):
        now = timezone.now()
        today = business_day(now)
        asked = AskedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        networks = list(networks_seen_by(request.user, today))
        if not networks:
            raise PermissionDenied
        hostels = Hostel.objects.filter(network__in=networks).select_related("network")
        if slug := asked.validated_data.get("hostel"):
            hostels = list(hostels.filter(slug=slug))
            if not hostels:
                raise unknown_field("hostel", _("There is no such hostel."))
        year = asked.validated_data.get("year", today.year)
        months = [date(year, month, 1) for month in range(1, 13)]
        found = standing(hostels, () if slug else networks, months, now)
        rows = self.paginate_queryset(found)
        return self.get_paginated_response(CellSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="set_quotas",
        tags=["quotas"],
        summary="Grant free bed-nights to houses, groups and networks; officers only",
        description="All cells are changed or none. Cutting below what is slept or kept is refused with the stays.",
        request=WantedSerializer,
        responses={200: CellSerializer(many=True)},
    )
    def put(self, request):
        now = timezone.now()
        mine = {each.slug: each for each in networks_granted_by(request.user, business_day(now))}
        if not mine:
            raise PermissionDenied
        said = WantedSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        changes = _changes(said.validated_data["cells"], mine, business_day(now))

        def do():
            set_quotas(changes, now=now, actor=request.user)
            cells = [change.cell for change in changes]
            hostels = {cell.hostel for cell in cells if cell.hostel is not None}
            networks = {cell.network for cell in cells if cell.hostel is None}
            found = standing(hostels, networks, {cell.first_day for cell in cells}, now)
            touched = {cell.scope for cell in cells}
            return CellSerializer([each for each in found if each.cell.scope in touched], many=True).data

        return write_once(request, do, now=now)


def _changes(cells, mine, today):
    """What was sent as changes; raises PermissionDenied for a house or network of others, and errors of the fields."""
    slugs = {cell["hostel"] for cell in cells if cell["hostel"] is not None}
    hostels = {each.slug: each for each in Hostel.objects.filter(slug__in=slugs).select_related("network")}
    groups = {}
    changes, seen, errors = [], set(), {}
    for number, said in enumerate(cells):
        if said["hostel"] is None:
            hostel, network = None, mine.get(said["network"])
        elif said["hostel"] not in hostels:
            errors[number] = {"hostel": [ErrorDetail(str(_("There is no such hostel.")), code="invalid")]}
            continue
        else:
            hostel = hostels[said["hostel"]]
            network = mine.get(hostel.network.slug)
        if network is None:
            raise PermissionDenied
        if network.pk not in groups:
            groups[network.pk] = groups_of([network, *network.districts.all()], today)
        cell = Cell(network, hostel, said["group"], said["first_day"])
        if said["grant"] is not None and cell.group not in groups[network.pk]:
            text = _("No rule gives nights to such a group; there are: %s") % ", ".join(
                filter(None, groups[network.pk])
            )
            errors[number] = {"group": [ErrorDetail(str(text), code="invalid")]}
        elif (cell.scope, cell.group) in seen:
            errors[number] = {"group": [ErrorDetail(str(_("This cell is there twice.")), code="invalid")]}
        seen.add((cell.scope, cell.group))
        changes.append(Change(cell, _grant(said["grant"]), _grant(said.get("seen")), look="seen" in said))
    if errors:
        raise serializers.ValidationError({"cells": [errors.get(number, {}) for number in range(len(cells))]})
    return changes


def _grant(said):
    return None if said is None else Grant(said["nights"], said["release_days"])
