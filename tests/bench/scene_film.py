"""People set into photos of the demo's rooms, against films of the same people really there.

A person is drawn as an avatar learnt in another room would be if it were perfect: the demo's figure
itself, in that room's light. So cameras and places are measured, not avatars. A film shows the
person where the composite shows them: on the true floor under the same pixel, seen from the same
side. Nothing of the room hides them, unless said so.
"""

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
import torch
from PIL import Image

from tests.bench.scene_world import TUNED_ON, Photo
from understudy.artifacts.room import Room
from understudy.body.pose import Pose
from understudy.demo.actions import perform
from understudy.demo.camera import Camera, background_camera, phone_camera
from understudy.demo.figure import Figure
from understudy.demo.figure_renderer import FigureRenderer
from understudy.demo.film import Shot, composed
from understudy.demo.ground import ground
from understudy.demo.people import make_person
from understudy.demo.render import Picture, render_parts
from understudy.demo.room_film import film
from understudy.demo.rooms import make_room
from understudy.demo.shadow import FloorShadow
from understudy.demo.skeleton import Skeleton
from understudy.demo.style import Style
from understudy.demo.truth import camera_pose
from understudy.scene.blend import Blend, Texture
from understudy.scene.colour import light_gain
from understudy.scene.footprint import Needs, needs_of
from understudy.scene.framing import Framing
from understudy.scene.images import in_frame
from understudy.scene.performance import Performance, about_up, moved, performance
from understudy.scene.place import Place, find_place, in_room
from understudy.scene.shadow import ShadedFloor

SIZE = 512  # px, of the frames
HOME_SIZE = 320, 240  # px, of the scene in which somebody was learnt
FPS, SECONDS = 6, 3
NEAR = 21  # px: how far around the figure pictures are compared
# Who is set into the photos in turn, in what motion; each was filmed in a room that is tuned on.
CAST = (
    ("ada", "hand_waving"),
    ("dov", "point"),
    ("esi", "bow"),
    ("hao", "kicking"),
    ("ines", "clapping"),
)


@dataclass(frozen=True)
class Actor:
    """A perfect avatar and a perfect fit. renderer: the figure in the light in which it was learnt;
    home (h,w,3) f32 in [0,1]: the scene in which it was; motion: what it performs, and what that
    needs of a room."""

    figure: Figure
    renderer: FigureRenderer
    home: np.ndarray
    motion: Performance
    needs: Needs


@cache
def actor(number: int) -> Actor:
    """One of CAST, filmed by a phone in one of the rooms that are tuned on."""
    person, action = CAST[number]
    figure, home = make_person(person), make_room(TUNED_ON[number])
    body, skeleton = figure.shaped(), Skeleton.of(figure.joints, figure.vertices)
    acted = ground(perform(action, Style.drawn(number), FPS, SECONDS, skeleton), body).pose()
    reached = body.pose(acted).vertices.reshape(-1, 3).numpy().astype(np.float64)
    camera = phone_camera(SIZE, SIZE, reached, np.random.default_rng(number))
    pose = camera_pose(acted, camera, figure.joints[0])
    motion = performance(pose, body, camera.viewmat[:3, 1])
    view = background_camera(home.id, *HOME_SIZE)
    scene = render_parts(home.parts, home.lighting, view, 1).rgb.astype(np.float32) / 255
    return Actor(figure, FigureRenderer(figure, home.lighting), scene, motion, needs_of(motion))


@dataclass(frozen=True)
class Score:
    """A composite against a film. psnr: dB in the box of both figures; iou: of their masks; height:
    of the composite's figure over the film's; plain: psnr against the same film without the shadow;
    behind: (psnr, iou) against the film in which the room hides the person."""

    psnr: float
    iou: float
    height: float
    plain: float
    behind: tuple[float, float]


def score(photo: Photo, room: Room, player: Actor) -> Score | None:
    """Of a performer in a photo as `room` was found in it; None if that is refused, or has no place
    for the motion."""
    if room.refused:
        return None
    framing = Framing.of(room.camera, SIZE, SIZE, "cover")
    place = find_place(room, framing, player.motion, player.needs)
    if place.lacks:
        return None
    ours = _composite(photo, room, framing, place, player)
    films = _Films.of(photo, room, place, player)
    return _scored(ours, films.unhidden(), films.without_shadow(), films.among_furniture())


@dataclass(frozen=True)
class Framed:
    """rgb (h,w,3) f32; mask (h,w) bool: the person as shown."""

    rgb: np.ndarray
    mask: np.ndarray

    @staticmethod
    def of(rgb: np.ndarray, mask: np.ndarray) -> "Framed":
        """A picture uint8 of a photo's size as the video's frame shows it."""
        shown = Image.fromarray(mask.astype(np.uint8) * 255)
        cropped = (in_frame(image, SIZE, SIZE, "cover") for image in (Image.fromarray(rgb), shown))
        picture, covered = cropped
        return Framed(picture.astype(np.float32), covered > 127)


