"""How far a fit can be trusted, in numbers that need no ground truth: part of its file.

Without PyTorch, so that a status or report can read many fits quickly.
"""

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.filming import Event, from_note
from understudy.errors import UserError

# Body parts that an image may or may not show, in the order of a fit file's part_seen.
SEEN_PARTS = ("trunk", "head", "left_arm", "right_arm", "left_leg", "right_leg")


@dataclass(frozen=True)
class FitQuality:
    """What a fit says about itself; NaN if there is nothing to measure.

    bridged: share of frames in which nobody is seen, of those that are shown (`artifacts.shown`);
    longest_bridge: the longest such span in them, s;
    jitter: mean acceleration of the 22 joints, mm per frame² at 30 fps; fastest_turn: of the
    pelvis from one frame to the next, deg/s; slide: 95th percentile of how far a fitted toe or
    heel moves while it is still in the image, mm per frame at 30 fps; beyond_limits: share of
    joints × frames turned more than 10° beyond an anatomical limit; part_seen (n,6) bool: which
    of SEEN_PARTS each frame shows: the pose of the others is a guess.
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


NUMBERS = tuple(one.name for one in fields(FitQuality) if one.type is float)


@dataclass(frozen=True)
class FitReport:
    """A fit file's numbers: error per part (% of the person's height, NaN: never seen), quality;
    and how its clip was filmed."""

    error: dict[str, float]
    quality: FitQuality
    filming: dict[str, Event] = field(default_factory=dict)

    def number(self, name: str) -> float:
        """The body's error, or one of NUMBERS."""
        return self.error["body"] if name == "error" else getattr(self.quality, name)


def quality_arrays(quality: FitQuality) -> dict[str, np.ndarray]:
    """The quality as a fit file stores it."""
    numbers = asdict(quality)
    return {
        "quality": np.array([numbers[name] for name in NUMBERS], np.float32),
        "part_seen": quality.part_seen,
    }


def read_report(path: Path | str) -> FitReport:
    """Read a fit file's numbers; UserError if it is not one or predates them."""
    stored = load_arrays(path, "fit")
    try:
        numbers = dict(zip(NUMBERS, stored["quality"].tolist(), strict=True))
        quality = FitQuality(**numbers, part_seen=stored["part_seen"])
        error = dict(zip(stored.about["error_parts"], stored["error"].tolist(), strict=True))
    except (KeyError, ValueError) as wrong:
        raise UserError(
            f"{path}: the fit lacks its quality measures ({wrong}); delete it and rerun"
        ) from wrong
    return FitReport(error, quality, from_note(stored.about.get("keypoints") or {}))
