import re
from datetime import date

import pytest

from accounts.models import Deed, User
from accounts.people import complete_person
from bookings.booking import book, confirm
from bookings.cancelling import cancel
from bookings.desk import beds_for, check_in, check_out, no_show
from bookings.models import BedNight, Stay
from bookings.moving import move
from desk.acts import Asked, perform
from desk.models import Act
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, moment
from tests.web.conftest import hidden, text_of

CHECKIN = "/desk/checkin/"


@pytest.fixture
def desk(enter, manager):
    return enter(manager)


def look_for(browser, text):
    """Type ``text`` into the box; follow to the address of the answer."""
    return browser.post(CHECKIN, {"text": text}, follow=True)


def found(response):
    """What was found, and the words of its first line."""
    html = response.content.decode()
    kind = re.search(r'data-found="(\w+)"', html)
    title = re.search(r"<h2>(.*?)</h2>", html[kind.start() :], re.DOTALL) if kind else None
    return kind and kind[1], title and " ".join(re.sub("<[^>]+>", "", title[1]).split())


def let_in(browser, stay, **said):
    """Fill the card in as the desk does, tick included, and send it."""
    if "act_id" not in said:
        said["act_id"] = hidden(browser.get(CHECKIN, {"stay": stay.code}), "act_id")
    said = {"stay": stay.code, "bed": str(beds_for(stay, NOW)[0]), "compared": "on"} | said
    return browser.post(CHECKIN, {name: value for name, value in said.items() if value is not None})


def test_the_first_page_is_one_box_that_has_the_focus(desk):
    html = desk.get(CHECKIN).content.decode()

    box = re.search(r'<input id="text"[^>]*>', html)[0]
    assert "autofocus" in box
    assert "短码、四位数、姓名、房号或证件" in html
    assert "data-found" not in html


def test_three_acts_let_a_guest_in(desk, manager, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)

    card = look_for(desk, stay.code)
    assert found(card) == ("ready", "可以入住")
    done = let_in(desk, stay)

    assert (done.status_code, done["Location"]) == (302, f"{CHECKIN}?done={stay.code}")
    stay.refresh_from_db()
    assert (stay.status, stay.checked_in_at) == ("in_house", NOW)
    deed = Deed.objects.get(what="check_in")
    assert (deed.actor, deed.about, deed.hostel) == (manager, stay.code, hostel)
    assert f"林** 已入住：{stay.bed_nights.get().bed} 床" in text_of(desk.get(done["Location"]))


@pytest.mark.parametrize("typed", ["{code}", " {lower} ", "https://house.example/stays/{code}/pass/", "/stays/{lower}"])
def test_a_code_is_found_as_it_is_typed_or_scanned(desk, hostel, lin, friday_stay, typed):
    stay = friday_stay(lin, hostel)

    page = look_for(desk, typed.format(code=stay.code, lower=stay.code.lower()))

    assert found(page)[0] == "ready"
    assert page.context["finding"].stay == stay


def test_the_last_four_of_phone_or_document_and_the_whole_document_find_the_guest(desk, hostel, lin, chen, friday_stay):
    stay = friday_stay(lin, hostel)
    friday_stay(chen, hostel)

    for typed in (lin.user.phone[-4:], lin.document[-4:], lin.document, lin.document.lower()):
        assert look_for(desk, typed).context["finding"].stay == stay, typed


def test_what_was_read_from_a_document_is_in_no_address(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)

    answer = desk.post(CHECKIN, {"text": lin.document})

    assert answer["Location"] == f"{CHECKIN}?stay={stay.code}"


def test_several_that_match_are_a_list_and_never_a_guess(desk, hostel, lin, people, friday_stay):
    first = friday_stay(lin, hostel)
    other = people("王芳", "female")
    other.phone_digits = lin.phone_digits
    other.save()
    second = friday_stay(other, hostel)

    page = look_for(desk, lin.user.phone[-4:])

    assert found(page) == ("several", "有几位对得上：选面前这位")
    for stay in (first, second):
        assert f'href="{CHECKIN}?stay={stay.code}"' in page.content.decode()
    assert "d2-card" not in page.content.decode()


