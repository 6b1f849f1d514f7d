"""3D convolutions as CPUs compute them fastest: by frame.

torch's kernels for 3D convolutions reach an eighth to a half of what a core can do, in their
backward passes above all. Here a clip's frames are convolved as images, by a matrix product where a
kernel is one pixel wide, and what a kernel spans in time is a sum over frames. Channels are last in
memory, so that neither has to move the frames.
"""

import functools

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad

# Winograd's minimal filtering F(4,3) along time: four frames of a kernel of three from six products
# instead of twelve (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016,
# section 4.1): products of what FROM_FRAMES (6,6) and FROM_TAPS (6,3) make, of which `_frames_of`
# makes the frames.
TILE, TAPS = 4, 3
FROM_FRAMES = (
    (4, 0, -5, 0, 1, 0),
    (0, -4, -4, 1, 1, 0),
    (0, 4, -4, -1, 1, 0),
    (0, -2, -1, 2, 1, 0),
    (0, 2, -1, -2, 1, 0),
    (0, 4, 0, -5, 0, 1),
)
FROM_TAPS = (
    (1 / 4, 0, 0),
    (-1 / 6, -1 / 6, -1 / 6),
    (-1 / 6, 1 / 6, -1 / 6),
    (1 / 24, 1 / 12, 1 / 6),
    (1 / 24, -1 / 12, 1 / 6),
    (0, 0, 1),
)
PRODUCTS = len(FROM_FRAMES)


class FlatConv3d(nn.Conv3d):
    """A Conv3d (one group, not dilated) with the same parameters and the same result, but for
    rounding: (b,c,t,h,w) -> (b,o,t',h',w'), channels last in memory."""

    def forward(self, clips: Tensor) -> Tensor:
        taps, step, margin = self.kernel_size[0], self.stride[0], self.padding[0]
        if step > 1:
            return super().forward(clips)
        frames = clips.permute(0, 2, 3, 4, 1)
        if taps == 1 and margin == 0:
            convolved = self._within(frames, self.weight[:, :, 0])
        elif (taps, margin) == (TAPS, TAPS // 2) and frames.shape[1] % TILE == 0 and _exact(clips):
            convolved = self._minimally(frames)
        else:
            convolved = self._summed(frames)
        if self.bias is not None:
            convolved = convolved + self.bias
        return convolved.permute(0, 4, 1, 2, 3)

    def _within(self, frames: Tensor, weight: Tensor) -> Tensor:
        """Each frame convolved by itself: (…,h,w,c), (o,c,high,wide) -> (…,h',w',o)."""
        down, across = self.stride[1:]
        if weight.shape[2:] == (1, 1):
            return frames[..., ::down, ::across, :] @ weight[..., 0, 0].T
        images = frames.flatten(0, -4).permute(0, 3, 1, 2)
        convolved = conv2d(images, weight, None, self.stride[1:], self.padding[1:])
        return convolved.permute(0, 2, 3, 1).unflatten(0, frames.shape[:-3])

    def _summed(self, frames: Tensor) -> Tensor:
        """What each frame gives to all that its kernel reaches, and the sums: (b,t',h',w',o)."""
        taps, margin = self.kernel_size[0], int(self.padding[0])
        weight = self.weight.permute(2, 0, 1, 3, 4).flatten(0, 1)
        given = self._within(frames, weight).unflatten(-1, (taps, self.out_channels)).unbind(-2)
        rest = 2 * margin - taps + 1  # more frames than there were
        places = [margin - tap for tap in range(taps)]
        shifted = [
            pad(part, (0, 0) * 3 + (place, rest - place))
            for part, place in zip(given, places, strict=True)
        ]
        return functools.reduce(torch.add, shifted)

    def _minimally(self, frames: Tensor) -> Tensor:
        """With FROM_FRAMES, FROM_TAPS and `_frames_of`: (b,t,h',w',o)."""
        spread = _of_a_clip(frames.shape[1] // TILE).to(frames).expand(len(frames), -1, -1)
        pieces = torch.bmm(spread, frames.flatten(2)).unflatten(1, (-1, PRODUCTS))
        pieces = pieces.permute(2, 0, 1, 3).reshape(PRODUCTS, -1, *frames.shape[2:])
        taps = torch.einsum("kt,octyx->kocyx", self.weight.new_tensor(FROM_TAPS), self.weight)
        if self.kernel_size[1:] == (1, 1) == self.stride[1:]:
            products = torch.bmm(pieces.flatten(1, 3), taps[..., 0, 0].transpose(1, 2))
            tiles = _frames_of(*products.unflatten(1, pieces.shape[1:4]))
        else:
            tiles = _frames_of(*map(self._within, pieces, taps))
        return tiles.unflatten(0, (len(frames), -1)).flatten(1, 2)


def _exact(clips: Tensor) -> bool:
    """Whether products keep float32's digits: minimal filtering sums up what cancels out."""
    return not torch.is_autocast_enabled(clips.device.type)


def _of_a_clip(tiles: int) -> Tensor:
    """FROM_FRAMES of a whole clip, black before and after: (tiles·6,tiles·4)."""
    spread = torch.zeros(tiles, PRODUCTS, TILE * tiles + 2)
    for tile in range(tiles):
        spread[tile, :, TILE * tile : TILE * tile + PRODUCTS] = torch.tensor(FROM_FRAMES)
    return spread[..., 1:-1].flatten(0, 1)


def _frames_of(
    first: Tensor, one: Tensor, minus_one: Tensor, two: Tensor, minus_two: Tensor, last: Tensor
) -> Tensor:
    """The four frames of each tile from its six products: (n,h,w,o) each -> (n,4,h,w,o). What the
    points 1 and -1, 2 and -2 share is computed once:

        1  1  1  1  1  0
        0  1 -1  2 -2  0
        0  1  1  4  4  0
        0  1 -1  8 -8  1
    """
    even, odd = one + minus_one, one - minus_one
    even_two, odd_two = two + minus_two, two - minus_two
    frames = (
        first + even + even_two,
        torch.add(odd, odd_two, alpha=2),
        torch.add(even, even_two, alpha=4),
        torch.add(odd + last, odd_two, alpha=8),
    )
    return torch.stack(frames, 1)


def flatten_convolutions(net: nn.Module) -> None:
    """Make every Conv3d of `net` a FlatConv3d; its parameters and their names stay."""
    for module in net.modules():
        if type(module) is nn.Conv3d and module.groups == 1 and module.dilation == (1, 1, 1):
            module.__class__ = FlatConv3d
