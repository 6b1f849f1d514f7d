"""The back-ends of each feature, loaded when asked for.

A feature's module (`features/keypoints.py`, …) holds `BACKENDS`: name -> "module:callable".
They are strings so that a back-end's packages are imported only where it is used, and the table is
read without importing the module: whoever plans knows the names and loads no NumPy.
"""

import ast
import functools
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from understudy.errors import UserError

FEATURES = ("keypoints", "masks", "depth", "expression", "hands")


@functools.cache
def backends(feature: str) -> dict[str, str]:
    """Name -> import path of every back-end of a feature."""
    if feature not in FEATURES:
        raise UserError(f"features: no feature {feature!r}; there are {', '.join(FEATURES)}")
    module = ast.parse(Path(__file__).with_name(f"{feature}.py").read_text(encoding="utf-8"))
    (table,) = (
        node.value
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "BACKENDS"
    )
    return ast.literal_eval(table)


def import_path(feature: str, name: str) -> str:
    """ "module:callable" of a back-end; UserError with the known names where there is none."""
    known = backends(feature)
    if name not in known:
        names = ", ".join(sorted(known))
        raise UserError(f"config: features.{feature}: no back-end {name!r}; choose from {names}")
    return known[name]


def backend(feature: str, name: str) -> Callable:
    """The callable behind a name; UserError with the known names where there is none."""
    module, function = import_path(feature, name).split(":")
    return getattr(import_module(module), function)
