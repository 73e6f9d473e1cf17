"""The house's own reasons: what no policy decides, but the beds, the clock and the state of a stay."""

from django.utils.translation import gettext_lazy as _

from accounts.reasons import CHINESE, ENGLISH
from bookings.lodging import PLAIN
from bookings.models import Stay
from eligibility.reasons import MISSING, Fix, Reason, Sentence, not_met
from hostel.models import Need


def full(hostel, nights, lodging=PLAIN):
    """No bed is free throughout; where something is needed of it, that is named."""
    if lodging.alone and lodging.needs:
        text = _("%(hostel)s has no room for you alone as you need it (%(needs)s) from %(arrival)s to %(departure)s")
    elif lodging.alone:
        text = _("%(hostel)s has no room for you alone from %(arrival)s to %(departure)s")
    elif lodging.needs:
        text = _("%(hostel)s has no bed as you need it (%(needs)s) that is free from %(arrival)s to %(departure)s")
    elif len(nights) == 1:
        text = _("%(hostel)s is full on the night of %(arrival)s")
    else:
        text = _("%(hostel)s has no bed that is free from %(arrival)s to %(departure)s")
    return _for_want_of_a_bed("FULL", text, hostel, nights, needs=named(lodging.needs))


def not_alone(hostel, nights):
    """There are rooms, but none for one guest alone."""
    text = _(
        "%(hostel)s has no single room from %(arrival)s to %(departure)s; a room with several beds is given to one "
        "guest alone only where they need it step-free"
    )
    return _for_want_of_a_bed("ALONE", text, hostel, nights)


def _for_want_of_a_bed(code, text, hostel, nights, **values):
    return not_met(
        code,
        text,
        {
            "hostel": (hostel.name_zh, hostel.name_en),
            "arrival": nights.arrival,
            "departure": nights.departure,
        }
        | values,
        value_used=nights.arrival,
        needed=len(nights),
        fix=Fix("alternatives", _("See what is near"), f"/?in={nights.arrival}&nights={len(nights)}"),
    )


def named(needs):
    """What is needed, as words in both languages: (Chinese, English)."""
    labels = [Sentence(Need(need).label) for need in sorted(needs)]
    return "、".join(each.say(CHINESE) for each in labels), ", ".join(each.say(ENGLISH) for each in labels)


def identity_missing(slug, nights):
    return Reason(
        "IDENTITY",
        MISSING,
        Sentence(_("Your name and identity document are still needed: a bed is given to a person")),
        fix=Fix("identity", _("Fill them in"), f"/book/{slug}/?in={nights.arrival}&out={nights.departure}"),
    )


def hold_ended(stay):
    return not_met(
        "HOLD_ENDED",
        _("The bed was kept for you until %(moment)s; that time is over"),
        {"moment": stay.held_until},
        value_used=stay.held_until,
        fix=Fix("book", _("Look again"), f"/book/{stay.hostel.slug}/?in={stay.arrival}&out={stay.departure}"),
    )


def wrong_state(stay, now):
    """The act does not fit the state that the stay is in."""
    state = stay.state(now)
    return not_met(
        "STATE",
        _("Stay %(code)s is now: %(state)s"),
        {"code": stay.code, "state": Stay.Status(state).label},
        value_used=state,
        fix=_see(stay),
    )


def cut_off(stay):
    return not_met(
        "CUT_OFF",
        _("The bed was kept until %(moment)s: nothing can be changed any more, and who does not come is a no-show"),
        {"moment": stay.kept_until},
        value_used=stay.kept_until,
        fix=Fix("explain", _("Tell us why"), f"/stays/{stay.code}/"),
    )


def kept_late_already(stay):
    return not_met(
        "SAID",
        _("You said that you come late: your bed is kept until %(moment)s"),
        {"moment": stay.kept_until},
        value_used=stay.kept_until,
        fix=_see(stay),
    )


def not_kept_longer(stay):
    """The rules have no later hour for who comes late, or none that is later than this bed is kept anyway."""
    return not_met(
        "KEPT",
        _("Your bed is kept until %(moment)s, and no longer: ring %(phone)s where you come later"),
        {"moment": stay.kept_until, "phone": stay.hostel.phone},
        value_used=stay.kept_until,
        fix=_see(stay),
    )


