"""The demo world's videos: a person in a room does something, filmed, with the truth beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from understudy.body.pose import Pose
from understudy.body.skinning import ShapedBody
from understudy.demo.camera import Camera, phone_camera
from understudy.demo.figure import Figure
from understudy.demo.people import make_person
from understudy.demo.render import FigureRenderer, Picture, render_parts
from understudy.demo.rooms import Room, make_room
from understudy.demo.shadow import FloorShadow
from understudy.demo.truth import FrameTruth, body_points, camera_pose, frame_truth, save_truth
from understudy.files import atomic_path
from understudy.progress import progress
from understudy.video.write import VideoWriter

_BATCH = 16  # frames skinned at once
_SAMPLES = 2  # rays a pixel in each direction


@dataclass(frozen=True)
class WorldSettings:
    """width, height: even, px; fps; seconds; noise: the sensor's, in grey levels; crf: H.264's;
    depth_every: of how many frames one keeps its depth in the truth."""

    width: int = 384
    height: int = 384
    fps: float = 18
    seconds: float = 18
    noise: float = 2.0
    crf: int = 20
    depth_every: int = 4


@dataclass(frozen=True)
class Shot:
    """All that one picture of a figure needs: who, where, from where."""

    figure: Figure
    body: ShapedBody
    camera: Camera
    renderer: FigureRenderer
    backdrop: Picture
    shadow: FloorShadow | None


def make_identity(
    person: str, room: str, out_video: Path, out_truth: Path, settings: WorldSettings
) -> None:
    """Film a person who turns round, as the identity protocol asks."""
    figure, place = make_person(person), make_room(room)
    body = figure.shaped()
    camera = phone_camera(settings.width, settings.height, _stature(figure), reach=0.12)
    pose = _turn(body, round(settings.seconds * settings.fps))
    about = {"person": person, "room": room, "action": "identity", "fps": settings.fps}
    _film(_shot(figure, body, place, camera), pose, out_video, out_truth, settings, about, seed=0)


def make_background(room: str, out_png: Path, width: int, height: int) -> str:
    """Picture an empty room, as the plain camera sees it; returns its scene tag."""
    place = make_room(room)
    picture = render_parts(place.parts, place.lighting, phone_camera(width, height, 1.72), 3)
    with atomic_path(out_png) as path:
        cv2.imwrite(str(path), picture.rgb[..., ::-1])
    return place.scene


def _stature(figure: Figure) -> float:
    return float(np.ptp(figure.vertices[:, 1]))


def _turn(body: ShapedBody, frames: int) -> Pose:
    pose = Pose.rest(frames)
    pose.body_pose[:, 15, 2], pose.body_pose[:, 16, 2] = -1.15, 1.15
    pose.global_orient[:, 1] = torch.linspace(0, 6 * torch.pi, frames)
    low = float(body.vertices[:, 1].min())
    pose.transl[:] = -body.joints[0]
    pose.transl[:, 1] = -low
    return pose


def _shot(figure: Figure, body: ShapedBody, room: Room, camera: Camera) -> Shot:
    backdrop = render_parts(room.parts, room.lighting, camera, _SAMPLES)
    shadow = FloorShadow.of(backdrop.depth, camera, room.lighting.key.position)
    return Shot(figure, body, camera, FigureRenderer(figure, room.lighting), backdrop, shadow)


def _film(
    shot: Shot,
    pose: Pose,
    out_video: Path,
    out_truth: Path,
    settings: WorldSettings,
    about: dict,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    truths = []
    size = (settings.width, settings.height)
    with VideoWriter(out_video, *size, settings.fps, crf=settings.crf) as video:
        steps = progress(_frames(shot, pose), f"film {Path(out_video).stem}", len(pose))
        for frame, truth in steps:
            video.write(_sensor(frame, settings.noise, rng))
            truths.append(truth)
    pelvis = shot.body.joints[0].numpy()
    save_truth(
        out_truth,
        truths,
        camera_pose(pose, shot.camera, pelvis),
        shot.camera,
        _stature(shot.figure),
        settings.depth_every,
        about | {"seed": seed},
    )


def _frames(shot: Shot, pose: Pose) -> Iterator[tuple[np.ndarray, FrameTruth]]:
    """Each frame's picture (h,w,3) f32 and truth."""
    for start in range(0, len(pose), _BATCH):
        posed = shot.body.pose(pose[start : start + _BATCH])
        joints, marks = body_points(posed, shot.figure.landmarks, shot.camera)
        for i, vertices in enumerate(posed.vertices.numpy()):
            picture, mask, depth = _compose(shot, vertices)
            yield picture, frame_truth(joints[i], marks[i], mask, depth, shot.camera)


def _compose(shot: Shot, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Picture (h,w,3) f32, mask (h,w) bool and depth (h,w) f32 of one frame."""
    left, top, right, bottom = _window(shot.camera, vertices)
    view = shot.camera.cropped(left, top, right - left, bottom - top)
    fine = shot.renderer.render(vertices, view, _SAMPLES)
    crop = np.s_[top:bottom, left:right]
    behind = shot.backdrop.depth[crop].repeat(_SAMPLES, 0).repeat(_SAMPLES, 1)
    seen = (fine.depth < behind).astype(np.float32)
    colour = _shrink(fine.rgb * seen[..., None])
    alpha = _shrink(seen)
    picture = shot.backdrop.rgb.astype(np.float32)
    if shot.shadow is not None:
        picture *= 1 - shot.shadow.darkness(vertices)[..., None]
    picture[crop] = colour + (1 - alpha[..., None]) * picture[crop]
    mask = np.zeros(picture.shape[:2], bool)
    mask[crop] = alpha >= 0.5
    depth = shot.backdrop.depth.copy()
    own = np.where(seen > 0, fine.depth, np.inf)
    nearest = own.reshape(alpha.shape[0], _SAMPLES, alpha.shape[1], _SAMPLES).min((1, 3))
    depth[crop] = np.where(mask[crop], nearest, depth[crop])
    return picture, mask, depth


def _window(camera: Camera, vertices: np.ndarray) -> tuple[int, int, int, int]:
    """The part of the picture in which the figure lies: left, top, right, bottom, px."""
    pixels = camera.project(camera.to_camera(vertices))
    low = np.clip(np.floor(pixels.min(0)).astype(int) - 2, 0, None)
    high = np.ceil(pixels.max(0)).astype(int) + 2
    right, bottom = min(camera.width, int(high[0])), min(camera.height, int(high[1]))
    left, top = min(int(low[0]), right - 1), min(int(low[1]), bottom - 1)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _shrink(fine: np.ndarray) -> np.ndarray:
    """Average blocks of _SAMPLES² pixels."""
    h, w = fine.shape[0] // _SAMPLES, fine.shape[1] // _SAMPLES
    return fine.reshape(h, _SAMPLES, w, _SAMPLES, -1).mean((1, 3)).squeeze()


def _sensor(picture: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    """A camera's noise on a picture (h,w,3) f32 -> uint8."""
    grain = rng.standard_normal(picture.shape, np.float32) * noise
    return np.clip(picture + grain + 0.5, 0, 255).astype(np.uint8)
