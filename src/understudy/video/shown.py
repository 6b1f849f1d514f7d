"""The frames of a video as players show them: the one way in for all that read users' files.

In order, never by seeking: in .avi with B-frames, .mpg, .ts or a clip trimmed by an edit list a
seek may silently give a frame other than the one asked for. Frames that the file calls interlaced
are deinterlaced (bwdif: github.com/FFmpeg/FFmpeg, libavfilter/vf_bwdif.c); their number and times
stay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av import VideoFrame
from av.filter import Graph

from understudy.errors import UserError
from understudy.video.colour import Screen
from understudy.video.container import ADVICE, decode, frame_time, open_video, video_stream
from understudy.video.glitches import Glitches
from understudy.video.packets import MISSING_ALLOWED
from understudy.video.probe import VideoInfo, probe

LAST_GROUP = 4  # frames that depend on a last packet which was cut off


@dataclass(frozen=True)
class Shown:
    """index: from 0; seconds: from the first frame's time; frame: as decoded, deinterlaced."""

    index: int
    seconds: float
    frame: VideoFrame


class Film:
    """A user's video. Iterating decodes it once, from the beginning, a few frames in memory.

    info: of its `probe`; interlaced: how many frames were deinterlaced so far; lost: how many could
    not be decoded at its end, once it was reached; fields: "tff" or "bff" to deinterlace all frames
    of a video that does not say that it is interlaced; glitches: shown all frames, if set.
    """

    def __init__(self, path: Path | str, threads: int) -> None:
        """threads: that decode. Raises UserError as `probe` does."""
        self.path = path
        self.threads = threads
        self.info: VideoInfo = probe(path)
        self.interlaced = 0
        self.lost = 0
        self.fields: str | None = None
        self.glitches: Glitches | None = None
        self._screen = Screen(self.info.colours)

    def __iter__(self) -> Iterator[Shown]:
        """UserError if not all of it can be decoded."""
        index, first, times = -1, None, self.info.times
        for index, frame in enumerate(self._decoded()):
            own = frame_time(frame) if self.info.own_times else None
            if own is None:
                time = times[min(index, len(times) - 1)]
            else:
                first = own if first is None else first
                time = float(own - first)
            yield Shown(index, time, frame)
        there, wanted = index + 1, self.info.frames
        self.lost = max(0, wanted - there)
        if self.lost > wanted * MISSING_ALLOWED + LAST_GROUP:
            raise UserError(
                f"{self.path}: is damaged: {there} of its {wanted} frames can be decoded; {ADVICE}"
            )

    def picture(self, shown: Shown, width: int, height: int) -> np.ndarray:
        """A frame upright, scaled to width x height px, in BT.709: RGB uint8 (h,w,3)."""
        orientation = self.info.orientation
        stored = orientation.displayed_size(width, height)  # swapping is its own inverse
        return orientation.upright(self._screen.rgb(shown.frame, *stored))

    def _decoded(self) -> Iterator[VideoFrame]:
        with open_video(self.path) as container:
            stream = video_stream(container)
            stream.thread_count = self.threads
            if self.threads > 1:
                stream.thread_type = "AUTO"
            graph = None
            for frame in decode(container, self.path):
                if self.glitches is not None:
                    self.glitches.see(frame)
                if frame.interlaced_frame or self.fields:
                    graph = graph or self._deinterlacing(stream, frame)
                    self.interlaced += 1
                if graph is None:
                    yield frame
                else:
                    graph.vpush(frame)
                    yield from _pulled(graph)
            if graph is not None:
                graph.vpush(None)
                yield from _pulled(graph)

    def _deinterlacing(self, stream: av.VideoStream, frame: VideoFrame) -> Graph:
        graph = Graph()
        source = graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=frame.time_base or stream.time_base,
        )
        if frame.interlaced_frame:
            self.fields = None
        which = f"parity={self.fields}:deint=all" if self.fields else "parity=auto:deint=interlaced"
        bwdif = graph.add("bwdif", f"mode=send_frame:{which}")
        graph.link_nodes(source, bwdif, graph.add("buffersink")).configure()
        return graph


def _pulled(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return
