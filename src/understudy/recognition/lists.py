"""Lists of labelled videos: what a recogniser is trained and tested on."""

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from understudy.artifacts.checked import load_checked
from understudy.artifacts.flags import Flagged
from understudy.errors import UserError
from understudy.files import write_text
from understudy.recognition.risks import UNKNOWN, Risks
from understudy.recognition.selection import KINDS, Clip, Count, choose_identities

COLUMNS = ("path", "label", "kind", "camera", "mirror", "weight")


def write_list(path: Path, clips: Iterable[Clip]) -> None:
    """A tab-separated list with the columns COLUMNS; mirror is yes or empty."""
    rows = [
        (
            *(clip.path, clip.label, clip.kind, clip.camera),
            *("yes" if clip.mirror else "", f"{clip.weight:.4g}"),
        )
        for clip in clips
    ]
    lines = ["\t".join(row) for row in [COLUMNS, *rows]]
    write_text(path, "\n".join(lines) + "\n")


def read_list(path: Path, labels: Iterable[str]) -> list[Clip]:
    """Read a list of clips: .tsv or .csv with columns path and label; the others of COLUMNS where
    they matter.

    Raises UserError for a missing file or column, an empty list, a label not in `labels`, a weight
    that is no number.
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
            _weight(row.get("weight") or "1"),
        )
        for row in rows
    ]
    for number, clip in enumerate(clips, start=2):
        if clip.label not in labels:
            raise UserError(f"{path}, line {number}: unknown label '{clip.label}'")
        if clip.kind not in KINDS:
            raise UserError(f"{path}, line {number}: kind '{clip.kind}' is not real or synthetic")
        if not 0 <= clip.weight < math.inf:
            raise UserError(f"{path}, line {number}: the weight is not a number of at least 0")
    return clips


def _weight(text: str) -> float:
    """NaN if it is no number."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def synthetic_clips(
    checked: Path,
    left_out: Flagged,
    labels: Mapping[str, str],
    seed: int,
    identities: Count = "all",
    views: str = "all",
    white: Callable[[str, str, str], str] | None = None,
    risks: Risks = UNKNOWN,
) -> list[Clip]:
    """Those synthetic videos that passed their checks, but none of a source that is `left_out`, and
    none that is too risky; checked: the table of `artifacts.checked`.

    labels: of each reference; identities: of this many people, drawn by `seed`; views: all, or
    only source; white: gives the video on white of (reference, identity, view), used instead of
    those on images.
    """
    table = load_checked(checked)
    flagged = table.reference.isin(left_out.reference) | table.identity.isin(left_out.identity)
    table = table[~flagged]
    people = choose_identities(table.identity, identities, seed)
    table = table[table.passed & table.identity.isin(people)]
    if views == "source":
        table = table[table.view == "source"]
    clips: dict[str, Clip] = {}
    for row in table.itertuples():
        risk = risks.of(row.reference, row.identity, row.view, row.background)
        path = white(row.reference, row.identity, row.view) if white else row.video
        weight = risks.weight(risk)
        if weight > 0 and path not in clips:
            label = labels[row.reference]
            clips[path] = Clip(path, label, "synthetic", weight=weight, risk=risk)
    return list(clips.values())


def refuse_lost(clips: Iterable[Clip]) -> None:
    """Raises UserError for a synthetic clip whose file is gone; real ones are all looked at by the
    check for copies."""
    for clip in clips:
        if clip.kind == "synthetic" and not Path(clip.path).is_file():
            raise UserError(f"{clip.path}: no such file; make it again")
