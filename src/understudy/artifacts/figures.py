"""quality/{reference}.figures.json: what is seen of the figure in each synthetic video of a
reference.

{"videos": [{"identity", "view", "background": the drawn one, and FIGURE_PARTS; null: there was
nothing to measure}], "model": names and digests of the weights that detected its keypoints again}.
"""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from understudy.errors import UserError
from understudy.files import read_json, write_json

LIMBS = ("head", "trunk", "left_arm", "right_arm", "left_leg", "right_leg")
# Each part, larger when worse, and what it is. "%" is of the person's height in the picture.
FIGURE_PARTS = {
    "redetected": "distance of the figure's keypoints, detected again in the video, from its "
    "labels, mean over limbs, %",
    **{f"redetected_{limb}": f"the same of its {limb.replace('_', ' ')}" for limb in LIMBS},
    "undetected": "share of the points in sight that are not detected again",
    "out_of_sight": "share of the figure's points outside the picture or behind things",
    "flicker": "mean change of change of the figure's brightness, levels",
    "halo": "by how much its edge is brighter or darker than both of its sides, levels",
}
KEYS = ("identity", "view", "background")
Video = tuple[str, ...]  # a value for each of KEYS


def save_figures(
    path: Path | str, found: Iterable[tuple[Video, Mapping[str, float]]], model: Mapping[str, str]
) -> None:
    """Write the parts of each video."""
    rows = [
        dict(zip(KEYS, video, strict=True)) | {name: _number(parts[name]) for name in FIGURE_PARTS}
        for video, parts in found
    ]
    write_json(path, {"videos": rows, "model": dict(model)})


def load_figures(path: Path | str) -> dict[Video, dict[str, float]]:
    """The parts of each video, NaN where there was nothing to measure; UserError if the file is
    damaged."""
    try:
        return {
            tuple(row[key] for key in KEYS): {
                name: math.nan if row[name] is None else float(row[name]) for name in FIGURE_PARTS
            }
            for row in read_json(path)["videos"]
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{path}: cannot be read ({error}); delete it and rerun") from error


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
