"""A photo's camera from its line segments: rooms are built along three axes at right angles.

Each segment votes for the cameras that let it run towards the vanishing point of one of the axes
(Coughlan and Yuille, "Manhattan World", ICCV 1999). All focal lengths, pitches, rolls and yaws of a
grid are tried, the best are refined by robust least squares.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
from scipy.optimize import least_squares

from understudy.artifacts.room import axes
from understudy.room.segments import lengths

FEWEST, MOST = 8, 400  # segments
SHORTEST = 0.02  # of the picture's diagonal
# What photos are like before their lines are looked at: the angle of view across the longer side,
# degrees, the sigma of the focal length's logarithm, and the sigmas of pitch and roll, degrees.
USUAL_VIEW, FOCAL_SIGMA = 60.0, 0.22
PITCH_SIGMA, ROLL_SIGMA = 15.0, 2.5
GIVEN_FOCAL_SIGMA = 0.005  # lines hardly move it
GIVEN_HORIZON_SIGMA = 0.001  # of the picture's height

_FOCALS = np.exp(np.arange(-0.45, 0.46, 0.15))  # of the usual one
_PITCHES, _ROLLS, _YAWS = np.arange(-42, 22, 3.0), np.arange(-4, 5, 2.0), np.arange(-45, 45, 3.0)
_GRID = np.stack(np.meshgrid(_PITCHES, _ROLLS, _YAWS, indexing="ij"), -1).reshape(-1, 3)
_AXES = np.stack([axes(*angles) for angles in _GRID])
_COARSE = np.radians(3.0)  # how far off a segment may be to vote for a camera of the grid
_FINE = np.radians(1.0)  # sigma of a segment's direction
_EXPLAINED = np.radians(2.0)
_STARTS = 8  # cameras of the grid that are refined
_PRIOR_IN_VOTES = 0.02  # what a unit of the priors' cost is worth, as a share of all votes
_INDEPENDENT = 0.5  # segments of one edge share their errors: what a segment counts


@dataclass(frozen=True)
class Given:
    """What is known before: focal, px; horizon: its row in the picture's middle column, px below
    the picture's middle."""

    focal: float | None = None
    horizon: float | None = None


@dataclass(frozen=True)
class Seen:
    """A camera as the lines show it: focal px; pitch, roll, yaw degrees (as in `RoomCamera`);
    sigma of the focal length's logarithm and of the angles in degrees; support: the share of the
    segments that runs along an axis, each counted by its length squared."""

    focal: float
    pitch: float
    roll: float
    yaw: float
    sigma: tuple[float, float, float, float]
    support: float


@dataclass(frozen=True)
class Segments:
    """middle, way (n,2): px about the picture's middle, unit vectors; weight (n,)."""

    middle: np.ndarray
    way: np.ndarray
    weight: np.ndarray

    @staticmethod
    def of(ends: np.ndarray, longer_side: int) -> "Segments":
        length = lengths(ends)
        way = (ends[:, 2:] - ends[:, :2]) / length[:, None]
        weight = np.minimum(length, 0.25 * longer_side) / longer_side
        return Segments((ends[:, :2] + ends[:, 2:]) / 2, way, weight)

    def misses(self, focal: float, directions: np.ndarray) -> np.ndarray:
        """(k,n): sine of the angle at each segment's middle between the segment and the way to the
        vanishing point of each camera-space direction (k,3)."""
        towards = focal * directions[:, None, :2] - directions[:, None, 2:] * self.middle
        norm = np.linalg.norm(towards, axis=-1) + 1e-9
        x, y = towards[..., 0], towards[..., 1]
        return (x * self.way[:, 1] - y * self.way[:, 0]) / norm


def see_camera(ends: np.ndarray, width: int, height: int, given: Given) -> Seen:
    """The camera of a picture with the segments `ends` (n,4), longest first; too few of them leave
    what is given or usual."""
    longer = max(width, height)
    prior = _Prior.of(given, longer, height)
    ends = ends[lengths(ends) > SHORTEST * np.hypot(width, height)][:MOST]
    if len(ends) < FEWEST:
        return prior.alone()
    segments = Segments.of(ends, longer)
    fits = [_refined(segments, prior, start) for start in _starts(segments, prior)]
    x, _, covariance = min(fits, key=lambda fit: fit[1])
    focal = prior.focal * np.exp(x[0])
    missed = np.abs(segments.misses(focal, axes(*x[1:]))).min(0)
    counted = segments.weight**2  # books, curtains and carpets are full of short ones
    support = counted[missed < _EXPLAINED].sum() / counted.sum()
    by_focal, by_pitch, by_roll, by_yaw = np.sqrt(np.diag(covariance)).tolist()
    return Seen(
        focal=float(focal),
        pitch=float(x[1]),
        roll=float(x[2]),
        yaw=float((x[3] + 45) % 90 - 45),
        sigma=(by_focal, by_pitch, by_roll, by_yaw),
        support=float(support),
    )


