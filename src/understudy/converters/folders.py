"""What is in a folder: recordings of a dataset, videos of people, background images."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from understudy.converters.recordings import Recording
from understudy.errors import UserError

VIDEOS = {
    *(".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".3gp"),
    *(".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".wmv", ".flv", ".ogv"),
}
IMAGES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp"}
NAMED_OTHERWISE = "its name is not one of the dataset's"
OTHER_FILE = "no {}"
EMPTY = "is empty (0 bytes)"
TWICE = "its name already stands for {}"


@dataclass(frozen=True)
class Found:
    """Recordings, or plain paths, in the order of their paths; left_out: path -> why."""

    items: list
    left_out: dict[str, str]


def find_recordings(folder: Path, read: Callable[[str], Recording | None]) -> Found:
    """Every recording below `folder`; `read` parses a name.

    Raises UserError for a folder that does not exist or holds none.
    """
    videos = find_files(folder, VIDEOS, "video")
    items, left_out = [], dict(videos.left_out)
    seen: dict[str, str] = {}  # id -> path
    for path in videos.items:
        recording = read(path)
        if recording is None:
            left_out[path] = NAMED_OTHERWISE
        elif recording.id in seen:
            left_out[path] = TWICE.format(seen[recording.id])
        else:
            seen[recording.id] = path
            items.append(recording)
    if not items:
        raise UserError(
            f"{folder}: none of its {len(videos.items)} videos is named as in the dataset; "
            "give the folder that its owners distribute"
        )
    return Found(items, left_out)


def find_files(folder: Path, suffixes: Iterable[str], kind: str) -> Found:
    """Every file below `folder` with one of the suffixes that is not empty.

    Raises UserError for a folder that does not exist or holds none.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; give the one that holds the {kind}s")
    items, left_out = [], {}
    walked = os.walk(folder, followlinks=True)
    for path in sorted(Path(at, name) for at, _, names in walked for name in names):
        if path.name.startswith("."):
            continue
        if path.suffix.lower() not in suffixes:
            left_out[str(path)] = OTHER_FILE.format(kind)
        elif path.stat().st_size == 0:
            left_out[str(path)] = EMPTY
        else:
            items.append(str(path))
    if not items:
        raise UserError(f"{folder}: holds no {kind} ({', '.join(sorted(suffixes))})")
    return Found(items, left_out)
