"""Animation: files, placement, views."""

from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.unit.avatar_scene import FPS, painted_avatar, render_fit, standing_fit
from tests.unit.fit_quality import sound
from understudy.artifacts.avatar import save_avatar
from understudy.artifacts.fit import save_fit
from understudy.artifacts.truth import Pictures
from understudy.avatar.evaluation.heldout import evaluate_pictures
from understudy.avatar.inspection.portraits import turntable
from understudy.errors import UserError
from understudy.scene.animate import aimed, animate_avatar, encode, render_frames
from understudy.scene.placement import lowest_sole, placed_pose
from understudy.scene.settings import AnimateSettings
from understudy.scene.viewpoints import Viewpoint, seen_from
from understudy.video.probe import probe
from understudy.video.read import read_frames, read_rgba
from understudy.video.write import VideoWriter

UP = torch.tensor([0.0, -1.0, 0.0])


@pytest.fixture(scope="module")
def avatar(body):
    return painted_avatar(body)


@pytest.mark.parametrize("size", [(96, 128), (160, 64), (99, 75)])
def test_master_and_white_video_show_the_same(avatar, body_file, tmp_path, size):
    fit = standing_fit(avatar, 11, size)
    save_fit(tmp_path / "fit.npz", fit, sound(len(fit)))
    save_avatar(tmp_path / "avatar.safetensors", avatar, {})
    rgba, white = tmp_path / "out.mkv", tmp_path / "out.mp4"
    animate_avatar(
        tmp_path / "avatar.safetensors",
        tmp_path / "fit.npz",
        body_file,
        white,
        tmp_path / "labels.npz",
        "source",
        AnimateSettings("ground", batch=4),
        rgba,
    )
    info = probe(white)
    even = [side // 2 * 2 for side in size]
    assert ([info.height, info.width], info.frames, float(info.fps)) == (even, 11, FPS)
    master = np.stack(list(read_rgba(rgba))).astype(float)
    assert master.shape == (11, *even, 4)
    assert (master[..., :3] <= master[..., 3:] + 1).all()  # premultiplied
    on_white = master[..., :3] + 255 - master[..., 3:]
    assert np.abs(on_white - read_frames(white)).mean() < 2
    truth, alpha = render_fit(avatar, fit)
    crop = np.s_[:, : even[0], : even[1]]
    assert np.abs(master[..., 3] - 255 * alpha[..., 0].numpy()[crop]).max() < 1
    assert np.abs(master[..., :3] - 255 * truth.numpy()[crop]).max() < 2


def test_batches_do_not_change_the_pictures(avatar):
    fit = standing_fit(avatar, 5, (48, 40))
    one, many = (
        torch.cat([rgb for rgb, *_ in render_frames(avatar, fit.pose, fit.K, 40, 48, batch)])
        for batch in (1, 3)
    )
    assert torch.allclose(one, many, atol=1e-6)


def test_frames_are_encoded_in_their_order(tmp_path):
    g = np.random.default_rng(0)
    frames = g.integers(0, 256, (10, 16, 16, 4), np.uint8)
    files = [tmp_path / name for name in ("one.mkv", "two.mkv")]
    with ExitStack() as stack:
        videos = tuple(stack.enter_context(VideoWriter(f, 16, 16, 12, "rgba")) for f in files)
        encode(((frames[t : t + 3], 255 - frames[t : t + 3]) for t in range(0, 10, 3)), videos)
    for file, truth in zip(files, (frames, 255 - frames), strict=True):
        assert (np.stack(list(read_rgba(file))) == truth).all()


@pytest.mark.parametrize("broken", ["frames", "writer"])
def test_what_fails_while_encoding_ends_it_and_leaves_no_file(tmp_path, broken):
    """An encoder that dies is reported though another thread writes to it; so is a bad frame."""

    def batches():
        for number in range(50):
            if broken == "frames" and number == 2:
                raise ZeroDivisionError
            if broken == "writer" and number == 2:
                video._process.kill()
            yield (np.zeros((4, 64, 64, 4), np.uint8),)

    with (
        pytest.raises((ZeroDivisionError, RuntimeError)),
        VideoWriter(tmp_path / "out.mkv", 64, 64, 12, "rgba") as video,
    ):
        encode(batches(), (video,))
    assert not list(tmp_path.iterdir())


def test_another_body_stands_where_the_reference_stood(avatar, body):
    """Taller, with other proportions: as tall in the image, its soles on the same ground."""
    tall = painted_avatar(body, betas=torch.tensor([2.0, -1.5]))
    reference = standing_fit(avatar, 10, (96, 96))
    crouch = reference.pose.body_pose.clone()
    crouch[5:, [0, 1], 0], crouch[5:, [3, 4], 0] = -0.6, 1.2
    reference = replace(reference, pose=replace(reference.pose, body_pose=crouch))
    pose = placed_pose(tall, reference, "ground")
    ratio = tall.rig.height / avatar.rig.height
    theirs = body.shaped(reference.betas)
    ours = body.shaped(tall.rig.betas)
    low = lowest_sole(theirs, reference.pose, UP) * ratio
    assert (lowest_sole(ours, pose, UP) - low).abs()[[0, 1, 8, 9]].max() < 0.005
    depth = pose.transl[:, 2] + ours.joints[0, 2]
    truth = (reference.pose.transl[:, 2] + theirs.joints[0, 2]) * ratio
    assert torch.allclose(depth, truth, atol=1e-5)
    assert placed_pose(tall, reference, "copy") is reference.pose


def test_the_same_body_is_left_where_it_was(avatar):
    reference = standing_fit(avatar, 6, (96, 96))
    pose = placed_pose(avatar, reference, "ground")
    assert torch.allclose(pose.transl, reference.pose.transl, atol=1e-5)


def test_views(avatar):
    assert Viewpoint.parse("source") == Viewpoint()
    assert Viewpoint.parse("az-90_el15") == Viewpoint(-90, 15)
    for name in ("az30", "left", "az10_el95", "az1.5_el0"):
        with pytest.raises(UserError, match=name):
            Viewpoint.parse(name)
    pose = standing_fit(avatar, 1, (96, 96)).pose  # faces the camera
    pelvis = avatar.rig.skeleton.joints[0]

    def person(view):
        moved = seen_from(pose, pelvis, UP, view)
        posed = avatar.rig.skeleton.pose(moved)
        return moved, posed.joints[0]

    left, right, head = (
        avatar.rig.body.joint(name) for name in ("left_shoulder", "right_shoulder", "head")
    )
    _, source = person(Viewpoint())
    _, side = person(Viewpoint(90, 0))
    _, above = person(Viewpoint(0, 40))
    assert torch.allclose(source[0], side[0], atol=1e-5)  # about the pelvis
    assert source[left, 0] > source[right, 0] + 0.2
    assert side[left, 2] < side[right, 2] - 0.2  # from the camera's right: the person's left first
    assert above[head, 2] < source[head, 2] - 0.2  # from above: the head comes closer
    assert torch.allclose(above[left, 1] - above[right, 1], torch.tensor(0.0), atol=0.02)


def test_turntable_stands_upright_on_white(avatar):
    picture = turntable(avatar, height=96, views=4)
    assert picture.shape == (192, 4 * 76, 3)
    drawn = (picture != 255).any(2)
    assert not drawn[:, [0, -1]].any()
    assert not drawn[[0, 95, 96, 191]].any()
    assert 0.05 < drawn.mean() < 0.4


def test_held_out_pictures_are_scored_after_placing(avatar):
    """The same person half as near and shifted is found again; another colour is not forgiven."""
    fit = standing_fit(avatar, 3, (128, 96))
    rgb, alpha = render_fit(avatar, fit)
    images = ((rgb + 1 - alpha).clamp(0, 1) * 255).round().byte().numpy()
    masks = (alpha[..., 0] > 0.5).numpy()
    wrong = replace(fit.pose, transl=fit.pose.transl * 1.2 + torch.tensor([0.1, 0.05, 0.0]))
    truth = Pictures(images, masks, wrong, fit.K)
    scores, drawn = evaluate_pictures(avatar, truth)
    assert scores["held_out_poses"]["iou"] > 0.95
    assert scores["held_out_poses"]["psnr"] > 24
    assert scores["held_out_poses_fitted"]["psnr"] > 30
    assert drawn.images.shape == images.shape
    grey = replace(avatar, colors=torch.full_like(avatar.colors, 0.5))
    worse, _ = evaluate_pictures(grey, truth)
    assert worse["held_out_poses"]["psnr"] < scores["held_out_poses"]["psnr"] - 5


def test_moved_camera_is_aimed_no_more_than_needed():
    """A figure in the image leaves the camera unchanged; one whose feet are cut off shifts it; one
    that is too wide for the image zooms it out."""
    K = torch.tensor([[100.0, 0, 50], [0, 100, 40], [0, 0, 1]])
    corners = torch.tensor([[-1.0, -1, 0], [1, 1, 0], [1, -1, 0], [-1, 1, 0]]) * 0.9

    def seen(x, y, scale=1.0):
        joints = (corners * scale + torch.tensor([x, y, 4.0]))[None]
        camera = aimed(K, joints, 100, 80)
        image = joints @ camera.T
        return camera, image[..., :2] / image[..., 2:]

    assert torch.equal(seen(0.0, 0.0)[0], K)
    camera, points = seen(0.0, 1.0)
    assert torch.equal(camera[:2, :2], K[:2, :2])
    assert camera[0, 2] == K[0, 2]
    assert 70 < points[..., 1].max() < 80
    camera, points = seen(1.0, 0.0, scale=3.0)
    assert camera[0, 0] < K[0, 0]
    assert points.min() > 0
    assert (points.amax((0, 1)) < torch.tensor([100.0, 80.0])).all()
