"""Our own fit: all frames of a clip at once, with temporal terms."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from understudy.artifacts.fit import Fit
from understudy.body.flame import Flame
from understudy.body.model import BodyModel
from understudy.fitting.features import ClipFeatures
from understudy.fitting.settings import FitSettings
from understudy.fitting.understudy.clip import fit_clip
from understudy.observation.observed import Observed, read_observed

_NO_FLAME = "FLAME: no face offset; jaw and expression are taken from their features"
_NO_IRISES = "eyes: at rest, since the keypoints have no irises"


@dataclass(frozen=True)
class UnderstudyPreset:
    """The preset `understudy`."""

    settings: FitSettings

    @classmethod
    def of(cls, settings: FitSettings, seed: int, flame: Flame | None) -> Self:
        """Nothing is random, and no FLAME head is fitted."""
        return cls(settings)

    def read(self, keypoints: Path | str) -> tuple[Observed, dict]:
        return read_observed(keypoints, self.settings)

    def fit(self, features: ClipFeatures, body: BodyModel) -> Fit:
        return fit_clip(features, body, self.settings)

    def about(self, features: ClipFeatures) -> dict:
        left_out = [_NO_FLAME] + ([_NO_IRISES] if features.observed.irises is None else [])
        return {"settings": asdict(self.settings), "left_out": "; ".join(left_out)}
