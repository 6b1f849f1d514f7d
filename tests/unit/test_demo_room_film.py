"""People filmed in the demo's rooms: the picture agrees with what is said to be true of it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from understudy.body.pose import Pose
from understudy.demo.actions import perform
from understudy.demo.camera import tilted_camera
from understudy.demo.figure import Figure
from understudy.demo.ground import ground
from understudy.demo.people import make_person
from understudy.demo.room_film import RoomFrame, film, stage
from understudy.demo.room_view import Lens, RoomView, view_room
from understudy.demo.rooms import Room, make_room
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style

CAMERA = tilted_camera(np.array([0.4, 1.6, 2.6]), -16.0, 1.0, 4.0, 66.0, 320, 240)
LENSES = (Lens(CAMERA), Lens(CAMERA, -0.03), Lens(CAMERA, 0.03))
OPEN, BEHIND_A_TABLE = (0.3, -0.8), (1.95, -1.7)  # m: x and z
TRUNK = [0, 1, 2, 3, 6, 9, 12, 13, 14, 15]  # joints deep inside the body


@pytest.fixture(scope="module")
def room() -> Room:
    return make_room("living_room")


@pytest.fixture(scope="module")
def ada() -> Figure:
    return make_person("ada")


@pytest.fixture(scope="module")
def standing(ada) -> Pose:
    """Two frames of somebody who stands with both feet on the floor, at the world's origin."""
    motion = perform("hand_waving", Style.drawn(1), 2, 1, Skeleton.of(ada.joints, ada.vertices))
    return ground(motion, ada.shaped()).pose()


def at(pose: Pose, place: tuple[float, float]) -> Pose:
    return replace(pose, transl=pose.transl + torch.tensor([place[0], 0.0, place[1]]))


def filmed(figure: Figure, room: Room, lens: Lens, pose: Pose, place) -> RoomFrame:
    return next(film(stage(figure, room, lens, place), lens, at(pose, place)))


def around(mask: np.ndarray) -> np.ndarray:
    """With the pixels beside it, into which it reaches in part, and a lens blurs it."""
    return cv2.dilate(mask.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0


def seen_through(lens: Lens, world: np.ndarray) -> np.ndarray:
    """Pixels (k,2) of world points (k,3), by the lens's definition."""
    pixels = lens.camera.project(lens.camera.to_camera(world))
    middle = np.array([lens.camera.width, lens.camera.height]) / 2
    off = (pixels - middle) / np.hypot(*middle)
    return middle + (pixels - middle) * (1 + lens.distortion * (off**2).sum(1, keepdims=True))


@pytest.fixture(scope="module", params=LENSES, ids=("straight", "barrel", "pincushion"))
def lens(request) -> Lens:
    return request.param


@pytest.fixture(scope="module")
def view(room, lens) -> RoomView:
    return view_room(room, lens)


@pytest.fixture(scope="module")
def frame(ada, room, lens, standing) -> RoomFrame:
    return filmed(ada, room, lens, standing, OPEN)


def test_the_person_is_where_the_lens_shows_their_joints(frame, lens, ada, standing):
    joints = ada.shaped().pose(at(standing, OPEN)[:1]).joints[0].numpy().astype(float)
    column, row = seen_through(lens, joints[TRUNK]).astype(int).T
    assert frame.mask[row, column].all()
    inside = (joints @ CAMERA.viewmat[2, :3] + CAMERA.viewmat[2, 3])[TRUNK]
    before = inside - frame.depth[row, column]
    assert (before > 0).all() and (before < 0.25).all()


def test_the_mask_ends_where_the_surface_does(frame, lens, ada, standing):
    """Its box is that of the projected vertices, to a pixel."""
    vertices = ada.shaped().pose(at(standing, OPEN)[:1]).vertices[0].numpy().astype(float)
    pixels = seen_through(lens, vertices)
    rows, columns = np.flatnonzero(frame.whole.any(1)), np.flatnonzero(frame.whole.any(0))
    box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
    np.testing.assert_allclose(box, [*pixels.min(0), *pixels.max(0)], atol=1.5)


def test_who_stands_in_the_open_is_all_seen_and_on_the_floor(frame, view):
    assert (frame.whole & ~frame.mask).sum() <= 4  # edges of soles, in the floor
    shown = frame.mask & np.isfinite(frame.depth)
    lowest = np.flatnonzero(shown.any(1))[-1]
    column = np.flatnonzero(shown[lowest])[0]
    assert view.floor[lowest + 2, column]
    assert view.depth[lowest + 2, column] == pytest.approx(frame.depth[lowest, column], abs=0.15)


def test_only_the_person_and_their_shadow_change_the_picture(frame, view):
    off = np.abs(frame.rgb.astype(int) - view.rgb)
    same = ~around(frame.whole | (frame.shadow > 0))
    assert same.mean() > 0.5 and off[same].max() <= 1
    assert off[frame.mask].mean() > 20


def test_the_shadow_is_a_dark_place_of_the_floor_at_the_feet(frame, lens, view):
    dark = frame.shadow > 0.3
    assert dark.sum() > 40 and view.floor[frame.shadow > 0.05].mean() > 0.97
    lit = frame.rgb.astype(float).mean(-1) / np.maximum(view.rgb.mean(-1), 1)
    bare = dark & ~around(frame.whole | ~view.floor)
    np.testing.assert_allclose(lit[bare], 1 - frame.shadow[bare], atol=0.06)
    foot = seen_through(lens, np.array([[OPEN[0], 0.0, OPEN[1]]]))[0]
    off = np.argwhere(dark)[:, ::-1] + 0.5 - foot
    metre = CAMERA.K[0, 0] / frame.depth[frame.mask].mean()  # px
    assert np.hypot(*off.T).min() < 0.15 * metre and np.hypot(*off.mean(0)) < 0.5 * metre


def test_furniture_in_front_hides_the_person(ada, room, lens, view, standing):
    hidden = filmed(ada, room, lens, standing, BEHIND_A_TABLE)
    assert 0.05 < 1 - hidden.mask.sum() / hidden.whole.sum() < 0.7
    behind = hidden.whole & (hidden.depth > view.depth + 0.02)
    ahead = hidden.whole & (hidden.depth < view.depth - 0.02)
    assert hidden.mask[behind].mean() < 0.05 and hidden.mask[ahead].mean() > 0.95
    table = np.abs(hidden.rgb.astype(int) - view.rgb)[behind & (hidden.shadow == 0)]
    assert np.median(table) <= 1
