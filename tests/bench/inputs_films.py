"""Films of many kinds, made by ffmpeg's own hand, and what is right for each: the list on which
`make bench NAME=inputs` counts those that come out wrong without a word.

Every film shows frames with numbers in them (tests/unit/numbered.py), in two colours, with a
texture that makes its packets large enough to be hit by damage.
"""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np

from tests.unit.numbered import picture

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
FPS, FRAMES = 25, 40
SIZE = (96, 96)
DARK, LIGHT = np.array([30, 60, 90]), np.array([225, 200, 170])
TEXTURE = 12  # levels
COMB = 1.6  # grey levels, of a frame's mean: comb teeth alone are 1.9

TAGS_709 = (
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-color_range", "tv"),
)
TO_709 = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int"
UNSAID = "setparams=color_primaries=unknown:color_trc=unknown:colorspace=unknown"
YUV = ("-pix_fmt", "yuv420p")
CODECS = {
    "h264": ("-c:v", "libx264", *YUV, "-crf", "16", "-g", "12", "-bf", "2"),
    "hevc": ("-c:v", "libx265", *YUV, "-crf", "16", "-x265-params", "log-level=none:keyint=12"),
    "av1": ("-c:v", "libsvtav1", *YUV, "-preset", "12", "-crf", "20", "-g", "12"),
    "vp9": ("-c:v", "libvpx-vp9", *YUV, "-cpu-used", "8", "-deadline", "realtime", "-g", "12"),
    "vp8": ("-c:v", "libvpx", *YUV, "-b:v", "2M", "-auto-alt-ref", "1", "-lag-in-frames", "10"),
    "mpeg4": ("-c:v", "mpeg4", *YUV, "-q:v", "2", "-bf", "2"),
    "mpeg2": ("-c:v", "mpeg2video", *YUV, "-q:v", "2", "-bf", "2"),
    "mjpeg": ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "2"),
    "wmv2": ("-c:v", "wmv2", *YUV, "-q:v", "2"),
    "prores": ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le"),
    "ffv1": ("-c:v", "ffv1", *YUV, "-level", "3"),
    "theora": ("-c:v", "libtheora", *YUV, "-q:v", "9"),
}
CONTAINERS = {
    "mp4": ("h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2", "mjpeg"),
    "mov": ("h264", "hevc", "mpeg4", "mjpeg", "prores"),
    "mkv": ("h264", "hevc", "av1", "vp9", "vp8", "mpeg4", "mpeg2", "mjpeg", "ffv1", "theora"),
    "webm": ("av1", "vp9", "vp8"),
    "avi": ("h264", "mpeg4", "mpeg2", "mjpeg", "wmv2", "ffv1"),
    "ts": ("h264", "hevc", "mpeg2"),
    "m2ts": ("h264", "mpeg2"),
    "mpg": ("mpeg2",),
    "wmv": ("wmv2", "h264"),
    "3gp": ("h264", "mpeg4"),
    "flv": ("h264",),
    "ogv": ("theora",),
}
MUXERS = {"m2ts": ("-f", "mpegts", "-mpegts_m2ts_mode", "1")}


@dataclass(frozen=True)
class Made:
    """A film and what is right: the frames' numbers as shown at FPS; picture: a number -> how it
    looks, uint8 (h,w,3); loose: fewer frames of the same order are right too, for nothing in the
    file says that there were more."""

    group: str
    name: str
    path: Path
    numbers: Sequence[int] = tuple(range(FRAMES))
    picture: Callable[[int], np.ndarray] = field(default=lambda number: numbered(number))
    loose: bool = False
    off: float = 9  # grey levels, of a frame's mean: above it, it is another picture
    off_somewhere: float = 255  # the same of its worst square of 16 px


@cache
def _texture(width: int, height: int) -> np.ndarray:
    coarse = np.random.default_rng(0).integers(-TEXTURE, TEXTURE + 1, (height, width, 1))
    return (coarse + np.roll(coarse, 1, 0) + np.roll(coarse, 1, 1)) // 3


