"""What a request names by its code, slug or label: it is found, or the answer says why not."""

from datetime import date

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.models import User
from accounts.roles import Right, may
from api.refusals import unknown_field
from bookings.models import Stay
from hostel.models import Bed, Hostel
from hostel.nights import Nights


class BedLabel(serializers.RegexField):
    """A room's number and a bed's, `302-1`."""

    def __init__(self, **kwargs):
        super().__init__(r"\A[^\s/]{1,10}-[0-9]{1,3}\Z", **kwargs)


def stay_called(code: str) -> Stay:
    """The stay of this code, with its guest and hostel; 404 where there is none. Whose it is the caller asks."""
    return get_object_or_404(Stay.objects.select_related("guest", "hostel"), code=code.upper())


def not_theirs(user: User, stay: Stay, today: date) -> Exception:
    """The answer to who may not do something with ``stay``: 403 for what they may see, 404 for what they may not."""
    sees = stay.guest.user_id == user.pk or may(user, Right.SEE_HOUSE_STAYS, stay.hostel, today)
    return PermissionDenied() if sees else Http404()


def hostel_called(slug: str, among: QuerySet[Hostel] | None = None) -> Hostel:
    """The hostel of this slug, one of ``among``; 422 for the field ``hostel`` where there is none."""
    hostels = Hostel.objects.all() if among is None else among
    found = hostels.filter(slug=slug).first() if "\0" not in slug else None
    if found is None:
        raise unknown_field("hostel", _("There is no such hostel."))
    return found


def bed_called(hostel: int, nights: Nights, label: str | None) -> Bed | None:
    """The bed of the house with this id that is called ``label`` (`302-1`), if it is there on all of ``nights``; 422
    where there is none, None where none is named."""
    if not label:
        return None
    room, _dash, number = label.rpartition("-")
    bed = Bed.objects.select_related("room").filter(room__hostel=hostel, room__number=room, number=number)
    if (found := bed.valid_throughout(nights).first()) is None:
        raise unknown_field("bed", _("This house has no such bed."))
    return found
