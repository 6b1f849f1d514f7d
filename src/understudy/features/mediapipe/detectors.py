"""MediaPipe's single-shot detectors: bodies, palms and faces in an image.

Boxes and keypoints are offsets from fixed anchors (Liu et al., SSD, ECCV 2016); overlapping ones
are averaged, weighted by their scores (Bazarevsky et al., BlazeFace, 2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from understudy.features.mediapipe.network import Network
from understudy.features.mediapipe.regions import Region, cut, to_image

SAME = 0.3  # overlap above which two proposals are one


@dataclass(frozen=True)
class Detections:
    """k things found, the surest first: boxes (k,4) x0, y0, x1, y1; keypoints (k,p,2); score (k,)
    in [0,1]."""

    boxes: np.ndarray
    keypoints: np.ndarray
    score: np.ndarray


class Detector:
    """Finds things of one kind.

    grids: (cells per side, anchors per cell) of the network's layers; symmetric: whether it takes
    pixels in [−1,1], else in [0,1]; threshold: the lowest score of a detection.
    """

    def __init__(
        self,
        network: Network,
        size: int,
        grids: Sequence[tuple[int, int]],
        *,
        symmetric: bool,
        threshold: float,
    ) -> None:
        self._network, self._size = network, size
        self._anchors = anchors(grids)
        self._symmetric, self._threshold = symmetric, threshold

    def find(self, image: np.ndarray, region: Region) -> Detections:
        """What a region of an RGB image (h,w,3) shows; px of the image."""
        picture = cut(image, region, self._size, cv2.BORDER_CONSTANT)
        raw, logits = self._network(2 * picture - 1 if self._symmetric else picture)
        found = merged(decoded(raw / self._size, logits[:, 0], self._anchors, self._threshold))
        return _in_image(found, region)


def anchors(grids: Sequence[tuple[int, int]]) -> np.ndarray:
    """(a,2) the cells' centres as fractions of the image, each as often as it has anchors."""
    found = []
    for cells, count in grids:
        y, x = np.divmod(np.arange(cells * cells), cells)
        centres = (np.stack([x, y], 1) + 0.5) / cells
        found.append(np.repeat(centres, count, 0))
    return np.concatenate(found)


def decoded(
    raw: np.ndarray, logits: np.ndarray, centres: np.ndarray, threshold: float
) -> Detections:
    """The network's proposals of at least the threshold, the surest first; fractions of the image.

    raw (a,4+2p): offset of the centre, size, offsets of the keypoints; logits (a,); centres (a,2).
    """
    score = 1 / (1 + np.exp(-np.clip(logits.astype(float), -100, 100)))
    order = np.argsort(-score, kind="stable")
    order = order[score[order] >= threshold]
    values = raw[order].astype(float)
    middle, half = values[:, :2] + centres[order], values[:, 2:4] / 2
    points = (raw.shape[1] - 4) // 2
    keypoints = values[:, 4:].reshape(len(order), points, 2) + centres[order, None]
    return Detections(np.concatenate([middle - half, middle + half], 1), keypoints, score[order])


def merged(found: Detections) -> Detections:
    """Each group of overlapping proposals, the surest first, as their mean, weighted by score; it
    takes the best one's score."""
    boxes, keypoints, score = [], [], []
    left = np.arange(len(found.score))
    while len(left):
        near = overlap(found.boxes[left[0]], found.boxes[left]) > SAME
        near[0] = True  # a box without area overlaps nothing, not even itself
        group, left = left[near], left[~near]
        weight = found.score[group]
        boxes.append(np.average(found.boxes[group], 0, weight))
        keypoints.append(np.average(found.keypoints[group], 0, weight))
        score.append(weight[0])
    return Detections(
        np.array(boxes).reshape(-1, 4),
        np.array(keypoints).reshape(-1, *found.keypoints.shape[1:]),
        np.array(score),
    )


def overlap(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """(k,) intersection over union of a box (4,) with others (k,4)."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.clip(high - low, 0, None).prod(1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1) + (box[2:] - box[:2]).prod()
    return shared / np.maximum(area - shared, 1e-12)


def _in_image(found: Detections, region: Region) -> Detections:
    """From fractions of a region to px; a turned box becomes the upright one around it."""
    x0, y0, x1, y1 = found.boxes.T
    corners = np.stack([np.stack(c, 1) for c in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], 1)
    turned = to_image(corners, region)
    boxes = np.concatenate([turned.min(1), turned.max(1)], 1)
    return Detections(boxes, to_image(found.keypoints, region), found.score)
