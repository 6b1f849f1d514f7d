"""What of a triangle mesh each pixel shows: a small z-buffer, exact in perspective."""

import numpy as np
from numba import njit


def mesh_depth(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray, width: int, height: int
) -> np.ndarray:
    """Depth along z (h,w) float32 m at pixel centres (+0.5), 0 where no triangle lies.

    vertices (V,3) in camera space (x right, y down, z forward, m), faces (F,3), K (3,3) px.
    Triangles with a vertex less than 1 cm in front of the camera are left out.
    """
    everywhere = np.ones((height, width), np.bool_)
    return _depth(_fill(*_on_screen(vertices, faces, K), everywhere)[0])


def mesh_depth_at(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray, at: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """`mesh_depth` (k,) of k pixels: their rows and columns."""
    rows, columns = at
    if not len(rows):
        return np.zeros(0, np.float32)
    top, left = rows.min(), columns.min()
    at = rows - top, columns - left
    wanted = np.zeros((np.ptp(rows) + 1, np.ptp(columns) + 1), np.bool_)
    wanted[at] = True
    moved = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ K
    return _depth(_fill(*_on_screen(vertices, faces, moved), wanted)[0][at])


def shown_faces(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray, width: int, height: int
) -> np.ndarray:
    """(h,w): the index of the triangle that each pixel centre shows, −1 where none lies.

    As in `mesh_depth`.
    """
    everywhere = np.ones((height, width), np.bool_)
    return _fill(*_on_screen(vertices, faces, K), everywhere)[1]


def _on_screen(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(V,3): x, y in px and 1/z, which is linear in screen space, −1 behind; and the faces."""
    screen = np.empty((len(vertices), 3))
    _project(vertices, np.asarray(K, np.float64), screen)
    return screen, np.ascontiguousarray(faces, np.int64)


def _depth(nearest: np.ndarray) -> np.ndarray:
    return np.divide(1, nearest, out=np.zeros_like(nearest), where=nearest > 0).astype(np.float32)


@njit(cache=True)
def _project(vertices, K, screen):
    """Fill the screen (V,3) as `_on_screen` says."""
    for v in range(len(vertices)):
        x, y, z = vertices[v, 0], vertices[v, 1], vertices[v, 2]
        seen = z > 0.01
        safe = z if seen else 1.0
        screen[v, 0] = (K[0, 0] * x + K[0, 1] * y + K[0, 2] * z) / safe
        screen[v, 1] = (K[1, 0] * x + K[1, 1] * y + K[1, 2] * z) / safe
        screen[v, 2] = 1 / safe if seen else -1.0


@njit(cache=True)
def _fill(screen, faces, wanted):
    """The nearest surface's 1/z in the pixels that are wanted (h,w), 0 where there is none, and its
    triangle: (h,w) each."""
    height, width = wanted.shape
    nearest = np.zeros((height, width))
    shown = np.full((height, width), -1)
    above = np.zeros(height + 1, np.int64)  # how many rows above each have a pixel that is wanted
    for row in range(height):
        above[row + 1] = above[row] + wanted[row].any()
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, az = screen[a, 0], screen[a, 1], screen[a, 2]
        bx, by, bz = screen[b, 0], screen[b, 1], screen[b, 2]
        cx, cy, cz = screen[c, 0], screen[c, 1], screen[c, 2]
        top = max(0, int(np.ceil(min(ay, by, cy) - 0.5)))
        bottom = min(height - 1, int(np.floor(max(ay, by, cy) - 0.5)))
        if top > bottom or above[top] == above[bottom + 1]:
            continue
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if min(az, bz, cz) <= 0 or abs(area) < 1e-12:
            continue
        left = max(0, int(np.ceil(min(ax, bx, cx) - 0.5)))
        right = min(width - 1, int(np.floor(max(ax, bx, cx) - 0.5)))
        for row in range(top, bottom + 1):
            y = row + 0.5
            for column in range(left, right + 1):
                if not wanted[row, column]:
                    continue
                x = column + 0.5
                wa = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
                wb = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
                wc = 1 - wa - wb
                if wa >= 0 and wb >= 0 and wc >= 0:
                    inverse = wa * az + wb * bz + wc * cz
                    if inverse > nearest[row, column]:
                        nearest[row, column] = inverse
                        shown[row, column] = f
    return nearest, shown
