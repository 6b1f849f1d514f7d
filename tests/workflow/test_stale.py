"""Only what is stale runs again: told by the list of jobs that Snakemake would run."""

import os
import shutil
import time

import pytest
from workflow_tools import rules_of

AGGREGATES = {
    "write_dataset",
    "sheet_reference",
    "sheet_identity",
    "train_recogniser",
    "tabulate",
    "rule_graph",
    "build_report",
    "measure_demo",
    "report",
    "all",
}


def test_second_run_has_nothing_to_do(finished):
    run = finished.snakemake()
    assert run.returncode == 0, run.stdout
    assert "Nothing to be done" in run.stdout


def test_touching_scripts_and_modules_reruns_nothing(finished):
    for path in (finished.folder / "workflow").rglob("*.py"):
        os.utime(path)
    assert finished.would_run() == []


def test_comment_reruns_nothing(finished):
    module = finished.folder / "workflow/understudy/scene/composite.py"
    text = module.read_text()
    try:
        module.write_text(text + "\n# a remark\n")
        assert finished.would_run() == []
    finally:
        module.write_text(text)


def test_cloning_again_reruns_nothing(finished, tmp_path):
    """The same code in a new folder, with the results moved there."""
    clone = tmp_path / "clone"
    shutil.copytree(finished.folder, clone, symlinks=True)
    now = time.time()
    for path in clone.rglob("*.py"):
        os.utime(path, (now, now))
    moved = type(finished)(clone, clone / finished.config.relative_to(finished.folder))
    assert moved.would_run() == []


def test_edited_compositor_composites_again_and_retrains_nothing(finished):
    module = finished.folder / "workflow/understudy/scene/composite.py"
    text = module.read_text()
    try:
        module.write_text(text + "\nCHANGED = True\n")
        rules = rules_of(finished.would_run())
    finally:
        module.write_text(text)
    assert "composite_background" in rules
    assert rules <= {"composite_background"} | AGGREGATES


def test_new_identity_makes_only_its_own_files(finished):
    table = finished.folder / "tests/workflow/tiny/identities.tsv"
    text = table.read_text()
    try:
        first = text.splitlines()[1].split("\t")
        table.write_text(text.rstrip("\n") + "\n" + "\t".join(["newcomer", *first[1:]]) + "\n")
        jobs = finished.would_run()
    finally:
        table.write_text(text)
    own = [job for job in jobs if job.rule not in AGGREGATES]
    assert {"normalise_identity", "train_avatar", "animate_avatar"} <= rules_of(own)
    for job in own:
        assert all("newcomer" in output for output in job.outputs), job


@pytest.fixture
def new_background(finished):
    table = finished.folder / "tests/workflow/tiny/backgrounds.tsv"
    text = table.read_text()
    first = text.splitlines()[1].split("\t")
    yield table, text, first
    table.write_text(text)


def test_new_background_composites_only_the_pairs_that_draw_it(finished, new_background):
    table, text, first = new_background
    drawn = 0
    for name in ("annexe", "loft", "porch", "attic", "cellar"):
        table.write_text(text.rstrip("\n") + "\n" + "\t".join([name, *first[1:]]) + "\n")
        jobs = finished.would_run()
        assert rules_of(jobs) <= {"composite_background"} | AGGREGATES
        composites = [job for job in jobs if job.rule == "composite_background"]
        for job in composites:
            assert job.outputs[0].endswith(f"/{name}.mp4"), job
        drawn += len(composites)
    assert drawn > 0


def test_changed_fit_parameter_refits_and_what_follows(finished):
    config = finished.edit_config("refit", lambda c: c["fit"].update(focal=1.25))
    rules = rules_of(finished.would_run(config=config))
    follows = {"fit_body", "extract_depth", "train_avatar", "animate_avatar"}
    assert follows <= rules
    assert not rules & {"normalise_identity", "extract_keypoints", "extract_masks", "build_body"}


def test_dry_run_shows_the_whole_fan_out_before_anything_ran(fresh):
    jobs = fresh.would_run()
    count = {rule: sum(job.rule == rule for job in jobs) for rule in rules_of(jobs)}
    tables = fresh.folder / "config/demo"
    identities, references = (
        len((tables / f"{name}.tsv").read_text().splitlines()) - 1
        for name in ("identities", "references")
    )
    assert count["train_avatar"] == identities
    assert count["animate_avatar"] == identities * references
    assert count["composite_background"] == 2 * identities * references
