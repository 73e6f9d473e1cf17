"""The page of the rules (O4): drafted as sentences with values, previewed, approved by a second person."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Deed, Letter, Person
from bookings.booking import book
from bookings.models import Stay
from eligibility.drafting import discard
from eligibility.models import Policy
from eligibility.policies import policy_in_force
from eligibility.policy_file import load_policy, unsigned
from hostel.nights import Nights
from tests.api.counting import statements
from tests.browser import chromium, follow
from tests.conftest import FRIDAY, MONDAY, NOW, SATURDAY, SUNDAY, resident_number, staff
from tests.web.conftest import text_of
from tests.web.forms import Form
from web.office.policies import mark

LIST = "/office/policies/"


@pytest.fixture
def gu(enter, officer):
    """The browser of an officer, who drafts."""
    Person.objects.create(user=officer, name="顾清")
    return enter(officer)


@pytest.fixture
def second_officer(wuzhong):
    user = staff("+8613800000023", "officer", network=wuzhong)
    Person.objects.create(user=user, name="沈岚")
    return user


@pytest.fixture
def shen(enter, second_officer):
    """The browser of a second officer, who approves."""
    return enter(second_officer)


@pytest.fixture
def in_force(wuzhong):
    return Policy.objects.get(network=wuzhong)


@pytest.fixture
def draft(gu, in_force):
    answer = gu.post(LIST, {"based_on": in_force.pk})
    assert answer.status_code == 302
    return Policy.objects.get(version=2)


def page_of(policy, part=""):
    return f"{LIST}{policy.pk}/{part}"


def form_of(browser, policy):
    """What the page of a draft holds, ready to be changed and sent."""
    return Form(browser.get(page_of(policy)).content.decode(), "policy-form").sent


def send(browser, policy, do="save", files=None, **fields):
    """Change fields of the draft's page (dots written as __) and press the button ``do``."""
    sent = form_of(browser, policy)
    for name, value in fields.items():
        sent.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
    return browser.post(page_of(policy), {**dict(sent.lists()), "do": do, **(files or {})})


def rows(response):
    return re.findall(r'data-testid="o4-version" data-state="(\w+)"', response.content.decode())


def is_disabled(response, button):
    (tag,) = re.findall(rf'<[^<>]*data-testid="{button}"[^<>]*>', response.content.decode())
    return " disabled" in tag


def previewed(browser, policy, **fields):
    assert send(browser, policy, "preview", wanted_from=f"{SATURDAY}", **fields).status_code == 302
    return Policy.objects.get(pk=policy.pk)


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_versions_stand_in_a_list_with_their_state_and_their_people(gu, draft):
    page = gu.get(LIST)

    assert rows(page) == ["draft", "in_force"]
    said = text_of(page)
    assert "第 2 版 草稿 — 顾清 · 2026年3月6日" in said
    assert "第 1 版 生效中 2023年1月1日 样例起草人" in said


def test_a_version_that_was_replaced_is_past_and_one_that_begins_later_is_to_come(gu, shen, draft, clock):
    policy = previewed(gu, draft)
    shen.post(page_of(policy, "approval/"), {"seen": form_of(gu, policy)["seen"]})
    assert rows(gu.get(LIST)) == ["coming", "in_force"]

    clock.now = NOW + timedelta(days=1)
    assert rows(gu.get(LIST)) == ["in_force", "past"]


def test_a_network_without_rules_says_how_the_first_are_loaded(enter, wuzhong):
    browser = enter(staff("+8613800000031", "officer", network=wuzhong.parent))

    assert "第一版用文件载入" in text_of(browser.get(f"{LIST}?network={wuzhong.parent.slug}"))
    assert rows(browser.get(f"{LIST}?network=wuzhong")) == ["in_force"]


def test_the_list_costs_the_same_with_one_version_and_with_three(gu, in_force):
    one = statements(lambda: gu.get(LIST))
    for number in (2, 3):
        Policy.objects.create(
            network=in_force.network, version=number, rules=in_force.rules, drafted_by="顾清", approved_by="沈岚",
            in_force_from=date(2024, 1, number), written_at=NOW,
        )  # fmt: skip

    assert statements(lambda: gu.get(LIST)) == one


