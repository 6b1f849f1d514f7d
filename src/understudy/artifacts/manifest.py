"""manifest.parquet, and the same as manifest.csv: one row per existing synthetic video,
with every fact about it."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from understudy.artifacts.checked import WHOLE_NUMBERS
from understudy.files import atomic_path


def save_manifest(folder: Path, rows: Iterable[dict]) -> pd.DataFrame:
    """Write the rows to both files of a folder; returns them as a table."""
    manifest = pd.DataFrame(rows).astype(dict.fromkeys(WHOLE_NUMBERS, "Int64"))
    with atomic_path(folder / "manifest.parquet") as path:
        manifest.to_parquet(path, index=False)
    with atomic_path(folder / "manifest.csv") as path:
        manifest.to_csv(path, index=False, lineterminator="\n")
    return manifest
