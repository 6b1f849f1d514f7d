"""Missing files that a target of the Snakefile depends on.

Snakemake makes only what is requested, or what a job that is due needs: a lost file would go
unnoticed.
"""

from collections.abc import Iterator
from pathlib import Path

from understudy.plan.expected import TARGETS, expected_files
from understudy.plan.job import Expected
from understudy.plan.planned import Plan


def lost_files(plan: Plan, target: str) -> list[str]:
    """Every file, lost or not yet made, that must be requested for `target` to be complete.

    Videos of a dataset that is still to be checked are left out: the check requests them. They
    are almost all files of a large plan, and each name costs Snakemake time.
    """
    unchecked = "dataset" in TARGETS[target] and not Path(plan.layout.checked).exists()
    return [path for item in _asked(plan, target, unchecked) for path in _absent(item)]


def _asked(plan: Plan, target: str, unchecked: bool) -> Iterator[Expected]:
    for item in expected_files(plan):
        if item.stage not in TARGETS[target]:
            continue
        if unchecked and item.stage == "synthetic" and not _is_halved(item):
            continue
        if unchecked and item.stage == "white" and not _is_unasked(plan, item):
            continue
        if _source_is_away(plan, item):
            continue
        yield item


def _is_halved(item: Expected) -> bool:
    """Whether a job's first file is there without the others: the check requests that one alone."""
    return bool(item.also) and Path(item.path).exists() and bool(_absent(item))


def _is_unasked(plan: Plan, item: Expected) -> bool:
    """Whether a pair's composites could be made without rendering it: then nothing else requests
    the video on white, which the same job makes."""
    return plan.in_rooms or Path(plan.layout.master(*item.wildcards)).exists()


def _source_is_away(plan: Plan, item: Expected) -> bool:
    """Whether its source cannot be read at the moment: that is reported, and the file can wait."""
    if item.rule.startswith("normalise_"):
        return plan.is_away(item.stage, *item.wildcards)
    if item.stage == "room":
        return plan.is_room_away(*item.wildcards)
    return item.stage == "synthetic" and plan.is_away("background", item.wildcards[3])


def _absent(item: Expected) -> list[str]:
    return [path for path in (item.path, *item.also) if not Path(path).exists()]
