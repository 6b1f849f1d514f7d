"""The versions of everything that made a run."""

import os
import platform
import sys
from importlib import metadata

PACKAGES = (
    "torch",
    "numpy",
    "snakemake",
    "ai-edge-litert",
    "anny",
    "gsplat",
    "numba",
    "decord",
    "av",
    "imageio-ffmpeg",
    "pytorchvideo",
    "pyvista",
)


def versions() -> dict[str, str]:
    """Name -> version of Python, the system and the packages that are installed."""
    found = {
        "Python": sys.version.split()[0],
        "system": f"{platform.system()} {platform.release()}, {os.cpu_count()} CPU cores",
    }
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
