import threading
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from accounts.documents import digits_hash, with_check_digit
from accounts.forgetting import erase
from accounts.models import Consent, Deed, Person, Role, User
from accounts.people import add_person, agree, change_profile, complete_person, login_for, sweep_unverified
from accounts.reasons import MISSING, NOT_MET, Refused
from tests.conftest import FRIDAY, NOW

LIN = with_check_digit("34010220010506002")
IDENTITY = {"name": "林小满", "document_kind": "resident", "document_number": LIN}
PASSPORT = {"name": "Ana Lima", "document_kind": "passport", "document_number": "E12345678"}


def refused(verb, *args, **kwargs):
    with pytest.raises(Refused) as no:
        verb(*args, **kwargs)
    assert {reason.code for reason in no.value.reasons} == {"IDENTITY"}
    return no.value.reasons


def test_a_newcomer_becomes_a_person(newcomer):
    person = complete_person(newcomer, **IDENTITY, education="bachelor", graduation="2025-06", now=NOW)

    person = Person.objects.get(pk=person.pk)
    assert person.user == newcomer
    assert (person.name, person.gender, person.birth_date) == ("林小满", "female", date(2001, 5, 6))
    assert (person.document_kind, person.document) == ("resident", LIN)
    assert (person.education, person.graduation) == ("bachelor", "2025-06")
    assert person.document_digits == digits_hash(LIN)
    assert person.phone_digits == digits_hash("+8613812345678")


