"""Networks of public packages, small, with weights from their own seeds."""

from functools import partial
from importlib import import_module

import torch
from torch import nn

from understudy.networks import torchvision_cpu


def small_sam(size: int = 128) -> nn.Module:
    """Segment Anything's network, for images of 128 px."""
    torchvision_cpu.install()
    parts = import_module("segment_anything").modeling
    torch.manual_seed(0)
    encoder = parts.ImageEncoderViT(
        img_size=size,
        depth=2,
        embed_dim=32,
        num_heads=2,
        out_chans=16,
        use_rel_pos=True,
        window_size=4,
        global_attn_indexes=[1],
        norm_layer=partial(nn.LayerNorm, eps=1e-6),
    )
    grid = (size // 16, size // 16)
    transformer = parts.TwoWayTransformer(depth=2, embedding_dim=16, num_heads=2, mlp_dim=32)
    return parts.Sam(
        encoder,
        parts.PromptEncoder(16, grid, (size, size), mask_in_chans=4),
        parts.MaskDecoder(transformer_dim=16, transformer=transformer),
    ).eval()


def small_depth_anything(channels: int = 16) -> nn.Module:
    """Depth Anything's smallest network with a smaller head; its outputs are never 0."""
    torchvision_cpu.install()
    torch.manual_seed(0)
    package = import_module("depth_anything_v2.dpt")
    network = package.DepthAnythingV2("vits", channels, [channels] * 4)
    torch.nn.init.constant_(network.depth_head.scratch.output_conv2[2].bias, 1.0)
    return network.eval()
