"""The workflow's tables, written from what was found and drawn."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from understudy.converters.draw import ABOVE, SIDE_VIEW, Caps, Drawn
from understudy.converters.folders import is_filmed, title_of
from understudy.converters.picked import absent, read_names
from understudy.converters.recordings import Recording
from understudy.errors import UserError
from understudy.files import write_text

MOST_EXAMPLES = 3


def write_recordings(out: Path, drawn: Drawn, licence: str) -> None:
    """real.tsv and references.tsv in `out`."""
    columns = ["id", "video", "label", "subject", "camera", "split", "licence"]
    rows = [
        [*_said(one), one.seen_from, split, licence]
        for split, recordings in (("train", drawn.train), ("test", drawn.test))
        for one in recordings
    ]
    write_table(out / "real.tsv", columns, rows)
    columns = ["id", "video", "label", "subject", "licence"]
    write_table(
        out / "references.tsv", columns, [[*_said(one), licence] for one in drawn.references]
    )


def _said(one: Recording) -> list[str]:
    return [one.id, one.path, one.label or "", f"p{one.subject:03d}"]


def id_of(path: str) -> str:
    """The id of a file in identities.tsv or backgrounds.tsv."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", title_of(path)).strip("-_") or "unnamed"


def write_files(
    target: Path, column: str, files: Mapping[str, Mapping[str, str]], licence: str
) -> None:
    """identities.tsv (column video) or backgrounds.tsv (column image): an id and a path per file;
    files: by path, what else is known of each, by column.

    Raises UserError for two files whose names give the same id.
    """
    rows: dict[str, list[str]] = {}
    for path, known in files.items():
        id_ = id_of(path)
        if id_ in rows:
            raise UserError(
                f"{path}: its name gives the same id '{id_}' as {rows[id_][1]}; rename one"
            )
        rows[id_] = [id_, path, *known.values(), licence]
    also = next(iter(files.values()), {})
    write_table(target, ["id", column, *also, "licence"], list(rows.values()))


def write_table(target: Path, columns: list[str], rows: list[list[str]]) -> None:
    """Tab-separated, first line the column names. Raises UserError for a cell that holds a tab."""
    for row in rows:
        if any(sign in cell for cell in row for sign in "\t\n"):
            raise UserError(f"{row[1]}: a path with a tab or a line break; rename it")
    write_text(target, "\n".join("\t".join(row) for row in [columns, *rows]) + "\n")


def chosen_files(
    paths: Iterable[str], count: int | None, listed: Path | None, seed: int
) -> list[str]:
    """The files that a list names by id or name, or `count` of them drawn by seed, or all, in the
    order of their paths.

    Raises UserError if there are fewer, or a listed one is not there.
    """
    paths = list(paths)
    if listed is not None:
        known = {
            name: path for path in paths for name in (Path(path).name, title_of(path), id_of(path))
        }
        chosen = set()
        for name in read_names(listed):
            if name not in known:
                raise absent(listed, name)
            chosen.add(known[name])
        return sorted(chosen)
    if count is None:
        return paths
    if count > len(paths):
        raise UserError(f"--count {count}: the folder holds {len(paths)}; lower it")

    def place(path: str) -> bytes:
        name = Path(path).name
        name = title_of(path) if is_filmed(name) else name
        return hashlib.sha256(f"{seed}\0{name}".encode()).digest()

    return sorted(sorted(paths, key=place)[:count])


def told(drawn: Drawn, caps: Caps, picked: bool) -> list[str]:
    """What is in the tables, which class has fewer than asked for; picked: whether references were
    picked by hand."""
    lines = [
        f"left out: class {label}, of which there is no {lacks} video in this protocol"
        for label, lacks in drawn.lacking.items()
    ]
    side = sum(one.angle == SIDE_VIEW for one in drawn.references)
    labels = dict.fromkeys(one.label for one in drawn.train)
    for name, recordings, cap in (
        ("training", drawn.train, caps.train),
        ("test", drawn.test, caps.test),
        ("reference", drawn.references, caps.references),
    ):
        counts = Counter(one.label for one in recordings)
        lines.append(f"{len(recordings)} {name} videos of {len(counts)} classes")
        least = 1 if name == "reference" and picked else cap
        short = {label or "": counts[label] for label in labels if counts[label] < least}
        if short:
            few = ", ".join(f"{label} {count}" for label, count in sorted(short.items()))
            lines.append(f"  fewer than {least} per class: {few}")
    return [*lines, f"  of the references, {side} are seen from the side"] if side else lines


def told_left_out(left_out: dict[str, str], target: Path) -> list[str]:
    """Why files were left out, with some examples; all of them are written to `target`."""
    write_table(target, ["file", "why"], [[path, why] for path, why in sorted(left_out.items())])
    by_reason: dict[str, list[str]] = {}
    for path, why in sorted(left_out.items()):
        by_reason.setdefault(why, []).append(Path(path).name)
    lines = [f"{len(left_out)} files left out ({target}):"]
    for why, names in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        some = "" if why == ABOVE else f" ({', '.join(names[:MOST_EXAMPLES])}"
        more = "" if not some else ", …)" if len(names) > MOST_EXAMPLES else ")"
        lines.append(f"  {len(names)} {why}{some}{more}")
    return lines
