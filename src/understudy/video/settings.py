"""How videos are written and normalised. Stdlib only: the configuration takes its defaults here."""

from dataclasses import dataclass
from typing import Literal

CRF = 18  # x264 quality that looks lossless to the eye; lower is better


@dataclass(frozen=True)
class NormaliseSettings:
    """seconds: the target length. fps: frames per second of the result.

    policy, for clips longer than `seconds` (shorter ones always keep their length and speed):
      resample  the whole clip evenly sampled onto seconds·fps frames; `speed` > 1 says how
                much faster it plays
      trim      the first `seconds`
      keep      the whole clip at its own length
    size: the maximum longer side, px (never enlarged); None keeps the size. square: black bars
    make it square. Sizes come out even. crf: x264's quality, lower is better. start, end: the part
    of the source to use, s from its first frame; an end beyond the clip's means its end. mirror:
    swap left and right, as front cameras have swapped them.
    """

    seconds: float
    fps: float
    policy: Literal["resample", "trim", "keep"]
    size: int | None = 1920
    """Maximum longest side in pixels; larger videos are scaled down. Null: as in the source."""
    square: bool = False
    """Pad to a square with black bars."""
    crf: int = CRF
    mirror: bool = False
    start: float | None = None
    end: float | None = None

    def __post_init__(self) -> None:
        if self.policy not in ("resample", "trim", "keep"):
            raise ValueError(f"policy must be resample, trim or keep, not {self.policy}")
        if self.seconds <= 0 or self.fps <= 0 or (self.size is not None and self.size < 2):
            raise ValueError("seconds, fps and size must be positive")
