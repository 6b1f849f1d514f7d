"""The demo world's empty rooms; without PyTorch, which takes longer to load than a room to draw."""

from pathlib import Path

import cv2

from understudy.demo.camera import background_camera
from understudy.demo.render import render_parts
from understudy.demo.rooms import make_room
from understudy.files import atomic_path


def make_background(room: str, out_image: Path | str, width: int, height: int) -> str:
    """Photograph an empty room; returns its scene tag."""
    place = make_room(room)
    camera = background_camera(room, width, height)
    picture = render_parts(place.parts, place.lighting, camera, 2)
    with atomic_path(out_image) as path:
        cv2.imwrite(str(path), picture.rgb[..., ::-1])
    return place.scene
