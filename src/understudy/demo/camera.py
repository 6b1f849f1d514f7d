"""Cameras of the demo world: where a phone on a shelf would stand, and how it projects."""

import zlib
from dataclasses import dataclass

import numpy as np

MARGIN = 0.9  # share of the half image that whatever must be in view may fill
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
        """A window of the image."""
        K = self.K.copy()
        K[0, 2] -= left
        K[1, 2] -= top
        return Camera(K, self.viewmat, width, height)

    def widened(self, points: np.ndarray) -> "Camera":
        """With a lens just short enough to show the world points (k,3)."""
        seen = self.to_camera(points)
        slope = np.abs(seen[:, :2] / seen[:, 2:]).max(0)
        focal = MARGIN * 0.5 * np.array([self.width, self.height]) / slope
        K = self.K.copy()
        K[0, 0] = K[1, 1] = min(K[0, 0], *focal)
        return Camera(K, self.viewmat, self.width, self.height)


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
    width: int, height: int, points: np.ndarray, rng: np.random.Generator | None = None
) -> Camera:
    """A phone on a shelf above the waist, 2–2.5 m away, with a lens that shows all `points`.

    points (k,3): whatever of the person has to be in view, in the world, m; rng: jitters azimuth
    (±14°), height, distance and aim as different shelves would; None: the plain view.
    """
    jitter = np.zeros(4) if rng is None else rng.uniform(-1, 1, 4)
    azimuth = np.radians(14 * jitter[0])
    distance = 2.4 + 0.12 * jitter[1]
    low, high = points.min(0), points.max(0)
    middle = 0.5 * (low + high)
    position = np.array(
        [
            middle[0] + distance * np.sin(azimuth),
            1.25 + 0.15 * jitter[2],
            distance * np.cos(azimuth),
        ]
    )
    target = np.array([middle[0] + 0.03 * jitter[3], middle[1], 0.0])
    longest = 10.0 * max(width, height)
    return look_at(position, target, longest, width, height).widened(points)


def background_camera(room: str, width: int, height: int) -> Camera:
    """The view of an empty room as somebody would photograph it, each from a place of its own: from
    1.1 to 1.8 m, tilted down by 5 to 13°, 60 to 70° wide."""
    rng = np.random.default_rng([zlib.crc32(room.encode()), 31])
    aside, above = rng.uniform(-0.7, 0.7), round(rng.uniform(1.1, 1.8), 2)
    place = np.array([aside, above, rng.uniform(2.7, 3.2)])
    yaw = np.degrees(np.arctan2(-aside, 3.4)) + rng.uniform(-8, 8)
    pitch, roll, fov = rng.uniform(-13, -5), rng.normal(0, 0.7), rng.uniform(60, 70)
    return tilted_camera(place, pitch, roll, yaw, fov, width, height)


def tilted_camera(
    position: np.ndarray,
    pitch: float,
    roll: float,
    yaw: float,
    fov: float,
    width: int,
    height: int,
) -> Camera:
    """A hand-held camera at `position`; degrees: pitch looks up, roll turns the picture's content
    clockwise, yaw turns right from the view along −z; fov: the angle of view across the width."""
    p, r, a = np.radians([pitch, roll, yaw])
    turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    tilt = np.array([[1, 0, 0], [0, -np.cos(p), -np.sin(p)], [0, np.sin(p), -np.cos(p)]])
    lean = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    viewmat = np.eye(4)
    viewmat[:3, :3] = lean @ tilt @ turn
    viewmat[:3, 3] = -viewmat[:3, :3] @ position
    focal = width / 2 / np.tan(np.radians(fov) / 2)
    K = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    return Camera(K, viewmat, width, height)
