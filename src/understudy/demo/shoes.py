"""Shoes: separate shells around each foot, so that no toes show."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import cKDTree

from understudy.demo.anatomy import Anatomy
from understudy.demo.noise import SolidNoise, smoothstep
from understudy.demo.volume import Volume

Colour = tuple[int, int, int]
_STATIONS, _ROUND = 48, 40  # vertices along a shoe and around it
_SOLE = 0.016  # m below the foot's own sole
_MARGIN = 0.007  # m of leather around the foot


@dataclass(frozen=True)
class Shoes:
    """Upper, sole, lace and sock colours; height: how far above the ankle joint the shoes reach
    and sock_height: the socks, m."""

    upper: Colour
    sole: Colour = (235, 235, 232)
    laces: Colour | None = (240, 240, 240)
    height: float = 0.01
    socks: Colour | None = (66, 68, 74)
    sock_height: float = 0.08

    def cover(self, places: Anatomy) -> np.ndarray:
        """(k,) metres to the shoe's upper edge: positive inside, negative above."""
        return places.joints["left_ankle"][1] + self.height - places.points[:, 1]


def make_shoes(
    shoes: Shoes, places: Anatomy, weights: np.ndarray, noise: SolidNoise
) -> list[Volume]:
    """The left and the right shoe of a person; places, weights (V,55): of the bare vertices."""
    return [_shell(shoes, places, weights, noise, side) for side in ("left", "right")]


def _shell(
    shoes: Shoes, places: Anatomy, weights: np.ndarray, noise: SolidNoise, side: str
) -> Volume:
    ankle, ball = places.joints[f"{side}_ankle"], places.joints[f"{side}_foot"]
    forward = (ball - ankle) * (1, 0, 1)
    forward /= np.linalg.norm(forward)
    across = np.array([forward[2], 0, -forward[0]])
    top = ankle[1] + shoes.height
    mine = np.flatnonzero(
        (places.foot > 0.3) & (places.points[:, 0] * ankle[0] > 0) & (places.points[:, 1] < top)
    )
    foot = places.points[mine]
    local = np.stack([(foot - ankle) @ across, foot[:, 1], (foot - ankle) @ forward], 1)
    floor = places.points[:, 1].min()
    rows, along = _sections(local, floor, top)
    points = rows[..., :1] * across + rows[..., 1:2] * (0, 1, 0) + rows[..., 2:] * forward
    vertices = points.reshape(-1, 3) + ankle * (1, 0, 1)
    nearest = cKDTree(foot).query(vertices)[1]
    colours = _paint(shoes, rows.reshape(-1, 3), np.repeat(along, _ROUND), floor, vertices, noise)
    return Volume(vertices, _grid_faces(), colours, weights[mine[nearest]])


def _sections(local: np.ndarray, floor: float, top: float) -> tuple[np.ndarray, np.ndarray]:
    """Rings (stations, round, 3) of across, height, along (m); and along as 0 heel to 1 toe.

    local (k,3): the foot in the same axes. Each ring spans the foot's width and height there.
    """
    heel, toe = local[:, 2].min() - 0.006, local[:, 2].max() + 0.012
    along = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, _STATIONS))  # dense at the round ends
    place = heel + (toe - heel) * along
    bounds = []
    for at in np.clip(place, local[:, 2].min() + 0.012, local[:, 2].max() - 0.014):
        near = local[np.abs(local[:, 2] - at) < 0.014]
        bounds.append((near[:, 0].min(), near[:, 0].max(), near[:, 1].max()))
    left, right, high = gaussian_filter1d(np.array(bounds), 1.6, axis=0).T
    end = np.sqrt(np.clip(1 - np.abs(2 * along - 1) ** 7, 0, 1))
    middle, half = 0.5 * (left + right), (0.5 * (right - left) + _MARGIN) * end
    high = np.minimum(high + _MARGIN, top)
    lift = floor - _SOLE + 0.012 * smoothstep(0.75, 1.0, along)  # the toe springs up a little
    turn = np.linspace(0, 2 * np.pi, _ROUND, endpoint=False)
    cosine, sine = np.cos(turn), np.sin(turn)
    wide = np.sign(cosine) * np.abs(cosine) ** 0.75
    base = lift + 0.02
    upper = (high - base)[:, None] * np.clip(sine, 0, None) ** 0.8 * end[:, None]
    lower = -(base - lift)[:, None] * np.clip(-sine, 0, None) ** 0.35
    rings = np.stack(
        [
            middle[:, None] + half[:, None] * wide,
            base[:, None] + upper + lower,
            np.tile(place[:, None], (1, _ROUND)),
        ],
        -1,
    )
    return rings, along


def _grid_faces() -> np.ndarray:
    """Triangles of the closed tube; its ends have shrunk to slits."""
    ring = np.arange(_ROUND)
    nxt = np.roll(ring, -1)
    faces = []
    for station in range(_STATIONS - 1):
        a, b = station * _ROUND + ring, station * _ROUND + nxt
        c, d = b + _ROUND, a + _ROUND
        faces += [np.stack([a, b, c], 1), np.stack([a, c, d], 1)]
    return np.concatenate(faces)


def _paint(
    shoes: Shoes,
    local: np.ndarray,
    along: np.ndarray,
    floor: float,
    vertices: np.ndarray,
    noise: SolidNoise,
) -> np.ndarray:
    colours = np.array(shoes.upper, np.float64) * (
        1 + 0.06 * noise.fractal(vertices, 0.02, 2)
    ).reshape(-1, 1)
    if shoes.laces is not None:
        middle = local.reshape(_STATIONS, _ROUND, 3)[..., 0].mean(1).repeat(_ROUND)
        tongue = np.abs(local[:, 0] - middle) < 0.02
        rungs = ((along / 0.055) % 1 < 0.45) & (along > 0.42) & (along < 0.72)
        raised = local[:, 1] > floor + 0.03
        colours[tongue & rungs & raised] = shoes.laces
    sole = smoothstep(0.010, 0.006, local[:, 1] - floor)
    return colours + (np.array(shoes.sole, np.float64) - colours) * sole[:, None]