# --- reading --------------------------------------------------------------------------------------------------------
def test_a_version_in_force_is_read_as_sentences_and_has_no_field(gu, in_force):
    page = gu.get(page_of(in_force))

    said = text_of(page)
    assert "每次免费 3 晚；每自然年 7 晚" in said
    assert "按房价的 50 %；每次可再住 4 晚" in said
    assert "06-10 至 08-31 到店：每次免费 5 晚" in said
    assert 'id="policy-form"' not in page.content.decode()
    assert "起草下一版" in said


def test_it_is_read_in_english_too(gu, officer, in_force):
    officer.language = "en"
    officer.save()

    said = text_of(gu.get(page_of(in_force)))
    assert "3 free nights a stay; 7 a calendar year" in said
    assert "Rules, version 1 in force" in said


def test_the_file_is_downloaded_as_it_can_be_loaded_again(gu, in_force, tmp_path):
    answer = gu.get(page_of(in_force, "file.yaml"))

    assert answer["Content-Disposition"] == 'attachment; filename="wuzhong-1.yaml"'
    (tmp_path / "again.yaml").write_bytes(answer.content)
    assert load_policy(tmp_path / "again.yaml", now=NOW, check=True) == in_force


# --- changing -------------------------------------------------------------------------------------------------------
def test_seven_nights_become_ten_and_the_difference_is_said(gu, draft, in_force):
    answer = send(gu, draft, entitlements__0__caps__per_year="10")

    assert answer["Location"] == page_of(draft, "?done=saved")
    draft.refresh_from_db()
    assert draft.rules["entitlements"][0]["caps"] == {"per_stay": 3, "per_year": 10}
    said = text_of(gu.get(page_of(draft)))
    assert "与第 1 版相比有 1 处不同" in said
    assert "待遇 › 4天3晚 › 上限 › 每年免费晚数 原来： 7 → 现在： 10" in said
    assert unsigned(Policy.objects.get(pk=in_force.pk).rules)["entitlements"][0]["caps"]["per_year"] == 7


def test_saving_without_a_change_changes_nothing(gu, draft):
    before = Policy.objects.values().get(pk=draft.pk)

    send(gu, draft)

    assert Policy.objects.values().get(pk=draft.pk) == before


def test_a_rule_is_added_in_the_page_and_kept_when_it_is_complete(gu, draft):
    added = send(gu, draft, "add:rules", **{"new:rules": "first_time"})
    assert added.status_code == 200
    assert "还没保存" in text_of(added)
    assert len(Policy.objects.get(pk=draft.pk).rules["rules"]) == 7

    sent = Form(added.content.decode(), "policy-form").sent
    unfinished = gu.post(page_of(draft), {**dict(sent.lists()), "do": "save"})
    assert unfinished.status_code == 422
    assert text_of(unfinished).count("这里还没填") >= 2  # above, with a link, and at the field
    assert unfinished.content.decode().startswith("<!doctype html>")
    assert "<title>有误：" in unfinished.content.decode()

    sent["rules.7.place.zh"], sent["rules.7.place.en"] = "吴中", "Wuzhong"
    assert gu.post(page_of(draft), {**dict(sent.lists()), "do": "save"}).status_code == 302
    assert Policy.objects.get(pk=draft.pk).rules["rules"][7] == {
        "id": "first_time", "kind": "first_time", "place": {"zh": "吴中", "en": "Wuzhong"}
    }  # fmt: skip


def test_after_a_save_the_page_does_not_say_of_new_words_that_they_are_saved(gu, draft):
    saved = page_of(draft, "?done=saved")
    assert "o4-saved" in gu.get(saved).content.decode()

    html = gu.post(saved, {**dict(form_of(gu, draft).lists()), "do": "add:rules", "new:rules": "deposit"}).content

    assert b"o4-unsaved" in html
    assert b"o4-saved" not in html


