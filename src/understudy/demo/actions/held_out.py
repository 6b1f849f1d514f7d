"""Poses that an identity video never shows, to test avatars on."""

from dataclasses import replace

import numpy as np

from understudy.demo.actions.record import assemble
from understudy.demo.actions.script import Reach, Script
from understudy.demo.actions.whole_body import ON_THIGH, SITTING
from understudy.demo.motion import Motion
from understudy.demo.reach import Goal
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style

_ON_HIP = Reach(
    Goal("palm", palm=(-0.8, -0.1, 0.4), fingers=(-0.3, -0.75, 0.55), elbow=(0.95, 0.1, -0.3)),
    (0.15, 0.07, 0.02),
    on="pelvis",
)
_SIDEWAYS = Goal(upper=(1.0, 0.0, 0.1), fore=(1.0, 0.0, 0.15), palm=(0.0, -1.0, 0.0))
_AHEAD = Goal(upper=(0.05, 0.0, 1.0), fore=(0.0, 0.0, 1.0), palm=(-0.3, -1.0, 0.0))
_ALONG_LEG = Reach(
    Goal("palm", palm=(-1.0, 0.0, 0.0), fingers=(0.1, -1.0, 0.1)), (0.24, -0.32, 0.03), on="pelvis"
)
_AHEAD_FROM_STOOP = Goal(upper=(0.1, 0.65, 0.75), fore=(-0.05, 0.65, 0.75), palm=(-0.3, -0.9, 0.3))
_UP = Goal(upper=(0.12, 1.0, 0.1), fore=(0.05, 1.0, 0.05), palm=(-1.0, 0.0, 0.3))
_GUARD = Goal(upper=(0.85, -0.3, 0.3), fore=(0.0, 0.25, 1.0), palm=(-1.0, -0.2, 0.0))


def _crossed(depth: float, height: float) -> Reach:
    goal = Goal("wrist", fore=(-0.95, 0.1, 0.15), palm=(-0.1, -0.3, -0.9), elbow=(0.5, -0.8, 0.2))
    return Reach(goal, (-0.11, height, depth))


# (name, degrees the person is turned to their left, arguments of Script.pose)
POSES: tuple[tuple[str, float, dict], ...] = (
    ("arm_raised", 0, {"right": _UP, "right_hand": "flat", "head": {"turn": -15, "nod": -10}}),
    (
        "reach_forward",
        35,
        {"right": _AHEAD, "left": _AHEAD, "right_hand": "flat", "spine": {"bend": 8}},
    ),
    (
        "squat",
        -30,
        {
            "pelvis": {"y": -0.36, "z": -0.20, "pitch": 36},
            "spine": {"bend": 10},
            "head": {"nod": -14},
            "knees": {"out": 12},
            "left": _AHEAD_FROM_STOOP,
            "right": _AHEAD_FROM_STOOP,
        },
    ),
    (
        "lunge",
        65,
        {
            "pelvis": {"y": -0.23, "z": 0.02},
            "left_foot": {"z": 0.40, "yaw": 4},
            "right_foot": {"z": -0.42, "heel": 42, "yaw": 4},
            "left": _ON_HIP,
            "right": _ON_HIP,
        },
    ),
    (
        "side_bend",
        0,
        {
            "spine": {"side": 28},
            "pelvis": {"x": -0.05},
            "right": _UP,
            "left": _ALONG_LEG,
            "head": {"tilt": 12},
        },
    ),
    (
        "kick",
        -60,
        {
            "pelvis": {"x": 0.09, "pitch": -12, "z": -0.04},
            "spine": {"bend": 12},
            "right_foot": {"z": 0.66, "lift": 0.5, "x": -0.06, "tip": -8},
            "left": Goal(upper=(0.6, -0.6, 0.5), fore=(0.2, -0.3, 0.9)),
            "right": Goal(upper=(0.6, -0.7, -0.4), fore=(0.3, -0.8, 0.3)),
        },
    ),
    ("crossed_arms", 20, {"right": _crossed(0.20, -0.16), "left": _crossed(0.15, -0.19)}),
    ("hands_on_hips", 180, {"right": _ON_HIP, "left": _ON_HIP, "right_foot": {"x": 0.06}}),
    (
        "look_aside",
        -15,
        {"head": {"turn": 55, "nod": 8}, "eyes": {"left": 12}, "spine": {"twist": 14}},
    ),
    (
        "t_pose",
        90,
        {"right": _SIDEWAYS, "left": _SIDEWAYS, "right_hand": "flat", "left_hand": "flat"},
    ),
    (
        "stoop",
        120,
        {
            "pelvis": {"pitch": 40, "z": -0.13, "y": -0.03},
            "spine": {"bend": 36},
            "right": Goal(upper=(0.0, -0.5, 1.0), fore=(0.0, -0.5, 1.0), palm=(-1.0, 0.0, 0.0)),
            "left": Goal(upper=(0.0, -0.5, 1.0), fore=(0.0, -0.5, 1.0), palm=(-1.0, 0.0, 0.0)),
        },
    ),
    (
        "stride",
        -120,
        {
            "pelvis": {"y": -0.05, "yaw": 8},
            "spine": {"twist": -14},
            "left_foot": {"z": -0.28, "heel": 32},
            "right_foot": {"z": 0.27},
            "left": Goal(upper=(0.2, -0.85, 0.5), fore=(0.0, -0.2, 1.0), palm=(-1.0, 0.0, 0.0)),
            "right": Goal(upper=(0.25, -0.9, -0.35), fore=(0.1, -0.8, 0.3), palm=(-1.0, 0.0, 0.0)),
        },
    ),
    (
        "arms_up",
        -20,
        {"right": _UP, "left": _UP, "right_hand": "flat", "left_hand": "flat"},
    ),
    (
        "twist",
        25,
        {
            "pelvis": {"yaw": -15},
            "spine": {"twist": 42},
            "head": {"turn": 25},
            "left": _GUARD,
            "right": _GUARD,
        },
    ),
    (
        "seated",
        35,
        {
            "pelvis": SITTING,
            "spine": {"bend": 6},
            "knees": {"out": 4},
            "left": Reach(ON_THIGH, (0.12, 0.625, -0.06), "floor"),
            "right": Reach(ON_THIGH, (0.12, 0.625, -0.06), "floor"),
        },
    ),
)
HARD = ("arms_up", "squat", "twist", "seated")  # of POSES: far from anything that a turn shows


def held_out_poses(skeleton: Skeleton | None = None) -> Motion:
    """The POSES as a motion of one frame each (fps 1), turned several ways."""
    skeleton, style = skeleton or Skeleton.average(), Style()
    tracks: list[dict[str, np.ndarray]] = []
    for _, _, told in POSES:
        script = Script(skeleton, style, style.random(3))
        script.pose(0.0, **told)
        tracks.append({name: track.sample(np.zeros(1)) for name, track in script.tracks.items()})
    joined = {name: np.concatenate([one[name] for one in tracks]) for name in tracks[0]}
    motion = assemble(skeleton, joined, "held_out", 1.0)
    motion = replace(motion, planted=np.zeros_like(motion.planted))  # the frames are unrelated
    yaw = np.deg2rad([turned for _, turned, _ in POSES])
    return motion.turned(yaw, skeleton.joint("pelvis"))
