"""Somebody has themselves forgotten: nothing of who they are is left anywhere, and nothing is gained by it."""

import io
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from knox.models import AuthToken

from accounts import consents
from accounts.acts import act
from accounts.documents import digits_hash
from accounts.forgetting import FOR_EVER, counted_until, erase, forget_documents, hinders, holds, keeps
from accounts.idempotency import Answer, Write, once
from accounts.models import Consent, IdempotencyKey, Person, User
from accounts.people import agree, complete_person
from accounts.reasons import Refused
from accounts.record import record
from bookings.allotting import allot
from bookings.allowance import allowance_of
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in, check_out, due_in_matching, no_show
from bookings.guests import say_who
from bookings.models import NoShow, Stay, Waiting
from bookings.night_audit import audit
from bookings.no_shows import answer, appeal
from bookings.parties import Member, book_party
from bookings.people import find_people
from bookings.proving import qualify
from bookings.reviewing import appeal as appeal_review
from bookings.reviewing import ask_for_review
from bookings.undoing import undo
from bookings.walking_in import guest_at_the_desk
from eligibility.evidence import hand_in, kept_files
from eligibility.models import Assessment, Evidence, ExtraNights, Review
from eligibility.reviews import ask
from figures.nights import nights_given
from figures.unmet import unmet
from hostel.models import Hostel, Network
from hostel.nights import Nights
from tests.bookings.in_line import only, wait
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment, resident_number
from tests.eligibility.pictures import photo

NAME, SCHOOL, MAJOR = "欧阳若兮", "鹿城海事学院", "航标工程"
PHONE, NUMBER = "+8613677654321", resident_number(date(2001, 7, 8), "female", 431)
# All by which somebody could tell who she is.
WORDS = (NAME, SCHOOL, MAJOR, PHONE.removeprefix("+86"), NUMBER, "2001-07-08", "ABCD-EFGH", "低血糖", "wx-ruoxi")
TONIGHT = Nights(FRIDAY, SATURDAY)
SAID = {"name": NAME, "document_kind": "resident", "document_number": NUMBER}
PROFILE = {"education": "bachelor", "graduation": "2025-06", "school": SCHOOL, "home_in_district": False}
LATER = moment(TUESDAY, 12)


@pytest.fixture
def ruoxi(wuzhong) -> Person:
    user = User.objects.create_user(PHONE, phone_verified=True, messenger_id="wx-ruoxi")
    person = complete_person(user, **SAID, **PROFILE, school_city="芜湖", now=NOW, needs=["lower_bunk"])
    person.major = MAJOR
    person.save()
    agree(user, NOW)
    return person


@pytest.fixture
def lived(ruoxi, hostel, officer, manager):
    """She slept a night, missed another and explained it, waited, sent a proof, asked a person: all that one can do."""
    user, stay = ruoxi.user, book(guest=ruoxi, hostel=hostel, nights=TONIGHT, purpose="interview", now=NOW)
    made = stay.assessment
    with kept_files([io.BytesIO(photo())]) as pages:
        hand_in(made, "interview_notice", now=NOW, actor=user, pages=pages, agreed=True)
    hand_in(made, "interview_notice", now=NOW, actor=user, code="ABCD-EFGH-JKLM")
    ask(made, Review.Kind.RULE, rules=["home"], due_at=NOW, now=NOW, note=f"我是{NAME}，有低血糖")
    Review.objects.update(words=f"请{NAME}补材料")
    record("see_stay", now=NOW, actor=manager, person=ruoxi, hostel=hostel, about=stay.code)
    once(Write.of(officer, "POST", "/x/", "k", {}), lambda: Answer(200, {"code": stay.code, "name": NAME}), NOW)
    once(Write.of(user, "PATCH", "/me/", "k", {}), lambda: Answer(200, {"name": NAME}), NOW)
    check_in(stay, compared=True, now=moment(FRIDAY, 18), actor=manager)
    audit(moment(SATURDAY, 6, 5))
    check_out(stay, now=moment(SATURDAY, 9), actor=manager)
    missed = book(guest=ruoxi, hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="exam", now=moment(SATURDAY, 10))
    no_show(missed, now=moment(SUNDAY, 1), actor=manager)
    appeal(missed, text=f"{NAME}低血糖", now=moment(SUNDAY, 9), actor=user)
    answer(missed.missed, lift=False, because=f"{NAME}未提供证明", now=moment(SUNDAY, 10), actor=officer)
    given_back = book(guest=ruoxi, hostel=hostel, nights=Nights(MONDAY, TUESDAY), purpose="exam", now=moment(SUNDAY, 9))
    cancel(given_back, now=moment(SUNDAY, 11), actor=user)
    Stay.objects.filter(pk=given_back.pk).update(cancel_reason=f"{NAME}不来了", needs=["lower_bunk"])
    ExtraNights.objects.create(person=ruoxi, network=hostel.network, nights=1, valid_from=FRIDAY, valid_until=TUESDAY,
                               because=f"{SCHOOL}{NAME}", granted_by=officer, granted_at=NOW)  # fmt: skip
    AuthToken.objects.create(user)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session["login_phone"] = PHONE
    session.save()
    return ruoxi


