"""A figure over a photo so that it belongs there: behind what is nearer, in the photo's light, as
noisy and as sharp as the photo."""

from dataclasses import dataclass, replace

import cv2
import numba as nb
import numpy as np

from understudy.scene.occlusion import Furniture
from understudy.scene.sharpness import noise_of, softness_of

LEAST = 1 / 510  # of a pixel: less is not seen in 8 bits
_MOST_GRAIN = 6.0  # levels
_GRAIN_SHARE = 0.7  # of the photo's noise: the figure has some of its own, of its training
_MOST_BLUR = 1.2  # px
_SOLID = 0.97  # of a pixel: what covers less shows something of what was behind it in training
_RIM = 2  # px: how broad such a rim may be
_PATTERN = 17  # the seed of the grain


@dataclass(frozen=True)
class Texture:
    """How a photo draws. grain (h,w) f32: its noise, as shares of white, the same in every frame;
    softness: px of blur of its strongest edges, None if it has none. noise: levels."""

    grain: np.ndarray
    softness: float | None
    noise: float

    @staticmethod
    def of(photo: np.ndarray) -> "Texture":
        """Of a photo (h,w,3) uint8, in a video's frame."""
        noise = min(noise_of(photo), _MOST_GRAIN)
        pattern = np.random.default_rng(_PATTERN).standard_normal(photo.shape[:2], np.float32)
        grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return Texture(pattern * np.float32(_GRAIN_SHARE * noise / 255), softness_of(grey), noise)

    def blur(self, alpha: np.ndarray) -> float:
        """px by which a figure of this coverage (h,w) must be blurred to be as soft."""
        own = softness_of(alpha)
        if own is None or self.softness is None:
            return 0.0
        return min(max(self.softness**2 - own**2, 0.0) ** 0.5, _MOST_BLUR)


@dataclass(frozen=True)
class Blend:
    """How a figure is drawn over a photo, in all frames of a clip alike. None: not that part.

    furniture: what hides it; gain (3,): of its colours; texture: the photo's; blur: px, of the
    figure.
    """

    furniture: Furniture | None
    gain: np.ndarray | None
    texture: Texture | None
    blur: float = 0.0

    def as_sharp(self, alpha: np.ndarray) -> "Blend":
        """The same with a figure of this coverage (h,w) made as soft as the photo."""
        return self if self.texture is None else replace(self, blur=self.texture.blur(alpha))

    def over(
        self, rgb: np.ndarray, alpha: np.ndarray, depth: np.ndarray, frame: np.ndarray
    ) -> np.ndarray:
        """Draw a figure over a frame (h,w,3) uint8, a copy of the photo with the figure's shadow;
        returns which share of the figure is seen in each pixel (h,w) f32.

        rgb (h,w,3) f32 in [0,1], premultiplied, alpha (h,w) f32, depth (h,w) f32 m: of the figure.
        """
        box, seen = _box(alpha), np.ones_like(alpha)
        rgb, alpha, depth = rgb[box], alpha[box], depth[box]
        if not alpha.size:
            return seen
        if self.texture is not None:
            rgb = without_rim(rgb, alpha)
            if self.blur:
                rgb, alpha = (cv2.GaussianBlur(part, (0, 0), self.blur) for part in (rgb, alpha))
        shown = seen[box]
        if self.furniture is not None:
            shown[:] = self.furniture.shown(alpha, depth, box)
        gain = np.ones(3, np.float32) if self.gain is None else self.gain.astype(np.float32)
        grain = np.zeros_like(alpha) if self.texture is None else self.texture.grain[box]
        _over(rgb, alpha, shown, gain, grain, frame[box])
        return seen


def without_rim(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The colours (h,w,3), premultiplied, of a figure, with what covers only part of a pixel in the
    colour of the solid figure beside it: there, Gaussians learnt what was behind them."""
    filled = rgb.copy()
    _fill_rim(rgb, alpha, filled)
    return filled


def _box(alpha: np.ndarray) -> tuple[slice, slice]:
    """The part of a frame in which something is drawn."""
    drawn = alpha > LEAST
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    if not rows.size:
        return np.s_[:0, :0]
    return np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


_compiled = nb.njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def _fill_rim(rgb, alpha, filled):
    """`without_rim` of a figure, in place: filled (h,w,3) has its colours on entry."""
    height, width = alpha.shape
    for y in range(height):
        for x in range(width):
            if not 0 < alpha[y, x] <= _SOLID:
                continue
            count, red, green, blue = 0, 0.0, 0.0, 0.0
            for dy in range(-_RIM, _RIM + 1):
                for dx in range(-_RIM, _RIM + 1):
                    v, u = _mirrored(y + dy, height), _mirrored(x + dx, width)
                    if alpha[v, u] > _SOLID:
                        count += 1
                        red += rgb[v, u, 0]
                        green += rgb[v, u, 1]
                        blue += rgb[v, u, 2]
            if count:
                share = alpha[y, x] / count
                filled[y, x, 0] = red * share
                filled[y, x, 1] = green * share
                filled[y, x, 2] = blue * share


@_compiled
def _mirrored(at, size):
    """An index that may be up to _RIM beyond the ends, from where a mirror at the end shows it."""
    at = abs(at)
    return max(at if at < size else 2 * size - 2 - at, 0)


@_compiled
def _over(rgb, alpha, shown, gain, grain, frame):
    """Draw (h,w,3) over a frame (h,w,3) uint8 in place: Porter and Duff's "over" (1984)."""
    height, width = alpha.shape
    for y in range(height):
        for x in range(width):
            a = alpha[y, x]
            part = shown[y, x]
            if a * part > 0:
                for c in range(3):
                    colour = min(max(rgb[y, x, c] * gain[c] + a * grain[y, x], 0.0), a)
                    value = part * colour * 255 + (1 - a * part) * frame[y, x, c] + 0.5
                    frame[y, x, c] = np.uint8(value)
