"""Proofs on the pages: handed in from the phone (Y7), seen at the desk; and never needed to come in."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

import eligibility
from accounts.models import Consent, Deed
from bookings.booking import book
from bookings.models import Stay
from bookings.proving import show_at_desk
from eligibility.evidence import purge_due
from eligibility.models import Evidence, EvidencePage, EvidencePart, Review
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SUNDAY, TUESDAY, moment
from tests.eligibility.pictures import letter, photo
from tests.eligibility.reviewed import rules_with_people
from tests.web.conftest import hidden, text_of
from tests.web.test_desk_checkin import let_in, look_for

PUBLISHED = Path(eligibility.__file__).parent / "published"


@pytest.fixture
def stay(friday_stay, lin, hostel) -> Stay:
    return friday_stay(lin, hostel, SUNDAY)


@pytest.fixture
def held(wuzhong, lin, hostel, clock) -> Stay:
    """A bed from Sunday that waits for a proof."""
    rules_with_people(wuzhong, NOW)
    return book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, TUESDAY), purpose="interview", now=NOW)


@pytest.fixture
def browser(enter, lin):
    return enter(lin.user)


def at(stay) -> str:
    return f"/stays/{stay.code}/evidence/"


def file(content, name="notice.jpg"):
    return SimpleUploadedFile(name, content)


def send(browser, stay, *contents, headers=None, **said):
    """Fill the form in and send it."""
    fields = {"kind": "interview_notice", "agreed": "1", "key": hidden(browser.get(at(stay)), "key")}
    said = fields | {"files": [file(content) for content in contents]} | said
    return browser.post(at(stay), {name: value for name, value in said.items() if value is not None}, headers=headers)


# --- the page ---------------------------------------------------------------------------------------------------------
def test_the_page_says_what_will_do_and_ticks_nothing_beforehand(browser, stay):
    page = browser.get(at(stay))
    html, words = page.content.decode(), text_of(page)

    assert "面试或考试通知" in words
    assert "用人单位名称和联系方式" in words
    assert "实习协议" not in words  # that serves others
    assert "checked" not in re.search(r'<input[^>]*name="agreed"[^>]*>', html)[0]
    assert not [tag for tag in re.findall(r'<input[^>]*name="kind"[^>]*>', html) if "checked" in tag]
    assert 'capture="environment"' in html
    assert "30 天后删除。不想上传？到店出示原件也行" in words


def test_where_the_policy_wants_it_beforehand_the_page_says_until_when(browser, held):
    words = text_of(browser.get(at(held)))

    assert "房给你留着，3月6日 周五 16:00 前补一张面试或考试通知就行" in words  # six hours after booking
    assert "到店出示原件也行" not in words


def test_a_bed_that_waits_takes_the_proof_that_is_missing_not_what_the_desk_looks_at(browser, lin, hostel, in_force):
    in_force(PUBLISHED / "wuhan_wuchang_2022_2024.yaml")
    stay = book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, TUESDAY), purpose="job_seeking", now=NOW)
    html = browser.get(at(stay)).content.decode()

    assert stay.awaits == "proof"
    assert re.findall(r'name="kind" value="(\w+)"', html) == ["education_proof"]  # neither identity card nor pledge
    sent = send(browser, stay, photo(), kind="identity_card")
    assert sent.status_code == 422
    assert not Evidence.objects.exists()
    mine = text_of(browser.get("/me/"))
    assert "去补材料" in mine
    assert "确认预订" not in mine


def test_where_two_proofs_are_missing_it_does_not_say_that_one_will_do(browser, lin, hostel, in_force):
    in_force(PUBLISHED / "zhengzhou_2023.yaml")
    lin.answers = {"school-zhengzhou": "elsewhere"}
    lin.save()
    nights = Nights(FRIDAY + timedelta(days=10), FRIDAY + timedelta(days=12))
    stay = book(guest=lin, hostel=hostel, nights=nights, purpose="job_seeking", now=NOW)
    words = text_of(browser.get(at(stay)))

    assert "还差 2 份材料，一份一份交" in words
    assert "任选一样" not in words
    assert "前补齐材料就行" in words
    mine = text_of(browser.get(send(browser, stay, photo())["Location"]))
    assert "接着交下一份" in mine
    assert "什么都不用做" not in mine  # one is still missing
    words = text_of(browser.get(at(stay)))
    assert "面试通知截图" in words  # what was sent is still called by its name
    assert "要交的材料 学生证" in words
    assert Stay.objects.get().awaits == "proof"


def test_it_is_its_guest_s_alone(stay, chen, manager, enter):
    assert Client().get(at(stay)).status_code == 302
    for other in (chen.user, manager):
        assert enter(other).get(at(stay)).status_code == 404
        assert enter(other).post(at(stay), {"kind": "interview_notice", "code": "ABCD1234"}).status_code == 404
    assert not Evidence.objects.exists()


def test_an_identity_card_that_the_rules_accept_is_not_asked_for_here(browser, lin, hostel, in_force):
    in_force(PUBLISHED / "wuhan_wuchang_2022_2024.yaml")
    stay = book(guest=lin, hostel=hostel, nights=Nights(SUNDAY, TUESDAY), purpose="job_seeking", now=NOW)
    send(browser, stay, photo(), kind="education_proof")
    show_at_desk(stay, kind="education_proof", now=NOW, actor=lin.user)
    page = browser.get(at(stay))

    assert "identity_card" not in re.findall(r'name="kind" value="(\w+)"', page.content.decode())
    assert "我们从不要身份证照片，不用拍" in text_of(page)


def test_in_english_it_is_english(browser, stay):
    page = browser.get(f"/en{at(stay)}")
    words = text_of(page)

    assert "Any one of these will do" in words
    assert "interview or exam notice" in words
    assert "Rather not upload? Show it at the desk" in words
    assert f'data-parts="/en{at(stay)}parts/"' in page.content.decode()
    no = browser.put(f"/en{at(stay)}parts/{KEY}/0/?of=1", b"a", content_type="application/octet-stream")
    assert no.json()["sentence"].startswith("Tick that the pictures may be kept")


# --- handing in -------------------------------------------------------------------------------------------------------
def test_a_photo_is_handed_in_and_the_stay_says_how_it_stands(browser, held, lin):
    answer = send(browser, held, photo())

    assert (answer.status_code, answer["Location"]) == (302, f"/stays/{held.code}/")
    held.refresh_from_db()
    assert (held.status, held.awaits) == ("held", "review")
    assert Review.objects.count() == 1
    assert Consent.objects.filter(user=lin.user, purpose="evidence").exists()
    assert "面试或考试通知" in text_of(browser.get(at(held)))


def test_photo_and_album_come_together(browser, stay):
    send(browser, stay, photo(), letter(2))

    assert EvidencePage.objects.count() == 3


def test_a_code_needs_no_photo_and_no_consent(browser, stay, lin):
    assert send(browser, stay, code="ABCD 1234", agreed=None).status_code == 302

    assert Evidence.objects.get().code == "ABCD1234"
    assert not Consent.objects.filter(user=lin.user, purpose="evidence").exists()


def test_the_same_form_sent_twice_is_one_proof(browser, stay):
    key = hidden(browser.get(at(stay)), "key")

    for _time in range(2):
        assert send(browser, stay, photo(), key=key).status_code == 302
    assert Evidence.objects.count() == 1
    # From an older page, but another picture: that is another proof.
    assert send(browser, stay, photo(colour="#0000FF"), key=key).status_code == 302
    assert Evidence.objects.count() == 2
    assert EvidencePage.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"kind": None, "code": "ABCD1234"}, "kind", "选一下这是哪种证明"),
        ({"kind": "contract", "code": "ABCD1234"}, "kind", ""),
        ({"code": "a"}, "code", "验证码由 4–60 位字母和数字组成"),
        ({"code": "", "agreed": "1"}, "files", "没有收到文件"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(browser, stay, said, field, words):
    page = send(browser, stay, **said)

    html = page.content.decode()
    assert page.status_code == 422
    assert html.index("有误：") < html.index("<body")
    assert f'href="#{field}"' in html
    assert words in text_of(page)
    if said.get("code"):
        assert f'value="{said["code"]}"' in html
    assert not Evidence.objects.exists()


def test_a_photo_without_consent_is_not_kept(browser, stay):
    page = send(browser, stay, photo(), agreed=None)

    assert page.status_code == 422
    assert 'href="#agreed"' in page.content.decode()
    assert not EvidencePage.objects.exists()


@pytest.mark.parametrize(
    ("content", "words", "next_step"),
    [
        (b"<html>", "这个文件不是照片（JPEG、PNG、WebP），也不是 PDF", "到店出示原件"),
        (b"\0\0\0\x24ftypheic" + bytes(50), "HEIC", "截屏"),
        (photo()[:-100], "不完整或已损坏", "到店出示原件"),
        (photo() + bytes(8 * 1024 * 1024), "每个文件最多 8 MB，这个有 8.1 MB", "到店出示原件"),
        (letter(9), "一次最多传 8 页，现在有 9 页", "到店出示原件"),
    ],
    ids=["html", "heic", "damaged", "heavy", "nine pages"],
)
def test_a_file_that_cannot_be_taken_says_what_to_do_and_the_bed_stays_held(browser, held, content, words, next_step):
    page = send(browser, held, content)

    assert page.status_code == 422
    assert words in text_of(page)
    assert next_step in text_of(page)
    assert "checked" in re.search(r'<input[^>]*value="interview_notice"[^>]*>', page.content.decode())[0]
    held.refresh_from_db()
    assert (held.status, held.awaits) == ("held", "proof")


def test_after_the_deadline_the_page_says_so_and_leads_on(browser, held, clock):
    clock.now = held.held_until + timedelta(minutes=1)

    page = browser.get(at(held))
    assert "y7-send" not in page.content.decode()
    assert 'data-code="HOLD_ENDED"' in page.content.decode()
    answer = browser.post(at(held), {"kind": "interview_notice", "code": "ABCD1234"})

    assert answer.status_code == 409
    assert not Evidence.objects.exists()


# --- in pieces, ahead of the form -------------------------------------------------------------------------------------
KEY = "0123456789abcdef"


def piece(browser, stay, number, content, of=2, key=KEY, agreed="&agreed=1", **how):
    """Send a piece of a picture, as the page's script does."""
    address = f"{at(stay)}parts/{key}/{number}/?of={of}{agreed}"
    return browser.put(address, content, content_type="application/octet-stream", **how)