def everything() -> str:
    """All that stands in any table, as the house itself reads it: sealed fields are opened."""
    found = []
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields]
        found += [str(row) for row in model._base_manager.values_list(*names)]
    found += [str(session.get_decoded()) for session in Session.objects.all()]
    return "\n".join(found)


def figures():
    hostels = Hostel.objects.all()
    year = nights_given(hostels, 2026), unmet(hostels, 2026)
    return repr(year), Stay.objects.values_list("status", flat=True).count()


def code_of(do):
    with pytest.raises(Refused) as no:
        do()
    return no.value.code


def slept(guest, hostel, nights=TONIGHT):
    """Have ``guest`` sleep ``nights``, as the desk and the audit write it down."""
    stay = book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=moment(nights.arrival, 10))
    check_in(stay, compared=True, now=moment(nights.arrival, 18))
    for night in nights:
        audit(moment(night + timedelta(days=1), 6, 5))
    check_out(stay, now=moment(nights.departure, 9))
    return stay


def left_of(person, now=LATER):
    return allowance_of(person, Network.objects.get(slug="wuzhong"), now)[0].left


# --- nothing is left --------------------------------------------------------------------------------------------------
def test_before_it_is_erased_every_word_stands_somewhere(lived):
    assert [word for word in WORDS if word not in everything()] == []


def test_no_table_holds_a_name_a_number_a_phone_or_a_school_after_it(lived):
    erase(lived.user, now=LATER, actor=lived.user)

    kept = everything()

    assert [(word, line) for word in WORDS for line in kept.splitlines() if word in line] == []
    assert digits_hash(PHONE) not in kept
    assert digits_hash(NUMBER) not in kept


def test_no_search_finds_them(lived, hostel):
    erase(lived.user, now=LATER, actor=lived.user)

    networks = Network.objects.filter(slug="wuzhong")
    for text in (NAME, NAME[:2], PHONE, PHONE.removeprefix("+86")):
        assert find_people(text, networks)[1] == []
    for text in (PHONE[-4:], NUMBER[-4:], NUMBER, NAME):
        assert due_in_matching(hostel, text, LATER) == []


def test_the_pictures_are_gone_from_the_disk(lived):
    name = Evidence.objects.get(way="file").pages.get().name
    assert storages["proofs"].exists(name)

    erase(lived.user, now=LATER, actor=lived.user)

    assert not storages["proofs"].exists(name)
    assert not Evidence.objects.filter(purged_at=None).exists()


def test_the_figures_are_what_they_were(lived):
    before = figures()

    erase(lived.user, now=LATER, actor=lived.user)

    assert figures() == before


def test_no_session_no_token_and_no_code_lets_them_in_again(lived):
    user = lived.user

    erase(user, now=LATER, actor=user)

    user.refresh_from_db()
    assert not user.is_active
    assert not user.has_usable_password()
    assert user.phone == f"gone-{user.pk}"
    assert not AuthToken.objects.exists()
    assert not Session.objects.exists()
    assert not Consent.objects.filter(user=user).exists()
    assert not IdempotencyKey.objects.exists()


def test_a_browser_that_waits_for_the_code_forgets_the_number(lived):
    session = SessionStore()
    session["login_phone"] = PHONE
    session.save()

    erase(lived.user, now=LATER, actor=lived.user)

    assert not Session.objects.exists()


