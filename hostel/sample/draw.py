"""Draws the sample's pictures: one scene of the Suzhou waterside for each hostel. `python hostel/sample/draw.py`

Nobody's photo may be shipped as that of a made-up house, so they are drawn; the same run gives the same pictures.
Lengths are in pixels of the finished picture (1280 by 800); all is drawn twice as large, and shrunk to smooth it.
"""

import math
import random
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT, SCALE = 1280, 800, 2
FOLDER = Path(__file__).parent / "photos"


@dataclass(frozen=True)
class Light:
    """The colours of one hour of the day."""

    sky: tuple[str, str, str]  # top, middle, horizon
    hills: tuple[str, str, str]  # far, middle, near
    water: tuple[str, str]  # far, near
    wall: str
    shade: str
    roof: str
    ridge: str
    stone: str
    leaf: tuple[str, str]  # lit, in shade
    window: str
    lit: str  # a window with somebody at home
    at_home: float  # the share of windows that are lit
    orb: str
    glow: str


MORNING = Light(
    sky=("#9CCFC4", "#D3EAE2", "#F8F3E2"),
    hills=("#B9DDD1", "#8FC5B5", "#5E9F8D"),
    water=("#BFE0D6", "#6FAE9E"),
    wall="#FBFAF5",
    shade="#DCE6E1",
    roof="#43514D",
    ridge="#2B3733",
    stone="#A9B3AE",
    leaf=("#3F9C7F", "#28806B"),
    window="#5F4A3A",
    lit="#FFE3A3",
    at_home=0.15,
    orb="#FFF6DC",
    glow="#FFF1CC",
)
NOON = Light(
    sky=("#6FB6D6", "#B5DCEA", "#EAF5F2"),
    hills=("#A9D3CC", "#74B3A3", "#3E8B76"),
    water=("#A8D8DC", "#3F8FA0"),
    wall="#FFFFFF",
    shade="#DFE7EA",
    roof="#3C4A4C",
    ridge="#253033",
    stone="#B4BDBB",
    leaf=("#4FA86B", "#2C7F55"),
    window="#6A4B36",
    lit="#FFE9B8",
    at_home=0.1,
    orb="#FFFFFF",
    glow="#FFFFFF",
)
AFTERNOON = Light(
    sky=("#8FB9C9", "#E7DCC0", "#FFE7B8"),
    hills=("#C9CDB4", "#93AE8F", "#5B8A6B"),
    water=("#EAD9B0", "#7C9C8B"),
    wall="#FFF9EA",
    shade="#E6D9BF",
    roof="#4C4A44",
    ridge="#332F2A",
    stone="#B8AC95",
    leaf=("#8FA544", "#5F8139"),
    window="#6E4427",
    lit="#FFD98A",
    at_home=0.25,
    orb="#FFF6D6",
    glow="#FFE3A3",
)
SUNSET = Light(
    sky=("#3E5E7E", "#D98A6A", "#FFCF8A"),
    hills=("#B98578", "#7D6470", "#4A4A5C"),
    water=("#F2B47C", "#4C5570"),
    wall="#F6E3D0",
    shade="#C9A999",
    roof="#3A3640",
    ridge="#28252E",
    stone="#8E7F80",
    leaf=("#4F5B4A", "#36443E"),
    window="#54382F",
    lit="#FFE08F",
    at_home=0.55,
    orb="#FFF0C4",
    glow="#FFC46B",
)
DUSK = Light(
    sky=("#14394A", "#3F7F86", "#F0B48A"),
    hills=("#4C8088", "#2C5F66", "#17454C"),
    water=("#8FA69A", "#123A44"),
    wall="#D6DED8",
    shade="#9FB2AF",
    roof="#20303A",
    ridge="#14212A",
    stone="#6C7F7E",
    leaf=("#1E5A50", "#12433E"),
    window="#2C2F33",
    lit="#FFD27A",
    at_home=0.65,
    orb="#FFF1CC",
    glow="#F2C266",
)
NIGHT = Light(
    sky=("#0A1B2B", "#12374A", "#2A6470"),
    hills=("#1F5260", "#153E4B", "#0D2C37"),
    water=("#1D4C58", "#07202B"),
    wall="#A9BDBF",
    shade="#6F8990",
    roof="#16232D",
    ridge="#0D171F",
    stone="#45585E",
    leaf=("#12443F", "#0C322F"),
    window="#1D2A31",
    lit="#FFCF73",
    at_home=0.8,
    orb="#FFF6DC",
    glow="#8FC5D6",
)


def rgb(colour, alpha=255):
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5)) + (alpha,)


