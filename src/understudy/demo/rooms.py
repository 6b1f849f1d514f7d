"""The rooms of the demo world: what stands in them, how they are lit, what kind they are."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from understudy.demo import furniture_home as home
from understudy.demo import furniture_public as public
from understudy.demo import textures as tx
from understudy.demo.lighting import Lighting, ceiling_lights, daylight, studio_light
from understudy.demo.solids import Paint, Part, box, place, quad
from understudy.errors import UserError

WIDTH, HEIGHT, BACK, FRONT = 4.4, 2.6, -2.2, 3.4  # m: the usual room; the camera is inside
LEFT, RIGHT = -WIDTH / 2, WIDTH / 2
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Room:
    """id; scene: its kind in words, the tag of backgrounds; parts; lighting.

    The middle is left free: a person acts at the origin, the camera stands in front of it."""

    id: str
    scene: str
    parts: list[Part]
    lighting: Lighting


def make_room(room: str) -> Room:
    """The furnished room of an id of ROOMS. Raises UserError for an unknown id."""
    if room not in _ROOMS:
        raise UserError(f"no demo room {room!r}; there are: {', '.join(ROOMS)}")
    scene, furnish = _ROOMS[room]
    parts, lighting = furnish(np.random.default_rng(100 + list(_ROOMS).index(room)))
    return Room(room, scene, parts, lighting)


def _shell(
    floor: Paint, wall: Paint, ceiling: Colour = (236, 236, 232), width: float = WIDTH
) -> list[Part]:
    """Floor, walls and ceiling, seen from inside, with a skirting board."""
    w, d = width / 2, FRONT - BACK
    board, above = Paint((232, 230, 224)), Paint(ceiling, shine=0)
    return [
        quad((-w, 0, FRONT), (width, 0, 0), (0, 0, -d), floor),
        quad((-w, 0, BACK), (width, 0, 0), (0, HEIGHT, 0), wall),
        quad((-w, 0, FRONT), (0, 0, -d), (0, HEIGHT, 0), wall),
        quad((w, 0, BACK), (0, 0, d), (0, HEIGHT, 0), wall),
        quad((-w, HEIGHT, BACK), (width, 0, 0), (0, 0, d), above),
        box((0, 0.045, BACK + 0.01), (width, 0.09, 0.02), board),
        box((-w + 0.01, 0.045, BACK + d / 2), (0.02, 0.09, d), board),
        box((w - 0.01, 0.045, BACK + d / 2), (0.02, 0.09, d), board),
    ]


def _wall(rng: np.random.Generator, colour: Colour) -> Paint:
    # Lit from several sides, white would burn out.
    red, green, blue = (round(0.9 * c) for c in colour)
    return Paint(texture=tx.plaster(rng, (red, green, blue)), tile=2.0, shine=0)


def _boards(rng: np.random.Generator, colour: Colour, tile: float = 1.0) -> Paint:
    return Paint(texture=tx.planks(rng, colour), tile=tile, shine=0.12)


def _rug(rng: np.random.Generator, width: float, depth: float, colours: list[Colour]) -> Part:
    cloth = Paint(texture=tx.rug(rng, colours), shine=0)
    return quad((-width / 2, 0.012, depth / 2 - 0.1), (width, 0, 0), (0, 0, -depth), cloth)


def _living_room(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    parts = _shell(_boards(rng, (158, 114, 76)), _wall(rng, (196, 206, 196)))
    parts.append(_rug(rng, 2.5, 1.9, [(142, 62, 54), (208, 182, 146), (62, 70, 98)]))
    parts += place(home.sofa(rng, (66, 98, 116)), 0.25, BACK + 0.5)
    parts += place(home.picture(rng, 1.1, 0.7, "landscape", 1.6), 0.25, BACK)
    parts += place(home.floor_lamp(), 1.55, BACK + 0.35)
    parts += place(home.plant(rng, 1.5), LEFT + 0.4, BACK + 0.45)
    parts += place(home.bookshelf(rng, (128, 92, 60)), LEFT + 0.17, -0.7, 90)
    parts += place(home.table(rng, (120, 84, 54), (0.5, 0.5, 0.5)), RIGHT - 0.35, -1.0)
    parts += place(home.window(rng, 1.4, 1.3, 0.85), RIGHT, -0.2, -90)
    parts += place(home.curtains(rng, 2.1, (182, 160, 120)), RIGHT, -0.2, -90)
    return parts, daylight(1, 0.5)


def _kitchen(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    floor = Paint(texture=tx.tiles(rng, ((214, 206, 192), (184, 172, 156)), 4), tile=1.4, shine=0.2)
    parts = _shell(floor, _wall(rng, (232, 222, 190)))
    parts += place(home.kitchen_run(rng, (108, 142, 128), 3.0), -0.6, BACK + 0.3)
    parts += place(home.fridge(), RIGHT - 0.45, BACK + 0.33)
    parts += place(home.table(rng, (190, 146, 96), (0.8, 0.75, 0.8)), RIGHT - 0.5, -0.75)
    parts += place(home.chair(rng, (190, 146, 96)), RIGHT - 1.15, -0.85, 90)
    parts += place(home.window(rng, 1.2, 1.1, 1.0), LEFT, -0.6, 90)
    parts += place(home.plant(rng, 0.75, (236, 236, 230)), RIGHT - 0.45, -0.75, 0, 0.75)
    return parts, daylight(-1, 0.2)


def _office(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    floor = Paint(texture=tx.carpet(rng, (96, 106, 122)), tile=1.0, shine=0)
    parts = _shell(floor, _wall(rng, (214, 216, 220)))
    parts += place(public.desk(rng, (196, 158, 110)), -1.1, BACK + 0.45)
    parts += place(public.office_chair(), -1.0, BACK + 1.05, 200)
    parts += place(public.desk(rng, (196, 158, 110), 1.2), RIGHT - 0.42, -0.8, -90)
    parts += place(public.board(rng, 1.5, False, 1.6), 0.75, BACK)
    parts += place(home.cabinet(rng, (150, 156, 162), (0.9, 1.1, 0.45), 1, 3), 0.55, BACK + 0.25)
    parts += place(home.bookshelf(rng, (206, 204, 198), 0.8), RIGHT - 0.5, BACK + 0.17)
    parts += place(home.plant(rng, 1.2, (80, 84, 90)), LEFT + 0.35, -0.55)
    return parts, ceiling_lights((0.95, 0.98, 1.0))


def _bedroom(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    paper = tx.wallpaper(rng, (226, 208, 204), (212, 190, 188), "stripes")
    parts = _shell(_boards(rng, (196, 160, 120)), Paint(texture=paper, tile=0.9, shine=0))
    parts += place(home.bed(rng, (92, 112, 150)), 1.44, BACK + 1.05)
    parts += place(home.cabinet(rng, (222, 214, 200), (0.45, 0.5, 0.4), 1, 2), 0.15, BACK + 0.25)
    parts += place(_table_lamp(), 0.15, BACK + 0.25, 0, 0.5)
    parts += place(
        home.cabinet(rng, (204, 186, 160), (1.3, 2.05, 0.55), 3), LEFT + 0.75, BACK + 0.3
    )
    parts += place(home.picture(rng, 0.8, 0.55, "abstract", 1.7), 1.25, BACK)
    parts.append(_rug(rng, 1.9, 1.5, [(196, 184, 172), (150, 130, 140), (110, 96, 120)]))
    parts += place(home.window(rng, 1.3, 1.3, 0.8), LEFT, 0.0, 90)
    parts += place(home.curtains(rng, 1.9, (120, 132, 160)), LEFT, 0.0, 90)
    return parts, daylight(-1, 0.7)


def _table_lamp() -> list[Part]:
    return [part.moved((0, 0, 0)) for part in _scaled(home.floor_lamp(), 0.3)]


def _scaled(parts: list[Part], size: float) -> list[Part]:
    """Parts made smaller in height and a little in width."""
    factor = np.array([0.8, size, 0.8])
    return [Part(p.points * factor, p.normals, p.uv, p.triangles, p.paint) for p in parts]


def _hallway(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    floor = Paint(texture=tx.tiles(rng, ((52, 52, 56), (216, 212, 204)), 4), tile=1.2, shine=0.25)
    width = 3.2
    parts = _shell(floor, _wall(rng, (206, 190, 168)), width=width)
    parts += place(home.door(rng, (104, 70, 48)), 0.55, BACK)
    for z, side in ((-1.2, -1), (0.5, -1), (0.2, 1)):
        parts += place(home.door(rng), side * width / 2, z, -90 * side)
    parts += place(home.cabinet(rng, (134, 96, 64), (0.9, 0.8, 0.34), 3, 2), -0.85, BACK + 0.2)
    parts += place(home.picture(rng, 0.55, 0.75, "landscape", 1.55), -0.85, BACK)
    parts += place(home.plant(rng, 0.6, (60, 90, 110)), -0.85, BACK + 0.2, 0, 0.8)
    hooks = [box((0, 1.7, 0.03), (1.0, 0.1, 0.03), home.wood(rng, (134, 96, 64)))]
    for x, colour in ((-0.35, (60, 76, 96)), (0.0, (150, 60, 50)), (0.33, (96, 100, 70))):
        cloth = Paint(texture=tx.cloth(rng, colour, 0.15), shine=0)
        hooks.append(home.cushion((x, 1.25, 0.1), (0.3, 0.85, 0.14), cloth, 0.5))
    parts += place(hooks, width / 2, -1.3, -90)
    return parts, ceiling_lights((1.0, 0.93, 0.82))


def _gym(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    floor = Paint(texture=tx.concrete(rng, (78, 80, 86)), tile=1.2, shine=0.1)
    brick = Paint(texture=tx.bricks(rng, (168, 84, 66)), tile=1.1, shine=0)
    parts = _shell(floor, brick, (120, 124, 130))
    mat = Paint((44, 104, 150), shine=0.1)
    parts.append(box((0, 0.012, 0.1), (1.9, 0.024, 1.6), mat))
    parts += place(public.mirror(1.7, 1.6), 0.95, BACK)
    parts += place(public.dumbbell_rack(rng), 0.95, BACK + 0.35)
    parts += place(public.wall_bars(rng), -0.75, BACK)
    parts += place(public.bench_press(), LEFT + 0.6, -1.35, 25)
    parts += place(public.gym_ball(0.32, (214, 86, 60)), RIGHT - 0.4, -0.85)
    parts += place(public.gym_ball(0.24, (70, 150, 110)), RIGHT - 0.3, -0.2)
    return parts, ceiling_lights((1.0, 1.0, 1.0))


def _studio(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    """A photographer's studio: a paper sweep in front of bare walls, with lamps."""
    floor = Paint(texture=tx.concrete(rng, (116, 114, 110)), tile=1.6, shine=0.12)
    parts = _shell(floor, _wall(rng, (150, 152, 158)), (90, 92, 96))
    paper = Paint(texture=tx.plaster(rng, (198, 176, 150)), tile=2.5, shine=0)
    angle = np.linspace(0, np.pi / 2, 9)
    bend = [(0.014 + 0.5 * (1 - np.cos(a)), BACK + 0.65 - 0.5 * np.sin(a)) for a in angle]
    line = [(0.014, 0.9), *bend, (2.45, BACK + 0.15)]
    for (y0, z0), (y1, z1) in pairwise(line):
        parts.append(quad((-1.35, y0, z0), (2.7, 0, 0), (0, y1 - y0, z1 - z0), paper))
    parts.append(
        home.cylinder((-1.45, 2.45, BACK + 0.15), (1.45, 2.45, BACK + 0.15), 0.05, home.WHITE)
    )
    parts += place(public.softbox(), -1.65, -0.9, 55)
    parts += place(public.softbox(1.7), 1.7, -1.0, -50)
    parts += place(home.chair(rng, (60, 44, 34)), 1.75, -0.1, -60)
    return parts, studio_light()


