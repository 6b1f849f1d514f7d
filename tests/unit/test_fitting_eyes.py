"""Eyes turned towards known gazes, seen near and far, open and closed."""

import fit_clips
import numpy as np
import pytest
import torch
from fit_clips import points_of, project, waving, write_keypoints, write_still

from understudy.artifacts.arrays import load_arrays
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import FACE
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
from understudy.fitting.targets import FITTED, joint_basis, landmark_basis
from understudy.fitting.understudy import eyes as eyes_of
from understudy.fitting.understudy.eyes import eye_poses, eyeballs
from understudy.observation.observed import read_observed
from understudy.solver.kinematics import build_kinematics

N = 40
NEAR = np.array([[4000.0, 0, 320], [0, 4000.0, 240], [0, 0, 1]])  # a face that fills the image


def looking(body, down, left, n=N):
    """The waving motion with eyes that look down and to the left by (n,) or one angle, deg."""
    pose = waving(body, n)
    none = np.zeros(n)
    across = rot.exp(np.stack([none, none + np.radians(left), none], 1))
    along = rot.exp(np.stack([none + np.radians(down), none, none], 1))
    turn = torch.tensor(rot.log(across @ along), dtype=torch.float32)
    pose.leye_pose[:], pose.reye_pose[:] = turn, turn
    return pose


def degrees_off(found, pose):
    """(n,2) between poses of eyes (n,2,3) and the true ones."""
    true = np.stack([pose.leye_pose.numpy(), pose.reye_pose.numpy()], 1).astype(float)
    turn = rot.exp(found).swapaxes(-1, -2) @ rot.exp(true)
    return np.degrees(np.linalg.norm(rot.log(turn), axis=-1))


@pytest.fixture
def looked(tmp_path, body):
    """The eyes found if all but their turn is known, seen by a camera."""
    small = body.landmark_submesh()
    kinematics = build_kinematics(small, FITTED, 10, joint_basis(), landmark_basis())

    def run(pose, camera=NEAR, noise=0.0, fps=25.0, spoil=None):
        points = points_of(body, pose, betas=(0.0,))
        path = write_keypoints(
            tmp_path / "k.npz", points, noise=noise, camera=camera, irises=True, fps=fps
        )
        observed, _ = read_observed(path, FitSettings())
        observed.camera[:] = camera
        if spoil:
            spoil(observed)
        full = pose.full().numpy().astype(float)
        full[:, 23:25] = 0
        shared = np.zeros(kinematics.joint_shape.shape[-1])
        still = np.zeros((len(pose), 50))
        transl = pose.transl.numpy().astype(float)
        figure = kinematics.posed(rot.exp(full), transl, shared, still)
        return eye_poses(observed, eyeballs(figure, small))

    return run


