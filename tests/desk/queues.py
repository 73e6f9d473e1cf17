"""Two tablets without a line beside a desk that has one: queues sent in any cut, in any order, any number of times.

What must be true is asked of the rows themselves. `test_queue_property.py` runs a sample, `make soak` as much as one
wants.
"""

import logging
from collections import Counter
from datetime import date, timedelta

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts.models import Deed
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.models import BedNight, Stay
from bookings.night_audit import audit, close_no_shows
from desk.acts import Asked, perform
from desk.clashes import settle
from desk.models import Act, Clash
from desk.queue import CLASH, DONE, KNOWN, receive
from eligibility.reasons import Refused
from hostel.models import Bed, Hostel
from hostel.nights import Nights, business_day
from tests.bookings import always
from tests.conftest import NOW, People, resident_number, staff

# What sending a queue again must leave as it is.
TABLES = (
    "bookings_stay", "bookings_bednight", "bookings_noshow", "bookings_bedevent", "desk_act", "desk_clash", "desk_note",
    "accounts_deed", "accounts_letter",
)  # fmt: skip
DAY = timedelta(days=1)
TABLETS = ("t1", "t2")
ABOUT_A_STAY = ("check_in", "check_in", "check_in", "check_out", "move", "extend", "shorten", "note")

number = st.integers(0, 30)
tablet = st.sampled_from(TABLETS)


