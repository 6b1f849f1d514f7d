"""A re-enactment in a room: the person stands on its floor, seen by its camera, and takes light
from it."""

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.avatar import load_avatar
from understudy.artifacts.fit import load_fit
from understudy.artifacts.placed import Placed, save_placed
from understudy.artifacts.room import Room, load_room
from understudy.artifacts.shown import shown
from understudy.body.load import load_body
from understudy.errors import UserError
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.device import on_device
from understudy.gaussians.pixels import to_video
from understudy.progress import progress
from understudy.scene.absence import emptied
from understudy.scene.animate import encode, posed, seen_by
from understudy.scene.composite import over
from understudy.scene.footprint import needs_of
from understudy.scene.framing import Framing, framed_photo
from understudy.scene.performance import Performance, performance
from understudy.scene.place import Place, find_place, in_room
from understudy.scene.placement import placed_pose
from understudy.scene.settings import CompositeSettings, Resize
from understudy.scene.shadow import ShadedFloor
from understudy.scene.viewpoints import Viewpoint
from understudy.video.write import VideoWriter

BATCH = 8  # frames skinned and rasterised at once
SHADING = 4  # one of so many Gaussians casts a shadow


@dataclass(frozen=True)
class Found:
    """A room for a motion, and why the photos before it were passed over."""

    background: str
    room: Room
    framing: Framing
    place: Place
    passed_over: dict[str, str]


def render_in_room(
    avatar: Path | str,
    fit: Path | str,
    body: Path | str,
    rooms: Mapping[str, Path | str],
    images: Mapping[str, Path | str],
    view: str,
    out_video: Path | str,
    out_placed: Path | str,
    settings: CompositeSettings,
    device: str = "cpu",
) -> str:
    """Render the avatar with a reference's motion, in the frames that show its person, in the first
    room that has space for it, at the reference's size and rate; returns that room's id.

    rooms: room.npz of the photo that was drawn, then of those that may take its place, by id, as
    images has the photos. view: as for `animate_avatar`; only its azimuth counts, the rooms'
    cameras are as they are. device: "cpu", or "cuda" where there is a GPU; the frames are the same.
    UserError if nobody can stand in any of the rooms, or if avatar, fit and body are not of one
    body model.
    """
    model, seen = load_body(body), Viewpoint.parse(view)
    reference = load_fit(fit, model.model_id)
    there = shown(reference.confidence, reference.fps)
    reference = reference.part(there.part)
    person = load_avatar(avatar, model)
    shaped = person.rig.body.shaped(person.rig.betas, person.rig.joint_offset)
    pose = placed_pose(person, reference, "ground")
    motion = performance(pose, shaped, reference.up).turned(seen.azimuth)
    height, width = (side // 2 * 2 for side in reference.size)
    calibrated = ((id_, load_room(path)) for id_, path in rooms.items())
    found = choose_room(calibrated, motion, width, height, settings.resize)
    for id_, why in found.passed_over.items():
        print(f"{id_} is passed over: {why}", file=sys.stderr)
    photo = framed_photo(images[found.background], width, height, settings.resize)
    with ExitStack() as files:
        video = files.enter_context(
            VideoWriter(out_video, width, height, reference.fps, crf=settings.crf)
        )
        frames = progress(
            _rendered(person, motion, found, photo, device),
            f"rendering {Path(out_video).stem}",
            -(-len(motion.pose) // BATCH),
            "batch",
        )
        encode(emptied(((batch,) for batch in frames), there.drawn, (photo,)), (video,))
        save_placed(out_placed, placed_of(found))
    return found.background


def choose_room(
    rooms: Iterable[tuple[str, Room]],
    motion: Performance,
    width: int,
    height: int,
    resize: Resize,
) -> Found:
    """The first of the rooms that has all that a motion needs in a frame of width x height px; if
    none has, the first in which somebody can stand at all."""
    needs = needs_of(motion)
    passed_over: dict[str, str] = {}
    usable: Found | None = None
    for id_, room in rooms:
        if room.refused:
            passed_over[id_] = room.refused
            continue
        framing = Framing.of(room.camera, width, height, resize)
        place = find_place(room, framing, motion, needs)
        found = Found(id_, room, framing, place, dict(passed_over))
        if not place.lacks:
            return found
        usable = usable or found
        passed_over[id_] = place.lacks
    if usable is None:
        reasons = "; ".join(f"{id_}: {why}" for id_, why in passed_over.items())
        raise UserError(f"nobody can be shown standing in any of these photos: {reasons}")
    others = {id_: why for id_, why in passed_over.items() if id_ != usable.background}
    return replace(usable, passed_over=others)


def _rendered(
    person: Avatar, motion: Performance, found: Found, photo: np.ndarray, told: str
) -> Iterator[np.ndarray]:
    """Batches of frames (b,h,w,3) uint8."""
    device = told if torch.cuda.is_available() else "cpu"
    camera, framing = found.room.camera, found.framing
    pose = on_device(in_room(motion, found.place, camera), device)
    K = torch.from_numpy(framing.K(camera.focal)).float().to(device)
    floor = ShadedFloor.of(found.room, framing, found.place.of(_ends(motion)))
    for cloud in posed(on_device(person, device), pose, BATCH):
        rgba = to_video(*seen_by(cloud, K, framing.width, framing.height))[0]
        bodies = camera.over_floor(cloud.means[:, ::SHADING].cpu().numpy())
        yield over(rgba, np.stack([floor.shaded(photo, floor.darkness(body)) for body in bodies]))


def _ends(motion: Performance) -> np.ndarray:
    """The corners (2,2), right and forward, m, of where the pelvis is on the motion's floor."""
    place = (motion.pose.transl + motion.body.joints[0]).numpy()[:, [0, 2]] * (1, -1)
    return np.stack([place.min(0), place.max(0)])


def placed_of(found: Found) -> Placed:
    """The record of a video."""
    camera, place = found.room.camera, found.place
    return Placed(
        background=found.background,
        passed_over=found.passed_over,
        right=place.right,
        forward=place.forward,
        turn=math.degrees(place.turn),
        lacks=place.lacks,
        K=found.framing.K(camera.focal).tolist(),
        pitch=camera.pitch,
        roll=camera.roll,
        height=camera.above,
        height_from=found.room.about["origin"]["height"],
    )
