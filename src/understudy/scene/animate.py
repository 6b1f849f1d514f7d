"""Animate an avatar with a reference's motion: a transparent master and a video on white."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from understudy.artifacts.avatar import load_avatar
from understudy.artifacts.fit import load_fit
from understudy.artifacts.labels import save_labels
from understudy.artifacts.room import view_of
from understudy.artifacts.shown import shown
from understudy.body.load import load_body
from understudy.body.pose import Pose
from understudy.gaussians.avatar import Avatar, Cloud
from understudy.gaussians.device import on_device
from understudy.gaussians.pixels import on_white, to_rgba
from understudy.progress import progress
from understudy.scene.absence import emptied
from understudy.scene.labelling import Labelling
from understudy.scene.performance import floor_axes, floor_level
from understudy.scene.placement import placed_pose
from understudy.scene.settings import PRESET, AnimateSettings
from understudy.scene.viewpoints import Viewpoint, seen_from
from understudy.video.write import VideoWriter

NEAR = 0.5  # m from the camera's plane; what is nearer, or behind it, is ignored
NOBODY = (255, 0)  # on white, and as RGBA
FLESH = 0.16  # m from a joint to the furthest skin around it: the top of the head, a toe's tip


def animate_avatar(
    avatar: Path | str,
    fit: Path | str,
    body: Path | str,
    out_white: Path | str,
    out_labels: Path | str,
    view: str,
    settings: AnimateSettings,
    out_rgba: Path | str | None = None,
    device: str = "cpu",
) -> None:
    """Render the avatar in the frames of a reference's fit that show its person, at its size and
    frame rate.

    out_white (.mp4, H.264): on white; out_labels: what is known of each frame; out_rgba (.mkv,
    FFV1), if asked for: colour premultiplied by alpha, and alpha. view: "source", the reference's
    camera, or "az<degrees>_el<degrees>", that camera moved around the person and aimed so that they
    stay in the image. Odd sizes lose their last row or column, which H.264 cannot store. device:
    where frames are rendered, "cpu" or "cuda". UserError if avatar, fit and body are not of one
    body model.
    """
    model, seen = load_body(body), Viewpoint.parse(view)
    reference = load_fit(fit, model.model_id)
    there = shown(reference.confidence, reference.fps)
    reference = reference.part(there.part)
    person = load_avatar(avatar, model)
    pose = placed_pose(person, reference, settings.placement)
    up = torch.from_numpy(np.asarray(reference.up, np.float32))
    pose = seen_from(pose, person.rig.skeleton.joints[0], up, seen)
    up = seen.rotation(up) @ up
    shaped = person.rig.body.shaped(person.rig.betas, person.rig.joint_offset)
    above = view_of(floor_axes(up.numpy()), -floor_level(shaped, pose, up))
    height, width = (side // 2 * 2 for side in reference.size)
    K = reference.K
    if seen != Viewpoint():
        K = aimed(K, person.rig.skeleton.pose(pose).joints, width, height)
    labelling = Labelling.of(person.rig, pose, K.numpy(), above, settings.depth)
    with ExitStack() as files:
        size = width, height, reference.fps
        videos = [
            files.enter_context(VideoWriter(out_white, *size, crf=settings.crf, preset=PRESET))
        ]
        drawings = [on_white]
        if out_rgba:
            videos.append(files.enter_context(VideoWriter(out_rgba, *size, codec="rgba")))
            drawings.append(to_rgba)
        person, pose = on_device(person, device), on_device(pose, device)
        batches = render_frames(person, pose, K.to(device), width, height, settings.batch)
        bar = progress(batches, f"animating {view}", -(-len(pose) // settings.batch), "batch")
        pictures = (tuple(draw(*batch) for draw in drawings) for batch in labelled(bar, labelling))
        encode(emptied(pictures, there.drawn, NOBODY), videos)
        save_labels(out_labels, labelling.labels(there.drawn, reference.fps))


def labelled(
    batches: Iterable[tuple[Tensor, Tensor, Tensor]], labelling: Labelling
) -> Iterator[tuple[Tensor, Tensor]]:
    """rgb (b,h,w,3) and alpha (b,h,w,1) of batches whose depth (b,h,w,1) m is looked at once."""
    for rgb, alpha, depth in batches:
        coverage = alpha[..., 0].cpu().numpy()
        labelling.add(coverage, depth[..., 0].cpu().numpy(), np.ones_like(coverage))
        yield rgb, alpha


def encode(batches: Iterable[tuple[np.ndarray, ...]], videos: Sequence[VideoWriter]) -> None:
    """Write each batch to the videos, one array each, while the next batch is made."""
    with ThreadPoolExecutor(len(videos)) as pool:
        writing: list[Future] = []
        for batch in batches:
            for one in writing:
                one.result()
            pairs = zip(videos, batch, strict=True)
            writing = [pool.submit(video.write, frames) for video, frames in pairs]
        for one in writing:
            one.result()


def aimed(K: Tensor, joints: Tensor, width: int, height: int) -> Tensor:
    """K (3,3) px shifted, and zoomed out if it must be, just enough to bring all of a figure's
    joints (n,j,3) into the image with room for the flesh around them."""
    front = joints[joints[..., 2] > NEAR]
    points = (front @ K.T)[:, :2] / front[:, 2:]
    least, most = points.amin(0), points.amax(0)
    room = FLESH * K[0, 0] / front[:, 2].median()
    size = torch.tensor([float(width), float(height)])
    zoom = min(1.0, float((size / (most - least + 2 * room)).min()))
    least, most = (zoom * (end - K[:2, 2]) + K[:2, 2] for end in (least, most))
    least, most = least - zoom * room, most + zoom * room
    K = K.clone()
    K[:2, :2] *= zoom
    K[:2, 2] += (-least).clamp(min=0) - (most - size).clamp(min=0)
    return K


def render_frames(
    avatar: Avatar, pose: Pose, K: Tensor, width: int, height: int, batch: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Batches of rgb (b,h,w,3), premultiplied, alpha (b,h,w,1) and depth (b,h,w,1) m, seen by K
    (3,3) px.

    Only skinning and rasterising are done per frame; memory does not grow with the length.
    """
    for cloud in posed(avatar, pose, batch):
        yield seen_by(cloud, K, width, height)


def posed(avatar: Avatar, pose: Pose, batch: int) -> Iterator[Cloud]:
    """The avatar's Gaussians, `batch` frames at a time."""
    for start in range(0, len(pose), batch):
        with torch.no_grad():
            yield avatar.pose(pose[start : start + batch])


def seen_by(cloud: Cloud, K: Tensor, width: int, height: int) -> tuple[Tensor, Tensor, Tensor]:
    """rgb (b,h,w,3), premultiplied, alpha (b,h,w,1) and depth (b,h,w,1) m of Gaussians in the space
    of a camera K (3,3) px."""
    frames = len(cloud.means)
    views = torch.eye(4, device=K.device).expand(frames, 4, 4)
    with torch.no_grad():
        return cloud.render(views, K.float().expand(frames, 3, 3), width, height)
