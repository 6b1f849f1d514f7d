"""A fit of one camera's video, seen by other calibrated ones: real people, no truth but images.

The demonstration data of Pose2Sim (github.com/perfanalytics/pose2sim, BSD-3-Clause): one man,
four synchronised cameras, a Qualisys calibration. Looked for in the folder UNDERSTUDY_REALDATA,
../shared/realdata by default.
"""

import os
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from scipy.optimize import least_squares

from tests.bench.fit_world import WORLD, make_features
from understudy.artifacts.fit import load_fit
from understudy.body import rotation_numpy as rot
from understudy.body.model import BodyModel
from understudy.files import file_digest
from understudy.fitting.evaluate import fit_points
from understudy.fitting.fit import fit_body
from understudy.fitting.settings import FitSettings
from understudy.observation.observed import Observed, read_observed
from understudy.solver.terms import project

CAMERAS = ("cam01", "cam02", "cam03", "cam04")
MARKS = np.arange(23)  # COCO's 17 and the feet
LEAST_SCORE = 0.5
_SUBPIXELS = 64  # Qualisys stores intrinsics in 64ths of a pixel, lengths in mm


@dataclass(frozen=True)
class View:
    """A calibrated camera: K (3,3) px; turn (3,3) and shift (3,) m map the world into it."""

    K: np.ndarray
    turn: np.ndarray
    shift: np.ndarray

    def pixels(self, points: np.ndarray) -> np.ndarray:
        """World points (…,3) m -> (…,2) px; the lens' distortion, a few px, is left out."""
        return project(points @ self.turn.T + self.shift, self.K)


def realdata() -> Path | None:
    """The folder of the four videos; None if it is not there."""
    folder = Path(os.environ.get("UNDERSTUDY_REALDATA", "../shared/realdata")) / "references"
    return folder if (folder / "pose2sim_single_Calib.qca.txt").is_file() else None


def read_calibration(path: Path) -> dict[str, View]:
    """Views by camera from a Qualisys calibration file.

    Its rotation's rows are the camera's axes in the world, y up and z backwards.
    """
    views = {}
    for camera in ElementTree.parse(path).getroot().iter("camera"):
        pose, lens = camera.find("transform").attrib, camera.find("intrinsic").attrib
        axes = np.array([[float(pose[f"r{i}{j}"]) for j in (1, 2, 3)] for i in (1, 2, 3)])
        place = np.array([float(pose[axis]) for axis in "xyz"]) / 1000
        turn = np.diag([1.0, -1.0, -1.0]) @ axes
        fu, fv, cu, cv = (
            float(lens[name]) / _SUBPIXELS
            for name in ("focalLengthU", "focalLengthV", "centerPointU", "centerPointV")
        )
        K = np.array([[fu, 0, cu], [0, fv, cv], [0, 0, 1]])
        views[camera.attrib["serial"]] = View(K, turn, -turn @ place)
    return views


def other_views_errors(folder: Path, body: BodyModel, body_file: Path) -> dict[str, np.ndarray]:
    """By fitted camera: distances, % of the person's height, of the fit's points from the
    keypoints found in the three other views."""
    views = read_calibration(folder / "pose2sim_single_Calib.qca.txt")
    seen, points = {}, {}
    for camera in CAMERAS:
        video, own = folder / f"pose2sim_single_{camera}.mp4", WORLD / "pose2sim" / camera
        make_features(video, own, body_file, {"video": file_digest(video)})
        features = [own / f"{name}.npz" for name in ("keypoints", "expression", "hands")]
        fit_body(*features, body_file, own / "fit.npz", FitSettings(), "understudy")
        points[camera] = fit_points(load_fit(own / "fit.npz"), body)[1][:, MARKS]
        seen[camera] = read_observed(features[0], FitSettings())[0]
    errors: dict[str, list] = {camera: [] for camera in CAMERAS}
    placed = {camera: aligned(points[camera], views, seen, camera) for camera in CAMERAS}
    for fitted, other in permutations(CAMERAS, 2):
        error = _distances(placed[fitted], views[other], seen[other])
        errors[fitted].append(error[np.isfinite(error)])
    return {camera: np.concatenate(rows) for camera, rows in errors.items()}


def aligned(
    points: np.ndarray, views: dict[str, View], seen: dict[str, Observed], camera: str
) -> np.ndarray:
    """A fit's points (n,k,3) in its camera's space -> the world.

    One turn, shift and scale for the whole clip: those that bring them closest to the keypoints
    of the three other views (scale, since one camera shows neither size nor distance).
    """
    own = views[camera]
    others = [other for other in views if other != camera]
    centre = points.mean((0, 1))

    def placed(unknowns: np.ndarray) -> np.ndarray:
        turned = np.exp(unknowns[6]) * (points - centre) @ rot.exp(unknowns[:3]).T
        return (turned + centre + unknowns[3:6] - own.shift) @ own.turn

    def residuals(unknowns: np.ndarray) -> np.ndarray:
        world = placed(unknowns)
        rows = [_distances(world, views[other], seen[other]) for other in others]
        return np.concatenate([row[np.isfinite(row)] for row in rows])

    best = least_squares(residuals, np.zeros(7), loss="soft_l1", f_scale=3.0)
    return placed(best.x)


def _distances(points: np.ndarray, view: View, seen: Observed) -> np.ndarray:
    """World points (n,k,3) from a view's keypoints: (n,k) % of the height; NaN where not seen."""
    off = view.pixels(points) - seen.xy[:, MARKS]
    known = seen.score[:, MARKS] >= LEAST_SCORE
    return np.where(known, np.linalg.norm(off, axis=-1) / seen.unit, np.nan)
