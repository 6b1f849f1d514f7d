"""Expression and hands against faces and hands with ground truth."""

import fit_clips
import numpy as np
import pytest
import torch
from fit_clips import points_of, waving, write_keypoints

from understudy.artifacts.arrays import load_arrays
from understudy.body.landmarks import FACE, LEFT_HAND, RIGHT_HAND
from understudy.body.pose import Pose
from understudy.errors import UserError
from understudy.features.expression import extract_expression
from understudy.features.hands import extract_hands
from understudy.fitting.metrics import pa_mpjpe
from understudy.fitting.settings import FitSettings
from understudy.solver.limits import finger_limits

N = 24


@pytest.fixture(scope="module")
def acting(body):
    """Hands that open and close, a jaw that opens, three expressions that come and go."""
    t = np.linspace(0, 2 * np.pi, N)
    pose = waving(body, N)
    full = pose.full().numpy().astype(float)
    curl = -0.5 + 0.45 * np.sin(t)
    for side, sign in (("left", 1), ("right", -1)):
        for finger in ("index", "middle", "ring", "pinky"):
            for k in (1, 2, 3):
                full[:, body.joint(f"{side}_{finger}{k}"), 2] = sign * curl
    full[:, body.joint("jaw"), 0] = 0.2 * (1 - np.cos(t)) / 2
    expression = np.zeros((N, 50))
    expression[:, [3, 20, 41]] = 0.5 * (1 + np.sin(t[:, None] + [0.0, 2.0, 4.0]))
    as_tensor = [torch.tensor(x, dtype=torch.float32) for x in (full, expression)]
    near = pose.transl - torch.tensor([0.0, 0.0, 1.3])  # the face is about 60 px high
    pose = Pose.from_full(*as_tensor, near)
    return pose, points_of(body, pose)


def extract(run, name, tmp_path, body_file, points, **faults):
    keypoints = write_keypoints(tmp_path / "keypoints.npz", points, **faults)
    run(tmp_path / "not looked at.mp4", keypoints, body_file, tmp_path / f"{name}.npz", "landmarks")
    return load_arrays(tmp_path / f"{name}.npz", name)


def test_hands_follow_curling_fingers(acting, tmp_path, body, body_file):
    pose, points = acting
    found = extract(extract_hands, "hands", tmp_path, body_file, points, noise=0.7)
    assert found["hand_pose"].shape == (N, 2, 15, 3) and found["score"].min() > 0.4
    assert found.about["body"] == body.model_id
    names = pose.to_numpy() | {
        "left_hand_pose": found["hand_pose"][:, 0],
        "right_hand_pose": found["hand_pose"][:, 1],
    }
    again = points_of(body, Pose.from_numpy(names))
    flat = names | {name: np.zeros((N, 15, 3)) for name in ("left_hand_pose", "right_hand_pose")}
    still = points_of(body, Pose.from_numpy(flat))
    for hand in (LEFT_HAND, RIGHT_HAND):
        error = pa_mpjpe(again[:, hand], points[:, hand]).mean()
        assert error < 0.015
        assert error < 0.8 * pa_mpjpe(still[:, hand], points[:, hand]).mean()


def test_fingers_stay_within_their_limits(acting, tmp_path, body_file):
    _, points = acting
    found = extract(extract_hands, "hands", tmp_path, body_file, points, noise=3.0)
    for i, side in enumerate(("left", "right")):
        low, high = finger_limits(side)
        pose = found["hand_pose"][:, i]
        assert (pose > low - 0.35).all() and (pose < high + 0.35).all()


def test_unseen_hand_is_relaxed_and_scores_zero(acting, tmp_path, body, body_file):
    _, points = acting
    score = np.ones((N, 133))
    score[:, LEFT_HAND] = 0
    score[5:9, RIGHT_HAND] = 0
    found = extract(extract_hands, "hands", tmp_path, body_file, points, score=score)
    assert (found["score"][:, 0] == 0).all()
    relaxed = 0.7 * body.hands_mean[0].numpy()
    assert np.allclose(found["hand_pose"][:, 0], relaxed, atol=1e-6)
    assert (found["score"][5:9, 1] == 0).all() and (found["score"][:5, 1] > 0).all()
    jump = np.abs(np.diff(found["hand_pose"][:, 1], axis=0)).max()
    assert jump < 0.6


