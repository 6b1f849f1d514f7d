"""How a re-enactment is rendered and composited. Stdlib only: the configuration takes its defaults
from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from understudy.errors import UserError
from understudy.video.settings import CRF

Resize = Literal["cover", "stretch", "contain"]
RESIZES: tuple[Resize, ...] = ("cover", "stretch", "contain")
PRESET = "veryfast"  # x264's: 48 dB where "medium" has 50, smaller files, half the processor time
PLACEMENTS = ("scene", "ground", "copy")
# What makes a person belong to a room.
Part = Literal["occlusion", "shadow", "colour", "texture"]
PARTS: tuple[Part, ...] = ("occlusion", "shadow", "colour", "texture")


@dataclass(frozen=True)
class AnimateSettings:
    """How an avatar is animated with a reference's motion."""

    placement: str = "scene"
    """scene: on the floor of the background's room, rendered through its camera. ground: where the
    reference stood in its picture, at the person's own size. copy: the same, with the reference's
    translation unchanged (the paper)."""
    batch: int = 4  # frames skinned and rasterised at once
    crf: int = CRF
    """H.264 quality of the videos; lower is better."""
    depth: bool = False
    """Keep the person's depth in each video's labels (docs/labels.md)."""

    def __post_init__(self) -> None:
        if self.placement not in PLACEMENTS:
            raise UserError(
                f"render.placement must be one of {', '.join(PLACEMENTS)}, not {self.placement}"
            )


@dataclass(frozen=True)
class CompositeSettings:
    """resize: how the image fills the frame (see scene/images.py). crf: x264's quality. depth:
    whether labels keep it, and blend: see PARTS; both only of people in rooms."""

    resize: Resize = "cover"
    """How an image fills the frame."""
    crf: int = CRF
    depth: bool = False
    blend: Sequence[Part] = PARTS
    """What makes a person belong to the photo, with `placement: scene`. occlusion: what is nearer
    hides them, where depth is known. shadow: theirs on the floor. colour: the light of their own
    room is exchanged for the photo's. texture: the photo's noise and sharpness."""

    def __post_init__(self) -> None:
        for part in self.blend:
            if part not in PARTS:
                raise ValueError(f"blend must be of {', '.join(PARTS)}, not {part}")
        if self.resize not in RESIZES:
            raise ValueError(f"resize must be one of {', '.join(RESIZES)}, not {self.resize}")
