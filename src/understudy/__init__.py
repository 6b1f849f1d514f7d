"""Understudy: new people re-enact real actions. All logic; usable without Snakemake."""

import os

# By default, OpenMP threads spin while they wait for work. With more jobs than cores that stalls
# every job (a training step takes 20 times as long); letting them sleep costs microseconds.
# torch and numba read this when they load their OpenMP, which is later than here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.2.0"
