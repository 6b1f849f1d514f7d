"""3D convolutions by frame give what torch's own do."""

import copy

import pytest
import torch
from torch import nn

from tests.unit.walks import TINY
from understudy.recognition.flat import FlatConv3d, flatten_convolutions
from understudy.recognition.models import Recogniser
from understudy.recognition.settings import RecogniserSettings

CONVOLUTIONS = {  # those of the recognisers
    "stem": {"kernel_size": (3, 7, 7), "stride": (1, 2, 2), "padding": (1, 3, 3)},
    "frame": {"kernel_size": (1, 3, 3), "stride": (1, 2, 2), "padding": (0, 1, 1)},
    "time": {"kernel_size": (3, 1, 1), "padding": (1, 0, 0)},
    "pixel": {"kernel_size": 1},
    "shortcut": {"kernel_size": 1, "stride": (1, 2, 2)},
    "fuse": {"kernel_size": (7, 1, 1), "stride": (4, 1, 1), "padding": (3, 0, 0)},
    "every other": {"kernel_size": 1, "stride": (2, 1, 1)},
    "cube": {"kernel_size": 3, "stride": 2, "padding": 1},
}


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_a_convolution_and_its_gradients_are_the_same(name, bias):
    torch.manual_seed(0)
    theirs = nn.Sequential(nn.Conv3d(5, 6, **CONVOLUTIONS[name], bias=bias)).double()
    ours = copy.deepcopy(theirs)
    flatten_convolutions(ours)
    assert type(ours[0]) is FlatConv3d
    clips = torch.randn(2, 5, 8, 9, 10, dtype=torch.double, requires_grad=True)
    results = []
    for net in (theirs, ours):
        scores = net(clips)
        torch.manual_seed(1)
        loss = (scores * torch.randn(scores.shape, dtype=torch.double)).sum()
        results.append([scores, *torch.autograd.grad(loss, [clips, *net.parameters()])])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["stem", "time"])
def test_bfloat16_loses_no_more_than_its_own_digits(name):
    torch.manual_seed(0)
    exact = nn.Sequential(nn.Conv3d(16, 16, **CONVOLUTIONS[name], bias=False))
    flat = copy.deepcopy(exact)
    flatten_convolutions(flat)
    clips = torch.randn(2, 16, 8, 12, 12)
    with torch.autocast("cpu", torch.bfloat16):
        ours, theirs = flat(clips).float(), exact(clips).float()
    off, usual = ((result - exact(clips)).square().mean().sqrt() for result in (ours, theirs))
    assert 0 < off < 2 * usual


@pytest.mark.parametrize("architecture", ["resnet", "slowfast"])
def test_a_flat_network_is_the_same_network(architecture):
    chosen = RecogniserSettings.from_dict(
        {**TINY.to_dict(), "architecture": architecture, "frames": 8}
    )
    torch.manual_seed(0)
    theirs = Recogniser(chosen, 3).eval()
    ours, random_state = copy.deepcopy(theirs), torch.get_rng_state()
    flatten_convolutions(ours)
    assert torch.equal(torch.get_rng_state(), random_state)
    assert not [module for module in ours.modules() if type(module) is nn.Conv3d]
    names = [name for name, _ in theirs.named_parameters()]
    assert [name for name, _ in ours.named_parameters()] == names
    ours.load_state_dict(theirs.state_dict())
    clips = torch.randn(2, 3, 8, 32, 32)
    torch.testing.assert_close(ours(clips), theirs(clips), rtol=1e-4, atol=1e-5)


def test_what_a_matrix_product_cannot_do_stays():
    net = nn.Sequential(nn.Conv3d(4, 4, 3, groups=2), nn.Conv3d(4, 4, 3, dilation=2))
    flatten_convolutions(net)
    assert [type(module) for module in net] == [nn.Conv3d, nn.Conv3d]
