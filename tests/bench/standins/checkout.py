"""A checkout whose scripts are stood in for, so that a run costs nothing but Snakemake itself."""

import json
import shutil
from pathlib import Path

import yaml

from tests.bench.worlds import Shape, write_world
from tests.workflow.workflow_tools import Checkout, copy_repository

SCRIPT = Path(__file__).with_name("script.py")


def standins(
    folder: Path,
    scripts: tuple[str, ...],
    shape: Shape,
    jobs: dict[str, dict[str, dict]] | None = None,
) -> Checkout:
    """A copy of the repository with these scripts replaced, in a world of empty files.

    jobs: rule -> id of a reference -> what its job does (tests/bench/standins/script.py).
    """
    copy_repository(folder)
    for name in scripts:
        shutil.copyfile(SCRIPT, folder / f"workflow/scripts/{name}.py")
    write_world(folder, shape)
    config = yaml.safe_load((folder / "config.yaml").read_text())
    (folder / "config.yaml").write_text(yaml.safe_dump({**config, "device": "cpu"}))
    (folder / "standins.json").write_text(json.dumps(jobs or {}))
    return Checkout(folder, "config.yaml")
