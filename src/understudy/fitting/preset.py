"""A way to fit a clip: it reads the keypoints and fits the body as it needs to."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, Self

from understudy.artifacts.fit import Fit
from understudy.body.flame import Flame
from understudy.body.model import BodyModel
from understudy.fitting.features import ClipFeatures
from understudy.fitting.settings import FitSettings
from understudy.fitting.understudy.clip import fit_clip
from understudy.observation.observed import Observed, read_observed

_NO_FLAME = "FLAME: no face offset; jaw and expression are as their features have them"
_NO_IRISES = "eyes: at rest, for the keypoints hold no irises"


class Preset(Protocol):
    """One way to fit a clip."""

    @classmethod
    def of(cls, settings: FitSettings, seed: int, flame: Flame | None) -> Self:
        """With the configuration's settings and seed; flame: the head that the body file holds."""

    def read(self, keypoints: Path | str) -> tuple[Observed, dict]:
        """The keypoints as this preset believes them, with its camera; and the file's note."""

    def fit(self, features: ClipFeatures, body: BodyModel) -> Fit:
        """The fit; its note is empty."""

    def about(self, features: ClipFeatures) -> dict:
        """What the note of a fit of these features says of this preset."""


@dataclass(frozen=True)
class UnderstudyPreset:
    """All frames at once, with terms over time."""

    settings: FitSettings

    @classmethod
    def of(cls, settings: FitSettings, seed: int, flame: Flame | None) -> Self:
        """Nothing is drawn, and no FLAME head is fitted."""
        return cls(settings)

    def read(self, keypoints: Path | str) -> tuple[Observed, dict]:
        return read_observed(keypoints, self.settings)

    def fit(self, features: ClipFeatures, body: BodyModel) -> Fit:
        return fit_clip(features, body, self.settings)

    def about(self, features: ClipFeatures) -> dict:
        left_out = [_NO_FLAME] + ([_NO_IRISES] if features.observed.irises is None else [])
        return {"settings": asdict(self.settings), "left_out": "; ".join(left_out)}
