"""Whether a film came out right, with a word, refused, or wrong without a word."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.bench.inputs_films import FPS, Made
from tests.unit.numbered import numbers
from understudy.errors import UserError
from understudy.recognition.decoding import decode
from understudy.video.normalise import normalise_video
from understudy.video.probe import probe
from understudy.video.read import read_frames
from understudy.video.settings import NormaliseSettings

SETTINGS = NormaliseSettings(seconds=60, fps=FPS, policy="keep", size=None, crf=12)
SPOT = (16, 16)  # px
NO_WORD = "how its colours are coded"  # of an old codec that cannot say: not what the film is for


@dataclass(frozen=True)
class Verdict:
    """word: right, told, refused or wrong; why: the message, or what is wrong."""

    word: str
    why: str


def verdict(made: Made) -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.mp4"
        try:
            note = normalise_video(made.path, out, Path(folder) / "out.json", SETTINGS)
        except UserError as error:
            return Verdict("refused", str(error))
        wrong = _wrong(made, read_frames(out)) or _disagreement(made)
    told = [line for line in note["told"] if made.group == "colour" or NO_WORD not in line]
    if not wrong:
        return Verdict("right", "; ".join(told))
    return Verdict("told", "; ".join(told) + f" [{wrong}]") if told else Verdict("wrong", wrong)


def _wrong(made: Made, frames: np.ndarray) -> str:
    """What is wrong with the frames of a normalised film; empty: nothing."""
    height, width = made.picture(0).shape[:2]
    if frames.shape[1:3] != (height, width):
        return f"is {frames.shape[2]}x{frames.shape[1]} px, not {width}x{height}"
    wanted = list(made.numbers)
    if made.loose and len(frames) < len(wanted):
        first = max(0, int(np.argmin([_off(frames[0], made.picture(n)) for n in wanted])))
        wanted = wanted[first : first + len(frames)]
    if len(frames) != len(wanted):
        return f"has {len(frames)} frames, not {len(wanted)}"
    off = [_off(frame, made.picture(n)) for frame, n in zip(frames, wanted, strict=True)]
    bad = [index for index, value in enumerate(off) if value > made.off]
    if bad:
        seen = numbers(frames.transpose(3, 0, 1, 2))
        return f"{len(bad)} frames are off, by {max(off):.0f} levels, from {bad[0]}: {seen}"
    pairs = zip(frames, wanted, strict=True)
    spots = [float(cv2.blur(cv2.absdiff(f, made.picture(n)), SPOT).max()) for f, n in pairs]
    torn = [index for index, value in enumerate(spots) if value > made.off_somewhere]
    if torn:
        return f"{len(torn)} frames are torn, by {max(spots):.0f} levels, from {torn[0]}"
    return ""


def _disagreement(made: Made) -> str:
    """Whether probe and the recognisers see other frames than those that are in the film."""
    info = probe(made.path)
    seen = decode(str(made.path), 96, info.frames).numpy().transpose(1, 2, 3, 0)
    if len(seen) != info.frames:
        return f"a recogniser sees {len(seen)} of {info.frames} frames"
    return ""


def _off(frame: np.ndarray, wanted: np.ndarray) -> float:
    return float(cv2.absdiff(frame, wanted).mean())


def delta_e(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Mean CIEDE2000 of two images, uint8 (h,w,3) sRGB (Sharma, Wu, Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = (
        cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3).T
        for image in (ours, theirs)
    )
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretched = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    a1, a2 = stretched * a1, stretched * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = np.where(c1 * c2 == 0, 0, (h2 - h1 + 180) % 360 - 180)
    lightness, chroma = l2 - l1, c2 - c1
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    middle, c = (l1 + l2) / 2 - 50, (c1 + c2) / 2
    h = np.radians(np.where(c1 * c2 == 0, h1 + h2, h1 + turn / 2))
    t = 1 - 0.17 * np.cos(h - np.radians(30)) + 0.24 * np.cos(2 * h)
    t += 0.32 * np.cos(3 * h + np.radians(6)) - 0.20 * np.cos(4 * h - np.radians(63))
    bend = np.radians(60 * np.exp(-(((np.degrees(h) % 360 - 275) / 25) ** 2)))
    cross = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(bend)
    lightness = lightness / (1 + 0.015 * middle**2 / np.sqrt(20 + middle**2))
    chroma, hue = chroma / (1 + 0.045 * c), hue / (1 + 0.015 * c * t)
    off = lightness**2 + chroma**2 + hue**2 + cross * chroma * hue
    return float(np.sqrt(np.maximum(off, 0)).mean())
