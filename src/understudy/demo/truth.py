"""What the demo world knows about its own images: the ground truth of each video."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from understudy.artifacts.masks import pack_masks
from understudy.body.landmarks import BURIED, LandmarkTable, landmarks
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.body.skinning import Posed
from understudy.demo.camera import Camera


@dataclass(frozen=True)
class FrameTruth:
    """One frame: joints (55,3) and keypoints3d (133,3) in camera space, m; keypoints (133,2) px;
    visible (133,) bool; mask (h,w) bool; depth (h,w) f32 m of everything in view."""

    joints: np.ndarray
    keypoints3d: np.ndarray
    keypoints: np.ndarray
    visible: np.ndarray
    mask: np.ndarray
    depth: np.ndarray


def body_points(
    posed: Posed, table: LandmarkTable, camera: Camera
) -> tuple[np.ndarray, np.ndarray]:
    """Joints (n,55,3) and the 133 landmarks (n,133,3) in camera space, m."""
    joints = camera.to_camera(posed.joints.numpy().astype(np.float64))
    marks = camera.to_camera(landmarks(posed, table).numpy().astype(np.float64))
    return joints, marks


def frame_truth(
    joints: np.ndarray, marks: np.ndarray, mask: np.ndarray, depth: np.ndarray, camera: Camera
) -> FrameTruth:
    """Project the landmarks (133,3) and test them against the depth map (h,w)."""
    keypoints = camera.project(marks)
    column = np.floor(keypoints[:, 0]).astype(int)
    row = np.floor(keypoints[:, 1]).astype(int)
    inside = (column >= 0) & (column < camera.width) & (row >= 0) & (row < camera.height)
    surface = np.full(len(marks), -np.inf)
    surface[inside] = depth[row[inside], column[inside]]
    visible = inside & (marks[:, 2] <= surface + BURIED)
    return FrameTruth(joints, marks, keypoints, visible, mask, depth)


def camera_pose(pose: Pose, camera: Camera, pelvis: np.ndarray) -> Pose:
    """A world pose in camera space, in which fits are expressed (their viewmat is the identity).

    pelvis (3,): the rest position of the pelvis joint, about which the root turns.
    """
    turn = torch.from_numpy(camera.viewmat[:3, :3]).float()
    shift = torch.from_numpy(camera.viewmat[:3, 3]).float()
    rest = torch.from_numpy(np.asarray(pelvis)).float()
    root = turn @ axis_angle_to_matrix(pose.global_orient)
    transl = (pose.transl + rest) @ turn.T + shift - rest
    arrays = {name: getattr(pose, name) for name in Pose.names()}
    return Pose(**{**arrays, "global_orient": matrix_to_axis_angle(root), "transl": transl})


def truth_arrays(
    frames: Sequence[FrameTruth], pose: Pose, camera: Camera, stature: float, depth_every: int
) -> dict[str, np.ndarray]:
    """The ground truth of n frames as arrays.

    joints3d (n,55,3) and keypoints3d (n,133,3) camera space, m; keypoints (n,133,2) px; visible
    (n,133); bits and shape: masks as in masks.npz; depth (m,h,w) f16 m of the `depth_frames`;
    K; viewmat (world to camera); height_px (n,): the standing person's height in px at the
    pelvis' distance; and `pose` under Pose's names, in the camera's space.
    """
    joints = np.stack([frame.joints for frame in frames])
    kept = np.arange(0, len(frames), depth_every)
    return {
        "joints3d": joints.astype(np.float32),
        "keypoints3d": np.stack([frame.keypoints3d for frame in frames]).astype(np.float32),
        "keypoints": np.stack([frame.keypoints for frame in frames]).astype(np.float32),
        "visible": np.stack([frame.visible for frame in frames]),
        **pack_masks(np.stack([frame.mask for frame in frames])),
        "depth": np.stack([frames[i].depth for i in kept.tolist()]).astype(np.float16),
        "depth_frames": kept,
        "K": camera.K,
        "viewmat": camera.viewmat,
        "height_px": (camera.K[1, 1] * stature / joints[:, 0, 2]).astype(np.float32),
        **pose.to_numpy(),
    }
