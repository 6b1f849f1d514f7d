"""Copies of test videos among the others, found by the files' content, whatever their names.

An exact copy has the same SHA-256. Any other is found by its moments (`fingerprint`): the same
things have to move in the same way, moment after moment, in the same part of the same place. That
two takes share a place, and a light that is switched in both, makes them no copies: most moments
have to agree, and what all of a place shares (a fade, exposure) is taken out of every moment.

Found are copies of another size, rate, codec, quality or colour, mirrored ones, crops of the
picture (`places`), cuts out of a longer video, and whole videos played faster or slower. Not found
are a video from another camera, a part of a video played at another speed, and videos in which
hardly anything moves.
"""

import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from understudy.errors import UserError
from understudy.progress import progress
from understudy.recognition.fingerprint import Fingerprint
from understudy.recognition.places import (
    ALIKE,
    MIRRORED,
    WHOLE,
    Part,
    all_parts,
    coarse,
    parts,
    refined,
    unit,
)

LAG = 3  # moments between the two that are compared to see what moves
STILL = 80  # percentile of a moment's changes: what changes no more than this is light, or noise
MOVES = 0.012  # root mean square change of relative contrast beyond that; noise stays below
SMOOTHED = 0.6  # of that, where neighbouring cells are averaged
FEWEST = 8  # moments in which something moves
SHARED = 0.5  # of the shorter video's moments, how many have to lie in both
SAME = 0.82  # median correlation of what moves; two people who jump in one room have up to 0.77
BLOCK = 256  # videos at a time
CACHED = 2 * BLOCK  # of whose moments what moves is kept, mirrored and not
TOLD = 20  # leaks in one error; the log has all


@dataclass(frozen=True)
class Copy:
    """A test video that is also elsewhere: the two paths, and how that was found."""

    test: str
    other: str
    how: str


def copies(
    tests: Iterable[str], others: Iterable[str], prints: dict[str, Fingerprint]
) -> list[Copy]:
    """Every pair of a test video and another one that is it, or a copy of it; videos without a
    fingerprint are skipped."""
    tests, others = ([path for path in paths if path in prints] for paths in (tests, others))
    moving = functools.lru_cache(2 * CACHED)(_moving)
    found = []
    for test, other, views in progress(_of_one_place(tests, others, prints), "comparing videos"):
        one, two = prints[test], prints[other]
        if one.digest == two.digest:
            found.append(Copy(test, other, "the same file"))
            continue
        agreed = max((_agreement(one, two, view, moving) for view in views), default=0.0)
        if agreed >= SAME:
            found.append(Copy(test, other, f"the same frames (correlation {agreed:.2f})"))
    return found


def judged(found: list[Copy], allowed: Mapping[tuple[str, str], str]) -> list[dict]:
    """The copies that the user allows, each with the reason; `allowed`: (test, other) -> reason.

    Every pair is told on stderr. Raises UserError if one is not allowed.
    """
    passed, leaks = [], []
    for copy in found:
        pair = f"test video {copy.test} has {copy.how} as {copy.other}"
        reason = allowed.get((copy.test, copy.other))
        if reason is None:
            leaks.append(pair)
            print(f"leakage: {pair}", file=sys.stderr)
        else:
            passed.append({"test": copy.test, "other": copy.other, "how": copy.how, "why": reason})
            print(f"allowed, {reason}: {pair}", file=sys.stderr)
    if leaks:
        more = f"; and {len(leaks) - TOLD} more, all in the job's log" if len(leaks) > TOLD else ""
        raise UserError(
            f"leakage: {'; '.join(leaks[:TOLD])}{more}; remove one of each pair from its table, or "
            "allow the pair (experiments.allowed_pairs in the config)"
        )
    return passed


@dataclass(frozen=True)
class View:
    """How two videos show one place: the part of each that the other shows too."""

    of_one: Part
    of_two: Part

    @property
    def cropped(self) -> bool:
        return not {self.of_one, self.of_two} <= {WHOLE, MIRRORED}


def _of_one_place(
    tests: list[str], others: list[str], prints: dict[str, Fingerprint]
) -> Iterator[tuple[str, str, list[View]]]:
    """The pairs that may show one place, with the views to compare; and those of the same file."""
    for test_block in _blocks(tests):
        one = _Places(test_block, prints)
        for other_block in _blocks(others):
            two = _Places(other_block, prints)
            # (k,tests,others): a test video shows the k-th part of another one, and the reverse
            inside = np.einsum("ic,jkc->kij", one.whole, two.parts, optimize=True)
            around = np.einsum("jc,ikc->kij", two.whole, one.parts, optimize=True)
            alike = np.maximum(inside.max(0), around.max(0)) > ALIKE
            for i, j in np.argwhere(alike | (one.digests[:, None] == two.digests)):
                test, other = test_block[i], other_block[j]
                views = _views(inside[:, i, j], around[:, i, j], prints[test], prints[other])
                yield test, other, views


