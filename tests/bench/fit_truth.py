"""True keypoints of the demo world, degraded as by a detector: noise, and points not seen."""

from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Arrays, load_arrays, save_arrays
from understudy.body.landmarks import BODY, FEET, LANDMARK_NAMES, LEFT_HAND, RIGHT_HAND
from understudy.fitting.regressed import WORLD_NAMES

NOISE = 1.0  # % of the standing person's height, in each coordinate
DEPTHS = ("true", "detector", "none")  # MediaPipe's world landmarks: true with noise, its own, none
LOST_SHARE = 0.05  # of a limb's frames lie in spans in which it is not seen
LOST_FRAMES = (3, 10)  # the shortest and the longest such span


def _limbs() -> list[list[int]]:
    """Points that are lost together: arms with their hands, legs with their feet."""
    limbs = []
    for side, hand in (("left", LEFT_HAND), ("right", RIGHT_HAND)):
        arm = [LANDMARK_NAMES.index(f"{side}_{part}") for part in ("elbow", "wrist")]
        leg = ("knee", "ankle", "big_toe", "small_toe", "heel")
        limbs.append([*arm, *range(hand.start, hand.stop)])
        limbs.append([LANDMARK_NAMES.index(f"{side}_{part}") for part in leg])
    return limbs


def write_true_keypoints(
    truth: Path, size: tuple[int, int], out: Path, depth: str, seed: int
) -> None:
    """keypoints.npz from truth.npz: noise, hidden points dropped, limbs lost for some frames.

    size (h,w) px; depth: one of DEPTHS, where the world landmarks come from.
    """
    stored = load_arrays(truth, "truth")
    rng = np.random.default_rng(seed)
    xy, score = spoilt(stored, rng)
    arrays = {"xy": xy.astype(np.float32), "score": score.astype(np.float32)}
    if depth == "true":
        arrays["world"] = true_world(stored, rng)
    elif depth == "detector":
        arrays["world"] = load_arrays(truth.with_name("keypoints.npz"), "keypoints")["world"]
    about = {"kind": "keypoints", "backend": "truth", "fps": stored.about["fps"]}
    save_arrays(out, arrays, {**about, "size": list(size)})


def true_world(truth: Arrays, rng: np.random.Generator) -> np.ndarray:
    """The true landmarks (n,33,3) m in MediaPipe's order, with noise, hips in the origin."""
    points = truth["keypoints3d"].astype(float)
    world = np.zeros((len(points), 33, 3))
    for place, name in WORLD_NAMES.items():
        world[:, place] = points[:, LANDMARK_NAMES.index(name)]
    stature = np.median(truth["height_px"] * truth["joints3d"][:, 0, 2] / truth["K"][1, 1])
    world += NOISE / 100 * stature * rng.standard_normal(world.shape)
    return (world - world[:, 23:25].mean(1, keepdims=True)).astype(np.float32)


def spoilt(truth: Arrays, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """xy (n,133,2) px and score (n,133), 1 or 0.

    Hidden points of faces and hands are not seen. Those of body and feet are, as detectors place
    them: the ground truth's visibility test counts hips deep in a large belly as hidden.
    """
    sigma = NOISE / 100 * truth["height_px"][:, None, None]
    xy = truth["keypoints"] + sigma * rng.standard_normal(truth["keypoints"].shape)
    score = truth["visible"].astype(float)
    score[:, BODY], score[:, FEET] = 1, 1
    n, mean = len(xy), np.mean(LOST_FRAMES)
    for limb in _limbs():
        for start in np.flatnonzero(rng.random(n) < LOST_SHARE / mean):
            stop = start + rng.integers(*LOST_FRAMES, endpoint=True)
            score[start:stop, limb] = 0
    return xy, score
