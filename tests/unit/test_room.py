"""A background's camera, floor and light, against photos of the demo world's rooms."""

import cv2
import numpy as np
import pytest
from PIL import Image

from understudy.artifacts.people import SHOWS_SOMEBODY, People, save_people
from understudy.artifacts.room import Light, Room, RoomCamera, load_room, save_room
from understudy.demo.camera import tilted_camera
from understudy.demo.room_view import Lens, RoomView, view_room
from understudy.demo.rooms import make_room
from understudy.errors import UserError
from understudy.report.rooms import HORIZON, LINES, caption, drawn, sheet_background
from understudy.room.calibrate import calibrate, calibrate_background
from understudy.room.depth import METRIC_SIGMA, Nearness, by_floor
from understudy.room.floor import FAR, Floor, down_to_edge
from understudy.room.light import read_light
from understudy.room.lines import Given, see_camera
from understudy.room.photo import reduced, without_frame
from understudy.room.refusal import LEAST_SCORE
from understudy.room.segments import find_segments
from understudy.room.spots import covered, find_spots
from understudy.room.told import Told

PLACE, PITCH, ROLL, YAW, FOV = np.array([0.4, 1.4, 2.6]), -14.0, 0.8, -6.0, 62.0
CAMERA = RoomCamera(320, 240, 260.0, PITCH, ROLL, YAW, 1.4)


@pytest.fixture(scope="module")
def view() -> RoomView:
    camera = tilted_camera(PLACE, PITCH, ROLL, YAW, FOV, 640, 480)
    return view_room(make_room("kitchen"), Lens(camera))


@pytest.fixture(scope="module")
def truth(view) -> RoomCamera:
    return RoomCamera(640, 480, view.camera.K[0, 0], PITCH, ROLL, YAW, PLACE[1])


@pytest.fixture(scope="module")
def wall() -> RoomView:
    """A bookshelf and a wall, without floor."""
    camera = tilted_camera(np.array([0.3, 1.5, -0.6]), 0.0, 0.0, -90.0, 50.0, 640, 480)
    return view_room(make_room("living_room"), Lens(camera))


# Geometry


def test_a_pixel_shows_the_floor_point_that_is_projected_onto_it():
    points = CAMERA.floor_points()
    seen = np.isfinite(points[..., 0])
    assert 0.5 < seen.mean() < 1 and not seen[0].any()
    rows, columns = np.nonzero(seen)
    back = CAMERA.project(CAMERA.in_space(points[seen]))
    np.testing.assert_allclose(back, np.stack([columns, rows], 1) + 0.5, atol=1e-6)
    np.testing.assert_allclose(
        CAMERA.in_space(points[seen])[:, 2], CAMERA.floor_depth()[seen], rtol=1e-9
    )


def test_the_demos_camera_and_a_rooms_are_one(view, truth):
    """A point of the floor in the world, through both."""
    world = np.array([[0.1, 0.0, -0.5], [-1.0, 0.0, 0.3], [1.2, 0.0, -1.9]])
    ahead, turn = world - PLACE, np.radians(YAW)
    right = ahead[:, 0] * np.cos(turn) + ahead[:, 2] * np.sin(turn)
    forward = ahead[:, 0] * np.sin(turn) - ahead[:, 2] * np.cos(turn)
    ours = truth.project(truth.in_space(np.stack([right, forward], 1)))
    np.testing.assert_allclose(ours, view.camera.project(view.camera.to_camera(world)), atol=1e-6)


# The camera


def test_segments_lie_on_the_edge_to_a_tenth_of_a_pixel():
    picture = np.full((200, 300), 60, np.uint8)
    picture[:, 100:] = 180  # the edge is at x = 100
    found = find_segments(cv2.GaussianBlur(picture, (0, 0), 0.7))
    assert len(found) == 1
    np.testing.assert_allclose(found[0, [0, 2]] + 150, 100, atol=0.1)


@pytest.mark.parametrize("shape", [(-1, 1, 4), (-1, 4)])
def test_segments_are_read_in_the_form_of_either_opencv(shape, monkeypatch):
    class Detector:
        def detect(self, picture):
            return (np.array([[10, 20, 90, 20], [5, 5, 5, 95]], np.float32).reshape(shape),)

    monkeypatch.setattr(cv2, "createLineSegmentDetector", lambda *_: Detector())
    found = find_segments(np.zeros((100, 200), np.uint8))
    np.testing.assert_allclose(found[0], [-94.5, -44.5, -94.5, 45.5])


