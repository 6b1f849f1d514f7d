"""The videos of a release as tar files, which WebDataset reads: of each video, NUMBER.mp4,
NUMBER.npz (its labels) and NUMBER.json (its facts) one after the other."""

import io
import tarfile
from pathlib import Path

import pandas as pd

from understudy.progress import progress
from understudy.release.facts import as_json

BLOCK = 512  # of a tar: a header takes one, a file fills its last


def write_shards(manifest: pd.DataFrame, facts: pd.DataFrame, folder: Path, most: int) -> int:
    """Write them as 00000.tar, …, each at most `most` bytes if one video fits; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    samples: list[dict[str, Path | str]] = [
        {"mp4": Path(source["video"]), "npz": Path(source["labels"]), "json": as_json(row)}
        for source, (_, row) in zip(manifest.to_dict("records"), facts.iterrows(), strict=True)
    ]
    parts = _parts([_size(sample) for sample in samples], most)
    for number, part in enumerate(progress(parts, "packing", unit="shard")):
        with tarfile.open(folder / f"{number:05d}.tar", "w", format=tarfile.USTAR_FORMAT) as shard:
            for index in part:
                for ending, content in samples[index].items():
                    _add(shard, f"{index:06d}.{ending}", _read(content))
    return len(parts)


def _parts(sizes: list[int], most: int) -> list[list[int]]:
    """The indices in their order, in parts of at most `most` in sum where one alone is not more."""
    parts: list[list[int]] = []
    held = 0
    for index, size in enumerate(sizes):
        if not parts or held + size > most:
            parts.append([])
            held = 0
        parts[-1].append(index)
        held += size
    return parts


def _size(sample: dict[str, Path | str]) -> int:
    """What a sample takes in a tar."""
    contents = (
        content.stat().st_size if isinstance(content, Path) else len(content.encode())
        for content in sample.values()
    )
    return sum(BLOCK + -(-size // BLOCK) * BLOCK for size in contents)


def _read(content: Path | str) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content.encode()


def _add(shard: tarfile.TarFile, name: str, content: bytes) -> None:
    """A file that tells no owner and no time."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o644
    shard.addfile(entry, io.BytesIO(content))
