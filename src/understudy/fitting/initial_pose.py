"""From a clip's features to the initial guess of its pose, the same for every preset."""

from dataclasses import dataclass, replace

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.body.model import BodyModel
from understudy.fitting.features import ClipFeatures
from understudy.fitting.lift_keypoints import lifted_world
from understudy.fitting.limbs import Start, pose_from_landmarks
from understudy.fitting.regressed import RegressedPose, steady_pose, taken_over, with_world
from understudy.observation.observed import Observed
from understudy.observation.readings import steady_readings

_ELBOWS, _WRISTS = (13, 14), (15, 16)  # of the world landmarks
# How much too near the camera MediaPipe sees a wrist, of the forearm's length: the mean over films
# of the demo world. Real people's wrists, seen by three other cameras, gain by it, too.
_TOO_NEAR = 0.15


@dataclass(frozen=True)
class SpatialReadings:
    """What shows how the body lies in space: keypoints with world landmarks, whether these were
    lifted from the image (little more than a guess), and the network's pose that they represent,
    or None."""

    observed: Observed
    lifted: bool
    pose: RegressedPose | None


def spatial_readings(features: ClipFeatures, body: BodyModel) -> SpatialReadings:
    """A network's pose if there is one, else the detector's landmarks, else lifted ones."""
    observed = features.observed
    if features.regressed is not None:
        pose = steady_pose(features.regressed, observed.seen, observed.fps)
        return SpatialReadings(with_world(observed, pose, body), False, pose)
    if observed.world is not None:
        world = with_farther_wrists(observed.world)
        return SpatialReadings(replace(observed, world=world), False, None)
    return SpatialReadings(replace(observed, world=lifted_world(observed)), True, None)


def with_farther_wrists(world: np.ndarray) -> np.ndarray:
    """MediaPipe's world landmarks (n,33,3) m with the forearms turned away from the camera, as far
    as it turns them towards it."""
    forearm = world[:, _WRISTS] - world[:, _ELBOWS]
    length = np.linalg.norm(forearm, axis=-1, keepdims=True)
    turned = rot.unit(forearm + [0, 0, _TOO_NEAR] * length) * length
    world = world.copy()
    world[:, _WRISTS] = world[:, _ELBOWS] + turned
    return world


def first_pose(read: SpatialReadings, joints: np.ndarray) -> tuple[Observed, Start]:
    """The steadiest interpretations over the clip, and the pose that they give in every frame.

    joints (55,3): the mean person's rest joints. A network's pose is taken over joint by joint
    where the interpretation did not change.
    """
    steady = steady_readings(read.observed)
    start = pose_from_landmarks(steady, joints)
    if read.pose is None:
        return steady, start
    kept = (steady.spatial == read.observed.spatial).all((1, 2)) & steady.seen
    return steady, taken_over(start, read.pose, kept, steady.seen)