def seen_in(picture: np.ndarray, given: Given):
    segments = find_segments(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    return see_camera(segments, *picture.shape[1::-1], given)


def test_the_camera_is_found_in_the_lines(view, truth):
    seen = seen_in(view.rgb, Given())
    assert seen.pitch == pytest.approx(PITCH, abs=0.3)
    assert seen.roll == pytest.approx(ROLL, abs=0.15)
    assert seen.yaw == pytest.approx(YAW, abs=0.5)
    assert seen.focal == pytest.approx(truth.focal, rel=0.03)
    assert seen.support > 0.7 and seen.sigma[1] < 0.5


def test_what_is_given_is_kept(view, truth):
    wrong = seen_in(view.rgb, Given(focal=1.2 * truth.focal))
    assert wrong.focal == pytest.approx(1.2 * truth.focal, rel=0.03)
    row = truth.focal * np.tan(np.radians(PITCH))
    seen = seen_in(view.rgb, Given(horizon=row - 20))
    assert seen.focal * np.tan(np.radians(seen.pitch)) == pytest.approx(row - 20, abs=6)


def test_without_lines_the_camera_is_in_doubt():
    seen = see_camera(np.zeros((0, 4)), 640, 480, Given(focal=500.0))
    assert seen.focal == 500 and seen.support == 0 and seen.sigma[1] > 10


# The floor


def test_the_free_floor_is_found(view):
    room = calibrate(view.rgb, Told())
    true = down_to_edge(cv2.resize(view.floor.astype(np.uint8), (320, 240)) > 0)
    assert (room.free & true).sum() / (room.free | true).sum() > 0.8
    assert (room.free & true).sum() / room.free.sum() > 0.95
    assert (room.free & ~room.floor).sum() == 0
    assert room.refused is None and room.about["score"] > LEAST_SCORE
    assert covered(true, room.small, room.spots[:, :2], 0.0).mean() > 0.98


def test_a_wall_is_refused(wall):
    assert wall.floor.mean() < 0.02
    assert calibrate(wall.rgb, Told()).refused


def test_a_plain_picture_is_refused():
    assert "lines" in calibrate(np.full((240, 320, 3), 128, np.uint8), Told()).refused


def test_a_frame_is_not_floor(view):
    framed = view.rgb.copy()
    framed[-7:] = framed[:7] = framed[:, :7] = framed[:, -7:] = 255
    whole = without_frame(framed)
    for edge in (whole[0], whole[-1], whole[:, 0], whole[:, -1]):
        assert (edge == 255).all(-1).mean() < 0.1
    assert (calibrate(framed, Told()).free[-1]).mean() > 0.8
    np.testing.assert_array_equal(without_frame(view.rgb), view.rgb)


def test_spots_lie_on_the_mask():
    """Floor between 2 and 4 m ahead, 1 m to each side."""
    points = CAMERA.floor_points()
    free = (np.abs(points[..., 0]) < 1) & (points[..., 1] > 2) & (points[..., 1] < 4)
    spots = find_spots(free, CAMERA)
    assert len(spots) > 10
    right, forward, radius = spots.T
    assert (np.abs(right) + radius < 1.1).all()
    assert (forward - radius > 1.9).all() and (forward + radius < 4.1).all()
    assert set(radius) == {0.35, 0.6}
    assert not len(find_spots(np.zeros_like(free), CAMERA))


# Depth


def test_the_floor_tells_scale_and_shift(view, truth):
    small = truth.resized(320, 240)
    depth = cv2.resize(view.depth, (320, 240), interpolation=cv2.INTER_NEAREST)
    true = cv2.resize(view.floor.astype(np.uint8), (320, 240)) > 0
    rough = down_to_edge(true)
    rough[:, 200:] |= np.arange(240)[:, None] > 150  # a fifth of it is furniture
    found = by_floor(Nearness(3.7 / depth + 11.0, in_metres=False), Floor(rough, rough), small)
    near = depth < 5
    np.testing.assert_allclose(found.metres[near], depth[near], rtol=0.03)
    overlap = (found.floor.floor & true).sum() / (found.floor.floor | true).sum()
    assert overlap > 0.9 and found.beneath < 0.01


def test_floor_beneath_shows_that_a_table_is_none(truth):
    """A table top of 0.75 m in the lower middle, floor on both sides."""
    small = truth.resized(320, 240)
    lower = RoomCamera(320, 240, small.focal, PITCH, ROLL, YAW, PLACE[1] - 0.75)
    table = np.zeros((240, 320), bool)
    table[140:, 60:260] = True
    depth = np.where(table, lower.floor_depth(), small.floor_depth())
    found = by_floor(Nearness(1 / depth, in_metres=False), Floor(table, table), small)
    assert found.beneath > 0.1


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_metres_tell_the_cameras_height(view, noise):
    """Of a camera at 1.4 m, whose network errs by 5 % from pixel to pixel."""
    off = np.random.default_rng(0).normal(1, noise, view.depth.shape)
    near = Nearness((off / view.depth).astype(np.float32), in_metres=True)
    room = calibrate(view.rgb, Told(), None, near)
    assert room.camera.above == pytest.approx(PLACE[1], rel=0.03)
    assert room.about["origin"]["height"] == "depth"
    assert room.about["sigma"]["height"] == pytest.approx(METRIC_SIGMA * room.camera.above)
    usual = calibrate(view.rgb, Told(), None, Nearness(near.inverse, in_metres=False))
    assert usual.camera.above == 1.5 and usual.about["origin"]["height"] == "usual"
    told = calibrate(view.rgb, Told(camera_height=1.2), None, near)
    assert told.camera.above == 1.2 and told.about["origin"]["height"] == "table"
    near_by = (room.depth > 0) & (room.depth < 5)
    true = cv2.resize(view.depth, (320, 240), interpolation=cv2.INTER_NEAREST)
    assert np.median(np.abs(room.depth / true - 1)[near_by]) < 0.05


# Light


def test_shadows_at_what_stands_on_the_floor_are_measured():
    """Half of the light is missing at a box's foot, half of that 0.2 m from it."""
    points = CAMERA.floor_points()
    away = np.abs(points[..., 0] - 0.2)
    free = (points[..., 1] < 6) & (points[..., 0] < 0.2)
    light = np.where(np.isfinite(away), 1 - 0.5 * np.clip(1 - away / 0.4, 0, 1), 1)
    picture = np.repeat((200 * light)[..., None], 3, 2).astype(np.uint8)
    picture[~free] = (255, 230, 200)
    found = read_light(picture, free, CAMERA)
    assert found.shadow == pytest.approx(0.5, abs=0.08)
    assert found.softness == pytest.approx(0.2, abs=0.08)
    np.testing.assert_allclose(found.white, np.array([255, 230, 200]) / 255, atol=0.01)


# What the table says


def test_the_table_overrules(view, wall, tmp_path):
    assert "table" in calibrate(view.rgb, Told(floor="no")).refused
    mask = np.zeros((480, 640), np.uint8)
    mask[240:, :] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    room = calibrate(wall.rgb, Told(floor=str(tmp_path / "mask.png"), camera_height=1.2))
    assert room.camera.above == 1.2 and room.about["origin"]["height"] == "table"
    true = (cv2.resize(mask, (320, 240)) > 127) & (room.small.floor_points()[..., 1] < FAR)
    np.testing.assert_array_equal(room.free, true)


def test_a_mask_of_another_shape_is_told(view, tmp_path):
    Image.new("L", (300, 300)).save(tmp_path / "mask.png")
    with pytest.raises(UserError, match=r"mask\.png: is 300x300 px, but its photo is 640x480"):
        calibrate(view.rgb, Told(floor=str(tmp_path / "mask.png")))


# The file


def test_a_room_is_read_as_it_was_written(tmp_path):
    room = Room(
        camera=CAMERA,
        floor=np.ones((4, 6), bool),
        free=np.eye(4, 6) > 0,
        spots=np.array([[0.5, 2.0, 0.35]], np.float32),
        light=Light((1.0, 0.9, 0.8), 0.4, 0.1, 0.2, 0.05, ((0.5, -1.0), (1.0, 2.5))),
        about={"refused": None, "score": 0.9},
        depth=np.full((4, 6), 2.5, np.float32),
    )
    save_room(tmp_path / "room.npz", room)
    read = load_room(tmp_path / "room.npz")
    assert (read.camera, read.light, read.refused) == (CAMERA, room.light, None)
    for name in ("floor", "free", "spots", "depth"):
        np.testing.assert_array_equal(getattr(read, name), getattr(room, name))


def people_in(folder, boxes: list[list[float]]):
    """A people.json."""
    save_people(folder / "people.json", People(boxes, "kitchen.png", "", {}))
    return folder / "people.json"


def test_a_photo_with_somebody_in_it_is_refused_unless_the_table_says_floor(view, tmp_path):
    files = tmp_path / "kitchen.png", tmp_path / "room.npz"
    Image.fromarray(view.rgb).save(files[0])
    somebody = people_in(tmp_path, [[10.0, 20.0, 60.0, 200.0]])
    for floor, refused in ((None, SHOWS_SOMEBODY), ("yes", None)):
        calibrate_background(*files, Told(floor=floor), somebody, "lines", {})
        assert load_room(files[1]).refused == refused


def test_a_photo_is_calibrated_from_its_file(view, tmp_path):
    Image.fromarray(view.rgb).save(tmp_path / "kitchen.png")
    files = tmp_path / "kitchen.png", tmp_path / "room.npz"
    calibrate_background(*files, Told(), people_in(tmp_path, []), "lines", {})
    room = load_room(tmp_path / "room.npz")
    assert room.about["backend"] == "lines" and room.about["picture"] == "kitchen.png"
    assert room.about["origin"]["focal"] == "lines" and room.depth is None
    assert (room.camera.width, room.camera.height) == (640, 480)
    assert room.small.width == reduced(view.rgb).shape[1] == 320


def test_a_room_is_drawn_on_its_photo(view, wall, tmp_path):
    """With horizon, floor and spots; a refused one says why."""
    for name, photo in (("kitchen", view), ("wall", wall)):
        image, room, sheet = (tmp_path / f"{name}.{end}" for end in ("png", "npz", "jpg"))
        Image.fromarray(photo.rgb).save(image)
        calibrate_background(image, room, Told(), people_in(tmp_path, []), "lines", {})
        sheet_background(image, room, sheet)
        assert Image.open(sheet).width == 1440
    kitchen, refused = load_room(tmp_path / "kitchen.npz"), load_room(tmp_path / "wall.npz")
    shown, camera = drawn(view.rgb, kitchen).astype(int), kitchen.camera
    red = np.argwhere(np.abs(shown - HORIZON).sum(-1) < 60) + 0.5  # row, column
    fall = camera.rays()[red[:, 0].astype(int), red[:, 1].astype(int)] @ camera.axes[1]
    assert len(red) > 200 and np.median(np.abs(fall)) < 0.003
    assert (np.abs(shown - LINES).sum(-1) < 60).sum() > 200
    assert "62° wide" in caption(kitchen) and "refused: " in caption(refused)


# Its truth


@pytest.mark.parametrize("distortion", [-0.02, 0.01])
def test_a_lens_draws_points_in_or_out_along_their_radius(distortion):
    """A point at a distance r of the middle, the corner's being 1, is seen at r (1 + k r²)."""
    camera = tilted_camera(PLACE, PITCH, ROLL, YAW, FOV, 64, 48)
    x, y = Lens(camera, distortion).sources()
    straight = np.hypot(x - 32, y - 24) / 40
    seen = np.hypot(*np.meshgrid(np.arange(64) - 31.5, np.arange(48) - 23.5)) / 40
    np.testing.assert_allclose(straight * (1 + distortion * straight**2), seen, atol=1e-5)


def test_the_true_floor_is_the_one_below(view, truth):
    """Every pixel of it lies where the camera sees the floor, and the other way round."""
    depth = truth.floor_depth()
    np.testing.assert_allclose(view.depth[view.floor], depth[view.floor], rtol=0.03)
    assert (view.depth[~view.floor] < depth[~view.floor]).mean() > 0.99
