"""Depth Anything on a background, through the real package with a small image."""

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from small_networks import small_depth_anything
from test_features_depth_anything import SMALL

from understudy.artifacts.people import People, save_people
from understudy.artifacts.room import load_room
from understudy.networks import depth_anything
from understudy.networks.depth_anything import INDOORS, NETWORKS, shapes
from understudy.room.calibrate import calibrate_background
from understudy.room.depth_anything import metric, relative
from understudy.room.told import Told


@pytest.fixture
def weights(tmp_path, monkeypatch):
    monkeypatch.setattr(depth_anything, "SIDE", 70)
    monkeypatch.setitem(depth_anything.NETWORKS, SMALL, small_depth_anything)
    path = tmp_path / "depth_anything_v2_vits.pth"
    torch.save(small_depth_anything().state_dict(), path)
    return {SMALL: path}


@pytest.fixture
def picture() -> np.ndarray:
    """Blots on a ramp."""
    coarse = np.random.default_rng(0).integers(0, 255, (9, 12, 3), np.uint8)
    return cv2.resize(coarse, (160, 120), interpolation=cv2.INTER_CUBIC)


def test_its_numbers_are_the_packages_own(picture, weights):
    wanted = small_depth_anything().infer_image(picture[..., ::-1].copy(), input_size=70)
    found = relative(picture, weights)
    assert found.inverse.shape == (120, 160) and np.ptp(wanted) > 0.01
    np.testing.assert_allclose(found.inverse, wanted, atol=1e-5)
    assert not found.in_metres


def test_the_file_says_which_network_looked(picture, weights, tmp_path):
    """Blots show no room: that is written down, it is no error."""
    Image.fromarray(picture).save(tmp_path / "blots.png")
    out = tmp_path / "room.npz"
    nobody = tmp_path / "people.json"
    save_people(nobody, People([], "blots.png", "", {}))
    calibrate_background(tmp_path / "blots.png", out, Told(), nobody, "depth_anything_s", weights)
    room = load_room(out)
    assert room.refused and room.about["backend"] == "depth_anything_s"
    assert room.about["model"].keys() == {SMALL}


METRIC = "depth_anything_v2_metric_hypersim_vits"


def metric_network():
    """The small network as its authors' metric one is made: its last layers are a convolution and a
    sigmoid (`metric_depth/depth_anything_v2/dpt.py`)."""
    network = small_depth_anything()
    last = network.depth_head.scratch.output_conv2
    network.depth_head.scratch.output_conv2 = torch.nn.Sequential(*last[:3], torch.nn.Sigmoid())
    return network


def test_a_metric_network_says_metres(picture, tmp_path, monkeypatch):
    monkeypatch.setattr(depth_anything, "SIDE", 70)
    monkeypatch.setitem(depth_anything.NETWORKS, METRIC, metric_of_small)
    path = tmp_path / f"{METRIC}.pth"
    torch.save(metric_network().state_dict(), path)
    wanted = INDOORS * metric_network().infer_image(picture[..., ::-1].copy(), input_size=70)
    found = metric(picture, {METRIC: path})
    assert found.in_metres and np.ptp(wanted) > 0.01
    np.testing.assert_allclose(1 / found.inverse, wanted, rtol=1e-4)


def metric_of_small():
    """What `NETWORKS` makes of the small network."""
    return depth_anything._metric(small_depth_anything)()


def test_a_metric_checkpoint_holds_what_a_relative_one_does():
    assert METRIC in NETWORKS and shapes(METRIC) == shapes(SMALL)
