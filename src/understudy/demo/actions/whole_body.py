"""Actions of the whole body: picking up, throwing, sitting, standing up, kicking, jumping.

Written as in hands_to_face.py.
"""

import numpy as np

from understudy.demo.actions.script import Reach, Script
from understudy.demo.motion import Stool
from understudy.demo.reach import Goal

ON_THIGH = Goal("palm", palm=(-0.15, -1.0, -0.1), fingers=(-0.25, -0.1, 1.0))


def pick_up(s: Script) -> None:
    """Down to the floor with bent knees, something grasped, and up with it."""
    across = s.random.uniform(-0.05, 0.06)
    grasp = Goal("pinch", palm=(-0.3, -0.5, -0.8), fingers=(-0.1, -0.95, 0.3))
    knee = Reach(
        Goal("palm", palm=(-0.2, -0.6, -0.7), fingers=(-0.4, -0.6, 0.6)),
        (0.17, 0.57, 0.22),
        "floor",
    )
    above = Reach(grasp, (0.10 + across, 0.22, 0.42), "floor")
    s.pose(0.25, head={"nod": 18}, eyes={"down": 20})
    s.pose(
        0.75,
        pelvis={"y": -0.36, "z": -0.20, "pitch": 45},
        spine={"bend": 34, "twist": 8},
        head={"nod": 0},
        knees={"out": 8},
        left=knee,
        right=above,
        right_hand="splayed",
    )
    s.pose(
        0.25,
        pelvis={"y": -0.39, "pitch": 46},
        right=Reach(grasp, (0.10 + across, 0.055, 0.42), "floor"),
    )
    s.pose(0.22, right_hand="pinch", face="effort")
    s.pose(
        0.8,
        pelvis={"y": 0, "z": 0, "pitch": 0},
        spine={"bend": 4, "twist": 0},
        head={"nod": 16},
        knees={"out": 0},
        right=Reach(
            Goal("pinch", palm=(-0.7, 0.5, -0.3), fingers=(-0.4, 0.2, 0.8)), (0.05, -0.22, 0.30)
        ),
        left=Goal(upper=(0.17, -1.0, 0.05), fore=(0.10, -1.0, 0.25), palm=(-1.0, 0.0, -0.2)),
        face="neutral",
    )
    s.hold(0.45)
    s.at_ease(0.7)


def throw(s: Script) -> None:
    """Wind-up behind the head on the back foot, a step, the throw, and the follow-through."""
    big = s.style.amplitude
    s.pose(
        0.55,
        pelvis={"x": -0.05, "z": -0.05, "yaw": -25 * big, "y": -0.02},
        spine={"twist": -22 * big, "bend": -5},
        head={"turn": 38},
        right=Goal(upper=(0.95, 0.05, -0.25), fore=(0.1, 0.9, -0.5), palm=(0.2, 0.5, 0.8)),
        left=Goal(upper=(0.75, -0.1, 0.7), fore=(0.3, 0.25, 0.9), palm=(-0.4, -0.9, 0.0)),
        right_hand="grip",
        face="effort",
        left_foot={"lift": 0.05, "z": 0.10, "heel": 0, "tip": 10},
        right_foot={"yaw": 25},
    )
    s.pose(
        0.25,
        pelvis={"x": -0.02, "z": 0.07, "yaw": -18 * big, "y": -0.05},
        left_foot={"lift": 0.0, "z": 0.28, "tip": 0},
        right=Goal(upper=(0.92, 0.15, -0.35), fore=(0.0, 0.55, -0.85), palm=(0.1, 0.9, 0.4)),
    )
    s.pose(
        0.22,
        pelvis={"x": 0.02, "z": 0.18, "yaw": 12 * big},
        spine={"twist": 16 * big, "bend": 8},
        head={"turn": -16},
        right=Goal(upper=(0.55, 0.4, 0.75), fore=(-0.05, 0.75, 0.65), palm=(-0.1, -0.3, 0.9)),
        left=Goal(upper=(0.5, -0.8, -0.15), fore=(0.35, -0.6, 0.7), palm=(-1.0, 0.0, 0.0)),
        right_hand="splayed",
        right_foot={"heel": 22, "yaw": 8},
    )
    s.pose(
        0.24,
        pelvis={"x": 0.03, "z": 0.20, "yaw": 20 * big, "pitch": 12},
        spine={"twist": 24 * big, "bend": 22},
        head={"turn": -28, "nod": -12},
        right=Goal(upper=(-0.05, -0.55, 0.85), fore=(-0.55, -0.65, 0.5), palm=(-0.5, -0.4, -0.7)),
        right_hand="relaxed",
        right_foot={"heel": 38, "yaw": -8},
        face="neutral",
    )
    s.hold(0.2)
    s.pose(
        0.5,
        pelvis={"x": 0.05, "z": 0.10, "yaw": 5, "pitch": 3, "y": -0.02},
        spine={"twist": 5, "bend": 5},
        head={"turn": -5, "nod": 0},
        right=Goal(upper=(0.2, -1.0, 0.1), fore=(0.1, -1.0, 0.3), palm=(-1.0, 0.0, -0.2)),
        left_foot={"lift": 0.03, "z": 0.15},
        right_foot={"heel": 0, "yaw": 8},
    )
    s.at_ease(0.5)


SEAT = 0.43  # m, of the stool for the average person
SITTING = {"y": -0.395, "z": -0.40, "pitch": -6}


def _stool(s: Script) -> None:
    """The stool under the person who sits, high enough for their legs."""
    scale = s.skeleton.scale
    s.props = (Stool(np.array([0.0, 0.0, -0.44 * scale]), SEAT * scale, 0.19 * scale),)