def test_a_session_of_somebody_else_goes_on(lived, chen):
    session = SessionStore()
    session[SESSION_KEY] = str(chen.user.pk)
    session.save()

    erase(lived.user, now=LATER, actor=lived.user)

    assert [each.get_decoded()[SESSION_KEY] for each in Session.objects.all()] == [str(chen.user.pk)]


def test_whoever_is_there_sees_a_neutral_word(lived):
    erase(lived.user, now=LATER, actor=lived.user)

    assert {stay.guest.masked_name for stay in Stay.objects.all()} == {"已注销住客"}


def test_a_decision_keeps_its_verdicts_and_loses_its_answers(lived):
    before = list(Assessment.objects.values_list("code", "outcome"))

    erase(lived.user, now=LATER, actor=lived.user)

    assert list(Assessment.objects.values_list("code", "outcome")) == before
    for made in Assessment.objects.all():
        assert {verdict["rule_id"] for verdict in made.verdicts} >= {"age", "graduation"}
        assert made.facts["birth_date"] is None
        assert made.facts["answers"] == {}
        assert made.facts["wish"]["arrival"]


def test_who_never_said_who_they_are_can_go_too(db, wuzhong):
    user = User.objects.create_user(PHONE, phone_verified=True)
    agree(user, NOW)

    erased = erase(user, now=NOW, actor=user)

    assert PHONE not in everything()
    assert [kept.key for kept in erased.kept] == ["record"]


def test_nothing_is_written_down_of_them_by_what_was_sent_meanwhile(ruoxi, hostel, officer):
    user, now = ruoxi.user, moment(SATURDAY, 2)
    missed = book(guest=ruoxi, hostel=hostel, nights=TONIGHT, purpose="exam", now=NOW)
    no_show(missed, now=moment(SATURDAY, 1))
    given_back = book(guest=ruoxi, hostel=hostel, nights=Nights(MONDAY, TUESDAY), purpose="exam", now=now)
    decision = given_back.assessment
    review = ask(decision, Review.Kind.RULE, rules=["home"], due_at=NOW, now=NOW, note="")
    cancel(given_back, now=now, actor=user)
    erase(user, now=now, actor=user)

    assert code_of(lambda: undo(given_back, now=now, actor=user)) == "GONE"
    assert code_of(lambda: appeal(missed, text="发烧", now=now, actor=user)) == "GONE"
    assert code_of(lambda: ask_for_review(decision, person=ruoxi, note="房子卖了", now=now)) == "GONE"
    assert code_of(lambda: appeal_review(review, person=ruoxi, note="房子卖了", now=now)) == "GONE"
    assert code_of(lambda: qualify(decision, kind="exam_ticket", code="ABCD1234", now=now, actor=user)) == "GONE"


def test_it_is_done_once(lived):
    user = lived.user
    erase(user, now=LATER, actor=user)

    assert code_of(lambda: erase(user, now=LATER, actor=user)) == "GONE"


# --- what is said of it -----------------------------------------------------------------------------------------------
def test_what_is_held_is_said_with_why_and_until_when(lived):
    held = {each.key: each for each in holds(lived.user, LATER)}

    assert {*held} == {"phone", "identity", "fingerprint", "answers", "needs", "stays", "decisions", "proofs",
                       "missed", "letters", "consents", "record"}  # fmt: skip
    assert all(str(each.why) and str(each.until_when) for each in held.values())
    assert NUMBER not in str(held["identity"].what)
    assert NAME in str(held["identity"].what)
    assert held["identity"].source == "verified"


def test_what_stays_is_the_same_before_and_after_and_each_has_a_reason_and_a_day(lived):
    before = keeps(lived.user, LATER)

    erased = erase(lived.user, now=LATER, actor=lived.user)

    assert erased.kept == before
    assert {kept.key for kept in before} == {"fingerprint", "record", "decisions", "stays", "registration"}
    assert all(str(kept.what) and str(kept.why) and str(kept.until_said) for kept in before)
    # Fifteen working days after a Tuesday, with the day of the tombs among them.
    assert erased.done_by == date(2026, 3, 31)


