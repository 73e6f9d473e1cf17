"""Small files that can be proofs."""

import io

from PIL import Image


def photo(wide=600, high=800, colour="#FF0000", kind="JPEG", **more) -> bytes:
    """The bytes of a picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (wide, high), colour).save(file, kind, **more)
    return file.getvalue()


def letter(pages=1) -> bytes:
    """A PDF of so many red pages."""
    sheets = [Image.new("RGB", (600, 800), "#FF0000") for _ in range(pages)]
    file = io.BytesIO()
    sheets[0].save(file, "PDF", save_all=True, append_images=sheets[1:])
    return file.getvalue()