def test_hand_on_another_wrist_is_not_believed(acting, tmp_path, body_file):
    _, points = acting
    points = points.copy()
    points[:, LEFT_HAND] += [0.5, 0, 0]
    found = extract(extract_hands, "hands", tmp_path, body_file, points)
    assert (found["score"][:, 0] == 0).all() and (found["score"][:, 1] > 0).all()


def test_expression_moves_the_face_as_seen(acting, tmp_path, body, body_file):
    pose, points = acting
    found = extract(extract_expression, "expression", tmp_path, body_file, points, noise=0.5)
    assert found["expression"].shape == (N, 50) and found["valid"].all()
    names = pose.to_numpy() | {
        "expression": found["expression"],
        "jaw_pose": found["jaw_pose"],
    }
    again = points_of(body, Pose.from_numpy(names))
    calm = names | {"expression": np.zeros((N, 50)), "jaw_pose": np.zeros((N, 3))}
    still = points_of(body, Pose.from_numpy(calm))
    face = slice(FACE.start + 17, FACE.stop)

    def moving(a):  # what changes over the clip: a person's own features are not expression
        return a[:, face] - a[:, face].mean(0) - (points[:, face] - points[:, face].mean(0))

    error, before = (np.linalg.norm(moving(a), axis=-1).mean() for a in (again, still))
    assert error < 0.6 * before
    opened, true = found["jaw_pose"][:, 0], pose.jaw_pose[:, 0].numpy()
    assert np.corrcoef(opened, true)[0, 1] > 0.8


def test_face_turned_away_is_not_valid(tmp_path, body, body_file):
    points = points_of(body, waving(body, N, yaw=np.pi))
    found = extract(extract_expression, "expression", tmp_path, body_file, points)
    assert not found["valid"].any() and np.abs(found["expression"]).max() == 0


def test_short_gap_is_bridged_and_not_valid(acting, tmp_path, body_file):
    _, points = acting
    score = np.ones((N, 133))
    score[10:13, FACE] = 0
    found = extract(extract_expression, "expression", tmp_path, body_file, points, score=score)
    assert not found["valid"][10:13].any() and found["valid"][:10].all()
    assert np.abs(np.diff(found["expression"], axis=0)).max() < 0.5


@pytest.mark.parametrize("run", [extract_expression, extract_hands])
def test_keypoints_are_read_as_the_fit_reads_them(acting, tmp_path, body_file, run):
    """A score, a camera and a share of frames that the configuration gives the fit."""
    keypoints = write_keypoints(
        tmp_path / "keypoints.npz", acting[1], noise=0.5, score=np.full((N, 133), 0.5)
    )

    def found(name, **reading):
        out = tmp_path / name
        settings = FitSettings(**reading)
        run(tmp_path / "clip.mp4", keypoints, body_file, out, "landmarks", reading=settings)
        return out.read_bytes()

    assert found("plain.npz") == found("same.npz", focal=1.0, least_score=0.3)
    assert found("plain.npz") != found("wide.npz", focal=0.7)
    with pytest.raises(UserError, match=f"seen in 0 of {N} frames"):
        found("none.npz", least_score=0.6)


def test_unknown_backend_is_refused(acting, tmp_path, body_file):
    keypoints = write_keypoints(tmp_path / "keypoints.npz", acting[1])
    files = tmp_path / "clip.mp4", keypoints, body_file, tmp_path / "out.npz"
    for extract in (extract_expression, extract_hands):
        with pytest.raises(UserError, match="no back-end 'magic'"):
            extract(*files, backend="magic")
    assert fit_clips.SIZE == (480, 640)
