"""What people read. Where the interface specification gives a sentence, it is that one word for word. A table: a case a line."""
# ruff: noqa: E501

import re
from datetime import date, timedelta

import pytest
from django.utils import translation

from eligibility.caps import PerStay, PerYear, Price, Tier
from eligibility.rules.age import Age
from eligibility.rules.education import Education
from eligibility.rules.evidence import Evidence
from eligibility.rules.graduation import Graduation
from eligibility.rules.group_only import GroupOnly
from eligibility.rules.home import Home
from eligibility.rules.nights import ByProof, Nights
from eligibility.rules.no_show import NoShow
from eligibility.rules.overlap import Overlap
from eligibility.rules.purpose import Purpose
from eligibility.rules.window import Window
from tests.eligibility.cases import NOW, TODAY, days, facts, kept, stay

AGE = Age(id="age", min=18, max=35)
EDUCATION = Education(id="education", min="junior_college")
GRADUATION = Graduation(id="graduation", months_before=12, months_after=36)
HOME = Home(id="home", district={"zh": "吴中", "en": "Wuzhong"})
PURPOSE = Purpose(
    id="purpose",
    purposes=("interview", "internship", "job_fair", "exam"),
    names={
        "interview": ("面试", "an interview"),
        "internship": ("实习", "an internship"),
        "job_fair": ("招聘会", "a job fair"),
        "tourism": ("游玩", "tourism"),
    },
)
GROUP_ONLY = GroupOnly(id="group_only")
WINDOW = Window(id="window", ahead={"value": 14, "unit": "day"})
OVERLAP = Overlap(id="overlap")
NO_SHOW = NoShow(id="no_show", kept_until="23:00", count=2, within_days=180, pause_days=26)
NOTICE = {"key": "notice", "label": {"zh": "面试通知", "en": "interview notice"}}
AT_DESK = Evidence(id="evidence", accepted=(NOTICE,), may_be_shown_at_desk=True)
ON_PAPER = Evidence(id="evidence", accepted=(NOTICE,), may_be_shown_at_desk=False)
NIGHTS = Nights(id="caps", caps=(PerStay(3, "wuzhong"), PerYear(7, "wuzhong")), tiers=(Tier(Price("priced", 50), 4),))
UNCAPPED = Nights(id="caps", caps=())
NEVER_FREE = Nights(id="caps", caps=(PerStay(0, "wuzhong"),), tiers=(Tier(Price("priced", 0, 6000), 4),))
BY_PROOF = Nights(id="caps", caps=(PerStay(7, "wuzhong"),), by_proof=ByProof(3, 7))

OPEN = {"arrival": None, "departure": None}
BORN_1990 = date(1990, 1, 1)
USED_UP = kept(*days(date(2026, 1, 1), 7))
IN_GUSU = kept(*days(date(2026, 1, 1), 14), network="gusu")
TOMORROW = TODAY + timedelta(1)
UNSAID = {"later": frozenset({"birth_date", "education"})}