def ahead(browser, stay, content, key=KEY):
    half = len(content) // 2
    for number, part in enumerate((content[:half], content[half:])):
        answer = piece(browser, stay, number, part, key=key)
        assert answer.status_code == 200
    assert answer.json() == {"have": [0, 1]}


def test_a_picture_that_came_in_pieces_is_handed_in_with_the_form_and_nothing_stays(browser, held):
    ahead(browser, held, photo())
    answer = send(browser, held, sent=KEY)

    assert (answer.status_code, answer["Location"]) == (302, f"/stays/{held.code}/")
    assert EvidencePage.objects.get().width == 600
    assert not EvidencePart.objects.exists()


def test_the_page_s_script_is_told_where_to_go_and_the_next_page_says_what_became_of_it(browser, held):
    ahead(browser, held, photo())
    answer = send(browser, held, sent=KEY, headers={"Accept": "application/json"})

    assert answer.json() == {"then": f"/stays/{held.code}/"}
    assert "收到了，有人会查看" in text_of(browser.get(f"/stays/{held.code}/"))


def test_sent_again_because_the_answer_was_lost_it_is_one_proof(browser, stay):
    ahead(browser, stay, photo())
    key = hidden(browser.get(at(stay)), "key")

    for _time in range(2):
        assert send(browser, stay, sent=KEY, key=key).status_code == 302
    assert Evidence.objects.count() == 1