def mixed(one, other, share):
    """Return ``one`` with ``share`` (0 to 1) of ``other``."""
    pairs = zip(rgb(one)[:3], rgb(other)[:3], strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


class Scene:
    """A sheet, the light that falls on it, and chance with a fixed seed."""

    def __init__(self, light, seed):
        self.light = light
        self.chance = random.Random(seed)
        self.sheet = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE))
        self.pen = ImageDraw.Draw(self.sheet)

    # --- the pen -----------------------------------------------------------------------------------------------------
    def shape(self, points, colour):
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=rgb(colour))

    def line(self, points, colour, thick):
        self.pen.line(
            [(x * SCALE, y * SCALE) for x, y in points],
            fill=rgb(colour),
            width=max(round(thick * SCALE), 1),
            joint="curve",
        )

    def box(self, x, y, wide, high, colour):
        self.pen.rectangle([x * SCALE, y * SCALE, (x + wide) * SCALE, (y + high) * SCALE], fill=rgb(colour))

    def disc(self, x, y, radius, colour, flat=1.0):
        self.pen.ellipse(
            [(x - radius) * SCALE, (y - radius * flat) * SCALE, (x + radius) * SCALE, (y + radius * flat) * SCALE],
            fill=rgb(colour),
        )

    def veil(self, draw, colour, blur=0.0, strength=1.0):
        """Lay what ``draw(pen)`` draws in ``colour`` over the sheet: blurred by so many pixels, with some strength."""
        # Nothing, but in the same colour: else the blur would mix black into the edges.
        layer = Image.new("RGBA", self.sheet.size, rgb(colour, 0))
        draw(ImageDraw.Draw(layer))
        if blur:
            layer = layer.filter(ImageFilter.GaussianBlur(blur * SCALE))
        if strength < 1:
            layer.putalpha(layer.getchannel("A").point([round(n * strength) for n in range(256)]))
        self.sheet.alpha_composite(layer)
        self.pen = ImageDraw.Draw(self.sheet)

    def glow(self, x, y, radius, colour, strength=0.8):
        def draw(pen):
            box = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
            pen.ellipse(box, fill=rgb(colour))

        self.veil(draw, colour, blur=radius / 2, strength=strength)

    # --- far away ----------------------------------------------------------------------------------------------------
    def sky(self, horizon):
        top, middle, low = self.light.sky
        for y in range(HEIGHT * SCALE):
            share = min(y / (horizon * SCALE), 1)
            colour = mixed(top, middle, share / 0.6) if share < 0.6 else mixed(middle, low, (share - 0.6) / 0.4)
            self.pen.line([(0, y), (WIDTH * SCALE, y)], fill=rgb(colour))

    def sun(self, x, y, radius):
        self.glow(x, y, radius * 4.5, self.light.glow, 0.35)
        self.glow(x, y, radius * 2, self.light.glow, 0.55)
        self.disc(x, y, radius, self.light.orb)

    def moon(self, x, y, radius):
        self.glow(x, y, radius * 3.5, self.light.glow, 0.3)
        crescent = Image.new("L", self.sheet.size)
        pen = ImageDraw.Draw(crescent)
        for across, up, part, ink in ((0, 0, 1, 255), (0.42, -0.16, 0.88, 0)):
            box = (
                x + (across - part) * radius,
                y + (up - part) * radius,
                x + (across + part) * radius,
                y + (up + part) * radius,
            )
            pen.ellipse([edge * SCALE for edge in box], fill=ink)
        self.sheet.paste(rgb(self.light.orb), (0, 0), crescent)

    def stars(self, count, down_to):
        for _ in range(count):
            x, y = self.chance.uniform(0, WIDTH), self.chance.uniform(0, down_to)
            size = self.chance.choice([0.7, 0.9, 1.3])
            self.disc(x, y, size, mixed(self.light.sky[0], "#FFFFFF", self.chance.uniform(0.35, 0.9)))

    def clouds(self, places, colour="#FFFFFF", strength=0.55):
        def draw(pen):
            for x, y, long in places:
                for part, lift, size in ((0, 0, 1.0), (0.16, -0.05, 0.5), (-0.12, -0.03, 0.42), (-0.2, 0.05, 0.5)):
                    middle, half, high = x + part * long, long * size / 2, long * 0.028 * size + 5
                    top = y + lift * long
                    pen.rounded_rectangle(
                        [(middle - half) * SCALE, (top - high) * SCALE, (middle + half) * SCALE, (top + high) * SCALE],
                        radius=high * SCALE,
                        fill=rgb(colour),
                    )

        self.veil(draw, colour, blur=1.5, strength=strength)

    def birds(self, x, y, count=5):
        for n in range(count):
            left, top = x + n * 34 + self.chance.uniform(-8, 8), y + self.chance.uniform(-18, 18)
            wing = self.chance.uniform(7, 11)
            arc = [
                (left - wing, top - wing * 0.5),
                (left - wing * 0.4, top - wing * 0.55),
                (left, top),
                (left + wing * 0.4, top - wing * 0.55),
                (left + wing, top - wing * 0.5),
            ]
            self.line(arc, mixed(self.light.hills[2], "#14201D", 0.3), 1.6)

    def hills(self, foot, high, colour, waves=(0.8, 2.1, 4.3), mist=True):
        """A ridge over the whole width, its foot at ``foot``, at most ``high``; mist lies at its foot."""
        turns = [self.chance.uniform(0, math.tau) for _ in waves]
        ridge = []
        for x in range(0, WIDTH + 8, 4):
            rise = sum(
                math.sin(x / WIDTH * math.tau * wave + turn) / (n + 1.4)
                for n, (wave, turn) in enumerate(zip(waves, turns, strict=True))
            )
            ridge.append((x, foot - high * (0.55 + rise * 0.38)))
        self.shape([(0, foot + 4), *ridge, (WIDTH, foot + 4)], colour)
        if mist:

            def draw(pen):
                for y in range(int(high * 0.7 * SCALE)):
                    alpha = round(150 * (1 - y / (high * 0.7 * SCALE)) ** 1.6)
                    pen.line(
                        [(0, foot * SCALE - y), (WIDTH * SCALE, foot * SCALE - y)], fill=rgb(self.light.sky[2], alpha)
                    )

            before = self.sheet.copy()
            self.veil(draw, self.light.sky[2])
            # Mist only on the ridge, not in the sky over it.
            mask = Image.new("L", self.sheet.size)
            ImageDraw.Draw(mask).polygon(
                [(x * SCALE, y * SCALE) for x, y in [(0, foot + 4), *ridge, (WIDTH, foot + 4)]], fill=255
            )
            self.sheet = Image.composite(self.sheet, before, mask)
            self.pen = ImageDraw.Draw(self.sheet)

    def skyline(self, foot, colour, left=0, right=WIDTH, high=120):
        """Towers of the new town, far off."""
        x = left
        while x < right:
            wide = self.chance.uniform(18, 44)
            tall = high * self.chance.uniform(0.3, 1) * (0.5 + 0.5 * math.sin((x - left) / (right - left) * math.pi))
            self.box(x, foot - tall, wide, tall, colour)
            if self.chance.random() < 0.25:
                self.box(x + wide / 2 - 1, foot - tall - 14, 2, 14, colour)
            for row in range(int(tall / 11)):
                for column in range(int(wide / 9)):
                    if self.chance.random() < self.light.at_home * 0.5:
                        self.box(
                            x + 4 + column * 9, foot - tall + 5 + row * 11, 3, 4, mixed(colour, self.light.lit, 0.75)
                        )
            x += wide + self.chance.uniform(-4, 26)

    # --- houses ------------------------------------------------------------------------------------------------------
    def lattice(self, x, y, wide, high, lit=None):
        """A window with its wooden lattice."""
        lit = self.chance.random() < self.light.at_home if lit is None else lit
        pane = self.light.lit if lit else mixed(self.light.window, self.light.sky[1], 0.3)
        if lit and self.light.at_home > 0.5:
            self.glow(x + wide / 2, y + high / 2, max(wide, high) * 0.8, self.light.lit, 0.28)
        self.box(x - 2.5, y - 2.5, wide + 5, high + 5, self.light.window)
        self.box(x, y, wide, high, pane)
        for n in range(1, max(round(wide / 9), 2)):
            left = x + n * wide / max(round(wide / 9), 2)
            self.line([(left, y), (left, y + high)], self.light.window, 1.4)
        for share in (0.3, 0.7):
            self.line([(x, y + high * share), (x + wide, y + high * share)], self.light.window, 1.4)

    def roof(self, x, y, wide, high, over=14):
        """A tiled roof seen from its long side; its ends turn up, as they do here."""
        light, lift = self.light, high * 0.16 + 4
        curve = [(x - over + (wide + 2 * over) * n / 24, y + 3 - lift * abs(n / 12 - 1) ** 4) for n in range(25)]
        inset = min(high * 0.55, wide * 0.12)
        top = [(x + inset + (wide - 2 * inset) * n / 24, y - high - 5 * abs(n / 12 - 1) ** 6) for n in range(25)]
        self.shape([*curve, *reversed(top)], light.roof)
        for n in range(1, int(wide / 9)):
            share = n / int(wide / 9)
            low = curve[min(round(share * 24), 24)]
            self.line(
                [
                    (x + inset + (wide - 2 * inset) * share, y - high + 2),
                    (x - over + (wide + 2 * over) * share, low[1] - 2),
                ],
                mixed(light.roof, light.wall, 0.13),
                1.2,
            )
        self.line(curve, light.ridge, 4)
        self.line([(a, b + 5) for a, b in curve[2:-2]], mixed(light.shade, light.roof, 0.35), 2)
        self.line(top, light.ridge, 5)
        self.line([(a, b - 3) for a, b in top], mixed(light.ridge, light.wall, 0.25), 1.2)
        for end, way in ((top[0], -1), (top[-1], 1)):
            self.line([end, (end[0] + way * 7, end[1] - 4), (end[0] + way * 13, end[1] - 12)], light.ridge, 4)

    def house(self, x, foot, wide, floors=2, floor=62, door=True, roof=46):
        """A white house with its long side to us."""
        light, high = self.light, floors * floor
        self.box(x, foot - high, wide, high, light.wall)
        for n in range(16):  # shade under the eaves
            self.box(x, foot - high + n * 1.5, wide, 1.5, mixed(light.shade, light.wall, n / 16))
        self.shape(
            [(x + wide * 0.93, foot - high), (x + wide, foot - high), (x + wide, foot), (x + wide * 0.95, foot)],
            mixed(light.wall, light.shade, 0.6),
        )
        self.box(x, foot - 12, wide, 12, light.stone)
        bays = max(round(wide / 62), 1)
        step = wide / bays
        entry = self.chance.randrange(bays) if door else -1
        for level in range(floors):
            for bay in range(bays):
                left = x + step * bay + step * 0.26
                if level == 0 and bay == entry:
                    self.door(left - 2, foot - 12, step * 0.54, floor * 0.66)
                else:
                    self.lattice(left, foot - floor * (level + 1) + floor * 0.32, step * 0.48, floor * 0.4)
            if level:
                self.line(
                    [(x, foot - floor * level), (x + wide, foot - floor * level)],
                    mixed(light.shade, light.stone, 0.25),
                    1.5,
                )
        self.roof(x, foot - high, wide, roof)

    def door(self, x, foot, wide, high):
        light = self.light
        self.box(x - 4, foot - high - 4, wide + 8, high + 4, light.stone)
        self.box(x, foot - high, wide, high, light.window)
        self.box(x + wide / 2 - 0.7, foot - high, 1.4, high, mixed(light.window, "#000000", 0.35))
        self.box(x + 3, foot - high + 4, wide / 2 - 6, high * 0.4, light.lit)
        self.box(x + wide / 2 + 3, foot - high + 4, wide / 2 - 6, high * 0.4, light.lit)

    def gable(self, x, foot, wide, high, steps=2):
        """A house with its gable to us: the wall rises over the roof in steps, each under a small roof of its own."""
        light = self.light
        lift, part = high * 0.13, wide / (2 * steps + 1)
        self.box(x, foot - high, wide, high, mixed(light.wall, light.shade, 0.45))
        for n in range(1, steps + 1):
            self.box(
                x + n * part,
                foot - high - n * lift,
                wide - 2 * n * part,
                lift + 1,
                mixed(light.wall, light.shade, 0.45),
            )
        self.box(x, foot - 12, wide, 12, light.stone)
        for n in range(steps + 1):
            top = foot - high - n * lift
            sides = [(x + n * part, x + (n + 1) * part), (x + wide - (n + 1) * part, x + wide - n * part)]
            if n == steps:
                sides = [(x + n * part, x + wide - n * part)]
            for left, right in sides:
                self.shape([(left - 6, top), (right + 6, top), (right + 1, top - 9), (left - 1, top - 9)], light.roof)
                self.line([(left - 8, top - 1), (right + 8, top - 1)], light.ridge, 3)
                self.line([(left - 3, top - 10), (right + 3, top - 10)], light.ridge, 3)
                outer = left - 7 if (left + right) / 2 < x + wide / 2 else right + 7
                way = -1 if outer < x + wide / 2 else 1
                self.line([(outer, top - 1), (outer + way * 5, top - 6)], light.ridge, 3)
        self.lattice(x + wide / 2 - 15, foot - high * 0.82, 30, 26)
        self.lattice(x + wide / 2 - 17, foot - high * 0.42, 34, 30)

    def lantern(self, x, y, size=9, colour="#D2412F"):
        self.line([(x, y - size * 2), (x, y - size)], self.light.ridge, 1.2)
        if self.light.at_home > 0.4:
            self.glow(x, y, size * 2.6, "#FF9A5C", 0.5)
        self.disc(x, y, size, colour, 0.92)
        self.disc(x, y, size * 0.55, mixed(colour, "#FFD27A", 0.55), 1.5)
        self.box(x - size * 0.45, y - size * 1.08, size * 0.9, 2.4, "#8A5A17")
        self.box(x - size * 0.45, y + size * 0.86, size * 0.9, 2.4, "#8A5A17")
        self.line([(x, y + size), (x, y + size * 1.9)], "#C98A2B", 1.6)

    def pagoda(self, x, foot, wide, storeys=7, storey=24):
        light, top = self.light, foot
        for n in range(storeys):
            here = wide * (1 - n * 0.085)
            self.box(x - here * 0.36, top - storey, here * 0.72, storey, mixed(light.wall, "#C98F5B", 0.45))
            self.box(
                x - here * 0.08,
                top - storey * 0.7,
                here * 0.16,
                storey * 0.7,
                light.lit if light.at_home > 0.4 else light.window,
            )
            top -= storey
            self.shape(
                [
                    (x - here * 0.62, top - 1),
                    (x - here * 0.46, top + 4),
                    (x + here * 0.46, top + 4),
                    (x + here * 0.62, top - 1),
                    (x + here * 0.36, top - 6),
                    (x - here * 0.36, top - 6),
                ],
                light.roof,
            )
        self.shape([(x - wide * 0.2, top - 4), (x + wide * 0.2, top - 4), (x, top - 24)], light.roof)
        self.line([(x, top - 20), (x, top - 52)], light.ridge, 3)
        for n in range(3):
            self.disc(x, top - 28 - n * 7, 4 - n, light.ridge, 0.6)

    # --- water, stone, green -----------------------------------------------------------------------------------------
    def quay(self, foot, left=0, right=WIDTH, high=18):
        light = self.light
        self.box(left, foot - high, right - left, high + 3, light.stone)
        self.box(left, foot - high, right - left, 4, mixed(light.stone, light.wall, 0.5))
        for row in range(2):
            y = foot - high + 6 + row * 7
            self.line([(left, y), (right, y)], mixed(light.stone, light.ridge, 0.25), 1)
            for x in range(int(left) + (row % 2) * 22, int(right), 44):
                self.line([(x, y), (x, y + 7)], mixed(light.stone, light.ridge, 0.25), 1)

    def arch_bridge(self, middle, foot, span, high, steps=True):
        """A bridge of one round arch, as high as a boat needs."""
        light, out = self.light, span * 0.42
        thick = high * 0.2
        half = span / 2 + out
        deck = [
            (middle + half * n / 30, foot - (high + thick) * (math.cos(n / 30 * math.pi) + 1) / 2 - 6)
            for n in range(-30, 31)
        ]
        body = Image.new("L", self.sheet.size)
        pen = ImageDraw.Draw(body)
        pen.polygon(
            [(x * SCALE, y * SCALE) for x, y in [(middle - half, foot + 4), *deck, (middle + half, foot + 4)]], fill=255
        )
        pen.ellipse(
            [
                (middle - span / 2) * SCALE,
                (foot - high * 0.9) * SCALE,
                (middle + span / 2) * SCALE,
                (foot + high * 0.9) * SCALE,
            ],
            fill=0,
        )
        wall = Image.new("RGBA", self.sheet.size, rgb(mixed(light.stone, light.wall, 0.35)))
        stones = ImageDraw.Draw(wall)
        for row in range(int((high + thick) / 9) + 2):
            y = (foot - row * 9) * SCALE
            stones.line([(0, y), (WIDTH * SCALE, y)], fill=rgb(mixed(light.stone, light.wall, 0.12)), width=2)
            for x in range(int(middle - half), int(middle + half), 26):
                left = (x + (row % 2) * 13) * SCALE
                stones.line([(left, y), (left, y - 9 * SCALE)], fill=rgb(mixed(light.stone, light.wall, 0.15)), width=2)
        self.sheet.paste(wall, (0, 0), body)
        self.pen = ImageDraw.Draw(self.sheet)
        ring = [
            (middle + span / 2 * math.cos(a / 40 * math.pi), foot - high * 0.9 * math.sin(a / 40 * math.pi))
            for a in range(41)
        ]
        self.line(ring, mixed(light.stone, light.ridge, 0.35), 6)
        self.line(ring, mixed(light.stone, light.wall, 0.6), 3)
        self.line(deck, mixed(light.stone, light.wall, 0.75), 6)
        rail = [(x, y - 13) for x, y in deck]
        self.line(rail, mixed(light.stone, light.wall, 0.6), 4)
        for x, y in deck[2:-1:4]:
            self.line([(x, y), (x, y - 17)], mixed(light.stone, light.wall, 0.6), 4)

    def long_bridge(self, foot, left, right, arches, high=46, rise=3):
        """The bridge of many arches: low and level, with three higher ones for the boats."""
        light, step = self.light, (right - left) / arches
        grown = [1 + 0.75 * math.exp(-(((n - arches * 0.58) / 1.3) ** 2)) for n in range(arches)]
        body = Image.new("L", self.sheet.size)
        pen = ImageDraw.Draw(body)
        deck = []
        for x in range(int(left) - 60, int(right) + 62, 2):
            n = (x - left) / step - 0.5 - arches * 0.58
            deck.append((x, foot - high - 8 - high * 0.62 * math.exp(-((n / 1.9) ** 2))))
        pen.polygon(
            [(x * SCALE, y * SCALE) for x, y in [(left - 60, foot + 4), *deck, (right + 60, foot + 4)]], fill=255
        )
        for n, growth in enumerate(grown):
            middle, half = left + step * (n + 0.5), step * 0.4
            top = high * 0.82 * growth
            pen.ellipse(
                [(middle - half) * SCALE, (foot - top) * SCALE, (middle + half) * SCALE, (foot + top) * SCALE], fill=0
            )
        self.sheet.paste(rgb(mixed(light.stone, light.wall, 0.45)), (0, 0), body)
        self.pen = ImageDraw.Draw(self.sheet)
        for n, growth in enumerate(grown):
            middle, half, top = left + step * (n + 0.5), step * 0.4, high * 0.82 * growth
            ring = [
                (middle + half * math.cos(a / 20 * math.pi), foot - top * math.sin(a / 20 * math.pi)) for a in range(21)
            ]
            self.line(ring, mixed(light.stone, light.ridge, 0.2), 3.4)
            self.line([(x - 1.5, y - 1.5) for x, y in ring], mixed(light.stone, light.wall, 0.75), 1.6)
        self.line([(x, y + 8) for x, y in deck], mixed(light.stone, light.ridge, 0.15), 2)
        self.line(deck, mixed(light.stone, light.wall, 0.85), 6)

    def terrace(self, edge, colour):
        """A paved place down to the lower edge of the picture; ``edge`` are the points of its border with the water."""
        top = min(y for _x, y in edge)
        ground = Image.new("L", self.sheet.size)
        ImageDraw.Draw(ground).polygon([(x * SCALE, y * SCALE) for x, y in edge], fill=255)
        paving = Image.new("RGBA", self.sheet.size, rgb(colour))
        pen = ImageDraw.Draw(paving)
        joint, middle = rgb(mixed(colour, self.light.ridge, 0.14)), sum(x for x, _y in edge) / len(edge)
        rows = [top + (HEIGHT + 20 - top) * (n / 7) ** 1.5 for n in range(8)]
        for n, (high, low) in enumerate(zip(rows, rows[1:], strict=False)):
            pen.line([(0, low * SCALE), (WIDTH * SCALE, low * SCALE)], fill=joint, width=3)
            for stone in range(-14, 15):
                # Joints run to one point far behind, and every other row is set off by half a stone.
                across = (stone + (n % 2) / 2) * 96
                ends = [(middle + across * (0.72 + 0.5 * (y - top) / (HEIGHT - top)), y) for y in (high, low)]
                pen.line([(x * SCALE, y * SCALE) for x, y in ends], fill=joint, width=3)
        self.sheet.paste(paving, (0, 0), ground)
        self.pen = ImageDraw.Draw(self.sheet)

    def shrubs(self, left, right, foot, size=20, flowers="#E8A0B4"):
        """A hedge, with a few flowers in it."""
        for x in range(int(left), int(right), int(size * 0.9)):
            self.disc(x, foot - size * 0.4, size * self.chance.uniform(0.55, 0.75), self.light.leaf[1])
        for x in range(int(left), int(right), int(size * 0.9)):
            self.disc(x - 3, foot - size * 0.52, size * self.chance.uniform(0.4, 0.55), self.light.leaf[0])
            self.disc(x + self.chance.uniform(-6, 6), foot - size * self.chance.uniform(0.3, 0.9), size * 0.1, flowers)

    def lamp(self, x, foot, high=120):
        """A lamp with a lantern's shape, as on every promenade here."""
        self.line([(x, foot), (x, foot - high)], self.light.ridge, 4)
        self.box(x - 7, foot - 5, 14, 6, self.light.ridge)
        if self.light.at_home > 0.3:
            self.glow(x, foot - high - 10, 34, self.light.lit, 0.55)
        self.box(x - 8, foot - high - 22, 16, 24, self.light.lit)
        self.shape(
            [
                (x - 13, foot - high - 22),
                (x + 13, foot - high - 22),
                (x + 5, foot - high - 31),
                (x - 5, foot - high - 31),
            ],
            self.light.roof,
        )
        for left in (x - 8, x, x + 8):
            self.line([(left, foot - high - 22), (left, foot - high + 2)], self.light.ridge, 1.6)
        self.box(x - 9, foot - high + 1, 18, 3, self.light.ridge)

    def bicycle(self, x, foot, size=54, colour="#0A6B57"):
        wheel = size * 0.3
        for middle in (x - size * 0.48, x + size * 0.48):
            box = (middle - wheel, foot - 2 * wheel, middle + wheel, foot)
            self.pen.ellipse([edge * SCALE for edge in box], outline=rgb(self.light.ridge), width=3 * SCALE)
        back, front, seat, bar = (
            (x - size * 0.48, foot - wheel),
            (x + size * 0.48, foot - wheel),
            (x - size * 0.16, foot - size * 0.76),
            (x + size * 0.32, foot - size * 0.8),
        )
        pedal = (x - size * 0.02, foot - wheel)
        for points in (
            [back, pedal, bar],
            [back, (seat[0] + 3, seat[1] + 12), bar],
            [seat, pedal],
            [front, bar, (bar[0] - 3, bar[1] - 8)],
        ):
            self.line(points, colour, 3)
        self.line([(seat[0] - 8, seat[1]), (seat[0] + 8, seat[1])], self.light.ridge, 4)
        self.line([(bar[0] - 11, bar[1] - 8), (bar[0] + 4, bar[1] - 9)], self.light.ridge, 3)

    def tree(self, x, foot, size, colour=None):
        light = self.light
        lit, dark = (colour, mixed(colour, "#14201D", 0.3)) if colour else light.leaf
        self.line([(x, foot), (x + size * 0.04, foot - size * 0.7)], mixed(light.window, light.ridge, 0.4), size * 0.07)
        puffs = [
            (self.chance.uniform(-0.42, 0.42), self.chance.uniform(-0.3, 0.34), self.chance.uniform(0.18, 0.3))
            for _ in range(13)
        ]
        for across, up, radius in puffs:
            self.disc(x + across * size, foot - size * (0.85 + up * 0.8), radius * size, dark)
        for across, up, radius in puffs[:9]:
            self.disc(x + (across - 0.05) * size, foot - size * (0.92 + up * 0.8), radius * size * 0.8, lit)
        for across, up, radius in puffs[:4]:
            self.disc(
                x + (across - 0.1) * size,
                foot - size * (0.99 + up * 0.8),
                radius * size * 0.4,
                mixed(lit, light.glow, 0.3),
            )

    def willow(self, x, foot, size, way=1):
        """A willow that leans over the water to its side (``way``: 1 right, -1 left)."""
        light, bark = self.light, mixed(self.light.window, self.light.ridge, 0.4)
        trunk = [(x + way * size * 0.2 * (t / 10) ** 1.7, foot - size * 0.08 * t) for t in range(11)]
        thick = [size * (0.036 - n * 0.0026) for n in range(11)]
        self.shape(
            [(a - half, b) for (a, b), half in zip(trunk, thick, strict=True)]
            + [(a + half, b) for (a, b), half in reversed(list(zip(trunk, thick, strict=True)))],
            bark,
        )
        crown = trunk[-1]
        boughs = [
            (crown[0] + way * size * across, crown[1] - size * up)
            for across, up in ((-0.42, 0.02), (-0.24, 0.14), (-0.02, 0.2), (0.2, 0.17), (0.42, 0.06), (0.56, -0.08))
        ]
        for bough in boughs:
            bend = ((crown[0] + bough[0]) / 2, min(crown[1], bough[1]) - size * 0.02)
            self.line([trunk[-2], crown, bend, bough], bark, size * 0.012)
        for n in range(210):
            one = self.chance.randrange(len(boughs) - 1)
            share = self.chance.random()
            left, right = boughs[one], boughs[one + 1]
            start = (
                left[0] + (right[0] - left[0]) * share + self.chance.uniform(-0.03, 0.03) * size,
                left[1] + (right[1] - left[1]) * share + self.chance.uniform(-0.04, 0.06) * size,
            )
            long, sway = size * self.chance.uniform(0.2, 0.62), way * size * self.chance.uniform(0.01, 0.07)
            colour = (light.leaf[1], light.leaf[0], light.leaf[0], mixed(light.leaf[0], light.glow, 0.4))[n % 4]
            for t in range(14):
                y = start[1] + long * t / 13 + size * 0.02 * math.sin(t)
                if y < foot + 10:
                    leaf = size * 0.0095 * (1.25 - t / 20)
                    side = leaf * (0.8 if t % 2 else -0.8)
                    middle = start[0] + sway * (t / 13) ** 1.6
                    self.line([(middle, y), (middle + side, y + leaf * 3.6)], colour, leaf * 0.62)
            twig = [(start[0] + sway * (t / 8) ** 1.6, min(start[1] + long * t / 8, foot + 10)) for t in range(9)]
            self.line(twig, colour, size * 0.0035)

    def reeds(self, left, right, foot, high):
        for _ in range(int((right - left) / 4)):
            x, tall = self.chance.uniform(left, right), high * self.chance.uniform(0.5, 1)
            lean = self.chance.uniform(-0.22, 0.3) * tall
            stalk = [(x, foot + 6), (x + lean * 0.3, foot - tall * 0.6), (x + lean, foot - tall)]
            self.line(
                stalk, self.chance.choice([*self.light.leaf, mixed(self.light.leaf[0], self.light.glow, 0.35)]), 2
            )
            if self.chance.random() < 0.4:
                self.line(
                    [stalk[-1], (x + lean * 1.25, foot - tall - 14)], mixed(self.light.glow, self.light.window, 0.35), 4
                )

    def boat(self, x, y, long=120, roofed=True, rower=True):
        light = self.light
        self.ripples(x, y - 4, long * 0.84, long * 0.22, mixed(light.window, light.ridge, 0.5), 0.55)
        hull = [
            (x - long / 2, y - long * 0.1),
            (x - long * 0.36, y),
            (x + long * 0.36, y),
            (x + long / 2, y - long * 0.12),
            (x + long * 0.3, y - long * 0.055),
            (x - long * 0.3, y - long * 0.055),
        ]
        self.shape(hull, mixed(light.window, light.ridge, 0.55))
        self.line([hull[0], hull[5], hull[4], hull[3]], mixed(light.window, light.lit, 0.3), 2)
        if roofed:
            arc = [
                (
                    x - long * 0.2 + long * 0.36 * n / 12,
                    y - long * 0.055 - long * 0.15 * math.sin(n / 12 * math.pi) ** 0.6,
                )
                for n in range(13)
            ]
            self.shape(arc, mixed(light.roof, light.window, 0.5))
            self.line(arc, light.ridge, 2)
        if rower:
            left, top = x + long * 0.31, y - long * 0.3
            self.line([(left, y - long * 0.07), (left + 2, top + 8)], "#1F4A60", 7)
            self.disc(left + 2.5, top + 2, 4.4, "#C98F6B")
            self.shape([(left - 8, top + 1), (left + 13, top + 1), (left + 2.5, top - 7)], "#D9B26A")
            self.line([(left + 4, top + 16), (left + 30, y + 8)], light.ridge, 2)

    def ripples(self, x, y, wide, deep, colour, strength=0.5):
        """What a boat leaves on the water below it: bars of its colour, narrower the further down."""

        def draw(pen):
            for n in range(int(deep / 5)):
                half = wide / 2 * (1 - n * 5 / deep) * self.chance.uniform(0.6, 1)
                left, top = x - half + self.chance.uniform(-4, 4), y + 3 + n * 5
                pen.rounded_rectangle(
                    [left * SCALE, top * SCALE, (left + 2 * half) * SCALE, (top + 3) * SCALE],
                    2 * SCALE,
                    fill=rgb(colour),
                )

        self.veil(draw, colour, blur=0.5, strength=strength)

    def sail(self, x, y, high, colour="#FFFFFF"):
        self.ripples(x, y, high * 0.6, high * 0.75, colour, 0.45)
        self.shape(
            [(x - high * 0.3, y - 5), (x + high * 0.34, y - 5), (x + high * 0.24, y + 4), (x - high * 0.22, y + 4)],
            mixed(self.light.window, self.light.ridge, 0.3),
        )
        self.shape([(x, y - high), (x, y - 9), (x + high * 0.36, y - 9)], colour)
        self.shape(
            [(x - 3, y - high * 0.86), (x - 3, y - 9), (x - high * 0.26, y - 9)], mixed(colour, self.light.shade, 0.6)
        )
        self.line([(x - 1.5, y - high - 5), (x - 1.5, y - 4)], self.light.ridge, 2)

    def mirror(self, line, depth, strength=0.62, ripple=3.0):
        """Make water from ``line`` on down: what stands above it, upside down, moved by small waves."""
        light, start = self.light, line * SCALE
        high = self.sheet.height - start
        upper = self.sheet.crop((0, max(start - round(high / depth), 0), self.sheet.width, start))
        image = upper.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(
            (self.sheet.width, high), Image.Resampling.BILINEAR
        )
        moved = Image.new("RGBA", image.size)
        for y in range(high):
            near = y / high
            wave = math.sin(y * 0.42 / (0.5 + near)) + 0.6 * math.sin(y * 0.11 + 1.3) + 0.4 * math.sin(y * 1.1)
            shift = round(wave * ripple * (0.25 + near * 1.6) * SCALE)
            moved.paste(ImageChops.offset(image.crop((0, y, image.width, y + 1)), shift, 0), (0, y))
        moved = moved.filter(ImageFilter.GaussianBlur(1.2 * SCALE))
        water = Image.new("RGBA", image.size)
        pen = ImageDraw.Draw(water)
        for y in range(high):
            pen.line([(0, y), (water.width, y)], fill=rgb(mixed(*light.water, (y / high) ** 0.8)))
        # Nearer water is seen from steeper above, and mirrors less.
        fade = (
            Image.linear_gradient("L")
            .resize(image.size)
            .point([round(255 * (1 - strength * (1 - n / 330))) for n in range(256)])
        )
        self.sheet.paste(Image.composite(water, moved, fade), (0, start))
        self.pen = ImageDraw.Draw(self.sheet)

        def sparkle(pen):
            for _ in range(80):
                y = line + 8 + (HEIGHT - line - 12) * self.chance.random() ** 1.4
                near = (y - line) / (HEIGHT - line)
                x, long = self.chance.uniform(-20, WIDTH), self.chance.uniform(16, 60) * (0.35 + near * 1.6)
                pen.rounded_rectangle(
                    [x * SCALE, y * SCALE, (x + long) * SCALE, (y + 1 + near * 1.6) * SCALE],
                    radius=2 * SCALE,
                    fill=rgb(mixed(light.water[0], "#FFFFFF", 0.4)),
                )

        self.veil(sparkle, mixed(light.water[0], "#FFFFFF", 0.4), blur=0.4, strength=0.42)

    def path_of_light(self, x, line, colour, wide=46):
        """What the sun or the moon lays on the water."""

        def draw(pen):
            for n in range(46):
                y = line + 5 + (HEIGHT - line) * (n / 46) ** 1.15
                half = wide * (0.35 + n / 40) * self.chance.uniform(0.35, 1)
                middle = x + self.chance.uniform(-10, 10)
                pen.rounded_rectangle(
                    [(middle - half) * SCALE, y * SCALE, (middle + half) * SCALE, (y + 2 + n / 18) * SCALE],
                    radius=3 * SCALE,
                    fill=rgb(colour),
                )

        self.veil(draw, colour, blur=1.1, strength=0.5)

    def save(self, name):
        FOLDER.mkdir(exist_ok=True)
        small = self.sheet.convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        for quality in (86, 82, 78, 74, 70, 66, 62, 58, 54, 50):
            small.save(FOLDER / f"{name}.jpg", "JPEG", quality=quality, optimize=True, progressive=True)
            if (FOLDER / f"{name}.jpg").stat().st_size <= 60_000:
                return


