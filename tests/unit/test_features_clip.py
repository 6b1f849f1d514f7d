"""Keypoints, masks and the counting of people on a filmed demo person, against ground truth."""

import cv2
import numpy as np
import pytest

from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.masks import load_masks, unpack_masks
from understudy.errors import UserError
from understudy.features.keypoints import extract_keypoints
from understudy.features.masks import extract_masks
from understudy.features.mediapipe.face_closeup import refined
from understudy.features.mediapipe.people import find_people
from understudy.fitting.metrics import iou
from understudy.video.write import VideoWriter


@pytest.fixture(scope="module")
def keypoints(filmed, tmp_path_factory):
    path = tmp_path_factory.mktemp("features") / "keypoints.npz"
    extract_keypoints(filmed.video, path, backend="mediapipe", people="refuse")
    return path


def _write(path, frames, fps=6):
    with VideoWriter(path, frames.shape[2], frames.shape[1], fps) as video:
        video.write(frames)
    return path


def test_keypoints_lie_on_the_true_ones(filmed, keypoints):
    found, truth = load_keypoints(keypoints), filmed.truth
    apart = np.linalg.norm(found["xy"] - truth["keypoints"], axis=-1)
    percent = 100 * apart / truth["height_px"][:, None]
    use = truth["visible"] & (found["score"] > 0.3)
    assert np.median(percent[:, :17][use[:, :17]]) < 2
    assert use[:, :17].sum() > 0.95 * truth["visible"][:, :17].sum()
    assert np.median(percent[:, 23:91][use[:, 23:91]]) < 2
    assert np.median(percent[:, 91:][use[:, 91:]]) < 2


def test_the_keypoint_file_says_what_made_it(filmed, keypoints):
    found = load_keypoints(keypoints)
    n = len(filmed.frames)
    assert found["xy"].shape == (n, 133, 2) and found["xy"].dtype == np.float32
    assert found["world"].shape == (n, 33, 3)
    assert (found["people"] == 1).all()
    assert found.about["size"] == [320, 320] and found.about["fps"] == 6
    assert "pose_landmark" in found.about["model"] and "several_people" not in found.about
    assert (found["score"][:, [18, 21]] == 0).all()


def test_irises_lie_on_the_true_eyes(filmed, keypoints):
    found, truth = load_keypoints(keypoints), filmed.truth
    irises = found["irises"]
    assert irises.shape == (len(filmed.frames), 2, 3)
    assert irises[0, 0, 0] > irises[0, 1, 0]  # the person's left is the image's right
    apart = np.linalg.norm(irises[..., :2] - truth["keypoints"][:, 1:3], axis=-1)
    use = truth["visible"][:, 1:3] & (irises[..., 2] == 1)
    assert use.sum() > 10
    assert np.median((100 * apart / truth["height_px"][:, None])[use]) < 1
    assert (irises[irises[..., 2] == 0] == 0).all()


def test_a_closer_look_puts_a_poor_guess_right(filmed):
    """The face of the first frame, guessed a quarter of its width off and somewhat too large."""
    good = filmed.holistic.face[-1]
    width = np.ptp(good[:, 0])
    poor = (good - good.mean(0)) * 1.2 + good.mean(0) + (0.25 * width, 0)
    found = refined(filmed.frames[0], poor)
    assert np.linalg.norm(found - good, axis=1).mean() < 0.05 * width
    wall = np.full_like(filmed.frames[0], 128)
    assert refined(wall, poor) is poor  # no face there
    elsewhere = good + np.array([1.2 * width, 0])  # visible, but not where it was said to be
    assert refined(filmed.frames[0], elsewhere) is elsewhere


def test_masks_cover_the_person(filmed, keypoints, tmp_path):
    extract_masks(filmed.video, keypoints, tmp_path / "masks.npz", backend="mediapipe")
    masks = load_masks(tmp_path / "masks.npz")[:]
    assert np.mean(iou(masks, unpack_masks(filmed.truth))) > 0.92


def test_masks_refuse_the_keypoints_of_another_clip(filmed, keypoints, tmp_path):
    other = _write(tmp_path / "other.mp4", filmed.frames[:7])
    with pytest.raises(UserError, match=r"keypoints\.npz: has 36 frames but .*other\.mp4 has 7"):
        extract_masks(other, keypoints, tmp_path / "masks.npz", backend="mediapipe")


def test_two_people_are_refused_by_name_or_flagged(filmed, tmp_path):
    left, right = filmed.frames[:15, :, 60:260], filmed.frames[:15, :, 260:60:-1]
    double = _write(tmp_path / "double.mp4", np.concatenate([left, right], axis=2))
    with pytest.raises(UserError, match=r"double\.mp4: shows 2 people"):
        extract_keypoints(double, tmp_path / "keypoints.npz", backend="mediapipe", people="refuse")
    assert not (tmp_path / "keypoints.npz").exists()
    extract_keypoints(double, tmp_path / "keypoints.npz", people="flag", backend="mediapipe")
    found = load_keypoints(tmp_path / "keypoints.npz")
    assert "several" in found.about["several_people"]
    x = found["xy"][:, 5:17, 0][found["score"][:, 5:17] > 0.3]
    assert np.ptp(x) < 200  # one of the two, throughout


def test_an_empty_room_is_refused_by_name(filmed, tmp_path):
    wall = np.repeat(filmed.frames[:12, :, :64], 2, axis=2)
    empty = _write(tmp_path / "room.mp4", wall)
    with pytest.raises(UserError, match=r"room\.mp4: no person is seen in 100 %"):
        extract_keypoints(empty, tmp_path / "keypoints.npz", backend="mediapipe", people="refuse")


def test_a_small_figure_is_found_in_a_large_picture(filmed, tmp_path):
    """Far away, the detector misses it in the whole frame; windows around the person do not."""
    n, width = 18, 320
    canvas = np.repeat(cv2.GaussianBlur(filmed.frames[0], (0, 0), 25)[None], n, 0)
    small = np.stack(
        [cv2.resize(f, (96, 96), interpolation=cv2.INTER_AREA) for f in filmed.frames[:n]]
    )
    canvas[:, 200:296, 210:306] = small
    far = _write(tmp_path / "far.mp4", canvas)
    extract_keypoints(far, tmp_path / "keypoints.npz", backend="mediapipe", people="refuse")
    found, truth = load_keypoints(tmp_path / "keypoints.npz"), filmed.truth
    moved = truth["keypoints"][:n, :17] * 96 / width + (210, 200)
    apart = np.linalg.norm(found["xy"][:, :17] - moved, axis=-1)
    use = truth["visible"][:n, :17] & (found["score"][:, :17] > 0.3)
    assert np.median(apart[use]) < 0.03 * 0.3 * truth["height_px"][0]
    assert use.sum() > 0.85 * truth["visible"][:n, :17].sum()
    extract_masks(far, tmp_path / "keypoints.npz", tmp_path / "masks.npz", backend="mediapipe")
    masks = load_masks(tmp_path / "masks.npz")[:]
    true = [
        cv2.resize(mask.astype(np.uint8) * 255, (96, 96), interpolation=cv2.INTER_AREA) > 127
        for mask in unpack_masks(truth)[:n]
    ]
    assert np.mean(iou(masks[:, 200:296, 210:306], np.stack(true))) > 0.8
    assert masks.sum() == masks[:, 200:296, 210:306].sum()


def test_loading_and_running_the_models_says_nothing(filmed, capfd):
    assert len(find_people(filmed.frames[0])) == 1
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err == ""