def numbered(number: int, width: int = SIZE[0], height: int = SIZE[1]) -> np.ndarray:
    """A frame with its number in it, uint8 (h,w,3)."""
    light = picture(number, width, height) > 128
    moving = np.roll(_texture(width, height), number, 1)
    return np.clip(np.where(light, LIGHT, DARK) + moving, 0, 255).astype(np.uint8)


def walk(number: int, width: int = 256, height: int = 160) -> np.ndarray:
    """Somebody in a striped shirt who crosses a room, uint8 (h,w,3): as smooth as real films, for
    damage that only shows by not being so. The number is in the upper corner, bit by bit."""
    image = np.clip(_wall(width, height), 0, 255).astype(np.uint8)
    for bit in range(6):
        image[3:20, 3 + 21 * bit : 20 + 21 * bit] = LIGHT if number >> bit & 1 else DARK
    left, top = 12 + 5 * number // 2, 40 + round(3 * np.sin(number / 3))
    stripes = np.arange(90)[:, None] // 6 % 2 == 0
    image[top : top + 90, left : left + 36] = np.where(stripes, 210, 70)[..., None]
    image[top - 16 : top, left + 9 : left + 27] = (190, 140, 110)
    return image


@cache
def _wall(width: int, height: int) -> np.ndarray:
    rough = np.random.default_rng(1).normal(130, 30, (height // 5, width // 5, 3))
    fine = np.random.default_rng(2).normal(0, 6, (height, width, 1))
    return cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC) + fine


def ffmpeg(*arguments: object, given: bytes = b"") -> None:
    """Run ffmpeg; a failure raises."""
    command = [FFMPEG, "-y", "-loglevel", "error", *map(str, arguments)]
    subprocess.run(command, input=given, check=True, capture_output=True)


def encode(
    path: Path,
    options: Sequence[str] = CODECS["h264"],
    filters: str = TO_709,
    tags: Sequence[str] = TAGS_709,
    frames: Sequence[np.ndarray] | None = None,
    rate: object = FPS,
) -> Path:
    """Numbered frames, or others (h,w,3), in a file."""
    frames = [numbered(n) for n in range(FRAMES)] if frames is None else frames
    height, width = frames[0].shape[:2]
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", rate, "-i", "-")
    shown = ("-vf", filters) if filters else ()
    muxer = MUXERS.get(path.suffix[1:], ())
    data = b"".join(frame.tobytes() for frame in frames)
    ffmpeg(*raw, *shown, *options, *tags, *muxer, path, given=data)
    return path


def films(folder: Path) -> Iterator[Made]:
    """All of them, one after another."""
    for kind in (of_containers, of_colours, of_rates, of_scans, of_turns, of_damage):
        yield from kind(folder)


def encode_plain(path: Path, codec: str, frames: Sequence[np.ndarray] | None = None) -> Path:
    """Numbered frames, or others, by a codec whose colours say BT.709 if they can say anything."""
    if codec in ("mpeg4", "wmv2", "theora", "mjpeg", "vp8"):  # these cannot, or mean BT.601
        return encode(path, CODECS[codec], "", (), frames)
    return encode(path, CODECS[codec], frames=frames)


def of_containers(folder: Path) -> Iterator[Made]:
    for container, codecs in CONTAINERS.items():
        for codec in codecs:
            path = folder / f"{codec}.{container}"
            yield Made("container", path.name, encode_plain(path, codec))


def hdr(transfer: str, bits: int) -> tuple[str, tuple[str, ...]]:
    """Filters that lift BT.709 into HDR with paper white at 203 cd/m², and x265's options."""
    filters = (
        f"{TO_709},zscale=tin=bt709:min=bt709:pin=bt709:rin=tv:t={transfer}:m=bt2020nc:p=bt2020:"
        f"r=tv:npl=203,format=yuv420p{bits}le"
    )
    told = f"log-level=none:crf=12:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"
    return filters, ("-c:v", "libx265", "-x265-params", told, "-tag:v", "hvc1")


def of_colours(folder: Path) -> Iterator[Made]:
    x264 = ("-c:v", "libx264", "-crf", "12")

    def tagged(matrix: str, value: str = "tv") -> tuple[str, ...]:
        pieces = zip(("colorspace", "color_primaries", "color_trc"), (matrix,) * 3, strict=True)
        return (*(word for k, v in pieces for word in (f"-{k}", v)), "-color_range", value)

    def to(matrix: str, value: str, then: str = "format=yuv420p") -> str:
        return f"scale=out_color_matrix={matrix}:out_range={value}:flags=accurate_rnd,{then}"

    tall = (64, 640)
    kinds: dict[str, tuple] = {
        "bt709": (to("bt709", "tv"), x264, TAGS_709),
        "full range": (to("bt709", "pc"), x264, tagged("bt709", "pc")),
        "bt601 matrix": (
            to("smpte170m", "tv"),
            x264,
            ("-colorspace", "smpte170m", "-color_primaries", "bt709", "-color_trc", "bt709"),
        ),
        "bt601": (
            "scale=out_color_matrix=bt709:out_range=tv,zscale=pin=bt709:tin=bt709:min=bt709:rin=tv:"
            "p=170m:m=170m:t=601:r=tv,format=yuv420p",
            x264,
            tagged("smpte170m"),
        ),
        "untagged": (f"{to('smpte170m', 'tv')},{UNSAID}", x264, ()),
        "untagged HD": (f"{to('bt709', 'tv')},{UNSAID}", x264, (), tall),
        "10 bit": (to("bt709", "tv", "format=yuv420p10le"), x264, TAGS_709),
        "bt2020": (
            "scale=out_color_matrix=bt709:out_range=tv,zscale=pin=bt709:tin=bt709:min=bt709:rin=tv:"
            "p=2020:m=2020_ncl:t=2020_10:r=tv,format=yuv420p10le",
            x264,
            ("-colorspace", "bt2020nc", "-color_primaries", "bt2020", "-color_trc", "bt2020-10"),
        ),
        "HLG": (*hdr("arib-std-b67", 10), ()),
        "HLG, 12 bit": (*hdr("arib-std-b67", 12), ()),
        "PQ": (*hdr("smpte2084", 10), ()),
        "rgb": ("format=gbrp", ("-c:v", "ffv1"), ()),
    }
    for name, (filters, codec, tags, *size) in kinds.items():
        width, height = size[0] if size else SIZE
        suffix = "mkv" if name == "rgb" else "mp4"
        path = folder / f"colour_{name.replace(' ', '_').replace(',', '')}.{suffix}"
        frames = [numbered(n, width, height) for n in range(FRAMES)]
        encode(path, codec, filters, tags, frames)
        yield Made(
            "colour",
            name,
            path,
            picture=lambda n, w=width, h=height: numbered(n, w, h),
        )


def of_rates(folder: Path) -> Iterator[Made]:
    def shown(times: Sequence[float], last: float) -> list[int]:
        moments = np.arange(round((times[-1] + last) * FPS)) / FPS
        return [int(np.abs(np.array(times) - moment + 1e-6).argmin()) for moment in moments]

    h264 = CODECS["h264"]
    path = encode(folder / "rate_29.97.mp4", rate="30000/1001")
    times = [n * 1001 / 30000 for n in range(FRAMES)]
    yield Made("rate", "29.97", path, shown(times, 1001 / 30000))
    path = encode(folder / "rate_12.5.mkv", rate="25/2")
    yield Made("rate", "12.5", path, shown([n / 12.5 for n in range(FRAMES)], 1 / 12.5))
    half = FRAMES // 2
    slow = f"{TO_709},setpts=N+2*max(0\\,N-{half})"
    for suffix in ("mp4", "mkv"):
        path = folder / f"rate_variable.{suffix}"
        encode(path, (*h264, "-fps_mode", "passthrough"), slow)
        times = [(n + 2 * max(0, n - half)) / FPS for n in range(FRAMES)]
        yield Made("rate", path.name, path, shown(times, 1 / FPS))
    path = folder / "rate_dropped.avi"
    dropped = f"setpts=N+3*gte(N\\,{half})"
    encode(path, (*CODECS["mpeg4"], "-fps_mode", "passthrough"), dropped, ())
    times = [(n + 3 * (n >= half)) / FPS for n in range(FRAMES)]
    yield Made("rate", "dropped", path, shown(times, 1 / FPS))
    path = folder / "rate_gap.mp4"
    encode(path, (*h264, "-fps_mode", "passthrough"), f"{TO_709},setpts=N+25*gte(N\\,{half})")
    times = [(n + 25 * (n >= half)) / FPS for n in range(FRAMES)]
    yield Made("rate", "gap", path, shown(times, 1 / FPS))


def swinging(number: int, width: int = 160, height: int = 96) -> np.ndarray:
    """A bright square that moves to and fro before a grey wall."""
    image = np.full((height, width, 3), 90, np.uint8)
    left = int((width - 40) * (0.5 - 0.5 * np.cos(number / 12)))
    image[28:68, left : left + 40] = 210
    return image


def of_scans(folder: Path) -> Iterator[Made]:
    fast = [swinging(n) for n in range(2 * FRAMES)]
    for name, order in (("top", "tff"), ("bottom", "bff")):
        weave = "interleave_top" if order == "tff" else "interleave_bottom"
        flags = ("-flags", "+ildct+ilme", "-x264opts", f"{order}=1")
        woven = f"{TO_709},tinterlace={weave},fieldorder={order}"
        for suffix in ("mp4", "m2ts"):
            path = folder / f"scan_{name}.{suffix}"
            encode(path, (*CODECS["h264"], *flags), woven, frames=fast, rate=2 * FPS)
            yield Made("scan", path.name, path, picture=lambda n: swinging(2 * n), off=COMB)
        path = folder / f"scan_{name}_mpeg2.mpg"
        options = (*CODECS["mpeg2"][:-2], "-flags", "+ildct+ilme")
        encode(path, options, woven, frames=fast, rate=2 * FPS)
        yield Made("scan", path.name, path, picture=lambda n: swinging(2 * n), off=COMB)
    path = folder / "scan_unsaid.mp4"
    woven = f"{TO_709},tinterlace=interleave_top,setfield=prog"
    encode(path, CODECS["h264"], woven, frames=fast, rate=2 * FPS)
    yield Made("scan", "unsaid", path, picture=lambda n: swinging(2 * n), off=COMB)
    path = encode(folder / "scan_progressive.mp4", frames=fast[::2])
    yield Made("scan", "progressive", path, picture=lambda n: swinging(2 * n), off=COMB)


def of_turns(folder: Path) -> Iterator[Made]:
    wide = (160, 96)
    turns: dict[str, tuple] = {
        "90": (("-display_rotation", "90"), lambda image: np.rot90(image, -1)),
        "180": (("-display_rotation", "180"), lambda image: np.rot90(image, 2)),
        "270": (("-display_rotation", "270"), lambda image: np.rot90(image, 1)),
        "mirrored": (("-display_hflip",), lambda image: image[:, ::-1]),
        "upside down": (("-display_vflip",), lambda image: image[::-1]),
    }
    upright = [numbered(n, *wide) for n in range(FRAMES)]
    for name, (options, store) in turns.items():
        plain = folder / f"stored_{name.replace(' ', '_')}.mp4"
        encode(plain, frames=[np.ascontiguousarray(store(image)) for image in upright])
        path = folder / f"turn_{name.replace(' ', '_')}.mp4"
        ffmpeg(*options, "-i", plain, "-c", "copy", path)
        yield Made("turn", name, path, picture=lambda n: numbered(n, *wide))
    path = folder / "turn_anamorphic.mp4"
    encode(path, CODECS["h264"], f"scale=80:96,setsar=2,{TO_709}", frames=upright)
    yield Made("turn", "anamorphic", path, picture=lambda n: numbered(n, *wide))
    path = folder / "turn_odd.mkv"
    odd = [numbered(n, 97, 75) for n in range(FRAMES)]
    encode(path, ("-c:v", "ffv1", "-pix_fmt", "yuv444p"), frames=odd)
    yield Made("turn", "odd", path, picture=lambda n: numbered(n, 97, 75)[:74, :96])


DAMAGED = (
    *("h264.mp4", "h264.mkv", "h264.avi", "h264.ts", "h264.m2ts", "h264.flv", "av1.mp4"),
    *("mpeg4.avi", "mpeg2.mpg", "mjpeg.avi", "wmv2.wmv", "prores.mov"),
)
# Coders whose decoders hardly notice damage: shown by the film that somebody walks through.
DAMAGED_WALKS = ("hevc.mp4", "hevc.ts", "hevc.mkv", "vp9.webm", "vp9.mkv", "vp8.webm")


def damaged(folder: Path, source: str, **right: object) -> Iterator[Made]:
    """Copies of a film in the folder, each damaged or cut in one way; right: of `Made`."""
    whole = (folder / source).read_bytes()
    size, random = len(whole), np.random.default_rng(len(whole))
    streamed = source.endswith(("ts", "mpg"))
    flipped = bytearray(whole)
    for at in random.integers(size * 3 // 10, size * 7 // 10, 8):
        flipped[at] ^= 1 << random.integers(8)
    zeroed, noisy, short = bytearray(whole), bytearray(whole), bytearray(whole)
    middle = slice(size * 9 // 20, size * 9 // 20 + size // 25)
    zeroed[middle] = bytes(size // 25)
    noisy[middle] = random.bytes(size // 25)
    del short[middle]
    kinds = {
        "half": whole[: size // 2],
        "nine tenths": whole[: size * 9 // 10],
        "end missing": whole[:-200],
        "start missing": whole[size // 10 :],
        "tail": whole + random.bytes(5000),
        "bits flipped": bytes(flipped),
        "zeros": bytes(zeroed),
        "noise": bytes(noisy),
        "middle missing": bytes(short),
    }
    if not source.endswith("avi"):  # which may go on like that, and does
        kinds["twice"] = whole + whole
    for name, data in kinds.items():
        path = folder / f"damage_{name.replace(' ', '_')}_{source}"
        path.write_bytes(data)
        loose = streamed and name in ("half", "nine tenths", "end missing", "start missing")
        yield Made("damage", f"{name} {source}", path, loose=loose, **right)


def of_damage(folder: Path) -> Iterator[Made]:
    for source in DAMAGED:
        if not (folder / source).exists():
            encode_plain(folder / source, source.partition(".")[0])
        yield from damaged(folder, source)
    for source in DAMAGED_WALKS:
        path = folder / f"walk_{source}"
        codec = source.partition(".")[0]
        yield Made(
            "walk",
            path.name,
            encode_plain(path, codec, [walk(n) for n in range(FRAMES)]),
            picture=walk,
        )
        yield from damaged(folder, path.name, picture=walk, off_somewhere=60)
    long_gop = (*CODECS["h264"][:-4], "-g", "250", "-bf", "2")
    whole = encode(folder / "cut_from.mp4", long_gop)
    path = folder / "cut_edit_list.mp4"
    ffmpeg("-ss", "0.6", "-i", whole, "-c", "copy", path)
    yield Made("damage", "edit list", path, range(15, FRAMES))
    opened = ("-c:v", "libx264", *YUV, "-x264-params", "open-gop=1:keyint=12:bframes=2:scenecut=0")
    whole = encode(folder / "cut_open.ts", opened)
    path = folder / "cut_open_gop.ts"
    ffmpeg("-ss", "0.6", "-i", whole, "-c", "copy", path)
    yield Made("damage", "open GOP", path, range(FRAMES), loose=True)
