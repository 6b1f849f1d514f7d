"""What the report says about a run: the job graph, what jobs took, what failed and why."""

import itertools
import os
import re

import networkx as nx
import numpy as np
import pytest
import yaml
from drawn_graph import read_drawing
from hypothesis import given, settings
from hypothesis import strategies as st
from report_run import (
    RULES,
    rulegraph,
    write_benchmarks,
)
from strict_html import StrictPage

from understudy.files import write_text
from understudy.plan.job import Expected
from understudy.report.benchmarks import in_words, read_benchmarks
from understudy.report.failures import find_failures
from understudy.report.inputs import ReportInputs
from understudy.report.page import build_report
from understudy.report.rulegraph import draw_rulegraph, parse_rulegraph

# The job graph


def test_snakemakes_graph_is_read():
    graph = parse_rulegraph(rulegraph())
    assert set(graph) == set(RULES) - {"all"}
    assert ("demo_clip", "normalise_reference") in graph.edges
    assert ("write_dataset", "report") not in graph.edges  # through train_recogniser and tabulate
    full = nx.DiGraph((before, rule) for rule in RULES for before in RULES[rule] if rule != "all")
    assert nx.transitive_closure(graph).edges == nx.transitive_closure(full).edges


def test_nothing_to_draw_is_drawn_as_nothing():
    assert draw_rulegraph(parse_rulegraph("Nothing to be done."), {}, set()) == ""


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 25), st.integers(0, 2**31))
def test_edges_go_down_from_box_to_box_and_boxes_do_not_overlap(count, seed):
    rng = np.random.default_rng(seed)
    graph = nx.DiGraph()
    graph.add_nodes_from(f"rule{i}" for i in range(count))
    for i, j in itertools.combinations(range(count), 2):
        if rng.random() < 2.5 / count:
            graph.add_edge(f"rule{i}", f"rule{j}")
    graph = nx.transitive_reduction(graph)
    drawing = read_drawing(draw_rulegraph(graph, {}, set()))
    assert drawing.boxes.keys() == set(graph)
    assert drawing.edges.keys() == set(graph.edges)
    assert not drawing.overlaps() and not drawing.hidden()
    corners = np.array([[x.left, x.top, x.right, x.bottom] for x in drawing.boxes.values()])
    assert drawing.frame.holds(corners.reshape(-1, 2), margin=-1).all()


def test_boxes_say_what_their_jobs_took():
    svg = draw_rulegraph(parse_rulegraph(rulegraph()), {"fit_body": "3 jobs · 9 s"}, {"fit_body"})
    assert svg.count("<rect") == len(RULES) - 1
    assert "3 jobs · 9 s" in svg and svg.count('class="box failed"') == 1


# Times and memory


def test_benchmarks_are_summed_by_rule(tmp_path):
    header = "s\th:m:s\tmax_rss\tmax_vms\n"
    write_text(tmp_path / "fit_body/reference/a.tsv", header + "10.0\t0:00:10\t900.5\t1\n")
    write_text(tmp_path / "fit_body/reference/b.tsv", header + "30.0\t0:00:30\t700\t1\n")
    write_text(tmp_path / "build_body.tsv", header + "5.0\t0:00:05\tNA\tNA\n")
    write_text(tmp_path / "other.tsv", "id\tvideo\n")
    fit, body = read_benchmarks(tmp_path)
    assert (fit.rule, fit.jobs, fit.total_s, fit.median_s, fit.longest_s) == (
        "fit_body",
        2,
        40,
        20,
        30,
    )
    assert (fit.longest_job, fit.peak_mb) == ("reference/b", 900.5)
    assert (body.rule, body.jobs, body.peak_mb) == ("build_body", 1, None)


@pytest.mark.parametrize(
    "seconds, words",
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (9.97, "10 s"),
        (59.7, "1 min"),
        (130, "2 min 10 s"),
        (3900, "1 h 5 min"),
    ],
)
def test_durations_read_well(seconds, words):
    assert in_words(seconds) == words


def test_a_cluster_run_tells_what_was_used_of_what_was_asked(tmp_path, monkeypatch):
    profile = tmp_path / "config.yaml"
    asked = {"mem_mb": "1000 * attempt", "runtime": 1}
    profile.write_text(yaml.safe_dump({"default-resources": asked}))
    benchmarks = write_benchmarks(tmp_path / "benchmarks")
    inputs = ReportInputs("A run", benchmarks=benchmarks, profile=str(profile))
    monkeypatch.chdir(tmp_path)

    def page() -> str:
        build_report(inputs, tmp_path / "report.html")
        return (tmp_path / "report.html").read_text()

    assert "Share of the requested resources" not in page()
    (tmp_path / "results/logs/slurm").mkdir(parents=True)
    assert StrictPage(page()).problems == []
    section = page().split("Share of the requested resources")[1]
    cost = read_benchmarks(tmp_path / "benchmarks")[0]
    memory, time = (f"{100 * share:.0f} %" for share in (cost.peak_mb / 1000, cost.longest_s / 60))
    cells = re.findall(r"<td[^>]*>(.*?)</td>", section)[:5]
    assert cells == [cost.rule, memory, "1,000", time, "1"]


