"""Frames of whole videos, evenly spaced in time, resized to a square (the paper resizes to
224 × 224).

A video is decoded in order to its end (`video.shown`), and only the wanted frames are converted, so
this takes about as long as seeking did.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
import torch

from understudy.progress import progress
from understudy.recognition.selection import Clip
from understudy.video.shown import Film


class FrameStore:
    """Small videos: index -> (3,m,s,s) uint8, m ≤ `most` evenly spaced frames.

    Each video is decoded once and kept if all of them fit in `cache_gb`, and again at each use
    if they do not.
    """

    def __init__(self, clips: list[Clip], side: int, most: int, cache_gb: float, title: str):
        self.clips = clips
        self.side = side
        self.most = most
        self.cache: list[torch.Tensor] | None = None
        if len(clips) * most * 3 * side**2 <= cache_gb * 1e9:
            todo = progress(clips, f"decoding {title} videos", unit="video")
            self.cache = [decode(clip.path, side, most, clip.mirror) for clip in todo]

    def __getitem__(self, index: int) -> torch.Tensor:
        if self.cache is not None:
            return self.cache[index]
        clip = self.clips[index]
        return decode(clip.path, self.side, self.most, clip.mirror)


def decode(path: str, side: int, most: int, mirror: bool = False) -> torch.Tensor:
    """At most `most` frames of a video, evenly spaced in time from its first to its last one, as
    they are shown (upright; left and right swapped if `mirror`), resized: (3,m,side,side) uint8.

    Raises UserError for a video that cannot be read.
    """
    film = Film(path, threads=1)  # workers decode in parallel
    planned = evenly(film.info.times, most)
    video, decoded = _read(film, side, planned)
    chosen = evenly(decoded, most)
    if chosen != planned:  # the frames' times differ from the packets'
        video, _ = _read(film, side, chosen)
    return torch.from_numpy(video[..., ::-1].copy() if mirror else video)


def evenly(times: Sequence[float], most: int) -> list[int]:
    """The frames nearest to at most `most` moments, evenly spaced from the first one's time to the
    last one's; by their numbers if times are out of order."""
    count, clock = len(times), np.array(times, float)
    if clock[0] == clock[-1] or (np.diff(clock) < 0).any():
        clock = np.arange(count)
    moments = np.linspace(clock[0], clock[-1], min(count, most))
    places = np.interp(moments, clock, np.arange(count)).round(6)  # ties despite float noise
    return places.round().astype(int).tolist()


def _read(film: Film, side: int, chosen: list[int]) -> tuple[np.ndarray, list[float]]:
    """The frames with the numbers `chosen` (ascending) that exist, uint8 (3,m,side,side); the times
    of all frames, s."""
    video = np.empty((3, len(chosen), side, side), np.uint8)
    times: list[float] = []
    for shown in film:
        times.append(shown.seconds)
        first, end = bisect_left(chosen, shown.index), bisect_right(chosen, shown.index)
        if first < end:
            image = film.picture(shown, side, side)
            video[:, first:end] = image.transpose(2, 0, 1)[:, None]
    return video, times
