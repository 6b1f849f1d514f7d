"""People in the light of the room in which they were learnt, and of the room of a photo: the same
person, pose and view, so that nothing but the light differs."""

from dataclasses import dataclass

import numpy as np

from tests.bench.light_film import drawn_home, psnr
from tests.bench.light_world import EXPOSURE, TINT
from tests.bench.scene_film import CAST, actor
from understudy.demo.camera import background_camera, phone_camera
from understudy.demo.figure_renderer import FigureRenderer
from understudy.demo.render import render_parts
from understudy.demo.rooms import Room
from understudy.scene.colour import light_gain

SIDE = 256  # px
SAMPLED = 4  # one of so many pixels of a photo is looked at


@dataclass(frozen=True)
class Lit:
    """What is known of a room. backdrop (h,w,3) f32 in [0,255]: behind an identity's video there;
    people: of each of CAST, their colours (k,3) f32 there."""

    backdrop: np.ndarray
    people: list[np.ndarray]

    @staticmethod
    def of(room: Room) -> "Lit":
        camera = background_camera(room.id, SIDE, SIDE)
        backdrop = render_parts(room.parts, room.lighting, camera, 1).rgb.astype(np.float32)
        return Lit(backdrop, [_lit(number, room) for number in range(len(CAST))])


def _lit(number: int, room: Room) -> np.ndarray:
    player = actor(number)
    middle = len(player.motion.pose) // 2
    pose = player.motion.pose[middle : middle + 1]
    vertices = player.motion.body.pose(pose).vertices[0].numpy().astype(np.float64)
    camera = phone_camera(SIDE, SIDE, vertices, np.random.default_rng(number))
    picture = FigureRenderer(player.figure, room.lighting).render(vertices, camera, 1)
    return picture.rgb[np.isfinite(picture.depth)].astype(np.float32)


def gains(
    photos: list[tuple[str, np.ndarray]], rooms: dict[str, Lit], exposed: bool, seed: int
) -> np.ndarray:
    """dB that the gain of each person learnt in each room brings in each photo (its room, (h,w,3)
    uint8) of another. exposed: with exposures and tints of the photos' own."""
    rng, found = np.random.default_rng(seed), []
    for shown, photo in photos:
        few = photo[::SAMPLED, ::SAMPLED].astype(np.float32)
        for learnt in rooms.keys() - {shown}:
            for ours, theirs in zip(rooms[learnt].people, rooms[shown].people, strict=True):
                home = drawn_home(rng)
                own = np.exp(exposed * (rng.normal(0, EXPOSURE) + rng.normal(0, TINT, 3)))
                before, after = _seen(ours * home), _seen(theirs * own)
                backdrop = _seen(rooms[learnt].backdrop * home) / 255
                gain = light_gain(backdrop, np.uint8(_seen(few * own) + 0.5))
                found.append(psnr(before * gain, after) - psnr(before, after))
    return np.array(found)


def _seen(colours: np.ndarray) -> np.ndarray:
    return np.clip(colours, 0, 255)
