import io
import re

import pytest

from accounts.models import Role
from bookings.arriving import come_late
from bookings.cancelling import cancel
from bookings.desk import check_in, check_out, no_show
from bookings.models import Stay
from bookings.proving import prove
from desk.acts import Asked, perform
from desk.models import Clash, Note
from eligibility.evidence import kept_files
from hostel.models import Bed, Hostel
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, moment
from tests.eligibility.pictures import photo
from tests.web.conftest import hidden, text_of


def rows(response):
    return [(row.stay.code, row.state, row.act, row.late) for row in response.context["rows"]]


def test_who_is_due_in_stands_in_the_list_with_the_act_to_check_in(enter, manager, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel, until=SUNDAY)

    page = enter(manager).get("/desk/")

    assert rows(page) == [(stay.code, "due_in", "check_in", False)]
    assert f'href="/desk/checkin/?stay={stay.code}"' in page.content.decode()
    assert "3月6日" in text_of(page)
    assert "3月8日" in text_of(page)
    assert "今天 23:00" in text_of(page)
    assert str(stay.bed_nights.first().bed) in text_of(page)


def test_names_are_masked_and_documents_and_phones_are_not_there(enter, manager, hostel, lin, friday_stay):
    friday_stay(lin, hostel)

    html = enter(manager).get("/desk/").content.decode()

    assert "林**" in html
    assert "林小满" not in html
    assert lin.document[-6:] not in html
    assert lin.user.phone[-4:] not in html


def test_four_counts_say_what_is_left_and_what_there_is(enter, manager, hostel, lin, chen, people, friday_stay, clock):
    check_in(friday_stay(lin, hostel), compared=True, now=moment(FRIDAY, 15))
    friday_stay(chen, hostel)
    missing = friday_stay(people("王芳", "female"), hostel)
    clock.now = moment(FRIDAY, 23, 30)
    no_show(missing, now=clock.now)

    page = enter(manager).get("/desk/")

    said = text_of(page)
    assert "1 /3 预抵（还剩/全部）" in said
    assert "1 在住" in said
    assert "0 /0 预离（还剩/全部）" in said
    assert "1 未到" in said


def test_after_the_time_the_bed_was_kept_the_act_is_the_no_show_and_the_card_stays_open(
    enter, manager, hostel, lin, friday_stay, clock
):
    stay = friday_stay(lin, hostel)
    clock.now = moment(FRIDAY, 23)

    page = enter(manager).get("/desk/")

    assert rows(page) == [(stay.code, "due_in", "no_show", True)]
    assert f'href="/desk/stays/{stay.code}/no-show/"' in page.content.decode()
    assert f'href="/desk/checkin/?stay={stay.code}"' in page.content.decode()
    assert "1 位没来，留房时间已过" in text_of(page)