# rule, facts, which of its answers, Chinese, English, the value used as each of them says it
SAID = [
    (AGE, facts(birth_date=BORN_1990), 0, "年龄要在 18–35 岁，按证件你今年 36 岁", "Age must be 18–35; your ID says 36", ("36", "36")),
    (Age(id="age", min=18), facts(birth_date=date(2010, 1, 1)), 0, "年龄要满 18 岁，按证件你今年 16 岁", "Age must be 18 or over; your ID says 16", ("16", "16")),
    (Age(id="age", max=35), facts(birth_date=BORN_1990), 0, "年龄不超过 35 岁，按证件你今年 36 岁", "Age must be 35 or under; your ID says 36", ("36", "36")),
    (AGE, facts(), 0, "年龄 24 岁，符合", "Your age fits: 24", ("24", "24")),
    (AGE, facts(birth_date=None, **UNSAID), 0, "年龄要在 18–35 岁，订房时按证件核对", "Age must be 18–35; checked against your ID when you book", ("", "")),
    (Age(id="age", min=18), facts(birth_date=None, **UNSAID), 0, "年龄要满 18 岁，订房时按证件核对", "Age must be 18 or over; checked against your ID when you book", ("", "")),
    (Age(id="age", max=35), facts(birth_date=None, **UNSAID), 0, "年龄不超过 35 岁，订房时按证件核对", "Age must be 35 or under; checked against your ID when you book", ("", "")),
    (AGE, facts(birth_date=None), 0, "还差出生日期：入住有年龄要求", "Your birth date is still needed: this offer has an age limit", ("", "")),
    (EDUCATION, facts(education="secondary_vocational"), 0, "学历要在大专及以上，你填的是中专", "Needed: Junior college or above; you said: Secondary vocational school", ("中专", "Secondary vocational")),
    (EDUCATION, facts(), 0, "学历符合：本科", "Your education counts: Bachelor", ("本科", "Bachelor")),
    (EDUCATION, facts(education=None), 0, "还差学历：在读或毕业的学历", "Tell us what you study or studied", ("", "")),
    (EDUCATION, facts(education=None, **UNSAID), 0, "订房时再核对", "Checked when you book", ("", "")),
    (GRADUATION, facts(graduation="2021"), 0, "要在毕业 3 年内，你填的是 2021 年毕业", "Within 3 years of graduating; you said 2021", ("2021", "2021")),
    (GRADUATION, facts(graduation="2021-03"), 0, "要在毕业 3 年内，你填的是 2021 年 3 月毕业", "Within 3 years of graduating; you said Mar 2021", ("2021 年 3 月", "Mar 2021")),
    (Graduation(id="g", months_after=18), facts(graduation="2021"), 0, "要在毕业 18 个月内，你填的是 2021 年毕业", "Within 18 months of graduating; you said 2021", ("2021", "2021")),
    (Graduation(id="g", months_after=12), facts(graduation="2021"), 0, "要在毕业 12 个月内，你填的是 2021 年毕业", "Within 12 months of graduating; you said 2021", ("2021", "2021")),
    (GRADUATION, facts(graduation="2029"), 0, "最早毕业前 12 个月可以住，你填的是 2029 年毕业", "From 12 months before graduating; you said 2029", ("2029", "2029")),
    (GRADUATION, facts(graduation="2023"), 0, "你填的是 2023 年毕业，还要看是哪个月", "You said 2023: which month you graduate in decides", ("2023", "2023")),
    (GRADUATION, facts(), 0, "毕业时间符合：2025 年 6 月", "Your graduation is within the time: Jun 2025", ("2025 年 6 月", "Jun 2025")),
    (GRADUATION, facts(graduation=None), 0, "还差毕业年份", "Tell us when you graduate or graduated", ("", "")),
    (HOME, facts(home_in_district=True), 0, "房间先给在吴中没有住处的青年，你填了有住处", "Rooms go first to people without a home in Wuzhong; you said you have one", ("有住处", "you have one")),
    (HOME, facts(), 0, "你填了在吴中没有住处", "You said you have no home in Wuzhong", ("没有住处", "no home")),
    (HOME, facts(home_in_district=None), 0, "还差一项：在吴中有没有住处", "Tell us whether you have a home in Wuzhong", ("", "")),
    (PURPOSE, facts(purpose=None), 0, "要有面试、实习、招聘会等求职事由", "A job-seeking reason is needed, such as an interview, an internship, a job fair", ("", "")),
    (PURPOSE, facts(purpose="tourism"), 0, "要有面试、实习、招聘会等求职事由，你选的是游玩", "A job-seeking reason is needed, such as an interview, an internship, a job fair; you said tourism", ("游玩", "tourism")),
    (PURPOSE, facts(), 0, "求职事由符合：面试", "Your reason counts: an interview", ("面试", "interview")),
    (GROUP_ONLY, facts(access="group"), 0, "这家只接待学校和单位组织的团体", "This hostel takes groups from schools and organisations only", ("团体", "groups")),
    (GROUP_ONLY, facts(), 0, "个人可以直接订", "Single guests can book here", ("个人", "Single")),
    (WINDOW, facts(**stay(date(2026, 4, 3), 1)), 0, "最早提前 14 天订，3月20日 起可订", "Bookable from 20 Mar, 14 days before arrival", ("3月20日", "20 Mar")),
    (WINDOW, facts(**stay(date(2026, 3, 5), 1)), 0, "3月5日已过或太近，最早3月6日到店", "5 Mar is past or too soon; the earliest arrival is 6 Mar", ("3月5日", "5 Mar")),
    (WINDOW, facts(), 0, "3月7日到店，现在可订", "Arrival on 7 Mar can be booked now", ("3月7日", "7 Mar")),
    (WINDOW, facts(**OPEN), 0, "到店日期最晚可选 2026年3月20日", "Bookable for arrival until 20 Mar 2026", ("", "")),
    (Window(id="window"), facts(**OPEN), 0, "随时可以提前订", "Bookable as early as you like", ("", "")),
    (OVERLAP, facts(nights=kept(TOMORROW)), 0, "这几天你已订了苏青驿·石湖站", "You already hold Shihu hostel for these nights", ("石湖", "Shihu")),
    (OVERLAP, facts(), 0, "这几天你没有别的预订", "You have nothing else booked for these nights", ("", "")),
    (OVERLAP, facts(**OPEN), 0, "同一晚有没有别的预订，选好日期后核对", "Other bookings for the same nights: checked when you choose dates", ("", "")),
    (NO_SHOW, facts(no_shows=(NOW, NOW, NOW)), 0, "3 次没来也没取消，4月1日 前暂停预订", "Paused until 1 Apr after 3 no-shows", ("3", "3")),
    (NO_SHOW, facts(no_shows=(NOW,)), 0, "未到记录 1 次，满 2 次才会暂停预订", "No-shows on record: 1; booking pauses at 2", ("1", "1")),
    (ON_PAPER, facts(), 0, "材料没补齐：还差面试通知", "Still needed: interview notice", ("", "")),
    (AT_DESK, facts(), 0, "带上材料，到店出示原件也行：面试通知", "Bring this; the original may be shown at the desk: interview notice", ("", "")),
    (NIGHTS, facts(nights=USED_UP[:2]), 0, "还可免费住 5 晚（共 7 晚，已用 2 晚）", "5 free nights left (7 in all, 2 used)", ("2", "2")),
    (NIGHTS, facts(nights=USED_UP), 0, "免费晚数已用完（7 晚），2027年1月1日 恢复", "Free nights used up (7); back on 1 Jan 2027", ("7", "7")),
    (NIGHTS, facts(**stay(TOMORROW, 5)), 0, "你要的 5 晚里 3 晚免费，2 晚付费：房价的 50%", "Of the 5 nights you want 3 are free; 2 cost 50 % of the house's rate", ("", "")),
    (NIGHTS, facts(accept_price=True, **stay(TOMORROW, 5)), 0, "免费 3 晚；付费 2 晚（房价的 50%）", "Free nights: 3; nights at a price: 2 (50 % of the house's rate)", ("", "")),
    (NEVER_FREE, facts(), 0, "你要的 2 晚都要付费：每晚 ¥60", "Nights you want: 2, none of them free; the price: ¥60 a night", ("", "")),
    (NEVER_FREE, facts(accept_price=True), 0, "付费 2 晚（每晚 ¥60）", "Nights at a price: 2 (¥60 a night)", ("", "")),
    (NEVER_FREE, facts(accept_price=True), 1, "你要住 2 晚；一次最多住 4 晚，都要付费", "Nights asked for: 2; a stay may have 4, none of them free", ("2", "2")),
    (BY_PROOF, facts(**stay(TOMORROW, 5)), 1, "一次最多住 3 晚，材料上的日期更长的，最多 7 晚；你要住 5 晚", "A stay may have 3 nights, or up to 7 where the dates of your proof say so; you asked for 5", ("5", "5")),
    (BY_PROOF, facts(**stay(TOMORROW, 8)), 1, "一次最多住 3 晚，你要住 8 晚", "A stay may have at most 3 nights; you asked for 8", ("8", "8")),
    (NIGHTS, facts(nights=USED_UP[:6], **stay(TOMORROW, 6)), 0, "你要住 6 晚，只能住 5 晚", "Of the 6 nights you want only 5 can be had", ("", "")),
    (UNCAPPED, facts(), 0, "这 2 晚都免费", "Every one of these nights is free: 2", ("", "")),
    (NIGHTS, facts(), 1, "你要住 2 晚；一次最多住 7 晚，前 3 晚免费", "Nights asked for: 2; a stay may have 7, the first 3 of them free", ("2", "2")),
    (NIGHTS, facts(**stay(TOMORROW, 8)), 1, "一次最多住 7 晚，你要住 8 晚", "A stay may have at most 7 nights; you asked for 8", ("8", "8")),
    (NIGHTS, facts(city_cap=14, nights=IN_GUSU), 2, "全市一年最多免费 14 晚，你已用 14 晚，2027年1月1日 恢复", "The city grants 14 free nights a year; you have used 14, back on 1 Jan 2027", ("14", "14")),
    (NIGHTS, facts(city_cap=14), 2, "全市一年最多免费 14 晚，你已用 0 晚", "Within the city's 14 free nights a year, of which you have used 0", ("0", "0")),
]  # fmt: skip


