"""The hands of a person whose body is known, as MediaPipe Holistic finds them in a frame.

Coordinates are MediaPipe's (see `regions`). Every function may be called from several threads.
Sides are 0, the person's left, and 1.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.features.mediapipe.models import load_model
from understudy.features.mediapipe.regions import Region, around, cut, to_image, turn
from understudy.features.mediapipe.tracking import Limits, tracked

WRISTS, PINKIES, INDICES = (15, 16), (17, 18), (19, 20)  # of the 33 of the pose
VISIBLE = 0.1  # no hand is looked for at a wrist that is less visible
PALM = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]  # joints that say where the hand is
ROOTS = [5, 9, 13]  # of the index, middle and ring finger
PRESENT = 0.5  # a hand that is less likely one is none
SURE = 0.8  # a hand that is less likely one is looked for elsewhere, too
LIMITS = Limits(rotation=np.radians(40), shift=0.2, scale=0.4, margin=-0.1)
UP, DOWN = np.pi / 2, -np.pi / 2
SIZE, RECROP_SIZE = 224, 256  # px of the networks' images


@dataclass(frozen=True)
class Hand:
    """points (21,2) px; presence: how likely it is a hand, in [0,1]."""

    points: np.ndarray
    presence: float


def track_hand(
    image: np.ndarray, pose: np.ndarray, side: int, previous: Hand | None
) -> Hand | None:
    """A hand of a body (33,3) x, y px, visibility in an RGB image (h,w,3); `previous`: the one of
    the frame before, if it was found there. None if none is seen.

    Holistic looks once, where the frame before or this one's body points. If that shows no sure
    hand and the other of the two places does, it is that one.
    """
    found = hand_region(image, pose, side)
    if found is None:
        return None
    hand = hand_landmarks(image, found) if previous is None else _followed(image, found, previous)
    return hand if hand.presence > PRESENT else None


def _followed(image: np.ndarray, found: Region, previous: Hand) -> Hand:
    before = region_of_landmarks(previous.points)
    first = tracked(previous.points, before, found, LIMITS)
    hand = hand_landmarks(image, first)
    if hand.presence < SURE:
        other = hand_landmarks(image, found if first is before else before)
        hand = other if other.presence >= SURE else hand
    return hand


def hand_region(image: np.ndarray, pose: np.ndarray, side: int) -> Region | None:
    """Where a hand of a body (33,3) lies, by its wrist and fingers and a closer look there; None
    if the wrist is not visible."""
    if pose[WRISTS[side], 2] <= VISIBLE:
        return None
    wrist, pinky, index = pose[[WRISTS[side], PINKIES[side], INDICES[side]], :2]
    middle = (2 * index + pinky) / 3
    return _recropped(image, _along(middle, wrist, turn(wrist, middle, UP), 2.7))


def region_of_landmarks(points: np.ndarray) -> Region:
    """Where to look for a hand that was at joints (21,2) px in the frame before."""
    index, middle, ring = points[ROOTS]
    rotation = turn(points[0], ((index + ring) / 2 + middle) / 2, UP)
    axes = Region(points[0], 1.0, rotation).axes
    palm = points[PALM] @ axes
    low, high = palm.min(0), palm.max(0)
    return around(axes @ (low + high) / 2, high - low, rotation, 2.0, -0.1)


def hand_landmarks(image: np.ndarray, region: Region) -> Hand:
    """What a region shows, as a hand."""
    picture = cut(image, region, SIZE, cv2.BORDER_REPLICATE)
    points, presence, *_ = load_model("hand_landmark")(picture)
    xy = to_image(points.reshape(21, 3)[:, :2] / SIZE, region)
    return Hand(xy, float(presence[0]))


def _recropped(image: np.ndarray, region: Region) -> Region:
    """The hand's place by a network that sees the region around it."""
    # In a batch it is silently wrong from the second picture on.
    (points,) = load_model("hand_recrop")(cut(image, region, RECROP_SIZE, cv2.BORDER_REPLICATE))
    centre, edge = to_image(points.reshape(2, 2) / RECROP_SIZE, region)
    return _along(centre, edge, turn(centre, edge, DOWN), 1.0)


def _along(centre: np.ndarray, edge: np.ndarray, rotation: float, scale: float) -> Region:
    """The region around a square with this centre whose half side reaches to `edge` (2,) px."""
    side = 2 * float(np.linalg.norm(edge - centre))
    return around(centre, np.array([side, side]), rotation, scale, -0.1)