def _classroom(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    floor = Paint(texture=tx.planks(rng, (186, 152, 106), 8), tile=0.8, shine=0.15)
    parts = _shell(floor, _wall(rng, (222, 224, 206)))
    parts += place(public.board(rng, 2.5, True, 1.5), -0.2, BACK)
    parts += place(public.clock(), 1.6, BACK)
    parts += place(home.picture(rng, 0.5, 0.7, "poster", 1.4), 1.65, BACK)
    for x, z, yaw in ((-1.6, -1.35, 0), (-1.65, -0.35, 10), (1.55, -1.25, -8), (1.7, -0.2, 0)):
        parts += place(public.school_desk(rng), x, z, yaw)
        parts += place(
            public.school_chair((214, 110, 50) if x < 0 else (60, 120, 170)), x, z + 0.42, yaw + 180
        )
    parts += place(home.table(rng, (150, 104, 64), (1.2, 0.76, 0.5)), 0.1, BACK + 0.4)
    parts += place(home.window(rng, 1.5, 1.3, 0.95), LEFT, -0.7, 90)
    return parts, daylight(-1, 0.1)


def _dining_room(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    paper = tx.wallpaper(rng, (64, 92, 88), (84, 114, 106), "leaves")
    parts = _shell(_boards(rng, (112, 74, 48)), Paint(texture=paper, tile=1.2, shine=0))
    parts += place(home.table(rng, (96, 62, 40), (1.7, 0.75, 0.75)), -0.5, BACK + 0.62)
    for x in (-1.0, -0.45, 0.1):
        parts += place(home.chair(rng, (96, 62, 40)), x, BACK + 1.1, 180)
    parts += place(home.plant(rng, 0.55, (220, 214, 196)), -0.5, BACK + 0.6, 0, 0.75)
    parts += place(
        home.cabinet(rng, (150, 100, 64), (1.1, 0.9, 0.42), 2, 3), RIGHT - 0.65, BACK + 0.23
    )
    parts += place(home.picture(rng, 0.7, 0.7, "abstract", 1.55), RIGHT - 0.65, BACK)
    parts += place(home.picture(rng, 1.0, 0.6, "landscape", 1.65), -0.6, BACK)
    lamp = [
        home.lathe(
            [(0.02, 0.32), (0.06, 0.3), (0.22, 0.0)], (0, 1.75, 0), Paint((230, 190, 110), glow=0.4)
        ),
        home.cylinder((0, 2.05, 0), (0, 2.6, 0), 0.008, home.BLACK),
    ]
    parts += place(lamp, -0.5, BACK + 0.62)
    parts += place(home.window(rng, 1.2, 1.3, 0.85), RIGHT, -0.5, -90)
    return parts, daylight(1, 0.9)


def _workshop(rng: np.random.Generator) -> tuple[list[Part], Lighting]:
    floor = Paint(texture=tx.concrete(rng), tile=1.8, shine=0.08)
    block = Paint(texture=tx.bricks(rng, (196, 194, 188), 7), tile=1.4, shine=0)
    parts = _shell(floor, block, (150, 150, 146))
    parts += place(public.workbench(rng), -0.55, BACK + 0.4)
    parts += place(public.shelf_boxes(rng), RIGHT - 0.65, BACK + 0.3)
    parts += place(public.locker_row(3, (80, 110, 120)), LEFT + 0.28, -0.6, 90)
    parts += place(public.shelf_boxes(rng), RIGHT - 0.3, -0.55, -90)
    return parts, ceiling_lights((0.98, 1.0, 0.96))


_Furnish = Callable[[np.random.Generator], tuple[list[Part], Lighting]]
_ROOMS: dict[str, tuple[str, _Furnish]] = {
    "living_room": ("living room", _living_room),
    "kitchen": ("kitchen", _kitchen),
    "office": ("office", _office),
    "bedroom": ("bedroom", _bedroom),
    "hallway": ("hallway", _hallway),
    "gym": ("gym", _gym),
    "studio": ("studio", _studio),
    "classroom": ("classroom", _classroom),
    "dining_room": ("dining room", _dining_room),
    "workshop": ("workshop", _workshop),
}
ROOMS: dict[str, str] = {room: scene for room, (scene, _) in _ROOMS.items()}
