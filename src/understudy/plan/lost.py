"""Missing files that a target of the Snakefile depends on.

Snakemake makes only what is requested, or what a job that is due needs: a lost file would go
unnoticed.
"""

from pathlib import Path

from understudy.plan.expected import TARGETS, expected_files
from understudy.plan.job import Expected
from understudy.plan.planned import Plan


def lost_files(plan: Plan, target: str) -> list[str]:
    """Every file, lost or not yet made, that must be requested for `target` to be complete.

    Videos that the target's own rule requests, or the check that is still to be made of those of a
    reference, are left out. They are almost all files of a large plan, and each name costs
    Snakemake time.
    """
    unchecked = _unchecked(plan) if "dataset" in TARGETS[target] else set()
    return [
        path
        for item in expected_files(plan)
        if item.stage in TARGETS[target]
        and not _is_requested(plan, target, unchecked, item)
        and not _source_is_away(plan, item)
        for path in _absent(item)
    ]


def _unchecked(plan: Plan) -> set[str]:
    """The references whose synthetic videos are still to be checked."""
    return {id_ for id_ in plan.tables.references if not Path(plan.layout.checks(id_)).exists()}


def _is_requested(plan: Plan, target: str, unchecked: set[str], item: Expected) -> bool:
    """Whether a synthetic video, on white or in a room, is requested anyway."""
    if item.stage not in ("white", "synthetic"):
        return False
    if item.stage == target:
        return not _is_halved(item)
    if item.wildcards[0] not in unchecked:
        return False
    return not (_is_halved(item) if item.stage == "synthetic" else _is_unasked(plan, item))


def _is_halved(item: Expected) -> bool:
    """Whether a job's first file is there without the others: only that one is requested anyway."""
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
