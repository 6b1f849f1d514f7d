"""A background photo with what was found in it: horizon, floor, a grid on it, places to stand."""

from pathlib import Path

import cv2
import numpy as np

from understudy.artifacts.room import Room, RoomCamera, load_room
from understudy.report.grid import Row, make_sheet, write_jpeg
from understudy.video.image import open_image

WIDTH = 960  # px
GRID, FAR, ASIDE = 0.5, 7.0, 5.0  # m
HORIZON, LINES, FLOOR, SPOT = (230, 60, 50), (60, 200, 90), (70, 120, 255), (250, 210, 60)
_FINE = 16  # OpenCV's fractions of a pixel
_SHIFT = 4


def sheet_background(image: Path, room: Path, out: Path) -> None:
    """Draw a room.npz on its photo, both next to each other; writes a JPEG."""
    photo, found = np.asarray(open_image(image)), load_room(room)
    height = round(photo.shape[0] * WIDTH / photo.shape[1])
    plain = cv2.resize(photo, (WIDTH, height), interpolation=cv2.INTER_AREA)
    write_jpeg(out, make_sheet([Row(caption(found), np.stack([plain, drawn(plain, found)]))]))


def caption(room: Room) -> str:
    """The camera with its doubts, and why the photo was refused."""
    camera, sigma, origin = room.camera, room.about["sigma"], room.about["origin"]
    wide = 2 * np.degrees(np.arctan(max(camera.width, camera.height) / 2 / camera.focal))
    parts = [
        f"{wide:.0f}° wide ± {sigma['focal']:.0%} ({origin['focal']})",
        f"pitch {camera.pitch:.1f} ± {sigma['pitch']:.1f}° ({origin['pitch']})",
        f"{camera.above:.2f} ± {sigma['height']:.2f} m high ({origin['height']})",
        f"floor {room.about['score']:.2f}" if room.refused is None else f"refused: {room.refused}",
    ]
    return ", ".join(parts)


def drawn(picture: np.ndarray, room: Room) -> np.ndarray:
    """The picture (h,w,3) with the room drawn on it."""
    h, w = picture.shape[:2]
    camera = room.camera.resized(w, h)
    free = cv2.resize(room.free.astype(np.float32), (w, h)) > 0.5
    shown = picture.copy()
    shown[free] = (0.65 * shown[free] + 0.35 * np.array(FLOOR)).astype(np.uint8)
    for line in _grid(camera.walls):
        _draw(shown, camera.in_space(line), camera, LINES)
    turn = np.linspace(0, 2 * np.pi, 25)
    circle = np.stack([np.cos(turn), np.sin(turn)], 1)
    for right, forward, radius in room.spots[:: max(1, len(room.spots) // 40)]:
        _draw(shown, camera.in_space(np.array([right, forward]) + radius * circle), camera, SPOT)
    right, _, back = camera.axes
    _draw(shown, 1e3 * (np.linspace(-3, 3, 7)[:, None] * right - back), camera, HORIZON)
    return shown


def _grid(walls: float) -> list[np.ndarray]:
    """Lines (k,2) m on the floor, along the walls and across."""
    a = np.radians(walls)
    along, across = np.array([-np.sin(a), np.cos(a)]), np.array([np.cos(a), np.sin(a)])
    reach = np.arange(-FAR, FAR + 0.05, 0.1)[:, None]
    lines = []
    for at in np.arange(-FAR, FAR + GRID / 2, GRID):
        lines += [at * across + reach * along, at * along + reach * across]
    return [line[(line[:, 1] < FAR) & (np.abs(line[:, 0]) < ASIDE)] for line in lines]


def _draw(
    picture: np.ndarray, points: np.ndarray, camera: RoomCamera, colour: tuple[int, int, int]
) -> None:
    """A line through camera-space points (k,3), where they are in front of the camera."""
    seen = points[:, 2] > 0.1
    pixels = camera.project(np.where(seen[:, None], points, (0, 0, 1)))
    ends = np.round(np.clip(pixels, -2000, 4000) * _FINE).astype(int)
    for i in np.flatnonzero(seen[:-1] & seen[1:]):
        cv2.line(picture, ends[i], ends[i + 1], colour, 1, cv2.LINE_AA, _SHIFT)
