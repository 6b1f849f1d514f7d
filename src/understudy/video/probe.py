"""What is in a video file, and a clear refusal of what cannot be used."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median

import av
from av.container import InputContainer

from understudy.errors import UserError
from understudy.video.orientation import Orientation, frame_orientation

# The first bytes of MP4/MOV, Matroska/WebM, AVI and FLV: a file that opens like one of these but
# cannot be read is a damaged video; any other never was one.
VIDEO_SIGNATURES = (
    *((4, b"ftyp"), (4, b"moov"), (4, b"mdat")),
    *((0, b"\x1aE\xdf\xa3"), (0, b"RIFF"), (0, b"FLV")),
)
# Headers are rounded; a file that lacks a larger share than this was cut short.
MISSING_ALLOWED = 0.02
# A clock in whole milliseconds (Matroska) jitters by up to 1 ms without the rate being variable.
JITTER_SECONDS = Fraction("0.002")


@dataclass(frozen=True)
class VideoInfo:
    """width, height: px as displayed (turned upright, square pixels); seconds: from the first
    frame's time to the last one's end; orientation: how stored frames are turned to be displayed.
    """

    width: int
    height: int
    fps: Fraction
    frames: int
    seconds: float
    has_audio: bool
    variable_rate: bool
    codec: str
    orientation: Orientation
    timed: bool  # whether every frame carries a time; if not, frame i is at i / fps

    @property
    def rotation(self) -> int:
        """Degrees counter-clockwise by which the file asks to be turned."""
        return self.orientation.rotation


def probe(path: Path | str) -> VideoInfo:
    """Read the header, the times of all packets and the first frame; decode nothing more.

    Raises UserError, one line, if the file is missing, empty, not a video, damaged, cut short,
    without a video stream, or holds a single frame.
    """
    with open_video(path) as container:
        stream = container.streams.video[0]
        header_rate = stream.average_rate or stream.guessed_rate
        times = packet_times(container, path)
    if len(times) == 1:
        raise UserError(f"{path}: holds a single frame; give a video of a moving person")
    known = [time for time in times if time is not None]
    timed = len(known) == len(times)
    seconds, variable = _rhythm(sorted(known)) if timed else (None, False)
    if seconds is None:
        seconds = len(times) / Fraction(header_rate or 25)
    average = (len(times) / seconds).limit_denominator(10_000) if seconds else Fraction(0)
    fps = average if variable or not header_rate else Fraction(header_rate)
    if fps <= 0:
        raise UserError(f"{path}: its frames have no usable time stamps; convert it to .mp4")
    with open_video(path) as container:
        frame = next(decode(container, path))
        orientation = frame_orientation(frame)
        pixel = container.streams.video[0].sample_aspect_ratio or Fraction(1)
        width, height = orientation.displayed_size(round(frame.width * pixel), frame.height)
        codec = container.streams.video[0].codec_context.name
        has_audio = bool(container.streams.audio)
    return VideoInfo(
        width=width,
        height=height,
        fps=fps,
        frames=len(times),
        seconds=float(seconds),
        has_audio=has_audio,
        variable_rate=variable,
        codec=codec,
        orientation=orientation,
        timed=timed,
    )


@contextlib.contextmanager
def open_video(path: Path | str) -> Iterator[InputContainer]:
    """An open PyAV container with at least one video stream; UserError otherwise."""
    path = Path(path)
    if not path.exists():
        raise UserError(f"{path}: no such file; check the path in the table")
    if path.is_dir():
        raise UserError(f"{path}: is a folder; name a video file")
    if path.stat().st_size == 0:
        raise UserError(f"{path}: is empty (0 bytes); copy or record it again")
    try:
        container = av.open(str(path))
    except PermissionError as error:
        raise UserError(f"{path}: cannot be read; change its permissions") from error
    except (av.FFmpegError, ValueError) as error:
        raise UserError(_unreadable(path)) from error
    with container:
        if not container.streams.video:
            raise UserError(f"{path}: has no video stream, only sound or data; give a video")
        yield container


def decode(container: InputContainer, path: Path | str) -> Iterator[av.VideoFrame]:
    """The frames of the first video stream as they are shown; UserError if they are damaged."""
    count = 0
    try:
        for frame in container.decode(container.streams.video[0]):
            yield frame
            count += 1
    except av.FFmpegError as error:
        raise UserError(
            f"{path}: is damaged at frame {count} ({error.strerror}); copy or record it again"
        ) from error
    if count == 0:
        raise UserError(f"{path}: no frame can be decoded; copy or record it again")


def frame_time(frame: av.VideoFrame) -> Fraction | None:
    """A decoded frame's time (s); None: not given in the file."""
    if frame.pts is None or frame.time_base is None:
        return None
    return frame.pts * frame.time_base


def packet_times(container: InputContainer, path: Path | str) -> list[Fraction | None]:
    """Times (s) of the video's displayed packets, in file order, None for one that carries no
    time; nothing is decoded.

    Raises UserError if none is displayed, or the file was cut short.
    """
    video = container.streams.video[0]
    promised_frames = _promised_frames(container)
    times: list[Fraction | None] = []
    hidden, end = 0, Fraction(0)  # hidden: what an edit list keeps only to decode the rest
    try:
        for packet in container.demux():
            if not packet.size:
                continue
            time = None if packet.pts is None else packet.pts * packet.time_base
            if time is not None:
                end = max(end, time + (packet.duration or 0) * packet.time_base)
            if packet.stream.index != video.index:
                continue
            if packet.is_discard:
                hidden += 1
            else:
                times.append(time)
    except av.FFmpegError:
        pass  # a file cut short may end in half a packet: judged by how much came before
    if not times:
        raise UserError(f"{path}: its video stream is empty; copy or record it again")
    _refuse_cut_short(path, len(times) + hidden, promised_frames, end, container.duration)
    return times


def _promised_frames(container: InputContainer) -> int:
    """How many frames the header announces, or 0; those that an edit list skips are counted in the
    header of an .mp4, but not in its index."""
    video = container.streams.video[0]
    if "mp4" in container.format.name:
        return min(video.frames, len(video.index_entries))
    return video.frames


def _rhythm(times: list[Fraction]) -> tuple[Fraction, bool]:
    """From sorted frame times (s): how long the clip lasts, and whether the rate varies."""
    steps = [late - early for early, late in itertools.pairwise(times)]
    step = median(steps)
    variable = any(abs(s - step) > max(JITTER_SECONDS, step / 10) for s in steps)
    return times[-1] - times[0] + step, variable


def _refuse_cut_short(
    path: Path | str, frames: int, promised_frames: int, end: Fraction, header_end: int | None
) -> None:
    """UserError if the header announces clearly more than the file holds."""
    if frames < promised_frames * (1 - MISSING_ALLOWED) - 1:
        raise UserError(
            f"{path}: is truncated: it has {frames} of {promised_frames} frames; copy it again"
        )
    promised = (header_end or 0) / av.time_base
    if end and float(end) < promised * (1 - MISSING_ALLOWED) - 0.5:
        raise UserError(
            f"{path}: is truncated: it has {float(end):.1f} of {promised:.1f} s; copy it again"
        )


def _unreadable(path: Path) -> str:
    with open(path, "rb") as stream:
        start = stream.read(16)
    if any(start[at : at + len(mark)] == mark for at, mark in VIDEO_SIGNATURES):
        return f"{path}: is a damaged or truncated video; copy or record it again"
    return f"{path}: is not a video; give an .mp4, .mov, .mkv, .webm or .avi file"
