"""What makes a person belong to a photo: what hides them, light, noise, sharpness, the edge."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from understudy.artifacts.room import Light, Room, RoomCamera
from understudy.room.light import read_light
from understudy.room.spots import find_spots
from understudy.scene.blend import Blend, Texture, without_rim
from understudy.scene.colour import light_gain
from understudy.scene.composite import over
from understudy.scene.framing import Framing
from understudy.scene.occlusion import Furniture
from understudy.scene.settings import PARTS, CompositeSettings
from understudy.scene.sharpness import noise_of, softness_of
from understudy.scene.standing import hidden_share, standable

CAMERA = RoomCamera(640, 480, 420.0, -9.0, 0.0, 0.0, 1.4)
SMALL = CAMERA.resized(320, 240)
LIGHT = Light((1.0, 1.0, 1.0), 0.0, 0.0, 0.0, 0.0, ())
BACK, NEAR, TALL = 6.0, 2.5, 0.9  # m: a wall; something in front of it, and its height
POST = np.s_[140:180]  # columns of the masks in which that stands
WHOLE = np.s_[:480, :640]


def room_with(columns: slice, noise: float = 0.0) -> Room:
    """A wall, a floor, and something that stands in these columns of the masks."""
    _, up, back = CAMERA.axes
    rays = SMALL.rays()
    depth = np.minimum(SMALL.floor_depth(), BACK / -(rays @ back))
    near = NEAR / -(rays @ back)
    height = near * (rays @ up) + CAMERA.above
    thing = np.zeros(depth.shape, bool)
    thing[:, columns] = (height > 0)[:, columns] & (height < TALL)[:, columns]
    depth[thing] = near[thing]
    floor = ~thing & (depth == SMALL.floor_depth())
    rng = np.random.default_rng(1)
    said = (1 / (1 / depth * (1 + noise * rng.standard_normal(depth.shape)))).astype(np.float32)
    free = floor & (np.logical_and.accumulate((floor)[::-1], 0)[::-1])
    return Room(CAMERA, floor, free, find_spots(free, SMALL), LIGHT, {"refused": None}, said)


def photo_of(columns: slice) -> np.ndarray:
    """The same room's photo (480,640,3): the thing is dark."""
    depth = cv2.resize(room_with(columns).depth, (640, 480), interpolation=cv2.INTER_NEAREST)
    near = NEAR / -(CAMERA.rays() @ CAMERA.axes[2])
    picture = np.full((480, 640, 3), 200, np.uint8)
    picture[np.abs(depth - near) < 0.02] = (40, 60, 50)
    return picture


def furniture(noise: float = 0.0) -> Furniture:
    framing = Framing.of(CAMERA, 640, 480, "cover")
    found = Furniture.of(room_with(POST, noise), framing, photo_of(POST))
    assert found is not None
    return found


def billboard(distance: float) -> tuple[np.ndarray, np.ndarray]:
    """Coverage and depth (480,640) of a board 1.8 m tall, upright on the floor, so far away."""
    away = distance / -(CAMERA.rays() @ CAMERA.axes[2])
    height = away * (CAMERA.rays() @ CAMERA.axes[1]) + CAMERA.above
    aside = away * (CAMERA.rays() @ CAMERA.axes[0])
    alpha = ((height > 0) & (height < 1.8) & (np.abs(aside) < 0.9)).astype(np.float32)
    return alpha, away.astype(np.float32)


# What hides somebody


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_what_is_nearer_hides(noise):
    alpha, depth = billboard(3.6)
    share = furniture(noise).shown(alpha, depth, WHOLE)
    dark = photo_of(POST)[..., 0] < 100
    hidden, true = (share < 0.5) & (alpha > 0), dark & (alpha > 0)
    assert true.sum() > 5000
    assert (hidden & true).sum() / (hidden | true).sum() > 0.95


def test_what_is_just_in_front_of_somebody_hides_them():
    alpha, depth = billboard(NEAR + 0.08)
    share = furniture().shown(alpha, depth, WHOLE)
    dark = photo_of(POST)[..., 0] < 100
    assert (share[dark & (alpha > 0)] < 0.5).mean() > 0.95


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_who_is_in_front_of_everything_is_seen_whole(noise):
    alpha, depth = billboard(1.8)
    share = furniture(noise).shown(alpha, depth, WHOLE)
    assert share[alpha > 0].mean() > 0.999


def test_the_floor_hides_nobody_even_if_its_depth_says_so():
    room = room_with(POST)
    nearer = replace(room, depth=np.where(room.floor, 0.8 * room.depth, room.depth))
    found = Furniture.of(nearer, Framing.of(CAMERA, 640, 480, "cover"), photo_of(POST))
    alpha, depth = billboard(3.0)
    floor = cv2.resize(room.floor.astype(np.uint8), (640, 480)) > 0
    assert found.shown(alpha, depth, WHOLE)[floor & (alpha > 0)].min() > 0.5


