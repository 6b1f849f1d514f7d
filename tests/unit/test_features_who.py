"""Who is followed in a clip of several people, as a table says."""

import numpy as np
import pytest

from understudy.errors import UserError
from understudy.features.who import Someone, whom

SIZE = (400, 600)  # h, w


def walking(x: float, pace: float, frames: range, height: float = 200) -> Someone:
    """Somebody whose middle is at x px first, and walks."""
    at = x + pace * np.arange(len(frames))
    boxes = np.stack([at - 30, np.full(len(at), 100), at + 30, np.full(len(at), 100 + height)], 1)
    return Someone(np.array(frames), boxes)


# The most prominent first: they cross; a third one comes late; a child far away.
LARGE = walking(400, -30, range(0, 10), 220)
OTHER = walking(150, 30, range(0, 10))
LATE = walking(560, 0, range(6, 10))
FAR = walking(20, 0, range(0, 10), 60)
PEOPLE = [LARGE, OTHER, LATE, FAR]


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("refuse", LARGE),
        ("flag", LARGE),
        ("largest", LARGE),
        ("left", OTHER),  # when they are first seen together; not the one who is small
        ("right", LARGE),
        ("0.2,0.25,0.1,0.5", OTHER),
        ("0.6, 0.25, 0.15, 0.55", LARGE),
        ("0.88,0.25,0.1,0.5", LATE),
        ("0,0.25,0.083,0.15", FAR),
    ],
)
def test_the_one_whom_the_table_names_is_followed(who, found):
    assert PEOPLE[whom("street.mp4", PEOPLE, who, SIZE)] is found


def test_the_only_one_is_left_and_right():
    assert whom("a.mp4", [LATE], "left", SIZE) == whom("a.mp4", [LATE], "right", SIZE) == 0


def test_an_empty_box_is_refused_with_where_people_are():
    told = (
        r"street\.mp4: nobody is seen in the box 0\.5,0,0\.1,0\.1 of the column who; give another "
        r"one \(seen at first: 0\.62,0\.25,0\.10,0\.55; 0\.20,0\.25,0\.10,0\.50; .*\)"
    )
    with pytest.raises(UserError, match=told):
        whom("street.mp4", PEOPLE, "0.5,0,0.1,0.1", SIZE)
