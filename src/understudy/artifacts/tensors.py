"""Our .safetensors files: named tensors with metadata, and a digest of both.

The format itself notices a file that is cut, not one with a hole in it, which is zeros.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from understudy.files import atomic_path

ABOUT, DIGEST = "about", "digest"
UNREADABLE = (SafetensorError, OSError, KeyError, TypeError, ValueError)


def save_tensors(target: Path | str, tensors: Mapping[str, torch.Tensor], about: dict) -> None:
    """Write tensors and JSON-able metadata, whole or not at all."""
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    note = json.dumps(about, sort_keys=True)
    with atomic_path(target) as path:
        save_file(whole, path, metadata={ABOUT: note, DIGEST: _digest(whole, note)})


def read_about(path: Path | str) -> dict:
    """The metadata alone. Raises one of UNREADABLE for a file that is none of ours."""
    with safe_open(path, "pt") as stored:
        about = json.loads(stored.metadata()[ABOUT])
    if not isinstance(about, dict):
        raise ValueError("its metadata is no object")
    return about


def load_tensors(path: Path | str) -> dict[str, torch.Tensor]:
    """What `save_tensors` wrote. Raises one of UNREADABLE for a file that is damaged, or none of
    ours; files from before they had a digest are taken as they are."""
    with safe_open(path, "pt") as stored:
        tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        told = stored.metadata()
    if told.get(DIGEST, found := _digest(tensors, told[ABOUT])) != found:
        raise ValueError("its content is not what was written")
    return tensors


def _digest(tensors: Mapping[str, torch.Tensor], note: str) -> str:
    """SHA-256 of the metadata and of every tensor by name: its type, shape and bytes."""
    digest = hashlib.sha256(note.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
