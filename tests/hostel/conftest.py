"""A small network in a file, to be spoiled."""

import io
import shutil
from pathlib import Path

import pytest
import yaml
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "hostel" / "sample" / "wuzhong.yaml"


def picture(wide=1280, high=800, colour="#0A6B57", kind="JPEG", **more) -> bytes:
    """The bytes of a picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (wide, high), colour).save(file, kind, **more)
    return file.getvalue()


class NetworkFile:
    """A copy of the sample: change ``told``, then ``write()`` it."""

    def __init__(self, folder):
        self.path = folder / "network.yaml"
        self.told = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
        shutil.copytree(SAMPLE.parent / "photos", folder / "photos")

    def hostel(self, slug):
        return next(hostel for hostel in self.told["hostels"] if hostel["slug"] == slug)

    def write(self):
        self.path.write_text(yaml.safe_dump(self.told, allow_unicode=True), encoding="utf-8")
        return self.path


@pytest.fixture
def file(tmp_path):
    return NetworkFile(tmp_path)
