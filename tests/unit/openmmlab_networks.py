"""MMDetection's and MMPose's networks, small or with known answers, and their checkpoints."""

from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from understudy.features.openmmlab.keypoints import CONFIG, PICTURE
from understudy.features.openmmlab.networks import build_network, load_openmmlab, network_config

GREY = 114  # around a frame that is not square, in the detector's image


def small_detector() -> nn.Module:
    """RTMDet, an eighth as wide, that sees a person at every second position."""
    model = network_config("mmdet", "rtmdet/rtmdet_m_8xb32-300e_coco.py")
    model.backbone.update(deepen_factor=0.167, widen_factor=0.125)
    model.neck.update(in_channels=[32, 64, 128], out_channels=32, num_csp_blocks=1)
    model.bbox_head.update(in_channels=32, feat_channels=32, num_classes=1)
    model.test_cfg.update(nms_pre=100, score_thr=0.05, max_per_img=3)
    network = build_network("mmdet", model)
    for head in network.bbox_head.rtm_cls:
        nn.init.normal_(head.weight, std=0.5, generator=torch.Generator().manual_seed(0))
        nn.init.constant_(head.bias, 2.0)
    return network


def small_pose() -> nn.Module:
    """The network of 133 points, an eighth as wide."""
    model = network_config("mmpose", CONFIG)
    model.backbone.update(deepen_factor=0.33, widen_factor=0.125)
    model.head.in_channels = 128
    return build_network("mmpose", model)


class NotGrey(nn.Module):
    """A detector that knows: whoever is brighter than the grey around, in red or in blue."""

    def __init__(self):
        super().__init__()
        self.register_buffer("level", torch.tensor(GREY + 30.0))

    def test_step(self, data: dict) -> list:
        from mmengine.structures import InstanceData

        for pixels, sample in zip(data["inputs"], data["data_samples"], strict=True):
            boxes = [box for channel in (0, 2) if (box := self._box(pixels[channel]))]
            scale = torch.tensor(sample.scale_factor).repeat(2)
            sample.pred_instances = InstanceData(
                bboxes=torch.tensor(boxes).reshape(-1, 4) / scale,
                scores=torch.full((len(boxes),), 0.9),
            )
        return data["data_samples"]

    def _box(self, channel: Tensor) -> list[float] | None:
        y, x = torch.nonzero(channel > self.level, as_tuple=True)
        if not len(x):
            return None
        return [float(v) for v in (x.min(), y.min(), x.max() + 1, y.max() + 1)]


def bright_pose() -> nn.Module:
    """MMPose's own top-down estimator and heat maps; points 0, 2, 4, … are where it is red, 1, 3,
    5, … where it is blue, and the last one is in the image's corner."""
    load_openmmlab()
    from mmpose.registry import MODELS

    @MODELS.register_module(name="SeesAsItIs", force=True)
    class SeesAsItIs(nn.Module):
        def forward(self, pictures: Tensor) -> tuple[Tensor]:
            return (pictures,)

    network = build_network(
        "mmpose",
        dict(
            type="TopdownPoseEstimator",
            data_preprocessor=dict(
                type="PoseDataPreprocessor", mean=[0.0] * 3, std=[255.0] * 3, bgr_to_rgb=True
            ),
            backbone=dict(type="SeesAsItIs"),
            head=dict(
                type="HeatmapHead",
                in_channels=3,
                out_channels=133,
                deconv_out_channels=None,
                loss=dict(type="KeypointMSELoss"),
                decoder=dict(
                    type="MSRAHeatmap",
                    input_size=PICTURE[::-1],
                    heatmap_size=PICTURE[::-1],
                    sigma=6,
                ),
            ),
            test_cfg=dict(flip_test=False),
        ),
    )
    weight, bias = network.head.final_layer.weight, network.head.final_layer.bias
    with torch.no_grad():
        weight.zero_(), bias.zero_()
        weight[:132:2, 0], weight[1:132:2, 2], bias[132] = 1.0, 1.0, 1.0
    return network


def write_checkpoint(path: Path, network: nn.Module) -> Path:
    """As OpenMMLab writes it: next to the weights is the history of the losses."""
    from mmengine.logging import HistoryBuffer

    history = HistoryBuffer([0.5, 0.25], [1, 1])
    hub = {"log_scalars": OrderedDict(loss=history), "runtime_info": OrderedDict(lr=np.float64(1))}
    meta = {"epoch": 3, "dataset_meta": {"CLASSES": ("person",)}, "time": "20230101"}
    torch.save({"meta": meta, "state_dict": network.state_dict(), "message_hub": hub}, path)
    return path
