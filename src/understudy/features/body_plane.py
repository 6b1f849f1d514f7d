"""Depth without a depth model: the z-buffer of the fitted body, and the floor under its feet.

It knows nothing about walls and furniture, and says so in the file's metadata.
"""

from pathlib import Path

import numpy as np
from scipy.ndimage import distance_transform_edt

from understudy.artifacts.masks import load_masks
from understudy.features.fitted_body import fitted_body
from understudy.features.runtime import Runtime
from understudy.progress import progress

SOURCE = "z-buffer of the fitted body and a floor plane under its feet; 0 elsewhere"
FARTHEST = 30.0  # m: the floor beyond this is left unknown
CONTACT = 5  # percentile, over the clip, of the body's lowest point: the floor's height


def body_and_floor_depth(
    video: Path | str,
    masks: Path | str,
    fit: Path | str,
    body: Path | str,
    frames: np.ndarray,
    relation: str,
    runtime: Runtime,
) -> tuple[np.ndarray, dict]:
    """Depth (m,h,w) float32 m at `frames` (m,), and the metadata to store with it. It is in metres
    already: no relation is needed."""
    surface, person = fitted_body(fit, body, frames), load_masks(masks)
    height, width = person.shape[1:]
    lowest = floor_offset(surface.vertices, surface.up)
    floor = plane_depth(surface.up, lowest, surface.K, width, height)
    depth = np.zeros((len(frames), height, width), np.float32)
    for i, frame in enumerate(progress(frames.tolist(), "depth", len(frames))):
        depth[i] = join(surface.depth(i, width, height), person[frame], floor)
    return depth, {"unit": "m", "source": SOURCE, "body": surface.model_id}


def floor_offset(vertices: np.ndarray, up: np.ndarray) -> float:
    """The floor's height along `up`, m, from posed bodies (m,V,3); jumps do not raise it."""
    lowest = (vertices @ up).min(1)
    return float(np.percentile(lowest, CONTACT))


def plane_depth(
    normal: np.ndarray, offset: float, K: np.ndarray, width: int, height: int
) -> np.ndarray:
    """Depth (h,w) m of the plane x·normal = offset at pixel centres, 0 where it is not seen."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    rays = np.stack([x, y, np.ones_like(x)], -1) @ np.linalg.inv(K).T
    slope = rays @ normal
    depth = np.divide(offset, slope, out=np.zeros_like(slope), where=np.abs(slope) > 1e-6)
    return np.where((depth > 0) & (depth < FARTHEST), depth, 0).astype(np.float32)


def join(surface: np.ndarray, person: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """The body's depth (h,w) inside the person's mask, the floor's outside.

    Hair and clothes, in the mask but off the body, take the depth of the nearest body pixel.
    """
    if not (surface > 0).any():
        return np.where(person, 0, floor)
    rows, columns = distance_transform_edt(
        surface == 0, return_distances=False, return_indices=True
    )
    return np.where(person, surface[rows, columns], floor)
