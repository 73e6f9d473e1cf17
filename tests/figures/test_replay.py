import csv
import os
import subprocess
import sys
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from bookings.models import BedNight, Stay
from figures.nights import nights_given
from figures.replay import COLUMNS, WrongTrace, read_trace, replay, table
from hostel.models import Hostel
from tests.conftest import ROOT

YEAR = ROOT / "figures/sample/demand_year.csv"
LINE = {
    "made_at": "2024-03-01T10:00:00",
    "hostel": "mudu",
    "arrival": "2024-03-08",
    "nights": "3",
    "person": "p1",
    "gender": "female",
    "birth_date": "2000-02-03",
    "education": "bachelor",
    "school": "安徽大学",
    "school_city": "合肥",
    "graduation": "2023-06",
    "home_in_district": "False",
    "purpose": "interview",
    "cancels": "False",
    "does_not_come": "False",
    "leaves_after": "3",
}


@pytest.fixture
def trace(tmp_path):
    """Writes a trace: a line for each set of changes to an ordinary wish of a person of its own."""

    def write(*changes, columns=COLUMNS):
        path = tmp_path / "trace.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            lines = csv.DictWriter(file, columns, extrasaction="ignore")
            lines.writeheader()
            lines.writerows({**LINE, "person": f"p{number}", **change} for number, change in enumerate(changes))
        return path

    return write


def test_a_wish_becomes_a_stay_that_is_slept_and_left(wuzhong, trace):
    outcome = replay(read_trace(trace({})))

    stay = Stay.objects.get()
    assert (stay.status, stay.nights.arrival.isoformat(), stay.bed_nights.slept().count()) == ("left", "2024-03-08", 3)
    assert (outcome.wishes, outcome.booked, outcome.years[0].free) == (1, 1, 3)


def test_everything_that_people_do_is_counted(wuzhong, trace):
    outcome = replay(
        read_trace(
            trace(
                {},
                {"cancels": "True"},
                {"does_not_come": "True"},
                {"leaves_after": "1"},
                {"home_in_district": "True", "birth_date": "1980-01-01"},
                {"nights": "5", "leaves_after": "5"},
            )
        )
    )

    assert (outcome.booked, outcome.refused, outcome.cancelled, outcome.no_shows, outcome.left_early) == (5, 1, 1, 1, 1)
    assert outcome.reasons == Counter(AGE=1, LOCAL=1)
    [year] = outcome.years
    assert (year.free, year.priced) == (3 + 1 + 3, 2)


def test_the_people_of_a_trace_have_valid_documents_that_are_nobodys(wuzhong, trace):
    replay(read_trace(trace({}, {"gender": "male"})))

    woman, man = [stay.guest for stay in Stay.objects.order_by("pk")]
    assert woman.document[:2] == man.document[:2] == "10"  # no province has this number
    assert (woman.document[6:14], int(woman.document[16]) % 2, int(man.document[16]) % 2) == ("20000203", 0, 1)


def test_a_trace_that_was_played_here_is_not_played_twice(wuzhong, trace):
    path = trace({})
    replay(read_trace(path))

    with pytest.raises(WrongTrace, match="empty database"):
        replay(read_trace(path))


@pytest.mark.parametrize(
    "change, said",
    [
        ({"made_at": "yesterday"}, "line 2: "),
        ({"hostel": "atlantis"}, "line 2: hostel: 'atlantis' is not in the network"),
        ({"nights": "0"}, "line 2: departure must be after arrival"),
        ({"gender": "x"}, "line 2: 'x' is not a valid"),
        ({"cancels": "maybe"}, "line 2: 'maybe' is neither True nor False"),
        ({"birth_date": "2001-02-30"}, "line 2: "),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_played(change, said, wuzhong, trace):
    with pytest.raises(CommandError) as wrong:
        call_command("replay", trace(change))

    assert wrong.value.returncode == 2
    assert str(wrong.value).startswith(said)
    assert not Stay.objects.exists()


def test_missing_columns_and_missing_files_are_said(wuzhong, trace, tmp_path):
    with pytest.raises(WrongTrace, match="line 1: these columns are missing: purpose"):
        read_trace(trace({}, columns=[column for column in COLUMNS if column != "purpose"]))
    with pytest.raises(WrongTrace, match="nowhere"):
        read_trace(tmp_path / "nowhere.csv")


def test_the_year_of_420_people_adds_up(wuzhong):
    outcome = replay(read_trace(YEAR))

    assert (outcome.wishes, outcome.people) == (420, 420)
    assert outcome.booked + outcome.refused == 420
    [year] = outcome.years
    slept = BedNight.objects.slept()
    assert (year.nights, year.free) == (slept.count(), slept.filter(price_class="free").count())
    assert sum(house.nights for house in year.hostels) == sum(year.months) == year.nights
    assert year == nights_given(Hostel.objects.all(), 2024)
    assert str(year.nights) in table(outcome)
    assert not BedNight.objects.live().filter(slept_at=None).exists()


def test_twice_on_an_empty_database_gives_the_same_table(ground, tmp_path):
    heading, *wishes = YEAR.read_text(encoding="utf-8").splitlines()
    trace = tmp_path / "wishes.csv"
    trace.write_text("\n".join([heading, *wishes[:120]]), encoding="utf-8")

    def play():
        database = ground.new_database()
        try:
            return subprocess.run(
                [sys.executable, "manage.py", "replay", str(trace)],
                cwd=ROOT,
                env=os.environ | {"DATABASE_URL": database},
                capture_output=True,
                text=True,
                check=True,
            )
        finally:
            ground.clear(database)

    first, second = play(), play()

    assert first.stdout == second.stdout
    assert "120/120 wishes" in first.stderr
