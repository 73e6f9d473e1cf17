"""Every page of the young and every state it has: one running house with guests in all of them, and a list of pages.

    with EveryPage(ground) as every:
        for page in every.pages:
            answer = every.ask(page, "en")          # status and HTML, without a browser
            every.open(tab, page, "en")             # the same in a browser

The house's clock stands still on a Friday afternoon, so nothing ends while it is looked at. No page of the list changes
anything: what is sent by a form is refused, or asks again.
"""

import http.client
import io
import json
import re
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass, field, replace
from itertools import cycle
from urllib.parse import quote, urlencode

from playwright.sync_api import Page as Tab

from tests.house import Ground, RunningHouse

MOMENT = "2026-03-06T15:30:00+08:00"  # `tests.web.every_guest.NOW`
MAKE = "import json; from tests.web.every_guest import make; print(json.dumps(make()))"
TOKEN = "c" * 32
LANGUAGES = ("", "/en")


@dataclass(frozen=True)
class Page:
    """A page in one state: who asks for what.

    ``name`` begins with its number in ux.md and is a file's name; ``path`` is without language, and codes stand in it
    in braces until the house is there; ``who`` is a login of `every_guest` ("" is nobody); ``post`` is what a form
    sends to the path, where that leads to the state; ``status`` is what is answered.
    """

    name: str
    path: str
    who: str = ""
    post: Mapping[str, str] | None = field(default=None, hash=False)
    status: int = 200
    with_token: bool = True
    near: str = ""  # the places that this browser chose lately


@dataclass(frozen=True)
class Answer:
    """What the house answered."""

    status: int
    html: str
    headers: Mapping[str, str]
    body: bytes


NEWCOMER_SAYS = {"purpose": "interview", "education": "bachelor", "graduation": "2025", "home_in_district": "no"}
TYPED = NEWCOMER_SAYS | {"name": "林小雨", "document_kind": "resident", "document_number": "34010220010506001X"}
FULL = "in={day20}&out={day21}"

