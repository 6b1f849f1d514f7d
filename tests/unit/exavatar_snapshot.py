"""A snapshot as ExAvatar's training writes it, of random weights, and what its code makes of it.

Written from the layout of the public code: names of the state, networks as torch.nn.Sequential,
a mesh subdivided twice by the middles of its edges. Independent of the library's reader.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from understudy.body.load import load_body
from understudy.body.model import BodyModel
from understudy.body.rotation import axis_angle_to_matrix
from understudy.body.skeleton import JOINT_COUNT, JOINT_NAMES, PARENTS
from understudy.body.skinning import skin

VERTICES = 1500


def write_body(path: Path) -> Path:
    """A body of SMPL-X's layout with fewer vertices, a strip of triangles around random joints."""
    rng = np.random.default_rng(0)
    joints = rng.normal(0, [0.3, 0.5, 0.1], (JOINT_COUNT, 3))
    vertices = joints[np.arange(VERTICES) % JOINT_COUNT] + rng.normal(0, 0.05, (VERTICES, 3))
    away = ((vertices[:, None] - joints) ** 2).sum(-1)
    weights = np.exp(-away / 0.002) + 1e-12
    regressor = np.exp(-away.T / 0.002)
    first = np.arange(VERTICES - 2)
    arrays = {
        "v_template": vertices,
        "f": np.stack([first, first + 1, first + 2], 1).astype(np.uint32),
        "shapedirs": 0.01 / (1 + np.arange(400) % 300) * rng.normal(size=(VERTICES, 3, 400)),
        "posedirs": np.zeros((VERTICES, 3, 486)),
        "J_regressor": regressor / regressor.sum(1, keepdims=True),
        "weights": weights / weights.sum(1, keepdims=True),
        "kintree_table": np.array([[2**32 - 1, *PARENTS[1:]], range(JOINT_COUNT)], np.uint32),
    }
    np.savez(path, **arrays)
    return path


@dataclass(frozen=True)
class Released:
    """The files of a person, and the body's numbers."""

    snapshot: Path
    fitted: Path
    body: BodyModel
    state: dict[str, Tensor]
    face_offset: Tensor
    regressor: Tensor


def write_released(folder: Path, body_file: Path) -> Released:
    """snapshot_4.pth and smplx_optimized/ for a body."""
    torch.manual_seed(0)
    body = load_body(body_file)
    faces = body.faces.numpy()
    face = torch.zeros(len(body.v_template), 3)
    face[:, 0] = body.weights[:, JOINT_NAMES.index("head")] > 0.3
    face[:, 1] = body.weights[:, JOINT_NAMES.index("left_index1")] > 0.3
    face[:, 2] = body.weights[:, JOINT_NAMES.index("right_index1")] > 0.3
    pose = big_pose(jaw=1 / 3)
    mean = body.shaped(torch.zeros(1)).skin(axis_angle_to_matrix(pose), torch.zeros(1, 3))
    features = torch.cat([mean.vertices[0], body.weights, face], 1)
    for _ in range(2):
        features, faces = halved(features, faces)
    person = {
        "triplane": torch.randn(3, 32, 128, 128),
        "triplane_face": torch.randn(3, 32, 128, 128),
        **_named("geo_net", hidden()),
        **_named("mean_offset_net", nn.Sequential(small(3))),
        **_named("scale_net", nn.Sequential(small(1))),
        **_named("rgb_net", nn.Sequential(*hidden(), nn.Linear(128, 3))),
        **_named("geo_offset_net", nn.Sequential(nn.Linear(222, 128))),
        "shape_param": torch.randn(100),
        "joint_offset": 0.01 * torch.randn(55, 3),
        "pos_enc_mesh": features[:, :3],
        "skinning_weight": features[:, 3:58],
        **{
            name: features[:, 58 + k] > 0
            for k, name in enumerate(("is_face", "is_lhand", "is_rhand"))
        },
    }
    network = {f"human_gaussian.{name}": tensor for name, tensor in person.items()}
    network["scene_gaussian.mean"] = torch.zeros(4, 3)
    optimiser = {"state": {0: {"step": torch.tensor(9.0)}}, "param_groups": [{"lr": 1e-3}]}
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"epoch": 4, "network": network, "optimizer": optimiser}
    torch.save(whole, folder / "snapshot_4.pth")
    offset = 0.003 * torch.randn(len(body.v_template), 3) * face[:, :1]
    fitted = folder / "smplx_optimized"
    fitted.mkdir()
    (fitted / "face_offset.json").write_text(json.dumps(offset.tolist()))
    with np.load(body_file) as stored:
        regressor = torch.from_numpy(stored["J_regressor"]).float()
    return Released(folder / "snapshot_4.pth", fitted, body, person, offset, regressor)


