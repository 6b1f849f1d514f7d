"""Placement in a room: a motion on its own floor, what it needs, where it goes, and the video."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.unit.avatar_scene import FPS, painted_avatar, standing_fit
from tests.unit.fit_quality import sound
from understudy.artifacts.avatar import save_avatar
from understudy.artifacts.fit import save_fit
from understudy.artifacts.placed import Blended, Placed, load_placed
from understudy.artifacts.room import Light, Room, RoomCamera, save_room
from understudy.artifacts.trained import Trained, save_trained
from understudy.body.rotation import axis_angle_to_matrix
from understudy.demo.actions import ACTIONS, perform
from understudy.demo.camera import background_camera
from understudy.demo.ground import ground
from understudy.demo.measure_rooms import height_ratio
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style
from understudy.errors import UserError
from understudy.room.spots import covered, find_spots
from understudy.scene.backgrounds import RESERVES, choose_backgrounds, reserves
from understudy.scene.footprint import needs_of
from understudy.scene.framing import Framing, framed_photo
from understudy.scene.in_room import choose_room, render_in_room
from understudy.scene.performance import Performance, moved, performance
from understudy.scene.place import FARTHEST, Place, find_place, in_room
from understudy.scene.settings import CompositeSettings
from understudy.video.probe import probe
from understudy.video.read import read_frames

ROOT = Path(__file__).resolve().parents[2]
CAMERA = RoomCamera(640, 480, 420.0, -9.0, 1.0, 5.0, 1.4)
SIZE = (320, 240)  # of the video
NO_LIGHT = Light((1.0, 1.0, 1.0), 0.0, 0.0, 0.0, 0.0, ())


def room_of(free=None, refused=None, depth=None, camera=CAMERA) -> Room:
    """A room of nothing but floor, or with this mask of it (240,320)."""
    small = camera.resized(320, 240)
    floor = np.isfinite(small.floor_depth()) & (small.floor_depth() < 8)
    free = floor if free is None else floor & free
    about = {"refused": refused, "origin": {"height": "table"}, "sigma": {}, "support": 1.0}
    return Room(camera, floor, free, find_spots(free, small), NO_LIGHT, about, depth)


@pytest.fixture(scope="module")
def avatar(body):
    return painted_avatar(body)


@pytest.fixture(scope="module")
def standing(avatar) -> Performance:
    """Somebody who stands before a level camera."""
    fit = standing_fit(avatar, 6, (120, 160), turns=0.1)
    shaped = avatar.rig.body.shaped(avatar.rig.betas, avatar.rig.joint_offset)
    return performance(fit.pose, shaped, fit.up)


@pytest.fixture(scope="module")
def performed(body):
    """An action of the demo world, by its name."""
    shaped = body.shaped(torch.zeros(1))
    skeleton = Skeleton.of(shaped.joints, shaped.vertices)

    def of(action: str, seed: int = 3) -> Performance:
        motion = ground(perform(action, Style.drawn(seed), 8, 3, skeleton), shaped)
        return Performance(motion.pose(), shaped, 3.0, 0.0)

    return of


def learnt_before(backdrop: np.ndarray) -> Trained:
    """What a training in front of this scene (h,w,3) leaves."""
    return Trained(
        corrections=np.zeros((1, 23, 3), np.float32),
        turns=np.zeros((1, 33, 3), np.float32),
        smiles=np.zeros((1, 50), np.float32),
        backdrop=backdrop.astype(np.float32),
        trained=np.zeros(1, int),
        steps=1,
        seconds=1.0,
        unseen=0.0,
        losses=[],
    )


def framing_of(room: Room) -> Framing:
    return Framing.of(room.camera, *SIZE, "cover")


# The motion on its own floor


def test_a_motion_is_brought_onto_its_floor(standing, avatar):
    low = standing.points[..., 1].min(1)
    assert np.abs(low).max() < 0.01 and standing.points[..., 1].max() > 1.5
    pelvis = standing.pose.transl + standing.body.joints[0]
    assert float(pelvis[:, [0, 2]].median(0).values.abs().max()) < 1e-5
    assert standing.distance == pytest.approx(4 * avatar.rig.height, rel=0.02)
    assert standing.bearing == pytest.approx(0, abs=1e-5)


def test_a_tilted_camera_changes_nothing(standing, avatar):
    """The same motion seen by a camera that looks down, and by one that looks past it."""
    fit = standing_fit(avatar, 6, (120, 160), turns=0.1)
    camera = RoomCamera(160, 120, 100.0, -20.0, 3.0, 0.0, 1.4)
    turn = torch.from_numpy(camera.axes.T @ np.diag([1.0, -1.0, -1.0])).float()
    pose = moved(fit.pose, standing.body.joints[0], turn)
    again = performance(pose, standing.body, camera.axes[1])
    np.testing.assert_allclose(again.points, standing.points, atol=2e-3)
    assert again.distance == pytest.approx(standing.distance, rel=1e-3)


def test_the_performer_is_seen_from_another_side(standing):
    left, right = (standing.turned(degrees).joints for degrees in (-90, 90))
    names = standing.body.model.joint_names
    shoulders = [names.index(name) for name in ("left_shoulder", "right_shoulder")]
    across = standing.joints[:, shoulders[0]] - standing.joints[:, shoulders[1]]
    seen = left[:, shoulders[0]] - left[:, shoulders[1]]
    np.testing.assert_allclose(seen[:, 2], across[:, 0], atol=1e-4)
    np.testing.assert_allclose(right[..., 1], standing.joints[..., 1], atol=1e-4)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_who_sits_needs_a_seat_and_nobody_else(performed, action):
    rest = needs_of(performed(action)).rest
    assert (rest is not None) == (action in ("sit_down", "stand_up"))
    if rest:
        assert 0.3 < rest.height < 0.55


def test_a_walk_needs_the_floor_that_it_crosses(standing):
    steps = torch.linspace(-1, 1, len(standing.pose))[:, None] * torch.tensor([1.0, 0.0, 0.0])
    walk = replace(standing, pose=replace(standing.pose, transl=standing.pose.transl + steps))
    assert np.ptp(needs_of(walk).floor[:, 0]) > np.ptp(needs_of(standing).floor[:, 0]) + 1.2


# Places


def test_a_motion_goes_to_the_middle_at_its_distance(standing):
    room = room_of()
    near = replace(standing, distance=3.5)
    place = find_place(room, framing_of(room), near, needs_of(near))
    assert not place.lacks
    assert math.hypot(place.right, place.forward) == pytest.approx(3.5, abs=0.3)
    assert abs(place.right) < 0.2


def test_a_motion_avoids_what_is_not_floor(standing):
    columns = np.arange(320)[None].repeat(240, 0)
    room = room_of(free=columns > 190)
    needs = needs_of(standing)
    place = find_place(room, framing_of(room), replace(standing, distance=3.5), needs)
    assert not place.lacks and place.right > 0.2
    feet = np.array([place.right, place.forward]) + needs.floor[:17]
    assert covered(room.free, room.small, feet, 0.0).mean() > 0.9


def test_a_motion_that_fits_nowhere_says_what_it_lacks(standing):
    columns = np.arange(320)[None].repeat(240, 0)
    room = room_of(free=np.abs(columns - 160) < 5)
    place = find_place(room, framing_of(room), standing, needs_of(standing))
    assert "of the floor that it needs is free" in place.lacks


def test_a_camera_that_looks_down_steeply_shows_nobody_whole(standing):
    room = room_of(camera=replace(CAMERA, pitch=-48.0, above=1.2))
    place = find_place(room, framing_of(room), standing, needs_of(standing))
    assert "in the picture nowhere" in place.lacks


def test_a_seat_is_sought_where_depth_tells(performed):
    sitting = performed("sit_down")
    needs = needs_of(sitting)
    bare = room_of()
    assert "to rest on" in find_place(bare, framing_of(bare), sitting, needs).lacks
    # A bench as high as the seat, a metre deep, with free floor before it.
    small = bare.small
    front, back = 3.0, 4.2
    reach = needs.rest.height
    depth = small.floor_depth()
    bench = (small.rays() @ small.axes[1] < 0) & np.isfinite(depth)
    points = small.rays() * ((small.above - reach) / -(small.rays() @ small.axes[1]))[..., None]
    forward = -(points @ small.axes[2])
    top = bench & (forward > front) & (forward < back)
    depth = np.where(np.isfinite(depth), depth, 0).astype(np.float32)
    depth[top] = points[top, 2]
    floor_forward = small.floor_points()[..., 1]
    free = np.isfinite(floor_forward) & (floor_forward < front)
    room = room_of(free=free, depth=depth)
    place = find_place(room, framing_of(room), replace(sitting, distance=2.8), needs)
    assert "to rest on" not in place.lacks


@settings(max_examples=25, deadline=None)
@given(st.floats(-1.5, 1.5), st.floats(2.0, FARTHEST), st.floats(-0.5, 0.5), st.floats(-25, 5))
def test_the_performer_is_seen_from_the_same_side(standing, right, forward, bearing, pitch):
    """The angle between the line of sight and the way the hips face stays the reference's."""
    camera = replace(CAMERA, pitch=pitch)
    turn = math.atan2(right, forward) - bearing
    pose = in_room(replace(standing, bearing=bearing), Place(right, forward, turn, ""), camera)
    facing = axis_angle_to_matrix(pose.global_orient) @ torch.tensor([0.0, 0.0, 1.0])
    place = pose.transl + standing.body.joints[0]
    axes = torch.from_numpy(camera.axes).float()
    facing, place = facing @ axes.T, place @ axes.T
    floor = place[:, 1] + camera.above
    own = axis_angle_to_matrix(standing.pose.global_orient) @ torch.tensor([0.0, 0.0, 1.0])
    pelvis = standing.pose.transl + standing.body.joints[0]
    assert torch.allclose(floor, pelvis[:, 1], atol=1e-3)  # as high over the floor as before
    sight = torch.atan2(torch.tensor(right), torch.tensor(forward)).item()
    seen = torch.atan2(facing[:, 0], -facing[:, 2]) - sight
    before = torch.atan2(own[:, 0], -own[:, 2]) - bearing
    assert (torch.cos(seen - before) > 1 - 1e-4).all()


