"""How far a fit is from the demo world's truth."""

from pathlib import Path

import numpy as np
import torch

from understudy.body import rotation_numpy as rot
from understudy.body.model import BodyModel
from understudy.body.skeleton import BODY_JOINTS
from understudy.files import load_arrays
from understudy.fitting.io import Fit
from understudy.quality.metrics import mpjpe, pa_mpjpe


def evaluate_fit(fit: Fit, body: BodyModel, truth: Path | str) -> dict[str, float]:
    """Errors of a fit against truth.npz of the same video, over the 22 body joints.

    mpjpe_mm: mean joint distance with the pelvis aligned; pa_mpjpe_mm: after the best similarity
    in each frame; scale: the fitted body's size over the true one's; yaw_deg: the greatest error
    of the root's yaw; lean_deg: the mean angle between the fitted and true lines from pelvis to
    neck; up_deg: between the fitted and the true vertical; acceleration_mm: the
    mean error of the joints' acceleration, a frame².
    """
    stored = load_arrays(truth, "truth")
    true = stored["joints3d"][:, :BODY_JOINTS].astype(float)
    found = fit_joints(fit, body)
    rooted_true, rooted = true - true[:, :1], found - found[:, :1]
    root = rot.exp(fit.pose.global_orient.numpy().astype(float))
    turn = _yaw(root) - _yaw(rot.exp(stored["global_orient"].astype(float)))
    up = stored["viewmat"][:3, 1]  # the world's y axis as the camera sees it
    neck = body.joint("neck")
    lines = rot.unit(rooted[:, neck]), rot.unit(rooted_true[:, neck])
    jolt = np.diff(rooted, 2, axis=0) - np.diff(rooted_true, 2, axis=0)
    return {
        "mpjpe_mm": 1e3 * float(mpjpe(found, true).mean()),
        "pa_mpjpe_mm": 1e3 * float(pa_mpjpe(found, true).mean()),
        "scale": float(_size(rooted) / _size(rooted_true)),
        "yaw_deg": float(np.degrees(np.abs(np.angle(np.exp(1j * turn))).max())),
        "lean_deg": float(np.degrees(np.arccos((lines[0] * lines[1]).sum(-1).clip(-1, 1))).mean()),
        "up_deg": float(np.degrees(np.arccos((fit.up @ up).clip(-1, 1)))),
        "acceleration_mm": 1e3 * float(np.linalg.norm(jolt, axis=-1).mean()) if len(jolt) else 0.0,
    }


def fit_joints(fit: Fit, body: BodyModel) -> np.ndarray:
    """(n,22,3) m: the fitted body joints in camera space."""
    bare = body.submesh(torch.zeros(1, dtype=torch.int64))
    posed = bare.shaped(fit.betas, fit.joint_offset).pose(fit.pose)
    return posed.joints[:, :BODY_JOINTS].numpy().astype(float)


def _size(rooted: np.ndarray) -> float:
    """The root mean square distance of the joints from the pelvis."""
    return float(np.sqrt((rooted**2).sum(-1).mean()))


def _yaw(root: np.ndarray) -> np.ndarray:
    """(n,) rad about the image's vertical, 0 when facing the camera."""
    return np.arctan2(root[:, 0, 2], -root[:, 2, 2])
