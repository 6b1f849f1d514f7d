"""How far each joint may turn: one table, in anatomical angles.

Ranges are adults' normal ranges of motion: limbs after the American Academy of Orthopaedic
Surgeons' *Joint Motion: Method of Measuring and Recording* (1965) and Norkin & White,
*Measurement of Joint Motion*; neck and back after White & Panjabi, *Clinical Biomechanics of the
Spine*, shared out over SMPL-X's two and three joints; the shoulder's reach is a cone about its
middle, as in Engin & Chen's joint sinus cone (J. Biomech. 1986), its girdle moving with it.

Each joint's rotation is reference · swing · twist, the twist about its bone. A joint thus has three
angles in degrees: two swings and the twist. Right-hand joints are read through a mirror, so one
row serves both sides. Signs, on the left side and in the T-pose:

- bones along x (arm, hand): first = turn about y (+ backwards), second = about z (+ upwards);
- bones along y (spine, leg, head): first = about x (+ forwards for the spine and head, backwards
  for the leg), second = about z (+ to the right, for the leg outwards); twist about y (+ left).
"""

from dataclasses import dataclass

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.body.skeleton import JOINT_INDEX, JOINT_NAMES
from understudy.demo.kinematics import axis_rotation

X, Y = 0, 1
FREE = (-180.0, 180.0)
SHOULDER_PLANE, SHOULDER_RISE = 40.0, -10.0  # the middle of the shoulder's reach, degrees


@dataclass(frozen=True)
class Limit:
    """Ranges in degrees of one joint's first and second swing and its twist about `axis`.

    cone: largest swing whatever its direction; twist_first: rotation = reference · twist · swing.
    """

    axis: int
    first: tuple[float, float]
    second: tuple[float, float]
    twist: tuple[float, float]
    cone: float = 180.0
    twist_first: bool = False


TABLE: dict[str, Limit] = {
    "pelvis": Limit(Y, FREE, FREE, FREE),  # the root: free in the world
    "spine1": Limit(Y, (-12, 30), (-14, 14), (-12, 12)),
    "spine2": Limit(Y, (-12, 28), (-14, 14), (-14, 14)),
    "spine3": Limit(Y, (-12, 26), (-14, 14), (-16, 16)),
    "neck": Limit(Y, (-30, 28), (-22, 22), (-40, 40)),
    "head": Limit(Y, (-30, 28), (-22, 22), (-40, 40)),
    "jaw": Limit(Y, (-2, 28), (-5, 5), (-8, 8)),
    "eye_smplhf": Limit(Y, (-30, 30), (-2, 2), (-38, 38)),
    "collar": Limit(X, (-30, 22), (-10, 42), (-25, 25)),
    "shoulder": Limit(X, (-110, 110), (-110, 110), (-95, 80), cone=110),
    "elbow": Limit(X, (-150, 3), (-4, 4), (-48, 48)),
    "wrist": Limit(X, (-22, 36), (-80, 72), (-48, 48), twist_first=True),
    "index": Limit(X, (-22, 22), (-95, 25), (-12, 12)),
    "middle": Limit(X, (-15, 15), (-95, 25), (-12, 12)),
    "ring": Limit(X, (-18, 18), (-95, 25), (-12, 12)),
    "pinky": Limit(X, (-28, 28), (-95, 25), (-12, 12)),
    "thumb": Limit(X, (-60, 60), (-60, 60), (-60, 60)),
    "hip": Limit(Y, (-122, 30), (-28, 48), (-45, 45)),
    "knee": Limit(Y, (-9, 145), (-8, 8), (-18, 18)),
    "ankle": Limit(Y, (-36, 52), (-28, 28), (-24, 24)),
    "foot": Limit(Y, (-65, 35), (-5, 5), (-5, 5)),
}


def _row(joint: str) -> Limit:
    """The limit of a joint by its SMPL-X name: without side and finger number."""
    bare = joint.removeprefix("left_").removeprefix("right_")
    return TABLE[bare] if bare in TABLE else TABLE[bare[:-1]]


