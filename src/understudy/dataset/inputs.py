"""Inputs of the synthetic videos' checks and of the dataset's files."""

from dataclasses import dataclass, field
from pathlib import Path

from understudy.artifacts.flags import KeepSettings
from understudy.scene.settings import Resize


@dataclass(frozen=True)
class Synthetic:
    """One synthetic video S_(i,j,k), the background that it was planned with, and its path; labels:
    what is known of each of its frames."""

    reference: str
    identity: str
    view: str
    background: str
    video: str
    labels: str


@dataclass(frozen=True)
class Sources:
    """Of the references (or of the identities), by id: rows of the table; metadata from
    normalising (.json); files whose metadata name the models behind them (features, fit, avatar);
    fits, of references.
    """

    rows: dict[str, dict]
    normalised: dict[str, Path]
    made: dict[str, list[Path]]
    fits: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class DatasetInputs:
    """checked: the table of the planned videos (`checks.check_videos`); flags: flags.json; keep:
    which flags keep a video out of the lists for training. labels: in the order of their indices.
    backgrounds, real: rows of the tables by id. seed: of the choice of backgrounds; resize: how
    they were resized to the frame; match: which of them fit a label; allowed: pairs of a test video
    and another one that may look like copies of each other (test, other: their ids; reason);
    coverage: the coverage.json of each identity; quality: the table of each reference whose videos
    were measured (`artifacts.quality`); scores: the metrics.json of each avatar that was scored;
    missing: planned videos that are not there, and why."""

    checked: Path
    flags: Path
    references: Sources
    identities: Sources
    backgrounds: dict[str, dict]
    labels: list[str]
    seed: int
    resize: Resize
    match: str
    name: str
    licence: str
    keep: KeepSettings
    coverage: dict[str, Path]
    quality: dict[str, Path] = field(default_factory=dict)
    scores: dict[str, Path] = field(default_factory=dict)
    real: dict[str, dict] = field(default_factory=dict)
    allowed: list[dict] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
