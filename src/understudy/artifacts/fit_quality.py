"""How far a fit can be trusted, by numbers that need no truth: a part of its file.

Without PyTorch, so that a status or report can read many fits fast.
"""

from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import load_arrays
from understudy.errors import UserError

# Parts of the body that a picture shows or does not, as a fit file's part_seen has them.
SEEN_PARTS = ("trunk", "head", "left_arm", "right_arm", "left_leg", "right_leg")


@dataclass(frozen=True)
class FitQuality:
    """What a fit says of itself; NaN where there is nothing to measure.

    bridged: share of frames in which nobody is seen; longest_bridge: the longest such span, s;
    jitter: mean acceleration of the 22 joints, mm a frame² at 30 frames a second; fastest_turn: of
    the pelvis from a frame to the next, deg/s; slide: 95th percentile of how a fitted toe or heel
    moves while it stands in the picture, mm a frame at 30 a second; beyond_limits: share of joints
    × frames turned more than 10° beyond an anatomical limit; part_seen (n,6) bool: which of
    SEEN_PARTS each frame shows: the others' pose is a guess.
    """

    bridged: float
    longest_bridge: float
    jitter: float
    fastest_turn: float
    slide: float
    beyond_limits: float
    part_seen: np.ndarray

    @property
    def seen(self) -> dict[str, float]:
        """Share of frames that show each of SEEN_PARTS."""
        return dict(zip(SEEN_PARTS, self.part_seen.mean(0).tolist(), strict=True))


NUMBERS = tuple(field.name for field in fields(FitQuality) if field.type is float)


@dataclass(frozen=True)
class FitReport:
    """A fit file's numbers: error by part (% of the person's height, NaN: never seen), quality."""

    error: dict[str, float]
    quality: FitQuality

    def number(self, name: str) -> float:
        """The body's error, or one of NUMBERS."""
        return self.error["body"] if name == "error" else getattr(self.quality, name)


def quality_arrays(quality: FitQuality) -> dict[str, np.ndarray]:
    """As a fit file keeps it."""
    numbers = asdict(quality)
    return {
        "quality": np.array([numbers[name] for name in NUMBERS], np.float32),
        "part_seen": quality.part_seen,
    }


def read_report(path: Path | str) -> FitReport:
    """Read a fit file's numbers; UserError if it is none, or from before there were any."""
    stored = load_arrays(path, "fit")
    try:
        numbers = dict(zip(NUMBERS, stored["quality"].tolist(), strict=True))
        quality = FitQuality(**numbers, part_seen=stored["part_seen"])
        error = dict(zip(stored.about["error_parts"], stored["error"].tolist(), strict=True))
    except (KeyError, ValueError) as wrong:
        raise UserError(
            f"{path}: the fit lacks its quality measures ({wrong}); delete it and rerun"
        ) from wrong
    return FitReport(error, quality)
