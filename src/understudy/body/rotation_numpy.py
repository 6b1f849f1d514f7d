"""Rotations in NumPy, batched: exponential, logarithm and its derivative; slerp. What SciPy has is
SciPy's."""

import numpy as np
from scipy.spatial.transform import Rotation


def skew(v: np.ndarray) -> np.ndarray:
    """(…,3) -> (…,3,3): the matrix of the cross product v × ·."""
    x, y, z = np.moveaxis(v, -1, 0)
    o = np.zeros_like(x)
    return np.stack([o, -z, y, z, o, -x, -y, x, o], -1).reshape(*v.shape, 3)


def exp(v: np.ndarray) -> np.ndarray:
    """Axis-angle (…,3) rad -> matrices (…,3,3)."""
    # As a list: SciPy is several times slower with more axes.
    return Rotation.from_rotvec(v.reshape(-1, 3)).as_matrix().reshape(*v.shape, 3)


def to_quaternion(m: np.ndarray) -> np.ndarray:
    """Matrices (…,3,3) -> unit quaternions (…,4) w, x, y, z with w ≥ 0."""
    turns = Rotation.from_matrix(m.reshape(-1, 3, 3), assume_valid=True)
    return turns.as_quat(canonical=True, scalar_first=True).reshape(*m.shape[:-2], 4)


def log(m: np.ndarray) -> np.ndarray:
    """Matrices (…,3,3) -> axis-angle (…,3) rad, of angle at most π."""
    # Of a whole clip, SciPy's as_rotvec takes three times as long.
    q = to_quaternion(m)
    sine = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    small = sine < 1e-6
    factor = np.where(small, 2.0, 2 * np.arctan2(sine, q[..., :1]) / np.where(small, 1.0, sine))
    return factor * q[..., 1:]


def log_derivative(v: np.ndarray) -> np.ndarray:
    """d log(exp(v)·exp(δ)) / dδ at δ = 0, (…,3) -> (…,3,3): the inverse right Jacobian of SO(3).

    I + ½[v] + (1/θ² − (1 + cos θ)/(2θ sin θ))·[v]² (Chirikjian 2011, eq. 10.86).
    """
    square = (v * v).sum(-1)[..., None, None]
    angle = np.sqrt(np.where(square < 1e-4, 1.0, square))
    half = angle / 2
    factor = (1 - half / np.tan(half)) / angle**2
    factor = np.where(square < 1e-4, 1 / 12 + square / 720, factor)
    k = skew(v)
    return np.eye(3) + 0.5 * k + factor * (k @ k)


def turned(rotations: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Rotations (n,j,3,3) turned further by a solver's step (n,3j), each by at most a radian."""
    turn = step.reshape(*rotations.shape[:2], 3)
    angle = np.linalg.norm(turn, axis=-1, keepdims=True)
    return rotations @ exp(turn * np.minimum(1.0, 1.0 / np.maximum(angle, 1e-9)))


def between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The smallest rotations (…,3,3) that turn the directions a (…,3) into b (…,3)."""
    a, b = unit(a), unit(b)
    axis = np.cross(a, b)
    sine = np.linalg.norm(axis, axis=-1, keepdims=True)
    angle = np.arctan2(sine, (a * b).sum(-1, keepdims=True))
    # For opposite vectors any axis orthogonal to a works; start from the axis least along a.
    spare = np.cross(a, np.eye(3)[np.abs(a).argmin(-1)])
    return exp(angle * np.where(sine < 1e-6, unit(spare), axis / np.maximum(sine, 1e-6)))


def frame(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Matrices (…,3,3) whose first column is along x (…,3) and second nearest to y (…,3)."""
    x = unit(x)
    y = unit(y - (x * y).sum(-1, keepdims=True) * x)
    return np.stack([x, y, np.cross(x, y)], -1)


def unit(v: np.ndarray | tuple[float, ...]) -> np.ndarray:
    """v (…,3) over its length; a zero vector stays zero."""
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9)


def fill(rotations: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Rotations (n,…,3,3), those of frames not `known` (n,) replaced by slerp of the nearest known.

    Before the first and after the last known frame, that frame's rotation is held.
    """
    at = np.flatnonzero(known)
    frames = np.arange(len(rotations))
    after = np.searchsorted(at, frames).clip(0, len(at) - 1)
    before = np.where(at[after] > frames, np.maximum(after - 1, 0), after)
    first, last = at[before], at[after]
    share = (frames - first) / np.maximum(last - first, 1)
    share = share.clip(0, 1).reshape(-1, *[1] * (rotations.ndim - 2))
    start, end = rotations[first], rotations[last]
    return start @ exp(share * log(np.swapaxes(start, -1, -2) @ end))
