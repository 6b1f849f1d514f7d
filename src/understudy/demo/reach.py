"""Inverse kinematics: bring a point on the hand to a goal, and a foot to its foothold."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.body.skeleton import JOINT_INDEX
from understudy.demo.limits import HIGH, LOW, SHOULDER_REFERENCE, TABLE
from understudy.demo.skeleton import Skeleton

# An arm's nine angles in degrees: girdle (back, up), shoulder (back, up, twist), elbow (straight
# 0, bent −), forearm (palm back +), wrist (to the little finger +, back of the hand up +).
ARM_LOW, ARM_HIGH = (
    np.array(
        [
            *bound[JOINT_INDEX["left_collar"], :2],
            *bound[JOINT_INDEX["left_shoulder"]],
            bound[JOINT_INDEX["left_elbow"], 0],
            2 * bound[JOINT_INDEX["left_elbow"], 2],
            *bound[JOINT_INDEX["left_wrist"], :2],
        ]
    )
    for bound in (LOW, HIGH)
)
ARM_HIGH[5] = -2.0  # the solver never locks an elbow
_MARGIN = 1.0  # degrees kept from every limit, so that easing and rounding stay inside
_STEPS = 40
_POOR = 4.0  # a cost above which another start is tried
_TUCKED = (0.0, 0.0, 0.0, -60.0, 0.0, -110.0, 0.0, 0.0, 0.0)
_RAISED = (0.0, 5.0, 0.0, 20.0, 0.0, -80.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Goal:
    """What an arm should do, stated for a LEFT arm in the frame of the chest joint (spine3).

    x points outwards from the arm's side, y up, z forwards. point: the point on the hand (see
    Skeleton.points, without the side) to bring to `target` (3,) m from the chest joint; without a
    target the point is free. The directions (3,) are wishes: palm (out of the palm), fingers,
    upper (arm), fore (arm), elbow (where it points off the line from shoulder to hand).
    """

    point: str = "palm"
    target: tuple[float, float, float] | None = None
    palm: tuple[float, float, float] | None = None
    fingers: tuple[float, float, float] | None = None
    upper: tuple[float, float, float] | None = None
    fore: tuple[float, float, float] | None = None
    elbow: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class _Arm:
    """Bone offsets of a left arm at rest, from the chest joint (spine3) outwards."""

    girdle: np.ndarray
    shoulder: np.ndarray
    elbow: np.ndarray
    wrist: np.ndarray
    points: dict[str, np.ndarray]
    scale: float

    @staticmethod
    def of(skeleton: Skeleton) -> "_Arm":
        chest, collar, shoulder, elbow, wrist = (
            skeleton.joint(name)
            for name in ("spine3", "left_collar", "left_shoulder", "left_elbow", "left_wrist")
        )
        points = {
            name.removeprefix("left_"): rest - wrist
            for name, (_, rest) in skeleton.points.items()
            if name.startswith("left_") and not name.endswith("brow")
        }
        offsets = (collar - chest, shoulder - collar, elbow - shoulder, wrist - elbow)
        return _Arm(*offsets, points, skeleton.scale)


def arm_rotations(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Local rotations (…,3,3) of a left girdle, shoulder, elbow and wrist from angles (…,9)."""
    radians = np.deg2rad(angles)
    turns = np.zeros((*angles.shape[:-1], 6, 3))
    turns[..., 0, 1:] = radians[..., 0:2]  # girdle
    turns[..., 1, 1:] = radians[..., 2:4]  # shoulder's swing
    turns[..., 2, 0] = radians[..., 4]  # and twist
    turns[..., 3, 1] = radians[..., 5]  # elbow
    turns[..., 4, 0] = radians[..., 6] / 2  # half the forearm's turn each at elbow and wrist
    turns[..., 5, 1:] = radians[..., 7:9]  # wrist
    collar, swing, twist, bend, half, wrist = np.moveaxis(rot.exp(turns), -3, 0)
    return collar, SHOULDER_REFERENCE @ swing @ twist, bend @ half, half @ wrist


