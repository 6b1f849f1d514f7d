"""Avatar files: the Gaussians at rest with their position on the body, in one .safetensors."""

from pathlib import Path

import torch

from understudy.artifacts import tensors as stored_tensors
from understudy.body.model import BodyModel
from understudy.errors import UserError
from understudy.gaussians.avatar import Avatar
from understudy.gaussians.rig import Rig
from understudy.gaussians.surface import Surface

GAUSSIANS = ("means", "normals", "scales", "colors", "shading")
PLACES = ("surface_vertices", "surface_weights", "surface_faces", "betas", "joint_offset")


def save_avatar(path: Path | str, avatar: Avatar, about: dict) -> None:
    """Write the avatar; its metadata holds `about`, the body model that skins it, and whether that
    model's pose correctives move it.

    Tensors: means, normals, scales, colors, shading as `Avatar` says; surface_vertices (G,3),
    surface_weights (G,3), surface_faces (F,3): each Gaussian's position on the body mesh, from
    which skinning weights and expression directions follow; betas, joint_offset: the skeleton.
    """
    rig = avatar.rig
    tensors = {name: getattr(avatar, name) for name in GAUSSIANS}
    tensors |= {
        "surface_vertices": rig.surface.vertex_ids.int(),
        "surface_weights": rig.surface.weights,
        "surface_faces": rig.surface.faces.int(),
        "betas": rig.betas,
        "joint_offset": rig.joint_offset,
    }
    note = {**about, "kind": "avatar", "body": rig.body.model_id, "opacity": avatar.opacity}
    note["correctives"] = rig.correctives
    stored_tensors.save_tensors(path, tensors, note)


def read_about(path: Path | str) -> dict:
    """The metadata of an avatar file; UserError if it is not one."""
    try:
        about = stored_tensors.read_about(path)
    except stored_tensors.UNREADABLE as error:
        raise UserError(f"{path}: not a readable avatar ({error}); train it again") from error
    if about.get("kind") != "avatar":
        raise UserError(f"{path}: holds {about.get('kind')}, not an avatar; train it again")
    return about


def load_avatar(path: Path | str, body: BodyModel) -> Avatar:
    """Read an avatar; UserError if it is broken or was made for another body model."""
    about = read_about(path)
    if about["body"] != body.model_id:
        raise UserError(
            f"{path}: made for body model {about['body']}, but the configured one is "
            f"{body.model_id}; train it again"
        )
    tensors = _tensors(path)
    surface = Surface(
        tensors["surface_vertices"].to(torch.int64),
        tensors["surface_weights"],
        tensors["surface_faces"].to(torch.int64),
    )
    skeleton = tensors["betas"], tensors["joint_offset"]
    # Files from before avatars told have the correctives.
    rig = Rig(body, surface, *skeleton, correctives=about.get("correctives", True))
    return Avatar(
        rig=rig, opacity=float(about["opacity"]), **{name: tensors[name] for name in GAUSSIANS}
    )


def _tensors(path: Path | str) -> dict[str, torch.Tensor]:
    """What `save_avatar` writes; UserError if something of it is missing or is no number."""
    try:
        tensors = stored_tensors.load_tensors(path)
    except stored_tensors.UNREADABLE as error:
        raise UserError(f"{path}: not a readable avatar ({error}); train it again") from error
    for name in (*GAUSSIANS, *PLACES):
        if name not in tensors:
            raise UserError(f"{path}: is damaged ({name} is missing); train it again")
        if not tensors[name].isfinite().all():
            raise UserError(f"{path}: is damaged ({name} holds NaN or infinity); train it again")
    return tensors