def test_proofs_and_purposes_are_called_what_people_call_them(gu, draft):
    send(gu, draft, **{"rules.6.accepted.4.label.zh": "学生证", "rules.6.accepted.4.label.en": "student card"})
    assert "证明材料 › 认可的材料 › 学生证" in text_of(gu.get(page_of(draft)))

    wrong = text_of(send(gu, draft, purposes__exam__en=""))
    assert "考试 (英文)：这里还没填" in wrong or "考试（英文）：这里还没填" in wrong
    assert "Exam" not in wrong


def test_what_is_wrong_is_listed_in_the_order_of_the_page(gu, draft):
    html = send(
        gu, draft, purposes__exam__en="", rules__0__max="x", entitlements__0__caps__per_year="y"
    ).content.decode()

    places = [html.index(f'<a href="#f-{place}') for place in ("purposes.exam", "rules.0.max", "entitlements.0.caps")]
    assert places == sorted(places)


def test_a_rule_is_removed_in_the_page_and_gone_when_saved(gu, draft):
    page = send(gu, draft, "remove:rules.0")
    assert "去掉 到店当天满 18 至 35 周岁" in text_of(page)

    sent = Form(page.content.decode(), "policy-form").sent
    gu.post(page_of(draft), {**dict(sent.lists()), "do": "save"})
    assert "age" not in [rule["kind"] for rule in Policy.objects.get(pk=draft.pk).rules["rules"]]


def test_what_was_typed_stays_where_it_is_wrong_and_nothing_is_saved(gu, draft):
    answer = send(gu, draft, rules__0__max="abc", title__en="New rules", wanted_from=f"{MONDAY}")

    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'value="abc"' in html
    assert 'value="New rules"' in html
    assert f'value="{MONDAY}"' in html
    assert '<a href="#f-rules.0.max">年龄 › 最大年龄：“abc”不是整数，请填数字</a>' in html
    draft.refresh_from_db()
    assert draft.rules["title"]["en"] != "New rules"
    assert draft.wanted_from is None


@pytest.mark.parametrize(
    ("day", "sentence"),
    [("someday", "选一个日期。"), ("2026-02-30", "选一个日期。"), (f"{FRIDAY}", "办法最早从明天起变更")],
)
def test_the_first_day_is_a_day_from_tomorrow_on(gu, draft, day, sentence):
    answer = send(gu, draft, wanted_from=day)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert f'value="{day}"' in answer.content.decode()


def test_nobody_overwrites_what_another_saved_meanwhile_without_knowing(gu, shen, draft):
    mine = form_of(gu, draft)
    send(shen, draft, rules__0__max="34")

    mine["rules.0.max"] = "33"
    answer = gu.post(page_of(draft), {**dict(mine.lists()), "do": "save"})
    assert answer.status_code == 409
    assert "沈岚 在 3月6日 周五 10:00 保存过" in text_of(answer)
    assert Policy.objects.get(pk=draft.pk).rules["rules"][0]["max"] == 34

    again = Form(answer.content.decode(), "policy-form").sent
    assert again["rules.0.max"] == "33"
    assert gu.post(page_of(draft), {**dict(again.lists()), "do": "save"}).status_code == 302
    assert Policy.objects.get(pk=draft.pk).rules["rules"][0]["max"] == 33


# --- as text, and the published text --------------------------------------------------------------------------------
def test_a_draft_is_written_as_text(gu, draft):
    page = gu.get(page_of(draft, "text/")).content.decode()
    sent = Form(page).sent
    assert "max: 35" in sent["text"]

    sent["text"] = sent["text"].replace("max: 35", "max: 32")
    assert gu.post(page_of(draft, "text/"), dict(sent.lists())).status_code == 302
    assert Policy.objects.get(pk=draft.pk).rules["rules"][0]["max"] == 32


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("max: 35", "max: -1", "rules.0.max: 不能小于 0"),
        ("max: 35", "max: [", "line"),
        ("network: wuzhong", "network: gusu", "network"),
        ("name: wuzhong-sample", "just: words", "name"),
    ],
)
def test_a_text_that_is_no_policy_says_why_and_stays_as_it_was_typed(gu, draft, old, new, said):
    sent = Form(gu.get(page_of(draft, "text/")).content.decode()).sent
    sent["text"] = sent["text"].replace(old, new)

    answer = gu.post(page_of(draft, "text/"), dict(sent.lists()))

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert new in answer.content.decode()
    assert Policy.objects.get(pk=draft.pk).rules == draft.rules


