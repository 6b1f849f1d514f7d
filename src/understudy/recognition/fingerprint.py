"""A video in brief: what is left of it when its light, its size, its rate and its codec change.

Of each moment, every pixel's grey relative to the mean and the spread of its surroundings (local
contrast normalisation: Jarrett et al., "What is the best multi-stage architecture for object
recognition?", ICCV 2009), in a coarse grid. A fade, an exposure that settles, a lamp or a slow
drift change grey levels and hardly what is relative to the surroundings.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from understudy.errors import UserError
from understudy.files import sha256
from understudy.progress import progress
from understudy.recognition.decoding import decode
from understudy.video.probe import probe

RATE = 12.0  # moments per second
MOST = 3600  # moments: of a longer video (5 min) they lie further apart
DECODED = 96  # px
SIDE = 24  # cells of a moment's grid
FINE = 48  # cells of the place's grid
AROUND = 13  # px: the surroundings of a pixel
AT_ONCE = 128  # frames
GREY = 6.0  # levels: contrast of this spread counts half, noise all but nothing


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """digest: SHA-256 of the file; moments (n,SIDE,SIDE) float16, evenly spaced in time; rate: how
    many of them a second; last: the time of the last frame, s from the first; place (2,FINE,FINE)
    float32: what is there most of the time, in grey levels and relative to the surroundings."""

    digest: str
    moments: np.ndarray
    rate: float
    last: float
    place: np.ndarray

    @property
    def step(self) -> float:
        """From one moment to the next, s."""
        return self.last / max(len(self.moments) - 1, 1)


def fingerprint(path: str) -> Fingerprint:
    """Raises UserError for a video that cannot be read."""
    info = probe(path)
    seconds, last = info.seconds, max(info.times) or info.seconds
    count = min(max(round(seconds * RATE), 2), MOST)
    grey = decode(path, DECODED, count).float().mean(0)
    relative = torch.cat([relative_contrast(some) for some in grey.split(AT_ONCE)])
    place = torch.stack([grey.median(0).values, relative.median(0).values])
    moments = avg_pool2d(relative, DECODED // SIDE).numpy().astype(np.float16)
    fine = avg_pool2d(place, DECODED // FINE).numpy()
    return Fingerprint(sha256(path), moments, len(moments) / seconds, last, fine)


def relative_contrast(grey: Tensor) -> Tensor:
    """Images (n,h,w) in grey levels, relative to their surroundings."""

    def around(values: Tensor) -> Tensor:
        return avg_pool2d(values, AROUND, 1, AROUND // 2, count_include_pad=False)

    centred = grey - around(grey)
    return centred / (around(centred**2).sqrt() + GREY)


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
