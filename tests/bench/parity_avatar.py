"""ExAvatar's losses and one step of its optimiser, against the public code's, for one frame.

Both models have the same weights, person, pose, image and mask; what is rasterised is stood in for
by one function of the Gaussians, the same for both. The legs are together in the big pose, since
what is between hip and pelvis is treated otherwise (docs/avatars.md). Run alone, since the public
code replaces much of torch: prints the parities as JSON.
"""

import json
import math
import sys
import types
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from tests.bench.parity_files import VERTICES
from tests.bench.parity_public import entered, exact_laplacian
from tests.bench.parity_weights import copy_weights, pairs, parameters, tensors
from understudy.artifacts.fit import PARTS, Fit
from understudy.avatar.training import sparse
from understudy.avatar.training.exavatar import losses, mesh, training
from understudy.avatar.training.exavatar.face import FaceTexture
from understudy.avatar.training.exavatar.scene import ScenePoints
from understudy.avatar.training.exavatar.settings import ExAvatarSettings
from understudy.avatar.training.footage import Box, Footage
from understudy.avatar.training.settings import TrainSettings
from understudy.avatar.training.subject import Subject
from understudy.body.pose import Pose
from understudy.gaussians import rig
from understudy.gaussians.avatar import Cloud
from understudy.gaussians.skinning import skin_dense
from understudy.image_metrics.similarity import banded_ssim

SIZE = (64, 48)  # h, w, px
FRAMES, TRAINED = 8, 4
COLOR = (0.3, 0.6, 0.9)  # behind the person alone
STEPS = {"warm-up": 5, "later": 500}
# The public code's name of a loss: ours, of the base and of the refined Gaussians together.
TERMS = {
    "l1": ("rgb_human", "rgb_human_refined"),
    "ssim": ("ssim_human", "ssim_human_refined"),
    "face": ("rgb_face", "rgb_face_refined"),
    "random_background": ("rgb_human_rand_bg", "rgb_human_refined_rand_bg"),
    "scene_l1": ("rgb_scene",),
    "scene_ssim": ("ssim_scene",),
    "offset": ("gaussian_mean_reg",),
    "hand_outward": ("gaussian_mean_hand_reg",),
    "scale": ("gaussian_scale_reg",),
    "offset_laplacian": ("lap_mean",),
    "scale_laplacian": ("lap_scale",),
    "color_laplacian": ("lap_rgb",),
    "hand_color": ("hand_rgb_reg",),
    "arm_color": ("arm_rgb_reg",),
    "joint_offset": ("joint_offset_reg",),
    "joint_symmetry": ("joint_offset_sym_reg",),
}


class StandIn:
    """A picture (h,w,3) and alpha (h,w,1) that any Gaussian moves, in place of a rasteriser; and
    the face's texture in a part of the picture."""

    def __init__(self, points: int, head: Tensor) -> None:
        g = torch.Generator().manual_seed(3)
        self.head = head  # (f,) the face's vertices among the points
        pixels = SIZE[0] * SIZE[1]
        self.of_point = torch.randint(0, pixels, (points,), generator=g)
        self.mix = torch.randn(7, 4, generator=g)
        self.of_face = torch.randint(0, pixels, (len(head),), generator=g)
        self.place = torch.zeros(*SIZE, 1)
        self.place[5:20, 10:30] = 1

    def human(self, means: Tensor, scales: Tensor, colors: Tensor) -> tuple[Tensor, Tensor]:
        """means (G,3), scales (G,1), colors (G,3)."""
        told = torch.cat([means, 100 * scales, colors], 1) @ self.mix
        total = torch.zeros(SIZE[0] * SIZE[1], 4).index_add(0, self.of_point, told)
        made = (total / 20).sigmoid().view(*SIZE, 4)
        return made[..., :3] * made[..., 3:], made[..., 3:]

    def face(self, means: Tensor) -> Tensor:
        """(h,w,3)."""
        total = torch.zeros(SIZE[0] * SIZE[1], 3).index_add(0, self.of_face, means[self.head])
        return (total / 20).sigmoid().view(*SIZE, 3)


def main() -> None:
    with entered("avatar") as (body, flame):
        ours = _ours(body, flame, np.random.default_rng(2))
        theirs, optimiser = _theirs(ours)
        stand_in = StandIn(len(ours.human.surface), theirs.head)
        _draw_ours(ours, stand_in)
        _draw_theirs(theirs.model, stand_in)
        found = {}
        for when, step in STEPS.items():
            found[when] = _compared(ours, theirs, optimiser, step)
        print(json.dumps(found))