@dataclass(frozen=True)
class _Prior:
    """focal px, the sigma of its logarithm; horizon px below the middle, its sigma px."""

    focal: float
    focal_sigma: float
    horizon: float | None
    horizon_sigma: float

    @staticmethod
    def of(given: Given, longer: int, height: int) -> "_Prior":
        usual = longer / 2 / np.tan(np.radians(USUAL_VIEW / 2))
        return _Prior(
            given.focal or usual,
            FOCAL_SIGMA if given.focal is None else GIVEN_FOCAL_SIGMA,
            given.horizon,
            GIVEN_HORIZON_SIGMA * height,
        )

    def alone(self) -> Seen:
        """The camera that the priors make likeliest."""
        tilt = 0.0 if self.horizon is None else np.degrees(np.arctan(self.horizon / self.focal))
        tilted = PITCH_SIGMA if self.horizon is None else 1.0
        sigma = (self.focal_sigma, tilted, ROLL_SIGMA, 45.0)
        return Seen(self.focal, float(tilt), 0.0, 0.0, sigma, 0.0)

    def misses(self, x: np.ndarray) -> np.ndarray:
        """(k,…) in sigmas, of x (4,…): logarithm of the focal length, pitch, roll, yaw."""
        rows = [x[0] / self.focal_sigma, x[1] / PITCH_SIGMA, x[2] / ROLL_SIGMA]
        if self.horizon is not None:
            row = self.focal * np.exp(x[0]) * np.tan(np.radians(x[1]))
            rows.append((row - self.horizon) / self.horizon_sigma)
        return np.stack(rows)


def _starts(segments: Segments, prior: _Prior) -> list[np.ndarray]:
    """The best cameras of the grid, as x (4,)."""
    tried = _FOCALS if prior.focal_sigma == FOCAL_SIGMA else np.ones(1)
    found = []
    for share in tried:
        votes = _votes(
            np.column_stack([segments.middle, segments.way]),
            segments.weight,
            prior.focal * share,
            _AXES,
        )
        grid = np.stack([np.full(len(_GRID), np.log(share)), *_GRID.T])
        cost = 0.5 * (prior.misses(grid) ** 2).sum(0)
        score = votes - _PRIOR_IN_VOTES * segments.weight.sum() * np.minimum(cost, 50)
        found += [(score[k], grid[:, k]) for k in np.argsort(-score)[:3]]
    found.sort(key=lambda one: -one[0])
    return [start for _, start in found[:_STARTS]]


@nb.njit(cache=True, fastmath=True)
def _votes(segments, weight, focal, cameras):
    """Votes (k,) of segments (n,4) for cameras with axes (k,3,3)."""
    out = np.zeros(len(cameras))
    for k in range(len(cameras)):
        for i in range(len(segments)):
            best = 0.0
            for a in range(3):
                ax, ay, az = cameras[k, a, 0], cameras[k, a, 1], cameras[k, a, 2]
                tx = focal * ax - az * segments[i, 0]
                ty = focal * ay - az * segments[i, 1]
                miss = (tx * segments[i, 3] - ty * segments[i, 2]) / _COARSE
                best = max(best, 1.0 / (1.0 + miss * miss / (tx * tx + ty * ty + 1e-9)))
            out[k] += weight[i] * best
    return out


def _refined(
    segments: Segments, prior: _Prior, start: np.ndarray
) -> tuple[np.ndarray, float, np.ndarray]:
    """x (4,), its cost, its covariance (4,4)."""
    counts = np.sqrt(_INDEPENDENT * segments.weight / segments.weight.mean())

    def residuals(x: np.ndarray) -> np.ndarray:
        missed = segments.misses(prior.focal * np.exp(x[0]), axes(*x[1:])) / _FINE
        nearest = missed[np.abs(missed).argmin(0), np.arange(missed.shape[1])]
        # Geman and McClure's: no more than 2 sigma, however far off
        return np.concatenate([counts * nearest / np.sqrt(1 + nearest**2 / 4), prior.misses(x)])

    fit = least_squares(residuals, start, x_scale=[0.1, 3, 1, 3], max_nfev=60)
    return fit.x, fit.cost, np.linalg.pinv(fit.jac.T @ fit.jac)