@pytest.mark.parametrize("rule, about, place, zh, en, used", SAID, ids=[en for *_rest, en, _used in SAID])
def test_a_reason_says_in_both_languages_what_was_used(rule, about, place, zh, en, used):
    reason = list(rule.judge(about))[place]

    said = reason.as_data()
    assert (said["sentence_zh"], said["sentence_en"]) == (zh, en)
    assert used[0] in zh
    assert used[1] in en
    assert not re.search("[一-鿿]", en)


@pytest.mark.parametrize("rule, about, place, zh, en, used", SAID, ids=[en for *_rest, en, _used in SAID])
def test_a_next_step_is_said_in_both_languages_and_only_where_something_is_to_be_done(rule, about, place, zh, en, used):
    reason = list(rule.judge(about))[place]

    assert (reason.fix is None) == (reason.verdict == "met")
    if reason.fix:
        said = reason.as_data()["fix"]
        assert said["label_zh"] != said["label_en"]
        assert said["href"][0] in "/#"


def test_every_sentence_of_every_kind_is_among_them():
    met_so_far = {(reason.code, reason.verdict) for rule, about, *_rest in SAID for reason in rule.judge(about)}

    codes = {code for code, _verdict in met_so_far}
    assert codes == {
        *("AGE", "EDUCATION", "GRAD", "LOCAL", "PURPOSE", "GROUP_ONLY", "WINDOW"),
        *("OVERLAP", "PAUSED", "EVIDENCE", "NIGHTS", "STAY_NIGHTS", "CITY_CAP"),
    }
    assert {code for code, verdict in met_so_far if verdict == "met"} == codes
    assert {code for code, verdict in met_so_far if verdict == "not_met"} == codes - {"EVIDENCE"}


def test_the_clause_is_quoted_in_the_language_of_the_reader():
    rule = Age.read(
        {"id": "age", "kind": "age", "max": 35, "clause": {"zh": "不超过 35 岁。", "en": "35 or under."}}, "sample/1"
    )
    (reason,) = rule.judge(facts())

    with translation.override("zh-hans"):
        assert reason.as_data()["clause"] == "不超过 35 岁。"
    with translation.override("en"):
        assert reason.as_data()["clause"] == "35 or under."
    assert reason.policy_version == "sample/1"
