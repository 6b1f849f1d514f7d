"""The public code of ExAvatar (commit d452687) and of PyTorch3D, on a CPU, in double precision.

UNDERSTUDY_EXAVATAR and UNDERSTUDY_PYTORCH3D name checkouts of github.com/mks0601/ExAvatar_RELEASE
and github.com/facebookresearch/pytorch3d; nothing of them is copied. Of PyTorch3D runs what is
Python: rotations, meshes, their subdivision. What needs CUDA is stood in for: both rasterisers, and
the search of nearest points. What single precision rounds or hides in the public code is exact
here, since a ReLU or an absolute value at its kink makes much of 1e-8: the 1e-8 that its copy of
smplx adds to every angle, the weights of its Laplacians (`exact_laplacian`).
"""

import importlib
import os
import shutil
import sys
import tempfile
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from tests.bench.parity_files import in_double, write_models
from understudy.body.flame import Flame, load_flame
from understudy.body.load import load_body
from understudy.body.model import BodyModel

EXAVATAR, PYTORCH3D = "UNDERSTUDY_EXAVATAR", "UNDERSTUDY_PYTORCH3D"


def checkouts() -> tuple[Path, Path] | None:
    """The two folders, if both are named and there."""
    paths = [Path(os.environ.get(name, "missing")).resolve() for name in (EXAVATAR, PYTORCH3D)]
    there = (paths[0] / "avatar/main/model.py").is_file() and (paths[1] / "pytorch3d").is_dir()
    return (paths[0], paths[1]) if there else None


@contextmanager
def entered(part: str) -> Iterator[tuple[BodyModel, Flame]]:
    """Make "avatar" or "fitting" importable from this process, reading made files of the licensed
    models -> our body and FLAME of the same files; doubles everywhere, no CUDA."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        models = write_models(scratch / "models")
        body = load_body(models.body)
        flame = load_flame(models.body, body)
        _enter(part, models.folder, scratch)
        yield in_double(body, flame, models.body)


def _enter(part: str, models: Path, scratch: Path) -> None:
    """A copy in `scratch`, since the public code writes folders beside itself."""
    found = checkouts()
    assert found is not None
    shutil.copytree(found[0] / part, scratch / part, ignore=shutil.ignore_patterns("*.pyc"))
    files = scratch / part / "common/utils/human_model_files"
    files.symlink_to(models.resolve())
    _no_cuda_and_doubles()
    sys.path.insert(0, str(found[1]))
    _pytorch3d(found[1])
    os.chdir(scratch / part / "main")
    sys.path.insert(0, str(scratch / part / "main"))
    importlib.import_module("config")  # it adds more folders to the path
    importlib.invalidate_caches()
    _exact_turns()


def _exact_turns() -> None:
    """Rotations without the 1e-8 rad that keep its Rodrigues' formula from dividing by zero."""
    from pytorch3d.transforms import axis_angle_to_matrix

    importlib.import_module("utils.smplx.smplx.lbs").batch_rodrigues = axis_angle_to_matrix


def exact_laplacian(weights: Tensor) -> Tensor:
    """Weights of n neighbours (G,k), −1/n in single precision or 0 -> the same in double."""
    count = (weights != 0).sum(1, keepdim=True).double()
    return torch.where(weights != 0, -1 / count, 0.0)


def _no_cuda_and_doubles() -> None:
    torch.set_default_dtype(torch.float64)
    Tensor.cuda = lambda self, *_, **__: self
    nn.Module.cuda = lambda self, *_, **__: self
    Tensor.float = Tensor.double
    nn.Module.float = nn.Module.double
    torch.FloatTensor = torch.DoubleTensor


def _pytorch3d(checkout: Path) -> None:
    ops = types.ModuleType("pytorch3d.ops")
    ops.__path__ = [str(checkout / "pytorch3d/ops")]
    sys.modules["pytorch3d.ops"] = ops
    from pytorch3d.ops.subdivide_meshes import SubdivideMeshes

    ops.SubdivideMeshes, ops.knn_points = SubdivideMeshes, _nearest
    renderer, io = types.ModuleType("pytorch3d.renderer"), types.ModuleType("pytorch3d.io")
    for name in (
        *("PerspectiveCameras", "OrthographicCameras", "RasterizationSettings", "TexturesUV"),
        *("PointLights", "Materials", "SoftPhongShader", "MeshRenderer"),
    ):
        setattr(renderer, name, _Anything)
    renderer.MeshRasterizer = _Blank
    aux = types.SimpleNamespace(verts_uvs=torch.zeros(1, 2))
    faces = types.SimpleNamespace(textures_idx=torch.zeros(1, 3, dtype=torch.int64))
    io.load_obj = lambda path: (None, faces, aux)
    io.save_ply = io.load_ply = None
    sys.modules |= {"pytorch3d.renderer": renderer, "pytorch3d.io": io}
    splatting = types.ModuleType("diff_gaussian_rasterization_depth")
    splatting.GaussianRasterizationSettings = splatting.GaussianRasterizer = _Anything
    sys.modules["diff_gaussian_rasterization_depth"] = splatting
    lpips = types.ModuleType("lpips")  # its weights are not public files of the package
    lpips.LPIPS = _NoDistance
    sys.modules["lpips"] = lpips


class _Anything(nn.Module):
    def __init__(self, *_, **__) -> None:
        super().__init__()


class _NoDistance(_Anything):
    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return a.new_zeros(())


class _Blank(_Anything):
    """A mesh rasteriser that shows nothing."""

    def __init__(self, *_, raster_settings=None, **__) -> None:
        super().__init__()

    def forward(self, mesh) -> types.SimpleNamespace:
        nothing = torch.full((1, 512, 512, 1), -1)
        return types.SimpleNamespace(
            pix_to_face=nothing, bary_coords=torch.zeros(1, 512, 512, 1, 3)
        )


def _nearest(points: Tensor, others: Tensor, K: int, return_nn: bool) -> types.SimpleNamespace:
    with torch.no_grad():
        parts = points[0].split(1024)
        index = torch.cat(
            [torch.cdist(part, others[0]).topk(K, largest=False)[1] for part in parts]
        )
    return types.SimpleNamespace(idx=index[None], knn=others[0][index][None])
