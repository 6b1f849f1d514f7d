"""LPIPS against the package that its authors publish, on networks with random weights."""

import importlib
import sys
from types import SimpleNamespace

import pytest
import torch

from tests.unit.random_networks import NAMES, convolutions
from understudy.errors import UserError
from understudy.image_metrics.perceptual import Lpips


@pytest.fixture(scope="module", params=list(NAMES))
def both(request, tmp_path_factory):
    """Ours and the package's, of the same weights."""
    network = convolutions(request.param)
    path = tmp_path_factory.mktemp("weights") / f"{NAMES[request.param]}.pth"
    torch.save(network.state_dict(), path)
    lpips = importlib.import_module("lpips")
    models = {NAMES[request.param]: lambda pretrained: network}
    sys.modules["lpips.pretrained_networks"].tv = SimpleNamespace(**models)
    theirs = lpips.LPIPS(net=request.param, pnet_rand=False, verbose=False)
    importlib.reload(sys.modules["lpips.pretrained_networks"])
    return Lpips(request.param, path), theirs


def pictures(height: int, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(height)
    return torch.rand(height, width, 3, generator=g), torch.rand(height, width, 3, generator=g)


@pytest.mark.parametrize("size", [(64, 64), (80, 47)])
def test_distances_are_the_packages(both, size):
    ours, theirs = both
    a, b = pictures(*size)
    true = theirs(*(x.permute(2, 0, 1)[None] for x in (a, b)), normalize=True).item()
    assert true > 1e-3
    assert ours(a, b).item() == pytest.approx(true, rel=1e-4)
    assert ours(a, a).item() == 0


def test_a_picture_has_a_gradient_and_the_network_none(both):
    ours, _ = both
    a, b = pictures(64, 64)
    ours(a.requires_grad_(), b).backward()
    assert a.grad.abs().sum() > 0
    assert not [x for x in ours.parameters() if x.requires_grad]


def test_a_picture_has_a_gradient_where_nothing_is_seen(tmp_path):
    """The package's own is NaN there."""
    network = convolutions("alex")
    torch.nn.init.constant_(network.features[0].bias, -100.0)  # no activation of the first stage
    torch.save(network.state_dict(), tmp_path / "alexnet.pth")
    a, b = pictures(64, 64)
    distance = Lpips("alex", tmp_path / "alexnet.pth")(a.requires_grad_(), b)
    distance.backward()
    assert distance == 0
    assert (a.grad == 0).all()


def test_a_network_draws_no_random_number(tmp_path):
    torch.save(convolutions("alex").state_dict(), tmp_path / "alexnet.pth")
    before = torch.get_rng_state()
    Lpips("alex", tmp_path / "alexnet.pth")
    assert torch.equal(torch.get_rng_state(), before)


def test_another_networks_weights_are_refused(tmp_path):
    path = tmp_path / "vgg16.pth"
    torch.save(
        {"features.0.weight": torch.zeros(64, 3, 3, 3), "features.0.bias": torch.zeros(64)}, path
    )
    with pytest.raises(UserError, match=r"vgg16\.pth: not the network .*64×3×3×3, not 64×3×11×11"):
        Lpips("alex", path)
    torch.save([1, 2], path)
    with pytest.raises(UserError, match=r"lacks 0\.weight"):
        Lpips("vgg", path)
    with pytest.raises(UserError, match="no such file"):
        Lpips("alex", tmp_path / "absent.pth")
