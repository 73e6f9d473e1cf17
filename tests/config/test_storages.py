import re
import shutil
from pathlib import Path

from config.storages import NamedByContent

SCRIPTS = Path(__file__).resolve().parents[2] / "web/static/web/desk"


def test_a_script_asks_for_the_others_by_the_names_that_their_content_gave_them(tmp_path):
    shutil.copytree(SCRIPTS, tmp_path / "desk")
    storage = NamedByContent(location=str(tmp_path), base_url="/static/")
    names = [f"desk/{script.name}" for script in SCRIPTS.glob("*.js")]

    list(storage.post_process({name: (storage, name) for name in names}))

    for name in names:
        kept = (tmp_path / storage.stored_name(name)).read_text()
        asked = re.findall(r"""(?:from|import)\s*\(?\s*["']\./([^"']+)["']""", kept)
        assert len(asked) == len(re.findall(r"""["']\./""", (tmp_path / name).read_text())), name
        for other in asked:
            assert re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", other), (name, other)
            assert (tmp_path / "desk" / other).exists()