@pytest.mark.parametrize(
    "text", ["", "[]", "just words", "!!binary aGk=", "? {a: 1}\n: 2", "1", "null: 2", "x" * 200_001]
)
def test_any_other_text_is_refused_with_a_sentence(gu, draft, text):
    sent = Form(gu.get(page_of(draft, "text/")).content.decode()).sent

    assert gu.post(page_of(draft, "text/"), {"seen": sent["seen"], "text": text}).status_code == 422


def test_a_text_does_not_overwrite_what_another_saved_meanwhile(gu, shen, draft):
    sent = Form(gu.get(page_of(draft, "text/")).content.decode()).sent
    send(shen, draft, rules__0__max="34")

    answer = gu.post(page_of(draft, "text/"), dict(sent.lists()))

    assert answer.status_code == 409
    assert Policy.objects.get(pk=draft.pk).rules["rules"][0]["max"] == 34


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_the_published_text_is_kept_and_read_by_everybody(gu, draft, client):
    send(gu, draft, files={"clause_file": SimpleUploadedFile("办法.pdf", PDF)})

    draft.refresh_from_db()
    answer = client.get(draft.clause_file.url)
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer) == PDF
    assert draft.clause_file.url in gu.get(page_of(draft)).content.decode()


@pytest.mark.parametrize("content", [b"", b"hello", b"<html>%PDF-1.7 %%EOF", b"%PDF-1.7 cut off"])
def test_what_is_no_pdf_is_refused_and_nothing_else_is_lost(gu, draft, content):
    answer = send(
        gu, draft, title__en="New rules", files={"clause_file": SimpleUploadedFile("rules.pdf", content or b" ")}
    )

    assert answer.status_code == 422
    assert "这不是 PDF" in text_of(answer)
    assert 'value="New rules"' in answer.content.decode()
    assert Policy.objects.get(pk=draft.pk).clause_file.name == ""


def test_who_only_gave_the_published_text_does_not_approve_either(gu, shen, second_officer, draft):
    send(shen, draft, files={"clause_file": SimpleUploadedFile("rules.pdf", PDF)})
    policy = previewed(gu, draft)

    page = shen.get(page_of(policy, "preview/"))
    assert is_disabled(page, "o4-approve")
    assert "SAME_PERSON" in page.content.decode()


# --- preview, hand over, approve ------------------------------------------------------------------------------------
def test_before_the_preview_nothing_can_be_handed_over_or_approved(gu, shen, draft):
    for browser in (gu, shen):
        for address in (page_of(draft), page_of(draft, "preview/")):
            page = browser.get(address)
            assert is_disabled(page, "o4-approve")
            assert "还没有人看过这些规则会影响谁" in text_of(page)
    assert is_disabled(gu.get(page_of(draft)), "o4-save")

    seen = form_of(shen, draft)["seen"]
    assert shen.post(page_of(draft, "approval/"), {"seen": seen}).status_code == 409
    assert gu.post(page_of(draft, "handover/"), {"seen": seen}).status_code == 409
    assert send(gu, draft, "hand_over").status_code == 409
    draft.refresh_from_db()
    assert draft.is_draft
    assert rows(gu.get(LIST))[0] == "draft"


