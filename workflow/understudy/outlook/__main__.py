"""`python -m understudy.outlook plan|status|weights`: what a run will cost, its progress, or
whether the weights it needs are there."""

import argparse
import sys
from pathlib import Path

from understudy.cluster.queue import NoAnswerError, QueuedJob, queued_jobs
from understudy.configuration.check import checked_config
from understudy.configuration.read import read_config
from understudy.errors import UserError
from understudy.files import write_text
from understudy.outlook.dryrun import jobs_due, rule_graph
from understudy.outlook.estimate import Measured, estimate, gpu_rules, measure
from understudy.outlook.status import read_status
from understudy.outlook.tell import plan_text, status_text
from understudy.plan.expected import expected_files
from understudy.plan.planned import Plan, check_flame, read_plan
from understudy.registry import FEATURES
from understudy.report.benchmarks import read_benchmarks
from understudy.report.efficiency import efficiency, read_requests
from understudy.report.fits import judged_fits, limits_of
from understudy.report.rulegraph import parse_rulegraph, rulegraph_picture

WORKFLOW = Path(__file__).resolve().parents[2]
SNAKEFILE = WORKFLOW.parent / "Snakefile"
SCHEMAS = WORKFLOW / "schemas"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="understudy.outlook", description=__doc__)
    parser.add_argument("what", choices=["plan", "status", "weights"])
    parser.add_argument("--configfile", type=Path, default=Path("config/config.yaml"))
    parser.add_argument(
        "--like", type=Path, help="plan: the config of an earlier run to take times and sizes from"
    )
    parser.add_argument(
        "--profile", type=Path, default=Path("profiles/slurm"), help="status: what jobs request"
    )
    options = parser.parse_args(arguments)
    if options.what == "weights":
        return tell_weights(checked_config(read_config(options.configfile)))
    plan = plan_of(options.configfile)
    for line in plan.told_of_sources():
        print(f"warning: {line}", file=sys.stderr)
    if options.what == "plan":
        like = plan_of(options.like) if options.like else plan
        tell_plan(plan, options.configfile, measure(benchmarks_of(like), expected_files(like)))
    else:
        tell_status(plan, options.profile / "config.yaml")


def plan_of(configfile: Path) -> Plan:
    """Raises UserError for whatever is wrong with the file or what it names."""
    return read_plan(read_config(configfile), SCHEMAS)


def tell_weights(config: dict) -> None:
    """Print each file of weights, and of the body, that a checked configuration needs; UserError if
    one is missing or wrong."""
    from understudy.features.check_weights import as_text, check_bodies, check_weights  # torch

    check_flame(config)
    words = {feature: config["features"][feature] for feature in FEATURES}
    checked = check_bodies(config["body"], config["flame"]["model"], config["flame"]["vertex_ids"])
    checked += check_weights(words, config["weights"])
    print(as_text(checked))
    wrong = sum(bool(one.wrong) for one in checked)
    if wrong:
        raise UserError(f"{wrong} of {len(checked)} files are missing or wrong")


def benchmarks_of(plan: Plan) -> Path:
    return Path(plan.layout.results, "benchmarks")


def tell_plan(plan: Plan, configfile: Path, measured: Measured) -> None:
    """Print what is due and its cost; draw the graph of the rules, with the jobs due of each."""
    options = ["--configfile", str(configfile)]
    due = jobs_due(SNAKEFILE, options)
    length = plan.config["video"]["identity"]
    frames = round(length["seconds"] * length["fps"])
    queued = gpu_rules(plan.weights)
    estimates = estimate(due, expected_files(plan), measured, frames, queued)
    print(plan_text(estimates, plan.config["device"] == "cuda"))
    notes = {rule: f"{count:,} due" for rule, count in due.items()}
    graph = parse_rulegraph(rule_graph(SNAKEFILE, options))
    picture = Path(plan.layout.results, "plan/rulegraph.svg")
    write_text(picture, rulegraph_picture(graph, notes))
    print(f"The rule graph: {picture}")


def tell_status(plan: Plan, profile: Path) -> None:
    """Print what is done, left and failed and why, which fits are flagged, and how much jobs used
    of what they asked."""
    expected = list(expected_files(plan))
    states, failures = read_status(expected, _queue())
    costs = read_benchmarks(benchmarks_of(plan))
    requests = read_requests(profile, [cost.rule for cost in costs]) if profile.is_file() else {}
    fits = judged_fits(expected, limits_of(plan.config))
    print(status_text(states, failures, fits, efficiency(costs, requests)))


def _queue() -> list[QueuedJob]:
    """This folder's jobs in SLURM's queue; none, and a warning, where no cluster answers."""
    try:
        return queued_jobs(Path.cwd())
    except NoAnswerError as error:
        print(f"warning: the queue is left out: {error}", file=sys.stderr)
        return []


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(f"error: {error}")
