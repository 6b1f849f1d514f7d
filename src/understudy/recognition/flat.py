"""3D convolutions as CPUs compute them fastest: by frame.

torch's kernels for 3D convolutions reach an eighth to a half of what a core can do, in their
backward passes above all. Here the frames that a kernel spans are put side by side as channels, and
what is left is a matrix product where the kernel is one pixel wide, and a 2D convolution elsewhere.
Channels are last in memory, so that neither has to move the frames.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, linear, pad


class FlatConv3d(nn.Conv3d):
    """A Conv3d (one group, not dilated) with the same parameters and the same result, but for
    rounding: (b,c,t,h,w) -> (b,o,t',h',w'), channels last in memory."""

    def forward(self, clips: Tensor) -> Tensor:
        wide, high = self.kernel_size[2], self.kernel_size[1]
        frames = self._side_by_side(clips.permute(0, 2, 3, 4, 1))
        weight = self.weight.transpose(1, 2).flatten(1, 2)  # (o, time · c, high, wide)
        _, down, across = self.stride
        if high == wide == 1:
            convolved = linear(frames[:, :, ::down, ::across], weight[..., 0, 0], self.bias)
        else:
            images = frames.flatten(0, 1).permute(0, 3, 1, 2)
            convolved = conv2d(images, weight, self.bias, self.stride[1:], self.padding[1:])
            convolved = convolved.permute(0, 2, 3, 1).unflatten(0, frames.shape[:2])
        return convolved.permute(0, 4, 1, 2, 3)

    def _side_by_side(self, frames: Tensor) -> Tensor:
        """Frames (b,t,h,w,c), each with its neighbours that the kernel spans: (b,t',h,w,time·c)."""
        time, step, margin = self.kernel_size[0], self.stride[0], self.padding[0]
        if time == step == 1:
            return frames
        frames = pad(frames, (0, 0) * 3 + (margin, margin))
        last = frames.shape[1] - time + 1
        return torch.cat([frames[:, i : i + last : step] for i in range(time)], -1)


def flatten_convolutions(net: nn.Module) -> None:
    """Make every Conv3d of `net` a FlatConv3d with its parameters; their names stay."""
    for name, module in net.named_children():
        if type(module) is nn.Conv3d and module.groups == 1 and module.dilation == (1, 1, 1):
            flat = FlatConv3d(
                module.in_channels,
                module.out_channels,
                module.kernel_size,
                module.stride,
                module.padding,
                bias=module.bias is not None,
                device="meta",  # its own parameters are neither drawn nor kept
            )
            flat.weight, flat.bias = module.weight, module.bias
            setattr(net, name, flat)
        else:
            flatten_convolutions(module)