def said_on_the_day(stay):
    return not_met(
        "NOT_TODAY",
        _("Whether you come, and come late, is said on the day of arrival, %(arrival)s"),
        {"arrival": stay.arrival},
        value_used=stay.arrival,
        fix=_see(stay),
    )


def not_taken_back(stay):
    """What only held a bed for a moment, waited for the house, the line or friends, or was given up by the house."""
    return not_met(
        "STATE",
        _("Stay %(code)s can't be taken back: book the nights anew"),
        {"code": stay.code},
        value_used=stay.status,
        fix=_book_anew(stay),
    )


def undo_over(stay, until):
    return not_met(
        "UNDO_OVER",
        _("This could be taken back until %(moment)s: book the nights anew"),
        {"moment": until},
        value_used=stay.cancelled_at,
        needed=until,
        fix=_book_anew(stay),
    )


def bed_gone(stay):
    """Five minutes are not over, but somebody who waited was quicker."""
    hostel = (stay.hostel.name_zh, stay.hostel.name_en)
    return not_met(
        "UNDO",
        _("Somebody else has the bed by now, and %(hostel)s has no other one for these nights"),
        {"hostel": hostel},
        value_used=stay.arrival,
        fix=Fix("alternatives", _("See what is near"), f"/?in={stay.arrival}&nights={len(stay.nights)}"),
    )


def nights_used(stay):
    return not_met(
        "UNDO_NIGHTS",
        _("You have used the nights that came back to you for another stay: give that one back first"),
        value_used=stay.code,
        fix=Fix("stays", _("See your stays"), "/me/"),
    )


def sleeps_elsewhere(other):
    """A guest has one bed a night: these nights are promised to them in another stay."""
    return not_met(
        "OVERLAP",
        _("The guest has stay %(code)s in %(hostel)s for these nights: cancel that one first"),
        {"code": other.code, "hostel": (other.hostel.name_zh, other.hostel.name_en)},
        value_used=other.code,
        fix=_see(other),
    )


def too_long_a_reason(most):
    return not_met(
        "TOO_LONG",
        _("Say it in at most %(most)s characters"),
        {"most": most},
        needed=most,
        field="reason",
        fix=Fix("change", _("Change it"), "#reason"),
    )


def not_yet_missed(stay):
    return not_met(
        "KEPT",
        _("The bed is kept for the guest until %(moment)s"),
        {"moment": stay.kept_until},
        value_used=stay.kept_until,
    )


def not_today(stay):
    return not_met(
        "NOT_TODAY",
        _("This stay is from %(arrival)s to %(departure)s, not today"),
        {"arrival": stay.arrival, "departure": stay.departure},
        value_used=stay.arrival,
    )


def not_compared():
    return Reason(
        "COMPARE",
        MISSING,
        Sentence(_("Compare the person with the document and register them first, then tick that it is done")),
    )


def another_document():
    return not_met(
        "DOCUMENT",
        _("This is not the document the stay was booked with: do not give out the bed, ask the guest"),
        fix=_ring_the_office(),
    )


def bed_taken(bed, nights):
    return not_met(
        "BED",
        _("Bed %(bed)s cannot be had from %(arrival)s to %(departure)s: choose another"),
        {"bed": str(bed), "arrival": nights.arrival, "departure": nights.departure},
        value_used=str(bed),
    )


def house_is_asked(stay):
    """The bed is on call: not the guest, but the house has the next word."""
    return not_met(
        "ON_CALL",
        _("The house is asked until %(moment)s whether this bed can be had; you need do nothing"),
        {"moment": stay.held_until},
        value_used=stay.held_until,
        fix=_see(stay),
    )


def looked_for(stay):
    """The house was silent; the guest need do nothing, and may give the wish up."""
    return not_met(
        "ON_CALL",
        _("The house did not answer by %(moment)s: we look for another bed for you, and write to you"),
        {"moment": stay.held_until},
        value_used=stay.held_until,
        fix=_see(stay),
    )


def house_must_be_asked(stay, bed):
    """More nights in a bed on call are the house's to give, at its desk."""
    return not_met(
        "ON_CALL",
        _("The house confirms each use of bed %(bed)s: ask its desk to extend, or take another bed"),
        {"bed": str(bed)},
        value_used=str(bed),
        fix=Fix("desk", _("Ask the desk"), f"/hostels/{stay.hostel.slug}/"),
    )


