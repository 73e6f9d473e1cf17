"""What the letters about a stay say. Answers to what somebody did just now, and tonight's bed, may come at night."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import letters
from bookings.models import Stay

letters.letter_kind(
    "booked",
    _(
        "Booked: %(hostel)s, %(arrival)s to %(departure)s. Show code %(code)s at the desk; your bed is kept until "
        "%(kept_until)s. %(address)s"
    ),
    urgent=True,
)
letters.letter_kind(
    "cancelled",
    _("Cancelled: %(hostel)s, %(arrival)s to %(departure)s. %(nights)s nights returned to you"),
    urgent=True,
)
letters.letter_kind(
    "no_show",
    _("We missed you at %(hostel)s and released the bed (%(code)s). Tell us why; a good reason clears the record"),
    urgent=True,
)


def tell(stay: Stay, kind: str, now: datetime, **values) -> None:
    """Write the guest of ``stay`` a letter of this kind."""
    hostel = stay.hostel
    letters.write(
        stay.guest,
        kind,
        stay.code,
        now,
        code=stay.code,
        hostel=[hostel.name_zh, hostel.name_en],
        address=hostel.address,
        arrival=stay.arrival,
        departure=stay.departure,
        kept_until=stay.kept_until,
        **values,
    )
