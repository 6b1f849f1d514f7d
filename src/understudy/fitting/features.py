"""The contents of one clip's feature files, as every preset of the fit takes them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.expression import load_expression
from understudy.artifacts.hands import load_hands
from understudy.errors import UserError
from understudy.fitting.regressed import RegressedPose
from understudy.observation.observed import Observed


@dataclass(frozen=True)
class ClipFeatures:
    """n frames: observed keypoints; expression (n,E), jaw (n,3) rad, face_valid (n,) bool;
    hand_pose (n,2,15,3) rad; regressed: a network's body pose, or None;
    face_shape: FLAME's shape (n,S), or None.
    """

    observed: Observed
    expression: np.ndarray
    jaw: np.ndarray
    face_valid: np.ndarray
    hand_pose: np.ndarray
    regressed: RegressedPose | None = None
    face_shape: np.ndarray | None = None


def read_features(
    observed: Observed, keypoints: Path | str, expression: Path | str, hands: Path | str, body: str
) -> ClipFeatures:
    """The features that go with the keypoints already read, made for the body model id `body`.

    Raises UserError if a file is for another clip or body model.
    """
    face, fingers = load_expression(expression, body), load_hands(hands, body)
    for path, frames in ((expression, len(face.expression)), (hands, len(fingers.pose))):
        if frames != len(observed):
            raise UserError(
                f"{path}: {frames} frames, but {keypoints} has {len(observed)}; "
                "delete both and rerun"
            )
    return ClipFeatures(
        observed,
        face.expression,
        face.jaw,
        face.valid,
        fingers.pose,
        RegressedPose.of(fingers.body) if fingers.body else None,
        face.shape,
    )
