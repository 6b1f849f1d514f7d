"""Composites of a person in a photo, as a job makes them, and the same person really filmed there.

An avatar is the demo's figure itself in the light of the room in which it would have been learnt:
what blending does is measured, not avatars. All pictures are of the photo's own size.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import cv2
import numpy as np
import torch

from tests.bench.light_world import SIZE, Seen
from tests.bench.scene_film import Actor, actor
from understudy.artifacts.room import RoomCamera
from understudy.body.pose import Pose
from understudy.demo.camera import Camera, phone_camera
from understudy.demo.figure_renderer import FigureRenderer
from understudy.demo.film import Composed, Shot, composed
from understudy.demo.render import Picture
from understudy.demo.rooms import make_room
from understudy.demo.shadow import FloorShadow
from understudy.scene.blend import Blend
from understudy.scene.colour import light_gain
from understudy.scene.performance import about_up, moved
from understudy.scene.place import Place, in_room
from understudy.scene.shadow import ShadedFloor

NEAR = 21  # px: how far around the figure pictures are compared
HOME_GAIN = (0.93, 1.05), (0.98, 1.02)  # of an identity's video: its exposure, its tint
HELD = 8  # renderers that are kept
DARK = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
NOTHING = np.full((SIZE[1], SIZE[0]), np.inf, np.float32)


@dataclass(frozen=True)
class Figure:
    """A person drawn in front of nothing. rgb (h,w,3) f32 in [0,1], premultiplied; alpha (h,w) f32,
    of what is seen; whole (h,w) f32, if nothing stood in front; depth (h,w) f32 m."""

    rgb: np.ndarray
    alpha: np.ndarray
    whole: np.ndarray
    depth: np.ndarray

    @staticmethod
    def of(frame: Composed) -> "Figure":
        return Figure(frame.picture / 255, frame.seen, frame.whole, frame.depth)


@dataclass(frozen=True)
class Case:
    """Somebody (a number of CAST) at a place of a photo; moment: of the motion, in [0,1); home_gain
    (3,): the exposure of the video in which they were learnt; behind: the place is behind
    things."""

    seen: Seen
    place: Place
    number: int
    moment: float
    home_gain: np.ndarray
    behind: bool

    @property
    def player(self) -> Actor:
        return actor(self.number)

    @property
    def frame(self) -> int:
        return int(self.moment * len(self.player.motion.pose))

    @cached_property
    def ours(self) -> Figure:
        """Seen by the camera that was found."""
        camera = self.seen.room.camera
        lens = Camera(self.seen.framing.K(camera.focal), _standing(camera, self.place), *SIZE)
        return self._learnt(lens, self._pose, NOTHING)

    @cached_property
    def theirs(self) -> Figure:
        """The same as their true camera sees them, behind what is truly nearer."""
        camera = self.seen.photo.truth
        lens = Camera(camera.K, _standing(camera, self.true_place), *SIZE)
        return self._learnt(lens, self._pose, self.seen.photo.view.depth)

    @cached_property
    def filmed(self) -> np.ndarray:
        """(h,w,3) f32: the person really there, as the photo's camera exposes them."""
        figure, gain = self._lit, self.seen.gain
        shown = figure.picture * gain + (1 - figure.seen[..., None]) * self.shaded(self.true_shadow)
        return np.clip(shown, 0, 255)

    @property
    def lit(self) -> np.ndarray:
        """(k,3) f32: the colours of the person where they are seen, lit by the photo's room."""
        return self._lit.picture[self.theirs.alpha > 0.99]

    @cached_property
    def _lit(self) -> Composed:
        photo, player = self.seen.photo, self.player
        shot = Shot(
            *(player.figure, player.motion.body, photo.lens.camera),
            *(renderer_of(self.number, photo.room.id), Picture(DARK, photo.view.depth), None),
        )
        return _drawn(shot, self.true_pose)

    @cached_property
    def learnt(self) -> np.ndarray:
        """(k,3) f32: the same in the light in which they were learnt."""
        return 255 * self.theirs.rgb[self.theirs.alpha > 0.99]

    @cached_property
    def home(self) -> np.ndarray:
        """(h,w,3) f32 in [0,1]: the scene in which they were learnt."""
        return np.clip(self.player.home * self.home_gain, 0, 1)

    @cached_property
    def true_shadow(self) -> np.ndarray:
        """(h,w) f32: the share of the light that the person really takes."""
        photo = self.seen.photo
        vertices = self.player.motion.body.pose(self.true_pose).vertices[0].numpy()
        middle = vertices[:, [0, 2]].mean(0)
        light = photo.room.lighting.key.position
        place = float(middle[0]), float(middle[1])
        shadow = FloorShadow.of(photo.view.depth, photo.lens.camera, light, place)
        return shadow.darkness(vertices)

    @cached_property
    def shadow(self) -> np.ndarray:
        """(h,w) f32: the share that a job takes away."""
        room, motion = self.seen.room, self.player.motion
        pose = in_room(motion, self.place, room.camera)[self.frame : self.frame + 1]
        body = room.camera.over_floor(motion.body.pose(pose).vertices[0].numpy())
        floor = ShadedFloor.of(room, self.seen.framing, body[:, :2])
        whole = np.zeros(SIZE[::-1], np.float32)
        whole[floor.box] = floor.darkness(body)
        return whole

    def shaded(self, darkness: np.ndarray) -> np.ndarray:
        """The photo (h,w,3) f32 in which light is missing."""
        return self.seen.photo.view.rgb * (1 - darkness[..., None])

    @cached_property
    def blended(self) -> Blend:
        """As a job does."""
        gain = light_gain(self.home, self.seen.photo.view.rgb)
        blend = Blend(self.seen.furniture, gain, self.seen.texture)
        return blend.as_sharp(self.ours.alpha)

    def composite(self) -> np.ndarray:
        """(h,w,3) uint8: what a job makes of it."""
        return self.drawn(self.blended)

    def drawn(self, blend: Blend) -> np.ndarray:
        """The same with a blend of another frame of its clip."""
        return _over(blend, self.ours, np.uint8(self.shaded(self.shadow) + 0.5))

    def pasted(self) -> np.ndarray:
        """The same without any part of blending."""
        return _over(Blend(None, None, None), self.ours, self.seen.photo.view.rgb.copy())

    def true_composite(self) -> np.ndarray:
        """The same as `composite` with the true camera, depth and shadow."""
        behind = np.uint8(self.shaded(self.true_shadow) + 0.5)
        return _over(replace(self.blended, furniture=None), self.theirs, behind)

    def paste(self) -> tuple[np.ndarray, np.ndarray]:
        """The person at the pixels where the reference showed them, over the photo, and the mask
        (h,w) of them."""
        player = self.player
        reached = player.motion.points.reshape(-1, 3).astype(np.float64)
        camera = phone_camera(*SIZE, reached, np.random.default_rng(self.number))
        figure = self._learnt(camera, self._pose, NOTHING)
        photo = self.seen.photo.view.rgb
        return _over(Blend(None, None, None), figure, photo), figure.alpha > 0.5

    @cached_property
    def hidden(self) -> tuple[np.ndarray, np.ndarray]:
        """(h,w) bool: what the room hides of the person, as a job finds, and in truth."""
        furniture, alpha = self.blended.furniture, self.ours.alpha
        assert furniture is not None
        whole = np.s_[: SIZE[1], : SIZE[0]]
        shown = furniture.shown(alpha, self.ours.depth, whole)
        true = (self.theirs.whole > 0.5) & (self.theirs.alpha <= 0.5)
        return (alpha > 0.5) & (shown <= 0.5), true

    @property
    def masks(self) -> tuple[np.ndarray, np.ndarray]:
        """(h,w) bool: where the person is seen, as a job finds, and in truth."""
        return (self.ours.alpha > 0.5) & ~self.hidden[0], self.theirs.alpha > 0.5

    @cached_property
    def true_place(self) -> Place:
        """The place by the true camera: the floor under the same pixel."""
        room, truth = self.seen.room.camera, self.seen.photo.truth
        pixel = room.project(room.in_space(np.array([self.place.right, self.place.forward])))
        ray = np.array([*(pixel - np.array(SIZE) / 2) / truth.focal, 1.0])
        right, up, back = truth.axes
        point = ray * truth.above / -(ray @ up)
        return replace(self.place, right=float(point @ right), forward=float(-(point @ back)))

    @cached_property
    def true_pose(self) -> Pose:
        """In the world."""
        camera = self.seen.photo.lens.camera
        ahead = camera.viewmat[2, :3]
        yaw, place = np.arctan2(ahead[0], -ahead[2]), self.true_place
        floor = camera.position * (1, 0, 1) + about_up(yaw) @ (place.right, 0, -place.forward)
        turned = torch.from_numpy(about_up(yaw + place.turn)).float()
        pelvis = self.player.motion.body.joints[0]
        return moved(self._pose, pelvis, turned, torch.from_numpy(floor).float())

    @property
    def _pose(self) -> Pose:
        return self.player.motion.pose[self.frame : self.frame + 1]

    def _learnt(self, lens: Camera, pose: Pose, depth: np.ndarray) -> Figure:
        """In the light in which they were learnt, which stands about the motion's axes."""
        player = self.player
        shot = Shot(
            *(player.figure, player.motion.body, lens, player.renderer),
            *(Picture(DARK, depth), None),
        )
        figure = Figure.of(_drawn(shot, pose))
        return replace(figure, rgb=np.minimum(figure.rgb * self.home_gain, 1).astype(np.float32))


