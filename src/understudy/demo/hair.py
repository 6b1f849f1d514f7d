"""Hair: the scalp pushed out and painted, and volumes (bob, tail, bun) grown from it."""

from dataclasses import dataclass

import numpy as np
import pyvista as pv
from scipy.spatial import cKDTree

from understudy.body.skeleton import JOINT_COUNT, JOINT_INDEX
from understudy.demo.anatomy import Anatomy
from understudy.demo.noise import SolidNoise, smoothstep
from understudy.demo.volume import Volume

Colour = tuple[int, int, int]
_FACE = 23
_CELL = 0.006  # m between the samples that a volume is meshed from


@dataclass(frozen=True)
class Hair:
    """kind: short, buzz, fringe (bald on top), or a volume: afro, curly, bob, long, tail, bun.

    top, sides: how far the hair stands off the scalp, m; recede: how far the front hairline has
    moved back, m; end: how far below the ears a bob or long hair ends, m.
    """

    kind: str
    colour: Colour
    top: float = 0.022
    sides: float = 0.012
    recede: float = 0.0
    end: float = 0.09


@dataclass(frozen=True)
class Skull:
    """The head's own frame: centre (3,) between the ears, and the heights of brow and ears, m."""

    centre: np.ndarray
    brow: float
    ear: float
    crown: float

    @staticmethod
    def of(places: Anatomy, marks: np.ndarray) -> "Skull":
        ears = 0.5 * (marks[3] + marks[4])
        brow = marks[_FACE + 17 : _FACE + 27, 1].mean()
        on_head = places.points[places.head > 0.9]
        middle = 0.5 * (on_head[:, 2].max() + on_head[:, 2].min())
        return Skull(np.array([0, ears[1] + 0.03, middle]), brow, ears[1], on_head[:, 1].max())

    def azimuth(self, points: np.ndarray) -> np.ndarray:
        """(k,) degrees from straight ahead (0) to straight back (180)."""
        offset = points - self.centre
        return np.degrees(np.arctan2(np.abs(offset[:, 0]), offset[:, 2]))

    def hairline(self, azimuth: np.ndarray, hair: Hair) -> np.ndarray:
        """(k,) height above which hair grows, m."""
        front = self.brow + 0.052 + hair.recede
        if hair.kind == "fringe":
            front = self.crown + 0.05
        angles = [0, 30, 50, 64, 74, 84, 90, 108, 120, 135, 180]
        temple = min(front, self.brow + 0.075 + hair.recede)
        heights = [
            front,
            front,
            temple - 0.012,
            self.brow + 0.012 + 0.5 * hair.recede,
            self.ear - 0.004,
            self.ear - 0.002,
            self.ear + 0.034,
            self.ear + 0.030,
            self.ear - 0.006,
            self.ear - 0.030,
            self.ear - 0.045,
        ]
        if hair.kind == "fringe":  # a wreath around the back, bare above
            heights[:4] = [front] * 4
        return np.interp(azimuth, angles, heights)


def growth(hair: Hair, skull: Skull, places: Anatomy, noise: SolidNoise) -> np.ndarray:
    """(k,) 0–1: where hair grows, its edge a little ragged."""
    azimuth = skull.azimuth(places.points)
    line = skull.hairline(azimuth, hair) + 0.004 * noise(places.points, 0.008)
    mask = smoothstep(-0.003, 0.004, places.points[:, 1] - line) * (places.head > 0.4)
    if hair.kind == "fringe":
        mask = mask * smoothstep(0.012, -0.012, places.points[:, 1] - (skull.brow + 0.035))
    return mask


