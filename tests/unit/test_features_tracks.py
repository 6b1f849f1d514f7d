"""One person followed through a clip: boxes whose owners are known."""

import numpy as np
import pytest

from understudy.features.tracks import People, count_people, follow, likeness, look_of, overlap

RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (30, 200, 30)


def seen(*people: tuple[tuple[float, float, float, float], tuple[int, int, int]]) -> People:
    """The people of a frame of 100 × 200 px, each a box of one colour."""
    frame = np.full((100, 200, 3), 90, np.uint8)
    for (x0, y0, x1, y1), colour in people:
        frame[int(y0) : int(y1), max(0, int(x0)) : int(x1)] = colour
    boxes = np.array([box for box, _ in people], float).reshape(-1, 4)
    looks = np.array([look_of(frame, box) for box in boxes]).reshape(-1, 128)
    return People(boxes, np.full(len(boxes), 0.9), looks)


def standing(x: float, height: float = 60) -> tuple[float, float, float, float]:
    return x, 90 - height, x + 25, 90


def middles(track) -> list[float]:
    return [float((box[0] + box[2]) / 2) for box in track.boxes]


def test_overlap_is_intersection_over_union():
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]], float)
    np.testing.assert_allclose(overlap(boxes[:1], boxes), [[1, 1 / 3, 0]])


def test_a_look_is_a_colour_above_and_one_below():
    frame = np.zeros((100, 50, 3), np.uint8)
    frame[:50], frame[50:] = RED, BLUE
    look, box = look_of(frame, np.array([0, 0, 50, 100])), np.array([0.0, 0, 50, 100])
    assert look.sum() == pytest.approx(1) and sorted(look)[-2:] == [0.5, 0.5]
    turned = look_of(frame[::-1], box)
    assert likeness(look[None], look[None])[0, 0] == pytest.approx(1)
    assert likeness(look[None], turned[None])[0, 0] == 0
    assert look_of(frame, np.array([49.5, 99.6, 60, 120])).sum() == pytest.approx(1)


def test_who_cross_keep_their_clothes():
    """They meet in the middle, where one hides the other for three frames."""
    frames = []
    for i in range(31):
        walker, other = (standing(5 + 5 * i), RED), (standing(155 - 5 * i), BLUE)
        frames.append(seen(walker) if abs(i - 15) < 2 else seen(other, walker))
    first, second = follow(frames, 25)[:2]
    assert middles(first) == [5 + 5 * i + 12.5 for i in range(31)]
    assert second.frames == [i for i in range(31) if abs(i - 15) >= 2]
    assert middles(second) == [155 - 5 * i + 12.5 for i in second.frames]


def test_the_best_score_is_not_the_person():
    """The poster that the detector is surest of is small; the tall person is followed."""
    people = [seen((standing(100, 20), GREEN), (standing(10 + i), RED)) for i in range(20)]
    people = [People(one.boxes, np.array([0.99, 0.6]), one.look) for one in people]
    track = follow(people, 25)[0]
    assert track.frames == list(range(20)) and middles(track)[0] == 22.5


def test_who_comes_back_is_known_by_colour():
    frames = [seen((standing(10), RED))] * 10 + [seen()] * 50 + [seen((standing(150), RED))] * 5
    (track,) = follow(frames, 25)
    assert track.frames == [*range(10), *range(60, 65)]
    frames[60:] = [seen((standing(10), BLUE))] * 5
    assert [track.frames for track in follow(frames, 25)] == [[*range(10)], [*range(60, 65)]]


def test_nobody_is_no_track():
    assert follow([seen()] * 3, 25) == []


@pytest.mark.parametrize(
    ("people", "count"),
    [
        ([], 0),
        ([standing(10)], 1),
        ([standing(10), standing(80)], 2),
        ([standing(10), standing(80, 15)], 1),  # far away
        ([standing(10), (12, 40, 25, 65)], 1),  # an arm of the first
        ([standing(10), standing(20)], 2),  # side by side
    ],
)
def test_people_are_counted_without_parts_and_passers_by(people, count):
    assert count_people(seen(*[(box, RED) for box in people])) == count


def test_an_unsure_box_is_not_counted():
    people = seen((standing(10), RED), (standing(80), BLUE))
    assert count_people(People(people.boxes, np.array([0.9, 0.4]), people.look)) == 1
