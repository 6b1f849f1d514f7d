"""The target `release`: what it needs and writes, what makes it due, what a refusal leaves."""

from collections import Counter

import pytest
from stale_edits import LIBRARY, Case, cell, code, lost, setting, together
from workflow_tools import Checkout

from understudy.release.verify import verify_release

TARGET = ("--", "release")
ITSELF = {"write_release": 1}
PUBLISHABLE = together(
    cell("identities", "licence", "CC0"),
    cell("identities", "consent", "publication"),
    cell("references", "licence", "CC0", "CC0"),
    cell("backgrounds", "licence", "CC0", "CC0", "CC0"),
    setting("dataset.licence", "CC BY 4.0"),
    setting("release", {"creator": "A lab", "url": "https://example.org/waves"}),
)
MODULE = f"{LIBRARY}/release/croissant.py"
CASES = [
    Case("nothing", target=TARGET),
    Case("its settings", setting("release.note", "AI"), ITSELF, TARGET),
    Case("its settings, and it is not asked for", setting("release.note", "AI")),
    Case("its code", code(MODULE), ITSELF, TARGET),
    Case("its code, and it is not asked for", code(MODULE)),
    Case("it is lost", lost("release"), ITSELF, TARGET),
    Case("the gallery is lost", lost("gallery"), target=TARGET),
    Case(
        "the licence of the dataset",
        setting("dataset.licence", "CC0"),
        {"write_dataset": 1, **ITSELF},
        TARGET,
    ),
]


@pytest.fixture(scope="module")
def released(finished, tmp_path_factory):
    """A finished run whose ingredients may all be published, with its release."""
    run = finished.cloned(tmp_path_factory.mktemp("released") / "copy", keep_times=True)
    with PUBLISHABLE(run):
        made = run.snakemake("--", "all", "release")
        assert made.returncode == 0, made.stdout
        yield run


def test_without_a_publisher_no_job_starts_and_other_targets_need_none(finished):
    refused = finished.dry_run(*TARGET)
    assert refused.returncode != 0
    told = "config: release.creator and release.url must be given for a release"
    assert sum(told in line for line in refused.stdout.splitlines()) == 1, refused.stdout
    assert finished.would_run("--", "dataset") == []


def test_a_run_that_asks_for_none_makes_and_misses_none(finished):
    assert not (finished.results / "release").exists()
    assert "release" not in finished.understudy("status").stdout


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_makes_it_due_or_not(released, case):
    assert case.found(released) == Counter(case.due)


def test_it_is_whole_and_replaced_as_a_whole(released):
    folder = released.results / "release"
    assert verify_release(folder) == []
    assert len(list(folder.glob("train/000/*.mp4"))) == 2
    (folder / "train/old.txt").touch()
    with setting("release.shards_mb", 500)(released):
        made = released.snakemake(*TARGET)
    assert made.returncode == 0, made.stdout
    assert verify_release(folder) == []
    assert {path.name for path in (folder / "train").iterdir()} == {"00000.tar", "metadata.parquet"}


def test_a_refusal_leaves_nothing_half_written(released: Checkout):
    with setting("dataset.licence", "all rights reserved")(released):
        refused = released.snakemake(*TARGET)
    assert refused.returncode != 0
    told = "error: not released, the dataset: its licence, all rights reserved, lets nobody pass"
    assert sum(told in line for line in refused.stdout.splitlines()) == 1, refused.stdout
    assert "Traceback" not in refused.stdout
    assert not [path.name for path in released.results.iterdir() if "release" in path.name]
