"""What a fit reports of itself, against bodies made to slide, tremble, bend too far and vanish."""

from dataclasses import replace

import fit_clips
import numpy as np
import pytest
import torch
from fit_clips import SIZE, points_of, write_keypoints
from fit_quality import sound
from hypothesis import given
from hypothesis import strategies as st

from understudy.artifacts.fit import PARTS, Fit, load_fit, save_fit
from understudy.artifacts.fit_quality import NUMBERS, SEEN_PARTS, FitReport, read_report
from understudy.body.landmarks import LANDMARK_NAMES
from understudy.body.pose import Pose
from understudy.errors import UserError
from understudy.fitting.assess import (
    acceleration,
    assess,
    beyond_limits,
    longest_run,
    parts_seen,
    slide,
)
from understudy.fitting.flags import FlagSettings, check_fit, flags
from understudy.fitting.settings import FLAGS, FitSettings
from understudy.observation.observed import read_observed
from understudy.solver.limits import joint_limits

N, FPS = 20, 25.0


@pytest.fixture
def fit() -> Fit:
    """Somebody who stands still, seen in every frame."""
    pose = Pose.rest(N)
    pose.global_orient[:, 0] = torch.pi
    pose.transl[:] = torch.tensor([0.0, 0.3, 3.0])
    return Fit(
        pose=pose,
        betas=torch.zeros(10),
        joint_offset=torch.zeros(55, 3),
        K=torch.tensor(fit_clips.CAMERA, dtype=torch.float32),
        fps=FPS,
        size=SIZE,
        confidence=np.ones(N),
        error=dict.fromkeys(PARTS, 1.0),
        up=np.array([0.0, -1.0, 0.0]),
        about={"body": "some-body"},
    )


@pytest.fixture
def assessed(fit, body, tmp_path):
    """Assess a fit against keypoints of the body that stands still."""
    points = points_of(body, fit.pose, [0.0])
    path = write_keypoints(tmp_path / "keypoints.npz", points, noise=0.0, fps=FPS)
    observed, _ = read_observed(path, FitSettings())
    return lambda changed: assess(changed, observed, body, FitSettings())


def test_a_sound_fit_has_nothing_to_say(fit, assessed):
    quality = assessed(fit)
    numbers = [getattr(quality, name) for name in NUMBERS]
    assert numbers == pytest.approx([0.0] * len(NUMBERS), abs=1e-3)
    assert quality.part_seen.all() and quality.part_seen.shape == (N, len(SEEN_PARTS))
    assert flags(FitReport(fit.error, quality), FlagSettings()) == {}


def test_feet_that_slide_are_measured_at_30_frames_a_second(fit, assessed):
    fit.pose.transl[:, 0] += 0.012 * torch.arange(N)
    quality = assessed(fit)
    assert quality.slide == pytest.approx(12 * FPS / 30, rel=1e-3)
    assert quality.jitter < 1e-2  # a steady slide does not tremble


def test_trembling_is_measured_at_30_frames_a_second(fit, assessed):
    fit.pose.transl[:, 1] += 0.001 * (torch.arange(N) % 2)
    assert assessed(fit).jitter == pytest.approx(2 * (FPS / 30) ** 2, rel=1e-2)


