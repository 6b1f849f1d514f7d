"""Furniture of workplaces, schools and gyms; built like furniture_home's."""

import numpy as np

from understudy.demo import textures as tx
from understudy.demo.furniture_home import BLACK, DARK_METAL, METAL, WHITE, wood
from understudy.demo.solids import Paint, Part, box, cushion, cylinder, lathe, on_floor, quad, shade

Colour = tuple[int, int, int]


def desk(rng: np.random.Generator, colour: Colour, width: float = 1.4) -> list[Part]:
    """A desk with a screen, keyboard, papers and a mug, seen from behind its user's chair."""
    top = wood(rng, colour)
    display = Paint(texture=tx.screen(rng), glow=0.4)
    parts = [on_floor(0, 0, (width, 0.035, 0.7), top, 0.71)]
    parts += [on_floor(s * (width / 2 - 0.05), 0, (0.05, 0.71, 0.6), DARK_METAL) for s in (-1, 1)]
    parts += [
        box((0, 1.08, -0.18), (0.62, 0.38, 0.03), BLACK),
        quad((-0.295, 0.905, -0.163), (0.59, 0, 0), (0, 0.35, 0), display),
        cylinder((0, 0.745, -0.2), (0, 0.92, -0.2), 0.025, DARK_METAL),
        on_floor(0, -0.2, (0.26, 0.012, 0.18), DARK_METAL, 0.745),
        on_floor(0, 0.12, (0.44, 0.018, 0.14), Paint((60, 62, 66)), 0.745),
        on_floor(-0.5, 0.05, (0.21, 0.02, 0.3), Paint((246, 246, 242)), 0.745),
        lathe(
            [(0.001, 0), (0.04, 0), (0.04, 0.1), (0.034, 0.1)],
            (0.45, 0.745, 0.05),
            Paint((196, 70, 60), shine=0.3),
        ),
    ]
    return parts


def office_chair(colour: Colour = (44, 48, 56)) -> list[Part]:
    cloth = Paint(colour)
    parts = [
        cushion((0, 0.48, 0), (0.5, 0.1, 0.48), cloth, 0.4),
        cushion((0, 0.82, -0.24), (0.46, 0.56, 0.09), cloth, 0.4),
        cylinder((0, 0.08, 0), (0, 0.45, 0), 0.03, METAL),
    ]
    for k in range(5):
        a = 2 * np.pi * k / 5
        tip = (0.28 * np.sin(a), 0.06, 0.28 * np.cos(a))
        parts += [
            cylinder((0, 0.09, 0), tip, 0.018, DARK_METAL),
            cushion((tip[0], 0.03, tip[2]), (0.05, 0.06, 0.05), BLACK, 1.0, 8),
        ]
    return parts


def board(rng: np.random.Generator, width: float, chalk: bool, y: float = 1.5) -> list[Part]:
    """A wall board with writing, its middle at height y."""
    h = width * 0.42
    frame = wood(rng, (150, 104, 64)) if chalk else METAL
    return [
        box((0, y, 0.012), (width + 0.08, h + 0.08, 0.024), frame),
        quad(
            (-width / 2, y - h / 2, 0.026),
            (width, 0, 0),
            (0, h, 0),
            Paint(texture=tx.board(rng, chalk)),
        ),
        box((0, y - h / 2 - 0.05, 0.05), (width, 0.02, 0.09), frame),
    ]


def clock(y: float = 2.2) -> list[Part]:
    ticks = []
    for hand, length in ((0.6, 0.09), (2.4, 0.13)):
        end = (length * np.sin(hand), y + length * np.cos(hand), 0.035)
        ticks.append(cylinder((0, y, 0.035), end, 0.006, BLACK))
    return [cylinder((0, y, 0), (0, y, 0.03), 0.17, Paint((248, 248, 244))), *ticks]