def style_scalp(
    hair: Hair, skull: Skull, places: Anatomy, vertices: np.ndarray, noise: SolidNoise
) -> np.ndarray:
    """Vertices (V,3) with the scalp pushed out to the hair's surface."""
    grown = growth(hair, skull, places, noise)
    up = smoothstep(skull.ear + 0.02, skull.crown - 0.01, places.points[:, 1])
    stand = hair.sides + (hair.top - hair.sides) * up
    inside = places.points[:, 1] - skull.hairline(skull.azimuth(places.points), hair)
    stand = stand * smoothstep(-0.004, 0.02, inside)
    clumps = 1 + 0.25 * noise.fractal(places.points, (0.018, 0.04, 0.018), 2)
    outward = places.points - skull.centre
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    outward = outward + places.normals
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-6)
    return vertices + (grown * stand * clumps)[:, None] * outward


def paint_hair(
    hair: Hair, skull: Skull, places: Anatomy, image: np.ndarray, noise: SolidNoise
) -> np.ndarray:
    """Colours (k,3): hair over the colours of the skin."""
    on = np.flatnonzero(places.head > 0.4)
    grown = growth(hair, skull, places.at(on), noise)
    if hair.kind == "buzz":
        grown = 0.8 * grown
    colours = strands(hair.colour, places.points[on], skull, noise)
    image = image.copy()
    image[on] += (colours - image[on]) * grown[:, None]
    return image


def strands(colour: Colour, points: np.ndarray, skull: Skull, noise: SolidNoise) -> np.ndarray:
    """(k,3) colours of hair: fine streaks that fall from the crown, paler on top."""
    offset = points - skull.centre
    turn = np.arctan2(offset[:, 0], offset[:, 2]) * 0.1
    sweep = np.stack([turn, offset[:, 1], np.linalg.norm(offset, axis=1)], 1)
    streaks = 0.22 * noise.fractal(sweep, (0.006, 0.08, 0.03), 2)
    streaks = streaks + 0.12 * noise(sweep, (0.03, 0.12, 0.05))
    shine = 0.25 * np.exp(-(((offset[:, 1] - 0.055) / 0.02) ** 2))
    light = (1 + streaks) * (1 + shine)
    return (np.array(colour, np.float64) + 6) * light[:, None]


def grow_volume(hair: Hair, skull: Skull, places: Anatomy, noise: SolidNoise) -> Volume:
    """The hair that stands off the scalp too far to be a pushed-out skin; none for short hair."""
    if hair.kind not in _SHAPES:
        return Volume.none()
    grown = growth(hair, skull, places, noise) > 0.5
    low = np.array([-0.19, skull.ear - hair.end - 0.06, skull.centre[2] - 0.24])
    high = np.array([0.19, skull.crown + 0.11, skull.centre[2] + 0.16])
    count = np.ceil((high - low) / _CELL).astype(int) + 1
    grid = pv.ImageData(dimensions=count, spacing=(_CELL,) * 3, origin=low)
    points = np.asarray(grid.points, np.float64)
    field = _SHAPES[hair.kind](hair, skull, places.points[grown], points)
    field = field + 0.25 * _lumps(hair, points, noise)
    surface = grid.contour([0.0], scalars=field, method="flying_edges").triangulate()
    vertices = np.asarray(surface.points, np.float64)
    faces = surface.faces.reshape(-1, 4)[:, 1:]
    colours = strands(hair.colour, vertices, skull, noise)
    weights = np.zeros((len(vertices), JOINT_COUNT))
    hangs = smoothstep(0.0, -0.16, vertices[:, 1] - places.joints["neck"][1])
    if hair.kind == "tail":
        hangs = 0.4 * hangs
    weights[:, JOINT_INDEX["head"]] = 1 - hangs
    weights[:, JOINT_INDEX["spine3"]] = hangs
    return Volume(vertices, faces, colours, weights)


def _lumps(hair: Hair, points: np.ndarray, noise: SolidNoise) -> np.ndarray:
    if hair.kind in ("afro", "curly"):
        return 0.03 * noise.fractal(points, 0.03, 2)
    return 0.016 * noise.fractal(points, (0.02, 0.12, 0.02), 2)


