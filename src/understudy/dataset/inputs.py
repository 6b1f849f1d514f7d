"""Inputs of the synthetic videos' checks and of the dataset's files."""

from dataclasses import dataclass, field
from pathlib import Path

from understudy.scene.settings import Resize


@dataclass(frozen=True)
class Synthetic:
    """One synthetic video S_(i,j,k), the background that it was planned with, and its path; placed:
    the record of where in a room it shows its person, None if it is not in a room."""

    reference: str
    identity: str
    view: str
    background: str
    video: str
    placed: str | None = None


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
    """checked: the table of the planned videos (`checks.check_videos`). labels: in the order of
    their indices. backgrounds, real: rows of the tables by id. seed: of the choice of
    backgrounds; resize: how they were resized to the frame; match: which of them fit a label."""

    checked: Path
    references: Sources
    identities: Sources
    backgrounds: dict[str, dict]
    labels: list[str]
    seed: int
    resize: Resize
    match: str
    name: str
    licence: str
    real: dict[str, dict] = field(default_factory=dict)
