"""Where the people are: RTMDet-m, as MMPose runs it before it looks for keypoints.

Lyu et al., "RTMDet: an empirical study of designing real-time object detectors", 2022.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from understudy.features.frames import ahead, batched
from understudy.features.openmmlab.networks import answers_of, as_bgr, build_network, network_config

SIDE = 640  # px of the square image
BATCH = 16  # images
LEAST = 0.3  # minimum score for a box to count as a person at all
_AROUND = 114  # the grey around a frame that is not square


@dataclass(frozen=True)
class Boxes:
    """For one frame: boxes (k,4) x0, y0, x1, y1 px; score (k,) in [0,1], best first."""

    boxes: np.ndarray
    score: np.ndarray


@dataclass(frozen=True)
class Picture:
    """A frame (h,w,3) RGB uint8; the same in a square, pixels (3,640,640); its size (h,w) there."""

    frame: np.ndarray
    pixels: Tensor
    shown: tuple[int, int]


def build() -> nn.Module:
    """The person-only detector, as in MMPose's `rtmdet_m_640-8xb32_coco-person.py`."""
    model = network_config("mmdet", "rtmdet/rtmdet_m_8xb32-300e_coco.py")
    model["bbox_head"]["num_classes"] = 1
    model["test_cfg"].update(
        nms_pre=1000, score_thr=0.05, nms=dict(type="nms", iou_threshold=0.6), max_per_img=100
    )
    return build_network("mmdet", model)


def picture(frame: np.ndarray) -> Picture:
    """An RGB frame (h,w,3) resized into the upper left of a grey square."""
    import mmcv

    small = mmcv.imrescale(frame, (SIDE, SIDE))
    square = np.full((SIDE, SIDE, 3), _AROUND, np.uint8)
    square[: small.shape[0], : small.shape[1]] = small
    return Picture(frame, torch.from_numpy(square).permute(2, 0, 1), small.shape[:2])


def find_people(
    network: nn.Module, frames: Iterable[np.ndarray]
) -> Iterator[tuple[np.ndarray, Boxes]]:
    """Each RGB frame (h,w,3) with its people; frames are prepared while the network runs."""
    for batch in batched(ahead(picture(frame) for frame in frames), BATCH):
        with torch.inference_mode():
            found = _detect(network, batch)
        yield from zip((one.frame for one in batch), found, strict=True)


def _detect(network: nn.Module, batch: list[Picture]) -> list[Boxes]:
    from mmdet.structures import DetDataSample

    samples = [
        DetDataSample(
            metainfo=dict(
                img_shape=(SIDE, SIDE),
                ori_shape=one.frame.shape[:2],
                scale_factor=(
                    one.shown[1] / one.frame.shape[1],
                    one.shown[0] / one.frame.shape[0],
                ),
            )
        )
        for one in batch
    ]
    pixels = [as_bgr(one.pixels) for one in batch]
    found = answers_of(network, pixels, samples)
    return [
        _people(one.pred_instances, *shown.frame.shape[:2])
        for one, shown in zip(found, batch, strict=True)
    ]


def _people(found, height: int, width: int) -> Boxes:
    boxes, score = found.bboxes.cpu().numpy().astype(float), found.scores.cpu().numpy()
    boxes = np.clip(boxes, 0, (width, height, width, height))
    good = (score >= LEAST) & (boxes[:, 2:] - boxes[:, :2] > 1).all(1)
    return Boxes(boxes[good], score[good].astype(float))
