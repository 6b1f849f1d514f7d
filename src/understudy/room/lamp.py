"""Where the lamp or window of a room is, by how its light falls off over the floor.

Light on a level floor goes with the cosine of the angle at which it falls (Lambert, 1760): of a
lamp above it, height / distance. So each place where a lamp may be predicts how light every patch
of the floor is, and how well it does so tells how likely it is.
"""

import cv2
import numpy as np

HEIGHT = 2.3  # m over the floor: of a lamp under a ceiling, of a window's upper half
PLACES = 12  # that stand for all that are likely

_ASIDE, _BEHIND, _AHEAD, _STEP = 3.5, 3.0, 6.0, 0.5  # m from the camera, where places are tried
_AROUND = 0.4  # of the light beneath a lamp, that comes from all around
_FAR = 6.0  # m: floor farther away is not looked at
_PATCH, _PATCH_FEWEST = 0.2, 5  # m, and pixels, of floor that is looked at as a whole
_FEWEST = 20  # patches
_PAINTS = 4  # floor, tiles, rugs: what is of another colour may be darker for that alone
_TONE = 0.5  # how much lightness, off an even slope of it, tells of a paint, next to hue
_ROUNDS = 4  # of reweighting
_SURE = 0.03  # of the lightness: no floor is more even
_NEIGHBOURS = 3.0  # patches that go together: what a place does not explain is texture, of several


def find_lamps(places: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """(PLACES,2) m, right and forward: where a lamp may be, each as likely as the others; (0,2) if
    too little floor is seen to tell.

    places (k,2) m, colours (k,3) uint8: of pixels of open floor.
    """
    place, colour = _patches(places, colours)
    if len(place) < _FEWEST:
        return np.zeros((0, 2))
    across, ahead = (np.arange(*ends, _STEP) for ends in ((-_ASIDE, _ASIDE), (-_BEHIND, _AHEAD)))
    tried = np.stack(np.meshgrid(across, ahead), -1).reshape(-1, 2) + _STEP / 2
    away = np.linalg.norm(tried[:, None] - place, axis=2)
    light = np.log(_AROUND + (1 - _AROUND) * HEIGHT / np.hypot(HEIGHT, away))
    cost = _cost(np.log(colour.mean(1)) - light, _paints(place, colour))
    likely = np.exp((cost.min() - cost) / _NEIGHBOURS)
    return _drawn(tried, likely / likely.sum())


def _patches(places: np.ndarray, colours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place (n,2) and colour (n,3), at least 1, of each patch of the floor: medians."""
    near = places[:, 1] < _FAR
    places, colours = places[near], colours[near]
    cell = np.floor(places / _PATCH).astype(int)
    _, which, count = np.unique(cell, axis=0, return_inverse=True, return_counts=True)
    rows = np.column_stack([places, colours])[np.argsort(which.ravel(), kind="stable")]
    parts = np.split(rows, np.cumsum(count)[:-1])
    found = [np.median(part, 0) for part in parts if len(part) >= _PATCH_FEWEST]
    patches = np.array(found).reshape(-1, 5)
    return patches[:, :2], np.maximum(patches[:, 2:], 1)


def _paints(place: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """(n,): which of a few paints each patch is of, by its hue, which light does not change, and
    its tone, which light changes evenly over the floor."""
    hue, lightness = np.log(colour[:, [0, 2]] / colour[:, 1:2]), np.log(colour.mean(1))
    even = np.column_stack([np.ones(len(place)), place])
    tone = lightness - even @ np.linalg.lstsq(even, lightness, rcond=None)[0]
    look = np.column_stack([hue, _TONE * tone]).astype(np.float32)
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1e-3)
    start = np.zeros((len(look), 1), np.int32)
    return cv2.kmeans(look, _PAINTS, start, criteria, 3, cv2.KMEANS_PP_CENTERS)[1][:, 0]


def _cost(off: np.ndarray, paint: np.ndarray) -> np.ndarray:
    """(m,): how badly each of m places explains the floor: a negative log likelihood.

    off (m,n): the logarithms of the patches' lightness less that of the light, which are those of
    their paints (n,). What lies off these counts little (Geman and McClure).
    """
    of_paint = [paint == number for number in np.unique(paint)]
    for here in of_paint:
        off[:, here] -= np.median(off[:, here], 1, keepdims=True)
    sigma = max(1.4826 * np.median(np.abs(off), 1).min(), _SURE)
    for _ in range(_ROUNDS):
        weight = (1 + (off / (2 * sigma)) ** 2) ** -2.0
        for here in of_paint:
            off[:, here] -= np.average(off[:, here], 1, weight[:, here])[:, None]
    squared = (off / (2 * sigma)) ** 2
    return 2 * (squared / (1 + squared)).sum(1)


def _drawn(tried: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(PLACES,2): as many of the places (m,2) as their shares (m,) say, spread over their cells."""
    k = np.arange(PLACES) + 0.5
    which = np.searchsorted(np.cumsum(share), k / PLACES).clip(max=len(tried) - 1)
    spread = np.outer(k, (0.7548777, 0.5698403)) % 1 - 0.5  # Roberts's sequence
    return tried[which] + _STEP * spread
