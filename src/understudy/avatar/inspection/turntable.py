"""An avatar turned round on white, to look at."""

from pathlib import Path

import cv2
import numpy as np
import torch

from understudy.avatar.model import Avatar
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.files import atomic_path

ROWS = {"arms down": 0.95, "arms up": -0.7}  # rad that the arms are lowered from the T
DISTANCE = 4.0  # body heights
FILL = 0.86  # of the picture's height, for a body with raised arms


def turned_pose(avatar: Avatar, azimuths: np.ndarray, lowered: float) -> Pose:
    """Upright before the camera, turned to its left by each azimuth (rad)."""
    n = len(azimuths)
    full = torch.zeros(n, 55, 3)
    body = avatar.rig.body
    full[:, body.joint("left_shoulder"), 2] = -lowered
    full[:, body.joint("right_shoulder"), 2] = lowered
    around = torch.zeros(n, 3)
    around[:, 1] = torch.from_numpy(azimuths)
    facing = axis_angle_to_matrix(torch.tensor([torch.pi, 0.0, 0.0]))  # y down, towards the camera
    full[:, 0] = matrix_to_axis_angle(facing @ axis_angle_to_matrix(around))
    vertical = body.shaped(avatar.rig.betas).vertices[:, 1]
    pelvis = avatar.rig.skeleton.joints[0]
    transl = torch.zeros(n, 3)
    transl[:, 0], transl[:, 1] = -pelvis[0], (vertical.max() + vertical.min()) / 2 - 2 * pelvis[1]
    transl[:, 2] = DISTANCE * avatar.rig.height - pelvis[2]
    return Pose.from_full(full, torch.zeros(n, 1), transl)


def render_turntable(avatar: Avatar, side: int = 288, views: int = 8) -> np.ndarray:
    """(2·side, views·width, 3) uint8: a row with the arms down, one with the arms up."""
    width, height = round(side * 0.72), side
    focal = FILL * height * DISTANCE / 1.15  # raised hands reach 15 % above the head
    K = torch.tensor([[focal, 0, width / 2], [0, focal, height * 0.54], [0, 0, 1.0]])
    azimuths = np.linspace(0, 2 * np.pi, views, endpoint=False)
    rows = []
    for lowered in ROWS.values():
        with torch.no_grad():
            rgb, _ = avatar.pose(turned_pose(avatar, azimuths, lowered)).render(
                torch.eye(4).expand(views, 4, 4),
                K.expand(views, 3, 3),
                width,
                height,
                torch.ones(views, 3),
            )
        rows.append(np.concatenate(list((rgb.clamp(0, 1) * 255).round().byte().numpy()), axis=1))
    return np.concatenate(rows)


def write_turntable(path: Path | str, avatar: Avatar) -> None:
    """Write the turntable as an image file."""
    with atomic_path(path) as temporary:
        cv2.imwrite(str(temporary), render_turntable(avatar)[..., ::-1])
