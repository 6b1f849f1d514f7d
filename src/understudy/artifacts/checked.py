"""checked.parquet: every planned synthetic video, and what was found in its file.

One row per video, in the order of ORDER. Columns: video, reference, identity, view, background;
there, whether the file exists; and, if it does, fps, frames, seconds, width, height (empty
if it cannot be opened); hidden_share; passed; problems ({check: what is wrong} as JSON);
sha256; background_digest.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from understudy.files import atomic_path

WHOLE_NUMBERS = ("frames", "width", "height")  # empty where a video cannot be opened
ORDER = ["reference", "identity", "view", "background"]


def save_checked(path: Path | str, rows: Iterable[dict]) -> pd.DataFrame:
    """Write the rows and return them as a table."""
    table = pd.DataFrame(rows).astype(dict.fromkeys(WHOLE_NUMBERS, "Int64"))
    with atomic_path(path) as temporary:
        table.to_parquet(temporary, index=False)
    return table


def load_checked(path: Path | str) -> pd.DataFrame:
    """Read the table."""
    return pd.read_parquet(path)
