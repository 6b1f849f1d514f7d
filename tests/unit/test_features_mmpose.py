"""MMPose through the real packages: small networks, and networks with known answers."""

import numpy as np
import openmmlab_networks as networks
import pytest
import torch

from understudy.artifacts.keypoints import load_keypoints
from understudy.errors import UserError
from understudy.features.crops import cut_picture
from understudy.features.keypoints import extract_keypoints
from understudy.features.openmmlab import keypoints as mmpose_keypoints
from understudy.features.openmmlab import rtmdet
from understudy.features.openmmlab.keypoints import NETWORKS, PICTURE, person_cut
from understudy.features.openmmlab.networks import config_file, load_openmmlab, state_of
from understudy.features.runtime import Runtime
from understudy.fitting.settings import FitSettings
from understudy.networks.checkpoints import load_strictly
from understudy.observation.observed import read_observed
from understudy.video.read import read_frames
from understudy.video.write import VideoWriter

WIDTH, HEIGHT, FRAMES = 320, 240, 24


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    """The back-end with other networks, whose checkpoints are written next to it."""

    def use(detector, pose) -> Runtime:
        built = {"rtmdet_m": detector, "dwpose_l": pose}
        for name, build in built.items():
            monkeypatch.setitem(NETWORKS, name, build)
        files = {
            name: networks.write_checkpoint(tmp_path / f"{name}.pth", build())
            for name, build in built.items()
        }
        return Runtime("cpu", files)

    return use


