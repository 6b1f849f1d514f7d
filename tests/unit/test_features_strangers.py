"""Somebody else in the place of the person who is followed."""

import numpy as np
import pytest

from understudy.features.strangers import strangers

FPS = 10.0
RED, BLUE = ((200, 30, 40), (60, 40, 30)), ((40, 60, 210), (225, 225, 220))  # shirt, trousers


def clip(*parts: tuple[int, float | None, tuple]) -> tuple:
    """(frames, x or None for nobody, clothes): pictures by their indices, and boxes (n,4)."""
    boxes, pictures = [], []
    for frames, x, (shirt, trousers) in parts:
        for t in range(frames):
            picture = np.random.default_rng(len(boxes)).normal(120, 8, (120, 320, 3))
            left = np.nan if x is None else x + 3.0 * t
            if x is not None:
                columns = slice(int(left), int(left) + 30)
                picture[20:65, columns], picture[65:110, columns] = shirt, trousers
            pictures.append(picture.clip(0, 255).astype(np.uint8))
            boxes.append([left, 20 + 0 * left, left + 30, 110 + 0 * left])
    return lambda some: (pictures[at] for at in some), np.array(boxes)


@pytest.mark.parametrize(
    ("parts", "others"),
    [
        ([(20, 10, RED)], []),
        ([(20, 10, RED), (10, None, RED), (15, 200, RED)], []),  # the same one comes back
        ([(20, 10, RED), (10, None, RED), (15, 200, BLUE)], range(30, 45)),
        ([(20, 10, RED), (2, None, RED), (15, 70, BLUE)], []),  # covered for a moment, in new light
        ([(20, 10, RED), (15, 200, BLUE)], range(20, 35)),  # at once, elsewhere
        ([(8, 10, BLUE), (10, None, RED), (20, 40, RED)], range(8)),  # who was there first, briefly
        ([(5, None, RED)], []),
    ],
)
def test_who_wears_other_clothes_after_an_absence_is_somebody_else(parts, others):
    frames, boxes = clip(*parts)
    assert np.flatnonzero(strangers(frames, boxes, FPS)).tolist() == list(others)
