"""Proofs: handed in, looked at on record, and forgotten when their time is over."""

import io
import os
from copy import copy
from datetime import date, timedelta

import pytest
from django.core.files.storage import FileSystemStorage, storages
from django.utils import timezone
from PIL import Image

from accounts.models import Consent, Deed
from bookings.booking import book
from eligibility import evidence as proofs
from eligibility.evidence import (
    accepted_by,
    delete_pictures,
    forget_orphans,
    hand_in,
    kept_files,
    purge_due,
    rules_about,
    see_page,
    to_send,
)
from eligibility.models import Assessment, Evidence, EvidencePage, EvidencePart
from eligibility.proof_files import keep_page, open_page
from eligibility.proof_parts import keep_part
from eligibility.reasons import Refused
from eligibility.tasks import purge_evidence
from hostel.nights import Nights
from tests.conftest import MONDAY, NOW, SUNDAY, TUESDAY, moment
from tests.eligibility.pictures import letter, photo

KEPT_DAYS = timedelta(days=30)


@pytest.fixture
def assessment(hostel, lin):
    """The decision about two nights from Sunday, for an interview."""
    return book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, TUESDAY), purpose="interview", now=NOW).assessment


@pytest.fixture
def hand(assessment):
    """Hands in pictures for the decision."""

    def hand_in_files(*contents, kind="interview_notice", agreed=True, **more):
        with kept_files([io.BytesIO(content) for content in contents or (photo(),)]) as pages:
            return hand_in(assessment, kind, pages=pages, agreed=agreed, now=NOW, actor=assessment.person.user, **more)

    return hand_in_files


def files() -> set[str]:
    """The names of everything that lies in the storage of proofs."""
    root = storages["proofs"].location
    return {os.path.relpath(os.path.join(at, name), root) for at, _dirs, names in os.walk(root) for name in names}


@pytest.fixture(autouse=True)
def _an_empty_storage(tmp_path, settings):
    options = {**settings.STORAGES["proofs"]["OPTIONS"], "location": tmp_path / "proofs"}
    settings.STORAGES = {**settings.STORAGES, "proofs": {**settings.STORAGES["proofs"], "OPTIONS": options}}


def refusal(of):
    with pytest.raises(Refused) as no:
        of()
    (reason,) = no.value.reasons
    return reason


# --- what is accepted -------------------------------------------------------------------------------------------------
def test_what_is_accepted_goes_by_what_one_comes_for(assessment):
    accepted = accepted_by(assessment)

    assert list(accepted) == ["interview_notice", "employer"]
    assert accepted["interview_notice"]["label"]["zh"] == "面试或考试通知"
    assert accepted["interview_notice"]["at_desk"]
    assert rules_about(assessment, "employer") == ["evidence"]


# --- handing in -------------------------------------------------------------------------------------------------------
def test_pictures_are_kept_one_row_and_one_sealed_file_a_page(hand, lin):
    handed = hand(letter(2))

    assert (handed.way, handed.kind) == ("file", "interview_notice")
    handed.refresh_from_db()
    assert handed.state == "sent"
    assert [page.number for page in handed.pages.all()] == [1, 2]
    assert files() == {page.name for page in handed.pages.all()}
    deed = Deed.objects.get(what="hand_in_evidence")
    assert (deed.person, deed.about, deed.values["pages"]) == (lin, handed.assessment.code, 2)


def test_who_sends_pictures_agrees_to_it_once_and_by_itself(hand, lin):
    reason = refusal(lambda: hand(agreed=False))
    assert (reason.code, reason.field) == ("AGREED", "agreed")
    assert not Consent.objects.filter(user=lin.user, purpose="evidence").exists()
    assert files() == set()

    hand()
    hand()

    assert Consent.objects.filter(user=lin.user, purpose="evidence").count() == 1


def test_a_code_lies_sealed_and_needs_no_pictures(assessment, lin):
    handed = hand_in(assessment, "interview_notice", code=" ABCD 1234-5678 ", now=NOW, actor=lin.user)

    handed.refresh_from_db()
    assert (handed.way, handed.code) == ("code", "ABCD1234-5678")
    assert not Consent.objects.filter(purpose="evidence").exists()


