"""A job that takes no time."""

from pathlib import Path

for output in snakemake.output:
    Path(output).touch()