def _union(first: np.ndarray, second: np.ndarray, soft: float = 0.015) -> np.ndarray:
    """Smooth minimum of two distance fields (Quilez's polynomial form)."""
    h = np.clip(0.5 + 0.5 * (second - first) / soft, 0, 1)
    return second + (first - second) * h - soft * h * (1 - h)


def _cap(hair: Hair, skull: Skull, scalp: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Distance to the hair that stands `sides` to `top` off the scalp."""
    field = np.full(len(points), 0.2)
    near = np.flatnonzero(points[:, 1] > scalp[:, 1].min() - 0.08)
    distance, _ = cKDTree(scalp).query(points[near], distance_upper_bound=0.15)
    up = smoothstep(skull.ear, skull.crown, points[near, 1])
    stand = hair.sides + (hair.top - hair.sides) * up
    field[near] = np.minimum(distance, 0.2) - stand
    return field


def _curtain(
    hair: Hair, skull: Skull, points: np.ndarray, opening: float, radii: tuple[float, float]
) -> np.ndarray:
    """Hair that falls around the head from the ears down, open in front by ±`opening` degrees."""
    offset = points - skull.centre
    fall = np.clip((skull.ear - points[:, 1]) / max(hair.end, 0.05), 0, 1)
    narrow = 1 - 0.12 * fall**2
    ring = np.hypot(offset[:, 0] / (radii[0] * narrow), offset[:, 2] / (radii[1] * narrow))
    shell = np.abs(ring - 1) * radii[0] - 0.017 * (1 - 0.45 * fall)
    azimuth = skull.azimuth(points)
    front = np.radians(opening - azimuth) * 0.1
    top = points[:, 1] - (skull.ear + 0.05)
    bottom = (skull.ear - hair.end) - points[:, 1]
    return -_union(-np.maximum(shell, top), -np.maximum(front, bottom), 0.02)


def _capsules(points: np.ndarray, line: np.ndarray, radii: list[float]) -> np.ndarray:
    """Distance to a chain of round cones through the points `line` (m,3)."""
    best = np.full(len(points), 1.0)
    for a, b, ra, rb in zip(line[:-1], line[1:], radii[:-1], radii[1:], strict=True):
        along = b - a
        t = np.clip((points - a) @ along / (along @ along), 0, 1)
        best = np.minimum(
            best, np.linalg.norm(points - a - t[:, None] * along, axis=1) - (ra + (rb - ra) * t)
        )
    return best


def _bob(hair, skull, scalp, points):
    return _union(
        _cap(hair, skull, scalp, points), _curtain(hair, skull, points, 72, (0.077, 0.094))
    )


def _long(hair, skull, scalp, points):
    sides = _curtain(hair, skull, points, 82, (0.079, 0.096))
    back = skull.centre[2] - 0.035 - points[:, 2]
    lower = smoothstep(skull.ear - 0.05, skull.ear - 0.12, points[:, 1])
    sides = np.maximum(sides, -back - 0.3 * (1 - lower))  # below the chin only behind the neck
    return _union(_cap(hair, skull, scalp, points), sides)


def _tail(hair, skull, scalp, points):
    start = np.array([0, skull.ear + 0.075, scalp[:, 2].min() - 0.005])
    line = start + np.array(
        [[0, 0, 0.02], [0, 0.01, -0.03], [0, -0.05, -0.055], [0, -0.05 - hair.end, -0.045]]
    )
    return _union(
        _cap(hair, skull, scalp, points), _capsules(points, line, [0.02, 0.024, 0.03, 0.012])
    )


def _bun(hair, skull, scalp, points):
    centre = np.array([0, skull.ear + 0.105, scalp[:, 2].min() - 0.01])
    ball = np.linalg.norm((points - centre) / (1.1, 1, 0.9), axis=1) - 0.038
    return _union(_cap(hair, skull, scalp, points), ball)


_SHAPES = {"afro": _cap, "curly": _cap, "bob": _bob, "long": _long, "tail": _tail, "bun": _bun}
