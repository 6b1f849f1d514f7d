"""The terms of the fit: small functions that add residuals and derivatives to the equations.

Each takes what is posed, what was seen, and sigmas, and adds to a `NormalEquations`. Robust terms
use the Geman–McClure kernel ρ(r²) = w²r²/(w² + r²) and its weight ρ' (iteratively reweighted).
"""

import numpy as np

from understudy.body import rotation_numpy as rot
from understudy.solver.system import NormalEquations


def robust(square: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Geman–McClure cost and weight of squared residuals, width in the residual's unit."""
    share = width**2 / (width**2 + square)
    return share * square, share**2


def project(points: np.ndarray, camera: np.ndarray) -> np.ndarray:
    """Camera-space points (…,3) m -> pixels (…,2), by K (3,3); a point behind is held at 0.1 m."""
    z = np.maximum(points[..., 2:], 0.1)
    return points[..., :2] / z * np.diag(camera)[:2] + camera[:2, 2]


def add_keypoints(
    equations: NormalEquations,
    points: np.ndarray,
    jacobian: np.ndarray,
    shape_jacobian: np.ndarray | None,
    seen: np.ndarray,
    weight: np.ndarray,
    camera: np.ndarray,
    unit: float,
    width: float,
) -> None:
    """Projected points (n,l,3) against seen (n,l,2) px, weight (n,l), unit px, width in units."""
    n, marks = weight.shape
    z = np.maximum(points[..., 2], 0.1)
    focal = np.diag(camera)[:2] / unit
    residual = (project(points, camera) - seen) / unit
    cost, share = robust((residual**2).sum(-1), width)
    equations.cost += float((weight * cost).sum())
    slope = np.zeros((n, marks, 2, 3), np.float32)  # of the image position in the point
    slope[..., 0, 0], slope[..., 1, 1] = focal[0] / z, focal[1] / z
    slope[..., 2] = -focal * points[..., :2] / z[..., None] ** 2
    final = np.repeat((weight * share)[..., None], 2, -1).reshape(n, -1).astype(np.float32)
    equations.add(
        residual.reshape(n, -1),
        (slope @ jacobian).reshape(n, 2 * marks, -1),
        final,
        None if shape_jacobian is None else (slope @ shape_jacobian).reshape(n, 2 * marks, -1),
    )


def add_directions(
    equations: NormalEquations,
    ends: np.ndarray,
    points: np.ndarray,
    jacobian: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray,
    width: float,
) -> np.ndarray:
    """Unit directions against target (n,m,3); ends (m,L) combine the points into one vector each.

    weight (n,m) is 1/sigma²; width in the unit of unit vectors. Returns the directions (n,m,3).
    """
    n, m = weight.shape
    vector = ends @ points
    length = np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-6)
    along = vector / length
    residual = along - target
    cost, share = robust((residual**2).sum(-1), width)
    equations.cost += float((weight * cost).sum())
    turned = (ends.astype(np.float32) @ jacobian.reshape(n, jacobian.shape[1], -1)).reshape(
        n, m, 3, -1
    )
    across = (np.eye(3) - along[..., :, None] * along[..., None, :]) / length[..., None]
    final = np.repeat((weight * share)[..., None], 3, -1).reshape(n, -1).astype(np.float32)
    equations.add(
        residual.reshape(n, -1),
        (across.astype(np.float32) @ turned).reshape(n, 3 * m, -1),
        final,
    )
    return along


def add_depths(
    equations: NormalEquations,
    ends: np.ndarray,
    points: np.ndarray,
    jacobian: np.ndarray,
    target: float,
    weight: np.ndarray,
    width: float,
) -> None:
    """How much farther than where they start vectors (n,m) end, along the viewing axis, against
    target m; ends (m,L) combine the points into one each.

    weight (n,m) is 1/sigma²; width in m.
    """
    residual = (ends @ points)[..., 2] - target
    cost, share = robust(residual**2, width)
    equations.cost += float((weight * cost).sum())
    slope = ends.astype(np.float32) @ jacobian[:, :, 2]
    equations.add(residual, slope, (weight * share).astype(np.float32))


