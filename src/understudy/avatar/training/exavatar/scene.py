"""What is behind the person while ExAvatar trains.

`GaussianScene` is 3D Gaussian Splatting (Kerbl et al. 2023) as ExAvatar uses it, from points of the
depth maps. The camera of an identity video is static, so direction-dependent colour would carry no
information and is left out. `PlateScene` is the wall as the video's unmasked pixels show it.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from understudy.artifacts.depth import load_depth
from understudy.avatar.training.footage import Footage
from understudy.checkpoint import prefixed, without_prefix
from understudy.splatting import rasterize

POINTS = 0.2  # share of the depth maps' points where Gaussians start
DEGREE_ZERO = 0.28209479177387814  # the spherical harmonic of degree 0
FIRST_OPACITY, LEAST_OPACITY, RESET_OPACITY = 0.1, 0.005, 0.01
DENSIFY_FROM, DENSIFY_TO, DENSIFY_EVERY, RESET_EVERY = 500, 15_000, 100, 3_000
GRADIENT = 2e-4  # of an image position, in half images, above which a Gaussian is doubled
SMALL, LARGE = 0.01, 0.1  # m (the camera's radius is 1): cloned or split; pruned
SPLIT = 1.6  # how much smaller the two halves are
ADAM_EPSILON = 1e-15
RATES = {"means": 1.6e-4, "colors": 2.5e-3, "opacities": 0.05, "scales": 5e-3, "quats": 1e-3}
LAST_MEANS_RATE, MEANS_RATE_STEPS = 1.6e-6, 30_000


@dataclass(frozen=True)
class ScenePoints:
    """k points behind the person: positions (k,3) m in camera space, colors (k,3) in [0,1]."""

    places: Tensor
    colors: Tensor


def scene_points(depth: Path | str, clip: Footage) -> ScenePoints:
    """One point per pixel of the clip's size where the depth maps (a depth.npz) know the
    background: the mean over their frames."""
    stored = load_depth(depth)
    height, width = clip.images.shape[1:3]
    total, count = np.zeros((height, width)), np.zeros((height, width))
    for t, frame in zip(stored["frames"], stored["depth"].astype(np.float32), strict=True):
        known = cv2.resize(frame, (width, height), interpolation=cv2.INTER_NEAREST)
        bare = (known > 0) & (clip.masks[t] == 0)
        total += np.where(bare, known, 0)
        count += bare
    rows, columns = np.nonzero(count)
    z = (total[rows, columns] / count[rows, columns])[:, None]
    K = clip.K.numpy()
    across = (np.stack([columns, rows], 1) + 0.5 - K[:2, 2]) / K[[0, 1], [0, 1]]
    places = np.concatenate([across * z, z], 1).astype(np.float32)
    colors = clip.filled_plate()[rows, columns].astype(np.float32) / 255
    return ScenePoints(torch.from_numpy(places), torch.from_numpy(colors))


class PlateScene:
    """The wall as measured: nothing to learn."""

    def __init__(self, clip: Footage, device: torch.device) -> None:
        self.plate = torch.from_numpy(clip.filled_plate()).float().to(device) / 255

    def picture(self) -> Tensor:
        """(h,w,3) in [0,1]."""
        return self.plate

    def step(self, steps: int) -> None:
        """Nothing to do."""

    def state(self) -> dict[str, Tensor]:
        return {}

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Nothing to restore."""