def house_not_asked(stay):
    return not_met(
        "ON_CALL", _("Nothing is asked of the house about stay %(code)s"), {"code": stay.code}, value_used=stay.code
    )


def bed_in_use(stay, bed, nights):
    """A bed is to be closed, and this guest has it: what becomes of them?"""
    text = _("%(guest)s (%(code)s) has bed %(bed)s from %(first)s, %(number)s nights: say where they go")
    if len(nights) == 1:
        text = _("%(guest)s (%(code)s) has bed %(bed)s on the night of %(first)s: say where they go")
    return not_met(
        "BED_IN_USE",
        text,
        {
            "guest": stay.guest.masked_name,
            "code": stay.code,
            "bed": str(bed),
            "first": nights[0],
            "number": len(nights),
        },
        value_used=stay.code,
        needed=len(nights),
        fix=Fix("choose", _("Choose for each guest"), ""),
    )


def kept_for_batch(kept):
    """A bed is to be closed, and it is kept for this batch: which one does it get instead?"""
    batch = kept.batch
    return not_met(
        "BED_IN_USE",
        _(
            "Bed %(bed)s is kept for %(organisation)s (batch %(code)s) from %(arrival)s to %(departure)s: say "
            "which bed they get instead"
        ),
        {
            "bed": str(kept.bed),
            "organisation": batch.organisation,
            "code": batch.code,
            "arrival": batch.arrival,
            "departure": batch.departure,
        },
        value_used=batch.code,
        needed=len(batch.nights),
        fix=Fix("choose", _("Choose a bed for the batch"), ""),
    )


def no_other_bed(kept):
    return not_met(
        "NOWHERE",
        _(
            "No other bed of the house is free on all nights of batch %(code)s for everybody who could have bed "
            "%(bed)s: choose one by its number, or give it up"
        ),
        {"code": kept.batch.code, "bed": str(kept.bed)},
        value_used=kept.batch.code,
    )


def closed_already(bed, closure):
    return not_met(
        "CLOSED",
        _("Bed %(bed)s is out of service from %(first)s to %(until)s already: change that instead"),
        {"bed": str(bed), "first": closure.first_night, "until": closure.until},
        value_used=closure.pk,
    )


def closure_changed(closure):
    return not_met("STATE", _("This closure was changed or lifted meanwhile: look again"), value_used=closure.pk)


def nights_are_over(day):
    return not_met("DATES", _("These nights are over: choose tonight or later"), value_used=day)


def no_other_house(stay):
    return not_met(
        "NOWHERE",
        _("No other house has a bed for %(guest)s (%(code)s) on these nights: choose a bed here, or cancel"),
        {"guest": stay.guest.masked_name, "code": stay.code},
        value_used=stay.code,
    )


def room_is_open(room):
    return not_met("STATE", _("Room %(room)s is open"), {"room": room.number}, value_used=room.number)


def room_is_closed(room, until):
    return not_met(
        "STATE",
        _("Room %(room)s is closed from %(day)s on: open it again first"),
        {"room": room.number, "day": until},
        value_used=until,
    )


def bed_is_open(bed):
    return not_met("STATE", _("Bed %(bed)s is open"), {"bed": str(bed)}, value_used=str(bed))


def bed_is_closed(bed):
    return not_met(
        "STATE",
        _("Bed %(bed)s is closed from %(day)s on: open it again first"),
        {"bed": str(bed), "day": bed.valid_until},
        value_used=bed.valid_until,
    )


def wrong_moment(at, now):
    return not_met(
        "MOMENT",
        _("%(moment)s does not fit: it lies in the future, or before the guest came"),
        {"moment": at},
        value_used=at,
        needed=now,
    )


def extended_already(stay):
    return not_met(
        "EXTENDED",
        _("The bed was kept longer once already, until %(moment)s"),
        {"moment": stay.held_until},
        value_used=stay.held_until,
    )


def booked_as_somebody(stay):
    return not_met(
        "IDENTITY",
        _("Stay %(code)s was booked with the document you gave before: cancel it first, or ask the desk"),
        {"code": stay.code},
        value_used=stay.code,
        fix=_see(stay),
    )