def _compared(
    ours: training.ExAvatarTraining,
    theirs: types.SimpleNamespace,
    optimiser: torch.optim.Adam,
    step: int,
) -> dict[str, dict[str, float]]:
    """Relative differences at a step: of the terms, and of what one step of Adam changes. Both
    models are moved by it."""
    _renew(ours)
    ours.steps = step
    terms = _terms_of_ours(ours)
    from config import cfg

    cfg.set_stage(step)
    with patch("torch.rand", return_value=torch.tensor(COLOR)):  # the colour behind the person
        _, wanted = theirs.model(theirs.data, step, "train")
    wanted = {name: loss.mean() for name, loss in wanted.items() if not name.startswith("lpips")}
    assert {name for names in TERMS.values() for name in names} == wanted.keys()
    off = {
        name: _apart(terms[name], sum(wanted[theirs] for theirs in names))
        for name, names in TERMS.items()
    }
    ours.optimiser.zero_grad()
    sum(terms.values()).backward()
    optimiser.zero_grad()
    sum(wanted.values()).backward()
    gradients = {name: _apart(a.grad, b.grad) for name, (a, b) in theirs.pairs(ours).items()}
    for a, b in theirs.pairs(ours).values():
        _run_in(b.grad.square().mean(), (ours.optimiser, tensors(a)), (optimiser, tensors(b)))
    before = {name: a.detach().clone() for name, (a, _) in theirs.pairs(ours).items()}
    for group, peak in zip(ours.optimiser.param_groups, ours.peaks, strict=True):
        group["lr"] = peak
    for parameter in theirs.model.scene_gaussian.parameters():
        parameter.grad = None  # the scene stays: here it has an optimiser of its own
    ours.optimiser.step()
    optimiser.step()
    steps = {
        name: _apart(a.detach() - before[name], b.detach() - before[name])
        for name, (a, b) in theirs.pairs(ours).items()
    }
    return {"loss": off, "gradient": gradients, "step": steps}


def _run_in(square: Tensor, *sides: tuple[torch.optim.Adam, list[Tensor]]) -> None:
    """Moments as after ten steps, alike for both: the first step shows signs alone."""
    for optimiser, moved in sides:
        for tensor in moved:
            optimiser.state[tensor] = {
                "step": torch.tensor(10.0),
                "exp_avg": torch.zeros_like(tensor),
                "exp_avg_sq": torch.full_like(tensor, float(square)),
            }


def _apart(ours: Tensor, theirs: Tensor) -> float:
    """The length of the difference over that of theirs."""
    return float(((ours - theirs).norm() / theirs.norm().clamp(min=1e-300)).detach())


def _ours(body, flame, rng) -> training.ExAvatarTraining:
    """Our training of a made-up person, with random weights, in double precision."""
    turns = torch.tensor(rng.normal(0, 0.2, (FRAMES, 55, 3)))
    transl = torch.tensor([[0.0, 0.0, 4.0]]).expand(FRAMES, 3).clone()
    pose = Pose.from_full(turns, torch.tensor(rng.normal(0, 0.5, (FRAMES, 50))), transl)
    face = torch.zeros(VERTICES, 3)
    free = ~(body_regressed := (flame.joint_regressor != 0).any(0))
    assert body_regressed.any()
    face[flame.vertex_ids[free]] = 1e-3 * torch.tensor(rng.normal(size=(int(free.sum()), 3)))
    offset = 0.005 * torch.tensor(rng.normal(size=(55, 3)))
    K = torch.tensor([[80.0, 0, 24], [0, 80.0, 32], [0, 0, 1]])
    fit = Fit(
        pose=pose,
        betas=torch.tensor(rng.normal(0, 0.5, 100)),
        joint_offset=offset,
        K=K,
        fps=18.0,
        size=SIZE,
        confidence=np.ones(FRAMES),
        error=dict.fromkeys(PARTS, 0.0),
        up=np.array([0.0, -1.0, 0.0]),
        about={},
        face_offset=face,
    )
    images = rng.integers(0, 256, (FRAMES, *SIZE, 3)).astype(np.uint8)
    masks = ((rng.random((FRAMES, *SIZE)) < 0.5) * 255).astype(np.uint8)
    boxes = tuple(Box(0, 0, SIZE[1], SIZE[0]) for _ in range(FRAMES))
    clip = Footage(images, masks, np.full((*SIZE, 3), 128.0, np.float32), K, boxes)
    wall = ScenePoints(torch.rand(200, 3) + torch.tensor([0, 0, 5.0]), torch.rand(200, 3))
    training.scene_points = lambda *_: wall
    training.unwrapped = lambda *_: FaceTexture(*[torch.zeros(1)] * 3)
    training.ssim = losses.ssim = banded_ssim
    rig.skin = lambda weights, *rest: skin_dense(weights.dense, *rest)
    mesh.HIPS = tuple((name, 0.0) for name, _ in mesh.HIPS)  # the rest is treated otherwise
    own = ExAvatarSettings(subdivisions=1, preset="paper")
    made = training.ExAvatarTraining(
        Subject(clip, "", fit, body, flame), TrainSettings("exavatar", own, size=64)
    )
    made.human.double()
    g = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for planes in (made.human.planes, made.human.face_planes):
            planes.texels += 0.5 * torch.randn(planes.texels.shape, generator=g)
        for head in (*made.human.geometry.heads, *made.human.geometry_change.heads):
            head.weight *= 0.02
            head.bias *= 0.02
        widest = math.log(own.warm_up_scale)
        made.human.geometry.heads[1].bias.fill_(widest)  # some are wider than in the warm-up
        made.human.joint_offset += 0.002 * torch.randn(55, 3, generator=g)
        made.human.betas += 0.01 * torch.randn(100, generator=g)
    made.random = types.SimpleNamespace(random=lambda *_, **__: np.array(COLOR))
    return made