@pytest.mark.parametrize("resize", ["cover", "contain", "stretch"])
def test_a_framed_photo_is_what_its_camera_sees(tmp_path, resize):
    """A mark at a pixel of the photo is where K puts the ray of that pixel."""
    picture = np.full((480, 640, 3), 90, np.uint8)
    picture[196:205, 296:305] = (255, 0, 0)
    Image.fromarray(picture).save(tmp_path / "photo.png")
    framing = Framing.of(CAMERA, 200, 300, resize)
    photo = framed_photo(tmp_path / "photo.png", 200, 300, resize)
    rows, columns = np.nonzero(photo[..., 0] > photo[..., 1].astype(int) + 60)
    ray = np.linalg.inv(CAMERA.K) @ [300.5, 200.5, 1]
    x, y, _ = framing.K(CAMERA.focal) @ ray
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((x, y), abs=0.7)


# Which room


def test_the_first_room_with_space_is_taken(standing):
    columns = np.arange(320)[None].repeat(240, 0)
    narrow = room_of(free=np.abs(columns - 160) < 5)
    rooms = {
        "wall": room_of(refused="no disc of 0.35 m is free"),
        "narrow": narrow,
        "hall": room_of(),
        "gym": room_of(),
    }
    found = choose_room(rooms.items(), standing, *SIZE, "cover", True)
    assert found.background == "hall" and not found.place.lacks
    assert set(found.passed_over) == {"wall", "narrow"}
    assert found.passed_over["wall"] == "no disc of 0.35 m is free"


