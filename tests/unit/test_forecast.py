"""Before and during a run: what it will cost, what is done, what failed and why."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
import yaml

from understudy.cluster.profile import with_requests
from understudy.cluster.queue import QueuedJob
from understudy.errors import UserError
from understudy.files import write_text
from understudy.forecast import dryrun
from understudy.forecast.estimate import (
    GPU_RULES,
    PAPER,
    estimate,
    gpu_rules,
    measure,
    paper_hours,
)
from understudy.forecast.status import RuleStatus, read_status
from understudy.forecast.text import plan_text, status_text, table
from understudy.plan.expected import expected_files
from understudy.plan.job import Expected
from understudy.plan.planned import Plan, read_plan
from understudy.report.benchmarks import RuleCost, read_benchmarks
from understudy.report.efficiency import Request, efficiency, read_requests, suggested
from understudy.report.fits import JudgedFit
from understudy.report.rulegraph import rulegraph_picture

ROOT = Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "rules").glob("*.smk"))


def cost(rule: str, jobs: int, total_s: float, cpu_s: float | None = None) -> RuleCost:
    return RuleCost(rule, jobs, total_s, total_s / jobs, total_s, "", 1000.0, cpu_s)


# What it will cost


def test_a_limit_on_queued_jobs_is_told_with_the_time_that_it_takes(tmp_path):
    due = {"train_avatar": 2, "animate_avatar": 198, "render_in_room": 900}
    measured = replace(
        measure(tmp_path, []), costs={"animate_avatar": cost("animate_avatar", 9, 90)}
    )
    estimates = estimate(due, [], measured, 324)
    told = plan_text(estimates, True, (11, "MaxSubmitJobs of your association"))
    hours = (2 * 1.5 * 3600 + 198 * 10) / 10 / 3600
    assert (
        "The queue takes 11 jobs at a time, the driver's included (MaxSubmitJobs of your "
        f"association): 200 submissions are 20 times that, {hours:.2f} h if all run."
    ) in told
    assert "The queue takes" not in plan_text(estimates, True, (201, "x"))
    unknown = estimate({**due, "train_recogniser": 1}, [], measured, 324)
    assert "at least 0.35 h" in plan_text(unknown, True, (11, "x"))


def test_rules_that_ask_for_a_gpu_are_those_of_the_estimate():
    asking = set()
    for path in RULES:
        for text in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)[1:]:
            if "gpu=GPU" in text:
                asking.add(text.split(":")[0])
    assert asking == set(GPU_RULES)


def test_a_network_goes_to_the_queue_and_a_fit_does_not(tmp_path):
    weights = {"hands": {"hand4whole": "a.tar"}, "expression": {}}
    due = {"extract_hands": 2, "extract_expression": 2, "extract_masks": 1}
    rules = gpu_rules(weights)
    estimates = estimate(due, [], measure(tmp_path, []), 324, rules)
    assert {one.rule for one in estimates if one.queued} == {"extract_hands", "extract_masks"}
    assert "5 jobs due, 3 of them for a cluster's queue" in plan_text(estimates, True)


@pytest.mark.parametrize(
    "frames, hours", [(324, 1.5), (162, 0.75), (342, 1.65), (400, 2.3), (1200, 6), (2400, 12)]
)
def test_the_paper_tells_the_hours_of_an_avatar(frames, hours):
    assert paper_hours(frames) == pytest.approx(hours)


def test_jobs_that_ran_tell_before_the_paper_does(tmp_path):
    made = [tmp_path / f"{name}.mp4" for name in "abcd"]
    for path in made[:2]:
        path.write_bytes(bytes(3000))
    expected = [Expected(str(path), "animate_avatar", "x.log") for path in made]
    expected.append(Expected(str(tmp_path / "avatar"), "train_avatar", "x.log"))
    due = {"train_avatar": 1, "animate_avatar": 2, "build_report": 1}
    measured = replace(
        measure(tmp_path, expected),
        costs={"animate_avatar": cost("animate_avatar", 2, 720, 1440)},
    )
    assert measured.sizes == {"animate_avatar": 3000}
    rules = {one.rule: one for one in estimate(due, expected, measured, frames=324)}
    animate, train, report = (
        rules[rule] for rule in ("animate_avatar", "train_avatar", "build_report")
    )
    assert (animate.planned, animate.there, animate.due, animate.bytes) == (4, 2, 2, 6000)
    assert (animate.gpu_hours, animate.cpu_hours) == (0.2, 0.4)
    assert (train.gpu_hours, train.cpu_hours, train.source) == (1.5, None, PAPER)
    assert (report.planned, report.gpu_hours, report.cpu_hours) == (None, 0, None)
    text = plan_text(list(rules.values()), cuda=True)
    assert "GPU-hours: 1.7. CPU-hours: at least 0.40." in text
    assert "4 jobs due, 3 of them for a cluster's queue." in text
    assert "Unknown (?)" in text
    assert "GPU-hours: 0.0." in plan_text(list(rules.values()), cuda=False)


def test_the_rule_graph_is_a_picture_of_its_own():
    graph = nx.DiGraph([("train_avatar", "animate_avatar")])
    svg = ElementTree.fromstring(rulegraph_picture(graph, {"train_avatar": "15 due"}))
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    assert {"train_avatar", "animate_avatar", "15 due"} <= set(
        "".join(svg.itertext()).split("\n")
    ) | {text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")}


# Its state


def test_the_state_of_each_file_is_told(tmp_path):
    write_text(tmp_path / "done.npz", "")
    write_text(tmp_path / "failed.log", "error: b.mp4: nobody; film one\n")
    write_text(tmp_path / "runs.log", "training: 3%\n")
    expected = [
        Expected(
            str(tmp_path / f"{name}.npz"), "fit_body", str(tmp_path / f"{name}.log"), name, (name,)
        )
        for name in ("done", "failed", "runs", "queued", "waits")
    ]
    queue = [
        QueuedJob("7", "RUNNING", "rule_fit_body_wildcards_runs"),
        QueuedJob("8", "PENDING", "rule_fit_body_wildcards_queued"),
    ]
    states, failures = read_status(expected, queue)
    assert states == [RuleStatus("fit_body", 5, 1, 1, 1, 1, 1)]
    text = status_text(states, failures, [], [])
    assert "Failed: 1" in text
    assert f"fit_body · failed\n    b.mp4: nobody; film one\n    {tmp_path}/failed.log" in text
    assert "waits" not in text


def test_flagged_fits_are_told_with_their_reasons():
    sound = JudgedFit("identity", "ada", (), ())
    slides = JudgedFit("reference", "bow_1", (), ("feet slide 34 mm per frame, more than 20",))
    told = "Flagged fits: 1 of 2 (fit.flag)\n\n  reference · bow_1\n    feet slide 34 mm per frame"
    assert told in status_text([RuleStatus("fit_body", 2, 2, 0, 0, 0, 0)], [], [slides, sound], [])
    assert "Flagged" not in status_text([RuleStatus("fit_body", 1, 1, 0, 0, 0, 0)], [], [sound], [])


def test_what_jobs_used_of_what_they_asked_for():
    profile = ROOT / "profiles/slurm/config.yaml"
    told = yaml.safe_load(profile.read_text())
    requests = read_requests(profile, ["train_avatar", "sheet_identity"])
    asked = requests["train_avatar"]
    assert str(told["set-resources"]["train_avatar"]["mem_mb"]).startswith(f"{asked.mem_mb:.0f}")
    assert asked.threads == told["set-threads"]["train_avatar"]
    assert requests["sheet_identity"].threads == 1
    assert requests["sheet_identity"].runtime_min > 0
    costs = [cost("train_avatar", 2, 1200, 2400), cost("unknown", 1, 5)]
    (used,) = efficiency(costs, {"train_avatar": Request(4, 4000, 40)})
    assert (used.memory, used.time, used.processors) == (0.25, 0.5, 0.5)
    assert "25 %" in status_text([RuleStatus("train_avatar", 2, 2, 0, 0, 0, 0)], [], [], [used])


@pytest.mark.parametrize("value", ["4000 * attempt + 1", "lambda wc: 3", None])
def test_a_request_that_is_no_plain_number_is_unknown(tmp_path, value):
    profile = tmp_path / "config.yaml"
    profile.write_text(yaml.safe_dump({"default-resources": {"mem_mb": value}}))
    assert read_requests(profile, ["all"])["all"] == Request(1, None, None)


def test_tables_stand_in_columns():
    text = table([["rule", "n", "why"], ["fit", "12", "one word"], ["train", "3", ""]])
    assert text.splitlines() == ["rule    n  why", "fit    12  one word", "train   3"]


# Every file that is planned


@pytest.fixture
def plan() -> Plan:
    config = yaml.safe_load((ROOT / "tests/workflow/tiny.yaml").read_text())
    tables = {name: str(ROOT / path) for name, path in config["tables"].items()}
    return read_plan({**config, "tables": tables}, ROOT / "workflow/schemas")


def test_a_log_and_a_benchmark_have_one_name():
    """By which status distinguishes a job that succeeded from one that failed."""
    for path in RULES:
        text = re.sub(r"\s+", " ", path.read_text())
        logs, benchmarks = (
            [name.strip(" ,") for name in re.findall(rf"LAYOUT\.{kind}\((.*?)\)", text)]
            for kind in ("log", "benchmark")
        )
        if path.stem != "demo":  # its world's logs are with the world
            assert logs == benchmarks, path


def test_each_planned_file_is_the_output_of_its_rule(plan):
    """The paths and logs of the plan are those of the rules, with the wildcards filled in."""
    files = list(expected_files(plan))
    assert len({item.path for item in files}) == len(files)
    assert len({item.log for item in files}) == len(files)
    for item in files:
        folder, *_ = Path(item.log).relative_to("results/tiny/logs").with_suffix("").parts
        assert folder == item.rule
        for wildcard in item.wildcards:
            assert wildcard in item.path, item


def test_snakemake_finds_the_profiles_logger_where_nothing_is_installed(monkeypatch):
    """As in a conda job, which has Snakemake but not this package."""
    asked = []
    monkeypatch.setattr(dryrun.subprocess, "run", lambda command, **more: asked.append(more))
    with pytest.raises(AttributeError):  # no process, no exit status
        dryrun.rule_graph(ROOT / "Snakefile", [])
    folders = [Path(folder) for folder in asked[0]["env"]["PYTHONPATH"].split(":")]
    for name in ("understudy", "snakemake_logger_plugin_understudy"):
        assert any((folder / name / "__init__.py").is_file() for folder in folders), name


@pytest.mark.parametrize("peak_mb", [210, 500, 1_130, 3_999, 8_200])
@pytest.mark.parametrize("minutes", [1, 2.2, 7, 20])
def test_suggested_requests_are_used_and_suffice(tmp_path, peak_mb, minutes):
    rule = "train_avatar"
    taken = RuleCost(rule, 3, 180 * minutes, 60 * minutes, 60 * minutes, "", peak_mb, None)
    profile = (ROOT / "profiles/slurm/config.yaml").read_text()
    (before,) = efficiency([taken], read_requests(ROOT / "profiles/slurm/config.yaml", [rule]))
    (tmp_path / "config.yaml").write_text(with_requests(profile, rule, suggested(before)))
    (after,) = efficiency([taken], read_requests(tmp_path / "config.yaml", [rule]))
    assert 0.5 <= after.memory <= 0.7 and 0.5 <= after.time <= 0.7
    changed = yaml.safe_load((tmp_path / "config.yaml").read_text())
    shipped = yaml.safe_load(profile)
    others = {**changed["set-resources"], rule: shipped["set-resources"][rule]}
    assert {**changed, "set-resources": others} == shipped
    assert changed["set-resources"][rule]["slurm_extra"]  # the signal before the time limit


def test_a_request_with_a_limit_is_read_and_a_new_one_is_added():
    text = "set-resources:\n  fit_body:\n    runtime: min(720 * attempt, 600)\n"
    text = with_requests(text, "fit_body", {"mem_mb": 900, "runtime": 30})
    assert yaml.safe_load(text)["set-resources"]["fit_body"] == {
        "runtime": "30 * attempt",
        "mem_mb": "900 * attempt",
    }
    with pytest.raises(UserError, match="do not name extract_masks"):
        with_requests(text, "extract_masks", {"mem_mb": 900})


@pytest.mark.parametrize("text", ["a: [", "set-resources: 3\n", "- a\n", "\x00"])
def test_a_profile_that_is_none_is_told(tmp_path, text):
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(UserError, match=r"config\.yaml: cannot be read as a profile \("):
        read_requests(tmp_path / "config.yaml", ["train_avatar"])


def test_benchmarks_that_are_garbage_are_left_out(tmp_path):
    (tmp_path / "fit_body.tsv").write_bytes(b"\xff\x00s\tmax_rss\n1\t2\n")
    assert read_benchmarks(tmp_path) == []
