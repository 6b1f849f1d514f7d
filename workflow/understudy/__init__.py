"""Understudy: new people re-enact real actions. All logic; usable without Snakemake."""

__version__ = "0.1.0"