class GaussianScene:
    """Gaussians in the space of one static camera, with their own Adam.

    means (k,3) m, colors (k,3), the coefficient of degree 0, opacities (k,), logits, scales (k,3),
    logarithms of m, quats (k,4). After a loss on `image()` is propagated back, `step` moves them,
    and at intervals doubles, splits, prunes and dims some.
    """

    pull: Tensor
    seen: Tensor

    def __init__(self, points: ScenePoints, clip: Footage, seed: int, device: torch.device) -> None:
        self.random = torch.Generator().manual_seed(seed)
        self.K = clip.K.to(device)
        self.height, self.width = clip.images.shape[1:3]
        some = torch.randperm(len(points.places), generator=self.random)
        some = some[: max(4, round(POINTS * len(some)))]
        places = points.places[some]
        distances, _ = cKDTree(places.numpy()).query(places.numpy(), k=4)
        apart = torch.from_numpy(distances[:, 1:] ** 2).mean(1).clamp(min=1e-7).sqrt().float()
        logit = float(np.log(FIRST_OPACITY / (1 - FIRST_OPACITY)))
        values = {
            "means": places,
            "colors": (points.colors[some] - 0.5) / DEGREE_ZERO,
            "opacities": torch.full((len(places),), logit),
            "scales": apart.log()[:, None].repeat(1, 3),
            "quats": torch.tensor([1.0, 0, 0, 0]).repeat(len(places), 1),
        }
        self.values = {k: x.to(device).requires_grad_() for k, x in values.items()}
        moments = {k: torch.zeros_like(x, requires_grad=False) for k, x in self.values.items()}
        self.first = {k: x.detach().clone() for k, x in moments.items()}
        self.second = {k: x.detach().clone() for k, x in moments.items()}
        self._forget()

    def __len__(self) -> int:
        return len(self.values["means"])

    def picture(self) -> Tensor:
        """(h,w,3)."""
        v = self.values
        rgb, _, _ = rasterize(
            v["means"],
            v["quats"],
            v["scales"].exp(),
            v["opacities"].sigmoid(),
            (v["colors"] * DEGREE_ZERO + 0.5).clamp(min=0),
            torch.eye(4, device=self.K.device)[None],
            self.K[None],
            self.width,
            self.height,
        )
        return rgb[0]

    @torch.no_grad()
    def step(self, steps: int) -> None:
        """Adam's step number `steps`, counted from 0, then any densification that is due."""
        if steps < DENSIFY_TO:
            self._track()
            if steps > DENSIFY_FROM and steps % DENSIFY_EVERY == 0:
                self._densify(prune_large=steps > RESET_EVERY)
            if steps > 0 and steps % RESET_EVERY == 0:
                self._dim()
        share = min(1.0, steps / MEANS_RATE_STEPS)
        for name, value in self.values.items():
            if value.grad is None:  # new since the loss
                continue
            rate = RATES[name]
            if name == "means":
                rate = rate ** (1 - share) * LAST_MEANS_RATE**share
            first, second = self.first[name], self.second[name]
            first.lerp_(value.grad, 0.1)
            second.lerp_(value.grad.square(), 0.001)
            corrected = first / (1 - 0.9 ** (steps + 1))
            spread = (second / (1 - 0.999 ** (steps + 1))).sqrt()
            value -= rate * corrected / (spread + ADAM_EPSILON)
            value.grad = None

    def _track(self) -> None:
        """How strongly the image pulls at each Gaussian's position.

        The camera looks along z, so an image position moves with x and y only.
        """
        means, grad = self.values["means"], self.values["means"].grad
        assert grad is not None  # a loss was propagated back
        z = means[:, 2].clamp(min=0.01)
        half = torch.tensor([self.width, self.height], device=z.device) / 2
        pull = grad[:, :2] * z[:, None] / self.K[[0, 1], [0, 1]] * half
        drawn = grad.abs().sum(1) > 0
        self.pull += pull.norm(dim=1) * drawn
        self.seen += drawn

    def _densify(self, prune_large: bool) -> None:
        pull = self.pull / self.seen.clamp(min=1)
        size = self.values["scales"].exp().amax(1)
        wanted = pull >= GRADIENT
        whole = (wanted & (size <= SMALL)).nonzero()[:, 0]
        split = (wanted & (size > SMALL)).nonzero()[:, 0]
        halves = split.repeat(2)
        kept = torch.ones(len(self), dtype=torch.bool, device=pull.device)
        kept[split] = False
        kept &= self.values["opacities"].sigmoid() >= LEAST_OPACITY
        # Those wide in the image are not pruned: 3DGS and ExAvatar mean to, but forget the widths
        # just before.
        if prune_large:
            kept &= size <= LARGE
        old = kept.nonzero()[:, 0]
        index = torch.cat([old, whole, halves])
        values = {name: value[index] for name, value in self.values.items()}
        new = slice(len(old) + len(whole), None)
        deviation = values["scales"][new].exp()
        noise = torch.randn(deviation.shape, generator=self.random).to(deviation)
        turned = _turned(values["quats"][new], noise * deviation)
        values["means"][new] += turned
        values["scales"][new] -= float(np.log(SPLIT))
        fresh = torch.arange(len(index), device=index.device) >= len(old)
        for moments in (self.first, self.second):
            for name, moment in moments.items():
                moment = moment[index]
                moment[fresh] = 0
                moments[name] = moment
        self.values = {name: value.detach().requires_grad_() for name, value in values.items()}
        self._forget()

    def _dim(self) -> None:
        opacity = self.values["opacities"].sigmoid().clamp(max=RESET_OPACITY)
        self.values["opacities"].copy_((opacity / (1 - opacity)).log())
        self.first["opacities"].zero_()
        self.second["opacities"].zero_()
        self.values["opacities"].grad = None

    def _forget(self) -> None:
        """Reset what is tracked."""
        self.pull, self.seen = torch.zeros(2, len(self), device=self.K.device)

    def state(self) -> dict[str, Tensor]:
        """Everything a later process needs to continue."""
        parts = {"values": self.values, "first": self.first, "second": self.second}
        tensors: dict[str, Tensor] = {}
        for name, part in parts.items():
            tensors |= prefixed(name, {k: x.detach() for k, x in part.items()})
        tracked = torch.stack([self.pull, self.seen])
        return tensors | {"tracked": tracked, "random": self.random.get_state()}

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Restore what `state` returned."""
        device = self.K.device
        moved = {k: x.to(device) for k, x in tensors.items() if k != "random"}
        values = without_prefix("values", moved)
        self.values = {k: x.requires_grad_() for k, x in values.items()}
        self.first, self.second = (without_prefix(k, moved) for k in ("first", "second"))
        self.pull, self.seen = moved["tracked"]
        self.random.set_state(tensors["random"])


def _turned(quats: Tensor, vectors: Tensor) -> Tensor:
    """(k,4) wxyz of any length and (k,3) -> (k,3)."""
    quats = torch.nn.functional.normalize(quats, dim=1)
    real, imaginary = quats[:, :1], quats[:, 1:]
    twice = 2 * torch.linalg.cross(imaginary, vectors)
    return vectors + real * twice + torch.linalg.cross(imaginary, twice)
