"""What is in a video file, and a clear refusal of what cannot be used.

Frames are counted without decoding them where each packet holds one, and by decoding elsewhere: a
packet may hold none to be shown (VP8), or depend on what was cut off before the beginning.
"""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from statistics import median

import av
from av.container import InputContainer

from understudy.errors import UserError
from understudy.video.colour import Colours, colours_of
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
CLOCK_SET_BACK = Fraction("0.5")  # s


# Each packet of these, as FFmpeg parses them, holds one frame.
FRAME_A_PACKET = {"h264", "hevc", "av1", "vp9", "mpeg2video", "mjpeg", "prores", "ffv1", "dvvideo"}
GAP_SECONDS = Fraction(1, 2)  # a longer time without a new frame is told


@dataclass(frozen=True)
class VideoInfo:
    """width, height: px as displayed (turned upright, square pixels); seconds: from the first
    frame's time to the last one's end; times: of each frame, s from the first one's; orientation:
    how stored frames are turned to be displayed;
    hidden: packets that are decoded and not shown (an edit list's, and what depends on a part that
    was cut off); remarks: what else a user should know of the file, a line each.
    """

    width: int
    height: int
    fps: Fraction
    frames: int
    seconds: float
    has_audio: bool
    variable_rate: bool
    codec: str
    container: str
    orientation: Orientation
    colours: Colours
    timed: bool  # whether every frame carries a time; if not, frame i is at i / fps
    times: tuple[float, ...] = field(repr=False)
    hidden: int
    remarks: tuple[str, ...]

    @property
    def rotation(self) -> int:
        """Degrees counter-clockwise by which the file asks to be turned."""
        return self.orientation.rotation


@dataclass(frozen=True)
class Packets:
    """times: of the shown packets, s, in file order, None for one that carries no time; hidden: how
    many more an edit list hides; promised: frames that the header announces, or 0; end,
    promised_end: s, of the last packet and as the header says."""

    times: list[Fraction | None]
    hidden: int
    promised: int
    end: Fraction
    promised_end: float


def probe(path: Path | str) -> VideoInfo:
    """Read the header, the times of all packets and the first frame; see the module for when more
    is decoded.

    Raises UserError, one line, if the file is missing, empty, not a video, damaged, cut short,
    without a video stream, or holds a single frame.
    """
    with open_video(path) as container:
        stream = container.streams.video[0]
        header_rate = stream.average_rate or stream.guessed_rate
        packets = read_packets(container, path)
    with open_video(path) as container:
        stream = container.streams.video[0]
        frames = decode(container, path)
        frame = next(frames)
        colours, orientation = colours_of(frame, path), frame_orientation(frame)
        pixel = stream.sample_aspect_ratio or Fraction(1)
        width, height = orientation.displayed_size(round(frame.width * pixel), frame.height)
        codec, has_audio = stream.codec_context.name, bool(container.streams.audio)
        name = container.format.name
        first = frame_time(frame)
        if codec in FRAME_A_PACKET:
            times = [t for t in packets.times if t is None or first is None or t >= first]
        else:
            times = [first, *map(frame_time, frames)]
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
    clock = [time - min(known) for time in sorted(known)] if timed else _even(len(times), fps)
    return VideoInfo(
        width=width,
        height=height,
        fps=fps,
        frames=len(times),
        seconds=float(seconds),
        has_audio=has_audio,
        variable_rate=variable,
        codec=codec,
        container=name,
        orientation=orientation,
        colours=colours,
        timed=timed,
        times=tuple(map(float, clock)),
        hidden=packets.hidden + max(0, len(packets.times) - len(times)),
        remarks=tuple(_remarks(packets, len(times), known if timed else [], colours, fps)),
    )


