"""Furniture of homes. Each piece is built at the origin, on the floor, its front towards +z."""

import numpy as np

from understudy.demo import textures as tx
from understudy.demo.solids import Paint, Part, box, cushion, cylinder, lathe, on_floor, quad, shade

Colour = tuple[int, int, int]
METAL = Paint((176, 178, 182), shine=0.5)
DARK_METAL = Paint((62, 62, 66), shine=0.4)
WHITE = Paint((240, 239, 235), shine=0.1)
BLACK = Paint((28, 28, 30), shine=0.3)


def wood(rng: np.random.Generator, colour: Colour) -> Paint:
    """Furniture timber."""
    return Paint(texture=tx.planks(rng, colour, 3, 0.05), tile=0.6, shine=0.12)


def window(rng: np.random.Generator, width: float, height: float, sill: float) -> list[Part]:
    """A bright window with a white frame, flat against a wall at z = 0."""
    view = Paint(texture=tx.window_view(rng), glow=0.55, shine=0)
    parts = [quad((-width / 2, sill, 0.015), (width, 0, 0), (0, height, 0), view)]
    for x in (-width / 2, 0, width / 2):
        parts.append(box((x, sill + height / 2, 0.03), (0.06, height + 0.06, 0.06), WHITE))
    for y in (sill, sill + height * 0.62, sill + height):
        parts.append(box((0, y, 0.03), (width + 0.06, 0.05, 0.06), WHITE))
    return [*parts, box((0, sill - 0.04, 0.08), (width + 0.2, 0.04, 0.18), WHITE)]


def curtains(
    rng: np.random.Generator, span: float, colour: Colour, top: float = 2.35
) -> list[Part]:
    """A pair of drawn-back curtains on a rod, `span` m wide in all."""
    cloth = Paint(texture=tx.cloth(rng, colour, 0.22), tile=None, shine=0)
    rod = cylinder((-span / 2 - 0.1, top, 0.12), (span / 2 + 0.1, top, 0.12), 0.015, DARK_METAL)
    sides = [
        box((s * (span / 2 - 0.2), top / 2 + 0.02, 0.11), (0.42, top - 0.06, 0.07), cloth)
        for s in (-1, 1)
    ]
    return [rod, *sides]


def door(rng: np.random.Generator, colour: Colour = (226, 222, 212)) -> list[Part]:
    """A panelled door in its frame, flat against a wall."""
    leaf = Paint(colour, shine=0.12)
    panel = Paint(shade(colour, 0.9), shine=0.12)
    parts = [
        on_floor(0, 0.02, (0.98, 2.1, 0.04), WHITE),
        on_floor(0, 0.04, (0.86, 2.03, 0.04), leaf),
    ]
    for y, height in ((0.55, 0.75), (1.5, 0.8)):
        for x in (-0.2, 0.2):
            parts.append(box((x, y, 0.06), (0.28, height, 0.012), panel))
    return [
        *parts,
        cylinder((0.34, 1.02, 0.05), (0.34, 1.02, 0.13), 0.014, METAL),
        cylinder((0.24, 1.02, 0.12), (0.35, 1.02, 0.12), 0.012, METAL),
    ]


def picture(
    rng: np.random.Generator, width: float, height: float, kind: str, y: float = 1.55
) -> list[Part]:
    """A framed picture hung with its middle at height y."""
    return [
        box((0, y, 0.012), (width + 0.06, height + 0.06, 0.024), Paint((58, 44, 34), shine=0.1)),
        quad(
            (-width / 2, y - height / 2, 0.026),
            (width, 0, 0),
            (0, height, 0),
            Paint(texture=tx.picture(rng, kind)),
        ),
    ]


def sofa(rng: np.random.Generator, colour: Colour, width: float = 1.9) -> list[Part]:
    """Seat, back, arms and three loose cushions."""
    cloth = Paint(texture=tx.cloth(rng, colour), tile=0.5, shine=0)
    accent = Paint(texture=tx.wallpaper(rng, (226, 214, 190), colour, "stripes"), tile=0.4, shine=0)
    parts = [
        on_floor(0, 0, (width, 0.26, 0.85), cloth, 0.1),
        cushion((0, 0.62, -0.34), (width, 0.6, 0.26), cloth, 0.25),
    ]
    for s in (-1, 1):
        parts.append(cushion((s * (width / 2 - 0.1), 0.42, 0), (0.24, 0.5, 0.86), cloth, 0.3))
        parts.append(
            cushion((s * (width / 4 - 0.06), 0.43, 0.06), (width / 2 - 0.2, 0.2, 0.7), cloth, 0.3)
        )
        parts.append(
            cushion((s * (width / 2 - 0.42), 0.64, -0.1), (0.42, 0.4, 0.16), accent, 0.45).moved(
                (0, 0, 0)
            )
        )
    feet = [
        on_floor(x, z, (0.06, 0.1, 0.06), BLACK)
        for x in (-width / 2 + 0.1, width / 2 - 0.1)
        for z in (-0.35, 0.35)
    ]
    return parts + feet


