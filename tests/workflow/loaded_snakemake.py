"""Snakemake's dry runs, each in a process of its own that has Snakemake loaded from its start.

A server imports it once and forks; of this repository it imports nothing, which tests edit.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

FORKED = multiprocessing.get_context("forkserver")
LOADED = ("snakemake.cli", "jsonschema", "numpy", "pydantic", "yaml")


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path
) -> int:
    """Run Snakemake in `folder` and write stdout and stderr to `output`; returns the exit code."""
    FORKED.set_forkserver_preload([*LOADED])
    process = FORKED.Process(target=_main, args=(arguments, folder, environment, output))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _main(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = environment["PYTHONPATH"].split(":")
    with output.open("wb") as stream:
        for descriptor in (1, 2):
            os.dup2(stream.fileno(), descriptor)
    sys.argv = ["snakemake", *arguments]
    from snakemake.cli import main

    main()
