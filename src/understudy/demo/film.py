"""Filming: a posed figure, composited frame by frame over a still image of its room."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from understudy.body.model import ShapedBody
from understudy.body.pose import Pose
from understudy.body.skinning import Posed
from understudy.demo.camera import Camera
from understudy.demo.figure import Figure
from understudy.demo.figure_renderer import FigureRenderer
from understudy.demo.lighting import Lighting
from understudy.demo.render import Picture, render_parts
from understudy.demo.shadow import FloorShadow
from understudy.demo.solids import Part
from understudy.demo.truth import FrameTruth, body_points, frame_truth

_BATCH = 16  # frames skinned at once
_TILE = 96  # px
_SAMPLES = 2  # rays per pixel in each direction


@dataclass(frozen=True)
class Shot:
    """A figure on a still backdrop, seen by one camera. Without a floor, shadow is None."""

    figure: Figure
    body: ShapedBody
    camera: Camera
    renderer: FigureRenderer
    backdrop: Picture
    shadow: FloorShadow | None

    @staticmethod
    def in_room(
        figure: Figure,
        parts: list[Part],
        lighting: Lighting,
        camera: Camera,
        place: tuple[float, float] = (0.0, 0.0),
    ) -> "Shot":
        """The figure among the static `parts`, which may also hide it; place: x and z of the floor
        about which it moves, m."""
        backdrop = render_parts(parts, lighting, camera, _SAMPLES)
        shadow = FloorShadow.of(backdrop.depth, camera, lighting.key.position, place)
        renderer = FigureRenderer(figure, lighting)
        return Shot(figure, figure.shaped(), camera, renderer, backdrop, shadow)

    @staticmethod
    def on_white(figure: Figure, lighting: Lighting, camera: Camera) -> "Shot":
        """The figure on plain white, lit as in a room."""
        size = (camera.height, camera.width)
        white = Picture(np.full((*size, 3), 255, np.uint8), np.full(size, np.inf, np.float32))
        renderer = FigureRenderer(figure, lighting)
        return Shot(figure, figure.shaped(), camera, renderer, white, None)


@dataclass(frozen=True)
class Composed:
    """One frame: picture (h,w,3) f32; seen, whole (h,w) f32, the share of each pixel that shows the
    figure, and that would if nothing stood in front; depth (h,w) f32 m of the figure, hidden or
    not, inf beside it; shadow (h,w) f32, the share of the light that it takes from the floor."""

    picture: np.ndarray
    seen: np.ndarray
    whole: np.ndarray
    depth: np.ndarray
    shadow: np.ndarray


def frames(shot: Shot, pose: Pose) -> Iterator[tuple[np.ndarray, FrameTruth]]:
    """The image (h,w,3) f32 and the ground truth of each frame of `pose` (in the world)."""
    for posed in _batches(shot, pose):
        joints, marks = body_points(posed, shot.figure.landmarks, shot.camera)
        for i, vertices in enumerate(posed.vertices.numpy()):
            frame = _compose(shot, vertices)
            mask = frame.seen >= 0.5
            depth = np.where(mask, frame.depth, shot.backdrop.depth)
            yield frame.picture, frame_truth(joints[i], marks[i], mask, depth, shot.camera)


def composed(shot: Shot, pose: Pose) -> Iterator[Composed]:
    """Each frame of `pose` (in the world), with what it is composed of."""
    for posed in _batches(shot, pose):
        for vertices in posed.vertices.numpy():
            yield _compose(shot, vertices)


def _batches(shot: Shot, pose: Pose) -> Iterator[Posed]:
    for start in range(0, len(pose), _BATCH):
        yield shot.body.pose(pose[start : start + _BATCH])


def _compose(shot: Shot, vertices: np.ndarray) -> Composed:
    left, top, right, bottom = _window(shot.camera, vertices)
    view = shot.camera.cropped(left, top, right - left, bottom - top)
    fine = shot.renderer.render(vertices, view, _SAMPLES)
    crop, size = np.s_[top:bottom, left:right], shot.backdrop.depth.shape
    behind = shot.backdrop.depth[crop].repeat(_SAMPLES, 0).repeat(_SAMPLES, 1)
    ahead = (fine.depth < behind).astype(np.float32)
    alpha = _shrink(ahead[..., None])
    picture, shadow = shot.backdrop.rgb.astype(np.float32), np.zeros(size, np.float32)
    if shot.shadow is not None:
        shadow = shot.shadow.darkness(vertices)
        picture *= 1 - shadow[..., None]
    picture[crop] = _shrink(fine.rgb * ahead[..., None]) + (1 - alpha) * picture[crop]
    seen, whole = np.zeros(size, np.float32), np.zeros(size, np.float32)
    seen[crop] = alpha[..., 0]
    whole[crop] = _shrink(np.isfinite(fine.depth)[..., None])[..., 0]
    depth = np.full(size, np.inf, np.float32)
    depth[crop] = fine.depth.reshape(bottom - top, _SAMPLES, right - left, _SAMPLES).min((1, 3))
    return Composed(picture, seen, whole, depth, shadow)


def _window(camera: Camera, vertices: np.ndarray) -> tuple[int, int, int, int]:
    """The part of the image that contains the figure: left, top, right, bottom, px.

    Its sides are multiples of _TILE where the image allows: a window that changes size with
    every frame is slow to render into.
    """
    pixels = camera.project(camera.to_camera(vertices))
    low = np.floor(pixels.min(0)).astype(int) - 2
    high = np.ceil(pixels.max(0)).astype(int) + 2
    bounds = []
    for start, end, size in zip(low, high, (camera.width, camera.height), strict=True):
        span = min(size, -(-max(int(end - start), 1) // _TILE) * _TILE)
        first = int(np.clip(start, 0, size - span))
        bounds.append((first, first + span))
    (left, right), (top, bottom) = bounds
    return left, top, right, bottom


def _shrink(fine: np.ndarray) -> np.ndarray:
    """Average blocks of _SAMPLES² pixels of (h,w,c)."""
    parts = [
        fine[y::_SAMPLES, x::_SAMPLES].astype(np.float32)
        for y in range(_SAMPLES)
        for x in range(_SAMPLES)
    ]
    return sum(parts[1:], parts[0]) / _SAMPLES**2


class Sensor:
    """A camera's sensor: its own exposure and tint, and noise in every frame."""

    def __init__(self, noise: float, seed: int) -> None:
        self._noise = noise
        self._rng = np.random.default_rng([seed, 5])
        self._gain = (self._rng.uniform(0.93, 1.05) * self._rng.uniform(0.98, 1.02, 3)).astype(
            np.float32
        )

    def exposed(self, picture: np.ndarray) -> np.ndarray:
        """(h,w,3) f32 with its exposure and tint, without noise."""
        return picture * self._gain

    def read(self, picture: np.ndarray) -> np.ndarray:
        """(h,w,3) f32 -> uint8."""
        grain = self._rng.standard_normal(picture.shape, np.float32) * self._noise
        return np.clip(self.exposed(picture) + grain + 0.5, 0, 255).astype(np.uint8)
