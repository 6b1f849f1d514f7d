"""A copy of the repository in which the real workflow runs once, at its smallest."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
SNAKEMAKE = [sys.executable, "-m", "snakemake"]


@dataclass(frozen=True)
class Job:
    """One job that Snakemake would run: its rule and its output files."""

    rule: str
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Checkout:
    """A checkout of the repository in which Snakemake is run with one config file."""

    folder: Path
    config: Path

    def snakemake(self, *arguments: str, config: Path | None = None) -> subprocess.CompletedProcess:
        """Run Snakemake; stdout and stderr are captured together as text."""
        command = [
            *SNAKEMAKE,
            *("--workflow-profile", "profiles/default", "--cores", "2"),
            *("--configfile", str(config or self.config)),
            *arguments,
        ]
        return subprocess.run(
            command, cwd=self.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def would_run(self, *arguments: str, config: Path | None = None) -> list[Job]:
        """The jobs of a dry run."""
        run = self.snakemake("-n", *arguments, config=config)
        assert run.returncode == 0, run.stdout
        jobs = []
        for block in re.split(r"\n(?=(?:local)?rule \w+:)", run.stdout):
            rule = re.match(r"(?:local)?rule (\w+):", block)
            outputs = re.search(r"\n    output: (.*)", block)
            if rule and outputs:
                jobs.append(Job(rule[1], tuple(outputs[1].split(", "))))
        return jobs

    def edit_config(self, name: str, change) -> Path:
        """A changed copy of the config: `change` gets the dict and alters it."""
        config = yaml.safe_load(self.config.read_text())
        change(config)
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(config))
        return path


def copy_repository(target: Path) -> Path:
    """The files that a fresh clone would have, with their present content."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        text=True,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        source = REPOSITORY / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)
    return target


@pytest.fixture(scope="session")
def fresh(tmp_path_factory) -> Checkout:
    """A checkout in which nothing ran."""
    folder = copy_repository(tmp_path_factory.mktemp("fresh"))
    return Checkout(folder, folder / "config/demo.yaml")


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Checkout:
    """A checkout in which the workflow ran to its end, at the smallest size."""
    folder = copy_repository(tmp_path_factory.mktemp("finished"))
    checkout = Checkout(folder, folder / "tests/workflow/tiny.yaml")
    run = checkout.snakemake()
    assert run.returncode == 0, run.stdout[-6000:]
    return checkout
