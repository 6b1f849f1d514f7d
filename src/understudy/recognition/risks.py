"""How much a synthetic video counts in a training, by how likely it is a bad one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from understudy.artifacts.quality import load_qualities


@dataclass(frozen=True)
class Risks:
    """by_video: the risk of each video that was measured, by its reference, identity, view and
    drawn background; most: those above are left out; weighed: whether a video counts by 1 − risk
    in the loss."""

    by_video: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    most: float = 1.0
    weighed: bool = False

    @staticmethod
    def read(files: Iterable[str], most: float, weighed: bool) -> "Risks":
        """From the tables of references (`artifacts.quality`), named by their ids."""
        measured = load_qualities({Path(file).stem: Path(file) for file in files})
        return Risks({row: found["risk"] for row, found in measured.items()}, most, weighed)

    def of(self, *row: str) -> float:
        """Of a video; 0 if it was not measured."""
        return self.by_video.get(row, 0.0)

    def weight(self, risk: float) -> float:
        """Of a video in the loss; 0 if it is left out."""
        if risk > self.most:
            return 0.0
        return 1 - risk if self.weighed else 1.0


UNKNOWN = Risks()
