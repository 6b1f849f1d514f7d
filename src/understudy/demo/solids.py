"""Simple solids with paint: what rooms and furniture are built from. Metres, y up."""

from dataclasses import dataclass, replace

import numpy as np

Colour = tuple[int, int, int]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Paint:
    """A surface: colour 0–255 (white under a texture), texture (h,w,3) uint8 or None, tile: metres
    that one repeat of the texture covers (None: stretched over each face), shine 0–1: highlight,
    glow 0–1: light of its own."""

    colour: Colour = (255, 255, 255)
    texture: np.ndarray | None = None
    tile: float | None = None
    shine: float = 0.05
    glow: float = 0.0


@dataclass(frozen=True)
class Part:
    """A painted mesh: points (k,3), normals (k,3), uv (k,2) with v up, triangles (m,3)."""

    points: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray
    paint: Paint

    def moved(self, offset: Vector, yaw: float = 0.0) -> "Part":
        """Turned about the vertical by `yaw` degrees (+ from +z to +x), then shifted."""
        c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
        turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        return replace(
            self, points=self.points @ turn.T + np.array(offset), normals=self.normals @ turn.T
        )


def shade(colour: Colour, share: float) -> Colour:
    """A share of a colour's light."""
    red, green, blue = (int(c * share) for c in colour)
    return red, green, blue


def place(parts: list[Part], x: float, z: float, yaw: float = 0.0, y: float = 0.0) -> list[Part]:
    """Furniture built at the origin, facing +z, put at (x, z) at height y and turned by yaw°."""
    return [part.moved((x, y, z), yaw) for part in parts]


def quad(corner: Vector, right: Vector, up: Vector, paint: Paint) -> Part:
    """A parallelogram seen from the side to which right × up points."""
    at, along, rise = (np.array(v, np.float64) for v in (corner, right, up))
    points = np.stack([at, at + along, at + along + rise, at + rise])
    normal = np.cross(along, rise)
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    if paint.tile is not None:
        uv *= np.array([np.linalg.norm(along), np.linalg.norm(rise)]) / paint.tile
    return Part(
        points,
        np.tile(normal / np.linalg.norm(normal), (4, 1)),
        uv,
        np.array([[0, 1, 2], [0, 2, 3]]),
        paint,
    )


def box(centre: Vector, size: Vector, paint: Paint) -> Part:
    """A box about its centre."""
    w, h, d = size
    faces = [
        quad((-w / 2, -h / 2, d / 2), (w, 0, 0), (0, h, 0), paint),
        quad((w / 2, -h / 2, -d / 2), (-w, 0, 0), (0, h, 0), paint),
        quad((w / 2, -h / 2, d / 2), (0, 0, -d), (0, h, 0), paint),
        quad((-w / 2, -h / 2, -d / 2), (0, 0, d), (0, h, 0), paint),
        quad((-w / 2, h / 2, d / 2), (w, 0, 0), (0, 0, -d), paint),
        quad((-w / 2, -h / 2, -d / 2), (w, 0, 0), (0, 0, d), paint),
    ]
    return join(faces).moved(centre)


def on_floor(x: float, z: float, size: Vector, paint: Paint, y: float = 0.0) -> Part:
    """A box that stands at height y, centred at (x, z)."""
    return box((x, y + size[1] / 2, z), size, paint)


def join(parts: list[Part]) -> Part:
    """One mesh from several that share the first one's paint."""
    start = np.cumsum([0, *(len(part.points) for part in parts[:-1])])
    return Part(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.normals for part in parts]),
        np.concatenate([part.uv for part in parts]),
        np.concatenate([part.triangles + s for part, s in zip(parts, start, strict=True)]),
        parts[0].paint,
    )


def cushion(centre: Vector, size: Vector, paint: Paint, power: float = 0.35, n: int = 20) -> Part:
    """A superellipsoid: a sphere at power 1, a box with round edges as power falls."""

    def bend(x: np.ndarray) -> np.ndarray:
        return np.sign(x) * np.abs(x) ** power

    lat, lon = np.meshgrid(
        np.linspace(-np.pi / 2, np.pi / 2, n), np.linspace(-np.pi, np.pi, 2 * n), indexing="ij"
    )
    shape = np.stack(
        [
            bend(np.cos(lat)) * bend(np.sin(lon)),
            bend(np.sin(lat)),
            bend(np.cos(lat)) * bend(np.cos(lon)),
        ],
        -1,
    )
    points = shape * np.array(size) / 2
    return _sheet(points, paint).moved(centre)


def lathe(profile: list[tuple[float, float]], centre: Vector, paint: Paint, n: int = 24) -> Part:
    """A profile of (radius, height) turned about the vertical through `centre`."""
    radius, height = np.array(profile, np.float64).T
    angle = np.linspace(-np.pi, np.pi, n + 1)
    points = np.stack(
        [
            radius[:, None] * np.sin(angle),
            np.tile(height[:, None], (1, n + 1)),
            radius[:, None] * np.cos(angle),
        ],
        -1,
    )
    return _sheet(points, paint, hard=True).moved(centre)


def cylinder(start: Vector, end: Vector, radius: float, paint: Paint, n: int = 16) -> Part:
    """A closed round bar between two points."""
    bottom, top = np.array(start, np.float64), np.array(end, np.float64)
    length = float(np.linalg.norm(top - bottom))
    bar = lathe([(0, 0), (radius, 0), (radius, length), (0, length)], (0, 0, 0), paint, n)
    axis = (top - bottom) / length
    side = np.cross(axis, (1, 0, 0) if abs(axis[0]) < 0.9 else (0, 0, 1))
    side /= np.linalg.norm(side)
    frame = np.stack([side, axis, np.cross(side, axis)], 1)
    return replace(bar, points=bar.points @ frame.T + bottom, normals=bar.normals @ frame.T)


def _sheet(points: np.ndarray, paint: Paint, hard: bool = False) -> Part:
    """A grid (r,c,3), counter-clockwise seen from outside; `hard`: rows keep their own edges."""
    if hard:
        bands = [
            _sheet(points[i : i + 2], paint)
            for i in range(len(points) - 1)
            if not np.allclose(points[i], points[i + 1])
        ]
        return join(bands)
    rows, columns, _ = points.shape
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    triangles = np.concatenate(
        [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    )
    flat = points.reshape(-1, 3)
    face = np.cross(
        flat[triangles[:, 1]] - flat[triangles[:, 0]], flat[triangles[:, 2]] - flat[triangles[:, 0]]
    )
    normals = np.zeros_like(flat)
    for k in range(3):
        np.add.at(normals, triangles[:, k], face)
    grid = normals.reshape(points.shape)
    if np.allclose(points[:, 0], points[:, -1]):  # closed round: no seam
        grid[:, 0] = grid[:, -1] = grid[:, 0] + grid[:, -1]
    for row in (0, -1):
        if np.allclose(points[row], points[row, :1]):  # a pole
            grid[row] = grid[row].sum(0)
    normals = grid.reshape(-1, 3)
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    u, v = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    uv = np.stack([u, v], -1).reshape(-1, 2)
    if paint.tile is not None:
        across = np.linalg.norm(np.diff(points, axis=1), axis=-1).sum(1).max()
        along = np.linalg.norm(np.diff(points, axis=0), axis=-1).sum(0).max()
        uv = uv * (np.array([across, along]) / paint.tile)
    return Part(flat, normals, uv, triangles, paint)
