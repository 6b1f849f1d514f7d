"""The measures of a clip, frame by frame: everything that its events are told from."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from understudy.filming.camera import CameraFollower
from understudy.filming.pictures import (
    AROUND,
    SIDE,
    THUMB,
    alike,
    evened,
    inside,
    resized,
    structure,
)

STEP = 0.2  # s between the frames in which the camera is looked at
BACK = 1.0  # s between two frames whose light and structure are compared
TILES = 8  # in each direction
PERSON = 256  # px: people are looked at this high, as the keypoints' network sees them
QUIET = 20  # percentile of the tiles' noise: those in which nothing moves
CUT = 0.5  # `like`, below which a frame may be another picture's first
LEAST_FREE = 0.1  # of the picture beside the person; with less, all of it is compared


@dataclass(frozen=True)
class Measures:
    """n frames of a clip at `fps`, m of them looked at for the camera.

    looked (m,): their indices; camera (m,2,3): from the first frame's picture to theirs, px of a
    picture of `size` (h,w); known (m,) bool: whether that could be measured; restarts (m,) bool:
    compared with no frame before. like, like_back (n,): correlation of the structure beside the
    person with that of the frame before, and BACK before. level, contrast (n,): mean and standard
    deviation of the grey beside the person, 0…255; gain, gain_back (n,): natural logarithm of how
    much brighter than the frame before, and BACK before, the median beside the person. change (n,):
    mean difference from the frame before of the tile that differs most, grey levels; changes (n,):
    of the whole picture. noise (n,):
    the standard deviation of what differs where nothing moves, grey levels of a picture that shows
    the person PERSON px high; bright, detail (n,): 90th percentile and standard deviation of the
    person's grey, NaN where nobody is seen.
    """

    fps: float
    size: tuple[int, int]
    looked: np.ndarray
    camera: np.ndarray
    known: np.ndarray
    restarts: np.ndarray
    like: np.ndarray
    like_back: np.ndarray
    level: np.ndarray
    contrast: np.ndarray
    gain: np.ndarray
    gain_back: np.ndarray
    change: np.ndarray
    changes: np.ndarray
    noise: np.ndarray
    bright: np.ndarray
    detail: np.ndarray

    def __len__(self) -> int:
        return len(self.like)


@dataclass(frozen=True)
class _Look:
    """A frame. large (h,w) uint8: as large as the keypoints' network sees people; thumb (h',w')
    float32; shape: thumb's structure; free (h',w') bool: well beside the person."""

    large: np.ndarray
    thumb: np.ndarray
    shape: np.ndarray
    free: np.ndarray

    @classmethod
    def of(cls, grey: np.ndarray, side: int, box: np.ndarray) -> "_Look":
        large = resized(grey, side)
        thumb = resized(large.astype(np.float32), THUMB)
        person = inside(box, *thumb.shape).astype(np.uint8)
        # What is near the person has them in its neighbourhood.
        return cls(large, thumb, structure(thumb), cv2.dilate(person, np.ones(AROUND)) == 0)


def measure(
    frames: Iterable[np.ndarray], boxes: np.ndarray, fps: float, size: tuple[int, int]
) -> Measures:
    """Measure frames (h,w,3) uint8 RGB one after another; boxes (n,4): the person's, x0, y0, x1, y1
    in fractions, NaN where nobody is seen; size (h,w)."""
    step, back = max(1, round(STEP * fps)), max(1, round(BACK * fps))
    side = _side(boxes, size)
    follower, rows, steps, looked, restarts = CameraFollower(), [], [], [], []
    last: deque[_Look] = deque(maxlen=back)
    for index, (frame, box) in enumerate(zip(frames, boxes, strict=True)):
        grey = cv2.extractChannel(frame, 1)  # green is most of what is light
        now = _Look.of(grey, side, box)
        row = _compared(last[-1] if last else now, last[0] if last else now, now)
        other = row["like"] < CUT
        if index % step == 0 or other or index == len(boxes) - 1:
            if other:
                follower.forget()
            looked.append(index)
            restarts.append(other)
            steps.append(follower.see(evened(resized(grey, SIDE)), box))
        rows.append({**row, **_of_the_person(now.large, box)})
        last.append(now)
    return Measures(
        fps=fps,
        size=resized(grey, SIDE).shape,
        looked=np.array(looked),
        camera=np.array([step.matrix for step in steps]),
        known=np.array([step.known for step in steps]),
        restarts=np.array(restarts),
        **{name: np.array([row[name] for row in rows]) for name in rows[0]},
    )


def _side(boxes: np.ndarray, size: tuple[int, int]) -> int:
    """The longer side, px, of a picture that shows the person PERSON px high, at most as given."""
    heights = boxes[:, 3] - boxes[:, 1]
    height = 1.0 if np.isnan(heights).all() else float(np.nanmedian(heights))
    return round(max(size) * min(1.0, PERSON / max(height * size[0], 1.0)))


def _compared(before: _Look, back: _Look, now: _Look) -> dict[str, float]:
    """What `Measures` says of a frame's picture, from the frames before it."""
    tiles = cv2.resize(
        cv2.absdiff(now.large, before.large).astype(np.float32),
        (TILES, TILES),
        interpolation=cv2.INTER_AREA,
    )
    free = _shared(now, before)
    earlier = _shared(now, back)
    grey = now.thumb[free]
    return {
        "like": alike(before.shape[free], now.shape[free]),
        "like_back": alike(back.shape[earlier], now.shape[earlier]),
        "level": float(grey.mean()),
        "contrast": float(grey.std()),
        "gain": _gain(before.thumb[free], grey),
        "gain_back": _gain(back.thumb[earlier], now.thumb[earlier]),
        "change": float(tiles.max()),
        "changes": float(tiles.mean()),
        # The mean of |N(0, 2σ²)| is 2σ/√π.
        "noise": float(np.percentile(tiles, QUIET) * np.sqrt(np.pi) / 2),
    }


def _shared(one: _Look, other: _Look) -> np.ndarray:
    free = one.free & other.free
    return free if free.mean() > LEAST_FREE else np.ones_like(free)


def _gain(before: np.ndarray, now: np.ndarray) -> float:
    return float(np.median(np.log((now + 4) / (before + 4))))


def _of_the_person(large: np.ndarray, box: np.ndarray) -> dict[str, float]:
    part = large[inside(box, *large.shape)]
    if not part.size:
        return {"bright": float("nan"), "detail": float("nan")}
    return {"bright": float(np.percentile(part, 90)), "detail": float(part.std())}
