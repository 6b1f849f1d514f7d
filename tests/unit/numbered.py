"""Films of numbered frames in many containers: what is read from them shows whether it is right.

A frame's number is in it as nine black or white blocks, bit by bit, which survive compression
and resizing; a frame that is turned or mirrored shows another number.
"""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
FPS = 25
DARK, LIGHT = 40, 215
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-g", "12")
MPEG2 = ("-c:v", "mpeg2video", "-q:v", "2", "-bf", "2")
MPEG4 = ("-c:v", "mpeg4", "-q:v", "2")


def as_it_is(picture: np.ndarray) -> np.ndarray:
    return picture


@dataclass(frozen=True)
class Kind:
    """How a film is made. encoder: ffmpeg's options; size: (width, height) px; frames: how many.

    stored, turn: each image is stored as `stored` makes it, and metadata (ffmpeg's options
    `turn`) say how it is shown upright. start: seconds that an edit list hides, or None. slow:
    from the middle on, every frame is shown three times as long.
    """

    suffix: str
    encoder: Sequence[str]
    size: tuple[int, int] = (192, 144)
    frames: int = 240
    stored: Callable[[np.ndarray], np.ndarray] = as_it_is
    turn: Sequence[str] = ()
    start: int | None = None
    slow: bool = False


KINDS = {
    "mp4": Kind("mp4", (*H264, "-bf", "2")),
    "mp4, MPEG-4": Kind("mp4", (*MPEG4, "-bf", "2")),
    "mp4, AV1": Kind("mp4", ("-c:v", "libsvtav1", "-preset", "10", "-crf", "20")),
    "mp4, variable rate": Kind("mp4", (*H264, "-bf", "2"), slow=True),
    "mp4, edit list": Kind("mp4", (*H264[:-2], "-g", "250"), frames=400, start=4),
    "mp4, narrow": Kind("mp4", (*H264, "-bf", "2"), size=(66, 98)),
    "mp4, odd": Kind("mp4", ("-c:v", "libx264", "-pix_fmt", "yuv444p"), size=(97, 135)),
    "mp4, turned": Kind(
        "mp4", H264, stored=lambda picture: np.rot90(picture, -1), turn=("-display_rotation", "90")
    ),
    "mp4, mirrored": Kind(
        "mp4", H264, stored=lambda picture: picture[:, ::-1], turn=("-display_hflip",)
    ),
    "mp4, upside down": Kind(
        "mp4", H264, stored=lambda picture: picture[::-1], turn=("-display_vflip",)
    ),
    "mov, edit list": Kind("mov", (*H264[:-2], "-g", "250", "-bf", "2"), frames=400, start=4),
    "mkv, variable rate": Kind("mkv", (*H264, "-bf", "2"), slow=True),
    "webm": Kind("webm", ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime")),
    "avi": Kind("avi", (*H264, "-bf", "0")),
    "avi, B-frames": Kind("avi", (*H264, "-bf", "2")),
    "avi, MPEG-4": Kind("avi", MPEG4),
    "avi, MPEG-4, B-frames": Kind("avi", (*MPEG4, "-bf", "1")),
    "mpg": Kind("mpg", MPEG2),
    "ts": Kind("ts", (*H264, "-bf", "2")),
    "ts, MPEG-2": Kind("ts", MPEG2),
    "mts": Kind("mts", (*H264, "-bf", "2", "-f", "mpegts", "-mpegts_m2ts_mode", "1")),
    "wmv": Kind("wmv", ("-c:v", "wmv2", "-q:v", "2")),
    "wmv, H.264": Kind("wmv", (*H264, "-bf", "2")),
}


@dataclass(frozen=True)
class Film:
    """times: when each frame is shown, s from the first one, by the number in it."""

    path: Path
    times: dict[int, float]

    def right(self, numbers: Sequence[int]) -> list[bool]:
        """Of frames that should be spread evenly over the film's time, first to last: whether each
        is as near to its moment as any frame is."""
        times = np.array(list(self.times.values()))
        moments = np.linspace(times[0], times[-1], len(numbers))
        least = np.abs(times[:, None] - moments).min(0)
        found = np.array([self.times.get(number, np.inf) for number in numbers])
        return (np.abs(found - moments) <= least + 1e-3).tolist()


def film(folder: Path, name: str) -> Film:
    """The kind `name` of KINDS, written to `folder`."""
    kind = KINDS[name]
    path = folder / f"{name.replace(', ', '_')}.{kind.suffix}"
    if kind.start is None and not kind.turn:
        _encode(path, kind)
    else:
        whole = folder / f"whole_{path.name}"
        _encode(whole, kind)
        start = () if kind.start is None else ("-ss", str(kind.start))
        _ffmpeg(*kind.turn, *start, "-i", whole, "-c", "copy", path)
    first = 0 if kind.start is None else kind.start * FPS
    return Film(path, {n: _time(n, kind) - _time(first, kind) for n in range(first, kind.frames)})


def numbers(video: np.ndarray) -> list[int]:
    """The numbers in frames, uint8 (3,m,h,w)."""
    height, width = video.shape[2:]
    rows, columns = (np.array([1, 3, 5]) * side // 6 for side in (height, width))
    bits = video.mean(0)[:, rows][:, :, columns] > (DARK + LIGHT) / 2
    return (bits.reshape(len(bits), 9) @ (1 << np.arange(9))).tolist()


def picture(number: int, width: int, height: int) -> np.ndarray:
    """A frame with its number (below 512) in it, uint8 (h,w,3)."""
    bits = (number >> np.arange(9) & 1).reshape(3, 3)
    rows, columns = np.arange(height) * 3 // height, np.arange(width) * 3 // width
    levels = np.where(bits, LIGHT, DARK).astype(np.uint8)[rows][:, columns]
    return np.repeat(levels[:, :, None], 3, 2)


def _time(number: int, kind: Kind) -> float:
    half = kind.frames // 2
    slower = 2 * max(0, number - half) if kind.slow else 0
    return (number + slower) / FPS


def _encode(path: Path, kind: Kind) -> None:
    pictures = [kind.stored(picture(n, *kind.size)) for n in range(kind.frames)]
    height, width = pictures[0].shape[:2]
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", FPS, "-i", "-")
    slow = f"setpts=N+2*max(0\\,N-{kind.frames // 2})"  # in frames of the constant rate
    timing = ("-vf", slow, "-fps_mode", "passthrough") if kind.slow else ()
    _ffmpeg(*raw, *timing, *kind.encoder, path, given=b"".join(p.tobytes() for p in pictures))


def _ffmpeg(*arguments: object, given: bytes = b"") -> None:
    command = [FFMPEG, "-y", "-loglevel", "error", *map(str, arguments)]
    subprocess.run(command, input=given, check=True, capture_output=True)
