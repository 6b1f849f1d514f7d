"""Understudy: new people re-enact real actions. All logic; usable without Snakemake."""

import os

# OpenMP's threads spin while they wait for work, by default. With more jobs than cores that stops
# everybody (a training step becomes 20 times slower), and asleep they cost microseconds. It is
# read when torch or numba load their OpenMP, which is after this.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
