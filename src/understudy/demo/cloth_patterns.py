"""Patterns of cloth: colour as a function of the cloth coordinates of a place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from understudy.demo.anatomy import Anatomy
from understudy.demo.noise import SolidNoise, smoothstep

Colour = tuple[int, int, int]
_EDGE = 0.0015  # half width (m) over which two colours blend: about a texel


@dataclass(frozen=True)
class Pattern:
    """kind: a key of PATTERNS; colours (0–255), the ground first; size: metres of one repeat."""

    kind: str
    colours: tuple[Colour, ...]
    size: float = 0.06


def paint_pattern(pattern: Pattern, places: Anatomy, noise: SolidNoise) -> np.ndarray:
    """Colours (k,3) of cloth at k places, with the weave's grain and faint creases."""
    around, along = places.wrapped()
    colours = np.array(pattern.colours, np.float64)
    image = PATTERNS[pattern.kind](pattern, colours, around, along, places, noise)
    creases = noise.fractal(places.points, (0.05, 0.025, 0.05), 3)
    grain = noise(places.points, 0.004)
    return image * (1 + 0.07 * creases + 0.04 * grain)[:, None]


def _wave(x: np.ndarray, size: float, share: float = 0.5) -> np.ndarray:
    """1 on the first `share` of every `size` metres, 0 on the rest, with soft edges."""
    t = (x / size) % 1 * size
    return smoothstep(0, _EDGE, t) * smoothstep(share * size + _EDGE, share * size, t)


def _mix(first: np.ndarray, second: np.ndarray, amount: np.ndarray) -> np.ndarray:
    return first + (second - first) * np.asarray(amount)[:, None]


def _plain(pattern, colours, around, along, places, noise):
    return np.tile(colours[0], (len(around), 1))


def _stripes(pattern, colours, around, along, places, noise):
    return _mix(colours[0], colours[1], _wave(along, pattern.size))


def _pinstripes(pattern, colours, around, along, places, noise):
    return _mix(colours[0], colours[1], _wave(around, pattern.size, 0.18))


def _checks(pattern, colours, around, along, places, noise):
    rows, columns = _wave(along, pattern.size), _wave(around, pattern.size)
    image = _mix(colours[0], colours[1], 0.5 * rows + 0.5 * columns)
    thin = np.maximum(
        _wave(along + 0.25 * pattern.size, pattern.size, 0.08),
        _wave(around + 0.25 * pattern.size, pattern.size, 0.08),
    )
    return _mix(image, colours[-1], 0.8 * thin)


def _dots(pattern, colours, around, along, places, noise):
    row = np.floor(along / pattern.size)
    x = (around / pattern.size + 0.5 * (row % 2)) % 1 - 0.5
    y = (along / pattern.size) % 1 - 0.5
    edge = _EDGE / pattern.size
    return _mix(colours[0], colours[1], smoothstep(0.27 + edge, 0.27 - edge, np.hypot(x, y)))


def _knit(pattern, colours, around, along, places, noise):
    ribs = np.sin(2 * np.pi * around / 0.012) * 0.5 + 0.5
    flecks = smoothstep(-0.2, 0.6, noise(places.points, 0.008))
    return _mix(colours[0], colours[-1], 0.25 * ribs + 0.45 * flecks)


def _denim(pattern, colours, around, along, places, noise):
    """Faded on the thighs, with side seams and dark pockets."""
    fade = smoothstep(0.1, 0.3, places.leg) * smoothstep(0.75, 0.45, places.leg)
    front = smoothstep(0, 0.8, places.normals[:, 2])
    twill = 0.5 + 0.5 * np.sin(2 * np.pi * (along + around) / 0.006)
    image = _mix(colours[0], colours[1], 0.5 * fade * front + 0.1 * twill)
    seam = smoothstep(0.004, 0.002, np.abs(np.abs(places.normals[:, 0]) - 1) * 0.03)
    return image * (1 - 0.25 * seam * (places.leg > 0.05))[:, None]


def _print(pattern, colours, around, along, places, noise):
    """A printed shirt: plain ground, and a sun over waves in a round badge on the chest."""
    chest = 0.5 * (places.joints["spine3"][1] + places.joints["neck"][1]) - 0.075
    x = places.points[:, 0] / 0.105
    y = (places.points[:, 1] - chest) / 0.105
    edge = 0.02
    on_front = smoothstep(0.1, 0.3, places.normals[:, 2])
    badge = smoothstep(1 + edge, 1 - edge, np.hypot(x, y)) * on_front
    sky = _mix(colours[1], colours[2], smoothstep(-0.2, 1.0, y))
    sun = smoothstep(0.42 + edge, 0.42 - edge, np.hypot(x, y - 0.12))
    image = _mix(sky, colours[3], sun)
    for level in range(3):
        crest = -0.15 - 0.28 * level + 0.08 * np.sin(7 * x + 2 * level)
        image = _mix(image, colours[4 + level % 2], smoothstep(crest + edge, crest - edge, y))
    rim = smoothstep(0.9, 0.93, np.hypot(x, y))
    image = _mix(image, np.full(3, 245.0), rim)
    return _mix(np.tile(colours[0], (len(x), 1)), image, badge)


def _blocks(pattern, colours, around, along, places, noise):
    """Sports shirt: a band across the chest and contrasting sleeves."""
    band = smoothstep(0.62, 0.63, places.trunk) * smoothstep(0.81, 0.8, places.trunk)
    image = _mix(colours[0], colours[1], band * (places.arm < 0))
    return _mix(image, colours[2], smoothstep(0.0, 0.01, places.arm))


PATTERNS: dict[str, Callable[..., np.ndarray]] = {
    "plain": _plain,
    "stripes": _stripes,
    "pinstripes": _pinstripes,
    "checks": _checks,
    "dots": _dots,
    "knit": _knit,
    "denim": _denim,
    "print": _print,
    "blocks": _blocks,
}
