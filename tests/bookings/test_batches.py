"""Beds of a school or an organisation: kept until a date, named later, with free nights of their own."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Deed, Letter, Person
from accounts.people import login_for, sweep_unverified
from bookings.availability import Grid, free_beds
from bookings.batches import Named, allot, balance, cancel_batch, name_guest, name_list, release
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.changing import change_dates
from bookings.desk import due_in_matching
from bookings.models import Batch, BatchBed, BedNight, Stay
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights, business_day
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment, resident_number

THREE = Nights(SATURDAY, TUESDAY)


@pytest.fixture
def allotted(officer, hostel):
    def allot_beds(beds=0, **how):
        about = {
            "hostel": hostel,
            "nights": THREE,
            "applicant": "school",
            "organisation": "安徽大学",
            "purpose": "job_fair",
            "release_on": SATURDAY,
            "now": NOW,
            "actor": officer,
        }
        return allot(beds=beds, **about | how)

    return allot_beds


@pytest.fixture
def students(people, wuzhong):
    def made(women=0, men=0):
        return [people("林小满", "female") for _ in range(women)] + [people("陈一舟", "male") for _ in range(men)]

    return made


def bed_of(stay):
    return stay.bed_nights.live().order_by("night").first().bed


def free(hostel, gender, now=NOW, nights=THREE):
    return free_beds(hostel, nights, gender, now).count()


def test_who_let_a_hold_run_out_can_be_named(hostel, allotted, lin):
    batch = allotted(2)
    book(guest=lin, hostel=hostel, nights=THREE, purpose="job_fair", now=NOW, hold=True)

    stay = name_guest(batch, lin, now=NOW + timedelta(minutes=10))

    assert (stay.batch, stay.nights) == (batch, THREE)


# --- allotting ------------------------------------------------------------------------------------------------------
def test_the_beds_are_nobody_else_s_on_all_of_its_nights(hostel, allotted):
    before = free(hostel, "female"), free(hostel, "male")

    batch = allotted(6)

    assert batch.beds.count() == 6
    kept = set(batch.beds.values_list("bed", flat=True))
    for gender in ("female", "male"):
        assert not kept & set(free_beds(hostel, Nights(MONDAY, TUESDAY), gender, NOW).values_list("pk", flat=True))
        assert kept & set(
            free_beds(hostel, Nights(TUESDAY, TUESDAY + timedelta(1)), gender, NOW).values_list("pk", flat=True)
        )
    assert free(hostel, "female") + free(hostel, "male") < sum(before)
    assert (batch.free_nights, batch.nights) == (18, THREE)
    assert Deed.objects.filter(what="allot", about=batch.code).count() == 1


def test_search_and_boards_leave_them_out_and_call_them_held(hostel, allotted):
    allotted(6)

    counts = Grid([hostel], THREE, NOW).count(hostel, SUNDAY)

    assert (counts.beds, counts.held, counts.free) == (22, 6, 16)


def test_who_comes_is_not_known_so_rooms_that_either_may_have_are_kept_whole(hostel, allotted):
    batch = allotted(6)

    rooms = Bed.objects.filter(batches__batch=batch).values_list("room__number", "room__guests")
    assert {guests for _number, guests in rooms} == {"flexible"}
    assert len({number for number, _guests in rooms}) == 3


def test_women_and_men_each_find_theirs(hostel, allotted):
    batch = allotted(women=9, men=5)

    beds = Bed.objects.filter(batches__batch=batch)
    assert beds.count() == 14
    assert beds.filter(room__guests="male").count() == 4
    assert beds.filter(room__guests="female").count() == 8


def test_the_whole_house_can_be_allotted_and_nobody_books_it_then(hostel, allotted, lin):
    allotted(women=12, men=10)

    with pytest.raises(Refused) as no:
        book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=NOW)
    assert no.value.code == "FULL"


@pytest.mark.parametrize("beds", [4, None])
def test_more_guests_than_beds_are_a_slip(hostel, allotted, beds):
    asked = beds or list(Bed.objects.filter(room__hostel=hostel)[:1])

    with pytest.raises(Refused) as no:
        allotted(asked, women=9, men=1)

    assert [reason.field for reason in no.value.reasons] == ["women"]
    assert not Batch.objects.exists()


def test_the_name_of_a_school_is_text_that_can_be_seen(allotted):
    assert allotted(1, organisation=" 安徽\u3000大学\n 合肥 ").organisation == "安徽 大学 合肥"
    for organisation in ("\u202e学大徽安", "安徽\x07大学"):
        with pytest.raises(Refused) as no:
            allotted(1, organisation=organisation)
        assert [reason.field for reason in no.value.reasons] == ["organisation"]


@pytest.mark.parametrize("asked", [{"beds": 23}, {"women": 19}, {"men": 15}, {"women": 12, "men": 11}])
def test_more_than_there_are_is_refused_with_how_many_there_are(allotted, asked):
    with pytest.raises(Refused) as no:
        allotted(**asked)

    [reason] = no.value.reasons
    assert (reason.code, reason.value_used) == ("FULL", 22)
    assert "18" in reason.sentence.say("en")
    assert not Batch.objects.exists()


def test_beds_can_be_named_and_a_taken_one_is_refused(hostel, allotted, lin):
    stay = book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=NOW)
    beds = list(Bed.objects.filter(room__hostel=hostel, room__number__in=["203", "204"]))

    batch = allotted(beds)
    with pytest.raises(Refused) as no:
        allotted([bed_of(stay)])

    assert set(batch.beds.values_list("bed", flat=True)) == {bed.pk for bed in beds}
    assert no.value.code == "BED"


def test_two_batches_never_share_a_bed(allotted):
    allotted(12)
    allotted(10)

    assert BatchBed.objects.values("bed").distinct().count() == 22


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("release_on", {"release_on": SUNDAY}),
        ("release_on", {"release_on": FRIDAY}),
        ("arrival", {"nights": Nights(FRIDAY - timedelta(3), FRIDAY - timedelta(2)), "release_on": FRIDAY}),
        ("beds", {"beds": 0}),
        ("beds", {"beds": 201}),
        ("applicant", {"applicant": "self"}),
        ("organisation", {"organisation": "  "}),
        ("purpose", {"purpose": "holiday"}),
        ("free_nights", {"free_nights": -1}),
    ],
)
def test_what_does_not_fit_together_is_said_by_its_field(allotted, field, wrong):
    with pytest.raises(Refused) as no:
        allotted(**{"beds": 2} | wrong)

    assert field in [reason.field for reason in no.value.reasons]
    assert no.value.code == "BATCH"


def test_the_contact_s_login_waits_for_them_though_they_have_not_come_in_yet(allotted):
    contact = login_for("+8613812345678", NOW)
    batch = allotted(2, contact=contact)

    sweep_unverified(NOW + timedelta(days=3))

    batch.refresh_from_db()
    assert batch.contact == contact


# --- naming ---------------------------------------------------------------------------------------------------------
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


def test_the_desk_finds_who_is_due_in_by_the_batch_s_code(allotted, hostel, students):
    batch = allotted(2)
    stays = [name_guest(batch, each, now=NOW) for each in students(women=2)]

    assert due_in_matching(hostel, batch.code, NOW) == stays


@pytest.mark.parametrize("nights", [1, 3])
def test_naming_costs_as_many_statements_for_three_nights_as_for_one(
    nights, allotted, students, django_assert_num_queries
):
    batch = allotted(3)
    one, other = students(women=2)
    name_guest(batch, one, now=NOW)  # the policy is read once in each process

    # as a booking, and: the batch, its row locked, its nights counted
    with django_assert_num_queries(15):
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


# --- ending ---------------------------------------------------------------------------------------------------------
def test_from_the_day_of_release_what_nobody_was_named_for_is_everybody_s_at_once(hostel, allotted, students, lin):
    batch = allotted(women=12, men=10, nights=Nights(SUNDAY, TUESDAY), release_on=SUNDAY)
    [one] = students(women=1)
    stay = name_guest(batch, one, now=NOW)
    sunday, saturday = moment(SUNDAY, 9), moment(SATURDAY, 9)

    assert free(hostel, "female", saturday, Nights(SUNDAY, MONDAY)) == 0
    assert free(hostel, "female", sunday, Nights(SUNDAY, MONDAY)) > 0
    booked = book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=sunday)
    assert bed_of(booked) != bed_of(stay)
    with pytest.raises(Refused) as no:
        name_guest(batch, *students(men=1), now=sunday)
    assert no.value.code == "BATCH_OVER"


def test_an_officer_releases_early(hostel, allotted, officer):
    batch = allotted(women=12, men=10)

    release(batch, now=NOW, actor=officer)

    assert free(hostel, "female") == 18
    assert balance(batch := Batch.objects.get(), NOW).state == "released"
    with pytest.raises(Refused) as no:
        release(batch, now=NOW, actor=officer)
    assert no.value.code == "BATCH_OVER"


def test_a_batch_is_cancelled_and_who_was_named_stays(hostel, allotted, officer, students):
    batch = allotted(3)
    [one] = students(women=1)
    stay = name_guest(batch, one, now=NOW)

    cancel_batch(batch, now=NOW, actor=officer)

    stay.refresh_from_db()
    assert stay.status == "confirmed"
    assert BedNight.objects.live().count() == 3
    assert balance(Batch.objects.get(), NOW).state == "cancelled"


def test_or_its_stays_end_too_and_the_guests_are_told_by_the_house(allotted, officer, students):
    batch = allotted(3)
    one, two = students(women=2)
    name_guest(batch, one, now=NOW)
    cancel(name_guest(batch, two, now=NOW), now=NOW)

    cancel_batch(batch, now=NOW, actor=officer, end_stays=True)

    assert list(Stay.objects.order_by("pk").values_list("cancel_cause", flat=True)) == ["HOUSE", "GUEST"]
    assert Letter.objects.filter(kind="batch_ended", person=one).count() == 1
    with pytest.raises(Refused) as no:
        cancel_batch(batch, now=NOW, actor=officer)
    assert no.value.code == "BATCH_OVER"


@pytest.mark.postgres
def test_who_looked_for_a_bed_before_it_was_allotted_is_not_given_it_after(officer, hostel, people):
    """What the question did not see any more, the database does: whoever wrote first has the bed."""
    now = timezone.now()
    today = business_day(now)
    born, graduation = date(today.year - 24, 1, 2), f"{today.year - 1}-06"
    guest = people("林小满", "female", birth_date=born, graduation=graduation)
    nights = Nights(today + timedelta(days=1), today + timedelta(days=2))
    about = {"applicant": "school", "organisation": "安徽大学", "purpose": "exam", "release_on": nights.arrival}
    seen = free_beds(hostel, nights, "female", now)[0]
    batch = allot(hostel=hostel, nights=nights, beds=[seen], now=now, actor=officer, **about)
    stay = book(guest=guest, hostel=hostel, nights=nights, purpose="exam", now=now)

    with pytest.raises(IntegrityError, match="its guests alone"), transaction.atomic():
        stay.bed_nights.update(bed=seen, room=seen.room)

    release(batch, now=now, actor=officer)
    assert stay.bed_nights.update(bed=seen, room=seen.room) == 1
