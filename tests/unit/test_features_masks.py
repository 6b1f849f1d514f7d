"""Masks: their file, the still background, and the sharpening, on images with known masks."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.keypoints import save_keypoints
from understudy.artifacts.masks import PackedMasks, load_masks, pack_masks, unpack_masks
from understudy.artifacts.origin import of_video
from understudy.errors import UserError
from understudy.features.masks import extract_masks
from understudy.features.mediapipe.sharpen import shadow_free_difference, sharp_mask
from understudy.features.mediapipe.still_background import still_background
from understudy.fitting.metrics import iou
from understudy.video.probe import probe
from understudy.video.write import VideoWriter


@given(arrays(bool, array_shapes(min_dims=3, max_dims=3, max_side=17)))
def test_masks_survive_packing(masks):
    packed = pack_masks(masks)
    assert packed["bits"].nbytes == len(masks) * -(-masks[0].size // 8)
    np.testing.assert_array_equal(unpack_masks(packed), masks)


@given(arrays(bool, array_shapes(min_dims=3, max_dims=3, max_side=17)), st.data())
def test_packed_masks_are_read_and_written_one_by_one(masks, data):
    packed = PackedMasks.of(iter(masks))
    index = data.draw(st.integers(0, len(masks) - 1))
    np.testing.assert_array_equal(packed[index], masks[index])
    np.testing.assert_array_equal(packed[[index, 0]], masks[[index, 0]])
    assert packed.shape == masks.shape
    assert packed.empty_share == np.mean([not mask.any() for mask in masks])
    other = packed.copy()
    other[index] = ~masks[index]
    np.testing.assert_array_equal(other[index], ~masks[index])
    np.testing.assert_array_equal(list(packed), masks)
    assert not PackedMasks.empty(*masks.shape)[:].any()


def test_masks_survive_the_file_and_other_files_are_refused(tmp_path):
    masks = np.random.default_rng(0).random((4, 9, 7)) > 0.5
    save_arrays(tmp_path / "masks.npz", pack_masks(masks), {"kind": "masks"})
    np.testing.assert_array_equal(load_masks(tmp_path / "masks.npz")[:], masks)
    save_arrays(tmp_path / "other.npz", pack_masks(masks), {"kind": "depth"})
    with pytest.raises(UserError, match=r"other\.npz: holds depth, expected masks"):
        load_masks(tmp_path / "other.npz")


@given(seed=st.integers(0, 2**31), m=st.integers(4, 9))
def test_background_is_the_median_of_what_is_free(seed, m):
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 256, (m, 6, 5, 3), dtype=np.uint8)
    person = rng.random((m, 6, 5)) < 0.4
    behind = still_background(frames, person)
    expected = np.ma.median(
        np.ma.array(frames.astype(float), mask=np.repeat(person[..., None], 3, -1)), axis=0
    ).filled(0)
    np.testing.assert_allclose(behind.colour, expected)


def _scene(n: int, shift: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A figure (an ellipse) that walks over a textured floor; `shift`: px per frame that
    the camera pans. Frames (n,96,128,3) uint8 and masks."""
    rng = np.random.default_rng(1)
    texture = cv2.resize(rng.uniform(60, 200, (24, 60, 3)).astype(np.float32), (400, 96))
    frames, masks = [], []
    for i in range(n):
        mask = np.zeros((96, 128), np.uint8)
        cv2.ellipse(mask, (20 + 8 * i, 48), (11, 34), 0, 0, 360, 1, -1)
        view = texture[:, shift * i : shift * i + 128]
        frame = np.where(mask[..., None] > 0, (190, 40, 60), view)
        frames.append(np.clip(frame + rng.normal(0, 2, frame.shape), 0, 255).astype(np.uint8))
        masks.append(mask > 0)
    return np.stack(frames), np.stack(masks)


def test_a_still_camera_gives_the_background_and_a_moving_one_none():
    frames, masks = _scene(10)
    assert still_background(frames, masks).known.mean() > 0.95
    frames, masks = _scene(10, shift=15)
    assert not still_background(frames, masks).known.any()


@pytest.mark.parametrize("shift", [0, 15])
def test_sharpening_recovers_a_blurred_and_displaced_mask(shift):
    frames, masks = _scene(10, shift)
    behind = still_background(frames, masks)
    soft = [cv2.GaussianBlur(np.roll(m, 1, 1).astype(np.float32), (0, 0), 3) for m in masks]
    sharp = np.stack([sharp_mask(f, s, behind) for f, s in zip(frames, soft, strict=True)])
    before = np.mean([iou(s > 0.5, m) for s, m in zip(soft, masks, strict=True)])
    after = np.mean([iou(s, m) for s, m in zip(sharp, masks, strict=True)])
    assert after > max(0.95, before)


def test_an_empty_soft_mask_stays_empty():
    frames, masks = _scene(4)
    behind = still_background(frames, masks)
    assert not sharp_mask(frames[0], np.zeros((96, 128), np.float32), behind).any()


def test_a_shadow_is_no_difference_and_a_person_is():
    colour = np.full((2, 2, 3), (120.0, 100.0, 80.0), np.float32)
    shadow = (colour * 0.6).astype(np.uint8)
    person = np.full((2, 2, 3), (30, 60, 160), np.uint8)
    assert shadow_free_difference(shadow, colour).max() < 2
    assert shadow_free_difference(person, colour).min() > 60


def test_masks_are_empty_where_keypoints_left_somebody_else_out(tmp_path, monkeypatch):
    with VideoWriter(tmp_path / "clip.mp4", 128, 64, fps=10) as video:
        video.write(np.zeros((6, 64, 128, 3), np.uint8))
    info = probe(tmp_path / "clip.mp4")
    whole = [np.ones((64, 128), bool)] * 6
    monkeypatch.setattr("understudy.features.masks.chosen", lambda *_: lambda *_: (iter(whole), {}))
    score = np.zeros((6, 133))
    score[:4, :17] = 1
    for told, seen in (({}, 6), ({"stranger": {"second": 0.4, "says": "somebody else"}}, 4)):
        about = {"filming": told, **of_video(tmp_path / "clip.mp4", info)}
        nothing = np.zeros((6, 133, 2)), score, np.ones(6), {}
        save_keypoints(tmp_path / "keypoints.npz", *nothing, about)
        extract_masks(
            tmp_path / "clip.mp4", tmp_path / "keypoints.npz", tmp_path / "masks.npz", "mediapipe"
        )
        assert load_masks(tmp_path / "masks.npz")[:].any((1, 2)).sum() == seen
