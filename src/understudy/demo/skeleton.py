"""The bones a motion is made for: rest joints, the floor under them, and places to touch."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.body.skeleton import JOINT_INDEX, JOINT_NAMES, PARENTS
from understudy.demo.kinematics import MIRROR, forward

# The average adult of the embedded CC0 body in its T-pose (m): middle and left joints.
_AVERAGE = {
    "pelvis": (0.0, -0.35, 0.01),
    "hip": (0.114, -0.366, 0.001),
    "spine1": (0.0, -0.268, -0.028),
    "knee": (0.126, -0.771, 0.033),
    "spine2": (0.0, -0.115, -0.018),
    "ankle": (0.147, -1.209, 0.0),
    "spine3": (0.0, 0.015, -0.028),
    "foot": (0.156, -1.261, 0.144),
    "neck": (0.0, 0.203, 0.013),
    "collar": (0.023, 0.126, 0.028),
    "head": (0.0, 0.301, 0.045),
    "shoulder": (0.178, 0.105, 0.023),
    "elbow": (0.445, 0.105, 0.023),
    "wrist": (0.683, 0.104, 0.023),
    "jaw": (0.0, 0.311, 0.061),
    "eye_smplhf": (0.03, 0.344, 0.127),
    "index1": (0.792, 0.1, 0.05),
    "index2": (0.819, 0.1, 0.052),
    "index3": (0.843, 0.1, 0.055),
    "middle1": (0.791, 0.104, 0.023),
    "middle2": (0.826, 0.104, 0.02),
    "middle3": (0.855, 0.104, 0.017),
    "pinky1": (0.775, 0.1, -0.017),
    "pinky2": (0.797, 0.1, -0.023),
    "pinky3": (0.812, 0.1, -0.027),
    "ring1": (0.785, 0.105, 0.003),
    "ring2": (0.816, 0.105, -0.004),
    "ring3": (0.841, 0.105, -0.009),
    "thumb1": (0.723, 0.1, 0.048),
    "thumb2": (0.735, 0.078, 0.069),
    "thumb3": (0.756, 0.055, 0.091),
}
_AVERAGE_FLOOR = -1.288  # height of the soles in that T-pose
_AVERAGE_EYE = 0.0926  # from the head joint to between the eyes
_AVERAGE_HAND = 0.108  # from the wrist to the middle knuckle
_AVERAGE_LEG = 0.8437  # from the hip joint to the ankle joint


def _average_joints() -> np.ndarray:
    joints = []
    for name in JOINT_NAMES:
        side, _, rest = name.partition("_")
        if side == "right":
            joints.append(np.array(_AVERAGE[rest]) * MIRROR)
        else:
            joints.append(np.array(_AVERAGE[rest if side == "left" else name]))
    return np.stack(joints)


def mirrored_joint(joint: int) -> int:
    """The joint on the other side of the body, or itself in the middle."""
    side, _, rest = JOINT_NAMES[joint].partition("_")
    other = {"left": "right", "right": "left"}.get(side)
    return JOINT_INDEX[f"{other}_{rest}"] if other else joint


MIRRORED = tuple(mirrored_joint(joint) for joint in range(len(JOINT_NAMES)))


@dataclass(frozen=True)
class Skeleton:
    """Rest joints (55,3) of a T-pose in m (y up, facing +z) and the height of its soles."""

    joints: np.ndarray
    floor: float

    @staticmethod
    def average() -> "Skeleton":
        """The embedded body's average adult."""
        return Skeleton(_average_joints(), _AVERAGE_FLOOR)

    @staticmethod
    def of(joints: np.ndarray, vertices: np.ndarray) -> "Skeleton":
        """Of a person's T-pose: joints (55,3), made symmetric, and vertices (V,3)."""
        joints = np.asarray(joints, float)
        symmetric = (joints + joints[list(MIRRORED)] * MIRROR) / 2
        return Skeleton(symmetric, float(np.asarray(vertices)[:, 1].min()))

    def joint(self, name: str) -> np.ndarray:
        return self.joints[JOINT_INDEX[name]]

    @cached_property
    def scale(self) -> float:
        """Leg length over the average's: what choreographed distances are multiplied by."""
        leg = np.linalg.norm(self.joint("left_ankle") - self.joint("left_hip"))
        return float(leg / _AVERAGE_LEG)

    @cached_property
    def stand(self) -> float:
        """Height of the pelvis joint above the floor with straight legs."""
        return float(self.joint("pelvis")[1] - self.floor)

    @cached_property
    def points(self) -> dict[str, tuple[int, np.ndarray]]:
        """Places on the body: name -> (joint they move with, rest position).

        Offsets were measured on the average body's surface and scale with its head or hand.
        """
        head = JOINT_INDEX["head"]
        eyes = (self.joint("left_eye_smplhf") + self.joint("right_eye_smplhf")) / 2
        size = np.linalg.norm(eyes - self.joint("head")) / _AVERAGE_EYE
        points = {
            "mouth": (head, eyes + size * np.array([0.0, -0.070, 0.031])),
            "left_brow": (head, eyes + size * np.array([0.058, 0.026, 0.006])),
            "right_brow": (head, eyes + size * np.array([-0.058, 0.026, 0.006])),
        }
        for side in ("left", "right"):
            wrist, knuckle = self.joint(f"{side}_wrist"), self.joint(f"{side}_middle1")
            size = np.linalg.norm(knuckle - wrist) / _AVERAGE_HAND
            tip, before = self.joint(f"{side}_middle3"), self.joint(f"{side}_middle2")
            index = self.joint(f"{side}_index1")
            out = unit_x(side)
            hand = JOINT_INDEX[f"{side}_wrist"]
            points |= {
                f"{side}_wrist": (hand, wrist),
                f"{side}_palm": (hand, knuckle - size * (0.02 * out + [0.0, 0.02, 0.0])),
                f"{side}_grip": (hand, knuckle + size * np.array([0.0, -0.045, 0.035])),
                f"{side}_pinch": (hand, index + size * (0.030 * out + [0.0, -0.055, 0.012])),
                f"{side}_tip": (hand, tip + 0.9 * (tip - before)),
            }
        return points

    def forward(self, full: np.ndarray, transl: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Joint positions (n,55,3) and world rotations (n,55,3,3) of axis-angles (n,55,3)."""
        return forward(self.joints, PARENTS, rot.exp(full), transl)

    def point(self, name: str, full: np.ndarray, transl: np.ndarray) -> np.ndarray:
        """Where a named place (see `points`) is in each frame: (n,3)."""
        joint, rest = self.points[name]
        positions, world = self.forward(full, transl)
        return positions[:, joint] + world[:, joint] @ (rest - self.joints[joint])


def unit_x(side: str) -> np.ndarray:
    """Outwards along an arm of the T-pose: +x for the left side, -x for the right."""
    return np.array([1.0 if side == "left" else -1.0, 0.0, 0.0])
