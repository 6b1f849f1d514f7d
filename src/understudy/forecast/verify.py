"""Is everything still as its job made it? By the recorded digests; what was never recorded, by
whether it can be read."""

import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from understudy.errors import UserError
from understudy.files import sha256
from understudy.plan.digests import Digest, changed_after_job, read_digests
from understudy.plan.job import Expected
from understudy.progress import progress

MISSING = "missing: a job made it, and it is gone"
CHANGED = "changed: it is not what its job made"
BROKEN = "broken: its bytes changed without a new time stamp"


@dataclass(frozen=True)
class Damage:
    """A file that is not as its job made it: which, of which rule, and what is wrong."""

    path: str
    rule: str
    what: str


def find_damage(results: Path | str, expected: Iterable[Expected]) -> list[Damage]:
    """Each file that was made and is missing, changed or broken, in the order of the plan."""
    known = read_digests(results)
    items = list(expected)
    found = []
    for item in progress(items, "verifying", unit="job"):
        for path in (item.path, *item.also):
            what = _damage(item, path, known.get(path))
            if what:
                found.append(Damage(path, item.rule, what))
    return found


def _damage(item: Expected, path: str, known: Digest | None) -> str | None:
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        return MISSING if known is not None else None
    except OSError as error:
        return f"unreadable: {error.strerror}"
    try:
        if known is not None and sha256(path) == known.sha256:
            return None
        if changed_after_job(item, stat):
            return CHANGED
        if known is not None and stat.st_mtime_ns <= known.mtime_ns:
            return BROKEN if stat.st_mtime_ns == known.mtime_ns else CHANGED
        return _unreadable(Path(path))
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _unreadable(path: Path) -> str | None:
    """Why a file that no run has recorded yet is none of its kind."""
    reads = READERS.get(path.suffix)
    try:
        if reads is not None:
            reads(path)
    except Exception as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        return f"broken: cannot be read ({reason.removeprefix(f'{path}: ')})"
    return None


def _archive(path: Path) -> None:
    with zipfile.ZipFile(path) as stored:
        if bad := stored.testzip():
            raise zlib.error(f"{bad} is damaged")


def _tensors(path: Path) -> None:
    from safetensors import safe_open

    with safe_open(path, "np") as stored:
        for name in stored.keys():  # noqa: SIM118
            stored.get_slice(name)


def _video(path: Path) -> None:
    import av

    with av.open(str(path)) as container:
        if not sum(1 for _ in container.decode(video=0)):
            raise UserError(f"{path}: no frame")


def _table(path: Path) -> None:
    import pandas as pd

    pd.read_parquet(path)


def _picture(path: Path) -> None:
    from PIL import Image

    with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as picture:
        picture.load()


def _json(path: Path) -> None:
    json.loads(path.read_text(encoding="utf-8"))


def _text(path: Path) -> None:
    path.read_text(encoding="utf-8")


READERS: dict[str, Callable[[Path], None]] = {
    ".npz": _archive,
    ".safetensors": _tensors,
    ".parquet": _table,
    ".json": _json,
    **dict.fromkeys((".mp4", ".mkv"), _video),
    **dict.fromkeys((".jpg", ".png", ".webp"), _picture),
    **dict.fromkeys((".csv", ".tsv", ".txt", ".md", ".tex", ".svg", ".dot", ".html"), _text),
}


def damage_text(damages: list[Damage], count: int) -> str:
    """What is damaged, and how it is made again."""
    if not damages:
        return f"{count:,} files are as their jobs made them."
    lines = [f"{damage.path}\n    {damage.what} ({damage.rule})" for damage in damages]
    there = [damage.path for damage in damages if damage.what != MISSING]
    lines.append(f"{len(damages):,} files are not as their jobs made them.")
    if there:
        lines.append(
            "Delete those that are changed or broken (understudy verify --delete), and run the "
            "workflow again: it makes them, and what hangs on them, anew."
        )
    else:
        lines.append("Run the workflow again: it makes them anew.")
    return "\n".join(lines)