def test_the_preview_shows_whom_a_lower_age_limit_would_refuse(gu, draft, people, friday_stay, hostel):
    older = friday_stay(people("赵大明", birth_date=date(1992, 1, 2)), hostel)
    friday_stay(people("林小满", "female"), hostel)

    answer = send(gu, draft, "preview", rules__0__max="30", wanted_from=f"{SATURDAY}")

    assert answer["Location"] == page_of(draft, "preview/")
    page = gu.get(answer["Location"])
    said = text_of(page)
    assert "1 新增不能住" in said
    assert "年龄 · 1" in said
    assert "年龄要在 18–30 岁，按证件你今年 34 岁" in said
    assert "Age must be 18–30; your ID says 34" in said
    assert older.assessment.code in said
    assert "年龄要在 18–30 岁，订房时按证件核对" in said  # what the checker will say
    assert "赵大明" not in said


def test_a_change_after_the_preview_asks_for_another(gu, shen, draft):
    policy = previewed(gu, draft)
    assert not is_disabled(shen.get(page_of(policy, "preview/")), "o4-approve")

    send(gu, policy, rules__0__max="34")
    page = shen.get(page_of(policy, "preview/"))
    assert is_disabled(page, "o4-approve")
    assert shen.post(page_of(policy, "approval/"), {"seen": form_of(shen, policy)["seen"]}).status_code == 409


def test_a_draft_is_handed_over_and_waits_in_the_list_until_it_changes(gu, shen, draft):
    policy = previewed(gu, draft)

    answer = gu.post(page_of(policy, "handover/"), {"seen": form_of(gu, policy)["seen"]})

    assert answer["Location"] == page_of(policy, "?done=handed_over")
    assert rows(gu.get(LIST))[0] == "waiting"
    assert "o4-to-approve" not in gu.get(page_of(policy)).content.decode()
    assert "o4-to-approve" in shen.get(page_of(policy)).content.decode()  # who changes it approves no more
    send(gu, policy, rules__0__max="34")
    assert rows(gu.get(LIST))[0] == "draft"


def test_the_author_reads_why_they_do_not_approve_their_own(gu, draft):
    policy = previewed(gu, draft)

    page = gu.get(page_of(policy, "preview/"))
    assert is_disabled(page, "o4-approve")
    assert not is_disabled(page, "o4-save")
    answer = gu.post(page_of(policy, "approval/"), {"seen": form_of(gu, policy)["seen"]})
    assert answer.status_code == 409
    assert "SAME_PERSON" in answer.content.decode()


def test_a_second_officer_approves_and_the_old_version_stays_as_it_was(gu, shen, draft, in_force, clock, wuzhong):
    before = Policy.objects.values().get(pk=in_force.pk)
    policy = previewed(gu, draft, rules__0__max="30")

    answer = shen.post(page_of(policy, "approval/"), {"seen": form_of(shen, policy)["seen"]})

    assert answer["Location"] == page_of(policy, "?done=approved")
    said = text_of(shen.get(answer["Location"]))
    assert "已批准：2026年3月7日 起生效" in said
    assert "顾清 起草 · 沈岚 批准" in said
    assert policy_in_force(wuzhong, FRIDAY) == in_force
    assert policy_in_force(wuzhong, SATURDAY) == policy
    assert Policy.objects.values().get(pk=in_force.pk) == before
    late = gu.post(page_of(policy), {"do": "save"})
    assert late.status_code == 409
    assert "NOT_A_DRAFT" in late.content.decode()


def test_a_second_officer_approves_what_they_read_and_nothing_else(gu, shen, draft):
    policy = previewed(gu, draft)
    seen = form_of(shen, policy)["seen"]
    previewed(gu, policy, rules__0__max="30")

    answer = shen.post(page_of(policy, "approval/"), {"seen": seen})

    assert answer.status_code == 409
    assert "刚才有人改了这份草稿" in text_of(answer)
    assert Policy.objects.get(pk=policy.pk).is_draft


def test_the_published_text_is_a_part_of_what_is_read_and_approved(gu, shen, draft):
    policy = previewed(gu, draft, rules__0__max="30")
    seen = form_of(shen, policy)["seen"]
    send(gu, policy, files={"clause_file": SimpleUploadedFile("other.pdf", PDF)})

    answer = shen.post(page_of(policy, "approval/"), {"seen": seen})

    assert answer.status_code == 409
    assert Policy.objects.get(pk=policy.pk).is_draft
    assert shen.post(page_of(policy, "approval/"), {"seen": form_of(shen, policy)["seen"]}).status_code == 302