def test_what_a_desk_has_seen_is_accepted(assessment, manager):
    handed = hand_in(assessment, "employer", at_desk=True, now=NOW, actor=manager)

    handed.refresh_from_db()
    assert (handed.way, handed.state, handed.decided_by) == ("desk", "accepted", manager)


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"kind": "contract", "code": "ABCD1234"}, "KIND", "kind"),
        ({"kind": "", "code": "ABCD1234"}, "KIND", "kind"),
        ({"code": ""}, "PROOF", ""),
        ({"code": "   "}, "PROOF", ""),
        ({"code": "abc"}, "CODE", "code"),
        ({"code": "密码一二三"}, "CODE", "code"),
        ({"code": "x" * 61}, "CODE", "code"),
        ({"code": "ABCD\x00234"}, "CODE", "code"),
        ({"code": "ABCD1234", "first": MONDAY, "last": SUNDAY}, "LAST", "last"),
    ],
)
def test_what_can_be_no_proof_is_refused_by_its_field(assessment, lin, said, code, field):
    said = {"kind": "interview_notice"} | said

    reason = refusal(lambda: hand_in(assessment, now=NOW, actor=lin.user, **said))

    assert (reason.code, reason.field) == (code, field)
    assert not Evidence.objects.exists()


def test_pictures_and_a_code_come_one_by_one(hand):
    assert refusal(lambda: hand(code="ABCD1234")).field == "code"
    assert files() == set()


def test_ten_proofs_are_enough(assessment, lin):
    for _each in range(10):
        hand_in(assessment, "interview_notice", code="ABCD1234", now=NOW, actor=lin.user)

    reason = refusal(lambda: hand_in(assessment, "interview_notice", code="ABCD1234", now=NOW, actor=lin.user))

    assert (reason.code, reason.value_used) == ("PROOFS", 10)


def test_however_many_decisions_there_are_only_so_many_pictures_are_kept(assessment, hand, lin):
    def another_decision():
        return Assessment.objects.create(
            person=lin, policy=assessment.policy, made_at=NOW, outcome="no", facts=assessment.facts, verdicts=[]
        )

    other = another_decision()
    Evidence.objects.bulk_create(
        Evidence(
            assessment=other, kind="interview_notice", way="file", handed_in_at=NOW, purge_on=(NOW + KEPT_DAYS).date()
        )
        for _nth in range(proofs.MOST_KEPT)
    )

    assert refusal(hand).value_used == proofs.MOST_KEPT
    assert files() == set()
    assert hand_in(assessment, "interview_notice", code="ABCD1234", now=NOW, actor=lin.user).way == "code"
    purge_due(NOW + KEPT_DAYS + timedelta(days=1))
    assert hand().way == "file"


# --- no orphans -------------------------------------------------------------------------------------------------------
def test_an_act_that_fails_leaves_no_file_behind(assessment):
    with pytest.raises(RuntimeError), kept_files([io.BytesIO(photo())]) as pages:
        assert files() == {pages[0].name}
        raise RuntimeError("somebody was quicker")

    assert files() == set()


def test_a_second_file_that_cannot_be_read_leaves_nothing_of_the_first(assessment):
    with pytest.raises(Refused), kept_files([io.BytesIO(photo()), io.BytesIO(b"<html>")]):
        pass

    assert files() == set()


class FullDisk(FileSystemStorage):
    """A storage on a disk that is full after the first file."""

    saved = 0

    def _save(self, name, content):
        if self.saved:
            raise OSError("the disk is full")
        self.saved += 1
        return super()._save(name, content)


def test_a_storage_that_fails_halfway_keeps_nothing(assessment, settings):
    full = {**settings.STORAGES["proofs"], "BACKEND": f"{__name__}.FullDisk"}
    settings.STORAGES = {**settings.STORAGES, "proofs": full}

    with pytest.raises(OSError, match="full"), kept_files([io.BytesIO(letter(2))]):
        pass

    assert storages["proofs"].saved == 1
    assert files() == set()


def test_files_nobody_knows_are_forgotten_after_a_day(hand):
    known = hand().pages.get().name
    orphan = keep_page(b"nobody's")

    assert forget_orphans(timezone.now()) == 0
    assert forget_orphans(timezone.now() + timedelta(hours=25)) == 1

    assert files() == {known}
    assert orphan not in files()


# --- seeing -----------------------------------------------------------------------------------------------------------
def test_a_look_is_on_record_and_the_viewers_name_is_on_the_picture(hand, officer, lin):
    page = hand().pages.get()

    seen = see_page(page, viewer=officer, now=NOW, why="review")

    assert Image.open(io.BytesIO(seen)).size == (page.width, page.height)
    assert seen != open_page(page.name)
    deed = Deed.objects.get(what="see_evidence")
    assert (deed.actor, deed.person, deed.about, deed.reason) == (officer, lin, page.evidence.assessment.code, "review")
    # Another viewer gets another picture, and so does another minute.
    assert seen != see_page(page, viewer=lin.user, now=NOW, why="own")
    assert seen != see_page(page, viewer=officer, now=NOW + timedelta(minutes=1), why="review")


# --- forgetting -------------------------------------------------------------------------------------------------------
def test_a_proof_is_kept_for_thirty_days_after_the_last_night(hand):
    assert hand().purge_on == MONDAY + KEPT_DAYS


