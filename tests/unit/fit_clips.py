"""Clips with ground truth, for the tests of the fit: motions and their keypoints."""

from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.arrays import save_arrays
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import LANDMARK_NAMES, landmarks
from understudy.body.model import BodyModel
from understudy.body.pose import Pose
from understudy.fitting.evaluate import fit_joints

SIZE = (480, 640)  # height, width, px
CAMERA = np.array([[700.0, 0, 320], [0, 700.0, 240], [0, 0, 1]])  # not the fit's default focal

# MediaPipe's world landmarks that have a COCO-WholeBody point: index -> name.
_WORLD = {0: "nose", 7: "left_ear", 8: "right_ear", 31: "left_big_toe", 32: "right_big_toe"}
_WORLD |= {29: "left_heel", 30: "right_heel"}
for _i, _part in enumerate(("shoulder", "elbow", "wrist")):
    _WORLD |= {11 + 2 * _i: f"left_{_part}", 12 + 2 * _i: f"right_{_part}"}
for _i, _part in enumerate(("hip", "knee", "ankle")):
    _WORLD |= {23 + 2 * _i: f"left_{_part}", 24 + 2 * _i: f"right_{_part}"}


def waving(body: BodyModel, n: int, yaw: np.ndarray | float = 0.3) -> Pose:
    """Arms wave, knees bend, the trunk sways; the camera looks down by 12°; `yaw` rad, (n,)."""
    t = np.linspace(0, 2 * np.pi, n)
    full = np.zeros((n, 55, 3))
    turn = rot.exp(np.stack([0 * t, yaw + 0 * t, 0 * t], 1))
    pitch = rot.exp(np.array([np.radians(12.0), 0, 0]))
    full[:, 0] = rot.log(pitch @ np.diag([1.0, -1, -1]) @ turn)
    lift = {"left_shoulder": (0.2, -0.4, -0.7), "right_shoulder": (0.2, 0.5, 0.9)}
    for name, pose in lift.items():
        full[:, body.joint(name)] = pose
    full[:, body.joint("left_shoulder"), 2] += 0.9 * np.sin(t)
    full[:, body.joint("left_elbow"), 1] = -0.9 - 0.6 * np.sin(2 * t)
    full[:, body.joint("right_elbow"), 1] = 0.7 + 0.5 * np.cos(t)
    for side in ("left", "right"):
        full[:, body.joint(f"{side}_hip"), 0] = -0.3 * (1 - np.cos(t))
        full[:, body.joint(f"{side}_knee"), 0] = 0.5 * (1 - np.cos(t))
    full[:, body.joint("spine2"), 2] = 0.12 * np.sin(t)
    transl = np.stack([0.2 * np.sin(t), 0.1 + 0 * t, 3.2 + 0.1 * np.cos(t)], 1)
    return Pose.from_full(_tensor(full), torch.zeros(n, 50), _tensor(transl))


def drinking(body: BodyModel, n: int) -> Pose:
    """The right hand rises to the mouth, stays a while, and is lowered."""
    share = np.interp(np.arange(n), [0, 0.3 * n, 0.7 * n, n], [0, 1, 1, 0])[:, None]
    full = np.zeros((n, 55, 3))
    turn = np.diag([1.0, -1, -1]) @ rot.exp(np.array([0, 0.3, 0]))
    full[:, 0] = rot.log(rot.exp(np.array([np.radians(12.0), 0, 0])) @ turn)
    full[:, body.joint("left_shoulder")] = (0, 0, -1.2)
    full[:, body.joint("right_shoulder")] = (1 - share) * (0, 0, 1.2) + share * (-0.56, 0.52, -0.08)
    full[:, body.joint("right_elbow")] = share * (0, 2.34, 0)
    transl = np.tile([0, 0.1, 3.2], (n, 1))
    return Pose.from_full(_tensor(full), torch.zeros(n, 50), _tensor(transl))


def points_of(body: BodyModel, pose: Pose, betas=(0.8, -0.5, 0.5)) -> np.ndarray:
    """(n,133,3) landmarks in camera space."""
    small = body.landmark_submesh()
    posed = small.shaped(_tensor(betas)).pose(pose)
    return landmarks(posed, small.landmarks).numpy().astype(float)


def project(points: np.ndarray, camera: np.ndarray = CAMERA) -> np.ndarray:
    return points[..., :2] / points[..., 2:] * np.diag(camera)[:2] + camera[:2, 2]


def write_keypoints(
    path: Path,
    points: np.ndarray,
    noise: float = 2.0,
    world: bool = True,
    nearer: float = 0.0,
    score: np.ndarray | None = None,
    fps: float = 25.0,
    seed: int = 0,
    camera: np.ndarray = CAMERA,
    irises: bool = False,
) -> Path:
    """keypoints.npz of points (n,133,3) in camera space: noise in px, 5 cm in the world; nearer:
    how much nearer than they are the world's wrists seem, m; irises where the eyes are."""
    rng = np.random.default_rng(seed)
    n = len(points)
    arrays = {
        "xy": (project(points, camera) + rng.normal(0, noise, (n, 133, 2))).astype(np.float32),
        "score": np.ones((n, 133), np.float32) if score is None else score.astype(np.float32),
    }
    if world:
        marks = np.zeros((n, 33, 3))
        for i, name in _WORLD.items():
            marks[:, i] = points[:, LANDMARK_NAMES.index(name)]
        marks -= marks[:, 23:25].mean(1, keepdims=True)
        marks[:, 15:17, 2] -= nearer
        arrays["world"] = (marks + rng.normal(0, 0.05, marks.shape)).astype(np.float32)
    if irises:
        arrays["irises"] = np.concatenate([arrays["xy"][:, 1:3], np.ones((n, 2, 1))], 2)
    save_arrays(path, arrays, {"kind": "keypoints", "fps": fps, "size": list(SIZE)})
    return path


def write_still(folder: Path, n: int, body_id: str) -> tuple[Path, Path]:
    """expression.npz and hands.npz of a face and hands at rest."""
    about = {"body": body_id}
    face = {"expression": np.zeros((n, 50), np.float32), "jaw_pose": np.zeros((n, 3), np.float32)}
    face["valid"] = np.ones(n, bool)
    hands = {"hand_pose": np.zeros((n, 2, 15, 3), np.float32), "score": np.ones((n, 2), np.float32)}
    save_arrays(folder / "expression.npz", face, {**about, "kind": "expression"})
    save_arrays(folder / "hands.npz", hands, {**about, "kind": "hands"})
    return folder / "expression.npz", folder / "hands.npz"


def errors_mm(fit, body: BodyModel, pose: Pose, betas=(0.8, -0.5, 0.5)) -> np.ndarray:
    """(n,) root-aligned error of the 22 body joints, their size made equal, mm."""
    true = body.landmark_submesh().shaped(_tensor(betas)).pose(pose).joints[:, :22].numpy()
    found = fit_joints(fit, body)
    true, found = true - true[:, :1], found - found[:, :1]
    found = found * np.sqrt((true**2).sum() / (found**2).sum())
    return 1e3 * np.linalg.norm(found - true, axis=-1).mean(1)


def _tensor(array) -> torch.Tensor:
    return torch.tensor(np.asarray(array), dtype=torch.float32)