def _composite(photo: Photo, room: Room, framing: Framing, place: Place, player: Actor) -> Framed:
    """What a job makes of it: the figure through the camera that was found, over the photo."""
    camera, pelvis = room.camera, player.motion.body.joints[0]
    pose = _middle(in_room(player.motion, place, camera))
    # The renderer's light stands around the axes of the motion, so the camera is brought there.
    viewmat = np.eye(4)
    viewmat[:3, :3] = camera.axes.T @ about_up(place.turn)
    viewmat[:3, 3] = camera.in_space(np.array([place.right, place.forward]))
    back, shift = (torch.from_numpy(part).float() for part in _inverse(viewmat))
    empty = in_frame(Image.fromarray(photo.view.rgb), SIZE, SIZE, "cover")
    behind = _shaded(empty, room, framing, player.motion.body.pose(pose).vertices[0].numpy())
    nothing = Picture(np.zeros_like(behind), np.full((SIZE, SIZE), np.inf, np.float32))
    lens = Camera(framing.K(camera.focal), viewmat, SIZE, SIZE)
    shot = Shot(player.figure, player.motion.body, lens, player.renderer, nothing, None)
    (frame,) = composed(shot, moved(pose, pelvis, back, shift))
    blend = Blend(None, light_gain(player.home, empty), Texture.of(empty)).as_sharp(frame.seen)
    rgb = np.ascontiguousarray(frame.picture / 255, np.float32)
    blend.over(rgb, frame.seen, frame.depth, behind)
    return Framed(behind.astype(np.float32), frame.seen >= 0.5)


def _shaded(photo: np.ndarray, room: Room, framing: Framing, skin: np.ndarray) -> np.ndarray:
    """The photo with the shadow of a person's skin (n,3), in camera space, as a job draws it."""
    body = room.camera.over_floor(skin)
    floor = ShadedFloor.of(room, framing, body[:, :2])
    frame = photo.copy()
    floor.shade(frame, floor.darkness(body))
    return frame


def _middle(pose: Pose) -> Pose:
    """The frame that is compared."""
    return pose[len(pose) // 2 : len(pose) // 2 + 1]


def _inverse(viewmat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rotation = viewmat[:3, :3].T
    return rotation, -rotation @ viewmat[:3, 3]


@dataclass(frozen=True)
class _Films:
    """The person really there."""

    photo: Photo
    shot: Shot
    pose: Pose

    @staticmethod
    def of(photo: Photo, room: Room, place: Place, player: Actor) -> "_Films":
        camera = photo.lens.camera
        ahead = camera.viewmat[2, :3]
        yaw = np.arctan2(ahead[0], -ahead[2])
        right, forward = _true_place(photo, room, place)
        level = about_up(yaw)
        floor = camera.position * (1, 0, 1) + level @ (right, 0, -forward)
        pose = _middle(player.motion.pose)
        turned = torch.from_numpy(about_up(yaw + place.turn)).float()
        there = moved(pose, player.motion.body.joints[0], turned, torch.from_numpy(floor).float())
        at = float(floor[0]), float(floor[2])
        return _Films(photo, _stage(player.figure, photo, at), there)

    def among_furniture(self) -> Framed:
        return self._filmed(self.shot)

    def unhidden(self) -> Framed:
        return self._filmed(self._in_front)

    def without_shadow(self) -> Framed:
        return self._filmed(replace(self._in_front, shadow=None))

    @property
    def _in_front(self) -> Shot:
        far = np.full_like(self.shot.backdrop.depth, np.inf)
        return replace(self.shot, backdrop=replace(self.shot.backdrop, depth=far))

    def _filmed(self, shot: Shot) -> Framed:
        (frame,) = film(shot, self.photo.lens, self.pose)
        return Framed.of(frame.rgb, frame.mask)


def _stage(figure: Figure, photo: Photo, place: tuple[float, float]) -> Shot:
    """The figure in the room of a photo, whose picture is the backdrop."""
    lighting, camera, behind = photo.room.lighting, photo.lens.straight, photo.view.straight
    shadow = FloorShadow.of(behind.depth, camera, lighting.key.position, place)
    return Shot(figure, figure.shaped(), camera, FigureRenderer(figure, lighting), behind, shadow)


def _true_place(photo: Photo, room: Room, place: Place) -> np.ndarray:
    """Right and forward (2,) m of the true camera: the floor that is seen where the place is."""
    camera, truth = room.camera, photo.truth
    pixel = camera.project(camera.in_space(np.array([place.right, place.forward])))
    x, y = photo.lens.sources()
    at = (pixel - 0.5).astype(np.float32).reshape(2, 1, 1)
    straight = np.array([cv2.remap(source, *at, cv2.INTER_LINEAR)[0, 0] for source in (x, y)])
    ray = np.array([*(straight - [truth.width / 2, truth.height / 2]) / truth.focal, 1.0])
    right, up, back = truth.axes
    point = ray * truth.above / -(ray @ up)
    return np.array([point @ right, -(point @ back)])


def _scored(ours: Framed, unhidden: Framed, shadowless: Framed, hidden: Framed) -> Score:
    return Score(
        psnr=_psnr(ours, unhidden),
        iou=_iou(ours, unhidden),
        height=_tall(ours.mask) / _tall(unhidden.mask),
        plain=_psnr(ours, shadowless),
        behind=(_psnr(ours, hidden), _iou(ours, hidden)),
    )


def _psnr(ours: Framed, theirs: Framed) -> float:
    both = (ours.mask | theirs.mask).astype(np.uint8)
    near = cv2.dilate(both, np.ones((NEAR, NEAR), np.uint8)) > 0
    off = np.clip(ours.rgb, 0, 255)[near] - theirs.rgb[near]
    return float(10 * np.log10(255**2 / (off**2).mean()))


def _iou(ours: Framed, theirs: Framed) -> float:
    return float((ours.mask & theirs.mask).sum() / (ours.mask | theirs.mask).sum())


def _tall(mask: np.ndarray) -> int:
    rows = np.flatnonzero(mask.any(1))
    return int(rows[-1] - rows[0] + 1)
