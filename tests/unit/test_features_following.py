"""People followed through a clip, forward and backward, from where a survey saw them."""

import threading

import numpy as np
import pytest

from understudy.features.frames import side_by_side
from understudy.features.mediapipe.following import Sought, follow
from understudy.features.mediapipe.network import Network
from understudy.features.mediapipe.survey import Track, survey
from understudy.video.read import stream_frames

N = 9
KNOWN = 6  # the frame that was surveyed


@pytest.fixture(scope="module")
def double(filmed) -> np.ndarray:
    """A clip of somebody and their mirror image, side by side: (N,320,400,3)."""
    left, right = filmed.frames[:N, :, 60:260], filmed.frames[:N, :, 260:60:-1]
    return np.concatenate([left, right], axis=2)


@pytest.fixture(scope="module")
def tracks(double) -> list[Track]:
    """The left one and the right one."""
    found = survey([KNOWN], _read(double), threads=1)
    assert found.people == {KNOWN: 2}
    return sorted(found.tracks, key=lambda track: track.boxes()[0, 0])


def _read(frames: np.ndarray):
    return lambda indices: (frames[index] for index in indices)


def _on_the_right(followed) -> np.ndarray:
    return followed.seen.pose[:, :, 0].mean(1) > 200


def test_two_are_followed_at_once_each_from_where_they_were_seen(double, tracks):
    left, right = follow(_read(double), N, [Sought(track) for track in tracks], threads=2)
    assert not _on_the_right(left).any() and _on_the_right(right).all()
    for one in (left, right):
        assert one.seen.seen.all() and one.sure.all()
        face = one.seen.face[one.seen.face_seen].mean(1)
        assert (np.abs(face - one.seen.pose[one.seen.face_seen, 0, :2]) < 30).all()
    # A mirror image of the frames gives one of the other's points, with left and right swapped.
    np.testing.assert_allclose(right.seen.pose[:, 0, 0], 400 - left.seen.pose[:, 0, 0], atol=4)


def test_who_was_not_there_before_is_not_seen_before(double, tracks):
    """The right one appears in frame 3: backward from frame 6, frame 2 shows nobody there."""
    late = double.copy()
    late[:3, :, 200:] = late[:3, :, 200:201]
    left, right = follow(_read(late), N, [Sought(track) for track in tracks], threads=1)
    assert not _on_the_right(left).any() and left.sure.all()
    assert _on_the_right(right).tolist() == [False] * 3 + [True] * 6
    assert right.sure.tolist() == [False] * 3 + [True] * 6


def test_who_a_survey_missed_is_unsure_there(double, tracks):
    missed = Track({0: None, **tracks[1].bodies})  # whom the detector is surest of
    (person,) = follow(_read(double), N, [Sought(missed)], threads=1)
    assert person.seen.seen.all()
    assert person.sure.tolist() == [False] * 4 + [True] * 5


def test_more_threads_see_the_same(double, tracks):
    one, three = (follow(_read(double), N, [Sought(tracks[1])], threads)[0] for threads in (1, 3))
    for name, values in vars(one.seen).items():
        np.testing.assert_array_equal(values, getattr(three.seen, name), err_msg=name)


class Counter:
    """A context manager that knows how many were in it at a time."""

    def __init__(self) -> None:
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.inside -= 1


@pytest.mark.parametrize("threads", [1, 2])
def test_no_more_threads_compute_than_a_job_has(double, tracks, monkeypatch, threads):
    computing, ask = Counter(), Network.__call__

    def counted(network: Network, *inputs: np.ndarray) -> list[np.ndarray]:
        with computing:
            return ask(network, *inputs)

    monkeypatch.setattr(Network, "__call__", counted)
    follow(_read(double), N, [Sought(track) for track in tracks], threads)
    survey([0, KNOWN], _read(double), threads)
    assert computing.most == threads


@pytest.mark.parametrize("threads", [1, 3])
def test_side_by_side_are_as_many_as_there_are_threads(threads):
    working, together = Counter(), threading.Barrier(threads)

    def work(item: int) -> int:
        with working:
            together.wait(timeout=60)  # until as many are here
        return -item

    assert list(side_by_side(work, range(6), threads)) == [0, -1, -2, -3, -4, -5]
    assert working.most == threads


def test_frames_are_streamed_in_any_order(filmed):
    backward = range(len(filmed.frames) - 1, -1, -1)
    for index, frame in zip(backward, stream_frames(filmed.video, backward), strict=True):
        np.testing.assert_array_equal(frame, filmed.frames[index])
