"""What is in a folder: recordings of a dataset, videos of people, background images.

RANDOM People, like ExAvatar, has a folder for each person: video.mp4, and beside it what was
derived from it, videos too (masks.mp4, smplx_optimized.mp4, …).
"""

import os
from collections.abc import Callable, Iterable, Iterator
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
PERSONS_VIDEO = "video"  # the name of the one that was filmed, without its suffix
DERIVED_FOLDERS = {"frames", "smplx_optimized", "keypoints_whole_body", "cam_params"}
DERIVED = "beside a person's video.mp4: derived from it"
NO_PERSONS_FOLDER = "not in a person's folder, as others are"


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
    items: list[str] = []
    left_out: dict[str, str] = {}
    for path in sorted(Path(at, name) for at, _, names in _walked(folder, kind) for name in names):
        _sort(path, suffixes, kind, items, left_out)
    return _found(items, left_out, folder, suffixes, kind)


def find_people(folder: Path) -> Found:
    """The video of every person below `folder`: of each person's folder the one that was filmed, or
    every video if there are no such folders.

    Raises UserError for a folder that does not exist or holds none.
    """
    people: list[str] = []
    others: list[str] = []
    left_out: dict[str, str] = {}
    for at, folders, names in _walked(folder, "video"):
        filmed = sorted(name for name in names if is_filmed(name))
        if filmed and (Path(at) != folder or DERIVED_FOLDERS & set(folders)):
            beside = [name for name in (*names, *folders) if name != filmed[0]]
            left_out |= {str(Path(at, name)): DERIVED for name in beside}
            folders.clear()  # frames and parameters: nobody else is below
            _sort(Path(at, filmed[0]), VIDEOS, "video", people, left_out)
        else:
            for name in names:
                _sort(Path(at, name), VIDEOS, "video", others, left_out)
    if people:
        left_out |= dict.fromkeys(others, NO_PERSONS_FOLDER)
    return _found(sorted(people or others), left_out, folder, VIDEOS, "video")


def find_avatars(folder: Path, people: Iterable[str]) -> dict[str, str]:
    """A person's video -> the last snapshot_N.pth in the folder of that person's name below
    `folder`, as ExAvatar's training leaves it; people without one are left out.

    Raises UserError for a folder that does not exist, or has none of them.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; give the one that holds a folder a person")
    found = {}
    for video in people:
        snapshots = {
            int(path.stem.rpartition("_")[2]): path
            for path in (folder / title_of(video)).glob("snapshot_*.pth")
            if path.stem.rpartition("_")[2].isdecimal()
        }
        if snapshots:
            found[video] = str(snapshots[max(snapshots)])
    if not found:
        raise UserError(f"{folder}: holds no PERSON/snapshot_N.pth of these people")
    return found


def is_filmed(name: str) -> bool:
    """Whether a file in a person's folder is the video that was filmed."""
    return Path(name).suffix.lower() in VIDEOS and Path(name).stem.lower() == PERSONS_VIDEO


def title_of(path: str) -> str:
    """What a file's id is made of: its name without the suffix, or its person's folder."""
    return Path(path).parent.name if is_filmed(Path(path).name) else Path(path).stem


def _walked(folder: Path, kind: str) -> Iterator[tuple[str, list[str], list[str]]]:
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; give the one that holds the {kind}s")
    yield from os.walk(folder, followlinks=True)


def _found(
    items: list[str], left_out: dict[str, str], folder: Path, suffixes: Iterable[str], kind: str
) -> Found:
    if not items:
        raise UserError(f"{folder}: holds no {kind} ({', '.join(sorted(suffixes))})")
    return Found(items, left_out)


def _sort(
    path: Path, suffixes: Iterable[str], kind: str, items: list[str], left_out: dict[str, str]
) -> None:
    if path.name.startswith("."):
        return
    if path.suffix.lower() not in suffixes:
        left_out[str(path)] = OTHER_FILE.format(kind)
    elif path.stat().st_size == 0:
        left_out[str(path)] = EMPTY
    else:
        items.append(str(path))
