"""How far a fit is from the demo world's ground truth."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.arrays import Arrays
from understudy.artifacts.fit import Fit
from understudy.artifacts.truth import load_truth
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import FACE, LANDMARK_NAMES, LEFT_HAND, RIGHT_HAND, landmarks
from understudy.body.model import BodyModel
from understudy.body.skeleton import BODY_JOINTS, JOINT_INDEX
from understudy.fitting.metrics import procrustes
from understudy.solver.terms import project

STANDS = 3.0  # mm per frame: a true toe or heel that moves less is standing
_SEEN = 0.5  # of a hand's points, and
_FACE_SEEN = 0.75  # of a face's, that an image must show for the hand or face to count
_SIDES = ("left", "right")
_SOLES = [
    [LANDMARK_NAMES.index(f"{side}_{part}") for part in ("big_toe", "heel")] for side in _SIDES
]


@dataclass(frozen=True)
class FitErrors:
    """A fit of n frames against ground truth; NaN if there is nothing to compare.

    joints, joints_pa (n,22) mm: distances with the pelvises aligned, and after each frame's best
    similarity; hands_pa (n,2) mm: mean over a hand's 21 points after the best similarity per
    frame and hand, if the image shows at least half of them; face (n,): mean distance in the
    image of those of the 68 points that are seen, in % of √(width·height) of the true face's box,
    if at least three quarters are seen; yaw (n,) deg: the root's, fitted minus true, within ±180;
    growth: how far the root turned around from first to last frame, fitted and true, deg;
    slide (k,) mm per frame: how far the fitted toe or heel moves while the true one stands;
    lean_trunk (n,) and lean_legs (n,2) deg: between the fitted and true lines from pelvis to
    neck, and from ankle to hip if that foot stands; acceleration (n−2,22) mm per frame², pelvises
    aligned; gaze (n,2) deg: of the left and the right eye, if the face counts;
    scale: the fitted size over the true one; up: deg between the fitted and the true vertical.
    """

    joints: np.ndarray
    joints_pa: np.ndarray
    hands_pa: np.ndarray
    face: np.ndarray
    yaw: np.ndarray
    growth: tuple[float, float]
    slide: np.ndarray
    lean_trunk: np.ndarray
    lean_legs: np.ndarray
    acceleration: np.ndarray
    gaze: np.ndarray
    scale: float
    up: float

    @property
    def lean(self) -> np.ndarray:
        """(n,) deg: the mean over trunk and standing legs, per frame."""
        return np.nanmean(np.column_stack([self.lean_trunk, self.lean_legs]), 1)

    def turn_frames_off(self, most: float = 30.0) -> int:
        """Frames whose yaw is off by more than `most` deg; all, if its growth is off by a turn."""
        grew, true = self.growth
        if abs(grew - true) > 180:
            return len(self.yaw)
        return int((np.abs(self.yaw) > most).sum())

    def figures(self) -> dict[str, float]:
        """One number for each that exists: means, the largest yaw error, the slide's 95th
        percentile."""
        figures = {
            "mpjpe_mm": self.joints,
            "pa_mpjpe_mm": self.joints_pa,
            "hands_pa_mm": self.hands_pa,
            "face_pct": self.face,
            "scale": np.array(self.scale),
            "yaw_deg": np.abs(self.yaw).max(),
            "lean_deg": self.lean,
            "up_deg": np.array(self.up),
            "foot_slide_p95_mm": _percentile(self.slide, 95),
            "acceleration_mm": self.acceleration,
            "gaze_deg": self.gaze,
        }
        return {
            name: float(np.nanmean(values))
            for name, values in figures.items()
            if np.isfinite(values).any()
        }


def evaluate_fit(fit: Fit, body: BodyModel, truth: Path | str) -> dict[str, float]:
    """The figures of `measure_fit`, from truth.npz of the same video."""
    return measure_fit(fit, body, load_truth(truth)).figures()


def measure_fit(fit: Fit, body: BodyModel, truth: Arrays) -> FitErrors:
    """Compare a fit with the same video's ground truth, frame by frame."""
    joints, marks = fit_points(fit, body)
    found, true = joints[:, :BODY_JOINTS], truth["joints3d"][:, :BODY_JOINTS].astype(float)
    true_marks = truth["keypoints3d"].astype(float)
    rooted, rooted_true = found - found[:, :1], true - true[:, :1]
    turned = _yaw(rot.exp(fit.pose.global_orient.numpy().astype(float)))
    turned_true = _yaw(rot.exp(truth["global_orient"].astype(float)))
    up = truth["viewmat"][:3, 1]  # the world's y axis in camera space
    standing = standing_soles(true_marks)
    return FitErrors(
        joints=1e3 * _distance(rooted, rooted_true),
        joints_pa=1e3 * _distance(procrustes(found, true), true),
        hands_pa=_hands(marks, true_marks, truth["visible"]),
        face=_face(project(marks, fit.K.numpy()), truth),
        yaw=np.degrees(np.angle(np.exp(1j * (turned - turned_true)))),
        growth=(_growth(turned), _growth(turned_true)),
        slide=1e3 * _slide(marks, standing),
        lean_trunk=_angle(*(_line(points, "pelvis", "neck") for points in (found, true))),
        lean_legs=_lean_legs(found, true, standing),
        acceleration=1e3 * _distance(np.diff(rooted, 2, axis=0), np.diff(rooted_true, 2, axis=0)),
        gaze=_gaze(fit, truth),
        scale=_size(rooted) / _size(rooted_true),
        up=float(_angle(fit.up, up)),
    )


