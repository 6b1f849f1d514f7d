"""Let torchvision and PyTorchVideo be imported where their binaries do not fit.

torchvision's wheel on PyPI is linked against CUDA; on a CPU build of torch its `_C.so` does not
load, and `import torchvision` then fails on "operator torchvision::nms does not exist".
`install()` declares the two operators that the import needs and gives nms a kernel in torch.
Where `_C.so` loads it changes nothing. PyTorchVideo 0.1.5 also imports a module of torchvision
under a name it no longer has; that name is restored.
"""

import functools
import sys

import torch

from understudy.files import package_folder


@functools.cache
def install() -> bool:
    """Make `import torchvision` and `import pytorchvideo` work; True if nms had to be supplied."""
    supplied = not _binary_loads()
    if supplied:
        _LIBRARIES.extend(_declare_operators())
        import torchvision.ops.boxes

        torchvision.ops.boxes._assert_has_ops = lambda: None
    from torchvision.transforms import _functional_tensor

    sys.modules.setdefault("torchvision.transforms.functional_tensor", _functional_tensor)
    return supplied


_LIBRARIES: list[torch.library.Library] = []  # operators live only as long as their library object


def _binary_loads() -> bool:
    try:
        torch.ops.load_library(str(package_folder("torchvision") / "_C.so"))
    except OSError:
        return False
    return True


def _declare_operators() -> list[torch.library.Library]:
    schema = torch.library.Library("torchvision", "DEF")
    schema.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    schema.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    kernels = torch.library.Library("torchvision", "IMPL", "CPU")
    kernels.impl("nms", non_maximum_suppression)
    return [schema, kernels]


def non_maximum_suppression(
    boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float
) -> torch.Tensor:
    """Indices of the boxes that survive, best first.

    boxes (n,4) as x1, y1, x2, y2; scores (n,). A box falls when an already kept one overlaps it
    by more than `iou_threshold`.
    """
    x1, y1, x2, y2 = boxes.unbind(1)
    area = (x2 - x1) * (y2 - y1)
    fallen = torch.zeros(len(boxes), dtype=torch.bool)
    kept = []
    for index in scores.argsort(descending=True, stable=True).tolist():
        if fallen[index]:
            continue
        kept.append(index)
        width = (torch.minimum(x2, x2[index]) - torch.maximum(x1, x1[index])).clamp(min=0)
        height = (torch.minimum(y2, y2[index]) - torch.maximum(y1, y1[index])).clamp(min=0)
        shared = width * height
        fallen |= shared / (area + area[index] - shared) > iou_threshold
    return torch.tensor(kept, dtype=torch.long)