def school_desk(rng: np.random.Generator) -> list[Part]:
    """A pupil's table, with a book."""
    top = wood(rng, (206, 170, 118))
    frame = Paint((70, 92, 120), shine=0.3)
    legs = [
        cylinder((s * 0.3, 0, t * 0.2), (s * 0.3, 0.72, t * 0.2), 0.014, frame)
        for s in (-1, 1)
        for t in (-1, 1)
    ]
    return [
        on_floor(0, 0, (0.7, 0.025, 0.5), top, 0.72),
        *legs,
        on_floor(0.12, 0.05, (0.2, 0.02, 0.15), Paint((170, 60, 56)), 0.745),
    ]


def school_chair(colour: Colour) -> list[Part]:
    shell, frame = Paint(colour, shine=0.2), Paint((90, 92, 96), shine=0.3)
    legs = [
        cylinder((s * 0.17, 0, t * 0.17), (s * 0.15, 0.44, t * 0.14), 0.012, frame)
        for s in (-1, 1)
        for t in (-1, 1)
    ]
    return [
        cushion((0, 0.45, 0), (0.4, 0.04, 0.4), shell, 0.5),
        cushion((0, 0.72, -0.2), (0.38, 0.24, 0.03), shell, 0.5),
        *legs,
        *(cylinder((s * 0.15, 0.44, -0.18), (s * 0.15, 0.66, -0.2), 0.012, frame) for s in (-1, 1)),
    ]


def dumbbell_rack(rng: np.random.Generator) -> list[Part]:
    parts = [on_floor(s * 0.75, 0, (0.05, 1.0, 0.5), DARK_METAL) for s in (-1, 1)]
    for y in (0.3, 0.62, 0.94):
        parts.append(on_floor(0, 0, (1.5, 0.03, 0.4), DARK_METAL, y))
        for k in range(5):
            x, radius = -0.56 + 0.28 * k, 0.05 + 0.012 * k
            hue = Paint((50, 52, 56), shine=0.35) if y > 0.5 else Paint((170, 44, 44), shine=0.3)
            for s in (-1, 1):
                parts.append(
                    cylinder(
                        (x + s * 0.05, y + 0.03 + radius, 0),
                        (x + s * 0.11, y + 0.03 + radius, 0),
                        radius,
                        hue,
                        12,
                    )
                )
            parts.append(
                cylinder(
                    (x - 0.06, y + 0.03 + radius, 0),
                    (x + 0.06, y + 0.03 + radius, 0),
                    0.016,
                    METAL,
                    8,
                )
            )
    return parts


def bench_press() -> list[Part]:
    pad = Paint((34, 36, 42), shine=0.2)
    parts = [
        cushion((0, 0.44, 0.2), (0.3, 0.1, 1.2), pad, 0.3),
        on_floor(0, 0.6, (0.3, 0.4, 0.06), DARK_METAL),
        on_floor(0, -0.2, (0.3, 0.4, 0.06), DARK_METAL),
    ]
    parts += [on_floor(s * 0.5, -0.35, (0.06, 1.1, 0.06), DARK_METAL) for s in (-1, 1)]
    parts.append(cylinder((-0.95, 1.08, -0.32), (0.95, 1.08, -0.32), 0.015, METAL))
    parts += [
        cylinder(
            (s * (0.68 + 0.05 * k), 1.08, -0.32),
            (s * (0.72 + 0.05 * k), 1.08, -0.32),
            0.21 - 0.03 * k,
            BLACK,
        )
        for s in (-1, 1)
        for k in range(3)
    ]
    return parts


def wall_bars(rng: np.random.Generator) -> list[Part]:
    timber = wood(rng, (204, 160, 104))
    bars = [
        cylinder((-0.45, 0.2 + 0.16 * k, 0.12), (0.45, 0.2 + 0.16 * k, 0.12), 0.02, timber)
        for k in range(14)
    ]
    return [*(on_floor(s * 0.47, 0.07, (0.05, 2.4, 0.14), timber) for s in (-1, 1)), *bars]


def gym_ball(radius: float, colour: Colour) -> list[Part]:
    return [cushion((0, radius, 0), (2 * radius,) * 3, Paint(colour, shine=0.3), 1.0)]


def mirror(width: float, height: float) -> list[Part]:
    """A wall mirror: it shows a dim grey room, not the real one."""
    return [
        box((0, 0.35 + height / 2, 0.01), (width + 0.04, height + 0.04, 0.02), METAL),
        quad(
            (-width / 2, 0.35, 0.022),
            (width, 0, 0),
            (0, height, 0),
            Paint((176, 190, 198), shine=0.6, glow=0.1),
        ),
    ]


