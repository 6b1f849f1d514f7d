"""The user's weights to start from, instead of random ones."""

import pickle
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from understudy.errors import UserError
from understudy.recognition.models import Recogniser

WRAPPERS = ("model_state", "state_dict", "model")  # PyTorchVideo's zoo, Lightning, others
PREFIXES = ("module.", "model.", "net.")  # of data-parallel, Lightning's and our own modules


def load_pretrained(model: Recogniser, path: Path) -> None:
    """Load a file's weights into `model`, all but the last layer, whose classes differ.

    Raises UserError for an unreadable file, and, naming them, for weights that are missing, of
    another shape, or unknown to the model.
    """
    found = _without_prefix(_read(path))
    own = model.net.state_dict()
    last = [name for name in own if ".proj." in name]
    body = {name: tensor for name, tensor in found.items() if name not in last}
    missing = sorted(set(own) - set(last) - set(body))
    unknown = sorted(set(body) - set(own))
    other = sorted(name for name in set(own) & set(body) if own[name].shape != body[name].shape)
    for names, told in (
        (missing, "has no"),
        (unknown, "has weights unknown to the model:"),
        (other, "has a different shape for"),
    ):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise UserError(
                f"{path}: {told} {names[0]}{more}; give weights of the same architecture, depth "
                "and width"
            )
    model.net.load_state_dict(body, strict=False)


def _read(path: Path) -> dict[str, torch.Tensor]:
    """Read without running any code in the file."""
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        stored = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, pickle.UnpicklingError, SafetensorError, EOFError) as error:
        raise UserError(
            f"{path}: holds no weights that can be read without running code in it "
            f"({type(error).__name__}); save a state_dict"
        ) from error
    for name in WRAPPERS:
        if isinstance(stored, dict) and isinstance(stored.get(name), dict):
            stored = stored[name]
    if not isinstance(stored, dict) or not all(map(torch.is_tensor, stored.values())):
        raise UserError(f"{path}: holds no weights by name; save a state_dict")
    return stored


def _without_prefix(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights under the network's own names."""
    for prefix in PREFIXES:
        if weights and all(name.startswith(prefix) for name in weights):
            weights = {name.removeprefix(prefix): tensor for name, tensor in weights.items()}
    return weights
