"""How the camera moves: where the corners of what is behind the person go.

Corners of one frame, the anchor, are found again in the frames after it (Lucas and Kanade, 1981, in
both directions), and one similarity explains most of them (RANSAC). Measured against the anchor and
not from frame to frame, errors do not add up. A camera that stands still leaves most corners where
they are, whatever people, leaves and screens do.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from understudy.filming.pictures import inside

CORNERS, QUALITY, APART = 200, 0.02, 8  # px between two of them
FEWEST = 10  # corners that say something about the camera
BACK = 0.5  # px: a corner that is not found back this near is lost
FITS = 1.0  # px: corners that a similarity explains
STILL = 0.5  # px: a corner that has not moved
MOSTLY = 0.5  # of the corners that are found: more have to move, and together, than do not
KEPT = 0.5  # of an anchor's corners; with fewer, the next frame is the new anchor
SETS_OUT = 0.15  # of the whole motion, after which a camera moves
SHAKES = 2.5  # times the distance is the way, of a camera that shakes
ZOOMS = 0.6  # times the whole motion is what a change of size does at the corners
ENOUGH = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.01)  # iterations, px


@dataclass(frozen=True)
class Step:
    """From the first frame to one of those looked at. matrix (2,3): px of the small picture;
    known: whether enough corners say so."""

    matrix: np.ndarray
    known: bool


class CameraFollower:
    """Takes the pictures one after another."""

    def __init__(self) -> None:
        self._anchor: np.ndarray | None = None
        self._corners: np.ndarray = np.empty((0, 2), np.float32)
        self._last: np.ndarray = self._corners  # where they were when last seen
        self._base = np.eye(3)  # from the first frame to the anchor
        self._total = np.eye(3)

    def see(self, picture: np.ndarray, box: np.ndarray) -> Step:
        """The next picture (h,w) uint8, evened, with the person's box (4,) in fractions."""
        if self._anchor is None:
            self._set_anchor(picture, box)
            return Step(self._total[:2].copy(), True)
        found, good = self._found(picture, box)
        share = float(good.mean()) if len(good) else 0.0
        known = int(good.sum()) >= FEWEST
        if known:
            moved = motion(self._corners[good], found[good])
            self._total = moved @ self._base
            self._last = np.where(good[:, None], found, through(moved, self._corners))
        if not known or share < KEPT:
            self._set_anchor(picture, box)
        return Step(self._total[:2].copy(), known)

    def forget(self) -> None:
        """After a cut: the next picture is compared with none before it."""
        self._anchor = None

    def _set_anchor(self, picture: np.ndarray, box: np.ndarray) -> None:
        self._anchor, self._base = picture, self._total
        around = (~inside(box, *picture.shape)).astype(np.uint8)
        corners = cv2.goodFeaturesToTrack(picture, CORNERS, QUALITY, APART, mask=around)
        self._corners = np.empty((0, 2), np.float32) if corners is None else corners[:, 0]
        self._last = self._corners

    def _found(self, picture: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the anchor's corners (k,2) are now, and which (k,) are found beside the person."""
        assert self._anchor is not None
        if not len(self._corners):
            return self._corners, np.zeros(0, bool)
        found, there = _flow(self._anchor, picture, self._corners, self._last)
        back, again = _flow(picture, self._anchor, found, self._corners)
        near = np.linalg.norm(back - self._corners, axis=1) < BACK
        height, width = picture.shape
        at = found.round().astype(int)
        within = ((at >= 0) & (at < (width, height))).all(1)
        covered = inside(box, height, width)
        free = within & ~covered[at[:, 1].clip(0, height - 1), at[:, 0].clip(0, width - 1)]
        return found, there & again & near & free


def _flow(
    before: np.ndarray, now: np.ndarray, points: np.ndarray, guess: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where points (k,2) of one picture are in another, near a guess (k,2), and which (k,) of them
    are found."""
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        before,
        now,
        points.astype(np.float32),
        guess.astype(np.float32),  # a copy: it is written to
        winSize=(15, 15),
        maxLevel=4,
        criteria=ENOUGH,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return np.asarray(found), np.asarray(status)[:, 0] == 1


def motion(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """(3,3): the similarity that takes most of the points (k,2) to where they are now; the identity
    if most stay, or if they do not move together."""
    still = np.linalg.norm(now - before, axis=1) < STILL
    matrix, fits = cv2.estimateAffinePartial2D(
        before, now, method=cv2.RANSAC, ransacReprojThreshold=FITS, maxIters=500, confidence=0.99
    )
    total = np.eye(3)
    if matrix is not None and still.mean() < MOSTLY and fits.mean() > MOSTLY:
        total[:2] = matrix
    return total


def through(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points (k,2) moved by (3,3)."""
    return (points @ matrix[:2, :2].T + matrix[:2, 2]).astype(np.float32)


@dataclass(frozen=True)
class Way:
    """The camera's motion through a clip. most: how far what is seen moves between two frames, %
    of the longer side, mean over the picture; kind: a verb; begins: index of the first frame, of
    those looked at, after which it moves."""

    most: float
    kind: str
    begins: int


def way(camera: np.ndarray, known: np.ndarray, restarts: np.ndarray, size: tuple[int, int]) -> Way:
    """From the similarities (m,2,3) of a clip's frames, those `known` (m,); restarts (m,): a frame
    that is compared with none before it; size (h,w)."""
    best = Way(0.0, "", 0)
    bounds = [0, *np.flatnonzero(restarts[1:]) + 1, len(camera)]
    for start, stop in pairwise(bounds):
        at = start + np.flatnonzero(known[start:stop])
        if len(at) > 1:
            found = _way(camera[at], at, size)
            best = max(best, found, key=lambda one: one.most)
    return best


def _way(camera: np.ndarray, at: np.ndarray, size: tuple[int, int]) -> Way:
    """The same of a span without a cut; at (m,): the frames' indices."""
    height, width = size
    longer = max(size)
    points = np.array([[x, y] for x in (0.1, 0.5, 0.9) for y in (0.1, 0.5, 0.9)]) * (width, height)
    places = np.einsum("mij,kj->mki", camera[:, :, :2], points) + camera[:, None, :, 2]
    places *= 100 / longer
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1).mean(-1)  # (m,m)
    most = float(apart.max())
    begins = int(np.argmax(apart[0] > SETS_OUT * most)) if apart[0].max() > SETS_OUT * most else 0
    scale = np.sqrt(np.abs(np.linalg.det(camera[:, :, :2])))
    grows = 50 * np.hypot(*size) / longer * np.ptp(np.log(scale))  # at the corners, %
    trail = np.linalg.norm(np.diff(places, axis=0), axis=-1).mean(-1).sum()
    if trail > SHAKES * most:
        kind = "shakes"
    elif grows > ZOOMS * most:
        kind = "zooms"
    else:
        kind = "pans"
    return Way(most, kind, int(at[max(0, begins - 1)]))
