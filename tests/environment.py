"""The world of the tests: loaded (`-p tests.environment`) before Django reads its settings.

Whatever the shell or a `.env` says, tests have their own place for files, fixed keys, no Redis and no network. Only
DATABASE_URL is obeyed, so that the same tests run on SQLite and on PostgreSQL (`make test` does both). A test whose
marker names a program that this machine does not have is left out, and the last lines say so.

HOSTEL_TEST_DATABASE_ONLY=1 leaves out every test that reads no database, or is marked `look`: what another run beside
this one does.
"""

import inspect
import os
import shutil
import tempfile

import pytest

from tests.machine import LEFT_TO_THE_OTHER, NEEDS

KEY = "t1:dGVzdHMgaGF2ZSBhIGtleSBvZiAzMiBieXRlcyBoZXI="

var = tempfile.mkdtemp(prefix="hostel-tests-")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.update(
    {
        "HOSTEL_VAR": var,
        "HOSTEL_SECRET_KEY": "tests sign with a key that everybody may read, and nothing else does",
        "HOSTEL_FIELD_KEYS": KEY,
        "HOSTEL_PRODUCTION": "0",
        "HOSTEL_DEBUG": "0",
        "HOSTEL_HOSTS": "*",
        "HOSTEL_ORIGINS": "",
        "HOSTEL_PROXIES": "0",
        "HOSTEL_PROOFS": "",
        "HOSTEL_MEDIA_URL": "/media/",
        "HOSTEL_ADDRESS": "https://hostel.example.org",
        "HOSTEL_SMS": "accounts.senders.FileSender",
        "HOSTEL_SMS_URL": "",
        "HOSTEL_SMS_KEY": "",
        "HOSTEL_SMS_SIGN": "",
        "HOSTEL_MESSENGER_URL": "",
        "HOSTEL_MESSENGER_KEY": "",
        "HOSTEL_MESSENGER_TEMPLATE": "",
        "HOSTEL_SMS_FILE": os.path.join(var, "sms.txt"),
        "HOSTEL_CONN_MAX_AGE": "0",
        "HOSTEL_HTTPS_REDIRECT": "1",
        "REDIS_URL": "",
        "WEB_CONCURRENCY": "1",
        # Playwright's loop runs in the same thread as the fixtures that write rows.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
)
os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or f"sqlite:///{var}/hostel.sqlite3"


DATABASE_ONLY = os.environ.get("HOSTEL_TEST_DATABASE_ONLY", "") not in ("", "0")
WITH_DATABASE = {"db", "transactional_db", "ground"}
# How many tests were left to the other run: those of this process, and those that a worker of it told.
left_to_the_other = [0]


def reads_the_database(item) -> bool:
    """Whether a test may come near a database, and find another answer there; pytest-django refuses that to those that
    ask for none, and what is marked `look` is the same whatever the pages were read from."""
    if item.get_closest_marker("look"):
        return False
    if WITH_DATABASE & set(item.fixturenames) or item.get_closest_marker("django_db"):
        return True
    used = [fixture.func for same in item._fixtureinfo.name2fixturedefs.values() for fixture in same]
    ours = [item.function, *(each for each in used if each.__module__.startswith("tests."))]
    # Who asks for fixtures by name while it runs may ask for any.
    return any("request" in inspect.signature(each).parameters for each in ours)


@pytest.hookimpl(trylast=True)  # after -k and -m have chosen
def pytest_collection_modifyitems(config, items):
    absent = {need.marker for need in NEEDS if need.program is None}
    if not os.environ["DATABASE_URL"].startswith("postgres"):
        absent.add("postgres")
    left_out = {item for item in items if any(mark.name in absent for mark in item.iter_markers())}
    if DATABASE_ONLY:
        same = {item for item in items if item not in left_out and not reads_the_database(item)}
        left_to_the_other[0] = len(same)
        left_out |= same
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_to_the_other"] = left_to_the_other[0]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    left_to_the_other[0] = getattr(node, "workeroutput", {}).get("left_to_the_other", left_to_the_other[0])


def pytest_terminal_summary(terminalreporter):
    if DATABASE_ONLY:
        terminalreporter.write_line(f"{LEFT_TO_THE_OTHER}: {left_to_the_other[0]}")
    for need in NEEDS:
        if need.program is None:
            terminalreporter.write_line(f"Left out for want of {need.programs[0]}: tests marked {need.marker}.")


def pytest_unconfigure(config):
    shutil.rmtree(var, ignore_errors=True)
