from datetime import timedelta

import pytest

from bookings.booking import book
from bookings.desk import check_in, check_out
from bookings.models import BedNight, NoShow, Stay
from bookings.night_audit import audit, close_no_shows
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment


def books():
    """All that an audit may change, as it stands."""
    return (
        sorted(BedNight.objects.values_list("stay__code", "night", "slept_at", "released_at")),
        sorted(Stay.objects.values_list("code", "status", "no_show_at", "checked_out_at", "cancelled_at"), key=str),
        sorted(NoShow.objects.values_list("stay__code", "at")),
    )


@pytest.fixture
def weekend(hostel, people):
    """Five guests from Friday: one stays, one leaves early, one never comes, one is forgotten, one only held a bed."""
    names = ["stays", "leaves", "misses", "forgotten"]
    stays = {
        name: book(
            guest=people("陈一舟", "male"), hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW
        )
        for name in names
    }
    stays["held"] = book(
        guest=people("陈一舟", "male"), hostel=hostel, nights=Nights(FRIDAY, SUNDAY), purpose="exam", now=NOW, hold=True
    )
    for name in ("stays", "leaves", "forgotten"):
        check_in(stays[name], compared=True, now=moment(FRIDAY, 18))
    return stays


def leave(weekend):
    check_out(weekend["leaves"], now=moment(SATURDAY, 9))
    check_out(weekend["stays"], now=moment(SUNDAY, 9))


def test_a_night_is_slept_by_who_was_in_house_when_it_ended(weekend):
    result = audit(moment(SATURDAY, 6))

    assert (result.slept, result.no_shows) == (3, 1)
    slept = BedNight.objects.slept()
    assert set(slept.values_list("stay__code", "night")) == {
        (weekend[name].code, FRIDAY) for name in ("stays", "leaves", "forgotten")
    }
    assert {night.slept_at for night in slept} == {moment(SATURDAY, 6)}


def test_before_six_the_night_is_not_over(weekend):
    assert audit(moment(SATURDAY, 5, 59)).slept == 0


def test_an_audit_run_twice_changes_nothing_the_second_time(weekend):
    audit(moment(SATURDAY, 6))
    once = books()

    result = audit(moment(SATURDAY, 6, 10))

    assert (result.slept, result.given_back, result.no_shows, result.closed) == (0, 0, 0, 0)
    assert books() == once


def test_every_day_or_days_late_gives_the_same_books(hostel, people):
    def play(audits):
        codes = {}
        for name in ("stays", "leaves", "misses"):
            stay = book(
                guest=people("陈一舟", "male"), hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW
            )
            codes[stay.code] = name
        by_name = {codes[stay.code]: stay for stay in Stay.objects.filter(code__in=codes)}
        acts = [
            (moment(FRIDAY, 18), lambda now: check_in(by_name["stays"], compared=True, now=now)),
            (moment(FRIDAY, 19), lambda now: check_in(by_name["leaves"], compared=True, now=now)),
            (moment(SUNDAY, 5, 30), lambda now: check_out(by_name["leaves"], now=now)),
        ]
        for now, do in sorted([*acts, *[(each, audit) for each in audits]], key=lambda pair: pair[0]):
            do(now)
        nights = BedNight.objects.filter(stay__code__in=codes)
        stays = Stay.objects.filter(code__in=codes)
        return (
            {
                (codes[code], *rest)
                for code, *rest in nights.values_list("stay__code", "night", "slept_at", "released_at")
            },
            {
                (codes[code], *rest)
                for code, *rest in stays.values_list("code", "status", "checked_out_at", "no_show_at")
            },
        )

    last = moment(TUESDAY, 6)
    every_day = play([moment(day, 6) for day in (SATURDAY, SUNDAY, MONDAY)] + [last])
    assert play([last]) == every_day


def test_who_never_came_is_closed_at_the_hour_promised_whenever_the_task_runs(weekend):
    assert close_no_shows(moment(FRIDAY, 22, 59)) == 0
    assert close_no_shows(moment(FRIDAY, 23, 4)) == 1
    assert close_no_shows(moment(FRIDAY, 23, 9)) == 0

    missed = Stay.objects.get(code=weekend["misses"].code)
    assert (missed.status, missed.no_show_at) == ("no_show", moment(FRIDAY, 23))
    assert not missed.bed_nights.live().exists()


def test_a_guest_nobody_checked_out_is_closed_when_their_departure_day_is_over(weekend):
    leave(weekend)
    assert audit(moment(SUNDAY, 6)).closed == 0

    assert audit(moment(MONDAY, 6)).closed == 1

    forgotten = Stay.objects.get(code=weekend["forgotten"].code)
    assert (forgotten.status, forgotten.checked_out_at) == ("left", moment(SUNDAY, 12))
    assert forgotten.bed_nights.slept().count() == 2


def test_leaving_before_six_is_counted_right_also_when_it_is_written_down_after_the_audit(weekend):
    audit(moment(SATURDAY, 6))

    check_out(weekend["leaves"], now=moment(SATURDAY, 6, 20), at=moment(SATURDAY, 5, 50))

    assert not BedNight.objects.filter(stay=weekend["leaves"]).slept().exists()
    assert not BedNight.objects.filter(stay=weekend["leaves"]).live().exists()


def test_one_night_can_be_audited_alone_and_not_before_it_ends(weekend):
    with pytest.raises(ValueError):
        audit(moment(SATURDAY, 5), night=FRIDAY)

    assert audit(moment(MONDAY, 6), night=FRIDAY).slept == 3
    assert BedNight.objects.slept().filter(night=SATURDAY).count() == 0


def test_the_audit_closes_holds_that_are_over(weekend):
    audit(moment(SATURDAY, 6))

    held = Stay.objects.get(code=weekend["held"].code)
    assert (held.status, held.cancelled_at) == ("cancelled", NOW + timedelta(minutes=10))
