"""A school names its guests: each gets a bed of the batch, with free nights of its own, or every reason why not."""

from datetime import date, timedelta

import pytest

from accounts.models import Deed, Letter, Person
from accounts.people import login_for
from bookings.batches import balance
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.changing import change_dates
from bookings.guests import say_who
from bookings.models import Stay
from bookings.naming import Named, name_guest, name_list
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights
from tests.bookings.allotted import THREE, bed_of
from tests.conftest import MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, resident_number


def test_who_let_a_hold_run_out_can_be_named(hostel, allotted, lin):
    batch = allotted(2)
    book(guest=lin, hostel=hostel, nights=THREE, purpose="job_fair", now=NOW, hold=True)

    stay = name_guest(batch, lin, now=NOW + timedelta(minutes=10))

    assert (stay.batch, stay.nights) == (batch, THREE)


def test_a_named_guest_has_a_bed_of_the_batch_and_is_told_by_whom(allotted, students):
    batch = allotted(2)
    [lin] = students(women=1)

    stay = name_guest(batch, lin, now=NOW)

    assert (stay.status, stay.batch, stay.nights) == ("confirmed", batch, THREE)
    assert bed_of(stay).pk in batch.beds.values_list("bed", flat=True)
    assert stay.assessment.facts["wish"]["applicant"] == "school"
    letter = Letter.objects.get(person=lin)
    assert (letter.kind, letter.values["organisation"]) == ("booked_by", "安徽大学")


def test_women_and_men_of_a_batch_do_not_share_a_room(allotted, students):
    batch = allotted(women=3, men=3)

    stays = [name_guest(batch, each, now=NOW) for each in students(women=3, men=3)]

    rooms = {}
    for stay in stays:
        rooms.setdefault(bed_of(stay).room_id, set()).add(stay.guest.gender)
    assert all(len(genders) == 1 for genders in rooms.values())


def test_they_may_come_later_and_leave_earlier_but_not_outside(allotted, students):
    batch = allotted(2)
    one, other = students(women=2)

    stay = name_guest(batch, one, now=NOW, arrival=SUNDAY, departure=MONDAY)
    with pytest.raises(Refused) as no:
        name_guest(batch, other, now=NOW, departure=TUESDAY + timedelta(1))

    assert stay.nights == Nights(SUNDAY, MONDAY)
    assert no.value.code == "BATCH_DATES"


def test_a_house_for_groups_takes_them_and_nobody_else(allotted, students, wuzhong):
    groups = Hostel.objects.get(access="group")
    [lin] = students(women=1)

    batch = allotted(4, hostel=groups)
    with pytest.raises(Refused) as no:
        book(guest=lin, hostel=groups, nights=THREE, purpose="exam", now=NOW)

    assert no.value.code == "GROUP_ONLY"
    assert name_guest(batch, lin, now=NOW).hostel == groups


def test_who_was_named_stays_longer_in_the_batch_s_bed_and_moves_within_its_nights(allotted, students):
    batch = allotted(2, hostel=Hostel.objects.get(access="group"))
    [lin] = students(women=1)
    stay = name_guest(batch, lin, now=NOW, departure=SUNDAY)
    bed = bed_of(stay)

    longer = change_dates(stay, arrival=SATURDAY, departure=TUESDAY, now=NOW)
    assert (longer.nights, bed_of(longer)) == (THREE, bed)
    shifted = change_dates(
        change_dates(longer, arrival=SATURDAY, departure=SUNDAY, now=NOW), arrival=SUNDAY, departure=MONDAY, now=NOW
    )

    assert (shifted.nights, shifted.batch) == (Nights(SUNDAY, MONDAY), batch)
    assert balance(batch, NOW).free_nights_used == 1


def test_the_rules_decide_about_each(allotted, people):
    batch = allotted(2)

    with pytest.raises(Refused) as no:
        name_guest(batch, people("周梅", "female", home_in_district=True), now=NOW)

    assert no.value.code == "LOCAL"
    assert not Stay.objects.exists()


