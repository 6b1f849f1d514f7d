"""CLIP, as OpenCLIP builds it: images and sentences as points of one space.

The user supplies the weights; the row of config/weights.yaml says which of the sizes.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from understudy.networks import torchvision_cpu
from understudy.networks.checkpoints import (
    Shapes,
    State,
    load_strictly,
    read_checkpoint,
    shapes_of,
    state_in,
)

NETWORKS = {"clip_vit_b_32": "ViT-B-32", "clip_vit_l_14": "ViT-L-14"}  # OpenCLIP's names
_MEAN = (0.48145466, 0.4578275, 0.40821073)  # as both were trained
_SPREAD = (0.26862954, 0.26130258, 0.27577711)


def build(name: str) -> nn.Module:
    """The network of a row of config/weights.yaml, untrained."""
    torchvision_cpu.install()
    library = import_module("open_clip")
    return library.CLIP(**library.get_model_config(NETWORKS[name]))


def shapes(name: str) -> Shapes:
    """What the checkpoint of a size holds."""
    with torch.device("meta"):
        return shapes_of(build(name))


def state_of(path: Path | str) -> State:
    """The weights in a checkpoint of OpenCLIP: a state, or one in a training's."""
    stored = read_checkpoint(path)
    if isinstance(stored, dict) and "state_dict" in stored:
        stored = stored["state_dict"]
    state = state_in({"state": stored}, "state", path)
    return {key.removeprefix("module."): tensor for key, tensor in state.items()}


def load_network(name: str, path: Path | str) -> nn.Module:
    """The network with the weights of a file, on the CPU: a photo takes less than a second."""
    return load_strictly(build(name), state_of(path), path, "cpu")


def seen(network: Any, image: Image.Image) -> Tensor:
    """The point (d,) of an RGB image: its middle square, as the network was trained."""
    side = network.visual.image_size[0]
    scale = side / min(image.size)
    size = [max(side, round(scale * one)) for one in image.size]
    small = image.resize((size[0], size[1]), Image.Resampling.BICUBIC)
    left, top = (size[0] - side) // 2, (size[1] - side) // 2
    square = np.asarray(small.crop((left, top, left + side, top + side)), np.float32) / 255
    normal = ((square - _MEAN) / _SPREAD).astype(np.float32)
    with torch.inference_mode():
        return network.encode_image(torch.from_numpy(normal).permute(2, 0, 1)[None], True)[0]


def written(network: Any, sentences: Sequence[str]) -> Tensor:
    """The points (n,d) of sentences."""
    tokens = import_module("open_clip").tokenize(list(sentences), network.context_length)
    with torch.inference_mode():
        return network.encode_text(tokens, True)


def near(network: Any, point: Tensor, others: Tensor) -> Tensor:
    """(n,): how likely a point (d,) belongs to each of the points (n,d), by the network's scale."""
    with torch.inference_mode():
        return (network.logit_scale.exp() * (others @ point)).softmax(0)
