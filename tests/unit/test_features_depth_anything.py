"""Depth Anything through the real package with a small image; metres against known depths."""

from functools import partial

import cv2
import numpy as np
import pytest
import torch
from fit_clips import CAMERA, SIZE, waving
from fit_quality import sound
from small_networks import small_depth_anything

from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.depth import load_depth
from understudy.artifacts.fit import PARTS, Fit, save_fit
from understudy.artifacts.masks import pack_masks
from understudy.body.zbuffer import mesh_depth
from understudy.errors import UserError
from understudy.features.depth import EVERY, extract_depth
from understudy.features.depth_anything.metric import at_body
from understudy.features.depth_anything.outputs import network_outputs
from understudy.features.depth_anything.relative_depth import FARTHEST, in_metres
from understudy.features.runtime import Runtime
from understudy.networks import depth_anything
from understudy.networks.depth_anything import NETWORKS, inverse_depth, shown, state_of
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

FRAMES, SMALL = 8, "depth_anything_v2_vits"


@pytest.fixture(autouse=True)
def small_pictures(monkeypatch):
    monkeypatch.setattr(depth_anything, "SIDE", 70)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("depth") / "clip.mp4"
    coarse = np.random.default_rng(0).integers(0, 255, (FRAMES, 12, 16, 3), np.uint8)
    with VideoWriter(path, SIZE[1], SIZE[0], fps=25) as out:
        for picture in coarse:
            out.write(cv2.resize(picture, SIZE[::-1], interpolation=cv2.INTER_CUBIC))
    return path


# As in the package


@pytest.mark.parametrize("size", [(480, 640), (300, 200), (70, 70), (71, 333)])
def test_a_frame_is_shown_as_the_package_shows_it(size):
    frame = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
    wanted, _ = small_depth_anything().image2tensor(frame[..., ::-1], input_size=70)
    torch.testing.assert_close(shown(frame), wanted[0].cpu(), atol=1e-5, rtol=0)


def test_its_numbers_are_the_packages_own(video):
    network, frames = small_depth_anything(), [0, 3, 7]
    found = list(network_outputs(inverse_depth, network, video, frames, "cpu"))
    for ours, picture in zip(found, read_frames(video, frames), strict=True):
        wanted = network.infer_image(picture[..., ::-1].copy(), input_size=70)
        assert ours.shape == SIZE and np.ptp(wanted) > 0.01
        np.testing.assert_allclose(ours, wanted, atol=1e-5)


# In metres


@pytest.fixture
def scene():
    """Depth of a wall that recedes from 2 to 6 m with a person in front, mask and surface."""
    depth = np.tile(np.linspace(2, 6, 90), (60, 1))
    person = np.zeros(depth.shape, bool)
    person[10:50, 20:40] = True
    depth[person] = (2.5 + 0.2 * np.sin(np.mgrid[:60, :90][0] / 5))[person]
    surface = np.where(person, depth, 0)
    surface[:, :25] = 0  # hair and clothes are off the body
    return depth, person, surface


@pytest.mark.parametrize(
    ("relation", "says"),
    [("linear", lambda z: 9 - 1.3 * z), ("reciprocal", lambda z: 40 / z + 3)],
)
def test_a_known_depth_is_found(scene, relation, says):
    depth, person, surface = scene
    found = in_metres(says(depth).astype(np.float32), surface, person, relation)
    np.testing.assert_allclose(found, depth, atol=1e-3)


def test_what_cannot_be_known_is_left_out(scene):
    depth, person, surface = scene
    far = np.where(person, depth, 200.0)
    assert not in_metres(40 / far, surface, person, "reciprocal")[~person].any()
    behind = np.where(person, 9 - depth, 50.0)  # nearer than the camera
    assert not in_metres(behind, surface, person, "linear")[~person].any()
    nobody = np.zeros_like(person)
    for relation in ("linear", "reciprocal"):
        assert not in_metres(1 / depth, surface, nobody, relation).any()
        assert not in_metres(np.zeros_like(depth), surface, person, relation).any()


