"""Whether a Matroska or WebM file is whole, as far as it says so itself (RFC 8794, RFC 9559): its
length, and the checksums that some programs, FFmpeg among them, put into its parts. FFmpeg's reader
checks neither."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

SEGMENT, CLUSTER, CRC32 = 0x18538067, 0x1F43B675, 0xBF
LONGEST = 1 << 28  # bytes of a part whose checksum is checked


@dataclass(frozen=True)
class Element:
    """identity; start, end: of its data, bytes of the file; end None: it does not say."""

    identity: int
    start: int
    end: int | None


@dataclass(frozen=True)
class Wholeness:
    """missing: bytes that the file lacks at its end; damaged: the checksum of pictures or sound is
    another."""

    missing: int
    damaged: bool


def wholeness(path: Path | str) -> Wholeness:
    """Of a Matroska or WebM file."""
    size = Path(path).stat().st_size
    with open(path, "rb") as file:
        segment = next((one for one in _elements(file, 0, size) if one.identity == SEGMENT), None)
        if segment is None or segment.end is None:
            return Wholeness(0, False)
        parts = _elements(file, segment.start, min(size, segment.end))
        damaged = any(_damaged(file, one, size) for one in parts if one.identity == CLUSTER)
        return Wholeness(max(0, segment.end - size), damaged)


def _elements(file: BinaryIO, at: int, stop: int) -> Iterator[Element]:
    """The elements from a place in the file on, one behind the other, up to `stop`."""
    while at < stop:
        file.seek(at)
        head = file.read(12)
        identity, length = _number(head, marked=True)
        data, more = _number(head[length:], marked=False)
        if not length or not more:
            return
        start = at + length + more
        unknown = data == (1 << 7 * more) - 1
        yield Element(identity, start, None if unknown else start + data)
        if unknown:
            return
        at = start + data


def _number(head: bytes, *, marked: bool) -> tuple[int, int]:
    """A number of variable length and its bytes, of which the first one's zeros say how many;
    `marked`: with that one's mark. (0, 0) if there is none."""
    length = 9 - head[0].bit_length() if head else 9
    if length > min(8, len(head)):
        return 0, 0
    value = int.from_bytes(head[:length])
    return (value if marked else value & ((1 << 7 * length) - 1)), length


def _damaged(file: BinaryIO, part: Element, size: int) -> bool:
    """Whether a part begins with a checksum that is not its own."""
    if part.end is None or not part.start + 6 < part.end <= min(size, part.start + LONGEST):
        return False
    file.seek(part.start)
    head = file.read(6)
    if head[:2] != bytes([CRC32, 0x84]):
        return False
    return zlib.crc32(file.read(part.end - part.start - 6)) != int.from_bytes(head[2:], "little")
