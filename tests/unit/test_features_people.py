"""Counting and following people, on stick figures."""

import numpy as np
import pytest

from understudy.errors import UserError
from understudy.features.company import check_alone, check_somebody, shows_several
from understudy.features.mediapipe.body import Body
from understudy.features.mediapipe.one_euro import smoothed
from understudy.features.mediapipe.people import distinct_people
from understudy.features.mediapipe.regions import Region
from understudy.features.mediapipe.survey import knows_better, linked


def _figure(x: float, y: float, height: float, visibility: float = 1.0) -> np.ndarray:
    """A standing figure (33,3), head at (x, y), as MediaPipe would give it."""
    person = np.zeros((33, 3))
    person[:11, :2] = (0, 0)
    for left, (dx, dy) in {
        11: (0.12, 0.12),
        13: (0.16, 0.3),
        15: (0.17, 0.45),
        23: (0.07, 0.45),
        25: (0.07, 0.7),
        27: (0.07, 0.95),
        29: (0.07, 1.0),
        31: (0.09, 1.0),
    }.items():
        person[left, :2], person[left + 1, :2] = (dx, dy), (-dx, dy)
    person[17:23] = person[[15, 16] * 3]
    person[:, :2] = person[:, :2] * height + (x, y)
    person[:, 2] = visibility
    return person


def _body(points: np.ndarray) -> Body:
    """A body with these points; nothing else of it counts here."""
    circle = smoothed(points[[23, 0], :2], None, 1.0)
    return Body(points, np.zeros((33, 3)), circle, Region(points[0, :2], 1.0), np.zeros((256, 256)))


def test_the_same_person_seen_twice_counts_once():
    found = np.array([_figure(100, 40, 200), _figure(103, 42, 195), _figure(320, 40, 200)])
    assert len(distinct_people(found, 400, 300)) == 2


def test_a_leg_taken_for_a_body_does_not_count():
    whole, leg = _figure(100, 40, 200), _figure(114, 130, 90)
    assert distinct_people(np.array([leg, whole]), 400, 300) == [1]


def _upside_down(points: np.ndarray, visibility: float) -> np.ndarray:
    """A figure (33,3) turned over, a little larger, as the landmark model sees one now and then."""
    middle = points[:, :2].mean(0)
    turned = middle - 1.3 * (points[:, :2] - middle)
    return np.column_stack([turned, np.full(len(points), visibility)])


def test_of_a_person_also_seen_upside_down_the_clearer_view_counts():
    upright = _figure(200, 60, 160, visibility=0.98)
    over = _upside_down(upright, 0.75)
    assert distinct_people(np.array([over, upright]), 400, 300) == [1]


def test_a_survey_puts_right_only_what_it_sees_more_clearly_or_elsewhere():
    followed = _figure(200, 60, 160, visibility=0.9)
    over, elsewhere = _upside_down(followed, 0.75), _figure(60, 60, 160, visibility=0.75)
    assert not knows_better(over, followed)
    assert knows_better(followed, over)
    assert knows_better(elsewhere, followed)
    assert not knows_better(followed, followed)


def test_a_survey_does_not_put_right_what_it_sees_only_a_leg_of():
    followed, leg = _figure(200, 60, 160, visibility=0.7), _figure(210, 130, 70, visibility=0.9)
    assert not knows_better(leg, followed)
    assert knows_better(_upside_down(followed, 0.9), followed)


def test_passers_by_in_the_distance_and_unsure_figures_do_not_count():
    found = [_figure(100, 40, 200), _figure(300, 60, 50), _figure(350, 40, 200, visibility=0.3)]
    assert len(distinct_people(np.array(found), 400, 300)) == 1


def test_a_body_outside_the_picture_does_not_count():
    assert len(distinct_people(np.array([_figure(-60, 40, 200)]), 400, 300)) == 0


def test_nobody():
    assert distinct_people(np.zeros((0, 33, 3)), 400, 300) == []
    assert linked({0: [], 5: []}) == []


def test_people_who_pass_are_followed_apart_and_the_longest_seen_comes_first():
    frames = list(range(0, 60, 5))
    near = [_body(_figure(60 + 4 * f, 40, 200)) for f in frames]
    far = [_body(_figure(300 - 4 * f, 70, 110)) for f in frames]
    people = [list(pair) for pair in zip(near, far, strict=True)]
    people[1::2] = [pair[::-1] for pair in people[1::2]]  # found in any order
    people[4] = []  # a frame in which nobody was found
    first, second = linked(dict(zip(frames, people, strict=True)))
    seen = [i for i in range(len(frames)) if i != 4]
    assert first.seen == {frames[i]: near[i] for i in seen}
    assert second.seen == {frames[i]: far[i] for i in seen}
    assert first.bodies.keys() == second.bodies.keys() == set(frames)
    assert first.boxes().shape == (11, 4)


def test_several_people_are_refused_or_flagged():
    crowd = dict(enumerate([1] * 9 + [2] * 3))
    with pytest.raises(UserError, match=r"dance\.mp4: shows 2 people \(3 of 12 sampled frames\)"):
        check_alone("dance.mp4", crowd, "refuse")
    check_alone("dance.mp4", crowd, "flag")
    assert shows_several(crowd)
    check_alone("dance.mp4", dict(enumerate([1] * 14 + [2] * 2)), "refuse")  # the detector's errors


def test_nobody_is_refused():
    score = np.zeros((100, 133))
    score[:10] = 1
    with pytest.raises(UserError, match=r"room\.mp4: no person is seen in 90 %"):
        check_somebody("room.mp4", score)
    score[:50] = 1
    check_somebody("room.mp4", score)