def test_a_flip_is_a_turn_that_nobody_makes(fit, assessed):
    fit.pose.global_orient[N // 2 :] = torch.tensor([0.0, 0.0, torch.pi])  # half a turn about up
    assert assessed(fit).fastest_turn == pytest.approx(180 * FPS, rel=1e-4)
    unseen = replace(fit, confidence=np.where(np.arange(N) == N // 2, 0.0, 1.0))
    assert assessed(unseen).fastest_turn < 1e-2  # nobody saw it: it is bridged


def test_a_knee_bent_the_wrong_way_is_beyond_its_limit(fit, assessed):
    knee = 3  # of body_pose: left_knee
    fit.pose.body_pose[:5, knee, 0] = np.radians(-25.0)
    fit.pose.body_pose[5:, knee, 0] = np.radians(-8.0)  # not worth reporting
    assert assessed(fit).beyond_limits == pytest.approx(5 / (N * 21))


def test_bridged_frames_are_counted_and_told(fit, assessed):
    confidence = np.ones(N)
    confidence[[2, *range(6, 12)]] = 0
    shaken = replace(fit, confidence=confidence)
    shaken.pose.transl[8, 0] += 1.0  # a guess may jump
    quality = assessed(shaken)
    assert quality.bridged == pytest.approx(7 / N)
    assert quality.longest_bridge == pytest.approx(6 / FPS)
    assert quality.jitter < 1e-2
    assert flags(FitReport(fit.error, quality), FlagSettings()) == {
        "bridged": "35 % of the frames are bridged, more than 30"
    }


def test_a_person_cut_at_the_knees_has_no_legs_to_see():
    score = np.ones((8, 133))
    score[2:, [LANDMARK_NAMES.index(f"{side}_ankle") for side in ("left", "right")]] = 0
    score[:, LANDMARK_NAMES.index("left_hip")] = 0  # three of four still show the trunk
    seen = dict(zip(SEEN_PARTS, parts_seen(score).mean(0), strict=True))
    assert (seen["trunk"], seen["head"], seen["left_leg"], seen["right_leg"]) == (1, 1, 0.25, 0.25)
    quality = sound(8, part_seen=parts_seen(score))
    assert flags(FitReport(dict.fromkeys(PARTS, 1.0), quality), FlagSettings()) == {
        f"{side}_leg": f"the {side} leg is seen in 25 % of the frames, fewer than 50"
        for side in ("left", "right")
    }


@given(st.lists(st.booleans(), max_size=12))
def test_the_longest_run_is_the_longest(marked):
    runs = "".join("x" if one else " " for one in marked).split()
    assert longest_run(np.array(marked, bool)) == max(map(len, runs), default=0)


@given(st.floats(-0.1, 0.1), st.integers(3, 9))
def test_steady_acceleration_is_found(a, n):
    line = 0.5 * a * np.arange(n, dtype=float) ** 2
    joints = np.stack([line, 0 * line, 3 + 0 * line], -1)[:, None]
    assert acceleration(joints, np.ones(n, bool)) == pytest.approx(abs(a), abs=1e-12)


@given(st.floats(0, 1))
def test_poses_within_their_limits_are_not_beyond_them(share):
    low, high = joint_limits()
    pose = (1 - share) * low + share * high
    angle = np.linalg.norm(pose, axis=-1, keepdims=True)
    assert beyond_limits((pose * np.minimum(1, 3.1 / np.maximum(angle, 1e-9)))[None]) == 0


def test_nothing_to_measure_is_not_a_number_and_flags_nothing():
    assert np.isnan(acceleration(np.zeros((2, 22, 3)), np.ones(2, bool)))
    assert np.isnan(slide(np.zeros((4, 4, 3)), np.zeros((3, 4), bool)))
    unknown = sound(4, jitter=float("nan"), slide=float("nan"))
    error = dict.fromkeys(PARTS, float("nan"))
    assert flags(FitReport(error, unknown), FlagSettings()) == {}


@pytest.mark.parametrize(
    ("number", "value", "reason"),
    [
        ("bridged", 0.42, "42 % of the frames are bridged, more than 30"),
        ("longest_bridge", 2.3, "one bridged span lasts 2.3 s, more than 1"),
        ("jitter", 31.0, "the joints accelerate by 31 mm per frame², more than 20"),
        ("fastest_turn", 2079.0, "the body turns by 2079° per second, more than 600"),
        ("slide", 34.0, "feet slide 34 mm per frame, more than 20"),
        ("beyond_limits", 0.12, "12 % of the joints turn beyond their limits, more than 2"),
    ],
)
def test_each_number_flags_by_name(fit, tmp_path, capsys, number, value, reason):
    path = tmp_path / "fit.npz"
    save_fit(path, fit, sound(N, **{number: value}))
    report = read_report(path)
    assert getattr(report.quality, number) == pytest.approx(value)
    assert flags(report, FlagSettings()) == {number: reason} and number in FLAGS
    assert flags(report, replace(FlagSettings(), **{number: 2 * value})) == {}
    check_fit(path, FlagSettings(), "warn")
    assert capsys.readouterr().err == f"warning: {path}: the fit is flagged: {reason}\n"
    with pytest.raises(UserError, match=r"the fit is flagged: .*set fit\.flagged: warn"):
        check_fit(path, FlagSettings(), "refuse")
    assert len(load_fit(path)) == N


def test_a_body_beside_its_keypoints_is_flagged(fit, tmp_path, capsys):
    off = replace(fit, error={**fit.error, "body": 4.13})
    save_fit(tmp_path / "fit.npz", off, sound(N))
    assert flags(read_report(tmp_path / "fit.npz"), FlagSettings()) == {
        "error": "the body is 4.1 % of its height away from its keypoints, more than 2"
    }


def test_a_sound_fit_is_neither_told_nor_refused(fit, tmp_path, capsys):
    save_fit(tmp_path / "fit.npz", fit, sound(N))
    check_fit(tmp_path / "fit.npz", FlagSettings(), "refuse")
    assert capsys.readouterr().err == ""
