"""Friends who travel together: both or neither, each by their own rules, one code for all."""

from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.models import Deed, Letter
from bookings.actions import actions
from bookings.awaiting import look_again
from bookings.booking import book, confirm
from bookings.cancelling import cancel
from bookings.desk import due_in_matching
from bookings.holding import end_holds
from bookings.locking import locked
from bookings.models import BedNight, Party, Stay
from bookings.parties import Member, book_party, cancel_party, friend_named
from eligibility.models import Assessment
from eligibility.reasons import Refused
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SUNDAY, TUESDAY, moment, resident_number

TWO = Nights(SUNDAY, TUESDAY)
# Statements. On PostgreSQL the house is read again, in five, once its row and its beds are locked; but each decision is
# written with its stay, and all letters with the record.
EACH, FOR_ALL = (5, 18) if connection.vendor == "postgresql" else (6, 14)


def travel(hostel, *guests, nights=TWO, **how):
    how = {"now": NOW, "members": [Member(guest, "interview") for guest in guests], "made_by": guests[0]} | how
    return book_party(hostel=hostel, nights=nights, **how)


def stays_of(party):
    return list(party.stays.order_by("pk"))


@pytest.fixture
def mei(people, wuzhong):
    return people("周梅", "female")


# --- both or neither ------------------------------------------------------------------------------------------------
def test_each_has_a_stay_and_a_bed_of_their_own_and_all_share_one_code(hostel, lin, chen):
    party = travel(hostel, lin, chen)

    stays = stays_of(party)
    assert [(stay.guest, stay.status) for stay in stays] == [(lin, "confirmed"), (chen, "confirmed")]
    assert len({stay.code for stay in stays} | {party.code}) == 3
    assert len(set(BedNight.objects.live().values_list("bed", flat=True))) == 2
    assert BedNight.objects.live().count() == 4


def test_a_friend_who_let_a_hold_run_out_comes_along(hostel, lin, chen):
    elsewhere = Hostel.objects.get(slug="shihu")
    book(guest=chen, hostel=elsewhere, nights=TWO, purpose="interview", now=NOW, hold=True)

    party = travel(hostel, lin, chen, now=NOW + timedelta(minutes=10))

    assert [stay.status for stay in stays_of(party)] == ["confirmed", "confirmed"]


def test_the_desk_finds_all_of_them_by_the_party_s_code_and_each_by_their_own(hostel, lin, chen):
    party = travel(hostel, lin, chen)
    first, second = stays_of(party)

    assert due_in_matching(hostel, party.code, NOW) == [first, second]
    assert due_in_matching(hostel, second.code.lower(), NOW) == [second]


def test_who_books_is_told_and_so_is_the_friend_and_by_whom(hostel, lin, chen):
    party = travel(hostel, lin, chen)

    own, of_the_friend = Letter.objects.order_by("person__name").filter(person__in=[lin, chen])
    assert {own.kind, of_the_friend.kind} == {"booked", "booked_with"}
    letter = Letter.objects.get(person=chen)
    assert (letter.values["who"], letter.values["party"]) == ("林**", party.code)
    assert Deed.objects.filter(what="book_party", about=party.code, person=lin).count() == 1
    assert Deed.objects.filter(what="book", person__in=[lin, chen]).count() == 2


def test_one_who_may_not_stay_refuses_all_and_it_is_said_who(hostel, lin, people):
    at_home = people("周梅", "female", home_in_district=True)

    with pytest.raises(Refused) as no:
        travel(hostel, lin, at_home)

    [reason] = no.value.reasons
    assert (no.value.code, reason.code) == ("LOCAL", "LOCAL")
    assert reason.sentence.say("en").startswith("周*")
    assert not Stay.objects.exists()
    assert not Party.objects.exists()
    assert Assessment.objects.filter(person=at_home, outcome="no").exists()


def test_what_a_friend_said_or_booked_is_not_told_to_who_books(hostel, lin, chen):
    elsewhere = book(guest=chen, hostel=hostel, nights=TWO, purpose="exam", now=NOW)

    with pytest.raises(Refused) as no:
        travel(hostel, lin, chen)

    [reason] = no.value.reasons
    assert reason.code == "OVERLAP"
    told = f"{reason.as_data()}"
    assert elsewhere.code not in told
    assert hostel.name_zh not in told
    assert reason.value_used is None


