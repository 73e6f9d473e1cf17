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
    _("Your bed at %(hostel)s is held. Show what is still missing by %(held_until)s"),
    urgent=True,
    link="/stays/%(code)s/",
    until="held_until",
)
letters.letter_kind(
    "held_for_review",
    _(
        "Your bed at %(hostel)s (%(arrival)s to %(departure)s) is held while a person looks at your request; we "
        "write as soon as it is decided."
    ),
    urgent=True,
    link="/stays/%(code)s/",
)
letters.letter_kind(
    "held_for_party",
    _(
        "Your bed at %(hostel)s (%(arrival)s to %(departure)s) is held until %(held_until)s, and yours as soon as "
        "your friends' beds are certain too."
    ),
    urgent=True,
    link="/stays/%(code)s/",
    until="held_until",
)
letters.letter_kind(
    "booked_with",
    _(
        "%(who)s booked a bed for you too: %(hostel)s, %(arrival)s to %(departure)s. Show code %(code)s at the "
        "desk, or %(party)s for all of you; your bed is kept until %(kept_until)s. Not coming? Give it back"
    ),
    urgent=True,
    link="/stays/%(code)s/",
)
letters.letter_kind(
    "booked_by",
    _(
        "%(organisation)s booked a bed for you: %(hostel)s, %(arrival)s to %(departure)s. Show code %(code)s at the "
        "desk; your bed is kept until %(kept_until)s. %(address)s"
    ),
    urgent=True,
)
letters.letter_kind(
    "batch_ended",
    _(
        "We are sorry: your school or organisation no longer has beds at %(hostel)s from %(arrival)s to "
        "%(departure)s; your stay %(code)s is cancelled and %(nights)s nights returned to you. Find another bed"
    ),
    urgent=True,
    link="/",
)
letters.letter_kind(
    "party_smaller",
    _(
        "%(who)s is no longer coming along to %(hostel)s. Your own bed from %(arrival)s to %(departure)s "
        "(%(code)s) is still kept for you; give it back if you don't want it"
    ),
    urgent=True,
    link="/stays/%(code)s/",
)
letters.letter_kind(
    "party_held",
    _(
        "%(who)s is no longer coming along to %(hostel)s. Your own bed from %(arrival)s to %(departure)s is held "
        "until %(held_until)s: confirm it by then, or give it back"
    ),
    urgent=True,
    link="/stays/%(code)s/",
    until="held_until",
)
letters.letter_kind(
    "extended",
    _("Extended: %(hostel)s, %(arrival)s to %(departure)s, in the same bed (%(code)s)"),
    urgent=True,
)
letters.letter_kind(
    "extended_in_another",
    _("Extended: %(hostel)s, %(arrival)s to %(departure)s (%(code)s). From %(from_night)s on your bed is %(bed)s"),
    urgent=True,
)
letters.letter_kind(
    "shortened",
    _("Your stay at %(hostel)s is now from %(arrival)s to %(departure)s (%(code)s). %(nights)s nights returned to you"),
    urgent=True,
)
letters.letter_kind(
    "shifted",
    _(
        "Other days: %(hostel)s, %(arrival)s to %(departure)s. Your code stays %(code)s; your bed is kept until "
        "%(kept_until)s. %(address)s"
    ),
    urgent=True,
)
letters.letter_kind(
    "moved",
    _("Your bed at %(hostel)s from %(from_night)s on is now %(bed)s (%(code)s)%(because)s"),
    urgent=True,
)
letters.letter_kind(
    "bed_moved",
    _(
        "So that somebody else has a bed too, you have another one at %(hostel)s from %(arrival)s to %(departure)s: "
        "%(bed)s (%(code)s). All else stays as it was"
    ),
    urgent=True,
)
letters.letter_kind(
    "moved_to_hostel",
    _(
        "From %(from_night)s on you stay at %(hostel)s, until %(departure)s. Show code %(code)s at the desk there; "
        "your bed is kept until %(kept_until)s. %(address)s%(because)s"
    ),
    urgent=True,
)
letters.letter_kind(
    "overstayed",
    _("You stay at %(hostel)s until %(departure)s (%(code)s). To pay at the desk for it: %(to_pay)s yuan"),
    urgent=True,
)
letters.letter_kind(
    "kept_late",
    _("Your bed at %(hostel)s is kept until %(kept_until)s: come late. Show code %(code)s at the desk. %(address)s"),
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
        "We are sorry: by new rules your stay at %(hostel)s from %(arrival)s to %(departure)s (%(code)s) is "
        "cancelled; %(nights)s nights returned to you. See what you may have now"
    ),
    link="/check/",
)
letters.letter_kind(
    "held_for_house",
    _(
        "A bed at %(hostel)s (%(arrival)s to %(departure)s) is held for you, and the house is asked whether it "
        "can be had. You hear by %(held_until)s; if not there, we look for another one."
    ),
    urgent=True,
    link="/stays/%(code)s/",
    until="held_until",
)
letters.letter_kind(
    "house_said_no",
    _(
        "We are sorry: %(hostel)s cannot give you the bed from %(arrival)s to %(departure)s, and no other house "
        "has one now (%(code)s). %(nights)s nights returned to you. You can wait for one"
    ),
    urgent=True,
    link="/waitlist/",
)
letters.letter_kind(
    "moved_bed",
    _("Your bed at %(hostel)s from %(first)s on is now %(bed)s (%(code)s). We are sorry for the change"),
    urgent=True,
)
letters.letter_kind(
    "moved_house",
    _(
        "We are sorry: your bed at %(before)s cannot be had. From %(first)s to %(departure)s you have one at "
        "%(hostel)s, %(address)s, at the same price. Show code %(code)s at the desk; it is kept until %(kept_until)s"
    ),
    urgent=True,
)
letters.letter_kind(
    "closed_by_house",
    _(
        "We are sorry: the house cannot give you the bed at %(hostel)s from %(arrival)s to %(departure)s "
        "(%(code)s). %(nights)s nights returned to you; it counts nothing against you. See what is free"
    ),
    urgent=True,
    link="/",
)
letters.letter_kind(
    "ended_by_house",
    _(
        "We are sorry: your bed at %(hostel)s can be yours only until %(last)s (%(code)s). %(nights)s nights "
        "returned to you. Ask the desk, or see what is free"
    ),
    urgent=True,
    link="/",
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


def this_time(stay: Stay, now: datetime) -> str:
    """What a letter is about that is written each time anew: the stay and the moment."""
    return f"{stay.code}-{now:%m%d%H%M%S}"


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
