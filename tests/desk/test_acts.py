"""An act at a desk is done once for its id, whichever way and however often it is asked for."""

import pytest

from accounts.idempotency import KeyReused
from accounts.models import Deed
from bookings.booking import book
from bookings.models import Stay
from desk.acts import Asked, kind_of, kinds, perform
from desk.models import Act
from eligibility.reasons import Refused
from hostel.nights import Nights
from tests.conftest import FRIDAY, MONDAY, NOW, moment

EVENING = moment(FRIDAY, 18)
FACTS = {"check_in", "check_out", "begin_cleaning", "cleaned", "soiled", "note", "note_done"}


@pytest.fixture
def stay(hostel, lin):
    return book(guest=lin, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)


@pytest.fixture
def ask(hostel, manager):
    def ask(what, stay=None, act_id="a-1", by=manager, at=EVENING, now=EVENING, **said):
        return perform(Asked(hostel, act_id, what, by, at, stay, said), now=now)

    return ask


def test_an_act_keeps_what_was_said_before_and_after(ask, stay, manager):
    act = ask("check_in", stay, at=moment(FRIDAY, 15), compared=True)

    assert (act.stay, act.by, act.happened_at, act.written_at) == (stay, manager, moment(FRIDAY, 15), EVENING)
    assert act.said == {"compared": True}
    assert act.before[stay.code]["stay"]["checked_in_at"] is None
    assert act.after[stay.code]["stay"]["checked_in_at"] == "2026-03-06T07:00:00+00:00"
    assert len(act.before[stay.code]["nights"]) == 3


def test_asked_for_again_it_is_only_found_again(ask, stay, foreign_manager):
    first = ask("check_in", stay, compared=True)

    again = ask("check_in", stay, by=foreign_manager, now=moment(FRIDAY, 19), compared=True)

    assert again == first
    assert Act.objects.count() == Deed.objects.filter(what="check_in").count() == 1


def test_what_is_refused_leaves_nothing_and_may_be_asked_again(ask, stay):
    with pytest.raises(Refused) as no:
        ask("check_in", stay)
    assert no.value.code == "COMPARE"
    assert not Act.objects.exists()

    assert ask("check_in", stay, compared=True).stay == stay


@pytest.mark.parametrize("what", ["check_out", "extend"])
def test_an_id_that_named_another_act_is_not_used_again(ask, stay, what):
    ask("check_in", stay, compared=True)

    with pytest.raises(KeyReused):
        ask(what, stay, departure="2026-03-10")


def test_an_id_that_was_about_another_guest_is_not_used_again(ask, stay, chen, hostel):
    other = book(guest=chen, hostel=hostel, nights=Nights(FRIDAY, MONDAY), purpose="interview", now=NOW)
    ask("check_in", stay, compared=True)

    with pytest.raises(KeyReused):
        ask("check_in", other, compared=True)
    assert Stay.objects.get(pk=other.pk).status == "confirmed"


def test_what_has_happened_is_a_fact_and_nothing_else_is():
    assert {name for name, kind in kinds().items() if kind.is_fact} == FACTS


def test_nobody_can_ask_for_what_nobody_does():
    with pytest.raises(KeyError):
        kind_of("breakfast")
