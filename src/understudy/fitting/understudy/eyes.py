"""Where the eyes look: the irises that were found, against the fitted head.

The ray through an iris's image meets the eyeball where the eye is looking. Head and features never
lie exactly where the image has them, so the iris is moved by the error of the eye's two corners.
The remaining error of a detector's irises and corners, ten degrees and more, is constant throughout
a clip: the eyes are assumed to look ahead in its median. And a pixel of a small face is many
degrees: what is found is weighed against eyes that look ahead.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_banded

from understudy.body import rotation_numpy as rot
from understudy.body.landmarks import FACE, LANDMARK_NAMES
from understudy.body.model import BodyModel
from understudy.body.skeleton import JOINT_INDEX
from understudy.fitting.targets import POINTS
from understudy.observation.observed import Observed
from understudy.solver import terms
from understudy.solver.kinematics import PosedChain

SIDES = ("left", "right")
# Of the 68 points (iBUG's order): the corners of each eye; pairs of its upper and its lower lid.
_CORNERS = np.array([[42, 45], [36, 39]]) + FACE.start
_LIDS = np.array([[[43, 47], [44, 46]], [[37, 41], [38, 40]]]) + FACE.start
_OPEN = 0.12  # lids closer than this share of the corners' distance: a blink
# Up and down, and sideways. Eyes can turn further, but heads then follow: they stay within a
# customary range of about 40° (Stahl, Experimental Brain Research 126, 1999).
_LIMITS = np.radians([30.0, 38.0])
_AHEAD_SIGMA = np.radians(12.0)  # of gaze around straight ahead
_LASTS = 0.3  # s: the time after which a gaze's correlation has dropped to 1/e
# Error of a found iris, m and px, added. Lids hide much of the eyes' vertical movement.
_LEAST_RADIUS = 8.0  # px, the eyeball's: in smaller ones, irises were worse than eyes at rest
_IRIS_SIGMA, _PIXEL_SIGMA = np.array([0.004, 0.0015]), 1.0


@dataclass(frozen=True)
class Eyeballs:
    """Left and right, in n frames: head (n,3,3), its rotation in camera space; centre (n,2,3) m;
    corners (n,2,2,3) m, the fitted eye's; pupil (2,3) m, from the centre, of an eye at rest."""

    head: np.ndarray
    centre: np.ndarray
    corners: np.ndarray
    pupil: np.ndarray


def eyeballs(figure: PosedChain, body: BodyModel) -> Eyeballs:
    """Those of a fitted figure that has the landmarks of `targets.FITTED`."""
    table, centres = body.landmark_table(), [JOINT_INDEX[f"{side}_eye_smplhf"] for side in SIDES]
    marks = [LANDMARK_NAMES.index(f"{side}_eye") for side in SIDES]
    front = (body.v_template[table.vertices[marks]] * table.weights[marks][..., None]).sum(1)
    corners = np.array([[POINTS[LANDMARK_NAMES[mark]] for mark in eye] for eye in _CORNERS])
    return Eyeballs(
        figure.turned[:, JOINT_INDEX["head"]],
        figure.placed[:, centres],
        figure.points[:, corners],
        (front - body.J_template[centres]).numpy().astype(float),
    )


def eye_poses(observed: Observed, eyes: Eyeballs) -> np.ndarray:
    """(n,2,3) axis-angle rad of the left and the right eye; at rest where no irises were found.

    Both eyes look the same way: a body that fills an image is metres away, and there they differ
    by only a degree or two.
    """
    if observed.irises is None:
        return np.zeros((len(observed), 2, 3))
    found, weight = _looked(observed, observed.irises, eyes)
    found -= _medians(found, weight)
    total = weight.sum(1)
    mean = (weight * found).sum(1) / np.maximum(total, 1e-9)
    gaze = _steady(mean, total, observed.fps).clip(-_LIMITS, _LIMITS)
    none = np.zeros(len(gaze))
    down = rot.exp(np.stack([gaze[:, 0], none, none], 1))
    aside = rot.exp(np.stack([none, gaze[:, 1], none], 1))
    return np.repeat(rot.log(aside @ down)[:, None], 2, 1)


