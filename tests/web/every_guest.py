"""Guests in every state that a page can show, made by the real verbs in one go; runs in the shell of a house."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from accounts import letters
from accounts.models import Person, Role, User
from accounts.people import agree
from accounts.pins import set_pin
from accounts.reasons import Refused
from bookings.allotting import allot
from bookings.arriving import come_late, say_coming
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in, check_out, no_show
from bookings.models import Stay, Waiting
from bookings.night_audit import audit
from bookings.no_shows import appeal
from bookings.parties import Member, book_party
from bookings.proving import prove, qualify
from bookings.reviewing import ask_for_review, pass_review, refuse, send_back
from bookings.wishing import wait
from desk.acts import Asked, perform
from desk.clashes import settle
from desk.log import hand_over
from desk.models import Clash
from desk.queue import receive
from eligibility import reviews
from eligibility.evidence import kept_files
from eligibility.models import Assessment, Policy
from eligibility.policies import policy_in_force
from hostel.models import Bed, Hostel, Network, OutOfService, Room
from hostel.nights import Nights
from tests.conftest import NOW as MORNING
from tests.conftest import People, moment, staff
from tests.eligibility.pictures import photo
from tests.eligibility.reviewed import rules_with_people

# A Friday afternoon: guests come in, and bookings for tonight are still given back without a word.
NOW = MORNING.replace(hour=15, minute=30)
TODAY = NOW.date()
HOUR = timedelta(hours=1)
COPIES = 60  # of a browser that waits for its code: each wrong code uses one up
OUT_OF_ROOMS = (20, 22)  # these nights, counted from today, no house has a bed


def day(after: int) -> date:
    """The day so many days after today."""
    return TODAY + timedelta(days=after)


def nights(first: int, until: int) -> Nights:
    """The nights between two days counted from today."""
    return Nights(day(first), day(until))


def make() -> dict[str, dict]:
    """Make them all; return {"codes": {name: code or number in an address}, "sessions": {who: [session keys]}}.

    In this process it is NOW from here on, as in the house.
    """
    timezone.now = lambda: NOW
    return _Making().made


class _Making:
    def __init__(self):
        self.people = People()
        self.network = Network.objects.get(slug="wuzhong")
        self.houses = {hostel.slug: hostel for hostel in Hostel.objects.all()}
        self.made: dict[str, dict] = {"codes": {"today": TODAY.isoformat(), "month": f"{TODAY:%Y-%m}"}, "sessions": {}}
        self.officer = staff("+8613800000013", Role.Kind.OFFICER, network=self.network)
        self.manager = staff("+8613800000011", Role.Kind.MANAGER, hostel=self.houses["baodaiqiao"])
        self.sample = policy_in_force(self.network, TODAY)
        for later in range(1, 31):
            self.made["codes"][f"day{later}"] = day(later).isoformat()
        for part in (
            self.staff,
            self.houses_without_room,
            self.strangers,
            self.strict_rules,
            self.stays,
            self.gone_stays,
            self.friends,
            self.lines,
            self.own,
            self.log,
            self.does_not_fit,
        ):
            part()
        letters.post_due(NOW)

    # --- how ---
    def guest(self, who: str, name: str, gender: str = "female", **profile) -> Person:
        """A person who is logged in under the name ``who``."""
        person = self.people(name, gender, **profile)
        agree(person.user, NOW - timedelta(days=30))
        self.log_in(who, person.user)
        return person

    def log_in(self, who: str, user: User) -> None:
        browser = Client()
        browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        self.made["sessions"][who] = [browser.session.session_key]

    def stay(self, who: str, name: str, first: int, until: int, house: str = "baodaiqiao", **how) -> Stay:
        """A stay of a new guest; its code stands under ``who``."""
        how = {"purpose": "interview", "now": NOW - HOUR} | how
        profile = how.pop("profile", {})
        guest = self.guest(who, name, how.pop("gender", "female"), **profile)
        stay = book(guest=guest, hostel=self.houses[house], nights=nights(first, until), **how)
        self.made["codes"][who] = stay.code
        return Stay.objects.get(pk=stay.pk)

    def proof(self, stay: Stay, now=NOW - timedelta(minutes=50)):
        with kept_files([BytesIO(photo(colour="#D9E2EC"))]) as pages:
            return prove(stay, kind="interview_notice", pages=pages, agreed=True, now=now, actor=stay.guest.user)

    def close(self, house: str, first: int, until: int, keep: Callable[[Bed], bool] = lambda bed: False) -> None:
        beds = Bed.objects.filter(room__hostel=self.houses[house]).select_related("room")
        OutOfService.objects.bulk_create(
            OutOfService(bed=bed, first_night=day(first), until=day(until), reason="repair", written_at=NOW - 8 * HOUR)
            for bed in beds
            if not keep(bed)
        )

    # --- what ---
    def staff(self):
        self.log_in("officer", self.officer)
        self.log_in("manager", self.manager)

    def houses_without_room(self):
        for slug in self.houses:
            self.close(slug, *OUT_OF_ROOMS)
        self.close("guoxiang", 11, 12)  # in the middle of a longer span
        self.close("xiangshan", 8, 10)
        last = Bed.objects.filter(room__hostel=self.houses["xiangshan"], room__supply=Room.Supply.FIXED).first()
        for first in (14, 15):  # but one, that is given back when somebody waits
            self.close("xiangshan", first, first + 1, keep=lambda bed: bed == last)
        for first in (5, 6, 12):
            self.close("shihu", first, first + 1, keep=lambda bed: bed.room.supply == Room.Supply.ON_CALL)

    def strangers(self):
        for number, who in enumerate(("newcomer", "newcomer_typed")):
            newcomer = User.objects.create_user(f"+861370000000{number}", phone_verified=True)
            agree(newcomer, NOW)
            self.log_in(who, newcomer)
        # Who they are is known, and a bed is kept while they say the rest.
        unsaid = {"education": "", "graduation": "", "school": "", "school_city": "", "home_in_district": None}
        self.stay("newcomer_held", "罗晨", 12, 13, house="luzhi", now=NOW, hold=True, profile=unsaid)
        returning = self.guest("returning", "周梅")
        old = book(guest=returning, hostel=self.houses["mudu"], nights=nights(-40, -38), purpose="interview",
                   now=NOW - timedelta(days=41))  # fmt: skip
        check_in(old, compared=True, now=moment(day(-40), 16))
        for night in (-39, -38):
            audit(moment(day(night), 6, 30))
        check_out(old, now=moment(day(-38), 9))
        self.made["codes"]["left"] = old.code
        self.wait_for_code()

    def wait_for_code(self):
        browser = Client()
        said = {"phone": "13700000009", "service": "on", "privacy": "on"}
        browser.post("/login/", said)
        kept = browser.session.load()
        keys = []
        for number in range(COPIES):
            copy = SessionStore()
            # It ends after five minutes by the real clock, and its tries are counted by when it began: each copy lasts
            # as long as the tests, and is another one.
            copy.update(_at(kept, time.time() + 10**6 + number))
            copy.save()
            keys.append(copy.session_key)
        self.made["sessions"]["waits_for_code"] = keys

    def strict_rules(self):
        """Stays decided by rules under which beds wait for proofs and for people; then the sample's rules again."""
        rules_with_people(self.network, NOW - 9 * HOUR)
        self.stay("held_proof", "许诺", 2, 4)
        looked_at = self.stay("held_review", "何川", 2, 4, house="mudu")
        self.proof(looked_at)
        self.stay("held_home", "杨柳", 3, 5, house="luzhi", profile={"home_in_district": True})
        back = self.stay("sent_back", "秦川", 3, 5)
        self.proof(back)
        send_back(self.question(back), actor=self.officer, now=NOW - timedelta(minutes=20), because=["BLURRED"])
        no = self.stay("refused", "韩梅", 3, 5, house="mudu")
        self.proof(no)
        refuse(self.question(no), actor=self.officer, now=NOW - timedelta(minutes=20), because=["WRONG_DOCUMENT"])
        passed = self.stay("passed", "沈浩", 4, 6)
        self.proof(passed)
        pass_review(self.question(passed), actor=self.officer, now=NOW - timedelta(minutes=30))
        self.made["codes"]["review"] = str(self.question(looked_at).pk)
        self.made["codes"]["review_refused"] = str(reviews.with_all().get(assessment__about=no.code).pk)
        rules_with_people(self.network, NOW - 9 * HOUR, 3, home={"otherwise": "no"})
        self.made["codes"]["to_review"] = self.no("to_review", "严冬", home_in_district=True)
        asked = self.no("asked", "曹阳", home_in_district=True)
        review = ask_for_review(
            Assessment.objects.get(code=asked), person=Person.objects.get(name="曹阳"), note="房子是亲戚的", now=NOW
        )
        self.made["codes"]["asked_review"] = str(review.pk)
        rules_with_people(self.network, NOW - 9 * HOUR, 4, order={"first": "qualify"})
        self.made["codes"]["to_qualify"] = self.no("to_qualify", "孔令")
        sent = self.no("qualifying", "金鑫")
        qualify(
            Assessment.objects.get(code=sent),
            kind="interview_notice",
            code="ABCD1234",
            now=NOW,
            actor=Person.objects.get(name="金鑫").user,
        )
        self.made["codes"]["qualifying"] = sent
        Policy.objects.create(
            network=self.network,
            version=5,
            rules=self.sample.rules,
            drafted_by="起草人",
            approved_by="批准人",
            in_force_from=self.sample.in_force_from + timedelta(days=1),
            written_at=NOW - 8 * HOUR,
            approved_at=NOW - 8 * HOUR,
        )

    def question(self, stay):
        return reviews.with_all().get(assessment__about=stay.code)

    def no(self, who, name, **profile) -> str:
        """The code of the decision by which the house refuses a new guest."""
        try:
            book(guest=self.guest(who, name, **profile), hostel=self.houses["hengjing"], nights=nights(2, 4),
                 purpose="interview", now=NOW - HOUR)  # fmt: skip
        except Refused as refused:
            return refused.assessment
        raise AssertionError(f"{name} was not refused")

    def stays(self):
        """Stays that stand."""
        self.stay("held", "林小满", 0, 1, house="yuexi", now=NOW, hold=True)
        self.stay("confirmed", "陈一舟", 0, 2)
        self.stay("later", "周子涵", 9, 11)
        self.stay("sold", "吴迪", 10, 11, house="guoxiang")
        self.proof(self.stay("proof_sent", "王安", 1, 3))
        self.stay("plain_proof", "郑晓", 1, 3)
        inside = self.stay("in_house", "孙悦", -1, 2, now=NOW - timedelta(days=2))
        check_in(inside, compared=True, now=moment(day(-1), 16))
        audit(moment(day(0), 6, 30))
        late = self.stay("after_hour", "赵明轩", 0, 1, house="mudu")
        Stay.objects.filter(pk=late.pk).update(kept_until=NOW - timedelta(minutes=20))
        self.stay("asked_house", "施琪", 5, 6, house="shihu", now=NOW)
        for who, name, say in (("coming", "魏然", say_coming), ("late", "陶冶", come_late)):
            arriving = self.stay(who, name, 0, 1, house="hengjing")
            say(arriving, now=NOW - timedelta(minutes=10), actor=arriving.guest.user)
        silent = self.stay("looked_for", "张伟", 6, 7, house="shihu", gender="male", now=NOW - 5 * HOUR)
        Stay.objects.filter(pk=silent.pk).update(held_until=NOW - HOUR)

    def gone_stays(self):
        given_back = self.stay("cancelled", "冯雪", 1, 2)
        cancel(given_back, now=NOW - timedelta(minutes=2), actor=given_back.guest.user)
        long_ago = self.stay("cancelled_long_ago", "卫东", 1, 2)
        cancel(long_ago, now=NOW - timedelta(minutes=30), actor=long_ago.guest.user)
        self.stay("hold_over", "蒋欣", 1, 2, now=NOW - HOUR, hold=True)
        for who, name in (("missed", "钱多"), ("appealed", "朱琳")):
            missed = self.stay(who, name, -3, -2, house="mudu", now=NOW - timedelta(days=4))
            no_show(missed, now=missed.kept_until)
        appeal(missed, text="动车停运，晚上到不了", now=NOW - HOUR, actor=missed.guest.user)

    def friends(self):
        lin, friend = self.guest("party", "林子墨"), self.people("陈嘉怡", "female")
        both = [Member(lin, "interview"), Member(friend, "interview")]
        party = book_party(made_by=lin, members=both, hostel=self.houses["mudu"], nights=nights(4, 5), now=NOW - HOUR)
        self.made["codes"] |= {"party": party.code, "party_stay": party.stays.get(guest=lin).code}
        teacher = self.guest("teacher", "刘嘉宁")
        batch = allot(
            hostel=self.houses["linhu"],
            nights=nights(9, 11),
            applicant="school",
            organisation="苏州市职业大学",
            purpose="interview",
            release_on=day(7),
            now=NOW - HOUR,
            actor=self.officer,
            beds=4,
            contact=teacher.user,
        )
        self.made["codes"]["batch"] = batch.code

    def lines(self):
        """Who waits for xiangshan, and what was offered."""
        self.wish("waits", "石磊", 8, 9)
        self.wish("automatic", "高行", 8, 9, automatic=True)
        self.wish("withdrawn", "胡桐", 8, 9)
        Waiting.objects.filter(code=self.made["codes"]["withdrawn"]).update(withdrawn_at=NOW - HOUR)
        for who, name, first, ago in (("offer_over", "朱墨", 14, 5 * HOUR), ("offered", "李若溪", 15, 0 * HOUR)):
            has_it = self.stay(f"before_{who}", "某某", first, first + 1, house="xiangshan", now=NOW - 8 * HOUR)
            self.wish(who, name, first, first + 1, now=NOW - ago - HOUR)
            cancel(has_it, now=NOW - ago, actor=has_it.guest.user)
            given = Stay.objects.get(offer__waiting__code=self.made["codes"][who])
            self.made["codes"][f"{who}_stay"] = given.code

    def own(self):
        """Who has had themselves forgotten, in the browser in which they did."""
        self.guest("erased", "华莉")
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = self.made["sessions"]["erased"][0]
        answer = browser.post("/me/data/erase/")
        assert answer.status_code == 302, answer.content.decode()
        self.made["sessions"]["erased"] = [browser.session.session_key]

    def wish(self, who, name, first, until, **how):
        how = {"purpose": "interview", "now": NOW - HOUR} | how
        guest = self.guest(who, name, "male" if name in ("石磊", "高行") else "female")
        waiting = wait(guest=guest, hostels=[self.houses["xiangshan"]], nights=nights(first, until), **how)
        self.made["codes"][who] = waiting.code

    def log(self):
        """What the desk wrote down, a colleague who has taken over, and a tablet that is locked."""
        house, before = self.houses["baodaiqiao"], NOW - 4 * HOUR
        colleague = staff("+8613800000016", Role.Kind.MANAGER, hostel=house)
        set_pin(colleague, "482915", now=before)
        in_house = Stay.objects.get(code=self.made["codes"]["in_house"])
        for number, (kind, stay, said) in enumerate(
            (
                ("keys", None, {}),
                ("lost", None, {}),
                ("todo", in_house, {"due": (NOW - HOUR).isoformat()}),
                ("report", in_house, {"due": (NOW + 8 * HOUR).isoformat()}),
            )
        ):
            said |= {"kind": kind, "text": "二楼洗衣房捡到一副黑框眼镜，放在前台左边的抽屉里"}
            perform(Asked(house, f"note-{number}", "note", self.manager, before, stay, said), now=before)
        hand_over(house, given_by=colleague, taken_by=self.manager, now=NOW - 3 * HOUR)
        browser = Client()
        browser.force_login(self.manager, backend=settings.AUTHENTICATION_BACKENDS[0])
        browser.post("/desk/shift/", {"act": "come_on", "user": colleague.pk, "pin": "482915"})
        browser.post("/desk/shift/", {"act": "lock"})
        self.made["sessions"]["desk_locked"] = [browser.session.session_key]

    def does_not_fit(self):
        """What a tablet did without a line, and the books say otherwise; one of it is settled."""
        acts = [
            {"act_id": "tablet-1", "what": "check_in", "stay": self.made["codes"]["confirmed"], "said": {}},
            {
                "act_id": "tablet-2",
                "what": "extend",
                "stay": self.made["codes"]["in_house"],
                "said": {"departure": day(9).isoformat()},
            },
            {"act_id": "tablet-3", "what": "check_out", "stay": self.made["codes"]["later"], "said": {}},
        ]
        when = {"happened_at": (NOW - HOUR / 2).isoformat()}
        house = self.houses["baodaiqiao"]
        *_others, left = receive(house, [act | when for act in acts], device="", login=self.manager, now=NOW)
        settle(Clash.objects.get(pk=left.clash), Clash.Choice.ONLINE, now=NOW, by=self.manager)


def _at(kept: Any, moment: float) -> Any:
    """What a session keeps, as if all of it had begun at ``moment`` (seconds)."""
    if not isinstance(kept, dict):
        return kept
    begun = {"at": moment, "initiated_at": moment}
    return {key: begun.get(key, _at(value, moment)) for key, value in kept.items()}
