"""LPIPS against the package that its authors publish, on networks with random weights."""

import importlib
import sys
from types import SimpleNamespace

import pytest
import torch

import understudy.recognition.models  # noqa: F401  (makes torchvision importable)
from understudy.errors import UserError
from understudy.image_metrics.perceptual import Lpips

NAMES = {"alex": "alexnet", "vgg": "vgg16"}


def convolutions(network):
    """torchvision's own network, only its convolutions filled, with random weights."""
    from torchvision import models

    with torch.device("meta"):
        whole = getattr(models, NAMES[network])(weights=None)
    whole.classifier = torch.nn.Identity()
    whole.features.to_empty(device="cpu")
    torch.manual_seed(0)
    for layer in whole.features:
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight)
            torch.nn.init.normal_(layer.bias, std=0.1)
    return whole


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
