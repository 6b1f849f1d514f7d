"""Which videos a recogniser is trained on: at most n_real and n_synthetic of each class, by seed.

The numbers are caps (paper, footnote 2): a class with fewer videos is trained on those.

The choice is by rendezvous hashing: every video has a fixed place in a seed's order, so that a
larger sample contains the smaller one (the curves of figures 6 and 7 add videos, they do not
swap them), and a video added to the pool changes no choice but those it wins.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from understudy.errors import UserError
from understudy.recognition.points import Count

KINDS = ("real", "synthetic")


@dataclass(frozen=True)
class Clip:
    """One labelled video: its path, its class, whether it is `real` or `synthetic`, where it was
    filmed from, if that is known, whether left and right are to be swapped, how much it counts in
    the loss, and how likely it is a bad one (`artifacts.quality`)."""

    path: str
    label: str
    kind: str = "real"
    camera: str = ""
    mirror: bool = False
    weight: float = 1.0
    risk: float = 0.0


def real_clips(real: dict[str, dict], split: str) -> list[Clip]:
    """Those of a split (train or test) among the rows, by id, of the table of real videos."""
    return [
        Clip(
            row["video"],
            row["label"],
            camera=row.get("camera", ""),
            mirror=row.get("mirror") == "yes",
        )
        for row in real.values()
        if row["split"] == split
    ]


Order = Callable[[list[Clip], list[Clip]], list[Clip]]
"""The synthetic clips of a class, in a seed's order, and its real ones that are trained on -> the
synthetic ones, the one to train on first in front."""


def as_drawn(synthetic: list[Clip], real: list[Clip]) -> list[Clip]:
    """Leaves the seed's order as it is."""
    return synthetic


def choose_clips(
    clips: Iterable[Clip],
    labels: Iterable[str],
    n_real: Count,
    n_synthetic: Count,
    seed: int,
    order: Order = as_drawn,
) -> list[Clip]:
    """At most `n_real` real and `n_synthetic` synthetic clips of each class: drawn by `seed`, the
    synthetic ones the first of an order."""
    clips, chosen = list(clips), []
    for label in labels:
        pools = [_drawn(clips, label, kind, seed) for kind in KINDS]
        real = _first(pools[0], n_real)
        synthetic = _first(order(pools[1], real), n_synthetic) if n_synthetic else []
        chosen += [*real, *synthetic]
    return chosen


def choose_identities(identities: Iterable[str], count: Count, seed: int) -> list[str]:
    """`count` of the people, drawn by `seed`; a larger choice contains the smaller.

    Raises UserError when there are fewer than requested.
    """
    people = sorted(set(identities))
    if count == "all":
        return people
    if len(people) < count:
        raise UserError(
            f"experiments: {len(people)} identities, but {count} were requested; "
            "add some or lower it"
        )

    def place(person: str) -> bytes:
        return hashlib.sha256(f"{seed}\0identity\0{person}".encode()).digest()

    return sorted(people, key=place)[:count]


def taken(clips: Iterable[Clip], labels: Iterable[str]) -> dict[str, dict[str, int]]:
    """kind -> label -> how many of the clips."""
    counts = Counter((clip.kind, clip.label) for clip in clips)
    labels = list(labels)
    return {kind: {label: counts[kind, label] for label in labels} for kind in KINDS}


def told_of_cap(kind: str, cap: Count, of_class: dict[str, int]) -> str:
    """A line on the classes that have fewer than the cap; "" if none has."""
    short = {label: count for label, count in of_class.items() if cap != "all" and count < cap}
    if not short:
        return ""
    few = ", ".join(f"{label} {count}" for label, count in short.items())
    return f"n_{kind} {cap} is a cap; classes with fewer {kind} videos: {few}"


def told_of_taken(
    clips: Iterable[Clip], labels: Iterable[str], n_real: Count, n_synthetic: Count
) -> list[str]:
    """The lines of `told_of_cap` on what was drawn with these caps."""
    caps = dict(zip(KINDS, (n_real, n_synthetic), strict=True))
    lines = (told_of_cap(kind, caps[kind], found) for kind, found in taken(clips, labels).items())
    return [line for line in lines if line]


def refuse_untaught(clips: Iterable[Clip], labels: Iterable[str]) -> None:
    """Raises UserError for a class without any clip: nothing could be learned of it."""
    seen = {clip.label for clip in clips}
    for label in labels:
        if label not in seen:
            raise UserError(
                f"experiments: no video of class '{label}' is left to train on; see which failed "
                "their checks in dataset/checks.json, or remove the class from labels"
            )


def _drawn(clips: list[Clip], label: str, kind: str, seed: int) -> list[Clip]:
    """All clips of a class and kind in the order of a seed."""
    pool = [clip for clip in clips if clip.label == label and clip.kind == kind]
    return sorted(pool, key=lambda clip: _place(clip, seed))


def _first(clips: list[Clip], count: Count) -> list[Clip]:
    return clips[: None if count == "all" else count]


def _place(clip: Clip, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{clip.kind}\0{clip.path}".encode()).digest()
