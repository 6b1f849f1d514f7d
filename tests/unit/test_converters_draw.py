"""Which recordings train, test and are re-enacted: protocols, the draw, references from a list."""

from collections import Counter

import pytest

from understudy.converters.draw import (
    ABOVE,
    NEITHER,
    OTHER_CAMERA,
    OTHER_CLASS,
    SIDE_VIEW,
    Caps,
    draw,
)
from understudy.converters.ntu import NTU, read_ntu
from understudy.converters.recordings import TEST_BY_ANGLE, Recording
from understudy.converters.toyota import TOYOTA, read_toyota
from understudy.registry import chosen

NTU_SUBJECTS, TOYOTA_SUBJECTS = range(1, 41), (2, 3, 4, 6, 7, 9, 10, 11, 12, 13, 14, 15, 25)

# Protocols


def ntu(subject=1, camera=1, replication=1, action=1, setup=1) -> Recording:
    names = f"S{setup:03d}C{camera:03d}P{subject:03d}R{replication:03d}A{action:03d}"
    return read_ntu(f"{names}_rgb.avi")


def toyota(subject=3, camera=1, version=1, activity="Walk") -> Recording:
    return read_toyota(f"{activity}_p{subject:02d}_r00_v{version:02d}_c{camera:02d}.mp4")


def splits(dataset: str, protocol: str, recordings: list[Recording]) -> dict[Recording, str | None]:
    split = chosen("dataset", dataset).protocols[protocol]
    return {one: split(one) for one in recordings}


def test_ntus_cross_subject_halves_the_people():
    found = splits("ntu", "cross_subject", [ntu(subject) for subject in range(1, 107)])
    assert Counter(found.values()) == {"train": 20, "test": 20, None: 66}
    assert found[ntu(1)] == found[ntu(38)] == "train" and found[ntu(3)] == "test"


def test_ntus_cross_view_trains_on_cameras_2_and_3():
    """X-View, as published; what NTU 120 adds is in neither."""
    every = [ntu(subject, camera) for subject in NTU_SUBJECTS for camera in (1, 2, 3)]
    found = splits("ntu", "cross_view", every)
    cameras = {
        split: {one.camera for one in every if found[one] == split} for split in found.values()
    }
    assert cameras == {"train": {2, 3}, "test": {1}}
    added = [ntu(41), ntu(8, setup=18)]
    assert set(splits("ntu", "cross_view", added).values()) == {None}
    assert set(splits("ntu", "cross_subject", added).values()) == {None}


def test_ntu_120s_protocols():
    people = splits(
        "ntu", "cross_subject_120", [ntu(subject, setup=20) for subject in range(1, 107)]
    )
    assert Counter(people.values()) == {"train": 53, "test": 53}
    assert people[ntu(103, setup=20)] == "train" and people[ntu(106, setup=20)] == "test"
    setups = splits("ntu", "cross_setup_120", [ntu(setup=setup) for setup in range(1, 33)])
    assert {one.setup for one in setups if setups[one] == "train"} == set(range(2, 33, 2))
    assert Counter(setups.values()) == {"train": 16, "test": 16}


def test_surreact_trains_from_the_front():
    every = [
        ntu(subject, camera, replication)
        for subject in NTU_SUBJECTS
        for camera in (1, 2, 3)
        for replication in (1, 2)
    ]
    found = splits("ntu", "surreact", every)
    trained = [one for one, split in found.items() if split == "train"]
    tested = [one for one, split in found.items() if split == TEST_BY_ANGLE]
    assert {one.angle for one in trained} == {0} and len(trained) == 20 * 2
    assert Counter(one.angle for one in tested) == {0: 40, 45: 40, 90: 40}
    assert not {one.subject for one in trained} & {one.subject for one in tested}


def test_toyotas_protocols():
    every = [toyota(subject, camera) for subject in TOYOTA_SUBJECTS for camera in range(1, 8)]
    subjects = {"train": set(), "test": set()}
    for one, split in splits("toyota", "cs", every).items():
        subjects[split].add(one.subject)
    assert subjects["test"] == {2, 10, 11, 14} and 25 in subjects["train"]
    for protocol, train in (("cv1", {1}), ("cv2", {1, 3, 4, 6, 7})):
        found = splits("toyota", protocol, every)
        cameras = {
            split: {one.camera for one, said in found.items() if said == split}
            for split in ("train", "test", None)
        }
        assert cameras["train"] == train and cameras["test"] == {2}
        assert 5 in cameras[None], "the validation camera"


# The draw


def drawn(protocol: str = "paper", seed: int = 0, caps: Caps | None = None, extra=()):
    every = [
        ntu(subject, camera, replication, action, setup=1 + subject % 2)
        for subject in NTU_SUBJECTS
        for camera in (1, 2, 3)
        for replication in (1, 2)
        for action in (1, 10, 13)
    ]
    labels = ["drink_water", "clapping"]
    return draw([*every, *extra], labels, NTU.protocols[protocol], caps or Caps(60, 20, 5), seed)