class _Places:
    """Of a block of videos: digests (n,); whole (n,c), parts (n,k,c), of length 1."""

    def __init__(self, paths: list[str], prints: dict[str, Fingerprint]) -> None:
        self.digests = np.array([prints[path].digest for path in paths])
        places = [coarse(prints[path].place) for path in paths]
        self.whole = unit(np.stack(places))
        self.parts = np.stack([all_parts(place) for place in places])


def _blocks(paths: list[str]) -> list[list[str]]:
    return [paths[start : start + BLOCK] for start in range(0, len(paths), BLOCK)]


def _views(
    inside: np.ndarray, around: np.ndarray, one: Fingerprint, two: Fingerprint
) -> list[View]:
    """From the likeness (k,) of each part of two to all of one, and the reverse."""
    views = [View(WHOLE, part) for part in (WHOLE, MIRRORED) if inside[parts().index(part)] > ALIKE]
    best = max(inside.max(), around.max())
    if best <= ALIKE or best <= inside[: len(views)].max(initial=-1) + 0.02:
        return views
    if inside.max() >= around.max():
        part = refined(two.place, one.place, parts()[int(inside.argmax())])
        return [*views, View(WHOLE, part)]
    part = refined(one.place, two.place, parts()[int(around.argmax())])
    return [*views, View(part, WHOLE)]


def _agreement(
    one: Fingerprint,
    two: Fingerprint,
    view: View,
    moving: Callable[[Fingerprint, Part, bool], np.ndarray],
) -> float:
    """How well what moves in two videos agrees, in [-1,1]; 0 if too little moves."""
    a = moving(one, view.of_one, view.cropped)
    b = moving(two, view.of_two, view.cropped)
    if not len(a) or not len(b):
        return 0.0
    whole = _along(a, b[np.linspace(0, len(b) - 1, len(a)).round().astype(int)], [0])
    if not np.isclose(one.rate, two.rate, rtol=0.05):
        return whole
    fewest = max(FEWEST, round(SHARED * min(len(a), len(b))))
    return max(whole, _along(a, b, range(fewest - len(a), len(b) - fewest + 1)))


def _moving(video: Fingerprint, part: Part, smooth: bool) -> np.ndarray:
    """What moves in a part of a video, from each of its n moments to the one LAG later:
    (n−LAG,s²), each of length 1; 0 where nothing does. smooth: over neighbouring cells, as those of
    a crop lie between the other video's.

    What the change shares with the place itself is light, and so is a change of most of the
    picture: both are taken out.
    """
    moments = part.of(video.moments.astype(np.float32))
    if smooth:
        for axis in (1, 2):
            moments = 0.5 * moments + 0.25 * (
                np.roll(moments, 1, axis) + np.roll(moments, -1, axis)
            )
    place = unit(np.median(moments, 0))
    change = moments[LAG:] - moments[:-LAG]
    change = change.reshape(len(change), place.size)
    change = change - change.mean(1, keepdims=True)
    change = change - (change @ place)[:, None] * place
    size = np.abs(change)
    change = np.sign(change) * np.maximum(size - np.percentile(size, STILL, 1, keepdims=True), 0)
    length = np.linalg.norm(change, axis=1, keepdims=True)
    moves = length > (SMOOTHED if smooth else 1) * MOVES * np.sqrt(place.size)
    return np.where(moves, change / np.maximum(length, 1e-6), 0)


def _along(a: np.ndarray, b: np.ndarray, offsets: Iterable[int]) -> float:
    """The best median correlation of a[k] with b[k + offset], or with what is half a moment or a
    moment before or after it, over the k in which both move."""
    alike = a @ b.T
    between = b[1:] + b[:-1]
    length = np.linalg.norm(between, axis=1)
    half = np.pad(alike[:, 1:] + alike[:, :-1], ((0, 0), (1, 1)), constant_values=-1)
    half = half / np.maximum(np.pad(length, 1, constant_values=1), 1e-6)
    near = np.pad(alike, ((0, 0), (1, 1)), constant_values=-1)
    near = np.max([alike, near[:, :-2], near[:, 2:], half[:, :-1], half[:, 1:]], 0)
    both = np.logical_and.outer(a.any(1), b.any(1))
    best = 0.0
    for offset in offsets:
        values = near.diagonal(offset)[both.diagonal(offset)]
        if len(values) >= FEWEST:
            best = max(best, float(np.median(values)))
    return best
