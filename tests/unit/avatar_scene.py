"""A coloured body on film, small enough for unit tests, with its masks and its fit."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tests.unit.fit_quality import sound
from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.fit import PARTS, Fit, save_fit
from understudy.artifacts.masks import pack_masks
from understudy.body.model import BodyModel
from understudy.body.pose import Pose
from understudy.body.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.mesh import build_surface, mean_edge, skin_faces
from understudy.gaussians.rig import Rig
from understudy.gaussians.surface import vertex_normals
from understudy.video.write import VideoWriter

FPS = 12.0


def painted_avatar(body: BodyModel, betas: Tensor | None = None, max_edge: float = 0.05) -> Avatar:
    """A body in smooth colours, a centimetre thicker around the trunk than its own skin."""
    betas = torch.zeros(1) if betas is None else betas
    vertices = body.shaped(betas).vertices
    normals = vertex_normals(vertices, torch.from_numpy(skin_faces(body)))
    trunk = body.weights[:, [body.joint(name) for name in ("pelvis", "spine1", "spine2")]]
    vertices = vertices + 0.01 * normals * trunk.sum(1, keepdim=True)
    surface = build_surface(body, vertices, max_edge)
    means = surface.interpolate(vertices)
    edges = mean_edge(means.numpy(), surface.faces.numpy())
    return Avatar(
        rig=Rig(body, surface, betas, torch.zeros(55, 3)),
        means=means,
        normals=torch.nn.functional.normalize(surface.interpolate(normals), dim=1),
        scales=torch.from_numpy(edges).float() * 0.6,
        colors=0.5 + 0.35 * torch.sin(means * torch.tensor([9.0, 7.0, 8.0])),
        shading=torch.zeros(8, 3),
        opacity=0.999,
    )


def turned_pose(avatar: Avatar, azimuths: np.ndarray, lowered: float) -> Pose:
    """Upright four heights in front of the camera, turned to its left by each azimuth (rad), the
    arms `lowered` by this many rad from the T."""
    n = len(azimuths)
    full = torch.zeros(n, 55, 3)
    body = avatar.rig.body
    full[:, body.joint("left_shoulder"), 2] = -lowered
    full[:, body.joint("right_shoulder"), 2] = lowered
    around = torch.zeros(n, 3)
    around[:, 1] = torch.from_numpy(azimuths)
    facing = axis_angle_to_matrix(torch.tensor([torch.pi, 0.0, 0.0]))  # y down, towards the camera
    full[:, 0] = matrix_to_axis_angle(facing @ axis_angle_to_matrix(around))
    vertical = body.shaped(avatar.rig.betas).vertices[:, 1]
    pelvis = avatar.rig.skeleton.joints[0]
    transl = torch.zeros(n, 3)
    transl[:, 0], transl[:, 1] = -pelvis[0], (vertical.max() + vertical.min()) / 2 - 2 * pelvis[1]
    transl[:, 2] = 4 * avatar.rig.height - pelvis[2]
    return Pose.from_full(full, torch.zeros(n, 1), transl)


def standing_fit(
    avatar: Avatar,
    frames: int,
    size: tuple[int, int],
    turns: float = 1.0,
    about: dict | None = None,
) -> Fit:
    """The avatar's person turning around, seen by a camera of `size` (h,w), arms half lowered."""
    height, width = size
    azimuths = np.linspace(0, 2 * np.pi * turns, frames, endpoint=False)
    pose = turned_pose(avatar, azimuths, lowered=0.6)
    focal = 1.9 * height
    camera = torch.tensor([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    return Fit(
        pose=Pose.from_full(pose.full(), torch.zeros(frames, 50), pose.transl),
        betas=avatar.rig.betas,
        joint_offset=avatar.rig.joint_offset,
        K=camera,
        fps=FPS,
        size=size,
        confidence=np.ones(frames, np.float32),
        error=dict.fromkeys(PARTS, 0.0),
        up=np.array([0.0, -1.0, 0.0], np.float32),
        about=about or {"body": avatar.rig.body.model_id},
    )


def render_fit(avatar: Avatar, fit: Fit) -> tuple[Tensor, Tensor]:
    """rgb (n,h,w,3), premultiplied, and alpha (n,h,w,1) of every frame."""
    height, width = fit.size
    n = len(fit)
    with torch.no_grad():
        cloud = avatar.pose(fit.pose)
        rgb, alpha, _ = cloud.render(
            torch.eye(4).expand(n, 4, 4), fit.K.expand(n, 3, 3).contiguous(), width, height
        )
    return rgb, alpha


@dataclass(frozen=True)
class Files:
    video: Path
    masks: Path
    depth: Path
    fit: Path


def film(avatar: Avatar, fit: Fit, folder: Path) -> Files:
    """Write the video in front of a patterned wall 6 m away, masks.npz, depth.npz and the fit."""
    height, width = fit.size
    names = ("video.mp4", "masks.npz", "depth.npz", "fit.npz")
    files = Files(*(folder / name for name in names))
    rgb, alpha = render_fit(avatar, fit)
    checks = np.indices((height, width)).sum(0) // 8 % 2
    wall = torch.from_numpy(0.3 + 0.3 * checks[..., None]).float()
    frames = ((rgb + (1 - alpha) * wall).clamp(0, 1) * 255).round().byte().numpy()
    with VideoWriter(files.video, width, height, fit.fps, crf=10) as video:
        video.write(frames)
    masks = (alpha[..., 0] > 0.5).numpy()
    save_arrays(files.masks, pack_masks(masks), {"kind": "masks"})
    wall = np.full((2, height, width), 6, np.float16)
    frames = np.array([0, len(fit) // 2])
    save_arrays(files.depth, {"depth": wall, "frames": frames}, {"kind": "depth"})
    save_fit(files.fit, fit, sound(len(fit)))
    return files
