"""`make bench NAME=data`: what the dataset and its checks say of the videos, against the truth.

In parts: each tests/bench/data_*.py that has `figures()` gives some of the figures. A part alone:
`python -m tests.bench.data leaks`. UNDERSTUDY_REALDATA is the folder with the real videos.
"""

import importlib
import pkgutil
import sys

import tests.bench
from tests.bench.figures import Figure, renew_figures, write_figures


def parts() -> list[str]:
    """The names of the parts."""
    names = (module.name for module in pkgutil.iter_modules(tests.bench.__path__))
    return sorted(name for name in names if name.startswith("data_"))


def figures(wanted: list[str]) -> list[Figure]:
    """The figures of the parts `wanted`, without "data_"; of all, if none is named."""
    found = []
    for name in parts():
        module = importlib.import_module(f"tests.bench.{name}")
        if hasattr(module, "figures") and (not wanted or name.removeprefix("data_") in wanted):
            found += module.figures()
    return found


if __name__ == "__main__":
    (renew_figures if sys.argv[1:] else write_figures)("data", figures(sys.argv[1:]))
