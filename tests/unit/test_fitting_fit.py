"""The fit against motions with ground truth, and what it refuses."""

from collections import defaultdict

import fit_clips
import numpy as np
import pytest
import torch
from fit_clips import drinking, errors_mm, points_of, waving, write_keypoints, write_still

from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.fit import load_fit
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import FACE, RIGHT_HAND
from understudy.errors import UserError
from understudy.fitting.evaluate import fit_joints, fit_points
from understudy.fitting.features import ClipFeatures
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
from understudy.fitting.understudy import problem
from understudy.fitting.understudy.clip import fit_clip
from understudy.fitting.vertical import common_direction
from understudy.observation.observed import read_observed, side_swap
from understudy.observation.readings import WORLD_SWAP
from understudy.solver import terms

N = 24


@pytest.fixture
def fit(tmp_path, body, body_file):
    """Fit points (n,133,3) in camera space, seen with the given faults."""

    def run(points, settings=None, **faults):
        keypoints = write_keypoints(tmp_path / "keypoints.npz", points, **faults)
        still = write_still(tmp_path, len(points), body.model_id)
        return fit_body(
            keypoints,
            *still,
            body_file,
            tmp_path / "fit.npz",
            settings or FitSettings(),
            "understudy",
        )

    return run


def yaw_of(fit):
    root = rot.exp(fit.pose.global_orient.numpy().astype(float))
    return np.degrees(np.unwrap(np.arctan2(root[:, 0, 2], -root[:, 2, 2])))


def test_recovers_a_motion_from_noisy_keypoints(fit, body):
    pose = waving(body, N)
    found = fit(points_of(body, pose))
    assert errors_mm(found, body, pose).mean() < 40
    assert found.error["body"] < 1.5
    assert found.confidence.min() > 0.7
    up = np.array([0, -np.cos(np.radians(12)), -np.sin(np.radians(12))])
    assert np.degrees(np.arccos(found.up @ up)) < 6


def test_a_rolled_camera_is_found(fit, body):
    roll = rot.exp(np.radians([0.0, 0.0, 25.0]))
    found = fit(points_of(body, waving(body, N)) @ roll.T)
    up = roll @ np.array([0, -np.cos(np.radians(12)), -np.sin(np.radians(12))])
    assert np.degrees(np.arccos(found.up @ up)) < 6
    assert abs(np.degrees(np.arctan2(found.up[0], -found.up[1])) - 25) < 3


@pytest.mark.parametrize(
    ("leaning", "share", "found"),
    [(10, 1.0, 9), (14, 1.0, 12), (25, 1.0, 24.5), (90, 1.0, 0), (40, 0.3, 0)],
)
def test_the_vertical_is_that_of_bodies_unless_they_lie(leaning, share, found):
    bodies = np.tile([0.0, -1.0, 0.0], (40, 1))
    angle = np.radians(leaning)
    bodies[: int(40 * share)] = (np.sin(angle), -np.cos(angle), 0)
    up = common_direction(bodies, np.array([0.0, -1.0, 0.0]), FitSettings())
    assert abs(np.degrees(np.arctan2(up[0], -up[1])) - found) < 1


def test_half_the_frames_a_second_allow_four_times_the_acceleration(fit, body, monkeypatch):
    """Of the same motion seen half as often, speeds a frame are twice, accelerations four times
    as large."""
    allowed = defaultdict(list)

    def noted(name, term, sigma):
        def add(equations, *told):
            allowed[name, fps].append(sigma(told))
            term(equations, *told)

        monkeypatch.setattr(problem.terms, f"add_{name}", add)

    noted("motion_smoothness", terms.add_motion_smoothness, lambda told: told[2])
    noted("turn_smoothness", terms.add_turn_smoothness, lambda told: told[1] ** -0.5)
    noted("contact", terms.add_contact, lambda told: told[3])
    points = points_of(body, waving(body, 4))
    for fps in (30.0, 15.0):
        fit(points, fps=fps)
    for name, ratio in (("motion_smoothness", 4), ("turn_smoothness", 4), ("contact", 2)):
        often, seldom = (np.array(allowed[name, fps][:2]) for fps in (30.0, 15.0))
        np.testing.assert_allclose(seldom, ratio * often)


def test_is_smoother_than_what_it_was_given(fit, body):
    pose = waving(body, N)
    points = points_of(body, pose)
    found = fit(points, noise=4.0)
    true = points[:, [9, 10]]
    hands = fit_joints(found, body)[:, [20, 21]]
    jolt = np.linalg.norm(np.diff(hands, 2, axis=0) - np.diff(true, 2, axis=0), axis=-1)
    seen = 4.0 / fit_clips.CAMERA[0, 0] * 3.2 * np.sqrt(6 * 2)  # of the noisy points themselves
    assert jolt.mean() < seen / 2


def test_full_turns_stay_full_and_monotone(fit, body):
    turns = np.linspace(0, 4 * np.pi, 40)
    pose = waving(body, 40, yaw=turns)
    yaw = yaw_of(fit(points_of(body, pose)))
    assert abs(abs(yaw[-1] - yaw[0]) - 720) < 25
    assert (np.sign(yaw[-1]) * np.diff(yaw) > -3).all()


def test_sides_swapped_from_behind_do_not_flip_the_turn(tmp_path, body):
    turns = np.linspace(0, 2 * np.pi, 32)
    pose = waving(body, 32, yaw=turns)
    path = write_keypoints(tmp_path / "keypoints.npz", points_of(body, pose))
    observed, _ = read_observed(path, FitSettings())
    wrong = slice(13, 19)  # the detector mistakes the back for a front
    observed.xy[wrong] = observed.xy[wrong][:, side_swap()]
    observed.world[wrong] = observed.world[wrong][:, WORLD_SWAP]
    n = len(observed)
    face = np.zeros((n, 50)), np.zeros((n, 3)), np.ones(n, bool)
    features = ClipFeatures(observed, *face, np.zeros((n, 2, 15, 3)))
    found = fit_clip(features, body, FitSettings())
    yaw = yaw_of(found)
    assert abs(abs(yaw[-1] - yaw[0]) - 360) < 25
    assert np.abs(np.diff(yaw)).max() < 25


