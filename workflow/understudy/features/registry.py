"""The back-ends of each feature, loaded when asked for.

A feature's module (`features/keypoints.py`, …) holds `BACKENDS`: name -> "module:callable".
They are strings so that a back-end's packages are imported only where it is used.
"""

from collections.abc import Callable
from importlib import import_module

from understudy.errors import UserError

FEATURES = ("keypoints", "masks", "depth", "expression", "hands")


def backends(feature: str) -> dict[str, str]:
    """Name -> import path of every back-end of a feature."""
    if feature not in FEATURES:
        raise UserError(f"features: no feature {feature!r}; there are {', '.join(FEATURES)}")
    return import_module(f"{__package__}.{feature}").BACKENDS


def backend(feature: str, name: str) -> Callable:
    """The callable behind a name; UserError with the known names where there is none."""
    known = backends(feature)
    if name not in known:
        names = ", ".join(sorted(known))
        raise UserError(f"config: features.{feature}: no back-end {name!r}; choose from {names}")
    module, function = known[name].split(":")
    return getattr(import_module(module), function)
