"""The light of an identity's own room taken out of a person's colours, a photo's put in."""

import numpy as np

BRIGHTEST = 0.5  # percent of a picture: what is white, or a lamp

# How much of what two pictures differ by is light, found with people lit by five of the demo's
# rooms and learnt in the others, as they are and painted at random; the rest is that there are
# other things in them. The exposure shows in the brightest alone (the mean is that of walls and
# furniture), the tint in both.
_EXPOSURE = 0.85
_TINT_OF_BRIGHTEST, _TINT_OF_MEAN = 0.4, 0.25
# If even the brightest is coloured, it is likely that nothing white is there, and how light that is
# does not tell the exposure: e-folds between its channels, at which it counts 0.6.
_COLOURED = 0.15
_MOST = 2.0  # of a gain
_DARKEST = 0.01


def light_gain(home: np.ndarray, photo: np.ndarray) -> np.ndarray:
    """(3,) f32: by what to multiply the colours of a person learnt in front of `home` to show them
    in `photo`. home (h,w,3) f32 in [0,1]; photo (h,w,3) uint8."""
    brightest, means = zip(*(_levels(picture) for picture in (home, photo / 255)), strict=True)
    bright, mean = (there - here for here, there in (brightest, means))
    coloured = [float(np.ptp(level)) / _COLOURED for level in brightest]
    sure = np.exp(-np.square(coloured).sum() / 2)
    exposure = bright.mean()
    tint = _TINT_OF_BRIGHTEST * (bright - exposure) + _TINT_OF_MEAN * (mean - mean.mean())
    gain = np.exp(sure * _EXPOSURE * exposure + tint)
    return np.clip(gain, 1 / _MOST, _MOST).astype(np.float32)


def _levels(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(3,) each: the logarithms of what the brightest pixels and all pixels are in the mean."""
    pixels = picture.reshape(-1, 3)
    lightness = pixels.mean(1)
    brightest = pixels[lightness >= np.percentile(lightness, 100 - BRIGHTEST)]
    bright, mean = (np.log(np.maximum(part.mean(0), _DARKEST)) for part in (brightest, pixels))
    return bright, mean
