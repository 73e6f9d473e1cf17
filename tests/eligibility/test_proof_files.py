"""Files of proofs: real files, made here, each refused or made into a plain picture; and what is kept is sealed."""

import io
import math
import os
import stat
import struct
import zipfile
import zlib

import pypdf
import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.files.storage import storages
from PIL import Image, ImageChops, ImageStat, PngImagePlugin
from pypdfium2.version import PDFIUM_INFO

from accounts.fields import seal_bytes
from eligibility import proof_files
from eligibility.proof_files import (
    LONGEST_EDGE,
    MAX_BYTES,
    forget_page,
    keep_page,
    open_page,
    read_proof,
    watermarked,
)
from eligibility.reasons import Refused, Sentence

ORIENTATION, CAMERA, GPS = 0x0112, 0x0110, 0x8825
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def file_of(image, kind="JPEG", **more) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def plain(wide=600, high=800, colour=RED, kind="JPEG", mode="RGB", **more) -> bytes:
    return file_of(Image.new(mode, (wide, high), colour), kind, **more)


def letter(pages=1, wide=600, high=800) -> bytes:
    """A PDF of so many red pages."""
    sheets = [Image.new("RGB", (wide, high), RED) for _ in range(pages)]
    return file_of(sheets[0], "PDF", save_all=True, append_images=sheets[1:])


def locked(pdf, user="9527", owner="owner") -> bytes:
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf)))
    writer.encrypt(user, owner, algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def sized(points) -> bytes:
    """A PDF whose one page says that it is ``points`` long and wide."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(points, points)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def written_pdf(*objects) -> bytes:
    """A PDF of these objects, the first of which is the root, with a correct table."""
    content, starts = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        starts.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, table, len(objects) + 1, len(content))
    )


def png_that_says_it_is(wide, high):
    """A PNG of a few bytes whose head promises more."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("notice.jpg", plain())
    return file.getvalue()


def read(*contents, **more):
    return read_proof([io.BytesIO(content) for content in contents], **more)


def opened(page) -> Image.Image:
    image = Image.open(io.BytesIO(page.jpeg))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (page.width, page.height))
    return image


def near(colour, other):
    return all(abs(one - two) < 12 for one, two in zip(colour, other, strict=True))


def refusal(*contents):
    with pytest.raises(Refused) as no:
        read(*contents, href="/stays/K7M2P9/evidence/")
    (reason,) = no.value.reasons
    assert (reason.fix.kind, reason.fix.href) == ("evidence", "/stays/K7M2P9/evidence/")
    assert reason.fix.label
    return reason


# --- what is taken ----------------------------------------------------------------------------------------------------


def test_of_a_photo_only_what_one_sees_is_left():
    exif = Image.Exif()
    exif[CAMERA] = "Telephone 9"
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 15.0, 27.0), 3: "E", 4: (120.0, 38.0, 46.0)})
    content = plain(
        exif=exif, comment=b"taken at home", icc_profile=b"colours " * 40, xmp=b"<x:xmpmeta>at home</x:xmpmeta>"
    )
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(GPS)

    (page,) = read(content)

    image = opened(page)
    assert not image.getexif()
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
    for note in (b"Telephone", b"home", b"Exif", b"xmpmeta", b"colours"):
        assert note not in page.jpeg


def test_a_png_leaves_its_notes_behind():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "my street", zip=False)

    (page,) = read(plain(kind="PNG", pnginfo=notes))

    assert b"my street" not in page.jpeg


