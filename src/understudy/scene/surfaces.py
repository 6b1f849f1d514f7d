"""What somebody can sit or lie on in a room whose depth is known."""

import cv2
import numpy as np

from understudy.artifacts.room import Room

OFF = 0.08  # m: how much higher or lower a seat may be
_LEVEL = 0.03  # m: how much the height varies within a level surface


def surface_at(room: Room, height: float) -> np.ndarray:
    """(h,w) bool, as the room's masks: where a level surface is seen `height` m over the floor."""
    camera = room.small
    assert room.depth is not None
    known = room.depth > 0
    heights = (room.depth * (camera.rays() @ camera.axes[1]) + camera.above).astype(np.float32)
    mean = cv2.blur(heights, (5, 5))
    spread = np.sqrt(np.maximum(cv2.blur(heights**2, (5, 5)) - mean**2, 0))
    return known & (np.abs(heights - height) < OFF) & (spread < _LEVEL)
