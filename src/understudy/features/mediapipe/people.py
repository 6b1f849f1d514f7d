"""Who is in an image: everybody, without parts of them and distant passers-by.

The detector proposes bodies over the whole frame and over overlapping quarters (which show small
figures larger), and the landmark model verifies each.
"""

from dataclasses import replace

import numpy as np

from understudy.features.mediapipe.body import Body, look_at_body, propose_bodies
from understudy.features.mediapipe.regions import Region, whole

NOSE, SHOULDERS, HIPS = 0, [11, 12], [23, 24]
TORSO = SHOULDERS + HIPS
JOINTS = [0, 11, 12, 13, 14, 23, 24, 25, 26, 27, 28]
LIMBS = [(11, 13), (13, 15), (12, 14), (14, 16), (23, 25), (25, 27), (24, 26), (26, 28)]
BONES = np.array([(11, 12), (11, 23), (12, 24), (23, 24), *LIMBS])

Tile = tuple[int, int, int, int]  # x0, y0, x1, y1 px

SAME_CENTRE, SAME_SIDE = 0.2, 1.3  # of two regions that show the same body: in sides; as a ratio

# How much clarity counts next to size, of two bodies one of which is part of the other. People seen
# upside down have some .75 of clarity where the right way up has .98, and often longer torsos.
_CLARITY_COUNTS = 4


def find_people(frame: np.ndarray) -> list[Body]:
    """The people in an RGB frame (h,w,3), the largest first."""
    height, width = frame.shape[:2]
    return distinct(bodies_in(frame, _tiles(width, height)), width, height)


def distinct(bodies: list[Body], width: int, height: int) -> list[Body]:
    """Those that are people of their own, as `distinct_people` says."""
    points = np.array([body.continuous for body in bodies]).reshape(-1, 33, 3)
    return [bodies[i] for i in distinct_people(points, width, height)]


def bodies_in(frame: np.ndarray, tiles: list[Tile]) -> list[Body]:
    """What the detector proposes in tiles of a frame (h,w,3), and the landmark model takes for a
    body."""
    proposed: list[Region] = []
    for x0, y0, x1, y1 in tiles:
        part = frame[y0:y1, x0:x1]
        for region in propose_bodies(part, whole(part)):
            moved = replace(region, centre=region.centre + np.array([x0, y0]))
            if not any(_alike(moved, other) for other in proposed):
                proposed.append(moved)
    looks = (look_at_body(frame, region) for region in proposed)
    return [body for body in looks if body is not None]


def _alike(region: Region, other: Region) -> bool:
    near = np.linalg.norm(region.centre - other.centre) < SAME_CENTRE * other.side
    return bool(near and 1 / SAME_SIDE < region.side / other.side < SAME_SIDE)


def _tiles(width: int, height: int, part: float = 0.6) -> list[Tile]:
    """The whole frame and its four overlapping corners, as x0, y0, x1, y1."""
    w, h = round(part * width), round(part * height)
    corners = [(x, y, x + w, y + h) for y in (0, height - h) for x in (0, width - w)]
    return [(0, 0, width, height), *corners]


def torso_length(people: np.ndarray) -> np.ndarray:
    """Mid-shoulders to mid-hips plus half the shoulders' width, px: (...,33,3) -> (...)."""
    shoulders, hips = people[..., SHOULDERS, :2], people[..., HIPS, :2]
    trunk = np.linalg.norm(shoulders.mean(-2) - hips.mean(-2), axis=-1)
    breadth = np.linalg.norm(shoulders[..., 0, :] - shoulders[..., 1, :], axis=-1)
    return trunk + breadth / 2


def clarity(points: np.ndarray) -> np.ndarray:
    """How clearly bodies (…,33,3) are seen: the mean visibility (…,) of their points."""
    return points[..., 2].mean(-1)


def distinct_people(
    found: np.ndarray, width: int, height: int, smallest: float = 0.35
) -> list[int]:
    """Which of the bodies (k,33,3), in continuous px, are people of their own, the largest first.

    A body is one if its torso is visible and inside the frame, if its head does not lie on the body
    of another that is larger or clearer (then it is a leg mistaken for a body, or that person
    again), and if its torso is at least `smallest` times the largest one's.
    """
    torso, length = found[:, TORSO], torso_length(found)
    inside = ((torso[..., :2] >= 0) & (torso[..., :2] < (width, height))).all(-1)
    good = (torso[..., 2] * inside).mean(-1) >= 0.7
    kept: list[int] = []
    for i in np.argsort(-length * clarity(found) ** _CLARITY_COUNTS, kind="stable"):
        if good[i] and not any(_is_part_of(found[i], length[i], found[other]) for other in kept):
            kept.append(int(i))
    kept.sort(key=lambda i: -length[i])
    return [i for i in kept if length[i] >= smallest * length[kept[0]]]


def _is_part_of(person: np.ndarray, length: float, other: np.ndarray) -> bool:
    """Whether a detection is `other` (33,3) again, or one of its limbs."""
    scale = max(float(torso_length(other)), length)
    apart = np.median(np.linalg.norm((person - other)[JOINTS, :2], axis=1))
    if apart < 0.5 * scale:
        return True
    neck = other[SHOULDERS, :2].mean(0)
    starts = np.concatenate([other[BONES[:, 0], :2], neck[None]])
    ends = np.concatenate([other[BONES[:, 1], :2], other[NOSE, :2][None]])
    return bool(_distance_to_bones(person[NOSE, :2], starts, ends).min() < 0.3 * scale)


def _distance_to_bones(point: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """From a point (2,) to each segment (k,2)-(k,2), px."""
    along = ends - starts
    share = ((point - starts) * along).sum(1) / np.maximum((along**2).sum(1), 1e-9)
    return np.linalg.norm(starts + np.clip(share, 0, 1)[:, None] * along - point, axis=1)
