"""Where the fit begins: root, limbs and place of the body in every frame, without flips.

The detector's 3D world landmarks give the trunk's turn and the limbs' directions. Seen from behind
or from the side they may have left and right, or near and far, the wrong way round: over the clip,
the sequence of readings is chosen that turns most steadily (Viterbi).
"""

from dataclasses import dataclass, replace

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.body.skeleton import BODY_JOINTS, JOINT_INDEX
from understudy.observation.observed import MAIN, Observed, side_swap
from understudy.observation.viterbi import steadiest

# MediaPipe's world landmarks of left and right: ears, shoulders, elbows, …, foot tips.
WORLD_SWAP = np.array(
    [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(i + 1 if i % 2 else i - 1 for i in range(11, 33))]
)
WORLD_MAIN = tuple(range(11, 17)) + tuple(range(23, 29))  # the world landmarks of MAIN
# Costs of a frame, at 30 a second: as found, left and right swapped, near and far swapped.
_READING_COST = np.array([0.0, 0.3, 1.0])


@dataclass(frozen=True)
class Start:
    """rotations (n,22,3,3) against the parent; transl (n,3) of the pelvis' rest place, m."""

    rotations: np.ndarray
    transl: np.ndarray


def trunk_rotation(world: np.ndarray) -> np.ndarray:
    """World landmarks (n,33,3) -> trunk rotations (n,3,3): columns left, up, front."""
    left = rot.unit(world[:, 11] - world[:, 12]) + rot.unit(world[:, 23] - world[:, 24])
    up = world[:, 11] + world[:, 12] - world[:, 23] - world[:, 24]
    swapped = rot.frame(up, left)  # up is the surer of the two
    return np.stack([swapped[..., 1], swapped[..., 0], -swapped[..., 2]], -1)


def facing(observed: Observed) -> np.ndarray:
    """(n,) the cosine between the trunk's front and the way to the camera; 1 if nothing says."""
    if observed.world is None:
        return np.ones(len(observed))
    return -trunk_rotation(observed.world)[:, 2, 2]


def steady_readings(observed: Observed) -> Observed:
    """Left and right, near and far put right over the clip. Frames not seen stay as they are."""
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


def begin(observed: Observed, joints: np.ndarray) -> Start:
    """The first pose of every frame; joints (55,3): the mean person's rest joints."""
    seen = observed.seen
    world = observed.world
    trunk = trunk_rotation(world)
    rotations = np.tile(np.eye(3), (len(observed), BODY_JOINTS, 1, 1))
    rotations[:, 0] = trunk
    for side, sign in (("left", 1), ("right", -1)):
        arm = [11, 13, 15] if side == "left" else [12, 14, 16]
        leg = [23, 25, 27] if side == "left" else [24, 26, 28]
        upper, lower = _limb(world[:, leg], trunk, np.array([0.0, -1.0, 0.0]), _hinge_leg)
        rotations[:, JOINT_INDEX[f"{side}_hip"]] = trunk.swapaxes(1, 2) @ upper
        rotations[:, JOINT_INDEX[f"{side}_knee"]] = upper.swapaxes(1, 2) @ lower
        hinge = _hinge_left_arm if sign > 0 else _hinge_right_arm
        upper, lower = _limb(world[:, arm], trunk, np.array([float(sign), 0.0, 0.0]), hinge)
        rotations[:, JOINT_INDEX[f"{side}_shoulder"]] = trunk.swapaxes(1, 2) @ upper
        rotations[:, JOINT_INDEX[f"{side}_elbow"]] = upper.swapaxes(1, 2) @ lower
    return Start(rot.fill(rotations, seen), _places(observed, joints))


def _hinge_leg(upper: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """A knee bends about +x: upper × lower points along x."""
    return rot.frame(bend, -upper)


def _hinge_left_arm(upper: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """A left elbow bends about −y."""
    return rot.frame(upper, -bend)


def _hinge_right_arm(upper: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """A right elbow bends about +y."""
    return rot.frame(-upper, bend)


def _limb(chain, trunk, rest, hinge) -> tuple[np.ndarray, np.ndarray]:
    """Global rotations (n,3,3) of the two bones of a limb chain (n,3,3 points).

    Where it is bent, the hinge says how the upper bone is twisted; where it is straight, the
    smallest turn from the trunk does; in between, a blend.
    """
    upper, lower = rot.unit(chain[:, 1] - chain[:, 0]), rot.unit(chain[:, 2] - chain[:, 1])
    plain = rot.between(trunk @ rest, upper) @ trunk
    bend = np.cross(upper, lower)
    sine = np.linalg.norm(bend, axis=-1)
    bent = hinge(upper, np.where(sine[:, None] > 1e-3, bend, plain @ [0.3, 0.5, 0.8]))
    share = ((sine - 0.2) / 0.3).clip(0, 1)[:, None]
    first = plain @ rot.exp(share * rot.log(plain.swapaxes(1, 2) @ bent))
    return first, rot.between(first @ rest, lower) @ first


def _places(observed: Observed, joints: np.ndarray) -> np.ndarray:
    """transl (n,3): from the size of the picture of the world landmarks (weak perspective)."""
    at = np.flatnonzero(observed.seen)
    flat = observed.world[at][:, WORLD_MAIN, :2]
    xy, weight = observed.xy[at][:, MAIN], (observed.score[at][:, MAIN] > 0)[..., None]
    total = weight.sum(1)
    flat_mean = (flat * weight).sum(1, keepdims=True) / total[:, None]
    xy_mean = (xy * weight).sum(1, keepdims=True) / total[:, None]
    spread = (weight * (flat - flat_mean) ** 2).sum((1, 2))
    scale = (weight * (flat - flat_mean) * (xy - xy_mean)).sum((1, 2)) / spread  # px/m
    scale = np.maximum(scale, 0.2 * np.median(scale))
    focal = observed.camera[0, 0]
    depth = focal / np.array([np.median(scale[max(0, i - 4) : i + 5]) for i in range(len(at))])
    middle = xy_mean[:, 0] - scale[:, None] * flat_mean[:, 0]  # the picture of the hips' middle
    flat_place = (middle - observed.camera[:2, 2]) / focal * depth[:, None]
    found = np.concatenate([flat_place, depth[:, None]], 1) - joints[0]
    frames = np.arange(len(observed))
    return np.stack([np.interp(frames, at, found[:, i]) for i in range(3)], 1)
