"""Clothes: regions of the body that are pushed out a little and painted."""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags
from scipy.spatial import ConvexHull

from understudy.demo.anatomy import Anatomy, vertex_normals
from understudy.demo.cloth_patterns import Colour, Pattern, paint_pattern
from understudy.demo.noise import SolidNoise, smoothstep
from understudy.demo.shoes import Shoes

_SLICE = 0.015  # m: height of the slices in which cloth spans the trunk's hollows
_FAR = 1.0  # m: "well inside" for an edge that does not concern a place


@dataclass(frozen=True)
class Top:
    """A shirt, jersey or dress top.

    sleeve: where it ends on the arm (0 shoulder, 1 wrist; negative: none); hem: where it ends on
    the trunk (0 pelvis joint; negative: below); neck: (half width, half depth) of the opening as
    shares of the neck's own; low: how far the opening dips in front, m; thickness m; sleeve_radius
    m: cloth on the arm is at least this far from its axis; buttons: a placket down the front;
    collar: colour of a collar band or None.
    """

    pattern: Pattern
    sleeve: float = 0.4
    hem: float = -0.12
    neck: tuple[float, float] = (1.15, 1.2)
    low: float = 0.05
    thickness: float = 0.008
    sleeve_radius: float = 0.062
    buttons: Colour | None = None
    collar: Colour | None = None

    def cover(self, places: Anatomy) -> np.ndarray:
        """(k,) metres to the nearest edge of the cloth: positive inside, negative outside."""
        x, y, z = places.points.T
        joints = places.joints
        neck, pelvis = joints["neck"], joints["pelvis"]
        hem = y - (pelvis[1] + self.hem * (neck[1] - pelvis[1]))
        hem = np.where(places.on_arm, _FAR, hem)
        reach = joints["left_wrist"][0] - joints["left_shoulder"][0]
        sleeve = np.where(places.on_arm, (self.sleeve - places.arm) * reach, _FAR)
        wide, deep = 0.062 * self.neck[0], 0.066 * self.neck[1]
        front = z > neck[2] + 0.02
        above = np.where(front, y - (neck[1] - self.low), y - (neck[1] - 0.03))
        ring = (
            np.hypot(
                x / wide,
                np.where(
                    front, (z - neck[2] - 0.02) / (deep + self.low), (z - neck[2] - 0.02) / deep
                ),
            )
            - 1
        )
        opening = np.where(np.abs(x) < 0.16, np.maximum(ring * wide, -above), _FAR)
        head = np.where(places.on_arm, _FAR, 0.1 * (0.3 - places.head))
        return np.minimum.reduce([hem, sleeve, opening, head])


@dataclass(frozen=True)
class Bottom:
    """Trousers or shorts. length: where they end (0 hip joint, 1 ankle); waist: where they begin
    on the trunk; radius m: the legs' cloth is at least this far from the leg's axis."""

    pattern: Pattern
    length: float = 0.98
    waist: float = 0.17
    thickness: float = 0.007
    radius: float = 0.068
    belt: Colour | None = None

    def cover(self, places: Anatomy) -> np.ndarray:
        """As Top.cover."""
        joints = places.joints
        leg = joints["left_hip"][1] - joints["left_ankle"][1]
        trunk = joints["neck"][1] - joints["pelvis"][1]
        end = (self.length - places.leg) * leg
        return np.where(
            places.limb > 0.5, -_FAR, np.minimum(end, (self.waist - places.trunk) * trunk)
        )


@dataclass(frozen=True)
class Outfit:
    """What a person wears; the top hangs over the bottom unless it is tucked in."""

    top: Top
    bottom: Bottom
    shoes: Shoes
    tucked: bool = False
    order: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        order = ("top", "bottom") if self.tucked else ("bottom", "top")
        object.__setattr__(self, "order", order)