PAGES = (
    # Y1 find
    Page("y1-tonight", "/"),
    Page("y1-near", "/?near=hr-bureau"),
    Page("y1-typed", "/?q=越溪"),
    Page("y1-typed-unknown", "/?q=北京西站"),
    Page("y1-recent", "/", near="mudu.hr-bureau"),
    Page("y1-three-nights", "/?in={day9}&nights=3"),
    Page("y1-full", "/?in={day20}&nights=1"),
    Page("y1-logged-in", "/", "confirmed"),
    # Y2 know
    Page("y2-empty", "/check/"),
    Page("y2-yes", "/check/?education=bachelor&graduation=2025&home_in_district=no&purpose=interview"),
    Page("y2-no", "/check/?education=bachelor&graduation=2019&home_in_district=yes&purpose=interview"),
    Page("y2-month", "/check/?education=bachelor&graduation=2023&home_in_district=no&purpose=interview"),
    Page("y2-some", "/check/?education=bachelor"),
    # Y3 the house
    Page("y3-free", "/hostels/baodaiqiao/"),
    Page("y3-span", "/hostels/baodaiqiao/?in={day1}&out={day3}", "returning"),
    Page("y3-broken", "/hostels/guoxiang/?in={day10}&out={day13}"),
    Page("y3-full", "/hostels/mudu/?" + FULL),
    Page("y3-group", "/hostels/linhu/"),
    Page("y3-on-call", "/hostels/shihu/?in={day12}&out={day13}"),
    # Y4 book
    Page("y4-newcomer", "/book/mudu/", "newcomer"),
    Page("y4-newcomer-errors", "/book/mudu/", "newcomer", {"purpose": "interview"}, 422),
    Page("y4-newcomer-typed", "/book/mudu/", "newcomer_typed", TYPED | {"document_number": "34010220010506"}, 422),
    Page("y4-newcomer-held", "/book/luzhi/?in={day12}&out={day13}", "newcomer_held"),
    Page("y4-returning", "/book/mudu/", "returning"),
    Page("y4-returning-edit", "/book/mudu/?edit=1", "returning"),
    Page("y4-returning-errors", "/book/mudu/?in={day12}&out={day13}", "returning", {"purpose": ""}, 422),
    Page("y4-held", "/book/yuexi/", "held"),
    Page("y4-full", "/book/mudu/?" + FULL, "returning", {"purpose": "interview", "shown_free": "1"}, 409),
    Page("y4-reasons", "/book/mudu/?in={day12}&out={day13}", "to_review", {"purpose": "interview"}, 409),
    Page("y4-together", "/book/mudu/together/?in={day12}&out={day13}", "returning"),
    Page("y4-together-errors", "/book/mudu/together/?in={day12}&out={day13}", "returning", {"purpose": ""}, 422),
    # Y5 come in
    Page("y5-phone", "/login/"),
    Page("y5-phone-errors", "/login/", "", {"phone": "1"}, 422),
    Page("y5-code", "/login/code/", "waits_for_code"),
    Page("y5-code-wrong", "/login/code/", "waits_for_code", {"code": "000000"}, 422),
    Page("y5-agreement", "/agreement/"),
    Page("y5-leave", "/logout/", "confirmed"),
    Page("y5-closed", "/login/closed/"),
    # Y6 the stay
    Page("y6-held", "/stays/{held}/", "held"),
    Page("y6-held-proof", "/stays/{held_proof}/", "held_proof"),
    Page("y6-held-review", "/stays/{held_review}/", "held_review"),
    Page("y6-held-home", "/stays/{held_home}/", "held_home"),
    Page("y6-sent-back", "/stays/{sent_back}/", "sent_back"),
    Page("y6-passed", "/stays/{passed}/", "passed"),
    Page("y6-asked-house", "/stays/{asked_house}/", "asked_house"),
    Page("y6-looked-for", "/stays/{looked_for}/", "looked_for"),
    Page("y6-offered", "/stays/{offered_stay}/", "offered"),
    Page("y6-confirmed", "/stays/{confirmed}/", "confirmed"),
    Page("y6-coming", "/stays/{coming}/", "coming"),
    Page("y6-late", "/stays/{late}/", "late"),
    Page("y6-coming-asked", "/stays/{confirmed}/coming/", "confirmed"),
    Page("y6-coming-said", "/stays/{coming}/coming/", "coming"),
    Page("y6-coming-late", "/stays/{late}/coming/", "late"),
    Page("y6-coming-errors", "/stays/{confirmed}/coming/", "confirmed", {"answer": ""}, 422),
    Page("y6-coming-not-today", "/stays/{later}/coming/", "later", {"answer": "late"}, 409),
    Page("y6-after-hour", "/stays/{after_hour}/", "after_hour"),
    Page("y6-in-house", "/stays/{in_house}/", "in_house"),
    Page("y6-left", "/stays/{left}/", "returning"),
    Page("y6-cancelled", "/stays/{cancelled}/", "cancelled"),
    Page("y6-cancelled-long-ago", "/stays/{cancelled_long_ago}/", "cancelled_long_ago"),
    Page("y6-hold-over", "/stays/{hold_over}/", "hold_over"),
    Page("y6-missed", "/stays/{missed}/", "missed"),
    Page("y6-missed-errors", "/stays/{missed}/appeal/", "missed", {"text": ""}, 422),
    Page("y6-appealed", "/stays/{appealed}/", "appealed"),
    Page("y6-refused", "/stays/{refused}/", "refused"),
    Page("y6-with-friends", "/stays/{party_stay}/", "party"),
    # Y7 prove
    Page("y7-empty", "/stays/{confirmed}/evidence/", "confirmed"),
    Page("y7-held", "/stays/{held_proof}/evidence/", "held_proof"),
    Page("y7-errors", "/stays/{held_proof}/evidence/", "held_proof", {"kind": "interview_notice"}, 422),
    Page("y7-sent", "/stays/{proof_sent}/evidence/", "proof_sent"),
    Page("y7-sent-back", "/stays/{sent_back}/evidence/", "sent_back"),
    Page("y7-left", "/stays/{left}/evidence/", "returning"),
    Page("y7-decision", "/decisions/{to_qualify}/evidence/", "to_qualify"),
    Page("y7-decision-sent", "/decisions/{qualifying}/evidence/", "qualifying"),
    # Y8 the pass
    Page("y8-ready", "/stays/{confirmed}/pass/", "confirmed"),
    Page("y8-wrong-day", "/stays/{later}/pass/", "later"),
    Page("y8-in-house", "/stays/{in_house}/pass/", "in_house"),
    Page("y8-void", "/stays/{cancelled_long_ago}/pass/", "cancelled_long_ago"),
    # Y9 other days
    Page("y9-plain", "/stays/{later}/change/", "later"),
    Page("y9-longer", "/stays/{later}/change/?in={day9}&out={day12}", "later"),
    Page("y9-sold", "/stays/{sold}/change/?in={day10}&out={day12}", "sold"),
    Page("y9-sold-anyway", "/stays/{sold}/change/", "sold", {"in": "{day10}", "out": "{day12}"}, 409),
    Page("y9-in-house", "/stays/{in_house}/change/", "in_house"),
    # Y10 give back
    Page("y10-before", "/stays/{confirmed}/cancel/", "confirmed"),
    Page("y10-held", "/stays/{held_proof}/cancel/", "held_proof"),
    Page("y10-after", "/stays/{after_hour}/cancel/", "after_hour"),
    Page("y10-undo-too-late", "/stays/{cancelled_long_ago}/cancel/", "cancelled_long_ago", {"undo": "1"}, 409),
    Page("y10-party-member", "/stays/{party_stay}/cancel/", "party"),
    # Y11 wait
    Page("y11-empty", "/waitlist/", "confirmed"),
    Page("y11-list", "/waitlist/", "waits"),
    Page("y11-new", "/waitlist/new/?hostel=xiangshan&in={day8}&out={day9}", "returning"),
    Page("y11-new-errors", "/waitlist/new/", "returning",
         {"hostel": "xiangshan", "in": "{day8}", "out": "{day9}"}, 422),
    Page("y11-waiting", "/waitlist/{waits}/", "waits"),
    Page("y11-no-house", "/waitlist/{waits}/", "waits", {"act": "houses"}, 422),
    Page("y11-automatic", "/waitlist/{automatic}/", "automatic"),
    Page("y11-offered", "/waitlist/{offered}/", "offered"),
    Page("y11-offer-over", "/waitlist/{offer_over}/", "offer_over"),
    Page("y11-withdrawn", "/waitlist/{withdrawn}/", "withdrawn"),
    # Y12 mine
    Page("y12-newcomer", "/me/", "newcomer"),
    Page("y12-full", "/me/", "confirmed"),
    Page("y12-past", "/me/", "returning"),
    Page("y12-proof-wanted", "/me/", "held_proof"),
    Page("y12-missed", "/me/", "missed"),
    Page("y12-waits", "/me/", "waits"),
    Page("y12-offered", "/me/", "offered"),
    Page("y12-letters", "/me/letters/", "offered"),
    Page("y12-letters-empty", "/me/letters/", "newcomer"),
    # what others will fill
    Page("y13-events", "/events/"),
    Page("y14-apartments", "/apartments/"),
    Page("y15-services", "/services/"),
    # Y17 what is mine
    Page("y17-newcomer", "/me/data/", "newcomer"),
    Page("y17-full", "/me/data/", "proof_sent"),
    Page("y17-refused", "/me/data/", "returning", {"withdraw": "privacy"}, 409),
    Page("y17-erase", "/me/data/erase/", "returning"),
    Page("y17-erase-refused", "/me/data/erase/", "confirmed"),
    Page("y17-erased", "/me/data/erase/", "erased"),
    # Y18 plain pages
    Page("y18-map", "/map/"),
    Page("y18-accessibility", "/accessibility/"),
    Page("y18-settings", "/settings/"),
    Page("y18-help", "/help/"),
    Page("y18-privacy", "/privacy/"),
    # friends, schools, second looks
    Page("party", "/parties/{party}/", "party"),
    Page("party-cancel", "/parties/{party}/cancel/", "party"),
    Page("batch", "/batches/{batch}/", "teacher"),
    Page("review-new", "/reviews/new/?about={to_review}", "to_review"),
    Page("review-new-errors", "/reviews/new/?about={to_review}", "to_review",
         {"note": "长" * 1001, "about": "{to_review}"}, 422),
    Page("review-waits", "/reviews/{asked_review}/", "asked"),
    Page("review-refused", "/reviews/{review_refused}/", "refused"),
    # what goes wrong
    Page("error-403", "/office/", "confirmed", status=403),
    Page("error-404", "/nowhere/", status=404),
    Page("error-csrf", "/login/", "", {"phone": "1"}, 403, with_token=False),
    Page("error-500", "/broken/", status=500),
)  # fmt: skip