def fit_points(fit: Fit, body: BodyModel) -> tuple[np.ndarray, np.ndarray]:
    """Joints (n,55,3) and the 133 landmarks (n,133,3) of a fit, in camera space, m."""
    small = fit.own(body).landmark_submesh()
    posed = small.shaped(fit.betas, fit.joint_offset).pose(fit.pose)
    marks = landmarks(posed, small.landmark_table())
    return posed.joints.numpy().astype(float), marks.numpy().astype(float)


def fit_joints(fit: Fit, body: BodyModel) -> np.ndarray:
    """(n,22,3) m: the fitted body joints in camera space."""
    bare = body.submesh(torch.zeros(1, dtype=torch.int64))
    posed = bare.shaped(fit.betas, fit.joint_offset).pose(fit.pose)
    return posed.joints[:, :BODY_JOINTS].numpy().astype(float)


def standing_soles(marks: np.ndarray) -> np.ndarray:
    """Landmarks (n,133,3) m -> (n−1,2,2) bool: left and right foot's toe and heel that stand."""
    speed = np.linalg.norm(np.diff(marks[:, _SOLES], axis=0), axis=-1)
    return 1e3 * speed < STANDS


def _slide(marks: np.ndarray, standing: np.ndarray) -> np.ndarray:
    """(k,) m: the movements from frame to frame of the landmarks that stand."""
    moved = np.linalg.norm(np.diff(marks[:, _SOLES], axis=0), axis=-1)
    return moved[standing]


def _lean_legs(found: np.ndarray, true: np.ndarray, standing: np.ndarray) -> np.ndarray:
    """(n,2) deg; NaN if toe or heel moves since the frame before (in the first: until the next)."""
    firm = standing[..., 0] & standing[..., 1]
    firm = np.concatenate([firm[:1], firm]) if len(firm) else np.zeros((len(true), 2), bool)
    lean = np.stack(
        [
            _angle(*(_line(points, f"{side}_ankle", f"{side}_hip") for points in (found, true)))
            for side in _SIDES
        ],
        1,
    )
    return np.where(firm, lean, np.nan)


def _hands(marks: np.ndarray, true: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """(n,2) mm."""
    errors = []
    for hand in (LEFT_HAND, RIGHT_HAND):
        error = _distance(procrustes(marks[:, hand], true[:, hand]), true[:, hand]).mean(-1)
        errors.append(np.where(visible[:, hand].mean(1) >= _SEEN, 1e3 * error, np.nan))
    return np.stack(errors, 1)


def _face(found: np.ndarray, truth: Arrays) -> np.ndarray:
    """Projected landmarks (n,133,2) px -> (n,) %."""
    true, visible = truth["keypoints"][:, FACE].astype(float), truth["visible"][:, FACE]
    size = np.sqrt(np.prod(np.ptp(true, axis=1), -1))
    error = _distance(found[:, FACE], true)
    mean = (error * visible).sum(1) / np.maximum(visible.sum(1), 1)
    return np.where(visible.mean(1) >= _FACE_SEEN, 100 * mean / size, np.nan)


def _gaze(fit: Fit, truth: Arrays) -> np.ndarray:
    """(n,2) deg: between the fitted and the true rotation of each eye in its head."""
    off = []
    for eye in ("leye_pose", "reye_pose"):
        found = rot.exp(getattr(fit.pose, eye).numpy().astype(float))
        turn = found.swapaxes(-1, -2) @ rot.exp(truth[eye].astype(float))
        off.append(np.degrees(np.linalg.norm(rot.log(turn), axis=-1)))
    seen = truth["visible"][:, FACE].mean(1) >= _FACE_SEEN
    return np.where(seen[:, None], np.stack(off, 1), np.nan)


def _line(joints: np.ndarray, start: str, stop: str) -> np.ndarray:
    return joints[:, JOINT_INDEX[stop]] - joints[:, JOINT_INDEX[start]]


def _angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Between directions (…,3), deg."""
    return np.degrees(np.arccos((rot.unit(a) * rot.unit(b)).sum(-1).clip(-1, 1)))


def _distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.linalg.norm(a - b, axis=-1)


def _size(rooted: np.ndarray) -> float:
    """The root mean square distance of the joints from the pelvis."""
    return float(np.sqrt((rooted**2).sum(-1).mean()))


def _yaw(root: np.ndarray) -> np.ndarray:
    """(n,) rad about the image's vertical, 0 when facing the camera."""
    return np.arctan2(root[:, 0, 2], -root[:, 2, 2])


def _growth(yaw: np.ndarray) -> float:
    """deg from the first to the last frame, whole turns included."""
    unwrapped = np.unwrap(yaw)
    return float(np.degrees(unwrapped[-1] - unwrapped[0]))


def _percentile(values: np.ndarray, share: float) -> float:
    """NaN for no values."""
    return float(np.percentile(values, share)) if len(values) else float("nan")
