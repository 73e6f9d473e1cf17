"""Stays over REST: book, see, cancel, confirm."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from bookings.booking import book
from bookings.models import BedNight, Stay
from hostel.models import Bed
from hostel.nights import Nights, at
from tests.api.conftest import TODAY, TOMORROW, problem
from tests.api.counting import statements

STAYS = "/api/v1/stays/"


def test_a_guest_books_a_bed_and_gets_a_code_and_what_may_be_done(as_lin, lin, wish):
    answer = as_lin.post(STAYS, wish)

    body = answer.json()
    stay = Stay.objects.get()
    assert answer.status_code == 201
    assert body["code"] == stay.code
    assert body["status"] == "confirmed"
    assert body["hostel"]["slug"] == "baodaiqiao"
    assert body["guest"] == "林**"
    assert body["nights"] == [{"date": f"{TOMORROW}", "price_class": "free", "price_yuan": "0.00", "slept": False}]
    assert body["to_pay_yuan"] == "0.00"
    for_the_guest = {"confirm", "extend_hold", "cancel", "undo_cancel", "extend", "shorten", "shift"}
    for_the_guest |= {"say_coming", "come_late", "appeal"}
    assert set(body["actions"]) == for_the_guest
    assert body["actions"]["cancel"] == {"ok": True, "reason": None}
    assert body["actions"]["confirm"]["reason"]["code"] == "STATE"
    assert stay.guest == lin


def test_priced_nights_need_a_yes_and_say_what_they_cost(as_lin, wish):
    wish |= {"departure": f"{TOMORROW + timedelta(days=6)}"}

    refused = as_lin.post(STAYS, wish)
    booked = as_lin.post(STAYS, wish | {"accept_price": True})

    assert problem(refused, 409, "NIGHTS")["reasons"][0]["fix"]
    assert booked.status_code == 201
    priced = [night for night in booked.json()["nights"] if night["price_class"] == "priced"]
    assert {night["price_yuan"] for night in priced} == {"49.00"}
    assert booked.json()["to_pay_yuan"] == f"{49 * len(priced)}.00"


def test_a_full_house_refuses_with_all_reasons_and_alternatives(as_lin, hostel, wish):
    Bed.objects.filter(room__hostel=hostel).update(valid_until=TODAY)

    body = problem(as_lin.post(STAYS, wish), 409, "FULL")
    assert (body["type"], body["title"]) == ("/api/problems/refused/", "The house says no")

    (reason,) = [reason for reason in body["reasons"] if reason["verdict"] != "met"]
    assert set(reason) == {
        "code",
        "verdict",
        "rule_id",
        "policy_version",
        "clause",
        "sentence_zh",
        "sentence_en",
        "value_used",
        "value_source",
        "needed",
        "by",
        "whom_zh",
        "whom_en",
        "fix",
    }
    assert body["alternatives"][0]["kind"] == "nearby"
    assert set(body["alternatives"][0]) == {"kind", "hostel", "arrival", "departure", "distance_m", "href"}
    assert body["detail"] == reason["sentence_en"]
    assert not Stay.objects.exists()


def test_a_refusal_says_every_rule_in_both_languages_and_its_detail_in_the_reader_s(as_lin, lin, wish):
    lin.home_in_district = True
    lin.education = "secondary_vocational"
    lin.save()

    english = problem(as_lin.post(STAYS, wish), 409, "EDUCATION")
    chinese = as_lin.post(STAYS, wish, HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9").json()

    unmet = {reason["code"] for reason in english["reasons"] if reason["verdict"] == "not_met"}
    assert unmet == {"LOCAL", "EDUCATION"}
    assert any(reason["verdict"] == "met" for reason in english["reasons"])
    for reason in (*english["reasons"], *chinese["reasons"]):
        del reason["clause"]  # the policy's own words, in the reader's language
    assert chinese["reasons"] == english["reasons"]
    assert english["reasons"][0]["sentence_en"] in english["detail"]
    assert english["reasons"][0]["sentence_zh"] in chinese["detail"]


def test_a_login_without_a_person_is_told_what_is_missing(as_stranger, wish):
    body = problem(as_stranger.post(STAYS, wish), 409, "IDENTITY")

    assert body["reasons"][0]["verdict"] == "missing"


@pytest.mark.parametrize(
    "change, field",
    [
        ({"hostel": "nowhere"}, "hostel"),
        ({"hostel": "no where"}, "hostel"),
        ({"hostel": None}, "hostel"),
        ({"hostel": "a" * 300}, "hostel"),
        ({"arrival": "tomorrow"}, "arrival"),
        ({"arrival": "20260306"}, "arrival"),
        ({"arrival": "2026-02-30"}, "arrival"),
        ({"arrival": 20260306}, "arrival"),
        ({"departure": "9999-12-31"}, "departure"),
        ({"departure": "0001-01-01"}, "departure"),
        ({"departure": f"{TODAY}"}, "departure"),
        ({"departure": f"{TOMORROW}"}, "departure"),
        ({"departure": f"{TOMORROW + timedelta(days=400)}"}, "departure"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "inter\0view"}, "purpose"),
        ({"purpose": "x" * 21}, "purpose"),
        ({"purpose": ["interview"]}, "purpose"),
        ({"accept_price": "perhaps"}, "accept_price"),
        ({"hold": {}}, "hold"),
        ({"hold": 10**400}, "hold"),
    ],
)
def test_a_wish_that_cannot_be_is_a_field_error(as_lin, wish, change, field):
    body = problem(as_lin.post(STAYS, wish | change), 422, "FIELDS")

    assert [error["field"] for error in body["errors"]] == [field]
    assert set(body["errors"][0]) == {"field", "code", "detail"}
    assert not Stay.objects.exists()


@pytest.mark.parametrize("change", [{"arrival": f"{TODAY - timedelta(days=3)}"}, {"purpose": "sightseeing"}])
def test_a_wish_the_rules_do_not_know_is_refused_with_a_reason(as_lin, wish, change):
    answer = as_lin.post(STAYS, wish | change)

    assert answer.status_code == 409
    assert not Stay.objects.exists()


def test_a_stay_of_a_year_is_refused_with_a_reason(as_lin, wish):
    answer = as_lin.post(STAYS, wish | {"departure": f"{TOMORROW + timedelta(days=300)}", "accept_price": True})

    assert answer.status_code == 409
    assert "STAY_NIGHTS" in {reason["code"] for reason in answer.json()["reasons"]}


def test_own_stays_are_listed_the_latest_arrival_first(as_lin, as_chen, lin, stay, wish):
    later = as_lin.post(STAYS, wish | {"arrival": f"{TOMORROW}"}).json()

    body = as_lin.get(STAYS).json()

    assert [row["code"] for row in body["results"]] == [later["code"], stay.code]
    assert body["next"] is None
    assert as_chen.get(STAYS).json() == {"next": None, "results": []}


def test_stays_are_filtered_by_status_and_arrival(as_lin, stay, wish):
    later = as_lin.post(STAYS, wish).json()
    as_lin.post(f"{STAYS}{stay.code}/cancellation/")

    def codes(query):
        return [row["code"] for row in as_lin.get(f"{STAYS}?{query}").json()["results"]]

    assert codes("status=cancelled") == [stay.code]
    assert codes("status=confirmed") == [later["code"]]
    assert codes(f"arrival_from={TOMORROW}") == [later["code"]]
    assert codes(f"arrival_to={TODAY}") == [stay.code]


@pytest.mark.parametrize(
    "query",
    [
        "status=asleep",
        "arrival_from=soon",
        "arrival_to=2026-02-30",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "page=x",
        "page=%C2%B2",
        "hostel=nowhere",
        "hostel=%00",
    ],
)
def test_a_list_asked_for_wrongly_is_a_field_error(as_lin, query):
    problem(as_lin.get(f"{STAYS}?{query}"), 422, "FIELDS")


def test_a_hold_whose_time_is_over_reads_cancelled_and_is_found_as_such(as_lin, lin, hostel):
    then = timezone.now() - timedelta(hours=1)
    nights = Nights(TOMORROW, TOMORROW + timedelta(days=1))
    held = book(guest=lin, hostel=hostel, nights=nights, purpose="interview", now=then, hold=True)

    seen = as_lin.get(f"{STAYS}{held.code}/").json()

    assert Stay.objects.get().status == "held"
    assert seen["status"] == "cancelled"
    assert seen["actions"]["confirm"]["reason"]["code"] == "HOLD_ENDED"
    assert [row["code"] for row in as_lin.get(f"{STAYS}?status=cancelled").json()["results"]] == [held.code]
    assert as_lin.get(f"{STAYS}?status=held").json()["results"] == []


def test_a_list_goes_on_on_the_next_page(as_lin, lin, hostel, stay):
    for days in range(2, 24):
        nights = Nights(TODAY - timedelta(days=days), TODAY - timedelta(days=days - 1))
        Stay.objects.create(
            code=f"OLD{days:03}",
            guest=lin,
            hostel=hostel,
            assessment=stay.assessment,
            arrival=nights.arrival,
            departure=nights.departure,
            purpose="exam",
            kept_until=timezone.now(),
            booked_at=timezone.now(),
            confirmed_at=timezone.now(),
        )

    first = as_lin.get(STAYS).json()
    second = as_lin.get(first["next"]).json()

    assert len(first["results"]) == 20
    assert len(second["results"]) == 3
    assert second["next"] is None


def test_a_guest_cancels_and_the_nights_go_back(as_lin, stay):
    body = as_lin.post(f"{STAYS}{stay.code}/cancellation/").json()

    assert body["status"] == "cancelled"
    assert body["cancel_cause"] == "GUEST"
    assert body["nights"] == []
    assert not BedNight.objects.live().exists()


def test_what_is_cancelled_cannot_be_cancelled_again(as_lin, stay):
    as_lin.post(f"{STAYS}{stay.code}/cancellation/")

    refused = problem(as_lin.post(f"{STAYS}{stay.code}/cancellation/"), 409, "STATE")
    assert (refused["type"], refused["title"]) == ("/api/problems/not-now/", "This can't be done now")


def test_a_cancellation_is_taken_back_while_nobody_else_has_the_bed(as_lin, stay):
    address = f"{STAYS}{stay.code}/cancellation/"
    cancelled = as_lin.post(address, {"reason": "面试改期"}).json()
    assert cancelled["actions"]["undo_cancel"] == {"ok": True, "reason": None}
    assert cancelled["cancel_reason"] == "面试改期"

    back = as_lin.post(f"{address}undo/").json()

    assert (back["status"], back["cancelled_at"], len(back["nights"])) == ("confirmed", None, 1)
    assert back["cancel_reason"] == ""
    problem(as_lin.post(f"{address}undo/"), 409, "STATE")
    problem(as_lin.post(address, {"reason": "因" * 201}), 422, "FIELDS")


def test_where_the_bed_is_gone_the_cancellation_stands_and_others_are_named(as_lin, as_chen, stay, hostel):
    address = f"{STAYS}{stay.code}/cancellation/"
    as_lin.post(address)
    Bed.objects.filter(room__hostel=hostel).update(valid_until=TODAY)

    refused = problem(as_lin.post(f"{address}undo/"), 409, "UNDO")

    assert refused["type"] == "/api/problems/refused/"
    assert "nearby" in {each["kind"] for each in refused["alternatives"]}


def test_who_says_too_late_that_they_do_not_come_is_told_so_before(as_lin, stay):
    Stay.objects.update(kept_until=timezone.now() - timedelta(minutes=1))
    address = f"{STAYS}{stay.code}/cancellation/"
    would = as_lin.get(address).json()
    assert (would["ok"], would["too_late"], would["recorded_as"], would["nights_returned"]) == (
        False,
        True,
        "no_show",
        1,
    )
    problem(as_lin.post(address), 409, "CUT_OFF")

    assert as_lin.post(address, {"late": True}).json()["status"] == "no_show"


def test_on_the_day_one_says_whether_one_comes(as_lin, stay):
    address = f"{STAYS}{stay.code}/coming/"
    kept = timezone.now() + timedelta(hours=1)
    # So that the hour for who comes late is still to come, whenever this runs.
    Stay.objects.update(arrival=TODAY, kept_until=kept)

    coming = as_lin.post(address, {"answer": "on_time"}).json()
    assert coming["coming_at"]
    assert coming["late_at"] is None
    problem(as_lin.post(address, {"answer": "perhaps"}), 422, "FIELDS")
    gone = as_lin.post(address, {"answer": "no"}).json()
    assert (gone["status"], gone["cancel_cause"]) == ("cancelled", "GUEST")
    problem(as_lin.post(address, {"answer": "late"}), 409, "STATE")


def test_who_comes_late_has_the_bed_kept_longer(as_lin, stay, monkeypatch):
    evening = at(TODAY, time(20))
    monkeypatch.setattr(timezone, "now", lambda: evening)
    Stay.objects.update(kept_until=at(TODAY, time(23)))

    late = as_lin.post(f"{STAYS}{stay.code}/coming/", {"answer": "late"}).json()

    assert late["late_at"]
    assert datetime.fromisoformat(late["kept_until"]) == at(TOMORROW, time(1))
    problem(as_lin.post(f"{STAYS}{stay.code}/coming/", {"answer": "late"}), 409, "SAID")


def test_a_hold_is_extended_once_and_confirmed(as_lin, wish):
    held = as_lin.post(STAYS, wish | {"hold": True}).json()
    address = f"{STAYS}{held['code']}/"

    longer = as_lin.post(f"{address}hold/")
    too_long = as_lin.post(f"{address}hold/")
    confirmed = as_lin.post(f"{address}confirmation/", {"purpose": "exam"})

    assert held["status"] == "held"
    assert longer.json()["held_until"] > held["held_until"]
    problem(too_long, 409, "EXTENDED")
    assert (confirmed.json()["status"], confirmed.json()["purpose"]) == ("confirmed", "exam")


def test_the_pass_carries_the_code_as_a_picture_and_no_document(as_lin, lin, stay):
    answer = as_lin.get(f"{STAYS}{stay.code}/pass/")

    body = answer.json()
    assert body["code"] == stay.code
    assert body["qr"].startswith("data:image/svg+xml")
    assert body["hostel"]["check_in"] == {"from": "14:00", "until": "23:00"}
    assert lin.document not in answer.content.decode()


def test_a_cancelled_stay_has_no_pass(as_lin, stay):
    as_lin.post(f"{STAYS}{stay.code}/cancellation/")

    problem(as_lin.get(f"{STAYS}{stay.code}/pass/"), 409, "STATE")


def test_a_code_may_be_said_in_small_letters(as_lin, stay):
    assert as_lin.get(f"{STAYS}{stay.code.lower()}/").json()["code"] == stay.code


def test_nobody_else_may_know_of_a_stay(as_chen, as_stranger, as_foreign_manager, as_auditor, stay):
    for other in (as_chen, as_stranger, as_foreign_manager, as_auditor):
        for end in ("", "pass/"):
            problem(other.get(f"{STAYS}{stay.code}/{end}"), 404, "NOT_FOUND")
        for end in ("cancellation/", "cancellation/undo/", "coming/", "confirmation/", "hold/"):
            problem(other.post(f"{STAYS}{stay.code}/{end}"), 404, "NOT_FOUND")
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_the_manager_sees_the_house_s_stays_and_what_the_desk_may_do(as_manager, stay):
    listed = as_manager.get(f"{STAYS}?hostel=baodaiqiao").json()["results"]
    seen = as_manager.get(f"{STAYS}{stay.code}/").json()

    assert [row["code"] for row in listed] == [stay.code]
    at_the_desk = {"check_in", "check_out", "no_show", "extend", "shorten", "shift", "move", "move_to_hostel", "swap"}
    assert set(seen["actions"]) == at_the_desk | {"overstay", "house_answer"}
    assert as_manager.get(STAYS).json()["results"] == []


def test_the_officer_sees_and_may_do_nothing_to_a_stay(as_officer, stay):
    assert [row["actions"] for row in as_officer.get(f"{STAYS}?hostel=baodaiqiao").json()["results"]] == [{}]
    assert as_officer.get(f"{STAYS}{stay.code}/").json()["actions"] == {}
    problem(as_officer.post(f"{STAYS}{stay.code}/cancellation/"), 403, "NO_RIGHT")


def test_a_house_s_list_shows_others_only_their_own_stays(as_foreign_manager, as_lin, as_chen, as_auditor, stay):
    for other in (as_foreign_manager, as_chen, as_auditor):
        assert other.get(f"{STAYS}?hostel=baodaiqiao").json()["results"] == []
    assert [row["code"] for row in as_lin.get(f"{STAYS}?hostel=baodaiqiao").json()["results"]] == [stay.code]
    assert as_lin.get(f"{STAYS}?hostel=mudu").json()["results"] == []


# --- what it costs ----------------------------------------------------------------------------------------------------
def test_a_list_of_three_costs_what_a_list_of_one_does(as_lin, as_manager, lin, hostel, stay, wish):
    def one_more(days):
        nights = Nights(TODAY + timedelta(days=days), TODAY + timedelta(days=days + 1))
        book(guest=lin, hostel=hostel, nights=nights, purpose="exam", now=timezone.now())

    own_of_one = statements(lambda: as_lin.get(STAYS))
    house_of_one = statements(lambda: as_manager.get(f"{STAYS}?hostel=baodaiqiao"))
    one_more(3)
    one_more(5)

    assert own_of_one == statements(lambda: as_lin.get(STAYS)) == 3
    assert house_of_one == statements(lambda: as_manager.get(f"{STAYS}?hostel=baodaiqiao")) == 5


def test_seeing_and_acting_have_their_count(as_lin, stay):
    assert statements(lambda: as_lin.get(f"{STAYS}{stay.code}/")) == 3
    assert statements(lambda: as_lin.get(f"{STAYS}{stay.code}/pass/")) == 2
