"""People of the demo world filmed in its rooms from any camera, with what is true of each frame."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from understudy.body.pose import Pose
from understudy.demo.figure import Figure
from understudy.demo.film import Shot, composed
from understudy.demo.room_view import Lens
from understudy.demo.rooms import Room


@dataclass(frozen=True)
class RoomFrame:
    """A frame of a person in a room, and what is true of it.

    rgb (h,w,3) uint8, without noise; mask, whole (h,w) bool: what is seen of the person, and what
    would be seen if nothing stood in front; depth (h,w) f32 m of the person, hidden or not, inf
    beside them; shadow (h,w) f32: the share of the light that they take from the floor.
    """

    rgb: np.ndarray
    mask: np.ndarray
    whole: np.ndarray
    depth: np.ndarray
    shadow: np.ndarray


def stage(figure: Figure, room: Room, lens: Lens, place: tuple[float, float]) -> Shot:
    """A figure among the furniture of a room, about x and z (m) of its floor."""
    return Shot.in_room(figure, room.parts, room.lighting, lens.straight, place)


def film(shot: Shot, lens: Lens, pose: Pose) -> Iterator[RoomFrame]:
    """The frames of `pose` (in the world) through the lens that the shot was staged for."""
    for frame in composed(shot, pose):
        picture = lens.bent(frame.picture, cv2.INTER_CUBIC)
        seen, whole, shadow = (
            lens.bent(share, cv2.INTER_LINEAR) for share in (frame.seen, frame.whole, frame.shadow)
        )
        yield RoomFrame(
            rgb=np.clip(picture + 0.5, 0, 255).astype(np.uint8),
            mask=seen >= 0.5,
            whole=whole >= 0.5,
            depth=lens.bent(frame.depth, cv2.INTER_NEAREST),
            shadow=shadow,
        )