# --- the scenes -------------------------------------------------------------------------------------------------------
def baodaiqiao():
    """The bridge of many arches on a clear morning."""
    scene = Scene(MORNING, "baodaiqiao")
    scene.sky(470)
    scene.sun(930, 170, 46)
    scene.clouds([(300, 120, 300), (640, 230, 220), (1130, 105, 240)], strength=0.75)
    scene.hills(470, 150, scene.light.hills[0])
    scene.hills(474, 84, scene.light.hills[1], waves=(1.3, 2.9, 5.1))
    scene.birds(560, 110)
    scene.tree(75, 470, 150)
    scene.house(-40, 470, 230, floors=2, floor=46, roof=36)
    for n in range(17):
        scene.tree(220 + n * 64, 486, scene.chance.uniform(44, 74))
    scene.box(0, 478, WIDTH, 60, mixed(*MORNING.water, 0.12))
    scene.quay(484, -20, 230, high=14)
    scene.long_bridge(536, 40, 1240, 15, high=74)
    scene.mirror(534, 0.9)
    scene.path_of_light(930, 540, "#FFF6DC", 30)
    scene.boat(420, 676, 180)
    scene.reeds(-10, 260, 808, 130)
    scene.willow(1170, 812, 500, way=1)
    scene.save("baodaiqiao")


