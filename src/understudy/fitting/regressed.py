"""A body pose that a network estimated from each frame alone: where the fit may begin.

Hand4Whole and similar networks give the root and the 21 body joints with the hands. Their failure
is the flip: a back mistaken for a front, limbs mirrored in depth, left and right swapped. Over the
clip, the sequence of poses and flipped poses is chosen that turns most steadily.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch

from understudy.artifacts.hands import BodyPose
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import LANDMARK_NAMES, landmarks
from understudy.body.model import BodyModel
from understudy.body.pose import EXPRESSIONS, Pose
from understudy.body.skeleton import BODY_JOINTS, JOINT_INDEX, JOINT_NAMES
from understudy.fitting.limbs import Start
from understudy.observation.observed import Observed
from understudy.observation.viterbi import steadiest

_FLIPPED = 0.3  # the cost of not trusting the network, per 30th of a second

_SIDES = {"left": "right", "right": "left"}
_MIRROR = [  # of each body joint, the one on the other side
    JOINT_INDEX["_".join([_SIDES.get(side, side), *rest])]
    for side, *rest in (name.split("_") for name in JOINT_NAMES[:BODY_JOINTS])
]

# MediaPipe's world landmarks that are COCO-WholeBody points too: index -> name.
WORLD_NAMES = {0: "nose", 7: "left_ear", 8: "right_ear", 29: "left_heel", 30: "right_heel"}
WORLD_NAMES |= {31: "left_big_toe", 32: "right_big_toe"}
for _first, _parts in ((11, ("shoulder", "elbow", "wrist")), (23, ("hip", "knee", "ankle"))):
    for _i, _part in enumerate(_parts):
        WORLD_NAMES |= {_first + 2 * _i: f"left_{_part}", _first + 2 * _i + 1: f"right_{_part}"}


@dataclass(frozen=True)
class RegressedPose:
    """rotations (n,22,3,3): SMPL-X's root in camera space, body joints relative to the parent."""

    rotations: np.ndarray

    @staticmethod
    def of(body: BodyPose) -> "RegressedPose":
        """The pose that a hands file carries."""
        turns = np.concatenate([body.global_orient[:, None], body.body_pose], 1)
        return RegressedPose(rot.exp(turns))

    def flipped(self) -> "RegressedPose":
        """The pose of the same outline with front and back, left and right swapped.

        The body reflected along the viewing axis is another body's mirror image, so its joints
        are those of the other side, mirrored.
        """
        depth, side = np.diag([1.0, 1.0, -1.0]), np.diag([-1.0, 1.0, 1.0])
        turned = side @ self.rotations[:, _MIRROR] @ side
        turned[:, 0] = depth @ self.rotations[:, 0] @ side
        return RegressedPose(turned)


def steady_pose(pose: RegressedPose, seen: np.ndarray, fps: float) -> RegressedPose:
    """The pose with the frames flipped back that turn against the clip; seen (n,) bool."""
    frames = np.flatnonzero(seen)
    readings = np.stack([pose.rotations, pose.flipped().rotations])
    roots = readings[:, frames, 0]

    def turn(before: int, after: int) -> np.ndarray:
        back = roots[None, :, before].swapaxes(-1, -2)
        return np.linalg.norm(rot.log(back @ roots[:, None, after]), axis=-1)

    choice = np.zeros(len(seen), int)
    choice[frames] = steadiest(turn, frames * 30.0 / fps, np.array([0.0, _FLIPPED]))
    return RegressedPose(readings[choice, np.arange(len(seen))])


def with_world(observed: Observed, pose: RegressedPose, body: BodyModel) -> Observed:
    """The keypoints with the pose's own landmarks (n,33,3) as their world, hips at the origin."""
    n = len(pose.rotations)
    full = np.zeros((n, len(JOINT_NAMES), 3), np.float32)
    full[:, :BODY_JOINTS] = rot.log(pose.rotations)
    small = body.landmark_submesh()
    still = torch.zeros(n, EXPRESSIONS), torch.zeros(n, 3)
    posed = small.shaped(torch.zeros(1)).pose(Pose.from_full(torch.from_numpy(full), *still))
    points = landmarks(posed, small.landmark_table()).numpy().astype(float)
    world = np.zeros((n, 33, 3))
    for place, name in WORLD_NAMES.items():
        world[:, place] = points[:, LANDMARK_NAMES.index(name)]
    return replace(observed, world=world - world[:, 23:25].mean(1, keepdims=True))


def taken_over(start: Start, pose: RegressedPose, kept: np.ndarray, seen: np.ndarray) -> Start:
    """`start` with the network's own rotations in the frames `kept` (n,) bool; bridged again."""
    rotations = np.where(kept[:, None, None, None], pose.rotations, start.rotations)
    return replace(start, rotations=rot.fill(rotations, seen))
