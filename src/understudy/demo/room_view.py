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
    """rgb (h,w,3) uint8; depth (h,w) f32 m; floor (h,w) bool: the floor that is seen; camera."""

    rgb: np.ndarray
    depth: np.ndarray
    floor: np.ndarray
    camera: Camera


def view_room(room: Room, camera: Camera, distortion: float = 0.0) -> RoomView:
    """Photograph an empty room.

    distortion: by how much the lens draws a point at the picture's corner towards the middle
    (barrel, < 0) or away from it (> 0), as a share of its distance: Brown's first radial term.
    """
    if not distortion:
        return _seen(render_parts(room.parts, room.lighting, camera, _SAMPLES), camera)
    # What the lens draws in is rendered in a larger picture.
    aside = int(np.ceil(max(0.0, -1.3 * distortion) * max(camera.width, camera.height)))
    wide = camera.cropped(-aside, -aside, camera.width + 2 * aside, camera.height + 2 * aside)
    straight = render_parts(room.parts, room.lighting, wide, _SAMPLES)
    x, y = (source + aside - 0.5 for source in _sources(camera, distortion))
    rgb = cv2.remap(straight.rgb, x, y, cv2.INTER_CUBIC)
    depth = cv2.remap(straight.depth, x, y, cv2.INTER_NEAREST)
    return _seen(Picture(rgb, depth), camera, distortion)


def _sources(camera: Camera, distortion: float) -> tuple[np.ndarray, np.ndarray]:
    """Where a pixel of the distorted picture lies in the straight one, each (h,w) f32 px."""
    w, h = camera.width, camera.height
    x, y = np.meshgrid(np.arange(w) + 0.5 - w / 2, np.arange(h) + 0.5 - h / 2)
    corner = np.hypot(w, h) / 2
    distorted, share = np.hypot(x, y) / corner, np.ones_like(x)
    for _ in range(20):  # distorted = r (1 + k r²), solved for r = share · distorted
        share = 1 / (1 + distortion * (share * distorted) ** 2)
    return (x * share + w / 2).astype(np.float32), (y * share + h / 2).astype(np.float32)


def _seen(picture: Picture, camera: Camera, distortion: float = 0.0) -> RoomView:
    far = np.where(np.isfinite(picture.depth), picture.depth, 0.0)
    x, y = _sources(camera, distortion)
    K = camera.K
    rays = np.dstack([(x - K[0, 2]) / K[0, 0], (y - K[1, 2]) / K[1, 1], np.ones_like(x)])
    world = (rays * far[..., None] - camera.viewmat[:3, 3]) @ camera.viewmat[:3, :3]
    floor = (world[..., 1] < _LOW) & (far > 0)
    return RoomView(picture.rgb, picture.depth, floor, camera)
