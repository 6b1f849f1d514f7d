"""The light of an identity's own room taken out of a person's colours, a photo's put in."""

import numpy as np

WHITE = 98  # percentile
POWER = 0.7
MOST = 2.0  # of a gain


def light_gain(home: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """(3,) f32: by what to multiply the colours of a person learnt in front of `home` to show them
    in `photo`. home (h,w,3) f32 in [0,1]; photo (h,w,3) uint8."""
    white = [np.percentile(p.reshape(-1, 3), WHITE, axis=0) for p in (photo / 255, home)]
    gain = (white[0] / np.maximum(white[1], 1e-2)) ** POWER
    return np.clip(gain, 1 / MOST, MOST).astype(np.float32)
