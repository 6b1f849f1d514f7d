"""Edits of a finished run of the user's own files (owned.py), each with the jobs that it makes due.

Two references, each in front of one of two rooms; two trainings: on one real video per class, and
on all of them with a synthetic one.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import owned
from stale_cases import FACTS, ONE_CHECKED, PERSON, TRAINING, TRAININGS, VIDEOS
from stale_edits import Case, Edit, config, setting, together
from workflow_tools import Checkout, edited

OWN_VIDEOS = {
    **VIDEOS,
    "animate_avatar": 1,
    "composite_background": 1,
    "sheet_reference": 1,
    "preview_reference": 1,
    **ONE_CHECKED,
}
OWN_REFERENCE = {
    **dict.fromkeys(("normalise_reference", "extract_keypoints", "extract_expression"), 1),
    **dict.fromkeys(("extract_hands", "fit_body", "flag_sources"), 1),
    **OWN_VIDEOS,
    "check_leakage": 1,
}
OWN_PERSON = {
    **{rule: count for rule, count in PERSON.items() if rule != "measure_demo"},
    "normalise_identity": 1,
}


def source(name: str, change: Callable[[Path], object]) -> Edit:
    """A user's file, changed."""

    @contextlib.contextmanager
    def edit(run: Checkout) -> Iterator[None]:
        path = run.folder / "own" / name
        with owned.kept(path):
            change(path)
            yield

    return edit


def replaced(path: Path) -> None:
    """Replaced by another file, as with `cp -p` or `rsync -a`: older than what was made from it."""
    write = owned.write_image if path.suffix == ".png" else owned.write_video
    write(path, 99)
    os.utime(path, (1_000_000_000, 1_000_000_000))


def copied(path: Path) -> None:
    """The same content with another timestamp."""
    path.write_bytes(path.read_bytes())
    os.utime(path, (1_100_000_000, 1_100_000_000))


def half_copied(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def renamed(run: Checkout) -> contextlib.AbstractContextManager:
    """A video under another name, updated in the table."""

    @contextlib.contextmanager
    def moved() -> Iterator[None]:
        path = run.folder / "own/references/wave1.mp4"
        path.rename(path.with_name("renamed.mp4"))
        try:
            with edited(table, table.read_text().replace("wave1.mp4", "renamed.mp4")):
                yield
        finally:
            path.with_name("renamed.mp4").rename(path)

    table = run.table("references")
    return moved()


SOURCE_CASES = [
    Case("nothing"),
    Case("a touched reference", source("references/wave1.mp4", Path.touch)),
    Case("a touched room", source("rooms/hall.png", Path.touch)),
    Case("touched real videos", source("real/wave_a.mp4", Path.touch)),
    Case("a reference copied again", source("references/bow1.mp4", copied)),
    Case("a person's video copied again", source("identities/anna.mp4", copied)),
    Case("another reference of the name", source("references/wave1.mp4", replaced), OWN_REFERENCE),
    Case("another person of the name", source("identities/anna.mp4", replaced), OWN_PERSON),
    Case(
        "another test video of the name",
        source("real/bow_t.mp4", replaced),
        {"check_leakage": 1, **TRAININGS},
    ),
    Case(
        "another training video of the name, that one training draws",
        source("real/wave_a.mp4", replaced),
        {"check_leakage": 1, **TRAINING},
    ),
    Case(
        "another training video of the name, that both draw",
        source("real/wave_b.mp4", replaced),
        {"check_leakage": 1, **TRAININGS},
    ),
    Case(
        "another reference of the name and other settings at once",
        together(
            source("references/wave1.mp4", replaced),
            config(lambda settings: settings["experiments"]["models"]["small"].update(epochs=2)),
        ),
        {**OWN_REFERENCE, **TRAININGS},
    ),
    Case(
        "a reference that is not there",
        source("references/wave1.mp4", Path.unlink),
    ),
    Case("a person's video that is not there", source("identities/anna.mp4", Path.unlink)),
    Case("a room that is not there", source("rooms/hall.png", Path.unlink)),
    Case("a real video that is not there", source("real/bow_t.mp4", Path.unlink)),
    Case(
        "half of a reference, in the midst of a copy", source("references/wave1.mp4", half_copied)
    ),
    Case("half of a room", source("rooms/hall.png", half_copied)),
    Case("a reference under another name", renamed, FACTS),
    Case(
        "the label of no video at the end, without experiments",
        together(
            config(lambda settings: settings["labels"].append("kicking")),
            setting("experiments.models", {}),
        ),
        {**FACTS, "rule_graph": 1},
    ),
]