def test_the_edge_of_what_hides_is_where_the_photo_has_it():
    """The depth's own edge is two pixels of the masks too far to the right."""
    room = room_with(np.s_[142:182])
    found = Furniture.of(room, Framing.of(CAMERA, 640, 480, "cover"), photo_of(POST))
    exact = furniture().nearness > 0.9 / NEAR
    moved = cv2.resize((room.depth < 2.7).astype(np.uint8), (640, 480)) > 0
    off = (found.nearness > 0.9 / NEAR) ^ exact
    assert off[260:400].sum() < 0.7 * (moved ^ exact)[260:400].sum()


def test_without_depth_nothing_hides():
    room = replace(room_with(POST), depth=None)
    assert Furniture.of(room, Framing.of(CAMERA, 640, 480, "cover"), photo_of(POST)) is None
    assert hidden_share(room, np.ones((2, 3, 3))).tolist() == [0, 0]
    assert standable(room) is room.free


# Where somebody can stand behind things


def at(mask: np.ndarray, right: float, forward: float) -> bool:
    """What a mask says of a floor point."""
    x, y = SMALL.project(SMALL.in_space(np.array([right, forward]))).astype(int)
    return bool(mask[y, x])


def test_floor_goes_on_behind_a_thing_but_not_in_it_nor_behind_a_wall():
    narrow = room_with(np.s_[150:170])
    standing = standable(narrow)
    assert not at(narrow.free, 0.0, 3.6) and not at(narrow.floor, 0.0, 2.9)
    assert at(standing, 0.0, 2.9) and at(standing, 0.0, 4.2)
    assert not at(standing, 0.0, 2.58)
    wall = room_with(np.s_[0:320])  # all across: what is behind it nobody knows
    assert not at(standable(wall), 0.0, 2.9)


def test_what_is_hidden_is_a_share_of_the_points():
    up = CAMERA.axes[1]
    body = np.linspace(0.1, 1.7, 17)[:, None] * up
    floor = CAMERA.in_space(np.array([[0.0, 1.9], [0.0, 3.6], [1.5, 3.6]]))
    share = hidden_share(room_with(POST), floor[:, None] + body)
    assert share[0] == 0 and share[2] == 0
    assert 0.2 < share[1] < 0.8


# Light


def test_the_same_light_changes_nothing():
    scene = np.random.default_rng(0).uniform(0, 1, (40, 40, 3))
    assert light_gain(scene, np.uint8(255 * scene + 0.5)) == pytest.approx(1, abs=0.02)


def test_a_person_takes_the_photos_exposure_and_tint():
    home = np.random.default_rng(0).uniform(0, 0.8, (60, 60, 3)).astype(np.float32)
    exposure = np.array([0.8, 0.75, 0.7])
    gain = light_gain(home, np.uint8(255 * home * exposure + 0.5))
    assert (gain < 1).all() and gain[0] > gain[1] > gain[2]
    assert np.abs(np.log(gain / exposure)).max() < 0.5 * np.abs(np.log(exposure)).max()


def test_where_nothing_is_white_nobody_gets_darker():
    """A brick wall may be as dark as a white wall in little light."""
    home = np.random.default_rng(0).uniform(0, 0.9, (60, 60, 3)).astype(np.float32)
    brick = np.uint8(255 * home * np.array([0.66, 0.33, 0.26]) + 0.5)
    grey = np.uint8(255 * home * 0.42 + 0.5)  # as dark, and it can only be the light
    assert np.log(light_gain(home, brick)).mean() == pytest.approx(0, abs=0.05)
    assert np.log(light_gain(home, grey)).mean() < -0.6


def lit_floor(lamp: tuple[float, float], floor: str) -> np.ndarray:
    """A photo (240,320,3) of nothing but floor under a lamp 2.3 m above a floor point, and light
    from all around. floor: "grey" in all channels, "plain", of "tiles" of two tones, or with a
    darker, red "mat"."""
    place = np.where(FLOOR[..., None], SMALL.floor_points(), 0)
    away = np.linalg.norm(place - lamp, axis=-1)
    light = FLOOR * (0.35 + 0.65 * 2.3 / np.hypot(2.3, away))
    paint = np.array([[150.0, 140.0, 130.0], [110.0, 60.0, 50.0]])
    mat = (place[..., 0] > 0.4) & (place[..., 1] < 3.2) & (floor == "mat")
    colour = np.full(3, 130.0) if floor == "grey" else paint[mat.astype(int)]
    if floor == "tiles":
        colour = colour * np.where(np.floor(place / 0.5).sum(-1) % 2, 0.7, 1.0)[..., None]
    noise = np.random.default_rng(3).normal(0, 4, (*FLOOR.shape, 1))
    return np.uint8(np.clip(colour * light[..., None] + noise, 0, 255))


FLOOR = np.isfinite(SMALL.floor_depth()) & (SMALL.floor_depth() < 6)


@pytest.mark.parametrize("lamp", [(1.8, 1.5), (-1.8, 4.0), (1.5, -1.0)])
@pytest.mark.parametrize("floor", ["grey", "plain", "tiles", "mat"])
def test_a_floor_tells_where_the_lamp_is(lamp, floor):
    light = read_light(lit_floor(lamp, floor), FLOOR, SMALL)
    towards = np.array(light.lamps) - (0.0, 3.0)
    mean = (towards / np.linalg.norm(towards, axis=1, keepdims=True)).mean(0)
    true = np.array(lamp) - (0.0, 3.0)
    off = np.degrees(np.arccos(mean @ true / np.linalg.norm(mean) / np.linalg.norm(true)))
    assert off < 15 and np.linalg.norm(mean) > 0.8