def _renew(ours: training.ExAvatarTraining) -> None:
    """What the public code looks for on the current shape: arms, hands' normals, nearest vertices;
    all in double precision."""
    first = ours.regularisers.first_offset
    with patch.object(sparse, "to_torch", _in_double):
        ours.regularisers = losses.Regularisers(ours.human, ours.own.weights, ours.device)
    ours.regularisers.first_offset = first
    ours.nearest = ours.human.nearest_rig()


def _in_double(matrix: sp.spmatrix) -> Tensor:
    """`sparse.to_torch`, which rounds the weights to single precision, without that."""
    rows = matrix.tocsr()
    parts = (torch.from_numpy(x.astype(np.int64)) for x in (rows.indptr, rows.indices))
    return torch.sparse_csr_tensor(*parts, torch.from_numpy(rows.data), rows.shape)


def _draw_ours(ours: training.ExAvatarTraining, stand_in: StandIn) -> None:
    def draw(cloud: Cloud, t: int) -> tuple[Tensor, Tensor]:
        return stand_in.human(cloud.means[0], cloud.scales[:, None], cloud.colors[0])

    ours.draw = draw
    ours.face = types.SimpleNamespace(
        pasted=lambda points, K, picture: (
            picture * (1 - stand_in.place) + stand_in.face(points) * stand_in.place
        )
    )
    ours.scene.picture = lambda: _scene(ours.scene.values["colors"])


def _scene(colors: Tensor) -> Tensor:
    """(h,w,3) of the first colours of a scene (k,3)."""
    ramp = torch.linspace(0, 1, SIZE[0])[:, None, None]
    return (colors[:64].sum(0) / 20 + ramp).sigmoid().expand(*SIZE, 3)


def _terms_of_ours(ours: training.ExAvatarTraining) -> dict[str, Tensor]:
    """By name, those of base and refined Gaussians added."""
    found: dict[str, Tensor] = {}

    def collected(function: Callable) -> Callable:
        def call(*arguments):
            terms = function(*arguments)
            for name, loss in terms.items():
                found[name] = found.get(name, 0) + loss
            return terms

        return call

    training.image_terms = collected(losses.image_terms)
    training.scene_terms = collected(losses.scene_terms)
    ours.regularisers.terms = collected(type(ours.regularisers).terms.__get__(ours.regularisers))
    ours._loss(TRAINED)
    del ours.regularisers.terms
    return found


