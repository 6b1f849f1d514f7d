"""Who an avatar is trained on."""

from dataclasses import dataclass
from pathlib import Path

from understudy.artifacts.fit import Fit
from understudy.avatar.training.footage import Footage
from understudy.body.flame import Flame
from understudy.body.model import BodyModel


@dataclass(frozen=True)
class Subject:
    """A person: clip, n frames; fit, of the same frames; model, the body model it was made with;
    depth, the clip's depth.npz; flame, the head that the body file holds, if any."""

    clip: Footage
    depth: Path | str
    fit: Fit
    model: BodyModel
    flame: Flame | None = None

    @property
    def body(self) -> BodyModel:
        """The body model with this person's face."""
        return self.fit.own(self.model)
