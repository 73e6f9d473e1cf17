"""Photos: a picture is opened with care, stripped of all but what one sees, and kept in three widths."""

import hashlib
import io
import struct
import warnings
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageCms, ImageOps

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
ORIENTATION = 0x0112
LYING = (5, 6, 7, 8)  # orientations whose picture was taken with the camera turned

# What a file may weigh, in bytes, by width: a page of cards has 60 KB for its pictures. Where a picture is richer than
# that, its quality gives way first.
BUDGETS = {
    "webp": {360: 12_000, 720: 40_000, 1280: 110_000},
    "jpg": {360: 18_000, 720: 60_000, 1280: 160_000},
}
QUALITIES = (82, 74, 66, 58, 50, 42, 34)
# A part of each digest. Count it up when the making of the files changes: they then get new names.
RECIPE = b"1"


class PhotoRefused(ValueError):
    """This cannot be a photo of ours; the text says why and what could be."""


def digest_of(content: bytes) -> str:
    """Return the name that files made from ``content`` bear: the same content gives the same name."""
    return hashlib.sha256(RECIPE + content).hexdigest()[:20]


def size_of(content: bytes) -> tuple[int, int]:
    """Return width and height in pixels of the upright picture in ``content``; raises PhotoRefused."""
    with _opened(content) as image:
        turned = image.getexif().get(ORIENTATION) in LYING
        width, height = image.size
        # Read to the end, to notice a picture that is cut off; a JPEG is read at an eighth, which is quick.
        image.draft("RGB", (width // 8, height // 8))
        image.load()
    return (height, width) if turned else (width, height)


def keep_files(photo, content: bytes) -> int:
    """Write the files of ``photo`` (a Photo made from ``content``) that the storage lacks; return how many.

    Old files are never taken away: pages that are open, and caches on the way, still name them.
    """
    missing = [
        (width, ending)
        for width in photo.widths
        for ending in photo.TYPES
        if not default_storage.exists(photo.file_name(width, ending))
    ]
    if missing:
        upright = _upright(content)
        for width, ending in missing:
            default_storage.save(photo.file_name(width, ending), ContentFile(_encoded(upright, width, ending)))
    return len(missing)


@contextmanager
def _opened(content: bytes):
    if len(content) > MAX_BYTES:
        raise PhotoRefused(f"is too large: a photo may weigh {MAX_BYTES // 1024 // 1024} MB")
    try:
        with warnings.catch_warnings():
            # Pillow warns from half of its own limit on; ours is lower and is asked below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
        with image:
            if image.width * image.height > MAX_PIXELS:
                raise PhotoRefused(f"is too large: a photo may have {MAX_PIXELS // 1_000_000} million pixels")
            yield image
    except Image.DecompressionBombError as bomb:
        raise PhotoRefused(f"is too large: a photo may have {MAX_PIXELS // 1_000_000} million pixels") from bomb
    except PhotoRefused:
        raise
    except Image.UnidentifiedImageError as wrong:
        raise PhotoRefused("is not a JPEG, PNG or WebP picture") from wrong
    except (OSError, SyntaxError, ValueError, struct.error) as wrong:
        raise PhotoRefused("is a broken picture: it cannot be read to its end") from wrong


def _upright(content: bytes) -> Image.Image:
    """Return the picture as one sees it, in sRGB: no orientation, no transparency, and none of the camera's notes."""
    with _opened(content) as image:
        profile = image.info.get("icc_profile")
        upright: Image.Image = ImageOps.exif_transpose(image)
        if profile and upright.mode == "RGB":
            # Phones photograph in wider colours: without its profile such a picture would look pale.
            try:
                colours = ImageCms.ImageCmsProfile(io.BytesIO(profile))
                ImageCms.profileToProfile(upright, colours, ImageCms.createProfile("sRGB"), inPlace=True)
            except ImageCms.PyCMSError:
                pass
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            paper = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(paper, upright.convert("RGBA"))
        # Pasted on a new sheet: only pixels come along, whatever notes a format may carry.
        sheet = Image.new("RGB", upright.size)
        sheet.paste(upright.convert("RGB"))
    return sheet


def _encoded(upright: Image.Image, width: int, ending: str) -> bytes:
    height = max(round(upright.height * width / upright.width), 1)
    small = upright.resize((width, height), Image.Resampling.LANCZOS)
    budgets = BUDGETS[ending]
    budget = budgets[min(known for known in budgets if known >= width)]
    for quality in QUALITIES:
        file = io.BytesIO()
        if ending == "webp":
            small.save(file, "WEBP", quality=quality, method=6)
        else:
            small.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        if file.tell() <= budget:
            break
    return file.getvalue()