def test_pictures_keep_the_order_in_which_they_stand(browser, stay):
    ahead(browser, stay, photo(500), key="second-picture")
    ahead(browser, stay, photo(400), key="first-picture")
    send(browser, stay, photo(600), sent=["first-picture", "second-picture"])

    assert list(EvidencePage.objects.values_list("width", flat=True)) == [400, 500, 600]


def test_what_has_come_is_known_after_a_cut_and_the_rest_follows(browser, held):
    content = photo()
    piece(browser, held, 0, content[:100])

    assert browser.get(f"{at(held)}parts/{KEY}/").json() == {"have": [0]}
    page = send(browser, held, sent=KEY)
    assert page.status_code == 422
    assert "没传完" in text_of(page)
    assert "传过的部分不用重传" in text_of(page)
    held.refresh_from_db()
    assert (held.status, held.awaits) == ("held", "proof")

    piece(browser, held, 1, content[100:])
    assert send(browser, held, sent=KEY).status_code == 302
    assert Evidence.objects.count() == 1


def test_the_beginning_of_a_piece_is_no_piece(browser, stay):
    """As a server gives it to us when the line is cut: less than was announced, and no error."""
    answer = piece(browser, stay, 0, b"", **{"wsgi.input": io.BytesIO(b"only the begin"), "CONTENT_LENGTH": "99"})

    assert answer.status_code == 400
    assert not EvidencePart.objects.exists()


