"""Depth by Depth Anything V2, scaled to metres by the fitted body.

Yang et al., "Depth Anything V2", NeurIPS 2024. The network says what is nearer, not how far away
it is: `relative_depth` turns its numbers into metres. The user supplies the weights; the row of
config/weights.yaml says which of the three sizes.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from understudy.artifacts.masks import load_masks
from understudy.features.depth_anything.relative_depth import in_metres
from understudy.features.fitted_body import fitted_body
from understudy.features.frames import ahead, batched, stream_frames
from understudy.features.runtime import Runtime
from understudy.files import file_digest
from understudy.networks import torchvision_cpu
from understudy.networks.checkpoints import (
    Shapes,
    State,
    load_strictly,
    read_checkpoint,
    shapes_of,
    state_in,
)
from understudy.progress import progress

SIDE = 518  # px of an image's shorter side, as the network was trained
PATCH = 14  # px; both sides are multiples of it
BATCH = 8  # images

_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_SIZES = {
    "vits": (64, [48, 96, 192, 384]),
    "vitb": (128, [96, 192, 384, 768]),
    "vitl": (256, [256, 512, 1024, 1024]),
}


def _builder(encoder: str, features: int, channels: list[int]) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        torchvision_cpu.install()
        network = import_module("depth_anything_v2.dpt").DepthAnythingV2
        return network(encoder=encoder, features=features, out_channels=channels)

    return build


NETWORKS = {
    f"depth_anything_v2_{encoder}": _builder(encoder, *sizes) for encoder, sizes in _SIZES.items()
}


def shapes(name: str) -> Shapes:
    """What the checkpoint of a size holds."""
    return shapes_of(NETWORKS[name]())


def state_of(path: Path | str) -> State:
    """The weights in a checkpoint of Depth Anything, which holds nothing else."""
    return state_in({"state": read_checkpoint(path)}, "state", path)


def measure_depth(
    video: Path | str,
    masks: Path | str,
    fit: Path | str,
    body: Path | str,
    frames: np.ndarray,
    relation: str,
    runtime: Runtime,
) -> tuple[np.ndarray, dict]:
    """Depth (m,h,w) float32 m at `frames` (m,), 0 where unknown, and the metadata to store.

    A frame in which the mask and the fitted body do not overlap has none.
    """
    ((name, path),) = runtime.weights.items()
    state = state_of(path)
    network = load_strictly(NETWORKS[name](), state, path, runtime.device)
    surface, person = fitted_body(fit, body, frames), load_masks(masks)
    height, width = person.shape[1:]
    depth = np.zeros((len(frames), height, width), np.float32)
    for i, seen in enumerate(inverse_depths(network, video, frames.tolist(), runtime.device)):
        depth[i] = in_metres(seen, surface.depth(i, width, height), person[frames[i]], relation)
    source = f"Depth Anything V2, {relation}, at the fitted body's depth; 0 where it is not known"
    about = {"unit": "m", "source": source, "body": surface.model_id}
    return depth, about | {"model": {name: file_digest(path)}}


def inverse_depths(
    network: nn.Module, video: Path | str, frames: list[int], device: str
) -> Iterator[np.ndarray]:
    """The network's output for each frame, (h,w) float32: larger is nearer."""
    pictures = ((frame.shape[:2], shown(frame)) for frame in stream_frames(video, frames))
    for batch in batched(progress(ahead(pictures), "depth", len(frames)), BATCH):
        with torch.inference_mode():
            found = network(torch.stack([picture for _, picture in batch]).to(device))
            size = batch[0][0]
            # The output's corners coincide with the frame's, as in the package's own infer_image.
            found = interpolate(found[:, None], size, mode="bilinear", align_corners=True)
        yield from found[:, 0].cpu().numpy()


def shown(frame: np.ndarray) -> Tensor:
    """A frame (h,w,3) RGB as the network's input (3,·,·): its shorter side 518 px or slightly
    more, both sides a multiple of PATCH."""
    height, width = frame.shape[:2]
    scale = SIDE / min(height, width)
    size = [_whole_patches(scale * side) for side in (width, height)]
    resized = cv2.resize(frame / 255.0, size, interpolation=cv2.INTER_CUBIC)
    normal = (resized - _MEAN) / _SPREAD
    return torch.from_numpy(normal.astype(np.float32)).permute(2, 0, 1)


def _whole_patches(side: float) -> int:
    near = round(side / PATCH) * PATCH
    return near if near >= SIDE else int(np.ceil(side / PATCH)) * PATCH