def glance(degrees, n=N):
    """(n,) deg: ahead, except for a third of the clip to the side."""
    return degrees * ((np.arange(n) >= n // 3) & (np.arange(n) < 2 * n // 3))


@pytest.mark.parametrize(("down", "left"), [(20, 0), (-15, 0), (0, 25), (10, -25)])
def test_a_glance_is_found(looked, body, down, left):
    pose = looking(body, glance(down), glance(left))
    error = degrees_off(looked(pose), pose)
    assert error.mean() < 4
    assert error[[5, 20, 35]].max() < 8  # in the middle of it, and well before and after


def test_a_moving_gaze_is_followed_and_smoothed(looked, body):
    t = np.linspace(0, 2 * np.pi, N)
    pose = looking(body, 12 * np.sin(t), 22 * np.cos(t))
    found = looked(pose, noise=4.0)
    assert degrees_off(found, pose).mean() < 9
    jolts = np.linalg.norm(np.diff(found[:, 0], 2, axis=0), axis=-1)
    ball = 4000 * 0.0164 / 3.2  # px; of the noise: iris and corners, for two eyes
    assert jolts.mean() < 4.0 / ball * np.sqrt(6 * 1.5 / 2) / 2


@pytest.mark.parametrize("n", [1, 2])
def test_a_moment_has_no_gaze_but_ahead(looked, body, n):
    assert np.abs(looked(looking(body, 5, 15, n=n))).max() < 1e-3


def test_what_is_off_throughout_is_no_gaze(looked, body):
    def spoil(observed):
        observed.xy[:] += 9.0  # the whole face, half an eyeball to the right and down
        observed.irises[..., :2] += 9.0
        observed.irises[..., 1] += 5.0  # and what a detector calls an iris, another 15°

    pose = looking(body, 0, glance(20))
    assert degrees_off(looked(pose, spoil=spoil), pose).mean() < 4


def test_closed_eyes_are_led_across(looked, body):
    blink = slice(18, 22)

    def spoil(observed):
        right, left = FACE.start + 36, FACE.start + 42
        for eye in (right, left):
            for upper, lower in ((1, 5), (2, 4)):
                observed.xy[blink, eye + upper] = observed.xy[blink, eye + lower]
        observed.irises[blink, :, 1] += 12.0  # where a detector puts them then

    pose = looking(body, 0, glance(20))
    assert degrees_off(looked(pose, spoil=spoil), pose)[blink].max() < 6


def test_what_is_not_scored_is_not_seen(looked, body):
    def spoil(observed):
        observed.irises[..., 2] = 0

    assert np.abs(looked(looking(body, 0, 30), spoil=spoil)).max() == 0


def test_the_smaller_the_face_the_less_eyes_turn_and_at_last_they_rest(looked, body):
    pose = looking(body, 0, glance(30))
    cameras = [np.diag([f, f, 1.0]) for f in (8000.0, 2000.0, 700.0)]
    turned = [np.degrees(np.linalg.norm(looked(pose, k)[20, 0])) for k in cameras]
    assert turned[0] > turned[1] > turned[2]
    assert turned[0] > 25 and turned[2] == 0


def test_no_eye_turns_beyond_its_limits(looked, body):
    found = looked(looking(body, glance(60), 0))
    assert 25 < np.degrees(np.linalg.norm(found, axis=-1)).max() < 31


@pytest.fixture
def fit(tmp_path, body, body_file):
    def run(pose, **seen):
        keypoints = write_keypoints(tmp_path / "keypoints.npz", points_of(body, pose), **seen)
        still = write_still(tmp_path, len(pose), body.model_id)
        return fit_body(
            keypoints, *still, body_file, tmp_path / "fit.npz", FitSettings(), "understudy"
        )

    return run


def test_a_fit_turns_the_eyes(fit, body, monkeypatch):
    """Far away, where an eyeball has four pixels, and with everything else unknown."""
    monkeypatch.setattr(eyes_of, "_LEAST_RADIUS", 1.0)
    pose = looking(body, 0, glance(30))
    found = fit(pose, noise=0.3, irises=True)
    eyes = np.stack([found.pose.leye_pose.numpy(), found.pose.reye_pose.numpy()], 1)
    aside = slice(16, 24)
    assert degrees_off(eyes.astype(float), pose)[aside].mean() < 20  # a pixel is 16°
    assert (eyes[aside, :, 1] > 0.1).all()
    assert "eyes" not in found.about["left_out"]


def test_without_irises_eyes_rest_and_the_fit_says_so(fit, tmp_path, body):
    found = fit(looking(body, 0, 25, n=8))
    assert found.pose.leye_pose.abs().max() == 0 and found.pose.reye_pose.abs().max() == 0
    note = load_arrays(tmp_path / "fit.npz", "fit", body.model_id).about["left_out"]
    assert "eyes: at rest, since the keypoints have no irises" in note


def test_irises_lie_where_the_truth_has_the_eyes(body):
    """The test's own irises: the body's eye landmarks turn with the eyes."""
    ahead, aside = (points_of(body, looking(body, 0, left, n=2)) for left in (0, 30))
    moved = project(aside, NEAR)[:, 1:3] - project(ahead, NEAR)[:, 1:3]
    assert (moved[..., 0] > 5).all()  # the person's left is the image's right
    assert fit_clips.SIZE == (480, 640)
