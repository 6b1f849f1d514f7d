"""Where a back-end runs, with how many threads and which weights: its last argument."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Runtime:
    """device: torch's name, "cpu" or "cuda"; weights: name in config/weights.yaml -> file, only
    those of this back-end; threads: how many may compute at a time."""

    device: str = "cpu"
    weights: Mapping[str, Path] = field(default_factory=dict)
    threads: int = 1

    @classmethod
    def of(
        cls, device: str, names: Iterable[str], files: Iterable[Path | str], threads: int
    ) -> "Runtime":
        """From the names and the files of the weights, in the same order."""
        weights = {name: Path(file) for name, file in zip(names, files, strict=True)}
        return cls(device, weights, threads)


EMBEDDED = Runtime()  # for back-ends with weights of their own, or without any