def _looked(
    observed: Observed, irises: np.ndarray, eyes: Eyeballs
) -> tuple[np.ndarray, np.ndarray]:
    """For each eye (n,2,2) rad down and to the left from rest, and weights (n,2,2), 1/rad²."""
    camera, focal = observed.camera, observed.camera[0, 0]
    off = terms.project(eyes.corners, camera) - observed.xy[:, _CORNERS]
    at = (irises[..., :2] + off.mean(2) - camera[:2, 2]) / np.diag(camera)[:2]
    ray = rot.unit(np.concatenate([at, np.ones((*at.shape[:-1], 1))], -1))
    radius = np.linalg.norm(eyes.pupil, axis=-1)
    # The ray's nearest point to the centre, and from there back to the ball's near side.
    near = ray * (ray * eyes.centre).sum(-1, keepdims=True) - eyes.centre
    back = np.sqrt(np.maximum(radius**2 - (near**2).sum(-1), 0.0))
    look = rot.unit(near - back[..., None] * ray)
    along = (eyes.head.swapaxes(-1, -2)[:, None] @ look[..., None])[..., 0]
    angles = _angles(along) - _angles(eyes.pupil)
    pixels = focal * radius / np.maximum(eyes.centre[..., 2], 0.1)  # of the eyeball's radius
    sigma = _IRIS_SIGMA / radius[:, None] + _PIXEL_SIGMA / pixels[..., None]
    towards = -(look * ray).sum(-1)  # an eyeball seen from the side says less
    counts = _open(observed) * irises[..., 2] * towards**2 * (pixels >= _LEAST_RADIUS)
    return angles, counts[..., None] / sigma**2


def _medians(found: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(2,2) for each eye's angles (n,2,2), over frames of at least half the largest weight."""
    medians = np.zeros(found.shape[1:])
    for eye, firm in enumerate(weight.sum(-1).T):
        if firm.any():
            medians[eye] = np.median(found[firm >= 0.5 * firm.max(), eye], 0)
    return medians


def _angles(look: np.ndarray) -> np.ndarray:
    """Directions (…,3) in the head's frame -> (…,2) rad: down, to the person's left."""
    along = rot.unit(look)
    return np.stack([-np.arcsin(along[..., 1]), np.arctan2(along[..., 0], along[..., 2])], -1)


def _open(observed: Observed) -> np.ndarray:
    """(n,2) 1 or 0: eyes whose points are seen and whose lids are apart."""
    seen = (observed.score[:, _CORNERS] > 0).all(-1) & (observed.score[:, _LIDS] > 0).all((-1, -2))
    corners, lids = observed.xy[:, _CORNERS], observed.xy[:, _LIDS]
    width = np.linalg.norm(corners[:, :, 1] - corners[:, :, 0], axis=-1)
    gap = np.linalg.norm(lids[..., 1, :] - lids[..., 0, :], axis=-1).mean(-1)
    return (seen & (gap > _OPEN * width)).astype(float)


def _steady(found: np.ndarray, weight: np.ndarray, fps: float) -> np.ndarray:
    """The likeliest angles (n,2) given those found, their weights (n,2), and gazes around straight
    ahead that last a while: a first-order autoregressive process."""
    kept = np.exp(-1.0 / (fps * _LASTS))
    firm = _AHEAD_SIGMA**-2.0 / (1 - kept**2)
    ahead = np.zeros((3, len(found)))
    ahead[0, 1:] = ahead[2, :-1] = -firm * kept
    ahead[1] = firm * (1 + kept**2)
    ahead[1, 0] -= firm * kept**2
    ahead[1, -1] -= firm * kept**2
    gaze = np.zeros_like(found)
    for axis in range(gaze.shape[1]):
        band = ahead.copy()
        band[1] += weight[:, axis]
        gaze[:, axis] = solve_banded((1, 1), band, weight[:, axis] * found[:, axis])
    return gaze
