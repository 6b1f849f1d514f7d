"""What the optimiser moves: tensors by name, per frame and for all frames together."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Unknowns:
    """frames: name -> (n,…), one row per frame; shared: name -> (…), one for the clip.

    An objective (`objective`) says which names there are and of what shape.
    """

    frames: dict[str, Tensor]
    shared: dict[str, Tensor]

    def __len__(self) -> int:
        return len(next(iter(self.frames.values())))

    def leaves(self, batch: Tensor) -> "Unknowns":
        """A copy of the frames of a batch (b,) and of what is shared; it requires gradients."""
        return Unknowns(
            {name: _leaf(values[batch]) for name, values in self.frames.items()},
            {name: _leaf(values) for name, values in self.shared.items()},
        )

    def store(self, batch: Tensor, leaves: "Unknowns") -> None:
        """Write a batch's result back."""
        for name, values in leaves.frames.items():
            self.frames[name][batch] = values.detach()
        for name, values in leaves.shared.items():
            self.shared[name].copy_(values.detach())


def _leaf(values: Tensor) -> Tensor:
    return values.detach().clone().requires_grad_()
