"""Where a photo shows floor, and what the network sees of it."""

import cv2
import numpy as np
import pytest

from understudy.artifacts.room import RoomCamera
from understudy.demo import textures as tx
from understudy.demo.camera import tilted_camera
from understudy.demo.lighting import ceiling_lights
from understudy.demo.room_view import Lens, view_room
from understudy.demo.rooms import Room, make_room
from understudy.demo.solids import Paint, quad
from understudy.room.calibrate import calibrate
from understudy.room.floor import down_to_edge, find_floor
from understudy.room.floor_net import channels, floor_odds
from understudy.room.photo import reduced
from understudy.room.refusal import LEAST_SCORE, floor_score
from understudy.room.told import Told

CAMERA = RoomCamera(320, 240, 260.0, -14.0, 0.8, -6.0, 1.4)


def test_the_floor_is_found_from_above():
    """Where no horizon is in the picture, and all of it is near."""
    camera = tilted_camera(np.array([0.2, 1.7, 0.6]), -42.0, 0.0, 5.0, 60.0, 640, 480)
    seen = view_room(make_room("office"), Lens(camera))
    truth = RoomCamera(640, 480, camera.K[0, 0], -42.0, 0.0, 5.0, 1.7)
    small = truth.resized(320, 240)
    picture = reduced(seen.rgb)
    found = find_floor(floor_odds(picture, small), picture, small)
    true = down_to_edge(cv2.resize(seen.floor.astype(np.uint8), (320, 240)) > 0)
    assert (found.free & true).sum() / (found.free | true).sum() > 0.85


def test_the_boundary_follows_the_odds_and_snaps_to_an_edge():
    """The odds turn ten rows above the edge between a grey floor and a white wall, and say little;
    what they say of one row of the floor is no hole in it."""
    camera = RoomCamera(320, 240, 260.0, -10.0, 0.0, 0.0, 1.5)
    picture = np.full((240, 320, 3), 230, np.uint8)
    picture[150:] = 90
    odds = np.where(np.arange(240)[:, None] >= 140, 0.1, -2.0) * np.ones((1, 320))
    odds[200] = -2.0
    odds[220:] = 3.0
    found = find_floor(odds, picture, camera)
    assert found.free[152:].all() and not found.free[:148].any()


def test_nothing_is_floor_if_all_of_it_would_be_too_far_away():
    camera = RoomCamera(320, 240, 260.0, 30.0, 0.0, 0.0, 1.5)
    found = find_floor(np.ones((240, 320)), np.zeros((240, 320, 3), np.uint8), camera)
    assert not found.floor.any() and not found.free.any()


def test_edges_are_told_by_the_way_they_run_in_the_room():
    """Lines of the floor along the walls, upright ones, and one across the floor, each drawn alone:
    the channels are upright, level, askew."""
    floor = np.array([[-1.5, 3.0], [1.5, 3.0]])
    turn = np.radians(CAMERA.walls)
    along = floor @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    across = floor @ np.array([[np.cos(0.5), np.sin(0.5)], [-np.sin(0.5), np.cos(0.5)]])
    foot = CAMERA.in_space(floor[:1])
    drawn = {
        3: np.concatenate([foot, foot + 1.5 * CAMERA.axes[1]]),
        4: CAMERA.in_space(along),
        5: CAMERA.in_space(across),
    }
    for channel, ends in drawn.items():
        picture = np.full((240, 320, 3), 200, np.uint8)
        a, b = CAMERA.project(ends).astype(int).tolist()
        cv2.line(picture, a, b, (40, 40, 40), 2, cv2.LINE_AA)
        strength = channels(picture, CAMERA)[3:6].sum((1, 2))
        assert strength.argmax() == channel - 3 and strength.max() > 2 * np.sort(strength)[1]


def test_rays_have_their_angles():
    """The horizon is level with the camera; what is straight ahead is not to the side."""
    camera = RoomCamera(320, 240, 260.0, -14.0, 0.0, 0.0, 1.4)
    below, right = channels(np.zeros((240, 320, 3), np.uint8), camera)[6:]
    np.testing.assert_allclose(np.degrees(below[59:61, 79:81]).mean(), 14, atol=0.01)
    np.testing.assert_allclose(right[:, 79] + right[:, 80], 0, atol=1e-6)
    assert (np.diff(below, axis=0) > 0).all() and (np.diff(right, axis=1) > 0).all()


@pytest.mark.parametrize("laid", [tx.bricks, tx.planks])
def test_bricks_and_boards_are_floor_only_where_they_lie(laid):
    """The same texture on a wall close by, and on a floor."""
    paint = Paint(texture=laid(np.random.default_rng(0), (150, 110, 80)), tile=1.0, shine=0)
    plain = Paint((200, 200, 196), shine=0)
    corner, across = (-3.0, 0.0, 0.0), (6.0, 0.0, 0.0)

    def score(wall: Paint, floor: Paint, away: float) -> float:
        parts = [
            quad(corner, across, (0, 3.0, 0), wall),
            quad((-3, 0, 6.0), across, (0, 0, -6.0), floor),
        ]
        camera = tilted_camera(np.array([0.3, 1.4, away]), -12.0, 0.0, 8.0, 60.0, 640, 480)
        view = view_room(Room("test", "room", parts, ceiling_lights((1, 1, 1))), Lens(camera))
        room = calibrate(view.rgb, Told())
        return room.about["score"] if len(room.spots) else 0.0

    assert score(plain, paint, 4.0) > LEAST_SCORE > score(paint, plain, 1.3)


def test_the_score_is_the_mean_probability_of_what_was_taken():
    odds = np.log(np.array([[9.0, 9.0], [1.0, 3.0]]))
    assert floor_score(odds, np.array([[0, 1], [1, 0]]) > 0) == pytest.approx((0.9 + 0.5) / 2)
    assert floor_score(odds, np.zeros((2, 2), bool)) == 0
