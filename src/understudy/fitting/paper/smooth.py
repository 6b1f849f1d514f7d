"""What ExAvatar does over time, after its fit: a Savitzky–Golay filter on every parameter."""

import numpy as np
from scipy.signal import savgol_filter
from scipy.spatial.transform import Rotation

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
    smoothed = smooth_values(quaternions, window, order)
    turns = Rotation.from_quat(smoothed.reshape(-1, 4), scalar_first=True)
    return turns.as_matrix().reshape(rotations.shape)
