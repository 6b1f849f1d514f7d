"""Left and right, near and far, corrected over a clip.

Seen from behind or from the side, the detector's 3D world landmarks may have left and right, or
near and far, swapped: over the clip, the sequence of interpretations is chosen that turns most
steadily (Viterbi).
"""

from dataclasses import replace

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.observation.observed import Observed, side_swap
from understudy.observation.viterbi import steadiest

# MediaPipe's world landmarks with left and right swapped: ears, shoulders, elbows, …, foot tips.
WORLD_SWAP = np.array(
    [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(i + 1 if i % 2 else i - 1 for i in range(11, 33))]
)
# Costs per frame, at 30 fps: as found, left and right swapped, near and far swapped.
_READING_COST = np.array([0.0, 0.3, 1.0])


def trunk_rotation(world: np.ndarray) -> np.ndarray:
    """World landmarks (n,33,3) -> trunk rotations (n,3,3): columns left, up, front."""
    left = rot.unit(world[:, 11] - world[:, 12]) + rot.unit(world[:, 23] - world[:, 24])
    up = world[:, 11] + world[:, 12] - world[:, 23] - world[:, 24]
    swapped = rot.frame(up, left)  # up is the more reliable of the two
    return np.stack([swapped[..., 1], swapped[..., 0], -swapped[..., 2]], -1)


def facing(observed: Observed) -> np.ndarray:
    """(n,) the cosine between the trunk's front and the direction to the camera; 1 if unknown."""
    if observed.world is None:
        return np.ones(len(observed))
    return -trunk_rotation(observed.world)[:, 2, 2]


def steady_readings(observed: Observed) -> Observed:
    """Left and right, near and far corrected over the clip. Unseen frames stay unchanged."""
    if observed.world is None:
        return observed
    frames = np.flatnonzero(observed.seen)
    world = observed.world[frames]
    readings = np.stack([world, world[:, WORLD_SWAP], world * [1.0, 1.0, -1.0]])
    yaws = np.stack([_yaw(trunk_rotation(reading)) for reading in readings])

    def turn(before: int, after: int) -> np.ndarray:
        return np.angle(np.exp(1j * (yaws[:, None, after] - yaws[None, :, before])))

    choice = steadiest(turn, frames * 30.0 / observed.fps, _READING_COST)
    xy, score, steady = observed.xy.copy(), observed.score.copy(), observed.world.copy()
    steady[frames] = readings[choice, np.arange(len(frames))]
    swapped, swap = frames[choice == 1], side_swap()
    xy[swapped], score[swapped] = xy[swapped][:, swap], score[swapped][:, swap]
    return replace(observed, xy=xy, score=score, world=steady)


def _yaw(trunk: np.ndarray) -> np.ndarray:
    """(n,3,3) -> (n,) rad: 0 when facing the camera, about the image's vertical."""
    return np.arctan2(trunk[:, 0, 2], -trunk[:, 2, 2])
