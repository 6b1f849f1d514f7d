"""Keypoints by MMPose: RTMDet-m finds the people, one is followed, DWPose-L marks their 133 points.

Yang et al., "Effective whole-body pose estimation with two-stages distillation", ICCVW 2023. The
user supplies the weights.
"""

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from understudy.features.company import check_alone, samples
from understudy.features.crops import Cut, cut_picture
from understudy.features.frames import ahead, batched, evenly
from understudy.features.interfaces import Detected
from understudy.features.openmmlab import networks as openmmlab
from understudy.features.openmmlab import rtmdet
from understudy.features.openmmlab.networks import (
    answers_of,
    as_bgr,
    build_network,
    config_file,
    network_config,
)
from understudy.features.runtime import Runtime
from understudy.features.tracks import People, count_people, follow, look_of
from understudy.features.who import Someone, whom
from understudy.files import file_digest
from understudy.networks.checkpoints import Shapes, load_strictly, shapes_of
from understudy.progress import progress
from understudy.video.probe import VideoInfo
from understudy.video.read import stream_frames

DETECTOR, POSE = "rtmdet_m", "dwpose_l"  # their rows in config/weights.yaml
PICTURE = (384, 288)  # px, height and width
BATCH = 32  # images

_MARGIN = 1.25  # of the crop over the person's box, as in the network's training
CONFIG = "wholebody_2d_keypoint/rtmpose/ubody/rtmpose-l_8xb32-270e_coco-ubody-wholebody-384x288.py"


def build_pose() -> nn.Module:
    """The network for the 133 points."""
    return build_network("mmpose", network_config("mmpose", CONFIG))


NETWORKS: dict[str, Callable[[], nn.Module]] = {DETECTOR: rtmdet.build, POSE: build_pose}

state_of = openmmlab.state_of


def shapes(name: str) -> Shapes:
    """What the checkpoint of one of the two networks holds."""
    return shapes_of(NETWORKS[name]())


def detect_keypoints(video: Path | str, info: VideoInfo, policy: str, runtime: Runtime) -> Detected:
    """133 points per frame of the person whom `policy` names, the most prominent one if it names
    nobody; UserError if it bars several.

    Frames in which that person is not found are left without points.
    """
    detector, pose = (_loaded(name, runtime) for name in (DETECTOR, POSE))
    people = find_everybody(detector, video, info)
    counts = {index: count_people(people[index]) for index in evenly(info.frames, samples(info))}
    check_alone(video, counts, policy)
    xy, score = np.zeros((info.frames, 133, 2)), np.zeros((info.frames, 133))
    tracks = follow(people, float(info.fps))
    if tracks:
        everybody = [Someone(np.array(one.frames), np.array(one.boxes)) for one in tracks]
        track = tracks[whom(video, everybody, policy, (info.height, info.width))]
        at = track.frames
        xy[at], score[at] = mark_points(pose, video, at, track.boxes, runtime.device)
    inside = ((xy >= 0) & (xy < (info.width, info.height))).all(-1)
    score = np.clip(score, 0, 1) * inside
    digests = {name: file_digest(runtime.weights[name]) for name in (DETECTOR, POSE)}
    return Detected(np.where(score[..., None] > 0, xy, 0), score, counts, {}, digests)


def _loaded(name: str, runtime: Runtime) -> nn.Module:
    path = runtime.weights[name]
    state = state_of(path)
    return load_strictly(NETWORKS[name](), state, path, runtime.device)


def find_everybody(detector: nn.Module, video: Path | str, info: VideoInfo) -> list[People]:
    """The people in every frame of a video."""
    frames = progress(stream_frames(video, range(info.frames)), "people", info.frames)
    people = []
    for frame, found in rtmdet.find_people(detector, frames):
        looks = [look_of(frame, box) for box in found.boxes]
        people.append(People(found.boxes, found.score, np.array(looks).reshape(-1, 128)))
    return people


def person_cut(box: np.ndarray) -> Cut:
    """The part of a frame that shows the network a person, box (4,) x0, y0, x1, y1 px."""
    middle, (width, height) = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
    step = _MARGIN * max(width / PICTURE[1], height / PICTURE[0])
    first = middle - step * np.array([PICTURE[1] / 2, PICTURE[0] / 2])
    # Pixel edges are at integers here, pixel centres in MMPose: both shift by a half.
    return Cut(tuple(first + 0.5), (step, step))


def mark_points(
    network: nn.Module, video: Path | str, frames: list[int], boxes: list[np.ndarray], device: str
) -> tuple[np.ndarray, np.ndarray]:
    """Points (m,133,2) px and scores (m,133) of the person in boxes (4,) px of some frames."""
    cuts = [person_cut(box) for box in boxes]
    pictures = (
        255 * cut_picture(frame, cut, PICTURE, device)
        for frame, cut in zip(stream_frames(video, frames), cuts, strict=True)
    )
    xy: list[np.ndarray] = []
    score: list[np.ndarray] = []
    for batch in batched(progress(ahead(pictures), "keypoints", len(frames)), BATCH):
        with torch.inference_mode():
            for found in _marked(network, batch):
                cut = cuts[len(xy)]
                xy.append(cut.to_frame(found.keypoints[0] + 0.5))
                score.append(found.keypoint_scores[0])
    return np.array(xy), np.array(score)


def _marked(network: nn.Module, pictures: list[Tensor]) -> list:
    """MMPose's output for each image (3,384,288) RGB, in px of the image."""
    from mmengine.structures import InstanceData
    from mmpose.structures import PoseDataSample

    size = np.array(PICTURE[::-1], float)
    about = {
        "input_size": size,
        "input_center": size / 2,
        "input_scale": size,
        "flip_indices": _mirrored(),
    }
    box = InstanceData(bboxes=np.array([[0, 0, *size]]), bbox_scores=np.ones(1))
    answers = [PoseDataSample(metainfo=about, gt_instances=box) for _ in pictures]
    inputs = [as_bgr(picture) for picture in pictures]
    return [one.pred_instances for one in answers_of(network, inputs, answers)]


@functools.cache
def _mirrored() -> list[int]:
    """Each point's mirror image among the 133."""
    from mmpose.datasets.datasets.utils import parse_pose_metainfo

    path = config_file("mmpose", "_base_/datasets/coco_wholebody.py")
    return parse_pose_metainfo({"from_file": str(path)})["flip_indices"]
