"""Random rooms of the demo world's kit, to train on what photos of floors look like.

None is a room of the demo world, and nothing stands as it does there. Walls, floors and things are
of the same materials, so that none tells by itself which of them it is.
"""

from collections.abc import Callable

import numpy as np

from understudy.demo import furniture_home as home
from understudy.demo import furniture_public as public
from understudy.demo import textures as tx
from understudy.demo.lighting import Lighting, ceiling_lights, daylight, studio_light
from understudy.demo.rooms import Colour, Room
from understudy.demo.solids import Paint, Part, box, cushion, on_floor, place, quad

SKIRTED = 0.7  # of the rooms
RUGS, ALONG_A_WALL, LOOSE = 2, 5, 4  # at most

_Rng = np.random.Generator


def random_room(rng: _Rng) -> Room:
    """A room of random size, materials, furniture and light."""
    width, depth, height = rng.uniform(2.8, 6.0), rng.uniform(4.0, 7.0), rng.uniform(2.3, 3.2)
    parts = _shell(rng, width, depth, height)
    for _ in range(rng.integers(RUGS + 1)):
        parts += _rug(rng, width, depth)
    for wall in range(4):
        parts += _along(rng, wall, width, depth)
    for _ in range(rng.integers(LOOSE + 1)):
        at = rng.uniform(-0.4, 0.4) * width, rng.uniform(-0.45, 0.2) * depth
        parts += place(_piece(rng), *at, rng.uniform(-180, 180))
    return Room("random", "room", parts, _lighting(rng))


def _colour(rng: _Rng) -> Colour:
    """Any, pale ones more often than others."""
    light, hue = rng.uniform(40, 235), rng.normal(0, 1, 3)
    red, green, blue = (
        np.clip(light * (1 + rng.uniform(0, 0.3) * hue), 15, 245).astype(int).tolist()
    )
    return red, green, blue


def _like(rng: _Rng, colour: Colour) -> Colour:
    red, green, blue = (
        np.clip(np.array(colour) * rng.uniform(0.7, 1.2), 10, 250).astype(int).tolist()
    )
    return red, green, blue


def _material(rng: _Rng) -> Paint:
    """What walls, floors and things may be made of."""
    colour = _colour(rng)
    other = _like(rng, colour) if rng.random() < 0.6 else _colour(rng)
    kinds: list[Callable[[], np.ndarray]] = [
        lambda: tx.plaster(rng, colour),
        lambda: tx.planks(rng, colour, int(rng.integers(3, 10)), rng.uniform(0.03, 0.2)),
        lambda: tx.tiles(rng, (colour, other), int(rng.integers(2, 8)), _colour(rng)),
        lambda: tx.bricks(rng, colour, 2 * int(rng.integers(3, 8))),
        lambda: tx.carpet(rng, colour),
        lambda: tx.concrete(rng, colour),
        lambda: tx.marble(rng, colour),
        lambda: tx.wallpaper(rng, colour, other, str(rng.choice(["stripes", "dots", "leaves"]))),
        lambda: tx.cloth(rng, colour, rng.uniform(0, 0.2)),
    ]
    texture = kinds[rng.integers(len(kinds))]()
    if rng.random() < 0.3:
        texture = np.ascontiguousarray(texture.transpose(1, 0, 2))
    return Paint(texture=texture, tile=rng.uniform(0.6, 2.2), shine=rng.uniform(0, 0.25))


def _wall(rng: _Rng) -> Paint:
    """Half of all walls are plain."""
    if rng.random() < 0.5:
        return _material(rng)
    return Paint(texture=tx.plaster(rng, _colour(rng)), tile=2.0, shine=0)


def _shell(rng: _Rng, width: float, depth: float, height: float) -> list[Part]:
    """Floor, ceiling and four walls, seen from inside; some with skirting boards."""
    w, d = width / 2, depth / 2
    common = _wall(rng)
    walls = [common if rng.random() < 0.7 else _wall(rng) for _ in range(4)]
    parts = [
        quad((-w, 0, d), (width, 0, 0), (0, 0, -depth), _material(rng)),
        quad((-w, height, -d), (width, 0, 0), (0, 0, depth), Paint(_colour(rng), shine=0)),
    ]
    ends = [(-w, -d), (w, -d), (w, d), (-w, d)]
    board = Paint(_colour(rng)) if rng.random() < SKIRTED else None
    for k, wall in enumerate(walls):
        (x0, z0), (x1, z1) = ends[k - 1], ends[k]
        parts.append(quad((x0, 0, z0), (x1 - x0, 0, z1 - z0), (0, height, 0), wall))
        if board is not None:
            size = (abs(x1 - x0) + 0.02, 0.09, abs(z1 - z0) + 0.02)
            parts.append(box(((x0 + x1) / 2, 0.045, (z0 + z1) / 2), size, board))
    return parts


def _rug(rng: _Rng, width: float, depth: float) -> list[Part]:
    """A rug or a mat."""
    size = rng.uniform(0.3, 0.7) * width, rng.uniform(0.2, 0.5) * depth
    cloth = Paint(texture=tx.rug(rng, [_colour(rng) for _ in range(3)]), shine=0)
    lies = quad((-size[0] / 2, 0.012, size[1] / 2), (size[0], 0, 0), (0, 0, -size[1]), cloth)
    if rng.random() < 0.4:
        lies = box((0, 0.012, 0), (size[0], 0.024, size[1]), _material(rng))
    at = rng.uniform(-0.2, 0.2) * width, rng.uniform(-0.25, 0.25) * depth
    return place([lies], *at, float(rng.choice([0, 0, 90, rng.uniform(-30, 30)])))


