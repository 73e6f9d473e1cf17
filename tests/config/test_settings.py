import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction

from config.refusals import refuse_unknown_sender, switch
from hostel.models import Hostel

ROOT = Path(__file__).resolve().parents[2]
READS = re.compile(r"""\benv(?:\.\w+)?\(\s*"([A-Z_]+)\"""")
NAMES = re.compile(r"^#?\s?([A-Z][A-Z_]+)=", re.MULTILINE)

SAFE = {
    "HOSTEL_PRODUCTION": "1",
    "HOSTEL_DEBUG": "0",
    "HOSTEL_SECRET_KEY": "x" * 50,
    "HOSTEL_FIELD_KEYS": os.environ["HOSTEL_FIELD_KEYS"],
    "HOSTEL_HOSTS": "hostel.example.org",
    "DATABASE_URL": "postgresql://house@127.0.0.1:1/house",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "HOSTEL_ADDRESS": "https://hostel.example.org",
}


def start(tmp_path, code="from django.conf import settings; print(settings.PRODUCTION)", **environment):
    """Read the settings in a process of their own, as a server does, and return how that ended."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "HOSTEL_VAR": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
    )


def test_the_example_names_every_variable_that_is_read_and_no_other():
    read = set(READS.findall((ROOT / "config/settings.py").read_text()))

    assert read == set(NAMES.findall((ROOT / ".env.example").read_text()))


def test_no_other_module_reads_the_environment():
    apps = ["hostel", "accounts", "eligibility", "bookings", "figures", "api", "web", "config"]
    modules = [path for app in apps for path in (ROOT / app).rglob("*.py")]

    readers = {str(path.relative_to(ROOT)) for path in modules if re.search(r"environ\b|getenv", path.read_text())}

    # The last two only tell Django where the settings are.
    assert readers == {"config/settings.py", "config/celery.py", "config/wsgi.py"}


def test_the_example_copied_as_it_is_changes_nothing(tmp_path):
    example = dict(
        line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if re.match(r"[A-Z_]+=", line)
    )

    ended = start(tmp_path, **example | {"HOSTEL_VAR": str(tmp_path)})

    assert (ended.returncode, ended.stdout) == (0, "False\n"), ended.stderr


def test_a_production_with_everything_set_starts(tmp_path):
    ended = start(tmp_path, **SAFE)

    assert (ended.returncode, ended.stdout) == (0, "True\n"), ended.stderr


@pytest.mark.parametrize(
    "unsafe, sentence",
    [
        ({"HOSTEL_SECRET_KEY": ""}, "HOSTEL_SECRET_KEY is empty or short: set it to at least 50 random characters"),
        ({"HOSTEL_SECRET_KEY": "x" * 49}, "HOSTEL_SECRET_KEY is empty or short"),
        ({"HOSTEL_DEBUG": "1"}, "HOSTEL_DEBUG is on: set HOSTEL_DEBUG=0"),
        ({"HOSTEL_FIELD_KEYS": ""}, "HOSTEL_FIELD_KEYS is empty: set it to NAME:KEY"),
        ({"HOSTEL_HOSTS": ""}, "HOSTEL_HOSTS is empty: set it to the names"),
        ({"REDIS_URL": ""}, "REDIS_URL is empty: set it"),
        (
            {"DATABASE_URL": "sqlite:////tmp/x.sqlite3", "WEB_CONCURRENCY": "2"},
            "SQLite serves one web process and WEB_CONCURRENCY is 2: set DATABASE_URL to a PostgreSQL",
        ),
        ({"HOSTEL_SMS": ""}, "HOSTEL_SMS is not set, or prints to the console: set it to the class"),
        ({"HOSTEL_SMS": "accounts.senders.ConsoleSender"}, "HOSTEL_SMS is not set, or prints to the console"),
        ({"HOSTEL_SMS": "accounts.senders.FileSender,accounts.senders.ConsoleSender"}, "or prints to the console"),
        ({"HOSTEL_SMS": "accounts.senders.SmsSender"}, "set HOSTEL_SMS_URL to your operator's gateway"),
        ({"HOSTEL_SMS": "accounts.senders.MessengerSender"}, "set HOSTEL_MESSENGER_URL to the messenger's gateway"),
        ({"HOSTEL_SMS_URL": "http://sms.example.org/send"}, "HOSTEL_SMS_URL goes unencrypted over the net"),
        ({"HOSTEL_MESSENGER_URL": "ftp://example.org"}, "HOSTEL_MESSENGER_URL begins with 'ftp': set it to an address"),
        ({"HOSTEL_ADDRESS": ""}, "HOSTEL_ADDRESS is empty: set it to where letters lead"),
        ({"HOSTEL_ADDRESS": "hostel.example.org"}, "HOSTEL_ADDRESS begins with 'hostel.example.org': set it to"),
        ({"DATABASE_URL": "mysql://a:b@c/d"}, "DATABASE_URL begins with 'mysql': set it to postgresql://"),
        ({"DATABASE_URL": "/var/lib/house"}, "set it to postgresql://user:password@host/name or sqlite:///path"),
        ({"HOSTEL_PRODUCTION": "ja"}, "HOSTEL_PRODUCTION is 'ja': set it to 1 (or true, yes, on) or 0"),
        ({"HOSTEL_DEBUG": "2"}, "HOSTEL_DEBUG is '2': set it to 1"),
        ({"HOSTEL_HTTPS_REDIRECT": "nginx"}, "HOSTEL_HTTPS_REDIRECT is 'nginx': set it to 1"),
        ({"HOSTEL_FIELD_KEYS": "k1:c2hvcnQ="}, "the key named 'k1' is not 32 bytes"),
    ],
)
def test_an_unsafe_production_does_not_start_and_says_what_to_set(tmp_path, unsafe, sentence):
    ended = start(tmp_path, **SAFE | unsafe)

    assert ended.returncode != 0
    assert sentence in ended.stderr.strip().splitlines()[-1]


SENDERS = "from django.conf import settings; print(settings.ADDRESS, *settings.SENDERS)"


@pytest.mark.parametrize(
    "said, read",
    [
        ({}, "https://hostel.example.org accounts.senders.FileSender"),
        ({"HOSTEL_SMS": "", "HOSTEL_ADDRESS": ""}, "http://127.0.0.1:8000 accounts.senders.ConsoleSender"),
        (
            {"HOSTEL_SMS": "", "HOSTEL_SMS_URL": "https://a.example/", "HOSTEL_ADDRESS": "https://b.example/"},
            "https://b.example accounts.senders.SmsSender",
        ),
        (
            {"HOSTEL_MESSENGER_URL": "https://a.example/", "HOSTEL_SMS": "house.A,house.B"},
            "https://hostel.example.org accounts.senders.MessengerSender house.A house.B",
        ),
    ],
    ids=["a file", "nothing", "a gateway", "a messenger and two of one's own"],
)
def test_the_ways_to_send_a_text_follow_from_what_is_set(tmp_path, said, read):
    ended = start(tmp_path, SENDERS, **said)

    assert ended.stdout.strip() == read, ended.stderr


def test_every_reason_is_said_at_once(tmp_path):
    ended = start(tmp_path, **SAFE | {"HOSTEL_SECRET_KEY": "", "HOSTEL_DEBUG": "1"})

    last_line = ended.stderr.strip().splitlines()[-1]
    assert "HOSTEL_SECRET_KEY" in last_line
    assert "HOSTEL_DEBUG" in last_line


@pytest.mark.parametrize("yes", ["1", "true", "YES", "On"])
@pytest.mark.parametrize("no", ["0", "False", "no", "off"])
def test_yes_and_no_may_be_written_as_people_do(yes, no):
    assert (switch("A", yes), switch("A", no, default=True)) == (True, False)
    assert (switch("A", ""), switch("A", " ", default=True)) == (False, True)


@pytest.mark.parametrize(
    "sender, sentence",
    [
        ("house.sms.Sender", "HOSTEL_SMS is house.sms.Sender, which can't be imported (No module named 'house')"),
        ("accounts.senders.Pigeon", "HOSTEL_SMS is accounts.senders.Pigeon, which can't be imported"),
        ("pigeon", "HOSTEL_SMS is pigeon, which can't be imported"),
        ("accounts.senders.send", "which is no sender: set it to a subclass of accounts.senders.Sender"),
    ],
)
def test_a_sender_that_is_none_is_refused_before_the_first_message(sender, sentence):
    with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)):
        refuse_unknown_sender(sender)


def test_every_process_asks_for_its_sender_when_it_starts(tmp_path):
    ended = start(tmp_path, "import django; django.setup()", HOSTEL_SMS="pigeon")

    assert ended.returncode != 0
    assert "HOSTEL_SMS is pigeon" in ended.stderr.strip().splitlines()[-1]


def test_several_processes_on_sqlite_are_refused_outside_production_too(tmp_path):
    ended = start(tmp_path, DATABASE_URL="", WEB_CONCURRENCY="2")

    assert "SQLite serves one web process" in ended.stderr


def test_a_demo_draws_its_secrets_once_and_keeps_them(tmp_path):
    drawn = {"HOSTEL_SECRET_KEY": "", "HOSTEL_FIELD_KEYS": ""}
    assert start(tmp_path, **drawn).returncode == 0
    first = (tmp_path / "secret_key").read_text(), (tmp_path / "field_keys").read_text()

    assert start(tmp_path, **drawn).returncode == 0

    assert ((tmp_path / "secret_key").read_text(), (tmp_path / "field_keys").read_text()) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_sqlite_writes_ahead_locks_at_the_beginning_and_minds_foreign_keys(db):
    if connection.vendor != "sqlite":
        assert connection.settings_dict["CONN_MAX_AGE"] is None
        return

    with connection.cursor() as cursor:
        answers = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "foreign_keys")]

    assert answers == ["wal", 1]
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.django_db(transaction=True)
def test_a_row_cannot_point_at_nothing():
    with pytest.raises(IntegrityError), transaction.atomic():
        Hostel.objects.create(
            network_id=4711,
            slug="nowhere",
            lat=31.3,
            lng=120.6,
            check_in_from="14:00",
            check_in_until="23:00",
            check_out_by="12:00",
            access="individual",
            valid_from="2026-01-01",
        )
