"""Faces and hands from frame to frame: where the one of the frame before lies, and whether to look
there again or where this frame's first look points.

The landmark networks see best what lies as the landmarks of the frame before say, unless the thing
has moved too far since (MediaPipe's RoiTrackingCalculator).
"""

from dataclasses import dataclass

import numpy as np

from understudy.features.mediapipe.regions import Region


@dataclass(frozen=True)
class Limits:
    """How far a thing may have moved: rotation in rad; shift and scale as shares of the side of
    the region that the first look found; margin that is added to that side, as a share, before
    all points must lie inside."""

    rotation: float
    shift: float
    scale: float
    margin: float


def tracked(points: np.ndarray, before: Region, found: Region, limits: Limits) -> Region:
    """Where to look: `before`, the region of the landmarks (k,2) px of the frame before, if they
    lie where the first look `found` the thing now, else there."""
    return before if _near(points, before, found, limits) else found


def _near(points: np.ndarray, before: Region, found: Region, limits: Limits) -> bool:
    turned = (before.rotation - found.rotation + np.pi) % (2 * np.pi) - np.pi
    moved = (before.centre - found.centre) @ found.axes
    inside = np.abs((points - found.centre) @ found.axes) < (1 + limits.margin) * found.side / 2
    return bool(
        abs(turned) <= limits.rotation
        and np.abs(moved).max() <= limits.shift * found.side
        and abs(before.side - found.side) <= limits.scale * found.side
        and inside.all()
    )
