"""Copies of test videos among the others, found by the files' content, whatever their names.

An exact copy has the same SHA-256. A re-encoded one (another size, rate, codec, quality) is found
by a fingerprint of its decoded frames: their mean, which shows who stands where, and how each
differs from it, which shows who moves how. Two clips of one room share the first; only copies
share both. An excerpt, a mirrored copy, or a video from another camera is not found.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from torch.nn.functional import adaptive_avg_pool3d

from understudy.errors import UserError
from understudy.files import sha256
from understudy.progress import progress
from understudy.recognition.decoding import decode

MOMENTS = 16  # evenly spaced frames of a fingerprint
SIDE = 24  # px
DECODED = 4 * SIDE
SAME_SCENE = 0.9  # correlation of the mean frames
SAME_MOTION = 0.8  # of the differences from them; another take of one person and action has 0.4


@dataclass(frozen=True)
class Fingerprint:
    """A video in brief: digest, SHA-256 of the file; scene (SIDE²,) and motion (MOMENTS·SIDE²,),
    each of mean 0 and length 1, or 0 where nothing varies."""

    digest: str
    scene: np.ndarray
    motion: np.ndarray


@dataclass(frozen=True)
class Copy:
    """A test video that is also elsewhere: the two paths, and how that was found."""

    test: str
    other: str
    how: str


def fingerprint(path: str) -> Fingerprint:
    """Raises UserError for a video that cannot be read."""
    frames = decode(path, DECODED, MOMENTS).float().mean(0)  # (m,s,s) grey
    if len(frames) < MOMENTS:  # of a short clip, the nearest frames
        frames = frames[np.linspace(0, len(frames) - 1, MOMENTS).round().astype(int)]
    grey = adaptive_avg_pool3d(frames[None], (MOMENTS, SIDE, SIDE))[0].numpy()
    mean = grey.mean(0)
    return Fingerprint(sha256(path), _unit(mean), _unit(grey - mean))


def fingerprints(
    paths: Iterable[str], workers: int = 1
) -> tuple[dict[str, Fingerprint], dict[str, str]]:
    """By path, `workers` videos at a time; and of those that cannot be read, why."""
    paths = list(dict.fromkeys(paths))
    with ThreadPoolExecutor(workers) as pool:
        results = pool.map(_fingerprint_if_readable, paths)
        seen = list(progress(results, "looking at videos", total=len(paths), unit="video"))
    found = dict(zip(paths, seen, strict=True))
    prints = {path: one for path, one in found.items() if isinstance(one, Fingerprint)}
    return prints, {path: why for path, why in found.items() if isinstance(why, str)}


def _fingerprint_if_readable(path: str) -> Fingerprint | str:
    try:
        return fingerprint(path)
    except UserError as error:
        return str(error)
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror}); copy it again"


def copies(
    tests: Iterable[str], others: Iterable[str], prints: dict[str, Fingerprint]
) -> list[Copy]:
    """Each test video that is, or looks like, one of the others; those without a fingerprint are
    skipped."""
    tests, others = ([path for path in paths if path in prints] for paths in (tests, others))
    if not tests or not others:
        return []
    scene, motion = (
        np.stack([getattr(prints[path], part) for path in tests])
        @ np.stack([getattr(prints[path], part) for path in others]).T
        for part in ("scene", "motion")
    )
    found = []
    for i, test in enumerate(tests):
        for j, other in enumerate(others):
            if prints[test].digest == prints[other].digest:
                found.append(Copy(test, other, "the same file"))
            elif scene[i, j] >= SAME_SCENE and motion[i, j] >= SAME_MOTION:
                found.append(Copy(test, other, f"the same frames (correlation {motion[i, j]:.2f})"))
    return found


def _unit(values: np.ndarray) -> np.ndarray:
    """Mean 0, length 1, flat; noise of less than half a grey level counts as nothing."""
    flat = values.ravel() - values.mean()
    length = np.linalg.norm(flat)
    return flat / length if length > 0.5 * np.sqrt(flat.size) else np.zeros_like(flat)
