"""Actions that bring a hand to the face: drinking, eating, brushing teeth, saluting.

Each writes one performance into a script, from standing at ease to standing at ease, for a
right-handed person; x is outwards from the acting side.
"""

from understudy.demo.actions.script import HANG, Reach, Script
from understudy.demo.reach import Goal

_CUP_LOW = Reach(Goal("grip", palm=(-0.9, 0.0, 0.1), fingers=(-0.4, 0.1, 0.9)), (0.08, -0.22, 0.30))
_CUP_AT_LIPS = Reach(
    Goal("grip", palm=(-0.8, -0.1, 0.1), fingers=(-0.5, 0.4, 0.7), elbow=(0.75, -0.6, 0.2)),
    (0.01, -0.06, 0.045),
    on="mouth",
)
_CUP_TIPPED = Reach(
    Goal("grip", palm=(-0.8, -0.4, 0.0), fingers=(-0.5, 0.75, 0.3), elbow=(0.85, -0.35, 0.3)),
    (0.01, -0.03, 0.075),
    on="mouth",
)


def drink_water(s: Script) -> None:
    """A cup is raised to the lips, tipped with the head back, swallowed, and lowered."""
    tip = 18 * s.style.amplitude
    s.pose(0.7, right=_CUP_LOW, right_hand="cup", head={"nod": 12}, eyes={"down": 12})
    for sip in range(s.count(1.4)):
        s.pose(0.65, right=_CUP_AT_LIPS, head={"nod": 0}, eyes={"down": 8}, face="sip")
        s.pose(0.45, right=_CUP_TIPPED, head={"nod": -tip}, spine={"bend": -4}, eyes={"down": 0})
        s.hold(0.7 + 0.2 * s.random.random())
        s.pose(0.45, right=_CUP_AT_LIPS, head={"nod": 0}, spine={"bend": 0}, face="lips_closed")
        s.pose(0.5, right=_CUP_LOW, head={"nod": 4 + 2 * sip})
        s.hold(0.25)
    s.at_ease(0.7)


_BOWL = Reach(Goal("palm", palm=(0.0, 1.0, 0.0), fingers=(-0.75, 0.1, 0.65)), (-0.02, -0.20, 0.27))
_SPOON_IN_BOWL = Reach(
    Goal("pinch", palm=(-0.5, -0.8, 0.0), fingers=(-0.6, -0.3, 0.7), elbow=(0.9, -0.4, 0.0)),
    (0.0, -0.13, 0.29),
)
_SPOON_AT_LIPS = Reach(
    Goal("pinch", palm=(-0.3, -0.4, -0.8), fingers=(-0.85, 0.4, 0.0), elbow=(0.9, -0.4, 0.2)),
    (0.012, -0.008, 0.03),
    on="mouth",
)


def eat_meal(s: Script) -> None:
    """A bowl is held in front of the chest; bites go from it to the mouth and are chewed."""
    s.pose(
        0.8,
        left=_BOWL,
        left_hand="cup",
        right=_SPOON_IN_BOWL,
        right_hand="pinch",
        head={"nod": 16},
        eyes={"down": 15},
    )
    for _ in range(s.count(2)):
        s.pose(0.22, right=_SPOON_IN_BOWL, spine={"bend": 3})
        s.pose(0.6, right=_SPOON_AT_LIPS, head={"nod": 10}, spine={"bend": 7}, face="bite")
        s.hold(0.1)
        s.pose(0.22, face="lips_closed")
        s.pose(0.55, right=_SPOON_IN_BOWL, head={"nod": 14}, spine={"bend": 3}, face="chew_open")
        for _ in range(2):
            s.pose(0.17, face="chew_closed").pose(0.17, face="chew_open")
    s.pose(0.3, face="chew_closed")
    s.at_ease(0.8)


def _brush(side: float) -> Reach:
    goal = Goal("grip", palm=(-0.1, -0.3, -0.95), fingers=(-0.9, 0.3, 0.0), elbow=(0.95, -0.3, 0.2))
    return Reach(goal, (0.045 + side, -0.005, 0.065), on="mouth")


def brush_teeth(s: Script) -> None:
    """A fist moves back and forth in front of bared teeth, the elbow out."""
    wide = 0.028 * s.style.amplitude
    s.pose(0.8, right=_brush(0), right_hand="fist", head={"nod": 5}, face="teeth")
    for turn in range(2):
        for _ in range(s.count(5)):
            s.pose(0.15, right=_brush(wide), head={"turn": 5 - 10 * turn, "tilt": 4 * turn})
            s.pose(0.15, right=_brush(-wide))
    s.at_ease(0.8)


def salute(s: Script) -> None:
    """To attention, the flat hand to the brow, held, and down again."""
    s.pose(
        0.45,
        spine={"bend": -4},
        head={"nod": -3},
        face="stern",
        left=Goal(upper=(0.12, -1.0, 0.0), fore=(0.08, -1.0, 0.08), palm=(-1.0, 0.0, 0.0)),
        left_hand="flat",
        right_hand="flat",
        right=HANG,
    )
    hand = Goal("tip", palm=(0.0, -0.75, 0.6), fingers=(-0.9, 0.42, -0.1), elbow=(0.9, -0.3, 0.2))
    s.pose(0.5, right=Reach(hand, (0.022, 0.004, 0.012), on="brow"))
    s.hold(1.2 + 0.5 * s.random.random())
    s.at_ease(0.6)
