"""A fit assembled from what an optimiser found, and how well it explains the keypoints."""

import numpy as np
import torch

from understudy.artifacts.fit import PARTS, Fit
from understudy.body.landmarks import BODY, FACE, FEET, LEFT_HAND, RIGHT_HAND
from understudy.body.pose import Pose
from understudy.observation.observed import MAIN, Observed
from understudy.solver import terms

_SPANS = dict(zip(PARTS, (BODY, FEET, FACE, LEFT_HAND, RIGHT_HAND), strict=True))
_DOUBT = 5.0  # % of height: a main joint this far from its keypoint weighs 1/e in the confidence


def assemble_fit(
    observed: Observed,
    marks: np.ndarray,
    points: np.ndarray,
    turns: np.ndarray,
    expression: np.ndarray,
    transl: np.ndarray,
    betas: np.ndarray,
    joint_offset: np.ndarray,
    up: np.ndarray,
) -> Fit:
    """The fit of n frames; its metadata is left empty.

    points (n,l,3) m: the fitted landmarks `marks` (l,) in camera space, those of the 133 whose
    error is reported; turns (n,55,3) rad; expression (n,E); transl (n,3) m; betas (S,);
    joint_offset (55,3) m; up (3,).
    """
    error = np.linalg.norm(terms.project(points, observed.camera) - observed.xy[:, marks], axis=-1)
    error /= observed.unit
    score = observed.score[:, marks]
    return Fit(
        pose=Pose.from_full(_tensor(turns), _tensor(expression), _tensor(transl)),
        betas=_tensor(betas),
        joint_offset=_tensor(joint_offset),
        K=_tensor(observed.camera),
        fps=observed.fps,
        size=observed.size,
        confidence=np.where(observed.seen, _visible(error, score, marks), 0.0),
        error={part: _median_error(error, score, marks, part) for part in PARTS},
        up=up,
        about={},
    )


def _visible(error: np.ndarray, score: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """(n,) the mean score of the main joints, each reduced if its keypoint is missed."""
    main = np.isin(marks, MAIN)
    return (score[:, main] * np.exp(-((error[:, main] / _DOUBT) ** 2))).mean(1)


def _median_error(error: np.ndarray, score: np.ndarray, marks: np.ndarray, part: str) -> float:
    span = _SPANS[part]
    of_part = (marks >= span.start) & (marks < span.stop)
    seen = score[:, of_part] > 0
    return float(np.median(error[:, of_part][seen])) if seen.any() else float("nan")


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.asarray(array, np.float32))
