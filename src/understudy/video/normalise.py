"""One normal form for every clip: constant rate, bounded length and size, upright, silent, H.264.

Output frame k shows the source at `start + k·speed/fps`: the decoded frame nearest in time, so a
variable frame rate is evened out and motion keeps its speed. `speed` is 1 unless the policy
`resample` squeezes a longer clip; then the sidecar, and from it the manifest, say so.
"""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from understudy.errors import UserError
from understudy.files import file_digest, write_json
from understudy.progress import progress
from understudy.video.glitches import SILENT, Glitches
from understudy.video.probe import VideoInfo
from understudy.video.scan import unsaid_field_order
from understudy.video.settings import NormaliseSettings
from understudy.video.shown import Film, Shown
from understudy.video.write import VideoWriter, exact_rate

MIN_FRAMES = 2
DECODERS = 4  # threads; each holds a frame, which at 4K is 12 MB or more
CLOCK_SECONDS = 1e-6  # two moments closer than this are the same


@dataclass(frozen=True)
class Sampling:
    """When to look at the source: frame k of `frames` at start + k·speed/fps seconds."""

    start: float
    frames: int
    speed: float
    fps: float

    def time(self, k: int) -> float:
        return self.start + k * self.speed / self.fps


@dataclass(frozen=True)
class Framing:
    """scaled (w,h): the displayed image after scaling, odd edges included; content (x,y,w,h):
    where it lies in the canvas (w,h), all px."""

    scaled: tuple[int, int]
    content: tuple[int, int, int, int]
    canvas: tuple[int, int]

    def place(self, image: np.ndarray) -> np.ndarray:
        """uint8 (h,w,3) of the scaled size -> the canvas, an odd last row or column cut off."""
        x, y, width, height = self.content
        if (width, height) == self.canvas:
            return image[:height, :width]
        canvas = np.zeros((self.canvas[1], self.canvas[0], 3), np.uint8)
        canvas[y : y + height, x : x + width] = image[:height, :width]
        return canvas


def normalise_video(
    source: Path | str,
    out_video: Path | str,
    out_note: Path | str,
    settings: NormaliseSettings,
) -> dict:
    """Write `source`, or the part that the settings name, in normal form, and its metadata as JSON.

    Returns the latter. Raises UserError if the source cannot be used or the part is empty.
    """
    film = Film(source, threads=DECODERS)
    info = film.info
    film.fields = unsaid_field_order(source, info)
    film.glitches = Glitches() if info.codec in SILENT else None
    sampling = plan_sampling(source, info, settings)
    layout = plan_framing(info.width, info.height, settings.size, settings.square)
    rate = exact_rate(settings.fps)
    shown: list[tuple[int, float]] = []
    with VideoWriter(out_video, *layout.canvas, fps=rate, crf=settings.crf) as video:
        frames = _sampled(film, sampling, layout)
        for one, image in progress(frames, Path(source).name, sampling.frames):
            image = image[:, ::-1] if settings.mirror else image
            video.write(layout.place(image))
            shown.append((one.index, one.seconds))
    told = [*info.remarks, *_done(film, layout, settings)]
    for line in told:
        print(f"{source}: {line}", file=sys.stderr)
    note = {
        "source": {
            "path": str(source),
            "digest": file_digest(source),
            "codec": info.codec,
            "fps": float(info.fps),
            "variable_rate": info.variable_rate,
            "frames": info.frames,
            "hidden_frames": info.hidden,
            "seconds": round(info.seconds, 6),
            "width": info.width,
            "height": info.height,
            "rotation": info.rotation,
            "mirrored": info.orientation.mirrored,
            "colours": info.colours.name,
            "hdr": info.colours.hdr,
            "interlaced": film.interlaced > 0,
            "audio": info.has_audio,
        },
        "settings": asdict(settings),
        "fps": float(rate),
        "frames": len(shown),
        "seconds": round(float(len(shown) / rate), 6),
        "width": layout.canvas[0],
        "height": layout.canvas[1],
        "content": list(layout.content),
        "speed": round(sampling.speed, 6),
        "first_source_frame": shown[0][0],
        "last_source_frame": shown[-1][0],
        "first_source_second": round(shown[0][1], 6),
        "last_source_second": round(shown[-1][1], 6),
        "told": told,
    }
    write_json(out_note, note)
    return note


