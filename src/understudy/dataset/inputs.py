"""What the checks of the synthetic videos, and the dataset's files, work from."""

from dataclasses import dataclass, field
from pathlib import Path

from understudy.scene.settings import Resize


@dataclass(frozen=True)
class Synthetic:
    """One synthetic video S_(i,j,k) and where it lies."""

    reference: str
    identity: str
    view: str
    background: str
    video: str


@dataclass(frozen=True)
class Sources:
    """Of the references (or of the identities), by id: rows of the table; the note that
    normalising left (.json); files whose notes tell which models made them (features, fit, avatar).
    """

    rows: dict[str, dict]
    normalised: dict[str, Path]
    made: dict[str, list[Path]]


@dataclass(frozen=True)
class DatasetInputs:
    """checked: the table of the videos planned (`checks.check_videos`). labels: in the order that
    gives each its index. backgrounds, real: rows of the tables by id. seed: of the choice of
    backgrounds; resize: how they were resized to the frame."""

    checked: Path
    references: Sources
    identities: Sources
    backgrounds: dict[str, dict]
    labels: list[str]
    seed: int
    resize: Resize
    name: str
    licence: str
    real: dict[str, dict] = field(default_factory=dict)
