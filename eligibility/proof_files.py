"""Files of proofs: what guests send is read with care, made into plain pictures, and kept sealed.

A page that is kept is a JPEG that was drawn here: of the file that came only what one sees is left. It lies in a
storage of its own under AES-256-GCM, bound to its name, and is shown with the viewer's name on it.
"""

import io
import json
import math
import os
import secrets
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw, ImageFont, ImageOps

from accounts.fields import seal_bytes, unseal_bytes
from eligibility import pdf_pages
from eligibility.reasons import MISSING, NOT_MET, Fix, Reason, Refused, Sentence

MEGABYTE = 1024 * 1024
MAX_BYTES = 8 * MEGABYTE  # of one file
MAX_BYTES_TOGETHER = 20 * MEGABYTE
MAX_PAGES = 8
SHRUNK_TO = 800_000  # bytes of a picture that the page's own script has shrunk
LONGEST_EDGE = 2000  # pixels of a kept page
QUALITY = 82
# Most millions of pixels. A JPEG can be read at a fraction of its size, the others only whole, so they may have fewer.
MAX_MEGAPIXELS = {"JPEG": 60, "PNG": 30, "WEBP": 30}
# A screenshot taller than this many widths is cut into pages, or its writing would be shrunk away.
TALL = 3
# Each scan of a JPEG goes over the whole picture, and a small file can have thousands: as many as fifteen scans of the
# largest picture are read. Programs that write in several scans write about ten.
MOST_SCANNED = 15 * MAX_MEGAPIXELS["JPEG"] * 1_000_000
START_OF_SCAN = b"\xff\xda"
# On the clock, for all PDFs of a proof: a worker that takes longer than its server waits (deploy/gunicorn.conf.py) is
# ended with whatever else it does. The drawing program also limits itself.
SECONDS_FOR_PDFS = 20

PDF, HEIC = "PDF", "HEIC"
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, struct.error)

SHOW_IT = _("Take a photo of it instead, or show the original at the desk")


