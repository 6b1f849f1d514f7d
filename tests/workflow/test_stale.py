"""Only what is stale runs again: judged by the list of jobs that Snakemake would run."""

import contextlib
import os
import re
import shutil
from collections import Counter

import owned
import pytest
import yaml
from stale_cases import CASES
from stale_edits import lost
from workflow_tools import Checkout, Job, edited, outputs_of, rules_of, with_row

from understudy.plan.expected import expected_files
from understudy.plan.fanout import fan_out
from understudy.plan.planned import pairs_of

# What reads every video of its kind, and so depends on anything new.
AGGREGATES = {
    *("check_videos", "join_checked", "write_dataset", "list_clips", "train_recogniser"),
    *("tabulate", "build_gallery", "sheet_worst", "build_report", "all"),
}
COMPOSITOR = "src/understudy/scene/composite.py"


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
        ({"n_real": 1, "n_synthetic": 1, "selection": "hardness"}, "real1_synthetic1_hardness"),
        ({"n_real": 0, "n_synthetic": 1}, "real0_synthetic1"),
        ({"n_real": 1, "n_synthetic": 1, "background": "white"}, "real1_synthetic1_white"),
        ({"n_real": 1, "n_synthetic": 1, "selection": "quality"}, "real1_synthetic1_quality"),
        ({"n_real": 1, "n_synthetic": [0, 1], "identities": 1}, "real1_synthetic1_identities1"),
    ],
)
def test_a_new_point_of_the_grid_trains_nothing_else(finished, point, name):
    settings = finished.settings
    settings["experiments"]["grid"].append(point)
    with edited(finished.folder / finished.config, yaml.safe_dump(settings)):
        jobs = finished.would_run()
    embedding = {"embed_clips"} if point.get("selection") == "hardness" else set()
    trained = {"list_clips", "train_recogniser", "tabulate", "build_report", "all"}
    assert rules_of(jobs) == trained | embedding
    assert name in retrained(jobs) <= {name, "real1_synthetic0_identities1"}


def test_new_identity_makes_only_its_own_files(finished):
    table = finished.table("identities")
    video = f"{finished.settings['demo']['world']}/identities/hao.studio.mp4"
    with edited(table, with_row(table, "hao", video)):
        jobs = finished.would_run()
    follow = {"sheet_reference", "preview_reference", "measure_demo", "flag_sources"}
    follow |= {"look_at_figures", "measure_quality"}
    follow |= AGGREGATES
    own = [job for job in jobs if job.rule not in follow]
    assert rules_of(own) == {
        *("demo_figure", "demo_identity", "demo_held_out", "normalise_identity"),
        *("extract_keypoints", "extract_masks", "extract_depth", "extract_expression"),
        *(
            "extract_hands",
            "fit_body",
            "measure_coverage",
            "train_avatar",
            "score_avatar",
            "picture_avatar",
        ),
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
            {id_: {"label": ""} for id_ in ids["references"]},
            {id_: {} for id_ in ids["identities"]},
            {"": [*ids["backgrounds"], name]},
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
        *("find_bystanders", "calibrate_background", "sheet_background"),
        *("look_at_figures", "measure_quality"),
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
    assert count["render_in_room"] == pairs * settings["backgrounds"]["per_pair"]
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


def test_status_misses_every_file_of_a_job(finished):
    names = ("dataset/manifest.csv", "avatar/esi/trained.npz", "experiments/world/curves.svg")
    with lost(*names)(finished):
        told = finished.understudy("status").stdout
    assert "Made, but now gone: 3" in told
    assert all(f"results/tiny/{name}" in told for name in names)


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
