"""The parts as one number, calibrated on the demo world, whose true motions are known.

The logarithm of the true error is taken for linear in the parts, each standardised over the
calibrating videos, with what remains normally distributed. risk is then the probability that a
video's error is among the worst tenth's of theirs. `calibration.json`, in this folder, is written
by `python -m tests.bench.quality_calibrate`.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FURTHEST = 4.0  # standard deviations: what is further off than any calibrating video is no worse


@dataclass(frozen=True)
class Term:
    """One part: whether its logarithm counts, its mean and spread over the calibrating videos, and
    its weight: by how much log(error) grows over one spread."""

    logarithm: bool
    mean: float
    spread: float
    weight: float

    def standardised(self, value: float) -> float:
        """0 for a part that could not be measured."""
        if not math.isfinite(value):
            return 0.0
        if self.logarithm:
            value = math.log(max(value, 1e-6))
        return max(-FURTHEST, min(FURTHEST, (value - self.mean) / self.spread))


@dataclass(frozen=True)
class Calibration:
    """terms: by part; usual: mean log(error in mm); bound: log(error) above which a video is among
    the worst tenth; remains: standard deviation of log(error) around what the parts say."""

    terms: Mapping[str, Term]
    usual: float
    bound: float
    remains: float

    @staticmethod
    def read(path: Path) -> "Calibration":
        stored = json.loads(path.read_text())
        terms = {name: Term(**told) for name, told in stored.pop("terms").items()}
        return Calibration(terms, **stored)

    def log_error(self, parts: Mapping[str, float]) -> float:
        """The log(error in mm) to expect."""
        found = (term.weight * term.standardised(parts[name]) for name, term in self.terms.items())
        return self.usual + sum(found)

    def risk(self, parts: Mapping[str, float]) -> float:
        """In [0,1]."""
        beyond = (self.log_error(parts) - self.bound) / self.remains
        return 0.5 * math.erfc(-beyond / math.sqrt(2))


@cache
def calibration() -> Calibration:
    """The one that comes with Understudy."""
    return Calibration.read(Path(__file__).with_name("calibration.json"))
