"""A way to fit a clip: it reads the keypoints and fits the body as it needs to."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, Self

from understudy.body.flame import Flame
from understudy.body.model import BodyModel
from understudy.fitting.clip import fit_clip
from understudy.fitting.features import ClipFeatures
from understudy.fitting.io import Fit
from understudy.fitting.observed import Observed, read_observed
from understudy.fitting.settings import FitSettings

_NO_FLAME = "FLAME: no face offset; jaw and expression are taken from their features"
_NO_IRISES = "eyes: at rest, since the keypoints have no irises"


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