def arm_joint_angles(angles: np.ndarray) -> dict[str, np.ndarray]:
    """Angles (n,9) of an arm -> limits.py's angles (n,3) of its collar, shoulder, elbow, wrist."""
    zero = np.zeros(len(angles))
    return {
        "collar": np.stack([angles[:, 0], angles[:, 1], zero], -1),
        "shoulder": angles[:, 2:5],
        "elbow": np.stack([angles[:, 5], zero, angles[:, 6] / 2], -1),
        "wrist": np.stack([angles[:, 7], angles[:, 8], angles[:, 6] / 2], -1),
    }


def _forward(arm: _Arm, angles: np.ndarray) -> dict[str, np.ndarray]:
    """Positions and axes of an arm in the chest's frame, angles (m,9)."""
    collar, shoulder, elbow, wrist = arm_rotations(angles)
    at_shoulder = arm.girdle + collar @ arm.shoulder
    upper = collar @ shoulder
    at_elbow = at_shoulder + upper @ arm.elbow
    fore = upper @ elbow
    at_wrist = at_elbow + fore @ arm.wrist
    return {
        "shoulder": at_shoulder,
        "elbow": at_elbow,
        "wrist": at_wrist,
        "upper": rot.unit(at_elbow - at_shoulder),
        "fore": rot.unit(at_wrist - at_elbow),
        "hand": fore @ wrist,
    }


def _residuals(arm: _Arm, goal: Goal, angles: np.ndarray) -> np.ndarray:
    """The residuals to minimise: (m,k), for angles (m,9)."""
    at = _forward(arm, angles)
    hand = at["hand"]
    rows = []
    if goal.target is not None:
        place = at["wrist"] + hand @ arm.points[goal.point]
        rows.append((place - np.asarray(goal.target)) / (0.002 * arm.scale))
    if goal.palm is not None:
        rows.append(3.0 * (-hand[..., 1] - rot.unit(goal.palm)))
    if goal.fingers is not None:
        rows.append(3.0 * (hand[..., 0] - rot.unit(goal.fingers)))
    if goal.upper is not None:
        rows.append(4.0 * (at["upper"] - rot.unit(goal.upper)))
    if goal.fore is not None:
        rows.append(4.0 * (at["fore"] - rot.unit(goal.fore)))
    if goal.elbow is not None:
        line = rot.unit(at["wrist"] - at["shoulder"])
        off = at["elbow"] - at["shoulder"]
        off = off - (off * line).sum(-1, keepdims=True) * line
        rows.append(2.5 * (rot.unit(off) - rot.unit(goal.elbow)))
    # The shoulder girdle follows a raised arm (scapulohumeral rhythm, about one part in four).
    rise = np.rad2deg(np.arcsin(np.clip(at["upper"][..., 1], -1, 1))) + 90
    girdle = np.clip(0.22 * (rise - 45), 0, 30)
    reach = np.clip(12 * at["upper"][..., 2] - 4, -6, 8)
    comfort = [
        (angles[..., 0] + reach) / 8,
        (angles[..., 1] - girdle) / 6,
        angles[..., 4] / 70,
        angles[..., 6] / 60,
        angles[..., 7] / 25,
        angles[..., 8] / 40,
        np.maximum(np.linalg.norm(angles[..., 2:4], axis=-1) + _MARGIN - TABLE["shoulder"].cone, 0),
    ]
    rows.append(np.stack(comfort, -1))
    # Elbow, forearm and wrist stay out of the trunk: an elliptic cylinder, open above the chest.
    trunk = np.array([0.185, 0.155]) * arm.scale
    for place, thickness in (
        (at["elbow"], 0.035),
        ((at["elbow"] + at["wrist"]) / 2, 0.03),
        (at["wrist"], 0.025),
    ):
        radii = trunk + thickness * arm.scale
        inside = np.sqrt((place[..., 0] / radii[0]) ** 2 + ((place[..., 2] - 0.01) / radii[1]) ** 2)
        below = np.clip((0.2 * arm.scale - place[..., 1]) / (0.05 * arm.scale), 0, 1)
        rows.append((20.0 * below * np.maximum(1 - inside, 0))[..., None])
    return np.concatenate(rows, -1)


