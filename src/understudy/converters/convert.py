"""A dataset folder -> the workflow's tables; what was left out, and why."""

from pathlib import Path

from understudy.converters.draw import Caps, draw
from understudy.converters.folders import IMAGES, VIDEOS, find_files, find_recordings
from understudy.converters.recordings import Dataset
from understudy.converters.tables import (
    chosen_files,
    told,
    told_left_out,
    write_files,
    write_recordings,
)
from understudy.errors import UserError
from understudy.places.kinds import kind_in
from understudy.registry import chosen

FILES = {  # what -> table, column, suffixes, kind
    "people": ("identities.tsv", "video", VIDEOS, "video"),
    "backgrounds": ("backgrounds.tsv", "image", IMAGES, "image"),
}
RESEARCH_ONLY = "research only, by agreement with its owners"
RANDOM_PEOPLE = "CC BY-NC 4.0"


def convert_files(
    what: str, folder: Path, out: Path, count: int | None, licence: str | None, seed: int
) -> list[str]:
    """Write identities.tsv ("people") or backgrounds.tsv ("backgrounds") for the files in a folder.

    count: this many, drawn by seed; None: all. Returns lines that report what was done. UserError
    if the folder holds none, or too few.
    """
    table, column, suffixes, kind = FILES[what]
    found = find_files(folder, suffixes, kind)
    paths = chosen_files(found.items, count, seed)
    left_out = found.left_out | dict.fromkeys(sorted(set(found.items) - set(paths)), "not drawn")
    target = out / table
    lines = [f"{target}: {len(paths)} {kind}s"]
    files: dict[str, dict[str, str]] = {path: {} for path in paths}
    if what == "backgrounds":
        files = {path: {"scene": _scene_of(path)} for path in paths}
        told_by = sum(bool(known["scene"]) for known in files.values())
        lines.append(f"  the scene of {told_by} by their names; fill in the column for the others")
    write_files(target, column, files, licence or RANDOM_PEOPLE)
    return lines + told_left_out(left_out, out / f"left_out_{what}.tsv")


def _scene_of(path: str) -> str:
    """The kind of scene that an image's name, or else its folder's, speaks of; "" if neither."""
    return kind_in(Path(path).stem) or kind_in(Path(path).parent.name) or ""


def convert_recordings(
    name: str, folder: Path, out: Path, protocol: str, caps: Caps, licence: str | None, seed: int
) -> list[str]:
    """Write references.tsv and real.tsv for a dataset's folder; name: its word in
    `understudy.choices`; protocol: who is trained on, who is tested on.

    Returns lines that report what was done, and what to put in the config. UserError if the
    folder holds no training or no test video under this protocol.
    """
    dataset: Dataset = chosen("dataset", name)
    if protocol not in dataset.protocols:
        raise UserError(f"--protocol {protocol}: {name} has {', '.join(dataset.protocols)}")
    found = find_recordings(folder, dataset.read)
    drawn = draw(found.items, dataset.labels, dataset.protocols[protocol], caps, seed)
    if not drawn.train or not drawn.test:
        empty = "test" if drawn.train else "training"
        raise UserError(
            f"{folder}: no {empty} video for protocol {protocol}; is the folder complete?"
        )
    write_recordings(out, drawn, licence or RESEARCH_ONLY)
    lines = [f"{out}: references.tsv, real.tsv", *told(drawn, caps)]
    lines += told_left_out(found.left_out | drawn.left_out, out / f"left_out_{name}.tsv")
    shared = drawn.shared_subjects()
    if shared:
        lines.append(
            f"{len(shared)} subjects of references are also in the test set, as the protocol says."
        )
    return [
        *lines,
        "In the config:",
        f"labels: [{', '.join(dataset.labels)}]",
        f"experiments: {{dataset: {name}, disjoint_by: {'video' if shared else 'subject'}}}",
    ]
