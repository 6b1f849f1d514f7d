"""What a release tells of the phone, the place and the person behind the films it was made from."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pandas as pd
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from tests.unit.dataset_world import write_releasable
from understudy.release.certificates import make_credentials
from understudy.release.croissant import About
from understudy.release.private import private_words
from understudy.release.release import write_release

ABOUT = About("waves", "CC BY-NC 4.0", "A lab", "https://example.org/waves", "2026-11-30")
# What phones write into what they film: where, and with what.
TAGS = {
    "location": "+52.5163+013.3777/",
    "com.apple.quicktime.location.ISO6709": "+52.5163+013.3777+034.1/",
    "com.apple.quicktime.make": "Fruitphone",
    "com.apple.quicktime.model": "FP-77-Ultra",
    "artist": "Jane Q. Roamer",
}
PLACE = ("janes_private_films", *TAGS.values())  # and the name of a folder of hers
LATITUDE = (52.0, 30.0, 58.731)


def leaks(root: Path) -> int:
    """How often a release of what a phone filmed tells where, with what, by whom, or a path."""
    home = root / PLACE[0]
    write_releasable(home, finish=tag)
    assert all(_tagged(path) for path in [*home.glob("*.mp4"), *home.glob("*.png")])
    credentials = make_credentials("A lab")
    write_release(home / "dataset", ABOUT, root / "told", credentials)
    write_release(home / "dataset", ABOUT, root / "told_in_shards", credentials, shard_bytes=25_000)
    words = {word.encode() for word in (*PLACE, str(root), *private_words())}
    found = 0
    for folder in (root / "told", root / "told_in_shards"):
        for name, content in contents_of(folder):
            for word in words:
                if word in content:
                    print(f"{name}: {word!r}")
                    found += 1
            if name.endswith(".mp4"):
                with av.open(io.BytesIO(content)) as film:
                    tags = {**film.metadata, **film.streams.video[0].metadata}
                    found += len({"location", "make", "model", "artist"} & tags.keys())
    return found


def contents_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a release, and what is packed in it, as it is unpacked."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _unpacked(path.name, path.read_bytes())


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if name.endswith(".npz"):
        with np.load(io.BytesIO(content)) as arrays:
            for array in arrays.files:
                yield f"{name}/{array}", arrays[array].tobytes()
    elif name.endswith(".parquet"):
        yield f"{name}/text", pd.read_parquet(io.BytesIO(content)).to_csv().encode()
    elif name.endswith(".tar"):
        with tarfile.open(fileobj=io.BytesIO(content)) as shard:
            for entry in shard:
                yield name, f"{entry.uname} {entry.gname} {entry.name}".encode()
                yield from _unpacked(entry.name, shard.extractfile(entry).read())


def tag(path: Path) -> None:
    """Write into a film or a photo what a phone would."""
    if path.suffix == ".png":
        image = Image.open(path)
        exif = image.getexif()
        exif[Base.Make], exif[Base.Model] = "Fruitphone", "FP-77-Ultra"
        exif[Base.Artist] = "Jane Q. Roamer"
        exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = LATITUDE
        image.save(path, exif=exif)
        return
    tagged = path.with_suffix(".tagged.mp4")
    with (
        av.open(path) as read,
        av.open(tagged, "w", options={"movflags": "use_metadata_tags"}) as out,
    ):
        out.metadata.update(TAGS)
        stream = out.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    tagged.replace(path)


def _tagged(path: Path) -> bool:
    content = path.read_bytes()
    return all(word in content for word in (b"Fruitphone", b"FP-77-Ultra", b"Jane Q. Roamer"))
