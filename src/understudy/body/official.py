"""Licensed bodies, compared with the authors' own package: `smplx` must pose them as we do.

The package and the bodies are for non-commercial research only. The built-in body needs neither.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from understudy.body.model import BodyModel
from understudy.body.rotation import axis_angle_to_matrix
from understudy.errors import UserError

TOLERANCE = 1e-5  # m; single precision alone is below 2e-6
_ABSENT = "it is missing; make licensed installs it, for non-commercial research"
_TURN = 0.4  # rad, the standard deviation of the joints' turns


def compare_with_smplx(model: BodyModel, arrays: dict[str, np.ndarray], path: Path | str) -> None:
    """UserError if a random person in a random pose is posed otherwise than by the smplx package,
    from the same arrays of the file; a line on standard error where it is not installed."""
    if find_spec("smplx") is None:
        print(f"{path}: not compared with the package smplx: {_ABSENT}", file=sys.stderr)
        return
    generator = torch.Generator().manual_seed(0)
    betas = torch.randn(model.shapedirs.shape[-1], generator=generator)
    smile = torch.randn(1, model.exprdirs.shape[-1], generator=generator)
    turns = _TURN * torch.randn(1, len(model.parents), 3, generator=generator)
    wanted, wanted_joints = _by_smplx(arrays, turns, betas, smile[0])
    with torch.no_grad():
        found = model.shaped(betas).skin(axis_angle_to_matrix(turns), torch.zeros(1, 3), smile)
    apart = max(
        float((found.vertices - wanted).norm(dim=-1).max()),
        float((found.joints - wanted_joints).norm(dim=-1).max()),
    )
    if not apart <= TOLERANCE:
        raise UserError(
            f"{path}: posed up to {apart:.1e} m off what the package smplx makes of it; "
            "use the file as its authors distribute it"
        )


def _by_smplx(
    arrays: dict[str, np.ndarray], turns: Tensor, betas: Tensor, smile: Tensor
) -> tuple[Tensor, Tensor]:
    """Vertices (1,V,3) and joints (1,55,3) by the package's linear blend skinning."""
    from smplx.lbs import lbs  # only where a licensed body is used

    whole = _float(arrays["shapedirs"])
    first = 300 if whole.shape[-1] >= 400 else 10  # of the expressions
    coefficients = torch.zeros(1, whole.shape[-1])
    coefficients[0, : len(betas)] = betas
    coefficients[0, first : first + len(smile)] = smile
    posedirs = _float(arrays["posedirs"])
    parents = torch.from_numpy(arrays["kintree_table"][0].astype(np.int64))
    parents[0] = -1
    with torch.no_grad():
        return lbs(
            coefficients,
            turns.flatten(1),
            _float(arrays["v_template"])[None],
            whole,
            posedirs.reshape(-1, posedirs.shape[-1]).T,
            _float(arrays["J_regressor"]),
            parents,
            _float(arrays["weights"]),
        )


def _float(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(array, np.float32))
