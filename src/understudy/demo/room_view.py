"""A room of the demo world as a photo, with what is true of it."""

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.demo.camera import Camera
from understudy.demo.render import Picture, render_parts
from understudy.demo.rooms import Room

_LOW = 0.035  # m: what lies lower is floor, rugs and mats too
_SAMPLES = 2


@dataclass(frozen=True)
class RoomView:
    """rgb (h,w,3) uint8; depth (h,w) f32 m; floor (h,w) bool: the floor that is seen; camera;
    straight: the picture before the lens bent it."""

    rgb: np.ndarray
    depth: np.ndarray
    floor: np.ndarray
    camera: Camera
    straight: Picture


@dataclass(frozen=True)
class Lens:
    """A camera whose lens draws a point at the picture's corner towards the middle (barrel,
    distortion < 0) or away from it (> 0), by that share of its distance: Brown's first radial term.

    straight: a pinhole camera at the same place, whose picture is larger where that shows more.
    """

    camera: Camera
    distortion: float = 0.0

    @property
    def aside(self) -> int:
        """By how much the straight picture is larger on each side, px."""
        longer = max(self.camera.width, self.camera.height)
        return int(np.ceil(max(0.0, -1.3 * self.distortion) * longer))

    @property
    def straight(self) -> Camera:
        aside, camera = self.aside, self.camera
        return camera.cropped(-aside, -aside, camera.width + 2 * aside, camera.height + 2 * aside)

    def sources(self) -> tuple[np.ndarray, np.ndarray]:
        """Where a pixel of the distorted picture lies in one of its size without distortion, each
        (h,w) f32 px."""
        w, h = self.camera.width, self.camera.height
        x, y = np.meshgrid(np.arange(w) + 0.5 - w / 2, np.arange(h) + 0.5 - h / 2)
        corner = np.hypot(w, h) / 2
        distorted, share = np.hypot(x, y) / corner, np.ones_like(x)
        for _ in range(20):  # distorted = r (1 + k r²), solved for r = share · distorted
            share = 1 / (1 + self.distortion * (share * distorted) ** 2)
        return (x * share + w / 2).astype(np.float32), (y * share + h / 2).astype(np.float32)

    def bent(self, straight: np.ndarray, interpolation: int) -> np.ndarray:
        """What the lens makes of a picture (h,w,…) of `straight`; interpolation: OpenCV's."""
        if not self.distortion:
            return straight
        x, y = (source + self.aside - 0.5 for source in self.sources())
        return cv2.remap(straight, x, y, interpolation)


def view_room(room: Room, lens: Lens) -> RoomView:
    """Photograph an empty room."""
    picture = render_parts(room.parts, room.lighting, lens.straight, _SAMPLES)
    rgb = lens.bent(picture.rgb, cv2.INTER_CUBIC)
    depth = lens.bent(picture.depth, cv2.INTER_NEAREST)
    return RoomView(rgb, depth, _floor(depth, lens), lens.camera, picture)


def _floor(depth: np.ndarray, lens: Lens) -> np.ndarray:
    far = np.where(np.isfinite(depth), depth, 0.0)
    x, y = lens.sources()
    K, viewmat = lens.camera.K, lens.camera.viewmat
    rays = np.dstack([(x - K[0, 2]) / K[0, 0], (y - K[1, 2]) / K[1, 1], np.ones_like(x)])
    world = (rays * far[..., None] - viewmat[:3, 3]) @ viewmat[:3, :3]
    return (world[..., 1] < _LOW) & (far > 0)