def guoxiang():
    """Yinshan lake at sunset, the new town behind it."""
    scene = Scene(SUNSET, "guoxiang")
    scene.sky(440)
    scene.clouds([(250, 150, 420), (820, 95, 380), (1080, 190, 300)], "#FFD9B0", 0.4)
    scene.sun(760, 356, 52)
    scene.hills(440, 60, scene.light.hills[0])
    scene.skyline(446, mixed(SUNSET.hills[1], SUNSET.sky[1], 0.35), 420, 1180, 150)
    scene.skyline(448, SUNSET.hills[1], 60, 620, 110)
    for n in range(15):
        scene.tree(n * 92 + scene.chance.uniform(-18, 18), 466, scene.chance.uniform(46, 74))
    scene.quay(470, high=8)
    scene.mirror(470, 0.9, strength=0.7)
    scene.path_of_light(760, 470, "#FFE2A6", 40)
    scene.house(-40, 640, 330, floors=3, floor=66, roof=50)
    scene.house(290, 640, 170, floors=2, floor=64, door=False, roof=42)
    scene.terrace([(-10, 638), (520, 638), (600, 700), (720, 820), (-10, 820)], mixed(SUNSET.stone, SUNSET.wall, 0.15))
    scene.shrubs(300, 470, 650, 22)
    scene.tree(520, 690, 170)
    scene.lamp(120, 720, 130)
    scene.lamp(420, 720, 130)
    scene.bicycle(270, 726, 66, "#2F6DB3")
    scene.boat(900, 620, 130)
    scene.reeds(660, 940, 812, 110)
    scene.save("guoxiang")


