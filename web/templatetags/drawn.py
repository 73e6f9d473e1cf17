"""A picture for a house that has none yet: a scene of the waterside, drawn on the server in the page's own colours."""

import math
import random
from zlib import crc32

from django import template

register = template.Library()

# The picture's own units. A card shows little more than the middle third, so what is worth seeing stands there.
WIDE, HIGH, SHORE, MIDDLE = 320, 200, 138, 160
# Each has its colours in the sheet.
HOURS = ("morning", "noon", "evening")


@register.inclusion_tag("web/parts/drawn.html")
def drawn_house(slug):
    """Draw a scene for the house with this slug: always the same for one house, another for the next."""
    # Which scene, which hour and which way round change with the slug by turns, so that few houses look alike.
    turn = crc32(slug.encode())
    chance = random.Random(turn)
    scene = SCENES[turn % len(SCENES)]
    return {
        "wide": WIDE,
        "high": HIGH,
        "hour": HOURS[turn // len(SCENES) % len(HOURS)],
        "turned": turn // len(SCENES) // len(HOURS) % 2,
        "shapes": [
            _shape("sky", f"M0 0H{WIDE}V{HIGH}H0z"),
            _disc("sun", chance.randint(95, 225), chance.randint(34, 58), chance.randint(13, 20)),
            _shape("far", _ridge(chance, SHORE, chance.randint(46, 70))),
            _shape("near", _ridge(chance, SHORE, chance.randint(22, 36))),
            _shape("water", f"M0 {SHORE}H{WIDE}V{HIGH}H0z"),
            *scene(chance),
            *_ripples(chance),
        ],
    }


def _shape(colour, path):
    return {"colour": colour, "path": path}


def _box(colour, x, y, wide, high):
    return _shape(colour, f"M{x:g} {y:g}h{wide:g}v{high:g}h{-wide:g}z")


def _disc(colour, x, y, radius):
    return _shape(
        colour, f"M{x - radius:g} {y:g}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0 {-2 * radius} 0"
    )


def _ridge(chance, foot, high):
    """Hills over the whole width, three waves of different length upon each other."""
    waves = [(turns, chance.uniform(0, math.tau), part) for turns, part in ((0.8, 0.5), (1.9, 0.3), (3.7, 0.14))]

    def rise(x):
        return 0.55 + sum(part * math.sin(x / WIDE * math.tau * turns + at) for turns, at, part in waves)

    line = "".join(f"L{x} {foot - high * rise(x):.0f}" for x in range(0, WIDE + 1, 16))
    return f"M0 {foot}{line}V{foot}z"


def _ripples(chance):
    for y in (152, 164, 178, 191):
        x = chance.randint(84, 190)
        long = chance.randint(18, 46)
        yield _shape("ripple", f"M{x} {y}q{long / 4:g}-3 {long / 2:g} 0t{long / 2:g} 0")


def _house(chance, x, foot, wide, floors):
    """White walls under a dark roof whose ends turn up, windows in rows."""
    high = 19 * floors + 3
    top = foot - high
    yield _box("wall", x, top, wide, high)
    yield _shape(
        "roof",
        f"M{x - 7} {top + 1}q7-2 {wide * 0.2 + 7:.0f}-13h{wide * 0.6:.0f}q{wide * 0.2:.0f} 11 {wide * 0.2 + 7:.0f} 13z",
    )
    columns = max(wide // 16, 2)
    for floor in range(floors):
        for column in range(columns):
            left = x + (column + 0.5) * wide / columns - 3.5
            colour = "lit" if chance.random() < 0.35 else "pane"
            yield _box(colour, round(left, 1), top + 6 + floor * 19, 7, 10)


def _gable(x, foot, wide, high):
    """The stepped end wall of the houses here."""
    top, step = foot - high, wide / 6
    steps = f"M{x} {foot}V{top + 12}h{step:g}v-6h{step:g}v-6h{2 * step:g}v6h{step:g}v6h{step:g}V{foot}z"
    yield _shape("wall", steps)
    for left, lift, long in ((0, 12, 1), (1, 6, 1), (2, 0, 2), (4, 6, 1), (5, 12, 1)):
        yield _box("roof", round(x + left * step - 1.5, 1), top + lift - 3, round(long * step + 3, 1), 3)
    yield _box("pane", x + wide / 2 - 3, top + 16, 6, 9)


def _tree(x, foot, size, colour="leaf"):
    yield _box("trunk", x - 1.5, foot - size * 0.5, 3, size * 0.5)
    for across, up, part in ((0, 0.72, 0.32), (-0.22, 0.52, 0.24), (0.22, 0.54, 0.24)):
        yield _disc(colour, round(x + across * size, 1), round(foot - up * size, 1), round(part * size, 1))


def _boat(x, y, long):
    yield _shape(
        "roof",
        f"M{x} {y}q{long * 0.1:.0f} 9 {long * 0.25:.0f} 9h{long * 0.5:.0f}q{long * 0.15:.0f} 0 {long * 0.25:.0f}-9z",
    )
    yield _shape("wall", f"M{x + long * 0.3:.0f} {y}q{long * 0.2:.0f}-16 {long * 0.42:.0f} 0z")


def _quay(left, right):
    return _box("stone", left, SHORE - 2, right - left, 7)


def _houses(chance):
    yield _quay(40, 280)
    yield from _tree(MIDDLE - 68, SHORE, 52)
    yield from _house(chance, MIDDLE - 58, SHORE - 2, 62, chance.choice((2, 3)))
    yield from _gable(MIDDLE + 4, SHORE - 2, 36, chance.choice((52, 64)))
    yield from _house(chance, MIDDLE + 44, SHORE - 2, 48, chance.choice((1, 2)))
    yield from _house(chance, MIDDLE - 118, SHORE - 2, 44, 1)
    yield from _boat(MIDDLE + chance.randint(-50, 10), 164, 46)


def _bridge(chance):
    """An arch over the water, a house at one end and a tree at the other."""
    far = chance.choice((-1, 1))
    foot = SHORE + 6
    yield from _house(chance, MIDDLE + (52 if far > 0 else -112), SHORE - 2, 60, 2)
    yield from _tree(MIDDLE - far * 74, SHORE, 62)
    over = "q62-14 70-40q22-14 44 0q8 26 70 40"
    under = "h-62a30 32 0 0 0-60 0z"
    yield _shape("stone", f"M{MIDDLE - 92} {foot}{over}{under}")
    yield _shape("ripple", f"M{MIDDLE - 30} {foot + 2}a30 26 0 0 0 60 0")
    yield from _boat(MIDDLE - 24, 158, 48)


def _pagoda(chance):
    """A tower of roofs, each a little narrower, on its hill."""
    yield _shape("leaf", f"M60 {SHORE + 2}Q{MIDDLE} 74 260 {SHORE + 2}z")
    storeys = chance.choice((5, 7))
    foot, wide, high = 108, 34.0, 60 / storeys
    for _storey in range(storeys):
        top = foot - high
        yield _box("wall", round(MIDDLE - wide / 2, 1), round(top, 1), round(wide, 1), round(high, 1))
        yield _box("pane", MIDDLE - 2, round(top + high * 0.4, 1), 4, round(high * 0.6, 1))
        over = wide / 2 + 6
        yield _shape("roof", f"M{MIDDLE - over:.1f} {top + 1:.1f}q5-1 9-5h{2 * over - 18:.1f}q4 4 9 5z")
        foot, wide = top - 1.5, wide * 0.9
    yield _box("roof", MIDDLE - 1, round(foot - 16, 1), 2, 16)
    yield from _tree(MIDDLE - 52, SHORE, 44)
    yield from _tree(MIDDLE + 54, SHORE, 50)
    yield from _boat(MIDDLE + chance.choice((-60, 14)), 162, 44)


def _sails(chance):
    for x, y, high in ((MIDDLE - 44, 158, 56), (MIDDLE + 18, 148, 38), (MIDDLE + 60, 170, 62)):
        lean = chance.randint(4, 9)
        yield _shape(
            "wall", f"M{x} {y - 4}V{y - high}q{high * 0.5:.0f} {high * 0.3:.0f} {lean + high * 0.34:.0f} {high - 4}z"
        )
        yield _shape("trunk", f"M{x - 1.5} {y}V{y - high - 4}h2.5V{y}z")
        yield _shape("roof", f"M{x - high * 0.28:.0f} {y}h{high * 0.72:.0f}q-4 7-10 7h{-high * 0.5:.0f}q-5-1-8-7z")


def _terrace(chance):
    """A house among trees of another season, a lamp before it."""
    yield _quay(60, 270)
    yield from _tree(MIDDLE - 62, SHORE, 76, "bloom")
    yield from _house(chance, MIDDLE - 40, SHORE - 2, 82, 2)
    yield from _tree(MIDDLE + 66, SHORE, 64, "bloom")
    yield from _tree(MIDDLE + 98, SHORE, 48)
    yield _box("trunk", MIDDLE - 47, SHORE - 40, 2, 40)
    yield _disc("lit", MIDDLE - 46, SHORE - 42, 4)


SCENES = (_houses, _bridge, _pagoda, _sails, _terrace)
