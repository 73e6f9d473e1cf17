"""What hangs on a stay: said before it is cancelled, and ended with it."""

from datetime import timedelta

import pytest
from django.db.models.signals import post_init

from accounts.models import Deed, Letter
from bookings import cancelling
from bookings.booking import book
from bookings.cancelling import Ending, cancel, cancellation, hangs, what_ends
from bookings.desk import check_in, no_show
from bookings.models import BedNight, NoShow, Party, Stay
from bookings.moving import move_to_hostel
from eligibility.models import Evidence, Review
from eligibility.reasons import Refused, Sentence
from eligibility.reviews import ask
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


@pytest.fixture
def asked(stay):
    return ask(stay.assessment, Review.Kind.RULE, rules=["home"], due_at=NOW, now=NOW)


def proof(stay, **more):
    row = {"kind": "invitation", "way": "code", "code": "ABC", "handed_in_at": NOW}
    return Evidence.objects.create(**row, assessment=stay.assessment, purge_on=FRIDAY + timedelta(days=30), **more)


def kinds(stay, now=NOW):
    return [ending.kind for ending in what_ends(stay, now)]


def test_where_nothing_hangs_on_it_only_the_nights_go_back(stay):
    would = cancellation(stay, NOW)

    assert (would.action.ok, would.nights_returned, would.ends, would.recorded_as) == (True, 3, [], "cancelled")


def test_too_late_it_would_be_a_no_show_and_over_is_over(stay):
    late = cancellation(stay, stay.kept_until)
    cancelled = cancel(stay, now=NOW)
    over = cancellation(cancelled, NOW)

    assert (late.action.reason.code, late.recorded_as, late.nights_returned) == ("CUT_OFF", "no_show", 3)
    assert (late.too_late, over.too_late) == (True, False)
    assert (over.action.reason.code, over.recorded_as) == ("STATE", "cancelled")


def test_who_says_too_late_that_they_do_not_come_is_a_no_show_from_the_hour_on(stay, lin):
    late = stay.kept_until + timedelta(minutes=20)
    with pytest.raises(Refused) as no:
        cancel(stay, now=late)
    assert no.value.code == "CUT_OFF"

    missed = cancel(stay, now=late, actor=lin.user, late=True, reason="错过了车")

    assert (missed.status, missed.no_show_at, missed.cancelled_at) == ("no_show", stay.kept_until, None)
    assert missed.cancel_reason == "错过了车"
    assert NoShow.objects.get(stay=stay).at == stay.kept_until
    assert not stay.bed_nights.live().exists()
    assert set(BedNight.objects.values_list("released_at", flat=True)) == {stay.kept_until}
    assert [letter.kind for letter in Letter.objects.exclude(kind="booked")] == ["no_show"]
    assert Deed.objects.get(what="no_show").actor == lin.user
    with pytest.raises(Refused) as no:
        cancel(stay, now=late, late=True)
    assert no.value.code == "STATE"


def test_who_would_say_so_too_late_and_is_in_time_cancels(stay):
    assert cancel(stay, now=NOW, late=True).status == "cancelled"
    assert not NoShow.objects.exists()


def test_too_late_the_nights_in_another_house_end_too_and_are_named_before(stay):
    there = move_to_hostel(stay, Hostel.objects.get(slug="guoxiang"), from_night=SUNDAY, now=NOW)
    stay.refresh_from_db()
    would = cancellation(stay, stay.kept_until)
    assert ([each.code for each in would.ends], would.nights_returned) == ([there.code], 3)

    cancel(stay, now=stay.kept_until, late=True)

    there.refresh_from_db()
    assert there.status == "cancelled"


def test_why_is_said_in_few_words_or_not_at_all(stay):
    with pytest.raises(Refused) as no:
        cancel(stay, now=NOW, reason="因" * 201)
    assert (no.value.code, no.value.reasons[0].field) == ("TOO_LONG", "reason")

    assert cancel(stay, now=NOW, reason="  因" + "为" * 199).cancel_reason == "因" + "为" * 199


def test_nobody_goes_on_looking_at_a_stay_that_is_cancelled(stay, asked):
    assert kinds(stay) == ["review"]

    cancel(stay, now=NOW)

    asked.refresh_from_db()
    assert (asked.decision, asked.decided_at, asked.decided_by) == ("withdrawn", NOW, None)
    assert kinds(stay) == []


def test_what_was_answered_before_stays_as_it_was_answered(stay, asked, officer):
    Review.objects.update(decided_at=NOW, decided_by=officer, decision="passed")

    cancel(stay, now=NOW)

    asked.refresh_from_db()
    assert asked.decision == "passed"


