"""Clips made from still ones: by a camera that pans, zooms or shakes, by cuts and by fades."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

KEPT = 0.8  # of the picture's sides that the made camera sees


@dataclass(frozen=True)
class Clip:
    """frames (n,h,w,3) uint8; xy (n,133,2) px, score (n,133): its person's keypoints; fps."""

    frames: np.ndarray
    xy: np.ndarray
    score: np.ndarray
    fps: float

    def __len__(self) -> int:
        return len(self.frames)


def seen_by(clip: Clip, x: np.ndarray, y: np.ndarray, kept: np.ndarray, turn: np.ndarray) -> Clip:
    """By a camera whose middle is at x, y (n,), in fractions of the picture, that sees the share
    `kept` (n,) of its sides and is turned by (n,) rad."""
    height, width = clip.frames.shape[1:3]
    size = int(KEPT * width) // 2 * 2, int(KEPT * height) // 2 * 2
    frames, xy = [], clip.xy.copy()
    for t, frame in enumerate(clip.frames):
        scale = size[0] / (width * kept[t])
        cosine, sine = scale * np.cos(turn[t]), scale * np.sin(turn[t])
        axes = np.array([[cosine, -sine], [sine, cosine]])
        shift = np.array(size) / 2 - axes @ (x[t] * width, y[t] * height)
        matrix = np.column_stack([axes, shift])
        frames.append(cv2.warpAffine(frame, matrix, size, borderMode=cv2.BORDER_REFLECT))
        xy[t] = clip.xy[t] @ axes.T + shift
    inside = ((xy >= 0) & (xy < size)).all(-1)
    return Clip(np.stack(frames), xy, clip.score * inside, clip.fps)


def still(clip: Clip, rng: np.random.Generator) -> Clip:
    """A part of the picture, always the same."""
    n = len(clip)
    x, y = (np.full(n, value) for value in rng.uniform(0.42, 0.58, 2))
    return seen_by(clip, x, y, np.full(n, KEPT), np.zeros(n))


def pan(clip: Clip, rng: np.random.Generator) -> Clip:
    """By 4 to 18 % of the picture, over all of the clip or over its second half."""
    n = len(clip)
    way = np.linspace(0, 1, n)
    if rng.random() < 0.5:
        way = np.clip(2 * way - 1, 0, 1)
    far, angle = rng.uniform(0.04, 0.18), rng.uniform(0, 2 * np.pi)
    x, y = (0.5 + far * part * (way - 0.5) for part in (np.cos(angle), np.sin(angle)))
    return seen_by(clip, x, y, np.full(n, KEPT), np.zeros(n))


def zoom(clip: Clip, rng: np.random.Generator) -> Clip:
    """In or out by 5 to 25 %."""
    n = len(clip)
    way = np.linspace(0, 1, n)[:: rng.choice((1, -1))]
    middle, none = np.full(n, 0.5), np.zeros(n)
    return seen_by(clip, middle, middle, KEPT * (1 - rng.uniform(0.05, 0.25) * way), none)


def shake(clip: Clip, rng: np.random.Generator) -> Clip:
    """A camera in the hand: by 0.6 to 2 % of the picture, up to four times a second."""
    t = np.arange(len(clip)) / clip.fps

    def trembling() -> np.ndarray:
        waves = [
            rng.normal() * np.sin(2 * np.pi * rate * t + rng.uniform(0, 2 * np.pi))
            for rate in rng.uniform(0.8, 4, 5)
        ]
        return np.sum(waves, 0) / np.sqrt(5)

    far = rng.uniform(0.006, 0.02)
    x, y = 0.5 + far * trembling(), 0.5 + far * trembling()
    return seen_by(clip, x, y, np.full(len(clip), KEPT), 0.6 * far * trembling())


def cut(clip: Clip, other: Clip, rng: np.random.Generator) -> Clip:
    """To another clip, at once or over up to 16 frames, between a third and two thirds."""
    n = min(len(clip), len(other))
    height, width = clip.frames.shape[1:3]
    scale = max(height / other.frames.shape[1], width / other.frames.shape[2])
    shift = (np.array([width, height]) - scale * np.array(other.frames.shape[2:0:-1])) / 2
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    second = [cv2.warpAffine(frame, matrix, (width, height)) for frame in other.frames[:n]]
    at, over = int(n * rng.uniform(0.35, 0.65)), int(rng.choice((1, 1, 8, 16)))
    share = np.clip((np.arange(n) - at + over / 2) / over, 0, 1).round(0 if over == 1 else 3)
    frames = [_mixed(*both) for both in zip(clip.frames[:n], second, share, strict=True)]
    later = share > 0.5
    xy = np.where(later[:, None, None], scale * other.xy[:n] + shift, clip.xy[:n])
    score = np.where(later[:, None], other.score[:n], clip.score[:n])
    return Clip(np.stack(frames), xy, score, clip.fps)


def fade(clip: Clip, rng: np.random.Generator) -> Clip:
    """In or out, from or to black or white, over 6 to 20 frames."""
    length, n = int(rng.integers(6, 21)), len(clip)
    share = np.clip(np.arange(n) / length, 0, 1)[:: rng.choice((1, -1))]
    grey = np.full_like(clip.frames[0], rng.choice((0, 255)))
    frames = [_mixed(grey, frame, one) for frame, one in zip(clip.frames, share, strict=True)]
    return replace(clip, frames=np.stack(frames))


def _mixed(one: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    return cv2.addWeighted(one, 1 - float(share), other, float(share), 0)


CAMERA = {"pan": pan, "zoom": zoom, "shake": shake}


def made(clips: Sequence[Clip], rng: np.random.Generator):
    """(kind, the flag that it should raise, clip): of each clip two pans, zooms, shakes, cuts to
    the next one, and fades."""
    for index, clip in enumerate(clips):
        for _ in range(2):
            for kind, function in CAMERA.items():
                yield kind, "camera", function(clip, rng)
            yield "cut", "cut", cut(clip, clips[(index + 1) % len(clips)], rng)
            yield "fade", "fade", fade(clip, rng)
