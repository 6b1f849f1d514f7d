"""Lists of labelled videos: what a recogniser is trained and tested on."""

import csv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from understudy.artifacts.checked import load_checked
from understudy.errors import UserError
from understudy.files import write_text
from understudy.recognition.selection import KINDS, Clip, Count, choose_identities


def write_list(path: Path, clips: Iterable[Clip]) -> None:
    """A tab-separated list with the columns path, label, kind, camera, mirror (yes or empty)."""
    rows = [
        (clip.path, clip.label, clip.kind, clip.camera, "yes" if clip.mirror else "")
        for clip in clips
    ]
    lines = ["\t".join(row) for row in [("path", "label", "kind", "camera", "mirror"), *rows]]
    write_text(path, "\n".join(lines) + "\n")


def read_list(path: Path, labels: Iterable[str]) -> list[Clip]:
    """Read a list of clips: .tsv or .csv with columns path and label; kind, camera and mirror
    where they matter.

    Raises UserError for a missing file or column, an empty list, a label not in `labels`.
    """
    path, labels = Path(path), list(labels)
    if not path.is_file():
        raise UserError(f"{path}: no such list of videos")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="," if path.suffix == ".csv" else "\t"))
    if not rows:
        raise UserError(f"{path}: the list is empty; it needs at least one video")
    for column in ("path", "label"):
        if column not in rows[0]:
            raise UserError(f"{path}: no column '{column}'; the first line must name path, label")
    clips = [
        Clip(
            row["path"],
            row["label"],
            row.get("kind") or "real",
            row.get("camera") or "",
            row.get("mirror") == "yes",
        )
        for row in rows
    ]
    for number, clip in enumerate(clips, start=2):
        if clip.label not in labels:
            raise UserError(f"{path}, line {number}: unknown label '{clip.label}'")
        if clip.kind not in KINDS:
            raise UserError(f"{path}, line {number}: kind '{clip.kind}' is not real or synthetic")
    return clips


def synthetic_clips(
    checked: Path,
    labels: Mapping[str, str],
    seed: int,
    identities: Count = "all",
    views: str = "all",
    white: Callable[[str, str, str], str] | None = None,
) -> list[Clip]:
    """Those synthetic videos that passed their checks; checked: the table of `artifacts.checked`.

    labels: of each reference; identities: of this many people, drawn by `seed`; views: all, or
    only source; white: gives the video on white of (reference, identity, view), used instead of
    those on images.
    """
    table = load_checked(checked)
    people = choose_identities(table.identity, identities, seed)
    table = table[table.passed & table.identity.isin(people)]
    if views == "source":
        table = table[table.view == "source"]
    clips = [
        Clip(
            white(row.reference, row.identity, row.view) if white else row.video,
            labels[row.reference],
            "synthetic",
        )
        for row in table.itertuples()
    ]
    return list(dict.fromkeys(clips))
