"""A script of whole-body keyframes: what every action is written in.

Scripts are written for a right-handed person of the average size; lengths are in metres of that
person and scale with the skeleton. The performance mirrors, turns and times the result.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.demo.actions.body_parts import FACES, HAND_SHAPES
from understudy.demo.keyframes import KeyframeTrack
from understudy.demo.kinematics import MIRROR
from understudy.demo.motion import Stool
from understudy.demo.reach import Goal, hanging_arm, solve_arm
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style

SIDES = ("left", "right")

# The numbers of each track, all zero when standing at ease.
PELVIS = ("x", "y", "z", "pitch", "yaw", "roll")  # m from the standing position; degrees
SPINE = ("bend", "twist", "side")  # degrees: forwards, to the left, to the left
HEAD = ("nod", "turn", "tilt")  # degrees: down, to the left, to the left
EYES = ("down", "left")  # degrees
FOOT = ("x", "z", "lift", "yaw", "heel", "tip")  # m outwards, forwards, up; degrees: toes
# outwards, heel raised on the ball of the foot, foot's own pitch in the air (toes down)
KNEE = ("out",)  # degrees the knee points outwards from the foot's direction
TOES_OUT = 8.0  # degrees, standing at ease
STAND_BEND = 0.012  # m by which standing at ease lowers the pelvis, against straight legs

SPINE_SHARE = {"spine1": 0.36, "spine2": 0.34, "spine3": 0.30}
HEAD_SHARE = {"neck": 0.45, "head": 0.55}


@dataclass(frozen=True)
class Reach:
    """A Goal whose target is the point `on` the body (see Skeleton.points) plus `off`, in m.

    With on=None the target is `off` from the chest's front: the middle between the shoulders at
    rest, in the chest's frame; with on="pelvis", from that joint in its frame; with on="floor",
    from the origin in the world.
    x is towards the acting hand's side, y up, z forwards.
    """

    goal: Goal
    off: tuple[float, float, float]
    on: str | None = None


@dataclass
class Script:
    """Keyframes so far; `time` is where the next one goes, in s at natural speed."""

    skeleton: Skeleton
    style: Style
    random: np.random.Generator
    time: float = 0.0
    tracks: dict[str, KeyframeTrack] = field(default_factory=dict)
    props: tuple[Stool, ...] = ()
    flights: list[tuple[float, float]] = field(default_factory=list)  # from, to, in s
    _now: dict[str, np.ndarray] = field(default_factory=dict)
    _arms: dict[str, Reach | Goal | None] = field(default_factory=dict)  # what they were given
    _solved: dict[str, Goal] = field(default_factory=dict)  # what their angles were solved for

    def __post_init__(self) -> None:
        self._now = {
            "pelvis": np.zeros(6),
            "spine": np.zeros(3),
            "head": np.zeros(3),
            "eyes": np.zeros(2),
            "face": FACES["neutral"],
        }
        for side in SIDES:
            self._now[f"{side}_arm"] = np.array(hanging_arm())
            self._now[f"{side}_hand"] = HAND_SHAPES["relaxed"].ravel()
            self._now[f"{side}_foot"] = np.array([0, 0, 0, TOES_OUT, 0, 0], float)
            self._now[f"{side}_knee"] = np.zeros(1)
            self._arms[side] = None
        self._write()

    def pose(
        self,
        after: float,
        *,
        pelvis: dict | None = None,
        spine: dict | None = None,
        head: dict | None = None,
        eyes: dict | None = None,
        face: str | np.ndarray | None = None,
        right: Reach | Goal | np.ndarray | None = None,
        left: Reach | Goal | np.ndarray | None = None,
        right_hand: str | None = None,
        left_hand: str | None = None,
        right_foot: dict | None = None,
        left_foot: dict | None = None,
        knees: dict | None = None,
    ) -> "Script":
        """Advance by `after` s and set the named parts there; all others stay as they were.

        In a part given as named numbers (PELVIS, SPINE, …), those not named stay. An arm given a
        Reach or Goal keeps to it in later keys, as the trunk and head move, until given another.
        """
        self.time += after
        for name, numbers, given in (
            ("pelvis", PELVIS, pelvis),
            ("spine", SPINE, spine),
            ("head", HEAD, head),
            ("eyes", EYES, eyes),
            ("right_foot", FOOT, right_foot),
            ("left_foot", FOOT, left_foot),
        ):
            self._set(name, numbers, given)
        for side in SIDES:
            self._set(f"{side}_knee", KNEE, knees)
        if face is not None:
            self._now["face"] = FACES[face] if isinstance(face, str) else face
        for side, shape in (("right", right_hand), ("left", left_hand)):
            if shape is not None:
                self._now[f"{side}_hand"] = HAND_SHAPES[shape].ravel()
        for side, arm in (("right", right), ("left", left)):
            if isinstance(arm, np.ndarray):
                self._arms[side], self._now[f"{side}_arm"] = None, arm
                self._solved.pop(side, None)
            elif arm is not None:
                self._arms[side] = arm
            self._solve(side)
        self._write()
        return self

    def fly(self, height: float, tuck: float) -> "Script":
        """Leave the floor now and land when gravity dictates, rising by `height` m at the top.

        tuck: m by which the feet are drawn up towards the body in flight.
        """
        height *= self.skeleton.scale
        start, seconds = self.time, float(np.sqrt(8 * height / 9.81))
        low, feet = self._now["pelvis"][1], {s: self._now[f"{s}_foot"] for s in SIDES}
        for u in np.linspace(0, 1, 9)[1:]:
            rise = 4 * height * u * (1 - u) / self.skeleton.scale
            lift = rise + tuck * np.sin(np.pi * u) ** 2
            for side in SIDES:
                self._set(f"{side}_foot", FOOT, {"lift": feet[side][2] + lift})
            self.pose(seconds / 8, pelvis={"y": low + rise})
        self.flights.append((start, self.time))
        return self

    def count(self, usual: float) -> int:
        """How many times to repeat a stroke that is usually done `usual` times; at least once."""
        return max(1, round(usual * self.style.repeats))

    def hold(self, seconds: float) -> "Script":
        """Hold the pose for a while."""
        return self.pose(seconds)

    def at_ease(self, after: float) -> "Script":
        """Back to standing with hanging arms and a neutral face."""
        zero_pelvis, zero3 = dict.fromkeys(PELVIS, 0.0), np.zeros(3)
        foot = {"x": 0.0, "z": 0.0, "lift": 0.0, "yaw": TOES_OUT, "heel": 0.0, "tip": 0.0}
        return self.pose(
            after,
            pelvis=zero_pelvis,
            spine=dict(zip(SPINE, zero3, strict=True)),
            head=dict(zip(HEAD, zero3, strict=True)),
            eyes={"down": 0.0, "left": 0.0},
            face="neutral",
            right=HANG,
            left=HANG,
            right_hand="relaxed",
            left_hand="relaxed",
            right_foot=foot,
            left_foot=foot,
            knees={"out": 0.0},
        )

    def _set(self, part: str, numbers: tuple[str, ...], given: dict | None) -> None:
        if given:
            values = self._now[part].copy()
            for name, value in given.items():
                values[numbers.index(name)] = value
            self._now[part] = values

    def _write(self) -> None:
        for name, value in self._now.items():
            self.tracks.setdefault(name, KeyframeTrack()).key(self.time, value)

    def _solve(self, side: str) -> None:
        """Solve for the angles that meet an arm's Reach or Goal, with the trunk as it is now."""
        told = self._arms[side]
        if told is None:
            return
        goal = told if isinstance(told, Goal) else self._aim(side, told)
        if goal != self._solved.get(side):
            self._now[f"{side}_arm"] = solve_arm(self.skeleton, goal, self._now[f"{side}_arm"])
            self._solved[side] = goal

    def _aim(self, side: str, reach: Reach) -> Goal:
        """The goal of a left arm in the chest's frame; for a right arm, seen in the mirror."""
        skeleton, flip = self.skeleton, (np.ones(3) if side == "left" else MIRROR)
        chest_at, chest = self._chest()
        inwards = chest.T
        off = np.asarray(reach.off) * skeleton.scale
        sideways = off * flip  # written with x towards the hand's side; flipped twice for the right
        if reach.on is None:
            shoulders = (skeleton.joint("left_shoulder") + skeleton.joint("right_shoulder")) / 2
            place = shoulders - skeleton.joint("spine3") + sideways
        elif reach.on == "floor":
            place = inwards @ (sideways - chest_at)
        elif reach.on == "pelvis":
            at, turn = pelvis_frame(skeleton, self._now["pelvis"][None])
            place = inwards @ (at[0] + turn[0] @ sideways - chest_at)
        else:
            name = f"{side}_{reach.on}" if f"{side}_{reach.on}" in skeleton.points else reach.on
            place = self._head_point(name) + self._head_turn() @ sideways
        target = tuple(place * flip)
        return replace(reach.goal, target=target)

    def _chest(self) -> tuple[np.ndarray, np.ndarray]:
        """The chest joint's position in the world (3,) and its rotation (3,3)."""
        skeleton = self.skeleton
        at, turn = pelvis_frame(skeleton, self._now["pelvis"][None])
        at, turn = at[0], turn[0]
        before = "pelvis"
        for name in ("spine1", "spine2", "spine3"):
            at = at + turn @ (skeleton.joint(name) - skeleton.joint(before))
            turn = turn @ _bend(self._now["spine"] * SPINE_SHARE[name])
            before = name
        return at, turn

    def _head_turn(self) -> np.ndarray:
        return _bend(self._now["head"] * HEAD_SHARE["neck"]) @ _bend(
            self._now["head"] * HEAD_SHARE["head"]
        )

    def _head_point(self, name: str) -> np.ndarray:
        """Where a point on the head is, in the chest's frame from the chest joint."""
        skeleton = self.skeleton
        _, rest = skeleton.points[name]
        neck = _bend(self._now["head"] * HEAD_SHARE["neck"])
        to_head = skeleton.joint("head") - skeleton.joint("neck")
        return (
            skeleton.joint("neck")
            - skeleton.joint("spine3")
            + neck @ to_head
            + self._head_turn() @ (rest - skeleton.joint("head"))
        )


def _bend(angles: np.ndarray) -> np.ndarray:
    """(forwards, left twist, left side) in degrees -> rotation, as limits.py composes it."""
    forwards, twist, side = np.deg2rad(angles)
    swing = rot.exp(np.array([forwards, 0.0, -side]))
    return swing @ rot.exp(np.array([0.0, twist, 0.0]))


def pelvis_frame(skeleton: Skeleton, pelvis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """World positions (n,3) and rotations (n,3,3) of the pelvis from its track (n,6)."""
    offset = pelvis[:, :3] * skeleton.scale
    offset[:, 1] += skeleton.stand - STAND_BEND * skeleton.scale
    pitch, yaw, roll = np.deg2rad(pelvis[:, 3:]).T
    zero = np.zeros_like(pitch)
    turn = rot.exp(np.stack([zero, yaw, zero], -1)) @ rot.exp(np.stack([pitch, zero, -roll], -1))
    return offset, turn


HANG = np.array(hanging_arm())