def test_one_s_own_reasons_are_told_in_full(hostel, lin, chen):
    mine = book(guest=lin, hostel=hostel, nights=TWO, purpose="exam", now=NOW)

    with pytest.raises(Refused) as no:
        travel(hostel, lin, chen)

    [reason] = no.value.reasons
    assert (reason.code, reason.value_used) == ("OVERLAP", mine.code)
    assert no.value.assessment == Assessment.objects.get(person=lin, outcome="no").code


def test_both_are_named_where_both_may_not(hostel, people):
    one, other = (people(name, "female", home_in_district=True) for name in ("周梅", "吴兰"))

    with pytest.raises(Refused) as no:
        travel(hostel, one, other)

    assert [reason.sentence.say("zh-hans")[:2] for reason in no.value.reasons] == ["周*", "吴*"]


@pytest.mark.parametrize("friends", [0, 4])
def test_a_party_is_two_to_four(friends, hostel, lin, people):
    with pytest.raises(Refused) as no:
        travel(hostel, lin, *(people("周梅", "female") for _ in range(friends)))

    assert no.value.code == "PARTY"


def test_nobody_is_twice_in_a_party_and_who_books_is_in_it(hostel, lin, chen, mei):
    for members, made_by in (([lin, lin], lin), ([lin, chen], mei)):
        with pytest.raises(Refused) as no:
            travel(hostel, *members, made_by=made_by)
        assert no.value.code == "PARTY"


def test_each_friend_more_costs_as_much_as_a_booking(hostel, people, django_assert_num_queries):
    one, two, three, four, five = (people("周梅", "female") for _ in range(5))
    travel(hostel, one, two)  # the policy is read once in each process

    with django_assert_num_queries(EACH * 2 + FOR_ALL):
        travel(hostel, three, four, nights=Nights(MONDAY, TUESDAY))
    cancel_party(Party.objects.last(), now=NOW)
    with django_assert_num_queries(EACH * 3 + FOR_ALL):
        travel(hostel, three, four, five, nights=Nights(SUNDAY, MONDAY))


# --- one room -------------------------------------------------------------------------------------------------------
def test_women_and_men_share_a_room_only_where_it_is_theirs_alone(hostel, lin, chen):
    with pytest.raises(Refused) as no:
        travel(hostel, lin, chen, together=True)
    assert no.value.code == "PARTY"

    party = travel(hostel, lin, chen, alone=True)
    assert {row.sharing for row in BedNight.objects.live()} == {party.code}
    assert len(set(BedNight.objects.live().values_list("room", flat=True))) == 1
    assert party.together


def test_friends_who_want_one_room_get_one(hostel, lin, mei):
    travel(hostel, lin, mei, together=True)

    assert len(set(BedNight.objects.live().values_list("room", flat=True))) == 1


# --- a proof of one is waited for by all -----------------------------------------------------------------------------
@pytest.fixture
def one_waits(wuzhong, hostel, lin, chen, in_force):
    """Chen's home is for a person to look at; Lin fits."""
    in_force(change=lambda rules: _asks_about_home(rules))
    chen.home_in_district = True
    chen.save()
    return travel(hostel, lin, chen)


def _asks_about_home(rules):
    for rule in rules["rules"]:
        if rule["kind"] == "home":
            rule["otherwise"] = "ask"
    return rules


def test_while_one_waits_nobody_is_promised_a_bed_and_all_have_one_deadline(one_waits, lin, chen):
    mine, theirs = stays_of(one_waits)

    assert [(stay.status, stay.awaits) for stay in (mine, theirs)] == [("held", "party"), ("held", "review")]
    assert mine.held_until == theirs.held_until
    assert Letter.objects.get(person=lin).kind == "held_for_party"
    assert actions(mine, NOW)["confirm"].reason.code == "AWAITS"
    with pytest.raises(Refused):
        confirm(mine, now=NOW)


def test_all_are_confirmed_when_the_last_one_is(one_waits, chen):
    mine, theirs = stays_of(one_waits)
    chen.home_in_district = False
    chen.save()

    look_again(locked(theirs), now=NOW)

    assert [stay.status for stay in stays_of(one_waits)] == ["confirmed", "confirmed"]
    assert Letter.objects.filter(kind="booked").count() == 2


