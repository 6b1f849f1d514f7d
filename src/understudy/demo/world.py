"""The demo world's videos: a person filmed acting in a room, with ground truth."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.truth import save_held_out, save_truth
from understudy.body.model import ShapedBody
from understudy.demo.actions import ACTIONS, held_out_poses, identity_turn, perform
from understudy.demo.camera import Camera, phone_camera
from understudy.demo.figure import Figure, load_figure
from understudy.demo.film import Sensor, Shot, frames
from understudy.demo.ground import ground
from understudy.demo.motion import Motion, Stool
from understudy.demo.rooms import make_room
from understudy.demo.settings import WorldSettings
from understudy.demo.skeleton import Skeleton
from understudy.demo.solids import Paint, Part, cylinder, lathe
from understudy.demo.style import Style
from understudy.demo.truth import camera_pose, truth_arrays
from understudy.errors import UserError
from understudy.progress import progress
from understudy.video.write import VideoWriter

CUTOUTS = "cutouts"
CUT_EVERY = 8  # frames: the ones that avatar training holds out by default
_SPARSE = 15  # one vertex in this many shows where a figure reaches


def make_identity(
    person: str | Path,
    room: str,
    out_video: Path | str,
    out_truth: Path | str,
    settings: WorldSettings,
) -> None:
    """Film a person who turns around three times, as the identity protocol asks.

    person: an id of PEOPLE, or a figure file; room: an id of ROOMS. Raises UserError for others.
    """
    figure = _figure(person)
    motion = identity_turn(settings.fps, settings.seconds, skeleton=_skeleton(figure))
    camera = _identity_camera(figure, settings)
    _film(figure, room, motion, camera, out_video, out_truth, settings, seed=0)


def make_clip(
    person: str | Path,
    action: str,
    style_seed: int,
    room: str,
    out_video: Path | str,
    out_truth: Path | str,
    settings: WorldSettings,
) -> None:
    """Film a person who performs one of ACTIONS in the style of `style_seed`.

    The same seed also moves the camera a little. person and room as in make_identity.
    """
    if action not in ACTIONS:
        raise UserError(f"no demo action {action!r}; there are: {', '.join(ACTIONS)}")
    film_clip(person, action, Style.drawn(style_seed), room, out_video, out_truth, settings)


def film_clip(
    person: str | Path,
    action: str,
    style: Style,
    room: str,
    out_video: Path | str,
    out_truth: Path | str,
    settings: WorldSettings,
) -> None:
    """The same in any style; its seed moves the camera."""
    figure = _figure(person)
    motion = perform(action, style, settings.fps, settings.seconds, _skeleton(figure))
    motion = ground(motion, figure.shaped())
    camera = phone_camera(
        settings.width,
        settings.height,
        _reached(figure, motion),
        np.random.default_rng([style.seed, 29]),
    )
    _film(figure, room, motion, camera, out_video, out_truth, settings, seed=style.seed)


def make_held_out(person: str | Path, room: str, out: Path | str, settings: WorldSettings) -> None:
    """Render a person in poses that the identity video does not show, on white.

    The light is the room's; the camera's position is the identity video's, its lens wider if a
    pose needs it. The file: images (k,h,w,3) uint8 without noise, and all that a truth file has.
    """
    figure = _figure(person)
    motion = ground(held_out_poses(_skeleton(figure)), figure.shaped())
    camera = _identity_camera(figure, settings, motion)
    shot = Shot.on_white(figure, make_room(room).lighting, camera)
    pictures, truths = zip(*frames(shot, motion.pose()), strict=True)
    pose = camera_pose(motion.pose(), camera, figure.joints[0])
    arrays = truth_arrays(truths, pose, camera, _stature(figure), depth_every=1)
    images = np.stack([np.clip(picture + 0.5, 0, 255).astype(np.uint8) for picture in pictures])
    save_held_out(out, images, arrays, {"person": figure.person, "room": room})


def make_cutouts(person: str | Path, room: str, out: Path | str, settings: WorldSettings) -> None:
    """Frames of the identity video as its sensor saw the person alone: without room, noise and
    compression, with the true share of each pixel that the person covers.

    The file: frames (k,), the middle one of every CUT_EVERY; colors (k,h,w,3) and alphas (k,h,w)
    uint8.
    """
    figure = _figure(person)
    motion = identity_turn(settings.fps, settings.seconds, skeleton=_skeleton(figure))
    pose = ground(motion, figure.shaped()).pose()
    chosen = np.arange(CUT_EVERY // 2, len(pose), CUT_EVERY)
    on_white = Shot.on_white(figure, make_room(room).lighting, _identity_camera(figure, settings))
    black = replace(on_white.backdrop, rgb=np.zeros_like(on_white.backdrop.rgb))
    both = zip(
        frames(on_white, pose[chosen]),
        frames(replace(on_white, backdrop=black), pose[chosen]),
        strict=True,
    )
    sensor, colors, alphas = Sensor(settings.noise, seed=0), [], []
    for (over_white, _), (over_black, _) in both:
        alpha = 1 - (over_white - over_black).mean(-1, keepdims=True) / 255
        own = sensor.exposed(over_black) / np.maximum(alpha, 1 / 255)
        colors.append(np.clip(own + 0.5, 0, 255).astype(np.uint8))
        alphas.append(np.clip(alpha[..., 0] * 255 + 0.5, 0, 255).astype(np.uint8))
    arrays = {"frames": chosen, "colors": np.stack(colors), "alphas": np.stack(alphas)}
    save_arrays(out, arrays, {"kind": CUTOUTS, "person": figure.person, "room": room})


def _figure(person: str | Path) -> Figure:
    if str(person).endswith(".npz"):
        return load_figure(person)
    from understudy.demo.people import make_person  # what makes a person takes a second to load

    return make_person(str(person))


def _skeleton(figure: Figure) -> Skeleton:
    return Skeleton.of(figure.joints, figure.vertices)


def _stature(figure: Figure) -> float:
    return float(np.ptp(figure.vertices[:, 1]))


def _reached(figure: Figure, motion: Motion) -> np.ndarray:
    """World points (k,3) that say how far the figure reaches in a motion."""
    body = figure.shaped()
    ids = torch.arange(0, len(figure.vertices), _SPARSE)
    sparse = ShapedBody(body.model.submesh(ids), body.vertices[ids], body.joints)
    return sparse.pose(motion.pose()).vertices.reshape(-1, 3).numpy().astype(np.float64)


def _identity_camera(figure: Figure, settings: WorldSettings, also: Motion | None = None) -> Camera:
    """The identity video's camera: the same for any length and rate of the video."""
    skeleton = _skeleton(figure)
    points = _reached(figure, identity_turn(4, 9, skeleton=skeleton))
    camera = phone_camera(settings.width, settings.height, points)
    return camera if also is None else camera.widened(_reached(figure, also))