def viaduct(scene, deck, foot, train):
    light = scene.light
    for x in range(90, WIDTH, 250):
        scene.shape(
            [
                (x - 17, deck + 24),
                (x + 17, deck + 24),
                (x + 12, deck + 50),
                (x + 12, foot),
                (x - 12, foot),
                (x - 12, deck + 50),
            ],
            mixed(light.stone, light.wall, 0.35),
        )
        scene.box(x + 3, deck + 40, 9, foot - deck - 40, mixed(light.stone, light.shade, 0.3))
    scene.box(0, deck, WIDTH, 26, mixed(light.stone, light.wall, 0.55))
    scene.box(0, deck + 18, WIDTH, 8, mixed(light.stone, light.wall, 0.2))
    left = train
    for n in range(4):
        nose = 26 if n == 0 else 3
        tail = 26 if n == 3 else 3
        scene.shape(
            [
                (left, deck - 6),
                (left, deck - 22),
                (left + nose, deck - 52),
                (left + 196 - tail, deck - 52),
                (left + 196, deck - 22),
                (left + 196, deck - 6),
            ],
            "#F4F7F6",
        )
        scene.box(left + 2, deck - 17, 192, 6, "#0A6B57")
        scene.box(left + 2, deck - 10, 192, 5, "#7CBFAC")
        for window in range(6):
            scene.box(left + 28 + window * 26, deck - 44, 19, 18, mixed("#1F4A60", light.lit, 0.15))
        scene.box(left + 94, deck - 46, 1.6, 40, "#B9C6C2")
        left += 200


