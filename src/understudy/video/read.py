"""Frames from video files."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import decord
import numpy as np

from understudy.errors import UserError
from understudy.video.orientation import Orientation
from understudy.video.probe import decode, open_video, probe

# decord 0.6.0 mistakes the padding of a narrow row for a fourth channel and returns garbage
# (github.com/dmlc/decord/issues/336): FFmpeg pads rows to whole 32 px, so up to 93 px.
DECORD_MIN_WIDTH = 96


def read_frames(path: Path | str, indices: Sequence[int] | np.ndarray | None = None) -> np.ndarray:
    """The frames `indices` (default: all), upright, RGB uint8 (n,h,w,3).

    Raises UserError as `probe` does, IndexError if an index is beyond the clip.
    """
    info = probe(path)
    wanted = range(info.frames) if indices is None else list(indices)
    if any(not 0 <= index < info.frames for index in wanted):
        raise IndexError(f"{path}: has {info.frames} frames, asked for {list(wanted)}")
    if info.orientation.identity and info.width > DECORD_MIN_WIDTH:
        return _read_decord(path, wanted)
    return _read_av(path, wanted, info.orientation)


def read_rgba(path: Path | str) -> Iterator[np.ndarray]:
    """Frame by frame, the RGBA master of an avatar's clip: uint8 (h,w,4), colour premultiplied."""
    with open_video(path) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in decode(container, path):
            if "a" not in frame.format.name:
                raise UserError(f"{path}: has no alpha channel; animate the avatar again")
            yield frame.to_ndarray(format="rgba")


def frame_rate(path: Path | str) -> Fraction:
    """Frames per second, exact (30000/1001, not 29.97)."""
    return probe(path).fps


def _read_decord(path: Path | str, wanted: Sequence[int]) -> np.ndarray:
    try:
        reader = decord.VideoReader(str(path), num_threads=1)
        return reader.get_batch(list(wanted)).asnumpy()
    except (decord.DECORDError, RuntimeError) as error:
        raise UserError(
            f"{path}: is damaged, not all of it decodes; copy or record it again"
        ) from error


def _read_av(path: Path | str, wanted: Sequence[int], orientation: Orientation) -> np.ndarray:
    """Through PyAV: clips that decord misorients (see orientation.py) or that are too narrow."""
    needed, kept = set(wanted), {}
    with open_video(path) as container:
        for index, frame in enumerate(decode(container, path)):
            if index in needed:
                kept[index] = orientation.upright(frame.to_ndarray(format="rgb24"))
            if len(kept) == len(needed):
                break
    if len(kept) < len(needed):
        raise UserError(f"{path}: is damaged, not all of it decodes; copy or record it again")
    return np.stack([kept[index] for index in wanted])
