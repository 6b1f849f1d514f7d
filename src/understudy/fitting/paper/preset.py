"""The preset `paper`: ExAvatar's fit of a clip, from our features to our fit file."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
import torch

from understudy.artifacts.fit import Fit
from understudy.body import rotation6d
from understudy.body import rotation_numpy as rot
from understudy.body.flame import Flame
from understudy.body.landmarks import LANDMARK_NAMES
from understudy.body.model import BodyModel
from understudy.fitting.features import ClipFeatures
from understudy.fitting.initial_pose import first_pose, spatial_readings
from understudy.fitting.paper.coupled import CoupledObjective
from understudy.fitting.paper.objective import SHARED, BodyObjective
from understudy.fitting.paper.optimise import optimise
from understudy.fitting.paper.paper_body import MARKS
from understudy.fitting.paper.settings import PaperFitSettings
from understudy.fitting.paper.smooth import smooth_rotations, smooth_values
from understudy.fitting.paper.unknowns import Unknowns
from understudy.fitting.result import assemble_fit
from understudy.fitting.settings import FitSettings
from understudy.fitting.vertical import IMAGES, common_direction
from understudy.observation.observed import Observed, read_observed

_WITHOUT_FLAME = (
    "FLAME: no face offset, and none of the terms that tie a FLAME head to keypoints, body and "
    "DECA's shape; the body's own jaw, eyes and expression follow the face's points"
)
_MARK_NAMES = [LANDMARK_NAMES[mark] for mark in MARKS.tolist()]
_ANKLES, _SHOULDERS = (
    [_MARK_NAMES.index(f"{side}_{part}") for side in ("left", "right")]
    for part in ("ankle", "shoulder")
)


@dataclass(frozen=True)
class PaperPreset:
    """ExAvatar's fit; from the configuration it takes only what decides if a clip can be fitted,
    and which way is up in it.

    flame: the head that the body file holds, or None.
    """

    reading: FitSettings
    seed: int
    flame: Flame | None = None
    settings: PaperFitSettings = field(default_factory=PaperFitSettings)

    @classmethod
    def of(cls, settings: FitSettings, seed: int, flame: Flame | None) -> Self:
        return cls(settings, seed, flame)

    def read(self, keypoints: Path | str) -> tuple[Observed, dict]:
        """The keypoints, as seen by the virtual camera."""
        reading = replace(self.reading, least_score=self.settings.least_score)
        observed, note = read_observed(keypoints, reading)
        return replace(observed, camera=virtual_camera(observed.size, self.settings.focal)), note

    def fit(self, features: ClipFeatures, body: BodyModel) -> Fit:
        """The fit. Frames in which nobody is seen are left out and bridged afterwards."""
        joints = body.J_template.numpy().astype(float)
        observed, start = first_pose(spatial_readings(features, body), joints)
        n, seen = len(observed), observed.seen
        face = np.concatenate([features.jaw[:, None], np.zeros((n, 2, 3))], 1)
        rest = rot.exp(np.concatenate([face, features.hand_pose.reshape(n, 30, 3)], 1))
        rotations = np.concatenate([start.rotations, rest], 1)
        first = rotations[seen], features.expression[seen], features.face_valid[seen]
        objective: BodyObjective | CoupledObjective
        if self.flame is None:
            objective = BodyObjective(body, observed, *first, self.settings)
        else:
            shape = face_shape(features)
            objective = CoupledObjective(body, self.flame, observed, *first, shape, self.settings)
        unknowns = objective.unknowns()
        optimise(objective, unknowns, self.settings, self.seed)
        fit = self._result(objective, unknowns, observed)
        if self.flame is None:
            return fit
        offset = torch.zeros_like(body.v_template)
        offset[self.flame.vertex_ids] = unknowns.shared["face_offset"]
        return replace(fit, face_offset=offset)

    def about(self, features: ClipFeatures) -> dict:
        note = {"settings": asdict(self.settings), "seed": self.seed}
        if self.flame is None:
            return note | {"left_out": _WITHOUT_FLAME}
        return note | {"flame": self.flame.model.model_id}

    def _result(
        self, objective: BodyObjective | CoupledObjective, unknowns: Unknowns, observed: Observed
    ) -> Fit:
        """Smoothed over the frames in which the person is seen, then bridged."""
        s, frames = self.settings, unknowns.frames
        shared = {name: unknowns.shared[name] for name in SHARED}
        rows = torch.cat([frames["root"], frames["joints"]], 1)
        filters = s.smooth_window, s.smooth_order
        turned = smooth_rotations(rotation6d.to_matrix(rows).double().numpy(), *filters)
        pelvis = smooth_values(frames["pelvis"].double().numpy(), *filters)
        expression = smooth_values(frames["expression"].double().numpy(), *filters)
        turned, pelvis, expression = _bridged(observed.seen, turned, pelvis, expression)
        rotations, place, smile = (
            torch.from_numpy(array).float() for array in (turned, pelvis, expression)
        )
        moved = objective.face_moved(unknowns.shared)
        joints = objective.body.allowed(shared["joint_offset"])
        figure = objective.body.posed(
            rotations,
            place,
            smile,
            **shared | {"locator_offset": torch.zeros_like(shared["locator_offset"])},
            **moved,
        )
        rest = objective.body.rest_pelvis(shared["betas"], smile)
        return assemble_fit(
            observed,
            MARKS.numpy(),
            figure.points.double().numpy(),
            rot.log(turned),
            expression,
            pelvis - rest.double().numpy(),
            shared["betas"].numpy(),
            (joints + moved.get("joint_shift", 0.0)).numpy(),
            self._vertical(figure.points.double().numpy()[observed.seen]),
        )

    def _vertical(self, points: np.ndarray) -> np.ndarray:
        """Up (3,), of points (n,131,3) m: ExAvatar does not know it, rooms ask for it."""
        along = rot.unit(points[:, _SHOULDERS].mean(1) - points[:, _ANKLES].mean(1))
        return common_direction(along, IMAGES, self.reading)


def virtual_camera(size: tuple[int, int], focal: float) -> np.ndarray:
    """K (3,3) px of an image (h,w): the focal length given, the principal point in the middle."""
    height, width = size
    return np.array([[focal, 0.0, width / 2], [0.0, focal, height / 2], [0.0, 0.0, 1.0]])


def face_shape(features: ClipFeatures) -> np.ndarray:
    """(S,) FLAME's shape, the mean over the frames whose face was found; empty if none was."""
    if features.face_shape is None or not features.face_valid.any():
        return np.zeros(0)
    return features.face_shape[features.face_valid].mean(0)


def _bridged(seen: np.ndarray, rotations, *values) -> tuple[np.ndarray, ...]:
    """rotations (m,j,3,3) and values (m,…) of the m frames seen (n,) bool -> of all n."""
    at, frames = np.flatnonzero(seen), np.arange(len(seen))
    whole = np.zeros((len(seen), *rotations.shape[1:]))
    whole[seen] = rotations
    flat = [np.stack([np.interp(frames, at, column) for column in v.T], 1) for v in values]
    return rot.fill(whole, seen), *flat