def dress(outfit: Outfit, places: Anatomy, faces: np.ndarray, noise: SolidNoise) -> np.ndarray:
    """Vertices (V,3) of the dressed body: smoothed under cloth, pushed out, creased."""
    vertices, normals = places.points, places.normals
    blur = _neighbour_mean(faces, len(vertices))
    moved = vertices.copy()
    for name in outfit.order:
        garment = getattr(outfit, name)
        inside = smoothstep(-0.004, 0.010, garment.cover(places))
        smooth = moved
        for _ in range(14):
            smooth = smooth + 0.6 * inside[:, None] * (blur @ smooth - smooth)
        fill = np.maximum(((smooth - moved) * normals).sum(1), 0)  # cloth spans hollows
        out = garment.thickness + np.minimum(fill, 0.03)
        out = out + 0.0035 * noise.fractal(vertices, (0.07, 0.045, 0.07), 2)
        moved = moved + (inside * np.maximum(out, 0.003))[:, None] * normals
        moved = _drape(moved, inside * (places.leg < 0.1) * ~places.on_arm, places)
        moved = _hang(garment, moved, inside, places)
    relaxed = np.maximum.reduce(
        [smoothstep(0.0, 0.01, getattr(outfit, name).cover(places)) for name in outfit.order]
    )
    for _ in range(2):
        moved = moved + 0.5 * relaxed[:, None] * (blur @ moved - moved)
    return moved


def _drape(moved: np.ndarray, inside: np.ndarray, places: Anatomy) -> np.ndarray:
    """Cloth around the trunk spans its hollows: each slice is pushed out to its convex hull."""
    moved = moved.copy()
    on = np.flatnonzero(inside > 0.05)
    slice_of = np.floor(places.points[on, 1] / _SLICE).astype(int)
    centre = places.joints["pelvis"][[0, 2]]
    flat = moved[on][:, [0, 2]] - centre
    for level in np.unique(slice_of):
        band = np.abs(slice_of - level) <= 1
        mine = slice_of == level
        if band.sum() < 20:
            continue
        edges = ConvexHull(flat[band]).equations  # n·p + d <= 0 inside, |n| = 1
        radius = np.maximum(np.linalg.norm(flat[mine], axis=1), 1e-6)
        ray = flat[mine] / radius[:, None]
        facing = ray @ edges[:, :2].T
        reach = np.where(facing > 1e-6, -edges[:, 2] / np.maximum(facing, 1e-6), np.inf).min(1)
        push = np.clip(0.97 * reach - radius, 0, 0.05) * inside[on[mine]]
        moved[np.ix_(on[mine], [0, 2])] += push[:, None] * ray
    return moved


def _hang(
    garment: Top | Bottom, moved: np.ndarray, inside: np.ndarray, places: Anatomy
) -> np.ndarray:
    """Sleeves and trouser legs as tubes: no closer to the limb's axis than their radius."""
    joints = places.joints
    if isinstance(garment, Bottom):
        knots = [joints[f"left_{name}"] for name in ("hip", "knee", "ankle")]
        heights = np.array([knot[1] for knot in knots])
        axis_x = np.interp(-moved[:, 1], -heights, [knot[0] for knot in knots]) * places.side
        axis_z = np.interp(-moved[:, 1], -heights, [knot[2] for knot in knots])
        offset = np.stack([moved[:, 0] - axis_x, 0 * axis_x, moved[:, 2] - axis_z], 1)
        on = smoothstep(0.3, 0.5, places.leg)
        least = garment.radius
    else:
        height, depth = joints["left_elbow"][1], joints["left_elbow"][2]
        offset = moved - np.stack(
            [moved[:, 0], np.full(len(moved), height), np.full(len(moved), depth)], 1
        )
        on = smoothstep(0.12, 0.3, places.arm)
        least = garment.sleeve_radius * np.interp(places.arm, [0.3, 1.0], [1.0, 0.75])
    distance = np.maximum(np.linalg.norm(offset, axis=1), 1e-6)
    short = np.maximum(least - distance, 0) * on * inside
    return moved + (short / distance)[:, None] * offset


