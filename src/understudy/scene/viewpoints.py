"""Cameras around a person, expressed as the person seen by a camera that stays where it is.

In the identity video the light was fixed relative to the camera; turning the person rather than the
camera keeps the shading within what the video showed.
"""

import math
import re
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.errors import UserError

ORBIT = re.compile(r"az(-?\d+)_el(-?\d+)")


@dataclass(frozen=True)
class Viewpoint:
    """A camera moved around the person by azimuth (positive to the camera's right, so that the left
    side of a person who faces it comes into view) and elevation (up), degrees."""

    azimuth: float = 0.0
    elevation: float = 0.0

    @staticmethod
    def parse(name: str) -> "Viewpoint":
        """From "source" (the reference's own camera) or "az30_el10"."""
        if name == "source":
            return Viewpoint()
        found = ORBIT.fullmatch(name)
        if not found or not -89 <= int(found[2]) <= 89:
            raise UserError(
                f"view {name}: write source, or az<degrees>_el<-89 to 89>, as in az30_el10"
            )
        return Viewpoint(float(found[1]), float(found[2]))

    def rotation(self, up: Tensor) -> Tensor:
        """(3,3) from the source camera's axes to the moved camera's; up (3,): the vertical."""
        up = up / up.norm()
        across = torch.linalg.cross(torch.tensor([0.0, 0.0, 1.0]), up)
        across = -across / across.norm()  # to the camera's right
        azimuth = axis_angle_to_matrix(up * math.radians(-self.azimuth))
        elevation = axis_angle_to_matrix(across * math.radians(-self.elevation))
        return elevation @ azimuth


def seen_from(pose: Pose, pelvis: Tensor, up: Tensor, view: Viewpoint) -> Pose:
    """The motion as the moved camera sees it, turned about the pelvis's mean position.

    pelvis (3,) m: its position in the rest pose, which `transl` adds to.
    """
    if view == Viewpoint():
        return pose
    rotation = view.rotation(up)
    place = pose.transl + pelvis
    centre = place.mean(0)
    turned = (place - centre) @ rotation.T + centre
    orient = matrix_to_axis_angle(rotation @ axis_angle_to_matrix(pose.global_orient))
    return replace(pose, global_orient=orient, transl=turned - pelvis)
