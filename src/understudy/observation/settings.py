"""How the keypoints of a clip are read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadingSettings:
    """What every reader of keypoints needs to know: back-ends of expression and hands, and the fit.
    All numbers are above zero."""

    focal: float = 1.0
    """Initial focal length divided by the longer image side; the fit refines it. Phones and action
    cameras have 0.75 to 1.1."""

    least_score: float = 0.3
    """Keypoints with a lower score count as not seen."""

    least_points: int = 6
    """A frame with fewer of the 12 shoulders, elbows, wrists, hips, knees, ankles is bridged."""

    least_frames: float = 0.1
    """A clip with a smaller share of usable frames is rejected."""


DEFAULTS = ReadingSettings()