def test_at_half_past_one_it_is_still_the_evening_before(enter, manager, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    clock.now = moment(SATURDAY, 1, 30)

    assert rows(enter(manager).get("/desk/")) == [(stay.code, "due_in", "no_show", True)]


@pytest.mark.parametrize(
    "day, state", [(FRIDAY, "in_house"), (SATURDAY, "in_house"), (SUNDAY, "due_out"), (MONDAY, "overdue")]
)
def test_who_is_in_house_is_due_out_on_the_last_day_and_overdue_after(
    enter, manager, hostel, lin, friday_stay, clock, day, state
):
    stay = friday_stay(lin, hostel, until=SUNDAY)
    check_in(stay, compared=True, now=moment(FRIDAY, 15))
    clock.now = moment(day, 16)

    assert rows(enter(manager).get("/desk/?tab=in_house")) == [(stay.code, state, "check_out", False)]
    due_out = rows(enter(manager).get("/desk/?tab=due_out"))
    assert due_out == ([] if state == "in_house" else [(stay.code, state, "check_out", False)])


def test_who_should_have_left_before_is_said_above_the_list(enter, manager, hostel, lin, friday_stay, clock):
    check_in(friday_stay(lin, hostel), compared=True, now=moment(FRIDAY, 15))
    clock.now = moment(SUNDAY, 16)

    assert "1 位超时未离" in text_of(enter(manager).get("/desk/?tab=due_out"))


def test_a_no_show_has_no_next_act(enter, manager, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    clock.now = moment(FRIDAY, 23, 30)
    no_show(stay, now=clock.now)

    assert rows(enter(manager).get("/desk/?tab=no_show")) == [(stay.code, "no_show", "", False)]


def test_who_said_that_they_come_late_stands_in_the_list_with_that_word(
    enter, manager, hostel, lin, friday_stay, clock
):
    stay = friday_stay(lin, hostel)
    clock.now = moment(FRIDAY, 21)
    come_late(stay, now=clock.now)
    clock.now = moment(SATURDAY, 0, 30)

    page = enter(manager).get("/desk/")

    assert rows(page) == [(stay.code, "arriving_late", "check_in", False)]
    assert "晚到" in text_of(page)


def test_cancelled_held_and_later_stays_and_those_of_other_houses_are_on_no_list(
    enter, manager, hostel, lin, chen, people, friday_stay
):
    cancel(friday_stay(lin, hostel), now=NOW)
    friday_stay(chen, Hostel.objects.get(slug="mudu"))
    friday_stay(people("王芳", "female"), hostel, hold=True)

    for tab in ("due_in", "in_house", "due_out", "no_show"):
        assert rows(enter(manager).get("/desk/", {"tab": tab})) == []


def test_an_empty_list_says_how_many_beds_are_ready_and_what_to_do(enter, manager, hostel):
    page = enter(manager).get("/desk/")

    beds = Bed.objects.filter(room__hostel=hostel, room__supply="fixed").count()
    assert f"今天没有预抵。空净床 {beds} 张" in text_of(page)
    assert "输码办理入住" in text_of(page)


def test_when_everybody_has_come_the_list_says_so(enter, manager, hostel, lin, friday_stay):
    check_in(friday_stay(lin, hostel), compared=True, now=NOW)

    assert "今天预抵的都到了。空净床" in text_of(enter(manager).get("/desk/"))


def test_an_unknown_list_is_the_first_one(enter, manager):
    assert enter(manager).get("/desk/", {"tab": "'; drop"}).context["tab"] == "due_in"


def test_what_was_just_done_is_said_and_only_if_it_was_done(enter, manager, hostel, lin, chen, friday_stay, clock):
    gone, there = friday_stay(lin, hostel), friday_stay(chen, hostel)
    check_in(gone, compared=True, now=NOW)
    clock.now = moment(FRIDAY, 16)
    check_out(gone, now=clock.now)
    browser = enter(manager)

    assert f"林**（{gone.code}）已退房" in text_of(browser.get("/desk/", {"check_out": gone.code}))
    assert "已退房" not in text_of(browser.get("/desk/", {"check_out": there.code}))


def test_a_longer_list_costs_no_more_statements(
    enter, manager, hostel, lin, people, friday_stay, django_assert_num_queries
):
    friday_stay(lin, hostel)
    browser = enter(manager)

    # Session, login, the houses of the login, the beds with who is in them and what is closed, the lists and their
    # beds, the four counts, what it has to answer; and what waits: proofs, what does not fit, what is to do.
    with django_assert_num_queries(13):
        browser.get("/desk/")
    for name in ("陈一舟", "王芳"):
        friday_stay(people(name), hostel)
    with django_assert_num_queries(13):
        assert len(browser.get("/desk/").context["rows"]) == 3


def test_in_english_every_word_is_english_but_names(enter, manager, hostel, lin, friday_stay):
    friday_stay(lin, hostel)
    manager.language = "en"
    manager.save()

    said = text_of(enter(manager).get("/desk/"))

    assert "Due in: left of all" in said
    rest = said.replace("林**", "").replace("中文", "")
    assert not [character for character in rest if "一" <= character <= "鿿"]


def test_the_desk_is_read_only_by_get(enter, manager):
    assert enter(manager).post("/desk/").status_code == 405


def test_a_second_house_keeps_its_name_in_every_link(enter, manager, hostel, lin, friday_stay):
    Role.objects.create(user=manager, kind="manager", hostel=Hostel.objects.get(slug="mudu"), valid_from=FRIDAY)
    stay = friday_stay(lin, hostel)

    page = enter(manager).get("/desk/", {"hostel": "baodaiqiao"})

    assert f'href="/desk/checkin/?hostel=baodaiqiao&amp;stay={stay.code}"' in page.content.decode()


# --- what waits -------------------------------------------------------------------------------------------------------
def alerts(response):
    """What waits, by its kind: the words, and where each part of it leads."""
    return {alert.kind: (alert.words, [href for _word, href in alert.links]) for alert in response.context["alerts"]}


def test_where_nothing_waits_nothing_is_said(enter, manager, hostel, lin, friday_stay):
    friday_stay(lin, hostel)

    page = enter(manager).get("/desk/")

    assert alerts(page) == {}
    assert "d1-alerts" not in page.content.decode()


def test_who_is_late_is_said_on_every_list_and_leads_to_the_card(enter, manager, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    clock.now = moment(FRIDAY, 23, 10)

    for tab in ("due_in", "in_house", "no_show"):
        late = alerts(enter(manager).get("/desk/", {"tab": tab}))["late"]
        assert late == ("1 位没来，留房时间已过", [f"/desk/checkin/?stay={stay.code}"])


def test_who_is_overdue_leads_to_all_about_the_stay(enter, manager, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    check_in(stay, compared=True, now=moment(FRIDAY, 15))
    clock.now = moment(SUNDAY, 16)

    assert alerts(enter(manager).get("/desk/"))["overdue"][1] == [f"/desk/stays/{stay.code}/"]


def test_a_bed_that_somebody_comes_for_and_is_not_ready_is_said_with_its_hour(
    enter, manager, hostel, lin, chen, friday_stay
):
    stay, other = friday_stay(lin, hostel), friday_stay(chen, hostel)
    bed = str(stay.bed_nights.get().bed)
    nobody = str(Bed.objects.filter(room__hostel=hostel, room__supply="fixed").last())
    said = {"beds": [bed, nobody]}
    perform(Asked(hostel, "soiled", "soiled", manager, NOW, said=said), now=NOW)

    page = enter(manager).get("/desk/")

    assert alerts(page)["not_ready"] == ("今天要用的床有 1 张还没好", ["/desk/rooms/"])
    assert f"{bed}，约 10:20 好" in text_of(page)
    unready = {row.stay.code: row.unready and row.unready.state for row in page.context["rows"]}
    assert unready == {stay.code: "to_clean", other.code: None}


def test_who_was_let_in_before_the_bed_was_clean_waits_for_the_key(enter, manager, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    bed = str(stay.bed_nights.get().bed)
    perform(Asked(hostel, "soiled", "soiled", manager, NOW, said={"beds": [bed]}), now=NOW)
    said = {"compared": True, "before_clean": True}
    perform(Asked(hostel, "in", "check_in", manager, NOW, stay, said), now=NOW)
    browser = enter(manager)

    assert "not_ready" in alerts(browser.get("/desk/"))
    clock.now = moment(FRIDAY, 10, 20)
    perform(Asked(hostel, "clean", "cleaned", manager, clock.now, said={"beds": [bed]}), now=clock.now)
    assert alerts(browser.get("/desk/")) == {}


def test_a_proof_to_look_at_leads_to_the_card_of_who_comes_today(
    enter, manager, hostel, lin, chen, friday_stay, people
):
    sent, waits, later = friday_stay(lin, hostel), friday_stay(chen, hostel), friday_stay(people("王芳"), hostel)
    with kept_files([io.BytesIO(photo())]) as pages:
        prove(sent, kind="interview_notice", pages=pages, agreed=True, now=NOW, actor=lin.user)
    Stay.objects.filter(pk=waits.pk).update(confirmed_at=None, awaits=Stay.Awaits.PROOF, held_until=moment(FRIDAY, 20))
    Stay.objects.filter(pk=later.pk).update(confirmed_at=None, awaits=Stay.Awaits.PROOF, held_until=moment(FRIDAY, 9))

    words, hrefs = alerts(enter(manager).get("/desk/"))["evidence"]

    assert words == "今天有 2 位材料待核：看原件即可"
    assert set(hrefs) == {f"/desk/checkin/?stay={stay.code}" for stay in (sent, waits)}


def test_what_does_not_fit_and_what_is_to_do_today_stand_there_until_they_are_done(
    enter, manager, hostel, lin, friday_stay, foreign_manager
):
    stay = friday_stay(lin, hostel)
    made = perform(Asked(hostel, "note", "note", manager, NOW, said={"kind": "note", "text": "换灯泡"}), now=NOW)
    clash = Clash.objects.create(act=made)
    notes = [
        Note.objects.create(hostel=hostel, kind=kind, by=manager, at=NOW, due_at=due, stay=stay)
        for kind, due in (
            ("todo", moment(SATURDAY, 5)),
            ("todo", moment(SATURDAY, 7)),
            ("todo", None),
            ("report", moment(SATURDAY, 9)),
            ("note", moment(FRIDAY, 12)),
        )
    ]
    browser = enter(manager)

    seen = alerts(browser.get("/desk/"))
    assert seen["clashes"] == ("断网时办的有 1 件对不上：选一个为准", ["/desk/sync/"])
    assert seen["to_do"] == ("今天有 2 件待办", ["/desk/log/"])
    assert alerts(enter(foreign_manager).get("/desk/")) == {}

    Note.objects.filter(pk__in=[note.pk for note in notes]).update(done_at=NOW, done_by=manager)
    Clash.objects.filter(pk=clash.pk).update(settled_at=NOW, settled_by=manager, choice="online")
    assert alerts(browser.get("/desk/")) == {}


def test_what_waits_costs_no_more_where_more_waits(
    enter, manager, hostel, people, friday_stay, django_assert_num_queries
):
    browser = enter(manager)

    def day_with(number):
        stays = [friday_stay(people("王小明"), hostel) for _place in range(number)]
        beds = [str(stay.bed_nights.get().bed) for stay in stays]
        perform(Asked(hostel, f"soiled-{number}", "soiled", manager, NOW, said={"beds": beds}), now=NOW)
        return len(browser.get("/desk/").context["alerts"])

    day_with(1)
    # As above, and what happened last to the beds.
    with django_assert_num_queries(14):
        browser.get("/desk/")
    assert day_with(3) == 1
    with django_assert_num_queries(14):
        browser.get("/desk/")


def test_beds_that_are_free_and_to_be_cleaned_are_not_called_ready(enter, manager, hostel, lin, friday_stay):
    beds = list(Bed.objects.filter(room__hostel=hostel, room__supply="fixed").select_related("room"))
    stay = friday_stay(lin, hostel)
    check_in(stay, compared=True, now=NOW)
    free = next(bed for bed in beds if bed.room_id != stay.bed_nights.get().room_id)
    perform(Asked(hostel, "soiled", "soiled", manager, NOW, said={"beds": [str(free)]}), now=NOW)

    assert f"空净床 {len(beds) - 2} 张" in text_of(enter(manager).get("/desk/"))


def test_a_check_out_can_be_taken_back_where_it_is_said(enter, manager, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)
    check_in(stay, compared=True, now=NOW)
    browser = enter(manager)
    page = browser.get(f"/desk/stays/{stay.code}/check-out/")

    done = browser.post(f"/desk/stays/{stay.code}/check-out/", {"act_id": hidden(page, "act_id")}, follow=True)
    browser.post(re.search(r'action="(/desk/acts/\d+/undo/)"', done.content.decode())[1], {"back": "/desk/"})

    stay.refresh_from_db()
    assert stay.status == "in_house"
