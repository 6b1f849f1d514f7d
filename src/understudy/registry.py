"""What a word in the config stands for, loaded on demand."""

from importlib import import_module
from typing import Any

from understudy.choices import CHOICES
from understudy.errors import UserError

FEATURES = ("keypoints", "masks", "depth", "expression", "hands", "scene")
# The config key, and what its words name; anything else is a feature's back-end.
KEYS = {
    "fit": ("config: fit.preset", "preset"),
    "avatar": ("config: avatar.model", "model"),
    "recogniser": ("recogniser: architecture", "architecture"),
    "dataset": ("tables", "dataset"),
}


def words(of: str) -> dict[str, str]:
    """Word -> import path of every available choice; `of`: a key of `CHOICES`."""
    if of not in CHOICES:
        raise UserError(f"config: nothing to choose for {of!r}; choose for {', '.join(CHOICES)}")
    return CHOICES[of]


def import_path(of: str, word: str) -> str:
    """ "module:name" of a word; UserError with the known words if it is not one."""
    known = words(of)
    if word not in known:
        key, noun = KEYS.get(of, (f"config: features.{of}", "back-end"))
        raise UserError(f"{key}: no {noun} {word!r}; choose from {', '.join(known)}")
    return known[word]


def chosen(of: str, word: str) -> Any:
    """The function or class behind a word; UserError with the known words if it is not one."""
    module, name = import_path(of, word).split(":")
    return getattr(import_module(module), name)