def test_outliers_and_gaps_are_bridged(fit, body):
    pose = waving(body, N)
    points = points_of(body, pose)
    rng = np.random.default_rng(5)
    score = np.ones((N, 133))
    score[9:13] = 0  # nobody found in four frames
    score[rng.random((N, 133)) < 0.1] = 0
    points_seen = points.copy()
    wild = rng.random((N, 133)) < 0.06
    points_seen[wild, :2] += rng.normal(0, 0.6, (wild.sum(), 2))
    found = fit(points_seen, score=score)
    error = errors_mm(found, body, pose)
    assert error.mean() < 60
    assert error[9:13].max() < 130
    assert (found.confidence[9:13] == 0).all()
    assert np.median(np.delete(found.confidence, range(9, 13))) > 0.6


def test_ends_without_a_person_hold_still(fit, body):
    points = points_of(body, waving(body, N))
    score = np.ones((N, 133))
    score[:4], score[-6:] = 0, 0
    found = fit(points, score=score)
    assert torch.equal(found.pose.transl[:4], found.pose.transl[4].expand(4, 3))
    assert torch.equal(found.pose.body_pose[-6:], found.pose.body_pose[-7].expand(6, 21, 3))


def test_fits_without_world_landmarks(fit, body):
    pose = waving(body, N)
    found = fit(points_of(body, pose), world=False)
    assert errors_mm(found, body, pose).mean() < 90


def test_a_hand_before_the_face_is_at_it(fit, body):
    """Where the detector's world has it 20 cm too near the camera, and its own points are lost."""
    points = points_of(body, drinking(body, N))
    score = np.ones(points.shape[:2])
    score[:, RIGHT_HAND] = 0
    held = slice(N // 3, 2 * N // 3)

    def reach(settings):
        found = fit(points, settings, score=score, nearer=0.2)
        return hand_to_mouth(fit_points(found, body)[1])[held].mean()

    true = hand_to_mouth(points)[held].mean()
    assert abs(reach(None) - true) < 0.05
    assert reach(FitSettings(reach=0.01)) - true > 0.1


def hand_to_mouth(points):
    """(n,) m, of (n,133,3)."""
    knuckles = points[:, [RIGHT_HAND.start + i for i in (5, 9, 13, 17)]].mean(1)
    mouth = points[:, [FACE.start + 48, FACE.start + 54]].mean(1)
    return np.linalg.norm(knuckles - mouth, axis=-1)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_short_clips(fit, body, n):
    pose = waving(body, n)
    assert errors_mm(fit(points_of(body, pose)), body, pose).mean() < 80


def test_file_round_trip(fit, tmp_path, body):
    found = fit(points_of(body, waving(body, 8)))
    read = load_fit(tmp_path / "fit.npz", body.model_id)
    for name, array in found.pose.to_numpy().items():
        assert np.array_equal(array, read.pose.to_numpy()[name])
    assert torch.equal(read.betas, found.betas) and torch.equal(read.K, found.K)
    assert torch.equal(read.joint_offset, found.joint_offset)
    assert read.joint_offset.shape == (55, 3)
    assert (read.fps, read.size, len(read)) == (25.0, fit_clips.SIZE, 8)
    assert read.error["body"] == pytest.approx(found.error["body"])
    assert read.about["settings"]["focal"] == FitSettings().focal
    with pytest.raises(UserError, match="body model"):
        load_fit(tmp_path / "fit.npz", "another-body")


def test_same_input_same_fit(fit, body):
    points = points_of(body, waving(body, 6))
    first, second = fit(points), fit(points)
    assert torch.equal(first.pose.full(), second.pose.full())


def test_nobody_is_refused(fit, body, tmp_path):
    points = points_of(body, waving(body, 30))
    score = np.zeros((30, 133))
    score[3] = 1
    with pytest.raises(UserError, match=r"keypoints\.npz: a body is seen in 1 of 30 frames"):
        fit(points, score=score)
    assert not (tmp_path / "fit.npz").exists()


def test_features_of_another_body_are_refused(tmp_path, body, body_file):
    keypoints = write_keypoints(tmp_path / "keypoints.npz", points_of(body, waving(body, 5)))
    still = write_still(tmp_path, 5, "another-body")
    with pytest.raises(UserError, match=r"expression\.npz: made for body model another-body"):
        fit_body(keypoints, *still, body_file, tmp_path / "fit.npz", FitSettings(), "understudy")


def test_features_of_another_clip_are_refused(tmp_path, body, body_file):
    keypoints = write_keypoints(tmp_path / "keypoints.npz", points_of(body, waving(body, 5)))
    still = write_still(tmp_path, 7, body.model_id)
    with pytest.raises(UserError, match=r"expression\.npz: 7 frames, but .*keypoints\.npz has 5"):
        fit_body(keypoints, *still, body_file, tmp_path / "fit.npz", FitSettings(), "understudy")


def test_other_files_are_refused(tmp_path, body, body_file):
    _, hands = write_still(tmp_path, 5, body.model_id)
    with pytest.raises(UserError, match="holds hands, expected keypoints"):
        read_observed(hands, FitSettings())
    with pytest.raises(UserError, match="expected fit"):
        load_fit(hands)
    assert load_arrays(hands, "hands", body.model_id)["score"].shape == (5, 2)
