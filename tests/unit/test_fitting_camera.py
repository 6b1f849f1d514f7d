"""The focal length that a clip's perspective tells, and the principal point."""

import numpy as np
import pytest
import torch
from fit_clips import points_of, waving, write_keypoints, write_still

from understudy.fitting.clip import fit_clip
from understudy.fitting.features import read_features
from understudy.fitting.fit import fit_body
from understudy.fitting.io import load_fit
from understudy.fitting.observed import read_observed
from understudy.fitting.problem import ClipProblem
from understudy.fitting.settings import FitSettings

N = 40


def camera(focal: float, x: float = 320.0, y: float = 240.0) -> np.ndarray:
    """K of the pictures of 640 × 480 px."""
    return np.array([[640 * focal, 0, x], [0, 640 * focal, y], [0, 0, 1]])


def passing(body, n: int = N):
    """Somebody who turns round and comes from 3.4 m to 2.2 m."""
    pose = waving(body, n, yaw=np.linspace(0, 2 * np.pi, n))
    pose.transl[:, 2] = torch.linspace(3.4, 2.2, n)
    return pose


@pytest.mark.parametrize("true", [0.7, 1.4])
def test_the_clip_tells_its_focal_length(tmp_path, body, body_file, true):
    keypoints = write_keypoints(
        tmp_path / "keypoints.npz", points_of(body, passing(body)), camera=camera(true)
    )
    still = write_still(tmp_path, N, body.model_id)
    fit = fit_body(keypoints, *still, body_file, tmp_path / "fit.npz", FitSettings())
    told = float(fit.K[0, 0]) / 640
    assert abs(np.log(told / true)) < 0.6 * abs(np.log(FitSettings().focal / true))
    kept = load_fit(tmp_path / "fit.npz", body.model_id).K
    assert torch.equal(kept, fit.K) and kept[0, 0] == kept[1, 1]
    assert kept[:2, 2].tolist() == [320, 240]
