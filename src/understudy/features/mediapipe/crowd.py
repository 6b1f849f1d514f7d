"""Everybody in a frame of a film, small people among others of their size too.

If at most one person is found, and small, others of that size are looked for in tiles in which they
would be large: a street is full of them. People smaller still are looked for if a film seems to
show nobody; only a crowd of them counts, for a single one may be a pattern that looks like it.
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
TINY, MOST_TINY_TILES = 0.06, 72  # the same of people in a crowd
CROWD = 3  # people at least. Of nine photos without people, none showed more than one
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
    return distinct([*bodies, *_in_tiles(frame, extent, MOST_TILES)], width, height)


def find_crowd(frame: np.ndarray) -> list[Body]:
    """The people in an RGB frame (h,w,3) that seems to show nobody, if they are a crowd."""
    height, width = frame.shape[:2]
    extent = TINY * max(height, width)
    found = distinct(_in_tiles(frame, extent, MOST_TINY_TILES), width, height)
    return found if len(found) >= CROWD else []


def _in_tiles(frame: np.ndarray, extent: float, most: int) -> list[Body]:
    """Bodies about `extent` px high, looked for in at most so many tiles."""
    height, width = frame.shape[:2]
    near = bodies_in(frame, small_tiles(width, height, TILE * extent, most))
    return [body for body in near if _in_the_mirror(frame, body)]


def small_tiles(width: int, height: int, side: float, most: int) -> list[Tile]:
    """Tiles of this side, each a third over the next; of a larger one if they are more than
    `most`."""
    columns = rows = most
    while columns * rows > most:
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
