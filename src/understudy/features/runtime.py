"""Where a back-end computes and which weights it has: the last argument of every back-end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Runtime:
    """device: torch's word, "cpu" or "cuda"; weights: name in config/weights.yaml -> file, those
    of this back-end alone."""

    device: str = "cpu"
    weights: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, device: str, names: Iterable[str], files: Iterable[Path | str]) -> "Runtime":
        """From the names and the files of the weights, in the same order."""
        return cls(device, {name: Path(file) for name, file in zip(names, files, strict=True)})


EMBEDDED = Runtime()  # for back-ends that bring their own weights, or need none
