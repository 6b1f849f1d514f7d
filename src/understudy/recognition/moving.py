"""What moves between two moments of a video, whatever its light does."""

import numpy as np

from understudy.recognition.places import unit

STILL = 80  # percentile of a moment's changes: what changes no more than this is light, or noise
KEYS = 8  # moments of a video that are looked for in another
MATCHED = 3  # of them have to be found: half of them lie in both of two videos that share a half
ALIKE_KEY = 0.45  # correlation of a key with the likest moment of the other


def what_moves(changes: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Changes (n,s,s) of contrast (`fingerprint`) in a place (s,s) -> what moves, (n,s²), each of
    length 1 or 0; how much moves (n,), root mean square.

    What a change shares with the place itself is light, and so is a change of most of the picture:
    both are taken out.
    """
    still = unit(place)
    change = changes.reshape(len(changes), place.size)
    change = change - change.mean(1, keepdims=True)
    change = change - (change @ still)[:, None] * still
    size = np.abs(change)
    change = np.sign(change) * np.maximum(size - np.percentile(size, STILL, 1, keepdims=True), 0)
    length = np.linalg.norm(change, axis=1, keepdims=True)
    return change / np.maximum(length, 1e-6), length[:, 0] / np.sqrt(place.size)


def may_agree(one: np.ndarray, others: list[np.ndarray]) -> np.ndarray:
    """Which of some videos may move as one does, (len(others),) bool: a few moments of one, or of
    the other, are like some moment of the other, or of one. What moves in each: (n,s²).

    Far less work than comparing all moments at all offsets (`duplicates`); it leaves out most other
    takes in one place.
    """
    others = [other if len(other) else np.zeros((1, one.shape[1])) for other in others]
    ends = np.cumsum([len(other) for other in others])
    if not len(one) or not len(others):
        return np.zeros(len(others), bool)
    every = _keys(one) @ np.concatenate(others).T
    within = np.maximum.reduceat(every, [0, *ends[:-1]], 1).T
    keys = np.concatenate([_keys(other) for other in others])
    around = (keys @ one.T).max(1).reshape(len(others), KEYS)
    return np.maximum((within > ALIKE_KEY).sum(1), (around > ALIKE_KEY).sum(1)) >= MATCHED


def _keys(moving: np.ndarray) -> np.ndarray:
    """KEYS moments (KEYS,s²) evenly from those in which something moves; 0 where they are fewer."""
    there = np.flatnonzero(moving.any(1))
    count = min(KEYS, len(there))
    chosen = there[np.linspace(0, len(there) - 1, count).round().astype(int)] if count else there
    return np.pad(moving[chosen], ((0, KEYS - count), (0, 0)))