def softbox(height: float = 1.9) -> list[Part]:
    """A studio lamp on a tripod, its lit face towards +z."""
    face = Paint((255, 252, 244), glow=0.8)
    legs = [
        cylinder((0, 0.7, 0), (0.36 * np.sin(a), 0, 0.36 * np.cos(a)), 0.014, BLACK)
        for a in (0.5, 2.6, 4.7)
    ]
    return [
        *legs,
        cylinder((0, 0.6, 0), (0, height, 0), 0.016, BLACK),
        box((0, height, 0.04), (0.62, 0.82, 0.2), BLACK),
        quad((-0.29, height - 0.39, 0.145), (0.58, 0, 0), (0, 0.78, 0), face),
    ]


def locker_row(count: int, colour: Colour) -> list[Part]:
    front = Paint(colour, shine=0.25)
    parts = []
    for k in range(count):
        x = (k - (count - 1) / 2) * 0.4
        parts += [
            on_floor(x, 0, (0.39, 1.85, 0.45), front),
            box((x + 0.12, 1.0, 0.235), (0.02, 0.1, 0.02), METAL),
        ]
        parts += [box((x, 1.55 + 0.05 * i, 0.228), (0.2, 0.012, 0.006), BLACK) for i in range(4)]
    return parts


def workbench(rng: np.random.Generator) -> list[Part]:
    """A bench with a vice and boxes under a board of tools."""
    timber = wood(rng, (176, 132, 84))
    pegs = Paint(texture=tx.wallpaper(rng, (196, 172, 130), (150, 126, 92), "dots"), tile=0.4)
    parts = [
        on_floor(0, 0, (1.8, 0.06, 0.65), timber, 0.84),
        box((0, 1.55, -0.3), (1.8, 0.8, 0.02), pegs),
        on_floor(0, -0.05, (1.6, 0.03, 0.5), timber, 0.2),
    ]
    parts += [
        on_floor(s * 0.82, t * 0.25, (0.08, 0.84, 0.08), timber) for s in (-1, 1) for t in (-1, 1)
    ]
    for k in range(7):
        x, colour = -0.75 + 0.24 * k, ((196, 50, 40), (40, 80, 150), (230, 180, 50))[k % 3]
        length = float(rng.uniform(0.18, 0.4))
        parts.append(cylinder((x, 1.8, -0.27), (x, 1.8 - length, -0.27), 0.015, METAL, 8))
        parts.append(
            cylinder(
                (x, 1.8 - length, -0.27),
                (x, 1.68 - length, -0.27),
                0.022,
                Paint(colour, shine=0.2),
                8,
            )
        )
    parts += [
        on_floor(x, 0, (0.36, 0.26, 0.34), Paint(c), 0.23)
        for x, c in ((-0.55, (60, 110, 160)), (0.0, (190, 150, 60)), (0.5, (120, 120, 124)))
    ]
    return [*parts, on_floor(0.6, 0.2, (0.16, 0.18, 0.2), Paint((40, 74, 120), shine=0.3), 0.9)]


def shelf_boxes(rng: np.random.Generator) -> list[Part]:
    """A metal rack of cardboard boxes."""
    parts = [
        on_floor(s * 0.55, t * 0.2, (0.04, 1.9, 0.04), METAL) for s in (-1, 1) for t in (-1, 1)
    ]
    for y in (0.1, 0.68, 1.26, 1.84):
        parts.append(on_floor(0, 0, (1.14, 0.03, 0.46), METAL, y))
    for y in (0.13, 0.71, 1.29):
        for x in (-0.34, 0.02, 0.36):
            size = (0.3, float(rng.uniform(0.22, 0.4)), 0.34)
            tone = rng.uniform(0.8, 1.1)
            card = Paint(shade((190, 150, 104), tone))
            parts += [
                on_floor(x, 0, size, card, y),
                box((x, y + 0.12, 0.172), (0.12, 0.06, 0.004), WHITE),
            ]
    return parts