def small(outputs: int) -> nn.Linear:
    """A head whose outputs are centimetres, or the logarithm of millimetres."""
    head = nn.Linear(128, outputs)
    nn.init.normal_(head.weight, std=1e-3)
    nn.init.constant_(head.bias, -6.0 if outputs == 1 else 0.0)
    return head


def hidden() -> nn.Sequential:
    layers: list[nn.Module] = []
    for inward in (96, 128, 128):
        layers += [nn.Linear(inward, 128), nn.GroupNorm(4, 128), nn.ReLU()]
    return nn.Sequential(*layers)


def _named(name: str, network: nn.Module) -> dict[str, Tensor]:
    return {f"{name}.{key}": tensor.detach() for key, tensor in network.state_dict().items()}


def halved(features: Tensor, faces: np.ndarray) -> tuple[Tensor, np.ndarray]:
    """Every edge halved, as PyTorch3D's SubdivideMeshes: the middles come last, sorted by edge."""
    pairs = {
        tuple(sorted((f[i], f[j]))) for f in faces.tolist() for i, j in ((0, 1), (1, 2), (2, 0))
    }
    edges = sorted(pairs)
    middle = {edge: len(features) + k for k, edge in enumerate(edges)}
    ends = torch.tensor(edges)
    new = (features[ends[:, 0]] + features[ends[:, 1]]) / 2
    parts = []
    for a, b, c in faces.tolist():
        ab, bc, ca = (middle[min(e), max(e)] for e in ((a, b), (b, c), (c, a)))
        parts += [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
    return torch.cat([features, new]), np.array(parts)


def big_pose(jaw: float = 0.0) -> Tensor:
    pose = torch.zeros(1, 55, 3)
    pose[0, JOINT_NAMES.index("left_hip"), 2] = 1.0
    pose[0, JOINT_NAMES.index("right_hip"), 2] = -1.0
    pose[0, JOINT_NAMES.index("jaw"), 0] = jaw
    return pose


def gaussians(released: Released) -> tuple[Tensor, Tensor, Tensor]:
    """offset (G,3), scale (G,), colours (G,3), by the networks."""
    state = released.state
    features = torch.cat(_sampled(state["pos_enc_mesh"], 1.0, state["triplane"]), 1)
    face = state["is_face"]
    own = _sampled(state["pos_enc_mesh"][face], 0.15, state["triplane_face"])
    features[face] = torch.cat(own, 1)

    def run(name: str, network: nn.Sequential, x: Tensor) -> Tensor:
        prefix = f"{name}."
        mine = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
        network.load_state_dict(mine)
        with torch.no_grad():
            return network(x)

    shared = run("geo_net", hidden(), features)
    offset = run("mean_offset_net", nn.Sequential(nn.Linear(128, 3)), shared)
    scale = run("scale_net", nn.Sequential(nn.Linear(128, 1)), shared)
    colour = run("rgb_net", nn.Sequential(*hidden(), nn.Linear(128, 3)), features)
    return offset, scale[:, 0].exp(), (torch.tanh(colour) + 1) / 2


def _sampled(points: Tensor, half: float, planes: Tensor) -> list[Tensor]:
    place = ((points - points.mean(0)) / half)[None, :, None]
    axes = ([0, 1], [0, 2], [1, 2])
    found = [
        grid_sample(planes[k : k + 1], place[..., axes[k]], align_corners=False) for k in range(3)
    ]
    return [one[0, :, :, 0].T for one in found]


def posed_means(released: Released, pose: Tensor, transl: Tensor) -> Tensor:
    """(G,3): where ExAvatar's code puts the Gaussians in a pose (1,55,3), joint by joint."""
    body, state = released.body, released.state
    moved = state["joint_offset"].clone()
    moved[0] = 0
    joint_offset = moved + released.regressor @ released.face_offset
    shaped = body.shaped(state["shape_param"], joint_offset, released.face_offset)
    turned = axis_angle_to_matrix(big_pose())
    big = shaped.skin(turned, torch.zeros(1, 3))
    faces = body.faces.numpy()
    mesh = big.vertices[0]
    for _ in range(2):
        mesh, faces = halved(mesh, faces)
    points = mesh + gaussians(released)[0]
    nearest = torch.from_numpy(cKDTree(big.vertices[0].numpy()).query(points.numpy())[1])
    own = state["is_face"] | state["is_lhand"] | state["is_rhand"]
    weights = torch.where(own[:, None], state["skinning_weight"], body.weights[nearest])
    nothing = torch.zeros(1, len(JOINT_NAMES), 3)  # only the transforms are of interest
    still = torch.zeros(1, 3)
    back = skin(nothing, big.joints, torch.eye(55), body.parents, turned.transpose(2, 3), still)
    to = shaped.skin(axis_angle_to_matrix(pose), still)
    both = (to.transforms @ back.transforms)[0]
    blended = (weights @ both.flatten(1)).unflatten(1, (4, 4))
    return (blended[:, :3, :3] @ points[..., None])[..., 0] + blended[:, :3, 3] + transl
