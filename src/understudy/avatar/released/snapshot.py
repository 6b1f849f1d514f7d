"""snapshot_N.pth, what ExAvatar's training writes after epoch N: its names, and its networks.

The layout is that of the public code (ExAvatar_RELEASE, avatar/common: base.py, nets/module.py).
Besides the person, whose names begin with `human_gaussian.`, it holds the scene, the poses of the
training's frames and the optimiser's state; none of them is read.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from understudy.avatar.training.exavatar.human import BODY_CUBE, FACE_CUBE
from understudy.avatar.training.exavatar.networks import LAYERS, Perceptron, Planes
from understudy.body.skeleton import JOINT_COUNT
from understudy.errors import UserError
from understudy.networks.checkpoints import State, misfit, read_checkpoint, state_in

PERSON = "human_gaussian."
CHANNELS, TEXELS, HIDDEN = 32, 128, 128
SHAPES = 100  # of SMPL-X's shape coefficients
LINEAR, NORM = (0, 3, 6), (1, 4, 7)  # places of the layers in a torch.nn.Sequential with ReLUs
COLOUR_HEAD = 9


@dataclass(frozen=True)
class Snapshot:
    """One person, G points: offset (G,3) m in the big pose; scale (G,) m; colors (G,3) in [0,1];
    own (G,) bool: hands and face, which keep their own skinning weights; weights (G,55): those;
    betas (100,); joint_offset (55,3) m, the pelvis's 0."""

    offset: Tensor
    scale: Tensor
    colors: Tensor
    own: Tensor
    weights: Tensor
    betas: Tensor
    joint_offset: Tensor


def read_snapshot(path: Path | str) -> Snapshot:
    """The Gaussians that are the same in every pose: those that ExAvatar animates.

    Raises UserError for a file that is damaged or anything else.
    """
    whole = state_in(read_checkpoint(path), "network", path)
    state = {
        name.removeprefix(PERSON): tensor
        for name, tensor in whole.items()
        if name.startswith(PERSON)
    }
    points = len(state["pos_enc_mesh"]) if "pos_enc_mesh" in state else 0
    wanted = _layout(points)
    found = {name: tuple(tensor.shape) for name, tensor in state.items() if name in wanted}
    if wrong := misfit(wanted, found):
        raise UserError(f"{path}: not a snapshot of ExAvatar: it {wrong}; get the right file")
    with torch.no_grad():
        features = _features(state)
        offset, log_scale = _decoded(
            state, "geo_net", ("mean_offset_net.0", "scale_net.0"), features
        )
        (logits,) = _decoded(state, "rgb_net", (f"rgb_net.{COLOUR_HEAD}",), features)
    joint_offset = state["joint_offset"].clone()
    joint_offset[0] = 0  # ExAvatar masks the pelvis wherever it uses the offset
    return Snapshot(
        offset=offset,
        scale=log_scale[:, 0].exp(),
        colors=(torch.tanh(logits) + 1) / 2,
        own=state["is_lhand"] | state["is_rhand"] | state["is_face"],
        weights=state["skinning_weight"],
        betas=state["shape_param"].clone(),
        joint_offset=joint_offset,
    )


def _layout(points: int) -> dict[str, tuple[int, ...]]:
    """The names and shapes that are read."""
    features = 3 * CHANNELS
    shapes: dict[str, tuple[int, ...]] = {
        "triplane": (3, CHANNELS, TEXELS, TEXELS),
        "triplane_face": (3, CHANNELS, TEXELS, TEXELS),
        "pos_enc_mesh": (points, 3),
        "skinning_weight": (points, JOINT_COUNT),
        "shape_param": (SHAPES,),
        "joint_offset": (JOINT_COUNT, 3),
        **{name: (points,) for name in ("is_lhand", "is_rhand", "is_face")},
    }
    for network in ("geo_net", "rgb_net"):
        for k in range(LAYERS):
            inward = HIDDEN if k else features
            shapes |= {f"{network}.{LINEAR[k]}.weight": (HIDDEN, inward)}
            shapes |= {f"{network}.{LINEAR[k]}.bias": (HIDDEN,)}
            shapes |= {f"{network}.{NORM[k]}.{name}": (HIDDEN,) for name in ("weight", "bias")}
    heads = {"mean_offset_net.0": 3, "scale_net.0": 1, f"rgb_net.{COLOUR_HEAD}": 3}
    for name, outputs in heads.items():
        shapes |= {f"{name}.weight": (outputs, HIDDEN), f"{name}.bias": (outputs,)}
    return shapes


def _features(state: State) -> Tensor:
    """(G,96): by a point's position, the face by planes of its own."""
    places, face = state["pos_enc_mesh"], state["is_face"]
    features = _sampled(places, BODY_CUBE, state["triplane"])
    return features.index_put((face,), _sampled(places[face], FACE_CUBE, state["triplane_face"]))


def _sampled(places: Tensor, side: float, texels: Tensor) -> Tensor:
    planes = Planes(places, side, CHANNELS, TEXELS)
    planes.load_state_dict({**planes.state_dict(), "texels": texels})
    return planes()


def _decoded(state: State, network: str, heads: tuple[str, ...], features: Tensor) -> list[Tensor]:
    """What a network and its heads give for features (G,96)."""
    sizes = tuple(len(state[f"{head}.bias"]) for head in heads)
    decoder = Perceptron(features.shape[1], 0, HIDDEN, sizes)
    parts = {f"linear.{k}": f"{network}.{LINEAR[k]}" for k in range(LAYERS)}
    parts |= {f"norm.{k}": f"{network}.{NORM[k]}" for k in range(LAYERS)}
    parts |= {f"heads.{k}": head for k, head in enumerate(heads)}
    decoder.load_state_dict(
        {
            f"{ours}.{name}": state[f"{theirs}.{name}"]
            for ours, theirs in parts.items()
            for name in ("weight", "bias")
        }
    )
    return decoder(features)
