"""Sparse matrices in the autograd graph: products, and the solve behind smooth offsets."""

import warnings
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
import torch
from scipy.sparse.linalg import splu
from torch import Tensor


def to_torch(matrix: sp.spmatrix) -> Tensor:
    """A float32 CSR tensor from a scipy matrix."""
    matrix = matrix.tocsr()
    with warnings.catch_warnings():  # torch calls its CSR tensors beta; we use only products
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int64)),
            torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.data.astype(np.float32)),
            matrix.shape,
        )


class SparseProduct:
    """x (V,k) -> matrix @ x (G,k), differentiable in x."""

    def __init__(self, matrix: sp.spmatrix, device: torch.device | str = "cpu") -> None:
        self.forward = to_torch(matrix).to(device)
        self.backward = to_torch(matrix.T).to(device)  # torch's own transposes on every call

    def __call__(self, x: Tensor) -> Tensor:
        return _Product.apply(x, self.forward, self.backward)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, matrix, transposed):
        ctx.transposed = transposed
        return matrix @ x

    @staticmethod
    def backward(ctx, grad):
        return ctx.transposed @ grad, None, None


class SmoothSolve:
    """u (V,k) -> (I + smoothing L)^-1 u, differentiable in u; L the graph Laplacian.

    Adam on u takes large smooth steps where Adam on the offset itself would take rough ones
    (Nicolet, Jacobson and Jakob, "Large steps in inverse rendering of geometry", 2021). On a GPU
    the inverse is computed once, dense (V = 10,475: 440 MB), so that no step waits for the CPU.
    """

    def __init__(
        self, laplacian: sp.spmatrix, smoothing: float, device: torch.device | str = "cpu"
    ) -> None:
        matrix = (sp.identity(laplacian.shape[0]) + smoothing * laplacian).tocsc()
        if torch.device(device).type == "cpu":
            self.solve = splu(
                matrix,
                permc_spec="MMD_AT_PLUS_A",
                diag_pivot_thresh=0.0,
                options={"SymmetricMode": True},
            ).solve
        else:
            factor = torch.linalg.cholesky(to_torch(matrix).to(device).to_dense())
            self.inverse = torch.cholesky_inverse(factor)

    def __call__(self, u: Tensor) -> Tensor:
        return self.inverse @ u if u.is_cuda else _Solve.apply(u, self.solve)


class _Solve(torch.autograd.Function):
    @staticmethod
    def forward(ctx, u, solve):
        ctx.solve = solve
        return _solved(solve, u)

    @staticmethod
    def backward(ctx, grad):
        return _solved(ctx.solve, grad), None  # the matrix is symmetric


def _solved(solve: Callable[[np.ndarray], np.ndarray], x: Tensor) -> Tensor:
    return torch.from_numpy(solve(x.detach().double().numpy())).float()
