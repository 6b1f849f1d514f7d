"""Actions of the arms alone: clapping, waving, pointing, palms together, crossed hands, bow.

Written as in hands_to_face.py.
"""

import numpy as np

from understudy.demo.actions.script import Reach, Script
from understudy.demo.reach import Goal


def _clap(gap: float, height: float) -> Reach:
    goal = Goal(
        "palm", palm=(-1.0, -0.05, -0.05), fingers=(-0.2, 0.65, 0.75), elbow=(0.7, -0.7, 0.0)
    )
    return Reach(goal, (gap, height, 0.30))


def clapping(s: Script) -> None:
    """Flat hands meet in front of the chest again and again."""
    wide, height = 0.15 * s.style.amplitude, s.random.uniform(-0.14, -0.04)
    apart, together = _clap(wide, height), _clap(0.002, height)
    s.pose(
        0.7,
        right=apart,
        left=apart,
        face="smile",
        head={"nod": 4},
        right_hand="flat",
        left_hand="flat",
    )
    for clap in range(s.count(6)):
        beat = 0.2 * s.random.uniform(0.92, 1.08)
        s.pose(beat, right=together, left=together, head={"nod": 6 if clap % 2 else 3})
        s.pose(beat, right=apart, left=apart)
    s.at_ease(0.7)


def _wave(lean: float) -> Goal:
    return Goal(upper=(0.85, -0.25, 0.4), fore=(0.22 + lean, 0.95, 0.25), palm=(0.0, 0.1, 1.0))


def hand_waving(s: Script) -> None:
    """The open hand is raised beside the head and swung from side to side."""
    wide, tempo = 0.42 * s.style.amplitude, s.random.uniform(0.2, 0.32)
    bent = Goal(upper=(0.5, -0.75, 0.4), fore=(0.3, 0.45, 0.85), palm=(-0.5, -0.3, 0.8))
    s.pose(0.4, right=bent, right_hand="splayed", face="smile", head={"tilt": -3})
    s.pose(0.35, right=_wave(wide))
    for _ in range(s.count(4)):
        beat = tempo * s.random.uniform(0.9, 1.1)
        s.pose(beat, right=_wave(-wide), spine={"side": 2})
        s.pose(beat, right=_wave(wide), spine={"side": -1})
    s.pose(0.35, right=bent, spine={"side": 0})
    s.at_ease(0.5)


def point(s: Script) -> None:
    """The arm is stretched out at something, the eyes on it."""
    away = np.deg2rad(s.random.uniform(-5, 55))  # outwards from straight ahead
    rise = s.random.uniform(-0.08, 0.22)
    towards = (float(np.sin(away)), rise, float(np.cos(away)))
    palm = (-0.5, -0.85, 0.0)
    turn = -float(np.rad2deg(away))
    s.pose(0.2, head={"turn": 0.8 * turn, "nod": -20 * rise}, eyes={"left": 0.3 * turn})
    s.pose(
        0.6,
        right=Goal(upper=towards, fore=towards, fingers=towards, palm=palm),
        right_hand="point",
        spine={"twist": 0.25 * turn, "bend": 3},
        pelvis={"z": 0.02},
        face="surprise",
    )
    s.hold(0.35)
    if s.random.random() < 0.5:  # some jab again
        bent = tuple(np.array(towards) * [0.8, 1, 0.8] + [0.15, -0.2, 0])
        s.pose(0.25, right=Goal(upper=bent, fore=towards, fingers=towards, palm=palm))
        s.pose(0.22, right=Goal(upper=towards, fore=towards, fingers=towards, palm=palm))
    s.hold(0.8)
    s.at_ease(0.7)


def palms_together(s: Script) -> None:
    """The palms meet in front of the chest, fingers up, with a small bow of the head."""
    goal = Goal("palm", palm=(-1.0, 0.0, 0.0), fingers=(0.0, 1.0, 0.15), elbow=(0.8, -0.6, 0.0))
    together = Reach(goal, (0.002, -0.10, 0.20))
    apart = Reach(goal, (0.10, -0.16, 0.24))
    s.pose(0.6, right=apart, left=apart, right_hand="flat", left_hand="flat")
    s.pose(0.35, right=together, left=together, face="calm")
    s.pose(0.4, head={"nod": 16 * s.style.amplitude}, spine={"bend": 6 * s.style.amplitude})
    s.hold(0.8 + 0.5 * s.random.random())
    s.pose(0.4, head={"nod": 0}, spine={"bend": 0}, face="smile")
    s.at_ease(0.75)


def cross_hands(s: Script) -> None:
    """The forearms are crossed in front of the chest, open hands forwards: stop."""
    arm = {"palm": (0.0, 0.0, 1.0), "fore": (-0.62, 0.78, 0.1), "elbow": (0.8, -0.6, 0.0)}
    height = s.random.uniform(-0.12, -0.03)
    front = Reach(Goal("wrist", **arm), (-0.05, height, 0.34))
    behind = Reach(Goal("wrist", **arm), (-0.05, height, 0.27))
    apart = Goal(upper=(0.4, -0.75, 0.5), fore=(0.1, 0.6, 0.8), palm=(-0.4, 0.0, 0.9))
    s.pose(0.4, right=apart, left=apart, face="stern", right_hand="flat", left_hand="flat")
    s.pose(0.4, right=front, left=behind, spine={"bend": -2})
    s.hold(1.1 + 0.5 * s.random.random())
    if s.style.repeats > 1.1:
        s.pose(0.35, right=apart, left=apart)
        s.pose(0.35, right=front, left=behind)
        s.hold(0.6)
    s.at_ease(0.7)


def bow(s: Script) -> None:
    """The trunk bends from the hips and the head follows; hands slide down the thighs."""
    deep = s.style.amplitude * s.random.uniform(0.8, 1.1)
    thigh = Goal("palm", palm=(-0.2, 0.0, -1.0), fingers=(-0.1, -1.0, 0.1), elbow=(0.4, 0.2, -0.9))
    s.pose(0.25, head={"nod": 10}, eyes={"down": 15}, face="calm")
    s.pose(
        0.75,
        pelvis={"pitch": 26 * deep, "z": -0.09 * deep, "y": -0.012},
        spine={"bend": 30 * deep},
        head={"nod": 20},
        right=Reach(thigh, (0.15, 0.70, 0.09), on="floor"),
        left=Reach(thigh, (0.15, 0.70, 0.09), on="floor"),
        right_hand="flat",
        left_hand="flat",
    )
    s.hold(0.5 + 0.4 * s.random.random())
    s.pose(0.8, pelvis={"pitch": 0, "z": 0, "y": 0}, spine={"bend": 0}, head={"nod": 3})
    s.at_ease(0.35)
