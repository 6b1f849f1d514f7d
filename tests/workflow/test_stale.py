"""Only what is stale runs again: judged by the list of jobs that Snakemake would run."""

import contextlib
import os
import re
import shutil
from collections import Counter

import owned
import pytest
import yaml
from source_cases import SOURCE_CASES, half_copied, replaced
from stale_cases import CASES
from stale_edits import cell, config, lost, setting, together
from workflow_tools import Checkout, Job, copy_repository, edited, rules_of, with_row

from understudy.plan.expected import expected_files
from understudy.plan.fanout import fan_out
from understudy.plan.planned import pairs_of

# What reads every video of its kind, and so depends on anything new.
AGGREGATES = {
    *("check_synthetic", "write_dataset", "list_clips", "train_recogniser"),
    *("tabulate", "build_report", "all"),
}
COMPOSITOR = "src/understudy/scene/composite.py"


def outputs_of(jobs: list[Job], rule: str) -> set[str]:
    return {output for job in jobs if job.rule == rule for output in job.outputs}


def retrained(jobs: list[Job]) -> set[str]:
    """The trainings of recognisers, as "real1_synthetic0"."""
    return {path.split("/")[-3] for path in outputs_of(jobs, "train_recogniser")}


def test_second_run_has_nothing_to_do(finished):
    run = finished.snakemake()
    assert run.returncode == 0, run.stdout
    assert "Nothing to be done" in run.stdout
    assert "Nothing: every planned file exists." in (finished.results / "report.html").read_text()


def test_touching_scripts_and_rewording_comments_reruns_nothing(finished):
    folders = (finished.folder / "workflow", finished.folder / "src")
    times = {path: path.stat() for folder in folders for path in folder.rglob("*.py")}
    module = finished.folder / COMPOSITOR
    reworded = module.read_text().replace('"""', '"""Said otherwise. ', 1) + "\n# a remark\n"
    try:
        for path in times:
            os.utime(path)
        with edited(module, reworded):
            assert finished.would_run() == []
    finally:
        for path, before in times.items():
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_cloning_again_reruns_nothing(finished, tmp_path):
    """The same code in a new folder with fresh timestamps, and the results moved there."""
    clone = finished.cloned(tmp_path / "clone", keep_times=False)
    assert clone.would_run() == []


@pytest.mark.parametrize(
    ("point", "name"),
    [
        ({"n_real": 0, "n_synthetic": 1}, "real0_synthetic1"),
        ({"n_real": 1, "n_synthetic": 1, "background": "white"}, "real1_synthetic1_white"),
        ({"n_real": 1, "n_synthetic": [0, 1], "identities": 1}, "real1_synthetic1_identities1"),
    ],
)
def test_a_new_point_of_the_grid_trains_nothing_else(finished, point, name):
    settings = finished.settings
    settings["experiments"]["grid"].append(point)
    with edited(finished.folder / finished.config, yaml.safe_dump(settings)):
        jobs = finished.would_run()
    assert rules_of(jobs) == {"list_clips", "train_recogniser", "tabulate", "build_report", "all"}
    assert name in retrained(jobs) <= {name, "real1_synthetic0_identities1"}


def test_new_identity_makes_only_its_own_files(finished):
    table = finished.table("identities")
    video = f"{finished.settings['demo']['world']}/identities/hao.studio.mp4"
    with edited(table, with_row(table, "hao", video)):
        jobs = finished.would_run()
    follow = {"sheet_reference", "preview_reference", "measure_demo"} | AGGREGATES
    own = [job for job in jobs if job.rule not in follow]
    assert rules_of(own) == {
        *("demo_figure", "demo_identity", "demo_held_out", "normalise_identity"),
        *("extract_keypoints", "extract_masks", "extract_depth", "extract_expression"),
        *("extract_hands", "fit_body", "train_avatar", "score_avatar", "picture_avatar"),
        *("animate_avatar", "composite_background", "sheet_identity"),
    } | (rules_of(own) & {"demo_background"})
    for job in own:
        assert job.rule == "demo_background" or all("hao" in path for path in job.outputs), job
    assert retrained(jobs) == {"real1_synthetic1"}


