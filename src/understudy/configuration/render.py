"""The configuration's `render` and `backgrounds`: re-enactment and compositing."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from understudy.configuration.kinds import Count, Quality, Section, Unique, allowed
from understudy.places.match import MATCHES
from understudy.scene.settings import (
    PARTS,
    PLACEMENTS,
    AnimateSettings,
    CompositeSettings,
    Part,
    Resize,
)

TURNED = re.compile(r"az(0|-?[1-9][0-9]{0,2})_el(0|-?[1-9][0-9]?)")


def _view(text: str) -> str:
    turned = TURNED.fullmatch(text)
    if text == "source" or (turned and abs(int(turned[1])) <= 180 and abs(int(turned[2])) < 90):
        return text
    raise ValueError


View = Annotated[
    str,
    AfterValidator(_view),
    allowed("source, or degrees as in az30_el-10: az from -180 to 180, el from -89 to 89"),
]


def _in_order(parts: list[Part]) -> list[Part]:
    return [part for part in PARTS if part in parts]


class Render(Section):
    """Re-enactment."""

    of = AnimateSettings

    views: Annotated[list[View], Field(min_length=1), Unique] = Field(default=["source"])
    """Cameras: source is the reference's own; az30_el-10 is rotated about the person, degrees."""

    placement: Literal[*PLACEMENTS] = AnimateSettings.placement
    keep_rgba: bool = False
    """Keep the lossless RGBA masters, so that new backgrounds need no re-rendering (about 20 MB per
    pair)."""

    crf: Quality = AnimateSettings.crf
    depth: bool = AnimateSettings.depth


class Backgrounds(Section):
    """Compositing."""

    of = CompositeSettings

    per_pair: Count = 3
    """g: number of backgrounds for each (reference, identity) pair."""

    match: Literal[*MATCHES] = "any"
    """Which backgrounds a label is drawn. any: all (the paper). plausible: those in which it is
    really seen, by a table of labels and kinds of scene (docs/scene.md); their column `scene` says
    the kind. embedding: those that a network finds to suit it (features.scene)."""

    resize: Resize = CompositeSettings.resize

    blend: Annotated[list[Part], Unique, AfterValidator(_in_order)] = Field(default=list(PARTS))
