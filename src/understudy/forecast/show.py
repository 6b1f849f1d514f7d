"""Print what a run will cost, its state, and whether its weights are there."""

import sys
from difflib import unified_diff
from pathlib import Path

from understudy.checkout import checkout
from understudy.cluster.profile import block_of, with_requests
from understudy.cluster.queue import NoAnswerError, QueuedJob, queued_jobs, why_refused
from understudy.cluster.site import queue_limit
from understudy.configuration.check import checked_config
from understudy.configuration.read import read_config
from understudy.errors import UserError
from understudy.files import write_text
from understudy.forecast.dryrun import jobs_due, rule_graph
from understudy.forecast.estimate import estimate, gpu_rules, measure
from understudy.forecast.status import read_status
from understudy.forecast.text import plan_text, status_text
from understudy.forecast.verify import damage_text, find_damage
from understudy.plan.expected import expected_files
from understudy.plan.planned import Plan, check_flame, read_plan
from understudy.registry import FEATURES
from understudy.report.benchmarks import read_benchmarks
from understudy.report.efficiency import Efficiency, efficiency, read_requests, suggested
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
    print(plan_text(estimates, plan.config["device"] == "cuda", queue_limit()))
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
    fits = judged_fits(expected, limits_of(plan.config))
    used = _used(plan, profile) if (profile / "config.yaml").is_file() else []
    print(status_text(states, failures, fits, used))
    if reason := why_refused(Path.cwd()):
        print(f"\nThe queue takes no more jobs for now ({reason}); submissions wait.")


def show_suggestion(configfile: Path, profile: Path, apply: bool) -> None:
    """Print, as a patch of the profile, requests by what the finished jobs used.

    apply: write it. UserError without a profile, or if no job that it names has been measured.
    """
    path = profile / "config.yaml"
    used = [one for one in _used(plan_of(configfile), profile) if _names(path, one.rule)]
    if not used:
        raise UserError(f"{path}: no job of a rule that it names has been measured yet; run some")
    before = path.read_text(encoding="utf-8")
    after = before
    for one in used:
        after = with_requests(after, one.rule, suggested(one))
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    print("".join(unified_diff(old, new, str(path), str(path))) or f"{path}: asks what is right")
    if apply:
        write_text(path, after)


def _names(profile: Path, rule: str) -> bool:
    """Whether a profile names what a rule requests."""
    try:
        block_of(profile.read_text(encoding="utf-8"), rule)
    except UserError:
        return False
    return True


def _used(plan: Plan, profile: Path) -> list[Efficiency]:
    costs = read_benchmarks(benchmarks_of(plan))
    requests = read_requests(profile / "config.yaml", [cost.rule for cost in costs])
    return efficiency(costs, requests)


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


def show_verify(configfile: Path, delete: bool) -> None:
    """Print which files are not as their jobs made them; UserError if there are any.

    delete: remove those that are there, so that the next run makes them again.
    """
    plan = plan_of(configfile)
    expected = list(expected_files(plan))
    damages = find_damage(plan.layout.results, expected)
    made = sum(Path(path).exists() for item in expected for path in (item.path, *item.also))
    print(damage_text(damages, made))
    if delete:
        for damage in damages:
            Path(damage.path).unlink(missing_ok=True)
    if damages:
        done = "; those that were there are deleted" if delete else ""
        raise UserError(f"{len(damages)} files are missing, changed or broken{done}")


def _warn(plan: Plan) -> None:
    for line in [*plan.told_of_sources(), *plan.told_of_scenes()]:
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
