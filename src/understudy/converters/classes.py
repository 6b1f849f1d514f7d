"""Which classes of a dataset are used, and what their labels are."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from understudy.converters.recordings import Dataset, Recording
from understudy.errors import UserError

PAPER, ALL = "paper", "all"
NAMES = ("plain", "dataset")  # how labels are spelt


def chosen_classes(
    asked: str, spelling: str, dataset: Dataset, recordings: Iterable[Recording]
) -> dict[str, str]:
    """Activity, as the dataset spells it -> label, in the order asked for.

    asked: "paper" (its 16), "all" (those of the recordings, in the dataset's order), names
    separated by commas, or the path of a text file with one a line; after a tab, a line of it may
    give the label. A name may be the dataset's own, a label or, for NTU, a number (A007), in any
    case. spelling: "plain", the paper's labels and others of the same kind (cook_cut), or
    "dataset", its own (Cook.Cut). Raises UserError for a name that the dataset does not have.
    """
    plain = _paper_labels(dataset)
    there = {one.activity for one in recordings}
    if asked == PAPER:
        wanted = dict.fromkeys(plain, "")
    elif asked == ALL:
        known = list(dict.fromkeys(dataset.activities.values()))
        wanted = {name: "" for name in [*known, *sorted(there - set(known))] if name in there}
    else:
        wanted = _named(asked, dataset, there)
    return {
        activity: label
        or (activity if spelling == "dataset" else plain.get(activity) or plain_label(activity))
        for activity, label in wanted.items()
    }


def relabelled(recordings: Iterable[Recording], classes: dict[str, str]) -> list[Recording]:
    """The recordings with the labels of the chosen classes, None for any other."""
    return [replace(one, label=classes.get(one.activity)) for one in recordings]


def plain_label(activity: str) -> str:
    """An activity as one word: "Cook.Cut" -> cook_cut, "eat meal/snack" -> eat_meal_snack."""
    return re.sub(r"[^a-z0-9]+", "_", activity.lower()).strip("_")


def without(
    recordings: Iterable[Recording], listed: Path
) -> tuple[list[Recording], dict[str, str]]:
    """The recordings that a text file does not name, and path -> why of those that it does.

    A line names a recording by its file's name, with or without what follows "_rgb" or the suffix
    (NTU's lists of samples with missing skeletons do); other lines say nothing. Raises UserError if
    the file cannot be read.
    """
    names = {line.strip() for line in _lines(listed)}
    kept, left_out = [], {}
    for one in recordings:
        name = Path(one.path).name
        if names & {name, Path(name).stem, name.partition("_rgb")[0]}:
            left_out[one.path] = f"named in {listed}"
        else:
            kept.append(one)
    return kept, left_out


def _paper_labels(dataset: Dataset) -> dict[str, str]:
    """Activity -> label, of the paper's classes."""
    return {dataset.activities[label]: label for label in dataset.labels}


def _named(asked: str, dataset: Dataset, there: set[str]) -> dict[str, str]:
    """Activity -> label, "" where none is given."""
    path = Path(asked)
    in_a_folder = len(path.parts) > 1 and path.parent.is_dir()
    if not path.is_file() and (path.suffix == ".txt" or in_a_folder):
        raise UserError(f"--classes {asked}: there is no such file; give all, names, or a file")
    lines = _lines(path) if path.is_file() else asked.split(",")
    known = dict(dataset.activities) | {name.lower(): name for name in there}
    found: dict[str, str] = {}
    for line in lines:
        name, _, label = (part.strip() for part in line.partition("\t"))
        if not name or name.startswith("#"):
            continue
        if name.lower() not in known:
            close = difflib.get_close_matches(name.lower(), known, n=1)
            hint = f"; did you mean {known[close[0]]}?" if close else ""
            where = f"{path}" if path.is_file() else "--classes"
            raise UserError(f"{where}: the dataset has no class '{name}'{hint}")
        found[known[name.lower()]] = label
    if not found:
        raise UserError(f"--classes {asked}: names no class; give all, names, or a file of names")
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path}: cannot be read as text ({error}); give a list of names"
        ) from error
