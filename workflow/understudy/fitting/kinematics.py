"""Forward kinematics of a clip with exact Jacobians, in NumPy: what the Gauss–Newton fit needs.

A landmark on skin is a weighted sum of points that are rigid with a joint, so all frames' points
and their derivatives follow from a short list of (landmark, joint) pairs. Pose correctives and the
joints' small dependence on expression are left out: at the landmarks they are below a millimetre
for the embedded body.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from understudy.body.model import BodyModel

BODY_JOINTS = 22  # pelvis and the 21 of body_pose: the rotations that the fit solves for
FRAME_SIZE = 3 * BODY_JOINTS + 3  # unknowns a frame: a rotation step a joint, then transl
_LEAST_WEIGHT = 0.02  # skinning weights below it are dropped (and the rest made to sum to 1)


@dataclass(frozen=True)
class Kinematics:
    """One clip's figure: L points on it, P rigid pairs, s shared unknowns (a linear shape basis).

    parents (55,); joints (55,3), joint_shape (55,3,s): rest joints and how the shared unknowns
    move them; landmark (P,), joint (P,), weight (P,): the pairs; rest (n,P,3), rest_shape (P,3,s):
    weighted rest places against the joint (skin pairs: against the origin, see on_skin (P,)).
    """

    parents: tuple[int, ...]
    joints: np.ndarray
    joint_shape: np.ndarray
    landmark: np.ndarray
    joint: np.ndarray
    weight: np.ndarray
    rest: np.ndarray
    rest_shape: np.ndarray
    on_skin: np.ndarray
    count: int

    def posed(self, rotations: np.ndarray, transl: np.ndarray, shared: np.ndarray) -> "Figure":
        """Pose n frames: rotations (n,55,3,3) against the parent, transl (n,3), shared (s,)."""
        joints = self.joints + self.joint_shape @ shared
        turned, placed = chain(rotations, joints, self.parents, transl)
        rest = self.rest + self.rest_shape @ shared
        rest = rest - (self.on_skin * self.weight)[:, None] * joints[self.joint]
        parts = self.weight[:, None] * placed[:, self.joint]
        parts += (turned[:, self.joint] @ rest[..., None])[..., 0]
        points = self._sum(self.landmark, self.count, parts)
        return Figure(self, turned, placed, parts, points)

    def _sum(self, group: np.ndarray, groups: int, parts: np.ndarray) -> np.ndarray:
        """Sum parts (n,P,…) over the pairs of each group -> (n,groups,…)."""
        n, p = parts.shape[:2]
        ones = csr_array((np.ones(p), (group, np.arange(p))), shape=(groups, p))
        flat = np.ascontiguousarray(parts.reshape(n, p, -1).swapaxes(0, 1)).reshape(p, -1)
        summed = (ones @ flat).reshape(groups, n, *parts.shape[2:])
        return summed.swapaxes(0, 1)


@dataclass(frozen=True)
class Figure:
    """A posed clip: turned (n,55,3,3) and placed (n,55,3) joints, points (n,L,3)."""

    kinematics: Kinematics
    turned: np.ndarray
    placed: np.ndarray
    parts: np.ndarray
    points: np.ndarray

    def pose_jacobian(self) -> np.ndarray:
        """(n, L, 3, FRAME_SIZE) float32: the points' derivative in each frame's unknowns.

        A rotation R_j becomes R_j·exp(δ_j): everything beyond joint j moves by (G_j δ_j) × lever.
        """
        k = self.kinematics
        above = ancestors(k.parents)
        pair, mover = np.nonzero(above[k.joint, :BODY_JOINTS])
        keys, group = np.unique(k.landmark[pair] * BODY_JOINTS + mover, return_inverse=True)
        point, mover = np.divmod(keys, BODY_JOINTS)
        mass = np.bincount(group, k.weight[pair])
        lever = k._sum(group, len(keys), self.parts[:, pair])
        lever -= mass[:, None] * self.placed[:, mover]
        g = self.turned[:, mover].astype(np.float32)  # (n,q,3,3); its columns are the axes
        lever = lever.astype(np.float32)
        x, y, z = (lever[..., i, None] for i in range(3))
        gx, gy, gz = (g[..., i, :] for i in range(3))
        block = np.stack([gy * z - gz * y, gz * x - gx * z, gx * y - gy * x], -2)
        n = len(self.points)
        jacobian = np.zeros((n, k.count, 3, FRAME_SIZE), np.float32)
        turns = jacobian[..., :-3].reshape(n, k.count, 3, BODY_JOINTS, 3)
        turns[:, point, :, mover] = block.swapaxes(0, 1)
        jacobian[..., : 3 * BODY_JOINTS] = turns.reshape(n, k.count, 3, -1)
        jacobian[..., -3:] = np.eye(3)
        return jacobian

    def shape_jacobian(self) -> np.ndarray:
        """(n, L, 3, s) float32: the points' derivative in the shared unknowns."""
        k = self.kinematics
        turned = self.turned.astype(np.float32)
        shape = k.joint_shape.astype(np.float32)
        moved = [np.broadcast_to(shape[0], (len(turned), *shape[0].shape))]
        for joint, parent in enumerate(k.parents[1:], 1):
            moved.append(moved[parent] + turned[:, parent] @ (shape[joint] - shape[parent]))
        rest = k.rest_shape - (k.on_skin * k.weight)[:, None, None] * k.joint_shape[k.joint]
        rest = rest.astype(np.float32)
        jacobian = np.zeros((len(turned), k.count, 3, shape.shape[-1]), np.float32)
        for pair, (point, joint) in enumerate(zip(k.landmark, k.joint, strict=True)):
            jacobian[:, point] += np.float32(k.weight[pair]) * moved[joint]
            if rest[pair].any():
                jacobian[:, point] += turned[:, joint] @ rest[pair]
        return jacobian


