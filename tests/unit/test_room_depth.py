"""Depth Anything on a background, through the real package with a small image."""

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from test_features_depth_anything import SMALL, small_network

from understudy.artifacts.room import load_room
from understudy.networks import depth_anything
from understudy.room.calibrate import calibrate_background
from understudy.room.depth_anything import measure_inverse_depth
from understudy.room.told import Told


@pytest.fixture
def weights(tmp_path, monkeypatch):
    monkeypatch.setattr(depth_anything, "SIDE", 70)
    monkeypatch.setitem(depth_anything.NETWORKS, SMALL, small_network)
    path = tmp_path / "depth_anything_v2_vits.pth"
    torch.save(small_network().state_dict(), path)
    return {SMALL: path}


@pytest.fixture
def picture() -> np.ndarray:
    """Blots on a ramp."""
    coarse = np.random.default_rng(0).integers(0, 255, (9, 12, 3), np.uint8)
    return cv2.resize(coarse, (160, 120), interpolation=cv2.INTER_CUBIC)


def test_its_numbers_are_the_packages_own(picture, weights):
    wanted = small_network().infer_image(picture[..., ::-1].copy(), input_size=70)
    found = measure_inverse_depth(picture, weights)
    assert found.shape == (120, 160) and np.ptp(wanted) > 0.01
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_the_file_says_which_network_looked(picture, weights, tmp_path):
    """Blots show no room: that is written down, it is no error."""
    Image.fromarray(picture).save(tmp_path / "blots.png")
    out = tmp_path / "room.npz"
    calibrate_background(tmp_path / "blots.png", out, Told(), "depth_anything_s", weights)
    room = load_room(out)
    assert room.refused and room.about["backend"] == "depth_anything_s"
    assert room.about["model"].keys() == {SMALL}