def _film(
    figure: Figure,
    room: str,
    motion: Motion,
    camera: Camera,
    out_video: Path | str,
    out_truth: Path | str,
    settings: WorldSettings,
    seed: int,
) -> None:
    place = make_room(room)
    motion = ground(motion, figure.shaped())
    parts = place.parts + [part for prop in motion.props for part in _stool(prop)]
    shot = Shot.in_room(figure, parts, place.lighting, camera)
    pose, sensor, truths = motion.pose(), Sensor(settings.noise, seed), []
    with VideoWriter(
        out_video, settings.width, settings.height, settings.fps, crf=settings.crf
    ) as video:
        title = f"{figure.person} {motion.name}"
        for picture, truth in progress(frames(shot, pose), title, len(pose)):
            video.write(sensor.read(picture))
            truths.append(truth)
    about = {
        "person": figure.person,
        "room": room,
        "action": motion.name,
        "seed": seed,
        "fps": settings.fps,
    }
    in_camera = camera_pose(pose, camera, figure.joints[0])
    arrays = truth_arrays(truths, in_camera, camera, _stature(figure), settings.depth_every)
    save_truth(out_truth, arrays, about)


def _stool(stool: Stool) -> list[Part]:
    x, _, z = stool.position
    h, r = stool.height, stool.radius
    seat, leg = Paint((150, 104, 62), shine=0.2), Paint((54, 54, 58), shine=0.3)
    top = lathe(
        [(0.001, h - 0.045), (r, h - 0.045), (r, h - 0.01), (r - 0.015, h), (0.001, h)],
        (x, 0, z),
        seat,
    )
    legs = []
    for turn in np.radians([45, 135, 225, 315]):
        way = np.array([np.sin(turn), 0, np.cos(turn)])
        foot, head = 0.95 * r * way + (x, 0, z), 0.6 * r * way + (x, h - 0.04, z)
        legs.append(cylinder(tuple(foot), tuple(head), 0.016, leg))
    return [top, *legs]