@pytest.mark.parametrize("protocol", NTU.protocols)
def test_no_performance_is_on_both_sides(protocol):
    found = drawn(protocol)
    tested = {one.performance for one in found.test}
    if protocol == "cross_view":  # as published, each is trained on from two cameras
        assert tested & {one.performance for one in found.train}
        assert not {one.path for one in found.test} & {one.path for one in found.train}
    else:
        assert tested and not tested & {one.performance for one in found.train}
    assert not tested & {one.performance for one in found.references}
    assert set(found.references) <= set(found.train)
    assert len({one.performance for one in found.references}) == len(found.references) == 10


def test_as_many_of_each_class_as_asked():
    found = drawn()
    for recordings, cap in ((found.train, 60), (found.test, 20), (found.references, 5)):
        assert Counter(one.label for one in recordings) == {"drink_water": cap, "clapping": cap}
    by_angle = Counter((one.label, one.angle) for one in drawn("surreact").test)
    assert set(by_angle.values()) == {20} and len(by_angle) == 6
    tested = drawn("cross_subject").test
    assert Counter(one.label for one in tested) == {"drink_water": 20, "clapping": 20}
    assert len({one.angle for one in tested}) == 3


def test_every_recording_is_drawn_or_left_out_and_why():
    found = drawn()
    used = {one.path for one in [*found.train, *found.test]}
    assert not used & set(found.left_out) and len(used) + len(found.left_out) == 40 * 6 * 3
    assert set(found.left_out.values()) == {OTHER_CLASS, OTHER_CAMERA, ABOVE}
    assert set(drawn("surreact").left_out.values()) == {OTHER_CLASS, NEITHER, ABOVE}


def test_a_draw_is_the_seeds_and_one_more_file_moves_few():
    assert drawn().train == drawn().train
    assert set(drawn(seed=1).test) != set(drawn().test)
    more = drawn("cross_subject", extra=[ntu(3, action=1, setup=5)])
    before = drawn("cross_subject")
    assert len(set(before.test) - set(more.test)) <= 1 and before.train == more.train


def test_references_are_seen_from_the_side_only_where_there_are_no_others():
    """Appendix 2, criterion 2: consistent camera angles."""
    for protocol in NTU.protocols:
        assert all(one.angle != SIDE_VIEW for one in drawn(protocol).references)
    labels, caps = ["drink_water"], Caps(60, 20, 5)
    sides = [ntu(subject, 2, 1) for subject in (1, 2, 4, 5)] + [ntu(3), ntu(8, 3, 1), ntu(9)]
    found = draw(sides, labels, NTU.protocols["cross_subject"], caps, 0)
    assert [one.angle for one in found.references][:2] in ([0, 45], [45, 0])
    assert [one.angle for one in found.references][2:] == [90] * 3


def test_half_of_a_small_class_is_left_to_train_on():
    small = [toyota(subject, camera) for subject in (2, 3, 4) for camera in (1, 2)]
    found = draw(small, ["walk"], TOYOTA.protocols["paper"], Caps(), 0)
    assert len({one.performance for one in found.test}) == 1
    assert len({one.performance for one in found.train}) == 2
    assert len(found.train) == 4 and len(found.references) == 2


def test_a_class_without_training_or_test_videos_is_left_out():
    walk = [toyota(subject, camera) for subject in (2, 3) for camera in (1, 2)]
    never = [toyota(2, 1, activity="Enter"), toyota(3, 2, activity="Getup")]
    labels = ["walk", "enter", "getup"]
    found = draw([*walk, *never], labels, TOYOTA.protocols["cv1"], Caps(), 0)
    assert found.lacking == {"enter": "test", "getup": "training"}
    assert {one.label for one in (*found.train, *found.test)} == {"walk"}
    assert found.left_out[never[0].path] == "of a class without any test video in this protocol"


@pytest.mark.parametrize("protocol", NTU.protocols)
def test_picked_references_are_trained_on_and_never_tested(protocol):
    split = NTU.protocols[protocol]
    tests = ("test", TEST_BY_ANGLE)
    may = [one for one in drawn(protocol).test + drawn(protocol).train if split(one) not in tests]
    picked = {one.id for one in may[::7][:6]}
    every = [
        ntu(subject, camera, replication, action, setup=1 + subject % 2)
        for subject in NTU_SUBJECTS
        for camera in (1, 2, 3)
        for replication in (1, 2)
        for action in (1, 10)
    ]
    found = draw(every, ["drink_water", "clapping"], split, Caps(10, 20, 5), 0, picked)
    assert {one.id for one in found.references} == picked
    assert set(found.references) <= set(found.train) and len(found.train) == 20
    driving = {one.performance for one in found.references}
    assert not driving & {one.performance for one in found.test}


def test_the_shared_subjects_are_told():
    assert drawn("paper").shared_subjects() and not drawn("cross_subject").shared_subjects()
