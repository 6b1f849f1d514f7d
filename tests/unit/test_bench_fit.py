"""What the bench of the fit relies on: calibrated views, degraded keypoints, files made once."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.bench.fit_keypoints import keypoint_errors
from tests.bench.fit_truth import LOST_SHARE, spoilt
from tests.bench.fit_views import MARKS, View, aligned, read_calibration
from tests.bench.fit_world import made
from understudy.artifacts.arrays import Arrays, save_arrays
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import FACE, LANDMARK_NAMES

CALIBRATION = """<calibration><cameras>
<camera serial="cam01"><transform x="0" y="-4000" z="1500"
  r11="1" r12="0" r13="0" r21="0" r22="0" r23="1" r31="0" r32="-1" r33="0"/>
<intrinsic focalLengthU="64000" focalLengthV="64000" centerPointU="32000" centerPointV="38400"/>
</camera></cameras></calibration>"""


def test_a_calibrated_camera_sees_up_above_and_right_to_the_right(tmp_path):
    path = tmp_path / "calibration.txt"
    path.write_text(CALIBRATION)
    view = read_calibration(path)["cam01"]  # four metres in front of the origin, looking at it
    points = np.array([[0.0, 0.0, 1.5], [1.0, 0.0, 1.5], [0.0, 0.0, 2.5]])
    assert np.allclose(view.pixels(points), [[500, 600], [750, 600], [500, 350]])


def test_a_fit_is_placed_where_the_other_views_see_it():
    rng = np.random.default_rng(0)
    world = rng.normal((0, 0, 1), 0.4, (12, len(MARKS), 3))
    K = np.array([[1000.0, 0, 500], [0, 1000, 500], [0, 0, 1]])
    views, seen = {}, {}
    for name, yaw in {"a": 0.0, "b": 1.2, "c": 2.5, "d": -1.7}.items():
        turn = np.diag([1.0, -1, -1]) @ rot.exp(np.array([-np.pi / 2, 0, 0]))
        turn = turn @ rot.exp(np.array([0, 0, yaw]))
        views[name] = View(K, turn, np.array([0, 1.0, 4.5]))
        xy = np.zeros((12, 133, 2))
        xy[:, MARKS] = views[name].pixels(world)
        seen[name] = SimpleNamespace(xy=xy, score=np.ones((12, 133)), unit=4.0)
    own = world @ views["a"].turn.T + views["a"].shift
    tilt = rot.exp(np.array([0.1, 0.2, -0.1]))
    placed = aligned(1.3 * own @ tilt.T + (0.2, 0.1, 0.4), views, seen, "a")
    assert np.abs(placed - world).max() < 1e-3
    wrong = own * (1, 1, -1)  # near and far swapped: no turn can fix that
    assert np.linalg.norm(aligned(wrong, views, seen, "a") - world, axis=-1).mean() > 0.1


def test_keypoints_are_spoilt_as_much_as_said():
    n = 400
    truth = Arrays(
        {
            "keypoints": np.full((n, 133, 2), 200.0),
            "visible": np.arange(133)[None] + np.zeros((n, 1)) < FACE.stop,
            "height_px": np.full(n, 300.0),
        },
        {},
    )
    xy, score = spoilt(truth, np.random.default_rng(0))
    assert (xy - 200).std() == pytest.approx(3.0, rel=0.05)
    assert (score[:, :5] == 1).all() and (score[:, FACE] == 1).all()
    assert (score[:, FACE.stop :] == 0).all()
    lost = score[:, LANDMARK_NAMES.index("left_knee")] == 0
    assert LOST_SHARE / 3 < lost.mean() < 3 * LOST_SHARE
    assert (lost == (score[:, LANDMARK_NAMES.index("left_heel")] == 0)).all()


def test_only_what_differs_is_made_again(tmp_path):
    path, runs = tmp_path / "sub/file.npz", []

    def make():
        runs.append(len(runs))
        path.write_text(str(runs))

    for version in ({"size": 1}, {"size": 1}, {"size": 2}):
        made([path], version, make)
    assert len(runs) == 2
    path.unlink()
    made([path], {"size": 2}, make)
    assert len(runs) == 3

    def fails():
        raise OSError

    with pytest.raises(OSError):
        made([path], {"size": 3}, fails)
    made([path], {"size": 2}, make)  # what a failure left half-made is not trusted
    assert len(runs) == 4


def test_keypoints_of_somebody_else_are_counted_as_lost(tmp_path):
    """Three frames of a person 200 px tall: 2 px off, upside down, and not seen at all."""
    rng = np.random.default_rng(0)
    true = rng.uniform(50, 250, (3, 133, 2)).astype(np.float32)
    xy, score = true.copy(), np.ones((3, 133), np.float32)
    xy[0, :, 0] += 2
    xy[1, :, 1] = 300 - xy[1, :, 1]
    score[2] = 0
    save_arrays(tmp_path / "keypoints.npz", {"xy": xy, "score": score}, {"kind": "keypoints"})
    height = np.full(3, 200, np.float32)
    save_arrays(tmp_path / "truth.npz", {"keypoints": true, "height_px": height}, {"kind": "truth"})
    errors = keypoint_errors(tmp_path / "keypoints.npz", tmp_path / "truth.npz")
    assert errors.pct[0] == pytest.approx(1, rel=1e-5) and np.isnan(errors.pct[2])
    assert errors.pct[1] > 10 and errors.lost == 1
