"""The rooms of the demo world: what stands in them, how they are lit, what kind they are."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from understudy.demo import textures as tx
from understudy.demo.render import Light, Lighting
from understudy.demo.solids import Paint, Part, box, cushion, on_floor, quad
from understudy.errors import UserError

WIDTH, HEIGHT, BACK, FRONT = 4.6, 2.6, -2.3, 3.4  # m: the usual room; the camera is inside


@dataclass(frozen=True)
class Room:
    """id; scene: its kind in words, the tag of backgrounds; parts; lighting."""

    id: str
    scene: str
    parts: list[Part]
    lighting: Lighting


def shell(floor: Paint, wall: Paint, ceiling: Paint | None = None) -> list[Part]:
    """Floor, walls and ceiling, seen from inside, with a skirting board."""
    w, d = WIDTH / 2, FRONT - BACK
    ceiling = ceiling or Paint((240, 240, 238))
    board = Paint((236, 234, 228))
    return [
        quad((-w, 0, FRONT), (WIDTH, 0, 0), (0, 0, -d), floor),
        quad((-w, 0, BACK), (WIDTH, 0, 0), (0, HEIGHT, 0), wall),
        quad((-w, 0, FRONT), (0, 0, -d), (0, HEIGHT, 0), wall),
        quad((w, 0, BACK), (0, 0, d), (0, HEIGHT, 0), wall),
        quad((-w, HEIGHT, BACK), (WIDTH, 0, 0), (0, 0, d), ceiling),
        box((0, 0.04, BACK + 0.01), (WIDTH, 0.08, 0.02), board),
        box((-w + 0.01, 0.04, BACK + d / 2), (0.02, 0.08, d), board),
        box((w - 0.01, 0.04, BACK + d / 2), (0.02, 0.08, d), board),
    ]


def _living_room(rng: np.random.Generator) -> Room:
    floor = Paint(texture=tx.planks(rng, (168, 122, 82)), tile=1.0, shine=0.15)
    wall = Paint(texture=tx.plaster(rng, (206, 214, 204)), tile=2.0)
    sofa = Paint(texture=tx.cloth(rng, (72, 104, 120)), tile=0.5)
    parts = shell(floor, wall)
    parts += [
        on_floor(0.2, -1.85, (1.9, 0.3, 0.8), sofa, 0.1),
        cushion((0.2, 0.62, -2.15), (1.9, 0.6, 0.25), sofa),
        quad((-1.2, 0.012, 0.9), (2.4, 0, 0), (0, 0, -1.8), Paint(texture=tx.rug(rng, [(150, 60, 50), (220, 190, 150), (60, 70, 100)]))),
        quad((-0.4, 1.3, BACK + 0.02), (1.2, 0, 0), (0, 0.8, 0), Paint(texture=tx.picture(rng, "landscape"))),
    ]
    return Room("living", "living room", parts, daylight())


def daylight(side: float = -1.0, warmth: float = 0.0) -> Lighting:
    """A big window to one side in front, light thrown back by the walls."""
    colour = (1.0, 0.98 - 0.06 * warmth, 0.95 - 0.18 * warmth)
    return Lighting(
        key=Light((1.7 * side, 2.6, 2.2), colour, 0.55),
        fills=(
            Light((-1.9 * side, 1.8, 2.4), (0.9, 0.94, 1.0), 0.22),
            Light((0.5 * side, 2.4, -1.6), (1.0, 1.0, 1.0), 0.18),
        ),
    )


_MAKERS: dict[str, Callable[[np.random.Generator], Room]] = {"living": _living_room}
ROOMS: dict[str, str] = {"living": "living room"}


def make_room(room: str) -> Room:
    """The furnished room of an id of ROOMS. Raises UserError for an unknown id."""
    if room not in _MAKERS:
        raise UserError(f"no demo room {room!r}; there are: {', '.join(ROOMS)}")
    return _MAKERS[room](np.random.default_rng(list(_MAKERS).index(room)))