@dataclass(frozen=True)
class Page:
    """One page as it is kept: a JPEG without any notes, its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def read_proof(uploads: Sequence[BinaryIO], *, href: str = "", sent: int = 0) -> tuple[Page, ...]:
    """Return the pages of what was sent: photos (JPEG, PNG, WebP) or a PDF, at most `MAX_PAGES` pages in all.

    What a file is, its content says, never its name. Raises Refused with FILE_MISSING, FILE_PAGES, FILE_SIZE,
    FILE_TYPE, FILE_PIXELS, FILE_BROKEN or FILE_LOCKED; ``href`` is where the next step leads. ``sent`` is how many
    bytes the whole request had: of one that is too large no file has been read at all.
    """
    with refusing(href):
        if sent > MAX_BYTES_TOGETHER + MEGABYTE:
            raise too_heavy_together(sent)
        return _read(uploads)


@contextmanager
def refusing(href: str) -> Iterator[None]:
    """Make a refusal of every `NoFile` within; ``href`` is where its next step leads."""
    try:
        yield
    except NoFile as no:
        fix = Fix("evidence", no.next_step, href)
        raise Refused(
            Reason(no.code, no.verdict, no.sentence, value_used=no.used, value_source="declared", needed=no.needed,
                   fix=fix)
        ) from no  # fmt: skip


def keep_page(jpeg: bytes) -> str:
    """Seal ``jpeg`` and write it to the storage of proofs; return the name by which it is opened again."""
    drawn = secrets.token_hex(20)
    name = f"{drawn[:2]}/{drawn[2:]}"
    kept = storages["proofs"].save(name, ContentFile(seal_bytes(jpeg, _place(name))))
    if kept != name:
        # The seal is bound to the name: a storage that gives another one would keep what nobody can open.
        storages["proofs"].delete(kept)
        raise OSError("the storage of proofs keeps files under other names than it is told")
    return name


def open_page(name: str) -> bytes:
    """Return the JPEG that `keep_page` was given; raises FileNotFoundError where it is gone, InvalidTag or KeyError
    where the file is another than was kept under this name."""
    with storages["proofs"].open(name) as file:
        return unseal_bytes(file.read(), _place(name))


def forget_page(name: str) -> None:
    """Delete the page for good; where it is gone already, nothing happens."""
    storages["proofs"].delete(name)


def watermarked(jpeg: bytes, words: str, latin: str = "") -> bytes:
    """Return ``jpeg`` with ``words`` (who looks, and when) written all over it, slanted and see-through.

    ``latin`` is said instead on a machine that has no Chinese type; without it, what of ``words`` is plain ASCII.
    """
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
        page = opened.convert("RGB")
    height = max(min(page.size) // 32, 14)
    font, chinese = _type(height)
    if not (chinese or words.isascii()):
        words = latin or " ".join("".join(letter if letter.isascii() else " " for letter in words).split())
    stamp = _stamp(words, font, height)
    # Bricks: each row is shifted by half a stamp, so that no part of the page is without. The sheet is larger than the
    # page by a stamp on each side.
    sheet = Image.new("RGBA", (page.width + 2 * stamp.width, page.height + 2 * stamp.height))
    step_x, step_y = round(stamp.width * 1.05), round(stamp.height * 0.8)
    for row, top in enumerate(range(0, page.height + stamp.height, step_y)):
        for left in range((row % 2) * step_x // 2, page.width + stamp.width, step_x):
            sheet.alpha_composite(stamp, (left, top))
    left, top = stamp.width // 2, stamp.height // 2
    marks = sheet.crop((left, top, left + page.width, top + page.height))
    page.paste(marks, (0, 0), marks)
    return _encoded(page)


# --- reading ----------------------------------------------------------------------------------------------------------


class NoFile(Exception):
    """A file that is not taken; `refusing` makes a refusal of it."""

    def __init__(
        self,
        code: str,
        text: Promise,
        used: Any = None,
        needed: Any = None,
        next_step: Promise = SHOW_IT,
        verdict: str = NOT_MET,
        **values,
    ):
        super().__init__(code)
        self.code = code
        self.sentence = Sentence(text, values)
        self.used = used
        self.needed = needed
        self.next_step = next_step
        self.verdict = verdict


def _read(uploads):
    if not any(weights := [_weight(upload) for upload in uploads]):
        raise NoFile(
            "FILE_MISSING",
            _("No file has come"),
            next_step=_("Choose a photo or a PDF, or show the original at the desk"),
            verdict=MISSING,
        )
    if len(uploads) > MAX_PAGES:
        raise too_many(len(uploads))
    if max(weights) > MAX_BYTES:
        raise too_heavy(max(weights))
    if sum(weights) > MAX_BYTES_TOGETHER:
        raise too_heavy_together(sum(weights))
    pages: list[Page] = []
    until = time.monotonic() + SECONDS_FOR_PDFS
    for upload in uploads:
        pages += _pages(upload.read(), MAX_PAGES // len(uploads), until)
    if len(pages) > MAX_PAGES:
        raise too_many(len(pages))
    return tuple(pages)


def too_heavy(weight: int) -> NoFile:
    """A file of ``weight`` bytes is too large."""
    return NoFile(
        "FILE_SIZE",
        _("A file may have at most %(most)s MB; this one has %(size)s MB"),
        weight,
        MAX_BYTES,
        most=MAX_BYTES // MEGABYTE,
        size=_megabytes(weight),
    )


def too_heavy_together(weight: int) -> NoFile:
    """All files together have ``weight`` bytes: too many."""
    return NoFile(
        "FILE_SIZE",
        _("All files together may have at most %(most)s MB; these have %(size)s MB"),
        weight,
        MAX_BYTES_TOGETHER,
        next_step=_("Send fewer at once, or show the originals at the desk"),
        most=MAX_BYTES_TOGETHER // MEGABYTE,
        size=_megabytes(weight),
    )


def _weight(upload):
    weight = upload.seek(0, os.SEEK_END) or upload.tell()
    upload.seek(0)
    return weight


def _megabytes(weight):
    return f"{math.ceil(weight * 10 / MEGABYTE) / 10:.1f}"  # rounded up: never "8.0" where 8 is too much


def too_many(pages: int) -> NoFile:
    """So many ``pages`` are not taken at once."""
    return NoFile(
        "FILE_PAGES",
        _("At most %(most)s pages are taken at once; this is %(pages)s"),
        pages,
        MAX_PAGES,
        next_step=_("Send only the pages that show who, where and when, or show the original at the desk"),
        most=MAX_PAGES,
        pages=pages,
    )


def _pages(content, room, until):
    """The pages of one file; a tall screenshot gives up to ``room``, a PDF is drawn ``until`` then."""
    kind = _kind(content)
    if kind == PDF:
        return [_page(_flat(image)) for image in _drawn(content, until)]
    if kind in MAX_MEGAPIXELS:
        return [_page(part) for part in _parts(_picture(content, kind), room)]
    if kind == HEIC:
        raise NoFile(
            "FILE_TYPE",
            _("This photo is in the format HEIC, which cannot be opened here"),
            kind,
            next_step=_(
                "Make a screenshot of the photo and send that, or set the camera to “Most Compatible”, or show the "
                "original at the desk"
            ),
        )
    raise NoFile("FILE_TYPE", _("This file is neither a photo (JPEG, PNG, WebP) nor a PDF"), kind)


def _kind(content):
    """What the first bytes say the file is; "" where nothing that we know."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[:64].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-"):
        return PDF
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return HEIC
    return ""