LIMITS: tuple[Limit, ...] = tuple(_row(name) for name in JOINT_NAMES)
_TWIST = np.array([limit.axis for limit in LIMITS])
_FIRST = 1 - _TWIST  # bones along x swing about y and z, bones along y about x and z
_TWIST_FIRST = np.array([limit.twist_first for limit in LIMITS])
_CONE = np.array([limit.cone for limit in LIMITS], float)
LOW = np.array([[r[0] for r in (limit.first, limit.second, limit.twist)] for limit in LIMITS])
HIGH = np.array([[r[1] for r in (limit.first, limit.second, limit.twist)] for limit in LIMITS])
_SIDE = np.where([name.startswith("right") for name in JOINT_NAMES], -1.0, 1.0)

SHOULDER_REFERENCE = axis_rotation(1, np.deg2rad(-SHOULDER_PLANE)) @ axis_rotation(
    2, np.deg2rad(SHOULDER_RISE)
)


def _references() -> np.ndarray:
    references = np.tile(np.eye(3), (len(JOINT_NAMES), 1, 1))
    mirror = np.diag([-1.0, 1.0, 1.0])
    references[JOINT_INDEX["left_shoulder"]] = SHOULDER_REFERENCE
    references[JOINT_INDEX["right_shoulder"]] = mirror @ SHOULDER_REFERENCE @ mirror
    return references


_REFERENCES = _references()


def _mirror(rotvec: np.ndarray) -> np.ndarray:
    """Axis-angles (…,55,3) with those of right joints seen in the mirror; its own inverse."""
    mirrored = rotvec.copy()
    mirrored[..., 1:] *= _SIDE[:, None]
    return mirrored


def rotations_from_angles(angles: np.ndarray) -> np.ndarray:
    """Anatomical angles (n,55,3) in degrees -> rotations against the parent (n,55,3,3)."""
    radians = np.deg2rad(angles)
    joints = np.arange(len(JOINT_NAMES))
    swing, twist = np.zeros_like(radians), np.zeros_like(radians)
    swing[:, joints, _FIRST] = radians[..., 0]
    swing[..., 2] = radians[..., 1]
    twist[:, joints, _TWIST] = radians[..., 2]
    swing, twist = rot.exp(_mirror(swing)), rot.exp(_mirror(twist))
    first = np.where(_TWIST_FIRST[:, None, None], twist, swing)
    second = np.where(_TWIST_FIRST[:, None, None], swing, twist)
    return _REFERENCES @ first @ second


def angles_from_rotations(rotations: np.ndarray) -> np.ndarray:
    """The inverse of rotations_from_angles: (n,55,3,3) -> (n,55,3) degrees, swing below 180."""
    n, count = rotations.shape[:2]
    joints = np.arange(count)
    local = _REFERENCES.swapaxes(-1, -2) @ rotations
    # Swing and twist of T·S are those of its inverse S⁻¹·T⁻¹, turned back.
    local = np.where(_TWIST_FIRST[:, None, None], local.swapaxes(-1, -2), local)
    quaternion = rot.to_quaternion(local)  # w ≥ 0: half the twist is within ±90°
    half = np.arctan2(quaternion[:, joints, 1 + _TWIST], quaternion[..., 0])
    twist = np.zeros((n, count, 3))
    twist[:, joints, _TWIST] = 2 * half
    swing = rot.log(local @ rot.exp(-twist))
    sign = np.where(_TWIST_FIRST, -1.0, 1.0)[:, None]
    swing, twist = _mirror(sign * swing), _mirror(sign * twist)
    angles = [swing[:, joints, _FIRST], swing[..., 2], twist[:, joints, _TWIST]]
    return np.rad2deg(np.stack(angles, -1))


def violation(angles: np.ndarray) -> np.ndarray:
    """By how many degrees each joint is beyond its limits: (n,55,3) angles -> (n,55)."""
    box = np.maximum(np.maximum(LOW - angles, angles - HIGH), 0).max(-1)
    swing = np.linalg.norm(angles[..., :2], axis=-1)
    return np.maximum(box, np.maximum(swing - _CONE, 0))


def clamp(angles: np.ndarray) -> np.ndarray:
    """The nearest angles (n,55,3) within the limits."""
    angles = np.clip(angles, LOW, HIGH)
    swing = np.linalg.norm(angles[..., :2], axis=-1)
    shrink = np.where(swing > _CONE, _CONE / np.maximum(swing, 1e-9), 1.0)
    return np.concatenate([angles[..., :2] * shrink[..., None], angles[..., 2:]], -1)
