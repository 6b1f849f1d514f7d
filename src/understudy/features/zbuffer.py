"""Depth of a triangle mesh: a small z-buffer, exact in perspective."""

import numpy as np
from numba import njit


def mesh_depth(
    vertices: np.ndarray, faces: np.ndarray, K: np.ndarray, width: int, height: int
) -> np.ndarray:
    """Depth along z (h,w) float32 m at pixel centres (+0.5), 0 where no triangle lies.

    vertices (V,3) in camera space (x right, y down, z forward, m), faces (F,3), K (3,3) px.
    Triangles with a vertex less than 1 cm in front of the camera are left out.
    """
    z = vertices[:, 2]
    safe = np.where(z > 0.01, z, 1.0)
    screen = np.empty((len(vertices), 3))
    screen[:, :2] = (vertices @ K.T)[:, :2] / safe[:, None]
    screen[:, 2] = np.where(z > 0.01, 1 / safe, -1.0)
    return _fill(screen, np.ascontiguousarray(faces, np.int64), width, height)


@njit(cache=True)
def _fill(screen, faces, width, height):
    """Nearest surface: screen (V,3) holds x, y px and 1/z, which is linear in screen space."""
    nearest = np.zeros((height, width))
    for f in range(len(faces)):
        ax, ay, az = screen[faces[f, 0]]
        bx, by, bz = screen[faces[f, 1]]
        cx, cy, cz = screen[faces[f, 2]]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if min(az, bz, cz) <= 0 or abs(area) < 1e-12:
            continue
        left = max(0, int(np.ceil(min(ax, bx, cx) - 0.5)))
        right = min(width - 1, int(np.floor(max(ax, bx, cx) - 0.5)))
        top = max(0, int(np.ceil(min(ay, by, cy) - 0.5)))
        bottom = min(height - 1, int(np.floor(max(ay, by, cy) - 0.5)))
        for row in range(top, bottom + 1):
            y = row + 0.5
            for column in range(left, right + 1):
                x = column + 0.5
                wa = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
                wb = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
                wc = 1 - wa - wb
                if wa >= 0 and wb >= 0 and wc >= 0:
                    inverse = wa * az + wb * bz + wc * cz
                    if inverse > nearest[row, column]:
                        nearest[row, column] = inverse
    depth = np.zeros((height, width), np.float32)
    for row in range(height):
        for column in range(width):
            if nearest[row, column] > 0:
                depth[row, column] = 1 / nearest[row, column]
    return depth
