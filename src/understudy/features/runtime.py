"""Where a back-end runs and which weights it has: the last argument of every back-end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Runtime:
    """device: torch's name, "cpu" or "cuda"; weights: name in config/weights.yaml -> file, only
    those of this back-end."""

    device: str = "cpu"
    weights: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, device: str, names: Iterable[str], files: Iterable[Path | str]) -> "Runtime":
        """From the names and the files of the weights, in the same order."""
        return cls(device, {name: Path(file) for name, file in zip(names, files, strict=True)})


EMBEDDED = Runtime()  # for back-ends with weights of their own, or without any
