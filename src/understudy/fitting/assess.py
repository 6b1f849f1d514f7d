"""A fit's own numbers: how much it bridges, jitters, slides and bends, without ground truth."""

import numpy as np

from understudy.artifacts.fit import Fit
from understudy.artifacts.fit_quality import SEEN_PARTS, FitQuality
from understudy.artifacts.shown import shown
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import BODY_NAMES, LANDMARK_NAMES
from understudy.body.model import BodyModel
from understudy.body.skeleton import BODY_JOINTS
from understudy.fitting.evaluate import fit_points
from understudy.fitting.settings import FitSettings
from understudy.fitting.standing import standing_feet
from understudy.fitting.targets import FEET, FITTED
from understudy.observation.observed import Observed
from understudy.solver.limits import joint_limits

BEYOND = np.radians(10.0)  # a joint further than this beyond a limit counts
_STANDS = 0.5  # of `standing_feet`'s measure, for a toe or heel to count as standing

# A part is seen if the image shows at least this many of its points.
_PARTS = {
    "trunk": (3, ("left_shoulder", "right_shoulder", "left_hip", "right_hip")),
    "head": (1, BODY_NAMES[:5]),
    "left_arm": (2, ("left_elbow", "left_wrist")),
    "right_arm": (2, ("right_elbow", "right_wrist")),
    "left_leg": (2, ("left_knee", "left_ankle")),
    "right_leg": (2, ("right_knee", "right_ankle")),
}


def assess(fit: Fit, observed: Observed, body: BodyModel, settings: FitSettings) -> FitQuality:
    """The quality of a fit, given what was observed."""
    joints, marks = fit_points(fit, body)
    known = fit.confidence > 0
    at_30 = fit.fps / 30.0
    pairs = known[1:] & known[:-1]
    standing = standing_feet(observed, settings) > _STANDS
    standing &= pairs[:, None]
    away = ~known[shown(fit.confidence, fit.fps).part]
    root = rot.exp(fit.pose.global_orient.numpy().astype(float))
    return FitQuality(
        bridged=float(away.mean()),
        longest_bridge=longest_run(away) / fit.fps,
        jitter=1e3 * acceleration(joints[:, :BODY_JOINTS], known) * at_30**2,
        fastest_turn=fastest_turn(root, pairs) * fit.fps,
        slide=1e3 * slide(marks[:, FITTED[FEET]], standing) * at_30,
        beyond_limits=beyond_limits(fit.pose.body_pose.numpy().astype(float)),
        part_seen=parts_seen(observed.score),
    )


def longest_run(marked: np.ndarray) -> int:
    """The length of the longest run of marked frames (n,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def acceleration(joints: np.ndarray, known: np.ndarray) -> float:
    """Mean second difference of joints (n,j,3) over triples of known frames; NaN without any."""
    triples = known[2:] & known[1:-1] & known[:-2]
    if not triples.any():
        return float("nan")
    return float(np.linalg.norm(np.diff(joints, 2, axis=0)[triples], axis=-1).mean())


def fastest_turn(root: np.ndarray, pairs: np.ndarray) -> float:
    """deg per frame: the largest turn of rotations (n,3,3) over the pairs (n−1,) that count."""
    turns = np.linalg.norm(rot.log(root[:-1].swapaxes(-1, -2) @ root[1:]), axis=-1)[pairs]
    return float(np.degrees(turns.max())) if len(turns) else float("nan")


def slide(soles: np.ndarray, standing: np.ndarray) -> float:
    """95th percentile of how far points (n,k,3) move between frames while standing (n−1,k)."""
    moved = np.linalg.norm(np.diff(soles, axis=0), axis=-1)[standing]
    return float(np.percentile(moved, 95)) if len(moved) else float("nan")


def beyond_limits(body_pose: np.ndarray) -> float:
    """Share of the joints of body_pose (n,21,3) rad with a component BEYOND its limit."""
    pose = rot.log(rot.exp(body_pose))  # of equivalent angles, the smallest
    low, high = joint_limits()
    return float(((pose < low - BEYOND) | (pose > high + BEYOND)).any(-1).mean())


def parts_seen(score: np.ndarray) -> np.ndarray:
    """Scores (n,133), zero where not credible -> (n,6) bool, which of SEEN_PARTS are seen."""
    columns = []
    for part in SEEN_PARTS:
        least, names = _PARTS[part]
        points = [LANDMARK_NAMES.index(name) for name in names]
        columns.append((score[:, points] > 0).sum(1) >= least)
    return np.stack(columns, 1)
