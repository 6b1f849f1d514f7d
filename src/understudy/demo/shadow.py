"""The soft shadow that a figure casts on the floor, without ray tracing."""

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.demo.camera import Camera

_CELL = 0.02  # m per cell of the floor map
_HALF = 1.8  # m: the map covers ±_HALF about the place
_FLOOR = 0.03  # m: what lies lower counts as floor
_STEEPEST = 1.4  # rise over run of the light's ray, at least: shadows stay short
# Layers of the body by height (m), and how blurred (m) their shadow is on the floor.
_LAYERS = ((0.0, 0.12, 0.02), (0.12, 0.5, 0.04), (0.5, 1.0, 0.07), (1.0, 3.0, 0.11))


@dataclass(frozen=True)
class FloorShadow:
    """The floor as one camera sees it: where in the map each pixel lies.

    map_x, map_y (h,w) f32: cells; −10 where the pixel shows no floor. ray (2,): how far (m) a
    point's shadow lies from its foot point, in x and z, per metre of height. place (2,): x and z
    of the map's middle, m.
    """

    map_x: np.ndarray
    map_y: np.ndarray
    ray: np.ndarray
    place: np.ndarray

    @staticmethod
    def of(
        depth: np.ndarray,
        camera: Camera,
        light: tuple[float, float, float],
        place: tuple[float, float],
    ) -> "FloorShadow":
        """depth (h,w) of the empty room, m; light: position of the key light; place: x and z of
        the floor about which a body moves, m."""
        h, w = depth.shape
        x, y = np.meshgrid(np.arange(w) + 0.5, np.arange(h) + 0.5)
        far = np.where(np.isfinite(depth), depth, 0.0)
        K = camera.K
        rays = np.stack([(x - K[0, 2]) / K[0, 0], (y - K[1, 2]) / K[1, 1], np.ones_like(x)], -1)
        world = (rays * far[..., None] - camera.viewmat[:3, 3]) @ camera.viewmat[:3, :3]
        floor = (world[..., 1] < _FLOOR) & (far > 0)
        middle = np.array(place, np.float32)
        cells = (world[..., [0, 2]] - middle + _HALF) / _CELL - 0.5
        cells[~floor] = -10
        beside = np.array([light[0], light[2]]) - middle
        run = np.hypot(*beside)
        ray = -beside / max(run, 1e-6) * min(run / light[1], 1 / _STEEPEST)
        map_x, map_y = np.moveaxis(cells.astype(np.float32), -1, 0)
        return FloorShadow(np.ascontiguousarray(map_x), np.ascontiguousarray(map_y), ray, middle)

    def darkness(self, points: np.ndarray, strength: float = 0.55) -> np.ndarray:
        """(h,w) f32 0–1: how much of the light a body with surface points (k,3) takes away."""
        side = int(2 * _HALF / _CELL)
        height, under = points[:, 1], points[:, [0, 2]] - self.place
        cast = under + np.maximum(height, 0)[:, None] * self.ray
        light = np.ones((side, side), np.float32)
        for low, high, blur in _LAYERS:
            inside = (height >= low) & (height < high)
            light *= 1 - strength * _spot(cast[inside], side, blur)
        light *= 1 - 0.5 * _spot(under[height < 0.25], side, 0.035)
        light *= 1 - 0.18 * _spot(under, side, 0.2)
        return cv2.remap(
            1 - light, self.map_x, self.map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
        )


def _spot(places: np.ndarray, side: int, blur: float) -> np.ndarray:
    """Floor map (side, side) of points (k,2) m: 1 where they are dense, blurred by `blur` m."""
    cells = np.floor((places + _HALF) / _CELL).astype(np.int64)
    cells = cells[((cells >= 0) & (cells < side)).all(1)]
    seen = np.zeros((side, side), np.float32)
    seen[cells[:, 1], cells[:, 0]] = 1
    dense = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return cv2.GaussianBlur(dense, (0, 0), blur / _CELL)
