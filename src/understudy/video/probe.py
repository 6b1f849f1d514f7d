"""What is in a video file, and a clear refusal of what cannot be used.

Frames are counted without decoding them where each packet holds one, and by decoding elsewhere: a
packet may hold none to be shown (VP8; one without a time where others have one), or a single field
(H.264 of camcorders).
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from statistics import median

from understudy.errors import UserError
from understudy.video.colour import NAMES, Colours, colours_of
from understudy.video.container import decode, frame_time, open_video, video_stream
from understudy.video.orientation import Orientation, frame_orientation, is_askew
from understudy.video.packets import Packets, read_packets

# A clock in whole milliseconds (Matroska) jitters by up to 1 ms without the rate being variable.
JITTER_SECONDS = Fraction("0.002")
# Each packet of these, as FFmpeg parses them, holds one frame.
FRAME_A_PACKET = {"h264", "hevc", "av1", "vp9", "mpeg2video", "mjpeg", "prores", "ffv1", "dvvideo"}
ASKEW = "asks to be turned by an odd angle: it is turned to the nearest right one"
# A longer time without a new frame is told, if other frames follow each other faster.
GAP_SECONDS, GAP_STEPS = Fraction(1, 5), 3


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
    times: tuple[float, ...] = field(repr=False)
    # Whether decoded frames carry these times; if not (.avi, .wmv), the times are of decoding.
    own_times: bool
    hidden: int
    remarks: tuple[str, ...]

    @property
    def rotation(self) -> int:
        """Degrees counter-clockwise by which the file asks to be turned."""
        return self.orientation.rotation


def probe(path: Path | str) -> VideoInfo:
    """Read the header, the times of all packets and the first frame; see the module for when more
    is decoded.

    Raises UserError, one line, if the file is missing, empty, not a video, damaged, cut short,
    without a video stream, or holds a single frame.
    """
    with open_video(path) as container:
        stream = video_stream(container)
        header_rate = stream.average_rate or stream.guessed_rate
        packets = read_packets(container, path)
    with open_video(path) as container:
        stream = video_stream(container)
        frames = decode(container, path)
        frame = next(frames)
        colours, orientation = colours_of(frame, path), frame_orientation(frame)
        remarks = (ASKEW,) if is_askew(frame) else ()
        pixel = stream.sample_aspect_ratio or Fraction(1)
        width, height = orientation.displayed_size(round(frame.width * pixel), frame.height)
        codec, has_audio = stream.codec_context.name, bool(container.streams.audio)
        name = container.format.name
        first = frame_time(frame)
        timeless = packets.times.count(None)
        one_each = (
            codec in FRAME_A_PACKET
            and not frame.interlaced_frame
            and timeless in (0, len(packets.times))
        )
        if one_each:
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
        times=tuple(map(float, clock)),
        own_times=timed and one_each and known != sorted(known),
        hidden=packets.hidden + max(0, len(packets.times) - len(times)),
        remarks=(*remarks, *_remarks(packets, len(times), known if timed else [], colours, fps)),
    )


def _remarks(
    packets: Packets, frames: int, times: list[Fraction], colours: Colours, fps: Fraction
) -> Iterator[str]:
    if colours.hdr:
        yield f"is HDR ({colours.hdr}): its brightest parts are pressed into what SDR can show"
    elif colours.unsaid:
        name = NAMES.get(colours.matrix, "BT.601")
        yield f"does not say how its colours are coded: they are read as {name}, as players do"
    if frames + packets.hidden < packets.promised:
        there = frames + packets.hidden
        yield f"has {there} of the {packets.promised} frames that its header announces"
    elif 0 < packets.end < packets.promised_end - 0.75 / float(fps):
        yield f"ends at {packets.end:.2f} of the {packets.promised_end:.2f} s of its header"
    elif packets.end_missing:
        yield "was cut off in the middle: its last frame may be damaged, and more may be missing"
    if len(packets.times) > frames:
        lost = len(packets.times) - frames
        yield f"has {lost} packets of which no frame can be made; they are left out"
    ordered = sorted(times)
    gaps = [(late - early, early) for early, late in itertools.pairwise(ordered)]
    if gaps and max(gaps)[0] > max(GAP_SECONDS, GAP_STEPS * median(gap for gap, _ in gaps)):
        gap, at = max(gaps)
        yield f"shows no new frame for {float(gap):.1f} s, from {float(at - ordered[0]):.1f} s on"


def _even(frames: int, fps: Fraction) -> list[Fraction]:
    """Times of frames at a constant rate."""
    return [index / fps for index in range(frames)]


def _rhythm(times: list[Fraction]) -> tuple[Fraction, bool]:
    """From sorted frame times (s): how long the clip lasts, and whether the rate varies."""
    steps = [late - early for early, late in itertools.pairwise(times)]
    step = median(steps)
    variable = any(abs(s - step) > max(JITTER_SECONDS, step / 10) for s in steps)
    return times[-1] - times[0] + step, variable
