"""What is known of a dataset's recordings, and of the dataset: the vocabulary of `tables`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

EITHER = "either"  # drawn by seed
TEST_BY_ANGLE = "test by angle"  # tested, and as many from each angle


@dataclass(frozen=True)
class Recording:
    """One video: path; label, None for a class that is not used; subject and camera, the numbers in
    its name; angle, degrees from the front, if the dataset has it; performance: the same for all
    cameras that recorded it; activity: its class as the dataset spells it; setup: which of the
    dataset's settings of cameras and places it is from, if it has several."""

    path: str
    label: str | None
    subject: int
    camera: int
    performance: str
    angle: int | None = None
    activity: str = ""
    setup: int = 0

    @property
    def id(self) -> str:
        """For tables and file names."""
        return plain_id(Path(self.path).stem)

    @property
    def seen_from(self) -> str:
        """Its camera, as accuracy is reported by: the angle if known."""
        return f"c{self.camera:02d}" if self.angle is None else str(self.angle)


def plain_id(name: str) -> str:
    """A name as tables and file names have it."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)


# Who is trained on and who is tested on: "train", "test", TEST_BY_ANGLE, EITHER or None (in
# neither). All test sets are real videos.
Protocol = Callable[[Recording], str | None]


@dataclass(frozen=True)
class Dataset:
    """A dataset as its owners distribute it.

    read: what a file's name says, None for any other; labels: those of the paper's classes, in
    order; protocols: by name, `paper` among them; activities: every class by its other names, in
    lower case (the paper's label, a number) -> as the dataset spells it; mutual: those that two
    people perform together.
    """

    read: Callable[[str], Recording | None]
    labels: tuple[str, ...]
    protocols: Mapping[str, Protocol]
    activities: Mapping[str, str]
    mutual: frozenset[str] = frozenset()


def paper(recording: Recording) -> str | None:
    """The paper gives no subjects: training and test videos are drawn from all of them, so that
    people appear in both (experiments.disjoint_by: video)."""
    return EITHER
