"""Label files in other formats, as `understudy labels` writes them."""

from collections.abc import Iterable
from pathlib import Path

from understudy.errors import UserError
from understudy.export.amass import write_amass
from understudy.export.coco import write_coco

ENDING = ".labels.npz"


def export_labels(paths: Iterable[Path], coco: Path | None, amass: Path | None) -> list[str]:
    """Write the label files that `paths` are, or that folders among them hold, as one
    COCO-WholeBody file, as AMASS motions into a folder, or both; returns lines that tell what was
    written. UserError for a path without labels, or if neither is asked for."""
    if coco is None and amass is None:
        raise UserError("nothing to write: give --coco FILE, --amass FOLDER or both")
    found = {video_of(file): file for path in paths for file in _files(path)}
    lines = []
    if coco is not None:
        frames = write_coco(found, coco)
        lines.append(f"{coco}: {frames} frames of {len(found)} videos")
    if amass is not None:
        for video, file in found.items():
            write_amass(file, amass / _below(video))
        lines.append(f"{amass}: {len(found)} motions")
    return lines


def video_of(labels: Path) -> str:
    """The path of the video that labels are of."""
    ending = ENDING if labels.name.endswith(ENDING) else labels.suffix
    return str(labels).removesuffix(ending) + ".mp4"


def _below(video: str) -> Path:
    """Where in a folder the motion of a video goes: as the video's path, so that no two collide."""
    parts = [part for part in Path(video).parts if part not in ("/", "..")]
    return Path(*parts).with_suffix(".npz")


def _files(path: Path) -> list[Path]:
    """A file of labels, or those below a folder: a release has them as plain .npz by its videos."""
    found = sorted(filter(_are_labels, path.rglob("*.npz"))) if path.is_dir() else [path]
    if not found or not found[0].is_file():
        raise UserError(f"{path}: no labels there; give *{ENDING} files or a folder with some")
    return found


def _are_labels(file: Path) -> bool:
    return file.name.endswith(ENDING) or file.with_suffix(".mp4").is_file()