def drawn_home(rng: np.random.Generator) -> np.ndarray:
    """(3,): the exposure of an identity's video."""
    return rng.uniform(*HOME_GAIN[0]) * rng.uniform(*HOME_GAIN[1], 3)


@lru_cache(HELD)
def renderer_of(number: int, room: str) -> FigureRenderer:
    """Of somebody in the light of a room."""
    return FigureRenderer(actor(number).figure, make_room(room).lighting)


def psnr(ours: np.ndarray, theirs: np.ndarray) -> float:
    """dB, of values to 255."""
    off = np.clip(ours, 0, 255).astype(float) - theirs
    return float(10 * np.log10(255**2 / max((off**2).mean(), 1e-9)))


def near(*masks: np.ndarray) -> np.ndarray:
    """(h,w) bool: around masks."""
    both = np.logical_or.reduce(masks).astype(np.uint8)
    return cv2.dilate(both, np.ones((NEAR, NEAR), np.uint8)) > 0


def _standing(camera: RoomCamera, place: Place) -> np.ndarray:
    """(4,4): from the axes of a motion at a place to a room's camera."""
    viewmat = np.eye(4)
    viewmat[:3, :3] = camera.axes.T @ about_up(place.turn)
    viewmat[:3, 3] = camera.in_space(np.array([place.right, place.forward]))
    return viewmat


def _over(blend: Blend, figure: Figure, frame: np.ndarray) -> np.ndarray:
    rgb = np.ascontiguousarray(figure.rgb, np.float32)
    blend.over(rgb, figure.alpha, figure.depth, frame)
    return frame


def _drawn(shot: Shot, pose: Pose) -> Composed:
    (frame,) = composed(shot, pose)
    return frame
