"""A release in the hands of others: what their libraries read is what is in it."""

import pandas as pd
import pytest

from tests.unit.dataset_world import write_releasable
from tests.unit.loaders import LOADERS, read_by, told
from understudy.release.certificates import make_credentials
from understudy.release.croissant import About
from understudy.release.release import write_release

ABOUT = About("waves", "CC BY-NC 4.0", "A lab", "https://example.org/waves", "2026-11-30")
FRAMES = 2  # of the labels of each video


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    """A folder and shards of the same dataset, and what is told of its videos."""
    root = tmp_path_factory.mktemp("releases")
    write_releasable(root)
    credentials = make_credentials("A lab")
    write_release(root / "dataset", ABOUT, root / "folder", credentials)
    write_release(root / "dataset", ABOUT, root / "shards", credentials, shard_bytes=25_000)
    assert len(list((root / "shards/train").glob("*.tar"))) > 1
    return root, pd.read_parquet(root / "folder/train/metadata.parquet")


@pytest.mark.parametrize("loader", LOADERS)
def test_others_read_what_is_in_it(loader, releases):
    root, facts = releases
    folder = root / ("shards" if loader == "webdataset" else "folder")
    assert read_by(loader, folder) == told(loader, facts, FRAMES)


def test_the_description_of_shards_is_valid_too(releases):
    root, facts = releases
    assert read_by("mlcroissant", root / "shards") == told("mlcroissant", facts, FRAMES)
