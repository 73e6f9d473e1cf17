"""What the letters about a stay say. Answers to what somebody did just now, and tonight's bed, may come at night."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.reasons import Sentence
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
    "held_for_proof",
    _("Your bed at %(hostel)s is held. Show what is still missing by %(held_until)s: /stays/%(code)s/"),
    urgent=True,
)
letters.letter_kind(
    "held_for_review",
    _(
        "Your bed at %(hostel)s (%(arrival)s to %(departure)s) is held while a person looks at your request; "
        "we write as soon as it is decided. /stays/%(code)s/"
    ),
    urgent=True,
)
letters.letter_kind(
    "extended",
    _("Extended: %(hostel)s, %(arrival)s to %(departure)s, in the same bed (%(code)s)"),
    urgent=True,
)
letters.letter_kind(
    "cancelled",
    _("Cancelled: %(hostel)s, %(arrival)s to %(departure)s. %(nights)s nights returned to you"),
    urgent=True,
)
letters.letter_kind(
    "ended_by_new_rules",
    _(
        "We are sorry: by new rules your stay at %(hostel)s from %(arrival)s to %(departure)s (%(code)s) is cancelled; "
        "%(nights)s nights returned to you. See what you may have now: /check/"
    ),
)
letters.letter_kind(
    "no_show",
    _("We missed you at %(hostel)s and released the bed (%(code)s). Tell us why; a good reason clears the record"),
    urgent=True,
)

# What a person answered: the text goes by what became of the bed (`bookings/reviewing.py`).
PASSED = {
    "kept": _(
        "Looked at and agreed. Your bed at %(hostel)s from %(arrival)s to %(departure)s is yours: show code %(code)s "
        "at the desk; it is kept until %(kept_until)s. %(address)s%(words)s"
    ),
    "held": _(
        "Looked at and agreed. Your bed at %(hostel)s is held until %(held_until)s; open stay %(code)s to see what is "
        "still needed%(words)s"
    ),
    "none": _("Looked at and agreed: you can book now. It is about decision %(decision)s%(words)s"),
}
SENT_BACK = {
    "kept": _(
        "We need something better for stay %(code)s: %(because)s. Add it there, or show the original at the desk"
    ),
    "held": _(
        "Your bed at %(hostel)s is held until %(held_until)s; we need something better by then: %(because)s. Open stay "
        "%(code)s to add it"
    ),
    "none": _("We need something better for decision %(decision)s: %(because)s. Open it to answer"),
}
REFUSED = {
    "kept": _(
        "Your proof for stay %(code)s was not passed: %(because)s. The bed stays yours: bring the original to the desk"
    ),
    "held": _(
        "It was not passed: %(because)s. Your bed at %(hostel)s is still held until %(held_until)s: open stay %(code)s "
        "to send something better, or to appeal"
    ),
    "refused": _(
        "We can't give you the bed at %(hostel)s from %(arrival)s to %(departure)s (%(code)s): %(because)s. If that is "
        "wrong, appeal there: somebody else answers within %(within)s"
    ),
    "none": _(
        "It was looked at and stays a no (decision %(decision)s): %(because)s. If that is wrong, appeal: somebody else "
        "answers within %(within)s"
    ),
}
APPEAL_PASSED = {
    "kept": _(
        "A second person looked at it and agreed with you. Your bed at %(hostel)s from %(arrival)s to %(departure)s is "
        "yours: show code %(code)s at the desk; it is kept until %(kept_until)s. %(address)s%(words)s"
    ),
    "held": PASSED["held"],
    "none": _(
        "A second person looked at it and agreed with you (decision %(decision)s). You can book now; we are sorry for "
        "the delay%(words)s"
    ),
}
APPEAL_REFUSED = _(
    "A second person looked at it, and it stays a no (decision %(decision)s): %(because)s. The office will tell you "
    "what else is open to you, and talent apartments have rooms too"
)


def _by_case(texts):
    return lambda values: Sentence(texts.get(values["case"], texts["none"]), values)


# A bed of tonight may wait for the answer.
letters.letter_kind("review_passed", _by_case(PASSED), urgent=True)
letters.letter_kind("review_sent_back", _by_case(SENT_BACK), urgent=True)
letters.letter_kind("review_refused", _by_case(REFUSED), urgent=True)
letters.letter_kind("appeal_passed", _by_case(APPEAL_PASSED), urgent=True)
letters.letter_kind("appeal_refused", lambda values: Sentence(APPEAL_REFUSED, values))


def tell(stay: Stay, kind: str, now: datetime, about: str = "", **values) -> None:
    """Write the guest of ``stay`` a letter; ``about`` is its code and what tells two letters of this kind apart."""
    hostel = stay.hostel
    letters.write(
        stay.guest,
        kind,
        about or stay.code,
        now,
        code=stay.code,
        hostel=[hostel.name_zh, hostel.name_en],
        address=hostel.address,
        arrival=stay.arrival,
        departure=stay.departure,
        kept_until=stay.kept_until,
        **values,
    )
