"""Bare skin, face and eyes: the colours under the clothes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from understudy.demo.anatomy import Anatomy
from understudy.demo.noise import SolidNoise, smoothstep

Colour = tuple[int, int, int]
_FACE = 23  # the first of the 68 face points among the 133
_TEETH, _TONGUE, _SCLERA = (226, 220, 205), (176, 92, 88), (232, 228, 222)


@dataclass(frozen=True)
class Complexion:
    """skin, lips, iris and brows: colours 0–255; brow: thickness of the eyebrows, m; lines: 0–1,
    how dark the lids and wrinkles are; beard: 0–1 strength of stubble or beard; freckles 0–1."""

    skin: Colour
    lips: Colour
    iris: Colour
    brows: Colour
    brow: float = 0.0045
    lines: float = 0.5
    beard: float = 0.0
    freckles: float = 0.0


def paint_skin(
    look: Complexion, places: Anatomy, marks: np.ndarray, group: np.ndarray, noise: SolidNoise
) -> np.ndarray:
    """Colours (k,3) at k places; marks (133,3): landmarks at rest; group (k,): mesh part names."""
    face = marks[_FACE : _FACE + 68]
    points = places.points
    blotch = 0.035 * noise.fractal(points, 0.05, 3) + 0.02 * noise(points, 0.006)
    image = np.array(look.skin, np.float64) * (1 + blotch)[:, None]
    image = _over(image, _redder(look.skin), 0.5 * _flush(places, face))
    image = _over(image, _redder(look.skin, 0.75), 0.45 * smoothstep(1.05, 1.25, places.arm))
    front = (places.head > 0.5) & (points[:, 2] > face[36:48, 2].mean() - 0.035)
    detail = np.flatnonzero(front)
    image[detail] = _paint_face(
        look, points[detail], places.normals[detail], face, image[detail], noise
    )
    image = _paint_eyes(look, points, group, image)
    for name, colour in (("teeth", _TEETH), ("tongue", _TONGUE)):
        image[np.char.find(group, name) >= 0] = colour
    return image


def _over(image: np.ndarray, colour: Sequence[float], amount: np.ndarray) -> np.ndarray:
    return image + (np.array(colour, np.float64) - image) * np.asarray(amount)[:, None]


def _redder(skin: Colour, shade: float = 0.95) -> tuple[float, float, float]:
    return (skin[0] * shade, skin[1] * shade * 0.84, skin[2] * shade * 0.82)


def _flush(places: Anatomy, face: np.ndarray) -> np.ndarray:
    """Cheeks, nose tip and ears."""
    points = places.points
    total = np.zeros(len(points))
    cheek = 0.5 * (face[[36, 45]] + face[[48, 54]])
    for centre, radius in ((cheek[0], 0.022), (cheek[1], 0.022), (face[30], 0.013)):
        total += np.exp(-(((points - centre) / radius) ** 2).sum(1))
    return np.clip(total, 0, 1)


def _paint_face(
    look: Complexion,
    points: np.ndarray,
    normals: np.ndarray,
    face: np.ndarray,
    image: np.ndarray,
    noise: SolidNoise,
) -> np.ndarray:
    """Lips, brows, lids, nostrils, beard."""
    dark = tuple(0.35 * c for c in look.skin)
    sockets = np.zeros(len(points))
    for eye in (slice(36, 42), slice(42, 48)):
        centre = face[eye].mean(0) + np.array([0, 0.006, 0])
        sockets += np.exp(-(((points - centre) / (0.022, 0.015, 0.03)) ** 2).sum(1))
    image = image * (1 - 0.22 * sockets)[:, None]
    if look.freckles:
        spots = smoothstep(0.35, 0.6, noise(points, 0.003)) * _near(points, face[30], 0.05)
        image = _over(image, tuple(0.72 * c for c in look.skin), look.freckles * spots)
    if look.beard:
        image = _over(image, look.brows, look.beard * beard_mask(points, face, noise))
    lips = _inside(points[:, :2], face[48:60, :2]) & (normals[:, 2] > -0.3)
    soft = np.maximum(lips, smoothstep(0.003, 0.0005, _to_line(points, face[48:60], True)))
    image = _over(image, look.lips, 0.85 * soft)
    mouth = _to_line(points, np.stack([face[48], face[60], *face[61:64], face[64], face[54]]))
    lower = _to_line(points, face[[60, 67, 66, 65, 64]])
    image = _over(image, (70, 30, 30), 0.75 * smoothstep(0.0028, 0.001, np.minimum(mouth, lower)))
    for eye in (slice(36, 42), slice(42, 48)):
        lids = face[eye]
        upper = _to_line(points, lids[:4])
        under = _to_line(points, lids[[3, 4, 5, 0]])
        image = _over(image, (28, 20, 18), look.lines * smoothstep(0.0042, 0.0018, upper))
        image = _over(image, dark, 0.6 * look.lines * smoothstep(0.003, 0.001, under))
        crease = _to_line(points, lids[:4] + np.array([0, 0.008, 0]))
        image = _over(image, dark, 0.35 * look.lines * smoothstep(0.003, 0.001, crease))
    for row in (slice(17, 22), slice(22, 27)):
        # MediaPipe-style brow points run along the upper edge: the hairs lie just below.
        line = face[row] - (0, 0.6 * look.brow, 0)
        hairs = smoothstep(look.brow * 1.3, look.brow * 0.7, _to_line(points, line))
        image = _over(image, look.brows, 0.9 * hairs * (0.85 + 0.3 * noise(points, 0.004)))
    for nostril in (face[32], face[34]):
        spot = _near(points, nostril - np.array([0, 0.001, 0]), 0.0045)
        image = _over(image, (60, 30, 28), 0.8 * spot)
    wings = _to_line(points, face[[31, 48]]), _to_line(points, face[[35, 54]])
    fold = smoothstep(0.005, 0.001, np.minimum(*wings)) * smoothstep(0.3, 1.0, look.lines)
    return image * (1 - 0.18 * fold)[:, None]


def beard_mask(points: np.ndarray, face: np.ndarray, noise: SolidNoise) -> np.ndarray:
    """(k,) 0–1: moustache, chin and jaw up to the ears."""
    x, y, _ = points.T
    jaw_top = np.interp(
        np.abs(x),
        [0.0, 0.025, 0.045, 0.065, 0.085],
        [
            face[33, 1] - 0.002,
            face[33, 1] - 0.006,
            face[48, 1] + 0.004,
            face[3, 1] + 0.025,
            face[1, 1],
        ],
    )
    mask = smoothstep(0.006, -0.004, y - jaw_top)
    lips = smoothstep(0.0005, 0.004, _to_line(points, face[48:60], True))
    lips = lips * ~_inside(points[:, :2], face[48:60, :2])
    return mask * lips * np.clip(0.85 + 0.4 * noise(points, 0.004), 0, 1)


def _paint_eyes(
    look: Complexion, points: np.ndarray, group: np.ndarray, image: np.ndarray
) -> np.ndarray:
    """White, iris with a dark rim, pupil and a glint, by the angle from straight ahead."""
    image = image.copy()
    for name in ("helper-l-eye", "helper-r-eye"):
        on = np.flatnonzero(group == name)
        if not len(on):
            continue
        eye = points[on]
        centre = 0.5 * (eye.min(0) + eye.max(0))
        ray = eye - centre
        ray /= np.linalg.norm(ray, axis=1, keepdims=True) + 1e-9
        angle = np.arccos(np.clip(ray[:, 2], -1, 1))
        colour = np.tile(np.array(_SCLERA, np.float64), (len(on), 1))
        colour = _over(colour, look.iris, smoothstep(0.56, 0.5, angle))
        rim = smoothstep(0.56, 0.52, angle) * smoothstep(0.40, 0.5, angle)
        colour = _over(colour, tuple(0.3 * c for c in look.iris), 0.8 * rim)
        colour = _over(colour, (12, 10, 10), smoothstep(0.26, 0.22, angle))
        glint = _near(ray, np.array([0.15, 0.22, 0.96]), 0.09)
        image[on] = _over(colour, (255, 255, 255), glint)
    return image


def _near(points: np.ndarray, centre: np.ndarray, radius: float) -> np.ndarray:
    return np.exp(-((np.linalg.norm(points - centre, axis=1) / radius) ** 2))


def _to_line(points: np.ndarray, line: np.ndarray, closed: bool = False) -> np.ndarray:
    """(k,) distance of points (k,3) to a polyline (m,3)."""
    ends = np.roll(line, -1, 0) if closed else line[1:]
    best = np.full(len(points), np.inf)
    for a, b in zip(line if closed else line[:-1], ends, strict=True):
        along = b - a
        t = np.clip((points - a) @ along / max(along @ along, 1e-12), 0, 1)
        best = np.minimum(best, np.linalg.norm(points - a - t[:, None] * along, axis=1))
    return best


def _inside(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """(k,) whether points (k,2) lie in a polygon (m,2), by the even-odd rule."""
    odd = np.zeros(len(points), bool)
    for a, b in zip(polygon, np.roll(polygon, -1, 0), strict=True):
        if a[1] == b[1]:
            continue
        crosses = (a[1] > points[:, 1]) != (b[1] > points[:, 1])
        odd ^= crosses & (
            points[:, 0] < (b[0] - a[0]) * (points[:, 1] - a[1]) / (b[1] - a[1]) + a[0]
        )
    return odd
