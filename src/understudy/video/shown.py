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
from understudy.video.probe import (
    MISSING_ALLOWED,
    VideoInfo,
    decode,
    frame_time,
    open_video,
    probe,
)


@dataclass(frozen=True)
class Shown:
    """index: from 0; seconds: from the first frame's time; frame: as decoded, deinterlaced."""

    index: int
    seconds: float
    frame: VideoFrame


class Film:
    """A user's video. Iterating decodes it once, from the beginning, a few frames in memory.

    interlaced: how many frames were deinterlaced so far.
    """

    def __init__(self, path: Path | str, threads: int) -> None:
        """threads: that decode. Raises UserError as `probe` does."""
        self.path = path
        self.threads = threads
        self.info: VideoInfo = probe(path)
        self.interlaced = 0
        self._screen = Screen(self.info.colours)

    def __iter__(self) -> Iterator[Shown]:
        """UserError if not all of it can be decoded."""
        index, origin = -1, None
        for index, frame in enumerate(self._decoded()):
            time = frame_time(frame) if self.info.timed else index / self.info.fps
            if time is None:
                raise UserError(f"{self.path}: frame {index} has no time; convert it to .mp4")
            origin = time if origin is None else origin
            yield Shown(index, float(time - origin), frame)
        there, wanted = index + 1, self.info.frames
        if there < wanted * (1 - MISSING_ALLOWED) - 1:
            raise UserError(
                f"{self.path}: is damaged: {there} of its {wanted} frames can be decoded; copy or "
                "record it again"
            )

    def picture(self, shown: Shown, width: int, height: int) -> np.ndarray:
        """A frame upright, scaled to width x height px, in BT.709: RGB uint8 (h,w,3)."""
        orientation = self.info.orientation
        stored = orientation.displayed_size(width, height)  # swapping is its own inverse
        return orientation.upright(self._screen.rgb(shown.frame, *stored))

    def _decoded(self) -> Iterator[VideoFrame]:
        with open_video(self.path) as container:
            stream = container.streams.video[0]
            stream.thread_count = self.threads
            if self.threads > 1:
                stream.thread_type = "AUTO"
            graph = None
            for frame in decode(container, self.path):
                if frame.interlaced_frame:
                    graph = graph or _deinterlacing(stream, frame)
                    self.interlaced += 1
                if graph is None:
                    yield frame
                else:
                    graph.vpush(frame)
                    yield from _pulled(graph)
            if graph is not None:
                graph.vpush(None)
                yield from _pulled(graph)


def _deinterlacing(stream: av.VideoStream, frame: VideoFrame) -> Graph:
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=frame.time_base or stream.time_base,
    )
    bwdif = graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
    graph.link_nodes(source, bwdif, graph.add("buffersink")).configure()
    return graph


def _pulled(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return
