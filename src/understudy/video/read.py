"""Frames from video files."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import decord
import numpy as np

from understudy.errors import UserError
from understudy.video.colour import BT709
from understudy.video.container import decode, open_video, video_stream
from understudy.video.probe import VideoInfo
from understudy.video.shown import Film

# decord 0.6.0 mistakes the padding of a narrow row for a fourth channel and returns garbage
# (github.com/dmlc/decord/issues/336): FFmpeg pads rows to whole 32 px, so up to 93 px.
DECORD_MIN_WIDTH = 96
BATCH, BATCH_BYTES = 32, 64 << 20  # frames of a stream that are in memory together, at most


def read_frames(path: Path | str, indices: Sequence[int] | np.ndarray | None = None) -> np.ndarray:
    """The frames `indices` (default: all), upright, RGB uint8 (n,h,w,3).

    Raises UserError as `probe` does, IndexError if an index is beyond the clip.
    """
    film = Film(path, threads=1)
    wanted = range(film.info.frames) if indices is None else list(indices)
    if any(not 0 <= index < film.info.frames for index in wanted):
        raise IndexError(f"{path}: has {film.info.frames} frames, asked for {list(wanted)}")
    if decord_reads(film.info):
        return _batch_of(_decord_reader(path), path, wanted)
    return _read_in_order(film, wanted)


def stream_frames(path: Path | str, indices: Sequence[int]) -> Iterator[np.ndarray]:
    """The frames `indices`, in that order, one by one, upright, RGB uint8 (h,w,3); a few are in
    memory. Raises UserError as `probe` does."""
    film = Film(path, threads=1)
    if all(before < after for before, after in pairwise(indices)):
        yield from _in_one_pass(film, indices)
        return
    frame_bytes = 3 * film.info.width * film.info.height
    batch = max(1, min(BATCH, BATCH_BYTES // frame_bytes))
    for start in range(0, len(indices), batch):
        some = indices[start : start + batch]
        ascending = sorted(set(some))  # a step back would decode from the last key frame again
        by_index = dict(zip(ascending, read_frames(path, ascending), strict=True))
        yield from (by_index[index] for index in some)


def decord_reads(info: VideoInfo) -> bool:
    """Whether decord 0.6.0, which can seek, gives the right frames: those of files such as
    `VideoWriter` makes."""
    colours = info.colours
    return (
        (info.codec, info.container.partition(",")[0]) == ("h264", "mov")
        and info.hidden == 0
        and not info.variable_rate
        and info.orientation.identity
        and info.width > DECORD_MIN_WIDTH
        and (colours.as_it_is and colours.matrix == BT709 and not colours.full)
    )


def read_rgba(path: Path | str) -> Iterator[np.ndarray]:
    """Frame by frame, the RGBA master of an avatar's clip: uint8 (h,w,4), colour premultiplied."""
    with open_video(path) as container:
        video_stream(container).thread_type = "AUTO"
        for frame in decode(container, path):
            if "a" not in frame.format.name:
                raise UserError(f"{path}: has no alpha channel; animate the avatar again")
            yield frame.to_ndarray(format="rgba")


def _decord_reader(path: Path | str) -> decord.VideoReader:
    try:
        return decord.VideoReader(str(path), num_threads=1)
    except (decord.DECORDError, RuntimeError) as error:
        raise _damaged(path) from error


def _batch_of(reader: decord.VideoReader, path: Path | str, wanted: Sequence[int]) -> np.ndarray:
    try:
        return reader.get_batch(list(wanted)).asnumpy()
    except (decord.DECORDError, RuntimeError) as error:
        raise _damaged(path) from error


def _damaged(path: Path | str) -> UserError:
    return UserError(f"{path}: is damaged, not all of it decodes; copy or record it again")


def _read_in_order(film: Film, wanted: Sequence[int]) -> np.ndarray:
    needed = sorted(set(wanted))
    kept = dict(zip(needed, _in_one_pass(film, needed), strict=True))
    return np.stack([kept[index] for index in wanted])


def _in_one_pass(film: Film, ascending: Sequence[int]) -> Iterator[np.ndarray]:
    """Frames of ascending indices. Not by decord, even where it could: its thread decodes the whole
    clip ahead of whoever works on each frame, and keeps it."""
    size = film.info.width, film.info.height
    as_decord = decord_reads(film.info)
    wanted = set(ascending)
    for shown in film if wanted else ():
        if shown.index in wanted:
            wanted.remove(shown.index)
            yield (
                shown.frame.to_ndarray(format="rgb24") if as_decord else film.picture(shown, *size)
            )
        if not wanted:
            return
    if wanted:
        raise _damaged(film.path)
