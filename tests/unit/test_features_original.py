"""Our runner against MediaPipe Holistic itself, point by point."""

import numpy as np
import pytest
from mediapipe_original import apart, original, ours


@pytest.fixture(scope="module")
def both(filmed):
    frames = filmed.frames
    return original(frames, len(frames)), ours(frames, len(frames))


def test_the_points_are_those_of_holistic(filmed, both):
    percent = 100 * apart(*both) / filmed.truth["height_px"][:, None]
    assert np.isfinite(percent).mean() > 0.5  # in the others the face is turned away
    assert np.nanmedian(percent) < 0.1
    assert np.nanpercentile(percent, 95) < 1


def test_as_much_is_seen_as_by_holistic(both):
    theirs, found = both
    for name in ("seen", "face_seen", "hands_seen"):
        # One may be at the threshold: the networks' last digits hang on the processor.
        assert getattr(found, name).sum() >= 0.98 * getattr(theirs, name).sum() - 1, name


def test_depth_and_visibility_are_those_of_holistic(both):
    theirs, found = both
    seen = theirs.seen & found.seen
    assert np.median(np.abs(theirs.world - found.world)[seen]) < 0.002
    assert np.median(np.abs(theirs.pose - found.pose)[seen][..., 2]) < 0.002
