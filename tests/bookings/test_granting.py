"""What an officer grants beside the policy: extra nights, and nights that do not count."""

from datetime import date, timedelta

import pytest

from accounts.letters import due, say
from accounts.models import Deed
from bookings.allowance import allowance_of
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in, check_out
from bookings.granting import excuse, grant_extra, unexcuse, withdraw_extra
from bookings.models import BedNight
from bookings.night_audit import audit
from eligibility.reasons import Refused
from hostel.models import Network
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, TUESDAY, moment

YEAR_END = date(2027, 1, 1)
BECAUSE = "面试改期两次，单位有证明"


def left(person, network, now=NOW):
    return next(cap.left for cap in allowance_of(person, network, now) if cap.code == "NIGHTS")


def city(person, network, now=NOW):
    return next(cap for cap in allowance_of(person, network, now) if cap.code == "CITY_CAP")


@pytest.fixture
def grant(wuzhong, lin, officer):
    def do(nights=2, valid_from=FRIDAY, valid_until=YEAR_END, now=NOW, **how):
        return grant_extra(
            how.pop("person", lin),
            how.pop("network", wuzhong),
            nights=nights,
            valid_from=valid_from,
            valid_until=valid_until,
            because=BECAUSE,
            now=now,
            actor=officer,
        )

    return do


@pytest.fixture
def bookings(hostel, lin):
    """Book ``nights`` free nights one by one, each a stay of its own, from ``first`` on."""

    def do(nights, first=FRIDAY):
        for number in range(nights):
            night = first + timedelta(days=number)
            book(guest=lin, hostel=hostel, nights=Nights(night, night + timedelta(days=1)), purpose="exam", now=NOW)

    return do


@pytest.fixture
def slept(lin, hostel):
    """A stay of three nights, Friday to Monday, slept and left."""
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)
    check_in(stay, compared=True, now=moment(FRIDAY, 18))
    audit(moment(MONDAY, 6))
    return check_out(stay, now=moment(MONDAY, 9))


def refusal(do):
    with pytest.raises(Refused) as no:
        do()
    (reason,) = no.value.reasons
    return reason


# --- extra nights -----------------------------------------------------------------------------------------------------
def test_extra_nights_are_there_to_be_used_beyond_the_year_s(grant, bookings, lin, wuzhong, hostel, officer):
    bookings(7)
    assert left(lin, wuzhong) == 0

    extra = grant(2)

    assert left(lin, wuzhong) == 2
    bookings(2, first=FRIDAY + timedelta(days=7))
    assert BedNight.objects.live().free_of_charge().filter(guest=lin).count() == 9
    with pytest.raises(Refused):
        bookings(1, first=FRIDAY + timedelta(days=9))
    assert (extra.granted_by, extra.because) == (officer, BECAUSE)
    deed = Deed.objects.get(what="grant_extra")
    assert (deed.actor, deed.person, deed.reason) == (officer, lin, BECAUSE)
    assert deed.values == {"nights": 2, "network": "wuzhong"}


def test_they_hold_for_their_nights_and_no_other(grant, bookings, lin, wuzhong, hostel):
    bookings(7)
    grant(2, valid_from=FRIDAY + timedelta(days=8), valid_until=FRIDAY + timedelta(days=9))

    with pytest.raises(Refused):
        bookings(1, first=FRIDAY + timedelta(days=7))
    bookings(1, first=FRIDAY + timedelta(days=8))
    with pytest.raises(Refused):
        bookings(1, first=FRIDAY + timedelta(days=9))


def test_they_raise_neither_the_city_s_cap_nor_that_of_a_stay(grant, lin, wuzhong):
    before = {cap.code: cap.granted for cap in allowance_of(lin, wuzhong, NOW)}

    grant(20)

    after = {cap.code: cap.granted for cap in allowance_of(lin, wuzhong, NOW)}
    assert after == before | {"NIGHTS": 27}


def test_they_are_of_one_network(grant, lin, wuzhong):
    gusu = Network.objects.create(slug="gusu", name_zh="姑苏", name_en="Gusu", parent=wuzhong.parent)

    grant(2, network=gusu)

    assert left(lin, wuzhong) == 7


