"""Forward kinematics in NumPy, for motions made of a few numbers per frame."""

import numpy as np

from understudy.body import rotation_numpy as rot

MIRROR = np.array([-1.0, 1.0, 1.0])  # the plane x = 0: left and right change places


def axis_rotation(axis: int, angle: np.ndarray) -> np.ndarray:
    """(…) rad about the axis 0, 1 or 2 -> (…, 3, 3)."""
    angle = np.asarray(angle, float)
    rotvec = np.zeros((*angle.shape, 3))
    rotvec[..., axis] = angle
    return rot.exp(rotvec)


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