# Failures


@pytest.mark.parametrize(
    "log, why",
    [
        ("fitting: 10%\nerror: a.mp4: no person; film one\n", "a.mp4: no person; film one"),
        ("Traceback (most recent call last):\n  x\nKeyError: 'betas'\n", "KeyError: 'betas'"),
        ("a 1%\rMemoryError: 3 GB\rleft over\n", "MemoryError: 3 GB"),
        ("only a word\n", "only a word"),
        ("", "the job ended without a message (killed, or out of memory?)"),
    ],
)
def test_a_log_says_why(tmp_path, log, why):
    (tmp_path / "job.log").write_text(log)
    (failure,) = find_failures([Expected("none.npz", "fit_body", str(tmp_path / "job.log"))])
    assert failure.why == why


def test_slurm_says_why_where_the_script_does_not(tmp_path):
    own = tmp_path / "logs/train_avatar/esi.log"
    write_text(own, "training: 40%\n")
    item = Expected("none.safetensors", "train_avatar", str(own), "esi", ("esi",))
    (silent,) = find_failures([item], tmp_path / "slurm")
    assert (silent.why, silent.log) == ("training: 40%", str(own))
    for number, reason in ((7, "CANCELLED AT 23:02"), (12, "CANCELLED DUE TO TIME LIMIT")):
        line = f"slurmstepd-node1: error: *** JOB {number} ON node1 {reason} ***\n"
        log = tmp_path / f"slurm/rule_train_avatar/esi/{number}.log"
        write_text(log, f"srun: lacks support\n{line}srun: error: task 0: Exited\n")
        os.utime(log, (number, number))
    (killed,) = find_failures([item], tmp_path / "slurm")
    assert killed.why == "JOB 12 ON node1 CANCELLED DUE TO TIME LIMIT"
    assert killed.log.endswith("rule_train_avatar/esi/12.log")
    write_text(own, "error: esi.mp4: shows a person in 0 frames; film again\n")
    (told,) = find_failures([item], tmp_path / "slurm")
    assert told.why == "esi.mp4: shows a person in 0 frames; film again"
    log = tmp_path / "slurm/rule_train_avatar/esi/13.log"
    write_text(log, "slurmstepd-node1: error: Detected 1 oom_kill event in StepId=13.0.\n")
    (killed,) = find_failures([item], tmp_path / "slurm")
    assert killed.why == "Detected 1 oom_kill event in StepId=13.0."


def test_a_file_that_was_made_and_is_gone_is_told_from_one_that_failed(tmp_path):
    log, benchmark = (
        tmp_path / name for name in ("logs/fit_body/a.log", "benchmarks/fit_body/a.tsv")
    )
    item = Expected("none.npz", "fit_body", str(log), "a", ("a",))
    write_text(log, "fitting: 100%\n")
    write_text(benchmark, "s\n1.0\n")
    (gone,) = find_failures([item])
    assert gone.gone and gone.why == "made, but now gone; the next run makes it again"
    log.unlink()
    (gone,) = find_failures([item])
    assert gone.gone, "its log was cleared away"
    write_text(log, "error: a.mp4: shows nobody; film again\n")
    (failed,) = find_failures([item])
    assert (failed.gone, failed.why) == (False, "a.mp4: shows nobody; film again")
    write_text(log, "fitting: 3%\n")  # killed: no error, but the benchmark is of an earlier try
    os.utime(benchmark, (1, 1))
    (killed,) = find_failures([item])
    assert (killed.gone, killed.why) == (False, "fitting: 3%")


def test_only_what_is_missing_is_listed_and_reasons_come_first(tmp_path):
    write_text(tmp_path / "made.npz", "")
    write_text(tmp_path / "failed.log", "error: b.mp4: broken\n")
    expected = [
        Expected(str(tmp_path / "made.npz"), "fit_body", "x.log"),
        Expected(str(tmp_path / "waits.mp4"), "animate_avatar", str(tmp_path / "none.log")),
        Expected(str(tmp_path / "b.npz"), "fit_body", str(tmp_path / "failed.log"), "b"),
    ]
    failures = find_failures(expected)
    assert [(failure.rule, failure.why) for failure in failures] == [
        ("fit_body", "b.mp4: broken"),
        ("animate_avatar", None),
    ]
