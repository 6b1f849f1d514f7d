"""Where in a photo somebody can stand: discs of free floor."""

import numpy as np

from understudy.artifacts.room import RoomCamera

RADII = (0.35, 0.6, 1.0)  # m; the smallest is a person's who stands
NEAREST, FARTHEST, ASIDE, STEP = 1.6, 6.0, 3.0, 0.15  # m: the places that are tried
LEAST_FREE = 0.97  # of a disc

_TURN = np.linspace(0, 2 * np.pi, 24, endpoint=False)
_DISC = np.concatenate(
    [share * np.stack([np.cos(_TURN), np.sin(_TURN)], 1) for share in (0.33, 0.66, 1.0)]
)


def find_spots(free: np.ndarray, camera: RoomCamera) -> np.ndarray:
    """Spots (k,3) m, as in room.npz, of a mask (h,w) seen by `camera`."""
    across = np.arange(-ASIDE, ASIDE + STEP / 2, STEP)
    places = np.stack(np.meshgrid(across, np.arange(NEAREST, FARTHEST, STEP)), -1).reshape(-1, 2)
    radius = np.zeros(len(places))
    for tried in RADII:
        share = covered(free, camera, places[:, None] + tried * _DISC, 0.0).mean(1)
        radius[share >= LEAST_FREE] = tried
    return np.column_stack([places, radius])[radius > 0]


def covered(mask: np.ndarray, camera: RoomCamera, places: np.ndarray, height: float) -> np.ndarray:
    """(…) bool: whether points `height` m above floor points (…,2) lie in the picture and on the
    mask (h,w)."""
    h, w = mask.shape
    points = camera.in_space(places) + height * camera.axes[1]
    ahead = points[..., 2] > 0.3
    points[~ahead] = (0, 0, 1)
    pixel = np.floor(camera.project(points)).astype(int)
    x, y = pixel[..., 0], pixel[..., 1]
    inside = ahead & (x >= 0) & (x < w) & (y >= 0) & (y < h)
    return inside & mask[np.clip(y, 0, h - 1), np.clip(x, 0, w - 1)]
