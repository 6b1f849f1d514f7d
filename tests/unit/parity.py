"""How far our networks and bodies are from the public ones: for the tests and the bench."""

import copy
from pathlib import Path

import smplx
import torch
from torch import nn

from tests.unit.seeded import public_network, seeded_pictures, seeded_state
from understudy.body.load import load_body
from understudy.body.pose import Pose
from understudy.features.deca import expression as deca
from understudy.features.hand4whole.network import PICTURE, Hand4Whole

BODIES = 2


def seeded_network(name: str) -> nn.Module:
    """Our network "deca" or "hand4whole" with the weights that the public one ran with."""
    network = {"deca": deca.Encoder, "hand4whole": Hand4Whole}[name]()
    network.load_state_dict(seeded_state(public_network(name)[0]))
    return network.eval().requires_grad_(False)


def deca_parity(network: nn.Module) -> float:
    """The largest difference of a parameter from the public encoder's, over two images."""
    wanted = torch.from_numpy(public_network("deca")[1]["codes"])
    pictures = seeded_pictures((2, 3, deca.SIZE, deca.SIZE)).double()
    return float((_in_double(network)(pictures) - wanted).abs().max())


def hand4whole_parity(network: nn.Module) -> float:
    """The largest difference of a pose from the public network's, rad, over two images."""
    poses = _in_double(network)(seeded_pictures((2, 3, *PICTURE)).double())
    wanted = public_network("hand4whole")[1].items()
    return max(float((getattr(poses, key) - torch.from_numpy(x)).abs().max()) for key, x in wanted)


def _in_double(network: nn.Module) -> nn.Module:
    """A copy in which a processor's rounding does not show: in single precision it grows to
    1e-3 through Hand4Whole's layers, whose weights are random here."""
    return copy.deepcopy(network).double()


def body_parity(path: Path, flat_hand: bool = True) -> float:
    """The largest distance of a vertex or joint from the smplx package's, m, over poses of two
    people, for an SMPL-X file. Ours turns fingers from the flat hand, the package from the
    mean one unless given `flat_hand`."""
    model, g = load_body(path), torch.Generator().manual_seed(0)
    theirs = smplx.create(
        str(path),
        model_type="smplx",
        use_pca=False,
        flat_hand_mean=flat_hand,
        num_betas=300,
        num_expression_coeffs=50,
        batch_size=BODIES,
    )
    full = torch.randn(BODIES, 55, 3, generator=g) * 0.4
    smile = torch.randn(BODIES, 50, generator=g), torch.randn(BODIES, 3, generator=g)
    betas, pose = torch.randn(300, generator=g), Pose.from_full(full, *smile)
    given = {name: getattr(pose, name).flatten(1) for name in Pose.names()}
    mean = torch.zeros(55, 3)
    mean[25:] = 0.0 if flat_hand else model.hands_mean.flatten(0, 1)
    with torch.no_grad():
        wanted = theirs(betas=betas.expand(BODIES, -1), **given)
        found = model.shaped(betas).pose(Pose.from_full(full + mean, *smile))
    skin = (found.vertices - wanted.vertices).norm(dim=-1).max()
    joints = (found.joints - wanted.joints[:, :55]).norm(dim=-1).max()
    return float(torch.maximum(skin, joints))
