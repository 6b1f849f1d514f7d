"""Which missing files are requested by name: those that nothing else requests."""

from pathlib import Path

import pytest

from tests.unit.scene_tables import planned, write_tables
from understudy.plan.lost import lost_files


@pytest.fixture
def plan(tmp_path):
    """Two references, one person, one room."""
    write_tables(tmp_path, ["bow"], {"hall": "hallway"}, references=2, identities=1)
    return planned(tmp_path, ["bow"], match="any", backgrounds={"per_pair": 1})


def make(*paths: str) -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch()


def videos_of(plan, target: str) -> list[str]:
    """The synthetic videos, and their labels, that must be requested for a target."""
    return [path for path in lost_files(plan, target) if "/synthetic/" in path]


def test_videos_of_a_new_run_are_not_requested_twice(plan):
    assert videos_of(plan, "synthetic") == videos_of(plan, "report") == []
    assert plan.layout.checks("bow_0") in lost_files(plan, "dataset")


def test_a_video_lost_after_its_check_is_requested(plan):
    first, second = plan.synthetic
    make(plan.layout.checks(first[0]))
    assert videos_of(plan, "dataset") == [plan.layout.synthetic(*first), plan.labels(first)]
    make(plan.layout.checks(second[0]), plan.layout.synthetic(*second), plan.labels(second))
    assert videos_of(plan, "dataset") == [plan.layout.synthetic(*first), plan.labels(first)]


@pytest.mark.parametrize("target", ["synthetic", "dataset"])
def test_lost_labels_are_requested(plan, target):
    row = plan.synthetic[0]
    make(plan.layout.synthetic(*row))
    assert videos_of(plan, target) == [plan.labels(row)]