def test_a_text_kept_beside_wrong_rules_does_not_stand_in_the_way_of_the_next_try(gu, draft):
    wrong = send(gu, draft, files={"clause_file": SimpleUploadedFile("other.pdf", PDF)}, title__en="")
    kept = Policy.objects.get(pk=draft.pk)

    assert wrong.status_code == 422
    assert kept.clause_file.name
    assert f'name="seen" value="{mark(kept)}"' in wrong.content.decode()


def test_coming_stays_are_kept_but_for_those_that_are_ticked(gu, shen, draft, people, hostel):
    kept, ended = (
        book(guest=people(name, birth_date=date(1992, 1, 2)), hostel=hostel, nights=Nights(SATURDAY, SUNDAY),
             purpose="interview", now=NOW)
        for name in ("赵大明", "钱多")
    )  # fmt: skip
    policy = previewed(gu, draft, rules__0__max="30")
    page = shen.get(page_of(policy, "preview/"))
    assert page.content.decode().count('data-testid="o4-stay"') == 2
    assert 'name="end_stays" value="' in page.content.decode()

    shen.post(page_of(policy, "approval/"), {"seen": form_of(shen, policy)["seen"], "end_stays": [ended.code]})

    kept.refresh_from_db()
    ended.refresh_from_db()
    assert (kept.status, ended.status, ended.cancel_cause) == ("confirmed", "cancelled", Stay.Cause.HOUSE)
    assert Letter.objects.filter(person=ended.guest, kind="ended_by_new_rules").count() == 1


def test_a_stay_that_is_not_touched_is_not_ended(gu, shen, draft, chen, hostel, friday_stay):
    stay = friday_stay(chen, hostel)
    policy = previewed(gu, draft)

    answer = shen.post(page_of(policy, "approval/"), {"seen": form_of(shen, policy)["seen"], "end_stays": [stay.code]})

    assert answer.status_code == 409
    assert Policy.objects.get(pk=policy.pk).is_draft
    stay.refresh_from_db()
    assert stay.status == "confirmed"


# --- throwing away, and who may -------------------------------------------------------------------------------------
def test_a_draft_is_thrown_away_and_a_version_in_force_is_not(gu, draft, in_force):
    assert gu.post(page_of(draft, "discard/"))["Location"] == f"{LIST}?discarded=1"
    assert rows(gu.get(LIST)) == ["in_force"]

    answer = gu.post(page_of(in_force, "discard/"))
    assert answer.status_code == 409
    assert Policy.objects.filter(pk=in_force.pk).exists()


def test_an_auditor_reads_and_changes_nothing(enter, auditor, gu, draft, in_force):
    policy = previewed(gu, draft)
    before = list(Policy.objects.values()), Deed.objects.count()
    browser = enter(auditor)

    for address in (
        LIST,
        page_of(policy),
        page_of(in_force),
        page_of(policy, "preview/"),
        page_of(policy, "file.yaml"),
    ):
        page = browser.get(address)
        assert page.status_code == 200
        assert "policy-form" not in page.content.decode()
        assert "o4-approve" not in page.content.decode()
    for address in (
        LIST, *(page_of(policy, part) for part in ("", "text/", "preview/", "handover/", "approval/", "discard/"))
    ):  # fmt: skip
        answer = browser.post(address, {"based_on": in_force.pk, "do": "save"})
        assert answer.status_code == 403
        assert "修改由团委干部来做" in text_of(answer)
    assert browser.get(page_of(policy, "text/")).status_code == 403
    assert (list(Policy.objects.values()), Deed.objects.count()) == before


def test_another_network_s_rules_are_not_found(enter, wuzhong, draft):
    gusu = type(wuzhong).objects.create(slug="gusu", name_zh="姑苏区", name_en="Gusu", parent=wuzhong.parent)
    browser = enter(staff("+8613800000032", "officer", network=gusu))

    for part in ("", "file.yaml", "text/", "preview/"):
        assert browser.get(page_of(draft, part)).status_code == 404
    assert browser.post(page_of(draft), {"do": "save"}).status_code == 404


