"""Copies of test videos among the others, found by the files' content, whatever their names.

An exact copy has the same SHA-256. Any other is looked for by its moments (`fingerprint`): the
same things have to move in the same way, moment after moment, in the same part of the same place;
what all of a place shares (a fade, exposure) is taken out of every moment. Two takes of one action
in one place may agree in that, so whatever does is compared frame by frame (`closer`).

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
from understudy.recognition.closer import Match, agreement, read_frames_of
from understudy.recognition.fingerprint import Fingerprint
from understudy.recognition.moving import may_agree, what_moves
from understudy.recognition.places import (
    ALIKE,
    ALIKE_CROP,
    MIRRORED,
    WHOLE,
    Part,
    View,
    all_parts,
    coarse,
    parts,
    refined,
    unit,
)

LAG = 3  # moments between the two that are compared to see what moves
MOVES = 0.012  # root mean square change of relative contrast beyond that; noise stays below
SMOOTHED = 0.6  # of that, where neighbouring cells are averaged
FEWEST = 5  # moments in which something moves
SHARED = 0.5  # of the shorter video's moments, how many have to lie in both
ALIKE_MOMENTS = 0.55  # median correlation of what moves, from which on frames are compared
SAME = 0.78  # the same of frames: copies have 0.84 and more, other takes up to 0.68
CROPPED = 0.02  # how much more alike a part has to be than the whole for it to be looked at
CLOSE = 0.05  # of the likest part, those that are looked at
BLOCK = 256  # videos at a time
CACHED = 2 * BLOCK + 8  # of whose moments what moves is kept: a block, mirrored and not
LOOKED_AT = 24  # videos of which all frames are kept
Moving = Callable[[Fingerprint, Part, bool], np.ndarray]  # as _moving
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
    moving = functools.lru_cache(CACHED)(_moving)
    frames = functools.lru_cache(LOOKED_AT)(read_frames_of)
    found = []
    pairs = _of_one_place(tests, others, prints, moving)
    for test, other, views in progress(pairs, "comparing videos"):
        one, two = prints[test], prints[other]
        if one.digest == two.digest:
            found.append(Copy(test, other, "the same file"))
            continue
        agreed, match = _agreement(one, two, views, moving)
        if agreed < ALIKE_MOMENTS:
            continue
        alike = agreement(frames(test, one.last), frames(other, two.last), match)
        if alike >= SAME:
            found.append(Copy(test, other, f"the same frames (correlation {alike:.2f})"))
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


def _of_one_place(
    tests: list[str], others: list[str], prints: dict[str, Fingerprint], moving: Moving
) -> Iterator[tuple[str, str, list[View]]]:
    """The pairs that may show one place, and the same there, with the views to compare; and those
    of the same file."""
    for test_block in _blocks(tests):
        one = _Places(test_block, prints)
        for other_block in _blocks(others):
            two = _Places(other_block, prints)
            # (k,tests,others): a test video shows the k-th part of another one, and the reverse
            inside = np.einsum("ic,jkc->kij", one.whole, two.parts, optimize=True)
            around = np.einsum("jc,ikc->kij", two.whole, one.parts, optimize=True)
            alike = np.maximum(inside.max(0), around.max(0)) > ALIKE
            same = one.digests[:, None] == two.digests
            for i, test in enumerate(test_block):
                columns = np.flatnonzero(alike[i] | same[i])
                some = [prints[other_block[j]] for j in columns]
                uncropped = _uncropped(prints[test], some, inside[:2, i, columns], moving)
                for j, views, two_print in zip(columns, uncropped, some, strict=True):
                    likeness = inside[:, i, j], around[:, i, j]
                    views += _crops(*likeness, prints[test], two_print)
                    if views or same[i, j]:
                        yield test, other_block[j], views


def _uncropped(
    one: Fingerprint, others: list[Fingerprint], likeness: np.ndarray, moving: Moving
) -> list[list[View]]:
    """For each of some videos: the views of all of it, as it is and mirrored, in which it may move
    as one does; likeness (2,len(others)) of these."""
    views: list[list[View]] = [[] for _ in others]
    for part, alike in zip((WHOLE, MIRRORED), likeness, strict=True):
        there = np.flatnonzero(alike > ALIKE)
        moves = [moving(others[j], part, False) for j in there]
        for j in there[may_agree(moving(one, WHOLE, False), moves)]:
            views[j].append(View(WHOLE, part))
    return views


class _Places:
    """Of a block of videos: digests (n,); whole (n,c), parts (n,k,c), of length 1."""

    def __init__(self, paths: list[str], prints: dict[str, Fingerprint]) -> None:
        self.digests = np.array([prints[path].digest for path in paths])
        places = [coarse(prints[path].place) for path in paths]
        self.whole = unit(np.stack(places))
        self.parts = np.stack([all_parts(place) for place in places])


def _blocks(paths: list[str]) -> list[list[str]]:
    return [paths[start : start + BLOCK] for start in range(0, len(paths), BLOCK)]


def _crops(
    inside: np.ndarray, around: np.ndarray, one: Fingerprint, two: Fingerprint
) -> list[View]:
    """Views of a part, from the likeness (k,) of each part of two to all of one, and the reverse;
    none where the whole is as alike."""
    best = max(inside.max(), around.max())
    if best <= max(ALIKE, inside[:2].max() + CROPPED):
        return []
    views = []
    mirrored = np.array([part.mirrored for part in parts()])
    for likeness, whole, part_of in ((inside, one, two), (around, two, one)):
        for which in (mirrored, ~mirrored):  # before a wall, somebody looks like their mirror image
            found = int(np.where(which, likeness, -1).argmax())
            if likeness[found] <= max(ALIKE, best - CLOSE):
                continue
            part, alike = refined(part_of.place, whole.place, parts()[found])
            if alike > ALIKE_CROP:
                views.append(View(WHOLE, part) if part_of is two else View(part, WHOLE))
    return views


def _agreement(
    one: Fingerprint,
    two: Fingerprint,
    views: list[View],
    moving: Moving,
) -> tuple[float, Match]:
    """How well what moves in two videos agrees, in [-1,1], 0 if too little moves; and how they
    match at best."""
    found = [(0.0, Match(View(WHOLE, WHOLE), 0.0, 1.0))]
    for view in views:
        a = moving(one, view.of_one, view.cropped)
        b = moving(two, view.of_two, view.cropped)
        if not len(a) or not len(b):
            continue
        whole = b[np.linspace(0, len(b) - 1, len(a)).round().astype(int)]
        pace = two.last / one.last
        found += [(value, Match(view, 0.0, pace)) for _, value in _along(a, whole, range(1))]
        if np.isclose(one.rate, two.rate, rtol=0.05):
            fewest = max(FEWEST, round(SHARED * min(len(a), len(b))))
            offsets = range(fewest - len(a), len(b) - fewest + 1)
            found += [
                (value, Match(view, offset * two.step, two.step / one.step))
                for offset, value in _along(a, b, offsets)
            ]
    return max(found, key=lambda agreed: agreed[0])


def _moving(video: Fingerprint, part: Part, smooth: bool) -> np.ndarray:
    """What moves in a part of a video, from each of its n moments to the one LAG later:
    (n−LAG,s²), each of length 1; 0 where nothing does. smooth: over neighbouring cells, as those of
    a crop lie between the other video's."""
    moments = part.of(video.moments.astype(np.float32))
    if smooth:
        for axis in (1, 2):
            moments = 0.5 * moments + 0.25 * (
                np.roll(moments, 1, axis) + np.roll(moments, -1, axis)
            )
    found, size = what_moves(moments[LAG:] - moments[:-LAG], np.median(moments, 0))
    return np.where(size[:, None] > (SMOOTHED if smooth else 1) * MOVES, found, 0)


def _along(a: np.ndarray, b: np.ndarray, offsets: range) -> Iterator[tuple[int, float]]:
    """By offset: the median correlation of a[k] with b[k + offset], or with what is half a moment
    or a moment before or after it, over the k in which both move, where enough do."""
    alike = a @ b.T
    between = b[1:] + b[:-1]
    length = np.linalg.norm(between, axis=1)
    half = np.pad(alike[:, 1:] + alike[:, :-1], ((0, 0), (1, 1)), constant_values=-1)
    half = half / np.maximum(np.pad(length, 1, constant_values=1), 1e-6)
    near = np.pad(alike, ((0, 0), (1, 1)), constant_values=-1)
    near = np.max([alike, near[:, :-2], near[:, 2:], half[:, :-1], half[:, 1:]], 0)
    both = np.logical_and.outer(a.any(1), b.any(1))
    for offset in offsets:
        values = near.diagonal(offset)[both.diagonal(offset)]
        if len(values) >= FEWEST:
            yield offset, float(np.median(values))
