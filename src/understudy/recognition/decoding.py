"""Frames of whole videos, evenly spaced in time, resized to a square (the paper resizes to
224 × 224).

A video is decoded in order to its end, never by seeking: in users' own files (.avi with B-frames,
.mpg, .ts, a clip trimmed by an edit list) a seek may silently give a different frame from the one
requested. Only the wanted frames are converted, so this takes about as long as seeking did.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import torch

from understudy.progress import progress
from understudy.recognition.selection import Clip
from understudy.video import probe
from understudy.video.normalise import SCALING
from understudy.video.orientation import frame_orientation

Times = Sequence[Fraction | None]  # s, of successive frames; None: not given in the file


class FrameStore:
    """Small videos: index -> (3,m,s,s) uint8, m ≤ `most` evenly spaced frames.

    Each video is decoded once and kept if all of them fit in `cache_gb`, and again at each use
    if they do not.
    """

    def __init__(self, clips: list[Clip], side: int, most: int, cache_gb: float, title: str):
        self.paths = [clip.path for clip in clips]
        self.side = side
        self.most = most
        self.cache: list[torch.Tensor] | None = None
        if len(clips) * most * 3 * side**2 <= cache_gb * 1e9:
            paths = progress(self.paths, f"decoding {title} videos", unit="video")
            self.cache = [decode(path, side, most) for path in paths]

    def __getitem__(self, index: int) -> torch.Tensor:
        if self.cache is not None:
            return self.cache[index]
        return decode(self.paths[index], self.side, self.most)


def decode(path: str, side: int, most: int) -> torch.Tensor:
    """At most `most` frames of a video, evenly spaced in time from its first to its last one, as
    they are shown (upright), resized: (3,m,side,side) uint8.

    Raises UserError for a video that cannot be read.
    """
    with probe.open_video(path) as container:
        times = probe.packet_times(container, path)
    known = [time for time in times if time is not None]
    planned = evenly(sorted(known) if len(known) == len(times) else times, most)
    video, decoded = _read(path, side, planned)
    chosen = evenly(decoded, most)
    if chosen != planned:  # the frames' times differ from the packets'
        video, _ = _read(path, side, chosen)
    return torch.from_numpy(video)


def evenly(times: Times, most: int) -> list[int]:
    """The frames nearest to at most `most` moments, evenly spaced from the first one's time to the
    last one's; by their numbers if some have no time or times are out of order."""
    count = len(times)
    known = [time for time in times if time is not None]
    timed = len(known) == count and all(early <= late for early, late in pairwise(known))
    clock = np.array(known, float) if timed and known[0] < known[-1] else np.arange(count)
    moments = np.linspace(clock[0], clock[-1], min(count, most))
    places = np.interp(moments, clock, np.arange(count)).round(6)  # ties despite float noise
    return places.round().astype(int).tolist()


def _read(path: str, side: int, chosen: list[int]) -> tuple[np.ndarray, Times]:
    """The frames with the numbers `chosen` (ascending) that exist, uint8 (3,m,side,side); the times
    of all frames."""
    video = np.empty((3, len(chosen), side, side), np.uint8)
    times: list[Fraction | None] = []
    with probe.open_video(path) as container:
        container.streams.video[0].thread_count = 1  # workers decode in parallel
        for index, frame in enumerate(probe.decode(container, path)):
            times.append(probe.frame_time(frame))
            first, end = bisect_left(chosen, index), bisect_right(chosen, index)
            if first < end:
                image = frame.to_ndarray(
                    width=side, height=side, format="rgb24", interpolation=SCALING, threads=1
                )
                upright = frame_orientation(frame).upright(image)
                video[:, first:end] = upright.transpose(2, 0, 1)[:, None]
    return video, times
