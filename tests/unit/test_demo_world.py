"""The demo world's ground truth agrees with its own images; its people and rooms are varied."""

from dataclasses import replace

import numpy as np
import pytest

from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.masks import unpack_masks
from understudy.artifacts.truth import HELD_OUT, KIND
from understudy.body.pose import Pose
from understudy.demo.background import make_background
from understudy.demo.camera import look_at, phone_camera
from understudy.demo.cast import PEOPLE
from understudy.demo.figure import load_figure, save_figure
from understudy.demo.people import make_person
from understudy.demo.render import render_parts
from understudy.demo.rooms import ROOMS, make_room
from understudy.demo.solids import Paint, box, quad
from understudy.demo.world import (
    CUTOUTS,
    WorldSettings,
    make_clip,
    make_cutouts,
    make_held_out,
    make_identity,
)
from understudy.errors import UserError
from understudy.video.read import read_frames

TINY = WorldSettings(width=128, height=160, fps=6, seconds=2, depth_every=3)
TRUNK = [0, 1, 2, 3, 6, 9, 12, 13, 14, 15]  # joints deep inside the body


@pytest.fixture(scope="module")
def ada():
    return make_person("ada")


@pytest.fixture(scope="module")
def figure_file(ada, tmp_path_factory):
    path = tmp_path_factory.mktemp("figure") / "ada.npz"
    save_figure(path, ada)
    return path