def test_a_proof_that_nobody_needs_any_more_goes_tomorrow(stay):
    sent = proof(stay)
    assert [(each.kind, each.code) for each in what_ends(stay, NOW)] == [("evidence", "invitation")]

    cancel(stay, now=NOW)

    sent.refresh_from_db()
    assert sent.purge_on == SATURDAY


def test_a_proof_that_was_accepted_or_serves_another_stay_is_kept(stay, lin, hostel):
    accepted = proof(stay, accepted_at=NOW)
    assert kinds(stay) == []
    later = Nights(FRIDAY + timedelta(days=9), FRIDAY + timedelta(days=10))
    book(guest=lin, hostel=hostel, nights=later, purpose="exam", now=NOW)
    sent = proof(stay)
    assert kinds(stay) == []

    cancel(stay, now=NOW)

    for each in (accepted, sent):
        each.refresh_from_db()
        assert each.purge_on == FRIDAY + timedelta(days=30)


def test_the_nights_in_another_house_go_with_the_stay_they_go_on_from(stay):
    there = move_to_hostel(stay, Hostel.objects.get(slug="guoxiang"), from_night=SUNDAY, now=NOW)
    stay.refresh_from_db()
    would = cancellation(stay, NOW)
    assert [(each.kind, each.code) for each in would.ends] == [("stay", there.code)]
    assert would.nights_returned == 3

    cancel(stay, now=NOW)

    there.refresh_from_db()
    assert there.status == "cancelled"
    assert not BedNight.objects.live().exists()
    assert Letter.objects.filter(kind="cancelled").count() == 2


def test_the_part_that_goes_on_is_cancelled_alone(stay):
    there = move_to_hostel(stay, Hostel.objects.get(slug="guoxiang"), from_night=SUNDAY, now=NOW)

    cancel(there, now=NOW)

    stay.refresh_from_db()
    assert stay.status == "confirmed"
    assert stay.bed_nights.live().count() == 2


def test_who_does_not_come_does_not_go_on_in_another_house(stay):
    there = move_to_hostel(stay, Hostel.objects.get(slug="guoxiang"), from_night=SUNDAY, now=NOW)

    no_show(stay, now=stay.kept_until)

    there.refresh_from_db()
    assert (there.status, there.cancel_cause) == ("cancelled", "HOUSE")
    assert not BedNight.objects.live().exists()


def test_who_is_in_house_gives_back_what_is_to_come_elsewhere_by_cancelling_that(stay):
    check_in(stay, compared=True, now=NOW + timedelta(hours=1))
    there = move_to_hostel(stay, Hostel.objects.get(slug="guoxiang"), from_night=SUNDAY, now=NOW + timedelta(hours=2))

    cancel(there, now=NOW + timedelta(hours=3))

    with pytest.raises(Refused) as no:
        cancel(stay, now=NOW + timedelta(hours=3))
    assert no.value.code == "STATE"


def test_the_others_of_a_party_keep_their_beds_and_one_is_told_so_before(stay, hostel, people):
    zhou = book(guest=people("周可", "female"), hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="exam", now=NOW)
    party = Party.objects.create(code="PQRSTU", made_by=stay.guest, made_at=NOW)
    Stay.objects.update(party=party)
    stay.refresh_from_db()
    assert [(each.kind, each.code) for each in what_ends(stay, NOW)] == [("party", "PQRSTU")]

    cancel(stay, now=NOW)

    zhou.refresh_from_db()
    assert zhou.status == "confirmed"


@pytest.fixture
def a_seminar(monkeypatch):
    """A floor above says that a place in a seminar hangs on every stay."""
    monkeypatch.setattr(cancelling, "_HANGS", dict(cancelling._HANGS))
    ended = []
    hangs(
        "seminar",
        lambda stay, now: [Ending("seminar", "S-1", Sentence("Your place in the seminar"))],
        lambda stay, now, cause: ended.append((stay.code, now, cause)),
    )
    return ended


def test_floors_above_say_what_hangs_on_a_stay_there(stay, a_seminar):
    assert [ending.as_data()["sentence_en"] for ending in what_ends(stay, NOW)] == ["Your place in the seminar"]

    cancel(stay, now=NOW)

    assert a_seminar == [(stay.code, NOW, "GUEST")]


def test_what_breaks_at_the_last_step_leaves_everything_as_it_was(stay, asked):
    sent = proof(stay)

    def breaks(sender, **_row):
        raise RuntimeError("the record cannot be written")

    post_init.connect(breaks, sender=Deed)
    try:
        with pytest.raises(RuntimeError):
            cancel(stay, now=NOW)
    finally:
        post_init.disconnect(breaks, sender=Deed)

    for each in (stay, asked, sent):
        each.refresh_from_db()
    assert (stay.status, asked.decided_at, sent.purge_on) == ("confirmed", None, FRIDAY + timedelta(days=30))
    assert stay.bed_nights.live().count() == 3
