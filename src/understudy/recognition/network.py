"""A trained recogniser as a file: its weights, with what it was trained for."""

from dataclasses import dataclass
from pathlib import Path

import torch

from understudy.artifacts.tensors import UNREADABLE, load_tensors, read_about, save_tensors
from understudy.errors import UserError
from understudy.recognition.flat import flatten_convolutions
from understudy.recognition.models import Recogniser
from understudy.recognition.settings import RecogniserSettings


@dataclass(frozen=True)
class Network:
    """A recogniser, the settings that it was trained with, and the classes that it knows."""

    model: Recogniser
    settings: RecogniserSettings
    labels: list[str]


def save_network(path: Path, network: Network) -> None:
    """Write a .safetensors file with PyTorchVideo's own names of the weights; `pretrained` reads it
    too."""
    about = {
        "kind": "recogniser",
        "settings": network.settings.to_dict(),
        "labels": network.labels,
    }
    save_tensors(path, network.model.net.state_dict(), about)


def load_network(path: Path, device: str) -> Network:
    """What `save_network` wrote, on a device (cpu or cuda), ready to test.

    Raises UserError for a file that is anything else.
    """
    try:
        about = read_about(path)
        settings, labels = RecogniserSettings.from_dict(about["settings"]), about["labels"]
        model = Recogniser(settings, len(labels))
        model.net.load_state_dict(load_tensors(path))
    except (*UNREADABLE, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: no trained recogniser ({reason}); delete it and rerun") from error
    if device == "cpu":
        flatten_convolutions(model)
    return Network(model.to(torch.device(device)).eval(), settings, labels)