def yuexi():
    """The metro passes the technology town under its hills, in ginkgo time."""
    scene = Scene(AFTERNOON, "yuexi")
    scene.sky(480)
    scene.sun(270, 170, 44)
    scene.clouds([(660, 120, 380), (1060, 190, 280)], "#FFF6E2", 0.6)
    scene.hills(500, 210, AFTERNOON.hills[0])
    scene.hills(506, 130, AFTERNOON.hills[1], waves=(1.1, 2.4, 5.2))
    scene.skyline(520, mixed(AFTERNOON.hills[1], AFTERNOON.wall, 0.3), 620, 1290, 150)
    scene.box(0, 516, WIDTH, 300, mixed(AFTERNOON.leaf[0], AFTERNOON.glow, 0.25))
    viaduct(scene, 420, 600, 330)
    scene.shape([(0, 560), (WIDTH, 546), (WIDTH, 810), (0, 810)], mixed(AFTERNOON.leaf[0], AFTERNOON.leaf[1], 0.3))
    scene.house(70, 690, 360, floors=2, floor=72, roof=54)
    scene.gable(430, 690, 150, 150)
    scene.house(800, 700, 400, floors=2, floor=72, roof=54)
    scene.terrace([(0, 690), (WIDTH, 690), (WIDTH, 820), (0, 820)], mixed(AFTERNOON.stone, AFTERNOON.wall, 0.45))
    scene.line([(0, 694), (WIDTH, 694)], AFTERNOON.wall, 5)
    scene.shrubs(820, 1180, 704, 20, "#D2412F")
    scene.lamp(600, 730, 130)
    scene.bicycle(340, 748, 70)
    scene.bicycle(250, 742, 66, "#B35900")
    for x, size in ((34, 190), (655, 200), (735, 150), (1240, 230)):
        scene.tree(x, 720, size, "#E0A92E")
    for _ in range(70):
        x, y = scene.chance.uniform(0, WIDTH), scene.chance.uniform(712, 796)
        scene.disc(x, y, scene.chance.uniform(2, 4), scene.chance.choice(["#E0A92E", "#C98A1F", "#F2C95C"]), 0.5)
    scene.save("yuexi")


