"""The focal length that a clip's perspective shows, and the principal point."""

import numpy as np
import pytest
import torch
from fit_clips import points_of, waving, write_keypoints, write_still

from understudy.artifacts.fit import load_fit
from understudy.fitting.features import read_features
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
from understudy.fitting.understudy.clip import fit_clip
from understudy.observation.observed import read_observed

N = 40


def camera(focal: float, x: float = 320.0, y: float = 240.0) -> np.ndarray:
    """K of the images of 640 × 480 px."""
    return np.array([[640 * focal, 0, x], [0, 640 * focal, y], [0, 0, 1]])


def passing(body, n: int = N):
    """Somebody who turns around and comes from 2.8 m to 1.6 m."""
    pose = waving(body, n, yaw=np.linspace(0, 2 * np.pi, n))
    pose.transl[:, 2] = torch.linspace(2.8, 1.6, n)
    return pose


@pytest.mark.parametrize("true", [0.7, 1.4])
def test_the_clip_tells_its_focal_length(tmp_path, body, body_file, true):
    keypoints = write_keypoints(
        tmp_path / "keypoints.npz", points_of(body, passing(body)), camera=camera(true)
    )
    still = write_still(tmp_path, N, body.model_id)
    fit = fit_body(keypoints, *still, body_file, tmp_path / "fit.npz", FitSettings(), "understudy")
    told = float(fit.K[0, 0]) / 640
    assert abs(np.log(told / true)) < 0.8 * abs(np.log(FitSettings().focal / true))
    kept = load_fit(tmp_path / "fit.npz", body.model_id).K
    assert torch.equal(kept, fit.K) and kept[0, 0] == kept[1, 1]
    assert kept[:2, 2].tolist() == [320, 240]


def test_the_principal_point_is_honoured(tmp_path, body):
    """An image cropped to one side: the same pixels, a principal point that is not its centre."""
    pose, seen_by = passing(body), camera(1.0, 420.0, 180.0)
    keypoints = write_keypoints(
        tmp_path / "k.npz", points_of(body, pose), noise=0.5, camera=seen_by
    )
    observed, _ = read_observed(keypoints, FitSettings())
    still = write_still(tmp_path, N, body.model_id)
    off = []
    for x, y in ((420.0, 180.0), (320.0, 240.0)):
        observed.camera[:2, 2] = x, y
        fit = fit_clip(
            read_features(observed, keypoints, *still, body.model_id), body, FitSettings()
        )
        assert fit.K[:2, 2].tolist() == [x, y]
        aside, true = (p.transl[:, :2] / p.transl[:, 2:] for p in (fit.pose, pose))
        off.append(float((aside - true).abs().mean()))
    assert off[0] < 0.03 < 0.1 < off[1]
