"""Each stage of the demo against the truth that the demo world knows."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.body.landmarks import BODY
from understudy.body.model import BodyModel
from understudy.errors import UserError
from understudy.features.keypoints import load_keypoints
from understudy.features.masks import load_masks
from understudy.files import Arrays, load_arrays, read_json
from understudy.fitting.io import Fit, load_fit
from understudy.quality.metrics import iou, mpjpe, pa_mpjpe

BODY_JOINTS = 22  # pelvis to wrists: the joints of MPJPE
LEAST_SCORE = 0.3  # a keypoint scored lower counts as not found


@dataclass(frozen=True)
class Source:
    """One normalised video of the demo: its truth, and what the stages made of it.

    facts: the .json that normalising leaves; masks: None for references.
    """

    id: str
    truth: Path
    facts: Path
    keypoints: Path
    fit: Path
    masks: Path | None = None


def keypoints_error(points: Arrays, truth: Arrays) -> np.ndarray:
    """Distances of visible, found body keypoints from the truth, % of the person's height."""
    seen = truth["visible"][:, BODY] & (points["score"][:, BODY] >= LEAST_SCORE)
    distance = np.linalg.norm(points["xy"][:, BODY] - truth["keypoints"][:, BODY], axis=-1)
    return (100 * distance / truth["height_px"][:, None])[seen]


def fit_joints(fit: Fit, body: BodyModel) -> np.ndarray:
    """(n,22,3) joints of a fit in camera space, m."""
    shaped = body.landmark_submesh().shaped(fit.betas, fit.joint_offset)
    return shaped.pose(fit.pose).joints[:, :BODY_JOINTS].detach().numpy()


def measure_sources(sources: list[Source], body: BodyModel) -> list[dict]:
    """One row a video: keypoints (median, %), masks (mean IoU), MPJPE and PA-MPJPE (mean, mm)."""
    rows = []
    for source in sources:
        truth = load_truth(source)
        fit = load_fit(source.fit, body.model_id)
        joints, true = fit_joints(fit, body), truth["joints3d"][:, :BODY_JOINTS]
        row = {
            "id": source.id,
            "keypoints_median_pct": float(
                np.median(keypoints_error(load_keypoints(source.keypoints), truth))
            ),
            "mpjpe_mm": 1000 * float(mpjpe(joints, true).mean()),
            "pa_mpjpe_mm": 1000 * float(pa_mpjpe(joints, true).mean()),
        }
        if source.masks is not None:
            row["masks_iou"] = float(iou(load_masks(source.masks), true_masks(truth)).mean())
        rows.append(row)
    return rows


def load_truth(source: Source) -> Arrays:
    """The truth of a video that was normalised to its own length, rate and size."""
    truth = load_arrays(source.truth, "truth")
    facts = read_json(source.facts)
    shape = (facts["frames"], facts["height"], facts["width"])
    if shape != tuple(truth["shape"]):
        raise UserError(
            f"{source.truth}: the world's videos have {tuple(truth['shape'])} frames × height × "
            f"width, the normalised {shape}; set demo and video to the same size, fps and seconds"
        )
    return truth


def true_masks(truth: Arrays) -> np.ndarray:
    """(n,h,w) bool."""
    n, height, width = truth["shape"]
    bits = np.unpackbits(truth["bits"], axis=1, count=int(height * width))
    return bits.reshape(n, height, width).astype(bool)
