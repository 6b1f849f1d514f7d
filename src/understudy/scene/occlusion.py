"""What a room hides of a person: all that its depth shows nearer than they are."""

from dataclasses import dataclass

import cv2
import numba as nb
import numpy as np

from understudy.artifacts.room import Room
from understudy.scene.framing import Framing

# How much nearer than a body a thing must be to hide it, in standard errors of what the room's
# depth says. More would show who stands close behind a post in front of it.
_ERRORS = 0.5
_SOFT = 0.06  # m, over which a thing goes from hiding nothing to hiding all

_REACH = 2  # px of a frame, from where an edge of the depth is moved to one of the photo
_ALIKE = 12.0  # levels by which pixels of one thing differ
_EDGE = 0.6  # px: how soft the edge of what hides somebody is


@dataclass(frozen=True)
class Furniture:
    """What can hide somebody in a frame.

    nearness (h,w) f32: 1/m of what a pixel shows, along the camera's axis; 0 where that hides
    nobody: floor, and what is of unknown depth. error: standard error of it, 1/m.
    """

    nearness: np.ndarray
    error: float

    @staticmethod
    def of(room: Room, framing: Framing, photo: np.ndarray) -> "Furniture | None":
        """Of a room in a frame that shows `photo` (h,w,3) uint8; None if its depth is unknown."""
        if room.depth is None:
            return None
        nearness = nearness_of(room)
        error = _error(room, nearness)
        nearness[room.floor] = 0
        coarse = framing.shown_of(nearness, room.camera, cv2.INTER_NEAREST)
        return Furniture(_to_edges(coarse, photo), error)

    def shown(self, alpha: np.ndarray, depth: np.ndarray, box: tuple[slice, slice]) -> np.ndarray:
        """(h,w) f32: the share of a figure that is seen in each pixel of a box of the frame.

        alpha, depth (h,w) f32, there: its coverage, and how far away it is, m.
        """
        share = np.ones_like(alpha)
        _shown(alpha, depth, self.nearness[box], np.float32(self.error), share)
        if share.min() == 1:
            return share
        covered = cv2.GaussianBlur(alpha, (0, 0), _EDGE)
        soft = cv2.GaussianBlur(share * alpha, (0, 0), _EDGE) / np.maximum(covered, 1e-6)
        return np.minimum(soft, 1)


def nearness_of(room: Room) -> np.ndarray:
    """(h,w) f32, as the room's masks: 1/m of what they show, without noise; 0 where unknown."""
    assert room.depth is not None
    depth = room.depth.astype(np.float32)
    nearness = np.divide(1, depth, out=np.zeros_like(depth), where=depth > 0)
    return cv2.bilateralFilter(nearness, 5, 3 * max(_error(room, nearness), 1e-3), 2)


def _error(room: Room, nearness: np.ndarray) -> float:
    """1/m: how far what is said of the free floor is from where that is."""
    here = room.free & (nearness > 0)
    if not here.any():
        return 0.0
    off = nearness[here] - 1 / room.small.floor_depth()[here]
    return float(1.4826 * np.median(np.abs(off)))


def _to_edges(coarse: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """The nearness (h,w) with its edges where the photo (h,w,3) has them: each pixel takes the
    nearer or the farther of what is about it, by which has its colour."""
    around = np.ones((2 * _REACH + 1,) * 2, np.uint8)
    near, far = cv2.dilate(coarse, around), cv2.erode(coarse, around)
    edge = near - far > 0.1 * near
    near, far, place = near[edge], far[edge], np.nonzero(edge)
    colour = photo[place].astype(np.float32)
    total, weight = np.zeros_like(near), np.zeros_like(near)
    for moved in np.ndindex(around.shape):
        beside = tuple(
            np.clip(at + by - _REACH, 0, size - 1)
            for at, by, size in zip(place, moved, coarse.shape, strict=True)
        )
        off = ((colour - photo[beside]) ** 2).sum(1)
        alike = np.exp(off / (-2 * _ALIKE**2)) + 1e-3
        total += alike * coarse[beside]
        weight += alike
    mean = total / weight
    snapped = coarse.copy()
    snapped[edge] = np.where(near - mean < mean - far, near, far)
    return snapped


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _shown(alpha, depth, nearness, error, share):
    """Fill share (h,w) as `Furniture.shown` says, but hard-edged."""
    for y in range(alpha.shape[0]):
        for x in range(alpha.shape[1]):
            near, z = nearness[y, x], depth[y, x]
            if alpha[y, x] > 0 and near * z > 1:
                least = _ERRORS * error * z / near
                beyond = (z - 1 / near - least) / _SOFT
                share[y, x] = 1 - min(max(beyond + 0.5, 0.0), 1.0)