class Queues(RuleBasedStateMachine):
    """A small house, six guests, two tablets that have no line, a page that has one, and a clock that goes forward."""

    tally: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = NOW
        self.house = Hostel.objects.get(slug="baodaiqiao")
        kept = {("203", 1), ("203", 2), ("301", 1)}
        beds = Bed.objects.select_related("room").filter(room__hostel=self.house).order_by("pk")
        self.beds = [bed for bed in beds if (bed.room.number, bed.number) in kept]
        Bed.objects.exclude(pk__in=[bed.pk for bed in self.beds]).update(valid_until=date(2026, 1, 1))
        self.made = 0
        self.queue: dict[str, list[dict]] = {name: [] for name in TABLETS}  # what a tablet has not let go of
        self.knows: dict[str, dict[str, dict]] = {name: {} for name in TABLETS}  # its sheet, from when it had a line
        self.sent: dict[str, tuple[str, dict]] = {}  # all that was ever answered as taken, by its id
        self.trouble: list[str] = []
        self.handler = logging.Handler()
        self.handler.emit = lambda line: self.trouble.append(line.getMessage() + str(line.exc_info))
        for name in ("accounts.acts", "desk.queue"):
            logging.getLogger(name).addHandler(self.handler)

    def teardown(self):
        try:
            if hasattr(self, "manager"):
                for name in TABLETS:
                    self.sends(name, 50, False)
                self.no_act_was_lost()
        finally:
            for name in ("accounts.acts", "desk.queue"):
                logging.getLogger(name).removeHandler(self.handler)
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @initialize(nights=st.lists(st.integers(1, 3), min_size=3, max_size=3))
    def people_come(self, nights):
        make = People()
        self.guests = [make("某某", gender) for gender in ("female", "female", "female", "male", "female", "male")]
        self.manager = staff("+8613800000011", "manager", hostel=self.house)
        for who, how_many in enumerate(nights):
            self.books(who, 0, how_many)
        for name in TABLETS:
            self.gets_its_sheet(name)

    # --- with a line ------------------------------------------------------------------------------------------------
    def online(self, what, do):
        self.now += timedelta(seconds=1)
        try:
            do()
        except Refused as no:
            self.tally[f"online {what}", no.code] += 1
        else:
            self.tally[f"online {what}", "done"] += 1

    def stay(self, chosen):
        stays = list(Stay.objects.select_related("guest", "hostel").order_by("pk"))
        return stays[chosen % len(stays)] if stays else None

    def act_id(self, name):
        self.made += 1
        return f"{name}-{self.made:04d}"

    @rule(minutes=st.integers(1, 300))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def the_night_is_over(self):
        """The evening's task, then the morning's."""
        self.now += timedelta(hours=6)
        close_no_shows(self.now)
        audit(self.now)

    @rule(who=st.integers(0, 5), ahead=st.integers(0, 1), how_many=st.integers(1, 3))
    def books(self, who, ahead, how_many):
        arrival = business_day(self.now) + ahead * DAY
        nights = Nights(arrival, arrival + how_many * DAY)
        self.online(
            "book",
            lambda: book(
                guest=self.guests[who],
                hostel=self.house,
                nights=nights,
                purpose="interview",
                now=self.now,
                accept_price=True,
            ),
        )

    @rule(chosen=number)
    def cancels(self, chosen):
        if stay := self.stay(chosen):
            self.online("cancel", lambda: cancel(stay, now=self.now, late=True))

    @rule(
        chosen=number,
        what=st.sampled_from(["check_in", "check_out", "no_show", "move", "extend", "shorten"]),
        more=st.integers(1, 2),
        bed=number,
    )
    def a_page_does(self, chosen, what, more, bed):
        if stay := self.stay(chosen):
            asked = Asked(
                self.house, self.act_id("page"), what, self.manager, self.now, stay, self.said(what, stay, more, bed)
            )
            self.online(what, lambda: perform(asked, now=self.now))

    def said(self, what, stay, more, bed):
        match what:
            case "check_in":
                return {"compared": True, "before_clean": True} | ({"bed": str(self.beds[bed % 3])} if bed % 2 else {})
            case "move":
                return {"bed": str(self.beds[bed % 3])}
            case "extend":
                return {"departure": str(stay.departure + more * DAY), "accept_price": True}
            case "shorten":
                return {"departure": str(stay.departure - more * DAY)}
        return {}

    # --- without one ------------------------------------------------------------------------------------------------
    @rule(name=tablet)
    def gets_its_sheet(self, name):
        first = {}
        for night in BedNight.objects.live().select_related("bed__room", "stay").order_by("-night"):
            first[night.stay.code] = str(night.bed)
        self.knows[name] = {
            stay.code: {"status": stay.status, "bed": first.get(stay.code)} for stay in Stay.objects.all()
        }

    @rule(
        name=tablet,
        acts=st.lists(
            st.tuples(number, st.sampled_from(ABOUT_A_STAY), st.integers(1, 2), number), min_size=1, max_size=4
        ),
    )
    def a_tablet_does(self, name, acts):
        known = sorted(self.knows[name])
        for chosen, what, more, bed in acts if known else ():
            self.now += timedelta(minutes=1)
            stay = Stay.objects.get(code=known[chosen % len(known)])
            said = {"kind": "note", "text": "…"} if what == "note" else self.said(what, stay, more, bed)
            self.keep(name, what, stay.code, said, self.knows[name][stay.code])

    @rule(name=tablet, which=st.integers(0, 2), bed=number)
    def somebody_walks_in(self, name, which, bed):
        said = {
            "name": "路过的人",
            "document_kind": "resident",
            "document_number": resident_number(date(2002, 3, 4), "female", 700 + which),
            "education": "bachelor",
            "graduation": "2025-06",
            "school": "安徽大学",
            "school_city": "合肥",
            "home_in_district": False,
            "departure": str(business_day(self.now) + DAY),
            "purpose": "interview",
            "compared": True,
            "bed": str(self.beds[bed % 3]),
        }
        self.keep(name, "walk_in", None, said, {})

    @rule(name=tablet, step=st.sampled_from(["begin_cleaning", "cleaned", "soiled"]), bed=number)
    def a_bed_is_cleaned(self, name, step, bed):
        self.keep(name, step, None, {"beds": [str(self.beds[bed % 3])]}, {})

    def keep(self, name, what, stay, said, knew):
        self.queue[name].append(
            {
                "act_id": self.act_id(name),
                "what": what,
                "stay": stay,
                "happened_at": self.now.isoformat(),
                "said": said,
                "knew": knew,
            }
        )

    # --- sending ----------------------------------------------------------------------------------------------------
    @rule(name=tablet, cut=st.integers(1, 50), lost=st.booleans())
    def sends(self, name, cut, lost):
        """The first ``cut`` of a queue; where the answer is ``lost`` the tablet keeps all of it."""
        if not self.queue[name]:
            return
        self.now += timedelta(seconds=1)
        entries = self.queue[name][:cut]
        answers = receive(self.house, entries, device=name, login=self.manager, now=self.now)
        assert [answer.act_id for answer in answers] == [entry["act_id"] for entry in entries]
        for entry, answer in zip(entries, answers, strict=True):
            self.tally[entry["what"], answer.outcome] += 1
            if answer.outcome in (DONE, KNOWN, CLASH):
                self.sent[entry["act_id"]] = (name, entry)
                self.who_came_has_a_bed_or_somebody_will_choose(entry, answer)
        if not lost:
            self.queue[name] = self.queue[name][cut:]

    @rule(chosen=st.lists(number, max_size=6))
    def all_is_sent_again(self, chosen):
        """What was taken is known, in whatever order it comes again, and changes nothing."""
        if not self.sent:
            return
        again = list(self.sent.values())
        before = self.rows()
        for each in chosen:
            name, entry = again[each % len(again)]
            [answer] = receive(self.house, [entry], device=name, login=self.manager, now=self.now)
            assert answer.outcome in (KNOWN, CLASH), answer
        assert self.rows() == before

    @rule(chosen=number, choice=st.sampled_from(["local", "online"]))
    def somebody_chooses(self, chosen, choice):
        waiting = list(Clash.objects.filter(settled_at=None).order_by("pk"))
        if waiting:
            clash = waiting[chosen % len(waiting)]
            how = f"settle {choice} {clash.proposals[choice]['do']}"
            self.online(how, lambda: settle(clash, choice, now=self.now, by=self.manager))

    # --- what is always true ----------------------------------------------------------------------------------------
    def who_came_has_a_bed_or_somebody_will_choose(self, entry, answer):
        if entry["what"] != "check_in" or Clash.objects.filter(act__act_id=entry["act_id"]).exists():
            return
        stay = Stay.objects.get(code=entry["stay"])
        act = Act.objects.get(act_id=entry["act_id"])
        # Who was there may have been taken out of the books since by somebody who chose so.
        if stay.checked_in_at is None:
            assert Clash.objects.filter(act__stay=stay).exclude(settled_at=None).exists(), (entry, answer, act)
            return
        if stay.status == "in_house" and stay.departure > business_day(self.now):
            assert stay.bed_nights.live().filter(night=business_day(self.now)).count() == 1, entry

    def no_act_was_lost(self):
        """Each that was answered as taken is there, once; those that were never taken are still on the tablet."""
        there = Counter(Act.objects.exclude(act_id__startswith="page").values_list("act_id", flat=True))
        assert there == Counter(self.sent.keys())
        for act in Act.objects.filter(act_id__in=self.sent):
            name, entry = self.sent[act.act_id]
            assert (act.what, act.device, act.happened_at.isoformat()) == (
                entry["what"],
                name,
                act.happened_at.isoformat(),
            )
            clash = Clash.objects.filter(act=act).first()
            assert (act.outcome == "done") or clash is not None, entry

    def rows(self):
        found = {}
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
                found[table] = cursor.fetchall()
        return found

    @invariant()
    def nothing_went_wrong_unseen(self):
        assert not self.trouble, self.trouble

    @invariant()
    def what_is_always_true_is_true(self):
        always.all_of_it(self.now)

    @invariant()
    def nobody_came_or_left_twice(self):
        """Of each stay: let in at most once more than it was taken back."""
        deeds = Counter(Deed.objects.exclude(about="").values_list("about", "what"))
        for stay in Stay.objects.all():
            came = deeds[stay.code, "check_in"] - deeds[stay.code, "undo_check_in"]
            came -= deeds[stay.code, "undo_walk_in"]
            assert came in (0, 1), (stay.code, stay.status, deeds)
            back = deeds[stay.code, "came_anyway"] + deeds[stay.code, "undo_check_out"]
            assert deeds[stay.code, "check_out"] <= 1 + back, (stay.code, deeds)
