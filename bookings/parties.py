"""Friends who travel together: each is decided about by their own rules, and all get a bed or none does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.acts import act, after_refusal
from accounts.documents import read_document, read_name
from accounts.models import Deed, Person, User
from accounts.names import mask_name
from accounts.record import record
from bookings import reasons
from bookings.actions import WHY_NOT
from bookings.awaiting import told, waits_for
from bookings.booking import desk_code, take_bed
from bookings.cancelling import cancel
from bookings.decisions import Decided, decide
from bookings.holding import let_go_of_holds
from bookings.house_plan import Want, find_beds
from bookings.letters import tell
from bookings.locking import guest_locked
from bookings.lodging import Lodging
from bookings.models import Party, Stay
from eligibility.evaluation import YES
from eligibility.models import Assessment
from eligibility.reasons import NOT_MET, Fix, Reason, Refused, Sentence
from eligibility.rule import Rule
from hostel.models import Hostel
from hostel.nights import Nights

LOOKED_IN_VAIN = "look_for_friend"
MOST_IN_VAIN = 10  # an hour: whoever knows their friends' documents needs less
# What is said of a friend in full: it speaks of the wish and of the rules, and of nothing that only they know.
OF_THE_WISH = {"WINDOW", "PURPOSE", "STAY_NIGHTS", "GROUP_ONLY", "APPLICANT", "SUPPLY", "ARRIVAL", "SEASON"}
# What the other conditions are called, where no kind of rule has a name for it.
CALLED = {
    "NIGHTS": _("Free nights"),
    "CITY_CAP": _("Free nights in the city"),
    "STAYS": _("Number of stays"),
    "IDENTITY": _("Name and document"),
}


@dataclass(frozen=True)
class Member:
    """Somebody of the party: what they come for, and what the bed must have for them (`hostel.models.Need`)."""

    person: Person
    purpose: str
    needs: frozenset[str] = frozenset()


def friend_named(
    *, name: str, document_kind: str, document_number: str, now: datetime, actor: User | None = None
) -> Person:
    """The person who is meant by a name and a document, both as whoever travels with them knows them.

    Raises Refused with IDENTITY where they do not read, and with FRIEND where they fit nobody: whether the document is
    unknown here or known under another name is not told. That somebody looked in vain is on record, and who did so too
    often in the last hour is refused with TOO_OFTEN.
    """

    def do():
        if actor is not None:
            if looked_in_vain(actor, now) >= MOST_IN_VAIN:
                raise Refused(too_often())
        document, said = read_document(document_kind, document_number), read_name(name)
        friend = Person.objects.filter(document_hash=document.hash).first()
        if friend is None or friend.name != said or not friend.gender:
            after_refusal(partial(record, LOOKED_IN_VAIN, now=now, actor=actor))
            raise Refused(_not_found(said))
        return friend

    return act(do)


def looked_in_vain(actor: User, now: datetime) -> int:
    """How often ``actor`` gave a document and a name that did not fit each other, in the last hour."""
    return Deed.objects.filter(actor=actor, what=LOOKED_IN_VAIN, at__gt=now - timedelta(hours=1)).count()


def book_party(
    *,
    made_by: Person,
    members: Sequence[Member],
    hostel: Hostel,
    nights: Nights,
    now: datetime,
    actor: User | None = None,
    together: bool = False,
    alone: bool = False,
    accept_price: bool = False,
) -> Party:
    """Promise each of ``members`` (two to four, ``made_by`` among them) a bed in ``hostel`` for ``nights``, or nobody.

    ``together`` asks for one room; ``alone`` for one with nobody else in it, the only way for women and men to share
    one. Each is decided about by their own rules and allowance. Where one of them waits for a proof or an answer, all
    are held until the first of these deadlines (`Stay.Awaits.PARTY`). Raises Refused with PARTY for a party that can't
    be; with the reasons of everyone who may not stay, each with who it is about; or with FULL and alternatives.
    """
    lodging = {"together": together or alone, "alone": alone}
    return act(lambda: _book_party(made_by, list(members), hostel, nights, now, actor, lodging, accept_price))


def _book_party(made_by, members, hostel, nights, now, actor, lodging, accept_price):
    wanted = {member.person.pk for member in members}
    if not 2 <= len(members) <= Party.MOST or len(wanted) != len(members) or made_by.pk not in wanted:
        raise Refused(_not_a_party())
    guests = {pk: guest_locked(Q(pk=pk)) for pk in sorted(wanted)}
    house = Hostel.objects.on(nights.arrival).get(pk=hostel.pk)
    if lodging["together"] and not lodging["alone"] and len({guest.gender for guest in guests.values()}) > 1:
        raise Refused(_mixed())
    if guests[made_by.pk].has_hold:
        let_go_of_holds(guests[made_by.pk], now)
    decided = _decided(made_by, members, guests, house, nights, now, accept_price)
    party = Party.objects.create(code=desk_code(), made_by=made_by, made_at=now, **lodging)
    lodgings = [Lodging(needs=member.needs, alone=party.alone, party=party) for member in members]
    wants = [Want(guests[each.person.pk], nights, how) for each, how in zip(members, lodgings, strict=True)]
    beds = find_beds(house, wants, now)
    stays = [
        take_bed(
            want.guest,
            house,
            nights,
            member.purpose,
            now,
            decided[want.guest.pk],
            awaits=_awaits(decided[want.guest.pk]),
            bed=bed,
            lodging=want.lodging,
        )
        for member, want, bed in zip(members, wants, beds, strict=True)
    ]
    hold_together(stays)
    for stay in stays:
        _tell(stay, made_by, now)
        about = {"now": now, "actor": actor, "person": stay.guest, "hostel": house}
        record("hold" if stay.held_until else "book", about=stay.code, party=party.code, **about)
    record("book_party", now=now, actor=actor, person=made_by, hostel=house, about=party.code, guests=len(stays))
    return party


def _awaits(decided):
    return "" if decided.decision.outcome == YES else waits_for(decided)


def _decided(made_by, members, guests, house, nights, now, accept_price) -> dict[int, Decided]:
    """What was decided about each; raises Refused with the reasons of all who may not stay."""
    decided, against, assessment = {}, [], ""
    for member in members:
        guest = guests[member.person.pk]
        if not guest.gender or not guest.document_hash:
            against += _about(guest, made_by, [reasons.identity_missing(house.slug, nights)])
            continue
        found = decide(guest, house, nights, member.purpose, now, accept_price=accept_price)
        if found.decision.outcome == YES or _awaits(found):
            decided[guest.pk] = found
            continue
        no = found.refuse(Assessment.Act.BOOK)
        against += _about(guest, made_by, [reason for reason in no.reasons if reason.verdict != "met"])
        if guest.pk == made_by.pk:
            assessment = no.assessment
    if against:
        raise Refused(*against, assessment=assessment)
    return decided


def _about(guest, made_by, found):
    """The reasons, each with whom it is about."""
    for reason in found:
        if guest.pk == made_by.pk or reason.code in OF_THE_WISH:
            said = {"who": guest.masked_name, "said": reason.sentence}
            yield replace(reason, sentence=Sentence(_("%(who)s: %(said)s"), said))
        else:
            yield which_only(guest, reason)


def which_only(guest: Person, reason: Reason) -> Reason:
    """The reason as somebody else may read it: which condition ``guest`` does not meet, and nothing else. What their
    own answers and stays say is theirs to read."""
    called = CALLED.get(reason.code) or _kinds().get(reason.code) or reason.code
    text = _("%(who)s does not fit yet: %(called)s. Logged in, they see themselves what it is")
    return replace(
        reason,
        sentence=Sentence(text, {"who": guest.masked_name, "called": called}),
        value_used=None,
        needed=None,
        by=None,
        fix=Fix("check", _("They check it themselves"), "/check/"),
    )


def _kinds():
    return {kind.code: kind.name for kind in Rule.kinds.values() if kind.name}


def hold_together(stays: list[Stay]) -> None:
    """Nobody is promised a bed before all are: who fits waits for the others, and all until the first deadline."""
    waiting = [stay for stay in stays if stay.held_until]
    if not waiting:
        return
    deadline = min(stay.held_until for stay in waiting if stay.held_until)
    for stay in stays:
        if stay.confirmed_at:
            stay.confirmed_at, stay.awaits = None, Stay.Awaits.PARTY
        stay.held_until = deadline
        stay.save(update_fields=["confirmed_at", "awaits", "held_until"])
        stay.refresh_from_db(fields=["status"])


def _tell(stay, made_by, now):
    if stay.held_until:
        told(stay, now)
    elif stay.guest_id == made_by.pk:
        tell(stay, "booked", now)
    else:
        tell(stay, "booked_with", now, who=made_by.masked_name, party=stay.party.code)


def why_not_cancel(stays: Sequence[Stay], now: datetime) -> Reason | None:
    """The reason why none of a party's ``stays`` can be given back at ``now``; None where one can."""
    found = [WHY_NOT["cancel"](stay, now) for stay in stays]
    return None if None in found else found[0]