def paint_clothes(
    outfit: Outfit, places: Anatomy, skin: np.ndarray, noise: SolidNoise
) -> np.ndarray:
    """Colours (k,3) at k places: the outfit over the colours of the bare body."""
    image = _paint_feet(outfit.shoes, places, skin)
    for name in outfit.order:
        garment = getattr(outfit, name)
        edge = garment.cover(places)
        under = np.flatnonzero((edge > -0.02) & (edge < 0.001))  # what a hem shades
        image[under] *= (1 - 0.3 * smoothstep(-0.02, 0.0, edge[under]))[:, None]
        on = np.flatnonzero(edge > -0.001)
        here, edge = places.at(on), edge[on]
        colours = _trim(garment, here, paint_pattern(garment.pattern, here, noise), edge)
        image[on] += (colours - image[on]) * smoothstep(-0.001, 0.001, edge)[:, None]
    return image


def _trim(
    garment: Top | Bottom, places: Anatomy, colours: np.ndarray, edge: np.ndarray
) -> np.ndarray:
    """Hems, belt, collar band, placket and buttons."""
    hem = smoothstep(0.016, 0.013, edge) - 0.7 * smoothstep(0.012, 0.009, edge)
    colours = colours * (1 - 0.22 * np.clip(hem, 0, 1))[:, None]
    x, y, _ = places.points.T
    front = places.normals[:, 2] > 0
    if isinstance(garment, Bottom):
        fly = smoothstep(0.003, 0.001, np.abs(x)) * front * (places.leg < 0.1)
        colours = colours * (1 - 0.3 * fly)[:, None]
        if garment.belt is not None:
            belt = smoothstep(0.04, 0.037, edge) * (places.leg < 0.0)
            buckle = belt * (np.abs(x) < 0.025) * front
            colours = _over(colours, garment.belt, belt)
            return _over(colours, (190, 180, 150), 0.9 * buckle)
        return colours
    neck_y = places.joints["neck"][1]
    if garment.collar is not None:
        near = (np.abs(x) < 0.13) & (y > neck_y - garment.low - 0.05) & (places.arm < 0)
        colours = _over(colours, garment.collar, near * smoothstep(0.024, 0.021, edge))
    if garment.buttons is not None:
        placket = smoothstep(0.018, 0.016, np.abs(x)) - smoothstep(0.015, 0.013, np.abs(x))
        colours = colours * (1 - 0.25 * placket * front)[:, None]
        row = ((y - neck_y) / 0.085) % 1 - 0.5
        button = smoothstep(0.008, 0.006, np.hypot(x, 0.085 * row)) * front
        colours = _over(colours, garment.buttons, button)
    return colours


def _paint_feet(shoes: Shoes, places: Anatomy, image: np.ndarray) -> np.ndarray:
    """Socks, and the shoe's colour on the foot inside it."""
    if shoes.socks is not None:
        top = places.joints["left_ankle"][1] + shoes.sock_height
        sock = smoothstep(0.001, -0.001, places.points[:, 1] - top)
        image = _over(image, shoes.socks, sock)
    return _over(image, shoes.upper, smoothstep(-0.001, 0.001, shoes.cover(places)))


def _over(image: np.ndarray, colour: Colour, amount: np.ndarray) -> np.ndarray:
    return image + (np.array(colour, np.float64) - image) * np.asarray(amount)[:, None]


def _neighbour_mean(faces: np.ndarray, count: int) -> csr_matrix:
    """(V,V) matrix that maps each vertex to the mean of its neighbours."""
    start = faces[:, [0, 1, 2, 1, 2, 0]].T.ravel()
    end = faces[:, [1, 2, 0, 0, 1, 2]].T.ravel()
    graph = coo_matrix((np.ones(len(start)), (start, end)), (count, count)).tocsr()
    graph.data[:] = 1
    degree = np.maximum(np.asarray(graph.sum(1)).ravel(), 1)
    return (diags(1 / degree) @ graph).tocsr()


def cavity(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V,) how deep (m) each vertex lies in a hollow of the surface, blurred."""
    blur = _neighbour_mean(faces, len(vertices))
    normals = vertex_normals(vertices, faces)
    deep = ((blur @ vertices - vertices) * normals).sum(1)
    for _ in range(3):
        deep = blur @ deep
    return deep
