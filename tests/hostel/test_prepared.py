"""Questions written once: they ask what their queryset asks, whatever is said."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from accounts.models import Deed, Person
from hostel.models import Bed, Hostel, Room
from hostel.nights import Nights
from hostel.prepared import Prepared, Rows, SlotNights, insert, insert_all
from tests.conftest import NOW

DAY = date(2026, 3, 6)
NAIVE = pytest.mark.filterwarnings("ignore:DateTimeField Deed.at received a naive")
WRITE = [
    pytest.param(lambda row: insert([row]), id="insert"),
    pytest.param(lambda row: insert_all([Rows([row])]), id="insert_all"),
]


def beds_open_to(hostel, nights, gender):
    """A question with all that a question can have: rows beside it, others that must not be there, an order."""
    closed = Room.objects.filter(pk=OuterRef("room_id"), guests__in=[gender, Room.Guests.ANY])
    return (
        Bed.objects.valid_throughout(nights)
        .filter(Q(room__guests=gender) | Exists(closed), room__hostel=hostel)
        .annotate(is_theirs=Exists(closed))
        .select_related("room__hostel")
        .order_by("room__number", "number")
    )


open_beds = Prepared(
    lambda hostel, arrival, departure, gender: beds_open_to(hostel, SlotNights(arrival, departure), gender),
    hostel="number",
    arrival="day",
    departure="day",
    gender="text",
)


@pytest.mark.parametrize("gender", ["female", "male", "'; --"])
@pytest.mark.parametrize("slug", ["baodaiqiao", "mudu"])
@pytest.mark.parametrize("first", [DAY, date(1990, 1, 1)])
def test_a_prepared_question_has_the_answer_of_its_queryset(wuzhong, slug, gender, first):
    hostel, nights = Hostel.objects.get(slug=slug), Nights(first, first + timedelta(days=3))

    plain = list(beds_open_to(hostel.pk, nights, gender))
    prepared = open_beds(hostel=hostel.pk, arrival=nights.arrival, departure=nights.departure, gender=gender)

    assert prepared == plain
    assert [(bed.is_theirs, bed.room.hostel.slug) for bed in prepared] == [(bed.is_theirs, slug) for bed in plain]


def test_it_is_one_statement(wuzhong, hostel):
    with CaptureQueriesContext(connection) as asked:
        open_beds(hostel=hostel.pk, arrival=DAY, departure=DAY + timedelta(days=1), gender="female")

    assert len(asked) == 1


@pytest.mark.postgres
def test_postgresql_plans_it_once_and_answers_as_before(wuzhong, hostel):
    said = {"hostel": hostel.pk, "arrival": DAY, "departure": DAY + timedelta(days=1), "gender": "female"}
    answers = [open_beds(**said) for _each in range(4)]

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%is_theirs%'")
        [(planned,)] = cursor.fetchall()

    assert planned == 1
    assert answers[1:] == answers[:-1]


def test_its_queryset_is_built_once(wuzhong):
    built = []

    def build(slug):
        built.append(slug)
        return Hostel.objects.filter(slug=slug)

    called = Prepared(build, slug="text")

    assert called.first(slug="mudu").slug == "mudu"
    assert called.first(slug="shihu").slug == "shihu"
    assert called.first(slug="nowhere") is None
    assert len(built) == 1


def test_values_and_rows_locked_come_as_they_are_asked_for(wuzhong, hostel):
    numbers = Prepared(
        lambda hostel: Room.objects.filter(hostel=hostel).order_by("number").values_list("number", "floor"),
        hostel="number",
    )
    locked = Prepared(lambda slug: Hostel.objects.filter(slug=slug).select_for_update(no_key=True), slug="text")

    assert numbers(hostel=hostel.pk) == list(hostel.rooms.values_list("number", "floor"))
    assert locked.first(slug=hostel.slug) == hostel


def test_a_value_that_nobody_said_is_an_error(wuzhong):
    with pytest.raises(KeyError):
        open_beds(hostel=1, arrival=DAY, gender="female")


@pytest.mark.parametrize("write", WRITE)
@pytest.mark.parametrize(
    "said",
    [
        {
            "at": NOW.astimezone(ZoneInfo("America/New_York")),
            "what": Person.Gender.MALE,
            "values": {"a": [1, None, "%s"]},
        },
        {"at": NOW, "what": "it's 100 %", "about": "\\ 林", "values": []},
        {"at": NOW, "what": 5},
        pytest.param({"at": NOW.replace(tzinfo=None), "what": "x"}, marks=NAIVE, id="without a zone"),
        pytest.param({"at": DAY, "what": "x"}, marks=NAIVE, id="a day"),
    ],
)
def test_a_row_that_is_inserted_is_the_one_that_django_would_save(db, write, said):
    Deed(**said).save()
    write(Deed(**said))

    plain, inserted = Deed.objects.order_by("pk").values("at", "actor", "person", "what", "about", "reason", "values")
    assert inserted == plain


@pytest.mark.parametrize("write", WRITE)
def test_whom_a_row_is_about_is_not_lost_where_they_were_saved_after_it_was_made(db, write):
    person = Person(name="林小满")
    deed = Deed(at=NOW, what="x", person=person)
    person.save()

    write(deed)

    assert Deed.objects.get().person == person


@pytest.mark.parametrize("write", WRITE)
def test_a_row_about_somebody_who_is_not_there_is_an_error(db, write):
    with pytest.raises(ValueError, match="unsaved"):
        write(Deed(at=NOW, what="x", person=Person()))