def test_the_free_nights_are_the_batch_s_own_and_when_they_are_gone_that_is_said(allotted, students):
    batch = allotted(3, free_nights=7)
    one, two, three = students(women=3)
    name_guest(batch, one, now=NOW)
    last = name_guest(batch, two, now=NOW)

    with pytest.raises(Refused) as no:
        name_guest(batch, three, now=NOW)
    assert (no.value.code, no.value.reasons[0].value_used) == ("BATCH_NIGHTS", 6)

    name_guest(batch, three, now=NOW, departure=SUNDAY)
    assert balance(batch, NOW).free_nights_used == 7
    cancel(last, now=NOW)
    assert balance(batch, NOW).free_nights_used == 4


def test_when_every_bed_has_its_guest_the_next_is_refused(allotted, students):
    batch = allotted(women=2)
    one, two, three = students(women=3)
    name_guest(batch, one, now=NOW)
    name_guest(batch, two, now=NOW)

    with pytest.raises(Refused) as no:
        name_guest(batch, three, now=NOW)

    assert no.value.code == "FULL"


@pytest.mark.parametrize("nights", [1, 3])
def test_naming_costs_as_many_statements_for_three_nights_as_for_one(nights, allotted, students, asks):
    batch = allotted(3)
    one, other = students(women=2)
    name_guest(batch, one, now=NOW)  # the policy is read once in each process

    # as a booking, and: the batch, its row locked, its nights counted
    with asks(15, together=2):
        name_guest(batch, other, now=NOW, departure=SATURDAY + timedelta(days=nights))


# --- lists ----------------------------------------------------------------------------------------------------------
def row(name="何来", sequence=300, gender="male", **more):
    about = {"education": "bachelor", "graduation": "2025-06", "home_in_district": False}
    number = resident_number(date(2002, 2, 2), gender, sequence)
    return Named(name, "resident", number, **{"about": about} | more)


def test_a_list_names_those_who_may_and_says_of_the_others_why_not(allotted, chen):
    batch = allotted(4)
    at_home = row("吴家", 301, about={"education": "bachelor", "graduation": "2025-06", "home_in_district": True})
    swapped = Named("何来", "resident", "340102200202020158")
    known = Named("陈一舟", "resident", chen.document)

    outcomes = name_list(batch, [row(), at_home, swapped, known], now=NOW)

    assert [(each.row, bool(each.stay)) for each in outcomes] == [(1, True), (2, False), (3, False), (4, True)]
    assert [each.reasons[0].code for each in outcomes if each.reasons] == ["LOCAL", "IDENTITY"]
    assert outcomes[3].stay.guest == chen
    assert not Person.objects.filter(name="吴家").exists()
    assert Stay.objects.filter(batch=batch).count() == 2


def test_a_check_of_a_list_says_the_same_and_writes_nothing(allotted):
    batch = allotted(women=1, men=1)
    names = [row(), row("何往", 302)]

    checked = name_list(batch, names, now=NOW, check=True)

    assert [bool(each.stay) for each in checked] == [True, False]
    assert checked[1].reasons[0].code == "FULL"
    assert not Stay.objects.exists()
    assert not Person.objects.filter(name="何来").exists()
    assert not Letter.objects.exists()


@pytest.fixture
def contact(db):
    return login_for("+8613812345678", NOW)


def test_a_contact_reads_of_a_guest_the_house_knows_only_which_condition_it_is(allotted, contact, officer, chen):
    book(guest=chen, hostel=Hostel.objects.get(slug="mudu"), nights=THREE, purpose="job_fair", now=NOW)
    batch, names = allotted(2, contact=contact), [Named("陈一舟", "resident", chen.document)]

    [told] = name_list(batch, names, now=NOW, actor=contact, check=True)
    [known] = name_list(batch, names, now=NOW, actor=officer, check=True)

    assert [reason.code for reason in told.reasons] == [reason.code for reason in known.reasons] == ["OVERLAP"]
    assert known.reasons[0].value_used == chen.stays.get().code
    assert told.reasons[0].value_used is None
    assert "Mudu" in known.reasons[0].sentence.say("en")
    assert "Mudu" not in told.reasons[0].sentence.say("en")
    assert chen.stays.get().code not in str(told.reasons[0].as_data())


