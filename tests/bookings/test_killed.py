"""A process that is killed between any two statements leaves all of an act or nothing, and the act can be done again.

The verb runs in a process of its own, split off from this one, on a PostgreSQL database of its own; before its n-th
statement, or before or after its COMMIT, that process kills itself with SIGKILL. Then this one reads what is there.
"""

import os
import random
import signal
import sys
import traceback
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count
from urllib.parse import urlsplit

import pytest
from django.db import connections

from accounts.models import Deed, Letter
from bookings import serving, wishing
from bookings.booking import book
from bookings.models import BedNight, Offer, Stay, Waiting
from bookings.moving import move
from eligibility.models import Assessment
from hostel.models import Bed, Hostel
from hostel.nights import Nights
from tests.conftest import FRIDAY, NOW, SATURDAY, SUNDAY, People, undone

pytestmark = pytest.mark.postgres
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


# --- what is done -----------------------------------------------------------------------------------------------------
def small_house(*numbers):
    """Baodaiqiao with only these rooms, and nobody in it."""
    house = Hostel.objects.select_related("network").get(slug="baodaiqiao")
    Bed.objects.exclude(room__hostel=house, room__number__in=numbers).update(valid_until=date(2026, 1, 1))
    return house


def exam(guest, house, nights, now=NOW, **how):
    return book(guest=guest, hostel=house, nights=nights, purpose="exam", now=now, **how)


def put(stay, bed):
    stay.bed_nights.update(bed=bed, room=bed.room)


def booking():
    """Somebody books the bed of a hold whose time is over, which must be closed in the same act."""
    house, make = small_house("301"), People()
    lin, chen, wu = (make(name, "female") for name in ("林小满", "陈一舟", "吴桐"))
    exam(chen, house, Nights(FRIDAY, SUNDAY), hold=True)
    exam(wu, house, Nights(FRIDAY, SUNDAY))
    return lambda: exam(lin, house, Nights(FRIDAY, SUNDAY), now=LATER)


def moving():
    """Somebody is moved into a bed that another was to have, who is moved for it and told."""
    house, make = small_house("301", "303"), People()
    first, second = (exam(make(name, "female"), house, Nights(SATURDAY, SUNDAY)) for name in ("林小满", "陈一舟"))
    beds = list(Bed.objects.filter(room__hostel=house, valid_until=None).order_by("pk").select_related("room"))
    put(first, beds[0])
    put(second, beds[1])
    Stay.objects.update(bed_told_at=NOW)
    return lambda: move(Stay.objects.get(pk=first.pk), beds[1], from_night=SATURDAY, now=LATER)


def offering():
    """A bed came free, and the first in line is offered it: for it a third guest changes rooms."""
    house, make = small_house("203", "301"), People()
    [wang] = [make("王小明", "male")]
    guests = [make(name, "female") for name in ("林小满", "陈一舟", "吴桐")]
    stays = [exam(guest, house, Nights(SATURDAY, SUNDAY)) for guest in guests]
    flexible, women = (list(Bed.objects.filter(room__hostel=house, room__number=room)) for room in ("203", "301"))
    for stay, bed in zip(stays, [women[0], women[1], flexible[0]], strict=True):
        put(stay, bed)
    wishing.wait(guest=wang, hostels=[house], nights=Nights(SATURDAY, SUNDAY), purpose="exam", now=NOW)
    # As when the line was not served after it: the process that gave it back was killed there.
    BedNight.objects.filter(stay=stays[0]).update(released_at=NOW)
    Stay.objects.filter(pk=stays[0].pk).update(cancelled_at=NOW, cancel_cause="GUEST")
    return lambda: serving.serve(LATER)


VERBS = {"booking": booking, "moving": moving, "offering": offering}


def what_is_there():
    """Everything that the three write, without the numbers and codes that are others each time."""
    return {
        "nights": sorted(BedNight.objects.values_list("guest", "night", "bed", "released_at", "sharing")),
        "stays": sorted(
            Stay.objects.values_list("guest", "arrival", "status", "awaits", "held_until", "bed_told_at"), key=str
        ),
        "letters": sorted(Letter.objects.values_list("person", "kind", "written_at")),
        "deeds": Counter(Deed.objects.values_list("what", "person", "at")),
        "decisions": sorted(Assessment.objects.values_list("person", "act", "made_at")),
        "offers": sorted(Offer.objects.values_list("waiting", "until", "accepted_at"), key=str),
        "wishes": sorted(Waiting.objects.values_list("guest", "filled_at", "withdrawn_at"), key=str),
    }


# --- who is killed ----------------------------------------------------------------------------------------------------
class Killer:
    """Ends the process it is in before the n-th thing that is said to the database, COMMITs among them and after."""

    def __init__(self, connection, nth):
        self.left = nth
        self.commit = connection._commit
        connection._commit = self._committed
        connection.execute_wrappers.append(self._executed)

    def _one_less(self):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _executed(self, execute, *said):
        self._one_less()
        return execute(*said)

    def _committed(self):
        self._one_less()
        self.commit()
        self._one_less()


class Scene:
    """A database in which something is about to be done; this process speaks to it, and those that are killed."""

    def __init__(self, ground, verb):
        self.ground, self.url = ground, ground.new_database()
        self.before_it, self.do = connections["default"], None
        try:
            self._connect()
            self.do = VERBS[verb]()
            self.before = what_is_there()
            with undone():
                self.do()
                self.after = what_is_there()
        except BaseException:
            self.close()
            raise
        assert self.before != self.after

    def _connect(self):
        fresh = self.before_it.copy()
        fresh.settings_dict["NAME"] = urlsplit(self.url).path[1:]
        connections["default"] = fresh

    def close(self):
        connections["default"].close()
        connections["default"] = self.before_it
        self.ground.clear(self.url)

    def killed_at(self, nth):
        """Do it in a process that dies before its ``nth`` statement; whether it lived so long that it died."""
        child = os.fork()
        if child == 0:
            code = 1
            try:
                self._connect()
                connections["default"].ensure_connection()
                Killer(connections["default"], nth)
                self.do()
                code = 0
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
            finally:
                os._exit(code)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (0, -signal.SIGKILL), status
        return status != 0

    def look(self):
        """See that all of it is there or nothing, and in this case that it can be done; whether it is all."""
        found = what_is_there()
        if found == self.after:
            return True
        assert found == self.before
        with undone():
            self.do()
            assert what_is_there() == self.after
        return False


@pytest.fixture
def scene(ground, django_db_blocker):
    """Sets a scene for one of the verbs."""

    @contextmanager
    def scene(verb):
        with django_db_blocker.unblock():
            found = Scene(ground, verb)
            try:
                yield found
            finally:
                found.close()

    return scene


@pytest.mark.parametrize("verb", VERBS)
def test_killed_before_any_statement_it_leaves_all_or_nothing(scene, verb):
    with scene(verb) as there:
        for nth in count(1):
            was_killed = there.killed_at(nth)
            is_done = there.look()
            if is_done or not was_killed:
                break

        assert is_done
        assert nth > 10, "it says more than that to the database"


def test_killed_at_random_it_leaves_all_or_nothing(scene, soaking):
    """With `make soak`: verbs and statements by lot."""
    left = soaking.kills
    while left:
        with scene(random.choice(list(VERBS))) as there:
            done = False
            while left and not done:
                there.killed_at(random.randint(1, 60))
                done = there.look()
                left -= 1
