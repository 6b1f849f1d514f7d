"""Copies of the repository: one in which nothing ran, one in which the workflow ran to its end."""

from pathlib import Path

import pytest
from workflow_tools import Checkout, copy_repository


@pytest.fixture(scope="session")
def fresh(tmp_path_factory):
    """A checkout in which nothing ran, with the demo's config."""
    return Checkout(copy_repository(tmp_path_factory.mktemp("fresh")), "config/demo.yaml")


@pytest.fixture(scope="session")
def finished(tmp_path_factory, made_once):
    """A checkout in which the workflow ran to its end, at the smallest size; each process of a
    test run has a copy of it."""
    whole = Checkout(made_once("finished", run_to_its_end))
    return whole.cloned(tmp_path_factory.mktemp("finished") / "copy", keep_times=True)


def run_to_its_end(folder: Path) -> None:
    checkout = Checkout(copy_repository(folder))
    assert not checkout.results.exists(), "results are not copied from the repository"
    run = checkout.snakemake()
    assert run.returncode == 0, run.stdout[-6000:]
