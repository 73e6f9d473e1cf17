from datetime import date, timedelta

import pytest

from accounts.models import Deed, Letter
from bookings.actions import actions
from bookings.allowance import allowance_of
from bookings.booking import book, confirm
from bookings.cancelling import cancel
from bookings.holding import end_holds, extend_hold
from bookings.models import BedNight, Stay
from eligibility.models import Assessment
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment, undone

WEEKEND = Nights(FRIDAY, SUNDAY)


def wish(guest, hostel, nights=WEEKEND, **said):
    return book(**{"guest": guest, "hostel": hostel, "nights": nights, "purpose": "interview", "now": NOW} | said)


def left(person, network):
    return next(cap.left for cap in allowance_of(person, network, NOW) if cap.code == "NIGHTS")


def test_a_guest_is_promised_one_bed_for_all_nights(hostel, lin):
    stay = wish(lin, hostel)

    assert stay.status == "confirmed"
    assert [bed_night.night for bed_night in stay.bed_nights.order_by("night")] == [FRIDAY, SATURDAY]
    assert stay.bed_nights.values("bed").distinct().count() == 1
    assert {night.price_class for night in stay.bed_nights.all()} == {"free"}
    assert {night.rate_fen for night in stay.bed_nights.all()} == {9800}


def test_the_booking_tells_the_guest_and_is_on_the_record(hostel, lin):
    stay = wish(lin, hostel, actor=lin.user)

    letter = Letter.objects.get(about=stay.code)
    assert (letter.kind, letter.person) == ("booked", lin)
    deed = Deed.objects.get(about=stay.code)
    assert (deed.what, deed.actor, deed.person, deed.hostel) == ("book", lin.user, lin, hostel)
    assert stay.assessment.outcome == "yes"


def test_a_guest_may_arrive_on_the_day_another_leaves(hostel, lin, people):
    only_one_bed_for_women(hostel)
    wish(lin, hostel)

    stay = wish(people("周梅", "female"), hostel, Nights(SUNDAY, MONDAY))

    assert str(stay.bed_nights.get().bed) == "201-1"


def only_one_bed_for_women(hostel):
    """Close every bed of the house but one in a room for women."""
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="201", number=1).update(valid_until=date(2026, 1, 1))


def test_women_and_men_are_never_put_into_one_room(hostel, people):
    """Twenty guests take turns; whatever the order, no room has both on one night."""
    for number in range(10):
        wish(people(f"女客{'一二三四五六七八九十'[number]}", "female"), hostel)
        wish(people(f"男客{'一二三四五六七八九十'[number]}", "male"), hostel)

    for room in Room.objects.filter(hostel=hostel):
        assert len(set(room.bed_nights.values_list("guest__gender", flat=True))) <= 1


def test_a_full_house_says_so_with_stays_that_can_be_booked_as_they_stand(hostel, lin, people):
    only_one_bed_for_women(hostel)
    wish(people("周梅", "female"), hostel, Nights(SATURDAY, SUNDAY))

    with pytest.raises(Refused) as no:
        wish(lin, hostel)

    assert no.value.code == "FULL"
    kinds = [each.kind for each in no.value.alternatives]
    assert kinds.count("nearby") == 3
    assert {"shorter", "shifted"} <= set(kinds)
    for each in no.value.alternatives:
        if each.kind != "waitlist":
            with undone():
                assert wish(lin, each.hostel, Nights(each.arrival, each.departure)).status == "confirmed"


def test_a_refusal_leaves_nothing_behind_but_its_reasons(hostel, people):
    old = people("高龄", "male", birth_date=date(1980, 1, 1))

    with pytest.raises(Refused) as no:
        wish(old, hostel)

    assert no.value.code == "AGE"
    assert not Stay.objects.exists()
    assert not Letter.objects.exists()
    kept = Assessment.objects.get()
    assert (kept.person, kept.outcome, kept.about, kept.code) == (old, "no", "", no.value.assessment)
    assert [verdict["code"] for verdict in kept.verdicts if verdict["verdict"] == "not_met"] == ["AGE"]


def test_all_reasons_are_said_at_once(hostel, people):
    neighbour = people(
        "近邻", "male", birth_date=date(1980, 1, 1), home_in_district=True, education="secondary_vocational"
    )

    with pytest.raises(Refused) as no:
        wish(neighbour, hostel)

    refused = [reason.code for reason in no.value.reasons if reason.verdict == "not_met"]
    assert set(refused) == {"AGE", "LOCAL", "EDUCATION"}
    assert [reason.verdict for reason in no.value.reasons][: len(refused)] == ["not_met"] * 3


def test_who_has_not_said_who_they_are_is_asked_to(hostel, lin):
    lin.document_hash = None
    lin.save()

    with pytest.raises(Refused) as no:
        wish(lin, hostel)

    assert no.value.code == "IDENTITY"


