"""The rasteriser against a dense float64 reference, and its batches against single views."""

import numpy as np
import pytest
import torch

from understudy.splatting import rasterize

WIDTH, HEIGHT = 61, 45  # neither is a whole number of tiles


def dense(means, quats, scales, opacities, colors, viewmats, Ks, width, height, backgrounds):
    """O(n h w) rasteriser by autograd, from the formulae of EWA splatting and alpha blending."""
    y, x = torch.meshgrid(
        torch.arange(height, dtype=means.dtype) + 0.5,
        torch.arange(width, dtype=means.dtype) + 0.5,
        indexing="ij",
    )
    w, i, j, k = torch.nn.functional.normalize(quats, dim=-1).unbind(-1)
    rows = [
        (1 - 2 * (j * j + k * k), 2 * (i * j - w * k), 2 * (i * k + w * j)),
        (2 * (i * j + w * k), 1 - 2 * (i * i + k * k), 2 * (j * k - w * i)),
        (2 * (i * k - w * j), 2 * (j * k + w * i), 1 - 2 * (i * i + j * j)),
    ]
    rotation = torch.stack([torch.stack(row, -1) for row in rows], -2)
    half = rotation * scales[:, None]
    covariance = half @ half.mT
    images = []
    for V, K, background in zip(viewmats, Ks, backgrounds, strict=True):
        point = means @ V[:3, :3].T + V[:3, 3]
        seen = ((point[:, 2] > 0.01) & (opacities > 1 / 255)).nonzero()[:, 0]
        order = seen[torch.argsort(point[seen, 2], stable=True)]
        px, py, pz = point[order].unbind(-1)
        (fx, _, cx), (_, fy, cy), _ = K.tolist()
        mx, my = 0.15 * width / fx, 0.15 * height / fy
        u = (px / pz).clamp(-cx / fx - mx, (width - cx) / fx + mx)
        v = (py / pz).clamp(-cy / fy - my, (height - cy) / fy + my)
        zero = torch.zeros_like(pz)
        jacobian = torch.stack(
            [
                torch.stack([fx / pz, zero, -fx * u / pz], -1),
                torch.stack([zero, fy / pz, -fy * v / pz], -1),
            ],
            -2,
        )
        to_image = jacobian @ V[:3, :3]
        cov2d = to_image @ covariance[order] @ to_image.mT + 0.3 * torch.eye(2, dtype=means.dtype)
        conic = torch.linalg.inv(cov2d)
        centre = torch.stack([fx * px / pz + cx, fy * py / pz + cy], -1)
        d = torch.stack([x, y], -1) - centre[:, None, None]
        sigma = 0.5 * torch.einsum("nhwa,nab,nhwb->nhw", d, conic, d)
        alpha = (opacities[order][:, None, None] * torch.exp(-sigma)).clamp(max=0.999)
        alpha = torch.where(alpha >= 1 / 255, alpha, torch.zeros_like(alpha))
        after = torch.cumprod(1 - alpha, 0)
        before = torch.cat([torch.ones_like(after[:1]), after[:-1]])
        weight = alpha * before * (after > 1e-4)
        total = weight.sum(0)[..., None]
        rgb = torch.einsum("nhw,nc->hwc", weight, colors[order]) + (1 - total) * background
        depth = torch.einsum("nhw,n->hw", weight, pz)[..., None] / total.clamp(min=1e-10)
        images.append((rgb, total, depth))
    return tuple(map(torch.stack, zip(*images, strict=True)))


