"""masks.npz: which pixels of each frame are the person, hair and clothes included.

bits, shape: packed as `PackedMasks` says. About: kind, backend, model, video, digest, fps,
size (h, w).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.artifacts.arrays import Arrays, load_arrays, save_arrays

KIND = "masks"


@dataclass(frozen=True)
class PackedMasks:
    """n masks (h,w) bool, an eighth of their size in memory: bits (n, ⌈h·w/8⌉) uint8, rows
    flattened. One is unpacked when it is asked for."""

    bits: np.ndarray
    height: int
    width: int

    @staticmethod
    def empty(frames: int, height: int, width: int) -> "PackedMasks":
        """Masks in which nobody is seen."""
        return PackedMasks(np.zeros((frames, -(-height * width // 8)), np.uint8), height, width)

    @staticmethod
    def of(masks: Iterable[np.ndarray]) -> "PackedMasks":
        """Masks (h,w) bool, at least one, packed as they come."""
        bits, shape = [], (0, 0)
        for mask in masks:
            bits.append(np.packbits(mask.reshape(-1)))
            shape = mask.shape
        return PackedMasks(np.stack(bits), *shape)

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.bits), self.height, self.width

    @property
    def empty_share(self) -> float:
        """In what share of the frames nobody is seen."""
        return float((~self.bits.any(1)).mean())

    def __len__(self) -> int:
        return len(self.bits)

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, which: int | np.ndarray | slice) -> np.ndarray:
        """One mask (h,w), or several (m,h,w), bool."""
        bits = self.bits[which]
        flat = np.unpackbits(bits, axis=-1, count=self.height * self.width)
        return flat.reshape(*bits.shape[:-1], self.height, self.width).view(bool)

    def __setitem__(self, index: int, mask: np.ndarray) -> None:
        self.bits[index] = np.packbits(mask.reshape(-1))

    def copy(self) -> "PackedMasks":
        return PackedMasks(self.bits.copy(), self.height, self.width)


def save_masks(path: Path | str, masks: PackedMasks, about: dict) -> None:
    """Write them, with what they are about."""
    save_arrays(path, stored_masks(masks), {**about, "kind": KIND})


def pack_masks(masks: Iterable[np.ndarray]) -> dict[str, np.ndarray]:
    """Masks (h,w) bool as the arrays of masks.npz: bits and shape (3,) int64."""
    return stored_masks(PackedMasks.of(masks))


def unpack_masks(stored: Arrays | dict[str, np.ndarray]) -> np.ndarray:
    """The masks (n,h,w) bool that `pack_masks` packed."""
    return masks_of(stored)[:]


def load_masks(path: Path | str) -> PackedMasks:
    """The masks of a masks.npz; UserError if it is anything else or damaged."""
    return masks_of(load_arrays(path, KIND))


def stored_masks(masks: PackedMasks) -> dict[str, np.ndarray]:
    """The arrays of masks.npz."""
    return {"bits": masks.bits, "shape": np.array(masks.shape, np.int64)}


def masks_of(stored: Arrays | dict[str, np.ndarray]) -> PackedMasks:
    """The masks that `stored_masks` took apart."""
    _, height, width = (int(size) for size in stored["shape"])
    return PackedMasks(stored["bits"], height, width)
