"""What `make bench NAME=scene` measures, where the answer is known."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.bench.scene_film import _true_place
from tests.bench.scene_slide import Stood, _slide, _Tracks, stood
from understudy.artifacts.room import RoomCamera
from understudy.demo.camera import tilted_camera
from understudy.demo.room_view import Lens
from understudy.scene.place import Place

TRUTH = RoomCamera(640, 480, 520.0, -12.0, 0.7, 0.0, 1.4)
PLACE = Place(0.6, 3.2, 0.0, "")


def place_found_by(camera: RoomCamera, distortion: float) -> np.ndarray:
    fov = 2 * np.degrees(np.arctan(320 / TRUTH.focal))
    seen = tilted_camera(np.array([0, 1.4, 0]), TRUTH.pitch, TRUTH.roll, 0.0, fov, 640, 480)
    photo = SimpleNamespace(truth=TRUTH, lens=Lens(seen, distortion))
    return _true_place(photo, SimpleNamespace(camera=camera), PLACE)


def test_somebody_is_filmed_where_the_composite_shows_them():
    wanted = np.array([PLACE.right, PLACE.forward])
    np.testing.assert_allclose(place_found_by(TRUTH, 0.0), wanted, atol=0.01)
    # Of a camera taken for half as high, the floor under a pixel is twice as far away.
    low = replace(TRUTH, above=0.7)
    np.testing.assert_allclose(place_found_by(low, 0.0), 2 * wanted, atol=0.02)
    # A lens that draws points towards the middle shows what is farther from it.
    assert place_found_by(TRUTH, -0.05)[1] < wanted[1] - 0.005


def test_a_foot_stands_where_it_does_not_move():
    joints = np.zeros((60, 55, 3))
    joints[20:, 10, 0] = 0.05 * np.arange(40)  # the left one walks off after 20 frames
    joints[:, 11, 2] = 0.2 * np.arange(60)
    assert stood(joints, 25) == [Stood(10, 0, 21)]


def test_a_slide_is_told_at_the_scale_of_another_picture():
    pixels = np.zeros((10, 55, 2))
    pixels[7, 10] = (3, 4)
    tracks = _Tracks(pixels, np.full((10, 55), 100.0))
    nearer = _Tracks(pixels, np.full((10, 55), 150.0))
    assert _slide(tracks, Stood(10, 0, 10)) == 5
    assert _slide(tracks, Stood(10, 0, 10), nearer) == pytest.approx(7.5)
    assert _slide(tracks, Stood(10, 0, 5)) == 0