def _done(film: Film, layout: Framing, settings: NormaliseSettings) -> Iterator[str]:
    """What was done to a video, a line each, where a user would want to know."""
    if film.interlaced:
        unsaid = " and does not say so" if film.fields else ""
        yield f"is interlaced{unsaid}: it was deinterlaced"
    if film.lost:
        yield f"lacks its last {film.lost} frames: they cannot be decoded"
    info = film.info
    if film.glitches and film.glitches.first is not None:
        second = info.times[min(film.glitches.first, len(info.times) - 1)]
        yield f"breaks up into blocks at {second:.1f} s: damaged there, or compressed far too hard"
    if settings.size and settings.size < max(info.width, info.height):
        yield (
            f"is scaled from {info.width}x{info.height} to "
            f"{layout.content[2]}x{layout.content[3]} px (size, under video in the config)"
        )


def plan_sampling(source: Path | str, info: VideoInfo, settings: NormaliseSettings) -> Sampling:
    """Which moments of the source become frames; UserError if the part asked for is empty."""
    first = settings.start or 0.0
    last = info.seconds if settings.end is None else min(settings.end, info.seconds)
    if first >= info.seconds:
        raise UserError(
            f"{source}: start {first:g} s is beyond its {info.seconds:.2f} s; correct the table"
        )
    if last <= first:
        raise UserError(
            f"{source}: end {last:g} s is not after start {first:g} s; correct the table"
        )
    fps = float(exact_rate(settings.fps))
    own, target = _nearest(max(0.0, last - first) * fps), _nearest(settings.seconds * fps)
    frames = own if settings.policy == "keep" else min(own, target)
    if frames < MIN_FRAMES:
        raise UserError(
            f"{source}: {last - first:.2f} s at {fps:g} frames per second is not a clip; "
            "give a longer video or a wider start and end"
        )
    squeezed = settings.policy == "resample" and own > target
    return Sampling(first, frames, (last - first) * fps / frames if squeezed else 1.0, fps)


def plan_framing(width: int, height: int, size: int | None, square: bool) -> Framing:
    """Sizes for a displayed image of width x height px.

    An image that is small enough is not resampled: an odd edge is cropped, not squeezed.
    """
    longer = max(width, height)
    limit = longer if size is None else size - size % 2
    if longer > limit:
        width, height = (
            max(2, 2 * _nearest(side * limit / longer / 2)) for side in (width, height)
        )
    w, h = (max(2, side - side % 2) for side in (width, height))
    canvas = (max(w, h), max(w, h)) if square else (w, h)
    x, y = (canvas[0] - w) // 2, (canvas[1] - h) // 2
    return Framing((width, height), (x, y, w, h), canvas)


def _sampled(film: Film, sampling: Sampling, layout: Framing) -> Iterator[tuple[Shown, np.ndarray]]:
    """For each output frame, a source frame and its image: uint8 (h,w,3) upright and scaled.

    Streams: only two source frames are held at a time.
    """
    k, before = 0, None
    for now in film:
        while k < sampling.frames and sampling.time(k) <= now.seconds + CLOCK_SECONDS:
            chosen = _nearer(before, now, sampling.time(k))
            yield chosen, film.picture(chosen, *layout.scaled)
            k += 1
        if k == sampling.frames:
            return
        before = now
    assert before is not None  # a film has at least one frame
    image = film.picture(before, *layout.scaled)
    while k < sampling.frames:  # moments during the last frame's display
        yield before, image
        k += 1


def _nearer(before: Shown | None, now: Shown, time: float) -> Shown:
    """Of two frames around `time`, the nearer; the earlier of two equally near."""
    if before is None or now.seconds - time < time - before.seconds - CLOCK_SECONDS:
        return now
    return before


def _nearest(value: float) -> int:
    return int(value + 0.5)
