"""Segment Anything through the real package with small networks; masks corrected over time."""

from functools import partial
from importlib import import_module

import cv2
import numpy as np
import pytest
import torch
from fit_clips import SIZE, points_of, waving, write_keypoints
from small_networks import small_sam

from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.masks import load_masks
from understudy.errors import UserError
from understudy.features.masks import extract_masks
from understudy.features.runtime import Runtime
from understudy.features.sam import masks as sam_masks
from understudy.features.sam.masks import NETWORKS, prompts_of, segment, state_of
from understudy.features.sam.steady_masks import steady_masks
from understudy.fitting.metrics import iou
from understudy.networks import torchvision_cpu
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

FRAMES = 6


def package():
    """segment_anything, importable with a CPU build of torch."""
    torchvision_cpu.install()
    return import_module("segment_anything")


@pytest.fixture(scope="module")
def clip(tmp_path_factory, body):
    """A video and the keypoints of a person who is not there in frame 3."""
    folder = tmp_path_factory.mktemp("sam")
    video, keypoints = folder / "clip.mp4", folder / "keypoints.npz"
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 255, (FRAMES, 12, 16, 3), np.uint8)
    with VideoWriter(video, SIZE[1], SIZE[0], fps=25) as out:
        for picture in coarse:
            out.write(cv2.resize(picture, SIZE[::-1], interpolation=cv2.INTER_CUBIC))
    score = np.ones((FRAMES, 133))
    score[3] = 0
    write_keypoints(keypoints, points_of(body, waving(body, FRAMES)), noise=0, score=score)
    return video, keypoints


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    monkeypatch.setitem(NETWORKS, "sam_vit_b", small_sam)
    torch.save(small_sam().state_dict(), tmp_path / "sam_vit_b_01ec64.pth")
    return Runtime("cpu", {"sam_vit_b": tmp_path / "sam_vit_b_01ec64.pth"})


def test_masks_are_the_packages_own(clip):
    """Each mask is what SamPredictor gives for the same prompts, asked twice."""
    video, keypoints = clip
    network, info, points = small_sam(), probe(video), load_keypoints(keypoints)
    prompts = prompts_of(points["xy"], points["score"], info.width, info.height)
    masks = segment(network, video, info, prompts)
    assert sorted(prompts) == [0, 1, 2, 4, 5] and not masks[3].any()
    predictor, half = package().SamPredictor(network), 0.5 * info.width / 128
    for frame, prompt in prompts.items():
        predictor.set_image(read_frames(video, [frame])[0])
        asked = dict(
            point_coords=prompt.points - half,  # the package adds half a pixel of its image
            point_labels=np.ones(len(prompt.points)),
            box=prompt.box - half,
            multimask_output=False,
        )
        _, _, logits = predictor.predict(**asked)
        wanted, _, _ = predictor.predict(**asked, mask_input=logits)
        assert 0.02 < wanted.mean() < 0.98, "says nothing"
        assert (masks[frame] != wanted[0]).mean() < 1e-3


def test_masks_of_a_clip(clip, runtime, tmp_path):
    video, keypoints = clip
    extract_masks(video, keypoints, tmp_path / "masks.npz", "sam_b", runtime)
    masks, about = (
        load_masks(tmp_path / "masks.npz")[:],
        load_arrays(tmp_path / "masks.npz", "masks"),
    )
    assert about.arrays.keys() == {"bits", "shape"}
    assert masks.shape == (FRAMES, *SIZE) and masks.any((1, 2)).tolist() == [1, 1, 1, 0, 1, 1]
    assert about.about["model"].keys() == {"sam_vit_b"} and about.about["backend"] == "sam_b"


def test_prompts_are_the_sure_points_and_their_box_enlarged():
    xy = np.zeros((3, 133, 2))
    xy[:, :20] = np.random.default_rng(0).uniform((100, 50), (200, 250), (20, 2))
    xy[:, 0], xy[:, 1], xy[:, 2] = (100, 50), (200, 250), (-9, 100)
    score = np.zeros((3, 133))
    score[0, :20], score[1, :3] = 0.9, 0.9
    score[2, :20] = 0.5  # not above it
    found = prompts_of(xy, score, 190, 400)
    assert list(found) == [0]
    beyond = (xy[0, :20, 0] < 0) | (xy[0, :20, 0] >= 190)
    assert beyond.sum() >= 2 and len(found[0].points) == 20 - beyond.sum()
    inside = found[0].points
    spread = np.ptp(inside, axis=0)
    wanted = [*(inside.min(0) - 0.1 * spread), *(inside.max(0) + 0.1 * spread)]
    np.testing.assert_allclose(found[0].box, np.clip(wanted, 0, (190, 400, 190, 400)))


# Checkpoints


def test_the_sizes_are_the_packages_own():
    widths = [sam_masks.shapes(name)["image_encoder.pos_embed"][-1] for name in NETWORKS]
    assert widths == [1280, 1024, 768]


def test_a_checkpoint_of_another_size_is_told(clip, tmp_path, monkeypatch, runtime):
    monkeypatch.setitem(NETWORKS, "sam_vit_b", partial(small_sam, 256))
    with pytest.raises(UserError, match=r"not this network's checkpoint: it image_encoder\.pos_em"):
        extract_masks(*clip, tmp_path / "masks.npz", "sam_b", runtime)
    torch.save({"model": {}}, tmp_path / "other.pth")
    with pytest.raises(UserError, match=r"other\.pth: has no state with weights"):
        state_of(tmp_path / "other.pth")


# Over time


def walker(n: int, height: int = 120, width: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """A figure that walks and swings an arm: masks (n,h,w) and the boxes of its trunk."""
    masks, boxes = [], []
    for i in range(n):
        mask, x, y = np.zeros((height, width), np.uint8), 40 + 6 * i, 60
        cv2.ellipse(mask, (x, y), (14, 45), 0, 0, 360, 1, -1)
        swing = 30 * np.sin(i / 2)
        cv2.line(mask, (x, y - 20), (int(x + swing), y + 25), 1, 7)
        masks.append(mask > 0)
        boxes.append((x - 14, y - 45, x + 14, y + 45))
    return np.stack(masks), np.array(boxes, float)


def test_what_moves_steadily_stays_as_it_is():
    masks, boxes = walker(15)
    np.testing.assert_array_equal(steady_masks(masks, boxes), masks)


def test_a_slip_is_put_right_by_its_neighbours():
    truth, boxes = walker(15)
    masks = truth.copy()
    masks[4], masks[9, :65] = True, False  # everything; only the legs
    steady = steady_masks(masks, boxes)
    assert iou(steady[4], truth[4]) > 0.85 and iou(steady[9], truth[9]) > 0.85
    untouched = [i for i in range(15) if i not in (4, 9)]
    np.testing.assert_array_equal(steady[untouched], truth[untouched])


def test_specks_and_cracks_go():
    truth, boxes = walker(9)
    masks = truth.copy()
    masks[4, 5:8, 5:8] = True
    masks[4, 60, 64] = False
    np.testing.assert_array_equal(steady_masks(masks, boxes)[4], truth[4])


def test_a_frame_without_a_person_stays_empty():
    masks, boxes = walker(9)
    masks[4], boxes[4] = False, np.nan
    assert not steady_masks(masks, boxes)[4].any()