def offered(stay):
    return not_met(
        "AWAITS",
        _("The bed is offered to you until %(moment)s: take it on its page"),
        {"moment": stay.held_until},
        value_used=stay.held_until,
        fix=Fix("waiting", _("Open the offer"), f"/waitlist/{stay.offer.waiting.code}/"),
    )


def waits_anyway(stay):
    return not_met(
        "AWAITS",
        _("The bed waits until %(moment)s and needs no extending: %(awaits)s"),
        {"moment": stay.held_until, "awaits": Stay.Awaits(stay.awaits).label},
        value_used=stay.held_until,
        fix=_see(stay),
    )


def waits_for_the_party(stay):
    return not_met(
        "AWAITS",
        _("The bed is held until %(moment)s and yours as soon as your friends' beds are certain too"),
        {"moment": stay.held_until},
        value_used=stay.held_until,
        fix=Fix("party", _("See how far it is"), f"/parties/{stay.party.code}/"),
    )


def arrival_stays(stay):
    return not_met(
        "DATES",
        _("The day of arrival, %(arrival)s, stays as it is: cancel and book again to come on another day"),
        {"arrival": stay.arrival},
        value_used=stay.arrival,
        fix=Fix("cancel", _("Cancel this stay"), f"/stays/{stay.code}/cancel/"),
    )


def continued(stay):
    return not_met(
        "CONTINUED",
        _("Stay %(code)s goes on in another house from %(departure)s: change that one"),
        {"code": stay.code, "departure": stay.departure},
        value_used=stay.departure,
        fix=_see(stay),
    )


def not_yet_overstaying(stay):
    return not_met(
        "DATES",
        _("The stay lasts until %(departure)s anyway: extend it to stay longer"),
        {"departure": stay.departure},
        value_used=stay.departure,
    )


def not_an_overstay(stay, departure, latest):
    text = _("The stay lasts until %(departure)s: choose a later day, %(latest)s at the latest; beyond that extend it")
    return _departure(stay, departure, text, latest=latest)


def not_among_nights(stay, night, first):
    """A change from a night on that is not one of those to come."""
    return not_met(
        "DATES",
        _("Choose a night from %(first)s on, before %(departure)s"),
        {"first": first, "departure": stay.departure},
        value_used=night,
        needed=first,
        field="from_night",
    )


def not_two(stay):
    return not_met(
        "SWAP",
        _("Choose the stay of another guest of this house to change places with"),
        value_used=stay.code,
        field="with",
    )


def group_only(hostel):
    return not_met(
        "GROUP_ONLY",
        _("This hostel takes groups from schools and organisations only"),
        value_used=hostel.access,
        needed="individual",
        fix=Fix("nearby", _("See the other hostels"), "/"),
    )


def not_this_hostel(hostel):
    return not_met(
        "HOSTEL",
        _("%(hostel)s is not another open house of the same network"),
        {"hostel": (hostel.name_zh, hostel.name_en)},
        value_used=hostel.slug,
        field="hostel",
    )


def not_later(stay, departure):
    return _departure(stay, departure, _("The stay lasts until %(departure)s: choose a later day to extend it"))


def not_earlier(stay, departure, first):
    text = _("The stay lasts until %(departure)s: choose an earlier day, after %(first)s, to shorten it")
    return _departure(stay, departure, text, first=first)


def nothing_to_shorten(stay):
    text = _("No night can be given back any more: the stay lasts until %(departure)s, and one night of it stays")
    return _departure(stay, stay.departure, text)


def _departure(stay, wanted, text, **values):
    return not_met(
        "DATES",
        text,
        {"departure": stay.departure} | values,
        value_used=wanted,
        needed=stay.departure,
        fix=_see(stay),
    )


def another_name(person):
    return not_met(
        "IDENTITY",
        _("This document is known here under another name, %(name)s: compare the document once more"),
        {"name": person.masked_name},
        value_used=person.masked_name,
        value_source="record",
        fix=_ring_the_office(),
        field="name",
    )


def _book_anew(stay):
    return Fix("book", _("Look again"), f"/book/{stay.hostel.slug}/?in={stay.arrival}&out={stay.departure}")


def _see(stay):
    return Fix("stay", _("Open the stay"), f"/stays/{stay.code}/")


def _ring_the_office():
    return Fix("office", _("Ring the office on duty"), "/help/")