def test_the_person_reads_how_many_for_when_and_why(grant, lin):
    grant(2)

    [letter] = [letter for letter in due(NOW) if letter.kind == "extra_nights"]
    assert say(letter, "zh-hans") == f"多给你 2 晚免费额度，用于2026年3月6日到2026年12月31日的住宿。{BECAUSE}"
    assert say(letter, "en").startswith("2 more free nights for you, for nights from 6 Mar 2026 to 31 Dec 2026.")


@pytest.mark.parametrize(
    ("change", "field", "en"),
    [
        ({"nights": 0}, "nights", "From 1 to 60 nights at once"),
        ({"nights": 61}, "nights", "From 1 to 60 nights at once"),
        ({"valid_until": FRIDAY}, "valid_until", "This day must be after the first one."),
        (
            {"valid_until": date(2027, 1, 2)},
            "valid_until",
            "Extra nights hold within one calendar year: grant those of the next one beside them",
        ),
        ({"valid_from": date(2026, 2, 1), "valid_until": FRIDAY}, "valid_until", "These nights are over"),
    ],
)
def test_what_cannot_be_granted_is_refused_at_its_field(grant, lin, change, field, en):
    reason = refusal(lambda: grant(**change))

    assert (reason.code, reason.field, reason.sentence.say("en")) == ("EXTRA", field, en)
    assert not lin.extra_nights.exists()


@pytest.mark.parametrize(
    "change", [{"nights": 1}, {"nights": 60}, {"valid_until": date(2027, 1, 1)}, {"valid_until": SATURDAY}]
)
def test_the_ends_of_what_can_be_granted(grant, lin, change):
    grant(**change)

    assert lin.extra_nights.count() == 1


def test_tonight_counts_until_six_in_the_morning(grant, lin):
    grant(valid_from=date(2026, 3, 1), valid_until=SATURDAY, now=moment(SATURDAY, 5, 59))
    reason = refusal(lambda: grant(valid_from=date(2026, 3, 1), valid_until=SATURDAY, now=moment(SATURDAY, 6)))

    assert reason.sentence.say("en") == "These nights are over"


def test_taken_back_they_count_no_more_and_what_is_booked_stays(grant, bookings, lin, wuzhong, officer):
    extra = grant(2)
    bookings(8)

    withdraw_extra(extra, because="误发", now=NOW, actor=officer)

    assert left(lin, wuzhong) == 0
    assert BedNight.objects.live().filter(guest=lin).count() == 8
    with pytest.raises(Refused):
        bookings(1, first=FRIDAY + timedelta(days=8))
    assert Deed.objects.get(what="withdraw_extra").reason == "误发"
    assert [letter.kind for letter in due(NOW) if letter.kind.startswith("extra")] == [
        "extra_nights",
        "extra_withdrawn",
    ]


def test_nothing_is_taken_back_twice(grant, officer):
    extra = grant(2)
    withdraw_extra(extra, because="误发", now=NOW, actor=officer)

    assert refusal(lambda: withdraw_extra(extra, because="误发", now=NOW, actor=officer)).code == "WITHDRAWN"
    assert Deed.objects.filter(what="withdraw_extra").count() == 1


# --- nights that do not count -----------------------------------------------------------------------------------------
def test_excused_nights_come_back_and_stay_slept(slept, lin, wuzhong, officer):
    now = moment(MONDAY, 10)
    assert (left(lin, wuzhong, now), city(lin, wuzhong, now).left) == (4, 11)

    assert excuse(slept, because="空调坏了两晚", now=now, actor=officer) == [FRIDAY, SATURDAY, SUNDAY]

    assert (left(lin, wuzhong, now), city(lin, wuzhong, now).left) == (7, 14)
    assert BedNight.objects.slept().filter(stay=slept).count() == 3
    deed = Deed.objects.get(what="excuse")
    assert (deed.actor, deed.person, deed.about, deed.reason) == (officer, lin, slept.code, "空调坏了两晚")
    assert deed.values == {"nights": ["2026-03-06", "2026-03-07", "2026-03-08"]}


def test_only_the_nights_named_are_excused(slept, lin, wuzhong, officer):
    excuse(slept, [SATURDAY], because="空调坏了", now=moment(MONDAY, 10), actor=officer)

    assert left(lin, wuzhong, moment(MONDAY, 10)) == 5