def cancel_party(party: Party, *, now: datetime, actor: User | None = None) -> Party:
    """Give back every bed of ``party`` that can still be given back; raises Refused where none can, with why not."""

    def do():
        for guest in party.stays.order_by("guest_id").values_list("guest_id", flat=True):
            guest_locked(Q(pk=guest))
        stays = list(party.stays.order_by("guest_id").select_related("guest", "hostel"))
        if no := why_not_cancel(stays, now):
            raise Refused(no)
        given_back = [stay for stay in stays if not WHY_NOT["cancel"](stay, now)]
        for stay in given_back:
            cancel(stay, now=now, actor=actor, whole_party=True)
        about = {"hostel": stays[0].hostel, "about": party.code, "stays": len(given_back)}
        record("cancel_party", now=now, actor=actor, person=party.made_by, **about)
        return party

    return act(do)


def _not_found(name):
    return Reason(
        "FRIEND",
        NOT_MET,
        Sentence(
            _(
                "%(who)s can't be booked along: compare name and number with the document, and ask them to log in here "
                "once and fill in who they are"
            ),
            {"who": mask_name(name)},
        ),
        value_source="declared",
        fix=Fix("correct", _("Check name and document"), "/help/"),
    )


def too_often() -> Reason:
    """The reason for whoever has looked in vain so often."""
    return Reason(
        "TOO_OFTEN",
        NOT_MET,
        Sentence(
            _("Names and documents did not fit %(times)s times in an hour: try again later"), {"times": MOST_IN_VAIN}
        ),
        value_source="record",
        needed=MOST_IN_VAIN,
        fix=Fix("help", _("Ask a desk"), "/help/"),
    )


def _not_a_party():
    return Reason(
        "PARTY",
        NOT_MET,
        Sentence(_("A party is two to four different people, and whoever books is one of them")),
        needed=Party.MOST,
    )


def _mixed():
    return Reason(
        "PARTY",
        NOT_MET,
        Sentence(_("Women and men share a room only where it is theirs alone: ask for a room of your own, or for two")),
        fix=Fix("alone", _("Ask for a room of your own"), "#room"),
    )
