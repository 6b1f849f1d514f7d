"""How people stand in the demo's backgrounds, against the cameras that photographed them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.placed import Placed, load_placed
from understudy.artifacts.room import axes
from understudy.demo.camera import Camera, background_camera

STATURE = 1.7  # m: of who is compared


@dataclass(frozen=True)
class Photos:
    """Background images of the demo world: rooms, their ids by the background's; width, height: of
    each, px."""

    rooms: dict[str, str]
    width: int
    height: int

    def camera_of(self, background: str) -> Camera:
        return background_camera(self.rooms[background], self.width, self.height)


def measure_rooms(labels: list[Path], photos: Photos) -> dict[str, float]:
    """Over all videos by their labels: median and largest error of the camera's pitch, degrees;
    10th and 90th percentile of how tall a person is drawn, as a share of how tall they would be
    filmed there; how many show another photo than they had drawn, and how many lack something."""
    records = [placed for path in labels if (placed := load_placed(path))]
    cameras = [photos.camera_of(record.background) for record in records]
    pairs = list(zip(records, cameras, strict=True))
    off = [abs(record.pitch - _pitch(camera)) for record, camera in pairs]
    ratios = [height_ratio(record, camera) for record, camera in pairs]
    return {
        "room_pitch_deg": float(np.median(off)),
        "room_pitch_worst_deg": float(max(off)),
        "placed_height_ratio_p10": float(np.percentile(ratios, 10)),
        "placed_height_ratio_p90": float(np.percentile(ratios, 90)),
        "placed_elsewhere": sum(bool(record.passed_over) for record in records),
        "placed_lacking": sum(bool(record.lacks) for record in records),
    }


def height_ratio(placed: Placed, camera: Camera) -> float:
    """How tall somebody is drawn at the place of a record, as a share of how tall a photo by
    `camera` would show them, standing where the same pixel shows the floor."""
    K = np.array(placed.K)
    right, up, back = axes(placed.pitch, placed.roll, 0.0)
    feet = placed.right * right - placed.height * up - placed.forward * back
    drawn = _pixels(K, np.stack([feet, feet + STATURE * up]))
    scale = max(2 * K[0, 2] / camera.width, 2 * K[1, 2] / camera.height)  # the photo covers it
    true_K = K.copy()
    true_K[0, 0] = true_K[1, 1] = scale * camera.K[0, 0]
    vertical = camera.viewmat[:3, 1]
    ray = np.linalg.solve(true_K, [*drawn[0], 1.0])
    stands = ray * camera.position[1] / -(ray @ vertical)
    filmed = _pixels(true_K, np.stack([stands, stands + STATURE * vertical]))
    return float(np.linalg.norm(drawn[1] - drawn[0]) / np.linalg.norm(filmed[1] - filmed[0]))


def _pixels(K: np.ndarray, points: np.ndarray) -> np.ndarray:
    image = points @ K.T
    return image[:, :2] / image[:, 2:]


def _pitch(camera: Camera) -> float:
    """Degrees by which a camera looks up."""
    return float(np.degrees(np.arcsin(camera.viewmat[2, 1])))
