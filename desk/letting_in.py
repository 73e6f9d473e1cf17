"""Let a guest in, let them go, write down that they did not come: acts of a desk."""

from django.utils.translation import gettext_lazy as _

from bookings import desk as verbs
from bookings.cancelling import goes_on_with
from bookings.models import Stay
from bookings.on_call import answer
from bookings.proving import show_at_desk
from desk.acts import Asked, kind
from desk.reading import bed_called
from desk.undoing import put_back_in_any_bed, put_back_who_missed


@kind("check_in", _("checked in"), is_fact=True, undo=put_back_in_any_bed)
def check_in(asked, now):
    """``said``: ``compared``, ``bed`` (a label; without it the one that is kept), ``document_number``,
    ``evidence_seen``."""
    label = asked.said.get("bed")
    yield verbs.check_in(
        asked.stay,
        compared=bool(asked.said.get("compared")),
        bed=bed_called(asked.hostel, asked.stay.nights, label) if label else None,
        document_number=asked.said.get("document_number", ""),
        evidence_seen=asked.said.get("evidence_seen", ""),
        now=now,
        actor=asked.by,
        at=asked.at,
    )


@kind("check_out", _("checked out"), is_fact=True, undo=put_back_in_any_bed)
def check_out(asked, now):
    """Nothing else is said."""
    yield verbs.check_out(asked.stay, now=now, actor=asked.by, at=asked.at)


def _with_what_goes_on(asked: Asked) -> list[Stay]:
    """The stay, and those in other houses that end with it if its guest does not come."""
    assert asked.stay is not None  # it is about one
    return [asked.stay, *goes_on_with(asked.stay)]


@kind("no_show", _("written down as a no-show"), touches=_with_what_goes_on, undo=put_back_who_missed)
def no_show(asked, now):
    """Nothing else is said. What goes on from the stay in other houses ends with it."""
    missed = verbs.no_show(asked.stay, now=now, actor=asked.by)
    yield missed
    if missed.goes_on:
        ended = Stay.objects.filter(guest=missed.guest, cancelled_at=missed.no_show_at, arrival__gt=missed.arrival)
        yield from ended.select_related("guest", "hostel")


@kind("house_answer", _("answered for the house"))
def house_answer(asked, now):
    """``said``: ``can_be_had``."""
    yield answer(asked.stay, bool(asked.said["can_be_had"]), now=now, actor=asked.by)


@kind("original_seen", _("saw the original"))
def original_seen(asked, now):
    """``said``: ``evidence_seen``, the kind of proof."""
    show_at_desk(asked.stay, kind=asked.said["evidence_seen"], now=now, actor=asked.by)
    yield asked.stay
