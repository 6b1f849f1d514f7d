"""How a video of the demo world is made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorldSettings:
    """Size, length and quality of a video; width and height are even."""

    width: int = 384
    """Width, px."""
    height: int = 384
    """Height, px."""
    fps: float = 18
    """Frames per second."""
    seconds: float = 18
    """Length, s."""
    noise: float = 2.0
    """Sensor noise, grey levels."""
    crf: int = 20
    """H.264 quality; lower is better."""
    depth_every: int = 4
    """True depth is kept for one frame in this many."""
