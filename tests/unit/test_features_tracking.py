"""Where faces and hands are looked for: regions of points whose place is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.features.mediapipe import face, hands
from understudy.features.mediapipe.regions import Region
from understudy.features.mediapipe.tracking import Limits, tracked

LIMITS = Limits(rotation=np.radians(40), shift=0.2, scale=0.4, margin=-0.1)
FOUND = Region(np.array([100.0, 80.0]), 50.0, np.radians(170))
# An upright hand whose fingers point up: wrist, then four joints of each finger from the thumb on.
HAND = np.array(
    [
        *[(0, 0), (-3, -1), (-5, -3), (-6, -5), (-7, -7)],
        *[(-2, -8), (-2, -11), (-2, -13), (-2, -15)],
        *[(0, -8), (0, -12), (0, -14), (0, -16)],
        *[(2, -8), (2, -11), (2, -13), (2, -15)],
        *[(4, -7), (4, -9), (4, -11), (4, -12)],
    ],
    float,
)


def _before(right: float = 0, down: float = 0, side: float = 1, degrees: float = 0) -> Region:
    """FOUND, moved along its own axes by shares of its side, larger by a factor, and turned."""
    centre = FOUND.centre + FOUND.axes @ [right * FOUND.side, down * FOUND.side]
    return Region(centre, side * FOUND.side, FOUND.rotation + np.radians(degrees))


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (_before(), True),
        (_before(degrees=39), True),
        (_before(degrees=39 - 360), True),  # 170° + 39° is −151°
        (_before(degrees=41), False),
        (_before(degrees=-41), False),
        (_before(right=0.19), True),
        (_before(right=0.21), False),
        (_before(down=-0.19), True),
        (_before(down=-0.21), False),
        (_before(side=1.39), True),
        (_before(side=1.41), False),
        (_before(side=0.59), False),
    ],
)
def test_a_thing_that_has_moved_far_is_looked_for_where_this_frame_shows_it(before, kept):
    assert tracked(FOUND.centre[None], before, FOUND, LIMITS) is (before if kept else FOUND)


@pytest.mark.parametrize(("share", "kept"), [(0.44, True), (0.46, False), (-0.46, False)])
def test_a_point_that_has_left_the_region_ends_the_tracking(share, kept):
    before = _before()
    points = np.stack([FOUND.centre, FOUND.centre + FOUND.axes[:, 1] * share * FOUND.side])
    assert tracked(points, before, FOUND, LIMITS) is (before if kept else FOUND)


def test_a_hand_is_looked_for_around_its_palm():
    region = hands.region_of_landmarks(HAND)
    # The palm reaches from −6 to 4 and from −12 to 0; the region moves up by a tenth of its height.
    np.testing.assert_allclose(region.centre, (-1, -6 - 1.2))
    assert region.side == pytest.approx(24)
    assert region.rotation == pytest.approx(0)


@given(
    degrees=st.floats(-170, 170),
    scale=st.floats(0.2, 50),
    x=st.floats(-500, 500),
    y=st.floats(-500, 500),
)
def test_the_region_of_a_hand_turns_and_moves_with_it(degrees, scale, x, y):
    usual = hands.region_of_landmarks(HAND)
    placed = Region(np.array([x, y]), scale, np.radians(degrees))
    region = hands.region_of_landmarks(HAND @ placed.axes.T * scale + placed.centre)
    centre = placed.axes @ usual.centre * scale + placed.centre
    np.testing.assert_allclose(region.centre, centre, atol=1e-6)
    assert region.side == pytest.approx(usual.side * scale)
    turned = region.rotation - usual.rotation - placed.rotation
    assert np.cos(turned) == pytest.approx(1)


def test_a_face_is_looked_for_around_it_turned_as_its_eyes_are():
    points = np.full((478, 2), (50.0, 40.0))
    points[0], points[1] = (30, 10), (70, 90)
    points[33], points[263] = (40, 30), (60, 50)
    region = face.region_of_landmarks(points)
    np.testing.assert_allclose(region.centre, (50, 50))
    assert region.side == pytest.approx(1.5 * 80)
    assert region.rotation == pytest.approx(np.radians(45))


def test_no_hand_is_looked_for_at_a_wrist_that_is_not_visible():
    pose = np.ones((33, 3))
    pose[15, 2] = 0.1
    assert hands.track_hand(np.zeros((8, 8, 3), np.uint8), pose, 0, None) is None