def _remarks(
    packets: Packets, frames: int, times: list[Fraction], colours: Colours, fps: Fraction
) -> Iterator[str]:
    if colours.hdr:
        yield f"is HDR ({colours.hdr}): its brightest parts are pressed into what SDR can show"
    elif colours.unsaid and colours.matrix != 5:
        name = "BT.709" if colours.matrix == 1 else "BT.601"
        yield f"does not say how its colours are coded: they are read as {name}, as players do"
    there, promised = frames + packets.hidden, packets.promised
    if there < promised:
        yield f"has {there} of the {promised} frames that its header announces"
    elif float(packets.end) < packets.promised_end - 2 / float(fps) and packets.end:
        yield f"ends at {float(packets.end):.2f} of the {packets.promised_end:.2f} s of its header"
    if (undecodable := len(packets.times) - frames) > 0:
        yield f"has {undecodable} packets of which no frame can be made; they are left out"
    ordered = sorted(times)
    gaps = [(late - early, early) for early, late in itertools.pairwise(ordered)]
    if gaps and (longest := max(gaps))[0] > GAP_SECONDS:
        at = float(longest[1] - ordered[0])
        yield f"shows no new frame for {float(longest[0]):.1f} s, from {at:.1f} s on"


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
    """The frames of the first video stream as they are shown; UserError if they are damaged.

    What comes before the first frame that can be decoded is skipped, as players do: it depends on
    what was cut off. Half a packet at the end of a file is no frame.
    """
    count, failed = 0, None
    size = None
    try:
        for packet in container.demux(container.streams.video[0]):
            if failed and count and packet.size:
                raise failed
            try:
                frames = packet.decode()
            except av.InvalidDataError as error:
                failed, frames = error, []
            for frame in frames:
                if size not in (None, (frame.width, frame.height)):
                    raise UserError(
                        f"{path}: its image changes from {size[0]}x{size[1]} to "
                        f"{frame.width}x{frame.height} px at frame {count}; split it there"
                    )
                size = frame.width, frame.height
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


def read_packets(container: InputContainer, path: Path | str) -> Packets:
    """The video's packets; nothing is decoded.

    Raises UserError if none is displayed, the file was cut short, or its clock starts again.
    """
    video = container.streams.video[0]
    promised_frames = _promised_frames(container)
    times: list[Fraction | None] = []
    hidden, end = 0, Fraction(0)
    clock: Fraction | None = None
    try:
        for packet in container.demux():
            if not packet.size:
                continue
            time = None if packet.pts is None else packet.pts * packet.time_base
            if time is not None:
                end = max(end, time + (packet.duration or 0) * packet.time_base)
            if packet.stream.index != video.index:
                continue
            if packet.dts is not None:
                before, clock = clock, packet.dts * packet.time_base
                if before is not None and clock < before - CLOCK_SET_BACK:
                    raise UserError(
                        f"{path}: its clock jumps back after frame {len(times)}, as in two "
                        "recordings put one behind the other; split it there, or convert it to .mp4"
                    )
            if packet.is_discard:
                hidden += 1
            else:
                times.append(time)
    except av.FFmpegError:
        pass  # a file cut short may end in half a packet: judged by how much came before
    if not times:
        raise UserError(f"{path}: its video stream is empty; copy or record it again")
    promised_end = (container.duration or 0) / av.time_base
    _refuse_cut_short(path, len(times) + hidden, promised_frames, end, container.duration)
    return Packets(times, hidden, promised_frames, end, promised_end)


def _promised_frames(container: InputContainer) -> int:
    """How many frames the header announces, or 0; those that an edit list skips are counted in the
    header of an .mp4, but not in its index."""
    video = container.streams.video[0]
    if "mp4" in container.format.name:
        return min(video.frames, len(video.index_entries))
    return video.frames


def _even(frames: int, fps: Fraction) -> list[Fraction]:
    """Times of frames at a constant rate."""
    return [index / fps for index in range(frames)]


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
    return f"{path}: is not a video; give an .mp4, .mov, .mkv, .webm, .avi, .mts, .mpg or .wmv file"
