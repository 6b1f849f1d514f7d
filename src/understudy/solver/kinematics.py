"""Forward kinematics of a clip with exact Jacobians, in NumPy: what the Gauss–Newton fit needs.

A landmark on skin is a weighted sum of points that are rigid with a joint, so all frames' points
and their derivatives follow from a short list of (landmark, joint) pairs. Pose correctives and the
joints' small dependence on expression are left out: at the landmarks they are under a millimetre
for the embedded body.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from understudy.body.model import BodyModel
from understudy.body.skeleton import BODY_JOINTS

_LEAST_WEIGHT = 0.02  # skinning weights below it are dropped (and the rest made to sum to 1)


@dataclass(frozen=True)
class Kinematics:
    """A figure to pose: J joints, L points on it, P rigid pairs, s shared unknowns.

    parents (J,); joints (J,3), joint_shape (J,3,s): rest joints, and how the shared unknowns move
    them; movers: the first `movers` joints are solved for; landmark (P,), joint (P,), weight
    (P,): the pairs; rest (P,3), rest_shape (P,3,s), rest_expression (P,3,E): weighted rest
    positions, from the joint, or for pairs on_skin (P,) from the origin; count: L.
    """

    parents: tuple[int, ...]
    joints: np.ndarray
    joint_shape: np.ndarray
    movers: int
    landmark: np.ndarray
    joint: np.ndarray
    weight: np.ndarray
    rest: np.ndarray
    rest_shape: np.ndarray
    rest_expression: np.ndarray
    on_skin: np.ndarray
    count: int

    @property
    def frame_size(self) -> int:
        """Unknowns per frame: a rotation step for each mover, then transl."""
        return 3 * self.movers + 3

    def posed(
        self,
        rotations: np.ndarray,
        transl: np.ndarray,
        shared: np.ndarray,
        expression: np.ndarray,
    ) -> "PosedChain":
        """Pose n frames: rotations (n,J,3,3) relative to the parent, transl (n,3), shared (s,),
        expression (n,E)."""
        joints = self.joints + self.joint_shape @ shared
        turned, placed = chain(rotations, joints, self.parents, transl)
        rest = self.rest + self.rest_shape @ shared
        rest = rest - (self.on_skin * self.weight)[:, None] * joints[self.joint]
        pairs, _, size = self.rest_expression.shape
        smile = expression @ self.rest_expression.reshape(-1, size).T
        rest = rest + smile.reshape(-1, pairs, 3)
        parts = self.weight[:, None] * placed[:, self.joint]
        parts = parts + (turned[:, self.joint] @ rest[..., None])[..., 0]
        points = self._sum(self.landmark, self.count, parts)
        return PosedChain(self, turned, placed, parts, points)

    def subtree(self, joints: list[int], movers: int) -> "Kinematics":
        """The same points on only these joints (the first is the root); what depended on another
        joint depends on the root."""
        local = np.zeros(len(self.parents), int)
        local[joints] = np.arange(len(joints))
        parents = tuple(int(local[self.parents[j]]) if i else -1 for i, j in enumerate(joints))
        return replace(
            self,
            parents=parents,
            joints=self.joints[joints],
            joint_shape=self.joint_shape[joints],
            movers=movers,
            joint=local[self.joint],
        )

    def _sum(self, group: np.ndarray, groups: int, parts: np.ndarray) -> np.ndarray:
        """Sum parts (n,P,…) over the pairs of each group -> (n,groups,…)."""
        n, p = parts.shape[:2]
        ones = csr_array((np.ones(p), (group, np.arange(p))), shape=(groups, p))
        flat = np.ascontiguousarray(parts.reshape(n, p, -1).swapaxes(0, 1)).reshape(p, -1)
        summed = (ones @ flat).reshape(groups, n, *parts.shape[2:])
        return summed.swapaxes(0, 1)


@dataclass(frozen=True)
class PosedChain:
    """A posed clip: turned (n,55,3,3) and placed (n,55,3) joints, points (n,L,3)."""

    kinematics: Kinematics
    turned: np.ndarray
    placed: np.ndarray
    parts: np.ndarray
    points: np.ndarray

    def pose_jacobian(self) -> np.ndarray:
        """(n, L, 3, frame_size) float32: the points' derivative in each frame's unknowns.

        A rotation R_j becomes R_j·exp(δ_j): everything beyond joint j moves by (G_j δ_j) × lever.
        """
        k = self.kinematics
        above = ancestors(k.parents)
        pair, mover = np.nonzero(above[k.joint, : k.movers])
        keys, group = np.unique(k.landmark[pair] * k.movers + mover, return_inverse=True)
        point, mover = np.divmod(keys, k.movers)
        mass = np.bincount(group, k.weight[pair])
        lever = k._sum(group, len(keys), self.parts[:, pair])
        lever -= mass[:, None] * self.placed[:, mover]
        g = self.turned[:, mover].astype(np.float32)  # (n,q,3,3); its columns are the axes
        lever = lever.astype(np.float32)
        x, y, z = (lever[..., i, None] for i in range(3))
        gx, gy, gz = (g[..., i, :] for i in range(3))
        block = np.stack([gy * z - gz * y, gz * x - gx * z, gx * y - gy * x], -2)
        n = len(self.points)
        jacobian = np.zeros((n, k.count, 3, k.frame_size), np.float32)
        turns = jacobian[..., :-3].reshape(n, k.count, 3, k.movers, 3)
        turns[:, point, :, mover] = block.swapaxes(0, 1)
        jacobian[..., : 3 * k.movers] = turns.reshape(n, k.count, 3, -1)
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

    def expression_jacobian(self) -> np.ndarray:
        """(n, L, 3, E) float32: the points' derivative in each frame's expression."""
        k = self.kinematics
        turned, smiles = self.turned.astype(np.float32), k.rest_expression.astype(np.float32)
        jacobian = np.zeros((len(turned), k.count, 3, smiles.shape[-1]), np.float32)
        for pair, (point, joint) in enumerate(zip(k.landmark, k.joint, strict=True)):
            if smiles[pair].any():
                jacobian[:, point] += turned[:, joint] @ smiles[pair]
        return jacobian


def chain(
    rotations: np.ndarray, joints: np.ndarray, parents: tuple[int, ...], transl: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Global rotations (n,J,3,3) and positions (n,J,3) from local ones and rest joints (J,3)."""
    turned, placed = [rotations[:, 0]], [joints[0] + transl]
    for joint, parent in enumerate(parents[1:], 1):
        placed.append(placed[parent] + turned[parent] @ (joints[joint] - joints[parent]))
        turned.append(turned[parent] @ rotations[:, joint])
    return np.stack(turned, 1), np.stack(placed, 1)