def test_a_house_for_groups_takes_no_single_guest(lin):
    with pytest.raises(Refused) as no:
        wish(lin, Hostel.objects.get(slug="linhu"))

    assert no.value.code == "GROUP_ONLY"


def test_the_same_nights_are_not_booked_twice_in_another_house(hostel, lin):
    wish(lin, hostel)

    with pytest.raises(Refused) as no:
        wish(lin, Hostel.objects.get(slug="mudu"), Nights(SATURDAY, MONDAY))

    assert no.value.code == "OVERLAP"


def test_free_nights_are_counted_over_the_network_and_return_on_cancelling(hostel, lin, wuzhong):
    mudu = Hostel.objects.get(slug="mudu")
    first = wish(lin, hostel, Nights(FRIDAY, MONDAY))
    wish(lin, mudu, Nights(MONDAY, MONDAY + timedelta(days=3)))
    assert left(lin, wuzhong) == 1

    with pytest.raises(Refused) as no:
        wish(lin, hostel, Nights(date(2026, 3, 20), date(2026, 3, 22)))
    assert no.value.code == "NIGHTS"

    cancel(first, now=NOW)
    assert left(lin, wuzhong) == 4
    assert wish(lin, hostel, Nights(date(2026, 3, 20), date(2026, 3, 22))).status == "confirmed"


def test_nights_after_the_free_ones_are_had_at_half_price_by_who_accepts_it(hostel, lin):
    five = Nights(FRIDAY, FRIDAY + timedelta(days=5))

    with pytest.raises(Refused) as no:
        wish(lin, hostel, five)
    assert no.value.code in ("NIGHTS", "STAY_NIGHTS")

    stay = wish(lin, hostel, five, accept_price=True)
    nights = stay.bed_nights.order_by("night").values_list("price_class", "price_fen")
    assert list(nights) == [("free", 0)] * 3 + [("priced", 4900)] * 2


def test_a_bed_out_of_service_is_given_to_nobody(hostel, lin):
    only_one_bed_for_women(hostel)
    bed = Bed.objects.get(room__hostel=hostel, room__number="201", number=1)
    bed.closures.create(first_night=SATURDAY, until=SUNDAY, reason="repair", written_at=NOW)

    with pytest.raises(Refused) as no:
        wish(lin, hostel)

    assert no.value.code == "FULL"


# --- holds


def test_a_hold_keeps_the_bed_for_ten_minutes_and_confirming_makes_it_a_promise(hostel, lin):
    stay = wish(lin, hostel, hold=True)
    assert (stay.status, stay.held_until) == ("held", NOW + timedelta(minutes=10))
    assert not Letter.objects.exists()

    stay = confirm(stay, now=NOW + timedelta(minutes=9))

    assert stay.status == "confirmed"
    assert Letter.objects.get().kind == "booked"


def test_a_hold_whose_time_is_over_reads_cancelled_although_no_task_has_run(hostel, lin):
    stay = wish(lin, hostel, hold=True)
    later = NOW + timedelta(minutes=10)

    assert stay.state(later) == "cancelled"
    assert left(lin, hostel.network) == 5
    assert [cap.left for cap in allowance_of(lin, hostel.network, later) if cap.code == "NIGHTS"] == [7]
    with pytest.raises(Refused) as no:
        confirm(stay, now=later)
    assert no.value.code == "HOLD_ENDED"


def test_a_later_taker_replaces_a_hold_that_nobody_closed(hostel, lin, people):
    only_one_bed_for_women(hostel)
    held = wish(lin, hostel, hold=True)
    mei = people("周梅", "female")

    with pytest.raises(Refused):
        wish(mei, hostel, now=NOW + timedelta(minutes=9))
    stay = wish(mei, hostel, now=NOW + timedelta(minutes=10))

    assert stay.status == "confirmed"
    held.refresh_from_db()
    assert (held.status, held.cancel_cause, held.cancelled_at) == ("cancelled", "HOLD_ENDED", held.held_until)


def test_a_hold_of_the_other_gender_does_not_close_a_flexible_room_for_longer_than_its_time(hostel, lin, chen):
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="203").update(valid_until=date(2026, 1, 1))
    wish(lin, hostel, hold=True)

    with pytest.raises(Refused):
        wish(chen, hostel)
    assert wish(chen, hostel, now=NOW + timedelta(minutes=11)).status == "confirmed"


def test_a_person_holds_one_bed_at_a_time(hostel, lin):
    first = wish(lin, hostel, hold=True)
    second = wish(lin, Hostel.objects.get(slug="mudu"), hold=True)

    first.refresh_from_db()
    assert (first.status, second.status) == ("cancelled", "held")
    assert BedNight.objects.live().filter(guest=lin).count() == 2