# --- what stands against it -------------------------------------------------------------------------------------------
def test_not_while_a_bed_is_kept(ruoxi, hostel):
    stay = book(guest=ruoxi, hostel=hostel, nights=TONIGHT, purpose="exam", now=NOW)

    [reason] = hinders(ruoxi.user, NOW)

    assert (reason.code, reason.fix.href) == ("STAY", f"/stays/{stay.code}/cancel/")
    assert code_of(lambda: erase(ruoxi.user, now=NOW)) == "STAY"
    assert Person.objects.get(pk=ruoxi.pk).name == NAME


def test_not_while_in_house_nor_before_the_night_is_in_the_books(ruoxi, hostel):
    stay = book(guest=ruoxi, hostel=hostel, nights=TONIGHT, purpose="exam", now=NOW)
    check_in(stay, compared=True, now=moment(FRIDAY, 18))
    assert [reason.fix.href for reason in hinders(ruoxi.user, moment(FRIDAY, 19))] == [f"/stays/{stay.code}/"]

    check_out(stay, now=moment(SATURDAY, 6, 1))
    assert code_of(lambda: erase(ruoxi.user, now=moment(SATURDAY, 6, 2))) == "STAY"

    audit(moment(SATURDAY, 6, 5))
    assert hinders(ruoxi.user, moment(SATURDAY, 6, 6)) == []


def test_not_while_friends_sleep_in_beds_that_they_booked(ruoxi, chen, hostel):
    party = book_party(made_by=ruoxi, members=[Member(ruoxi, "exam"), Member(chen, "exam")], hostel=hostel,
                       nights=TONIGHT, now=NOW)  # fmt: skip
    cancel(Stay.objects.get(guest=ruoxi), now=NOW)

    [reason] = hinders(ruoxi.user, NOW)

    assert (reason.code, reason.fix.href) == ("PARTY", f"/parties/{party.code}/")


def test_not_while_friends_wait_together_with_them(ruoxi, lin, hostel):
    only(hostel)
    waiting = wait(ruoxi, hostel, members=[lin])

    assert [(reason.code, reason.fix.href) for reason in hinders(lin.user, NOW)] == [
        ("PARTY", f"/waitlist/{waiting.code}/")
    ]


def test_a_wish_of_their_own_is_taken_back_with_it(ruoxi, hostel):
    only(hostel)
    waiting = wait(ruoxi, hostel)

    erase(ruoxi.user, now=NOW, actor=ruoxi.user)

    assert Waiting.objects.get(pk=waiting.pk).withdrawn_at == NOW


def test_not_while_an_appeal_is_open(ruoxi, hostel, officer):
    missed = book(guest=ruoxi, hostel=hostel, nights=TONIGHT, purpose="exam", now=NOW)
    no_show(missed, now=moment(SATURDAY, 1))
    appeal(missed, text="发烧", now=moment(SATURDAY, 9), actor=ruoxi.user)
    assert code_of(lambda: erase(ruoxi.user, now=moment(SATURDAY, 10))) == "APPEAL"

    answer(NoShow.objects.get(), lift=True, because="有病历", now=moment(SATURDAY, 11), actor=officer)

    assert hinders(ruoxi.user, moment(SATURDAY, 12)) == []


def test_not_while_they_work_here_nor_while_a_school_counts_on_them(officer, ruoxi, hostel):
    allot(hostel=hostel, beds=2, nights=Nights(SATURDAY, TUESDAY), free_nights=6, applicant="school",
          organisation="鹿城", contact=ruoxi.user, purpose="exam", release_on=SATURDAY, now=NOW,
          actor=officer)  # fmt: skip

    assert [reason.code for reason in hinders(officer, NOW)] == ["ROLE"]
    assert [reason.code for reason in hinders(ruoxi.user, NOW)] == ["BATCH"]


# --- nothing is gained by it ------------------------------------------------------------------------------------------
def test_who_comes_back_is_the_same_person_with_the_nights_they_used(ruoxi, hostel):
    slept(ruoxi, hostel, Nights(FRIDAY, MONDAY))
    left = left_of(ruoxi)
    erase(ruoxi.user, now=LATER, actor=ruoxi.user)

    again = User.objects.create_user(PHONE, phone_verified=True)
    back = say_who(again, now=LATER, **SAID, **PROFILE)

    assert (back.pk, back.user, back.name, back.forgotten_at) == (ruoxi.pk, again, NAME, None)
    assert left_of(back) == left == 4