def ancestors(parents: tuple[int, ...]) -> np.ndarray:
    """(J,J) bool: [k, j] means that joint j is k or above k."""
    above = np.eye(len(parents), dtype=bool)
    for joint, parent in enumerate(parents):
        if parent >= 0:
            above[joint] |= above[parent]
    return above


def build_kinematics(
    body: BodyModel,
    landmarks: np.ndarray,
    betas: int,
    joint_basis: np.ndarray,
    landmark_basis: np.ndarray,
    joint_points: int = BODY_JOINTS,
) -> Kinematics:
    """The body with some landmarks, followed by its first `joint_points` joints as more points.

    landmarks (l,) indices into the body's table. The shared unknowns are `betas` coefficients,
    then those of joint_basis (55,3,a) (m, rest joints moved), then those of landmark_basis (l,3,b)
    (m, a landmark moved in the frame of its main joint).
    """
    table, skin = body.landmark_table(), _Skin.of(body, betas)
    joints = body.J_template.numpy().astype(float)
    a, b = joint_basis.shape[-1], landmark_basis.shape[-1]
    joint_shape = np.concatenate(
        [body.J_shapedirs[..., :betas].numpy(), joint_basis, np.zeros((len(joints), 3, b))], 2
    )
    smiles = body.exprdirs.shape[-1]
    rows = []
    for point, mark in enumerate(landmarks):
        if (joint := int(table.joint[mark])) >= 0:
            none = np.zeros(3), np.zeros((3, betas)), np.zeros((3, smiles))
            pairs = [(joint, 1.0, *none, False)]
        else:
            pairs = skin.pairs(table.vertices[mark].numpy(), table.weights[mark].numpy())
        shares = [pair[1] for pair in pairs]
        main = shares.index(max(shares))
        for i, (joint, weight, rest, shape, smile, on_skin) in enumerate(pairs):
            moved = landmark_basis[point] if i == main else np.zeros((3, b))
            shape = np.concatenate([shape, np.zeros((3, a)), moved], 1)
            rows.append((point, joint, weight, rest, shape, smile, on_skin))
    none = np.zeros(3), np.zeros((3, betas + a + b)), np.zeros((3, smiles))
    for joint in range(joint_points):
        rows.append((len(landmarks) + joint, joint, 1.0, *none, False))
    names = ("landmark", "joint", "weight", "rest", "rest_shape", "rest_expression", "on_skin")
    columns = {name: np.array(c) for name, c in zip(names, zip(*rows, strict=True), strict=True)}
    return Kinematics(
        parents=body.parents,
        joints=joints,
        joint_shape=joint_shape,
        movers=BODY_JOINTS,
        count=len(landmarks) + joint_points,
        **columns,
    )


@dataclass(frozen=True)
class _Skin:
    """A body's vertices (V,3), skinning weights (V,55), shape and expression directions."""

    vertices: np.ndarray
    weights: np.ndarray
    shape: np.ndarray
    expression: np.ndarray

    @staticmethod
    def of(body: BodyModel, betas: int) -> "_Skin":
        arrays = body.v_template, body.weights, body.shapedirs[..., :betas], body.exprdirs
        return _Skin(*(array.numpy().astype(float) for array in arrays))

    def pairs(self, corners: np.ndarray, shares: np.ndarray) -> list[tuple]:
        """The rigid parts of a weighted mean of three vertices: (joint, weight, rest, its shape
        and expression directions, True)."""
        weights = np.where(self.weights[corners] >= _LEAST_WEIGHT, self.weights[corners], 0.0)
        weights = shares[:, None] * weights / weights.sum(1, keepdims=True)  # (3 vertices, 55)
        return [
            (
                int(joint),
                float(weights[:, joint].sum()),
                weights[:, joint] @ self.vertices[corners],
                np.tensordot(weights[:, joint], self.shape[corners], 1),
                np.tensordot(weights[:, joint], self.expression[corners], 1),
                True,
            )
            for joint in np.flatnonzero(weights.sum(0))
        ]
