"""A photo, and the camera that took it, in the frame of a video."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from understudy.artifacts.room import RoomCamera
from understudy.room.photo import without_frame
from understudy.scene.images import in_frame
from understudy.scene.settings import Resize
from understudy.video.image import open_image


@dataclass(frozen=True)
class Framing:
    """How a photo fills a frame of width x height px: every pixel of it times `scale` (x, y), about
    the middle of both. shown: width and height, px, of the part of the frame that it fills."""

    width: int
    height: int
    scale: tuple[float, float]
    shown: tuple[float, float]

    @staticmethod
    def of(camera: RoomCamera, width: int, height: int, resize: Resize) -> "Framing":
        """The framing of a photo of that camera (see scene/images.py)."""
        x, y = width / camera.width, height / camera.height
        scales = {"cover": (max(x, y),) * 2, "contain": (min(x, y),) * 2, "stretch": (x, y)}
        scale = scales[resize]
        filled = min(width, scale[0] * camera.width), min(height, scale[1] * camera.height)
        return Framing(width, height, scale, filled)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.width, self.height

    def K(self, focal: float) -> np.ndarray:
        """(3,3) px, of a photo whose focal length is `focal` px."""
        x, y = self.scale
        return np.array(
            [[focal * x, 0, self.width / 2], [0, focal * y, self.height / 2], [0, 0, 1]]
        )

    def rays(self, focal: float) -> np.ndarray:
        """(h,w,3): directions of the pixels' centres in camera space, with z = 1, of that photo."""
        K = self.K(focal)
        across = (np.arange(self.width) + 0.5 - K[0, 2]) / K[0, 0]
        down = (np.arange(self.height) + 0.5 - K[1, 2]) / K[1, 1]
        return np.dstack([*np.meshgrid(across, down), np.ones((self.height, self.width))])

    def shown_of(self, mask: np.ndarray, camera: RoomCamera, interpolation: int) -> np.ndarray:
        """What the frame shows of a picture (p,q) f32 of the whole photo of that camera, reduced as
        a room's masks are; interpolation: OpenCV's."""
        small = camera.resized(*mask.shape[::-1])
        at = small.project(self.rays(camera.focal)).astype(np.float32) - np.float32(0.5)
        x, y = np.ascontiguousarray(np.moveaxis(at, -1, 0))
        return cv2.remap(mask, x, y, interpolation, borderMode=cv2.BORDER_REPLICATE)


def framed_photo(path: Path | str, width: int, height: int, resize: Resize) -> np.ndarray:
    """A photo in a frame, RGB uint8 (height, width, 3), without a plain border of its own: as its
    room was calibrated."""
    photo = without_frame(np.asarray(open_image(path)))
    return in_frame(Image.fromarray(photo), width, height, resize)
