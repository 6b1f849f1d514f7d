"""Masks by Segment Anything, prompted by the keypoints.

Kirillov et al., "Segment anything", ICCV 2023. Prompts and the second pass are as in ExAvatar's
fitting: every confident keypoint as a point on the person, and their box enlarged. The user
supplies the weights; the row of config/weights.yaml says which of the three sizes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from understudy.artifacts.arrays import Arrays
from understudy.artifacts.masks import PackedMasks
from understudy.features.frames import ahead, batched
from understudy.features.runtime import Runtime
from understudy.features.sam.steady_masks import steady_masks
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
from understudy.video.probe import VideoInfo
from understudy.video.read import stream_frames

BATCH = 4  # images: each takes 1 GB in ViT-H's global attention
SURE = 0.5  # minimum score for a keypoint to be a prompt
FEWEST = 5  # prompts needed for a person to be in a frame
ENLARGED = 1.2  # factor on the prompts' box
Sam = Any  # segment_anything's network; the package says nothing of its types


def _builder(name: str) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        torchvision_cpu.install()
        return import_module("segment_anything").sam_model_registry[name]()

    return build


NETWORKS = {f"sam_{name}": _builder(name) for name in ("vit_h", "vit_l", "vit_b")}


@dataclass(frozen=True)
class Prompt:
    """points (k,2) and box (4,) x0, y0, x1, y1, px of the frame: where the person is."""

    points: np.ndarray
    box: np.ndarray


def shapes(name: str) -> Shapes:
    """What the checkpoint of a size holds."""
    with torch.device("meta"):
        return shapes_of(NETWORKS[name]())


def state_of(path: Path | str) -> State:
    """The weights in a checkpoint of Segment Anything, which holds nothing else."""
    return state_in({"state": read_checkpoint(path)}, "state", path)


def detect_masks(
    video: Path | str, info: VideoInfo, keypoints: Arrays, runtime: Runtime
) -> tuple[PackedMasks, Mapping[str, str]]:
    """n masks (h,w) bool, empty where nobody is seen, and the weights' digest."""
    ((name, path),) = runtime.weights.items()
    state = state_of(path)
    network = load_strictly(NETWORKS[name](), state, path, runtime.device)
    prompts = prompts_of(keypoints["xy"], keypoints["score"], info.width, info.height)
    masks = segment(network, video, info, prompts)
    boxes = np.full((info.frames, 4), np.nan)
    for frame, prompt in prompts.items():
        boxes[frame] = prompt.box
    return steady_masks(masks, boxes), {name: file_digest(path)}


def prompts_of(xy: np.ndarray, score: np.ndarray, width: int, height: int) -> dict[int, Prompt]:
    """Frame -> prompt, from keypoints xy (n,133,2) px and score (n,133)."""
    found = {}
    inside = ((xy >= 0) & (xy < (width, height))).all(-1)
    for frame, sure in enumerate((score > SURE) & inside):
        if sure.sum() < FEWEST:
            continue
        points = xy[frame, sure].astype(float)
        low, high = points.min(0), points.max(0)
        middle, half = (low + high) / 2, (high - low) / 2 * ENLARGED
        box = np.concatenate([middle - half, middle + half])
        found[frame] = Prompt(points, box.clip(0, (width, height, width, height)))
    return found


def segment(
    network: Sam, video: Path | str, info: VideoInfo, prompts: dict[int, Prompt]
) -> PackedMasks:
    """n masks (h,w) bool of the prompted frames of a video, empty elsewhere."""
    masks = PackedMasks.empty(info.frames, info.height, info.width)
    pictures = (shown(network, frame) for frame in stream_frames(video, list(prompts)))
    rows = progress(ahead(pictures), "masks", len(prompts))
    todo = iter(prompts.items())
    with torch.inference_mode():
        for batch in batched(rows, BATCH):
            ready = [network.preprocess(picture.to(network.device)) for picture in batch]
            embeddings = network.image_encoder(torch.stack(ready))
            for picture, embedding in zip(batch, embeddings, strict=True):
                frame, prompt = next(todo)
                size = (info.height, info.width)
                found = prompted(network, embedding, prompt, picture.shape[1:], size)
                masks[frame] = found.cpu().numpy()
    return masks


def shown(network: Sam, frame: np.ndarray) -> Tensor:
    """A frame (h,w,3) as the network's input (3,·,·), its longer side scaled to fit."""
    transforms = import_module("segment_anything.utils.transforms")
    resized = transforms.ResizeLongestSide(network.image_encoder.img_size).apply_image(frame)
    return torch.from_numpy(resized).permute(2, 0, 1).float()


def prompted(
    network: Sam,
    embedding: Tensor,
    prompt: Prompt,
    shown_size: tuple[int, int],
    size: tuple[int, int],
) -> Tensor:
    """The mask (h,w) bool for a prompt, in the frame's size (h,w), from two passes, the second
    with the first one's logits. embedding (C,·,·) is of the image, shown at `shown_size`."""
    scale = np.array([shown_size[1] / size[1], shown_size[0] / size[0]])

    def as_shown(points: np.ndarray) -> Tensor:
        # Points are continuous here; the network's are pixel indices, to which it adds a half.
        scaled = points.reshape(-1, 2) * scale - 0.5
        return torch.as_tensor(scaled, dtype=torch.float32, device=embedding.device)

    points = as_shown(prompt.points)[None]
    inside = torch.ones(points.shape[:2], dtype=torch.int, device=embedding.device)
    logits = None
    for _ in range(2):
        sparse, dense = network.prompt_encoder(
            points=(points, inside), boxes=as_shown(prompt.box).reshape(1, 4), masks=logits
        )
        logits, _ = network.mask_decoder(
            image_embeddings=embedding[None],
            image_pe=network.prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=False,
        )
    return network.postprocess_masks(logits, shown_size, size)[0, 0] > network.mask_threshold