def cloud(n, seed, size=1.0):
    """n random Gaussians around the origin, some of them behind or beside the cameras; float64."""
    g = np.random.default_rng(seed)
    arrays = dict(
        means=g.normal(size=(n, 3)) * [0.8, 0.6, 0.5],
        quats=g.normal(size=(n, 4)),
        scales=np.exp(g.normal(size=(n, 3)) * 0.6 - 2.8) * size,
        opacities=g.uniform(0.02, 1.0, n),
        colors=g.uniform(size=(n, 3)),
    )
    arrays["means"][: n // 20, 2] -= 4
    return {name: torch.from_numpy(x) for name, x in arrays.items()}


def cameras():
    turn = torch.linalg.matrix_exp(
        torch.tensor([[0, -0.3, 0.2], [0.3, 0, -0.1], [-0.2, 0.1, 0]], dtype=torch.float64)
    )
    V = torch.eye(4, dtype=torch.float64).repeat(2, 1, 1)
    V[0, :3, :3], V[1, :3, :3] = turn, turn.T
    V[:, :3, 3] = torch.tensor([0.05, -0.1, 3.0])
    K = torch.tensor([[70.0, 0, 33], [0, 66, 21], [0, 0, 1]], dtype=torch.float64)
    return V, K.repeat(2, 1, 1)


def against_dense(n, size):
    """Images and gradients of one scene: ours (float32), then the dense reference's (float64)."""
    clouds = cloud(n, seed=n, size=size)
    viewmats, Ks = cameras()
    g = torch.Generator().manual_seed(5)
    backgrounds = torch.rand(2, 3, generator=g, dtype=torch.float64)
    weights = [
        torch.randn(2, HEIGHT, WIDTH, k, generator=g, dtype=torch.float64) for k in (3, 1, 1)
    ]

    def run(render, dtype):
        leaves = {name: x.to(dtype).clone().requires_grad_() for name, x in clouds.items()}
        V = viewmats.to(dtype).clone().requires_grad_()
        B = backgrounds.to(dtype).clone().requires_grad_()
        rgb, alpha, depth = render(
            **leaves, viewmats=V, Ks=Ks.to(dtype), width=WIDTH, height=HEIGHT, backgrounds=B
        )
        seen = alpha > 0.02  # the expected depth is ill-conditioned where there is next to nothing
        images = rgb, alpha, depth * seen
        sum((w.to(dtype) * x).sum() for w, x in zip(weights, images, strict=True)).backward()
        grads = {name: x.grad.double() for name, x in leaves.items()}
        return [x.detach().double() for x in images], {**grads, "V": V.grad, "B": B.grad}

    return *run(rasterize, torch.float32), *run(dense, torch.float64)


def gradient_errors(grads, truths):
    """By parameter, the relative error of its gradient (2-norm)."""
    return {
        name: float((grads[name].double() - truth).norm() / truth.norm())
        for name, truth in truths.items()
    }


SCENES = [(40, 1.0), (300, 1.0), (1200, 0.5), (200, 4.0)]


@pytest.mark.parametrize(("n", "size"), SCENES)
def test_image_and_gradients_agree_with_the_dense_reference(n, size):
    images, grads, true_images, true_grads = against_dense(n, size)
    for image, truth in zip(images, true_images, strict=True):
        # a pixel at a threshold (1/255, 1e-4) may fall on either side of it
        wrong = ((image - truth).abs() > 1e-5).double().mean()
        assert wrong < 1e-3, f"{wrong:.1e} of the values differ by more than 1e-5"
        assert (image - truth).abs().max() < 5e-3
    for name, error in gradient_errors(grads, true_grads).items():
        assert error <= 1e-4, f"gradient of {name}: {error:.1e}"


def test_a_batch_of_clouds_equals_single_views():
    """Frames of a moving cloud, shared sizes: the same images and summed gradients."""
    viewmats, Ks = (x.float() for x in cameras())
    viewmats, Ks = viewmats[[0, 1, 0]], Ks[[0, 1, 0]]
    one = {name: x.float() for name, x in cloud(200, 1).items()}
    moved = torch.stack([one["means"], one["means"] + 0.05, one["means"] * 0.9])

    def run(means, views):
        leaves = {**{k: x.clone() for k, x in one.items()}, "means": means.clone()}
        leaves = {name: x.requires_grad_() for name, x in leaves.items()}
        rgb, alpha, _ = rasterize(
            **leaves, viewmats=viewmats[views], Ks=Ks[views], width=WIDTH, height=HEIGHT
        )
        (rgb.square().sum() + alpha.sum()).backward()
        return rgb.detach(), {name: x.grad for name, x in leaves.items()}

    rgb, grads = run(moved, [0, 1, 2])
    singles = [run(moved[i], [i]) for i in range(3)]
    assert torch.equal(rgb, torch.cat([image for image, _ in singles]))
    for name in ("quats", "scales", "opacities", "colors"):
        total = sum(g[name] for _, g in singles)
        assert torch.allclose(grads[name], total, rtol=1e-4, atol=1e-5)
    assert torch.allclose(grads["means"], torch.stack([g["means"] for _, g in singles]))


def test_nothing_in_view_is_background_without_nan():
    clouds = {name: x.float().requires_grad_() for name, x in cloud(10, 2).items()}
    viewmats, Ks = (x.float() for x in cameras())
    viewmats[:, 2, 3] = -100.0
    background = torch.tensor([[0.2, 0.4, 0.6]]).repeat(2, 1)
    rgb, alpha, depth = rasterize(
        **clouds, viewmats=viewmats, Ks=Ks, width=7, height=5, backgrounds=background
    )
    (rgb.sum() + alpha.sum() + depth.sum()).backward()
    assert torch.equal(rgb, background[:, None, None].expand_as(rgb))
    assert not alpha.any()
    assert not depth.any()
    assert all(torch.isfinite(x.grad).all() for x in clouds.values())


def test_depth_is_that_of_an_opaque_plane():
    side = torch.linspace(-1, 1, 81)
    x, y = torch.meshgrid(side, side, indexing="xy")
    n = x.numel()
    means = torch.stack([x.ravel(), y.ravel(), torch.full((n,), 2.5)], -1)
    quats = torch.tensor([[1.0, 0, 0, 0]]).repeat(n, 1)
    _, alpha, depth = rasterize(
        means,
        quats,
        torch.full((n, 3), 0.02),
        torch.full((n,), 0.999),
        torch.ones(n, 3),
        torch.eye(4)[None],
        torch.tensor([[[40.0, 0, 16], [0, 40, 12], [0, 0, 1]]]),
        32,
        24,
    )
    assert (alpha > 0.99).all()
    assert torch.allclose(depth, torch.full_like(depth, 2.5), atol=1e-3)