def _theirs(ours: training.ExAvatarTraining) -> tuple[types.SimpleNamespace, torch.optim.Adam]:
    """The public model with the same weights; its data; which parameters belong together."""
    from nets.module import HumanGaussian, SceneGaussian, SMPLXParamDict
    from utils.flame import flame
    from utils.smpl_x import smpl_x

    from config import cfg

    cfg.smplx_param_lr = 1e-4
    cfg.fit_pose_to_test = False
    smpl_x.neutral_body_pose.zero_()
    smpl_x.subdivider_list = smpl_x.get_subdivider(1)
    smpl_x.face_upsampled = smpl_x.subdivider_list[-1]._subdivided_faces.numpy()
    smpl_x.vertex_num_upsampled = int(smpl_x.face_upsampled.max() + 1)
    for layer in smpl_x.layer.values():
        layer.double()
    human = ours.human
    body = human.rig.body
    face = body.v_template - smpl_x.layer["male"].v_template.double()
    first = ours.regularisers.first_offset
    smpl_x.set_id_info(human.betas.detach().clone(), face, first.clone(), torch.zeros(55, 3))
    scene = SceneGaussian()
    values = {k: x.detach().clone() for k, x in ours.scene.values.items()}
    count = len(values["means"])
    with torch.no_grad():
        distribution = {"translate": torch.zeros(3), "radius": torch.ones(1)}
        scene.init_from_point_cloud(values["means"], torch.rand(count, 3), distribution)
        scene.feature_dc.copy_(values["colors"][:, None])
        person = HumanGaussian()
        person.init()
        copy_weights(human, person)
        smpl_x.joint_offset = first.clone()  # the same tensor until here, in double precision
        poses = SMPLXParamDict()
        fitted = ours.poses.fitted[ours.trained[TRAINED]]
        poses.init({TRAINED: parameters(fitted)})
    flame.set_texture(torch.zeros(3, 512, 512), torch.zeros(3, 512, 512))
    from model import Model

    model = Model(scene, person, poses)
    model.lap_reg.neighbor_weights = exact_laplacian(model.lap_reg.neighbor_weights)
    own = {name: x.requires_grad_() for name, x in poses.smplx_params[str(TRAINED)].items()}
    t = ours.trained[TRAINED]
    data = {
        "img": torch.from_numpy(ours.clip.images[t]).double().permute(2, 0, 1)[None] / 255,
        "mask": torch.from_numpy(ours.clip.masks[t]).double()[None, None] / 255,
        "bbox": torch.tensor([[0.0, 0.0, SIZE[1], SIZE[0]]]),
        "frame_idx": torch.tensor([TRAINED]),
        "cam_param": {
            "R": torch.eye(3)[None],
            "t": torch.zeros(1, 3),
            "focal": torch.tensor([[80.0, 80.0]]),
            "princpt": torch.tensor([[24.0, 32.0]]),
        },
    }
    optimiser = torch.optim.Adam(model.optimizable_params, lr=0.0, eps=1e-15)
    made = types.SimpleNamespace(
        model=model,
        data=data,
        head=torch.from_numpy(smpl_x.face_vertex_idx.astype(np.int64)),
        pairs=lambda training: pairs(training, TRAINED, person, own),
    )
    return made, optimiser


def _draw_theirs(model, stand_in: StandIn) -> None:
    """In place of its rasterisers."""
    count = len(stand_in.of_point)
    scene_colors = model.scene_gaussian.feature_dc

    def draw(assets, size, camera, bg=None):
        if len(assets["mean_3d"]) < count:
            picture = _scene(scene_colors[:, 0])
        else:
            person = (assets[name][-count:] for name in ("mean_3d", "scale", "rgb"))
            means, scales, colors = person
            rgb, alpha = stand_in.human(means, scales[:, :1], colors)
            whole = len(assets["mean_3d"]) > count
            behind = _scene(scene_colors[:, 0]).detach() if whole else bg
            picture = rgb + (1 - alpha) * behind
        blank = torch.zeros(len(assets["mean_3d"]))
        made = {"img": picture.permute(2, 0, 1), "mask": blank, "mean_2d": blank}
        return made | {"is_vis": blank, "radius": blank}

    def face(texture, mesh, *_):
        shown = torch.cat([stand_in.face_of(mesh[0]), torch.ones(*SIZE, 1)], -1)
        return torch.where(stand_in.place > 0, shown, -1.0).permute(2, 0, 1)[None]

    def face_of(points: Tensor) -> Tensor:
        everywhere = torch.zeros(count, 3).index_copy(0, stand_in.head, points)
        return stand_in.face(everywhere)

    stand_in.face_of = face_of
    model.gaussian_renderer.forward = draw
    model.face_mesh_renderer.forward = face


if __name__ == "__main__":
    sys.exit(main())