def add_pose_prior(
    equations: NormalEquations,
    pose: np.ndarray,
    mean: np.ndarray | float,
    sigma: np.ndarray,
    limits: tuple[np.ndarray, np.ndarray],
    limit_sigma: float,
) -> None:
    """A mean pose and joint limits for pose (n,j,3), the rotations after the first (the root's).

    mean (j,3), sigma (j,), limits: the minimum and maximum component, (j,3) each; all rad.
    """
    joints = pose.shape[1]
    slope = rot.log_derivative(pose)
    off, beyond = pose - mean, pose - pose.clip(*limits)
    strength = np.broadcast_to((sigma**-2.0)[:, None], pose.shape)
    hinge = (beyond != 0) / limit_sigma**2
    equations.cost += float((strength * off**2).sum() + (hinge * beyond**2).sum())
    pull = strength * off + hinge * beyond
    turned = slope.swapaxes(-1, -2)
    equations.pull[:, 3 : 3 + 3 * joints] += (turned @ pull[..., None]).reshape(len(pose), -1)
    block = turned @ ((strength + hinge)[..., None] * slope)
    for joint in range(joints):
        at = slice(3 + 3 * joint, 6 + 3 * joint)
        equations.band[0, :, at, at] += block[:, joint]


def add_turn_smoothness(
    equations: NormalEquations, rotations: np.ndarray, weight: np.ndarray
) -> None:
    """Changes of the rotations' (n,j,3,3) velocity, as matrices; weight (j,).

    Second differences, minus those of a steady turn: R(exp δ + exp −δ − 2I), where 2δ leads
    from the frame before to the frame after (taken as a constant, not differentiated).
    With R → R(I + [δ]): ⟨R_a[δ_a], R_b[δ_b]⟩ = δ_aᵀ(tr(M)·I − Mᵀ)δ_b, M = R_aᵀR_b.
    """
    n, joints = rotations.shape[:2]
    if n < 3:
        return
    m, stencil = n - 2, (1.0, -2.0, 1.0)
    half = 0.5 * rot.log(rotations[:-2].swapaxes(-1, -2) @ rotations[2:])
    steady = rotations[1:-1] @ (rot.exp(half) + rot.exp(-half) - 2 * np.eye(3))
    second = rotations[2:] - 2 * rotations[1:-1] + rotations[:-2] - steady
    equations.cost += float((weight[:, None, None] * second**2).sum())
    for i, left in enumerate(stencil):
        spin = rotations[i : i + m].swapaxes(-1, -2) @ second
        pull = np.stack(
            [
                spin[..., 2, 1] - spin[..., 1, 2],
                spin[..., 0, 2] - spin[..., 2, 0],
                spin[..., 1, 0] - spin[..., 0, 1],
            ],
            -1,
        )
        pull *= left * weight[:, None]
        equations.pull[i : i + m, : 3 * joints] += pull.reshape(m, -1)
        for j, right in enumerate(stencil[: i + 1]):
            relative = rotations[i : i + m].swapaxes(-1, -2) @ rotations[j : j + m]
            trace = np.trace(relative, axis1=-2, axis2=-1)[..., None, None]
            block = left * right * (trace * np.eye(3) - relative.swapaxes(-1, -2))
            block *= weight[:, None, None]
            for joint in range(joints):
                at = slice(3 * joint, 3 * joint + 3)
                equations.band[i - j, j : j + m, at, at] += block[:, joint]


def add_motion_smoothness(
    equations: NormalEquations, points: np.ndarray, jacobian: np.ndarray, sigma: np.ndarray
) -> None:
    """Second differences of points (n,k,3), sigma (3,) along x, y, z."""
    n, k = points.shape[:2]
    weight = np.tile(sigma**-2.0, k)
    equations.add_difference(points.reshape(n, -1), jacobian.reshape(n, 3 * k, -1), weight, 2)


def add_contact(
    equations: NormalEquations,
    points: np.ndarray,
    jacobian: np.ndarray,
    standing: np.ndarray,
    sigma: float,
    width: float,
) -> None:
    """Speed of foot points (n,k,3) that stand, m per frame: standing (n−1,k) in [0,1].

    A foot that moves along the viewing axis seems to stand in the image: one that moves much
    faster than `width` is released.
    """
    n, k = points.shape[:2]
    square = (np.diff(points, axis=0) ** 2).sum(-1)
    cost, share = robust(square, width)
    weight = standing / sigma**2
    equations.cost += float((weight * (cost - share * square)).sum())
    equations.add_difference(
        points.reshape(n, -1),
        jacobian.reshape(n, 3 * k, -1),
        np.repeat(weight * share, 3, -1),
        1,
    )