def test_a_proof_that_speaks_of_later_days_is_kept_after_those_but_not_for_ever(hand):
    later = date(2026, 4, 30)

    assert hand(first=later, last=later).purge_on == later + KEPT_DAYS
    assert hand(last=date(2090, 1, 1)).purge_on <= NOW.date() + timedelta(days=366) + KEPT_DAYS


def test_when_their_time_is_over_pictures_and_codes_are_gone_and_that_they_were_shown_stays(hand, assessment, lin):
    pictures = hand(letter(2))
    code = hand_in(assessment, "interview_notice", code="ABCD1234", now=NOW, actor=lin.user)
    day = MONDAY + KEPT_DAYS

    assert purge_due(moment(day - timedelta(days=1), 23)) == 0
    assert len(files()) == 2
    assert purge_due(moment(day, 7)) == 2
    assert purge_due(moment(day, 8)) == 0

    assert files() == set()
    for shown in (pictures, code):
        shown.refresh_from_db()
        assert (shown.code, shown.purged_at) == ("", moment(day, 7))
    assert Deed.objects.filter(what="purge_evidence").count() == 2


def test_purged_pictures_are_answered_by_a_sentence(hand, officer):
    page = hand().pages.get()
    purge_due(moment(MONDAY + KEPT_DAYS, 7))

    reason = refusal(lambda: see_page(EvidencePage.objects.get(pk=page.pk), viewer=officer, now=NOW, why="review"))

    assert reason.code == "PURGED"
    assert reason.sentence.say("en") == (
        "These pictures were deleted on 8 Apr 2026, as promised; that the proof was shown stays written down"
    )
    assert not Deed.objects.filter(what="see_evidence").exists()


def test_a_purge_that_stopped_between_file_and_row_is_finished_by_the_next(hand):
    page = hand().pages.get()
    storages["proofs"].delete(page.name)

    assert (
        refusal(lambda: see_page(page, viewer=page.evidence.assessment.person.user, now=NOW, why="own")).code
        == "PURGED"
    )
    assert purge_due(moment(MONDAY + KEPT_DAYS, 7)) == 1


def test_the_schedule_purges(hand, clock_of_tasks):
    handed = hand()
    clock_of_tasks(moment(MONDAY + KEPT_DAYS, 7))

    purge_evidence()

    handed.refresh_from_db()
    assert handed.purged_at is not None


@pytest.fixture
def clock_of_tasks(monkeypatch):
    return lambda now: monkeypatch.setattr(timezone, "now", lambda: now)


def test_pictures_are_deleted_before_their_time_when_their_guest_wants_it(hand, assessment, lin, chen):
    seen = hand()
    coded = hand_in(assessment, "interview_notice", code="ABCD1234", now=NOW, actor=lin.user)
    keep_part(lin.user, assessment.about, "begun-and-left", number=0, count=2, content=b"a", now=NOW)
    later = NOW + timedelta(hours=1)

    assert delete_pictures(chen, later) == 0
    assert files() != set()
    assert delete_pictures(lin, later) == 1
    assert delete_pictures(lin, later) == 0
    assert files() == set()
    assert not EvidencePart.objects.exists()
    seen.refresh_from_db()
    coded.refresh_from_db()
    assert (seen.purged_at, seen.state, coded.purged_at, coded.code) == (later, "sent", None, "ABCD1234")
    assert Deed.objects.filter(what="purge_evidence", person=lin).count() == 1

    # Who has themselves forgotten leaves no code either.
    assert delete_pictures(lin, later, codes=True) == 1
    coded.refresh_from_db()
    assert (coded.purged_at, coded.code) == (later, "")


# --- no identity card -------------------------------------------------------------------------------------------------
def test_an_identity_card_is_never_sent_whatever_the_rules_accept(assessment, lin, manager):
    rules = assessment.policy.rules
    evidence = next(rule for rule in rules["rules"] if rule["id"] == "evidence")
    card = {"key": "identity_card", "label": {"zh": "身份证", "en": "identity card"}}
    changed = {**evidence, "accepted": [*evidence["accepted"], card]}
    rules = {**rules, "rules": [changed if rule["id"] == "evidence" else rule for rule in rules["rules"]]}
    # One of its own: the policy in force is read once and serves every test of this process.
    assessment.policy = copy(assessment.policy)
    assessment.policy.rules = {**rules, "fingerprint": "with the card"}

    assert "identity_card" in accepted_by(assessment)
    assert list(to_send(accepted_by(assessment))) == ["interview_notice", "employer"]
    with kept_files([io.BytesIO(photo())]) as pages:
        card = {"kind": "identity_card", "now": NOW}
        reason = refusal(lambda: hand_in(assessment, pages=pages, agreed=True, actor=lin.user, **card))
    assert (reason.code, reason.field) == ("KIND", "kind")
    assert files() == set()
    assert hand_in(assessment, at_desk=True, actor=manager, **card).way == "desk"
