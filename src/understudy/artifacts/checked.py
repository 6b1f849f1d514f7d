"""checked/{reference}.parquet and dataset/checked.parquet: every planned synthetic video, of a
reference or of all, and what was found in its file.

One row per video, in the order of ORDER. Columns: video, labels, reference, identity, view,
background;
there, whether the file exists; and, if it does, fps, frames, seconds, width, height (empty
if it cannot be opened); hidden_share; passed; problems ({check: what is wrong} as JSON);
sha256; shown, the background that is behind the person, and background_digest, of its image. If
the person stands in a room (`artifacts.placed`): passed_over (as JSON), camera_height,
camera_height_from, camera_pitch, stands_right, stands_forward, turned, blend, occluded_share;
empty otherwise.
"""

from collections.abc import Iterable
from math import nan
from pathlib import Path

import pandas as pd

from understudy.files import atomic_path

# Of a person who stands in a room: the columns, each with what it holds for one who does not.
PLACED: dict[str, str | float] = {
    **{"passed_over": "", "camera_height": nan, "camera_height_from": "", "camera_pitch": nan},
    **{"stands_right": nan, "stands_forward": nan, "turned": nan},
    **{"blend": "", "occluded_share": nan},
}
WHOLE_NUMBERS = ("frames", "width", "height")  # empty where a video cannot be opened
ORDER = ["reference", "identity", "view", "background"]


def save_checked(path: Path | str, rows: Iterable[dict]) -> pd.DataFrame:
    """Write the rows and return them as a table."""
    table = pd.DataFrame(rows)
    for name, nothing in PLACED.items():
        table[name] = table[name].fillna(nothing) if name in table else nothing
    # None of a reference's videos may be there.
    table = table.astype({name: "Int64" for name in WHOLE_NUMBERS if name in table})
    with atomic_path(path) as temporary:
        table.to_parquet(temporary, index=False)
    return table


def load_checked(path: Path | str) -> pd.DataFrame:
    """Read the table."""
    return pd.read_parquet(path)
