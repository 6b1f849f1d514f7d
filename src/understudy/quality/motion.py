"""What may be wrong with a fitted motion, told from the fit and the keypoints of its clip alone.

Everything is measured anew, and not taken from what the fit says about itself: a fit that belongs
to another clip, or that was spoilt on its way, is told too.
"""

import numpy as np

from understudy.artifacts.arrays import Arrays
from understudy.artifacts.fit import Fit
from understudy.artifacts.shown import shown
from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import LANDMARK_NAMES
from understudy.body.model import BodyModel
from understudy.body.skeleton import BODY_JOINTS
from understudy.fitting.assess import acceleration, beyond_limits
from understudy.fitting.evaluate import fit_points
from understudy.fitting.metrics import procrustes
from understudy.fitting.regressed import WORLD_NAMES
from understudy.quality.distance import CREDIBLE, percent_off, person_height
from understudy.solver.terms import project

POINTS = slice(5, 17)  # shoulders to ankles: those of the limbs
BODY = slice(0, 17)
FEET = slice(17, 23)
SURE = 0.7
HEIGHT = 1700.0  # mm, of the person whose size the detector's 3D body is given
STEP = 3  # frames at 30 fps, over which motion is compared: less is noise
SOLES = [
    LANDMARK_NAMES.index(f"{side}_{part}")
    for side in ("left", "right")
    for part in ("big_toe", "heel")
]


def motion_parts(fit: Fit, seen: Arrays, body: BodyModel) -> dict[str, float]:
    """The MOTION_PARTS of `artifacts.quality` that depend on the reference alone.

    seen: the clip's keypoints. Only the frames that are re-enacted count.
    """
    there = shown(fit.confidence, fit.fps)
    part = fit.part(there.part)
    joints, marks = fit_points(part, body)
    image = project(marks, fit.K.numpy())
    xy, score = (seen[name][there.part].astype(float) for name in ("xy", "score"))
    height = person_height(image)
    known = score[:, POINTS] > CREDIBLE
    off = np.where(known, percent_off(image[:, POINTS], xy[:, POINTS], height), np.nan)
    rooted = joints[:, :BODY_JOINTS] - joints[:, :1]
    at_30 = fit.fps / 30
    steady = np.ones(len(part), bool)
    return {
        "residual": _median_of_frames(off),
        "residual_high": _percentile(off, 95),
        "out_of_step": out_of_step(image[:, POINTS], xy[:, POINTS], known, round(STEP * at_30)),
        **disagreement(marks, seen, there.part),
        "doubt": 1 - float(score[:, BODY].mean()),
        "uncertain": float((score[:, POINTS] < SURE).mean()),
        "feet_doubt": 1 - float(score[:, FEET].mean()),
        "unconfident": 1 - float(part.confidence.mean()),
        "unseen": 1 - float(known.mean()),
        "bridged": float((part.confidence == 0).mean()),
        "unsteady": 1e3 * acceleration(joints[:, :BODY_JOINTS], steady) * at_30**2,
        "slide": 1e3 * slide(marks[:, SOLES], fit.up) * at_30,
        "floor": 1e3 * floor(marks[:, SOLES], fit.up),
        "beyond_limits": beyond_limits(part.pose.body_pose.numpy().astype(float)),
        "small": -float(np.log2(height)),
        "pace": float(np.linalg.norm(np.diff(rooted, axis=0), axis=-1).mean()) * fit.fps,
    }


def out_of_step(ours: np.ndarray, theirs: np.ndarray, known: np.ndarray, step: int) -> float:
    """Of points (n,k,2) that are known (n,k): Σ|a − b| / Σ(|a| + |b|) of their displacements a and
    b over `step` frames, 0 to 1; NaN if nothing moves."""
    step = max(1, step)
    both = known[step:] & known[:-step]
    a, b = ours[step:] - ours[:-step], theirs[step:] - theirs[:-step]
    moved = (np.linalg.norm(a, axis=-1) + np.linalg.norm(b, axis=-1))[both].sum()
    return float(np.linalg.norm(a - b, axis=-1)[both].sum() / moved) if moved > 0 else np.nan


def disagreement(marks: np.ndarray, seen: Arrays, frames: slice) -> dict[str, float]:
    """Of points (n,133,3) and the detector's own 3D body: `disagreement`, both centred and that one
    at their size, `disagreement_turned`, `size_varies`; NaN if the detector has none."""
    nothing = dict.fromkeys(("disagreement", "disagreement_turned", "size_varies"), np.nan)
    if "world" not in seen:
        return nothing
    places = list(WORLD_NAMES)
    theirs = seen["world"][frames][:, places].astype(float)
    ours = marks[:, [LANDMARK_NAMES.index(name) for name in WORLD_NAMES.values()]]
    found = np.abs(theirs).max((1, 2)) > 0
    if not found.any():
        return nothing
    a, b = (part[found] - part[found].mean(1, keepdims=True) for part in (ours, theirs))
    size = np.sqrt((a**2).sum((1, 2)) / np.maximum((b**2).sum((1, 2)), 1e-9))
    unit = HEIGHT / np.linalg.norm(np.ptp(a, axis=1), axis=-1)

    def usual(moved: np.ndarray) -> float:
        return float(np.median(np.linalg.norm(a - moved, axis=-1).mean(1) * unit))

    return {
        "disagreement": usual(size[:, None, None] * b),
        "disagreement_turned": usual(procrustes(b, a)),
        "size_varies": float(size.std() / size.mean()),
    }


def slide(soles: np.ndarray, up: np.ndarray) -> float:
    """m: 95th percentile of how far the lowest of the soles' points (n,k,3) moves along the floor
    from one frame to the next."""
    upward = up / np.linalg.norm(up)
    lowest = (soles @ upward).argmin(1)[:-1]
    each = np.arange(len(lowest))
    moved = soles[1:][each, lowest] - soles[:-1][each, lowest]
    along = moved - (moved @ upward)[:, None] * upward
    return float(np.percentile(np.linalg.norm(along, axis=-1), 95)) if len(along) else np.nan


def floor(soles: np.ndarray, up: np.ndarray) -> float:
    """m: standard deviation of the height of the lowest of the soles' points (n,k,3)."""
    return float((soles @ (up / np.linalg.norm(up))).min(1).std())


def unfamiliar(poses: np.ndarray, trained: np.ndarray) -> float:
    """deg: of body poses (n,21,3) rad, the mean over frames of the mean turn of their joints from
    the nearest of the poses (m,21,3) that an avatar was trained on."""
    ours, theirs = rot.exp(poses.astype(float)), rot.exp(trained.astype(float))
    traces = np.einsum("njab,mjab->nmj", ours, theirs)
    turns = np.degrees(np.arccos(((traces - 1) / 2).clip(-1, 1))).mean(-1)
    return float(turns.min(1).mean())


def _median_of_frames(off: np.ndarray) -> float:
    """Of distances (n,k), NaN where unknown: the median over frames of their mean."""
    frames = off[np.isfinite(off).any(1)]
    return float(np.median(np.nanmean(frames, axis=1))) if len(frames) else np.nan


def _percentile(values: np.ndarray, percent: float) -> float:
    known = values[np.isfinite(values)]
    return float(np.percentile(known, percent)) if known.size else np.nan
