"""All there is to know of a background photo: its camera, floor and light, and whether anybody can
be shown standing in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from understudy.artifacts.people import SHOWS_SOMEBODY, load_people
from understudy.artifacts.room import Room, RoomCamera, save_room
from understudy.files import file_digest
from understudy.registry import chosen
from understudy.room.depth import METRIC_SIGMA, Nearness, by_floor, height_by_metres
from understudy.room.exif import exif_focal, focal_px
from understudy.room.floor import Floor, find_floor, within_reach
from understudy.room.floor_net import floor_odds
from understudy.room.light import read_light
from understudy.room.lines import Given, Seen, see_camera
from understudy.room.photo import reduced, without_frame
from understudy.room.refusal import floor_score, why_refused
from understudy.room.segments import find_segments
from understudy.room.spots import find_spots
from understudy.room.told import Told, read_mask
from understudy.video.image import open_image

USUAL_HEIGHT, USUAL_HEIGHT_SIGMA = 1.5, 0.3  # m: of a camera in somebody's hands
TOLD_HEIGHT_SIGMA = 0.05  # m


def calibrate_background(
    image: Path | str,
    out: Path | str,
    told: Told,
    people: Path | str,
    backend: str,
    weights: Mapping[str, Path],
) -> None:
    """Write all there is to know of the photo `image` to `out`, a room.npz.

    people: a people.json, of who is in it; backend: a word of the choice "room"; weights: name in
    config/weights.yaml -> file, what it needs. A photo in which nobody can be shown standing is no
    error: the file says why. Raises UserError if the image, the mask or the weights cannot be read.
    """
    picture = np.asarray(open_image(image))
    height, width = picture.shape[:2]
    nearness = chosen("room", backend)(picture, weights)
    room = calibrate(picture, told, exif_focal(image, width, height), nearness)
    if load_people(people).boxes and told.floor is None:
        room = replace(room, about=room.about | {"refused": SHOWS_SOMEBODY})
    source = {
        "backend": backend,
        "model": {name: file_digest(path) for name, path in weights.items()},
        "picture": Path(image).name,
        "digest": file_digest(image),
    }
    save_room(out, replace(room, about=room.about | source))


def calibrate(
    picture: np.ndarray,
    told: Told,
    exif: float | None = None,
    nearness: Nearness | None = None,
) -> Room:
    """The room in a picture (h,w,3) uint8 RGB.

    exif: its focal length, px, if its file states it; nearness: what a network says of the picture,
    if one looked at it.
    """
    whole = without_frame(picture)
    height, width = whole.shape[:2]
    segments = find_segments(cv2.cvtColor(whole, cv2.COLOR_RGB2GRAY))
    seen = see_camera(segments, width, height, _given(told, exif, width, height))
    stands = _told_height(told)
    camera = RoomCamera(width, height, seen.focal, seen.pitch, seen.roll, seen.yaw, stands.above)
    small = reduced(whole)
    view = camera.resized(*small.shape[1::-1])
    odds = floor_odds(small, view)
    found = find_floor(odds, small, view)
    if told.mask:
        mask = read_mask(told.mask, found.free.shape, (height, width)) & within_reach(view)
        found = Floor(mask, mask)
    depth = None
    if nearness is not None:
        near = nearness.resized(small.shape[:2])
        stands = _measured_height(stands, near, found, view)
        camera, view = (replace(one, above=stands.above) for one in (camera, view))
        depth = by_floor(near, found, view)
    if depth is not None and not told.mask:
        found = depth.floor
    spots = find_spots(found.free, view)
    score = floor_score(odds, found.free)
    return Room(
        camera=camera,
        floor=found.floor,
        free=found.free,
        spots=spots,
        light=read_light(small, found.free, view),
        about={
            "sigma": _sigma(seen, stands),
            "origin": _origin(told, exif, stands),
            "support": seen.support,
            "score": score,
            "refused": why_refused(told, seen, score, len(spots), depth),
        },
        depth=None if depth is None else depth.metres,
    )


def _given(told: Told, exif: float | None, width: int, height: int) -> Given:
    focal = exif if told.focal is None else focal_px(told.focal, width, height)
    return Given(focal, None if told.horizon is None else (told.horizon - 0.5) * height)


@dataclass(frozen=True)
class _Height:
    """How high the camera is above the floor, m, its standard error, and where that comes from."""

    above: float
    sigma: float
    origin: str


def _told_height(told: Told) -> _Height:
    if told.camera_height is None:
        return _Height(USUAL_HEIGHT, USUAL_HEIGHT_SIGMA, "usual")
    return _Height(told.camera_height, TOLD_HEIGHT_SIGMA, "table")


def _measured_height(stands: _Height, near: Nearness, found: Floor, view: RoomCamera) -> _Height:
    """The height that a metric network tells, unless the table does."""
    above = height_by_metres(near, found, view) if stands.origin == "usual" else None
    return stands if above is None else _Height(above, METRIC_SIGMA * above, "depth")


def _sigma(seen: Seen, stands: _Height) -> dict[str, float]:
    """Standard errors; of the focal length as a share of it."""
    names = ("focal", "pitch", "roll", "walls")
    return {**dict(zip(names, seen.sigma, strict=True)), "height": stands.sigma}


def _origin(told: Told, exif: float | None, stands: _Height) -> dict[str, str]:
    """Where each number comes from."""
    focal = "table" if told.focal else "exif" if exif else "lines"
    return {
        "focal": focal,
        "pitch": "lines" if told.horizon is None else "table",
        "roll": "lines",
        "walls": "lines",
        "height": stands.origin,
        "floor": "picture" if told.floor is None else "table",
    }
