"""What the features say about a clip, with what cannot be right taken out."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from understudy.artifacts.keypoints import load_keypoints
from understudy.body.landmarks import FACE, LANDMARK_NAMES, LEFT_HAND, RIGHT_HAND
from understudy.errors import UserError
from understudy.observation.settings import ReadingSettings

MAIN = tuple(range(5, 17))  # shoulders, elbows, wrists, hips, knees, ankles
_NOSE_TIP = FACE.start + 30
_NEAR = 5.0  # % of height: a face further from the nose, or a hand from the wrist, is another's


@dataclass(frozen=True)
class Observed:
    """n frames: xy (n,133,2) px, score (n,133) in [0,1], zero if not credible;
    world (n,33,3) m in MediaPipe's order, or None; fps; size (h,w) px; camera K (3,3) px;
    unit: 1 % of the person's height, px; seen (n,) bool: frames with enough of a body;
    irises (n,2,3): of the left and the right eye, x, y px and score in [0,1], or None.
    """

    xy: np.ndarray
    score: np.ndarray
    world: np.ndarray | None
    fps: float
    size: tuple[int, int]
    camera: np.ndarray
    unit: float
    seen: np.ndarray
    irises: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.xy)

    @property
    def spatial(self) -> np.ndarray:
        """`world` of a clip that has it."""
        assert self.world is not None
        return self.world


def default_camera(size: tuple[int, int], focal: float) -> np.ndarray:
    """K (3,3) px of an image (h,w): focal × the longer side, the principal point in the middle."""
    height, width = size
    f = focal * max(size)
    return np.array([[f, 0.0, width / 2], [0.0, f, height / 2], [0.0, 0.0, 1.0]])


def read_observed(path: Path | str, settings: ReadingSettings) -> tuple[Observed, dict]:
    """Read keypoints.npz; also its metadata. UserError if hardly anybody is seen in it."""
    stored = load_keypoints(path)
    try:
        xy, score = stored["xy"].astype(float), stored["score"].astype(float)
        fps = float(stored.about["fps"])
        height, width = (int(x) for x in stored.about["size"])
    except KeyError as error:
        raise UserError(f"{path}: lacks {error}; delete it and rerun") from error
    if xy.ndim != 3 or xy.shape[1:] != (133, 2) or score.shape != xy.shape[:2]:
        raise UserError(
            f"{path}: keypoints are {xy.shape} and {score.shape}, not (n,133,2) and (n,133); "
            "delete it and rerun"
        )
    score = np.where(np.isfinite(xy).all(-1) & (score >= settings.least_score), score, 0.0)
    score = score.clip(0, 1)
    xy = np.where(score[..., None] > 0, xy, 0.0)
    seen = (score[:, MAIN] > 0).sum(1) >= settings.least_points
    world = stored["world"].astype(float) if "world" in stored else None
    if world is not None:
        seen &= np.abs(world).max((1, 2)) > 0
    if seen.sum() < max(1, settings.least_frames * len(seen)):
        raise UserError(
            f"{path}: a body is seen in {seen.sum()} of {len(seen)} frames, too few to fit one; "
            "use a video that shows the person"
        )
    size = height, width
    camera = default_camera(size, settings.focal)
    unit, irises = _unit(xy, score, seen), None
    if "irises" in stored:
        irises = np.nan_to_num(stored["irises"].astype(float))
        irises[..., 2] *= irises[..., 2] >= settings.least_score
    return Observed(xy, score, world, fps, size, camera, unit, seen, irises), stored.about


def _unit(xy: np.ndarray, score: np.ndarray, seen: np.ndarray) -> float:
    """1 % of the person's height in px: 80th percentile over frames of the body points' extent."""
    extents = []
    for points, weights in zip(xy[seen, :23], score[seen, :23], strict=True):
        inside = points[weights > 0]
        extents.append(np.linalg.norm(np.ptp(inside, axis=0)))
    return max(float(np.percentile(extents, 80)), 10.0) / 100


def side_swap() -> np.ndarray:
    """(133,) index of each landmark's mirror image, for body, feet and hands; faces keep theirs."""
    index = {name: i for i, name in enumerate(LANDMARK_NAMES)}
    swap = np.arange(len(LANDMARK_NAMES))
    for name, i in index.items():
        for side, other in (("left_", "right_"), ("right_", "left_")):
            if name.startswith(side):
                swap[i] = index[other + name.removeprefix(side)]
    return swap


def believable(observed: Observed, facing: np.ndarray) -> Observed:
    """Scores set to zero where a face or a hand cannot be this person's.

    A face counts if the body faces the camera (facing (n,): cosine) and it lies on the body's
    nose; a hand if it is on its own wrist; two hands in one place are one, and neither counts.
    """
    xy, score = observed.xy, observed.score.copy()

    def apart(a, b):
        return np.linalg.norm(xy[:, a] - xy[:, b], axis=-1) / observed.unit

    lost = (facing < 0.2) | ((score[:, 0] > 0) & (apart(_NOSE_TIP, 0) > _NEAR))
    score[lost, FACE] = 0
    for hand, wrist in ((LEFT_HAND, 9), (RIGHT_HAND, 10)):
        score[(score[:, wrist] > 0) & (apart(hand.start, wrist) > _NEAR), hand] = 0
    both = np.minimum(score[:, LEFT_HAND].max(1), score[:, RIGHT_HAND].max(1)) > 0
    gap = np.linalg.norm(xy[:, LEFT_HAND] - xy[:, RIGHT_HAND], axis=-1).mean(1) / observed.unit
    same = both & (gap < 2.0)
    score[same, LEFT_HAND] = 0
    score[same, RIGHT_HAND] = 0
    return replace(observed, score=score)
