"""Which recordings train, test and are re-enacted: a set number per class, drawn by seed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from understudy.converters.recordings import EITHER, Protocol, Recording

OTHER_CLASS = "of a class that was not asked for"
NEITHER = "neither for training nor for testing in this protocol"
ABOVE = "not drawn, as the class has enough"
OTHER_CAMERA = "another camera's view of a performance in the test set"


@dataclass(frozen=True)
class Caps:
    """The maximum per class (paper, sections 4.2 and 5.1); for a test set reported by angle, per
    angle of each class."""

    train: int = 225
    test: int = 50
    references: int = 5


@dataclass
class Drawn:
    """Training, test and reference recordings, by label and then in drawn order; references are
    among the training ones. left_out: path -> why."""

    train: list[Recording] = field(default_factory=list)
    test: list[Recording] = field(default_factory=list)
    references: list[Recording] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def shared_subjects(self) -> set[int]:
        """Subjects of references who are also tested."""
        return {r.subject for r in self.references} & {r.subject for r in self.test}


def draw(
    recordings: Iterable[Recording],
    labels: Iterable[str],
    protocol: Protocol,
    caps: Caps,
    seed: int,
) -> Drawn:
    """Draw by hashing (seed, name): a repeated draw is the same, whatever the order in which the
    files are found and wherever they are, and one more file changes few others.

    References are of different performances, none of which is in the test set from any camera.
    """
    drawn = Drawn()
    by_label: dict[str, list[Recording]] = {label: [] for label in labels}
    for recording in sorted(recordings, key=lambda one: _place(one, seed)):
        if recording.label in by_label:
            by_label[recording.label].append(recording)
        else:
            drawn.left_out[recording.path] = OTHER_CLASS
    for label in by_label:
        _draw_class(by_label[label], protocol, caps, drawn)
    return drawn


def _draw_class(recordings: list[Recording], protocol: Protocol, caps: Caps, drawn: Drawn) -> None:
    counted: dict[int | None, int] = {}
    test, others = [], []
    for recording in recordings:
        split = protocol(recording)
        told_by = recording.angle if split == "test" else None
        if split is None:
            drawn.left_out[recording.path] = NEITHER
        elif split != "train" and counted.get(told_by, 0) < caps.test:
            counted[told_by] = counted.get(told_by, 0) + 1
            test.append(recording)
        elif split == "test":
            drawn.left_out[recording.path] = ABOVE
        else:
            others.append((recording, split))
    tested = {recording.performance for recording in test}
    train: list[Recording] = []
    for recording, split in others:
        if split == EITHER and recording.performance in tested:
            drawn.left_out[recording.path] = OTHER_CAMERA
        elif len(train) < caps.train:
            train.append(recording)
        else:
            drawn.left_out[recording.path] = ABOVE
    unseen = {one.performance: one for one in reversed(train) if one.performance not in tested}
    drawn.train += train
    drawn.test += test
    drawn.references += [one for one in train if unseen.get(one.performance) is one][
        : caps.references
    ]


def _place(recording: Recording, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{recording.id}".encode()).digest()