def test_without_space_anywhere_the_first_where_somebody_can_stand(standing):
    columns = np.arange(320)[None].repeat(240, 0)
    rooms = {
        "wall": room_of(refused="no disc of 0.35 m is free"),
        "narrow": room_of(free=np.abs(columns - 160) < 5),
    }
    found = choose_room(rooms.items(), standing, *SIZE, "cover", True)
    assert found.background == "narrow" and found.place.lacks
    assert set(found.passed_over) == {"wall"}
    with pytest.raises(UserError, match="wall: no disc"):
        choose_room([("wall", rooms["wall"])], standing, *SIZE, "cover", True)


names = st.text("abcxyz019", min_size=1, max_size=5)
pools = st.lists(names, min_size=1, max_size=14, unique=True)


@given(st.integers(0, 9), pools, st.data())
def test_no_photo_may_take_the_place_of_two(seed, pool, data):
    g = data.draw(st.integers(1, len(pool)))
    claimed = reserves(seed, "wave", "anna", pool, g)
    assert list(claimed) == choose_backgrounds(seed, "wave", "anna", pool, g)
    others = [other for of in claimed.values() for other in of]
    assert len(others) == len(set(others)) and not set(others) & set(claimed)
    assert all(len(of) <= RESERVES for of in claimed.values())
    shuffled = data.draw(st.permutations(pool))
    assert reserves(seed, "wave", "anna", shuffled, g) == claimed