def test_a_contact_who_sends_a_list_again_reads_who_is_named_already(allotted, contact, chen):
    batch, names = allotted(2, contact=contact), [Named("陈一舟", "resident", chen.document)]
    [named] = name_list(batch, names, now=NOW, actor=contact)

    [again] = name_list(batch, names, now=NOW, actor=contact)

    assert [(reason.code, reason.value_used) for reason in again.reasons] == [("OVERLAP", named.stay.code)]


def test_what_a_contact_says_of_a_new_guest_is_answered_in_full(allotted, contact):
    [outcome] = name_list(allotted(2, contact=contact), [row(about={})], now=NOW, actor=contact)

    assert all(reason.fix and "does not fit yet" not in reason.sentence.say("en") for reason in outcome.reasons)


@pytest.mark.parametrize("check", [True, False])
def test_a_contact_who_tries_documents_is_on_record_and_soon_stopped(allotted, contact, officer, chen, check):
    batch = allotted(4, contact=contact)
    wrong, right = Named("陈一帆", "resident", chen.document), row()

    outcomes = name_list(batch, [wrong] * 12 + [right], now=NOW, actor=contact, check=check)
    again = name_list(batch, [right], now=NOW, actor=contact, check=check)

    assert [each.reasons[0].code for each in outcomes] == ["IDENTITY"] * 10 + ["TOO_OFTEN"] * 3
    assert again[0].reasons[0].code == "TOO_OFTEN"
    assert Deed.objects.filter(what="look_for_friend", actor=contact, about=batch.code).count() == 10
    assert name_list(batch, [right], now=NOW + timedelta(hours=2), actor=contact, check=check)[0].stay
    assert name_list(batch, [wrong] * 12, now=NOW, actor=officer)[11].reasons[0].code == "IDENTITY"


def test_a_list_does_not_overwrite_what_somebody_said_of_themselves(allotted, chen):
    batch = allotted(2)
    said = {"education": "doctor", "school": "某大学", "graduation": "2020-06"}

    name_list(batch, [Named("陈一舟", "resident", chen.document, said)], now=NOW)

    chen.refresh_from_db()
    assert (chen.education, chen.school, chen.graduation) == ("bachelor", "安徽大学", "2025-06")


def test_a_known_document_under_another_name_is_a_row_in_error(allotted, chen):
    [outcome] = name_list(allotted(2), [Named("陈一帆", "resident", chen.document)], now=NOW)

    assert outcome.reasons[0].code == "IDENTITY"
    assert "陈" not in outcome.reasons[0].sentence.say("zh-hans")


def test_a_value_that_cannot_be_is_a_row_in_error(allotted):
    wrong = row(about={"education": "wizard", "graduation": "soon"})

    [outcome] = name_list(allotted(2), [wrong], now=NOW)

    assert outcome.reasons[0].code == "ROW"


# --- whom a list has named, and who comes -----------------------------------------------------------------------------
def test_who_logs_in_with_the_document_of_a_list_has_the_stay(allotted, listed, newcomer_login):
    batch = allotted(2)
    [outcome] = name_list(batch, [listed], now=NOW)

    person = say_who(newcomer_login, now=NOW, **SAID | {"name": listed.name})

    assert person.stays.get() == outcome.stay
    assert Stay.objects.of(newcomer_login).get() == outcome.stay


def test_under_another_name_a_desk_has_to_look_while_a_bed_is_kept(allotted, listed, newcomer_login):
    batch = allotted(2)
    [outcome] = name_list(batch, [listed], now=NOW)

    with pytest.raises(Refused) as no:
        say_who(newcomer_login, now=NOW, **SAID)
    assert no.value.code == "IDENTITY"
    assert outcome.stay.guest.document_hash

    cancel(outcome.stay, now=NOW)
    person = say_who(newcomer_login, now=NOW, **SAID)
    assert person.document_hash
    assert not person.stays.exists()


SAID = {
    "name": "林小满",
    "document_kind": "resident",
    "document_number": resident_number(date(2001, 2, 2), "female", 88),
}


@pytest.fixture
def listed():
    """A row of a school's list: the document of Lin under another name."""
    about = {"education": "bachelor", "graduation": "2025-06", "home_in_district": False}
    return Named("何来", "resident", SAID["document_number"], about=about)


@pytest.fixture
def newcomer_login(db):
    return login_for("+8613812345678", NOW)