@pytest.fixture(scope="module")
def identity(figure_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("identity")
    paths = folder / "ada.mp4", folder / "ada.truth.npz"
    make_identity(figure_file, "office", *paths, TINY)
    return paths


@pytest.fixture(scope="module")
def truth(identity):
    return load_arrays(identity[1], KIND)


def test_video_and_truth_have_the_asked_size(identity, truth):
    frames = read_frames(identity[0])
    assert frames.shape == (12, 160, 128, 3)
    assert unpack_masks(truth).shape == (12, 160, 128)
    assert truth["keypoints"].shape == (12, 133, 2) and truth["visible"].shape == (12, 133)
    assert truth["depth"].shape == (4, 160, 128)
    assert truth.about["person"] == "ada" and truth.about["room"] == "office"


def test_joints_of_the_trunk_project_into_the_mask(truth):
    joints = truth["joints3d"][:, TRUNK].astype(float) @ truth["K"].T
    column, row = np.moveaxis((joints[..., :2] / joints[..., 2:]).astype(int), -1, 0)
    assert unpack_masks(truth)[np.arange(12)[:, None], row, column].all()


def test_whole_person_is_in_the_picture(truth):
    for mask in unpack_masks(truth):
        assert not (mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())
    assert (unpack_masks(truth).sum((1, 2)) > 0.06 * 160 * 128).all()


def test_depth_lies_just_before_the_visible_joints(truth):
    frames = truth["depth_frames"]
    points = truth["keypoints"][frames].astype(int)
    seen = truth["visible"][frames]
    marks = truth["keypoints3d"][frames, :, 2]
    rows = np.arange(len(frames))[:, None]
    depth = truth["depth"][rows, points[..., 1], points[..., 0]].astype(float)
    before = (marks - depth)[seen]
    assert before.max() < 0.15  # never deeper in the flesh than a hip
    assert np.median(np.abs(before)) < 0.06
    hidden = (marks - depth)[:, :17][~seen[:, :17]]
    assert len(hidden) and (hidden > 0).all()


def test_mask_is_where_depth_is_the_persons(truth):
    root = truth["joints3d"][truth["depth_frames"], 0, 2]
    for depth, mask, at in zip(
        truth["depth"], unpack_masks(truth)[truth["depth_frames"]], root, strict=True
    ):
        assert np.abs(depth[mask] - at).max() < 0.9
        assert (depth[:100][~mask[:100]] > at).mean() > 0.95  # above the floor: the room behind


def test_pose_arrays_live_in_camera_space(truth, figure_file):
    body = load_figure(figure_file).shaped()
    joints = body.pose(Pose.from_numpy(truth.arrays)).joints.numpy()
    assert np.abs(joints - truth["joints3d"]).max() < 2e-3  # f32 chains


def test_face_is_visible_from_the_front_only(truth):
    turned = truth["visible"][:, 23 + 27 : 23 + 48].mean(1)  # nose and eyes
    assert turned[0] > 0.75 and turned.min() < 0.1


def test_same_seed_same_truth_other_seed_other_truth(figure_file, tmp_path):
    short = WorldSettings(width=64, height=64, fps=4, seconds=1.5)
    stored = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        out = tmp_path / f"{name}.mp4", tmp_path / f"{name}.npz"
        make_clip(figure_file, "hand_waving", seed, "gym", *out, short)
        stored.append(out[1].read_bytes())
    assert stored[0] == stored[1]
    assert stored[0] != stored[2]


def test_stool_of_sit_down_hides_nothing_it_does_not_reach(figure_file, tmp_path):
    short = WorldSettings(width=96, height=96, fps=4, seconds=2)
    out = tmp_path / "sit.mp4", tmp_path / "sit.npz"
    make_clip(figure_file, "sit_down", 1, "hallway", *out, short)
    truth = load_arrays(out[1], KIND)
    pelvis = truth["joints3d"][:, 0]
    assert np.ptp(pelvis @ truth["viewmat"][:3, 1]) > 0.25  # the pelvis goes down
    assert unpack_masks(truth).any((1, 2)).all()


def test_held_out_poses_are_on_white_and_whole(figure_file, tmp_path):
    make_held_out(figure_file, "office", tmp_path / "held.npz", TINY)
    held = load_arrays(tmp_path / "held.npz", HELD_OUT)
    mask = unpack_masks(held)
    assert 10 <= len(mask) == len(held["images"]) == len(held["body_pose"])
    assert (held["images"][~mask].mean() > 250) and held["images"][mask].mean() < 200
    assert not (mask[:, 0].any() or mask[:, -1].any())


def test_cutouts_are_what_the_video_shows_of_the_person(figure_file, tmp_path):
    settings = replace(TINY, noise=0.0, crf=1)
    make_identity(figure_file, "office", tmp_path / "a.mp4", tmp_path / "a.npz", settings)
    make_cutouts(figure_file, "office", tmp_path / "cut.npz", settings)
    cut, video = load_arrays(tmp_path / "cut.npz", CUTOUTS), read_frames(tmp_path / "a.mp4")
    masks = unpack_masks(load_arrays(tmp_path / "a.npz", KIND))
    assert len(cut["frames"]) >= 1
    for t, color, alpha in zip(cut["frames"], cut["colors"], cut["alphas"], strict=True):
        assert ((alpha >= 128) == masks[t]).mean() > 0.999
        whole = alpha == 255
        off = np.abs(color[whole].astype(int) - video[t][whole].astype(int))
        assert np.median(off) <= 3  # H.264 halves the colour's resolution


def test_people_differ(ada):
    assert len(PEOPLE) >= 8
    everyone = PEOPLE.values()
    assert {p.sex for p in everyone} == {"female", "male"}
    assert min(p.age for p in everyone) == 19 and max(p.age for p in everyone) == 64
    assert len({p.complexion.skin for p in everyone}) == len(PEOPLE)
    assert len({p.hair.kind for p in everyone}) >= 6
    assert {"plain", "stripes", "checks", "dots", "print"} <= {
        p.outfit.top.pattern.kind for p in everyone
    }
    dov = make_person("dov")
    assert abs(np.abs(ada.vertices).max() - np.abs(dov.vertices).max()) > 0.01
    assert np.abs(ada.texture.astype(int) - dov.texture).mean() > 15


def test_figure_file_keeps_the_figure(ada, figure_file):
    kept = load_figure(figure_file)
    assert np.abs(ada.vertices - kept.vertices).max() < 1e-6
    assert np.array_equal(ada.texture, kept.texture)
    assert np.abs(ada.expressions - kept.expressions).max() < 1e-6


def test_rooms_differ_and_have_scene_tags(tmp_path):
    assert len(ROOMS) >= 8 and len(set(ROOMS.values())) == len(ROOMS)
    camera = look_at(np.array([0, 1.25, 2.4]), np.array([0, 0.9, 0.0]), 60, 64, 64)
    pictures = []
    for room, scene in ROOMS.items():
        place = make_room(room)
        assert place.scene == scene
        picture = render_parts(place.parts, place.lighting, camera, 1)
        assert np.isfinite(picture.depth).all()  # no hole in the walls
        assert picture.rgb.std() > 20
        pictures.append(picture.rgb.astype(int))
    apart = [np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(apart) > 12
    assert make_background("gym", tmp_path / "gym.png", 64, 48) == "gym"


def test_nothing_stands_where_a_person_acts():
    for room in ROOMS:
        for part in make_room(room).parts:
            inside = (np.abs(part.points[:, 0]) < 0.6) & (np.abs(part.points[:, 2]) < 0.6)
            tall = part.points[:, 1] > 0.05
            assert not (inside & tall).any(), room


def test_camera_projects_what_the_renderer_shows():
    """A small bright box lands on the pixels that the camera's K and viewmat say."""
    camera = look_at(np.array([0.4, 1.3, 2.4]), np.array([0.1, 0.9, 0.0]), 150, 120, 90)
    centre = np.array([-0.2, 1.1, -0.3])
    wall = quad((-4, -4, -2), (8, 0, 0), (0, 8, 0), Paint((0, 0, 0)))
    parts = [wall, box(tuple(centre), (0.08, 0.08, 0.08), Paint((255, 255, 255), glow=0.6))]
    picture = render_parts(parts, make_room("gym").lighting, camera, 1)
    bright = picture.rgb.mean(-1) > 80
    row, column = np.argwhere(bright).mean(0) + 0.5
    at = camera.to_camera(centre)
    assert np.abs(camera.project(at) - (column, row)).max() < 0.7
    assert abs(picture.depth[bright].min() - at[2]) < 0.08


def test_phone_camera_shows_all_points_from_above_the_waist():
    rng = np.random.default_rng(0)
    for _ in range(20):
        points = rng.uniform((-0.6, 0, -0.4), (0.6, 2.1, 0.4), (50, 3))
        camera = phone_camera(96, 128, points, rng)
        pixels = camera.project(camera.to_camera(points))
        assert (pixels >= 0).all() and (pixels <= (96, 128)).all()
        assert 1.0 <= camera.position[1] <= 1.5 and 2 <= np.hypot(*camera.position[[0, 2]]) <= 3


def test_unknown_names_are_refused(tmp_path, figure_file):
    out = tmp_path / "x.mp4", tmp_path / "x.npz"
    for person, action, room, what in (
        ("nobody", "bow", "gym", "person"),
        (figure_file, "fly", "gym", "action"),
        (figure_file, "bow", "moon", "room"),
    ):
        with pytest.raises(UserError, match=what):
            make_clip(person, action, 0, room, *out, TINY)
    assert not out[0].exists()