def table(rng: np.random.Generator, colour: Colour, size: tuple[float, float, float]) -> list[Part]:
    """Width, height, depth; square legs."""
    w, h, d = size
    timber = wood(rng, colour)
    legs = [
        on_floor(s * (w / 2 - 0.06), t * (d / 2 - 0.06), (0.06, h - 0.04, 0.06), timber)
        for s in (-1, 1)
        for t in (-1, 1)
    ]
    return [on_floor(0, 0, (w, 0.04, d), timber, h - 0.04), *legs]


def chair(rng: np.random.Generator, colour: Colour) -> list[Part]:
    """A plain wooden chair."""
    timber = wood(rng, colour)
    legs = [
        on_floor(s * 0.18, t * 0.18, (0.035, 0.45, 0.035), timber) for s in (-1, 1) for t in (-1, 1)
    ]
    back = [on_floor(s * 0.18, -0.18, (0.035, 0.5, 0.035), timber, 0.45) for s in (-1, 1)]
    slats = [box((0, y, -0.18), (0.34, 0.07, 0.02), timber) for y in (0.6, 0.74, 0.88)]
    return [on_floor(0, 0, (0.42, 0.04, 0.42), timber, 0.43), *legs, *back, *slats]


def plant(
    rng: np.random.Generator, height: float = 1.3, pot: Colour = (196, 120, 84)
) -> list[Part]:
    """A pot plant: arching leaves in three greens."""
    parts = [
        lathe(
            [(0.001, 0), (0.13, 0), (0.18, 0.32), (0.16, 0.32), (0.15, 0.28), (0.001, 0.28)],
            (0, 0, 0),
            Paint(pot, shine=0.1),
        )
    ]
    for _ in range(26):
        turn, lean = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.75)
        length, base = rng.uniform(0.5, 1.0) * (height - 0.3), rng.uniform(0.28, 0.5)
        t = np.linspace(0, 1, 5)
        out = lean * length * t**1.6
        spine = np.stack(
            [out * np.cos(turn), base + length * (t - 0.35 * lean * t**2), out * np.sin(turn)], 1
        )
        wide = (
            0.055
            * np.sin(np.pi * (0.08 + 0.9 * t))[:, None]
            * np.array([-np.sin(turn), 0, np.cos(turn)])
        )
        points = np.concatenate([spine - wide, spine + wide])
        strip = [(i, i + 1, i + 6, i + 5) for i in range(4)]
        triangles = np.array(
            [[a, b, c] for a, b, c, d in strip] + [[a, c, d] for a, b, c, d in strip]
        )
        ranges = ((46, 90), (110, 156), (50, 84))
        red, green, blue = (int(rng.integers(low, high)) for low, high in ranges)
        leaf = Paint((red, green, blue))
        normals = np.tile([0.3 * np.cos(turn), 0.9, 0.3 * np.sin(turn)], (10, 1))
        parts.append(Part(points, normals, np.zeros((10, 2)), triangles, leaf))
    return parts


def floor_lamp(colour: Colour = (250, 232, 190)) -> list[Part]:
    return [
        lathe(
            [(0.001, 0), (0.15, 0), (0.15, 0.02), (0.012, 0.03), (0.012, 1.45), (0.001, 1.45)],
            (0, 0, 0),
            DARK_METAL,
        ),
        lathe([(0.2, 1.35), (0.13, 1.68)], (0, 0, 0), Paint(colour, glow=0.5)),
    ]


def bookshelf(
    rng: np.random.Generator, colour: Colour, width: float = 0.9, shelves: int = 5
) -> list[Part]:
    """Open shelves with books."""
    timber, height = wood(rng, colour), 0.38 * shelves + 0.08
    parts = [on_floor(s * (width / 2 - 0.015), 0, (0.03, height, 0.3), timber) for s in (-1, 1)]
    parts.append(on_floor(0, -0.14, (width, height, 0.015), Paint(shade(colour, 0.6))))
    for shelf in range(shelves + 1):
        parts.append(on_floor(0, 0, (width, 0.025, 0.3), timber, 0.05 + 0.38 * shelf))
    for shelf in range(shelves):
        row = Paint(texture=tx.books(rng))
        parts.append(box((0, 0.05 + 0.38 * shelf + 0.165, -0.01), (width - 0.07, 0.28, 0.2), row))
    return parts


def cabinet(
    rng: np.random.Generator,
    colour: Colour,
    size: tuple[float, float, float],
    columns: int,
    rows: int = 1,
) -> list[Part]:
    """A chest or cupboard with columns × rows of doors or drawers and handles."""
    w, h, d = size
    front, body = Paint(colour, shine=0.15), Paint(shade(colour, 0.82), shine=0.1)
    parts = [on_floor(0, 0, (w, h, d), body)]
    for column in range(columns):
        for row in range(rows):
            x = -w / 2 + (column + 0.5) * w / columns
            y = (row + 0.5) * h / rows
            parts.append(
                box((x, y, d / 2 + 0.008), (w / columns - 0.016, h / rows - 0.016, 0.018), front)
            )
            if rows > 1:
                parts.append(
                    box((x, y + 0.12 * h / rows, d / 2 + 0.03), (0.14, 0.014, 0.02), METAL)
                )
            else:
                edge = x + (0.38 if column % 2 == 0 else -0.38) * w / columns
                parts.append(box((edge, y, d / 2 + 0.03), (0.014, 0.14, 0.02), METAL))
    return parts


