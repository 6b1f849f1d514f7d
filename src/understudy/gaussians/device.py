"""Avatars, bodies and poses on another device."""

from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

import torch
from torch import Tensor

Held = TypeVar("Held")


def on_device(held: Held, device: torch.device | str) -> Held:
    """A copy of a dataclass whose tensors, at any depth of dataclasses, are on `device`."""
    if isinstance(held, Tensor):
        return held.to(device)  # type: ignore[return-value]  # a tensor remains one
    if not is_dataclass(held):
        return held
    parts = {field.name: getattr(held, field.name) for field in fields(held)}
    moved = {name: on_device(part, device) for name, part in parts.items()}
    return replace(held, **moved)  # type: ignore[type-var]  # it is a dataclass