def _along(rng: _Rng, wall: int, width: float, depth: float) -> list[Part]:
    """What stands and hangs along a wall: 0 at the back, 1 left, 2 in front, 3 right."""
    length, off = (width, depth / 2) if wall % 2 == 0 else (depth, width / 2)
    parts: list[Part] = []
    for _ in range(rng.integers(ALONG_A_WALL + 1)):
        along = rng.uniform(-0.42, 0.42) * length
        if rng.random() < 0.4:
            parts += place(_hung(rng), along, -off + 0.01)
        else:
            parts += place(_piece(rng), along, -off + rng.uniform(0.25, 0.6))
    return place(parts, 0, 0, 90.0 * wall)


def _piece(rng: _Rng) -> list[Part]:
    """Something that stands on a floor, its front towards +z."""
    colour = _colour(rng)
    size = rng.uniform(0.5, 2.6), rng.uniform(0.35, 2.1), rng.uniform(0.3, 0.8)
    flat = rng.uniform(0.5, 2.2), rng.uniform(0.3, 1.1), rng.uniform(0.4, 1.8)
    table = rng.uniform(0.5, 1.8), rng.uniform(0.4, 0.95), rng.uniform(0.4, 1.0)
    kinds: list[Callable[[], list[Part]]] = [
        lambda: home.sofa(rng, colour, rng.uniform(0.9, 2.3)),
        lambda: home.table(rng, colour, table),
        lambda: home.chair(rng, colour),
        lambda: home.plant(rng, rng.uniform(0.5, 1.6), colour),
        lambda: home.floor_lamp(colour),
        lambda: home.bookshelf(rng, colour, rng.uniform(0.6, 1.6), int(rng.integers(2, 6))),
        lambda: home.cabinet(rng, colour, size, int(rng.integers(1, 5)), int(rng.integers(1, 4))),
        lambda: public.desk(rng, colour, rng.uniform(1.0, 1.8)),
        lambda: public.office_chair(colour),
        lambda: public.softbox(rng.uniform(1.4, 2.0)),
        lambda: home.bed(rng, colour),
        lambda: home.kitchen_run(rng, colour, rng.uniform(2.0, 3.2)),
        lambda: home.fridge(),
        lambda: public.school_desk(rng),
        lambda: public.school_chair(colour),
        lambda: public.dumbbell_rack(rng),
        lambda: public.wall_bars(rng),
        lambda: public.bench_press(),
        lambda: public.gym_ball(rng.uniform(0.2, 0.4), colour),
        lambda: public.workbench(rng),
        lambda: public.shelf_boxes(rng),
        lambda: public.locker_row(int(rng.integers(2, 5)), colour),
        lambda: _block(rng, flat),
        lambda: _block(rng, flat),
        lambda: _padded(rng, flat),
    ]
    return kinds[rng.integers(len(kinds))]()


def _block(rng: _Rng, size: tuple[float, float, float]) -> list[Part]:
    """A counter, a chest, a crate: a block, some with a top of another material."""
    w, h, d = size
    parts = [on_floor(0, 0, size, _material(rng))]
    if rng.random() < 0.5:
        parts.append(on_floor(0, 0, (w + 0.04, 0.04, d + 0.04), _material(rng), h))
    return parts


def _padded(rng: _Rng, size: tuple[float, float, float]) -> list[Part]:
    """Something low and soft on a base, with up to three cushions against its back."""
    w, h, d = size
    low = 0.6 * h
    parts = [
        on_floor(0, 0, (w, low / 2, d), _material(rng)),
        cushion((0, 0.75 * low, 0), (w, low / 1.8, d), _material(rng)),
    ]
    for _ in range(rng.integers(4)):
        at = rng.uniform(-0.35, 0.35) * w, low + 0.12, -0.35 * d
        parts.append(cushion(at, (0.5, 0.3, 0.25), _material(rng), 0.5))
    return parts


def _hung(rng: _Rng) -> list[Part]:
    """Something that hangs on a wall or is let into it."""
    colour, width = _colour(rng), rng.uniform(0.4, 2.6)
    height, y = rng.uniform(0.4, 1.2), rng.uniform(1.2, 1.7)
    kind = str(rng.choice(["abstract", "landscape", "poster"]))
    kinds: list[Callable[[], list[Part]]] = [
        lambda: home.picture(rng, width / 2, height, kind, y),
        lambda: home.window(rng, width, height + 0.3, rng.uniform(0.6, 1.1)),
        lambda: home.curtains(rng, width, colour),
        lambda: home.door(rng, colour),
        lambda: public.board(rng, width, rng.random() < 0.5, y),
        lambda: public.mirror(width, height + 0.4),
        lambda: [box((0, y, 0.02), (width, height, 0.04), _material(rng))],
        lambda: [box((0, y, 0.15), (width, height, 0.3), _material(rng))],
    ]
    return kinds[rng.integers(len(kinds))]()


def _lighting(rng: _Rng) -> Lighting:
    tint = 1 - rng.uniform(0, 0.2) * np.array([0.0, 0.3, 1.0]) if rng.random() < 0.7 else np.ones(3)
    red, green, blue = tint.tolist()
    kinds = [
        daylight(float(rng.choice([-1, 1])), rng.uniform(0, 1)),
        ceiling_lights((red, green, blue)),
        studio_light(),
    ]
    return kinds[rng.integers(len(kinds))]
