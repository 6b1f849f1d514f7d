"""Keyframes of a few numbers, eased into each other."""

from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import PchipInterpolator


@dataclass
class KeyframeTrack:
    """Values (k,) at increasing times in s, joined by monotone cubics (Fritsch & Carlson 1980).

    A cubic of this kind never overshoots its keys, rests where two equal keys follow each other,
    and passes smoothly through a key on the way from one value to another.
    """

    times: list[float] = field(default_factory=list)
    values: list[np.ndarray] = field(default_factory=list)

    def key(self, time: float, value: np.ndarray | float) -> None:
        """Add a key at or after the last one; one at the same time replaces it."""
        value = np.atleast_1d(np.asarray(value, float))
        if self.times and time <= self.times[-1] + 1e-6:
            self.values[-1] = value
        else:
            self.times.append(time)
            self.values.append(value)

    def sample(self, times: np.ndarray) -> np.ndarray:
        """Values (n,k) at times (n,); before the first and after the last key they are held."""
        values = np.stack(self.values)
        if len(values) == 1:
            return np.repeat(values, len(times), 0)
        held = np.clip(times, self.times[0], self.times[-1])
        return PchipInterpolator(np.array(self.times), values, axis=0)(held)


def minimum_jerk(fraction: np.ndarray) -> np.ndarray:
    """0..1 eased at both ends with minimum jerk: 10u³ − 15u⁴ + 6u⁵ (Flash & Hogan 1985)."""
    u = np.clip(fraction, 0.0, 1.0)
    return u**3 * (10 - 15 * u + 6 * u**2)
