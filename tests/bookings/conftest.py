"""Rows written around the verbs: what the promises of the database are tried with."""

from datetime import timedelta

import pytest
from django.db import connection

from bookings.allotting import allot
from bookings.models import BedNight, Stay
from eligibility.models import Assessment, Policy
from hostel.models import Bed
from tests.bookings.allotted import THREE
from tests.bookings.in_line import WEEKEND, only, wish
from tests.conftest import FRIDAY, NOW, SATURDAY


@pytest.fixture
def asks(django_assert_num_queries):
    """Whether a block asks so many statements; on PostgreSQL ``together`` fewer, where letters and record are written
    with one statement at the end of an act, and a stay with the decision that it rests on."""
    on_postgresql = connection.vendor == "postgresql"
    return lambda number, together=0: django_assert_num_queries(number - together * on_postgresql)


@pytest.fixture
def beds(hostel):
    """Beds of baodaiqiao by their names, as "203-1"."""
    return {str(bed): bed for bed in Bed.objects.filter(room__hostel=hostel).select_related("room")}


@pytest.fixture
def written_stay(hostel):
    """Writes a stay of three nights from Friday past every verb."""

    def write(guest, code, nights=3, arrival=FRIDAY, **moments):
        assessment = Assessment.objects.create(
            person=guest, policy=Policy.objects.get(), made_at=NOW, outcome="yes", facts={}, verdicts=[]
        )
        return Stay.objects.create(
            **{
                "guest": guest,
                "code": code,
                "hostel": hostel,
                "assessment": assessment,
                "arrival": arrival,
                "departure": arrival + timedelta(days=nights),
                "purpose": "interview",
                "kept_until": NOW + timedelta(hours=13),
                "booked_at": NOW,
                "confirmed_at": NOW,
            }
            | moments
        )

    return write


@pytest.fixture
def written_night():
    """Writes a bed-night past every verb; `changes` say what is false in it."""

    def write(stay, bed, night=FRIDAY, **changes):
        return BedNight.objects.create(
            **{
                "stay": stay,
                "guest": stay.guest,
                "hostel": stay.hostel,
                "room": bed.room,
                "bed": bed,
                "night": night,
                "sharing": stay.guest.gender,
                "price_class": "free",
                "rate_fen": 9800,
                "price_fen": 0,
            }
            | changes
        )

    return write


@pytest.fixture
def in_bed(hostel, beds):
    """Puts a booked stay into a bed of its house by its name, with the nights it keeps."""

    def put(stay, name):
        bed = beds[name]
        alone = bed.room.guests == "any" or stay.alone
        stay.bed_nights.live().update(bed=bed, room=bed.room, sharing=stay.code if alone else stay.guest.gender)
        return stay

    return put


@pytest.fixture
def taken(hostel, people):
    """The stay that has the one bed of the house, for women, for two nights from tomorrow."""
    only(hostel, "201-1")
    return wish(people("周梅", "female"), hostel, WEEKEND)


@pytest.fixture
def mei(people, wuzhong):
    return people("李梅", "female")


@pytest.fixture
def allotted(officer, hostel):
    """Allots beds for three nights from tomorrow, on which day those without a name are given back."""

    def allot_beds(beds=0, **how):
        about = {
            "hostel": hostel,
            "nights": THREE,
            "applicant": "school",
            "organisation": "安徽大学",
            "purpose": "job_fair",
            "release_on": SATURDAY,
            "now": NOW,
            "actor": officer,
        }
        return allot(beds=beds, **about | how)

    return allot_beds


@pytest.fixture
def students(people, wuzhong):
    """So many women and men, who may stay for the sample's purposes."""

    def made(women=0, men=0):
        return [people("林小满", "female") for _ in range(women)] + [people("陈一舟", "male") for _ in range(men)]

    return made