def chain(
    rotations: np.ndarray, joints: np.ndarray, parents: tuple[int, ...], transl: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Global rotations (n,J,3,3) and places (n,J,3) from local rotations and rest joints (J,3)."""
    turned, placed = [rotations[:, 0]], [joints[0] + transl]
    for joint, parent in enumerate(parents[1:], 1):
        placed.append(placed[parent] + turned[parent] @ (joints[joint] - joints[parent]))
        turned.append(turned[parent] @ rotations[:, joint])
    return np.stack(turned, 1), np.stack(placed, 1)


def ancestors(parents: tuple[int, ...]) -> np.ndarray:
    """(J,J) bool: [k, j] says that joint j is k or above k."""
    above = np.eye(len(parents), dtype=bool)
    for joint, parent in enumerate(parents):
        if parent >= 0:
            above[joint] |= above[parent]
    return above


def build_kinematics(
    body: BodyModel,
    landmarks: np.ndarray,
    expression: np.ndarray,
    betas: int,
    joint_basis: np.ndarray,
    landmark_basis: np.ndarray,
) -> Kinematics:
    """The figure of some landmarks, followed by the 22 body joints as further points.

    landmarks (l,) indices into the body's table; expression (n,E), fixed for the clip; the shared
    unknowns are `betas` coefficients, then those of joint_basis (55,3,a) (m, rest joints moved),
    then those of landmark_basis (l,3,b) (m, a landmark moved in the frame of its main joint).
    """
    table = body.landmark_table()
    joints, shape = body.J_template.numpy().astype(float), body.J_shapedirs[..., :betas].numpy()
    a, b = joint_basis.shape[-1], landmark_basis.shape[-1]
    size = betas + a + b
    joint_shape = np.zeros((len(joints), 3, size))
    joint_shape[..., :betas] = shape
    joint_shape[..., betas : betas + a] = joint_basis
    vertices, weights = body.v_template.numpy().astype(float), body.weights.numpy().astype(float)
    directions = body.shapedirs[..., :betas].numpy()
    smiles = body.exprdirs[..., : expression.shape[1]].numpy()
    rows: list[tuple[int, int, float, np.ndarray, np.ndarray, bool]] = []
    for point, mark in enumerate(landmarks):
        pairs = _pairs(table, int(mark), vertices, weights, directions, smiles, expression)
        main = max(range(len(pairs)), key=lambda i: pairs[i][1])
        for i, (joint, weight, rest, rest_shape, skin) in enumerate(pairs):
            full = np.zeros((3, size))
            full[:, :betas] = rest_shape
            if i == main:
                full[:, betas + a :] = landmark_basis[point]
            rows.append((point, joint, weight, rest, full, skin))
    nothing = np.zeros((len(expression), 3)), np.zeros((3, size))
    for joint in range(BODY_JOINTS):
        rows.append((len(landmarks) + joint, joint, 1.0, *nothing, False))
    columns = list(zip(*rows, strict=True))
    return Kinematics(
        parents=body.parents,
        joints=joints,
        joint_shape=joint_shape,
        landmark=np.array(columns[0]),
        joint=np.array(columns[1]),
        weight=np.array(columns[2]),
        rest=np.stack(columns[3], 1),
        rest_shape=np.stack(columns[4]),
        on_skin=np.array(columns[5]),
        count=len(landmarks) + BODY_JOINTS,
    )


def _pairs(table, mark, vertices, weights, directions, smiles, expression):
    """A landmark's rigid parts: (joint, weight, rest (n,3), rest_shape (3,betas), on skin)."""
    n, betas = len(expression), directions.shape[-1]
    if (joint := int(table.joint[mark])) >= 0:
        return [(joint, 1.0, np.zeros((n, 3)), np.zeros((3, betas)), False)]
    corners, shares = table.vertices[mark].numpy(), table.weights[mark].numpy().astype(float)
    skin = np.where(weights[corners] >= _LEAST_WEIGHT, weights[corners], 0.0)
    skin = shares[:, None] * skin / skin.sum(1, keepdims=True)  # (3 vertices, 55)
    rest = vertices[corners] + np.einsum("vce,ne->nvc", smiles[corners], expression)
    return [
        (
            int(joint),
            float(skin[:, joint].sum()),
            np.einsum("v,nvc->nc", skin[:, joint], rest),
            np.einsum("v,vcs->cs", skin[:, joint], directions[corners]),
            True,
        )
        for joint in np.flatnonzero(skin.sum(0))
    ]
