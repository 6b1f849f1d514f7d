"""Regions, detections, heatmaps and the models' files, against truth made by hand."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from understudy.artifacts.masks import unpack_masks
from understudy.errors import UserError
from understudy.features.mediapipe import models
from understudy.features.mediapipe.body import look_at_body, propose_bodies, refined, track_body
from understudy.features.mediapipe.detectors import Detections, anchors, decoded, merged
from understudy.features.mediapipe.models import MODELS, load_model
from understudy.features.mediapipe.regions import Region, around, cut, to_image, turn, whole

ROOT = Path(__file__).resolve().parents[2]
ANKLES = [27, 28]  # of MediaPipe's points


def _slope(width: int, height: int) -> np.ndarray:
    """An image whose red is x and whose green is y, times two."""
    y, x = np.mgrid[:height, :width]
    return np.stack([2 * x, 2 * y, 0 * x], -1).astype(np.uint8)


def test_a_turned_region_has_its_corners_where_they_belong():
    region = Region(np.array([100.0, 50.0]), 40.0, np.pi / 2)  # a quarter clockwise
    corners = to_image(np.array([[0, 0], [1, 0], [0.5, 0.5]]), region)
    np.testing.assert_allclose(corners, [[120, 30], [120, 70], [100, 50]], atol=1e-9)


@pytest.mark.parametrize("rotation", [0.0, 0.4, -2.0])
def test_a_cut_shows_each_point_where_it_returns_from(rotation):
    region = Region(np.array([50.0, 40.0]), 30.0, rotation)
    picture = cut(_slope(100, 80), region, 60, cv2.BORDER_REPLICATE)
    assert picture.dtype == np.float32 and picture.shape == (60, 60, 3)
    y, x = np.mgrid[5:55:7, 5:55:7]
    shown = picture[y, x, :2] * 255 / 2
    np.testing.assert_allclose(shown, to_image(np.stack([x, y], -1) / 60, region), atol=0.3)


def test_outside_the_image_is_black_or_its_edge():
    grey = np.full((40, 20, 3), 100, np.uint8)
    around_it = whole(grey)
    assert around_it.side == 40
    assert cut(grey, around_it, 40, cv2.BORDER_CONSTANT)[20, 0].max() == 0
    assert cut(grey, around_it, 40, cv2.BORDER_REPLICATE)[20, 0].min() == pytest.approx(100 / 255)


def test_who_stands_upright_is_not_turned_and_who_lies_is():
    hips, up, right = np.array([10.0, 50.0]), np.array([0, -20.0]), np.array([20.0, 0])
    assert turn(hips, hips + up, np.pi / 2) == pytest.approx(0)
    assert turn(hips, hips + right, np.pi / 2) == pytest.approx(np.pi / 2)  # head to the right
    assert turn(hips, hips - up, np.pi / 2) == pytest.approx(-np.pi)


def test_a_square_is_moved_along_the_box():
    region = around(np.array([10.0, 20.0]), np.array([8.0, 4.0]), np.pi / 2, 2.0, shift=-0.5)
    np.testing.assert_allclose(region.centre, [12, 20])  # upwards in the box is to the right
    assert (region.side, region.rotation) == (16.0, np.pi / 2)


def test_anchors_are_the_centres_of_the_cells_row_by_row():
    found = anchors([(2, 2), (1, 3)])
    cells = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]
    np.testing.assert_allclose(found, [c for c in cells for _ in range(2)] + [[0.5, 0.5]] * 3)
    assert len(anchors([(28, 2), (14, 2), (7, 6)])) == 2254
    assert len(anchors([(24, 2), (12, 6)])) == 2016
    assert len(anchors([(16, 2), (8, 6)])) == 896


def test_proposals_are_offsets_from_their_anchors():
    raw = np.array([[0.1, 0.0, 0.2, 0.4, -0.1, 0.3], [0.0, 0.0, 0.2, 0.2, 0.0, 0.0], [0] * 6])
    centres = np.array([[0.3, 0.5], [0.7, 0.7], [0.5, 0.5]])
    found = decoded(raw, np.array([0.0, 2.0, -1.0]), centres, threshold=0.5)
    np.testing.assert_allclose(found.score, [1 / (1 + np.exp(-2)), 0.5])
    np.testing.assert_allclose(found.boxes, [[0.6, 0.6, 0.8, 0.8], [0.3, 0.3, 0.5, 0.7]])
    np.testing.assert_allclose(found.keypoints[:, 0], [[0.7, 0.7], [0.2, 0.8]])


def test_overlapping_proposals_are_averaged_by_score():
    boxes = np.array([[0, 0, 4, 4], [1, 0, 5, 4], [10, 10, 12, 12], [0, 0, 0, 0]], float)
    keypoints = np.array([[[0, 0]], [[3, 3]], [[11, 11]], [[0, 0]]], float)
    found = merged(Detections(boxes, keypoints, np.array([0.8, 0.4, 0.3, 0.2])))
    np.testing.assert_allclose(found.boxes[0], [1 / 3, 0, 13 / 3, 4])
    np.testing.assert_allclose(found.keypoints[:, 0], [[1, 1], [11, 11], [0, 0]])
    np.testing.assert_allclose(found.score, [0.8, 0.3, 0.2])


def test_nothing_found_is_merged_to_nothing():
    none = Detections(np.zeros((0, 4)), np.zeros((0, 6, 2)), np.zeros(0))
    assert merged(none).keypoints.shape[0] == 0


def test_a_clear_heatmap_moves_its_point_and_no_other():
    y, x = np.mgrid[:64, :64]
    blob = 6 - ((x - 20.0) ** 2 + (y - 31.0) ** 2)
    heat = np.stack([blob, blob - 8, blob, blob], -1).astype(np.float32)
    points = np.array([[21.5, 30.2], [21.5, 30.2], [50.0, 5.0], [-3.0, 70.0]]) / 64
    found = refined(points, heat) * 64
    np.testing.assert_allclose(found[0], [20, 31], atol=0.02)
    np.testing.assert_allclose(found[1:], points[1:] * 64)  # unclear; far from it; outside


def test_the_mask_lies_on_the_body(filmed):
    frame = filmed.frames[0]
    body = look_at_body(frame, propose_bodies(frame, whole(frame))[0])
    true = unpack_masks(filmed.truth)[0]
    for size in (320, 160):
        scale = np.array([size, size]) / 320
        mask = body.mask_in(size, size, scale) > 0.5
        small = cv2.resize(true.astype(np.uint8), (size, size), interpolation=cv2.INTER_AREA) > 0
        assert (mask & small).sum() > 0.85 * (mask | small).sum()


def test_who_moved_fast_is_looked_at_again_where_they_are_found(filmed):
    """A third of their region lower than in the frame before: their feet are outside of where they
    are looked for first."""
    frame = filmed.frames[0]
    before = look_at_body(frame, propose_bodies(frame, whole(frame))[0])
    moved = round(before.region.side / 3)
    later = np.pad(frame, ((moved, moved), (0, 0), (0, 0)), "edge")
    expected = before.points[:, :2] + [0, moved]
    once, found = look_at_body(later, before.following, before), track_body(later, before)

    def off(body):
        return np.linalg.norm(body.points[:, :2] - expected, axis=1)[ANKLES].max()

    height = np.ptp(expected[:, 1])
    assert off(once) > 0.1 * height and off(found) < 0.05 * height
    still = look_at_body(frame, before.following, before)
    np.testing.assert_array_equal(track_body(frame, before).points, still.points)


def test_threads_that_ask_at_once_get_what_one_gets():
    network = load_model("hand_recrop")
    pictures = np.random.default_rng(3).random((24, 256, 256, 3), np.float32)
    alone = [network(picture)[0] for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda picture: network(picture)[0], pictures))
    np.testing.assert_array_equal(alone, together)


def test_every_model_is_there_and_right():
    assert set(models.misfits().values()) == {""}


def test_what_is_wrong_with_a_model_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv(models.FOLDER, str(tmp_path))
    with pytest.raises(UserError, match=r"pose_landmark_full\.tflite: missing; run bash envs/"):
        models.model_file("pose_landmark")
    (tmp_path / "hand_recrop.tflite").write_bytes(b"another")
    wrong = {path.name: told for path, told in models.misfits().items()}
    assert wrong["hand_recrop.tflite"].startswith("SHA-256 is ")
    assert wrong["pose_detection.tflite"].startswith("missing; run ")


def test_what_is_fetched_is_what_is_loaded():
    fetched = (ROOT / models.FETCH).read_text()
    assert {file for file, _ in MODELS.values()} == {
        word for word in fetched.split() if word.endswith(".tflite")
    }


def test_the_models_are_looked_for_where_they_are_put(monkeypatch, tmp_path):
    monkeypatch.delenv(models.FOLDER, raising=False)
    assert _put_into(None) == models.models_folder()
    monkeypatch.setenv(models.FOLDER, str(tmp_path))
    assert _put_into(str(tmp_path)) == models.models_folder() == tmp_path


def _put_into(named: str | None) -> Path:
    """The folder that what fetches them would fill, with this Python."""
    (line,) = re.findall(r"^folder=.*$", (ROOT / models.FETCH).read_text(), re.MULTILINE)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path} | ({models.FOLDER: named} if named else {})
    told = subprocess.run(
        ["bash", "-c", f'{line}; echo "$folder"'], env=environment, capture_output=True, text=True
    )
    return Path(told.stdout.strip())