def test_the_city_s_officer_finds_the_district_s_rules_under_its_name(enter, wuzhong, draft):
    browser = enter(staff("+8613800000033", "officer", network=wuzhong.parent))

    page = browser.get(page_of(draft))
    assert page.status_code == 200
    assert f'href="{LIST}?network=wuzhong"' in page.content.decode()


@pytest.mark.parametrize("do", ["add:nowhere", "remove:nowhere.3", "add:", "remove:", "what", "add:rules"])
def test_a_button_of_our_page_that_nobody_drew_does_no_harm(gu, draft, do):
    assert send(gu, draft, do).status_code in (200, 302)
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_form_that_is_not_ours_is_no_error_of_the_house(gu, draft):
    seen = form_of(gu, draft)["seen"]

    answer = gu.post(page_of(draft), {"seen": seen, "do": "save", "rules.0.kind": "nights", "rules.1.max": "x" * 500})

    assert answer.status_code == 422
    assert Policy.objects.get(pk=draft.pk).rules == draft.rules


def test_a_draft_that_is_gone_meanwhile_is_not_found(gu, officer, draft):
    discard(draft, now=NOW, actor=officer)

    assert gu.post(page_of(draft), {"do": "save"}).status_code == 404


# --- the whole way in a browser (`ux.md` §8, point 26) --------------------------------------------------------------
STAFF = """
from datetime import date
from accounts.models import Person, Role, User
from hostel.models import Network
for phone, name in (("{gu}", "顾清"), ("{shen}", "沈岚")):
    user = User.objects.create_user(phone)
    Person.objects.create(user=user, name=name)
    wuzhong = Network.objects.get(slug="wuzhong")
    Role.objects.create(user=user, kind="officer", network=wuzhong, valid_from=date(2023, 1, 1))
"""
GUESTS = """
from datetime import date, timedelta
from django.utils import timezone
from accounts.models import User
from accounts.people import complete_person
from bookings.booking import book
from hostel.models import Hostel
from hostel.nights import Nights, business_day
now = timezone.now()
day = business_day(now)
for n, (age, number) in enumerate({numbers}):
    guest = complete_person(
        User.objects.create_user(f"+86139123400{{n:02d}}"), name="林小满", document_kind="resident",
        document_number=number, education="bachelor", graduation=str(day.year), school="安徽大学", school_city="合肥",
        home_in_district=False, now=now,
    )
    book(guest=guest, hostel=Hostel.objects.get(slug="baodaiqiao"),
         nights=Nights(day + timedelta(days=3), day + timedelta(days=4)), purpose="interview", now=now)
"""
GU, SHEN = "+8613800000041", "+8613800000042"


def office_page(browser, house, number, **how):
    """A browser in which an officer has logged in by phone and code."""
    page = browser.new_context(
        base_url=house.url, viewport={"width": 1440, "height": 900}, locale="zh-CN", **how
    ).new_page()
    page.goto("/login/?next=/office/policies/")
    page.get_by_test_id("y5-phone").fill(number.removeprefix("+86"))
    for consent in ("y5-service", "y5-privacy"):
        page.get_by_test_id(consent).check()
    follow(page.get_by_test_id("y5-send"))
    page.get_by_test_id("y5-code").fill(house.login_code(number))
    follow(page.get_by_test_id("y5-login"))
    page.wait_for_url("**/office/policies/")
    return page