def blob(x: float, y: float, channel: int) -> np.ndarray:
    """(h,w,3) float: a spot of one colour, brightest at x, y px from the frame's corner."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    picture = np.zeros((HEIGHT, WIDTH, 3))
    picture[..., channel] = 255 * np.maximum(1 - np.hypot(columns - x, rows - y) / 50, 0)
    return picture


def film(path, frames) -> str:
    with VideoWriter(path, WIDTH, HEIGHT, fps=12) as out:
        for frame in frames:
            out.write(np.clip(frame, 0, 255).astype(np.uint8))
    return path


def check_places(xy: np.ndarray, video, frames, channel: int) -> None:
    """Points (m,k,2) lie on the brightest pixels of the frames (m,), where the video has them."""
    for points, picture in zip(xy, read_frames(video, frames)[..., channel], strict=True):
        rows, columns = np.nonzero(picture == picture.max())
        brightest = np.stack([columns, rows], 1) + 0.5
        apart = np.linalg.norm(points[:, None] - brightest, axis=-1).min(1)
        assert apart.max() < 0.8


def test_points_lie_where_the_picture_shows_them(runtime, tmp_path):
    """A red spot wanders, and is away for two frames; one point lies outside the frame."""
    truth = np.array([(12.3 + 9.1 * i, 25.7 + 5.2 * i) for i in range(FRAMES)])
    away = [10, 11]
    pictures = [0 * blob(0, 0, 0) if i in away else blob(*truth[i], 0) for i in range(FRAMES)]
    video, out = film(tmp_path / "red.mp4", pictures), tmp_path / "keypoints.npz"
    extract_keypoints(
        video, out, "mmpose", "refuse", runtime(networks.NotGrey, networks.bright_pose)
    )
    found = load_keypoints(out)
    seen = np.setdiff1d(np.arange(FRAMES), away)
    check_places(found["xy"][seen, :132:2], video, seen.tolist(), 0)
    assert found["score"][seen, :132:2].min() > 0.8
    assert not found["score"][away].any() and not found["xy"][away].any()
    at_the_edge = found["xy"][:2, 132]  # the image's corner is not in the frame
    assert not found["score"][:2, 132].any() and not at_the_edge.any()
    assert found["score"][seen, 1:132:2].max() < 0.3, "red is taken for blue"
    observed, _ = read_observed(out, FitSettings())  # as the fit reads it
    assert observed.seen[seen].all() and not observed.seen[away].any() and observed.world is None
    assert found.about["backend"] == "mmpose"
    assert found.about["model"].keys() == {"rtmdet_m", "dwpose_l"} and "world" not in found


def test_one_of_two_is_followed_or_the_video_refused(runtime, tmp_path):
    """The blue one is in the image throughout, the red one for less time."""
    blue = np.array([(80.0 + 2 * i, 120.0) for i in range(FRAMES)])
    pictures = [
        blob(*blue[i], 2) + (blob(250 - 8 * i, 120, 0) if i < 16 else 0) for i in range(FRAMES)
    ]
    video, out = film(tmp_path / "two.mp4", pictures), tmp_path / "keypoints.npz"
    back_end = runtime(networks.NotGrey, networks.bright_pose)
    with pytest.raises(UserError, match=r"shows 2 people \(\d+ of 12 sampled frames\)"):
        extract_keypoints(video, out, "mmpose", "refuse", back_end)
    extract_keypoints(video, out, "mmpose", "flag", back_end)
    found = load_keypoints(out)
    check_places(found["xy"][:, 1:132:2], video, range(FRAMES), 2)
    assert set(found["people"].tolist()) == {1, 2} and "several_people" in found.about


def test_a_video_of_nobody_is_refused(runtime, tmp_path):
    video = film(tmp_path / "none.mp4", [blob(0, 0, 0) * 0] * FRAMES)
    with pytest.raises(UserError, match="no person is seen in 100 % of the frames"):
        extract_keypoints(
            video,
            tmp_path / "keypoints.npz",
            "mmpose",
            "refuse",
            runtime(networks.NotGrey, networks.bright_pose),
        )


def test_the_real_networks_give_a_valid_file(runtime, tmp_path):
    still = 255 * np.random.default_rng(0).random((HEIGHT, WIDTH, 3))
    video = film(tmp_path / "noise.mp4", [still] * 5)
    out = tmp_path / "keypoints.npz"
    extract_keypoints(
        video, out, "mmpose", "flag", runtime(networks.small_detector, networks.small_pose)
    )
    found = load_keypoints(out)
    assert found.arrays.keys() == {"xy", "score", "people"}
    assert found["xy"].shape == (5, 133, 2) and found["score"].shape == (5, 133)
    assert np.isfinite(found["xy"]).all() and 0 <= found["score"].min() <= found["score"].max() <= 1
    seen = found["score"] > 0
    assert seen.any() and (found["xy"][seen] < (WIDTH, HEIGHT)).all()
    assert found["people"].shape == (5,) and found["people"].min() >= 1


# What the networks are shown


def test_a_person_is_cut_out_as_mmpose_does():
    load_openmmlab()
    from mmpose.datasets.transforms import GetBBoxCenterScale, TopdownAffine

    y, x = np.mgrid[:HEIGHT, :WIDTH]
    frame = np.stack([x * 0.7, y, 255 - y * 0.9], -1).astype(np.uint8)
    box = np.array([50.2, 41.0, 121.7, 200.5])
    given = dict(img=frame, bbox=box[None].astype(np.float32))
    given = TopdownAffine(input_size=PICTURE[::-1])(GetBBoxCenterScale(padding=1.25)(given))
    ours = 255 * cut_picture(frame, person_cut(box), PICTURE, "cpu").permute(1, 2, 0).numpy()
    inside = (slice(40, -40), slice(40, -40))
    assert np.abs(ours[inside] - given["img"][inside]).max() < 2
    middle = given["input_center"] + 0.5  # of a pixel, where the packages use its corner
    np.testing.assert_allclose(
        person_cut(box).to_frame(np.array(PICTURE[::-1]) / 2 + 0.5), middle, atol=1e-3
    )


def test_a_frame_is_shown_whole_as_mmdetection_does():
    load_openmmlab()
    from mmdet.datasets.transforms import Resize
    from mmdet.registry import TRANSFORMS

    frame = np.random.default_rng(0).integers(0, 255, (90, 200, 3), np.uint8)
    given = Resize(scale=(640, 640), keep_ratio=True)(dict(img=frame))
    pad = dict(type="mmdet.Pad", size=(640, 640), pad_val=dict(img=(114, 114, 114)))
    given = TRANSFORMS.build(pad)(given)
    ours = rtmdet.picture(frame)
    np.testing.assert_array_equal(ours.pixels.permute(1, 2, 0), given["img"])
    assert given["scale_factor"] == (ours.shown[1] / 200, ours.shown[0] / 90)


# Checkpoints


@pytest.mark.parametrize(
    ("name", "build"), [("rtmdet_m", networks.small_detector), ("dwpose_l", networks.small_pose)]
)
def test_a_checkpoint_of_another_size_is_told(tmp_path, name, build):
    path = networks.write_checkpoint(tmp_path / f"{name}.pth", build())
    small = build()
    assert load_strictly(small, state_of(path), path, "cpu") is small
    with pytest.raises(UserError, match=r"not this network's checkpoint: it .*backbone\.stem"):
        load_strictly(NETWORKS[name](), state_of(path), path, "cpu")


def test_the_networks_are_the_official_ones():
    """Names and counts of weights as in the released files, whose sizes are published."""
    detector, pose = (mmpose_keypoints.shapes(name) for name in ("rtmdet_m", "dwpose_l"))
    assert detector["bbox_head.rtm_cls.0.weight"] == (1, 192, 1, 1)
    assert pose["head.final_layer.weight"] == (133, 1024, 7, 7)
    assert pose["head.cls_x.weight"] == (576, 256) and pose["head.cls_y.weight"] == (768, 256)
    assert config_file("mmpose", mmpose_keypoints.CONFIG).is_file()


def test_a_truncated_checkpoint_is_told(tmp_path):
    path = networks.write_checkpoint(tmp_path / "cut.pth", networks.small_pose())
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UserError, match="not a readable torch checkpoint"):
        state_of(path)


def test_only_what_is_listed_is_unpickled(tmp_path):
    torch.save({"state_dict": {}, "meta": networks.small_pose}, tmp_path / "code.pth")
    with pytest.raises(UserError, match="which is not a weight"):
        state_of(tmp_path / "code.pth")
