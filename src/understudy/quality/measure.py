"""The quality of all synthetic videos of one reference."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from understudy.artifacts.figures import KEYS, load_figures
from understudy.artifacts.fit import Fit, load_fit
from understudy.artifacts.keypoints import load_keypoints
from understudy.artifacts.quality import save_quality
from understudy.artifacts.shown import shown
from understudy.body.load import load_body
from understudy.quality.motion import motion_parts, unfamiliar
from understudy.quality.risk import calibration


def measure_quality(
    fit: Path | str,
    keypoints: Path | str,
    body: Path | str,
    cast: Mapping[str, Path | str],
    figures: Path | str,
    out: Path | str,
) -> pd.DataFrame:
    """Measure each of a reference's videos and write the table `out` (`artifacts.quality`).

    fit, keypoints: the reference's; cast: the fits of the identities that re-enact it, by id;
    figures: what is seen of them in the videos (`figure.look_at_figures`). Returns the table.
    """
    model = load_body(body)
    reference = load_fit(fit, model.model_id)
    motion = motion_parts(reference, load_keypoints(keypoints), model)
    people = {id_: {"unfamiliar": _unfamiliar(reference, one)} for id_, one in cast.items()}
    rows = []
    for video, figure in load_figures(figures).items():
        keys = dict(zip(KEYS, video, strict=True))
        parts = motion | people[keys["identity"]] | figure
        rows.append({**keys, "risk": round(calibration().risk(parts), 4), **parts})
    return save_quality(out, rows)


def _unfamiliar(reference: Fit, identity: Path | str) -> float:
    """How far the poses are from those of an identity's video, from which its avatar was made."""
    trained, there = load_fit(identity), shown(reference.confidence, reference.fps)
    poses = reference.pose.body_pose[there.part].numpy()
    return unfamiliar(poses, trained.pose.body_pose[trained.confidence > 0].numpy())
