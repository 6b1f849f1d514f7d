"""Lists of labelled videos: what a recogniser is trained and tested on."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from understudy.errors import UserError
from understudy.files import write_text
from understudy.recognition.selection import KINDS, Clip


def write_list(path: Path, clips: Iterable[Clip]) -> None:
    """A tab-separated list with the columns path, label, kind."""
    rows = ["path\tlabel\tkind", *(f"{clip.path}\t{clip.label}\t{clip.kind}" for clip in clips)]
    write_text(path, "\n".join(rows) + "\n")


def read_list(path: Path, labels: Iterable[str]) -> list[Clip]:
    """Read a list of clips: .tsv or .csv with columns path and label, and kind where it matters.

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
    clips = [Clip(row["path"], row["label"], row.get("kind") or "real") for row in rows]
    for number, clip in enumerate(clips, start=2):
        if clip.label not in labels:
            raise UserError(f"{path}, line {number}: unknown label '{clip.label}'")
        if clip.kind not in KINDS:
            raise UserError(f"{path}, line {number}: kind '{clip.kind}' is not real or synthetic")
    return clips


def pools(real: dict[str, dict], manifest: Path | None) -> tuple[list[Clip], list[Clip]]:
    """All clips there are to train on, and the test clips.

    real: rows of the table of real videos, with video, label and split (train or test);
    manifest: the dataset's manifest.parquet, whose videos that passed their checks are added to
    the training pool, or None.
    """
    train, test = (
        [Clip(row["video"], row["label"]) for row in real.values() if row["split"] == split]
        for split in ("train", "test")
    )
    if manifest:
        table = pd.read_parquet(manifest, columns=["video", "label", "passed"])
        passed = table[table.passed].itertuples()
        train += [Clip(row.video, row.label, "synthetic") for row in passed]
    return train, test
