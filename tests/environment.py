"""The world of the tests: loaded (`-p tests.environment`) before Django reads its settings.

Whatever the shell or a `.env` says, tests have their own place for files, fixed keys, no Redis and no network. Only
DATABASE_URL is obeyed, so that the same tests run on SQLite and on PostgreSQL (`make test` does both). A test whose
marker names a program that this machine does not have is left out, and the last lines say so.
"""

import os
import shutil
import tempfile

from tests.machine import NEEDS

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
        "HOSTEL_SMS": "accounts.senders.FileSender",
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


def pytest_collection_modifyitems(config, items):
    absent = {need.marker for need in NEEDS if need.program is None}
    if not os.environ["DATABASE_URL"].startswith("postgres"):
        absent.add("postgres")
    left_out = [item for item in items if any(mark.name in absent for mark in item.iter_markers())]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter):
    for need in NEEDS:
        if need.program is None:
            terminalreporter.write_line(f"Left out for want of {need.programs[0]}: tests marked {need.marker}.")


def pytest_unconfigure(config):
    shutil.rmtree(var, ignore_errors=True)
