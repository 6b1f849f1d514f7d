"""ExAvatar's networks: feature planes that the body lies in, and what is decoded from them."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

GROUPS = 4  # in each group normalisation
LAYERS = 3  # hidden
PLANES = ((0, 1), (0, 2), (1, 2))  # xy, xz, yz


class Planes(nn.Module):
    """Three planes of features through a cube around fixed points (k,3) m; zero at first."""

    places: Tensor

    def __init__(self, points: Tensor, side: float, channels: int, size: int) -> None:
        """side: of the cube, m."""
        super().__init__()
        place = (points - points.mean(0)) * (2 / side)
        self.register_buffer("places", torch.stack([place[:, list(axes)] for axes in PLANES]))
        self.texels = nn.Parameter(torch.zeros(3, channels, size, size))

    def forward(self) -> Tensor:
        """(k,3·channels)."""
        found = F.grid_sample(self.texels, self.places[:, None], align_corners=False)
        return found[:, :, 0].permute(2, 0, 1).flatten(1)


class Perceptron(nn.Module):
    """Hidden layers with group normalisation, and one linear layer for each of several outputs.

    Its input is what is specific to each point, followed by what all points share, such as a
    pose: that part is multiplied once, not once per point.
    """

    def __init__(self, own: int, shared: int, hidden: int, outputs: tuple[int, ...]) -> None:
        super().__init__()
        self.own = own
        sizes = [own + shared, *[hidden] * LAYERS]
        self.linear = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.norm = nn.ModuleList(nn.GroupNorm(GROUPS, hidden) for _ in range(LAYERS))
        self.heads = nn.ModuleList(nn.Linear(hidden, size) for size in outputs)

    def forward(self, own: Tensor, shared: Tensor | None = None) -> list[Tensor]:
        """own (G,k), shared (m,) -> (G,size) for each output."""
        first = self.linear[0]
        assert isinstance(first, nn.Linear)
        bias: Tensor = first.bias
        if shared is not None:
            bias = F.linear(shared, first.weight[:, self.own :], bias)
        x = F.linear(own, first.weight[:, : self.own], bias)
        for k, norm in enumerate(self.norm):
            x = F.relu(norm(x if k == 0 else self.linear[k](x)))
        return [head(x) for head in self.heads]