def test_the_document_lies_unreadable_in_the_table(newcomer):
    complete_person(newcomer, **IDENTITY, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT document, document_hash, document_digits, phone_digits FROM accounts_person")
        row = cursor.fetchone()
    assert all(LIN not in value and LIN[-4:] not in value and value != "5678" for value in row)


def test_what_the_document_says_wins_over_what_was_said(newcomer):
    person = complete_person(newcomer, **IDENTITY, gender="male", birth_date=date(1990, 1, 1), now=NOW)

    assert (person.gender, person.birth_date) == ("female", date(2001, 5, 6))


def test_a_passport_needs_gender_and_birth_date_beside_it(newcomer):
    reasons = refused(complete_person, newcomer, **PASSPORT, now=NOW)

    assert [reason.verdict for reason in reasons] == [MISSING, MISSING]
    person = complete_person(newcomer, **PASSPORT, gender="female", birth_date=date(1999, 2, 3), now=NOW)
    assert (person.gender, person.birth_date) == ("female", date(1999, 2, 3))


def test_a_birth_date_to_come_is_not_one(newcomer):
    refused(complete_person, newcomer, **PASSPORT, gender="female", birth_date=FRIDAY + timedelta(days=1), now=NOW)


def test_everything_that_is_wrong_is_said_at_once(newcomer):
    reasons = refused(
        complete_person, newcomer, name="1", document_kind="resident", document_number=LIN[:-1] + "0", now=NOW
    )

    assert len(reasons) == 2
    assert not Person.objects.exists()


def test_saying_it_again_changes_the_same_person(newcomer):
    first = complete_person(newcomer, **IDENTITY, now=NOW)

    second = complete_person(newcomer, **IDENTITY, school="苏州大学", now=NOW)

    assert second.pk == first.pk
    assert Person.objects.get().school == "苏州大学"
    assert list(Deed.objects.values_list("what", "values__fields")[1:]) == [("identity_changed", ["school"])]


def test_saying_nothing_new_leaves_no_line_in_the_record(newcomer):
    complete_person(newcomer, **IDENTITY, now=NOW)
    complete_person(newcomer, **IDENTITY, now=NOW)

    assert Deed.objects.count() == 1


def test_the_record_names_fields_and_no_values(newcomer):
    person = complete_person(newcomer, **IDENTITY, now=NOW)

    deed = Deed.objects.get()
    assert (deed.what, deed.actor, deed.person, deed.at) == ("identity_given", newcomer, person, NOW)
    assert LIN not in str(deed.values)
    assert "林小满" not in str(deed.values)


def test_the_document_of_another_login_is_refused_with_a_way_to_that_login(newcomer, stranger):
    complete_person(newcomer, **IDENTITY, now=NOW)

    (reason,) = refused(complete_person, stranger, **IDENTITY, now=NOW)

    assert reason.verdict == NOT_MET
    assert "+86 138******78" in reason.sentence.say("en")
    assert "+86 138******78" in reason.sentence.say("zh-hans")
    assert "13812345678" not in str(reason.as_data())
    assert reason.fix.href == "/login/"
    assert not Person.objects.filter(user=stranger).exists()


def test_a_document_known_at_a_desk_is_joined_there_and_not_here(newcomer):
    add_person(**IDENTITY, now=NOW)
    Person.objects.update(document_seen_at=NOW)

    (reason,) = refused(complete_person, newcomer, **IDENTITY, now=NOW)

    assert "desk" in reason.sentence.say("en")
    assert Person.objects.get().user is None


def test_whom_a_list_has_named_is_who_logs_in_with_that_document_and_name(newcomer):
    listed = add_person(**IDENTITY, education="bachelor", now=NOW)

    person = complete_person(newcomer, **IDENTITY, school="安徽大学", now=NOW)

    person.refresh_from_db()
    assert (person.pk, person.user, person.education, person.school) == (listed.pk, newcomer, "bachelor", "安徽大学")
    assert person.phone_digits == digits_hash("+8613812345678")
    assert Deed.objects.filter(what="identity_claimed", person=listed.pk, actor=newcomer).count() == 1


def test_a_list_with_another_name_keeps_nobody_from_their_document(newcomer):
    listed = add_person(**IDENTITY | {"name": "某某"}, now=NOW)

    person = complete_person(newcomer, **IDENTITY, now=NOW)

    listed.refresh_from_db()
    assert person.pk != listed.pk
    assert (listed.document_hash, listed.document, listed.document_digits) == (None, "", "")
    assert person.document_hash
    assert Deed.objects.filter(what="document_let_go", person=listed).count() == 1


def test_who_has_said_something_of_themselves_before_gets_their_document_from_the_list(newcomer):
    own = Person.objects.create(user=newcomer)
    add_person(**IDENTITY, now=NOW)

    person = complete_person(newcomer, **IDENTITY, now=NOW)

    assert (person.pk, bool(person.document_hash)) == (own.pk, True)


def test_what_is_no_part_of_a_profile_is_not_claimed_along(newcomer):
    add_person(**IDENTITY, now=NOW)

    with pytest.raises(TypeError):
        complete_person(newcomer, **IDENTITY, document_seen_at=NOW, now=NOW)


def test_a_person_without_a_login_has_no_phone_to_be_found_by(db):
    person = add_person(**IDENTITY, now=NOW)

    assert (person.user, person.phone_digits) == (None, "")
    assert person.document_digits == digits_hash(LIN)


def test_the_same_document_is_never_added_twice(db):
    add_person(**IDENTITY, now=NOW)

    refused(add_person, **IDENTITY, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_logins_with_one_document_at_one_moment_one_is_refused():
    users = [User.objects.create_user(f"+861380000000{n}") for n in range(6)]
    start, outcomes = threading.Barrier(len(users)), []

    def come(user):
        start.wait()
        try:
            complete_person(user, **IDENTITY, now=NOW)
            outcomes.append("person")
        except Refused as no:
            outcomes.append(no.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["IDENTITY"] * 5 + ["person"]
    assert Person.objects.count() == 1


@pytest.mark.parametrize("before", [{"name": "", "forgotten_at": NOW}, {}], ids=["forgotten", "on a list"])
@pytest.mark.django_db(transaction=True)
def test_of_several_logins_that_come_for_one_person_at_one_moment_one_is_them(before):
    kept = add_person(**IDENTITY, now=NOW)
    Person.objects.update(**before)
    users = [User.objects.create_user(f"+861380000000{n}") for n in range(6)]
    start, outcomes = threading.Barrier(len(users)), []

    def come(user):
        start.wait()
        try:
            outcomes.append(complete_person(user, **IDENTITY, now=NOW).pk)
        except Refused as no:
            outcomes.append(no.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [kept.pk] + ["IDENTITY"] * 5


@pytest.mark.django_db(transaction=True)
def test_who_says_who_they_are_while_their_login_is_erased_is_forgotten_or_not_written_down_at_all():
    users = [User.objects.create_user(f"+861380000000{n}") for n in range(6)]
    start = threading.Barrier(2 * len(users))

    def go(verb, *args, **kwargs):
        start.wait()
        try:
            with suppress(Refused):
                verb(*args, now=NOW, **kwargs)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=[erase, user]) for user in users]
    for number, user in enumerate(users):
        said = IDENTITY | {"document_number": with_check_digit(f"3401022001050600{number}")}
        threads.append(threading.Thread(target=go, args=[complete_person, user], kwargs=said))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not User.objects.filter(is_active=True).exists()
    assert not Person.objects.exclude(user=None, name="").exists()


@pytest.mark.django_db(transaction=True)
def test_one_login_that_says_who_it_is_several_times_at_once_is_no_other_than_itself():
    user = User.objects.create_user("+8613800000000")
    start, outcomes = threading.Barrier(6), []

    def come():
        start.wait()
        try:
            outcomes.append(complete_person(user, **IDENTITY, now=NOW).pk)
        except Refused as no:
            outcomes.append(no.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [Person.objects.get().pk] * 6


def test_nobody_is_written_down_for_a_login_or_a_person_that_was_erased_meanwhile(newcomer):
    person = complete_person(newcomer, **IDENTITY, now=NOW)
    erase(newcomer, now=NOW)

    for verb, about, said in (
        (complete_person, newcomer, IDENTITY),
        (change_profile, person, {"school": "安徽大学", "needs": ["lower_bunk"]}),
    ):
        with pytest.raises(Refused) as no:
            verb(about, **said, now=NOW)
        assert no.value.code == "GONE"
    [left] = Person.objects.values_list("user", "name", "document", "school", "needs")
    assert left == (None, "", "", "", [])


def test_what_the_desk_has_seen_does_not_change(newcomer):
    person = complete_person(newcomer, **IDENTITY, now=NOW)
    Person.objects.update(document_seen_at=NOW)

    refused(complete_person, newcomer, **PASSPORT, gender="female", birth_date=date(1999, 2, 3), now=NOW)
    refused(complete_person, newcomer, **IDENTITY | {"name": "林大满"}, now=NOW)
    refused(change_profile, person, name="林大满", now=NOW)
    complete_person(newcomer, **IDENTITY, education="master", now=NOW)
    assert Person.objects.get().document == LIN
    assert Person.objects.get().education == "master"


def test_a_wrong_document_can_be_put_right_until_a_desk_has_seen_it(newcomer):
    complete_person(newcomer, **IDENTITY, now=NOW)

    person = complete_person(newcomer, **PASSPORT, gender="female", birth_date=date(1999, 2, 3), now=NOW)

    assert Person.objects.get(pk=person.pk).document == "E12345678"


def test_a_profile_changes_part_by_part(newcomer):
    person = complete_person(newcomer, **IDENTITY, school="苏州大学", now=NOW)

    changed = change_profile(person, name="林小曼", home_in_district=False, actor=newcomer, now=NOW)

    assert (changed.name, changed.home_in_district, changed.school) == ("林小曼", False, "苏州大学")
    assert Deed.objects.last().values == {"fields": ["home_in_district", "name"]}


def test_what_the_document_says_cannot_be_said_otherwise(newcomer, stranger):
    lin = complete_person(newcomer, **IDENTITY, now=NOW)
    ana = complete_person(stranger, **PASSPORT, gender="female", birth_date=date(1999, 2, 3), now=NOW)

    refused(change_profile, lin, gender="male", now=NOW)
    refused(change_profile, lin, birth_date=date(1990, 1, 1), now=NOW)
    assert change_profile(ana, birth_date=date(1999, 3, 2), now=NOW).birth_date == date(1999, 3, 2)


@pytest.mark.parametrize("said", ["2025", "2025-06", "2025-06-25", "2024-02-29"])
def test_a_graduation_is_a_year_a_month_or_a_day(newcomer, said):
    person = complete_person(newcomer, **IDENTITY, graduation=said, now=NOW)

    person.refresh_from_db()
    assert person.graduation == said


@pytest.mark.parametrize(
    "change",
    [
        {"graduation": "2025-13"},
        {"graduation": "2025-02-29"},
        {"graduation": "2025-06-31"},
        {"graduation": "2025-6-1"},
        {"graduation": "next year"},
        {"education": "wizard"},
        {"school": "学" * 81},
        {"home_in_district": "perhaps"},
    ],
)
def test_a_value_that_cannot_be_is_named(newcomer, change):
    person = complete_person(newcomer, **IDENTITY, now=NOW)

    with pytest.raises(ValidationError) as wrong:
        change_profile(person, **change, now=NOW)
    assert list(wrong.value.message_dict) == list(change)


def test_what_is_no_part_of_a_profile_is_not_changed(newcomer):
    person = complete_person(newcomer, **IDENTITY, now=NOW)

    with pytest.raises(TypeError):
        change_profile(person, document_hash="", now=NOW)
    with pytest.raises(TypeError):
        complete_person(newcomer, **IDENTITY, document_seen_at=NOW, now=NOW)


def test_a_booking_guest_completes_themselves_in_few_statements(newcomer, django_assert_num_queries):
    with django_assert_num_queries(6):  # savepoint, look, look for another, write, record, release
        complete_person(newcomer, **IDENTITY, now=NOW)


def test_a_phone_gets_one_login_however_often_it_comes(db):
    first, second = login_for("+8613812345678", NOW), login_for("+8613812345678", NOW)

    assert first == second
    assert not first.phone_verified
    assert not first.has_usable_password()


def test_agreeing_twice_is_agreeing_once(newcomer):
    agree(newcomer, NOW)
    agree(newcomer, NOW + timedelta(days=1))

    assert list(Consent.objects.order_by("purpose").values_list("purpose", "given_at")) == [
        ("privacy", NOW),
        ("service", NOW),
    ]


def test_what_was_taken_back_can_be_agreed_to_again(newcomer):
    agree(newcomer, NOW)
    Consent.objects.update(withdrawn_at=NOW)

    agree(newcomer, NOW + timedelta(days=1))

    assert Consent.objects.filter(withdrawn_at=None).count() == 2


def test_logins_that_never_answered_a_code_are_swept(wuzhong):
    long_ago = NOW - timedelta(days=2)
    idle = login_for("+8613800000001", long_ago)
    fresh = login_for("+8613800000002", NOW - timedelta(hours=1))
    answered = login_for("+8613800000003", long_ago)
    User.objects.filter(pk=answered.pk).update(phone_verified=True)
    person = login_for("+8613800000004", long_ago)
    Person.objects.create(user=person)
    staff = login_for("+8613800000005", long_ago)
    Role.objects.create(user=staff, kind="officer", network=wuzhong, valid_from=FRIDAY)

    assert sweep_unverified(NOW) == 1
    assert sweep_unverified(NOW) == 0

    assert set(User.objects.all()) == {fresh, answered, person, staff}
    assert not User.objects.filter(pk=idle.pk).exists()


def test_answers_are_laid_over_those_given_before_and_lie_unreadable_in_the_table(newcomer):
    person = complete_person(newcomer, **IDENTITY, answers={"work": "no", "full_time": "yes"}, now=NOW)
    change_profile(person, now=NOW, answers={"work": "yes-i-do", "full_time": "", "first_time": "no"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM accounts_person")
        (kept,) = cursor.fetchone()
    assert Person.objects.get(pk=person.pk).answers == {"work": "yes-i-do", "first_time": "no"}
    assert "yes-i-do" not in kept


@pytest.mark.parametrize("answers", [{"k": "x" * 41}, {"k": 1}, {"": "no"}, {"k" * 81: "no"}])
def test_an_answer_that_cannot_be_is_named(newcomer, answers):
    person = complete_person(newcomer, **IDENTITY, now=NOW)

    with pytest.raises(ValidationError) as wrong:
        change_profile(person, now=NOW, answers=answers)
    assert set(wrong.value.message_dict) == {"answers"}


def test_forty_answers_are_kept_and_no_more(newcomer):
    person = complete_person(newcomer, **IDENTITY, answers={f"k{n}": "no" for n in range(40)}, now=NOW)
    change_profile(person, now=NOW, answers={"k0": "yes", "k1": ""})

    with pytest.raises(ValidationError):
        change_profile(person, now=NOW, answers={"one": "no", "two": "no"})
    assert len(Person.objects.get(pk=person.pk).answers) == 39
