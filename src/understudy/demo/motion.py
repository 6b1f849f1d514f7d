"""A motion: what a body does in each frame, and the props it uses."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch

from understudy.body import rotation_numpy as rot
from understudy.body.pose import Pose
from understudy.demo.kinematics import axis_rotation
from understudy.demo.skeleton import MIRRORED

# The 52 ARKit face units without jawOpen and tongueOut: the embedded body's expressions, in order.
EXPRESSIONS: tuple[str, ...] = (
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight"),
    *("eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight"),
    *("eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight"),
    *("eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight"),
    *("jawForward", "jawLeft", "jawRight", "mouthClose", "mouthDimpleLeft", "mouthDimpleRight"),
    *("mouthFrownLeft", "mouthFrownRight", "mouthFunnel", "mouthLeft", "mouthLowerDownLeft"),
    *("mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight"),
    *("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
    *("mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight"),
    *("mouthUpperUpLeft", "mouthUpperUpRight", "noseSneerLeft", "noseSneerRight"),
)


def _other_side(name: str) -> str:
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


_MIRRORED_EXPRESSIONS = [EXPRESSIONS.index(_other_side(name)) for name in EXPRESSIONS]


@dataclass(frozen=True)
class Stool:
    """A round stool standing on the floor: centre (3,) at y = 0, seat height and radius, in m."""

    position: np.ndarray
    height: float
    radius: float


@dataclass(frozen=True)
class Motion:
    """n frames of a body in a world with y up, the floor at y = 0; facing +z at the origin.

    full (n,55,3) axis-angle in SMPL-X's joint order against the flat-handed T-pose, rad;
    expression (n,50) in EXPRESSIONS' order; transl (n,3) m, so that the pelvis joint is at its
    rest position plus transl; planted (n,2) whether the left and right sole stays where it is;
    airborne (n,) whether nothing touches the floor; props: objects in the room for it.
    """

    name: str
    fps: float
    full: np.ndarray
    expression: np.ndarray
    transl: np.ndarray
    planted: np.ndarray
    airborne: np.ndarray
    props: tuple[Stool, ...] = ()

    def __len__(self) -> int:
        return len(self.full)

    def __getitem__(self, frames: slice | Sequence[int]) -> "Motion":
        """Some of the frames, with all props."""
        picked = {name: getattr(self, name)[frames] for name in _PER_FRAME}
        return replace(self, **picked)

    def pose(self) -> Pose:
        """The same frames for a body model, float32."""
        arrays = (self.full, self.expression, self.transl)
        return Pose.from_full(*(torch.from_numpy(a.astype(np.float32)) for a in arrays))

    def mirrored(self, pelvis: np.ndarray) -> "Motion":
        """Left and right swapped. pelvis (3,): the skeleton's pelvis joint at rest."""
        flip = np.array([1.0, -1.0, -1.0])
        across = np.array([-1.0, 1.0, 1.0])
        return replace(
            self,
            full=self.full[:, list(MIRRORED)] * flip,
            expression=self.expression[:, _MIRRORED_EXPRESSIONS],
            transl=(self.transl + pelvis) * across - pelvis,
            planted=self.planted[:, ::-1],
            props=tuple(replace(prop, position=prop.position * across) for prop in self.props),
        )

    def turned(self, yaw: np.ndarray | float, pelvis: np.ndarray) -> "Motion":
        """Turned about the world's vertical by yaw () or (n,) rad (+ to the person's left).

        pelvis (3,): the skeleton's pelvis joint at rest. Props turn with a single yaw only.
        """
        turn = axis_rotation(1, np.broadcast_to(yaw, len(self)))
        full = self.full.copy()
        full[:, 0] = rot.log(turn @ rot.exp(full[:, 0]))
        transl = (turn @ (self.transl + pelvis)[..., None])[..., 0] - pelvis
        props = tuple(replace(prop, position=turn[0] @ prop.position) for prop in self.props)
        return replace(self, full=full, transl=transl, props=props)


_PER_FRAME = tuple(
    field.name for field in fields(Motion) if field.name not in ("name", "fps", "props")
)
