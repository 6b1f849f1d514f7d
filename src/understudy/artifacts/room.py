"""room.npz: a background photo as a place to stand in: its camera, its floor, its light.

floor, free (h,w) bool: the floor that is seen, and that part of it below which there is nothing but
floor down to the photo's lower edge; both at a reduced size, longer side at most 320 px.
spots (k,3) float32 m: places to stand, each right and forward of the point of the floor below the
camera, and the radius of a disc about it that is all free floor. depth (h,w) float16 m along the
camera's axis, 0 where unknown; only from a back-end that measures it.

About: kind, backend, model (digest of a network's weights), picture, digest, size (h, w) px of the
upright photo, camera (focal px; pitch, roll, walls degrees; height m), sigma of each of these (of
the focal length as a share of it), origin of each and of the floor ("lines", "exif", "picture",
"table", "usual", "depth"), support (share of the lines that the camera explains), score (of there
being floor, in [0,1]), light, refused (why nobody can be shown standing here, or null).
"""

from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Shapes, load_arrays, save_arrays

KIND = "room"
SHAPES: Shapes = {"floor": ("h", "w"), "free": ("h", "w"), "spots": ("k", 3)}
OPTIONAL: Shapes = {"depth": ("p", "q")}
LONGER_SIDE = 320  # px of the masks


@dataclass(frozen=True)
class RoomCamera:
    """A pinhole camera above a level floor; its principal point is the picture's middle.

    width, height of the picture and focal, px; pitch, roll: degrees, of how far the camera looks
    up and of how far the picture's content is turned clockwise; walls: degrees in [−45, 45) by
    which the camera is turned to the right of the walls' direction; above: of the camera over the
    floor, m.

    Camera space is x right, y down, z forward, m. Floor points are right and forward of the point
    of the floor below the camera, m.
    """

    width: int
    height: int
    focal: float
    pitch: float
    roll: float
    walls: float
    above: float

    @cached_property
    def axes(self) -> np.ndarray:
        """(3,3): right, up and back along the floor, in camera space, one per row."""
        return axes(self.pitch, self.roll, 0.0)

    @property
    def K(self) -> np.ndarray:
        """(3,3) px."""
        f, w, h = self.focal, self.width, self.height
        return np.array([[f, 0, w / 2], [0, f, h / 2], [0, 0, 1.0]])

    @property
    def view(self) -> np.ndarray:
        """(4,4): from the floor's axes, right, up and back, m, to camera space."""
        return view_of(self.axes, self.above)

    def resized(self, width: int, height: int) -> "RoomCamera":
        """The same view in a picture of another size and the same shape."""
        return RoomCamera(
            *(width, height, self.focal * width / self.width),
            *(self.pitch, self.roll, self.walls, self.above),
        )

    def in_space(self, floor: np.ndarray) -> np.ndarray:
        """Floor points (…,2) in camera space (…,3)."""
        right, up, back = self.axes
        return floor[..., :1] * right - self.above * up - floor[..., 1:] * back

    def over_floor(self, points: np.ndarray) -> np.ndarray:
        """Camera-space points (…,3) by their floor point, right and forward, and how high they are
        above it, m."""
        right, up, back = self.axes
        return np.stack([points @ right, -(points @ back), points @ up + self.above], -1)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels (…,2) of camera-space points (…,3) in front of the camera."""
        image = points @ self.K.T
        return image[..., :2] / image[..., 2:]

    def rays(self) -> np.ndarray:
        """(h,w,3): camera-space directions of the pixels' centres, with z = 1."""
        x = (np.arange(self.width) + 0.5 - self.width / 2) / self.focal
        y = (np.arange(self.height) + 0.5 - self.height / 2) / self.focal
        return np.dstack([*np.meshgrid(x, y), np.ones((self.height, self.width))])

    def floor_depth(self) -> np.ndarray:
        """(h,w) m along the camera's axis of the floor in each pixel; inf above the horizon."""
        return self._depth_along(self.rays())

    def floor_points(self) -> np.ndarray:
        """(h,w,2): the floor point in each pixel; inf above the horizon."""
        return self.floor_along(self.rays())

    def floor_along(self, rays: np.ndarray) -> np.ndarray:
        """(…,2): where rays (…,3) of camera space, with z = 1, meet the floor; inf if they rise."""
        depth = self._depth_along(rays)
        seen = np.isfinite(depth)
        right, _, back = self.axes
        points = np.full((*depth.shape, 2), np.inf)
        points[seen] = rays[seen] * depth[seen, None] @ np.stack([right, -back], 1)
        return points

    def _depth_along(self, rays: np.ndarray) -> np.ndarray:
        """(…,) m along the camera's axis, of the same."""
        fall = -(rays @ self.axes[1])
        return np.divide(self.above, fall, out=np.full(fall.shape, np.inf), where=fall > 1e-3)


