"""The videos of a release as tar files, which WebDataset reads: of each video, NUMBER.mp4,
NUMBER.npz (its labels) and NUMBER.json (its facts) one after the other."""

import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path

BLOCK = 512  # of a tar: a header takes one, a file fills its last
Sample = Mapping[str, bytes]  # a video's files: the ending of each, and its content


def write_shards(samples: Iterable[Sample], folder: Path, most: int) -> None:
    """Write them as 00000.tar, …, each at most `most` bytes if one video fits."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, placed in groupby(_placed(samples, most), key=itemgetter(0)):
        with tarfile.open(folder / f"{number:05d}.tar", "w", format=tarfile.USTAR_FORMAT) as shard:
            for _, index, sample in placed:
                for ending, content in sample.items():
                    _add(shard, f"{index:06d}.{ending}", content)


def _placed(samples: Iterable[Sample], most: int) -> Iterator[tuple[int, int, Sample]]:
    """Each sample with the number of its shard, which holds at most `most` bytes if it holds more
    than one, and its own number."""
    shard, held = 0, 0
    for index, sample in enumerate(samples):
        size = sum(BLOCK + -(-len(content) // BLOCK) * BLOCK for content in sample.values())
        if held and held + size > most:
            shard, held = shard + 1, 0
        held += size
        yield shard, index, sample


def _add(shard: tarfile.TarFile, name: str, content: bytes) -> None:
    """A file that tells no owner and no time."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o644
    shard.addfile(entry, io.BytesIO(content))