def shihu():
    """Stone Lake at dusk: the pagoda on its hill, the arched bridge below."""
    scene = Scene(DUSK, "shihu")
    scene.sky(460)
    scene.stars(60, 200)
    scene.moon(1010, 130, 38)
    scene.clouds([(420, 300, 520), (980, 340, 380)], "#F7C9A0", 0.3)
    scene.hills(468, 150, DUSK.hills[0], waves=(0.7, 1.9, 4.1))
    hill = [(0, 470), (0, 330)] + [
        (x, 470 - 205 * math.exp(-(((x - 300) / 260) ** 2)) - 10 * math.sin(x / 60)) for x in range(0, 900, 6)
    ]
    scene.shape([*hill[1:], (900, 474), (0, 474)], DUSK.hills[1])
    scene.pagoda(300, 278, 64, storeys=7, storey=21)
    for x in range(30, 560, 38):
        scene.disc(x, 462 - 150 * math.exp(-(((x - 300) / 200) ** 2)), 26, DUSK.hills[2], 0.9)
    scene.hills(484, 50, DUSK.hills[2], waves=(1.7, 3.9, 7.1), mist=False)
    scene.box(0, 484, WIDTH, 20, mixed(*DUSK.water, 0.35))
    for x, wide in ((30, 170), (1060, 250)):
        scene.house(x, 492, wide, floors=1, floor=54, roof=38)
    scene.quay(500, 0, 474, high=12)
    scene.quay(500, 806, WIDTH, high=12)
    scene.arch_bridge(640, 506, 190, 104)
    scene.mirror(500, 0.86, strength=0.72)
    scene.path_of_light(1010, 500, "#FFF1CC", 16)
    scene.boat(870, 640, 140)
    scene.willow(60, 812, 420)
    scene.reeds(1050, 1290, 808, 130)
    scene.save("shihu")


def mudu():
    """The old street of Mudu at night, lanterns over the canal."""
    scene = Scene(NIGHT, "mudu")
    scene.sky(430)
    scene.stars(110, 300)
    scene.moon(640, 120, 36)
    scene.hills(440, 120, NIGHT.hills[0])
    for n, x in enumerate(range(470, 830, 70)):
        scene.house(x, 440, 66, floors=1 + n % 2, floor=36, door=False, roof=24)
    scene.box(0, 440, WIDTH, 64, mixed(*NIGHT.water, 0.3))
    scene.arch_bridge(640, 478, 160, 92)
    for side in (0, 1):
        places = [(0.0, 250, 3), (250, 150, 2), (402, 96, 2)]
        for left, wide, floors in places:
            x = left - 30 if side == 0 else WIDTH + 30 - left - wide
            foot = 500 - left * 0.06
            if wide == 150:
                scene.gable(x, foot, wide, 152)
            else:
                scene.house(x, foot, wide, floors=floors, floor=70 - left * 0.04, roof=48 - left * 0.03)
    scene.quay(498, 0, 500, high=20)
    scene.quay(498, 780, WIDTH, high=20)
    for side in (0, 1):
        for n in range(5):
            x = 46 + n * 92
            scene.lantern(x if side == 0 else WIDTH - x, 412 - n * 3, 11 - n * 0.9)
    scene.mirror(500, 0.94, strength=0.85, ripple=3.6)
    scene.path_of_light(640, 520, "#FFF1CC", 12)
    scene.boat(760, 650, 190)
    scene.lantern(700, 628, 8)
    scene.save("mudu")


def xukou():
    """Where the river leaves for the lake: sails, an island, noon."""
    scene = Scene(NOON, "xukou")
    scene.sky(450)
    scene.clouds([(240, 120, 420), (760, 90, 300), (1080, 200, 380), (560, 230, 220)], strength=0.8)
    scene.hills(456, 150, NOON.hills[0], waves=(0.9, 2.3, 4.9))
    scene.hills(460, 84, NOON.hills[1], waves=(1.2, 3.1, 6.1))
    scene.mirror(462, 0.8, strength=0.5)
    for x, high in ((500, 70), (612, 48), (905, 92)):
        scene.sail(x, 468, high)
    scene.sail(720, 590, 190)
    scene.sail(1010, 540, 120, "#F2C266")
    wood = mixed(NOON.window, NOON.stone, 0.35)
    for x in range(500, 900, 94):
        scene.box(x, 700, 8, 66, mixed(NOON.window, NOON.ridge, 0.3))
        scene.ripples(x + 4, 764, 16, 30, mixed(NOON.window, NOON.ridge, 0.3), 0.5)
    scene.shape([(440, 690), (884, 690), (900, 704), (440, 704)], wood)
    scene.box(440, 704, 460, 7, mixed(wood, NOON.ridge, 0.4))
    scene.shape([(-10, 560), (330, 568), (500, 620), (545, 660), (500, 820), (-10, 820)], mixed(*NOON.leaf, 0.3))
    scene.house(-20, 650, 320, floors=2, floor=74, roof=56)
    scene.gable(300, 650, 146, 158)
    scene.terrace([(-10, 648), (452, 648), (530, 690), (490, 820), (-10, 820)], mixed(NOON.stone, NOON.wall, 0.5))
    scene.shrubs(130, 440, 662, 22)
    scene.tree(480, 674, 170)
    scene.bicycle(240, 734, 70, "#B35900")
    scene.birds(820, 150, 6)
    scene.reeds(960, 1290, 812, 120)
    scene.save("xukou")


