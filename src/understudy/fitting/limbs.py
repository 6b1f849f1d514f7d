"""The pose in every frame by the detector's 3D world landmarks: the trunk's rotation, the limbs'
directions, and the body's position."""

from dataclasses import dataclass

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.body.skeleton import BODY_JOINTS, JOINT_INDEX
from understudy.observation.observed import MAIN, Observed
from understudy.observation.readings import trunk_rotation

WORLD_MAIN = tuple(range(11, 17)) + tuple(range(23, 29))  # the world landmarks of MAIN


@dataclass(frozen=True)
class Start:
    """rotations (n,22,3,3) relative to the parent; transl (n,3) m of the pelvis at rest."""

    rotations: np.ndarray
    transl: np.ndarray


def pose_from_landmarks(observed: Observed, joints: np.ndarray) -> Start:
    """The first pose of every frame; joints (55,3): the mean person's rest joints."""
    seen = observed.seen
    world = observed.spatial
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

    Where it is bent, the hinge determines the twist of the upper bone; where it is straight, the
    smallest rotation from the trunk does; in between, a blend.
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
    """transl (n,3): from the size of the world landmarks in the image (weak perspective)."""
    at = np.flatnonzero(observed.seen)
    flat = observed.spatial[at][:, WORLD_MAIN, :2]
    xy, weight = observed.xy[at][:, MAIN], (observed.score[at][:, MAIN] > 0)[..., None]
    total = weight.sum(1)
    flat_mean = (flat * weight).sum(1, keepdims=True) / total[:, None]
    xy_mean = (xy * weight).sum(1, keepdims=True) / total[:, None]
    spread = (weight * (flat - flat_mean) ** 2).sum((1, 2))
    scale = (weight * (flat - flat_mean) * (xy - xy_mean)).sum((1, 2)) / spread  # px/m
    scale = np.maximum(scale, 0.2 * np.median(scale))
    focal = observed.camera[0, 0]
    depth = focal / np.array([np.median(scale[max(0, i - 4) : i + 5]) for i in range(len(at))])
    middle = xy_mean[:, 0] - scale[:, None] * flat_mean[:, 0]  # the image of the hips' middle
    flat_place = (middle - observed.camera[:2, 2]) / focal * depth[:, None]
    found = np.concatenate([flat_place, depth[:, None]], 1) - joints[0]
    frames = np.arange(len(observed))
    return np.stack([np.interp(frames, at, found[:, i]) for i in range(3)], 1)