def a_room_drawn_once(checkout: Checkout) -> tuple[str, str]:
    """A name for a new background that one of the two references draws; and that reference."""
    settings = checkout.settings
    ids = {
        name: [line.split("\t")[0] for line in checkout.table(name).read_text().splitlines()[1:]]
        for name in ("references", "identities", "backgrounds")
    }
    for number in range(100):
        name = f"annexe{number}"
        rows = fan_out(
            settings.get("seed", 0),
            {id_: {} for id_ in ids["references"]},
            {id_: {} for id_ in ids["identities"]},
            {id_: {} for id_ in [*ids["backgrounds"], name]},
            settings["backgrounds"]["per_pair"],
            ["source"],
        )
        drawn = [row for row in rows if row[3] == name]
        if len(drawn) == 1:
            return name, drawn[0][0]
    raise AssertionError("no name is drawn by one of the pairs")


def test_new_background_composites_only_the_pairs_that_draw_it(finished):
    name, reference = a_room_drawn_once(finished)
    table, results = finished.table("backgrounds"), finished.settings["results"]
    shutil.copyfile(next(finished.results.glob("world/rooms/*.png")), finished.folder / "own.png")
    with edited(table, with_row(table, name, "own.png")):
        jobs = finished.would_run()
    assert rules_of(jobs) == {
        *("composite_background", "sheet_reference", "preview_reference"),
        *("calibrate_background", "sheet_background"),
        *AGGREGATES,
    }
    assert outputs_of(jobs, "calibrate_background") == {f"{results}/room/{name}.npz"}
    assert outputs_of(jobs, "composite_background") == {
        f"{results}/synthetic/{reference}/esi/source/{name}.mp4"
    }
    assert outputs_of(jobs, "sheet_reference") == {f"{results}/sheets/reference/{reference}.jpg"}
    assert retrained(jobs) == {"real1_synthetic1"}


def test_dry_run_shows_the_whole_fan_out_before_anything_ran(fresh):
    jobs = fresh.would_run()
    assert not fresh.results.exists()
    count = {rule: sum(job.rule == rule for job in jobs) for rule in rules_of(jobs)}
    identities, references = (
        len(fresh.table(name).read_text().splitlines()) - 1 for name in ("identities", "references")
    )
    settings = fresh.settings
    pairs = identities * references
    assert count["normalise_identity"] == count["train_avatar"] == identities
    assert count["normalise_reference"] == references
    assert count["fit_body"] == count["extract_keypoints"] == identities + references
    assert count["animate_avatar"] == pairs
    assert count["composite_background"] == pairs * settings["backgrounds"]["per_pair"]
    experiments = settings["experiments"]
    assert count["train_recogniser"] == len(experiments["grid"]) * len(experiments["seeds"])
    assert count["write_dataset"] == count["tabulate"] == count["build_report"] == 1
    assert not any(line.startswith("checkpoint ") for line in rules_text(fresh))


def rules_text(checkout: Checkout) -> list[str]:
    files = [checkout.folder / "Snakefile", *(checkout.folder / "rules").glob("*.smk")]
    return [line for path in files for line in path.read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_makes_due_what_it_must_and_no_more(finished, case):
    assert case.found(finished) == Counter(case.due)


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
        told = own_run.snakemake("-n").stdout
    assert told.count("warning: .snakemake/metadata is gone") == 1


def test_status_misses_every_file_of_a_job(finished):
    names = ("dataset/manifest.csv", "avatar/esi/trained.npz", "experiments/world/curves.svg")
    with lost(*names)(finished):
        told = finished.understudy("status").stdout
    assert "Made, but now gone: 3" in told
    assert all(f"results/tiny/{name}" in told for name in names)


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


def test_what_was_made_and_is_gone_is_told(finished):
    with lost("synthetic/wave")(finished):
        told = finished.understudy("status").stdout
    assert re.search(r"^composite_background +2 +1 .* 1$", told, re.MULTILINE)
    assert (
        "Made, but now gone: 1 (the next run makes them again)\n\n  results/tiny/synthetic/" in told
    )
    assert "Failed" not in told


def test_every_output_is_one_that_is_expected(fresh):
    """What status, plan and targets know of is what the rules make, except the report itself, the
    demo world and what is thrown away."""
    settings = fresh.settings
    world = settings["demo"]["world"]
    made = {output for job in fresh.would_run() for output in job.outputs}
    with contextlib.chdir(fresh.folder):
        plan = owned.plan_of(fresh)
        planned = {path for item in expected_files(plan) for path in (item.path, *item.also)}
        masters = {plan.layout.master(*pair) for pair in pairs_of(plan.synthetic)}
    report = f"{settings['results']}/report.html"
    assert {path for path in made if not path.startswith(world)} - masters - {report} == planned
