"""The light of an identity's own room taken out of a person's colours, a photo's put in."""

import numpy as np

WHITE = 98  # percentile: what is about white, or a lamp

# How much of what two pictures differ by is light, found with people lit by five of the demo's
# rooms and learnt in the others; the rest is that there are other things in them. The exposure
# shows in the brightest alone (the mean is that of walls and furniture), the tint in both.
_EXPOSURE = 0.65
_TINT_OF_WHITE, _TINT_OF_MEAN = 0.3, 0.3
_MOST = 2.0  # of a gain
_DARKEST = 0.01


def light_gain(home: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """(3,) f32: by what to multiply the colours of a person learnt in front of `home` to show them
    in `photo`. home (h,w,3) f32 in [0,1]; photo (h,w,3) uint8."""
    whites, means = zip(*(_levels(picture) for picture in (photo / 255, home)), strict=True)
    white, mean = (np.log(there) - np.log(here) for there, here in (whites, means))
    exposure = white.mean()
    tint = _TINT_OF_WHITE * (white - exposure) + _TINT_OF_MEAN * (mean - mean.mean())
    gain = np.exp(_EXPOSURE * exposure + tint)
    return np.clip(gain, 1 / _MOST, _MOST).astype(np.float32)


def _levels(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(3,) the brightest and the mean of each channel."""
    pixels = picture.reshape(-1, 3)
    brightest = np.percentile(pixels, WHITE, axis=0)
    return np.maximum(brightest, _DARKEST), np.maximum(pixels.mean(0), _DARKEST)