@given(st.integers(0, 9), pools, names, st.data())
def test_a_new_photo_changes_one_video_unless_it_is_drawn(seed, pool, new, data):
    g = data.draw(st.integers(1, len(pool)))
    before = reserves(seed, "wave", "anna", pool, g)
    after = reserves(seed, "wave", "anna", [*pool, new], g)
    if new not in after and new not in pool:
        changed = [of for of in before if before[of] != after[of]]
        assert len(changed) <= 1
        assert all(new in after[of] for of in changed)


# The video


def test_a_video_shows_the_person_on_the_rooms_floor(avatar, body_file, tmp_path):
    fit = standing_fit(avatar, 9, (241, 320), turns=0.2)
    save_fit(tmp_path / "fit.npz", fit, sound(len(fit)))
    save_avatar(tmp_path / "avatar.safetensors", avatar, {})
    save_trained(tmp_path / "trained.npz", learnt_before(np.full((8, 8, 3), 96 / 255)))
    Image.new("RGB", (640, 480), (96, 96, 96)).save(tmp_path / "hall.png")
    save_room(tmp_path / "hall.npz", room_of())
    save_room(tmp_path / "wall.npz", room_of(refused="a wall"))
    files = {id_: tmp_path / f"{id_}.npz" for id_ in ("wall", "hall")}
    out, record = tmp_path / "out.mp4", tmp_path / "out.labels.npz"
    shown = render_in_room(
        *(tmp_path / "avatar.safetensors", tmp_path / "trained.npz"),
        *(tmp_path / "fit.npz", body_file),
        *(files, {id_: tmp_path / "hall.png" for id_ in files}, "source", out, record),
        CompositeSettings(),
    )
    assert shown == "hall"
    info, placed = probe(out), load_placed(record)
    assert (info.width, info.height, info.frames, float(info.fps)) == (320, 240, 9, FPS)
    assert placed.background == "hall" and placed.passed_over == {"wall": "a wall"}
    assert placed.blended.parts == ["shadow", "colour", "texture"]  # of no depth, no occlusion
    assert placed.blended.gain == [1, 1, 1] and placed.blended.occluded is None
    assert placed.height == 1.4 and placed.height_from == "table" and not placed.lacks
    figure = np.abs(read_frames(out).astype(int) - 96).max(-1) > 32
    rows, columns = np.nonzero(figure.any(0))
    framing = Framing.of(CAMERA, 320, 240, "cover")
    floor = CAMERA.in_space(np.array([placed.right, placed.forward]))
    head = floor + avatar.rig.height * CAMERA.axes[1]
    (x, feet), (_, top) = ((p @ framing.K(CAMERA.focal).T)[:2] / p[2] for p in (floor, head))
    assert rows.max() == pytest.approx(feet, abs=6) and rows.min() == pytest.approx(top, abs=5)
    assert columns.mean() == pytest.approx(x, abs=8)


# The demo's own rooms


def test_the_demo_table_states_the_cameras_heights():
    with open(ROOT / "config/demo/backgrounds.tsv", encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            camera = background_camera(row["id"], 640, 480)
            assert float(row["camera_height"]) == pytest.approx(camera.position[1])


def test_a_person_of_the_true_camera_is_as_tall_as_filmed():
    """And one of a camera believed to be higher is too small, by as much."""
    camera = background_camera("office", 640, 480)
    pitch = math.degrees(math.asin(camera.viewmat[2, 1]))
    up = camera.viewmat[:3, 1]
    roll = math.degrees(math.atan2(up[0], -up[1]))
    K = camera.K.tolist()
    height, plain = camera.position[1], Blended([], None, None, None, None, None, None)
    true = Placed("office", {}, 0.3, 3.5, 0.0, "", K, pitch, roll, height, "table", plain)
    assert height_ratio(true, camera) == pytest.approx(1, abs=2e-3)
    believed = replace(true, height=1.2 * true.height, forward=1.2 * 3.5, right=1.2 * 0.3)
    assert height_ratio(believed, camera) == pytest.approx(1 / 1.2, abs=0.01)