def test_excused_nights_can_be_used_again(slept, lin, wuzhong, hostel, officer):
    now = moment(MONDAY, 10)
    excuse(slept, because="空调坏了", now=now, actor=officer)

    for number in range(7):
        night = TUESDAY + timedelta(days=number)
        stay = Nights(night, night + timedelta(days=1))
        book(guest=lin, hostel=hostel, nights=stay, purpose="exam", now=now)
    assert left(lin, wuzhong, now) == 0
    with pytest.raises(Refused):
        night = TUESDAY + timedelta(days=7)
        stay = Nights(night, night + timedelta(days=1))
        book(guest=lin, hostel=hostel, nights=stay, purpose="exam", now=now)


def test_the_guest_reads_which_stay_and_why(slept, officer):
    excuse(slept, [SATURDAY, SUNDAY], because="空调坏了", now=moment(MONDAY, 10), actor=officer)

    [letter] = [letter for letter in due(moment(MONDAY, 10)) if letter.kind == "nights_excused"]
    assert say(letter, "zh-hans") == f"你在苏青驿·宝带桥站的入住（{slept.code}）有 2 晚不计入免费额度。空调坏了"
    assert f"2 nights of your stay {slept.code}" in say(letter, "en")


@pytest.mark.parametrize("nights", [[MONDAY], [FRIDAY, MONDAY], [FRIDAY - timedelta(days=1)], []])
def test_a_night_that_is_not_of_the_stay_is_not_excused(slept, officer, nights):
    reason = refusal(lambda: excuse(slept, nights, because="空调坏了", now=moment(MONDAY, 10), actor=officer))

    assert reason.code == "NOTHING_TO_EXCUSE"
    assert not BedNight.objects.exclude(excused_at=None).exists()


def test_nobody_grants_nights_to_themselves(wuzhong, lin, slept):
    days = {"valid_from": FRIDAY, "valid_until": YEAR_END}
    before = [(cap.code, cap.left) for cap in allowance_of(lin, wuzhong, NOW)]

    for verb in (
        lambda: grant_extra(lin, wuzhong, nights=2, **days, because=BECAUSE, now=NOW, actor=lin.user),
        lambda: excuse(slept, because=BECAUSE, now=moment(MONDAY, 10), actor=lin.user),
    ):
        assert refusal(verb).code == "SECOND_PERSON"
    assert [(cap.code, cap.left) for cap in allowance_of(lin, wuzhong, NOW)] == before
    assert not slept.bed_nights.exclude(excused_at=None).exists()


def test_nothing_is_excused_twice(slept, officer):
    excuse(slept, because="空调坏了", now=moment(MONDAY, 10), actor=officer)

    again = refusal(lambda: excuse(slept, because="空调坏了", now=moment(MONDAY, 10), actor=officer))
    assert again.code == "NOTHING_TO_EXCUSE"


def test_a_night_to_come_is_not_excused(lin, hostel, officer):
    stay = book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)
    before = refusal(lambda: excuse(stay, because="空调坏了", now=NOW, actor=officer))
    check_in(stay, compared=True, now=moment(FRIDAY, 18))

    assert before.code == "NOTHING_TO_EXCUSE"
    assert excuse(stay, because="空调坏了", now=moment(SATURDAY, 5, 59), actor=officer) == [FRIDAY]


def test_excused_nights_may_count_again(slept, lin, wuzhong, officer):
    now = moment(MONDAY, 10)
    excuse(slept, because="空调坏了", now=now, actor=officer)

    assert unexcuse(slept, [FRIDAY], because="查明没坏", now=now, actor=officer) == [FRIDAY]
    assert left(lin, wuzhong, now) == 6
    unexcuse(slept, because="查明没坏", now=now, actor=officer)
    assert left(lin, wuzhong, now) == 4
    assert refusal(lambda: unexcuse(slept, because="?", now=now, actor=officer)).code == "NOTHING_EXCUSED"
    assert Deed.objects.filter(what="unexcuse").count() == 2


# --- what comes back by itself ----------------------------------------------------------------------------------------
def test_a_cancelled_stay_gives_back_exactly_what_it_took(bookings, lin, wuzhong, hostel):
    bookings(2)
    before = [(cap.code, cap.left) for cap in allowance_of(lin, wuzhong, NOW)]
    stay = book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, TUESDAY), purpose="exam", now=NOW)
    assert [(cap.code, cap.left) for cap in allowance_of(lin, wuzhong, NOW)] != before

    cancel(stay, now=NOW)

    assert [(cap.code, cap.left) for cap in allowance_of(lin, wuzhong, NOW)] == before
