"""The pass (Y8): a code to show at the desk, readable by eye and by camera, on the page and as a picture to keep."""

import io
from datetime import timedelta
from functools import cache
from pathlib import Path

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont

from bookings.models import Stay
from hostel.nights import business_day
from web.templatetags.house import full_day
from web.youth.stays import own_stay, shown_state

OPENS_DOORS = (Stay.Status.CONFIRMED, Stay.Status.IN_HOUSE)

# Fonts with Chinese that systems bring along; collections hold several, the number is the one for Simplified Chinese.
CHINESE_FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("C:/Windows/Fonts/msyh.ttc", 0),
)
WIDTH, MARGIN, QR = 720, 48, 480


@login_required
@never_cache
@require_safe
def pass_page(request, code):
    """The pass of a stay that opens a door; of another stay, what has become of it."""
    now = timezone.now()
    stay = own_stay(request, code)
    state = stay.state(now)
    return render(
        request,
        "web/youth/pass.html",
        {
            "section": "me",
            "now": now,
            "stay": stay,
            "state": state,
            "shown": shown_state(stay, now),
            "valid": state in OPENS_DOORS,
            "too_early": business_day(now) < stay.arrival,
            # Who is in shows it until they go; for who never came it ends with the nights.
            "too_late": stay.departure < business_day(now) + timedelta(days=state == Stay.Status.CONFIRMED),
            "qr": qr_svg(stay.code) if state in OPENS_DOORS else "",
        },
    )


@login_required
@never_cache
@require_safe
def pass_picture(request, code):
    """The pass as a PNG to keep: it works without a network."""
    stay = own_stay(request, code)
    if stay.state(timezone.now()) not in OPENS_DOORS:
        raise Http404
    response = HttpResponse(draw(stay), content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="{stay.code}.png"'
    return response


def qr_svg(code: str) -> str:
    """Draw ``code`` as a square of dots, with the quiet zone that cameras ask for."""
    made = segno.make_qr(code, error="m")
    drawn = made.svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return mark_safe(drawn.replace("<svg ", '<svg role="img" aria-hidden="true" shape-rendering="crispEdges" ', 1))  # noqa: S308


def draw(stay: Stay) -> bytes:
    """Return the pass as a PNG: the code in dots and letters, the nights, the house and its address, the masked name.

    Where the machine has no font with Chinese, the words are English and names that need one are left out.
    """
    chinese = _chinese_font() is not None
    with override(None if chinese else "en"):
        lines = [
            (stay.hostel.name, 36),
            (f"{full_day(stay.arrival)} → {full_day(stay.departure)}", 32),
            *([(stay.hostel.address, 28), (stay.guest.masked_name, 28)] if chinese else []),
            (f"{_('Desk')} {stay.hostel.phone}", 28),
        ]
    height = MARGIN + QR + 96 + sum(size + 24 for _text, size in lines) + MARGIN
    picture = Image.new("RGB", (WIDTH, height), "white")
    pen = ImageDraw.Draw(picture)
    picture.paste(_dots(stay.code), ((WIDTH - QR) // 2, MARGIN))
    top = MARGIN + QR
    pen.text((WIDTH / 2, top), " ".join(stay.code), font=_font(64), fill="black", anchor="ma")
    top += 96
    for text, size in lines:
        pen.text((WIDTH / 2, top), _fitted(pen, text, size), font=_font(size), fill="black", anchor="ma")
        top += size + 24
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _dots(code):
    """The QR as a picture of whole pixels, QR wide."""
    made = segno.make_qr(code, error="m")
    file = io.BytesIO()
    made.save(file, kind="png", scale=QR // made.symbol_size(border=4)[0], border=4)
    dots = Image.open(file).convert("RGB")
    sheet = Image.new("RGB", (QR, QR), "white")
    sheet.paste(dots, ((QR - dots.width) // 2, (QR - dots.height) // 2))
    return sheet


@cache
def _chinese_font():
    return next(((path, index) for path, index in CHINESE_FONTS if Path(path).exists()), None)


@cache
def _font(size):
    if found := _chinese_font():
        return ImageFont.truetype(found[0], size, index=found[1])
    return ImageFont.load_default(size)


def _fitted(pen, text, size):
    """``text``, cut where it would run over the edge."""
    while pen.textlength(text, font=_font(size)) > WIDTH - 2 * MARGIN:
        text = text.removesuffix("…")[:-1] + "…"
    return text
