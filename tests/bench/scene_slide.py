"""How far feet that stand still slide in composites, beyond what they slide in the fits.

Fits of clips of the demo world are set into photos of its rooms as a job does it, for the body that
was fitted. A fit is made to agree with its own picture, not with one that is seen from higher up.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from tests.bench.fit_world import REFERENCES, Clip, made, make_body, make_world
from understudy.artifacts.arrays import load_arrays
from understudy.artifacts.fit import Fit, load_fit
from understudy.artifacts.room import Room
from understudy.artifacts.truth import KIND
from understudy.body.load import load_body
from understudy.body.model import ShapedBody
from understudy.body.pose import Pose
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
from understudy.plan.code import code_version
from understudy.scene.footprint import needs_of
from understudy.scene.framing import Framing
from understudy.scene.performance import performance
from understudy.scene.place import find_place, in_room

SIZE = 512  # px, of the frames
ACTIONS = ("hand_waving", "bow")  # both feet on the floor, mostly
CLIPS = tuple(clip for clip in REFERENCES if clip.action in ACTIONS)
FEET = (10, 11)  # SMPL-X's left_foot and right_foot
STILL = 0.03  # m/s in truth: a foot that stands
LEAST_SECONDS = 0.5


@dataclass(frozen=True)
class Stood:
    """A foot (index of a joint) that stands still in truth in the frames from start to end."""

    foot: int
    start: int
    end: int


def longest_clip() -> Clip:
    return max(CLIPS, key=lambda clip: clip.seconds)


def fit_of(clip: Clip) -> Path:
    """The fit of a clip, made once."""
    body = make_body()
    make_world(clip, body)
    features = [clip.path(f"{name}.npz") for name in ("keypoints", "expression", "hands")]
    out, version = clip.path("fit.npz"), {"code": code_version("fit_body")}
    made([out], version, lambda: fit_body(*features, body, out, FitSettings(), "understudy"))
    return out


def make_fits() -> None:
    """The fits of all clips that are not there yet."""
    for clip in CLIPS:
        fit_of(clip)


def fitted(clip: Clip) -> tuple[Fit, ShapedBody, list[Stood]]:
    """The fit of a clip, the skeleton that performs it, and where its feet stand in truth."""
    fit, body = load_fit(fit_of(clip)), load_body(make_body())
    joints = load_arrays(clip.path("truth.npz"), KIND)["joints3d"].astype(float)
    return fit, body.shaped(fit.betas, fit.joint_offset), stood(joints, fit.fps)


def stood(joints: np.ndarray, fps: float) -> list[Stood]:
    """Where feet stand still in the true joints (n,55,3) m."""
    found = []
    for foot in FEET:
        speed = np.linalg.norm(np.diff(joints[:, foot], axis=0), axis=1) * fps
        edges = np.flatnonzero(np.diff(np.concatenate([[0], speed < STILL, [0]]).astype(int)))
        found += [
            Stood(foot, int(start), int(end) + 1)
            for start, end in edges.reshape(-1, 2)
            if end - start >= LEAST_SECONDS * fps
        ]
    return found


def added_slides(rooms: list[Room]) -> np.ndarray:
    """Px, of each foot that stands in each clip, in each of the rooms that has space for it."""
    added = []
    for clip in CLIPS:
        fit, body, stands = fitted(clip)
        motion = performance(fit.pose, body, fit.up)
        needs, own = needs_of(motion), _tracks(fit.pose, body, fit.K.numpy())
        for room in rooms:
            framing = Framing.of(room.camera, SIZE, SIZE, "cover")
            place = find_place(room, framing, motion, needs)
            if place.lacks:
                continue
            pose = in_room(motion, place, room.camera)
            shown = _tracks(pose, body, framing.K(room.camera.focal))
            added += [_slide(shown, one) - _slide(own, one, shown) for one in stands]
    return np.array(added)


@dataclass(frozen=True)
class _Tracks:
    """pixels (n,55,2) of the joints; scale (n,55): px a metre there."""

    pixels: np.ndarray
    scale: np.ndarray


def _tracks(pose: Pose, body: ShapedBody, K: np.ndarray) -> _Tracks:
    bare = ShapedBody(
        body.model.submesh(torch.zeros(0, dtype=torch.int64)), body.vertices[:0], body.joints
    )
    points = bare.pose(pose).joints.numpy().astype(float)
    image = points @ K.T
    return _Tracks(image[..., :2] / image[..., 2:], K[0, 0] / points[..., 2])


def _slide(tracks: _Tracks, one: Stood, at: _Tracks | None = None) -> float:
    """Px that a foot that stands is off its usual place, at most; at the scale of other tracks."""
    pixels = tracks.pixels[one.start : one.end, one.foot]
    off = np.linalg.norm(pixels - np.median(pixels, axis=0), axis=1).max()
    if at is None:
        return float(off)
    scales = (np.median(t.scale[one.start : one.end, one.foot]) for t in (at, tracks))
    return float(off * np.divide(*scales))
