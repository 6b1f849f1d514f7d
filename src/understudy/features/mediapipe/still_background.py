"""What is behind the person, if the camera stood still: a masked median over the clip."""

from dataclasses import dataclass

import numpy as np

MOVED = 12.0  # levels: a pixel that differs more than this from the median is not still
STILL_SHARE = 0.85  # of the pixels outside the person, for the camera to count as still
ROWS = 64  # looked at together
FEWEST = 3  # times that a pixel must be seen free of the person


@dataclass(frozen=True)
class Background:
    """colour (h,w,3) float32 in 0…255; known (h,w) bool: seen often enough, and still."""

    colour: np.ndarray
    known: np.ndarray


def still_background(frames: np.ndarray, person: np.ndarray) -> Background:
    """The background of RGB `frames` (m,h,w,3) around `person` (m,h,w) bool, generously masked.

    If the camera moved, nothing is known.
    """
    free = ~person
    colour = _masked_median(frames, free)
    often = free.sum(0) >= FEWEST
    still = [
        float((np.abs(frame - colour).max(-1) < MOVED)[seen & often].mean())
        if (seen & often).any()
        else 0.0
        for frame, seen in zip(frames, free, strict=True)
    ]
    if np.median(still) < STILL_SHARE:
        often = np.zeros_like(often)
    return Background(colour, often)


def _masked_median(frames: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Median over the frames (m,h,w,3) in which a pixel is free (m,h,w); 0 where it never is."""
    rows = range(0, frames.shape[1], ROWS)
    return np.concatenate(
        [_median_of(frames[:, y : y + ROWS], free[:, y : y + ROWS]) for y in rows]
    )


def _median_of(frames: np.ndarray, free: np.ndarray) -> np.ndarray:
    # Occluded samples sort to the end; the middle of the free ones is then picked by their count.
    values = np.where(free[..., None], frames, 255).astype(np.uint8)
    order = np.sort(np.where(free[..., None], values.astype(np.int16), 256), axis=0)
    count = free.sum(0)
    low = np.take_along_axis(order, np.maximum(count - 1, 0)[None, ..., None] // 2, 0)[0]
    high = np.take_along_axis(order, (count // 2)[None, ..., None].clip(max=len(frames) - 1), 0)[0]
    return np.where(count[..., None] > 0, (low + high) / 2, 0).astype(np.float32)
