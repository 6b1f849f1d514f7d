"""Many small files of one rule kept as one: the logs and benchmarks of finished jobs.

What was `{folder}/{rule}/a/b.log` becomes the member a/b.log of `{folder}/{rule}.zip`, with the
time of its last change. File systems of clusters count files, and jobs are many.
"""

import contextlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from understudy.files import atomic_path

MANY = 100  # files of a rule from which on they are packed


def pack(folder: Path | str, rule: str, paths: Iterable[Path | str]) -> None:
    """Move files of `folder`/`rule`/ into the rule's .zip, if they are many or others are there.

    A member of the same name is replaced; what cannot be read of the .zip is left out. The files
    are removed once the .zip is whole.
    """
    root, target = Path(folder, rule), Path(folder, f"{rule}.zip")
    files = {str(Path(path).relative_to(root)): Path(path) for path in paths}
    if not files or (len(files) < MANY and not target.exists()):
        return
    with atomic_path(target) as path, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        if target.exists():
            with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(target) as before:
                for info in before.infolist():
                    if info.filename not in files:
                        packed.writestr(info, before.read(info), zipfile.ZIP_DEFLATED)
        for name, file in files.items():
            info = zipfile.ZipInfo(name)
            info.comment = str(file.stat().st_mtime_ns).encode()
            packed.writestr(info, file.read_bytes(), zipfile.ZIP_DEFLATED)
    for file in files.values():
        file.unlink()
        _remove_empty(file.parent, root)


def read_text(path: Path | str) -> str | None:
    """A file's text, packed or not; None if it is neither there nor packed."""
    path = Path(path)
    if path.is_file():
        return path.read_text(encoding="utf-8", errors="replace")
    found = _packed(path)
    if found is None:
        return None
    with zipfile.ZipFile(found[0]) as packed:
        return packed.read(found[1]).decode("utf-8", errors="replace")


def changed_ns(path: Path | str) -> int | None:
    """When a file, packed or not, was last changed (ns since the epoch); None without one."""
    with contextlib.suppress(OSError):
        return os.stat(path).st_mtime_ns
    found = _packed(Path(path))
    return None if found is None else int(found[1].comment)


def texts(folder: Path | str, suffix: str) -> Iterator[tuple[str, str]]:
    """(rule/wildcards without the suffix, text) of every file of a folder, packed or not."""
    folder = Path(folder)
    for path in sorted(folder.rglob(f"*{suffix}")):
        name = str(path.relative_to(folder).with_suffix(""))
        yield name, path.read_text(encoding="utf-8", errors="replace")
    for target in sorted(folder.glob("*.zip")):
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(target) as packed:
            for name in packed.namelist():
                if not (folder / target.stem / name).exists():
                    text = packed.read(name).decode("utf-8", errors="replace")
                    yield f"{target.stem}/{name.removesuffix(suffix)}", text


def _packed(path: Path) -> tuple[Path, zipfile.ZipInfo] | None:
    """Which .zip holds a file that was `{folder}/{rule}/…`, and where."""
    for root in path.parents:
        target = root.parent / f"{root.name}.zip"
        with contextlib.suppress(OSError):
            members = _members(target, target.stat().st_mtime_ns)
            if (name := str(path.relative_to(root))) in members:
                return target, members[name]
    return None


@lru_cache(maxsize=64)
def _members(target: Path, changed: int) -> dict[str, zipfile.ZipInfo]:
    """The members of a .zip as it was changed at that time; none of one that is damaged."""
    with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(target) as packed:
        return {info.filename: info for info in packed.infolist()}
    return {}


def _remove_empty(folder: Path, last: Path) -> None:
    """Remove a folder, and those above it up to `last`, as long as they are empty."""
    with contextlib.suppress(OSError):
        while folder.is_relative_to(last):
            folder.rmdir()
            folder = folder.parent
