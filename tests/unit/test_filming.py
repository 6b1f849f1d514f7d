"""How a clip was filmed: what is told of made clips, and when; nothing of a still tripod."""

import re

import cv2
import numpy as np
import pytest

from understudy.filming.examine import boxes_of, examine
from understudy.filming.measure import measure

FPS, N = 25.0, 50
HEIGHT, WIDTH = 270, 480
MARGIN = 60  # px of the scene around the picture
BODY = np.array([[0, -60], [-18, -40], [18, -40], [-16, 10], [16, 10], [-14, 60], [14, 60]], float)


def scene(seed: int = 0) -> np.ndarray:
    """A wall with much on it (h,w,3) uint8, larger than the picture."""
    rng = np.random.default_rng(seed)
    size = HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN
    layers = [
        cv2.resize(rng.normal(0, 1, (size[0] // k, size[1] // k)), size[::-1]) for k in (8, 20, 60)
    ]
    grey = 120 + 22 * sum(layers)
    return np.repeat(grey.clip(20, 235)[..., None], 3, 2).astype(np.uint8)


def viewed(wall: np.ndarray, x: float = 0, y: float = 0, zoom: float = 1, turn: float = 0):
    """The picture (HEIGHT,WIDTH,3) of a camera that is off by x, y px."""
    middle = WIDTH / 2 + MARGIN, HEIGHT / 2 + MARGIN
    matrix = cv2.getRotationMatrix2D(middle, turn, zoom)
    matrix[:, 2] -= (MARGIN + x, MARGIN + y)
    return cv2.warpAffine(wall, matrix, (WIDTH, HEIGHT))


def filmed(pictures, seed: int = 1):
    """Somebody walks through the pictures, before the camera's own noise: frames, xy, score."""
    rng = np.random.default_rng(seed)
    coat = rng.integers(0, 255, (120, 40, 3)).astype(np.uint8)
    frames, xy = [], np.zeros((N, 133, 2))
    noise = [rng.normal(0, 1.5, (HEIGHT, WIDTH, 3)) for _ in range(5)]
    for t, picture in enumerate(pictures):
        x, y = 60 + 6 * t, 150 + round(3 * np.sin(t))
        frame = picture.copy()
        frame[y - 60 : y + 60, x - 20 : x + 20] = coat
        frames.append((frame + noise[t % 5]).clip(0, 255).astype(np.uint8))
        xy[t, :7] = BODY + np.array([x, y])
    score = np.zeros((N, 133))
    score[:, :7] = 1
    return frames, xy, score


def told(pictures, change=None) -> dict:
    """The events of a clip of these pictures; change(frames): what is done to it afterwards."""
    frames, xy, score = filmed(pictures)
    return examine(change(frames) if change else frames, xy, score, FPS)


WALL = scene()
STILL = [viewed(WALL)] * N


def leaves(frames):
    """A quarter of the picture moves, each part its own way."""
    rng = np.random.default_rng(2)
    for t, frame in enumerate(frames):
        for k, (x, y) in enumerate(rng.integers(0, 100, (12, 2)) if t == 0 else leaves.at):
            dx, dy = (3 * np.sin(0.9 * t + k), 3 * np.cos(0.7 * t + 2 * k))
            moved = np.array([[1, 0, dx], [0, 1, dy]])
            part = WALL[y : y + 60, x : x + 60]
            frame[y : y + 60, x : x + 60] = cv2.warpAffine(
                part, moved, (60, 60), borderMode=cv2.BORDER_REFLECT
            )
    return frames


leaves.at = np.random.default_rng(2).integers(0, 100, (12, 2))


def screen(frames):
    """A television shows other pictures all the time."""
    for t, frame in enumerate(frames):
        frame[20:110, 300:450] = scene(10 + t // 8)[:90, :150]
    return frames


def passer_by(frames):
    """Somebody else walks through the picture."""
    other = np.random.default_rng(5).integers(0, 255, (150, 50, 3)).astype(np.uint8)
    for t, frame in enumerate(frames):
        x = 400 - 7 * t
        frame[60:210, x : x + 50] = other[:, : max(0, frame[60:210, x : x + 50].shape[1])]
    return frames


@pytest.mark.parametrize("change", [None, leaves, screen, passer_by])
def test_nothing_is_told_of_a_camera_that_stands_still(change):
    assert told(STILL, change) == {}


def test_nothing_is_told_of_a_plain_wall():
    assert told([np.full((HEIGHT, WIDTH, 3), 200, np.uint8)] * N) == {}


@pytest.mark.parametrize(
    ("way", "says"),
    [
        (lambda t: {"x": 0.5 * t}, r"the camera pans from 0\.\d s on, by 5\.1 % of the picture"),
        (lambda t: {"y": -0.1 * t}, r"the camera pans from 0\.\d s on, by 1\.0 %"),
        (lambda t: {"x": max(0, t - 25)}, r"the camera pans from 1\.0 s on, by 5\.0 %"),
        (lambda t: {"zoom": 1 + 0.003 * t}, r"the camera zooms from 0\.\d s on, by \d\.\d %"),
        (
            lambda t: {"x": 6 * np.sin(t), "y": 5 * np.cos(1.3 * t), "turn": 0.3 * np.sin(2 * t)},
            r"the camera shakes from 0\.\d s on, by \d\.\d %",
        ),
    ],
)
def test_a_camera_that_moves_is_told_by_its_motion_and_when(way, says):
    events = told([viewed(WALL, **way(t)) for t in range(N)])
    assert list(events) == ["camera"]
    assert re.match(says, events["camera"].says), events["camera"].says


def test_where_the_camera_goes_is_measured_to_a_pixel():
    frames, xy, score = filmed([viewed(WALL, x=1.5 * t, zoom=1 + 0.002 * t) for t in range(N)])
    size = HEIGHT, WIDTH
    seen = measure(frames, boxes_of(xy, score, size), FPS, size)
    middle = np.array([WIDTH / 2, HEIGHT / 2, 1])
    moved = seen.camera @ middle - middle[:2]
    np.testing.assert_allclose(moved[:, 0], -1.5 * seen.looked, atol=1.0)
    zoom = np.sqrt(np.linalg.det(seen.camera[:, :, :2]))
    np.testing.assert_allclose(zoom, 1 + 0.002 * seen.looked, atol=0.002)


def blended(one, other, shares):
    return [
        ((1 - s) * a.astype(float) + s * b).astype(np.uint8)
        for a, b, s in zip(one, other, shares, strict=True)
    ]


OTHER = [viewed(scene(7))] * N
NOTHING = [np.zeros((HEIGHT, WIDTH, 3), np.uint8)] * N
RAMP = np.clip((np.arange(N) - 20) / 8, 0, 1)


def black_first(frames):
    return [np.zeros_like(frames[0]), *frames[1:]]


def black_between(frames):
    return [*frames[:20], *([np.zeros_like(frames[0])] * 10), *frames[30:]]


def frozen(frames):
    return [*frames[:25], *([frames[24]] * 20), *frames[45:]]


def dimmed(frames):
    return [*frames[:30], *((0.6 * frame).astype(np.uint8) for frame in frames[30:])]


def faded_in(frames):
    return blended([np.zeros_like(frames[0])] * N, frames, np.clip(np.arange(N) / 8, 0, 1))


def faded_out(frames):
    return blended(
        frames, [np.full_like(frames[0], 255)] * N, np.clip((np.arange(N) - 35) / 14, 0, 1)
    )


@pytest.mark.parametrize(
    ("pictures", "change", "name", "second", "says"),
    [
        (STILL[:20] + OTHER[20:], None, "cut", 0.8, "the picture changes at 0.8 s"),
        (STILL, faded_in, "fade", 0.0, "the picture fades at 0.0 s"),
        (STILL, faded_out, "fade", 1.5, "the picture fades at 1.5 s"),
        (STILL, black_first, "black", 0.0, "the picture is black at 0.0 s"),
        (STILL, black_between, "black", 0.8, "the picture is black at 0.8 s"),
        (STILL, frozen, "frozen", 0.96, "the picture stands still from 1.0 s on"),
        (STILL, dimmed, "light", 1.2, "the light changes at 1.2 s, to 61 % of what it was"),
    ],
)
def test_what_happens_besides_the_action_is_told_with_its_second(
    pictures, change, name, second, says
):
    events = told(pictures, change)
    assert {key: event.says for key, event in events.items()} == {name: says}
    assert events[name].second == pytest.approx(second, abs=0.05)


def test_a_cut_within_one_scene_is_told():
    """The person is 90 px further all at once; nothing behind them changes."""
    frames, xy, score = filmed(STILL)
    order = [*range(20), *range(35, N)]
    told = examine([frames[t] for t in order], xy[order], score[order], FPS)
    assert {name: event.says for name, event in told.items()} == {
        "cut": "the picture changes at 0.8 s"
    }


def test_a_picture_that_turns_into_another_is_a_cut():
    events = told(blended(STILL, OTHER, RAMP))
    assert list(events) == ["cut"] and 0.8 <= events["cut"].second <= 1.2


def test_a_person_too_dark_for_keypoints_is_told():
    events = told(STILL, lambda frames: [(0.15 * frame).astype(np.uint8) for frame in frames])
    assert list(events) == ["dark"] and events["dark"].second == 0
    assert re.fullmatch(
        r"the person is dark: nine tenths below (29|30|31) of 255 grey levels", events["dark"].says
    )


def test_noise_is_told_by_its_share_of_the_contrast():
    def noised(frames):
        noise = np.random.default_rng(3).normal(0, 45, (3, HEIGHT, WIDTH, 3))
        return [
            (frame + noise[t % 3]).clip(0, 255).astype(np.uint8) for t, frame in enumerate(frames)
        ]

    events = told(STILL, noised)
    assert list(events) == ["noisy"] and events["noisy"].second == 0
    assert re.fullmatch(
        r"the picture is noisy: \d\d % of the person's contrast is noise", events["noisy"].says
    )


def test_an_empty_room_may_stand_still():
    frames, xy, score = filmed(STILL)
    frames[:25], score[:25] = [frames[0]] * 25, 0
    assert examine(frames, xy, score, FPS) == {}
