"""Coordinates on the body by which clothes, skin and hair are cut and painted."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from understudy.body.anny import AnnyData, load_anny
from understudy.body.build import landmark_arrays
from understudy.body.landmarks import LANDMARK_NAMES, LandmarkTable
from understudy.body.skeleton import JOINT_INDEX
from understudy.demo.atlas import Atlas, make_atlas
from understudy.demo.noise import smoothstep

TEXTURE = 1024  # texels per side of a person's texture

HEAD = ("head", "jaw", "left_eye_smplhf", "right_eye_smplhf")
FEET = tuple(f"{s}_{j}" for s in ("left", "right") for j in ("ankle", "foot"))
FOREARMS = tuple(f"{s}_{j}" for s in ("left", "right") for j in ("shoulder", "elbow"))


@dataclass(frozen=True)
class Anatomy:
    """Coordinates of k places on one T-posed person (vertices, or texels between them).

    points, normals (k,3) m; arm (k,): 0 at the shoulder joint, 1 at the wrist, beyond 1 in the
    hand, negative in the trunk; leg (k,): 0 at the hip joint, 1 at the ankle, negative above;
    trunk (k,): 0 at the pelvis joint, 1 at the neck joint; head, hand, foot, limb (k,): shares of
    the skin weights; joints: name -> (3,) m.
    """

    points: np.ndarray
    normals: np.ndarray
    arm: np.ndarray
    leg: np.ndarray
    trunk: np.ndarray
    head: np.ndarray
    hand: np.ndarray
    foot: np.ndarray
    limb: np.ndarray
    joints: dict[str, np.ndarray]

    def at(self, index: np.ndarray) -> "Anatomy":
        """Some of the places, by index (m,)."""
        arrays = {name: v[index] for name, v in vars(self).items() if isinstance(v, np.ndarray)}
        return Anatomy(**arrays, joints=self.joints)

    @property
    def side(self) -> np.ndarray:
        """(k,) 1 on the person's left, −1 on the right."""
        return np.where(self.points[:, 0] >= 0, 1.0, -1.0)

    @property
    def on_arm(self) -> np.ndarray:
        """(k,) whether a place lies on an arm, beyond the shoulder joint."""
        return (self.arm > 0) & (self.limb > 0.3)

    def wrapped(self) -> tuple[np.ndarray, np.ndarray]:
        """Cloth coordinates (k,), (k,) in metres: around the part that a place is on, and along.

        Trunk, arms and legs are treated as cylinders, so stripes run around and checks stay square.
        """
        x, y, z = self.points.T
        on_arm = self.on_arm
        on_leg = (self.leg > 0.12) & ~on_arm
        axis = self.joints
        arm_y, arm_z = axis["left_elbow"][1], axis["left_elbow"][2]
        leg_t = np.clip(self.leg, 0, 1)[:, None]
        hip = axis["left_hip"] * (1 - leg_t) + axis["left_ankle"] * leg_t
        trunk_z = axis["pelvis"][2]
        around = np.where(
            on_arm,
            np.arctan2(y - arm_y, z - arm_z) * 0.05,
            np.where(
                on_leg,
                np.arctan2(np.abs(x) - hip[:, 0], z - hip[:, 2]) * 0.08,
                np.arctan2(x, z - trunk_z) * 0.15,
            ),
        )
        # On top of the shoulders height hardly changes: add the distance outwards.
        over = 0.7 * np.clip(np.abs(x) - 0.08, 0, None) * smoothstep(0.7, 1.0, self.trunk)
        return around, np.where(on_arm, np.abs(x), y - over)


def vertex_anatomy(anny: AnnyData, vertices: np.ndarray, joints: np.ndarray) -> Anatomy:
    """The coordinates of a person's vertices (V,3) in the T-pose; joints (55,3)."""
    named = {name: joints[i] for name, i in JOINT_INDEX.items()}
    x, y, _ = vertices.T
    side = np.where((x >= 0)[:, None], joints[JOINT_INDEX["left_shoulder"]], 0)
    side = np.where((x < 0)[:, None], joints[JOINT_INDEX["right_shoulder"]], side)
    reach = np.where(
        x >= 0,
        named["left_wrist"][0] - named["left_shoulder"][0],
        named["right_shoulder"][0] - named["right_wrist"][0],
    )
    weights = anny.weights

    def share(names: tuple[str, ...]) -> np.ndarray:
        return weights[:, [JOINT_INDEX[name] for name in names]].sum(1)

    hands = [i for name, i in JOINT_INDEX.items() if i >= 25 or name.endswith("wrist")]
    hip, ankle = named["left_hip"][1], named["left_ankle"][1]
    pelvis, neck = named["pelvis"][1], named["neck"][1]
    hand = weights[:, hands].sum(1)
    return Anatomy(
        points=vertices,
        normals=vertex_normals(vertices, anny.faces),
        arm=(np.abs(x) - np.abs(side[:, 0])) / reach,
        leg=(hip - y) / (hip - ankle),
        trunk=(y - pelvis) / (neck - pelvis),
        head=share(HEAD),
        hand=hand,
        foot=share(FEET),
        limb=share(FOREARMS) + hand,
        joints=named,
    )


def texel_anatomy(atlas: Atlas, on_vertices: Anatomy) -> Anatomy:
    """The same coordinates at the t texels of the texture."""
    spread = {
        name: atlas.spread(value)
        for name, value in vars(on_vertices).items()
        if isinstance(value, np.ndarray)
    }
    return Anatomy(**spread, joints=on_vertices.joints)


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals (…,V,3) of a mesh (…,V,3) with faces (F,3), weighted by triangle area."""
    a, b, c = (vertices[..., faces[:, k], :] for k in range(3))
    face = np.cross(b - a, c - a)
    flat = face.reshape(-1, len(faces), 3)
    count = vertices.shape[-2]
    total = np.stack(
        [
            np.stack(
                [
                    np.bincount(faces.T.ravel(), np.tile(one[:, axis], 3), count)
                    for axis in range(3)
                ],
                -1,
            )
            for one in flat
        ]
    ).reshape(vertices.shape)
    return total / np.maximum(np.linalg.norm(total, axis=-1, keepdims=True), 1e-12)


@cache
def body_atlas(size: int = TEXTURE) -> Atlas:
    """The texture map of Anny's mesh (made once per process)."""
    anny = load_anny()
    return make_atlas(anny.faces, anny.uv, anny.uv_faces, size)


@cache
def landmark_table() -> LandmarkTable:
    """The 133 landmarks of Anny's mesh, as the built body file holds them."""
    arrays = landmark_arrays(load_anny())
    return LandmarkTable(
        LANDMARK_NAMES,
        torch.from_numpy(np.asarray(arrays["landmark_joint"], np.int64)),
        torch.from_numpy(np.asarray(arrays["landmark_vertices"], np.int64)),
        torch.from_numpy(np.asarray(arrays["landmark_weights"], np.float32)),
    )


def rest_landmarks(vertices: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """(133,3): the landmarks of a person at rest."""
    table = landmark_table()
    skin = (vertices[table.vertices.numpy()] * table.weights.numpy()[..., None]).sum(1)
    return np.where(table.joint.numpy()[:, None] >= 0, joints[table.joint.numpy()], skin)
