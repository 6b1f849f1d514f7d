"""The normal equations of one clip: a band over time with a border of shared unknowns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cho_solve_banded, cholesky_banded

State = TypeVar("State")
_REACH = 2  # a frame is coupled with up to two previous frames, by accelerations


@dataclass
class NormalEquations:
    """Sums of wᵢ·|rᵢ + Jᵢ·x|² over residuals, for n frames of d unknowns and s shared ones.

    `cost` is the robust cost of the residuals as given; `band` (3,n,d,d) holds the couplings
    of frame t with itself and of frames t+1 and t+2 with t; `border` (n,d,s); `corner` (s,s);
    `pull` (n,d) and `shared_pull` (s,): the gradients.
    """

    frames: int
    size: int
    shared: int
    cost: float = 0.0
    band: np.ndarray = field(init=False)
    border: np.ndarray = field(init=False)
    corner: np.ndarray = field(init=False)
    pull: np.ndarray = field(init=False)
    shared_pull: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        n, d, s = self.frames, self.size, self.shared
        self.band = np.zeros((1 + _REACH, n, d, d))
        self.border = np.zeros((n, d, s))
        self.corner = np.zeros((s, s))
        self.pull = np.zeros((n, d))
        self.shared_pull = np.zeros(s)

    def add(
        self,
        residual: np.ndarray,
        jacobian: np.ndarray,
        weight: np.ndarray,
        shared: np.ndarray | None = None,
    ) -> None:
        """Residuals (n,r) of single frames: jacobian (n,r,d), weight (n,r), shared (n,r,s).

        The cost is left to the caller: a robust kernel's weight is not its cost.
        """
        weighted = (jacobian * weight[..., None]).swapaxes(1, 2)
        self.band[0] += weighted @ jacobian
        self.pull += (weighted @ residual[..., None])[..., 0]
        if shared is not None:
            self.border += weighted @ shared
            flat = shared.reshape(-1, self.shared)
            scaled = flat * weight.reshape(-1, 1)
            self.corner += scaled.T @ flat
            self.shared_pull += scaled.T @ residual.reshape(-1)

    def add_shared(self, residual: np.ndarray, weight: np.ndarray) -> None:
        """A prior on the shared unknowns: residual (s,), its derivative the identity; and cost."""
        self.cost += float((weight * residual**2).sum())
        self.corner += np.diag(weight)
        self.shared_pull += weight * residual

    def add_difference(
        self, values: np.ndarray, jacobian: np.ndarray, weight: np.ndarray, order: int
    ) -> None:
        """A quadratic penalty on time differences, with its cost.

        values (n,r) per frame with jacobian (n,r,d); weight (n−order, r) or broadcastable;
        order 1 for velocities, 2 for accelerations.
        """
        n = len(values)
        if n <= order:
            return
        stencil = {1: (-1.0, 1.0), 2: (1.0, -2.0, 1.0)}[order]
        m = n - order
        parts = (c * values[i : i + m] for i, c in enumerate(stencil))
        residual = sum(parts, np.zeros_like(values[:m]))
        weight = np.broadcast_to(weight, residual.shape).astype(np.float32)
        self.cost += float((weight * residual**2).sum())
        for i, left in enumerate(stencil):
            weighted = (jacobian[i : i + m] * (left * weight)[..., None]).swapaxes(1, 2)
            self.pull[i : i + m] += (weighted @ residual[..., None])[..., 0]
            for j, right in enumerate(stencil[: i + 1]):
                self.band[i - j, j : j + m] += right * (weighted @ jacobian[j : j + m])

    def solve(self, damping: float) -> tuple[np.ndarray, np.ndarray]:
        """The Levenberg–Marquardt step: (n,d) and (s,). Raises LinAlgError if not positive."""
        n, d, s = self.frames, self.size, self.shared
        banded = _to_banded(self.band)
        banded[0] *= 1 + damping
        banded[0] += 1e-9
        corner = self.corner + np.diag(damping * np.diag(self.corner) + 1e-9)
        factor = cholesky_banded(banded, lower=True, check_finite=False, overwrite_ab=True)
        right = np.concatenate([self.pull[..., None], self.border], 2).reshape(n * d, 1 + s)
        inner = cho_solve_banded((factor, True), right, check_finite=False, overwrite_b=True)
        border = self.border.reshape(n * d, s)
        schur = corner - border.T @ inner[:, 1:]
        pull = self.shared_pull - border.T @ inner[:, 0]
        shared = -cho_solve(cho_factor(schur), pull) if s else np.zeros(0)
        return -(inner[:, 0] + inner[:, 1:] @ shared).reshape(n, d), shared


def minimise(
    equations: Callable[[State], NormalEquations],
    moved: Callable[[State, np.ndarray, np.ndarray], State],
    state: State,
    iterations: int,
    enough: float,
) -> State:
    """Levenberg–Marquardt from `state`: at most `iterations` trial steps.

    `equations` linearises a state, `moved` moves it by a step (n,d), (s,). Ends when a step
    lowers the cost by less than the fraction `enough`.
    """
    damping = 1e-3
    here = equations(state)
    for _ in range(iterations):
        trial = moved(state, *here.solve(damping))
        there = equations(trial)
        if not there.cost < here.cost:
            damping = min(damping * 10, 1e3)
            continue
        gain = 1 - there.cost / here.cost
        state, here, damping = trial, there, max(damping / 5, 1e-5)
        if gain < enough:
            break
    return state


def _to_banded(band: np.ndarray) -> np.ndarray:
    """Blocks (3,n,d,d) -> LAPACK's lower banded form ((3d), n·d)."""
    reach, n, d, _ = band.shape
    banded = np.zeros((reach * d, n, d))
    row, column = np.meshgrid(np.arange(d), np.arange(d), indexing="ij")
    for offset in range(reach):
        below = offset * d + row - column
        keep = below >= 0
        banded[below[keep], :, column[keep]] = band[offset].transpose(1, 2, 0)[keep]
    return banded.reshape(reach * d, n * d)
