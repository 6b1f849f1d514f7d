"""quality/{reference}.parquet: what may be wrong with each synthetic video of a reference.

One row per video, in the order of its path: identity, view, background; risk in [0,1], how likely
the video is among the tenth whose motion is furthest from the performer's; and PARTS, from which it
was told. NaN: there was nothing to measure.
"""

from collections.abc import Iterable, Mapping
from math import nan
from pathlib import Path

import pandas as pd

from understudy.artifacts.figures import FIGURE_PARTS, KEYS
from understudy.errors import UserError
from understudy.files import atomic_path

# Each part, larger when worse, and what it is; so are those of `artifacts.figures`.
MOTION_PARTS = {
    "residual": "median distance between the fitted body and the reference's keypoints, %",
    "residual_high": "95th percentile of that distance over points and frames, %",
    "out_of_step": "how far the fitted points move otherwise than the keypoints, as a share",
    "disagreement": "distance to the keypoint detector's own 3D body, mm on a person of 1.7 m",
    "disagreement_turned": "the same after its best turn",
    "size_varies": "how much the size of that 3D body varies next to the fitted one, as a share",
    "doubt": "1 − mean score of the reference's keypoints",
    "uncertain": "share of the limbs' keypoints with a score below 0.7",
    "feet_doubt": "1 − mean score of the keypoints of the feet",
    "unconfident": "1 − mean confidence of the fit",
    "unseen": "share of the performer's limbs × frames that the reference does not show",
    "bridged": "share of frames in which the reference shows nobody",
    "unsteady": "mean acceleration of the fitted joints, mm per frame² at 30 fps",
    "slide": "95th percentile of how far the lower foot moves, mm per frame at 30 fps",
    "floor": "standard deviation of the height of the lowest point of the feet, mm",
    "beyond_limits": "share of joints × frames beyond an anatomical limit",
    "small": "−log2 of the performer's height in the reference, px",
    "pace": "mean speed of the fitted joints next to the pelvis, m/s",
    "unfamiliar": "mean turn of joints between each pose and the nearest of those that the avatar "
    "was trained on, deg",
}
PARTS = {**MOTION_PARTS, **FIGURE_PARTS}
MEASURED = ("risk", *PARTS)
COLUMNS = (*KEYS, *MEASURED)
UNMEASURED = dict.fromkeys(MEASURED, nan)


def save_quality(path: Path | str, rows: Iterable[dict]) -> pd.DataFrame:
    """Write the rows and return them as a table."""
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    with atomic_path(path) as temporary:
        table.to_parquet(temporary, index=False)
    return table


def load_qualities(paths: Mapping[str, Path]) -> dict[tuple[str, ...], dict[str, float]]:
    """From the tables of references, by id: risk and PARTS of each video, by its reference,
    identity, view and drawn background."""
    return {
        (reference, *(row[key] for key in KEYS)): {name: row[name] for name in MEASURED}
        for reference, path in paths.items()
        for row in load_quality(path).to_dict("records")
    }


def load_quality(path: Path | str) -> pd.DataFrame:
    """Read the table; UserError if it is anything else."""
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read ({error}); delete it and rerun") from error
    if list(table.columns) != list(COLUMNS):
        raise UserError(f"{path}: its columns are others; delete it and rerun")
    return table