def bed(rng: np.random.Generator, cover: Colour) -> list[Part]:
    """Head against the wall at −z, 1.5 × 2 m."""
    timber = wood(rng, (120, 84, 56))
    sheet = Paint(texture=tx.cloth(rng, (238, 236, 230)), tile=0.6, shine=0)
    red, green, blue = (min(255, c + 40) for c in cover)
    quilt = Paint(
        texture=tx.wallpaper(rng, cover, (red, green, blue), "dots"),
        tile=0.5,
        shine=0,
    )
    return [
        on_floor(0, 0, (1.56, 0.3, 2.04), timber, 0.05),
        on_floor(0, -1.03, (1.6, 1.1, 0.06), timber),
        cushion((0, 0.42, 0), (1.54, 0.28, 2.0), sheet, 0.2),
        cushion((0, 0.47, 0.28), (1.66, 0.26, 1.5), quilt, 0.22),
        *(cushion((s * 0.37, 0.6, -0.74), (0.62, 0.2, 0.42), sheet, 0.5) for s in (-1, 1)),
    ]


def kitchen_run(rng: np.random.Generator, front: Colour, width: float) -> list[Part]:
    """A kitchen's length of wall: base units, worktop, tiles, wall units, sink, hob and hood."""
    stone = Paint(texture=tx.marble(rng, (96, 94, 92)), tile=0.8, shine=0.3)
    splash = Paint(
        texture=tx.tiles(rng, ((226, 232, 230), (214, 224, 222)), 6), tile=0.6, shine=0.25
    )
    units = max(2, round(width / 0.6))
    hob = -width / 2 + 0.45 * width
    parts = cabinet(rng, front, (width, 0.86, 0.58), units)
    parts += [
        on_floor(0, 0.01, (width, 0.04, 0.62), stone, 0.86),
        quad((-width / 2, 0.9, -0.285), (width, 0, 0), (0, 0.6, 0), splash),
        on_floor(width / 4, 0.02, (0.5, 0.012, 0.4), METAL, 0.9),
        cylinder((width / 4, 0.9, -0.2), (width / 4, 1.18, -0.2), 0.016, METAL),
        cylinder((width / 4, 1.17, -0.2), (width / 4, 1.15, -0.02), 0.013, METAL),
        on_floor(hob, 0.02, (0.56, 0.014, 0.46), BLACK, 0.9),
        box((hob, 0.44, 0.305), (0.55, 0.5, 0.02), BLACK),
        box((hob, 1.62, -0.08), (0.56, 0.1, 0.4), METAL),
        box((hob, 1.95, -0.18), (0.26, 0.6, 0.22), METAL),
        *(
            part.moved((s, 1.5, -0.12))
            for s, w in _wall_units(width, hob)
            for part in cabinet(rng, front, (w, 0.66, 0.33), max(1, round(w / 0.5)))
        ),
    ]
    pot = lathe(
        [(0.001, 0), (0.11, 0), (0.11, 0.13), (0.1, 0.13)],
        (hob - 0.12, 0.915, 0),
        Paint((176, 60, 48), shine=0.4),
    )
    kettle = lathe(
        [(0.001, 0), (0.085, 0), (0.075, 0.14), (0.03, 0.2), (0.001, 0.2)],
        (width / 2 - 0.2, 0.9, 0.02),
        METAL,
    )
    jars = [
        lathe(
            [(0.001, 0), (0.045, 0), (0.045, 0.12), (0.001, 0.13)],
            (-width / 2 + 0.14 + 0.12 * i, 0.9, -0.14),
            Paint(c, shine=0.2),
        )
        for i, c in enumerate(((210, 170, 90), (150, 90, 60), (96, 130, 90)))
    ]
    return [*parts, pot, kettle, *jars]


def _wall_units(width: float, gap_at: float) -> list[tuple[float, float]]:
    """(centre, width) of the wall units to the left and right of the hood."""
    left, right = gap_at - 0.3 + width / 2, width / 2 - gap_at - 0.3
    return [(-width / 2 + left / 2, left), (width / 2 - right / 2, right)]


def fridge() -> list[Part]:
    white = Paint((228, 230, 232), shine=0.25)
    return [
        on_floor(0, 0, (0.62, 1.85, 0.62), white),
        box((0, 1.2, 0.312), (0.62, 0.008, 0.01), BLACK),
        *(box((-0.25, y, 0.335), (0.025, 0.34, 0.03), METAL) for y in (0.95, 1.45)),
    ]
