"""Windows around a person: cutting out and putting back, against known points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.features.mediapipe.windows import (
    cut_window,
    following_windows,
    to_frame,
    windows_if_small,
)


def _blob(centre: tuple[float, float], width: int, height: int, sigma: float) -> np.ndarray:
    """A Gaussian around a continuous point (pixel centres at +0.5)."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * sigma**2))


def _centroid(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return np.array([(x * picture).sum(), (y * picture).sum()]) / picture.sum()


@given(x=st.floats(40, 80), y=st.floats(30, 70), side=st.floats(60, 100), size=st.integers(64, 256))
def test_a_point_found_in_a_window_returns_to_its_place(x, y, side, size):
    frame = (_blob((x, y), 120, 100, sigma=5.0) * 255).round().astype(np.uint8)
    window = np.array([x - side / 2 + 3, y - side / 2 - 2, side])
    cut = cut_window(np.dstack([frame] * 3), window, size)
    assert cut.shape == (size, size, 3)
    found = to_frame(_centroid(cut[..., 0].astype(float) ** 2) / size, window)
    np.testing.assert_allclose(found, (x, y), atol=0.1)


def test_windows_follow_and_keep_their_size():
    boxes = np.array([[0, 0, 10, 20], [40, 0, 50, 20]], float)
    windows = following_windows(11, np.array([2, 6]), boxes, margin=1.5)
    assert (windows[:, 2] == 30).all()
    centres = windows[:, 0] + 15
    np.testing.assert_allclose(centres, [5, 5, 5, 15, 25, 35, 45, 45, 45, 45, 45])


@pytest.mark.parametrize(("height", "always", "cut"), [(80, False, False), (20, False, True)])
def test_only_small_figures_are_enlarged(height, always, cut):
    boxes = np.array([[10, 0, 20, height]], float)
    windows = windows_if_small(5, np.array([0]), boxes, 100, 100, always)
    assert (windows is not None) == cut


def test_nobody_to_follow():
    assert windows_if_small(5, np.zeros(0), np.zeros((0, 4)), 100, 100, always=True) is None
