"""The 1€ filter (Casiez, Roussel, Vogel, CHI 2012): smooth at rest, prompt in motion."""

from dataclasses import dataclass

import numpy as np

RATE = 30.0  # frames a second; MediaPipe's solutions take it for any video
SLOWEST = 0.01  # Hz, the cutoff at rest
PROMPTNESS = 10.0  # Hz, how much the cutoff grows with the speed, in scales a second
SPEED_CUTOFF = 1.0  # Hz, of the speed itself


@dataclass(frozen=True)
class Smoothed:
    """Numbers after some frames: smoothed, as they were seen last, and their speed in scales a
    second; all of the same shape."""

    value: np.ndarray
    seen: np.ndarray
    speed: np.ndarray


def smoothed(seen: np.ndarray, before: Smoothed | None, scale: float) -> Smoothed:
    """The numbers of one frame more; `scale`: the size of what moves, in their unit."""
    if before is None:
        return Smoothed(seen, seen, np.zeros_like(seen))
    now = (seen - before.seen) * RATE / scale
    speed = before.speed + _share(SPEED_CUTOFF) * (now - before.speed)
    share = _share(SLOWEST + PROMPTNESS * np.abs(speed))
    return Smoothed(before.value + share * (seen - before.value), seen, speed)


def _share(cutoff: np.ndarray | float) -> np.ndarray | float:
    """Of a new number in a low-pass filter of this cutoff, Hz."""
    return 1 / (1 + RATE / (2 * np.pi * cutoff))
