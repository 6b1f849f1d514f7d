"""Everybody in a frame of a film, small people among others of their size too.

If at most one person is found, and small, others of that size are looked for in tiles in which they
would be large: a street is full of them.
"""

import math
from dataclasses import replace

import numpy as np

from understudy.features.mediapipe.body import Body, look_at_body
from understudy.features.mediapipe.people import (
    TORSO,
    Tile,
    bodies_in,
    distinct,
    find_people,
    torso_length,
)

LOW = 0.4  # of the picture's longer side: a person below that is small
SMALLEST = 0.12  # of it, of people who are looked for if nobody is found
TILE, MOST_TILES = 2.5, 24  # times the person's height is a tile's side; tiles, at most
SAME = 0.3  # torso lengths between somebody and the same in the mirror image, at most


def find_everybody(frame: np.ndarray) -> list[Body]:
    """The people in an RGB frame (h,w,3), the largest first."""
    height, width = frame.shape[:2]
    bodies, longer = find_people(frame), max(height, width)
    if len(bodies) > 1:
        return bodies
    extent = float(np.ptp(bodies[0].continuous[:, 1])) if bodies else SMALLEST * longer
    if extent >= LOW * longer:
        return bodies
    near = bodies_in(frame, small_tiles(width, height, TILE * extent))
    sure = [body for body in near if _in_the_mirror(frame, body)]
    return distinct([*bodies, *sure], width, height)


def small_tiles(width: int, height: int, side: float) -> list[Tile]:
    """Tiles of this side, each a third over the next; of a larger one if they are too many."""
    columns = rows = MOST_TILES
    while columns * rows > MOST_TILES:
        w, h = min(width, round(side)), min(height, round(side))
        columns, rows = (
            1 + math.ceil(1.5 * (full / part - 1)) for full, part in ((width, w), (height, h))
        )
        side *= 1.1
    xs = np.linspace(0, width - w, columns).round().astype(int).tolist()
    ys = np.linspace(0, height - h, rows).round().astype(int).tolist()
    return [(x, y, x + w, y + h) for y in ys for x in xs]


def _in_the_mirror(frame: np.ndarray, body: Body) -> bool:
    """Whether a body is seen in the mirror image too: what looks like one rarely does both ways."""
    last = frame.shape[1] - 1
    region = body.region
    there = np.array([last - region.centre[0], region.centre[1]])
    mirrored = np.ascontiguousarray(frame[:, ::-1])
    again = look_at_body(mirrored, replace(region, centre=there, rotation=-region.rotation))
    if again is None:
        return False
    middle = again.points[TORSO, :2].mean(0)
    apart = np.linalg.norm((last - middle[0], middle[1]) - body.points[TORSO, :2].mean(0))
    return bool(apart < SAME * torso_length(body.points))