def xiangshan():
    """Lake Tai in the evening: islands one behind another, and the long bridge to them."""
    scene = Scene(SUNSET, "xiangshan-lake")
    scene.sky(430)
    scene.sun(470, 300, 58)
    scene.clouds([(880, 130, 460), (300, 180, 320), (1120, 230, 300)], "#FFDDB8", 0.42)
    scene.hills(434, 170, SUNSET.hills[0], waves=(0.6, 1.7, 3.9))
    scene.hills(438, 96, mixed(SUNSET.hills[0], SUNSET.hills[1], 0.6), waves=(1.1, 2.7, 4.7))
    deck = [(x, 424 - 24 * math.sin(max(x - 420, 0) / 860 * math.pi)) for x in range(420, WIDTH + 8, 8)]
    for x, y in deck[::6]:
        scene.box(x - 3, y, 6, 444 - y, SUNSET.hills[2])
    scene.line(deck, SUNSET.hills[2], 7)
    scene.mirror(440, 0.8, strength=0.7)
    scene.path_of_light(470, 440, "#FFE9B8", 44)
    scene.sail(230, 560, 140, "#FFE3C2")
    scene.sail(890, 500, 76, "#FFD9B0")
    scene.terrace(
        [(620, 820), (700, 738), (800, 688), (1290, 684), (1290, 820)], mixed(SUNSET.stone, SUNSET.wall, 0.15)
    )
    scene.house(950, 690, 360, floors=2, floor=74, roof=56)
    scene.gable(800, 690, 150, 150)
    scene.shrubs(960, 1290, 704, 22)
    scene.tree(770, 730, 150)
    scene.lamp(900, 752, 120)
    scene.bicycle(1050, 762, 70)
    scene.lantern(1010, 620, 9)
    scene.lantern(1240, 620, 9)
    scene.reeds(-10, 340, 812, 130)
    scene.save("xiangshan")


def luzhi():
    """The water town of bridges, on a day in spring."""
    scene = Scene(MORNING, "luzhi-town")
    scene.sky(420)
    scene.clouds([(640, 110, 420), (1010, 70, 240), (280, 80, 260)], strength=0.7)
    scene.hills(430, 60, MORNING.hills[0])
    for n, x in enumerate(range(420, 880, 92)):
        scene.house(x, 444, 88, floors=1 + n % 2, floor=40, door=False, roof=28)
    scene.box(0, 442, WIDTH, 70, mixed(*MORNING.water, 0.25))
    scene.arch_bridge(645, 470, 130, 78)
    scene.gable(-36, 506, 170, 208, steps=2)
    scene.house(134, 506, 250, floors=2, floor=76, roof=54)
    scene.house(384, 500, 100, floors=1, floor=78, roof=44)
    scene.house(800, 502, 190, floors=2, floor=70, roof=50)
    scene.gable(990, 506, 150, 176)
    scene.house(1140, 506, 190, floors=2, floor=78, roof=56)
    scene.quay(508, 0, 520, high=24)
    scene.quay(508, 780, WIDTH, high=24)
    for x in (160, 250, 340, 850, 935, 1190):
        scene.lantern(x, 432, 8)
    scene.tree(520, 506, 120, "#E8A0B4")
    scene.tree(770, 506, 110, "#F0B7C4")
    scene.mirror(510, 0.95, strength=0.75)
    scene.boat(610, 620, 190)
    scene.boat(1010, 560, 96, roofed=False)
    scene.willow(1150, 812, 470, way=1)
    scene.save("luzhi")


def linhu():
    """Rape in flower by the lake, and the camp for whole classes."""
    scene = Scene(NOON, "linhu-fields")
    scene.sky(430)
    scene.clouds([(200, 100, 360), (700, 150, 460), (1130, 90, 300)], strength=0.85)
    scene.hills(404, 130, NOON.hills[0])
    scene.hills(406, 60, NOON.hills[1], waves=(1.4, 2.6, 5.8))
    scene.box(0, 404, WIDTH, 80, mixed(*NOON.water, 0.2))
    scene.box(0, 404, WIDTH, 14, NOON.water[0])
    scene.sail(640, 436, 64)
    scene.sail(1120, 428, 46)
    scene.sail(60, 432, 54)
    scene.box(0, 478, WIDTH, 340, "#7FA84B")
    for x in (20, 70, 590, 640, 700, 1000, 1250):
        scene.tree(x + scene.chance.uniform(-14, 14), 496, scene.chance.uniform(44, 70))
    scene.house(120, 560, 300, floors=2, floor=62, roof=46)
    scene.gable(420, 560, 130, 132)
    scene.house(760, 560, 230, floors=1, floor=72, roof=50)
    scene.house(1010, 564, 230, floors=2, floor=62, roof=46)
    scene.tree(690, 566, 120)
    scene.shrubs(130, 420, 566, 18)
    scene.shrubs(770, 1240, 568, 18)
    bands = 13
    for n in range(bands):
        top, low = 556 + 250 * (n / bands) ** 1.5, 556 + 250 * ((n + 1) / bands) ** 1.5
        colour = mixed("#E6BE2E", "#F7DC5F", n / bands) if n % 2 == 0 else mixed("#6E9A3E", "#8DB24A", n / bands)
        scene.shape(
            [(x, top + 7 * math.sin(x / 190 + n * 0.4)) for x in range(0, WIDTH + 20, 20)]
            + [(x, low + 7 * math.sin(x / 190 + (n + 1) * 0.4)) for x in range(WIDTH, -20, -20)],
            colour,
        )
    for _ in range(420):
        y = 650 + 150 * scene.chance.random()
        near = (y - 560) / 240
        scene.disc(
            scene.chance.uniform(0, WIDTH), y, 1.2 + near * 3.2, scene.chance.choice(["#FFE873", "#F2C92E", "#FFF3A6"])
        )
    scene.shape([(560, 566), (612, 566), (760, 810), (470, 810)], mixed(NOON.stone, "#F0DFB8", 0.7))
    scene.birds(560, 210, 5)
    scene.save("linhu")


def hengjing():
    """The village at night, with somebody at home in every window."""
    scene = Scene(NIGHT, "hengjing-village")
    scene.sky(440)
    scene.stars(170, 330)
    scene.moon(240, 140, 46)
    scene.hills(450, 170, NIGHT.hills[0], waves=(0.8, 1.8, 4.4))
    scene.hills(456, 96, NIGHT.hills[1], waves=(1.2, 2.9, 5.6))
    for n in range(12):
        scene.tree(n * 112 + scene.chance.uniform(-24, 24), 486, scene.chance.uniform(50, 86))
    for x, wide, floors in ((40, 150, 1), (330, 190, 2), (900, 170, 1), (1120, 200, 2)):
        scene.house(x, 500, wide, floors=floors, floor=50, roof=36)
    scene.shape([(0, 500), (WIDTH, 500), (WIDTH, 810), (0, 810)], NIGHT.hills[2])
    scene.house(520, 548, 330, floors=2, floor=70, roof=54)
    scene.gable(850, 548, 150, 150)
    scene.tree(468, 556, 140)
    scene.tree(1052, 560, 160)
    for x in range(30, 460, 60):
        scene.disc(x, 550, 30, NIGHT.leaf[1], 0.5)
    for x in range(1120, 1290, 56):
        scene.disc(x, 550, 30, NIGHT.leaf[1], 0.5)
    scene.quay(560, high=10)
    scene.mirror(560, 0.9, strength=0.8)
    scene.path_of_light(240, 560, "#FFF6DC", 14)
    scene.reeds(-10, 420, 812, 130)
    scene.boat(980, 690, 150, rower=False)
    scene.save("hengjing")


SCENES = (baodaiqiao, guoxiang, yuexi, shihu, mudu, xukou, xiangshan, luzhi, linhu, hengjing)

if __name__ == "__main__":
    for scene in SCENES:
        scene()
