"""How a photo's light falls: its colour, and how dark and soft shadows are on its floor."""

import cv2
import numpy as np

from understudy.artifacts.room import Light, RoomCamera
from understudy.room.lamp import find_lamps

WHITE = 98  # percentile
USUAL_SHADOW, USUAL_SOFTNESS = 0.35, 0.15  # of the light; m: where the photo does not tell
_SPREAD = 0.2, 0.1  # standard errors of these
_EDGES = np.arange(0, 0.85, 0.05)  # m from what stands on the floor
_OPEN = 0.5  # m: farther away the floor is not in its shadow
_FEWEST = 30  # pixels at a distance
_CELL = 0.02  # m of the plan in which distances are measured
_FAR, _ASIDE = 6.0, 3.0  # m of the plan
_CLEAR = 0.15  # m from things, within which their shadow is darkest


def read_light(picture: np.ndarray, free: np.ndarray, camera: RoomCamera) -> Light:
    """The light of a picture (h,w,3) uint8 RGB with free floor (h,w).

    A floor gets darker towards what stands on it: `shadow` is by how much, `softness` how far from
    there half of it is gone. Lightness is compared with that of the open floor at least _OPEN away.
    """
    white = np.percentile(picture.reshape(-1, 3), WHITE, axis=0) / 255
    red, green, blue = white.tolist()
    shadow, softness = (USUAL_SHADOW, _SPREAD[0]), (USUAL_SOFTNESS, _SPREAD[1])
    lamps: list[tuple[float, float]] = []
    if free.any():
        away = _distance(free, camera)
        shadow, softness = _contact(picture, free, away) or (shadow, softness)
        clear = away > _CLEAR
        places = find_lamps(camera.floor_points()[free][clear], picture[free][clear])
        lamps = [(right, forward) for right, forward in places.tolist()]
    return Light((red, green, blue), *shadow, *softness, tuple(lamps))


def _contact(
    picture: np.ndarray, free: np.ndarray, away: np.ndarray
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Shadow and softness, each with its standard error; None where too little floor is seen. away
    (k,): m of each free pixel from what is not free."""
    lightness = picture[free].mean(1) / 255
    which = np.digitize(away, _EDGES) - 1
    bins = [lightness[which == k] for k in range(len(_EDGES) - 1)]
    open_floor = lightness[away > _OPEN]
    if min(len(bins[0]) + len(bins[1]), len(open_floor)) < _FEWEST:
        return None
    usual = np.median(open_floor)
    texture = 1.4826 * np.median(np.abs(open_floor - usual)) / max(usual, 1e-3)
    missing = np.array(
        [1 - np.median(b) / max(usual, 1e-3) if len(b) >= _FEWEST else np.nan for b in bins]
    )
    middles = (_EDGES[:-1] + _EDGES[1:]) / 2
    known = np.isfinite(missing)
    peak = float(np.clip(np.nanmax(missing[:4]), 0.0, 0.9)) if known[:4].any() else 0.0
    if peak < 0.05:  # no darker there: light from all around
        return (peak, texture), (USUAL_SOFTNESS, _SPREAD[1])
    start = int(np.nanargmax(missing[:4]))
    gone = np.flatnonzero(known & (missing < peak / 2) & (np.arange(len(missing)) > start))
    softness = float(middles[gone[0]] if len(gone) else _OPEN)
    return (peak, texture), (softness, float(_EDGES[1] + texture / peak * softness))


def _distance(free: np.ndarray, camera: RoomCamera) -> np.ndarray:
    """Distance (k,) m on the floor of each of the k free pixels from what is not free."""
    across, ahead = round(2 * _ASIDE / _CELL), round(_FAR / _CELL)
    right, forward = np.meshgrid(
        (np.arange(across) + 0.5) * _CELL - _ASIDE, (np.arange(ahead) + 0.5) * _CELL
    )
    points = camera.in_space(np.dstack([right, forward]))
    pixel = camera.project(np.where(points[..., 2:] > 0.1, points, (0, 0, 1)))
    x, y = (pixel[..., c].astype(np.float32) - np.float32(0.5) for c in (0, 1))
    seen = cv2.remap(
        free.astype(np.uint8),
        x,
        y,
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=1,  # what is outside the picture may be floor
    )
    seen[points[..., 2] <= 0.1] = 1
    plan = cv2.distanceTransform(seen, cv2.DIST_L2, 5) * _CELL
    place = camera.floor_points()[free]
    column = np.clip(((place[:, 0] + _ASIDE) / _CELL).astype(int), 0, across - 1)
    row = np.clip((place[:, 1] / _CELL).astype(int), 0, ahead - 1)
    return plan[row, column]
