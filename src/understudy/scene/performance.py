"""A motion as it can be set into a room: in the axes of the floor that it was performed on."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from understudy.body.model import ShapedBody
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.scene.placement import CHUNK, lowest_sole

STANDS = 10  # percentile of the soles' heights: the floor, whatever jumps or noise there are
SAMPLED = 8  # one of so many vertices tells where a body is
EVERY = 2  # frames


@dataclass(frozen=True)
class Performance:
    """A person's motion over a level floor.

    pose: n frames, in axes right, up and back, m, of the camera that filmed the motion; the origin
    is the point of the floor under the pelvis's median place. body: the person who performs it.
    distance: from that camera to the origin along the floor, m; bearing: of the origin, to the
    right of the camera's axis, rad.
    """

    pose: Pose
    body: ShapedBody
    distance: float
    bearing: float

    @cached_property
    def points(self) -> np.ndarray:
        """(m,k,3) m: a sample of the skin in every second frame."""
        body = self.body.model
        chosen = torch.arange(0, len(body.v_template), SAMPLED)
        sample = ShapedBody(body.submesh(chosen), self.body.vertices[chosen], self.body.joints)
        pose = self.pose[::EVERY]
        with torch.no_grad():
            parts = [
                sample.pose(pose[start : start + CHUNK]).vertices
                for start in range(0, len(pose), CHUNK)
            ]
        return torch.cat(parts).numpy()

    @cached_property
    def joints(self) -> np.ndarray:
        """(m,55,3) m: the joints in the same frames."""
        nothing = torch.zeros(0, dtype=torch.int64)
        body = ShapedBody(
            self.body.model.submesh(nothing), self.body.vertices[:0], self.body.joints
        )
        with torch.no_grad():
            return body.pose(self.pose[::EVERY]).joints.numpy()

    def turned(self, degrees: float) -> "Performance":
        """Seen by a camera moved around the performer to its right by so many degrees."""
        if not degrees:
            return self
        rotation = torch.from_numpy(about_up(math.radians(-degrees))).float()
        return replace(self, pose=moved(self.pose, self.body.joints[0], rotation))


def performance(pose: Pose, body: ShapedBody, up: np.ndarray) -> Performance:
    """The motion of a person in the space of a camera whose vertical is `up` (3,)."""
    vertical = torch.from_numpy(np.asarray(up, np.float32))
    level = floor_level(body, pose, vertical)
    axes = torch.from_numpy(floor_axes(up)).float()
    place = (pose.transl + body.joints[0]) @ axes.T
    middle = torch.tensor([float(place[:, 0].median()), level, float(place[:, 2].median())])
    return Performance(
        pose=moved(pose, body.joints[0], axes, -middle),
        body=body,
        distance=math.hypot(float(middle[0]), float(middle[2])),
        bearing=math.atan2(float(middle[0]), -float(middle[2])),
    )


def floor_level(body: ShapedBody, pose: Pose, up: Tensor) -> float:
    """Where the floor under a motion is, m along `up` (3,)."""
    return float(np.percentile(lowest_sole(body, pose, up).numpy(), STANDS))


def moved(pose: Pose, pelvis: Tensor, rotation: Tensor, shift: Tensor | None = None) -> Pose:
    """The motion rotated about the origin by (3,3), then shifted by (3,) m; pelvis (3,): its place
    in the rest pose, which `transl` adds to."""
    place = (pose.transl + pelvis) @ rotation.T
    orient = matrix_to_axis_angle(rotation @ axis_angle_to_matrix(pose.global_orient))
    if shift is not None:
        place = place + shift
    return replace(pose, global_orient=orient, transl=place - pelvis)


def floor_axes(up: np.ndarray) -> np.ndarray:
    """(3,3): right, up and back of a camera's floor, one per row, in the camera's space."""
    up = np.asarray(up, float) / np.linalg.norm(up)
    right = np.cross([0.0, 0.0, 1.0], up)
    right /= np.linalg.norm(right)
    return np.stack([right, up, np.cross(right, up)])


def about_up(angle: float) -> np.ndarray:
    """(3,3): right, up and back turned to the right, as seen from above, by `angle` rad."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