def test_nothing_is_taken_before_the_consent(browser, stay, lin):
    answer = piece(browser, stay, 0, b"a", agreed="")

    assert (answer.status_code, answer.json()["code"]) == (422, "AGREED")
    assert not EvidencePart.objects.exists()
    ahead(browser, stay, photo())
    page = send(browser, stay, sent=KEY, agreed=None)
    assert page.status_code == 422
    assert 'href="#agreed"' in page.content.decode()
    assert not Evidence.objects.exists()


def test_a_picture_that_is_taken_out_leaves_nothing(browser, stay):
    ahead(browser, stay, photo())

    assert browser.delete(f"{at(stay)}parts/{KEY}/").json() == {"have": []}
    assert not EvidencePart.objects.exists()


def test_pieces_are_their_guest_s_alone(browser, stay, chen, enter):
    ahead(browser, stay, photo())
    others = enter(chen.user)

    for answer in (
        others.get(f"{at(stay)}parts/{KEY}/"),
        others.delete(f"{at(stay)}parts/{KEY}/"),
        piece(others, stay, 0, b"a"),
    ):
        assert answer.status_code == 404
    for answer in (Client().get(f"{at(stay)}parts/{KEY}/"), piece(Client(), stay, 0, b"a")):
        assert answer.status_code == 401
    assert EvidencePart.objects.count() == 2


def test_pieces_of_one_stay_are_none_of_another(browser, stay, lin, hostel):
    ahead(browser, stay, photo())
    later = book(guest=lin, hostel=hostel, nights=Nights(TUESDAY, TUESDAY + timedelta(days=1)), purpose="interview",
                 now=NOW)  # fmt: skip

    assert send(browser, later, sent=KEY).status_code == 422
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("number", "of", "content", "status"),
    [
        (2, 2, b"a", 400),
        (0, 0, b"a", 400),
        (0, "many", b"a", 400),
        (0, "", b"a", 400),
        (0, 1, b"", 400),
        (0, 1, bytes(100_001), 400),
        (0, 85, b"a", 409),
        (0, 10**30, b"a", 409),
    ],
)
def test_what_is_no_piece_is_not_taken(browser, stay, number, of, content, status):
    answer = piece(browser, stay, number, content, of=of)

    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "FILE_SIZE"
        assert "到店出示原件" in answer.json()["next"]
    assert not EvidencePart.objects.exists()


@pytest.mark.parametrize("key", ["short", "x" * 41, "with space", "点点点点点点点点"])
def test_a_key_is_one_that_a_page_can_draw(browser, stay, key):
    assert piece(browser, stay, 0, b"a", key=key).status_code == 404
    assert browser.get(f"{at(stay)}parts/{key}/").status_code == 404


def test_after_the_deadline_no_piece_is_taken_and_the_reason_said(browser, held, clock):
    clock.now = held.held_until + timedelta(minutes=1)

    answer = piece(browser, held, 0, b"a")
    assert (answer.status_code, answer.json()["code"]) == (409, "HOLD_ENDED")
    assert answer.json()["sentence"]
    assert not EvidencePart.objects.exists()


def test_a_form_that_another_site_wrote_sends_no_piece(enter, lin, stay):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lin.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert piece(strict, stay, 0, b"a").status_code == 403
    assert not EvidencePart.objects.exists()


# --- school and major -------------------------------------------------------------------------------------------------
def test_school_and_major_are_asked_here_and_known_from_then_on(browser, stay, lin):
    lin.school = ""
    lin.save()
    assert send(browser, stay, code="ABCD1234", school=" 苏州大学 ", major="护理学").status_code == 302

    lin.refresh_from_db()
    assert (lin.school, lin.major) == ("苏州大学", "护理学")
    html = browser.get(at(stay)).content.decode()
    assert 'value="苏州大学"' in html
    assert 'value="护理学"' in html
    assert Deed.objects.get(what="change_profile").values["fields"] == ["major", "school"]


def test_who_has_no_proof_yet_can_still_say_the_school(browser, held, lin):
    answer = send(browser, held, kind=None, agreed=None, school="苏州大学", major="")

    assert (answer.status_code, answer["Location"]) == (302, at(held))
    assert "学校和专业记下了" in text_of(browser.get(at(held)))
    lin.refresh_from_db()
    assert lin.school == "苏州大学"
    assert not Evidence.objects.exists()


