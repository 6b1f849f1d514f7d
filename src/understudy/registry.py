"""What a word of the config stands for, loaded when asked for."""

from importlib import import_module
from typing import Any

from understudy.choices import CHOICES
from understudy.errors import UserError

FEATURES = ("keypoints", "masks", "depth", "expression", "hands")
# The key of the config, and what its words name; else it is a feature's back-end.
KEYS = {
    "fit": ("config: fit.preset", "preset"),
    "avatar": ("config: avatar.model", "model"),
    "recogniser": ("recogniser: architecture", "architecture"),
    "dataset": ("tables", "dataset"),
}


def words(of: str) -> dict[str, str]:
    """Word -> import path of everything there is to choose from; `of`: a key of `CHOICES`."""
    if of not in CHOICES:
        raise UserError(f"config: nothing to choose for {of!r}; choose for {', '.join(CHOICES)}")
    return CHOICES[of]


def import_path(of: str, word: str) -> str:
    """ "module:name" of a word; UserError with the known words where there is none."""
    known = words(of)
    if word not in known:
        key, noun = KEYS.get(of, (f"config: features.{of}", "back-end"))
        raise UserError(f"{key}: no {noun} {word!r}; choose from {', '.join(known)}")
    return known[word]


def chosen(of: str, word: str) -> Any:
    """The function or class behind a word; UserError with the known words where there is none."""
    module, name = import_path(of, word).split(":")
    return getattr(import_module(module), name)
