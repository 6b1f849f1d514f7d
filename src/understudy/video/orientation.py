"""The display matrix of a video: how stored frames must be turned to be upright.

Phones store frames as the sensor reads them and record the turn next to the stream. ffmpeg applies
it, PyAV passes it on, decord 0.6.0 applies the turn but not the mirroring; anything that reads a
turned clip goes through here.
"""

from dataclasses import dataclass

import numpy as np
from av import VideoFrame

ASKEW = 0.02  # about a degree


@dataclass(frozen=True)
class Orientation:
    """Swap the axes first if `transpose`, then mirror left-right and up-down."""

    transpose: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    @property
    def identity(self) -> bool:
        return not (self.transpose or self.mirror_x or self.mirror_y)

    @property
    def mirrored(self) -> bool:
        return self.transpose ^ self.mirror_x ^ self.mirror_y

    @property
    def rotation(self) -> int:
        """Degrees counter-clockwise; for a mirrored clip, after mirroring left and right back."""
        turned = (self.transpose, self.mirror_x ^ self.mirrored, self.mirror_y)
        return {(True, False, True): 90, (False, True, True): 180, (True, True, False): 270}.get(
            turned, 0
        )

    def upright(self, image: np.ndarray) -> np.ndarray:
        """(h,w,c) as stored -> (h',w',c) as displayed; a view if at most a flip is needed."""
        if self.transpose:
            image = image.swapaxes(0, 1)
        if self.mirror_x:
            image = image[:, ::-1]
        if self.mirror_y:
            image = image[::-1]
        return image

    def displayed_size(self, width: int, height: int) -> tuple[int, int]:
        """Stored (width, height) -> displayed; swapping is its own inverse here."""
        return (height, width) if self.transpose else (width, height)


def frame_orientation(frame: VideoFrame) -> Orientation:
    """From the frame's display matrix (a,b,u, c,d,v, x,y,w; a..d in 16.16 fixed point).

    A stored point (x, y) is shown at (a·x + c·y, b·x + d·y). Turns that are not a multiple of 90
    degrees are rounded to the nearest one.
    """
    a, b, c, d = _matrix(frame)
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(False, a < 0, d < 0)
    return Orientation(True, c < 0, b < 0)


def is_askew(frame: VideoFrame) -> bool:
    """Whether a frame asks to be turned by an angle that is not a multiple of 90 degrees."""
    a, b, c, d = _matrix(frame)
    straight, across = abs(a) + abs(d), abs(b) + abs(c)
    return min(straight, across) > ASKEW * max(straight, across)


def _matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """a, b, c, d of the display matrix."""
    stored = frame.side_data  # which holds more than PyAV's stub says
    if "DISPLAYMATRIX" not in stored:
        return 1, 0, 0, 1
    matrix = bytes(stored["DISPLAYMATRIX"])  # type: ignore[typeddict-item]
    a, b, _, c, d = np.frombuffer(matrix[:20], np.int32).tolist()
    return a, b, c, d
