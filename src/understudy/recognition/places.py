"""Whether two videos show one place, and which part of it each of them shows.

One video may show all of what the other does, a part of it (cropped), or either of these mirrored.
Which part is searched for in grey levels, coarsely, and then found exactly in the contrast to the
surroundings too (`fingerprint`).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

SHARES = (1.0, 0.88, 0.76)  # of the picture's width and height, how much a crop may leave
CENTRED = (0.66, 0.56)  # and in the middle: what bars leave of a square
LEAST = 0.5
STEP = 0.06  # of the width, between two crops that are tried
COARSE = 24  # cells
ALIKE = 0.7  # correlation of two places, or of a crop that was tried, from which on they may be one
ALIKE_CROP = 0.8  # the same of a crop once its edges are found: copies have 0.92 and more
REFINED = (0.03, 0.015, 0.008)  # of the width: steps of the search for a crop's edges
BETTER = 5e-5  # by which a step has to bring the two nearer


@dataclass(frozen=True)
class Part:
    """A part of a picture: left, top, right, bottom, from 0 to 1; mirrored: seen from behind."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0
    mirrored: bool = False

    def of(self, images: np.ndarray) -> np.ndarray:
        """The part of square images (…,s,s), resampled to the same grid, bilinear."""
        rows, columns = self.weights(images.shape[-1])
        return rows @ images @ columns

    def weights(self, side: int) -> tuple[np.ndarray, np.ndarray]:
        """rows, columns (side,side): of an image, the part is rows @ image @ columns."""
        x = _centres(self.left, self.right, side)
        if self.mirrored:
            x = x[::-1]
        return _weights(_centres(self.top, self.bottom, side), side), _weights(x, side).T


WHOLE = Part()
MIRRORED = Part(mirrored=True)


@dataclass(frozen=True)
class View:
    """How two videos show one place: the part of each that the other shows too."""

    of_one: Part
    of_two: Part

    @property
    def cropped(self) -> bool:
        return not {self.of_one, self.of_two} <= {WHOLE, MIRRORED}


def _centres(start: float, end: float, side: int) -> np.ndarray:
    return (start + (end - start) * (np.arange(side) + 0.5) / side) * side - 0.5


def _weights(at: np.ndarray, side: int) -> np.ndarray:
    """Bilinear weights (len(at),side)."""
    return np.maximum(0, 1 - np.abs(np.clip(at, 0, side - 1)[:, None] - np.arange(side))).astype(
        np.float32
    )


@cache
def parts() -> list[Part]:
    """All crops that are tried, the whole picture and its mirror image first."""
    spans = []
    for share in SHARES:
        count = round((1 - share) / STEP) + 1
        spans += [(start, start + share) for start in np.linspace(0, 1 - share, count).tolist()]
    spans += [((1 - share) / 2, (1 + share) / 2) for share in CENTRED]
    crops = [
        Part(left, top, right, bottom, mirrored)
        for left, right in spans
        for top, bottom in spans
        for mirrored in (False, True)
    ]
    return sorted(
        crops,
        key=lambda part: (part.left > 0 or part.right < 1) + (part.top > 0 or part.bottom < 1),
    )


def unit(images: np.ndarray) -> np.ndarray:
    """Images (…,s,s), flat, each of mean 0 and length 1, or 0 where nothing varies."""
    flat = images.reshape(*images.shape[:-2], -1)
    flat = flat - flat.mean(-1, keepdims=True)
    length = np.linalg.norm(flat, axis=-1, keepdims=True)
    return flat / np.maximum(length, 1e-3 * np.sqrt(flat.shape[-1]))


def coarse(place: np.ndarray) -> np.ndarray:
    """A place (2,FINE,FINE) -> its grey levels (COARSE,COARSE)."""
    step = place.shape[1] // COARSE
    return place[0].reshape(COARSE, step, COARSE, step).mean((1, 3))


def all_parts(place: np.ndarray) -> np.ndarray:
    """Every one of `parts()` of coarse grey levels, (k,COARSE²), of length 1."""
    rows, columns = _all_weights()
    return unit(rows @ place @ columns)


@cache
def _all_weights() -> tuple[np.ndarray, np.ndarray]:
    """rows, columns (k,COARSE,COARSE): each part is rows @ place @ columns."""
    across = [part.weights(COARSE) for part in parts()]
    return np.stack([rows for rows, _ in across]), np.stack([columns for _, columns in across])


def refined(whole: np.ndarray, place: np.ndarray, part: Part) -> tuple[Part, float]:
    """The part of the place `whole` (2,s,s) that looks most like `place` (2,s,s), near `part`; and
    how alike they are, in [-1,1]."""
    target = unit(place)

    def likeness(edges: np.ndarray) -> float:
        return float((unit(_part(edges, part.mirrored).of(whole)) * target).sum(-1).mean())

    edges = np.array([part.left, part.top, part.right, part.bottom])
    best = likeness(edges)
    for step in REFINED:
        improved = True
        while improved:
            improved = False
            for move in _MOVES:
                tried = np.clip(edges + step * move, 0, 1)
                if min(tried[2] - tried[0], tried[3] - tried[1]) < LEAST:
                    continue
                if (value := likeness(tried)) > best + BETTER:
                    edges, best, improved = tried, value, True
    return _part(edges, part.mirrored), best


def _part(edges: np.ndarray, mirrored: bool) -> Part:
    left, top, right, bottom = edges.tolist()
    return Part(left, top, right, bottom, mirrored)


_MOVES = np.array(
    [
        *np.eye(4),
        *-np.eye(4),
        *([1, 0, 1, 0], [-1, 0, -1, 0], [0, 1, 0, 1], [0, -1, 0, -1]),
        *([1, 1, -1, -1], [-1, -1, 1, 1]),
    ]
)
