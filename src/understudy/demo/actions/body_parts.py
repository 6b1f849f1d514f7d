"""Hands and faces by name: shapes of the fingers, expressions of the face."""

import numpy as np

from understudy.body.skeleton import FINGERS
from understudy.demo.motion import EXPRESSIONS

# Flexion of (knuckle, middle joint, end joint) in degrees of index, middle, ring and pinky;
# spread of those four (+ towards the little finger); thumb as three joints' swings and twist.
_SPREAD_NONE = (3.0, -1.0, -4.0, -6.0)
_SPREAD_SHUT = (8.0, -1.0, -8.0, -12.0)
_SPREAD_WIDE = (-14.0, -3.0, 8.0, 18.0)
_THUMB_RELAXED = ((10.0, 8.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
_THUMB_FLAT = ((-5.0, 22.0, 0.0), (0.0, 8.0, 0.0), (0.0, 5.0, 0.0))
_THUMB_OVER = ((22.0, -14.0, -18.0), (26.0, -14.0, 0.0), (30.0, -16.0, 0.0))
_THUMB_OPPOSED = ((16.0, -14.0, -10.0), (10.0, -6.0, 0.0), (12.0, -6.0, 0.0))

_SHAPES: dict[str, tuple] = {
    "relaxed": (
        ((18, 26, 14), (24, 32, 16), (28, 34, 18), (30, 34, 18)),
        _SPREAD_NONE,
        _THUMB_RELAXED,
    ),
    "flat": (((3, 4, 3), (3, 4, 3), (3, 4, 3), (3, 5, 3)), _SPREAD_SHUT, _THUMB_FLAT),
    "splayed": (((0, 4, 2), (0, 4, 2), (0, 4, 2), (0, 5, 3)), _SPREAD_WIDE, _THUMB_FLAT),
    "fist": (((78, 88, 50), (82, 90, 50), (84, 90, 50), (84, 88, 48)), _SPREAD_NONE, _THUMB_OVER),
    "grip": (
        ((42, 52, 28), (46, 54, 28), (48, 54, 28), (50, 52, 28)),
        _SPREAD_NONE,
        _THUMB_OPPOSED,
    ),
    "cup": (((28, 32, 18), (28, 32, 18), (30, 32, 18), (32, 32, 18)), _SPREAD_NONE, _THUMB_OPPOSED),
    "pinch": (
        ((52, 48, 22), (58, 52, 26), (66, 62, 32), (70, 66, 34)),
        _SPREAD_NONE,
        _THUMB_OPPOSED,
    ),
    "point": (((0, 3, 2), (76, 86, 48), (80, 88, 48), (82, 88, 48)), _SPREAD_NONE, _THUMB_OVER),
}
_ORDER = ("index", "middle", "ring", "pinky")


def hand_angles(shape: str) -> np.ndarray:
    """A hand's (15,3) angles in limits.py's terms, in SMPL-X's finger order."""
    flexion, spread, thumb = _SHAPES[shape]
    angles = np.zeros((5, 3, 3))
    for finger, bends, apart in zip(_ORDER, flexion, spread, strict=True):
        row = angles[FINGERS.index(finger)]
        row[:, 1] = -np.asarray(bends)
        row[0, 0] = apart
    angles[FINGERS.index("thumb")] = thumb
    return angles.reshape(15, 3)


HAND_SHAPES: dict[str, np.ndarray] = {shape: hand_angles(shape) for shape in _SHAPES}

JAW = len(EXPRESSIONS)  # a face is the 50 expressions, then the jaw's opening in degrees


def face(**amounts: float) -> np.ndarray:
    """A face (51,) by units: an expression's name, one without Left/Right for both, or jaw."""
    values = np.zeros(JAW + 1)
    for name, amount in amounts.items():
        if name == "jaw":
            values[JAW] = amount
        elif name in EXPRESSIONS:
            values[EXPRESSIONS.index(name)] = amount
        else:
            values[EXPRESSIONS.index(f"{name}Left")] = amount
            values[EXPRESSIONS.index(f"{name}Right")] = amount
    return values


FACES: dict[str, np.ndarray] = {
    "neutral": face(mouthSmile=0.08),
    "smile": face(mouthSmile=0.7, cheekSquint=0.4, eyeSquint=0.2, mouthDimple=0.2),
    "laugh": face(mouthSmile=0.8, cheekSquint=0.6, eyeSquint=0.3, mouthUpperUp=0.3, jaw=9),
    "sip": face(mouthFunnel=0.45, mouthPucker=0.35, jaw=5, browInnerUp=0.15),
    "bite": face(jaw=20, mouthLowerDown=0.2, browInnerUp=0.2),
    "lips_closed": face(mouthPress=0.3, mouthSmile=0.1),
    "chew_open": face(jaw=7, jawLeft=0.3, mouthPress=0.2, cheekPuff=0.2),
    "chew_closed": face(jaw=0, jawRight=0.3, mouthPress=0.4, cheekPuff=0.3),
    "teeth": face(mouthStretch=0.5, mouthUpperUp=0.6, mouthLowerDown=0.6, mouthSmile=0.4, jaw=4),
    "effort": face(browDown=0.6, mouthPress=0.5, eyeSquint=0.4, noseSneer=0.2),
    "surprise": face(browInnerUp=0.6, browOuterUp=0.6, eyeWide=0.4, jaw=6),
    "stern": face(browDown=0.4, mouthPress=0.35, mouthFrown=0.2),
    "calm": face(mouthSmile=0.2, eyeBlink=0.55),
    "shout": face(jaw=17, browInnerUp=0.4, mouthLowerDown=0.3, mouthUpperUp=0.2),
}
