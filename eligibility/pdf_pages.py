"""A program of its own that draws the pages of a PDF: `python pdf_pages.py MOST_PAGES LONGEST_EDGE < PDF`.

What strangers send is read here and not in the house's process: this one has no keys in its environment, little memory
and little time, and where a PDF breaks it, only one upload is refused. It loads no Django. Forms are not filled in and
scripts not run: nothing here could.

It answers with one line of JSON, ``{"sizes": [bytes of each PNG]}`` or ``{"refused": CODE, "pages": n}``, and then with
the PNGs one after the other.
"""

import io
import json
import math
import resource
import sys
from collections.abc import Iterator

import pypdfium2

MEMORY = 1_500 * 1024 * 1024  # bytes of addresses, of which the libraries themselves take a part
SECONDS = 20  # of the processor
DOTS = 200 / 72  # pixels per point: the fineness of a fax; small print stays readable


class Refusal(Exception):
    """This PDF is not drawn; ``code`` says why."""

    def __init__(self, code: str, pages: int = 0):
        super().__init__(code)
        self.code = code
        self.pages = pages


def pictures(content: bytes, most_pages: int, longest_edge: int) -> Iterator[bytes]:
    """Give a PNG for each page, at most ``longest_edge`` pixels long; raises Refusal."""
    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as wrong:
        locked = wrong.err_code in (pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY)
        raise Refusal("FILE_LOCKED" if locked else "FILE_BROKEN") from wrong
    with pdf:
        if len(pdf) > most_pages:
            raise Refusal("FILE_PAGES", len(pdf))
        try:
            for page in pdf:
                yield _picture(page, longest_edge)
                page.close()
        except pypdfium2.PdfiumError as wrong:
            raise Refusal("FILE_BROKEN") from wrong


def _picture(page: pypdfium2.PdfPage, longest_edge: int) -> bytes:
    # The size that the file claims decides how coarse the picture is, never how large.
    longest = max(page.get_size())
    if not math.isfinite(longest) or longest <= 0:
        raise Refusal("FILE_BROKEN")
    # Rounded up by the library: a little less, so that it ends at the edge and not a pixel beyond.
    scale = min(DOTS, (longest_edge - 1) / longest)
    file = io.BytesIO()
    page.render(scale=scale, rev_byteorder=True).to_pil().save(file, "PNG", compress_level=1)
    return file.getvalue()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no picture of somebody's letter on the disk
    most_pages, longest_edge = map(int, sys.argv[1:])
    try:
        drawn = list(pictures(sys.stdin.buffer.read(), most_pages, longest_edge))
        head: dict = {"sizes": [len(png) for png in drawn]}
    except Refusal as no:
        drawn, head = [], {"refused": no.code, "pages": no.pages}
    except MemoryError:
        drawn, head = [], {"refused": "FILE_PIXELS", "pages": 0}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    sys.stdout.buffer.writelines(drawn)


if __name__ == "__main__":
    main()