def test_another_name_gives_no_new_nights_either(ruoxi, hostel):
    slept(ruoxi, hostel)
    erase(ruoxi.user, now=LATER, actor=ruoxi.user)

    back = say_who(User.objects.create_user(PHONE), now=LATER, **SAID | {"name": "欧阳若溪"}, **PROFILE)

    assert back.pk == ruoxi.pk
    assert left_of(back) == 6


def test_the_desk_knows_them_by_their_document(ruoxi, hostel, manager):
    slept(ruoxi, hostel)
    erase(ruoxi.user, now=LATER, actor=ruoxi.user)

    back = guest_at_the_desk(**SAID, **PROFILE, now=LATER, actor=manager)

    assert (back.pk, back.name, back.user) == (ruoxi.pk, NAME, None)


def test_who_was_refused_when_they_came_back_is_forgotten_still(ruoxi, hostel):
    slept(ruoxi, hostel)
    erase(ruoxi.user, now=LATER, actor=ruoxi.user)
    again = User.objects.create_user(PHONE)

    def do():
        return act(lambda: book(guest=say_who(again, now=LATER, **SAID, **PROFILE | {"graduation": "2015-06"}),
                                hostel=hostel, nights=Nights(TUESDAY, TUESDAY + timedelta(1)), purpose="exam",
                                now=LATER))  # fmt: skip

    assert code_of(do) == "GRAD"
    assert Person.objects.get(pk=ruoxi.pk).name == ""
    assert Assessment.objects.latest("pk").person.user == again
    # The person that the refusal was kept by gives way to the one they are.
    assert say_who(again, now=LATER, **SAID, **PROFILE).pk == ruoxi.pk


# --- until nothing counts ---------------------------------------------------------------------------------------------
def test_the_document_is_forgotten_once_no_rule_counts_anything(ruoxi, hostel):
    slept(ruoxi, hostel)
    erase(ruoxi.user, now=LATER, actor=ruoxi.user)
    until = counted_until(Person.objects.get(pk=ruoxi.pk), LATER)
    assert until == date(2027, 1, 1)

    assert forget_documents(moment(date(2026, 12, 31), 4)) == 0
    assert forget_documents(moment(until, 7)) == 1
    assert forget_documents(moment(until, 8)) == 0

    assert Person.objects.get(pk=ruoxi.pk).document_hash is None
    back = say_who(User.objects.create_user(PHONE), now=moment(until, 9), **SAID, **PROFILE)
    assert back.pk != ruoxi.pk


def test_a_stay_that_was_missed_counts_as_long_as_the_rules_look_at_it(ruoxi, hostel):
    missed = book(guest=ruoxi, hostel=hostel, nights=TONIGHT, purpose="exam", now=NOW)
    no_show(missed, now=moment(SATURDAY, 1))

    assert counted_until(ruoxi, LATER) == FRIDAY + timedelta(days=180)


def test_who_used_nothing_is_forgotten_whole_at_once(ruoxi):
    erase(ruoxi.user, now=LATER, actor=ruoxi.user)

    assert Person.objects.get(pk=ruoxi.pk).document_hash is None


def test_a_rule_that_counts_for_life_never_forgets(ruoxi, hostel, in_force):
    slept(ruoxi, hostel)

    def for_life(rules):
        given = [{**each, "caps": {"lifetime": 7}} for each in rules["entitlements"]]
        return rules | {"entitlements": given}

    in_force(change=for_life)

    assert counted_until(ruoxi, LATER) == FOR_EVER
    assert [kept.until for kept in keeps(ruoxi.user, LATER) if kept.key == "fingerprint"] == [None]


# --- a consent taken back ---------------------------------------------------------------------------------------------
def test_taking_the_consent_to_proofs_back_deletes_the_pictures(lived):
    consents.withdraw(lived.user, Consent.Purpose.EVIDENCE, now=LATER)

    assert not Evidence.objects.filter(way="file", purged_at=None).exists()
    assert Consent.objects.get(purpose="evidence").withdrawn_at == LATER
    assert code_of(lambda: consents.withdraw(lived.user, Consent.Purpose.EVIDENCE, now=LATER)) == "CONSENT"
