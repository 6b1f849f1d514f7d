"""World landmarks for keypoints that have none: a flat body, turned as its image suggests."""

import numpy as np

from understudy.observation.observed import MAIN, Observed

_STATURE = 1.7  # m
_WORLD_MAIN = (11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)  # MAIN among the world landmarks
_WORLD_REST = {0: 0, 3: 7, 4: 8, 17: 31, 19: 29, 20: 32, 22: 30}  # nose, ears, toes, heels


def lifted_world(observed: Observed) -> np.ndarray:
    """(n,33,3) m in MediaPipe's order: the image at the body's scale, almost without depth.

    Only shoulders and hips get one. The narrower they look next to the clip's widest, the more the
    body is turned; the nose says to which side, the order of the shoulders whether to the front.
    """
    xy = observed.xy - observed.xy[:, 11:13].mean(1, keepdims=True)
    flat = xy * (_STATURE / 100 / observed.unit)
    world = np.zeros((len(observed), 33, 3))
    world[:, _WORLD_MAIN, :2] = flat[:, MAIN]
    for mark, place in _WORLD_REST.items():
        world[:, place, :2] = flat[:, mark]
    across = flat[:, 5, 0] - flat[:, 6, 0]
    widest = np.percentile(np.abs(across[observed.seen]), 95)
    cosine = (across / max(widest, 1e-6)).clip(-1, 1)
    nose = flat[:, 0, 0] - flat[:, 5:7, 0].mean(1)
    sine = np.where(nose < 0, -1.0, 1.0) * np.sqrt(1 - cosine**2)
    for left, width in ((11, widest), (23, 0.6 * widest)):
        world[:, left, 2], world[:, left + 1, 2] = width * sine / 2, -width * sine / 2
    return world
