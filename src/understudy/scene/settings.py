"""How a re-enactment is rendered."""

from dataclasses import dataclass

from understudy.errors import UserError


@dataclass(frozen=True)
class AnimateSettings:
    """How an avatar is put into a reference's motion."""

    placement: str = "ground"  # scale by body height, feet on the reference's ground; or copy
    batch: int = 8  # frames skinned and rasterised at once
    crf: int = 18  # quality of the white H.264 video; lower is better

    def __post_init__(self) -> None:
        if self.placement not in ("ground", "copy"):
            raise UserError(f"render.placement must be ground or copy, not {self.placement}")
