"""Stays that become longer or shorter."""

from datetime import timedelta

import pytest
from django.db.models.signals import post_init

from accounts.models import Deed, Letter, Person
from bookings.actions import actions
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.changing import change_dates, extend, overstay, shift, shorten
from bookings.desk import check_in, check_out
from bookings.models import BedNight, Stay, TurnAway
from bookings.night_audit import audit
from eligibility.models import Assessment
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="interview", now=NOW)


def nights_of(stay):
    return list(stay.bed_nights.live().order_by("night").values_list("night", "price_class", "price_fen"))


def codes(no):
    return [reason.code for reason in no.value.reasons if reason.verdict == "not_met"]


def test_a_stay_becomes_longer_in_the_bed_it_has(stay):
    bed = stay.bed_nights.first().bed

    longer = extend(stay, departure=MONDAY, now=NOW)

    assert (longer.departure, longer.assessment.act, longer.assessment.about) == (MONDAY, "extend", stay.code)
    assert [night for night, _class, _fen in nights_of(longer)] == [FRIDAY, SATURDAY, SUNDAY]
    assert set(longer.bed_nights.values_list("bed", flat=True)) == {bed.pk}
    assert Letter.objects.filter(kind="extended").count() == 1
    assert Deed.objects.get(what="extend").values == {"nights": 1}


@pytest.mark.parametrize("change", [extend, overstay, shift])
def test_an_own_hold_whose_time_is_over_is_in_nobody_s_way_also_where_no_job_runs(change, stay, hostel):
    """Elsewhere in the network, for a night that is added now."""
    elsewhere = Hostel.objects.get(slug="shihu")
    held = book(
        guest=stay.guest, hostel=elsewhere, nights=Nights(SUNDAY, MONDAY), purpose="interview", now=NOW, hold=True
    )
    later, how = NOW + timedelta(minutes=11), {"departure": MONDAY}
    if change == shift:
        how = {"nights": Nights(SATURDAY, MONDAY)}
    if change == overstay:
        check_in(stay, compared=True, now=later)
        later = moment(SUNDAY, 13)

    changed = change(stay, now=later, **how)

    assert changed.departure == MONDAY
    held.refresh_from_db()
    assert (held.status, held.cancel_cause) == ("cancelled", "HOLD_ENDED")


def test_a_stay_of_one_night_says_beforehand_that_it_can_t_be_shorter(stay):
    assert actions(stay, NOW)["shorten"].ok
    shorter = shorten(stay, departure=SATURDAY, now=NOW)

    action = actions(shorter, NOW)["shorten"]

    assert (action.ok, action.reason.code) == (False, "DATES")