def test_the_card_shows_the_name_to_compare_with_the_masked_document_and_nights_and_bed(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel, until=SUNDAY)

    page = desk.get(CHECKIN, {"stay": stay.code})

    said, html = text_of(page), page.content.decode()
    assert f"{lin.name} {stay.code}" in said
    assert lin.document[:4] + "************" + lin.document[-2:] in said
    assert "共 2 晚" in said
    assert f"{stay.bed_nights.first().bed} · " in said
    assert lin.document not in html
    assert lin.document[-4:] not in html
    # What else can be done with the stay stands on its own page.
    assert f'href="/desk/stays/{stay.code}/"' in html


def test_who_looked_at_a_card_is_on_record(desk, manager, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)

    desk.get(CHECKIN, {"stay": stay.code})

    deed = Deed.objects.get(what="see_stay")
    assert (deed.actor, deed.person, deed.about) == (manager, lin, stay.code)


def test_the_tick_is_never_set_for_the_desk(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)

    tick = re.search(r'<input type="checkbox"[^>]*>', desk.get(CHECKIN, {"stay": stay.code}).content.decode())[0]
    assert "checked" not in tick
    again = let_in(desk, stay, document_number="E99999999")

    tick = re.search(r'<input type="checkbox"[^>]*>', again.content.decode())[0]
    assert again.status_code == 409
    assert "checked" not in tick


def test_without_the_tick_nobody_is_let_in_and_the_page_says_what_is_missing(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)
    other = beds_for(stay, NOW)[1]

    page = let_in(desk, stay, compared=None, bed=str(other))

    assert page.status_code == 422
    html = page.content.decode()
    assert "<title>有误： 办理入住" in html
    assert 'href="#compared"' in html
    assert f'<option value="{other}" selected>' in html
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_another_bed_can_be_given(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel, until=SUNDAY)
    other = beds_for(stay, NOW)[-1]

    let_in(desk, stay, bed=str(other))

    assert set(stay.bed_nights.live().values_list("bed", flat=True)) == {other.pk}


def test_a_bed_of_the_card_has_the_kind_of_its_room_in_the_word_of_all_pages(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)

    beds = desk.get("/desk/checkin/", {"stay": stay.code}).content.decode()

    assert "双人间" in beds
    assert "双床间" not in beds


def test_a_bed_that_was_given_away_meanwhile_is_refused(desk, hostel, lin, chen, friday_stay):
    stay, before = friday_stay(lin, hostel), friday_stay(chen, hostel)
    taken = before.bed_nights.get().bed

    page = let_in(desk, stay, bed=str(taken))

    assert page.status_code == 422
    assert "这张床刚刚被占了，另选一张" in text_of(page)
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_a_document_read_in_addition_must_be_the_guests(desk, hostel, lin, chen, friday_stay):
    stay = friday_stay(lin, hostel)

    page = let_in(desk, stay, document_number=chen.document)

    assert page.status_code == 409
    assert 'data-code="DOCUMENT"' in page.content.decode()
    assert "先停一下：还没办入住" in text_of(page)
    assert "可以入住" not in text_of(page)
    assert chen.document not in page.content.decode()
    stay.refresh_from_db()
    assert stay.status == "confirmed"
    assert let_in(desk, stay, document_number=lin.document).status_code == 302


def test_a_double_tap_lets_in_once(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)
    act_id = hidden(desk.get(CHECKIN, {"stay": stay.code}), "act_id")

    first, second = (let_in(desk, stay, act_id=act_id) for _ in range(2))

    assert first["Location"] == second["Location"] == f"{CHECKIN}?done={stay.code}"
    assert Deed.objects.filter(what="check_in").count() == 1
    assert Act.objects.count() == 1


def test_a_colleague_who_was_quicker_is_named(desk, manager, hostel, lin, friday_stay, clock, officer):
    stay = friday_stay(lin, hostel)
    card = desk.get(CHECKIN, {"stay": stay.code})
    check_in(stay, compared=True, now=moment(FRIDAY, 10), actor=officer)
    clock.now = moment(FRIDAY, 10, 5)

    page = let_in(desk, stay, act_id=hidden(card, "act_id"))

    room = stay.bed_nights.get().room
    assert page.status_code == 409
    assert found(page) == ("here_already", f"已办过入住：今天 10:00，+86 138******13，{room} 房")
    assert Deed.objects.filter(what="check_in").count() == 1


