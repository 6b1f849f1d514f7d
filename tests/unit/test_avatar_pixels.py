"""From rendered values to the bytes of video files; a copy on another device."""

import numpy as np
import torch

from tests.unit.avatar_scene import painted_avatar
from understudy.gaussians.device import on_device
from understudy.gaussians.pixels import on_white, to_rgba


def test_bytes_are_the_rounded_values_premultiplied_and_on_white():
    g = torch.Generator().manual_seed(0)
    drawn = torch.rand(2, 7, 5, 4, generator=g) * 1.4 - 0.2  # above and below what can be shown
    rgb, alpha = drawn[..., :3], torch.rand(2, 7, 5, 1, generator=g)
    alpha[0, :3], alpha[0, 3:] = 0, 1
    rgba, white = to_rgba(rgb, alpha), on_white(rgb, alpha)
    colour = rgb.clamp(min=0).minimum(alpha)
    assert rgba.dtype == white.dtype == np.uint8
    assert np.array_equal(rgba[..., 3:], (alpha * 255).round().numpy())
    assert np.array_equal(rgba[..., :3], (colour * 255).round().numpy())
    assert np.array_equal(white, ((colour + 1 - alpha) * 255).round().numpy())
    assert (white[0, :3] == 255).all() and (rgba[0, :3] == 0).all()


def test_every_tensor_of_an_avatar_moves_to_a_device(body):
    avatar = painted_avatar(body)
    moved = on_device(avatar, "meta")
    assert moved.opacity == avatar.opacity and moved.rig.body.model_id == body.model_id
    tensors = [moved.means, moved.shading, moved.rig.betas, moved.rig.surface.weights]
    tensors += [moved.rig.body.weights, moved.rig.body.faces]
    assert all(tensor.is_meta for tensor in tensors)
    assert avatar.means.device.type == "cpu"
