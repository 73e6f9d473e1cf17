"""People: who somebody is, said once and proved by one document; and the logins they come by."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.acts import act, attempt
from accounts.documents import digits_hash, read_document, read_name
from accounts.models import Consent, Person, User
from accounts.phones import mask_phone
from accounts.reasons import MISSING, NOT_MET, Fix, Reason, Refused, Sentence, not_met
from accounts.record import record
from hostel.models import Need

PROFILE = ("education", "graduation", "school", "major", "school_city", "home_in_district", "answers", "needs")
# Of the answers to what rules ask of their own: how many are kept of one person, and how long key and value may be.
ANSWERS_KEPT, LONGEST_KEY, LONGEST_ANSWER = 40, 80, 40
# What the desk compared with the document in its hand does not change behind its back.
COMPARED = ("name", "gender", "birth_date")
# By these a bed is given: they do not change while somebody stands by them.
BINDING = ("document_hash", "gender", "birth_date")
# A year, a month, or a day: the last part may be left out, and the one before it.
GRADUATION = re.compile(r"(19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
WRONG_ANSWER = _("An answer is a text of at most 40 characters")
TOO_MANY_ANSWERS = _("At most 40 answers are kept, each under a key of at most 80 characters")
NO_GRADUATION = _("A year, a year and a month, or a day: 2025, 2025-06 or 2025-06-25")
NO_SUCH_NEED = _("Nobody can need this of a bed: %(need)s")
LONGEST_CALLED = 20
UNVERIFIED_KEPT_FOR = timedelta(days=1)
# What one agrees to by coming in; everything else is asked for by itself, where it is needed.
AGREED_AT_THE_DOOR = (Consent.Purpose.SERVICE, Consent.Purpose.PRIVACY)


def complete_person(
    user: User,
    *,
    name: str,
    document_kind: str,
    document_number: str,
    gender: str = "",
    birth_date: date | None = None,
    now: datetime,
    bound: Reason | None = None,
    **profile,
) -> Person:
    """Write down who ``user`` is, for the first time or once more, and return the person.

    What the document carries (gender, birth date) wins over what was said; where it carries nothing, both must be
    given. Who was only named on a list (no login, seen by no desk) is provisional: who logs in with that document and
    the same name is that person, with their stays; under another name the list loses the document, unless a bed is kept
    by it. Who was forgotten comes back by their document as the same person, with the nights they used.
    ``profile`` takes the fields of PROFILE; its ``answers`` are laid over those given before, key by key, and an
    empty one takes its key out. Raises Refused with IDENTITY: for a number or name that does not
    read, for a document that belongs to another login or was written down at a desk, and for another document than
    the one a desk has seen; with GONE where the login was erased meanwhile. ``bound`` is a reason why document, gender
    and birth date may not become others, if there is one. Raises ValidationError for a profile value that cannot be.
    """

    def do():
        identity = _identity(name, document_kind, document_number, gender, birth_date, now)
        own, other = _own_and_other(user, identity["document_hash"])
        if other is not None and (_is_provisional(other) or other.forgotten_at):
            other = _behind_its_lock(other)
        if other is not None and other.forgotten_at:
            _without_a_document(own)
            return _come_back(other, user, identity, profile, now, user)
        if own is None and other is not None and _is_provisional(other) and not _differs(other, identity):
            _part_of_a_profile(profile)
            claimed = identity | profile | {"user": user, "phone_digits": digits_hash(user.phone)}
            return _save(other, claimed, now, user, "identity_claimed")
        person = own or Person(user=user)
        if person.document_seen_at and _differs(person, identity):
            raise Refused(_seen_at_the_desk())
        if bound and any(getattr(person, name) != identity[name] for name in BINDING):
            raise Refused(bound)
        if other is not None and _is_provisional(other) and _let_go(other, now, user):
            other = None
        return _write(person, identity, profile, now, user, other)

    return act(do)


def _own_and_other(user, document_hash):
    """The person of the login, and who beside them has this document; read behind the login's lock. So nobody is
    written down for a login that is being erased, and of two forms that it sends at once the second finds its own."""
    if not User.objects.select_for_update(no_key=True).values_list("is_active", flat=True).get(pk=user.pk):
        raise Refused(erased_already())
    known = Person.objects.filter(Q(user=user) | Q(document_hash=document_hash)).select_related("user")
    of_login = {person.user_id == user.pk: person for person in known}
    return of_login.get(True), of_login.get(False)


def _is_provisional(person):
    """Somebody else named them: no login and no desk has had to do with the document."""
    return person.user_id is None and person.document_seen_at is None and person.forgotten_at is None


def _without_a_document(own):
    """Have the login let go of the person it has, if that one never said who they are; who did say it has another
    document than the one they come back with, and only a desk can join the two."""
    if own is None:
        return
    if own.document_hash or own.document_seen_at:
        raise Refused(_known_at_the_desk())
    own.user = None
    own.save(update_fields=["user"])


def _come_back(person, user, identity, profile, now, actor):
    """Write down who ``person`` is, who was forgotten and is here again: their nights never stopped counting."""
    _part_of_a_profile(profile)
    digits = digits_hash(user.phone) if user else ""
    fields = identity | profile | {"user": user, "phone_digits": digits, "forgotten_at": None}
    return _save(person, fields, now, actor, "come_back")


def _behind_its_lock(person):
    """The same person as they are now: of two logins that come with their document one is first. Their login is read
    afterwards: joined to a row that had to be waited for, it would be the one from before."""
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _let_go(person, now, actor):
    """Take the document away from a provisional person, so that who shows it is not kept out by a list; whether that
    could be done. While a bed is kept for them the database says no."""
    try:
        with attempt():
            fields = {"document_hash": None, "document": "", "document_digits": ""}
            _save(person, fields, now, actor, "document_let_go")
    except IntegrityError:
        return False
    return True


def add_person(
    *,
    name: str,
    document_kind: str,
    document_number: str,
    gender: str = "",
    birth_date: date | None = None,
    now: datetime,
    actor: User | None = None,
    **profile,
) -> Person:
    """Write down a person without a login, as a desk or a school does; refuses and raises as `complete_person`."""

    def do():
        identity = _identity(name, document_kind, document_number, gender, birth_date, now)
        other = Person.objects.filter(document_hash=identity["document_hash"]).select_related("user").first()
        if other is not None and other.forgotten_at:
            other = _behind_its_lock(other)
            if other.forgotten_at:
                return _come_back(other, None, identity, profile, now, actor)
        return _write(Person(), identity, profile, now, actor, other)

    return act(do)


def change_profile(
    person: Person, *, now: datetime, actor: User | None = None, bound: Reason | None = None, **changes
) -> Person:
    """Change what ``person`` said of themselves: fields of PROFILE, and name, gender and birth date until a desk has
    seen the document. What the document carries stays as the document says. ``answers`` are laid over those before.

    Raises Refused with IDENTITY where a change is for the desk, with ``bound`` where one is given and gender or birth
    date would change, ValidationError for a value that cannot be, TypeError for a field that is none of these.
    """
    if unknown := set(changes) - {*PROFILE, *COMPARED}:
        raise TypeError(f"not part of a profile: {', '.join(sorted(unknown))}")

    def do():
        kept = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if kept.forgotten_at:
            raise Refused(erased_already())
        if "name" in changes:
            changes["name"] = read_name(changes["name"])
        changed = [name for name, value in changes.items() if getattr(kept, name) != value]
        if kept.document_seen_at and set(changed) & set(COMPARED):
            raise Refused(_seen_at_the_desk())
        if bound and set(changed) & set(BINDING):
            raise Refused(bound)
        if set(changed) & {"gender", "birth_date"} and kept.document:
            if read_document(kept.document_kind, kept.document).gender:
                raise Refused(_said_by_the_document())
        return _save(kept, {name: changes[name] for name in changed}, now, actor, "change_profile")

    return act(do)


def _identity(name, document_kind, document_number, gender, birth_date, now):
    """The fields of Person that say who somebody is; raises Refused with every part that is wrong or missing."""
    wrong, document = [], None
    try:
        name = read_name(name)
    except Refused as no:
        wrong += no.reasons
    try:
        document = read_document(document_kind, document_number, today=_day(now))
    except Refused as no:
        wrong += no.reasons
    if document:
        gender, birth_date = document.gender or gender, document.birth_date or birth_date
        if gender not in Person.Gender.values:
            wrong.append(_missing("gender", _("Your gender is still needed: this document does not say it")))
        if birth_date is None or not _day(now) - timedelta(days=366 * 120) <= birth_date <= _day(now):
            text = _("Your birth date is still needed: this document does not say it")
            wrong.append(_missing("birth_date", text))
    if wrong:
        raise Refused(*wrong)
    return {
        "name": name,
        "gender": gender,
        "birth_date": birth_date,
        "document_kind": document.kind,
        "document": document.number,
        "document_hash": document.hash,
        "document_digits": document.digits,
    }


def _day(now):
    return timezone.localtime(now).date()


def _differs(person, identity):
    return any(getattr(person, name) != identity[name] for name in ("document_hash", *COMPARED))


def _write(person, identity, profile, now, actor, other):
    """Write down ``person``; ``other`` is who has the document, if there is somebody."""
    _part_of_a_profile(profile)
    if other is not None:
        raise Refused(_of_another_login(other.user.phone) if other.user else _known_at_the_desk())
    what = "identity_changed" if person.document_hash else "identity_given"
    digits = digits_hash(person.user.phone) if person.user else ""
    return _save(person, identity | profile | {"phone_digits": digits}, now, actor, what)


def _part_of_a_profile(fields):
    if unknown := set(fields) - set(PROFILE):
        raise TypeError(f"not part of a profile: {', '.join(sorted(unknown))}")


def is_graduation(text: str) -> bool:
    """Whether ``text`` names a year, a month of a year, or a day that there is."""
    if not GRADUATION.fullmatch(text):
        return False
    try:
        date(*map(int, f"{text}-01-01".split("-")[:3]))
    except ValueError:
        return False
    return True


def merged_answers(before: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """The answers ``before`` with ``said`` laid over them; an empty one takes its key out.

    Raises ValidationError where there would be too many, or one is no text or too long.
    """
    for key, value in said.items():
        if not isinstance(value, str) or len(value) > LONGEST_ANSWER or not 0 < len(key) <= LONGEST_KEY:
            raise ValidationError({"answers": WRONG_ANSWER})
    merged = {key: value for key, value in {**before, **said}.items() if value}
    if len(merged) > ANSWERS_KEPT:
        raise ValidationError({"answers": TOO_MANY_ANSWERS})
    return merged


def _needs(said):
    if unknown := set(said) - set(Need.values):
        raise ValidationError({"needs": NO_SUCH_NEED % {"need": sorted(unknown)[0]}})
    return sorted(set(said))


def _save(person, fields, now, actor, what):
    if "answers" in fields:
        fields = fields | {"answers": merged_answers(person.answers, fields["answers"])}
    if "needs" in fields:
        fields = fields | {"needs": _needs(fields["needs"])}
    changed = [name for name, value in fields.items() if person.pk is None or getattr(person, name) != value]
    for name, value in fields.items():
        setattr(person, name, value)
    if person.graduation and not is_graduation(person.graduation):
        raise ValidationError({"graduation": NO_GRADUATION})
    # A choice that does not exist, a text too long for its column: SQLite would take both.
    person.clean_fields(exclude={field.name for field in Person._meta.fields} - set(fields))
    if changed:
        person.save(update_fields=None if person.pk is None else changed)
        record(what, now=now, actor=actor, person=person, fields=sorted(changed))
    return person


def login_for(phone: str, now: datetime) -> User:
    """Return the login of ``phone`` (E.164); a number nobody has come with yet gets one, unverified until its code."""
    fresh = {"created_at": now, "language": get_language() or "zh-hans", "password": make_password(None)}
    return User.objects.get_or_create(phone=phone, defaults=fresh)[0]


def verify_phone(user: User) -> None:
    """``user`` has answered the code that was sent to their number."""
    if not user.phone_verified:
        user.phone_verified = True
        user.save(update_fields=["phone_verified"])


def be_called(user: User, name: str, *, now: datetime) -> None:
    """Have colleagues read ``name`` (20 characters at most) beside what ``user`` does; raises Refused with NAME."""
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_CALLED or not called.isprintable():
        text = _("Write how colleagues call you, in at most %(most)s characters")
        fix = Fix("desk_shift", _("Write it again"), "/desk/shift/")
        raise Refused(not_met("NAME", text, {"most": LONGEST_CALLED}, needed=LONGEST_CALLED, field="called", fix=fix))

    def do():
        User.objects.filter(pk=user.pk).update(called=called)
        user.called = called
        record("be_called", now=now, actor=user, about=f"user {user.pk}")

    act(do)


def agree(user: User, now: datetime) -> None:
    """Write down that ``user`` agreed to the service agreement and the privacy policy; standing ones stay."""
    Consent.objects.bulk_create(
        [Consent(user=user, purpose=purpose, given_at=now) for purpose in AGREED_AT_THE_DOOR], ignore_conflicts=True
    )


def agree_to_proofs(user: User, now: datetime) -> None:
    """Write down that ``user`` agreed to have pictures of proofs looked at and kept; a standing consent stays."""
    Consent.objects.get_or_create(user=user, purpose=Consent.Purpose.EVIDENCE, withdrawn_at=None,
                                  defaults={"given_at": now})  # fmt: skip


def agree_to_identity(user: User, now: datetime) -> None:
    """Write down that ``user`` agreed to have name and document kept for their stays; a standing consent stays."""
    Consent.objects.get_or_create(user=user, purpose=Consent.Purpose.IDENTITY, withdrawn_at=None,
                                  defaults={"given_at": now})  # fmt: skip


def sweep_unverified(now: datetime) -> int:
    """Delete the logins that never answered a code within a day and that nothing hangs on; return how many."""
    never_used = User.objects.filter(phone_verified=False, last_login=None, created_at__lt=now - UNVERIFIED_KEPT_FOR)
    # Who was named the contact of a school's beds has not come in yet: that is no reason to forget them.
    nothing_hangs = never_used.filter(
        person=None, roles=None, deeds=None, consents=None, auth_token_set=None, batches=None
    )
    _rows, deleted = never_used.filter(pk__in=list(nothing_hangs.values_list("pk", flat=True))).delete()
    return deleted.get(User._meta.label, 0)


def _reason(verdict, sentence, fix, field=""):
    return Reason("IDENTITY", verdict, sentence, value_source="declared", fix=fix, field=field)


def erased_already() -> Reason:
    """Why nothing can be done for a login, or its person, that is forgotten."""
    return not_met("GONE", _("This account was erased already"), fix=Fix("login", _("Begin anew"), "/login/"))


def _missing(field, sentence):
    return _reason(MISSING, Sentence(sentence), Fix("correct", _("Fill it in"), "/me/"), field)


def _of_another_login(phone):
    return _reason(
        NOT_MET,
        Sentence(
            _(
                "This document belongs to the login with the phone %(phone)s already: log in with that number. "
                "If you no longer have it, any desk can help you with the document in your hand"
            ),
            {"phone": mask_phone(phone)},
        ),
        Fix("login", _("Log in with that number"), "/login/"),
    )


def _known_at_the_desk():
    return _reason(
        NOT_MET,
        Sentence(_("A desk has written this document down before: show it at any desk to join it with your login")),
        Fix("desk", _("Find a desk"), "/"),
    )


def _seen_at_the_desk():
    return _reason(
        NOT_MET,
        Sentence(_("A desk has compared this with your document: show the new one at a desk, and it is changed there")),
        Fix("desk", _("Find a desk"), "/"),
    )


def _said_by_the_document():
    return _reason(
        NOT_MET,
        Sentence(_("Your document says this, so it can only change with the document")),
        Fix("correct", _("Check the document number"), "/me/"),
    )