WALKS_IN = NEWCOMER_SAYS | {"name": "何来", "document_kind": "resident", "document_number": "340102200202021559"}
MANY_BEDS = "&".join(f"beds={room}-{bed}" for room in (201, 202, 203, 204) for bed in (1, 2))

# The desk's: one address for both languages, and its own rules of how large things are.
OF_THE_DESK = (
    # D1 today, D2 check in, D4 the tape chart
    Page("d1-due-in", "/desk/", "manager"),
    Page("d1-in-house", "/desk/?tab=in_house", "manager"),
    Page("d1-due-out", "/desk/?tab=due_out", "manager"),
    Page("d1-no-show", "/desk/?tab=no_show", "manager"),
    Page("d2-find", "/desk/checkin/", "manager"),
    Page("d2-ready", "/desk/checkin/?stay={confirmed}", "manager"),
    Page("d2-errors", "/desk/checkin/", "manager", {"stay": "{confirmed}", "act_id": "every"}, 422),
    Page("d2-used", "/desk/checkin/?stay={in_house}", "manager"),
    Page("d2-evidence", "/desk/checkin/?stay={held_proof}", "manager"),
    Page("d2-cancelled", "/desk/checkin/?stay={cancelled}", "manager"),
    Page("d2-expired", "/desk/checkin/?stay={missed}", "manager"),
    Page("d2-another-day", "/desk/checkin/?stay={later}", "manager"),
    Page("d2-unknown", "/desk/checkin/", "manager", {"text": "ZZZZZZ"}),
    Page("d2-leaves", "/desk/stays/{in_house}/check-out/", "manager"),
    Page("d4-chart", "/desk/chart/", "manager"),
    Page("d4-list", "/desk/chart/?view=list", "manager"),
    Page("register", "/desk/register/", "manager"),
    Page("register-errors", "/desk/register/", "manager", {"span": "night", "file_type": "csv"}, 422),
    # D3 walk-in, D6 housekeeping and blocking
    Page("d3-empty", "/desk/walkin/", "manager"),
    Page("d3-yes", "/desk/walkin/", "manager", WALKS_IN | {"ask": "1"}),
    Page("d3-no", "/desk/walkin/", "manager", WALKS_IN | {"ask": "1", "home_in_district": "yes"}),
    Page("d3-wrong", "/desk/walkin/", "manager", WALKS_IN | {"ask": "1", "document_number": "123"}),
    Page("d3-refused", "/desk/walkin/", "manager", WALKS_IN | {"act_id": "every"}, 409),
    Page("d6-rooms", "/desk/rooms/", "manager"),
    Page("d6-blocked", "/desk/rooms/?show=blocked", "manager"),
    Page("d6-nothing", "/desk/rooms/?show=cleaning", "manager"),
    Page("d6-block", "/desk/rooms/block/", "manager"),
    Page("d6-block-hits", f"/desk/rooms/block/?{MANY_BEDS}", "manager"),
    Page("d6-block-errors", "/desk/rooms/block/", "manager", {"until": "", "act_id": "every"}, 422),
    # D5 the stay at the desk, D7 the log, who is on shift
    Page("d5-due-in", "/desk/stays/{confirmed}/", "manager"),
    Page("d5-in-house", "/desk/stays/{in_house}/", "manager"),
    Page("d5-held", "/desk/stays/{held_proof}/", "manager"),
    Page("d5-cancelled", "/desk/stays/{cancelled}/", "manager"),
    Page("d5-extend", "/desk/stays/{in_house}/extend/", "manager"),
    Page("d5-extend-refused", "/desk/stays/{in_house}/extend/", "manager",
         {"departure": "{day20}", "act_id": "every"}, 409),
    Page("d5-move", "/desk/stays/{in_house}/move/", "manager"),
    Page("d5-swap", "/desk/stays/{in_house}/swap/", "manager"),
    Page("d5-elsewhere", "/desk/stays/{in_house}/move-to-hostel/", "manager"),
    Page("d5-not-now", "/desk/stays/{cancelled}/extend/", "manager"),
    Page("d10-sync", "/desk/sync/", "manager"),
    Page("d7-log", "/desk/log/", "manager"),
    Page("d7-log-errors", "/desk/log/", "manager", {"kind": "todo", "text": "", "act_id": "every"}, 422),
    Page("d7-handover-errors", "/desk/log/", "manager", {"handover": "1"}, 422),
    Page("desk-offline", "/desk/offline/", "manager"),
    Page("desk-shift", "/desk/shift/", "manager"),
    Page("desk-shift-errors", "/desk/shift/", "manager", {"act": "own_pin", "pin": "1", "again": "2"}, 422),
    Page("desk-locked", "/desk/shift/", "desk_locked"),
)  # fmt: skip


