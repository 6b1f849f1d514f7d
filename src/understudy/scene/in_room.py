"""A re-enactment in a room: the person stands on its floor, seen by its camera, and takes light
from it."""

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.avatar import load_avatar
from understudy.artifacts.fit import load_fit
from understudy.artifacts.labels import save_labels
from understudy.artifacts.placed import Blended, Placed
from understudy.artifacts.room import Room, load_room
from understudy.artifacts.shown import shown
from understudy.artifacts.trained import load_trained
from understudy.body.load import load_body
from understudy.errors import UserError
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.device import on_device
from understudy.progress import progress
from understudy.scene.absence import emptied
from understudy.scene.animate import encode, posed, seen_by
from understudy.scene.blend import Blend, Texture
from understudy.scene.colour import light_gain
from understudy.scene.footprint import needs_of
from understudy.scene.framing import Framing, framed_photo
from understudy.scene.labelling import Labelling
from understudy.scene.occlusion import Furniture
from understudy.scene.performance import Performance, performance
from understudy.scene.place import Place, find_place, in_room
from understudy.scene.placement import placed_pose
from understudy.scene.settings import PRESET, CompositeSettings, Resize
from understudy.scene.shadow import ShadedFloor, strength_of
from understudy.scene.standing import standable
from understudy.scene.viewpoints import Viewpoint
from understudy.video.write import VideoWriter

BATCH = 4  # frames skinned and rasterised at once: the allocator keeps arrays of up to 32 MB
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
    trained: Path | str,
    fit: Path | str,
    body: Path | str,
    rooms: Mapping[str, Path | str],
    images: Mapping[str, Path | str],
    view: str,
    out_video: Path | str,
    out_labels: Path | str,
    settings: CompositeSettings,
    device: str = "cpu",
) -> str:
    """Render the avatar with a reference's motion, in the frames that show its person, in the first
    room that has space for it, at the reference's size and rate; returns that room's id.

    trained: the avatar's trained.npz, which holds the scene that it was learnt in. rooms: room.npz
    of the photo that was drawn, then of those that may take its place, by id, as images has the
    photos. view: as for `animate_avatar`; only its azimuth counts, the rooms' cameras are as they
    are. device: "cpu", or "cuda" where there is a GPU; the frames are the same.
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
    occluded = "occlusion" in settings.blend
    found = choose_room(calibrated, motion, width, height, settings.resize, occluded)
    for id_, why in found.passed_over.items():
        print(f"{id_} is passed over: {why}", file=sys.stderr)
    photo = framed_photo(images[found.background], width, height, settings.resize)
    home = load_trained(trained).backdrop
    rendering = Rendering.of(found, person, motion, photo, home, settings)
    with ExitStack() as files:
        video = files.enter_context(
            VideoWriter(out_video, width, height, reference.fps, crf=settings.crf, preset=PRESET)
        )
        frames = progress(
            rendering.frames(person, device),
            f"rendering {Path(out_video).stem}",
            -(-len(motion.pose) // BATCH),
            "batch",
        )
        encode(emptied(((batch,) for batch in frames), there.drawn, (photo,)), (video,))
        placed = placed_of(found, rendering.blended())
        save_labels(out_labels, rendering.labelling.labels(there.drawn, reference.fps, placed))
    return found.background


def choose_room(
    rooms: Iterable[tuple[str, Room]],
    motion: Performance,
    width: int,
    height: int,
    resize: Resize,
    occluded: bool,
) -> Found:
    """The first of the rooms that has all that a motion needs in a frame of width x height px; if
    none has, the first in which somebody can stand at all. occluded: whether they may stand behind
    things, as far as a room's depth is known."""
    needs = needs_of(motion)
    passed_over: dict[str, str] = {}
    usable: Found | None = None
    for id_, room in rooms:
        if room.refused:
            passed_over[id_] = room.refused
            continue
        framing = Framing.of(room.camera, width, height, resize)
        open_to = replace(room, free=standable(room)) if occluded else room
        place = find_place(open_to, framing, motion, needs)
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


