"""The 16 NTU RGB+D actions of the paper's appendix, performed by code."""

from collections.abc import Callable

import numpy as np

from understudy.demo.actions import arms, hands_to_face, whole_body
from understudy.demo.actions.held_out import held_out_poses
from understudy.demo.actions.identity import identity_turn
from understudy.demo.actions.record import record
from understudy.demo.actions.script import Script
from understudy.demo.motion import Motion
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style

__all__ = ["ACTIONS", "held_out_poses", "identity_turn", "perform"]

# In the order of the appendix: id -> what writes one performance into a script.
ACTIONS: dict[str, Callable[[Script], None]] = {
    "drink_water": hands_to_face.drink_water,
    "eat_meal": hands_to_face.eat_meal,
    "brush_teeth": hands_to_face.brush_teeth,
    "pick_up": whole_body.pick_up,
    "throw": whole_body.throw,
    "sit_down": whole_body.sit_down,
    "stand_up": whole_body.stand_up,
    "clapping": arms.clapping,
    "hand_waving": arms.hand_waving,
    "kicking": whole_body.kicking,
    "jump_up": whole_body.jump_up,
    "point": arms.point,
    "bow": arms.bow,
    "salute": hands_to_face.salute,
    "palms_together": arms.palms_together,
    "cross_hands": arms.cross_hands,
}
_ONCE = ("sit_down", "stand_up")  # they do not end where they began
_PAUSE = 0.5  # s of standing between two performances in a long clip
_DAWDLE, _HURRY = 0.7, 1.25  # how far the speed may change to fill a clip
_TAIL = 0.15  # s left at the end, so that the last pose is reached


def perform(
    action: str, style: Style, fps: float, seconds: float, skeleton: Skeleton | None = None
) -> Motion:
    """An action in a clip of `seconds` at `fps`, performed in a style.

    A long clip repeats the action; in a short one it is faster than style.speed, so that the
    whole action always fits; in one slightly too long, slightly slower. Hands reach for points
    on `skeleton` (by default the average adult's); for another person pass that person's.
    """
    skeleton = skeleton or Skeleton.average()
    script = Script(skeleton, style, style.random(1))
    available = max(seconds - style.delay - _TAIL, 0.5)
    ACTIONS[action](script)
    once = script.time
    while action not in _ONCE and script.time + _PAUSE + once < available * style.speed * _HURRY:
        script.hold(_PAUSE)
        ACTIONS[action](script)
    rate = max(style.speed * _DAWDLE, script.time / available)
    frames = max(round(seconds * fps), 1)
    motion = record(script, action, fps, frames, rate)
    pelvis = skeleton.joint("pelvis")
    if style.side == "left":
        motion = motion.mirrored(pelvis)
    return motion.turned(np.array(style.facing), pelvis)