def test_an_act_refused_can_be_sent_again_when_it_is_put_right(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)
    wrong = let_in(desk, stay, document_number="E99999999")

    right = let_in(desk, stay, act_id=hidden(wrong, "act_id"))

    assert right.status_code == 302


@pytest.mark.parametrize("act_id", ["", "x" * 81, "短"])
def test_a_form_without_an_act_is_not_one_of_ours(desk, hostel, lin, friday_stay, act_id):
    stay = friday_stay(lin, hostel)

    assert let_in(desk, stay, act_id=act_id).status_code == 400
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_an_act_used_for_one_stay_does_not_do_for_another(desk, hostel, lin, chen, friday_stay):
    first, second = friday_stay(lin, hostel), friday_stay(chen, hostel)
    act_id = hidden(desk.get(CHECKIN, {"stay": first.code}), "act_id")
    let_in(desk, first, act_id=act_id)

    assert let_in(desk, second, act_id=act_id).status_code == 400
    second.refresh_from_db()
    assert second.status == "confirmed"


def test_already_checked_in_says_when_who_and_which_room(desk, manager, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    check_in(stay, compared=True, now=moment(FRIDAY, 15, 2), actor=manager)
    clock.now = moment(FRIDAY, 16)
    title = f"已办过入住：今天 15:02，+86 138******11，{stay.bed_nights.get().room} 房"

    assert found(look_for(desk, stay.code)) == ("here_already", title)
    assert found(look_for(desk, lin.user.phone[-4:])) == ("here_already", title)
    assert found(look_for(desk, lin.document)) == ("here_already", title)


def test_a_stay_of_another_house_says_which_how_far_and_whom_to_ring(desk, hostel, lin, friday_stay):
    other = Hostel.objects.get(slug="mudu")
    stay = friday_stay(lin, other)

    page = look_for(desk, stay.code)

    kind, title = found(page)
    assert kind == "elsewhere"
    assert re.fullmatch(r"订的是苏青驿·木渎站，离这里 \d+\.\d 公里", title)
    assert f'href="tel:{other.phone}"' in page.content.decode()
    assert "林" not in text_of(page)


def test_a_stay_of_another_house_cannot_be_let_in_here(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, Hostel.objects.get(slug="mudu"))

    page = desk.post(CHECKIN, {"stay": stay.code, "act_id": "a1", "compared": "on"})

    assert page.status_code == 409
    assert found(page)[0] == "elsewhere"
    stay.refresh_from_db()
    assert stay.status == "confirmed"


def test_people_of_other_houses_are_not_found_by_digits_or_document(desk, hostel, lin, friday_stay):
    friday_stay(lin, Hostel.objects.get(slug="mudu"))

    for typed in (lin.user.phone[-4:], lin.document[-4:], lin.document):
        assert found(look_for(desk, typed)) == ("unknown", "查无此码")


def test_not_today_says_the_dates(desk, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel, until=SUNDAY)
    clock.now = moment(FRIDAY, 5)

    page = look_for(desk, stay.code)

    assert found(page) == ("not_today", "不是今天")
    assert "订的是 3月6日 周五 → 3月8日 周日，共 2 晚" in text_of(page)


def test_cancelled_expired_missed_and_left_say_so(desk, hostel, people, friday_stay, clock):
    cancelled = friday_stay(people(), hostel)
    cancel(cancelled, now=NOW)
    expired = friday_stay(people(), hostel, hold=True)
    left = friday_stay(people(), hostel)
    check_in(left, compared=True, now=NOW)
    missed = friday_stay(people(), hostel)
    clock.now = moment(FRIDAY, 23, 30)
    check_out(left, now=clock.now)
    no_show(missed, now=clock.now)

    assert found(look_for(desk, cancelled.code)) == ("cancelled", "已取消")
    assert found(look_for(desk, expired.code)) == ("hold_ended", "已过期")
    assert found(look_for(desk, missed.code)) == ("missed", "已记未到")
    assert found(look_for(desk, left.code)) == ("gone", "已离店")
    for stay in (cancelled, expired, missed, left):
        assert "d2-card" not in look_for(desk, stay.code).content.decode()


def test_a_hold_is_for_the_guest_to_confirm(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel, hold=True)

    assert found(look_for(desk, stay.code)) == ("held", "还没确认")
    confirm(stay, now=NOW)
    assert found(look_for(desk, stay.code))[0] == "ready"


@pytest.mark.parametrize("typed", ["ZZZZZZ", "0000", "E99999999", "<script>", "' or 1=1", "四位数字", "9" * 500])
def test_what_means_nobody_is_no_such_code(desk, hostel, lin, friday_stay, typed):
    friday_stay(lin, hostel)

    assert found(look_for(desk, typed)) == ("unknown", "查无此码")


def test_nothing_typed_is_the_first_page(desk):
    page = desk.post(CHECKIN, {"text": "  "})

    assert page.status_code == 200
    assert found(page) == (None, None)


def test_after_the_cut_off_a_guest_who_comes_after_all_can_still_be_let_in(desk, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    clock.now = moment(FRIDAY, 23, 40)

    page = desk.get(CHECKIN, {"stay": stay.code})

    assert found(page)[0] == "ready"
    assert "留到 今天 23:00，已过" in text_of(page)
    assert let_in(desk, stay).status_code == 302


def test_what_the_guest_pays_at_the_desk_stands_on_the_card(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel, until=SUNDAY)
    BedNight.objects.filter(stay=stay, night=SATURDAY).update(price_class="priced", percent=50, price_fen=4900)

    assert "应收 ¥49.00 · 1 晚半价" in text_of(desk.get(CHECKIN, {"stay": stay.code}))


def test_a_line_about_somebody_let_in_needs_somebody_let_in(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, hostel)

    assert "已入住" not in text_of(desk.get(CHECKIN, {"done": stay.code}))


def test_a_card_costs_the_same_however_full_the_house_is(
    desk, hostel, lin, people, friday_stay, django_assert_max_num_queries
):
    stay = friday_stay(lin, hostel)
    for name in ("陈一舟", "王芳", "周子涵"):
        friday_stay(people(name), hostel)

    with django_assert_max_num_queries(14):
        desk.get(CHECKIN, {"stay": stay.code})
    assert Stay.objects.count() == 4


# --- by name and by room ----------------------------------------------------------------------------------------------
def test_a_guest_is_found_by_name_by_its_beginning_by_room_and_by_bed(desk, hostel, lin, chen, people, friday_stay):
    stay = friday_stay(lin, hostel)
    friday_stay(chen, hostel)
    anna = friday_stay(people("Anna Müller", "female"), Hostel.objects.get(slug="baodaiqiao"))
    bed = stay.bed_nights.get().bed

    for typed in ("林小满", "林", " 林小 ", str(bed)):
        assert look_for(desk, typed).context["finding"].stay == stay, typed
    for typed in ("anna", "MÜLLER", "Anna Mü"):
        assert look_for(desk, typed).context["finding"].stay == anna, typed
    room = look_for(desk, bed.room.number)
    assert (found(room)[0], {each.pk for each in room.context["finding"].stays}) == ("several", {stay.pk, anna.pk})


def test_a_room_finds_who_has_it_tonight(desk, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel, until=SUNDAY)
    check_in(stay, compared=True, now=moment(FRIDAY, 15))
    first = stay.bed_nights.first().bed
    clock.now = moment(FRIDAY, 16)
    other = next(bed for bed in beds_for(stay, clock.now) if bed.room_id != first.room_id)
    move(stay, bed=other, from_night=SATURDAY, now=clock.now)

    assert found(look_for(desk, first.room.number))[0] == "here_already"
    assert found(look_for(desk, other.room.number))[0] == "unknown"
    clock.now = moment(SATURDAY, 16)
    assert found(look_for(desk, first.room.number))[0] == "unknown"
    assert found(look_for(desk, other.room.number))[0] == "here_already"


def test_several_of_one_name_are_a_list_with_masked_names_beds_and_states(desk, hostel, lin, people, friday_stay):
    mine = friday_stay(lin, hostel)
    other = friday_stay(people("林一", "female"), hostel)
    check_in(other, compared=True, now=NOW)

    page = look_for(desk, "林")

    said = text_of(page)
    assert found(page)[0] == "several"
    assert "林小满" not in said
    for stay, state in ((mine, "预抵"), (other, "在住")):
        assert f"{stay.code} · 床位 {stay.bed_nights.get().bed} {state}" in said


def test_nobody_is_found_by_name_who_left_comes_later_or_is_of_another_house(desk, hostel, lin, people, friday_stay):
    friday_stay(lin, Hostel.objects.get(slug="mudu"))
    gone = friday_stay(people("周子涵"), hostel)
    check_in(gone, compared=True, now=NOW)
    check_out(gone, now=NOW)
    book(guest=people("王芳"), hostel=hostel, nights=Nights(SATURDAY, SUNDAY), purpose="interview", now=NOW)

    for typed in ("林小满", "周子涵", "王芳", "小满", "%", "_"):
        assert found(look_for(desk, typed)) == ("unknown", "查无此码"), typed


def test_whose_bed_is_only_held_and_who_did_not_come_are_found_by_digits_and_name_too(
    desk, hostel, lin, chen, friday_stay, clock
):
    friday_stay(lin, hostel, hold=True)
    missed = friday_stay(chen, hostel)
    for typed in (lin.user.phone[-4:], lin.document, "林小满"):
        assert found(look_for(desk, typed)) == ("held", "还没确认"), typed
    clock.now = moment(FRIDAY, 23, 30)
    no_show(missed, now=clock.now)

    for typed in (chen.user.phone[-4:], "陈一舟"):
        assert found(look_for(desk, typed)) == ("missed", "已记未到"), typed
    assert found(look_for(desk, "林小满")) == ("unknown", "查无此码")  # the hold is over

    again = book(guest=chen, hostel=hostel, nights=Nights(FRIDAY, SATURDAY), purpose="interview", now=clock.now)
    assert look_for(desk, "陈一舟").context["finding"].stay == again
    assert look_for(desk, chen.user.phone[-4:]).context["finding"].stay == again


def test_a_name_costs_the_same_however_many_are_here(
    desk, hostel, lin, people, friday_stay, django_assert_max_num_queries
):
    for name in ("王芳", "周子涵", "林一"):
        friday_stay(people(name), hostel)

    # Session, login, the houses, the people and their beds, and for the list the beds again.
    with django_assert_max_num_queries(9):
        page = desk.post(CHECKIN, {"text": "没有这个人"})
    assert found(page)[0] == "unknown"


# --- what is said of a scan -------------------------------------------------------------------------------------------
def test_who_cancelled_missed_or_is_not_known_can_be_given_a_bed_as_a_walk_in(desk, hostel, people, friday_stay, clock):
    cancelled = friday_stay(people(), hostel)
    cancel(cancelled, now=NOW)
    expired = friday_stay(people(), hostel, hold=True)
    missed = friday_stay(people(), hostel)
    clock.now = moment(FRIDAY, 23, 30)
    no_show(missed, now=clock.now)

    for text in (cancelled.code, expired.code, missed.code, "ZZZZZZ"):
        html = look_for(desk, text).content.decode()
        assert re.search(r'<a class="btn" href="/desk/walkin/" data-testid="d2-walk-in">', html), text


def test_a_result_stays_until_it_is_dismissed_and_then_the_box_waits_again(desk, hostel, lin, friday_stay):
    stay = friday_stay(lin, Hostel.objects.get(slug="mudu"))

    page = look_for(desk, stay.code).content.decode()

    href = re.search(r'href="([^"]*)" data-testid="d2-dismiss"', page)[1]
    assert found(desk.get(href)) == (None, None)


def test_an_early_guest_reads_from_when_they_can_come(desk, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    clock.now = moment(FRIDAY, 5)

    assert "提前到：3月6日 周五 当天起才能办理入住，床位从 14:00 起保证" in text_of(look_for(desk, stay.code))


# --- a clean bed ------------------------------------------------------------------------------------------------------
@pytest.fixture
def soil(hostel, manager):
    def soil(*beds, now=NOW):
        labels = [str(bed) for bed in beds]
        perform(Asked(hostel, f"soil-{len(labels)}-{now}", "soiled", manager, now, said={"beds": labels}), now=now)

    return soil


def test_the_card_offers_a_clean_bed_and_says_why_it_is_another(desk, hostel, lin, friday_stay, soil):
    stay = friday_stay(lin, hostel)
    kept = stay.bed_nights.get().bed
    soil(kept)

    page = desk.get(CHECKIN, {"stay": stay.code})

    picked = re.search(r'<option value="([^"]*)" selected>([^<]*)', page.content.decode())
    assert picked[1] != str(kept)
    assert "空净" in picked[2]
    assert f"原来留的 {kept} 还没打扫好，换成这张空净床" in text_of(page)
    assert f"{kept} · 待清洁，约 10:20 好 · 已留给这位客人" in text_of(page)
    let_in(desk, stay, bed=picked[1])
    stay.refresh_from_db()
    assert (stay.status, str(stay.bed_nights.get().bed)) == ("in_house", picked[1])


def test_where_no_bed_is_clean_the_guest_is_let_in_and_has_the_key_later(desk, hostel, lin, friday_stay, soil):
    stay = friday_stay(lin, hostel)
    kept = stay.bed_nights.get().bed
    soil(*beds_for(stay, NOW))

    page = desk.get(CHECKIN, {"stay": stay.code})

    said, html = text_of(page), page.content.decode()
    assert f"{kept}：待清洁，约 10:20 好。先办入住，房卡稍后给。" in said
    assert re.search(r'name="before_clean" value="true"[^>]*data-testid="d2-check-in"', html)
    done = let_in(desk, stay, before_clean="true")
    stay.refresh_from_db()
    assert stay.status == "in_house"
    assert "打扫好再给房卡" in text_of(desk.get(done["Location"]))


def test_a_bed_chosen_that_is_not_clean_is_refused_with_the_way_on(desk, hostel, lin, friday_stay, soil):
    stay = friday_stay(lin, hostel)
    other = beds_for(stay, NOW)[-1]
    soil(other)

    page = let_in(desk, stay, bed=str(other))

    html = page.content.decode()
    assert page.status_code == 409
    assert 'data-code="NOT_CLEAN"' in html
    assert f"{other} 床还没打扫好：约 10:20 好" in text_of(page)
    assert f'<option value="{other}" selected>' in html
    assert 'name="before_clean" value="true"' in html
    assert let_in(desk, stay, bed=str(other), before_clean="true").status_code == 302


def test_a_clean_bed_chosen_at_last_brings_its_key_at_once(desk, hostel, lin, friday_stay, soil):
    stay = friday_stay(lin, hostel)
    beds = beds_for(stay, NOW)
    soil(*beds[:-1])

    done = let_in(desk, stay, bed=str(beds[-1]), before_clean="true")

    assert "交房卡" in text_of(desk.get(done["Location"]))
    assert Act.objects.get(what="check_in").said["before_clean"] is False


def test_who_is_to_be_reported_is_said_before_and_after(desk, hostel, wuzhong, friday_stay):
    user = User.objects.create_user("+8613977777777", phone_verified=True)
    anna = complete_person(
        user,
        name="Anna Müller",
        document_kind="passport",
        document_number="C01X00T47",
        gender="female",
        birth_date=date(2001, 5, 6),
        education="bachelor",
        graduation="2025-06",
        school="TU",
        school_city="苏州",
        home_in_district=False,
        now=NOW,
    )
    stay = friday_stay(anna, hostel)

    assert "24 小时内报送公安" in text_of(desk.get(CHECKIN, {"stay": stay.code}))
    done = let_in(desk, stay)
    assert "要在 24 小时内报送公安，已记进交接" in text_of(desk.get(done["Location"]))
    assert "1 件待办" in text_of(desk.get("/desk/"))


def test_a_check_in_can_be_taken_back_where_it_is_said(desk, hostel, lin, friday_stay, clock):
    stay = friday_stay(lin, hostel)
    done = let_in(desk, stay)

    page = desk.get(done["Location"])
    action = re.search(r'action="(/desk/acts/\d+/undo/)"', page.content.decode())[1]
    desk.post(action, {"back": "/desk/"})

    stay.refresh_from_db()
    assert stay.status == "confirmed"
    clock.now = moment(FRIDAY, 10, 6)
    assert "/undo/" not in desk.get(done["Location"]).content.decode()


def test_the_card_and_the_leaving_can_be_kept_by_a_tablet_without_a_line(desk, hostel, lin, chen, friday_stay, manager):
    stay, here = friday_stay(lin, hostel), friday_stay(chen, hostel)
    check_in(here, compared=True, now=NOW, actor=manager)

    card = desk.get(CHECKIN, {"stay": stay.code}).content.decode()
    leaving = desk.get(f"/desk/stays/{here.code}/check-out/").content.decode()

    assert f'data-act="check_in" data-stay="{stay.code}"' in card
    assert f'data-act="check_out" data-stay="{here.code}"' in leaving
