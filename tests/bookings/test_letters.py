"""Letters about stays: every process that sends them knows them all, and each can be said in both languages."""

import os
import re
import subprocess
import sys
from pathlib import Path

from django.utils import translation

from accounts import letters

ROOT = Path(__file__).resolve().parents[2]
REGISTERS = re.compile(r'letter_kind\(\s*"(\w+)"')
KNOWN = "import django; django.setup(); from accounts.letters import KINDS; print(*KINDS)"


def written_somewhere():
    """The kinds of letters that any module of ours registers."""
    apps = ("hostel", "accounts", "eligibility", "bookings", "desk", "figures", "api", "web")
    modules = [path for app in apps for path in (ROOT / app).rglob("*.py")]
    return {kind for path in modules for kind in REGISTERS.findall(path.read_text())}


def test_a_process_that_only_sends_knows_every_kind_of_letter():
    """The one that sends may have loaded nothing else: `manage.py run_due` sends letters first."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    known = subprocess.run([sys.executable, "-c", KNOWN], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert set(known.stdout.split()) == written_somewhere(), known.stderr
    assert {"reminder", "still_coming", "offer", "extra_nights"} <= written_somewhere()


def test_no_letter_leads_by_half_an_address():
    """What it leads to is said beside its text, so that it is whole and in the reader's language."""
    for name, kind in letters.KINDS.items():
        assert not kind.link or kind.link.startswith("/"), name
        if not callable(kind.text):
            with translation.override("en"):
                assert not re.search(r"(^|\s)/[a-z%(]*", str(kind.text)), name
