"""Torch checkpoints: opened without running code that is in them, and checked against a network.

`Shapes` maps each name of a state to its shape. A back-end's module that reads a checkpoint offers
`shapes(name)`, what the file of that row of config/weights.yaml must hold, and `state_of(path)`,
what it holds; `features.check_weights` compares the two.
"""

import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor, nn

from understudy.errors import UserError

Shapes = dict[str, tuple[int, ...]]
State = Mapping[str, Tensor]

_TOLD = 3  # names reported per kind


class _NoWeight:
    """Stands in for what is not read from a checkpoint: anything built from it does nothing."""

    def __init__(self, *_: object):
        pass

    def __setstate__(self, state: object) -> None:
        pass


def read_checkpoint(path: Path | str, ignored: Sequence[str] = ()) -> object:
    """What `torch.save` wrote, on the CPU: tensors in plain containers.

    ignored: full names of classes and functions that the file may also name; none is called,
    and what they would have built is left out.

    A file in torch's zip format is memory-mapped, so that unused parts are never read. UserError if
    the file is missing, damaged, or holds something else.
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such file; config/weights.yaml says where to get it")
    try:
        with torch.serialization.safe_globals([(_NoWeight, name) for name in ignored]):
            return torch.load(
                path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
            )
    except UnpicklingError as error:
        refused = re.search(r"GLOBAL ([\w.]+)", str(error))
        if refused:
            raise UserError(
                f"{path}: holds {refused[1]}, which is not a weight; download the file again "
                "from the source in config/weights.yaml"
            ) from error
        raise _damaged(path, error) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> UserError:
    reason = str(error).strip().split("\n")[0][:100] or type(error).__name__
    return UserError(f"{path}: not a readable torch checkpoint ({reason}); download it again")


def state_in(stored: object, name: str, path: Path | str) -> State:
    """The state under `name` of a checkpoint; UserError if there is none."""
    state = stored.get(name) if isinstance(stored, Mapping) else None
    if not isinstance(state, Mapping) or not all(isinstance(x, Tensor) for x in state.values()):
        raise UserError(f"{path}: has no {name} with weights; it is a different checkpoint")
    return state


def shapes_of(network: nn.Module) -> Shapes:
    """The shapes in the network's state."""
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def misfit(wanted: Shapes, found: Shapes) -> str:
    """How `found` differs from `wanted`, with names; "" if it does not."""
    missing = [name for name in wanted if name not in found]
    unknown = [name for name in found if name not in wanted]
    other = [
        f"{name} is {_size(found[name])}, not {_size(shape)}"
        for name, shape in wanted.items()
        if name in found and found[name] != shape
    ]
    kinds = (("lacks ", missing), ("has unknown ", unknown), ("", other))
    return "; ".join(intro + _some(names) for intro, names in kinds if names)


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one number"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more


def load_strictly(network: nn.Module, state: State, path: Path | str, device: str) -> nn.Module:
    """The network with the state of a file, all names and shapes matching, ready on a device.

    UserError that names what does not fit.
    """
    wrong = misfit(shapes_of(network), {name: tuple(x.shape) for name, x in state.items()})
    if wrong:
        raise UserError(f"{path}: not this network's checkpoint: it {wrong}; get the right file")
    network.load_state_dict(state)
    return network.eval().requires_grad_(False).to(device)
