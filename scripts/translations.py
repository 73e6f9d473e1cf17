"""Are all sentences translated, and are the compiled catalogues those of the written ones?

Sentences are looked for by Django's `makemessages` in a copy of the sources, so that nothing here changes.
"""

import gettext
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_Hans"


def main() -> int:
    written = sorted(ROOT.glob(f"**/locale/{LANGUAGE}/LC_MESSAGES/django.po"))
    written = [catalogue for catalogue in written if ".venv" not in catalogue.parts]
    wrong = []
    known = set()
    for catalogue in written:
        place = catalogue.relative_to(ROOT)
        checked = subprocess.run(["msgfmt", "--check", "-o", os.devnull, catalogue], capture_output=True, text=True)
        if checked.returncode:
            wrong.append(checked.stderr.strip())
            continue
        for state in ("--untranslated", "--only-fuzzy"):
            found = subprocess.check_output(["msgattrib", state, "--no-obsolete", "--no-wrap", catalogue], text=True)
            sentences = [line for line in found.split("\n\n")[1:] if line.strip()]
            wrong += [f"{place}: {state[2:]}:\n{sentence.strip()}" for sentence in sentences]
        sentences = compiled(catalogue)
        known |= sentences.keys()
        machine = catalogue.with_suffix(".mo")
        if not machine.exists() or catalog(machine) != sentences:
            wrong.append(f"{machine.relative_to(ROOT)} is not what {place} says: run msgfmt -o {machine.name} {place}")
    wrong += [f"not in any catalogue: {sentence!r}" for sentence in sorted(spoken() - known)]
    print("\n".join(wrong))
    return 1 if wrong else 0


def compiled(catalogue: Path) -> dict:
    """The sentences of a written catalogue, by what they translate."""
    with tempfile.NamedTemporaryFile(suffix=".mo") as machine:
        subprocess.run(["msgfmt", "-o", machine.name, catalogue], check=True)
        return catalog(Path(machine.name))


def catalog(machine: Path) -> dict:
    """The sentences of a compiled catalogue, by what they translate; without its header."""
    with machine.open("rb") as file:
        sentences = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    sentences.pop("", None)
    return {key[0] if isinstance(key, tuple) else key: value for key, value in sentences.items()}


def spoken() -> set[str]:
    """Every sentence that the sources mark for translation."""
    with tempfile.TemporaryDirectory() as place:
        sources = Path(place, "sources")
        sources.mkdir()
        tracked = subprocess.check_output(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT
        )
        for name in tracked.decode().split("\0"):
            read = name.endswith((".py", ".html", ".txt", ".json")) and not name.startswith("tests/")
            if read and (ROOT / name).exists():
                (sources / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, sources / name)
        (sources / "locale").mkdir()
        for catalogues in list(sources.glob("*/locale")):
            shutil.rmtree(catalogues)
        for file in ("", *[app.name for app in sources.iterdir() if (app / "apps.py").exists()]):
            Path(sources, file, "locale").mkdir(exist_ok=True)
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "-l", LANGUAGE, "--no-wrap", "-v", "0"],
            cwd=sources,
            check=True,
        )
        found = set()
        for catalogue in sources.glob(f"**/locale/{LANGUAGE}/LC_MESSAGES/django.po"):
            english = Path(place, "english.po")
            subprocess.run(["msgen", "--force-po", "-o", english, catalogue], check=True)
            found |= compiled(english).keys()
        return found


if __name__ == "__main__":
    sys.exit(main())
