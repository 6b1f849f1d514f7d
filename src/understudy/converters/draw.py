"""Which recordings train, test and are re-enacted: a set number per class, drawn by seed."""

import hashlib
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from understudy.converters.recordings import EITHER, TEST_BY_ANGLE, Protocol, Recording

OTHER_CLASS = "of a class that was not asked for"
NEITHER = "neither for training nor for testing in this protocol"
ABOVE = "not drawn, as the class has enough"
OTHER_CAMERA = "another camera's view of a performance in the test set"
DRIVES = "another camera's view of a reference"
UNPAIRED = "of a class without any {} video in this protocol"
SIDE_VIEW = 90  # degrees: what people do is seen worst from there (paper, appendix 2, criterion 2)


@dataclass(frozen=True)
class Caps:
    """The maximum per class (paper, sections 4.2 and 5.1); where a protocol tests by angle, per
    angle of each class."""

    train: int = 225
    test: int = 50
    references: int = 5


@dataclass
class Drawn:
    """Training, test and reference recordings, by label and then in drawn order; references are
    among the training ones. lacking: label of a class without training or without test videos, of
    which nothing is used -> which it lacks; left_out: path -> why."""

    train: list[Recording] = field(default_factory=list)
    test: list[Recording] = field(default_factory=list)
    references: list[Recording] = field(default_factory=list)
    lacking: dict[str, str] = field(default_factory=dict)
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
    listed: Container[str] = frozenset(),
) -> Drawn:
    """Draw by hashing (seed, name): a repeated draw is the same, whatever the order in which the
    files are found and wherever they are, and one more file changes few others.

    References are of different performances, none of which is in the test set from any camera, and
    are seen from the side only where a class has no others. listed: ids of references that were
    picked by hand, among recordings that may be trained on; then no others are taken.
    """
    drawn = Drawn()
    by_label: dict[str, list[Recording]] = {label: [] for label in labels}
    for recording in sorted(recordings, key=lambda one: _place(one, seed)):
        if recording.label in by_label:
            by_label[recording.label].append(recording)
        else:
            drawn.left_out[recording.path] = OTHER_CLASS
    for label, of_class in by_label.items():
        train, test, left_out = _split(of_class, protocol, caps, listed)
        if not train or not test:
            lacks = "test" if train else "training"
            drawn.lacking[label] = lacks
            drawn.left_out |= {one.path: UNPAIRED.format(lacks) for one in of_class}
            continue
        drawn.train += train
        drawn.test += test
        drawn.left_out |= left_out
        picked = [one for one in train if one.id in listed]
        drawn.references += picked if listed else _references(train, test, caps.references)
    return drawn


def _split(
    recordings: list[Recording], protocol: Protocol, caps: Caps, listed: Container[str]
) -> tuple[list[Recording], list[Recording], dict[str, str]]:
    """The training and test recordings of a class, in drawn order but the listed ones first; and
    the others, path -> why."""
    driving = {one.performance for one in recordings if one.id in listed}
    either = {one.performance for one in recordings if protocol(one) == EITHER} - driving
    most = len(either) // 2  # to test: where both are drawn from the same people, half must be left
    counted: dict[int | None, int] = {}
    tested: set[str] = set()
    test: list[Recording] = []
    left: list[Recording] = []
    left_out: dict[str, str] = {}
    for one in recordings:
        split = protocol(one)
        told_by = one.angle if split == TEST_BY_ANGLE else None
        spent = split == EITHER and one.performance not in tested and len(tested) >= most
        if split is None:
            left_out[one.path] = NEITHER
        elif split == "train" or (split == EITHER and one.performance in driving):
            left.append(one)
        elif one.performance in driving:
            left_out[one.path] = DRIVES
        elif counted.get(told_by, 0) < caps.test and not spent:
            counted[told_by] = counted.get(told_by, 0) + 1
            tested.add(one.performance)
            test.append(one)
        elif split != EITHER:
            left_out[one.path] = ABOVE
        else:
            left.append(one)
    train: list[Recording] = []
    for one in sorted(left, key=lambda one: one.id not in listed):
        if protocol(one) == EITHER and one.performance in tested:
            left_out[one.path] = OTHER_CAMERA
        elif len(train) < caps.train:
            train.append(one)
        else:
            left_out[one.path] = ABOVE
    return train, test, left_out


def _references(train: list[Recording], test: list[Recording], most: int) -> list[Recording]:
    tested = {one.performance for one in test}
    unseen = [one for one in train if one.performance not in tested]
    unseen.sort(key=lambda one: one.angle == SIDE_VIEW)
    first: dict[str, Recording] = {}
    for one in unseen:
        first.setdefault(one.performance, one)
    return list(first.values())[:most]


def _place(recording: Recording, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\0{recording.id}".encode()).digest()