def test_a_hold_is_made_longer_once(hostel, lin):
    stay = extend_hold(wish(lin, hostel, hold=True), now=NOW)
    assert stay.held_until == NOW + timedelta(minutes=20)

    with pytest.raises(Refused) as no:
        extend_hold(stay, now=NOW)
    assert no.value.code == "EXTENDED"


def test_ending_holds_twice_ends_each_once(hostel, lin, chen):
    wish(lin, hostel, hold=True)
    wish(chen, hostel, hold=True, now=NOW + timedelta(minutes=5))

    assert end_holds(NOW + timedelta(minutes=12)) == 1
    assert end_holds(NOW + timedelta(minutes=12)) == 0
    assert end_holds(NOW + timedelta(minutes=30)) == 1
    assert not BedNight.objects.live().exists()


def test_confirming_asks_the_rules_again(hostel, lin):
    stay = wish(lin, hostel, hold=True)
    lin.home_in_district = True
    lin.save()

    with pytest.raises(Refused) as no:
        confirm(stay, now=NOW)

    assert no.value.code == "LOCAL"
    stay.refresh_from_db()
    assert stay.status == "held"


# --- cancelling


def test_cancelling_gives_the_bed_and_the_nights_back_at_once(hostel, lin, wuzhong):
    stay = wish(lin, hostel)
    assert left(lin, wuzhong) == 5

    stay = cancel(stay, now=NOW, actor=lin.user)

    assert (stay.status, stay.cancel_cause) == ("cancelled", "GUEST")
    assert left(lin, wuzhong) == 7
    assert Letter.objects.filter(kind="cancelled").count() == 1


def test_one_may_cancel_until_the_moment_the_bed_is_kept_for_and_not_after(hostel, lin):
    stay = wish(lin, hostel)
    assert stay.kept_until == moment(FRIDAY, 23)
    assert actions(stay, moment(FRIDAY, 22, 59))["cancel"].ok

    late = actions(stay, moment(FRIDAY, 23))["cancel"]
    assert (late.ok, late.reason.code) == (False, "CUT_OFF")
    with pytest.raises(Refused):
        cancel(stay, now=moment(FRIDAY, 23))


def test_who_books_late_is_waited_for_two_hours(hostel, lin):
    stay = wish(lin, hostel, now=moment(FRIDAY, 22, 30))

    assert stay.kept_until == moment(SATURDAY, 0, 30)


def test_at_half_past_one_tonight_is_still_the_evening_before(hostel, lin):
    stay = wish(lin, hostel, Nights(FRIDAY, SATURDAY), now=moment(SATURDAY, 1, 30))

    assert stay.arrival == FRIDAY
    with pytest.raises(Refused) as no:
        wish(lin, hostel, Nights(FRIDAY, SATURDAY), now=moment(SATURDAY, 6))
    assert "WINDOW" in [reason.code for reason in no.value.reasons if reason.verdict == "not_met"]


def test_cancelling_twice_says_what_the_stay_is(hostel, lin):
    stay = cancel(wish(lin, hostel), now=NOW)

    with pytest.raises(Refused) as no:
        cancel(stay, now=NOW)

    assert no.value.code == "STATE"
    assert "已取消" in no.value.reasons[0].sentence.say("zh-hans")


def test_tonight_s_cancelled_bed_can_be_booked_by_somebody_else(hostel, lin, people):
    only_one_bed_for_women(hostel)
    tonight = Nights(FRIDAY, SATURDAY)
    cancel(wish(lin, hostel, tonight), now=NOW)

    assert wish(people("周梅", "female"), hostel, tonight).status == "confirmed"


def test_a_cancelled_bed_of_another_night_can_be_booked_from_the_public_hour_on(hostel, lin, people):
    only_one_bed_for_women(hostel)
    tomorrow, mei = Nights(SATURDAY, SUNDAY), people("周梅", "female")
    cancel(wish(lin, hostel, tomorrow), now=NOW)

    with pytest.raises(Refused) as no:
        wish(mei, hostel, tomorrow, now=moment(FRIDAY, 11, 59))
    assert no.value.code == "FULL"
    assert wish(mei, hostel, tomorrow, now=moment(FRIDAY, 12)).status == "confirmed"


@pytest.mark.parametrize("reason_of", ["cancel", "confirm", "check_in", "check_out", "no_show", "extend_hold"])
def test_every_act_that_is_not_possible_says_why_in_both_languages(reason_of, hostel, lin):
    stay = cancel(wish(lin, hostel), now=NOW)

    action = actions(stay, NOW)[reason_of]

    assert not action.ok
    told = action.reason.as_data()
    assert told["sentence_zh"] != told["sentence_en"]
