"""Folders of any name, and records in a database: what is made stays made, wherever it moves."""

import shutil
from dataclasses import dataclass

import pytest
from workflow_tools import Checkout

from tests.bench.standins.checkout import standins
from tests.bench.worlds import Shape

SCRIPTS = ("normalise_video", "extract_keypoints")
MADE = "results/features/reference/r0000/keypoints.npz"


@dataclass(frozen=True)
class InDatabase(Checkout):
    """A checkout whose records are in a database."""

    def options(self, *arguments: str) -> list[str]:
        return super().options("--persistence-backend", "db", *arguments)


def test_spaces_and_letters_in_paths(tmp_path):
    run = standins(tmp_path / "été à l'ouest", SCRIPTS, Shape(1, 1))
    odd = "vidéos: 1/a b.mp4"
    (run.folder / odd).parent.mkdir()
    shutil.move(run.folder / "data/reference/r0000.mp4", run.folder / odd)
    table = run.folder / "references.tsv"
    table.write_text(table.read_text().replace("data/reference/r0000.mp4", odd))
    made = run.snakemake("--", MADE)
    assert made.returncode == 0, made.stdout
    assert "Nothing to be done" in run.dry_run("--", MADE).stdout


def test_braces_in_paths_are_told_in_a_line(tmp_path):
    run = standins(tmp_path / "plain", SCRIPTS, Shape(1, 1))
    moved = Checkout(run.folder.rename(tmp_path / "a{x}b"), run.config)
    told = moved.dry_run("--", MADE)
    assert told.returncode == 1
    assert "a{x}b: Snakemake takes { and } in a path for wildcards; give" in told.stdout
    assert "Traceback" not in told.stdout


@pytest.fixture(scope="module")
def in_database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("database") / "first"
    run = InDatabase(standins(folder, SCRIPTS, Shape(1, 1)).folder, "config.yaml")
    made = run.snakemake("--", MADE)
    assert made.returncode == 0, made.stdout
    return run


def test_records_in_a_database_are_one_file_and_follow_the_folder(in_database, tmp_path):
    assert not list((in_database.folder / ".snakemake").glob("metadata/*"))
    moved = InDatabase(shutil.copytree(in_database.folder, tmp_path / "moved"), "config.yaml")
    assert "Nothing to be done" in moved.dry_run("--", MADE).stdout
    script = moved.folder / "workflow/scripts/extract_keypoints.py"
    script.write_text(script.read_text() + "\n_ = 1\n")
    assert [job.rule for job in moved.would_run("--", MADE)] == ["extract_keypoints"]


def test_records_of_the_other_kind_are_not_passed_over(in_database, tmp_path):
    told = Checkout(in_database.folder, "config.yaml").dry_run("--", MADE)
    assert (told.returncode, told.stdout.count("add --persistence-backend db")) == (1, 1)
    run = standins(tmp_path / "files", SCRIPTS, Shape(1, 1))
    (run.folder / ".snakemake/metadata").mkdir(parents=True)
    (run.folder / ".snakemake/metadata/eA==").write_text("{}")
    told = InDatabase(run.folder, "config.yaml").dry_run("--", MADE)
    assert (told.returncode, told.stdout.count("are files")) == (1, 1)