@pytest.mark.browser
@pytest.mark.look
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_officer_lowers_an_age_limit_reads_whom_it_hits_and_a_second_one_approves(house, scripts):
    today = timezone.localdate()
    numbers = [
        (age, resident_number(date(today.year - age, 1, 2), gender, n))
        for n, (age, gender) in enumerate([(24, "female"), (33, "male"), (34, "female")], 1)
    ]
    house.django(STAFF.format(gu=GU, shen=SHEN))
    house.django(GUESTS.format(numbers=numbers))
    before = house.rows("SELECT rules FROM eligibility_policy WHERE version = 1")
    with chromium() as browser:
        page = office_page(browser, house, GU, java_script_enabled=scripts)
        follow(page.get_by_test_id("o4-draft"))
        page.wait_for_url(re.compile(r"/office/policies/\d+/$"))
        draft = page.url

        # Before the preview nothing can be handed over or approved.
        assert page.get_by_test_id("o4-save").is_disabled()
        assert page.get_by_test_id("o4-approve").is_disabled()
        page.get_by_label("最大年龄").first.fill("30")
        page.locator("#wanted_from").fill((today + timedelta(days=2)).isoformat())
        follow(page.get_by_test_id("o4-preview").first)
        page.wait_for_url("**/preview/")

        # Whom it hits, with counts and cases, in both languages, and no name.
        refused = page.get_by_test_id("o4-counts").locator("[data-group=newly_refused]")
        assert refused.inner_text().split() == ["2", "新增不能住"]
        cases = page.get_by_test_id("o4-newly_refused")
        assert cases.get_by_test_id("o4-case").count() == 2
        assert "年龄要在 18–30 岁，按证件你今年 3" in cases.inner_text()
        assert "Age must be 18–30; your ID says 3" in cases.inner_text()
        assert "林小满" not in page.content()
        assert page.get_by_test_id("o4-stay").count() == 2

        # The author does not approve, but hands over.
        assert page.get_by_test_id("o4-approve").is_disabled()
        assert "SAME_PERSON" in page.content()
        follow(page.get_by_test_id("o4-save"))
        expect(page.get_by_test_id("o4-handed-over")).to_be_visible()

        # A second officer finds it, reads and approves.
        page = office_page(browser, house, SHEN, java_script_enabled=scripts)
        assert page.get_by_test_id("o4-version").first.get_attribute("data-state") == "waiting"
        page.goto(f"{draft}preview/")
        follow(page.get_by_test_id("o4-approve"))
        expect(page.get_by_test_id("o4-approved")).to_be_visible()
    approved = house.rows("SELECT in_force_from, drafted_by, approved_by FROM eligibility_policy WHERE version = 2")
    assert [tuple(map(str, row)) for row in approved] == [(f"{today + timedelta(days=2)}", "顾清", "沈岚")]
    assert house.rows("SELECT rules FROM eligibility_policy WHERE version = 1") == before
    assert house.rows("SELECT count(*) FROM bookings_stay WHERE status = 'confirmed'") == [(3,)]


@pytest.mark.browser
@pytest.mark.look
def test_a_draft_with_unsaved_words_is_not_left_by_a_slip_of_the_hand(house):
    house.django(STAFF.format(gu=GU, shen=SHEN))
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    with chromium() as browser:
        page = office_page(browser, house, GU)
        page.on("dialog", stay)
        follow(page.get_by_test_id("o4-draft"))
        page.wait_for_url(re.compile(r"/office/policies/\d+/$"))
        page.get_by_label("最大年龄").first.fill("30")
        follow(page.get_by_test_id("o4-add-season"))  # a button of the page itself asks nothing
        page.get_by_test_id("o4-unsaved").wait_for()
        assert asked == []

        page.locator("[id='f-seasons.1.from']").click()  # the browser asks only who has touched the page
        with page.expect_event("dialog"):
            page.get_by_role("link", name="总览").click(no_wait_after=True)
        assert asked == ["beforeunload"]
        assert page.get_by_label("最大年龄").first.input_value() == "30"

        page.locator("[id='f-seasons.1.from']").fill("01-20")
        page.locator("[id='f-seasons.1.until']").fill("02-20")
        page.locator("[name='seasons.1.set.caps.per_stay']").fill("2")
        follow(page.get_by_test_id("o4-keep"))
        page.get_by_test_id("o4-saved").wait_for()
        follow(page.get_by_role("link", name="总览"))
        page.wait_for_url("**/office/")
        assert asked == ["beforeunload"]
