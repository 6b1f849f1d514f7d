"""A photo as it is looked at: without its frame, and small."""

import cv2
import numpy as np

from understudy.artifacts.room import LONGER_SIDE

_FRAME = 0.05  # of a side: no frame is wider
_PLAIN = 8.0  # grey levels: how much a frame's row or column may vary
_BLACK, _WHITE = 8.0, 247.0
_RAGGED = 3  # px along a frame that belong to neither


def without_frame(picture: np.ndarray) -> np.ndarray:
    """The picture (h,w,3) with a plain black or white frame, as scans and depth cameras add it,
    covered by what is next to it."""
    h, w = picture.shape[:2]
    top, bottom = _plain_ends(picture)
    left, right = _plain_ends(picture.transpose(1, 0, 2))
    rows = np.clip(np.arange(h), top, h - 1 - bottom)
    columns = np.clip(np.arange(w), left, w - 1 - right)
    return picture[rows][:, columns]


def _plain_ends(picture: np.ndarray) -> tuple[int, int]:
    """How many of the first and of the last rows of (h,w,3) are frame."""
    most = int(_FRAME * len(picture))
    found = []
    for rows in (picture[:most], picture[::-1][:most]):
        grey = rows.mean(2)
        level = np.median(grey, axis=1)
        plain = np.percentile(np.abs(grey - level[:, None]), 90, axis=1) < _PLAIN
        plain &= (level <= _BLACK) | (level >= _WHITE)
        count = int(np.logical_and.accumulate(plain).sum())
        found.append(count + _RAGGED if count else 0)
    return found[0], found[1]


def reduced(picture: np.ndarray) -> np.ndarray:
    """The picture with a longer side of LONGER_SIDE px, or as it is if it is smaller."""
    h, w = picture.shape[:2]
    scale = min(1.0, LONGER_SIDE / max(h, w))
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
