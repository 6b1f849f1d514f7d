"""A trained recogniser as a file: its weights, with what it was trained for."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from understudy.errors import UserError
from understudy.files import atomic_path
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
    """Write a .safetensors file: PyTorchVideo's own names of the weights; the settings and labels
    as its metadata, in JSON. `pretrained` reads it too."""
    weights = network.model.net.state_dict()
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    about = {"settings": network.settings.to_dict(), "labels": network.labels}
    with atomic_path(path) as temporary:
        save_file(whole, temporary, {key: json.dumps(value) for key, value in about.items()})


def load_network(path: Path, device: str) -> Network:
    """What `save_network` wrote, on a device (cpu or cuda), ready to test.

    Raises UserError for a file that is anything else.
    """
    try:
        with safe_open(path, "pt") as stored:
            told = {key: json.loads(text) for key, text in (stored.metadata() or {}).items()}
            weights = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        settings, labels = RecogniserSettings.from_dict(told["settings"]), told["labels"]
        model = Recogniser(settings, len(labels))
        model.net.load_state_dict(weights)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: no trained recogniser ({reason}); delete it and rerun") from error
    if device == "cpu":
        flatten_convolutions(model)
    return Network(model.to(torch.device(device)).eval(), settings, labels)
