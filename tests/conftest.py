"""The people and the houses that the tests are about."""

import os
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from accounts.documents import with_check_digit
from accounts.models import Deed, Person, Role, User
from accounts.people import complete_person
from eligibility.models import Policy
from eligibility.policy_file import FINGERPRINT, fingerprint, load_policy, read_policy, unsigned
from hostel.models import Hostel, Network
from hostel.network_file import load_network
from tests.browser import close_chromium
from tests.emptying import step_aside_for_emptying
from tests.house import Ground, RunningHouse
from tests.redis_server import temporary_redis

ROOT = Path(__file__).resolve().parent.parent
SHANGHAI = ZoneInfo("Asia/Shanghai")

# A Friday morning outside the season, with a week behind it in the same year.
NOW = datetime(2026, 3, 6, 10, 0, tzinfo=SHANGHAI)
FRIDAY = date(2026, 3, 6)
SATURDAY = FRIDAY + timedelta(days=1)
SUNDAY = FRIDAY + timedelta(days=2)
MONDAY = FRIDAY + timedelta(days=3)
TUESDAY = FRIDAY + timedelta(days=4)


def moment(day, hour, minute=0):
    """An aware moment in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@contextmanager
def undone():
    """What happens inside is rolled back at the end: each example of a property test begins where the last one did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def resident_number(birth_date, gender, sequence=1):
    """A valid, invented resident card number."""
    order = sequence * 2 + (1 if gender == "male" else 0)
    return with_check_digit(f"340102{birth_date:%Y%m%d}{order % 1000:03d}")


@pytest.fixture(scope="session", autouse=True)
def browser_ends():
    yield
    close_chromium()


@pytest.fixture(scope="session", autouse=True)
def emptied_between_tests():
    with pytest.MonkeyPatch.context() as patch:
        step_aside_for_emptying(patch)
        yield


class People:
    """Makes persons who may stay, each with a login, a phone and a document of their own."""

    def __init__(self):
        self.made = 0

    def __call__(self, name="王小明", gender="male", birth_date=date(2001, 5, 6), **profile) -> Person:
        self.made += 1
        user = User.objects.create_user(f"+86139{self.made:08d}", phone_verified=True)
        profile = {
            "education": "bachelor",
            "graduation": "2025-06",
            "school": "安徽大学",
            "school_city": "合肥",
            "home_in_district": False,
        } | profile
        return complete_person(
            user,
            name=name,
            document_kind="resident",
            document_number=resident_number(birth_date, gender, self.made),
            now=NOW - timedelta(days=1),
            **profile,
        )


@pytest.fixture
def people():
    return People()


# The statements that write the sample's rows again, for each kind of database.
_as_loaded: list[str] = []


def _rows_again(model: type[Model]) -> str:
    """One statement that writes what stands in the table of ``model`` as it stands; empty where nothing does."""
    quoted = "quote({})" if connection.vendor == "sqlite" else "quote_nullable({}::text)"
    columns = [connection.ops.quote_name(field.column) for field in model._meta.local_concrete_fields]
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        values = " || ', ' || ".join(quoted.format(column) for column in columns)
        cursor.execute(f"SELECT {values} FROM {table} ORDER BY {connection.ops.quote_name(model._meta.pk.column)}")
        rows = ", ".join(f"({row})" for [row] in cursor.fetchall())
    return rows and f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows}"


@pytest.fixture
def wuzhong(db) -> Network:
    """The sample network with its ten hostels, and the sample policy in force.

    The loaders write it once; then its rows are written as they stood, which takes a hundredth of the time. They have
    their own tests.
    """
    is_empty = not any(model.objects.exists() for model in (Network, User, Person, Deed))
    if _as_loaded and is_empty:
        with connection.cursor() as cursor:
            for statement in _as_loaded:
                cursor.execute(statement)
    else:
        load_network(ROOT / "hostel/sample/wuzhong.yaml", now=moment(date(2023, 1, 1), 8))
        load_policy(ROOT / "eligibility/sample/wuzhong.yaml", now=moment(date(2023, 1, 1), 8))
        models = [
            each for app in ("hostel", "accounts", "eligibility") for each in apps.get_app_config(app).get_models()
        ]
        if is_empty:
            _as_loaded.extend(filter(None, map(_rows_again, models)))
            _as_loaded.extend(connection.ops.sequence_reset_sql(no_style(), models))
    return Network.objects.get(slug="wuzhong")


@pytest.fixture
def hostel(wuzhong) -> Hostel:
    return Hostel.objects.get(slug="baodaiqiao")


@pytest.fixture
def lin(people, wuzhong) -> Person:
    return people("林小满", "female")


@pytest.fixture
def chen(people, wuzhong) -> Person:
    return people("陈一舟", "male")


def staff(phone, kind, **where) -> User:
    user = User.objects.create_user(phone, phone_verified=True)
    Role.objects.create(user=user, kind=kind, valid_from=date(2023, 1, 1), **where)
    return user


@pytest.fixture
def manager(hostel) -> User:
    return staff("+8613800000011", "manager", hostel=hostel)


@pytest.fixture
def foreign_manager(wuzhong) -> User:
    return staff("+8613800000012", "manager", hostel=Hostel.objects.get(slug="mudu"))


@pytest.fixture
def officer(wuzhong) -> User:
    return staff("+8613800000013", "officer", network=wuzhong)


@pytest.fixture
def auditor(wuzhong) -> User:
    return staff("+8613800000014", "auditor", network=wuzhong)


@pytest.fixture(scope="session")
def ground(tmp_path_factory):
    """Where running houses are built; its template database is made once."""
    ground = Ground(tmp_path_factory.mktemp("houses"), os.environ["DATABASE_URL"])
    yield ground
    ground.close()


@pytest.fixture
def house(ground):
    """A real server with a fresh database: the sample network, the sample policy, and nobody in it yet."""
    with RunningHouse(ground) as house:
        yield house


@pytest.fixture
def redis_url(tmp_path):
    """A real Redis with nothing in it (mark the test with `redis`)."""
    with temporary_redis(tmp_path) as url:
        yield url


@pytest.fixture
def in_force(wuzhong):
    """Put other rules in force for the sample network: those of a file, or the sample's as ``change`` makes them."""

    def in_force(path=ROOT / "eligibility/sample/wuzhong.yaml", change=lambda rules: rules) -> Policy:
        rules = change(unsigned(read_policy(path)) | {"network": "wuzhong"})
        newest = Policy.objects.filter(network=wuzhong).order_by("version").last()
        return Policy.objects.create(
            network=wuzhong,
            version=newest.version + 1,
            rules=rules | {FINGERPRINT: fingerprint(rules)},
            drafted_by="起草人",
            approved_by="批准人",
            in_force_from=date(2023, 1, 2),
            written_at=moment(date(2023, 1, 1), 9),
        )

    return in_force


@pytest.fixture
def asks_otherwise(in_force):
    """Rules that ask nothing of what the sample asks, but whether one has work in the district."""

    def change(rules):
        left = [rule for rule in rules["rules"] if rule["kind"] not in ("education", "graduation", "home")]
        work = {"id": "work", "kind": "work", "place": {"zh": "吴中", "en": "Wuzhong"}, "wanted": "none"}
        return rules | {"rules": [*left, work]}

    return in_force(change=change)
