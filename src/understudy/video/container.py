"""Video files opened and decoded through PyAV, and a clear refusal of what cannot be."""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer

from understudy.errors import UserError

# The first bytes of MP4/MOV, Matroska/WebM, AVI, FLV and ASF: a file that opens like one of these
# but cannot be read is a damaged video; any other never was one.
VIDEO_SIGNATURES = (
    *((4, b"ftyp"), (4, b"moov"), (4, b"mdat")),
    *((0, b"\x1aE\xdf\xa3"), (0, b"RIFF"), (0, b"FLV"), (0, b"0&\xb2u")),
)
# Without it FFmpeg conceals most errors in silence.
STRICT = {"err_detect": "crccheck+bitstream+buffer+explode"}
ADVICE = "copy or record it again, or re-encode it if it plays without a fault"


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


def video_stream(container: InputContainer) -> av.VideoStream:
    """The one that players show: not a cover picture, nor a preview."""
    stream = container.streams.best("video")
    assert isinstance(stream, av.VideoStream)  # `open_video`: there is one
    return stream


def decode(container: InputContainer, path: Path | str) -> Iterator[av.VideoFrame]:
    """The frames of the video as they are shown; UserError if they are damaged.

    What comes before the first frame that can be decoded is skipped, as players do: it depends on
    what was cut off. Half a frame at the end of a file is none.
    """
    stream = video_stream(container)
    stream.codec_context.options = STRICT
    count = 0
    size: tuple[int, int] | None = None
    failed: av.FFmpegError | None = None
    try:
        for packet in container.demux(stream):
            if failed and count and packet.size:
                raise failed
            try:
                frames = packet.decode()
            except (av.InvalidDataError, av.PermissionError) as error:
                failed, frames = error, []
            if count == 0 and frames:
                failed = None
            for frame in frames:
                if frame.is_corrupt:
                    failed = failed or av.InvalidDataError(0, "concealed errors")
                    continue
                if failed and count:
                    raise failed
                if size is not None and size != (frame.width, frame.height):
                    raise UserError(
                        f"{path}: its image changes from {size[0]}x{size[1]} to "
                        f"{frame.width}x{frame.height} px at frame {count}; split it there"
                    )
                size = frame.width, frame.height
                yield frame
                count += 1
    except av.FFmpegError as error:
        raise UserError(
            f"{path}: is damaged at frame {count} ({error.strerror}); {ADVICE}"
        ) from error
    if count == 0:
        raise UserError(f"{path}: no frame can be decoded; copy or record it again")


def frame_time(frame: av.VideoFrame) -> Fraction | None:
    """A decoded frame's time (s); None: not given in the file."""
    if frame.pts is None or frame.time_base is None:
        return None
    return frame.pts * frame.time_base


def _unreadable(path: Path) -> str:
    with open(path, "rb") as stream:
        start = stream.read(16)
    if any(start[at : at + len(mark)] == mark for at, mark in VIDEO_SIGNATURES):
        return f"{path}: is a damaged or truncated video; copy or record it again"
    return f"{path}: is not a video; give an .mp4, .mov, .mkv, .webm, .avi, .mts, .mpg or .wmv file"
