"""The figures of a fit against ground truth that it differs from by known amounts."""

import fit_clips
import numpy as np
import pytest
import torch
from fit_clips import SIZE, project, waving

from understudy.artifacts.arrays import Arrays, save_arrays
from understudy.artifacts.fit import PARTS, Fit
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import FACE, LEFT_HAND
from understudy.body.pose import Pose
from understudy.fitting.evaluate import FitErrors, evaluate_fit, fit_points, measure_fit

N = 40
BETAS = (0.8, -0.5, 0.5)


def fit_of(pose: Pose) -> Fit:
    """A fit that holds a pose, upright in the image."""
    return Fit(
        pose=pose,
        betas=torch.tensor(BETAS),
        joint_offset=torch.zeros(55, 3),
        K=torch.tensor(fit_clips.CAMERA, dtype=torch.float32),
        fps=25.0,
        size=SIZE,
        confidence=np.ones(len(pose)),
        error=dict.fromkeys(PARTS, 0.0),
        up=np.array([0.0, -1.0, 0.0]),
        about={},
    )


def truth_of(body, pose: Pose) -> Arrays:
    """What the demo world would know of a pose; everything is visible."""
    joints, marks = fit_points(fit_of(pose), body)
    arrays = {
        "joints3d": joints,
        "keypoints3d": marks,
        "keypoints": project(marks),
        "visible": np.ones((len(pose), 133), bool),
        **{name: pose.to_numpy()[name] for name in ("global_orient", "leye_pose", "reye_pose")},
        "viewmat": np.diag([1.0, -1, -1, 1]),
    }
    return Arrays(arrays, {"kind": "truth"})


def standing(n: int = N) -> Pose:
    pose = Pose.rest(n)
    pose.global_orient[:, 0] = torch.pi
    pose.transl[:] = torch.tensor([0.0, 0.3, 3.0])
    return pose


def compared(body, found: Pose, true: Pose) -> FitErrors:
    return measure_fit(fit_of(found), body, truth_of(body, true))


def test_the_truth_itself_has_no_error(body, tmp_path):
    pose = waving(body, N)
    truth = truth_of(body, pose)
    save_arrays(tmp_path / "truth.npz", truth.arrays, truth.about)
    figures = evaluate_fit(fit_of(pose), body, tmp_path / "truth.npz")
    assert figures.pop("scale") == pytest.approx(1, abs=1e-5)
    assert max(figures.values()) < 0.05


def test_another_place_and_size_is_no_error_of_pose(body):
    found, true = waving(body, N), waving(body, N)
    found.transl[:] += torch.tensor([0.1, -0.2, 1.0])
    assert compared(body, found, true).joints.max() < 0.05
    truth = truth_of(body, true)
    truth.arrays["joints3d"] = 1.1 * truth["joints3d"]
    errors = measure_fit(fit_of(true), body, truth)
    assert errors.joints_pa.max() < 0.05 < 10 < errors.joints.mean()
    assert errors.scale == pytest.approx(1 / 1.1, rel=1e-4)


def test_frames_turned_away_are_counted(body):
    turns = np.linspace(0, 6 * np.pi, 200)
    true = waving(body, 200, yaw=turns)
    assert compared(body, true, true).turn_frames_off() == 0
    lag = waving(body, 200, yaw=turns + np.where(np.arange(200) < 30, np.radians(40), 0))
    assert compared(body, lag, true).turn_frames_off() == 30
    assert compared(body, lag, true).turn_frames_off(most=50) == 0


@pytest.mark.parametrize("turns", [2, -3, 0])
def test_a_turn_that_went_another_way_round_counts_whole(body, turns):
    true = waving(body, 200, yaw=np.linspace(0, 6 * np.pi, 200))
    found = waving(body, 200, yaw=np.linspace(0, 2 * np.pi * turns, 200))
    errors = compared(body, found, true)
    assert abs(errors.growth[0]) == pytest.approx(360 * abs(turns), abs=3)
    assert errors.turn_frames_off() == 200


def test_feet_slide_only_where_the_true_ones_stand(body):
    true, found = standing(), standing()
    found.transl[:, 0] += 0.015 * torch.arange(N)
    assert np.allclose(compared(body, found, true).slide, 15, atol=0.01)
    true.transl[: N // 2, 0] += 0.015 * torch.arange(N // 2)  # walks first, then stands
    true.transl[N // 2 :, 0] += 0.015 * (N // 2)
    assert len(compared(body, found, true).slide) == 4 * (N - 1 - N // 2)


def test_a_leaning_body_leans_in_trunk_and_legs(body):
    true, found = standing(), standing()
    tilt = rot.exp(np.array([np.radians(7.0), 0, 0]))
    root = rot.log(tilt @ rot.exp(true.global_orient.numpy().astype(float)))
    found.global_orient[:] = torch.tensor(root, dtype=torch.float32)
    errors = compared(body, found, true)
    assert np.allclose(errors.lean_trunk, 7, atol=0.05) and np.allclose(errors.lean, 7, atol=0.05)
    true.transl[:, 0] += 0.05 * torch.arange(N)  # no leg stands: only the trunk is left
    errors = compared(body, found, true)
    assert np.isnan(errors.lean_legs).all() and np.allclose(errors.lean, 7, atol=0.05)


def test_a_hand_counts_by_its_shape_where_it_is_seen(body):
    true, found = standing(), standing()
    found.body_pose[:, 19] = torch.tensor([0.0, 0.6, 0.4])  # the left wrist turned: no other shape
    assert np.nanmax(compared(body, found, true).hands_pa) < 0.1
    found.left_hand_pose[:, :, 2] = -0.9  # fingers curled
    hidden = truth_of(body, true)
    errors = measure_fit(fit_of(found), body, hidden)
    assert errors.hands_pa[:, 0].min() > 5 and errors.hands_pa[:, 1].max() < 0.1
    hidden["visible"][: N // 2, LEFT_HAND.start : LEFT_HAND.start + 11] = False
    assert np.isnan(measure_fit(fit_of(found), body, hidden).hands_pa[: N // 2, 0]).all()


def test_a_face_counts_in_its_own_size_where_it_is_seen(body):
    pose = standing()
    truth = truth_of(body, pose)
    box = np.ptp(truth["keypoints"][0, FACE], axis=0)
    truth["keypoints"][:, FACE] += (3.0, 4.0)
    truth["visible"][0, FACE.start : FACE.start + 30] = False
    errors = measure_fit(fit_of(pose), body, truth)
    assert np.isnan(errors.face[0])
    assert np.allclose(errors.face[1:], 100 * 5 / np.sqrt(box[0] * box[1]), rtol=1e-3)


def test_what_is_never_seen_has_no_figure(body):
    pose = standing(2)
    truth = truth_of(body, pose)
    truth["visible"][:] = False
    figures = measure_fit(fit_of(pose), body, truth).figures()
    assert not figures.keys() & {"hands_pa_mm", "face_pct", "acceleration_mm"}
    assert figures["mpjpe_mm"] < 0.05
