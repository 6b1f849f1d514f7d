"""A body in an image: MediaPipe's detector proposes regions, its landmark model looks at one.

Whoever it finds also says where to look in the next frame. One call looks at one region, so that
several people are several calls.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from scipy.special import expit

from understudy.features.mediapipe.detectors import Detector
from understudy.features.mediapipe.models import load_model
from understudy.features.mediapipe.one_euro import Smoothed, smoothed
from understudy.features.mediapipe.regions import HALF, Region, around, cut, to_image, turn
from understudy.features.mediapipe.tracking import Limits, tracked

SIZE = 256  # px of the landmark model's picture and mask
POINTS = 33  # that mean something; the two after them give the next region
SEEN = 0.5  # the model's probability that it looks at a body, from which on it does
REACH = 1.25  # of a region, in circles around the body from its hips
# Cells of a heatmap that decide on a point. MediaPipe's graph says 7, but its solutions lose that
# option and run with the calculator's default.
KERNEL = 9
STAYS = Limits(rotation=np.radians(10), shift=0.08, scale=0.15, margin=1.0)
CLEAR = 0.5  # probability in the heatmap from which on it decides


@dataclass(frozen=True)
class Body:
    """points (33,3): x, y px of the image as in `regions`, visibility; world (33,3): metres from
    the hips, x right, y down, z away from the camera; circle (2,2) px: the hips' middle and a point
    on the circle around the body, smoothed over the frames; mask (256,256) float32, logits, of the
    region that was looked at."""

    points: np.ndarray
    world: np.ndarray
    circle: Smoothed
    region: Region
    mask: np.ndarray

    @property
    def continuous(self) -> np.ndarray:
        """(33,3) the points in continuous pixels."""
        return self.points + np.array([HALF, HALF, 0])

    @property
    def following(self) -> Region:
        """Where to look in the next frame."""
        return _region(*self.circle.value)

    @property
    def own_region(self) -> Region:
        """Where this frame's points lie: the circle as it was seen, not smoothed."""
        return _region(*self.circle.seen)

    def mask_in(self, width: int, height: int, scale: np.ndarray) -> np.ndarray:
        """The mask in the image scaled by (2,) to (height,width): float32 in [0,1], 0 around."""
        # From the scaled image's pixels to the image's, to the region's, to the mask's.
        axes = self.region.axes.T * SIZE / self.region.side
        first = 0.5 / scale - 0.5 - self.region.centre
        matrix = np.column_stack([axes / scale, axes @ first + SIZE / 2])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(expit(self.mask), matrix, (width, height), flags=flags)


@cache
def _detector() -> Detector:
    grids = [(28, 2), (14, 2), (7, 6)]
    return Detector(load_model("pose_detection"), 224, grids, symmetric=True, threshold=SEEN)


def propose_bodies(image: np.ndarray, region: Region) -> list[Region]:
    """Where the bodies in a region of an RGB image (h,w,3) may be, the surest first."""
    return [_region(hips, end) for hips, end, *_ in _detector().find(image, region).keypoints]


def look_at_body(image: np.ndarray, region: Region, before: Body | None = None) -> Body | None:
    """The body that a region of an RGB image (h,w,3) shows, if there is one; `before`: the same
    body in the frame before."""
    picture = cut(image, region, SIZE, cv2.BORDER_REPLICATE)
    raw, seen, mask, heat, world = load_model("pose_landmark")(picture)
    if seen[0] < SEEN:
        return None
    values = raw.reshape(-1, 5).astype(float)
    xy = to_image(refined(values[:, :2] / SIZE, heat), region)
    points = np.column_stack([xy, expit(values[:, 3])])[:POINTS]
    world = world.reshape(-1, 3)[:POINTS].astype(float)
    world[:, :2] = world[:, :2] @ region.axes.T
    ends = xy[POINTS : POINTS + 2]
    diameter = 2 * float(np.linalg.norm(ends[1] - ends[0]))
    circle = smoothed(ends, None if before is None else before.circle, diameter)
    return Body(points, world, circle, region, mask[..., 0])


def track_body(image: np.ndarray, last: Body) -> Body | None:
    """The body of the frame before, or after, in this one, an RGB image (h,w,3). One that has moved
    out of where it was looked for is looked at again where it was found: a fast arm would else be
    cut off."""
    body = look_at_body(image, last.following, last)
    if body is None:
        return None
    region = tracked(body.points[:, :2], body.region, body.own_region, STAYS)
    return body if region is body.region else look_at_body(image, region, last) or body


def refined(points: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Points (k,2), fractions of the picture, each moved to the middle of its heatmap nearby.

    heat (s,s,k) logits. MediaPipe's RefineLandmarksFromHeatmapCalculator: a point whose heatmap
    is clear around it becomes the mean of those cells, weighted by their probabilities.
    """
    size, pad = len(heat), KERNEL // 2
    cell = np.trunc(points * size).astype(int)  # x, y; as C++ rounds
    inside = ((cell >= 0) & (cell < size)).all(1)
    x, y = np.where(inside[:, None], cell, 0).T
    step = np.arange(KERNEL)
    padded = np.pad(heat, ((pad, pad), (pad, pad), (0, 0)), constant_values=-np.inf)
    rows, columns = (y[:, None] + step)[:, :, None], (x[:, None] + step)[:, None]
    near = padded[rows, columns, np.arange(len(x))[:, None, None]]
    weight = expit(near.astype(float))
    clear = inside & (weight.max((1, 2)) >= CLEAR)
    total = np.maximum(weight.sum((1, 2)), 1e-12)
    middle_x = (weight.sum(1) * step).sum(1) / total + x - pad
    middle_y = (weight.sum(2) * step).sum(1) / total + y - pad
    moved = np.stack([middle_x, middle_y], 1) / size
    return np.where(clear[:, None], moved, points)


def _region(hips: np.ndarray, end: np.ndarray) -> Region:
    """Around a circle from its middle and a point on it, upright as the body is."""
    side = 2 * float(np.linalg.norm(end - hips))
    return around(hips, np.full(2, side), turn(hips, end, np.pi / 2), REACH)