def test_a_photo_taken_with_the_camera_turned_stands_upright():
    image = Image.new("RGB", (800, 600), BLUE)
    image.paste(RED, (0, 0, 400, 600))
    exif = Image.Exif()
    exif[ORIENTATION] = 6

    (page,) = read(file_of(image, exif=exif))

    upright = opened(page)
    assert upright.size == (600, 800)
    assert near(upright.getpixel((300, 100)), RED)
    assert near(upright.getpixel((300, 700)), BLUE)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_photo_whose_notes_are_broken_is_taken_as_it_lies():
    (page,) = read(plain(exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12"))

    assert opened(page).size == (600, 800)


@pytest.mark.parametrize(
    ("content", "colour"),
    [
        (plain(mode="CMYK", colour=(0, 255, 255, 0)), RED),
        (plain(mode="L", colour=128), (128, 128, 128)),
        (plain(mode="1", colour=1, kind="PNG"), WHITE),
        (plain(mode="I;16", colour=0x8000, kind="PNG"), (128, 128, 128)),
        (plain(mode="P", colour=0, kind="PNG", transparency=0), WHITE),
        (plain(mode="RGBA", colour=(255, 0, 0, 0), kind="PNG"), WHITE),
        (plain(mode="RGBA", colour=(0, 0, 255, 255), kind="PNG"), BLUE),
        (plain(mode="LA", colour=(0, 0), kind="PNG"), WHITE),
        (plain(kind="WEBP"), RED),
        (plain(mode="RGBA", colour=(255, 0, 0, 0), kind="WEBP"), WHITE),
    ],
    ids=["CMYK", "grey", "1 bit", "16 bit", "palette", "clear", "not clear", "clear grey", "WebP", "clear WebP"],
)
def test_every_kind_of_picture_becomes_a_plain_one_on_white(content, colour):
    (page,) = read(content)

    assert near(opened(page).getpixel((300, 400)), colour)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_is_kept(kind):
    first, second = Image.new("RGB", (300, 300), RED), Image.new("RGB", (300, 300), BLUE)

    (page,) = read(file_of(first, kind, save_all=True, append_images=[second]))

    assert near(opened(page).getpixel((10, 10)), RED)


def test_a_large_photo_is_made_smaller_and_a_small_one_is_not_blown_up():
    large, small = read(plain(4000, 3000), plain(640, 480))

    assert (large.width, large.height) == (LONGEST_EDGE, LONGEST_EDGE * 3 // 4)
    assert (small.width, small.height) == (640, 480)


def test_a_tall_screenshot_is_cut_into_pages_that_can_be_read():
    tall = Image.new("RGB", (540, 5400), BLUE)
    tall.paste(RED, (0, 0, 540, 1080))

    pages = read(file_of(tall, "PNG"))

    assert len(pages) == 5
    assert all(page.width >= 480 for page in pages)
    assert near(opened(pages[0]).getpixel((100, 500)), RED)
    # The end of the page before is repeated, so that no line of writing is lost between two.
    assert near(opened(pages[1]).getpixel((100, 10)), RED)
    assert near(opened(pages[1]).getpixel((100, 500)), BLUE)


def test_screenshots_that_come_together_share_the_pages_there_are():
    tall = plain(200, 4000, kind="PNG")

    assert len(read(tall)) == 8
    assert len(read(tall, tall)) == 8
    assert len(read(*[tall] * 8)) == 8


def test_each_page_of_a_pdf_is_drawn():
    pages = read(letter(3))

    assert len(pages) == 3
    for page in pages:
        assert page.height <= LONGEST_EDGE
        assert near(opened(page).getpixel((page.width // 2, page.height // 2)), RED)


def test_what_a_file_is_its_content_says():
    named = io.BytesIO(letter(2))
    named.name = "notice.jpg"
    photo = io.BytesIO(plain())
    photo.name = "notice.pdf"

    assert len(read_proof([named])) == 2
    assert len(read_proof([photo])) == 1


def test_a_photo_and_a_pdf_may_come_together():
    assert len(read(plain(), letter(2))) == 3


def test_a_pdf_that_opens_without_a_password_is_read_though_its_writer_locked_changes():
    assert len(read(locked(letter(), user=""))) == 1


def test_a_page_that_says_it_is_five_metres_long_becomes_no_larger_a_picture():
    (page,) = read(sized(14_400))

    assert max(page.width, page.height) <= LONGEST_EDGE


def test_a_second_file_hidden_behind_a_photo_does_not_come_along():
    (page,) = read(plain() + b"<script>alert(1)</script>" + zipped())

    assert b"<script>" not in page.jpeg
    assert b"PK\x03\x04" not in page.jpeg


def test_scripts_of_a_pdf_have_no_engine_to_run_in():
    assert not {"V8", "XFA"} & set(PDFIUM_INFO.flags)
    scripted = written_pdf(
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('hello'\\))>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>",
    )

    (page,) = read(scripted)

    assert near(opened(page).getpixel((10, 10)), WHITE)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contents", [(), (b"",), (b"", b"")])
def test_no_file_is_missing(contents):
    reason = refusal(*contents)

    assert (reason.code, reason.verdict) == ("FILE_MISSING", "missing")


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        zipped(),
        plain(kind="GIF"),
        plain(kind="TIFF"),
        b"MZ\x90\0",
        b"GIF89a %PDF-1.7",
        b"\0\0\0\x20ftypavif",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"\0",
    ],
    ids=["html", "svg", "zip", "gif", "tiff", "program", "gif with a pdf", "avif", "eps", "one byte"],
)
def test_what_is_neither_a_photo_nor_a_pdf_is_refused_whatever_its_name(content):
    disguised = io.BytesIO(content)
    disguised.name = "notice.jpg"
    with pytest.raises(Refused) as no:
        read_proof([disguised])

    assert no.value.code == "FILE_TYPE"
    assert no.value.reasons[0].sentence.say("en") == "This file is neither a photo (JPEG, PNG, WebP) nor a PDF"


def test_a_heic_photo_is_told_what_to_do():
    reason = refusal(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(100))

    assert (reason.code, reason.value_used) == ("FILE_TYPE", "HEIC")
    assert "HEIC" in reason.sentence.say("en")
    assert "screenshot" in Sentence(reason.fix.label).say("en")


def test_a_file_that_is_too_heavy_is_refused_before_it_is_read():
    class Unread(io.BytesIO):
        def read(self, *how_much):
            raise AssertionError("it was read")

    with pytest.raises(Refused) as no:
        read_proof([Unread(plain() + bytes(MAX_BYTES))])

    (reason,) = no.value.reasons
    assert reason.code == "FILE_SIZE"
    assert (reason.value_used, reason.needed) == (len(plain()) + MAX_BYTES, MAX_BYTES)
    assert reason.sentence.say("en") == "A file may have at most 8 MB; this one has 8.1 MB"


def test_a_file_of_exactly_the_most_is_taken():
    assert len(read(plain() + bytes(MAX_BYTES - len(plain())))) == 1


def test_files_that_are_too_heavy_together_are_refused():
    reason = refusal(*[plain() + bytes(7 * 1024 * 1024)] * 3)

    assert reason.code == "FILE_SIZE"
    assert reason.sentence.say("en") == "All files together may have at most 20 MB; these have 21.1 MB"


@pytest.mark.parametrize(
    ("wide", "high", "sentence"),
    [
        (6_000, 5_100, "A picture may have at most 30 million pixels; this one has 31 million"),
        (12_000, 8_000, "A picture may have at most 30 million pixels; this one has 96 million"),  # Pillow warns
        (60_000, 60_000, "A picture may have at most 30 million pixels; this one has many more"),  # Pillow refuses
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_by_what_its_head_says(wide, high, sentence):
    reason = refusal(png_that_says_it_is(wide, high))

    assert reason.code == "FILE_PIXELS"
    assert reason.needed == 30_000_000
    assert reason.sentence.say("en") == sentence


def jpeg_of_many_scans(edge, scans) -> bytes:
    """A grey JPEG, small in bytes, of which every scan goes over the whole picture again and changes nothing."""

    def part(mark, content):
        return b"\xff" + bytes([mark]) + struct.pack(">H", len(content) + 2) + content

    blocks = math.ceil(edge / 8) ** 2
    one_symbol = bytes([1] + [0] * 15)
    head = b"\xff\xd8" + part(0xDB, b"\0" + b"\1" * 64)
    head += part(0xC2, struct.pack(">BHHB", 8, edge, edge, 1) + b"\1\x11\0")
    head += part(0xC4, b"\0" + one_symbol + b"\0") + part(0xC4, b"\x10" + one_symbol + b"\xe0")
    first = part(0xDA, b"\1\1\0\0\0\0") + bytes(math.ceil(blocks / 8))
    # "The next 32767 blocks are as they were": one bit for the symbol, fourteen for how many.
    bits = ("0" + "1" * 14) * math.ceil(blocks / 32767)
    runs = int(bits.ljust(math.ceil(len(bits) / 8) * 8, "1"), 2).to_bytes(math.ceil(len(bits) / 8), "big")
    again = part(0xDA, b"\1\1\0\1\x3f\0") + runs.replace(b"\xff", b"\xff\0")
    return head + first + again * scans + b"\xff\xd9"


def test_a_photo_that_would_be_drawn_thousands_of_times_is_refused():
    few, many = jpeg_of_many_scans(2_000, 20), jpeg_of_many_scans(2_000, 5_000)

    assert len(many) < 300_000
    assert len(read(few)) == 1
    assert refusal(many).code == "FILE_BROKEN"


def test_a_photo_in_as_many_scans_as_programs_write_is_taken_also_where_it_is_the_largest():
    assert len(read(plain(7_740, 7_740, progressive=True))) == 1


def test_pdfs_that_take_long_together_are_refused(monkeypatch):
    monkeypatch.setattr("eligibility.proof_files.SECONDS_FOR_PDFS", 0)

    assert refusal(letter()).code == "FILE_BROKEN"


@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_a_bomb_that_only_warns_is_refused_where_warnings_are_errors_too():
    assert refusal(png_that_says_it_is(12_000, 8_000)).code == "FILE_PIXELS"


def test_a_bomb_inside_a_pdf_costs_one_small_picture_at_most():
    body = zlib.compress(bytes(200_000), 9)
    image = b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8"
    bomb = written_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>",
        image + b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(body), body),
        b"<</Length 31>>stream\nq 600 0 0 800 0 0 cm /I Do Q    \nendstream",
    )

    (page,) = read(bomb)

    assert max(page.width, page.height) <= LONGEST_EDGE


@pytest.mark.parametrize(
    "content",
    [
        plain(1600, 1200)[:3000],
        plain(kind="PNG")[:-30],
        plain(kind="WEBP")[:60],
        png_that_says_it_is(640, 400),
        b"\xff\xd8\xff" + bytes(500),
        b"%PDF-1.7\nnothing follows",
        letter()[:200],
        written_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"),
    ],
    ids=["JPEG", "PNG", "WebP", "promises more", "only a head", "PDF", "cut off PDF", "no page"],
)
def test_what_is_damaged_is_refused(content):
    reason = refusal(content)

    assert reason.code == "FILE_BROKEN"
    assert str(reason.fix.label) == str(proof_files.SHOW_IT)


def test_a_pdf_that_breaks_the_drawing_program_breaks_nothing_else(monkeypatch, tmp_path):
    program = tmp_path / "falls.py"
    program.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(proof_files.pdf_pages, "__file__", str(program))

    assert refusal(letter()).code == "FILE_BROKEN"


def test_the_drawing_program_knows_no_keys(monkeypatch, tmp_path):
    program = tmp_path / "tells.py"
    program.write_text("import json, os\nprint(json.dumps({'refused': 'FILE_PAGES', 'pages': sorted(os.environ)}))\n")
    monkeypatch.setattr(proof_files.pdf_pages, "__file__", str(program))

    assert not [name for name in refusal(letter()).value_used if "HOSTEL" in name or "DATABASE" in name]


def test_a_pdf_with_a_password_is_refused():
    reason = refusal(locked(letter()))

    assert reason.code == "FILE_LOCKED"
    assert "password" in Sentence(reason.fix.label).say("en")


@pytest.mark.parametrize(
    "contents", [(letter(9),), (plain(),) * 9, (letter(5), letter(4))], ids=["PDF", "photos", "two"]
)
def test_nine_pages_are_too_many(contents):
    reason = refusal(*contents)

    assert (reason.code, reason.value_used, reason.needed) == ("FILE_PAGES", 9, 8)


def test_eight_pages_are_taken():
    assert len(read(letter(8))) == 8


# --- what is kept -----------------------------------------------------------------------------------------------------


def lying(name) -> bytes:
    with storages["proofs"].open(name) as file:
        return file.read()


def test_a_kept_page_opens_as_it_was_and_lies_sealed():
    (page,) = read(plain())

    name = keep_page(page.jpeg)

    assert open_page(name) == page.jpeg
    assert b"JFIF" not in lying(name)
    assert page.jpeg[200:240] not in lying(name)
    assert lying(name).startswith(b"t1:")


def test_the_same_page_twice_is_kept_under_two_names_and_looks_different():
    one, two = keep_page(b"the same"), keep_page(b"the same")

    assert one != two
    assert lying(one) != lying(two)


def test_a_page_that_was_put_under_another_name_does_not_open():
    mine, theirs = keep_page(b"mine"), keep_page(b"theirs")
    content = lying(theirs)
    storages["proofs"].delete(mine)
    storages["proofs"].save(mine, io.BytesIO(content))

    with pytest.raises(InvalidTag):
        open_page(mine)


@pytest.mark.parametrize("spoiled", [b"", b"t1:", b"t1:" + bytes(60), b"\xff\xfe:" + bytes(60), b"other:" + bytes(60)])
def test_a_spoiled_file_does_not_open(spoiled):
    name = keep_page(b"mine")
    storages["proofs"].delete(name)
    storages["proofs"].save(name, io.BytesIO(spoiled))

    with pytest.raises((InvalidTag, KeyError, ValueError)):
        open_page(name)


def test_a_sealed_value_of_another_place_is_no_page():
    name = keep_page(b"mine")
    storages["proofs"].delete(name)
    storages["proofs"].save(name, io.BytesIO(seal_bytes(b"mine", "accounts_person.name")))

    with pytest.raises(InvalidTag):
        open_page(name)


def test_a_forgotten_page_is_gone_and_may_be_forgotten_again():
    name = keep_page(b"mine")

    forget_page(name)
    forget_page(name)

    with pytest.raises(FileNotFoundError):
        open_page(name)


def test_pages_lie_where_nothing_is_served_from_and_only_the_house_may_read_them():
    path = storages["proofs"].path(keep_page(b"mine"))

    assert not path.startswith((str(settings.MEDIA_ROOT), str(settings.STATIC_ROOT)))
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700


# --- what is shown ----------------------------------------------------------------------------------------------------


def changed(before, after, box=None) -> float:
    """How far the pictures differ, on average over ``box``, in steps of 255."""
    pictures = [Image.open(io.BytesIO(jpeg)).convert("L").crop(box) for jpeg in (before, after)]
    return ImageStat.Stat(ImageChops.difference(*pictures)).mean[0]


def test_the_viewers_words_are_all_over_the_page_and_the_page_can_still_be_read():
    (page,) = read(plain(1200, 1600, WHITE))
    shown = watermarked(page.jpeg, "王经理 2026-03-06 10:15", "login 42")

    for left in (0, 600):
        for top in (0, 400, 800, 1200):
            assert changed(page.jpeg, shown, (left, top, left + 600, top + 400)) > 1
    # See-through: black writing under it stays dark, the paper stays light.
    assert Image.open(io.BytesIO(shown)).convert("L").getextrema()[0] > 120


@pytest.mark.parametrize("colour", [(0, 0, 0), (128, 128, 128), WHITE])
def test_the_words_are_seen_on_dark_paper_too(colour):
    (page,) = read(plain(1200, 1600, colour))

    assert changed(page.jpeg, watermarked(page.jpeg, "Wang 2026-03-06 10:15")) > 1


def test_other_words_make_another_picture():
    (page,) = read(plain())

    assert watermarked(page.jpeg, "Wang 10:15") == watermarked(page.jpeg, "Wang 10:15")
    assert watermarked(page.jpeg, "Wang 10:15") != watermarked(page.jpeg, "Wang 10:16")


def test_a_machine_without_chinese_type_says_it_in_latin(monkeypatch):
    monkeypatch.setattr(proof_files, "CHINESE_TYPE", ())
    proof_files._type.cache_clear()
    (page,) = read(plain())
    try:
        assert watermarked(page.jpeg, "王经理", "login 42") == watermarked(page.jpeg, "login 42")
        assert watermarked(page.jpeg, "王经理 10:15") == watermarked(page.jpeg, "10:15")
    finally:
        proof_files._type.cache_clear()


@pytest.mark.parametrize("size", [(40, 30), (1, 1), (2000, 60)])
def test_the_smallest_page_is_marked_too(size):
    (page,) = read(plain(*size))

    assert opened(page).size == Image.open(io.BytesIO(watermarked(page.jpeg, "Wang 10:15"))).size