def test_nobody_has_to_say_them_and_what_was_said_is_not_asked_for_twice(browser, stay, lin):
    lin.major = "护理学"
    lin.save()

    assert send(browser, stay, code="ABCD1234").status_code == 302  # an older page, without the fields
    lin.refresh_from_db()
    assert lin.major == "护理学"
    page = send(browser, stay, school=lin.school, major=lin.major)
    assert page.status_code == 422  # nothing new, and no proof
    page = send(browser, stay, code="ABCD1234", major="学" * 81)
    assert page.status_code == 422
    assert 'href="#major"' in page.content.decode()
    lin.refresh_from_db()
    assert lin.major == "护理学"


# --- one's own pictures -----------------------------------------------------------------------------------------------
def test_one_sees_one_s_own_pictures_with_one_s_own_name_and_nobody_else_does(browser, stay, lin, chen, enter):
    send(browser, stay, photo())
    address = f"{at(stay)}{Evidence.objects.get().pk}/1/"

    answer = browser.get(address)

    assert answer["Content-Type"] == "image/jpeg"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert Image.open(io.BytesIO(answer.content)).size == (600, 800)
    assert Deed.objects.get(what="see_evidence").actor == lin.user
    assert enter(chen.user).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert browser.get(f"{at(stay)}999/1/").status_code == 404


def test_one_s_own_stay_opens_no_picture_of_another_s(browser, stay, chen, friday_stay, hostel, enter):
    theirs = friday_stay(chen, hostel)
    send(enter(chen.user), theirs, photo())

    assert browser.get(f"{at(stay)}{Evidence.objects.get().pk}/1/").status_code == 404


def test_pictures_that_were_deleted_are_answered_by_a_sentence(browser, stay, clock):
    send(browser, stay, photo())
    purge_due(moment(SUNDAY + timedelta(days=60), 7))

    page = browser.get(f"{at(stay)}{Evidence.objects.get().pk}/1/", follow=True)

    assert page.status_code == 200
    assert "按约定" in text_of(page)


# --- at the desk ------------------------------------------------------------------------------------------------------
@pytest.fixture
def desk(enter, manager):
    return enter(manager)


def test_the_card_asks_for_the_original_and_lets_the_guest_in_without(desk, stay):
    card = look_for(desk, stay.code)

    assert "到店核原件" in text_of(card)
    assert let_in(desk, stay).status_code == 302
    assert not Evidence.objects.exists()


def test_what_was_shown_is_said_with_the_check_in(desk, stay, manager):
    assert let_in(desk, stay, evidence_seen="interview_notice").status_code == 302

    proof = Evidence.objects.get()
    assert (proof.way, proof.state, proof.decided_by) == ("desk", "accepted", manager)
    stay.refresh_from_db()
    assert stay.status == "in_house"


def test_where_one_is_accepted_the_card_does_not_ask(desk, stay, manager):
    show_at_desk(stay, kind="interview_notice", now=NOW, actor=manager)

    assert "d2-original" not in look_for(desk, stay.code).content.decode()


def test_the_desk_sees_what_the_guest_has_sent_with_its_own_name_on_it(
    desk, stay, browser, manager, enter, foreign_manager
):
    send(browser, stay, photo())

    card = look_for(desk, stay.code).content.decode()
    address = re.search(r'href="(/desk/evidence/\d+/1/)"', card)[1]
    assert desk.get(address)["Content-Type"] == "image/jpeg"
    assert Deed.objects.get(what="see_evidence").actor == manager
    assert enter(foreign_manager).get(address).status_code == 404
    assert browser.get(address).status_code == 403


def test_a_bed_that_waits_is_confirmed_by_the_original(desk, held, clock):
    page = look_for(desk, held.code)
    assert "材料待核：还没交" in text_of(page)

    desk.post(
        f"/desk/stays/{held.code}/evidence/",
        {"evidence_seen": "employer", "act_id": hidden(page, "act_id")},
        follow=True,
    )

    held.refresh_from_db()
    assert held.status == "confirmed"


def test_another_house_s_desk_confirms_nothing(enter, foreign_manager, held):
    answer = enter(foreign_manager).post(
        f"/desk/stays/{held.code}/evidence/", {"evidence_seen": "employer", "act_id": "a"}
    )

    assert answer.status_code == 404
    assert not Evidence.objects.exists()
