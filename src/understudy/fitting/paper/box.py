"""The square around a body in every frame: the unit of its keypoints, and where the fit starts."""

from dataclasses import dataclass

import numpy as np

from understudy.fitting.paper.settings import PaperFitSettings


@dataclass(frozen=True)
class Boxes:
    """corner (n,2): the upper left, px; side (n,) px."""

    corner: np.ndarray
    side: np.ndarray

    def scaled(self, xy: np.ndarray, width: float) -> np.ndarray:
        """Pixels (n,l,2) in units of which a box is `width` wide."""
        return (xy - self.corner[:, None]) * (width / self.side)[:, None, None]


def body_boxes(xy: np.ndarray, seen: np.ndarray, settings: PaperFitSettings) -> Boxes:
    """Around the points xy (n,l,2) px that are seen (n,l) bool; every frame has some."""
    low = np.where(seen[..., None], xy, np.inf).min(1)
    high = np.where(seen[..., None], xy, -np.inf).max(1)
    side = (high - low).max(1) * settings.box_margin * settings.square_margin
    side = np.maximum(side, 1.0)
    return Boxes((low + high) / 2 - side[:, None] / 2, side)


def first_places(boxes: Boxes, camera: np.ndarray, metres: float) -> np.ndarray:
    """(n,3) m: on the ray through a box's centre, where `metres` look as long as its side."""
    focal = np.diag(camera)[:2]
    depth = np.sqrt(focal.prod()) * metres / boxes.side
    middle = boxes.corner + boxes.side[:, None] / 2
    across = (middle - camera[:2, 2]) / focal * depth[:, None]
    return np.concatenate([across, depth[:, None]], 1)
