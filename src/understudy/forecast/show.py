"""Print what a run will cost, its state, and whether its weights are there."""

import sys
from pathlib import Path

from understudy.checkout import checkout
from understudy.cluster.queue import NoAnswerError, QueuedJob, queued_jobs
from understudy.configuration.check import checked_config
from understudy.configuration.read import read_config
from understudy.errors import UserError
from understudy.files import write_text
from understudy.forecast.dryrun import jobs_due, rule_graph
from understudy.forecast.estimate import estimate, gpu_rules, measure
from understudy.forecast.status import read_status
from understudy.forecast.text import plan_text, status_text
from understudy.plan.expected import expected_files
from understudy.plan.planned import Plan, check_flame, read_plan
from understudy.registry import FEATURES
from understudy.report.benchmarks import read_benchmarks
from understudy.report.efficiency import efficiency, read_requests
from understudy.report.fits import judged_fits, limits_of
from understudy.report.rulegraph import parse_rulegraph, rulegraph_picture


def show_plan(configfile: Path, like: Path | None) -> None:
    """Print what is due and its cost; draw the rule graph, with the jobs due of each rule.

    like: the configuration of an earlier run to take job costs from; None: this run itself.
    """
    plan = plan_of(configfile)
    _warn(plan)
    earlier = plan_of(like) if like else plan
    measured = measure(benchmarks_of(earlier), expected_files(earlier))
    snakefile, options = checkout() / "Snakefile", ["--configfile", str(configfile)]
    due = jobs_due(snakefile, options)
    length = plan.config["video"]["identity"]
    frames = round(length["seconds"] * length["fps"])
    queued = gpu_rules(plan.weights)
    estimates = estimate(due, expected_files(plan), measured, frames, queued)
    print(plan_text(estimates, plan.config["device"] == "cuda"))
    for line in plan.told_of_caps:
        print(f"Training: {line}")
    notes = {rule: f"{count:,} due" for rule, count in due.items()}
    graph = parse_rulegraph(rule_graph(snakefile, options))
    picture = Path(plan.layout.results, "plan/rulegraph.svg")
    write_text(picture, rulegraph_picture(graph, notes))
    print(f"The graph of the rules: {picture}")


def show_status(configfile: Path, profile: Path) -> None:
    """Print what is done, left and failed and why, which fits are flagged, and how much jobs used
    of what they requested; profile: the folder of the profile with the requests."""
    plan = plan_of(configfile)
    _warn(plan)
    expected = list(expected_files(plan))
    states, failures = read_status(expected, _queue())
    costs = read_benchmarks(benchmarks_of(plan))
    asked = profile / "config.yaml"
    requests = read_requests(asked, [cost.rule for cost in costs]) if asked.is_file() else {}
    fits = judged_fits(expected, limits_of(plan.config))
    print(status_text(states, failures, fits, efficiency(costs, requests)))


def show_weights(configfile: Path) -> None:
    """Print each weights file and body file that a configuration needs; UserError if one is
    missing or wrong."""
    from understudy.features.check_weights import (  # torch
        as_text,
        check_bodies,
        check_models,
        check_named,
        check_weights,
    )

    config = checked_config(read_config(configfile))
    check_flame(config)
    words = {feature: config["features"][feature] for feature in FEATURES}
    checked = check_bodies(config["body"], config["flame"]["model"], config["flame"]["vertex_ids"])
    checked += check_weights(words, config["weights"]) + check_models(words) + check_named(config)
    print(as_text(checked))
    wrong = sum(bool(one.wrong) for one in checked)
    if wrong:
        raise UserError(f"{wrong} of {len(checked)} files are missing or wrong")


def _warn(plan: Plan) -> None:
    for line in plan.told_of_sources():
        print(f"warning: {line}", file=sys.stderr)


def plan_of(configfile: Path) -> Plan:
    """Raises UserError for whatever is wrong with the file or what it names."""
    return read_plan(read_config(configfile), checkout() / "workflow/schemas")


def benchmarks_of(plan: Plan) -> Path:
    return Path(plan.layout.results, "benchmarks")


def _queue() -> list[QueuedJob]:
    """This folder's jobs in SLURM's queue; none, and a warning, if no cluster answers."""
    try:
        return queued_jobs(Path.cwd())
    except NoAnswerError as error:
        print(f"warning: the queue is left out: {error}", file=sys.stderr)
        return []
