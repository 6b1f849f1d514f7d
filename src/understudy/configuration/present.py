"""Check before any job that the files a configuration names exist."""

import os
from pathlib import Path

from understudy.errors import UserError


def refuse_missing_files(config: dict) -> None:
    """Raises UserError, one line, for a key of a checked configuration that names a missing file,
    or a file where a folder belongs. Weights of back-ends are checked in `plan.planned`."""
    for key, path in _files(config).items():
        if path and not os.path.isfile(path):
            raise UserError(f"config: {key}: {path}: no such file; correct the path{_or_null(key)}")
    for key, path in _folders(config).items():
        for above in (Path(path), *Path(path).parents):
            if above.exists() and not above.is_dir():
                raise UserError(f"config: {key}: {above} is a file; name a folder")


def _files(config: dict) -> dict[str, str | None]:
    """Path by key; None where none is set."""
    container, models = config["container"], config["experiments"]["models"]
    return {
        "container": None if container and "://" in container else container,
        "body": config["body"],
        "flame.model": config["flame"]["model"],
        "flame.vertex_ids": config["flame"]["vertex_ids"],
        **{f"tables.{name}": path for name, path in config["tables"].items()},
        "avatar.lpips": config["avatar"]["lpips"],
        "avatar.exavatar.lpips": config["avatar"]["exavatar"]["lpips"],
        **{
            f"experiments.models.{name}.pretrained": model["pretrained"]
            for name, model in models.items()
        },
    }


def _folders(config: dict) -> dict[str, str]:
    return {
        "results": config["results"],
        "weights": config["weights"],
        "demo.world": config["demo"]["world"],
    }


def _or_null(key: str) -> str:
    """The other remedy: all but three of the tables may be null."""
    needed = key.startswith("tables.") and key != "tables.real"
    return "" if needed else ", or give null to do without"
