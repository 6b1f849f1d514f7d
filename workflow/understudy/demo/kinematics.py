"""Rotations and forward kinematics in numpy, for motions made of a few numbers a frame."""

import numpy as np
from scipy.spatial.transform import Rotation

MIRROR = np.array([-1.0, 1.0, 1.0])  # the plane x = 0: left and right change places


def rotvec_to_matrix(rotvec: np.ndarray) -> np.ndarray:
    """(…, 3) rad -> (…, 3, 3), by Rodrigues' formula."""
    square = (rotvec**2).sum(-1)
    small = square < 1e-10
    safe = np.where(small, 1.0, square)
    angle = np.sqrt(safe)
    sine = np.where(small, 1 - square / 6, np.sin(angle) / angle)[..., None, None]
    cosine = np.where(small, 0.5 - square / 24, (1 - np.cos(angle)) / safe)[..., None, None]
    x, y, z = np.moveaxis(rotvec, -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*rotvec.shape, 3)
    return np.eye(3) + sine * cross + cosine * (cross @ cross)


def matrix_to_rotvec(matrix: np.ndarray) -> np.ndarray:
    """(…, 3, 3) -> (…, 3) rad, of angle at most π."""
    flat = Rotation.from_matrix(matrix.reshape(-1, 3, 3)).as_rotvec()
    return flat.reshape(matrix.shape[:-1])


def axis_rotation(axis: int, angle: np.ndarray) -> np.ndarray:
    """(…) rad about the axis 0, 1 or 2 -> (…, 3, 3)."""
    angle = np.asarray(angle, float)
    rotvec = np.zeros((*angle.shape, 3))
    rotvec[..., axis] = angle
    return rotvec_to_matrix(rotvec)


def unit(vector: np.ndarray) -> np.ndarray:
    """(…, 3) -> the same directions of length one."""
    vector = np.asarray(vector, float)
    return vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-12)


def forward(
    rest: np.ndarray, parents: tuple[int, ...], rotations: np.ndarray, transl: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Joint positions (n,J,3) and world rotations (n,J,3,3).

    rest (J,3) joints of the T-pose, rotations (n,J,3,3) against the parent, transl (n,3).
    """
    world = np.empty_like(rotations)
    positions = np.empty(rotations.shape[:-1])
    for joint, parent in enumerate(parents):
        if parent < 0:
            world[:, joint] = rotations[:, joint]
            positions[:, joint] = rest[joint] + transl
            continue
        world[:, joint] = world[:, parent] @ rotations[:, joint]
        offset = rest[joint] - rest[parent]
        positions[:, joint] = positions[:, parent] + world[:, parent] @ offset
    return positions, world
