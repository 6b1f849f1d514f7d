"""A person of a snapshot as an avatar: the Gaussians at rest, on the body's surface."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from understudy.avatar.released.snapshot import Snapshot, read_snapshot
from understudy.avatar.training.exavatar.mesh import big_pose, subdivided_surface
from understudy.body.files import read_body_arrays
from understudy.body.load import load_body
from understudy.body.model import BodyModel
from understudy.body.rotation import axis_angle_to_matrix
from understudy.errors import UserError
from understudy.gaussians.avatar import SHADING_TERMS, Avatar
from understudy.gaussians.rig import Rig
from understudy.gaussians.surface import Surface, vertex_normals

SUBDIVISIONS = 2
SAME_WEIGHT = 1e-3  # difference of skinning weights by which another body file is told
FACE_OFFSET = "face_offset.json"  # of the folder smplx_optimized


def read_released(snapshot: Path | str, fitted: Path | str, body: Path | str) -> Avatar:
    """An avatar from ExAvatar's own training.

    snapshot: its snapshot_N.pth; fitted: the person's folder smplx_optimized, which its fit wrote;
    body: the SMPL-X file that both were made with, with FLAME if the config has it. At rest,
    however turned and placed, every Gaussian is where ExAvatar's code puts it. In other poses those
    differ a little whose weights mix a thigh with the trunk: ExAvatar brings each joint's part from
    the big pose into the other, here the point is brought to rest first.

    Raises UserError if a file is missing, broken, or of another body.
    """
    model, person = load_body(body), read_snapshot(snapshot)
    surface = subdivided_surface(model, SUBDIVISIONS)
    if len(surface) != len(person.offset) or not _same(surface, model, person):
        raise UserError(
            f"{snapshot}: made with another body than {body}; give the SMPL-X file that it was "
            "trained with (ExAvatar: SMPLX_MALE.npz)"
        )
    if len(person.betas) > model.shapedirs.shape[-1]:
        raise UserError(
            f"{body}: has {model.shapedirs.shape[-1]} shape coefficients, but {snapshot} has "
            f"{len(person.betas)}; give SMPL-X v1.1"
        )
    face = _face_offset(Path(fitted, FACE_OFFSET), len(model.v_template))
    regressor = torch.from_numpy(np.asarray(read_body_arrays(body)["J_regressor"])).float()
    joint_offset = person.joint_offset + regressor @ face
    shaped = model.shaped(person.betas, joint_offset, face)
    turned = axis_angle_to_matrix(big_pose(model))
    posed = shaped.skin(turned, torch.zeros(1, 3))
    points = surface.interpolate(posed.vertices[0]) + person.offset
    _, nearest = cKDTree(posed.vertices[0].numpy()).query(points.numpy())
    ids = torch.from_numpy(nearest)[:, None].expand(-1, 3)
    own = person.own[:, None]
    moved_by = replace(
        surface,
        vertex_ids=torch.where(own, surface.vertex_ids, ids),
        weights=torch.where(own, surface.weights, surface.weights.new_tensor([1.0, 0, 0])),
    )
    rig = Rig(model, moved_by, person.betas, joint_offset, correctives=False)
    back = torch.linalg.inv(posed.transforms[0])  # (55,4,4), from the big pose to rest
    blended = (rig.weights @ back.flatten(1)).unflatten(1, (4, 4))
    means = (blended[:, :3, :3] @ points[..., None])[..., 0] + blended[:, :3, 3]
    return Avatar(
        rig=rig,
        means=means,
        normals=vertex_normals(means, surface.faces),
        scales=person.scale,
        colors=person.colors,
        shading=torch.zeros(SHADING_TERMS, 3),
        opacity=1.0,
    )


def _same(surface: Surface, body: BodyModel, person: Snapshot) -> bool:
    """Whether the points have the skinning weights that the snapshot has: then the order is right
    too."""
    off = (surface.interpolate(body.weights) - person.weights).abs().amax()
    return bool(off < SAME_WEIGHT)


def _face_offset(path: Path, vertices: int) -> Tensor:
    """(V,3) m: what the fit added to the face's vertices."""
    try:
        offset = torch.tensor(json.loads(path.read_text(encoding="utf-8")), dtype=torch.float32)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise UserError(
            f"{path}: not readable; it comes with the avatar, in smplx_optimized beside its video"
        ) from error
    if offset.shape != (vertices, 3):
        raise UserError(f"{path}: is not an offset of each of {vertices:,} vertices; copy it again")
    return offset
