"""A dataset folder -> the workflow's tables; what was left out, and why."""

from pathlib import Path

from understudy.converters.draw import Caps, draw
from understudy.converters.folders import (
    IMAGES,
    find_avatars,
    find_files,
    find_people,
    find_recordings,
)
from understudy.converters.picked import picked_references
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

FILES = {  # what -> table, column, kind
    "people": ("identities.tsv", "video", "video"),
    "backgrounds": ("backgrounds.tsv", "image", "image"),
}
RESEARCH_ONLY = "research only, by agreement with its owners"
UNSTATED = "unstated"  # whose videos and photos they are, and on what terms, only the user knows
TABLES = ("identities", "references", "backgrounds", "real")


def convert_files(
    what: str,
    folder: Path,
    out: Path,
    count: int | None,
    listed: Path | None,
    avatars: Path | None,
    licence: str | None,
    seed: int,
) -> list[str]:
    """Write identities.tsv ("people") or backgrounds.tsv ("backgrounds") for the files in a folder.

    listed: a list of those to take, by id or name; count: this many, drawn by seed; both None:
    all. avatars: the folder of people's avatars that ExAvatar's own code trained. Returns lines
    that report what was done. UserError if the folder holds none, or too few.
    """
    if count is not None and listed is not None:
        raise UserError("--count and --list: give one of them")
    table, column, kind = FILES[what]
    found = find_people(folder) if what == "people" else find_files(folder, IMAGES, kind)
    paths = chosen_files(found.items, count, listed, seed)
    left_out = found.left_out | dict.fromkeys(sorted(set(found.items) - set(paths)), "not drawn")
    target = out / table
    lines = [f"{target}: {len(paths)} {kind}s"]
    files: dict[str, dict[str, str]] = {path: {} for path in paths}
    if what == "backgrounds":
        files = {path: {"scene": _scene_of(path)} for path in paths}
        told_by = sum(bool(known["scene"]) for known in files.values())
        lines.append(f"  the scene of {told_by} by their names; fill in the column for the others")
    elif avatars is not None:
        snapshots = find_avatars(avatars, paths)
        files = {path: {"avatar": snapshots.get(path, "")} for path in paths}
        lines.append(f"  {len(snapshots)} of them with an avatar, which is read, not trained")
    write_files(target, column, files, licence or UNSTATED)
    return lines + told_left_out(left_out, out / f"left_out_{what}.tsv")


def _scene_of(path: str) -> str:
    """The kind of scene that an image's name, or else its folder's, speaks of; "" if neither."""
    return kind_in(Path(path).stem) or kind_in(Path(path).parent.name) or ""


def convert_recordings(
    name: str,
    folder: Path,
    out: Path,
    protocol: str,
    caps: Caps,
    listed: Path | None,
    licence: str | None,
    seed: int,
) -> list[str]:
    """Write references.tsv and real.tsv for a dataset's folder; name: its word in
    `understudy.choices`; protocol: who is trained on, who is tested on; listed: a list of the
    references, by the names of their files; None: they are drawn.

    Returns lines that report what was done, and what to put in the config. UserError if the
    folder holds no training or no test video under this protocol, or a listed reference is none.
    """
    dataset: Dataset = chosen("dataset", name)
    if protocol not in dataset.protocols:
        raise UserError(f"--protocol {protocol}: {name} has {', '.join(dataset.protocols)}")
    found = find_recordings(folder, dataset.read)
    picked = picked_references(listed, found.items, dataset, protocol) if listed else frozenset()
    drawn = draw(found.items, dataset.labels, dataset.protocols[protocol], caps, seed, picked)
    if not drawn.train:
        lacking = drawn.lacking.values()
        raise UserError(
            f"{folder}: no {'test' if 'test' in lacking else 'training'} video for protocol "
            f"{protocol}; is the folder complete?"
        )
    write_recordings(out, drawn, licence or RESEARCH_ONLY)
    labels = [label for label in dataset.labels if label not in drawn.lacking]
    lines = [f"{out}: references.tsv, real.tsv", *told(drawn, caps, bool(picked))]
    lines += told_left_out(found.left_out | drawn.left_out, out / f"left_out_{name}.tsv")
    shared = drawn.shared_subjects()
    if shared:
        lines.append(
            f"{len(shared)} subjects of references are also in the test set, as the protocol says."
        )
    return [
        *lines,
        "In the config:",
        f"labels: [{', '.join(labels)}]",
        f"tables: {{{', '.join(f'{name}: {out / name}.tsv' for name in TABLES)}}}",
        f"experiments: {{dataset: {name}, disjoint_by: {'video' if shared else 'subject'}}}",
    ]
