"""Proofs: handed in as pictures, as a code or at the desk; seen only on record; forgotten when their time is over.

Whether somebody may hand in or see one is asked by the doors and by `bookings/proving.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, BinaryIO

from django.core.files.storage import storages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.acts import act
from accounts.models import Person, User
from accounts.people import agree_to_proofs
from accounts.record import record
from eligibility.models import Assessment, Evidence, EvidencePage
from eligibility.policies import terms_of
from eligibility.proof_files import forget_page, keep_page, open_page, read_proof, watermarked
from eligibility.proof_parts import forget_parts
from eligibility.reasons import MISSING, Fix, Reason, Refused, Sentence, not_met
from eligibility.reviews import name_of
from eligibility.rules.evidence import Evidence as EvidenceRule
from hostel.nights import business_day

SHORTEST_CODE, LONGEST_CODE = 4, 60
MOST_PROOFS = 10  # of one decision: enough for whoever tries again
MOST_KEPT = 60  # of one person, with pictures: whoever books, sends and cancels again and again fills no disk
PURGED_AT_ONCE = 200
ORPHAN_AFTER = timedelta(days=1)
# Compared at the desk, by a person, and nowhere else: no picture of one is asked for, or taken.
ONLY_AT_THE_DESK = frozenset({"identity_card"})


@dataclass(frozen=True)
class KeptPage:
    """A sealed picture that waits for its row."""

    name: str
    width: int
    height: int


@contextmanager
def kept_files(uploads: Sequence[BinaryIO], *, href: str = "", sent: int = 0) -> Iterator[tuple[KeptPage, ...]]:
    """Read and seal ``uploads``; what has no row at the end, for whatever reason, is forgotten again.

    Stands around the act that writes the rows, so that an act that is refused, or begun again, leaves no file behind.
    Raises Refused as `read_proof` does.
    """
    pages: list[KeptPage] = []
    try:
        for page in read_proof(uploads, href=href, sent=sent):
            pages.append(KeptPage(keep_page(page.jpeg), page.width, page.height))
        yield tuple(pages)
    finally:
        names = [page.name for page in pages]
        rows = set(EvidencePage.objects.filter(name__in=names).values_list("name", flat=True))
        for name in names:
            if name not in rows:
                forget_page(name)


# --- handing in -----------------------------------------------------------------------------------------------------
def accepted_by(assessment: Assessment) -> dict[str, Mapping]:
    """The proofs that the policy of ``assessment`` accepts for what the person comes for, by their keys.

    Each is the policy's own entry (``key, label, sample, dated``), with ``at_desk``: whether the original may be shown
    there, and ``keep_days``: for how many days after the nights its pictures are kept.
    """
    wish = assessment.facts.get("wish", {})
    return {
        proof["key"]: {**proof, "at_desk": rule.may_be_shown_at_desk, "keep_days": rule.keep_days}
        for rule in _rules(assessment)
        if not rule.purposes or wish.get("purpose") in (None, *rule.purposes)
        for proof in rule.serving(wish.get("purpose"))
    }


def to_send(accepted: Mapping[str, Mapping]) -> dict[str, Mapping]:
    """Those of the ``accepted`` proofs that may be sent as a picture or a code: no identity card is."""
    return {key: proof for key, proof in accepted.items() if key not in ONLY_AT_THE_DESK}


def rules_about(assessment: Assessment, kind: str) -> list[str]:
    """The ids of the rules that a proof of this kind answers."""
    return [rule.id for rule in _rules(assessment) if kind in {proof["key"] for proof in rule.accepted}]


def _rules(assessment):
    terms, arrival = terms_of(assessment.policy), assessment.facts.get("wish", {}).get("arrival")
    day = date.fromisoformat(arrival) if arrival else business_day(assessment.made_at)
    return [rule for rule in terms.on(day).every_rule() if isinstance(rule, EvidenceRule)]


def hand_in(
    assessment: Assessment,
    kind: str,
    *,
    now: datetime,
    actor: User,
    pages: Sequence[KeptPage] = (),
    code: str = "",
    at_desk: bool = False,
    first: date | None = None,
    last: date | None = None,
    agreed: bool = False,
) -> Evidence:
    """Write down a proof for ``assessment``: ``pages`` of `kept_files`, a verification ``code``, or ``at_desk``.

    ``first`` and ``last`` are the days it speaks of; ``agreed`` says that the person agreed to have pictures kept. At
    the desk ``actor`` has seen the original, so it is accepted; what is sent, a person looks at. Raises Refused naming
    the field that is wrong, with PROOF where nothing came, or PROOFS where there are too many already.
    """

    def do():
        said = "".join(code.split())
        if reason := _wrong(assessment, kind, pages, said, code, at_desk, first, last, agreed):
            raise Refused(reason)
        way = Evidence.Way.DESK if at_desk else Evidence.Way.CODE if said else Evidence.Way.FILE
        evidence = Evidence.objects.create(
            assessment=assessment,
            kind=kind,
            way=way,
            code=said,
            first=first or last,
            last=last,
            handed_in_at=now,
            accepted_at=now if at_desk else None,
            decided_by=actor if at_desk else None,
            purge_on=_purge_on(assessment, kind, last or first, now),
        )
        EvidencePage.objects.bulk_create(
            EvidencePage(evidence=evidence, number=number, name=page.name, width=page.width, height=page.height)
            for number, page in enumerate(pages, 1)
        )
        if pages and assessment.person.user:
            agree_to_proofs(assessment.person.user, now)
        record("hand_in_evidence", now=now, actor=actor, person=assessment.person, about=assessment.code, kind=kind,
               way=way, pages=len(pages))  # fmt: skip
        return evidence

    return act(do)


def _wrong(assessment, kind, pages, said, code, at_desk, first, last, agreed):
    accepted = accepted_by(assessment)
    if kind not in accepted:
        labels = [proof["label"] for proof in accepted.values()]
        proofs = tuple(" / ".join(label[language] for label in labels) for language in ("zh", "en"))
        return _field("kind", _("Choose one of: %(proofs)s"), proofs=proofs)
    if kind in ONLY_AT_THE_DESK and not at_desk:
        return _field("kind", _("An identity card is never photographed: show it when you check in"))
    if not at_desk and not pages and not said:
        return Reason(
            "PROOF",
            MISSING,
            Sentence(_("Nothing has come with it: neither pictures nor a code")),
            fix=Fix("evidence", _("Choose a photo or a PDF, or show the original at the desk"), ""),
        )
    if pages and said:
        return _field("code", _("Send pictures or a code, not both: they are looked at one by one"))
    if said and not (SHORTEST_CODE <= len(said) <= LONGEST_CODE and said.isascii() and said.isprintable()):
        return _field("code", _("A code has %(least)s to %(most)s letters and digits"), least=SHORTEST_CODE,
                      most=LONGEST_CODE)  # fmt: skip
    if first and last and last < first:
        return _field("last", _("The last day comes after the first"))
    if pages and not agreed:
        return _field("agreed", _("Tick that the pictures may be kept to verify your reason, or bring the original"))
    if not at_desk and _about_the_same(assessment).filter(way__in=("file", "code")).count() >= MOST_PROOFS:
        return not_met(
            "PROOFS",
            _("%(most)s proofs have come for this already; a person looks at them"),
            {"most": MOST_PROOFS},
            value_used=MOST_PROOFS,
            fix=Fix("desk", _("Show the original at the desk"), "/help/"),
        )
    if pages and Evidence.objects.of(assessment.person).filter(way="file", purged_at=None).count() >= MOST_KEPT:
        return not_met(
            "PROOFS",
            _("Pictures of %(most)s proofs of yours are kept already; no more are taken"),
            {"most": MOST_KEPT},
            value_used=MOST_KEPT,
            fix=Fix("desk", _("Show the original at the desk"), "/help/"),
        )
    return None


def _about_the_same(assessment):
    """The proofs for the same stay; where there is none, for this decision."""
    if assessment.about:
        return Evidence.objects.of(assessment.person).filter(assessment__about=assessment.about)
    return Evidence.objects.filter(assessment=assessment)


def _field(name, text, **values):
    return Reason(name.upper(), MISSING, Sentence(text, values), field=name)


def purge_day(evidence: Evidence) -> date:
    """From which day on ``evidence`` would not be kept any more, as it was said when it was handed in."""
    last = evidence.last or evidence.first
    return _purge_on(evidence.assessment, evidence.kind, last, evidence.handed_in_at)


def _purge_on(assessment, kind, last, now):
    """Some days after the last night that the proof serves, or after what it speaks of, where that is later."""
    departure = assessment.facts.get("wish", {}).get("departure")
    days = [business_day(now), *([last] if last else [])]
    if departure:
        days.append(date.fromisoformat(departure) - timedelta(days=1))
    keep = {rule.keep_days for rule in _rules(assessment) if kind in {proof["key"] for proof in rule.accepted}}
    # What it speaks of is the guest's own word: a year far ahead does not keep a picture for ever.
    return min(max(days), business_day(now) + timedelta(days=366)) + timedelta(days=min(keep))


# --- seeing ---------------------------------------------------------------------------------------------------------
def see_page(page: EvidencePage, *, viewer: User, now: datetime, why: str) -> bytes:
    """Return the picture as a JPEG with the viewer's name and the moment on it; the look is on record.

    ``why`` is a word for it: "review", "desk", "own". Raises Refused with PURGED where it is kept no longer. Whether
    ``viewer`` may look is the door's to ask.
    """
    evidence = page.evidence
    about = evidence.assessment
    try:
        jpeg = None if evidence.purged_at else open_page(page.name)
    except FileNotFoundError:
        jpeg = None
    if jpeg is None:
        raise Refused(_purged(evidence))
    record("see_evidence", now=now, actor=viewer, person=about.person, about=about.code, reason=why,
           evidence=evidence.pk, page=page.number)  # fmt: skip
    moment = f"{timezone.localtime(now):%Y-%m-%d %H:%M}"
    return watermarked(jpeg, f"{name_of(viewer)} {moment}", f"login {viewer.pk} {moment}")


def _purged(evidence):
    moment = evidence.purged_at
    return not_met(
        "PURGED",
        _("These pictures were deleted on %(day)s, as promised; that the proof was shown stays written down"),
        {"day": timezone.localtime(moment).date() if moment else evidence.purge_on},
        value_used=moment,
        fix=Fix("evidence", _("Ask for the proof again, or have the original shown at the desk"), ""),
    )


# --- forgetting -----------------------------------------------------------------------------------------------------
def purge_due(now: datetime) -> int:
    """Delete the pictures and codes whose time is over; return of how many proofs. That they were shown stays.

    It may run twice or late: files go first, so that after a crash in between the next run finds the same rows.
    """
    purged = 0
    due = Evidence.objects.to_purge(business_day(now)).order_by("pk").select_related("assessment__person")
    while found := list(due.prefetch_related("pages")[:PURGED_AT_ONCE]):
        for evidence in found:
            for page in evidence.pages.all():
                forget_page(page.name)
            purged += act(partial(_purge, evidence, now))
    return purged


def delete_pictures(person: Person, now: datetime, *, codes: bool = False) -> int:
    """Delete every picture of ``person``'s proofs before its time, and what is on its way; with ``codes`` their
    verification codes too. Return of how many proofs. That they were shown stays.

    For who takes the consent back, or has themselves forgotten. It may run twice, as `purge_due`.
    """
    ways = [Evidence.Way.FILE, *([Evidence.Way.CODE] if codes else [])]
    found = Evidence.objects.of(person).filter(purged_at=None, way__in=ways).order_by("pk")
    deleted = 0
    for evidence in found.select_related("assessment__person").prefetch_related("pages"):
        for page in evidence.pages.all():
            forget_page(page.name)
        deleted += act(partial(_purge, evidence, now))
    if person.user:
        forget_parts(person.user)
    return deleted


def _purge(evidence, now):
    if not Evidence.objects.filter(pk=evidence.pk, purged_at=None).update(purged_at=now, code=""):
        return 0
    record("purge_evidence", now=now, person=evidence.assessment.person, about=evidence.assessment.code,
           evidence=evidence.pk)  # fmt: skip
    return 1


def forget_orphans(now: datetime) -> int:
    """Delete files older than a day that no row names (the house was stopped between the two); return how many."""
    storage: Any = storages["proofs"]
    forgotten = 0
    for folder in _listed(storage, "")[0]:
        names = {f"{folder}/{file}" for file in _listed(storage, folder)[1]}
        named = EvidencePage.objects.filter(name__startswith=f"{folder}/").values_list("name", flat=True)
        for name in names - set(named):
            if storage.get_modified_time(name) < now - ORPHAN_AFTER:
                forget_page(name)
                forgotten += 1
    return forgotten


def _listed(storage, folder):
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []  # nobody has sent anything yet
