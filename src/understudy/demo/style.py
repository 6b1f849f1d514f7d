"""How a performance differs from the next one of the same action."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Style:
    """One way of performing.

    speed: 1 = natural; amplitude: 1 = natural size of gestures; side: the hand or foot that acts;
    delay: s of standing before it starts; facing: rad turned to the person's left; repeats: how
    often strokes are repeated relative to the usual number; idle: how much the body sways and
    breathes; seed: of all smaller variations.
    """

    seed: int = 0
    speed: float = 1.0
    amplitude: float = 1.0
    side: str = "right"
    delay: float = 0.2
    facing: float = 0.0
    repeats: float = 1.0
    idle: float = 1.0

    @staticmethod
    def drawn(seed: int) -> "Style":
        """A natural style: four in five right-handed, facing within ±25° of the front."""
        random = np.random.default_rng([seed, 71])
        return Style(
            seed=seed,
            speed=float(np.exp(random.uniform(-0.2, 0.25))),
            amplitude=float(random.uniform(0.85, 1.15)),
            side="right" if random.random() < 0.8 else "left",
            delay=float(random.uniform(0.05, 0.35)),
            facing=float(np.deg2rad(random.uniform(-25, 25))),
            repeats=float(random.uniform(0.7, 1.4)),
            idle=float(random.uniform(0.6, 1.5)),
        )

    def random(self, purpose: int) -> np.random.Generator:
        """Random numbers of this style, a stream for each purpose."""
        return np.random.default_rng([self.seed, 83, purpose])