def test_when_the_time_is_over_nobody_has_a_bed(one_waits):
    later = stays_of(one_waits)[0].held_until

    assert end_holds(later) == 2
    assert not BedNight.objects.live().exists()


def test_who_waited_for_one_who_gives_up_has_a_day_to_say_what_they_want(one_waits, lin):
    mine, theirs = stays_of(one_waits)

    cancel(theirs, now=NOW)

    mine.refresh_from_db()
    assert (mine.status, mine.awaits) == ("held", "")
    assert Letter.objects.filter(person=lin, kind="party_held").count() == 1
    assert confirm(mine, now=NOW).status == "confirmed"


# --- giving back ----------------------------------------------------------------------------------------------------
def test_one_act_gives_every_bed_back(hostel, lin, chen):
    party = travel(hostel, lin, chen)

    cancel_party(party, now=NOW, actor=lin.user)

    assert [stay.status for stay in stays_of(party)] == ["cancelled", "cancelled"]
    assert not BedNight.objects.live().exists()
    assert Letter.objects.filter(kind="cancelled").count() == 2
    assert not Letter.objects.filter(kind="party_smaller").exists()


def test_one_alone_may_give_back_and_the_other_is_told_and_stays(hostel, lin, chen):
    party = travel(hostel, lin, chen)
    mine, theirs = stays_of(party)

    cancel(theirs, now=NOW, actor=chen.user)

    mine.refresh_from_db()
    assert mine.status == "confirmed"
    assert Letter.objects.get(person=lin, kind="party_smaller").values["who"] == "陈**"


def test_what_was_given_back_already_is_not_in_the_way_but_nothing_left_is_refused(hostel, lin, chen):
    party = travel(hostel, lin, chen)
    cancel(stays_of(party)[1], now=NOW)

    cancel_party(party, now=NOW)
    with pytest.raises(Refused) as no:
        cancel_party(party, now=NOW)

    assert no.value.code == "STATE"


def test_after_the_bed_was_kept_until_nothing_is_given_back(hostel, lin, chen):
    party = travel(hostel, lin, chen)

    with pytest.raises(Refused) as no:
        cancel_party(party, now=moment(SUNDAY, 23))

    assert no.value.code == "CUT_OFF"


# --- naming a friend --------------------------------------------------------------------------------------------------
def named(name, number, now=NOW, **by):
    return friend_named(name=name, document_kind="resident", document_number=number, now=now, **by)


def test_a_friend_is_found_by_name_and_document(chen):
    assert named(" 陈一舟 ", chen.document) == chen


def test_an_unknown_document_and_another_name_are_refused_in_the_same_words(chen):
    unknown = resident_number(date(2001, 1, 1), "male", 400)

    answers = []
    for name, number in (("陈一舟", unknown), ("陈一帆", chen.document)):
        with pytest.raises(Refused) as no:
            named(name, number)
        answers.append(no.value.reasons[0].as_data())

    assert answers[0] == answers[1]
    assert answers[0]["code"] == "FRIEND"


def test_who_tries_numbers_is_on_record_and_soon_stopped(lin, chen):
    for _ in range(10):
        with pytest.raises(Refused):
            named("陈一帆", chen.document, actor=lin.user)
    assert Deed.objects.filter(what="look_for_friend", actor=lin.user).count() == 10

    with pytest.raises(Refused) as no:
        named("陈一舟", chen.document, actor=lin.user)

    assert no.value.code == "TOO_OFTEN"
    assert named("陈一舟", chen.document, actor=chen.user) == chen
    assert named("陈一舟", chen.document, now=NOW + timedelta(hours=2), actor=lin.user) == chen


def test_a_number_that_does_not_read_is_said(db):
    with pytest.raises(Refused) as no:
        named("陈一舟", "123")

    assert no.value.code == "IDENTITY"


def test_a_friend_s_hold_is_not_let_go_by_somebody_else(hostel, lin, chen):
    held = book(guest=chen, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW, hold=True)

    with pytest.raises(Refused):
        travel(hostel, lin, chen)
    travel(hostel, lin, chen, nights=Nights(MONDAY, TUESDAY))

    held.refresh_from_db()
    assert held.status == "held"
