"""Turned squares of an image that networks look at, as MediaPipe cuts them.

Coordinates are MediaPipe's and OpenCV's: the centre of the first pixel is (0, 0). A turn is in
radians, positive from x to y, clockwise as seen.
"""

from dataclasses import dataclass

import cv2
import numpy as np

SHARES = np.arange(256, dtype=np.float32) / 255  # of full brightness
HALF = 0.5  # px to add for the continuous pixels of everywhere else, which start at their corner


@dataclass(frozen=True)
class Region:
    """A square: centre (2,) px, side px, rotation rad."""

    centre: np.ndarray
    side: float
    rotation: float = 0.0

    @property
    def axes(self) -> np.ndarray:
        """(2,2) its x and y axes in the image, as columns."""
        sine, cosine = np.sin(self.rotation), np.cos(self.rotation)
        return np.array([[cosine, -sine], [sine, cosine]])


def whole(image: np.ndarray) -> Region:
    """The smallest square around an image (h,w,3)."""
    height, width = image.shape[:2]
    return Region(np.array([width, height]) / 2, max(width, height))


def cut(image: np.ndarray, region: Region, size: int, border: int) -> np.ndarray:
    """What an RGB image (h,w,3) uint8 shows in a region: (size,size,3) float32 in [0,1].

    `border` is OpenCV's: what is outside the image. MediaPipe's way, point for point: a
    perspective warp of the box's corners to (0,size), (0,0), (size,0), (size,size), in uint8.
    """
    side, turned = float(region.side), float(np.degrees(region.rotation))
    box = (region.centre.tolist(), (side, side), turned)
    corners = np.array([[0, size], [0, 0], [size, 0], [size, size]], np.float32)
    warp = cv2.getPerspectiveTransform(cv2.boxPoints(box), corners)
    picture = cv2.warpPerspective(image, warp, (size, size), borderMode=border)
    return cv2.LUT(picture, SHARES)


def to_image(points: np.ndarray, region: Region) -> np.ndarray:
    """Points (…,2), as fractions of a region, in px of the image."""
    return (np.asarray(points) - 0.5) @ region.axes.T * region.side + region.centre


def around(
    centre: np.ndarray, size: np.ndarray, rotation: float, scale: float, shift: float = 0.0
) -> Region:
    """The square around a turned box of a centre (2,) and a size (2,) px, as MediaPipe's
    RectTransformationCalculator makes it: moved along the box's own y axis by `shift` of its
    height, its side `scale` times the box's longer one."""
    down = Region(centre, 1.0, rotation).axes[:, 1]
    return Region(centre + shift * size[1] * down, scale * float(np.max(size)), rotation)


def turn(start: np.ndarray, end: np.ndarray, target: float) -> float:
    """The rotation that brings the direction from a point (2,) to another to the angle `target`,
    rad from the x axis, counter-clockwise as seen; in [−π, π)."""
    x, y = np.asarray(end) - np.asarray(start)
    return float((target - np.arctan2(-y, x) + np.pi) % (2 * np.pi) - np.pi)