def view_of(axes: np.ndarray, above: float) -> np.ndarray:
    """(4,4): to the space of a camera `above` m over a floor from the floor's axes (3,3), right, up
    and back, one per row in that space; the origin is the point of the floor below the camera."""
    view = np.eye(4)
    view[:3, :3] = axes.T
    view[:3, 3] = -above * axes[1]
    return view


def axes(pitch: float, roll: float, yaw: float) -> np.ndarray:
    """(3,3): a room's axes right, up and back as rows in the space of a camera (x right, y down,
    z forward) that is pitched up, rolled, and turned right by `yaw` in it; degrees."""
    p, r, a = np.radians([pitch, roll, yaw])
    tilt = np.array([[1, 0, 0], [0, -np.cos(p), -np.sin(p)], [0, np.sin(p), -np.cos(p)]])
    lean = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    turn = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    return turn @ (lean @ tilt).T


@dataclass(frozen=True)
class Light:
    """How a photo's light falls. white (3,): the brightest of each channel (98th percentile), 0–1;
    shadow: share of the light that is missing where things stand on the floor, 0–1; softness: how
    far from there, m, half of that is missing; each with its standard error. lamps: floor points
    below where the lamp or window may be that casts the shadows, each as likely as the others; none
    if the floor does not tell."""

    white: tuple[float, float, float]
    shadow: float
    shadow_sigma: float
    softness: float
    softness_sigma: float
    lamps: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Room:
    """What is known of a photo; arrays and metadata as the module says."""

    camera: RoomCamera
    floor: np.ndarray
    free: np.ndarray
    spots: np.ndarray
    light: Light
    about: dict
    depth: np.ndarray | None = None

    @property
    def refused(self) -> str | None:
        """Why nobody can be shown standing here."""
        return self.about["refused"]

    @property
    def small(self) -> RoomCamera:
        """The camera of the masks."""
        return self.camera.resized(*self.floor.shape[::-1])


def save_room(path: Path | str, room: Room) -> None:
    """Write a room.npz; `room.about` without kind, size, camera and light, which are added."""
    arrays = {"floor": room.floor, "free": room.free, "spots": room.spots.astype(np.float32)}
    if room.depth is not None:
        arrays["depth"] = room.depth.astype(np.float16)
    camera = room.camera
    about = {
        **room.about,
        "kind": KIND,
        "size": [camera.height, camera.width],
        "camera": {
            **{name: getattr(camera, name) for name in ("focal", "pitch", "roll", "walls")},
            "height": camera.above,
        },
        "light": asdict(room.light),
    }
    save_arrays(path, arrays, about)


def load_room(path: Path | str) -> Room:
    """Read a room.npz; UserError if it is anything else or damaged."""
    stored = load_arrays(path, KIND, None, SHAPES, OPTIONAL)
    height, width = stored.about["size"]
    values = stored.about["camera"]
    camera = RoomCamera(
        *(width, height),
        *(values[name] for name in ("focal", "pitch", "roll", "walls", "height")),
    )
    light = stored.about["light"]
    return Room(
        camera=camera,
        floor=stored["floor"],
        free=stored["free"],
        spots=stored["spots"],
        light=Light(
            **{**light, "white": tuple(light["white"]), "lamps": tuple(map(tuple, light["lamps"]))}
        ),
        about=stored.about,
        depth=stored["depth"].astype(np.float32) if "depth" in stored else None,
    )
