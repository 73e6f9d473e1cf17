"""The desk of a house on a Friday afternoon: the clock stands still, somebody is there for each answer of a scan."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import tablet
from tests.house import RunningHouse

MAKE = """
import json
from django.conf import settings
from django.test import Client
from accounts.models import Person
from bookings.booking import book
from bookings.cancelling import cancel
from bookings.desk import check_in
from bookings.models import Stay
from hostel.models import Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, People, moment, staff
hostel = Hostel.objects.get(slug="baodaiqiao")
manager = staff("+8613800000011", "manager", hostel=hostel)
people, codes, digits = People(), {}, {}
Person.objects.create(user=manager, name="小王")


def stay(key, name, hostel=hostel, arrival=FRIDAY, departure=SATURDAY):
    guest = people(name, "female")
    codes[key] = book(guest=guest, hostel=hostel, nights=Nights(arrival, departure), purpose="interview", now=NOW).code
    digits[key] = guest.user.phone[-4:]
    return Stay.objects.get(code=codes[key])


due_in = {"scripts": "林小满", "plain": "周梅", "undo": "陈一一", "camera": "孙悦", "ready": "李思源"}
for key, name in due_in.items():
    stay(key, name)
check_in(stay("here", "王芳"), compared=True, now=moment(FRIDAY, 15, 2), actor=manager)
proof = stay("proof", "吴昊")
held = {"confirmed_at": None, "awaits": "proof", "held_until": moment(FRIDAY, 20)}
Stay.objects.filter(pk=proof.pk).update(**held)
stay("elsewhere", "郑爽", hostel=Hostel.objects.get(slug="mudu"))
stay("later", "冯程", arrival=SATURDAY, departure=SUNDAY)
cancel(stay("cancelled", "黄蕾"), now=NOW)
twins = [stay("twin", "何静"), stay("other twin", "高远")]
Person.objects.filter(pk=twins[1].guest_id).update(phone_digits=twins[0].guest.phone_digits)
browser = Client()
browser.force_login(manager, backend=settings.AUTHENTICATION_BACKENDS[0])
print(json.dumps([browser.session.session_key, codes, digits]))
"""


@dataclass
class DeskDay:
    """A running house: the `codes` and the last four `digits` of each guest, by what they are there for."""

    house: RunningHouse
    session: str
    codes: dict[str, str]
    digits: dict[str, str]

    def tablet(self, browser: Browser, **how) -> Page:
        """A tablet at which the manager is logged in."""
        page = tablet(browser, self.house.url, **how)
        page.context.add_cookies([{"name": "sessionid", "value": self.session, "url": self.house.url}])
        return page

    def stay(self, key: str) -> tuple:
        """The status of a stay, and the number of its bed."""
        [found] = self.house.rows(
            "SELECT stay.status, night.bed_id FROM bookings_stay stay JOIN bookings_bednight night "
            "ON night.stay_id = stay.id WHERE night.released_at IS NULL AND stay.code = %s",
            self.codes[key],
        )
        return found

    def room(self, key: str) -> str:
        """The number of the room of a stay."""
        [[number]] = self.house.rows(
            "SELECT room.number FROM hostel_room room JOIN hostel_bed bed ON bed.room_id = room.id WHERE bed.id = %s",
            self.stay(key)[1],
        )
        return number

    def deeds(self, key: str) -> list[str]:
        """What is on record of the desk's acts about a stay, in order."""
        told = "SELECT what FROM accounts_deed WHERE about = %s AND what LIKE '%%check_in%%' ORDER BY id"
        return [what for [what] in self.house.rows(told, self.codes[key])]


@contextmanager
def desk_day(ground, folder: Path):
    clock = folder / "clock"
    clock.write_text("2026-03-06T15:30:00+08:00")
    with RunningHouse(ground, wsgi="tests.clock", HOSTEL_TEST_CLOCK=str(clock)) as house:
        yield DeskDay(house, *json.loads(house.django(MAKE).splitlines()[-1]))
