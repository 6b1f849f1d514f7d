"""How far a person's joints turn.

Ranges follow the normal ranges of motion of the American Academy of Orthopaedic Surgeons (Joint
Motion: Method of Measuring and Recording, 1965), rounded outwards and laid out on the axis-angle
components of SMPL-X's T-pose: x to the person's left, y up, z forward.
"""

import numpy as np

from understudy.body.skeleton import JOINT_INDEX

# Degrees: (min, max) about x, y, z. A right joint mirrors its left: y and z change sign.
_CENTRE = {
    "spine1": ((-15, 45), (-20, 20), (-20, 20)),
    "spine2": ((-15, 35), (-20, 20), (-15, 15)),
    "spine3": ((-15, 25), (-20, 20), (-15, 15)),
    "neck": ((-35, 35), (-45, 45), (-25, 25)),
    "head": ((-30, 30), (-40, 40), (-25, 25)),
}
_LEFT = {
    "hip": ((-125, 35), (-50, 50), (-35, 60)),
    "knee": ((0, 150), (-12, 12), (-6, 6)),
    "ankle": ((-30, 50), (-25, 25), (-25, 25)),
    "foot": ((-40, 40), (-5, 5), (-5, 5)),
    "collar": ((-12, 12), (-25, 15), (-10, 30)),
    "shoulder": ((-100, 100), (-135, 55), (-110, 100)),
    "elbow": ((-45, 45), (-155, 2), (-15, 15)),
    "wrist": ((-75, 75), (-30, 40), (-80, 75)),
}


# Fingers of the left hand, palm down, fingers along x: they curl about −z, spread about y.
_FINGER = (
    ((-12, 12), (-22, 22), (-95, 25)),
    ((-5, 5), (-5, 5), (-115, 5)),
    ((-5, 5), (-5, 5), (-85, 10)),
)
_THUMB = (
    ((-45, 45), (-45, 45), (-45, 45)),
    ((-30, 30), (-60, 25), (-35, 35)),
    ((-30, 30), (-85, 20), (-40, 40)),
)


def joint_limits() -> tuple[np.ndarray, np.ndarray]:
    """The minimum and maximum axis-angle components of body_pose's joints, (21,3) rad each."""
    low, high = np.zeros((21, 3)), np.zeros((21, 3))
    for name, ranges in _CENTRE.items():
        low[JOINT_INDEX[name] - 1], high[JOINT_INDEX[name] - 1] = np.transpose(ranges)
    for name, ranges in _LEFT.items():
        left, right = JOINT_INDEX[f"left_{name}"] - 1, JOINT_INDEX[f"right_{name}"] - 1
        low[left], high[left] = least, most = np.transpose(ranges)
        low[right] = least[0], -most[1], -most[2]
        high[right] = most[0], -least[1], -least[2]
    return np.radians(low), np.radians(high)


def finger_limits(side: str) -> tuple[np.ndarray, np.ndarray]:
    """The minimum and maximum axis-angle components of a hand's joints, (15,3) rad each."""
    ranges = np.array([*_FINGER * 4, *_THUMB], float)  # SMPL-X's order: the thumb comes last
    low, high = ranges[..., 0], ranges[..., 1]
    if side == "right":
        mirror = np.array([1.0, -1.0, -1.0])
        low, high = np.minimum(low * mirror, high * mirror), np.maximum(low * mirror, high * mirror)
    return np.radians(low), np.radians(high)
