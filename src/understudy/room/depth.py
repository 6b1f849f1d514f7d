"""How far away everything in a photo is: a network's inverse depth, in metres by the floor.

A network such as Depth Anything says 1/z up to scale and shift. The floor tells both: the camera
says how far away it is in each of its pixels. A camera that is really higher scales all alike: a
network that says metres tells how high it is.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.artifacts.room import RoomCamera
from understudy.room.floor import Floor, down_to_edge, within_reach

NEAREST, FARTHEST = 0.1, 30.0  # m: nothing is nearer; anything beyond is left unknown
FEWEST = 200  # pixels of floor

_ROUNDS = 30  # of reweighting
_LEVEL, _LEVEL_SHARE = 0.03, 0.02  # m and per m of distance: how far off the floor a floor may be
_BENEATH = 0.15  # m: what is seen this far below a floor shows that it is none


METRIC_SIGMA = 0.12  # of the height that a network tells; assumed: it does not know the lens


@dataclass(frozen=True)
class Nearness:
    """What a network says of a photo: inverse (h,w) f32, larger is nearer, is 1/z up to scale and
    shift, or in 1/m."""

    inverse: np.ndarray
    in_metres: bool

    def resized(self, size: tuple[int, int]) -> "Nearness":
        """The same for a picture of `size` (h,w)."""
        small = cv2.resize(self.inverse, size[::-1], interpolation=cv2.INTER_AREA)
        return Nearness(small, self.in_metres)


def height_by_metres(seen: Nearness, found: Floor, camera: RoomCamera) -> float | None:
    """How high (m) the camera is above the floor that was found, by a network that says metres: the
    median of what each pixel of the floor says. None where it says none, or sees no floor."""
    here = found.free & within_reach(camera)
    if not seen.in_metres or here.sum() < FEWEST:
        return None
    return float(np.median(camera.above / (seen.inverse[here] * camera.floor_depth()[here])))


@dataclass(frozen=True)
class Depth:
    """metres (h,w) f32 along the camera's axis, 0 where unknown; floor: as it lies in them;
    beneath: the share of the picture that is seen below what was taken for floor."""

    metres: np.ndarray
    floor: Floor
    beneath: float


def by_floor(seen: Nearness, found: Floor, camera: RoomCamera) -> Depth | None:
    """What a network says, in metres, by the floor found without it.

    None where no floor agrees with it.
    """
    inverse, fall = seen.inverse, 1 / camera.floor_depth()
    here = found.free & within_reach(camera)
    if here.sum() < FEWEST:
        return None
    scale, shift = _line(inverse[here].astype(float), fall[here])
    near = scale * inverse + shift
    if not scale > 0:
        return None
    metres = np.divide(1, near, out=np.zeros(near.shape), where=near > 1 / FARTHEST)
    height = camera.above * (1 - metres * fall)  # over the floor; below the horizon
    off = _LEVEL + _LEVEL_SHARE * metres
    below = np.isfinite(camera.floor_depth()) & (metres > 0)
    level = below & (np.abs(height) < off)
    free = down_to_edge(level & within_reach(camera))
    beneath = (below & (height < -_BENEATH - off)).mean()
    return Depth(metres.astype(np.float32), Floor(level, free), float(beneath))


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of y over x; what lies off the line counts little (Geman and McClure)."""
    weight = np.ones_like(x)
    slope = intercept = 0.0
    for _ in range(_ROUNDS):
        mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
        variance = np.average((x - mean_x) ** 2, weights=weight)
        slope = np.average((x - mean_x) * (y - mean_y), weights=weight) / max(variance, 1e-12)
        intercept = mean_y - slope * mean_x
        off = y - slope * x - intercept
        sigma = 1.4826 * np.median(np.abs(off)) + 1e-6
        weight = 1 / (1 + (off / (2 * sigma)) ** 2) ** 2
    return float(slope), float(intercept)