class EveryPage:
    """The running house; `pages` are PAGES with their codes filled in, `desk` those of the desk."""

    def __init__(self, ground: Ground):
        self.clock = ground.folder / "every-page-clock"
        self.clock.write_text(MOMENT)
        self.house = RunningHouse(ground, wsgi="tests.web.every_door", HOSTEL_TEST_CLOCK=str(self.clock))
        try:
            made = json.loads(self.house.django(MAKE))
        except BaseException:
            self.house.close()
            raise
        self.codes = made["codes"]
        # A session that a page uses up has copies: each look takes the next.
        self.sessions = {who: cycle(keys) for who, keys in made["sessions"].items()}
        self.pages = tuple(self._filled(page) for page in PAGES)
        self.desk = tuple(self._filled(page) for page in OF_THE_DESK)

    def __enter__(self) -> "EveryPage":
        return self

    def __exit__(self, kind, *_):
        # What the house wrote is read where something went wrong; refusals are half of what is looked at here.
        with redirect_stdout(io.StringIO()) if kind is None else nullcontext():
            self.house.close()

    @property
    def url(self) -> str:
        return self.house.url

    def named(self, name: str) -> Page:
        """The page of that name."""
        return next(page for page in (*self.pages, *self.desk) if page.name == name)

    def path(self, page: Page, language: str = "") -> str:
        """Its address in a language ("" or "/en"); desk and office have one address for both."""
        return page.path if page.path.startswith(("/office/", "/desk/")) else language + page.path

    def ask(self, page: Page, language: str = "", **headers: str) -> Answer:
        """What the house answers, without following where it leads; ``headers`` are sent besides."""
        cookies = self._cookies(page)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} | headers
        sent.setdefault("Accept-Language", "en" if language else "zh-CN")
        body = None
        if page.post is not None:
            body = urlencode(self._form(page))
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=60)
        try:
            connection.request("GET" if body is None else "POST", self.path(page, language), body, sent)
            said = connection.getresponse()
            content = said.read()
            return Answer(said.status, content.decode(errors="replace"), dict(said.getheaders()), content)
        finally:
            connection.close()

    def open(self, tab: Tab, page: Page, language: str = "") -> None:
        """Open it in a browser's tab, as who it belongs to; a form is sent from an empty page of the house."""
        for name in ("sessionid", "near"):
            tab.context.clear_cookies(name=name)
        cookies = self._cookies(page)
        tab.context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])
        if page.post is None:
            tab.goto(self.url + self.path(page, language))
            return
        tab.goto(f"{self.url}/healthz")
        with tab.expect_navigation():
            tab.evaluate(SEND, [self.path(page, language), self._form(page)])

    def _cookies(self, page):
        cookies = {"csrftoken": TOKEN}
        if page.who:
            cookies["sessionid"] = next(self.sessions[page.who])
        if page.near:
            cookies["near"] = page.near
        return cookies

    def _form(self, page):
        return dict(page.post) | ({"csrfmiddlewaretoken": TOKEN} if page.with_token else {})

    def _filled(self, page):
        def fill(text):
            return re.sub(r"\{(\w+)\}", lambda found: self.codes[found[1]], text)

        post = None if page.post is None else {name: fill(value) for name, value in page.post.items()}
        return replace(page, path=quote(fill(page.path), safe="/?&="), post=post)


SEND = """([path, fields]) => {
    const form = document.createElement('form');
    form.method = 'post';
    form.acceptCharset = 'utf-8';
    form.action = path;
    for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement('input');
        field.name = name;
        field.value = value;
        form.append(field);
    }
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
}"""
