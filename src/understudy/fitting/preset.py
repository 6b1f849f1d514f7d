"""A way to fit a clip: how it reads the keypoints and how it fits the body."""

from pathlib import Path
from typing import Protocol, Self

from understudy.artifacts.fit import Fit
from understudy.body.flame import Flame
from understudy.body.model import BodyModel
from understudy.fitting.features import ClipFeatures
from understudy.fitting.settings import FitSettings
from understudy.observation.observed import Observed


class Preset(Protocol):
    """One way to fit a clip."""

    @classmethod
    def of(cls, settings: FitSettings, seed: int, flame: Flame | None) -> Self:
        """With the configuration's settings and seed; flame: the head that the body file holds."""

    def read(self, keypoints: Path | str) -> tuple[Observed, dict]:
        """The keypoints as this preset trusts them, with its camera; and the file's metadata."""

    def fit(self, features: ClipFeatures, body: BodyModel) -> Fit:
        """The fit; its metadata is empty."""

    def about(self, features: ClipFeatures) -> dict:
        """What the metadata of a fit of these features says about this preset."""
