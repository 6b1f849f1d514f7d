"""The trunk of a residual network, 18 or 50 layers, with torchvision's names of parameters.

He et al., "Deep residual learning for image recognition", CVPR 2016; the stride of a bottleneck
is in its 3 × 3 convolution. DECA and Hand4Whole, and so their checkpoints, are built on it.
"""

from torch import Tensor, nn, relu_


class _Block(nn.Module):
    """Convolutions conv1, conv2, … of the sizes given as (channels, kernel, stride), added to
    the input."""

    def __init__(self, channels: int, convolutions: list[tuple[int, int, int]]):
        super().__init__()
        self.depth, stride, inward = len(convolutions), 1, channels
        for i, (outward, kernel, step) in enumerate(convolutions, 1):
            convolution = nn.Conv2d(inward, outward, kernel, step, kernel // 2, bias=False)
            self.add_module(f"conv{i}", convolution)
            self.add_module(f"bn{i}", nn.BatchNorm2d(outward))
            inward, stride = outward, stride * step
        self.downsample = None
        if stride != 1 or channels != inward:
            shortcut = nn.Conv2d(channels, inward, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(inward))

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for i in range(1, self.depth + 1):
            y = self.get_submodule(f"bn{i}")(self.get_submodule(f"conv{i}")(y))
            y = relu_(y) if i < self.depth else y
        return relu_(y + (x if self.downsample is None else self.downsample(x)))


def _basic(channels: int, width: int, stride: int) -> _Block:
    return _Block(channels, [(width, 3, stride), (width, 3, 1)])


def _bottleneck(channels: int, width: int, stride: int) -> _Block:
    return _Block(channels, [(width, 1, 1), (width, 3, stride), (4 * width, 1, 1)])


# Layers -> block, its output channels over its width, blocks per stage.
_KINDS = {18: (_basic, 1, (2, 2, 2, 2)), 50: (_bottleneck, 4, (3, 4, 6, 3))}


class Trunk(nn.Module):
    """Images (n,3,h,w) -> features (n,C,h/32,w/32), C = 512 with 18 layers, 2048 with 50."""

    def __init__(self, layers: int):
        super().__init__()
        block, widening, blocks = _KINDS[layers]
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.pool = nn.MaxPool2d(3, 2, 1)
        channels = 64
        for stage, count in enumerate(blocks):
            width, row = 64 * 2**stage, []
            for i in range(count):
                row.append(block(channels, width, 2 if stage and not i else 1))
                channels = width * widening
            self.add_module(f"layer{stage + 1}", nn.Sequential(*row))
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(relu_(self.bn1(self.conv1(x))))
        for stage in range(1, 5):
            x = self.get_submodule(f"layer{stage}")(x)
        return x
