"""What is held of somebody, given to them, and forgotten when they want it: each floor says what it holds itself.

A floor registers a `Holder` in its own module `forgetting`, which is loaded with the apps. Everything that stands in a
table about a person is in one of them, and a test looks through all tables for what was left.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.acts import act
from accounts.documents import mask
from accounts.letters import say
from accounts.looks import done
from accounts.models import Consent, Deed, IdempotencyKey, Letter, Person, Role, User
from accounts.people import erased_already
from accounts.phones import mask_phone
from accounts.reasons import Fix, Reason, Refused, Sentence, not_met
from accounts.record import record
from accounts.retention import OF
from hostel.models import Need
from hostel.nights import business_day
from hostel.spans import add_working_days
from hostel.working_days import reach

# What the law and the copies of a night take: everything in the tables is done at once.
WORKING_DAYS_AT_MOST = 15
BOOKS_KEPT_YEARS = 30
# What a forgotten login is called instead of its number: no number reads like it, and no two are the same.
GONE = "gone-{pk}"
FOR_EVER = date.max


@dataclass(frozen=True)
class Whose:
    """Of whom something is asked: a login, and the person who came by it, where they said who they are."""

    user: User
    person: Person | None

    @classmethod
    def of(cls, user: User) -> "Whose":
        return cls(user, Person.objects.filter(user=user).first())


@dataclass(frozen=True)
class Held:
    """One thing that is held: what exactly, and by ``key`` what for and until when (`accounts.retention.OF`).

    ``until`` is said instead where it is known more exactly. ``source`` is a `value_source` of a reason.
    """

    key: str
    what: Sentence
    until: Sentence | None = None
    source: str = "declared"

    @property
    def title(self) -> Any:
        """What kind of thing it is."""
        return OF[self.key].what

    @property
    def why(self) -> Any:
        """What it is kept for."""
        return OF[self.key].why

    @property
    def until_when(self) -> Any:
        """Until when it is kept, in words."""
        return self.until or OF[self.key].until


@dataclass(frozen=True)
class Kept:
    """Something that stays when somebody is forgotten: what, why, and until which day (None: as ``until_said``)."""

    key: str
    what: Sentence
    why: Sentence
    until: date | None
    until_said: Sentence


@dataclass(frozen=True)
class Fact:
    """One value of what is given to somebody: its key for programs, its name for people, and how people read it where
    that is not the value itself (texts; none of them, and it is for programs alone)."""

    key: str
    label: Any
    value: Any
    said: list[str] | None = None


@dataclass(frozen=True)
class Section:
    """What one floor gives of one kind: a title, and a row of facts for each."""

    key: str
    title: Any
    entries: list[list[Fact]] = field(default_factory=list)


def _none(*_args) -> tuple:
    return ()


def _nothing(*_args) -> None:
    return None


@dataclass(frozen=True)
class Holder:
    """What one floor holds of people.

    ``holds`` says it in sentences, ``tells`` gives it away whole, ``files`` gives names and bytes; ``hinders`` says
    why somebody cannot be forgotten now, ``keeps`` what stays and until when, and ``forgets`` does it, inside the act
    and behind the lock of the person's row. ``counted_until`` says until which day the person must be known again by
    their document (None: no longer, FOR_EVER: no day is known).
    """

    holds: Callable[[Whose, datetime], Iterable[Held]] = _none
    tells: Callable[[Whose, datetime, str], Iterable[Section]] = _none
    files: Callable[[Whose, datetime], Iterable[tuple[str, bytes]]] = _none
    hinders: Callable[[Whose, datetime], Iterable[Reason]] = _none
    keeps: Callable[[Whose, datetime], Iterable[Kept]] = _none
    forgets: Callable[[Whose, datetime], None] = _nothing
    counted_until: Callable[[Person, datetime], date | None] = _nothing


_HOLDERS: dict[str, Holder] = {}


def holder(name: str, held: Holder) -> None:
    """Have the floor called ``name`` be asked too; called by each floor when it is loaded."""
    _HOLDERS[name] = held


def holds(user: User, now: datetime) -> list[Held]:
    """All that is held of ``user``, in sentences, in the order of the table of purposes."""
    whose, order = Whose.of(user), list(OF)
    found = [held for each in _HOLDERS.values() for held in each.holds(whose, now)]
    return sorted(found, key=lambda held: order.index(held.key))


def tells(user: User, now: datetime, language: str) -> list[Section]:
    """All that is held of ``user``, whole; sentences in ``language``. Sections without an entry are left out."""
    whose = Whose.of(user)
    sections = [section for each in _HOLDERS.values() for section in each.tells(whose, now, language)]
    return [section for section in sections if section.entries]


def files(user: User, now: datetime) -> Iterator[tuple[str, bytes]]:
    """The files that are kept of ``user``: a name for each, and what is in it."""
    whose = Whose.of(user)
    for each in _HOLDERS.values():
        yield from each.files(whose, now)


def keeps(user: User, now: datetime) -> list[Kept]:
    """What must stay when ``user`` is forgotten, with the reason and the day."""
    return _kept(Whose.of(user), now)


def hinders(user: User, now: datetime) -> list[Reason]:
    """Why ``user`` cannot be forgotten now; nothing where they can."""
    return _hindered(Whose.of(user), now)


def _kept(whose, now):
    return [kept for each in _HOLDERS.values() for kept in each.keeps(whose, now)]


def _hindered(whose, now):
    return [reason for each in _HOLDERS.values() for reason in each.hinders(whose, now)]


# --- forgetting -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Erased:
    """What became of it: done at ``at``, the last copies are gone by the day ``done_by``, and what was ``kept``."""

    at: datetime
    done_by: date
    kept: list[Kept]


def done_by(now: datetime) -> date:
    """The last day by which somebody who asks at ``now`` is forgotten everywhere."""
    return add_working_days(business_day(now), WORKING_DAYS_AT_MOST, reach(now))


def erase(user: User, *, now: datetime, actor: User | None = None) -> Erased:
    """Forget ``user``: who they are, what they said and sent, and their login go at once; `keeps` says what stays.

    Raises Refused with every reason that stands against it: a stay that stands, friends or a school that depend on it,
    an appeal that is open, a role.
    """

    def do():
        people = Person.objects.select_for_update(no_key=True).filter(user=user)
        person = people.first()
        login = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        # Somebody new may have said who they are while the login's lock was waited for.
        whose = Whose(login, person or people.first())
        if not login.is_active:
            raise Refused(erased_already())
        if against := _hindered(whose, now):
            raise Refused(*against)
        kept = _kept(whose, now)
        # From the top down: what hangs on a stay goes before the person whose it was.
        for each in reversed(_HOLDERS.values()):
            each.forgets(whose, now)
        record("forget_person", now=now, actor=actor, person=whose.person)
        return Erased(now, done_by(now), kept)

    return act(do)


def counted_until(person: Person, now: datetime) -> date | None:
    """Until which day ``person`` must be known again by their document; None where nothing counts any more."""
    until = [each.counted_until(person, now) for each in _HOLDERS.values()]
    return max((day for day in until if day is not None and day > business_day(now)), default=None)


def forget_documents(now: datetime) -> int:
    """Take the fingerprint of the document from those who were forgotten and of whom no rule counts anything any more;
    return from how many. It may run twice or late."""
    gone = 0
    for number in Person.objects.exclude(forgotten_at=None).exclude(document_hash=None).values_list("pk", flat=True):
        gone += act(partial(_forget_document, number, now))
    return gone


def _forget_document(number, now):
    person = Person.objects.select_for_update(no_key=True).get(pk=number)
    if person.forgotten_at is None or person.document_hash is None or counted_until(person, now):
        return 0
    person.document_hash = None
    person.save(update_fields=["document_hash"])
    record("forget_document", now=now, person=person)
    return 1


def without(text: str, whose: Whose) -> str:
    """``text``, written by somebody else, without the name, numbers and school of whom it is about."""
    person = whose.person
    said = [whose.user.phone, whose.user.phone.removeprefix("+86")]
    said += [person.name, person.document, person.school] if person else []
    return names.without(text, said)


def forget_answers_about(codes: Iterable[str]) -> None:
    """Delete the answers kept for a repeat, whoever they were given to, that speak of a thing with one of ``codes``."""
    codes = set(codes)
    if not codes:
        return
    kept = IdempotencyKey.objects.annotate(text=Cast("answer", TextField())).values_list("pk", "path", "text")
    said = [pk for pk, path, text in kept.iterator() if any(code in text or code in path for code in codes)]
    IdempotencyKey.objects.filter(pk__in=said).delete()


# --- what this floor holds --------------------------------------------------------------------------------------------
def _holds(whose, now):
    user, person = whose.user, whose.person
    yield Held("phone", Sentence("%(phone)s", {"phone": mask_phone(user.phone)}), source="verified")
    if person is not None and person.document:
        text = _("%(name)s · %(kind)s %(number)s")
        values = {"name": person.name, "kind": person.get_document_kind_display(), "number": mask(person.document)}
        source = "verified" if person.document_seen_at else "declared"
        yield Held("identity", Sentence(text, values), source=source)
        until = counted_until(person, now)
        yield Held("fingerprint", Sentence(_("Made from your document's number")), _known_until(until), "record")
    if person is not None and (said := _said(person)):
        yield Held("answers", Sentence("%(said)s", {"said": " · ".join(said)}))
    if person is not None and person.needs:
        yield Held("needs", Sentence("%(said)s", {"said": _needs(person)}))
    letters = _letters(whose).count()
    if letters:
        yield Held("letters", Sentence(_("Messages: %(number)s"), {"number": letters}), source="record")
    agreed = user.consents.count()
    yield Held("consents", Sentence(_("Lines you agreed to: %(number)s"), {"number": agreed}), source="record")
    lines = _deeds(whose).count()
    yield Held("record", Sentence(_("Lines about you: %(number)s"), {"number": lines}), source="record")


def _known_until(until):
    if until is None:
        return Sentence(_("Until you erase your account: no rule counts anything of yours now"))
    if until == FOR_EVER:
        return Sentence(_("As long as the rules stand: one of them counts nights for life"))
    return Sentence(_("Until %(day)s, also if you erase your account"), {"day": until})


def _said(person):
    said = [person.get_education_display(), person.graduation, person.school, person.major, person.school_city]
    if person.home_in_district is not None:
        said.append(str(_("home in the district") if person.home_in_district else _("no home in the district")))
    said += person.answers.values()
    return [str(each) for each in said if each]


def _needs(person):
    return " · ".join(str(Need(need).label) for need in person.needs)


def _letters(whose):
    return Letter.objects.filter(person=whose.person) if whose.person else Letter.objects.none()


def _deeds(whose):
    return Deed.objects.filter(person=whose.person) if whose.person else Deed.objects.none()


PERSON = {
    "name": _("Name"),
    "gender": _("Gender"),
    "birth_date": _("Birth date"),
    "document_kind": _("Document"),
    "education": _("Education"),
    "graduation": _("Graduation"),
    "school": _("School"),
    "major": _("Major"),
    "school_city": _("City of the school"),
    "home_in_district": _("Home in the district"),
}


def _tells(whose, now, language):
    user, person = whose.user, whose.person
    login = [
        Fact("phone", _("Phone"), user.phone),
        Fact("language", _("Language"), user.language),
        Fact("messenger", _("Known to the messenger as"), user.messenger_id),
        Fact("since", _("Since"), user.created_at),
        Fact("last_login", _("Last login"), user.last_login),
    ]
    yield Section("login", _("Your login"), [login])
    if person is not None:
        facts = [Fact(key, label, _display(person, key)) for key, label in PERSON.items()]
        # A file lies about: whoever finds it has no number of a card in his hand.
        facts.insert(4, Fact("document_number", _("Document number"), mask(person.document) if person.document else ""))
        facts.append(Fact("document_seen_at", _("Compared at a desk"), person.document_seen_at))
        facts += [Fact(f"answer_{key}", key, value) for key, value in sorted(person.answers.items())]
        facts.append(Fact("needs", _("Needs of a bed"), person.needs, [_needs(person)] if person.needs else []))
        yield Section("person", _("Who you are"), [facts])
    yield Section("consents", _("What you agreed to"), [_consent(each) for each in user.consents.order_by("given_at")])
    letters = _letters(whose).order_by("written_at")
    yield Section("letters", _("Messages"), [_letter(each, language) for each in letters])
    deeds = _deeds(whose).select_related("hostel").order_by("at", "pk")
    yield Section("record", _("The record"), [_deed(each, whose) for each in deeds])


def _display(person, key):
    chosen = getattr(person, f"get_{key}_display", None)
    return str(chosen()) if chosen else getattr(person, key)


def _consent(consent):
    return [
        Fact("purpose", _("What"), consent.get_purpose_display()),
        Fact("given_at", _("Agreed"), consent.given_at),
        Fact("withdrawn_at", _("Taken back"), consent.withdrawn_at),
    ]


def _letter(letter, language):
    try:
        text = say(letter, language)
    except KeyError:  # of a kind that is written no more
        text = ""
    return [
        Fact("written_at", _("Written"), letter.written_at),
        Fact("sent_at", _("Sent"), letter.posted_at),
        Fact("kind", _("Kind"), letter.kind, []),
        Fact("about", _("About"), letter.about, []),
        Fact("text", _("Text"), text),
    ]


def _deed(deed, whose):
    by = _("yourself") if deed.actor_id == whose.user.pk else _("staff") if deed.actor_id else _("the house by itself")
    return [
        Fact("at", _("When"), deed.at),
        Fact("what", _("What"), deed.what, [str(done(deed.what))]),
        Fact("by", _("By"), by),
        Fact("hostel", _("House"), deed.hostel.name if deed.hostel else ""),
        Fact("about", _("About"), deed.about),
    ]


def _hinders(whose, now):
    roles = Role.objects.filter(user=whose.user).exclude(valid_until__lte=business_day(now))
    for role in roles.order_by("pk")[:1]:
        yield not_met(
            "ROLE",
            _("You work here as %(role)s: while that stands, what you do must be answered for"),
            {"role": role.get_kind_display()},
            value_used=role.kind,
            fix=Fix("help", _("Have the role ended first: ask the committee"), "/help/"),
        )


def _keeps(whose, now):
    if whose.person is not None and whose.person.document_hash:
        until = counted_until(whose.person, now)
        if until is not None:
            yield Kept(
                "fingerprint",
                Sentence(_("A fingerprint of your document, from which nobody can read its number")),
                Sentence(
                    _("The rules count the nights you had and the stays you missed: erasing must not give new ones")
                ),
                None if until == FOR_EVER else until,
                _known_until(until),
            )
    yield Kept(
        "record",
        Sentence(_("The record of who did and saw what, where you are a number that leads to nobody")),
        Sentence(_("Public money and looks at people must be answered for")),
        books_until(now),
        Sentence(_("Until %(day)s"), {"day": books_until(now)}),
    )


def books_until(now: datetime) -> date:
    """Until which day the public books of the year of ``now`` are kept: the last of the year, thirty years on."""
    return date(business_day(now).year + BOOKS_KEPT_YEARS, 12, 31)


BLANK: dict[str, Any] = {
    "name": "", "gender": "", "birth_date": None, "document_kind": "", "document": "", "document_digits": "",
    "phone_digits": "", "document_seen_at": None, "education": "", "graduation": "", "school": "", "major": "",
    "school_city": "", "home_in_district": None, "answers": {}, "needs": [], "user": None,
}  # fmt: skip


def _forgets(whose, now):
    user, person = whose.user, whose.person
    if person is not None:
        keep_known = person.document_hash and counted_until(person, now)
        for name, value in BLANK.items():
            setattr(person, name, value)
        person.forgotten_at = now
        if not keep_known:
            person.document_hash = None
        person.save()
        Letter.objects.filter(person=person).delete()
    IdempotencyKey.objects.filter(user=user).delete()
    Consent.objects.filter(user=user).delete()
    user.auth_token_set.all().delete()
    user.authenticator_set.all().delete()
    user.emailaddress_set.all().delete()
    _end_sessions(user, now)
    user.phone, user.phone_verified = GONE.format(pk=user.pk), False
    user.messenger_id = user.called = ""
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()


def _end_sessions(user, now):
    running = Session.objects.filter(expire_date__gt=now - timedelta(days=1))
    mine = [each.pk for each in running.iterator() if _is_of(user, each.get_decoded())]
    Session.objects.filter(pk__in=mine).delete()


def _is_of(user, said):
    """Whether a session is of ``user``, or of a browser in which their number was typed and no code yet."""
    return said.get(SESSION_KEY) == str(user.pk) or user.phone in str(said)


holder(
    "accounts", Holder(holds=_holds, tells=_tells, hinders=_hinders, keeps=_keeps, forgets=_forgets)
)  # fmt: skip