@dataclass
class Rendering:
    """How a motion is drawn in the room that was found for it.

    photo (h,w,3) uint8: in the frame; floor: None if nobody casts a shadow; occluded: the share of
    the person that is hidden, of each frame that was drawn, if anything can hide them; labelling:
    what is known of each.
    """

    found: Found
    photo: np.ndarray
    floor: ShadedFloor | None
    blend: Blend
    labelling: Labelling
    occluded: list[float]

    @staticmethod
    def of(
        found: Found,
        person: Avatar,
        motion: Performance,
        photo: np.ndarray,
        home: np.ndarray,
        settings: CompositeSettings,
    ) -> "Rendering":
        """home (h,w,3) f32 in [0,1]: the scene in which the person was learnt."""
        room, framing, parts = found.room, found.framing, settings.blend
        pose = in_room(motion, found.place, room.camera)
        K, view = framing.K(room.camera.focal), room.camera.view
        labelling = Labelling.of(person.rig, pose, K, view, settings.depth)
        shaded = ShadedFloor.of(room, framing, found.place.of(_ends(motion)))
        blend = Blend(
            furniture=Furniture.of(room, framing, photo) if "occlusion" in parts else None,
            gain=light_gain(home, photo) if "colour" in parts else None,
            texture=Texture.of(photo) if "texture" in parts else None,
        )
        floor = shaded if "shadow" in parts else None
        return Rendering(found, photo, floor, blend, labelling, [])

    def frames(self, person: Avatar, told: str) -> Iterator[np.ndarray]:
        """Batches of frames (b,h,w,3) uint8; told: the device."""
        device = told if torch.cuda.is_available() else "cpu"
        camera, framing = self.found.room.camera, self.found.framing
        pose = on_device(self.labelling.pose, device)
        K = torch.from_numpy(framing.K(camera.focal)).float().to(device)
        with ThreadPoolExecutor(BATCH) as pool:
            for number, cloud in enumerate(posed(on_device(person, device), pose, BATCH)):
                figure = [part.cpu().numpy() for part in seen_by(cloud, K, *framing.size)]
                if number == 0:
                    self.blend = self.blend.as_sharp(figure[1][0, ..., 0])
                bodies = camera.over_floor(cloud.means[:, ::SHADING].cpu().numpy())
                drawn = list(pool.map(self._frame, *figure, bodies))
                seen = np.stack([shown for _, shown in drawn])
                alpha, depth = (part[..., 0] for part in figure[1:])
                if self.blend.furniture is not None:
                    hidden = (alpha * (1 - seen)).sum((1, 2))
                    self.occluded += (hidden / np.maximum(alpha.sum((1, 2)), 1e-6)).tolist()
                self.labelling.add(alpha, depth, seen)
                yield np.stack([frame for frame, _ in drawn])

    def _frame(
        self, rgb: np.ndarray, alpha: np.ndarray, depth: np.ndarray, body: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """A figure (h,w,3), (h,w,1), (h,w,1) over the photo with its shadow, and which share of it
        is seen in each pixel (h,w). body (n,3): surface points over the floor, which shade it."""
        frame = self.photo.copy()
        if self.floor is not None:
            self.floor.shade(frame, self.floor.darkness(body))
        return frame, self.blend.over(rgb, alpha[..., 0], depth[..., 0], frame)

    def blended(self) -> Blended:
        """What was done, once all frames are drawn."""
        blend, light = self.blend, self.found.room.light
        done = {
            "occlusion": blend.furniture,
            "shadow": self.floor,
            "colour": blend.gain,
            "texture": blend.texture,
        }
        return Blended(
            parts=[part for part, applied in done.items() if applied is not None],
            occluded=round(float(np.mean(self.occluded)), 4) if blend.furniture else None,
            gain=None if blend.gain is None else blend.gain.round(4).tolist(),
            shadow=round(strength_of(light), 4) if self.floor else None,
            lamp=round(self.floor.rays.lamp, 4) if self.floor else None,
            noise=round(blend.texture.noise, 3) if blend.texture else None,
            blur=round(blend.blur, 3) if blend.texture else None,
        )


def _ends(motion: Performance) -> np.ndarray:
    """The corners (2,2), right and forward, m, of where the pelvis is on the motion's floor."""
    place = (motion.pose.transl + motion.body.joints[0]).numpy()[:, [0, 2]] * (1, -1)
    return np.stack([place.min(0), place.max(0)])


def placed_of(found: Found, blended: Blended) -> Placed:
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
        blended=blended,
    )
