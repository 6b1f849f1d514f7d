"""What is planned of scenes: what photos show, which serve which label, and what is told of it."""

from collections.abc import Mapping
from pathlib import Path

from understudy.errors import UserError
from understudy.places.found import Photo
from understudy.places.information import MOST_BITS, shared_bits
from understudy.places.kinds import KINDS, kind_of
from understudy.places.match import Shown, fitting
from understudy.places.plausible import kinds_for

FEW = 5  # names in a line


def scenes_file(results: str) -> str:
    """Where `make scenes` writes what it found."""
    return str(Path(results, "scenes.json"))


def shown_by(
    rows: Mapping[str, dict], found: Mapping[str, Photo], versions: Mapping[str, str | None]
) -> dict[str, Shown]:
    """What each background shows: as its row says, else as a network found, if it looked at this
    very file; rows: of the table, by id; versions: of their files."""
    seen = {id_: photo for id_, photo in found.items() if photo.version == versions.get(id_)}
    return {
        id_: Shown(
            kind_of(row["scene"]) if "scene" in row else seen[id_].kind if id_ in seen else None,
            seen[id_].suits if id_ in seen else {},
        )
        for id_, row in rows.items()
    }


def refuse_unseen(labels: list[str], photos: Mapping[str, Shown]) -> None:
    """For the match by embedding. Raises a one-line UserError that names the photos that the
    network did not look at, or not with all labels in mind."""
    unseen = [id_ for id_, photo in photos.items() if not set(labels) <= photo.suits.keys()]
    if unseen:
        raise UserError(
            "config: backgrounds.match: embedding: the network has not yet compared "
            f"{_some(unseen)} with all labels; run make scenes CONFIG=(this file)"
        )


def pools(
    match: str, labels: list[str], photos: Mapping[str, Shown], per_pair: int
) -> dict[str, list[str]]:
    """The backgrounds that serve each label. Raises a one-line UserError if there are fewer than
    `per_pair`, which names the labels and the kinds of scene that are missing."""
    if per_pair > len(photos):
        raise UserError(
            f"config: backgrounds.per_pair is {per_pair}, but the table of backgrounds has "
            f"{len(photos)} that can be used; add images or lower it"
        )
    found = {label: fitting(match, label, photos) for label in labels}
    short = {label: pool for label, pool in found.items() if len(pool) < per_pair}
    if short:
        told = ", ".join(f"{label} ({len(pool)})" for label, pool in short.items())
        missing = {kind for label in short for kind in kinds_for(label) or ()}
        kinds = [kind for kind in KINDS if kind in missing]
        remedy = "add photos that suit them"
        if match == "plausible":
            remedy = f"add photos of, or state in the column scene: {_some(kinds, len(KINDS))}"
        raise UserError(
            f"config: backgrounds.match: {match}: fewer than {per_pair} (backgrounds.per_pair) of "
            f"the {len(photos)} backgrounds fit {told}; {remedy}; or choose match: any"
        )
    return found


def told_of_scenes(
    rows: Mapping[str, dict], photos: Mapping[str, Shown], labels: list[str]
) -> list[str]:
    """Lines on what the match "plausible" cannot know, for whoever plans."""
    lines = []
    unknown = [id_ for id_, photo in photos.items() if photo.kind is None]
    if unknown:
        words = sorted({rows[id_]["scene"] for id_ in unknown if "scene" in rows[id_]})
        named = f" (scene: {_some(words)})" if words else ""
        lines.append(
            f"backgrounds of no known kind{named} serve only labels that fit everywhere: "
            f"{_some(unknown)}; the kinds are {', '.join(KINDS)}"
        )
    untold = [label for label in labels if kinds_for(label) is None]
    if untold:
        lines.append(
            f"labels that the table of scenes does not have are shown anywhere: {_some(untold)}"
        )
    return lines


def told_of_bits(pairs: list[tuple[str, str]]) -> list[str]:
    """A line if the scene says too much about the label; pairs: (label, kind or photo) of the
    planned videos."""
    bits = shared_bits(pairs)
    if bits <= MOST_BITS:
        return []
    return [
        f"label and scene share {bits:.2f} bits, so a recogniser can read much of the label off "
        "the wall; add photos of kinds that serve more labels, or choose backgrounds.match: any"
    ]


def _some(names: list[str], most: int = FEW) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
