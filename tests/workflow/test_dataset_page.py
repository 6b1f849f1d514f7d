"""The manifest of a whole run has the columns that docs/dataset.md tells of."""

import pandas as pd

from tests.unit.dataset_page import columns_of, told_columns


def test_each_column_of_a_run_is_told_of(finished):
    manifest = pd.read_parquet(finished.results / "dataset/manifest.parquet")
    assert list(columns_of(manifest).items()) == list(told_columns().items())