def _picture(content, kind):
    """The upright RGB picture in ``content``: no notes, no transparency, of several pictures the first."""
    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as image:
            _bounded(image, kind)
            if kind == "JPEG" and image.width * image.height * content.count(START_OF_SCAN) > MOST_SCANNED:
                raise _broken()
            image.verify()
        with Image.open(io.BytesIO(content), formats=(kind,)) as image:
            image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))  # a JPEG is read no larger than it needs to be
            image.load()
            return _flat(_upright(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise NoFile(
            "FILE_PIXELS",
            _("A picture may have at most %(most)s million pixels; this one has many more"),
            needed=MAX_MEGAPIXELS[kind] * 1_000_000,
            most=MAX_MEGAPIXELS[kind],
        ) from bomb
    except BROKEN as wrong:
        raise _broken() from wrong


def _bounded(image, kind):
    """Refuse by what the head of the file says, before anything is unpacked."""
    pixels = image.width * image.height
    if pixels > MAX_MEGAPIXELS[kind] * 1_000_000:
        raise NoFile(
            "FILE_PIXELS",
            _("A picture may have at most %(most)s million pixels; this one has %(pixels)s million"),
            pixels,
            MAX_MEGAPIXELS[kind] * 1_000_000,
            most=MAX_MEGAPIXELS[kind],
            pixels=math.ceil(pixels / 1_000_000),
        )


def _broken():
    return NoFile("FILE_BROKEN", _("This file is damaged or not complete: it cannot be read to its end"))


def _upright(image):
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image  # only the camera's notes are broken: the picture as it lies is better than none


def _flat(image):
    """The picture in RGB on a new white sheet: only pixels come along, whatever notes a format may carry."""
    if image.mode.startswith("I"):  # 16 bits of grey, of which the upper 8 are seen
        image = image.point(lambda grey: grey / 256).convert("L")
    sheet = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        sheet.paste(image, mask=image.getchannel("A"))
    else:
        sheet.paste(image.convert("RGB"))
    return sheet


def _parts(image, room):
    if image.height <= TALL * image.width:
        return [image]
    parts = min(math.ceil(image.height / (2 * image.width)), max(room, 1))
    edges = [round(image.height * part / parts) for part in range(parts + 1)]
    # A little of the part above is repeated: a line of writing that is cut stands whole on one of the two.
    again = min(image.width // 12, 120)
    return [
        image.crop((0, max(top - again, 0), image.width, bottom)) for top, bottom in zip(edges, edges[1:], strict=False)
    ]


def _page(image):
    image.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    return Page(_encoded(image), image.width, image.height)


def _encoded(image):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()


def _drawn(content, until):
    """The pages of a PDF as pictures, drawn by a process of their own (`eligibility/pdf_pages.py` says why)."""
    program = [sys.executable, "-I", pdf_pages.__file__, str(MAX_PAGES), str(LONGEST_EDGE)]
    try:
        left = max(until - time.monotonic(), 0)
        ended = subprocess.run(program, input=content, capture_output=True, env={}, timeout=left, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as wrong:
        raise _broken() from wrong
    head, _newline, pictures = ended.stdout.partition(b"\n")
    answer = json.loads(head)
    if code := answer.get("refused"):
        raise _refused_pdf(code, answer["pages"])
    drawn, start = [], 0
    for size in answer["sizes"]:
        drawn.append(Image.open(io.BytesIO(pictures[start : start + size]), formats=("PNG",)))
        start += size
    return drawn


def _refused_pdf(code, pages):
    if code == "FILE_PAGES":
        return too_many(pages)
    if code == "FILE_LOCKED":
        return NoFile(
            code,
            _("This PDF is locked with a password"),
            next_step=_("Save it without the password, take a photo of it, or show the original at the desk"),
        )
    if code == "FILE_PIXELS":
        return NoFile(code, _("The pages of this PDF are too large to be drawn"))
    return _broken()


# --- keeping and showing ----------------------------------------------------------------------------------------------


def _place(name):
    return f"proofs/{name}"


# Where Chinese type lies on the systems this runs on, and which of a collection's faces is the simplified one.
CHINESE_TYPE = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
)


@lru_cache(maxsize=16)
def _type(height: int) -> tuple[Any, bool]:
    """A font of ``height`` pixels, and whether it has Chinese; the last resort is the one Pillow brings."""
    for path, face in CHINESE_TYPE:
        if Path(path).exists():
            return ImageFont.truetype(path, height, index=face), True
    return ImageFont.load_default(height), False


def _stamp(words, font, height):
    """``words`` once, slanted, in see-through grey with a light edge: readable on paper and on a dark photo."""
    edge = max(height // 14, 1)
    left, top, right, bottom = font.getbbox(words, stroke_width=edge)
    line = Image.new("RGBA", (round(right - left) + 2 * height, round(bottom - top) + height))
    ImageDraw.Draw(line).text(
        (height - left, height // 2 - top), words, font=font, fill=(90, 90, 90, 70), stroke_width=edge,
        stroke_fill=(255, 255, 255, 70),
    )  # fmt: skip
    return line.rotate(28, expand=True, resample=Image.Resampling.BICUBIC)
