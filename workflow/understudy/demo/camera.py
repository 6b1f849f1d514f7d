"""Cameras of the demo world: where a phone on a shelf would stand, and how it projects."""

from dataclasses import dataclass

import numpy as np

NEAR, FAR = 0.2, 14.0  # m: nothing in the world is nearer or farther


@dataclass(frozen=True)
class Camera:
    """A pinhole camera. K (3,3) px; viewmat (4,4): world (y up) to camera (x right, y down, z
    forward), m; width and height in px."""

    K: np.ndarray
    viewmat: np.ndarray
    width: int
    height: int

    @property
    def position(self) -> np.ndarray:
        """(3,) in the world."""
        return -self.viewmat[:3, :3].T @ self.viewmat[:3, 3]

    def to_camera(self, points: np.ndarray) -> np.ndarray:
        """World points (…,3) in camera space."""
        return points @ self.viewmat[:3, :3].T + self.viewmat[:3, 3]

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels (…,2) of camera-space points (…,3); pixel centres at +0.5."""
        image = points @ self.K.T
        return image[..., :2] / image[..., 2:]

    def scaled(self, factor: int) -> "Camera":
        """The same view with `factor` times the pixels."""
        K = self.K.copy()
        K[:2] *= factor
        return Camera(K, self.viewmat, self.width * factor, self.height * factor)

    def cropped(self, left: int, top: int, width: int, height: int) -> "Camera":
        """A window of the picture."""
        K = self.K.copy()
        K[0, 2] -= left
        K[1, 2] -= top
        return Camera(K, self.viewmat, width, height)


def look_at(
    position: np.ndarray, target: np.ndarray, focal: float, width: int, height: int
) -> Camera:
    """A level camera at `position` that looks at `target`; focal length in px."""
    forward = np.asarray(target, np.float64) - position
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, (0, 1, 0))
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(forward, right), forward])
    viewmat = np.eye(4)
    viewmat[:3, :3] = rotation
    viewmat[:3, 3] = -rotation @ position
    K = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    return Camera(K, viewmat, width, height)


def phone_camera(
    width: int,
    height: int,
    stature: float,
    rng: np.random.Generator | None = None,
    reach: float = 0.0,
) -> Camera:
    """A phone on a shelf above the waist, 2–2.5 m away, the whole person in view.

    stature: the person's height, m; reach: room kept beside and above them for what they do, m;
    rng: jitters azimuth (±14°), height, distance and aim as different shelves would; None: the
    plain view. The lens is chosen so that the person and their reach fit.
    """
    jitter = np.zeros(5) if rng is None else rng.uniform(-1, 1, 5)
    azimuth = np.radians(14 * jitter[0])
    shelf = 1.25 + 0.15 * jitter[1]
    distance = 2.4 + 0.15 * jitter[2]
    position = np.array([distance * np.sin(azimuth), shelf, distance * np.cos(azimuth)])
    middle = 0.5 * stature + 0.03 + 0.02 * jitter[4]
    target = np.array([0.03 * jitter[3], middle, 0.0])
    # Nearer parts of the body loom larger: leave 0.3 m of depth beyond the plain pinhole size.
    tall = (stature + 0.22 + reach) / (distance - 0.3)
    wide = (1.05 + 1.4 * reach) / (distance - 0.3)
    focal = min(height / tall, width / wide)
    return look_at(position, target, focal, width, height)
