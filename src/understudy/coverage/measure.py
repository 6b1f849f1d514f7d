"""What an identity's video shows of the person: from its fit, its masks and its pictures."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from understudy.artifacts.coverage import PARTS, SIDES, Coverage, Seen, save_coverage
from understudy.artifacts.fit import Fit, load_fit
from understudy.artifacts.masks import load_masks
from understudy.body.load import load_body
from understudy.body.model import ShapedBody
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skeleton import JOINT_INDEX
from understudy.coverage.picture import blur, brightness
from understudy.coverage.surface import BodySurface, body_surface, normals_of, pixels, visible
from understudy.video.read import read_frames

FRAMES = 60  # looked at, evenly spaced
TALL = 224  # px: the person is this tall where the surface is looked up
TWICE = 2  # frames that have to show a point of the surface, if there are so many
GRAZING = 0.25  # cosine below which a surface is seen from its edge alone
FORGIVEN = 0.03  # of the person's height: how far a fit may lie beside the mask
BIN = 20  # degrees
STEP = 75  # degrees between two looks at somebody who turns; more is not a turn that was seen
RAISED = 60  # degrees


@dataclass(frozen=True)
class Looks:
    """Of V vertices, over the frames: best (V,) the best cosine, 0 where never seen; times (V,)
    int, how often it was seen."""

    best: np.ndarray
    times: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        return self.times > 0


def measure_coverage(
    video: Path | str, masks: Path | str, fit: Path | str, body: Path | str, out: Path | str
) -> Coverage:
    """Write what a video shows of its person to `out`, a coverage.json; returns it."""
    model = load_body(body)
    fitted = load_fit(fit, model.model_id)
    known = np.flatnonzero(fitted.confidence > 0)
    chosen = known[np.linspace(0, len(known) - 1, min(FRAMES, len(known))).round().astype(int)]
    shaped = fitted.own(model).shaped(fitted.betas, fitted.joint_offset)
    shown = load_masks(masks)[chosen]
    posed = shaped.pose(fitted.pose[chosen])
    vertices = posed.vertices.detach().numpy().astype(float)
    joints = posed.joints.detach().numpy()
    height = standing_height(shaped, joints, fitted)
    surface = body_surface(shaped)
    looks = looked_at(vertices, shaped, fitted.K.numpy().astype(float), shown, height)
    frames = read_frames(video, chosen)
    coverage = Coverage(
        parts={name: seen(surface, looks, surface.part == k) for k, name in enumerate(PARTS)},
        sides={name: seen(surface, looks, surface.side == k) for k, name in enumerate(SIDES)},
        height=round(height, 1),
        turned=float(turned(fitted, chosen)),
        flexed=round(flexed(joints), 1),
        raised=round(raised(joints), 3),
        light=round(brightness(frames), 1),
        blur=round(blur(frames, shown), 3),
        frames=len(chosen),
    )
    save_coverage(out, coverage)
    return coverage


def seen(surface: BodySurface, looks: Looks, which: np.ndarray) -> Seen:
    """What was seen of some vertices (V,) bool."""
    share = surface.share(which, looks.seen.astype(float))
    square = surface.share(which & looks.seen, looks.best)
    return Seen(round(share, 4), round(square, 4))


def looked_at(
    vertices: np.ndarray, shaped: ShapedBody, K: np.ndarray, masks: np.ndarray, height: float
) -> Looks:
    """Vertices (n,V,3) m in camera space; masks (n,h,w) bool; height: of the person, px."""
    scale = min(1.0, TALL / height)
    rows, columns = masks.shape[1:]
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    small_K = K.copy()
    small_K[0] *= size[0] / columns
    small_K[1] *= size[1] / rows
    reach = max(1, round(FORGIVEN * height * scale))
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    faces = shaped.model.faces
    count = vertices.shape[1]
    best, times = np.zeros(count), np.zeros(count, int)
    for points, mask in zip(vertices, masks, strict=True):
        small = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
        near = cv2.dilate(small, around) > 0
        view = -points / np.linalg.norm(points, axis=1, keepdims=True)
        cosine = (normals_of(points, faces) * view).sum(1)
        shown = visible(points, faces.numpy(), small_K, *size) & (cosine > GRAZING)
        column, row = pixels(points[shown], small_K)
        shown[shown] = near[row, column]
        best = np.where(shown, np.maximum(best, cosine), best)
        times += shown
    enough = times >= min(TWICE, len(masks))
    return Looks(np.where(enough, best, 0), np.where(enough, times, 0))


def standing_height(shaped: ShapedBody, joints: np.ndarray, fit: Fit) -> float:
    """How tall the person would stand in the picture, px: the median over the frames."""
    stature = float(np.ptp(shaped.vertices[:, 1].detach().numpy()))
    return float(np.median(fit.K[1, 1].item() * stature / joints[:, 0, 2]))


def turned(fit: Fit, chosen: np.ndarray) -> int:
    """How much of the circle the person faced in the frames `chosen`, degrees."""
    forward = axis_angle_to_matrix(fit.pose.global_orient[chosen])[:, :, 2].numpy()
    up = fit.up / np.linalg.norm(fit.up)
    ahead = np.array([0.0, 0.0, 1.0]) - up[2] * up
    aside = np.cross(up, ahead)
    yaw = np.degrees(np.arctan2(forward @ aside, forward @ ahead))
    faced = set((yaw // BIN).astype(int) % (360 // BIN))
    for start, end in pairwise(yaw):
        step = (end - start + 180) % 360 - 180
        if abs(step) <= STEP:  # passed on the way
            between = start + np.linspace(0, step, 2 * STEP // BIN + 2)
            faced |= set((between // BIN).astype(int) % (360 // BIN))
    return BIN * len(faced)


def flexed(joints: np.ndarray) -> float:
    """How far the hips are bent, degrees: the median over frames and both legs."""
    trunk = joints[:, JOINT_INDEX["neck"]] - joints[:, JOINT_INDEX["pelvis"]]
    legs = [
        joints[:, JOINT_INDEX[f"{side}_knee"]] - joints[:, JOINT_INDEX[f"{side}_hip"]]
        for side in ("left", "right")
    ]
    return float(np.median([_angle(leg, -trunk) for leg in legs]))


def raised(joints: np.ndarray) -> float:
    """Share of the frames in which both upper arms are lifted from hanging by more than RAISED."""
    down = joints[:, JOINT_INDEX["pelvis"]] - joints[:, JOINT_INDEX["neck"]]
    lifted = [
        _angle(
            joints[:, JOINT_INDEX[f"{side}_elbow"]] - joints[:, JOINT_INDEX[f"{side}_shoulder"]],
            down,
        )
        > RAISED
        for side in ("left", "right")
    ]
    return float((lifted[0] & lifted[1]).mean())


def _angle(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Degrees between vectors (n,3)."""
    cosine = (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))