def test_metres_are_brought_to_the_body(scene):
    """By one factor; without a body, or a person, nothing is known."""
    depth, person, surface = scene
    found = at_body(0.8 * depth.astype(np.float32), surface, person)
    np.testing.assert_allclose(found, depth, rtol=0.02)
    assert not at_body(depth, surface, np.zeros_like(person)).any()
    assert not at_body(np.where(person, depth, 200.0), surface, person)[~person].any()


# What is written


@pytest.fixture(scope="module")
def person(tmp_path_factory, body, body_file):
    """masks.npz, fit.npz and the body of somebody whose mask is empty in frame 6."""
    folder, pose = tmp_path_factory.mktemp("fitted"), waving(body, FRAMES)
    fit = Fit(
        pose=pose,
        betas=torch.zeros(10),
        joint_offset=torch.zeros(55, 3),
        K=torch.tensor(CAMERA, dtype=torch.float32),
        fps=25.0,
        size=SIZE,
        confidence=np.ones(FRAMES, np.float32),
        error=dict.fromkeys(PARTS, 0.0),
        up=np.array([0.0, -1.0, 0.0], np.float32),
        about={"body": body.model_id},
    )
    save_fit(folder / "fit.npz", fit, sound(FRAMES))
    posed = body.shaped(torch.zeros(10)).pose(pose[:1]).vertices[0].numpy()
    depth = mesh_depth(posed, body.faces.numpy(), CAMERA, SIZE[1], SIZE[0])
    masks = np.repeat(depth[None] > 0, FRAMES, 0)
    masks[6] = False
    save_arrays(folder / "masks.npz", pack_masks(masks), {"kind": "masks"})
    return (folder / "masks.npz", folder / "fit.npz", body_file), depth


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    monkeypatch.setitem(NETWORKS, SMALL, small_depth_anything)
    path = tmp_path / "depth_anything_v2_vits.pth"
    torch.save(small_depth_anything().state_dict(), path)
    return Runtime("cpu", {SMALL: path})


@pytest.mark.parametrize("relation", ["linear", "reciprocal"])
def test_depth_of_a_clip(video, person, runtime, tmp_path, relation, body):
    files, truth = person
    extract_depth(video, *files, tmp_path / "depth.npz", "depth_anything_s", relation, runtime)
    found = load_depth(tmp_path / "depth.npz", body.model_id)
    assert found.arrays.keys() == {"depth", "frames"}
    assert found["frames"].tolist() == list(range(0, FRAMES, EVERY)) == [0, 6]
    assert found["depth"].shape == (2, *SIZE) and found["depth"].dtype == np.float16
    first = found["depth"][0].astype(float)
    seen = (truth > 0) & (first > 0)
    assert seen.sum() > 0.9 * (truth > 0).sum()
    assert np.median(first[seen]) == pytest.approx(np.median(truth[seen]), abs=0.1)
    assert first.max() < FARTHEST and not found["depth"][1].any()
    assert found.about["unit"] == "m" and found.about["model"].keys() == {SMALL}
    assert relation in found.about["source"]


def test_a_checkpoint_of_another_size_is_told(video, person, runtime, tmp_path, monkeypatch):
    monkeypatch.setitem(NETWORKS, SMALL, partial(small_depth_anything, 8))
    with pytest.raises(UserError, match=r"not this network's checkpoint: it depth_head\.projects"):
        extract_depth(
            video, *person[0], tmp_path / "depth.npz", "depth_anything_s", "linear", runtime
        )


def test_a_truncated_checkpoint_is_told(runtime):
    path = runtime.weights[SMALL]
    path.write_bytes(path.read_bytes()[:10_000])
    with pytest.raises(UserError, match="not a readable torch checkpoint"):
        state_of(path)


def test_the_sizes_are_the_official_ones():
    layout = depth_anything.shapes(SMALL)
    assert layout["pretrained.pos_embed"] == (1, 1370, 384)
    assert layout["depth_head.projects.3.weight"] == (384, 384, 1, 1)
