"""Photos: three widths, two formats, and nothing of where or by whom they were taken."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from hostel.models import Hostel, Photo
from hostel.photos import BUDGETS, PhotoRefused, digest_of, keep_files, size_of
from tests.hostel.conftest import SAMPLE, picture

ORIENTATION, CAMERA, GPS = 0x0112, 0x0110, 0x8825


def kept(content, slug="mudu"):
    """The photo made from ``content``, its files written."""
    width, height = size_of(content)
    photo = Photo(hostel=Hostel(slug=slug), position=0, digest=digest_of(content), width=width, height=height)
    keep_files(photo, content)
    return photo


def opened(photo, width, ending):
    with default_storage.open(photo.file_name(width, ending)) as file:
        return Image.open(io.BytesIO(file.read()))


def taken_with_a_phone(orientation=1, wide=1600, high=1200):
    """A picture, red on its left half, with the camera's name and the place in its EXIF."""
    image = Image.new("RGB", (wide, high), "#0000FF")
    image.paste("#FF0000", (0, 0, wide // 2, high))
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = orientation, "Telephone 9"
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 15.0, 27.0), 3: "E", 4: (120.0, 38.0, 46.0)})
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif, comment=b"taken at home")
    return file.getvalue()


def test_a_photo_is_kept_in_three_widths_as_webp_and_jpeg():
    photo = kept(picture(1600, 1000))

    for width in (360, 720, 1280):
        for ending, kind in (("webp", "WEBP"), ("jpg", "JPEG")):
            image = opened(photo, width, ending)
            assert (image.format, image.width, image.height) == (kind, width, width * 1000 // 1600)


def test_nothing_of_the_camera_or_the_place_remains():
    content = taken_with_a_phone()
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(GPS)

    photo = kept(content)

    for width in photo.widths:
        for ending in photo.TYPES:
            image = opened(photo, width, ending)
            assert not image.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
            with default_storage.open(photo.file_name(width, ending)) as file:
                assert b"Telephone" not in file.read()


def test_a_picture_taken_with_the_camera_turned_stands_upright():
    photo = kept(taken_with_a_phone(orientation=6))

    assert (photo.width, photo.height) == (1200, 1600)
    image = opened(photo, 720, "jpg")
    assert (image.width, image.height) == (720, 960)
    # Turned to the right, what was left is above.
    assert image.getpixel((360, 100))[0] > 200
    assert image.getpixel((360, 860))[2] > 200


def test_a_small_picture_is_not_blown_up():
    photo = kept(picture(500, 300))

    assert photo.widths == [360, 500]
    assert opened(photo, 500, "webp").size == (500, 300)


def test_what_is_clear_becomes_white():
    file = io.BytesIO()
    Image.new("RGBA", (800, 600), (255, 0, 0, 0)).save(file, "PNG")

    assert opened(kept(file.getvalue()), 360, "jpg").getpixel((10, 10)) == (255, 255, 255)


def test_grey_palette_and_webp_pictures_are_taken_too():
    for mode, kind in (("L", "PNG"), ("P", "PNG"), ("CMYK", "JPEG"), ("RGB", "WEBP")):
        file = io.BytesIO()
        Image.new(mode, (640, 400)).save(file, kind)
        assert opened(kept(file.getvalue()), 360, "webp").mode == "RGB"


def test_a_rich_picture_gives_up_quality_before_it_breaks_the_page():
    noise = Image.effect_noise((1280, 800), 12).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "PNG")

    photo = kept(file.getvalue())

    assert default_storage.size(photo.file_name(360, "webp")) <= BUDGETS["webp"][360]


@pytest.mark.parametrize("path", sorted((SAMPLE.parent / "photos").glob("*.jpg")), ids=lambda path: path.stem)
def test_every_sample_picture_fits_the_budget_of_its_page(path):
    content = path.read_bytes()
    photo = kept(content, slug=path.stem)

    assert len(content) <= 60_000
    assert (photo.width, photo.height) == (1280, 800)
    assert default_storage.size(photo.file_name(360, "webp")) <= 12_000


def test_the_same_picture_is_written_once():
    content = picture(colour="#ABCDEF")
    photo = kept(content)

    assert keep_files(photo, content) == 0


def png_that_says_it_is(wide, high):
    """A PNG of a few bytes whose head promises more."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a JPEG, PNG or WebP picture"),
        (b"%PDF-1.7", "is not a JPEG, PNG or WebP picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a JPEG, PNG or WebP picture"),
        (picture(kind="GIF"), "is not a JPEG, PNG or WebP picture"),
        (picture()[:2000], "is a broken picture: it cannot be read to its end"),
        (png_that_says_it_is(640, 400), "is a broken picture: it cannot be read to its end"),
        (png_that_says_it_is(10_000, 6_000), "is too large: a photo may have 50 million pixels"),
        (png_that_says_it_is(30_000, 30_000), "is too large: a photo may have 50 million pixels"),
        (b"\xff\xd8\xff" + bytes(20 * 1024 * 1024), "is too large: a photo may weigh 20 MB"),
    ],
    ids=["empty", "pdf", "svg", "gif", "cut off", "promises more", "too large", "bomb", "too heavy"],
)
def test_what_cannot_be_a_photo_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(PhotoRefused) as no:
        size_of(content)

    assert str(no.value) == sentence


def test_a_page_is_told_what_there_is_to_choose_from():
    photo = Photo(hostel=Hostel(slug="mudu"), digest="abc", width=1280, height=800)

    assert photo.sources() == [
        {
            "type": "image/webp",
            "srcset": "/media/hostels/mudu/abc-360.webp 360w, /media/hostels/mudu/abc-720.webp 720w, "
            "/media/hostels/mudu/abc-1280.webp 1280w",
        },
        {
            "type": "image/jpeg",
            "srcset": "/media/hostels/mudu/abc-360.jpg 360w, /media/hostels/mudu/abc-720.jpg 720w, "
            "/media/hostels/mudu/abc-1280.jpg 1280w",
        },
    ]
    assert photo.src == "/media/hostels/mudu/abc-360.jpg"