def _seated(s: Script, after: float) -> None:
    hand = Reach(ON_THIGH, (0.12, 0.625, -0.06), "floor")
    s.pose(
        after,
        pelvis=SITTING,
        spine={"bend": 6},
        head={"nod": 0},
        knees={"out": 4},
        right=hand,
        left=hand,
        eyes={"down": 0},
    )


def sit_down(s: Script) -> None:
    """A look behind, down onto the stool with the trunk forwards, then upright; stays seated."""
    _stool(s)
    reach_back = Goal(upper=(0.3, -0.9, -0.25), fore=(0.15, -0.8, 0.5), palm=(-0.8, 0.0, -0.4))
    s.pose(
        0.35, head={"turn": -35, "nod": 12}, spine={"twist": -10}, eyes={"left": -20, "down": 15}
    )
    s.pose(
        0.55,
        pelvis={"y": -0.12, "z": -0.18, "pitch": 30},
        spine={"bend": 14, "twist": 0},
        head={"turn": 0, "nod": 0},
        eyes={"left": 0},
        right=reach_back,
        left=reach_back,
    )
    s.pose(
        0.55, pelvis={"y": -0.385, "z": -0.385, "pitch": 26}, spine={"bend": 20}, knees={"out": 4}
    )
    _seated(s, 0.6)
    s.hold(0.6)


def stand_up(s: Script) -> None:
    """From sitting upright: the trunk forwards over the feet, and up; stays standing."""
    _stool(s)
    _seated(s, 0.0)
    s.hold(0.45)
    push = Reach(ON_THIGH, (0.12, 0.62, 0.0), "floor")
    s.pose(
        0.5,
        pelvis={"y": -0.385, "z": -0.36, "pitch": 32},
        spine={"bend": 24},
        right=push,
        left=push,
    )
    swing = Goal(upper=(0.2, -0.95, 0.15), fore=(0.05, -0.75, 0.65), palm=(-1.0, 0.0, -0.2))
    s.pose(
        0.5,
        pelvis={"y": -0.16, "z": -0.16, "pitch": 28},
        spine={"bend": 18},
        right=swing,
        left=swing,
        face="effort",
    )
    s.at_ease(0.6)
    s.hold(0.5)


def kicking(s: Script) -> None:
    """Weight on the left foot, the right leg drawn back and swung up in front, and down."""
    big = s.style.amplitude
    s.pose(
        0.3,
        pelvis={"x": 0.085, "y": -0.012},
        head={"nod": 10},
        eyes={"down": 12},
        right_foot={"heel": 15},
    )
    s.pose(
        0.45,
        pelvis={"pitch": 10, "yaw": -8, "z": 0.02},
        spine={"bend": 6, "twist": 10},
        right_foot={"z": -0.38, "lift": 0.24, "heel": 0, "tip": 48, "x": -0.04},
        left=Goal(upper=(0.55, -0.7, 0.5), fore=(0.2, -0.4, 0.9), palm=(-0.9, -0.3, 0.0)),
        right=Goal(upper=(0.45, -0.8, -0.4), fore=(0.2, -0.9, -0.1), palm=(-1.0, 0.0, -0.2)),
        face="effort",
    )
    s.pose(
        0.3,
        pelvis={"pitch": -14, "yaw": 8, "z": -0.03, "roll": 0},
        spine={"bend": 14, "twist": -12},
        head={"nod": 4},
        right_foot={"z": 0.68, "lift": 0.28 + 0.22 * big, "tip": -10, "x": -0.06},
        left=Goal(upper=(0.75, -0.55, -0.25), fore=(0.5, -0.7, 0.3), palm=(-0.8, -0.4, 0.0)),
        right=Goal(upper=(0.55, -0.75, 0.35), fore=(0.2, -0.5, 0.8), palm=(-0.9, -0.3, 0.0)),
    )
    s.pose(0.2, right_foot={"z": 0.70})
    s.pose(
        0.42,
        pelvis={"pitch": 0, "yaw": 0, "z": 0.0},
        spine={"bend": 3, "twist": 0},
        right_foot={"z": 0.08, "lift": 0.10, "tip": 0, "x": -0.02},
        face="neutral",
    )
    s.at_ease(0.45)


def jump_up(s: Script) -> None:
    """Crouch with the arms back, straight up with the arms high, and a soft landing."""
    back = Goal(upper=(0.3, -0.9, -0.35), fore=(0.2, -0.95, -0.1), palm=(-1.0, 0.0, 0.0))
    high = Goal(upper=(0.3, 0.9, 0.35), fore=(0.1, 0.98, 0.2), palm=(-0.9, 0.0, 0.4))
    down = Goal(upper=(0.45, -0.5, 0.7), fore=(0.25, -0.3, 0.9), palm=(-0.7, -0.7, 0.0))
    deep = {"y": -0.27, "z": -0.10, "pitch": 28}
    for _ in range(s.count(1.5)):
        s.pose(0.5, pelvis=deep, spine={"bend": 20}, head={"nod": -14}, right=back, left=back)
        s.hold(0.08)
        heels = {"heel": 42}
        s.pose(
            0.34,
            pelvis={"y": 0.075, "z": 0.04, "pitch": 0},
            spine={"bend": -4},
            head={"nod": -12},
            right=high,
            left=high,
            right_foot=heels,
            left_foot=heels,
            face="surprise",
        )
        s.fly(0.26 * s.style.amplitude, tuck=0.06)
        flat = {"heel": 0}
        s.pose(
            0.24,
            pelvis={"y": -0.20, "z": -0.07, "pitch": 26},
            spine={"bend": 16},
            head={"nod": -4},
            right=down,
            left=down,
            right_foot=flat,
            left_foot=flat,
            face="neutral",
        )
        s.at_ease(0.5)
