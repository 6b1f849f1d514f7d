"""The measures of the demo: zero for the ground truth itself, known for known errors."""

import numpy as np
import pytest

from tests.unit.some_labels import write_some_labels
from understudy.artifacts.arrays import Arrays
from understudy.artifacts.placed import Blended, Placed
from understudy.body.skeleton import PARENTS
from understudy.demo import measure
from understudy.demo.camera import background_camera
from understudy.demo.measure_rooms import Photos, measure_rooms

K = np.array([[500.0, 0, 192], [0, 500, 192], [0, 0, 1]])


@pytest.fixture
def skeleton():
    """Five frames of 22 joints about 3 m in front of the camera."""
    rng = np.random.default_rng(0)
    return rng.normal(0, 0.3, (5, 22, 3)) + np.array([0, 0, 3])


def test_bones_take_the_true_lengths_and_keep_their_directions(skeleton):
    other = np.random.default_rng(1).normal(0, 0.3, (5, 22, 3)) + np.array([0, 0, 3])
    rebuilt = measure.with_bones_of(skeleton, other)
    for child in range(1, 22):
        parent = PARENTS[child]
        bone = rebuilt[:, child] - rebuilt[:, parent]
        true = other[:, child] - other[:, parent]
        own = skeleton[:, child] - skeleton[:, parent]
        np.testing.assert_allclose(np.linalg.norm(bone, axis=-1), np.linalg.norm(true, axis=-1))
        cosine = (bone * own).sum(-1) / np.linalg.norm(bone, axis=-1) / np.linalg.norm(own, axis=-1)
        np.testing.assert_allclose(cosine, 1)


def test_reenactment_is_free_of_proportions_but_not_of_place(skeleton):
    truth = Arrays(
        {"joints3d": skeleton.astype(np.float32), "K": K, "height_px": np.full(5, 300.0)}, {}
    )
    pelvis = skeleton[:, :1]
    larger = pelvis + 1.3 * (skeleton - pelvis)
    assert measure.reenactment_error(larger, K, truth).max() < 1e-3
    aside = skeleton + np.array([0.06, 0, 0])  # 10 px for a pelvis 3 m away
    error = measure.reenactment_error(aside, K, truth)
    expected = 100 * 500 * 0.06 / pelvis[:, 0, 2] / 300
    np.testing.assert_allclose(error, np.broadcast_to(expected[:, None], error.shape), rtol=1e-3)


def test_keypoints_count_only_where_seen_and_found():
    truth = Arrays(
        {
            "keypoints": np.zeros((2, 133, 2)),
            "visible": np.zeros((2, 133), bool),
            "height_px": np.array([200.0, 100.0]),
        },
        {},
    )
    truth["visible"][:, [0, 5]] = True
    points = Arrays({"xy": np.zeros((2, 133, 2)), "score": np.ones((2, 133))}, {})
    points["xy"][:, 0] = [3, 4]
    points["score"][1, 5] = 0.1
    assert sorted(measure.keypoints_error(points, truth)) == pytest.approx([0, 2.5, 5.0])


def test_somebody_placed_by_the_true_camera_is_as_tall_as_filmed(tmp_path):
    """And by one that is pitched 2° more, or is thought to be half a metre higher, is not."""
    camera = background_camera("office", 640, 480)
    pitch = float(np.degrees(np.arcsin(camera.viewmat[2, 1])))
    roll = float(np.degrees(np.arctan2(camera.viewmat[0, 1], -camera.viewmat[1, 1])))
    above = float(camera.position[1])
    blended = Blended([], None, None, None, None, None, None)
    photos = Photos({"photo": "office"}, 640, 480)

    def measured(pitch: float, above: float, passed_over: dict[str, str]) -> dict[str, float]:
        where = (0.2, 3.0, 0.0, "", camera.K.tolist(), pitch, roll, above, "table", blended)
        write_some_labels(tmp_path / "a.npz", Placed("photo", passed_over, *where))
        write_some_labels(tmp_path / "white.npz")  # of a video in no room
        return measure_rooms([tmp_path / "a.npz", tmp_path / "white.npz"], photos)

    true = measured(pitch, above, {})
    assert true["room_pitch_deg"] < 1e-6 and true["placed_elsewhere"] == 0
    assert true["placed_height_ratio_p10"] == pytest.approx(1, abs=2e-3)
    off = measured(pitch + 2, above + 0.5, {"wall": "a wall"})
    assert off["room_pitch_worst_deg"] == pytest.approx(2) and off["placed_elsewhere"] == 1
    assert abs(off["placed_height_ratio_p90"] - 1) > 0.1