def test_too_little_floor_tells_of_no_lamp():
    little = FLOOR & (np.arange(320) > 300)
    little[:220] = False
    assert read_light(lit_floor((1.0, 1.0), "plain"), little, SMALL).lamps == ()


# Noise and sharpness


@pytest.mark.parametrize("sigma", [0.0, 1.5, 4.0])
def test_noise_is_measured_where_a_picture_is_flat(sigma):
    rng = np.random.default_rng(0)
    ramp = np.linspace(60, 180, 300)[None].repeat(200, 0)
    ramp[40:80, 50:250:4] += 40  # texture
    noisy = ramp[..., None] + rng.normal(0, sigma, (200, 300, 1))  # grey: as luminance has it
    measured = noise_of(np.uint8(np.clip(noisy, 0, 255).repeat(3, 2) + 0.5))
    assert measured == pytest.approx(sigma, rel=0.2, abs=0.3)


@pytest.mark.parametrize("blur", [0.6, 1.0, 1.8])
def test_softness_is_that_of_the_sharpest_edges(blur):
    step = np.zeros((120, 160), np.float32)
    step[30:90, 40:120] = 200
    soft = cv2.GaussianBlur(step, (0, 0), blur)
    assert softness_of(soft) == pytest.approx(blur, rel=0.15, abs=0.2)


def test_a_plain_picture_has_no_softness():
    assert softness_of(np.full((80, 80), 90, np.float32)) is None


def disc() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A red disc: colour, premultiplied, coverage and depth (120,160)."""
    y, x = np.mgrid[:120, :160]
    alpha = np.clip(40.5 - np.hypot(y - 60, x - 80), 0, 1).astype(np.float32)
    rgb = alpha[..., None] * np.array([0.7, 0.2, 0.1], np.float32)
    return rgb, alpha, np.full_like(alpha, 3.0)


def test_a_figure_becomes_as_soft_as_the_photo():
    rng = np.random.default_rng(0)
    sharp = np.uint8(cv2.resize(rng.uniform(0, 255, (15, 20, 3)), (160, 120), interpolation=0))
    soft = cv2.GaussianBlur(sharp, (0, 0), 1.2)
    rgb, alpha, depth = disc()
    assert Blend(None, None, Texture.of(sharp)).as_sharp(alpha).blur < 0.5
    blended = Blend(None, None, Texture.of(soft)).as_sharp(alpha)
    assert 0.8 < blended.blur <= 1.2
    frame = np.zeros((120, 160, 3), np.uint8)
    blended.over(rgb, alpha, depth, frame)
    assert softness_of(frame[..., 0].astype(np.float32)) > softness_of(alpha) + 0.3


def test_grain_is_the_same_in_every_frame():
    rng = np.random.default_rng(0)
    photo = np.uint8(np.clip(120 + rng.normal(0, 4, (120, 160, 1)), 0, 255).repeat(3, 2))
    blend = Blend(None, None, Texture.of(photo))
    first, second = photo.copy(), photo.copy()
    for frame in (first, second):
        blend.over(*disc(), frame)
    assert np.array_equal(first, second)
    inside = first[40:80, 60:100, 0].astype(float)
    assert 1.5 < inside.std() < 4


def test_a_light_rim_goes():
    rgb, alpha, _ = disc()
    rim = (alpha > 0) & (alpha < 0.97)
    lit = np.where(rim[..., None], alpha[..., None] * np.float32(0.95), rgb)
    cleared = without_rim(lit, alpha)
    np.testing.assert_allclose(cleared, rgb, atol=1e-3)


# All of it


def test_without_any_part_it_is_the_plain_paste():
    rng = np.random.default_rng(2)
    rgb, alpha, depth = disc()
    photo = rng.integers(0, 256, (120, 160, 3), np.uint8)
    rgba = np.uint8(255 * np.dstack([rgb, alpha]) + 0.5)
    frame = photo.copy()
    seen = Blend(None, None, None).over(rgb, alpha, depth, frame)
    assert np.abs(frame.astype(int) - over(rgba[None], photo[None])[0]).max() <= 1
    assert (seen == 1).all()


def test_an_empty_frame_is_the_photo():
    photo = np.full((120, 160, 3), 77, np.uint8)
    nothing = np.zeros((120, 160), np.float32)
    frame = photo.copy()
    seen = Blend(furniture(), None, Texture.of(photo)).over(
        np.zeros((120, 160, 3), np.float32), nothing, nothing, frame
    )
    assert np.array_equal(frame, photo) and (seen == 1).all()


def test_the_parts_are_named():
    assert CompositeSettings().blend == PARTS
    with pytest.raises(ValueError, match="occlusion, shadow, colour, texture"):
        CompositeSettings(blend=["halo"])