def solve_arm(skeleton: Skeleton, goal: Goal, start: np.ndarray) -> np.ndarray:
    """Angles (9,) within the limits that best meet a goal given in the chest's frame.

    Levenberg-Marquardt with finite differences from `start` (9,); if that ends in a poor
    solution, also from a raised and a tucked arm, and the best is taken.
    """
    arm = _Arm.of(skeleton)
    best, cost = _descend(arm, goal, np.asarray(start, float))
    if cost > _POOR:
        for begin in (_RAISED, _TUCKED):
            other, other_cost = _descend(arm, goal, np.array(begin))
            if other_cost < cost:
                best, cost = other, other_cost
    return best


def _descend(arm: _Arm, goal: Goal, angles: np.ndarray) -> tuple[np.ndarray, float]:
    low, high = ARM_LOW + _MARGIN, ARM_HIGH - _MARGIN
    angles = np.clip(angles, low, high)
    step = 0.05 * np.eye(9)  # degrees
    value = _residuals(arm, goal, angles)
    cost, damping = float(value @ value), 1.0
    for _ in range(_STEPS):
        slope = (_residuals(arm, goal, angles + step) - value).T / 0.05
        normal, gradient = slope.T @ slope, slope.T @ value
        move = np.linalg.solve(normal + damping * (np.diag(np.diag(normal)) + 1e-6), gradient)
        trial = np.clip(angles - np.clip(move, -25, 25), low, high)
        trial_value = _residuals(arm, goal, trial)
        trial_cost = float(trial_value @ trial_value)
        if trial_cost < cost:
            gain = cost - trial_cost
            angles, value, cost, damping = trial, trial_value, trial_cost, damping / 4
            if gain < 1e-5 * (cost + 1e-3):
                break
        else:
            damping = min(damping * 6, 1e6)
            if damping >= 1e6:
                break
    return angles, cost


@cache
def hanging_arm() -> tuple[float, ...]:
    """Angles of an arm that hangs at ease, on the average body."""
    goal = Goal(upper=(0.17, -1.0, -0.03), fore=(0.10, -1.0, 0.2), palm=(-1.0, 0.0, -0.25))
    return tuple(solve_arm(Skeleton.average(), goal, np.array([0, 0, 0, -70, 0, -15, 0, 0, 0])))


def solve_leg(
    skeleton: Skeleton,
    side: str,
    hips: np.ndarray,
    ankles: np.ndarray,
    hinge: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """World rotations of a thigh and shin (n,3,3) that bring the ankle to its target.

    hips (n,3) the hip joint, ankles (n,3), hinge (n,3) the knee's axis, to the person's right.
    Closed form (law of cosines); a target out of reach is approached with a straight leg.
    """
    hip, knee, ankle = (skeleton.joint(f"{side}_{name}") for name in ("hip", "knee", "ankle"))
    thigh, shin = np.linalg.norm(knee - hip), np.linalg.norm(ankle - knee)
    line = ankles - hips
    length = np.clip(
        np.linalg.norm(line, axis=-1), abs(thigh - shin) + 0.02, (thigh + shin) * 0.999
    )
    line = rot.unit(line)
    pole = rot.unit(np.cross(hinge, line))
    hinge = np.cross(line, pole)  # across the plane of the leg
    along = (thigh**2 - shin**2 + length**2) / (2 * length)
    off = np.sqrt(np.maximum(thigh**2 - along**2, 0))
    to_knee = along[:, None] * line + off[:, None] * pole
    to_ankle = length[:, None] * line - to_knee
    return _frame(to_knee, hinge) @ _rest_frame(knee - hip).T, (
        _frame(to_ankle, hinge) @ _rest_frame(ankle - knee).T
    )


def _frame(bone: np.ndarray, hinge: np.ndarray) -> np.ndarray:
    """Orthonormal axes (…,3,3) with columns hinge, bone and their cross product."""
    bone = rot.unit(bone)
    hinge = rot.unit(hinge - (hinge * bone).sum(-1, keepdims=True) * bone)
    return np.stack([hinge, bone, np.cross(hinge, bone)], -1)


def _rest_frame(bone: np.ndarray) -> np.ndarray:
    """The axes of a leg bone in the T-pose, whose hinge is the knee's: along −x."""
    return _frame(bone, np.array([-1.0, 0.0, 0.0]))
