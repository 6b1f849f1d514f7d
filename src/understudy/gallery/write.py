"""Write the gallery: the page, and what it shows of each video."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from understudy.artifacts.shown import read_shown
from understudy.body.limbs import BODY_LIMBS, FACE_START, HAND_STARTS, hand_lines
from understudy.files import atomic_path, package_folder, write_text
from understudy.gallery.names import A_SCRIPT, PAGE, VIDEOS, points_names
from understudy.gallery.points import FINEST, write_points
from understudy.progress import progress

NOT_SHOWN = ("labels", "sha256")  # columns, besides those that end in …
PATHS = ("_video", "_image")


@dataclass(frozen=True)
class Film:
    """A normalised reference video, and the second of it at which its synthetic videos begin."""

    video: Path
    begins: float


def write_gallery_of_dataset(
    title: str, manifest: Path, references: Mapping[str, tuple[Path, Path]], scripts: int, out: Path
) -> None:
    """Write the gallery of all videos of a manifest.parquet; references: the normalised video and
    the fit of each, by id."""
    videos = pd.read_parquet(manifest)
    films = {}
    for id_ in sorted(set(videos["reference"])):
        video, fit = references[id_]
        part = read_shown(fit)
        films[id_] = Film(video, part.first / part.fps)
    write_gallery(title, videos, [Path(path) for path in videos["labels"]], films, scripts, out)


def write_gallery(
    title: str,
    videos: pd.DataFrame,
    labels: Sequence[Path],
    films: Mapping[str, Film],
    scripts: int,
    out: Path,
) -> None:
    """Write the page and all that it needs, except videos, into the folder `out`.

    videos: rows of the manifest; `video` is a path as seen from here. labels: of each, its
    labels.npz; several may share one. films: of the references that are shown. scripts: how many
    `names.points_names` has of all labels that are planned, of which some may be missing.
    """
    shown = [name for name in videos if name not in NOT_SHOWN and not str(name).endswith(PATHS)]
    facts = videos[shown].assign(video=[_link(Path(path), out) for path in videos["video"]])
    told = {
        "title": title,
        "columns": shown,
        "rows": [[_plain(value) for value in row] for row in facts.itertuples(index=False)],
        "points": _write_all_points(labels, scripts, out),
        "references": {
            id_: {"video": _link(film.video, out), "begins": film.begins}
            for id_, film in films.items()
        },
        "lines": {
            side: limbs + (hand_lines(side) if side in HAND_STARTS else [])
            for side, limbs in BODY_LIMBS.items()
        },
        "face": [FACE_START, min(HAND_STARTS.values())],
        "finest": FINEST,
    }
    write_text(out / VIDEOS, f"const DATA = {json.dumps(told, allow_nan=False)};\n")
    here = package_folder("understudy.gallery")
    for name in PAGE:
        with atomic_path(out / name) as path:
            path.write_bytes((here / name).read_bytes())


def _write_all_points(labels: Sequence[Path], scripts: int, out: Path) -> list[tuple[str, int]]:
    """Write them; returns, of each video, its script and the place of its points there."""
    files = list(dict.fromkeys(labels))
    places: dict[Path, tuple[str, int]] = {}
    names = points_names(scripts * A_SCRIPT)
    for number, name in enumerate(progress(names, "labels", unit="script")):
        some = files[number * A_SCRIPT : (number + 1) * A_SCRIPT]
        write_points(some, out / name)
        places |= {path: (Path(name).stem, place) for place, path in enumerate(some)}
    return [places[path] for path in labels]


def _link(path: Path, folder: Path) -> str:
    """A file as a page in `folder` names it."""
    return quote(Path(os.path.relpath(path, folder)).as_posix())


def _plain(value: object) -> object:
    """A cell as JSON has it; what is empty is null."""
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