def test_in_the_last_night_the_stay_can_t_be_shorter(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    stay.refresh_from_db()

    assert actions(stay, moment(FRIDAY, 22))["shorten"].ok
    assert actions(stay, moment(SATURDAY, 22))["shorten"].reason.code == "DATES"


def test_the_nights_after_the_free_ones_are_had_at_a_price_by_who_accepts_it(stay):
    with pytest.raises(Refused) as no:
        extend(stay, departure=TUESDAY, now=NOW)
    assert codes(no) == ["NIGHTS"]

    longer = extend(stay, departure=TUESDAY, now=NOW, accept_price=True)

    assert nights_of(longer)[2:] == [(SUNDAY, "free", 0), (MONDAY, "priced", 4900)]


def test_a_refused_extension_changes_nothing_and_is_kept(stay):
    before = nights_of(stay)

    with pytest.raises(Refused) as no:
        extend(stay, departure=FRIDAY + timedelta(days=8), now=NOW, accept_price=True)

    assert codes(no) == ["STAY_NIGHTS"]
    stay.refresh_from_db()
    assert (stay.departure, nights_of(stay)) == (SUNDAY, before)
    kept = Assessment.objects.get(code=no.value.assessment)
    assert (kept.act, kept.outcome) == ("extend", "no")


@pytest.fixture
def crowded(stay, hostel, people, in_bed):
    """Lin is in house in 301-1; from Sunday on somebody is in house in her bed, and the two left are one apart."""
    kept = Bed.objects.filter(room__hostel=hostel, room__number__in=["301", "303"])
    Bed.objects.filter(room__hostel=hostel).exclude(pk__in=kept).update(valid_until=FRIDAY)
    in_bed(stay, "301-1")
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    zhou = book(guest=people("周可", "female"), hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=NOW)
    in_bed(zhou, "301-1")
    Stay.objects.filter(pk=zhou.pk).update(checked_in_at=NOW)
    return stay


def test_who_has_not_come_yet_gets_another_bed_for_all_nights_rather_than_a_refusal(stay, hostel, people, in_bed):
    in_bed(stay, "301-1")
    zhou = book(guest=people("周可", "female"), hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=NOW)
    in_bed(zhou, "301-1")
    Stay.objects.filter(pk=zhou.pk).update(checked_in_at=NOW)

    longer = extend(stay, departure=MONDAY, now=NOW)

    [bed] = set(longer.bed_nights.live().values_list("bed", flat=True))
    assert bed != zhou.bed_nights.get().bed_id
    assert longer.bed_nights.live().count() == 3


def test_where_the_bed_is_taken_the_refusal_says_what_else_there_is(crowded):
    before = nights_of(crowded)

    with pytest.raises(Refused) as no:
        extend(crowded, departure=MONDAY, now=moment(SATURDAY, 9))

    assert no.value.code == "FULL"
    assert no.value.alternatives[0].kind == "change_of_bed"
    assert {choice.arrival for choice in no.value.alternatives} == {SUNDAY}
    assert {choice.kind for choice in no.value.alternatives} == {"change_of_bed", "nearby", "waitlist"}
    assert nights_of(crowded) == before
    assert [away.night for away in TurnAway.objects.all()] == [SUNDAY]


def test_who_agrees_changes_beds_with_the_first_night_that_is_added_and_is_told(crowded):
    longer = extend(crowded, departure=MONDAY, now=moment(SATURDAY, 9), change_of_bed=True)

    beds = [str(night.bed) for night in longer.bed_nights.live().order_by("night").select_related("bed__room")]
    assert beds[:2] == ["301-1", "301-1"]
    assert beds[2] != "301-1"
    told = Letter.objects.get(kind="extended_in_another")
    assert told.values["bed"] == beds[2]
    assert Deed.objects.get(what="extend").values == {"nights": 1, "bed": beds[2]}


def test_a_full_house_has_no_other_bed_to_offer(crowded, hostel):
    Bed.objects.filter(room__hostel=hostel).exclude(room__number="301", number=1).update(valid_until=SUNDAY)

    with pytest.raises(Refused) as no:
        extend(crowded, departure=MONDAY, now=moment(SATURDAY, 9), change_of_bed=True)

    assert no.value.code == "FULL"
    assert {choice.kind for choice in no.value.alternatives} == {"nearby", "waitlist"}


def test_who_is_in_house_can_stay_on_and_the_notice_does_not_stand_against_it(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    longer = extend(stay, departure=MONDAY, now=moment(SATURDAY, 9))

    assert (longer.status, longer.departure) == (Stay.Status.IN_HOUSE, MONDAY)
    assert longer.assessment.outcome == "yes"


def test_a_room_for_one_alone_stays_with_its_guest(hostel, chen):
    Room.objects.filter(hostel=hostel).update(guests="any")
    stay = book(guest=chen, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="interview", now=NOW)

    longer = extend(stay, departure=SUNDAY, now=NOW)

    assert set(longer.bed_nights.values_list("sharing", flat=True)) == {stay.code}


@pytest.mark.parametrize("departure", [FRIDAY, SATURDAY, SUNDAY])
def test_an_extension_has_a_night_to_add(stay, departure):
    with pytest.raises(Refused) as no:
        extend(stay, departure=departure, now=NOW)

    assert no.value.code == "DATES"


def test_what_is_over_is_not_extended_or_shortened(stay):
    cancel(stay, now=NOW)

    for change in (lambda: extend(stay, departure=MONDAY, now=NOW), lambda: shorten(stay, departure=SATURDAY, now=NOW)):
        with pytest.raises(Refused) as no:
            change()
        assert no.value.code == "STATE"


def test_a_shorter_stay_gives_its_nights_back_at_once(stay):
    shorter = shorten(stay, departure=SATURDAY, now=NOW)

    assert (shorter.departure, [night for night, *_rest in nights_of(shorter)]) == (SATURDAY, [FRIDAY])
    assert BedNight.objects.get(night=SATURDAY).released_at == NOW
    assert Deed.objects.get(what="shorten").values == {"returned": 1}


@pytest.mark.parametrize("departure", [FRIDAY, SUNDAY, MONDAY])
def test_a_shorter_stay_keeps_a_night_and_loses_one(stay, departure):
    with pytest.raises(Refused) as no:
        shorten(stay, departure=departure, now=NOW)

    assert no.value.code == "DATES"


def test_the_night_that_has_begun_is_not_given_back_by_shortening(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    with pytest.raises(Refused) as no:
        shorten(stay, departure=SATURDAY, now=moment(SATURDAY, 22))

    assert no.value.code == "DATES"


def test_a_bed_that_waits_for_a_proof_can_be_had_for_fewer_nights_and_goes_on_waiting(stay):
    Stay.objects.update(confirmed_at=None, held_until=NOW + timedelta(hours=5), awaits="proof")

    shorter = shorten(stay, departure=SATURDAY, now=NOW)

    assert (shorter.departure, shorter.status, shorter.awaits) == (SATURDAY, "held", "proof")


def test_a_bed_that_is_held_for_minutes_or_whose_time_is_over_is_not_shortened(stay):
    for held in ({"awaits": ""}, {"awaits": "proof", "held_until": NOW}):
        Stay.objects.update(**({"confirmed_at": None, "held_until": NOW + timedelta(hours=5)} | held))

        with pytest.raises(Refused) as no:
            shorten(stay, departure=SATURDAY, now=NOW)
        assert no.value.code == "STATE"


def test_new_dates_extend_shorten_or_shift(stay):
    assert change_dates(stay, arrival=FRIDAY, departure=SUNDAY, now=NOW) == stay
    longer = change_dates(stay, arrival=FRIDAY, departure=MONDAY, now=NOW)
    assert longer.departure == MONDAY
    shorter = change_dates(longer, arrival=FRIDAY, departure=SATURDAY, now=NOW)
    assert shorter.departure == SATURDAY
    moved = change_dates(shorter, arrival=SATURDAY, departure=MONDAY, now=NOW)
    assert moved.nights == Nights(SATURDAY, MONDAY)


# --- on other days
def test_a_stay_is_on_other_days_under_the_same_code(stay):
    before = stay.kept_until
    bed = stay.bed_nights.first().bed_id

    shifted = shift(stay, nights=Nights(SATURDAY, TUESDAY), now=NOW)

    assert (shifted.code, shifted.nights) == (stay.code, Nights(SATURDAY, TUESDAY))
    assert [night for night, *_rest in nights_of(shifted)] == [SATURDAY, SUNDAY, MONDAY]
    assert set(shifted.bed_nights.live().values_list("bed", flat=True)) == {bed}
    assert shifted.kept_until == before + timedelta(days=1)
    assert shifted.bed_nights.filter(released_at=NOW).count() == 2
    assert (shifted.assessment.act, shifted.assessment.about) == ("shift", stay.code)
    told = Letter.objects.get(kind="shifted")
    assert told.values["arrival"] == {"day": SATURDAY.isoformat()}
    assert Deed.objects.get(what="shift").values == {"before": [FRIDAY.isoformat(), SUNDAY.isoformat()], "nights": 3}


def test_the_nights_of_the_stay_do_not_stand_against_its_other_days(lin, hostel):
    four = Nights(FRIDAY, FRIDAY + timedelta(days=4))
    stay = book(guest=lin, hostel=hostel, nights=four, purpose="exam", now=NOW, accept_price=True)

    shifted = shift(stay, nights=Nights(SATURDAY, SATURDAY + timedelta(days=4)), now=NOW, accept_price=True)

    assert [price_class for _night, price_class, _fen in nights_of(shifted)] == ["free"] * 3 + ["priced"]


def test_a_shift_that_the_rules_refuse_changes_nothing_and_is_kept(stay):
    before = nights_of(stay)

    with pytest.raises(Refused) as no:
        shift(stay, nights=Nights(SATURDAY, SATURDAY + timedelta(days=9)), now=NOW, accept_price=True)

    assert codes(no) == ["STAY_NIGHTS"]
    stay.refresh_from_db()
    assert (stay.nights, nights_of(stay)) == (Nights(FRIDAY, SUNDAY), before)
    assert Assessment.objects.get(code=no.value.assessment).act == "shift"


def test_a_shift_into_a_full_house_is_refused_with_what_else_there_is(stay, hostel):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=SUNDAY)

    with pytest.raises(Refused) as no:
        shift(stay, nights=Nights(SATURDAY, MONDAY), now=NOW)

    assert (no.value.code, nights_of(stay)) == ("FULL", [(FRIDAY, "free", 0), (SATURDAY, "free", 0)])
    assert [away.night for away in TurnAway.objects.all()] == [SUNDAY]


def test_a_bed_that_the_house_must_confirm_is_not_promised_by_changing_the_days(stay, hostel):
    Room.objects.filter(hostel=hostel).update(supply="on_call")

    with pytest.raises(Refused) as no:
        shift(stay, nights=Nights(SATURDAY, MONDAY), now=NOW)

    assert no.value.code == "FULL"


def test_where_the_own_bed_is_taken_on_the_other_days_the_stay_gets_another(stay, hostel, people, in_bed):
    in_bed(stay, "301-1")
    zhou = book(guest=people("周可", "female"), hostel=hostel, nights=Nights(SUNDAY, MONDAY), purpose="exam", now=NOW)
    in_bed(zhou, "301-1")
    Stay.objects.filter(pk=zhou.pk).update(checked_in_at=NOW)

    shifted = shift(stay, nights=Nights(SATURDAY, MONDAY), now=NOW)

    [bed] = set(shifted.bed_nights.live().values_list("bed", flat=True))
    assert bed != zhou.bed_nights.get().bed_id


def test_a_stay_that_has_begun_keeps_its_arrival(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    with pytest.raises(Refused) as no:
        change_dates(stay, arrival=SATURDAY, departure=MONDAY, now=NOW + timedelta(hours=2))

    assert no.value.code == "DATES"


def test_a_stay_that_was_missed_or_cancelled_is_on_no_other_days(stay):
    with pytest.raises(Refused) as late:
        shift(stay, nights=Nights(SATURDAY, SUNDAY), now=stay.kept_until)
    cancel(stay, now=NOW)
    with pytest.raises(Refused) as over:
        shift(stay, nights=Nights(SATURDAY, SUNDAY), now=NOW)

    assert (late.value.code, over.value.code) == ("CUT_OFF", "STATE")


# --- without having asked
def test_who_is_still_there_is_written_down_at_what_the_rules_give(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    longer = overstay(stay, departure=MONDAY, now=moment(SUNDAY, 14))

    assert (longer.status, longer.departure) == ("in_house", MONDAY)
    assert nights_of(longer)[-1] == (SUNDAY, "free", 0)
    assert len(set(longer.bed_nights.values_list("bed", flat=True))) == 1
    assert (longer.assessment.act, longer.assessment.outcome) == ("overstay", "yes")
    assert Deed.objects.get(what="overstay").values == {"nights": 1, "to_pay_fen": 0}


def test_a_night_that_the_rules_do_not_give_is_written_at_the_full_rate_with_why(stay, lin):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    first = stay.assessment_id
    Person.objects.filter(pk=lin.pk).update(home_in_district=True)

    longer = overstay(stay, departure=MONDAY, now=moment(SUNDAY, 14))

    assert nights_of(longer)[-1] == (SUNDAY, "priced", 9800)
    assert longer.bed_nights.get(night=SUNDAY).percent == 100
    assert longer.assessment_id == first  # what it was given by stays what it is
    deed = Deed.objects.get(what="overstay")
    assert deed.reason == "LOCAL"
    assert deed.values["to_pay_fen"] == 9800
    assert Letter.objects.get(kind="overstayed").values["to_pay"] == "98.00"


def test_beyond_the_number_of_nights_only_those_beyond_it_are_at_the_full_rate(lin, hostel):
    stay = book(
        guest=lin, hostel=hostel, nights=Nights(FRIDAY, FRIDAY + timedelta(days=7)), purpose="exam", now=NOW,
        accept_price=True,
    )  # fmt: skip
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))

    longer = overstay(stay, departure=FRIDAY + timedelta(days=8), now=moment(FRIDAY + timedelta(days=7), 13))

    assert nights_of(longer)[-1][1:] == ("priced", 9800)
    assert {fen for _night, price_class, fen in nights_of(longer)[:-1] if price_class == "priced"} == {4900}


def test_the_night_audit_closes_nobody_whose_overstay_was_written(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    overstay(stay, departure=MONDAY, now=moment(SUNDAY, 23))

    audit(moment(MONDAY, 6, 5))

    stay.refresh_from_db()
    assert stay.status == "in_house"
    assert stay.bed_nights.get(night=SUNDAY).slept_at is not None


def test_whom_the_night_audit_took_to_have_left_is_in_house_again(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    audit(moment(MONDAY, 6, 5))
    stay.refresh_from_db()
    assert stay.status == "left"

    there = overstay(stay, departure=MONDAY, now=moment(MONDAY, 9))
    audit(moment(MONDAY, 9, 30))

    there.refresh_from_db()
    assert (there.status, there.departure) == ("in_house", MONDAY)
    assert there.bed_nights.get(night=SUNDAY).slept_at is not None


def test_who_has_left_by_the_desk_or_has_days_to_come_does_not_overstay(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    with pytest.raises(Refused) as early:
        overstay(stay, departure=MONDAY, now=moment(SATURDAY, 14))
    with pytest.raises(Refused) as far:
        overstay(stay, departure=TUESDAY, now=moment(SUNDAY, 14))
    check_out(stay, now=moment(SUNDAY, 11))
    with pytest.raises(Refused) as gone:
        overstay(stay, departure=MONDAY, now=moment(SUNDAY, 14))

    assert [no.value.code for no in (early, far, gone)] == ["DATES", "DATES", "STATE"]


def test_whoever_has_another_bed_for_the_night_does_not_overstay(stay, lin):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    nights = Nights(SUNDAY, MONDAY)
    other = book(guest=lin, hostel=Hostel.objects.get(slug="mudu"), nights=nights, purpose="exam", now=NOW)

    with pytest.raises(Refused) as no:
        overstay(stay, departure=MONDAY, now=moment(SUNDAY, 14))

    assert (no.value.code, no.value.reasons[0].value_used) == ("OVERLAP", other.code)
    cancel(other, now=moment(SUNDAY, 15))
    assert overstay(stay, departure=MONDAY, now=moment(SUNDAY, 16)).departure == MONDAY


def test_a_full_house_says_so_and_where_else_there_is_a_bed(stay, hostel):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    Bed.objects.filter(room__hostel=hostel).update(valid_until=SUNDAY)

    with pytest.raises(Refused) as no:
        overstay(stay, departure=MONDAY, now=moment(SUNDAY, 14))

    assert no.value.code == "FULL"
    assert {choice.kind for choice in no.value.alternatives} == {"nearby"}
    assert len(nights_of(stay)) == 2


# --- all of it or nothing
@pytest.fixture
def the_record_breaks():
    """The last thing that each verb writes cannot be written."""

    def breaks(sender, **_row):
        raise RuntimeError("the record cannot be written")

    post_init.connect(breaks, sender=Deed)
    yield
    post_init.disconnect(breaks, sender=Deed)


def every_row():
    return [sorted(model.objects.values_list(), key=repr) for model in (Stay, BedNight, Letter, Assessment)]


@pytest.mark.parametrize(
    "change",
    [
        lambda stay: extend(stay, departure=MONDAY, now=NOW),
        lambda stay: shorten(stay, departure=SATURDAY, now=NOW),
        lambda stay: shift(stay, nights=Nights(SATURDAY, TUESDAY), now=NOW),
    ],
    ids=["extend", "shorten", "shift"],
)
def test_what_breaks_at_the_last_step_leaves_nothing_behind(stay, change, the_record_breaks):
    before = every_row()

    with pytest.raises(RuntimeError):
        change(stay)

    assert every_row() == before


def test_an_overstay_that_breaks_at_the_last_step_leaves_nothing_behind(stay, request):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    before = every_row()
    request.getfixturevalue("the_record_breaks")

    with pytest.raises(RuntimeError):
        overstay(stay, departure=MONDAY, now=moment(SUNDAY, 14))

    assert every_row() == before


def test_a_stay_that_was_left_is_over(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    check_out(stay, now=NOW + timedelta(hours=2))

    with pytest.raises(Refused) as no:
        extend(stay, departure=MONDAY, now=NOW + timedelta(hours=3))

    assert no.value.code == "STATE"
