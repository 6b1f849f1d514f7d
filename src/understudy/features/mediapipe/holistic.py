"""What is seen of a person through a clip: body, face and hands."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Holistic:
    """What was seen of a person in n frames; pixels are continuous, unseen entries are zero.

    pose (n,33,3): x, y px, visibility. world (n,33,3): metres from the hips, x right, y down,
    z away from the camera. seen (n,): a body was found.
    face (n,478,2) px, the last ten are irises; face_seen (n,).
    hands (n,2,21,2) px, left then right; hands_seen (n,2).
    """

    pose: np.ndarray
    world: np.ndarray
    seen: np.ndarray
    face: np.ndarray
    face_seen: np.ndarray
    hands: np.ndarray
    hands_seen: np.ndarray

    @classmethod
    def unseen(cls, n: int) -> "Holistic":
        """n frames in which nothing was seen."""
        return cls(
            pose=np.zeros((n, 33, 3)),
            world=np.zeros((n, 33, 3)),
            seen=np.zeros(n, bool),
            face=np.zeros((n, 478, 2)),
            face_seen=np.zeros(n, bool),
            hands=np.zeros((n, 2, 21, 2)),
            hands_seen=np.zeros((n, 2), bool),
        )
