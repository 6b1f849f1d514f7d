"""MMDetection and MMPose with mmcv-lite: how they are imported, built and given weights.

The networks and their configurations come from the packages. Nothing is downloaded: pre-trained
weights that a configuration names are left out.
"""

import functools
import importlib.util
import sys
import types
import warnings
from importlib import import_module
from pathlib import Path

import torch
from torch import Tensor, nn

from understudy.files import package_folder
from understudy.networks import torchvision_cpu
from understudy.networks.checkpoints import State, read_checkpoint, state_in

# Besides the weights, OpenMMLab's checkpoints keep the history of the training losses.
IGNORED = (
    "mmengine.logging.history_buffer.HistoryBuffer",
    "builtins.getattr",
    "numpy.ndarray",
    "numpy.dtype",
    *(
        f"numpy.{core}.multiarray.{name}"
        for core in ("core", "_core")
        for name in ("_reconstruct", "scalar")
    ),
)


class _Operators(types.ModuleType):
    """Stands in for mmcv's compiled operators, which mmcv-lite lacks. The networks used here need
    only non-maximum suppression, which torchvision has."""

    @staticmethod
    def nms(boxes: Tensor, scores: Tensor, iou_threshold: float, offset: int) -> Tensor:
        """Like mmcv's, for boxes whose width is x1 − x0."""
        if offset:
            raise RuntimeError("mmcv-lite suppresses boxes with offset 0 only")
        from torchvision.ops import nms

        return nms(boxes, scores, float(iou_threshold))

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)

        def missing(*_: object, **__: object) -> None:
            raise RuntimeError(f"mmcv-lite has no operator {name}")

        return missing


@functools.cache
def load_openmmlab() -> None:
    """Import both packages, so that their networks can be built by name."""
    torchvision_cpu.install()
    warnings.filterwarnings("ignore", category=FutureWarning, module="mmdet")
    warnings.filterwarnings("ignore", message="torch.meshgrid")
    # To read COCO's annotations, which nothing here does, MMPose imports a fork of pycocotools
    # whose wheels do not load with NumPy 2.
    for name in ("", ".coco", ".cocoeval", ".mask"):
        sys.modules.setdefault(f"xtcocotools{name}", import_module(f"pycocotools{name}"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lite = importlib.util.find_spec("mmcv._ext") is None
        if lite:
            sys.modules["mmcv._ext"] = _Operators("mmcv._ext")
        import_module("mmcv.ops")
        if lite:  # so that checks for a full mmcv get the true answer
            del sys.modules["mmcv._ext"]
        import_module("mmdet.models")
        import_module("mmpose.models")


def config_file(package: str, path: str) -> Path:
    """A configuration from the wheel of mmdet or mmpose."""
    return package_folder(package) / ".mim/configs" / path


def network_config(package: str, path: str) -> dict:
    """The network that such a configuration describes, to be changed and built."""
    load_openmmlab()
    from mmengine.config import Config

    return Config.fromfile(config_file(package, path)).model


def build_network(package: str, config: dict) -> nn.Module:
    """A network from mmdet or mmpose, its weights still random."""
    load_openmmlab()
    from mmengine.registry import DefaultScope

    registry = import_module(f"{package}.registry").MODELS
    _forget_pretrained(config)
    with warnings.catch_warnings(), DefaultScope.overwrite_default_scope(package):
        warnings.simplefilter("ignore")
        return registry.build(config)


def _forget_pretrained(config: dict) -> None:
    for name, value in list(config.items()):
        if name == "init_cfg":
            config[name] = None
        elif isinstance(value, dict):
            _forget_pretrained(value)


def answers_of(network: nn.Module, inputs: list[Tensor], samples: list) -> list:
    """The samples (mmdet's, mmpose's) with what a network finds in inputs (3,h,w) BGR, 0–255."""
    data = {"inputs": inputs, "data_samples": samples}
    return network.test_step(data)  # type: ignore[operator]  # mmengine's, which torch cannot know


def state_of(path: Path | str) -> State:
    """The network's part of a checkpoint of OpenMMLab."""
    return state_in(read_checkpoint(path, IGNORED), "state_dict", path)


def as_bgr(pictures: Tensor) -> Tensor:
    """RGB (…,3,h,w) as BGR, which both packages expect; each network reorders it as it needs."""
    return torch.flip(pictures, (-3,))
