"""What ExAvatar does over time, after its fit: a Savitzky–Golay filter on every parameter."""

import numpy as np
from scipy.signal import savgol_filter

from understudy.body import rotation_numpy as rot


def smooth_values(values: np.ndarray, window: int, order: int) -> np.ndarray:
    """values (n,…) filtered over n; a clip shorter than the window uses the longest that fits.

    Clips too short for the polynomial are returned unchanged.
    """
    longest = len(values) - 1 + len(values) % 2
    window = min(window, longest)
    return values if window <= order else savgol_filter(values, window, order, axis=0)


def smooth_rotations(rotations: np.ndarray, window: int, order: int) -> np.ndarray:
    """rotations (n,j,3,3): their quaternions, with continuous signs, filtered and normalised."""
    quaternions = rot.to_quaternion(rotations)
    turned = (quaternions[1:] * quaternions[:-1]).sum(-1) < 0
    sign = np.cumprod(np.where(turned, -1.0, 1.0), 0)
    quaternions[1:] *= sign[..., None]
    return _from_quaternion(rot.unit(smooth_values(quaternions, window, order)))


def _from_quaternion(q: np.ndarray) -> np.ndarray:
    """Unit quaternions (…,4) w, x, y, z -> (…,3,3): I + 2w[v] + 2[v]²."""
    k = rot.skew(q[..., 1:])
    return np.eye(3) + 2 * q[..., :1, None] * k + 2 * k @ k
