"""Users' own files: what their content makes stale, and what their absence does not."""

import shutil
from collections import Counter

import owned
import pytest
from source_cases import SOURCE_CASES, half_copied, replaced
from stale_edits import cell, config, setting, together
from workflow_tools import Checkout, copy_repository, outputs_of, rules_of


@pytest.fixture(scope="module")
def own_run(tmp_path_factory):
    """A run of the user's own files, finished."""
    run = Checkout(copy_repository(tmp_path_factory.mktemp("own")), "own.yaml")
    owned.write_sources(run)
    owned.finish(run)
    return run


@pytest.mark.parametrize("case", SOURCE_CASES, ids=lambda case: case.name)
def test_a_source_is_new_where_its_content_is(own_run, case):
    assert case.found(own_run) == Counter(case.due)


def test_sources_that_are_not_there_are_told_and_nothing_is_lost(own_run):
    before = owned.products(own_run)
    with owned.kept(own_run.folder / "own"):
        sources = owned.own_files(own_run)
        for path in sources:
            path.unlink()
        run = own_run.snakemake()
        status = own_run.understudy("status")
    assert run.returncode == 0, run.stdout
    assert "Nothing to be done" in run.stdout
    for path in sources:
        told = f"warning: {path.relative_to(own_run.folder)}: no such file or directory"
        assert run.stdout.count(told) == status.stderr.count(told) == 1
    assert owned.products(own_run) == before


def test_a_source_that_is_away_costs_nothing_whatever_else_has_changed(own_run):
    """Not even if a product of it was lost as well, or its settings have changed."""
    changed = together(
        setting("video.identity.fps", 9),
        setting("video.reference.seconds", 5),
        setting("backgrounds.resize", "stretch"),
        config(lambda settings: settings["experiments"]["models"]["small"].update(epochs=2)),
    )
    facts = own_run.results / "video/identity/anna.json"
    with (
        owned.kept(own_run.results),
        owned.kept(own_run.folder / ".snakemake"),
        owned.kept(own_run.folder / "own"),
    ):
        for path in own_run.folder.glob("own/*/*.*"):
            path.unlink()
        facts.unlink()
        before = owned.products(own_run)
        before.pop(str(own_run.results / "report.html"))  # which shows the config
        with changed(own_run):
            for target in ("all", "avatars", "synthetic", "experiments"):
                run = own_run.snakemake("--", target)
                assert run.stdout.count("warning: own/") == len(owned.own_files_of(own_run))
        after = owned.products(own_run)
        assert {path: after.get(path) for path in before} == before
    with changed(own_run):
        assert {"normalise_identity", "normalise_reference", "composite_background"} <= rules_of(
            own_run.would_run()
        )


def test_snakemakes_own_records_are_missed(own_run):
    with owned.kept(own_run.folder / ".snakemake"):
        shutil.rmtree(own_run.folder / ".snakemake/metadata")
        told = own_run.dry_run().stdout
    assert told.count("warning: .snakemake/metadata is gone") == 1


def test_a_job_that_failed_is_tried_again(own_run):
    """Snakemake has the parameters of a failed try on record, and does not notice missing
    intermediate files: it would say that there is nothing to be done."""
    made = own_run.results / "video/reference/wave1.mp4"
    with owned.kept(own_run.results), owned.kept(own_run.folder / ".snakemake"):
        with cell("references", "start", "100")(own_run):
            run = own_run.snakemake()
            assert run.returncode != 0 and "start 100 s is beyond" in run.stdout
            assert not made.exists()
            again = own_run.would_run()
        mended = own_run.would_run()
    for jobs in (again, mended):
        assert outputs_of(jobs, "normalise_reference") >= {"results/video/reference/wave1.mp4"}
        assert "train_recogniser" in rules_of(jobs)


def test_files_are_hashed_anew_only_where_size_or_time_differ(own_run):
    """What is known of files that were read is in the folder of the records."""
    memory = own_run.results / "sources/read.jsonl"
    memory.unlink(missing_ok=True)
    assert own_run.would_run() == []
    assert not memory.exists()
    path = own_run.folder / "own/references/wave1.mp4"
    with owned.kept(path):
        path.touch()
        for _ in range(2):
            assert own_run.would_run() == []
    (line,) = memory.read_text().splitlines()
    assert line.startswith('["own/references/wave1.mp4"')


def test_a_job_records_the_source_that_it_read(tmp_path):
    """For real: normalised, replaced by an older file, replaced by rubbish, gone."""
    run = Checkout(copy_repository(tmp_path), "own.yaml")
    owned.write_sources(run)
    source, made = run.folder / "own/references/wave1.mp4", "results/video/reference/wave1.mp4"
    assert run.snakemake("--", made).returncode == 0
    assert run.would_run("--", made) == []
    first = (run.folder / made).read_bytes()
    replaced(source)
    assert rules_of(run.would_run("--", made)) == {"normalise_reference"}
    assert run.snakemake("--", made).returncode == 0
    second = (run.folder / made).read_bytes()
    assert second != first
    half_copied(source)
    told = run.snakemake("--", made)
    assert "wave1.mp4" in told.stdout and "is kept" in told.stdout
    source.unlink()
    told = run.snakemake("--", made)
    assert "wave1.mp4: no such file or directory; what was made from it is kept" in told.stdout
    assert (run.folder / made).read_bytes() == second
