"""A missed stay: the guest says why, an officer answers, and what was lifted pauses nobody."""

from datetime import timedelta

import pytest

from accounts.models import Deed, Letter
from bookings.booking import book
from bookings.models import NoShow
from bookings.night_audit import close_no_shows
from bookings.no_shows import APPEAL_WITHIN, answer, appeal
from eligibility.reasons import Refused
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, moment

MISSED_AT = moment(FRIDAY, 23)
LATER = MISSED_AT + timedelta(hours=9)


@pytest.fixture
def missed(lin, hostel):
    stay = book(
        guest=lin, hostel=hostel, nights=Nights(FRIDAY, FRIDAY + timedelta(days=2)), purpose="interview", now=NOW
    )
    close_no_shows(MISSED_AT)
    stay.refresh_from_db()
    return stay


def code_of(do):
    with pytest.raises(Refused) as no:
        do()
    assert all(reason.sentence.say("en") and reason.sentence.say("zh-hans") for reason in no.value.reasons)
    return no.value.code


def test_the_guest_says_why_and_an_officer_takes_it_back(missed, lin, officer):
    appeal(missed, text="  高铁晚点五小时 ", now=LATER)
    assert NoShow.objects.get().appeal == "高铁晚点五小时"

    answer(missed.missed, lift=True, because="高铁晚点，有凭证", now=LATER, actor=officer)

    found = NoShow.objects.get()
    assert (found.lifted_at, found.lifted_because, found.answered_by) == (LATER, "高铁晚点，有凭证", officer)
    assert Letter.objects.filter(person=lin, kind="no_show_lifted").count() == 1
    deeds = dict(Deed.objects.values_list("what", "reason"))
    assert deeds["lift_no_show"] == "高铁晚点，有凭证"
    assert "appeal_no_show" in deeds


def test_two_no_shows_pause_booking_and_one_taken_back_ends_the_pause(missed, lin, hostel, officer):
    again = Nights(FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=2))
    book(guest=lin, hostel=hostel, nights=again, purpose="interview", now=LATER)
    over = moment(FRIDAY + timedelta(days=1), 23)
    close_no_shows(over)
    third = {"guest": lin, "hostel": hostel, "nights": again.moved(3), "purpose": "interview", "now": over}
    assert code_of(lambda: book(**third)) == "PAUSED"

    answer(missed.missed, lift=True, because="驿站关门", now=over, actor=officer)

    assert book(**third).status == "confirmed"


def test_one_writes_once(missed, officer):
    appeal(missed, text="病了", now=LATER)

    assert code_of(lambda: appeal(missed, text="还有", now=LATER)) == "APPEALED"
    answer(missed.missed, lift=False, because="没有凭证", now=LATER, actor=officer)
    assert code_of(lambda: appeal(missed, text="还有", now=LATER)) == "APPEALED"


@pytest.mark.parametrize("text", ["", "   ", "长" * 1001])
def test_a_reason_is_said_in_words_and_not_at_length(missed, text):
    assert code_of(lambda: appeal(missed, text=text, now=LATER)) == "EXPLAIN"
    assert NoShow.objects.get().appealed_at is None


def test_after_sixty_days_it_is_too_late_for_the_guest_and_not_for_the_office(missed, officer):
    late = MISSED_AT + APPEAL_WITHIN

    assert code_of(lambda: appeal(missed, text="病了", now=late)) == "LATE"
    assert answer(missed.missed, lift=True, because="系统误判", now=late, actor=officer).lifted_at == late


def test_only_what_was_missed_can_be_appealed(lin, hostel):
    stay = book(
        guest=lin, hostel=hostel, nights=Nights(FRIDAY, FRIDAY + timedelta(days=1)), purpose="interview", now=NOW
    )

    assert code_of(lambda: appeal(stay, text="病了", now=LATER)) == "STATE"


def test_an_answer_that_it_stays_needs_an_appeal_and_is_given_once(missed, lin, officer):
    stays = {"lift": False, "because": "没有凭证", "now": LATER, "actor": officer}
    assert code_of(lambda: answer(missed.missed, **stays)) == "NO_APPEAL"
    appeal(missed, text="病了", now=LATER)

    answer(missed.missed, **stays)

    assert code_of(lambda: answer(missed.missed, **stays)) == "ANSWERED"
    assert Letter.objects.filter(person=lin, kind="no_show_stays").count() == 1
    assert NoShow.objects.get().lifted_at is None


def test_what_was_taken_back_stays_taken_back(missed, officer):
    lifted = {"lift": True, "because": "驿站关门", "now": LATER, "actor": officer}
    answer(missed.missed, **lifted)

    assert code_of(lambda: answer(missed.missed, **lifted)) == "LIFTED"
    assert code_of(lambda: answer(missed.missed, **lifted | {"lift": False})) == "LIFTED"
    assert code_of(lambda: appeal(missed, text="病了", now=LATER)) == "LIFTED"


def test_nobody_answers_their_own_and_nobody_without_a_reason(missed, lin, officer):
    own = {"lift": True, "because": "是我", "now": LATER, "actor": lin.user}

    assert code_of(lambda: answer(missed.missed, **own)) == "SECOND_PERSON"
    assert code_of(lambda: answer(missed.missed, **own | {"actor": officer, "because": " "})) == "BECAUSE"
    assert NoShow.objects.get().lifted_at is None
