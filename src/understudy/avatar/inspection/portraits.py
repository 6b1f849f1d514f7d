"""Images of an avatar on white, each figure standing on one floor in front of one camera."""

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from understudy.avatar.inspection.test_poses import turns_of
from understudy.avatar.training.footage import Box
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.files import atomic_path
from understudy.gaussians.avatar import Avatar, Cloud
from understudy.gaussians.pixels import on_white

DISTANCE = 4.0  # body heights from the camera
FLOOR = 0.62  # body heights from the camera down to the lowest joint
REACH = 1.5  # body heights from an image's top to its bottom: raised hands too
BELOW = 0.09  # of an image's height, from the lowest joint to its bottom
WIDTH = 0.8  # of an image, relative to its height
FACING = torch.tensor([torch.pi, 0.0, 0.0])  # from the body's axes to a camera's that it faces
UP = torch.tensor([0.0, -1.0, 0.0])  # in that camera's space


def standing(avatar: Avatar, full: Tensor, azimuths: Tensor) -> Pose:
    """Poses full (n,55,3), upright in the body's own space, in front of a camera.

    Each is turned to its left by its azimuth (n,) rad, and put in the middle of the image with its
    lowest joint on the floor.
    """
    n = len(full)
    around = torch.zeros(n, 3)
    around[:, 1] = azimuths
    orient = axis_angle_to_matrix(around) @ axis_angle_to_matrix(full[:, 0])
    full = full.clone()
    full[:, 0] = matrix_to_axis_angle(axis_angle_to_matrix(FACING) @ orient)
    pose = Pose.from_full(full, torch.zeros(n, 1), torch.zeros(n, 3))
    with torch.no_grad():
        joints = avatar.rig.skeleton.pose(pose).joints
    low, high = joints.amin(1), joints.amax(1)
    place = torch.stack(
        [
            -(low[:, 0] + high[:, 0]) / 2,
            FLOOR * avatar.rig.height - high[:, 1],
            DISTANCE * avatar.rig.height - joints[:, 0, 2],
        ],
        1,
    )
    return Pose.from_full(full, pose.expression, place)


def upright(orient: Tensor, up: Tensor) -> Tensor:
    """Root orientations (n,3) in a camera's space, where `up` (3,) is the vertical, as in the
    body's own space of `standing`."""
    up = up / up.norm()
    aside = torch.linalg.cross(up, UP)
    angle = torch.atan2(aside.norm(), up @ UP)
    level = axis_angle_to_matrix(aside / aside.norm().clamp(min=1e-9) * angle)
    own = axis_angle_to_matrix(FACING).T @ level @ axis_angle_to_matrix(orient)
    return matrix_to_axis_angle(own)


def photograph(cloud: Cloud, height: int, shown: float = REACH) -> np.ndarray:
    """Clouds of n `standing` poses -> (n,height,w,3) uint8, both sides even; `shown` body heights
    from top to bottom."""
    n, width, focal = len(cloud.means), round(height * WIDTH / 2) * 2, height * DISTANCE / shown
    middle = (1 - BELOW) * height - focal * FLOOR / DISTANCE
    K = torch.tensor([[focal, 0, width / 2], [0, focal, middle], [0, 0, 1.0]])
    with torch.no_grad():
        rgb, alpha, _ = cloud.render(torch.eye(4).expand(n, 4, 4), K.expand(n, 3, 3), width, height)
    return on_white(rgb, alpha)


def close_up(images: np.ndarray, boxes: list[Box], height: int) -> np.ndarray:
    """What is around each box in images (n,h,w,3) uint8 on white, all at one scale, as images of
    one size: (n,height,w,3)."""
    width, tall = round(height * WIDTH / 2) * 2, max(max(b.height, b.width / WIDTH) for b in boxes)
    scale = height / tall
    pictures = np.full((len(images), height, width, 3), 255, np.uint8)
    for picture, image, box in zip(pictures, images, boxes, strict=True):
        part = image[box.slices]
        size = round(box.width * scale), round(box.height * scale)
        part = cv2.resize(
            part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        )
        left, top = (width - size[0]) // 2, (height - size[1]) // 2
        picture[top : top + size[1], left : left + size[0]] = part
    return pictures


def sheet(rows: list[np.ndarray], names: list[str]) -> np.ndarray:
    """Rows of images (n,h,w,3) uint8 below each other, each column under its name."""
    title = np.full((24, rows[0].shape[2] * len(names), 3), 255, np.uint8)
    for k, name in enumerate(names):
        at = (k * rows[0].shape[2] + 8, 17)
        cv2.putText(title, name, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return np.concatenate([title, *(np.concatenate(list(row), 1) for row in rows)])


def turntable(avatar: Avatar, height: int = 288, views: int = 8) -> np.ndarray:
    """(2·height, views·width, 3) uint8: a turn with the arms down above one with the arms up."""
    azimuths = torch.arange(views) * (2 * torch.pi / views)
    rows = []
    for name in ("arms_down", "arms_up"):
        pose = standing(avatar, turns_of(name).expand(views, -1, -1), azimuths)
        rows.append(np.concatenate(list(photograph(avatar.pose(pose), height)), 1))
    return np.concatenate(rows)


def write_turntable(path: Path | str, avatar: Avatar) -> None:
    """Write the turntable as an image file."""
    with atomic_path(path) as temporary:
        cv2.imwrite(str(temporary), turntable(avatar)[..., ::-1])
