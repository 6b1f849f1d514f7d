"""How a video of the demo world is made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorldSettings:
    """width, height: even, px; fps; seconds; noise: the sensor's, in grey levels; crf: H.264's;
    depth_every: of how many frames one keeps its depth in the truth."""

    width: int = 384
    height: int = 384
    fps: float = 18
    seconds: float = 18
    noise: float = 2.0
    crf: int = 20
    depth_every: int = 4
