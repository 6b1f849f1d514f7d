"""docs/dataset.md: every file of a dataset and every column of its manifest, and no other."""

import re

import pandas as pd

from tests.unit.dataset_page import PAGE, columns_of, told_columns
from tests.unit.dataset_world import make_world


def test_every_column_is_told_of(tmp_path):
    make_world(tmp_path / "world").write(tmp_path / "dataset")
    manifest = pd.read_parquet(tmp_path / "dataset/manifest.parquet")
    assert list(told_columns().items()) == list(columns_of(manifest).items())


def test_every_file_is_told_of(tmp_path):
    make_world(tmp_path / "world").write(tmp_path / "dataset")
    written = tmp_path / "dataset"
    files = {str(path.relative_to(written)) for path in written.rglob("*.*")}
    table = PAGE.read_text(encoding="utf-8").split("## The manifest\n")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([^`]+)`", row)} == files
