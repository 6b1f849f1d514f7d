"""Seeded smooth noise: the raw material of cloth, skin, wood and plaster."""

import cv2
import numpy as np

Size = float | tuple[float, float, float] | np.ndarray


def smooth_noise(
    rng: np.random.Generator, height: int, width: int, cells_y: float, cells_x: float
) -> np.ndarray:
    """Value noise (height, width) f32 in [-1, 1] with about `cells_y` × `cells_x` bumps, tileable.

    Different counts of cells in the two directions give grain, as in wood or brushed metal.
    """
    rows, columns = max(1, round(cells_y)), max(1, round(cells_x))
    grid = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
    padded = np.pad(grid, 2, mode="wrap")
    y = (np.arange(height, dtype=np.float32) + 0.5) * rows / height + 1.5
    x = (np.arange(width, dtype=np.float32) + 0.5) * columns / width + 1.5
    return cv2.remap(padded, *np.meshgrid(x, y), interpolation=cv2.INTER_CUBIC)


def fractal_noise(
    rng: np.random.Generator,
    height: int,
    width: int,
    cells_y: float,
    cells_x: float,
    octaves: int = 4,
) -> np.ndarray:
    """Sum of `octaves` smooth noises, each twice as fine and half as strong; about [-1, 1]."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        finer = 2**octave
        if cells_y * finer > height and cells_x * finer > width:
            break
        total += smooth_noise(rng, height, width, cells_y * finer, cells_x * finer) / finer
    return total / 1.5


class SolidNoise:
    """Smooth noise over 3D space: the same point always gets the same value, seams never show."""

    def __init__(self, rng: np.random.Generator, cells: int = 32) -> None:
        self._grid = rng.uniform(-1, 1, (cells, cells, cells)).astype(np.float32)

    def __call__(self, points: np.ndarray, size: Size) -> np.ndarray:
        """Values (…) in [-1, 1] at `points` (…, 3) m; bumps are about `size` m (scalar or xyz)."""
        position = np.asarray(points) / size
        cell = np.floor(position).astype(np.int64)
        t = (position - cell).astype(np.float32)
        t = t * t * (3 - 2 * t)
        count = len(self._grid)
        low, high = cell % count, (cell + 1) % count
        value = np.zeros(t.shape[:-1], np.float32)
        for corner in range(8):
            bits = [(corner >> axis) & 1 for axis in range(3)]
            index = tuple((high if bit else low)[..., axis] for axis, bit in enumerate(bits))
            x, y, z = (t[..., axis] if bit else 1 - t[..., axis] for axis, bit in enumerate(bits))
            value = value + x * y * z * self._grid[index]
        return value

    def fractal(self, points: np.ndarray, size: Size, octaves: int = 3) -> np.ndarray:
        """Sum of `octaves` noises, each twice as fine and half as strong; about [-1, 1]."""
        coarse = np.asarray(size, np.float64)
        shifted = np.asarray(points, np.float64)
        total = np.zeros(shifted.shape[:-1], np.float32)
        for octave in range(octaves):
            total = total + self(shifted + 7.3 * octave, coarse / 2**octave) / 2**octave
        return total / 1.5


def smoothstep(low: float, high: float, x: np.ndarray | float) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between; a reversed pair falls instead of rising."""
    t = np.clip((np.asarray(x) - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
